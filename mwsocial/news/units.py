"""Translation units of a page prepared for Extension:Translate.

Rules (Help:Extension:Translate/Page translation administration): text in translate tags falls into
units at blank lines; a unit that is being translated carries a marker ``<!--T:id-->``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NOWIKI = '<nowiki>', '</nowiki>'
_TAG = re.compile(r'<translate(?: nowrap)?>|</translate>')
_SPACE = re.compile(r'[ \t\n\r\f\v]+')


@dataclass(frozen=True)
class Unit:
    """One unit: where its text stands, and its marker (empty if it has none yet).

    *inline* is a unit whose tags hold no line break.
    """

    start: int
    end: int
    marker: str
    inline: bool


def read_units(text: str) -> tuple[tuple[tuple[int, int], ...], tuple[Unit, ...], str]:
    """Where translate tags have their contents, the units in them, and what is wrong with the tags.

    The last is empty, or one of ``open``, ``close`` and ``nested``.
    """
    regions: list[tuple[int, int]] = []
    units: list[Unit] = []
    problem = ''
    inner: int | None = None
    guarded = _nowiki(text)
    shield = next(guarded, None)
    for tag in _TAG.finditer(text):
        while shield and shield[1] <= tag.start():
            shield = next(guarded, None)
        if shield and shield[0] < tag.start():
            continue
        if not tag[0].startswith('</'):
            if inner is not None:
                problem = problem or 'nested'
            inner = tag.end()
        elif inner is None:
            problem = problem or 'close'
        else:
            regions.append((inner, tag.start()))
            units.extend(_split(text, inner, tag.start()))
            inner = None
    if inner is not None:
        problem = problem or 'open'
    return tuple(regions), tuple(units), problem


def marked(text: str) -> list[tuple[str, str]]:
    """The markers of *text* with the exact text of their units, in order."""
    return [
        (unit.marker, text[unit.start : unit.end]) for unit in read_units(text)[1] if unit.marker
    ]


def _nowiki(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while (start := text.find(_NOWIKI[0], at)) >= 0:
        close = text.find(_NOWIKI[1], start)
        if close < 0:
            return
        at = close + len(_NOWIKI[1])
        yield start, at


def _split(text: str, start: int, end: int) -> list[Unit]:
    inline = text.find('\n', start, end) < 0
    units = []
    at = start
    cuts = [
        space.span()
        for space in _SPACE.finditer(text, start, end)
        if space.start() == start or space.end() == end or '\n\n' in space[0]
    ]
    for left, right in [*cuts, (end, end)]:
        if at < left:
            units.append(Unit(at, left, _marker(text, at, left), inline))
        at = right
    return units


def _marker(text: str, start: int, end: int) -> str:
    while (at := text.find('<!--T:', start, end)) >= 0:
        line_end = text.find('\n', at, end)
        line_end = end if line_end < 0 else line_end
        close = text.find('-->', at, line_end)
        if close >= 0:
            return text[at : close + 3]
        start = line_end
    return ''
