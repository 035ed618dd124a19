"""Write the data of ``Module:Social media/limits``: run ``python -m mwsocial.onwiki.tables``.

The wiki's preview must count as the poster counts, so both take the same tables: limits, abilities,
top-level domains and emoji are the poster's own; Unicode's grapheme breaks (Unicode Standard Annex 29)
come from the library that the poster uses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from grapheme.api import UNICODE_VERSION

from mwsocial.channels import counting
from mwsocial.channels.abilities import ABILITIES
from mwsocial.channels.lengths.domains import canonical, top_level_domains
from mwsocial.channels.lengths.x import ACCENTED
from mwsocial.channels.lengths.x_emoji import sequences

TARGET = Path(__file__).parent / 'pages/Module/Social media/limits/data.lua'

#: One letter for each break property that the module needs; Hangul syllables are computed there.
_LETTERS = {
    'Prepend': 'P', 'Control': 'C', 'CR': 'R', 'LF': 'F', 'Extend': 'E', 'SpacingMark': 'S',
    'L': 'L', 'V': 'V', 'T': 'T', 'ZWJ': 'Z', 'Extended_Pictographic': 'X',
    'Regional_Indicator': 'G',
}  # fmt: skip
_INDIC = {'InCBLinker': 'K', 'InCBConsonant': 'N', 'InCBExtend': 'M'}
#: The letter of sets that have no classes.
_IN = 'Y'

Row = tuple[int, int, str]


def _ranges(found: Any) -> Iterator[tuple[int, int]]:
    for char in found['single_chars']:
        yield (char, char)
    yield from found['ranges']


def _read(name: str) -> dict[str, Any]:
    text = resources.files('grapheme').joinpath('data', f'{name}.json').read_text('utf-8')
    found: dict[str, Any] = json.loads(text)
    return found


def _joined(rows: Iterable[Row]) -> list[Row]:
    """Rows as few as possible, sorted."""
    joined: list[Row] = []
    for first, last, letter in sorted(rows):
        if joined and joined[-1][1] + 1 == first and joined[-1][2] == letter:
            joined[-1] = (joined[-1][0], last, letter)
        else:
            joined.append((first, last, letter))
    return joined


def break_ranges(name: str, letters: dict[str, str]) -> list[Row]:
    """The ranges of one property file as (first, last, letter), sorted and joined."""
    return _joined(
        (first, last, letter)
        for key, letter in letters.items()
        for first, last in _ranges(_read(name)[key])
    )


def set_ranges(holds: Callable[[str], object], last: int = 0x10FFFF) -> list[Row]:
    """The ranges of the characters beyond ASCII that *holds* says yes to."""
    return _joined((code, code, _IN) for code in range(0x80, last + 1) if holds(chr(code)))


def _folds() -> dict[str, str]:
    """Characters beyond ASCII that stand for another one in a top-level domain."""
    wanted = set(''.join(top_level_domains(True)))
    found = {chr(code): canonical(chr(code)) for code in range(0x80, 0x10000)}
    return {char: same for char, same in found.items() if same != char and same in wanted}


def _table(rows: list[Row]) -> str:
    cells = [f'{first},{last},"{letter}"' for first, last, letter in rows]
    lines = [','.join(cells[at : at + 6]) for at in range(0, len(cells), 6)]
    return '{\n' + ',\n'.join(lines) + '\n}'


def _keyed(pairs: Iterable[tuple[str, str]]) -> str:
    cells = [f'["{key}"]={value}' for key, value in pairs]
    lines = [','.join(cells[at : at + 8]) for at in range(0, len(cells), 8)]
    return '{\n' + ',\n'.join(lines) + '\n}'


def _network(name: str) -> str:
    limits, can = counting.usual_limits(name), ABILITIES[name]
    if limits is None:
        raise ValueError(f'{name} has no limits')
    values: dict[str, int | bool | str] = {
        'limit': limits.length, 'images': limits.images if can.images else 0,
        'alt': limits.alt_length, 'threads': can.threads, 'share': can.share, 'point': can.point,
        'edit': can.edit, 'warning': can.warning, 'follow': can.follow,
    }  # fmt: skip
    return '{ ' + ', '.join(f'{key} = {json.dumps(value)}' for key, value in values.items()) + ' }'


def data() -> str:
    """The text of the data module."""
    known = top_level_domains()
    domains = ((name, '1' if name in known else '2') for name in sorted(top_level_domains(True)))
    accented = re.compile(f'[{ACCENTED}]').match
    word = re.compile(r'\w').match
    folds = ((char, json.dumps(same, ensure_ascii=False)) for char, same in _folds().items())
    networks = ',\n'.join(f'{name} = {_network(name)}' for name in ABILITIES)
    return (
        f'-- Made by mwsocial (python -m mwsocial.onwiki.tables), Unicode {UNICODE_VERSION}.\n'
        'return {\n'
        f'networks = {{\n{networks}\n}},\n'
        f'breaks = {_table(break_ranges("grapheme_break_property", _LETTERS))},\n'
        f'indic = {_table(break_ranges("derived_core_property", _INDIC))},\n'
        f'word = {_table(set_ranges(word))},\n'
        f'accented = {_table(set_ranges(accented, 0xFFFF))},\n'
        '-- Top-level domains: 1, those that X and Mastodon know for certain; 2, newer ones.\n'
        f'domains = {_keyed(domains)},\n'
        f'folds = {_keyed(folds)},\n'
        f'emoji = {_keyed((one, "1") for one in sorted(sequences()))}\n'
        '}\n'
    )


if __name__ == '__main__':
    TARGET.write_text(data(), 'utf-8')
