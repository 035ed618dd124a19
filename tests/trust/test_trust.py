"""A selection of the proof: the whole of it is ``make trust``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.trust import guards, peers, report
from tests.trust.answers import Spoiled, spoil
from tests.trust.faults import CREATES, EDITS, MOVES, STALE_NEXT, UPLOADS, Cell, cells
from tests.trust.kept import Kept, Seed
from tests.trust.stage import Result, Stage, staged
from tests.trust.storm import storm

pytestmark = pytest.mark.real


@pytest.fixture(scope='module')
def stage(sandbox_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A desk with four accounts."""
    with staged(tmp_path_factory.mktemp('trust') / 'it', sandbox_base) as found:
        yield found


@pytest.mark.parametrize(
    'cell',
    [
        Cell('thread', 'bluesky', 'done, then 502', 'after'),
        Cell('post', 'x', 'done, half an answer'),
        Cell('post', 'mastodon', 'done, then reset', also='page blanked'),
        Cell('post', 'claim', 'conflict after own success'),
        Cell('post', 'bluesky', 'done, then killed', also=STALE_NEXT),
        Cell('post', 'archive page', 'done, then 502'),
    ],
    ids=lambda cell: cell.name,
)
def test_a_fault_doubles_and_loses_nothing(stage: Stage, cell: Cell) -> None:
    result = stage.play(cell)
    assert result.good, result


def test_a_login_answered_with_nonsense(stage: Stage) -> None:
    """Pywikibot's login believes that an answer is an object with the wanted parts."""
    result = spoil(stage, Spoiled(3, 'null'))
    assert result.good, result


@pytest.mark.parametrize('seed', [3])
def test_several_runs_at_once(stage: Stage, seed: int) -> None:
    result = storm(stage, seed)
    assert result.good, result


def test_a_run_without_a_guard_does_harm(stage: Stage) -> None:
    """The proof can fail: Facebook has the post, and nobody looks."""
    _, scenario = guards.SCENARIOS['looking']
    broken = scenario(stage, ('-without:hand', '-without:looking'))
    assert broken.duplicates == 1 and not broken.good, broken


def test_the_matrix_has_every_fault_at_every_place() -> None:
    found = cells()
    assert len({one.name for one in found}) == len(found) > 650
    assert {one.place for one in found} == {*CREATES, *UPLOADS, *EDITS, *MOVES}
    assert all(one.rules() or one.also for one in found)


def test_other_ways_double_or_lose() -> None:
    """But for one: the same key for each try, on a network that honours it."""
    found = {row.name: row.duplicates + row.lost for row in peers.table()}
    assert [name for name, harm in found.items() if not harm] == [
        'record after, the same key for each try'
    ]


def test_a_result_is_good_only_if_nothing_is_wrong() -> None:
    assert Result('it', unconfirmed=1).good
    for name in ('duplicates', 'lost', 'wedged', 'differs'):
        assert not Result('it', **{name: 1}).good
    assert not Result('it', wrong=['exit code 3']).good


def test_a_proof_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    """What was played of the same code is not played again, good or bad; other code begins anew."""
    jobs = [Seed(1), Seed(2), Seed(3)]
    asked: list[Seed] = []

    def play(left: Sequence[Seed]) -> Iterator[Result]:
        for one in left:
            asked.append(one)
            yield Result(one.name, lost=one.number == 2)

    def interrupted(left: Sequence[Seed]) -> Iterator[Result]:
        yield from play(left[:2])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Kept('storms', tmp_path, 'abc').all(jobs, interrupted)
    found = Kept('storms', tmp_path, 'abc').all(jobs, play)
    assert [one.name for one in found if not one.good] == ['seed 2']
    assert (len(found), asked) == (3, jobs)
    for commit in ('def', ''):
        asked.clear()
        Kept('storms', tmp_path, commit).all(jobs, play)
        assert asked == jobs


def test_a_table_says_of_what_it_was_made(tmp_path: Path) -> None:
    path = tmp_path / 'trust.md'
    table = '## Several runs at once\n\nWords.\n\n| seeds |\n|---|\n| {} |'
    report.write(path, [table.format(3), '## Other ways of doing it\n\n| 1 |'], 'Of old code.')
    report.write(path, [table.format(5)], 'Of new code.')
    found = path.read_text('utf-8')
    assert '## Several runs at once\n\nOf new code.\n\nWords.\n\n| seeds |\n|---|\n| 5 |' in found
    assert '## Other ways of doing it\n\nOf old code.\n\n| 1 |\n' in found
