"""The tables of the proof, and ``docs/trust.md``, which is made of them and never by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.trust.faults import CREATES, EDITS, MOVES, UPLOADS
from tests.trust.guards import Without
from tests.trust.peers import Row
from tests.trust.stage import Result, total

DOCUMENT = Path(__file__).parents[2] / 'docs/trust.md'
HEAD = """# Exactly once: the numbers

Made by `python -m tests.trust -write` (`make trust`), never by hand. Real MediaWiki, a real Mastodon-API server, and the
project’s stand-ins for X, Facebook and Bluesky, which keep ledgers; gates between them and the runs break one request in
one way. Afterwards runs follow until nothing changes any more, and the page is compared with the ledgers. Where a network
cannot say whether it has a post (`unconfirmed`, on X and Facebook only), an approver looks at the account, as on a real
desk. A cell is one fault at one place; *wedged* is what never came to rest; *page differs* is a record that says something
else than the ledger.
"""


def _rows(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ['| ' + ' | '.join(heads) + ' |', '|---' * len(heads) + '|']
    return '\n'.join([*lines, *('| ' + ' | '.join(map(str, row)) + ' |' for row in rows)])


def faults(results: Sequence[Result]) -> str:
    """The fault matrix, by place."""
    groups: dict[str, list[Result]] = {}
    for place in (*CREATES, *UPLOADS, *EDITS, *MOVES):
        found = [one for one in results if one.name.split(', ')[1] == place]
        kind = 'a post' if place in CREATES else 'a request' if place in UPLOADS else 'an edit'
        if found:
            groups[f'{place}: {kind}'] = found
    groups['all'] = list(results)
    heads = ['place of the fault', *total([])]
    rows = [[name, *total(found).values()] for name, found in groups.items()]
    return '## Every fault at every place\n\n' + _rows(heads, rows)


def answers(results: Sequence[Result]) -> str:
    """Each answer of the wiki, spoiled."""
    groups: dict[str, list[Result]] = {}
    for one in results:
        groups.setdefault(one.name.partition(', ')[0], []).append(one)
    words = (
        '## Every answer of the wiki, spoiled\n\nA cycle (`run_desk`) logs in, reads, posts one item to four networks and writes '
        'it down; the answer to each of its requests to the wiki is spoiled once in each way.\n\n'
    )
    heads = ['the answer is', *total([])]
    rows = [[name, *total(found).values()] for name, found in [*groups.items(), ('all', results)]]
    return words + _rows(heads, rows)


def storms(results: Sequence[Result]) -> str:
    """Several runs at once."""
    sums = total(results)
    sums['seeds'] = sums.pop('cells')
    heads = ['seeds', *(name for name in sums if name != 'seeds')]
    words = (
        '## Several runs at once\n\nTwo to four runs over one item, started within two seconds; three of five are struck at one '
        'of the first 130 requests and answers: killed, or stopped until their lease is over and another run has done '
        'their work, by seed.\n\n'
    )
    return words + _rows(heads, [[sums[name] for name in heads]])


def guards(found: Sequence[Without]) -> str:
    """What each guard is for."""
    words = (
        '## Without each guard\n\nThe same events with the guard and without it. A second line of defence (an item waits '
        'where the account has a post that says the same) is off in all of them: it hides what the guards do.\n\n'
    )
    heads = ['guard', 'what happens', 'with it: doubled, lost', 'without it: doubled, lost']
    rows = [
        [
            one.guard, one.what, f'{one.kept.duplicates}, {one.kept.lost}',
            f'**{one.broken.duplicates}, {one.broken.lost}**',
        ]
        for one in found
    ]  # fmt: skip
    return words + _rows(heads, rows)


def peers(rows: Sequence[Row]) -> str:
    """Other ways of doing it."""
    words = (
        '## Other ways of doing it\n\nThe algorithms alone, modelled (`tests/trust/peers.py`): three items, one event at one '
        'of them (the run dies before or after the post, the answer is lost, the network refuses for now), then two more runs.'
        '\n\n'
    )
    heads = ['way', 'cells', 'doubled', 'lost']
    return words + _rows(heads, [[row.name, row.cells, row.duplicates, row.lost] for row in rows])


def fuzzing(rows: Sequence[tuple[str, int, int, float, int]]) -> str:
    """What strangers can send, spoiled."""
    words = (
        '## Spoiled inputs\n\nMade by `make fuzz`: wikitext, configuration, answers of networks, feeds, rendered pages and images, '
        'spoiled in every way (`tests/fuzz/`), each target in a process of its own. A failure is anything but a value or a named '
        'reason; or words going out that nobody approved, text of the page lost, a refusal of what the network has.\n\n'
    )
    heads = ['what', 'inputs', 'failures', 'slowest (CPU s)', 'memory (MB)']
    return words + _rows(heads, [[a, f'{b:,}', c, f'{d:.2f}', e] for a, b, c, d, e in rows])


def write(path: Path, tables: Sequence[str], stamp: str) -> None:
    """Write the page: the tables made now, with the sentence that says of what; any other stays as it was."""
    old = path.read_text('utf-8').split('\n## ')[1:] if path.exists() else []
    found = {one.partition('\n')[0]: f'## {one.strip()}' for one in old}
    for one in tables:
        head, _, rest = one.strip().partition('\n')
        found[head.removeprefix('## ')] = f'{head}\n\n{stamp}\n{rest}'
    order = (
        'Every fault',
        'Every answer',
        'Several runs',
        'Without each',
        'Spoiled inputs',
        'Other ways',
    )
    kept = [text for start in order for name, text in found.items() if name.startswith(start)]
    path.write_text('\n\n'.join([HEAD.strip(), *kept]) + '\n', 'utf-8')
