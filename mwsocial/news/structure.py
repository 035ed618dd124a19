"""What of a wiki page is text, and what is comment, tag, documentation or template.

The page is shared with everybody, so this reads any input in linear time; mwparserfromhell, whose
time grows with the square of unclosed ``{{a|``, is used on single entries only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mwsocial.news.units import Unit, read_units

#: Signs of a mask: comments and translation markup; what is not transcluded; what is opaque.
MARKUP, ASIDE, OBJECT = '\0', '\1', '\2'
_BLANK = f' \t\n{MARKUP}{ASIDE}'

_TOKEN = re.compile(
    r'<!--|</>|<tvar\|[^<>]*>|(?P<open>\{\{+)|(?P<close>\}\}+)'
    r'|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?:[ \t\n/][^<>]*)?>'
)
_OPAQUE = frozenset(
    (
        'ce',
        'chem',
        'gallery',
        'graph',
        'imagemap',
        'indicator',
        'inputbox',
        'mapframe',
        'math',
        'nowiki',
        'poem',
        'pre',
        'ref',
        'score',
        'source',
        'syntaxhighlight',
        'templatedata',
        'templatestyles',
        'timeline',
    )
)
_PARTS = frozenset(('noinclude', 'includeonly', 'onlyinclude'))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the mask: a comment or template on several lines makes one of them.

    *first* is where its first visible sign stands.
    """

    start: int
    end: int
    first: int
    visible: str


@dataclass(frozen=True)
class Structure:
    """A page's text with its mask (of the same length), lines and translation units."""

    text: str
    mask: str
    regions: tuple[tuple[int, int], ...]
    units: tuple[Unit, ...]
    problem: str

    @property
    def blank(self) -> bool:
        """Whether nothing at all would be transcluded."""
        return not self.mask.strip(_BLANK)

    def lines(self) -> list[Line]:
        """The lines on which something is visible."""
        found = []
        at = 0
        for part in self.mask.split('\n'):
            if part:
                visible = part.replace(MARKUP, '').replace(ASIDE, '')
                if visible.strip():
                    first = at + len(part) - len(part.lstrip(MARKUP + ASIDE))
                    found.append(Line(at, at + len(part), first, visible))
            at += len(part) + 1
        return found

    def hidden(self, start: int, end: int) -> bool:
        """Whether nothing but white space is visible in the page between *start* and *end*."""
        return not self.mask[start:end].strip(_BLANK)


def read_structure(text: str, *, documentation: bool = False) -> Structure:
    """Read *text*; with *documentation* what stands in noinclude tags counts as text."""
    regions, units, problem = read_units(text)
    mask = list(text)
    transcluded = _scan(text, mask, documentation)
    for inner_start, inner_end in regions:
        outer_start = text.rindex('<translate', 0, inner_start)
        _fill(mask, outer_start, inner_start, MARKUP)
        _fill(mask, inner_end, inner_end + len('</translate>'), MARKUP)
        if '\n' in text[inner_start:inner_end]:
            line = text[text.rfind('\n', 0, outer_start) + 1 : outer_start]
            if line.lstrip()[:1] in tuple('*;:#'):
                # "* <translate>", a line break and the text: one entry on several lines.
                for at in range(inner_start, inner_end):
                    if mask[at] == '\n':
                        mask[at] = MARKUP
    for unit in units:
        if unit.marker and text[unit.start : unit.start + 4] == '<!--':
            after = text.find('-->', unit.start) + 3
            if text[after : after + 1] == ' ':
                _fill(mask, after, after + 1, MARKUP)
    if transcluded and not documentation:
        at = 0
        for start, end in [*transcluded, (len(text), len(text))]:
            _fill(mask, at, start, ASIDE)
            at = max(at, end)
    return Structure(text, ''.join(mask), regions, units, problem)


def _scan(text: str, mask: list[str], documentation: bool) -> list[tuple[int, int]]:
    """Mask comments, tags and templates; return where text stands in onlyinclude tags."""
    at = 0
    braces: list[tuple[int, int]] = []
    templates: list[tuple[int, int]] = []
    open_parts: dict[str, tuple[int, int]] = {}
    transcluded: list[tuple[int, int]] = []
    asides: list[tuple[int, int]] = []
    unclosed: set[str] = set()
    while match := _TOKEN.search(text, at):
        start, at = match.span()
        name = (match['name'] or '').lower()
        if match['open']:
            braces.append((start, at - start))
        elif match['close']:
            _close(braces, templates, start, at - start)
        elif text.startswith('<!--', start):
            close = text.find('-->', at)
            at = len(text) if close < 0 else close + 3
            _fill(mask, start, at, MARKUP)
        elif name in _PARTS:
            _fill(mask, start, at, ASIDE)
            if not match['end']:
                open_parts.setdefault(name, (start, at))
            elif name in open_parts:
                outer, inner = open_parts.pop(name)
                if name == 'noinclude':
                    asides.append((outer, at))
                elif name == 'onlyinclude':
                    transcluded.append((inner, start))
        elif name in _OPAQUE:
            if not match['end'] and not match[0].endswith('/>') and name not in unclosed:
                close_tag = re.compile(rf'</{name}[ \t\n]*>', re.IGNORECASE).search(text, at)
                if close_tag is None:
                    unclosed.add(name)
                else:
                    at = close_tag.end()
                    _fill(mask, start, at, OBJECT)
            elif match[0].endswith('/>'):
                _fill(mask, start, at, OBJECT)
        elif name in ('', 'tvar'):
            _fill(mask, start, at, MARKUP)
    end = 0
    for start, stop in sorted(templates):
        if start >= end:
            _fill(mask, start, stop, OBJECT)
            end = stop
    if 'noinclude' in open_parts:
        asides.append((open_parts['noinclude'][0], len(text)))
    if not documentation:
        for start, stop in asides:
            _fill(mask, start, stop, ASIDE)
    return transcluded


def _close(
    braces: list[tuple[int, int]], templates: list[tuple[int, int]], start: int, count: int
) -> None:
    """Match closing braces with the latest opening ones, as the wiki's preprocessor does."""
    at = start
    while braces and count >= 2:
        opened, size = braces.pop()
        take = 3 if size >= 3 and count >= 3 else 2
        at, count, size = at + take, count - take, size - take
        templates.append((opened + size, at))
        if size >= 2:
            braces.append((opened, size))


def _fill(mask: list[str], start: int, end: int, sign: str) -> None:
    mask[start:end] = sign * (end - start)
