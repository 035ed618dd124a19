"""Write the data of ``Module:Social media/limits``: run ``python -m mwsocial.onwiki.tables``.

The wiki's preview must count as the poster counts, so both take the same tables: Unicode's grapheme
breaks (Unicode Standard Annex 29) and the top-level domains come from the libraries that the
poster uses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from grapheme.api import UNICODE_VERSION
from mastodon._url_regex import URL_REGEX_SOURCE

TARGET = Path(__file__).parent / 'pages/Module/Social media/limits/data.lua'

#: One letter for each break property that the module needs; Hangul syllables are computed there.
_LETTERS = {
    'Prepend': 'P', 'Control': 'C', 'CR': 'R', 'LF': 'F', 'Extend': 'E', 'SpacingMark': 'S',
    'L': 'L', 'V': 'V', 'T': 'T', 'ZWJ': 'Z', 'Extended_Pictographic': 'X',
    'Regional_Indicator': 'G',
}  # fmt: skip
_INDIC = {'InCBLinker': 'K', 'InCBConsonant': 'N', 'InCBExtend': 'M'}


def _ranges(found: Any) -> Iterator[tuple[int, int]]:
    for char in found['single_chars']:
        yield (char, char)
    yield from found['ranges']


def _read(name: str) -> dict[str, Any]:
    text = resources.files('grapheme').joinpath('data', f'{name}.json').read_text('utf-8')
    found: dict[str, Any] = json.loads(text)
    return found


def break_ranges(name: str, letters: dict[str, str]) -> list[tuple[int, int, str]]:
    """The ranges of one property file as (first, last, letter), sorted and joined."""
    rows = sorted(
        (first, last, letter)
        for key, letter in letters.items()
        for first, last in _ranges(_read(name)[key])
    )
    joined: list[tuple[int, int, str]] = []
    for first, last, letter in rows:
        if joined and joined[-1][1] + 1 == first and joined[-1][2] == letter:
            joined[-1] = (joined[-1][0], last, letter)
        else:
            joined.append((first, last, letter))
    return joined


def domains() -> list[str]:
    """The top-level domains that make an address a link, in lower case."""
    lists = re.findall(r'\(\?:((?:[^|()\[\]\\/?*+]+\|){50,}[^|()\[\]\\/?*+]+)\)', URL_REGEX_SOURCE)
    found = {name.lower() for part in lists for name in part.split('|')}
    if len(found) < 1000:
        raise ValueError('the library’s list of top-level domains looks different now')
    return sorted(found)


def data() -> str:
    """The text of the data module."""

    def table(rows: list[tuple[int, int, str]]) -> str:
        cells = [f'{first},{last},"{letter}"' for first, last, letter in rows]
        lines = [','.join(cells[at : at + 6]) for at in range(0, len(cells), 6)]
        return '{\n' + ',\n'.join(lines) + '\n}'

    return (
        f'-- Made by mwsocial (python -m mwsocial.onwiki.tables), Unicode {UNICODE_VERSION}.\n'
        'return {\n'
        f'breaks = {table(break_ranges("grapheme_break_property", _LETTERS))},\n'
        f'indic = {table(break_ranges("derived_core_property", _INDIC))},\n'
        f'domains = "|{"|".join(domains())}|"\n'
        '}\n'
    )


if __name__ == '__main__':
    TARGET.write_text(data(), 'utf-8')
