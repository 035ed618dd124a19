"""What of a page goes with one of its templates, and two pages with and without it. Pure.

A section that holds exactly one template goes whole, with what was replied in it; of any other only the
template goes. Whatever is moved is moved byte for byte.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mwsocial.wiki.edits import remove_templates
from mwsocial.wiki.items import DECISION, ITEM, STOPS, WANTED
from mwsocial.wiki.skeleton import APART, OPAQUE, Heading, Skeleton, Template, cut

MENTION = 'Social media mention'
#: What a section may hold one of.
KINDS = frozenset({ITEM, MENTION, DECISION})
_ALL = WANTED | KINDS

# Whatever a section leaves open swallows this, on one side or the other.
_PROBE = '{{Social media item|id=probe}}'
_AFTER = f'\n{_PROBE}\n]]}}}}}}}}-->\n|}}\n{"".join(f"</{tag}>" for tag in (*APART, *OPAQUE))}'


@dataclass(frozen=True)
class Piece:
    """A part of a page that moves: ``start`` and ``end`` on its source, and ``text`` as it stands in the
    archive. ``template`` is the template's own wikitext, which begins at ``at``; ``whole``: a section of
    its own.
    """

    key: str
    start: int
    end: int
    template: str
    at: int
    text: str
    whole: bool

    @property
    def bare(self) -> bool:
        """Whether nothing but a heading goes with the template."""
        heading, _, rest = self.text.partition('\n')
        return heading.startswith('=') and rest.strip() == self.template.strip()

    def alone(self) -> Piece:
        """The same without its section."""
        words = f'== {self.key} ==\n{self.template}'
        end = self.at + len(self.template)
        return replace(self, start=self.at, end=end, text=words, whole=False)


def cut_pieces(text: str, wanted: Mapping[str, Template]) -> list[Piece]:
    """The pieces that hold the *wanted* templates of the page *text*, by the key that names each.

    A template that is never closed has no piece.
    """
    skeleton = cut(text, _ALL)
    found = []
    for key, template in wanted.items():
        if not template.closed:
            continue
        words = text[template.start : template.end]
        start, end = _section(text, skeleton, template) or (0, 0)
        piece = Piece(key, start, end, words, template.start, text[start:end].rstrip(), True)
        whole = bool(end) and _is_whole(text[start:end], words)
        found.append(piece if whole else piece.alone())
    return sorted(found, key=lambda piece: piece.start)


def _section(text: str, skeleton: Skeleton, template: Template) -> tuple[int, int] | None:
    """The section of the second level, as the wiki makes them, that the template stands in."""
    start = None
    for heading in skeleton.headings:
        level = _level(text, heading)
        if heading.start > template.start:
            if start is not None and level <= 2:
                return start, heading.start
        elif level == 2:
            start = heading.start
        elif level < 2 or start is None:
            start = None
    return None if start is None else (start, len(text))


def _level(text: str, heading: Heading) -> int:
    line = re.sub(
        r'<!--.*?(?:-->|\Z)', '', text[heading.start : heading.end], flags=re.DOTALL
    ).strip()
    opening = len(line) - len(line.lstrip('='))
    return min(opening, len(line) - len(line.rstrip('=')), 6)


def _is_whole(section: str, template: str) -> bool:
    """Whether a section can stand anywhere: just this template in it, and nothing left open."""
    alone = cut(section, _ALL)
    if alone.used & STOPS or _raw(section, alone.templates) != [template]:
        return False
    after = section.rstrip() + _AFTER
    if _raw(after, cut(after, _ALL).templates) != [template, _PROBE]:
        return False
    return len(re.findall(r'<div\b', section, re.I)) == len(re.findall(r'</div\b', section, re.I))


def _raw(text: str, templates: Iterable[Template]) -> list[str]:
    return [text[one.start : one.end] for one in templates if one.name in KINDS]


def holds(text: str, piece: Piece) -> bool:
    """Whether the archive page *text* holds the piece, byte for byte."""
    return re.search(rf'(?:^|\n){re.escape(piece.text)}(?:\n|$)', text) is not None


def with_pieces(
    text: str, pieces: Sequence[Piece], instead: Mapping[str, str] | None = None
) -> str | None:
    """The archive page *text* with the pieces at its end; None where they would not be what they are,
    because something on the page swallows them, or they something on it.

    *instead*: what the bot itself has put there before for a key, and what the piece replaces.
    """
    new, old = text, Counter(templates(text))
    for piece in pieces:
        former = (instead or {}).get(piece.key)
        if former and new.count(former) == 1:
            old.subtract(templates(former))
            new = new.replace(former, piece.text)
        else:
            new = '\n\n'.join(filter(None, (new.rstrip(), piece.text)))
    expected = old + Counter(piece.template for piece in pieces)
    return new if Counter(templates(new)) == expected else None


def without_pieces(text: str, pieces: Sequence[Piece]) -> str | None:
    """The page *text* that the pieces were cut from, without them; None where anything else on it would
    not be the same afterwards.

    A section in which nothing but its heading would be left goes with it.
    """
    skeleton = cut(text, _ALL)
    starts = {piece.start for piece in pieces if not piece.whole}
    new = remove_templates(text, skeleton, [t for t in skeleton.templates if t.start in starts])
    for piece in pieces:
        section = text[piece.start : piece.end]
        if piece.whole and new.count(section) != 1:
            return None
        new = new.replace(section, '') if piece.whole else new
    after = cut(new, _ALL)
    expected = Counter(_raw(text, skeleton.templates))
    expected.subtract(piece.template for piece in pieces)
    same = Counter(_raw(new, after.templates)) == +expected
    return new if same and after.used & STOPS == skeleton.used & STOPS else None


def templates(text: str) -> list[str]:
    """The wikitext of all templates of the desk on a page, in its order."""
    return _raw(text, cut(text, _ALL).templates)
