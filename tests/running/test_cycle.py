"""A cycle: every step on its own, one line for each, the worst exit code; and which steps are due."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mwsocial.errors import ConfigurationError, TemporaryError
from mwsocial.running.cycle import BUDGET, run_cycle
from mwsocial.running.rhythm import Rhythm
from mwsocial.running.step import Cycle, Failure, Result, Step
from tests.running.fakes import NOW, cycle

HOUR = timedelta(hours=1)


def works(name: str, result: Result | None = None, every: timedelta = timedelta()) -> Step:
    return Step(name, lambda c: result or Result('done'), every)


def fails(name: str, error: Exception) -> Step:
    def run(cycle: Cycle) -> Result:
        raise error

    return Step(name, run)


def nothing() -> Rhythm:
    return Rhythm(None, 'desk')


def test_each_failure_is_its_own() -> None:
    it, lines = cycle()
    code = run_cycle(
        it,
        [
            works('one'),
            fails('two', TemporaryError('not now')),
            fails('three', ValueError('a fault')),
            works('four', Result('four things', 0)),
        ],
        nothing(),
        works('last'),
    )
    assert code == 1
    assert lines[0] == 'one: done (0 requests)'
    assert lines[1] == 'two: not now (0 requests)'
    assert all(line.startswith('three: ') for line in lines[2:-2])
    assert 'ValueError: a fault' in lines[-4]
    assert lines[-2:] == ['four: four things (0 requests)', 'last: done (0 requests)']
    assert [isinstance(one.outcome, Failure) for one in it.done] == [
        False,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ('steps', 'code'),
    [
        ([works('a')], 0),
        ([works('a', Result('x', 1))], 1),
        ([fails('a', TemporaryError('x'))], 75),
        ([fails('a', TemporaryError('x')), works('b', Result('x', 1))], 1),
        ([works('b', Result('x', 1)), fails('a', ConfigurationError('x')), works('c')], 2),
        ([], 0),
    ],
)
def test_the_worst_exit_code(steps: list[Step], code: int) -> None:
    it, _ = cycle()
    assert run_cycle(it, steps, nothing()) == code


def test_no_secret_in_any_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('MWSOCIAL_MASTODON_TOKEN', 'very-secret')
    it, lines = cycle()
    steps = [fails('a', TemporaryError('with very-secret')), fails('b', ValueError('very-secret'))]
    run_cycle(it, steps, nothing())
    assert 'very-secret' not in '\n'.join(lines)
    assert not any('very-secret' in one.outcome.words for one in it.done)


def test_told_to_end() -> None:
    told: list[int] = []

    def run(cycle: Cycle) -> Result:
        told.append(1)
        return Result('done')

    it, lines = cycle(ending=lambda: bool(told))
    run_cycle(it, [Step('one', run), works('two')], nothing(), works('last'))
    assert [one.name for one in it.done] == ['one']
    assert lines[-1] == 'told to end: the rest is left to the next run'


def test_want_of_time() -> None:
    times = iter([0.0, 1.0, BUDGET + 1, BUDGET + 2])
    it, lines = cycle()
    run_cycle(
        it, [works('a'), works('b'), works('c')], nothing(), works('last'), lambda: next(times)
    )
    assert [one.name for one in it.done] == ['a', 'last']
    assert lines[1] == 'b: left to the next run, for want of time'


def test_how_often() -> None:
    rhythm = nothing()
    steps = [
        works('always'), works('hourly', every=HOUR), works('soon', Result('x', soon=True), HOUR),
        Step('broken', fails('broken', TemporaryError('x')).run, HOUR),
    ]  # fmt: skip
    names = []
    for _ in range(2):
        it, _ = cycle()
        run_cycle(it, steps, rhythm)
        names.append([one.name for one in it.done])
    assert names == [['always', 'hourly', 'soon', 'broken'], ['always', 'soon', 'broken']]
    it, _ = cycle(simulate=True)
    fresh = nothing()
    run_cycle(it, steps, fresh)
    assert fresh.due('hourly', HOUR, NOW), 'a simulation is not remembered'


@pytest.mark.parametrize(
    ('ago', 'due'),
    [
        (timedelta(0), False),
        (timedelta(minutes=50), False),
        (timedelta(minutes=58), True),
        (timedelta(minutes=60), True),
        (-timedelta(minutes=1), True),
    ],
)
def test_when_it_is_due(ago: timedelta, due: bool, tmp_path: Path) -> None:
    file = tmp_path / 'new' / 'rhythm.json'
    Rhythm(file, 'desk').ran('a', NOW - ago)
    assert Rhythm(file, 'desk').due('a', HOUR, NOW) is due
    assert Rhythm(file, 'desk').due('b', HOUR, NOW)
    assert Rhythm(file, 'other').due('a', HOUR, NOW)


@pytest.mark.parametrize('text', ['', '{', '[]', '{"desk": "desk"}', '{"desk": "desk", "ran": 1}',
                                  '{"desk": "desk", "ran": {"a": "soon"}}', '[' * 100_000])  # fmt: skip
def test_a_broken_memory_costs_requests_only(text: str, tmp_path: Path) -> None:
    file = tmp_path / 'rhythm.json'
    file.write_text(text, 'utf-8')
    assert Rhythm(file, 'desk').due('a', HOUR, NOW)
    Rhythm(file, 'desk').ran('a', NOW)
    assert not Rhythm(file, 'desk').due('a', HOUR, NOW)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('', 'ascii')
    rhythm = Rhythm(tmp_path / 'file' / 'rhythm.json', 'desk')
    rhythm.ran('a', NOW)
    assert not rhythm.due('a', HOUR, NOW)
