"""What the news template holds and what became of a change to it, as values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Literal

from mwsocial.news.words import links_of, plain, words_of
from mwsocial.reason import Reason


class Shape(Enum):
    """How the page writes its news; the values are the words for people."""

    BULLETS = 'a date line with bullets below'
    TERM_TEXT = 'a date line with a colon and text'
    DATED = 'bullets that begin with their date'


class Translation(Enum):
    """How the page is prepared for Extension:Translate."""

    NONE = 'not translatable'
    INLINE = 'each text in translate tags of its own'
    BLOCK = 'translate tags around date groups'


@dataclass(frozen=True)
class Entry:
    """A piece of news to put in or to look for.

    *key* names it in messages (an item's id); *text* is one line of wikitext without its bullet;
    *date* is the day it belongs to (UTC), the day of the edit where it is None.
    """

    key: str
    text: str
    date: dt.date | None = None


@dataclass(frozen=True)
class Item:
    """One entry on the page. All offsets count characters of the page's text.

    *raw* is its exact text from the bullet on, nested lines included; *content* is what follows the
    bullet (or the date, where each entry has its own). *wrapped*: translate tags of its own stand
    around its ``text``, around its ``line`` with the date, or nowhere.
    """

    start: int
    end: int
    raw: str
    prefix: str
    content: str
    content_start: int
    wrapped: Literal['text', 'line', '']

    @cached_property
    def plain(self) -> str:
        """The wikitext without translation markup and emphasis, white space made single."""
        return plain(self.content)

    @property
    def headline(self) -> str:
        """The content without nested lines."""
        return self.content if self.wrapped else self.content.split('\n')[0]

    def headline_is(self, text: str) -> bool:
        """Whether it says *text*, apart from nested lines."""
        return plain(text) in (self.plain, plain(self.headline))

    @cached_property
    def links(self) -> frozenset[str]:
        """Targets of the links in it, in one spelling."""
        return links_of(self.plain)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words a reader sees, in small letters, without the most common ones."""
        return words_of(self.plain)


@dataclass(frozen=True)
class DateStyle:
    """How a line writes its date: what stands before it, in which form, what stands after it."""

    before: str
    form: str
    after: str


@dataclass(frozen=True)
class Group:
    """A date with its entries. *last* differs from *date* where the line names a range of days.

    *start* is where the date line's first sign stands and *head_end* where the line ends; with
    entries that carry their own dates both are the first entry's.
    """

    date: dt.date
    last: dt.date
    start: int
    head_end: int
    items: tuple[Item, ...]
    style: DateStyle

    @property
    def own_dates(self) -> bool:
        """Whether date and text stand on one line."""
        return bool(self.items) and self.items[0].start == self.start

    @property
    def end(self) -> int:
        """Where its last line ends."""
        return max(self.head_end, self.items[-1].end) if self.items else self.head_end


@dataclass(frozen=True)
class NewsPage:
    """The template as it was read. *trouble* says why it may not be written, if so."""

    text: str
    shape: Shape | None
    translation: Translation
    groups: tuple[Group, ...]
    trouble: Reason | None = field(default=None)

    @cached_property
    def letter(self) -> str:
        """The recognised shape as one letter (A to E), or an empty string."""
        if self.shape is None:
            return ''
        if self.shape is Shape.DATED:
            return 'E'
        bulleted = any(i.prefix.endswith(('*', '#')) for g in self.groups for i in g.items)
        if self.shape is Shape.TERM_TEXT or (self.items and not bulleted):
            return 'D'
        return {'NONE': 'A', 'INLINE': 'B', 'BLOCK': 'C'}[self.translation.name]

    @property
    def items(self) -> tuple[Item, ...]:
        """All entries, in the page's order."""
        return tuple(item for group in self.groups for item in group.items)

    @property
    def pieces(self) -> tuple[tuple[Literal['other', 'date', 'entry'], str], ...]:
        """The whole page in pieces; joined, their texts are the page, byte for byte."""
        spans: list[tuple[int, int, Literal['date', 'entry']]] = []
        for group in self.groups:
            first = group.items[0].start if group.items else group.head_end
            if group.start < first:
                spans.append((group.start, min(group.head_end, first), 'date'))
            spans.extend((item.start, item.end, 'entry') for item in group.items)
        pieces: list[tuple[Literal['other', 'date', 'entry'], str]] = []
        at = 0
        for start, end, kind in spans:
            if at < start:
                pieces.append(('other', self.text[at:start]))
            pieces.append((kind, self.text[start:end]))
            at = end
        if at < len(self.text):
            pieces.append(('other', self.text[at:]))
        return tuple(pieces)


@dataclass(frozen=True)
class Inserted:
    """The page with the entries. *added* and *present* (stood there that day already) name keys.

    *surplus* is how many date groups the page now has beyond the number it is to keep; they are
    left where they are.
    """

    text: str
    added: tuple[str, ...]
    present: tuple[str, ...] = ()
    surplus: int = 0


@dataclass(frozen=True)
class Replaced:
    """The page with the corrected entry."""

    text: str


@dataclass(frozen=True)
class Refused:
    """The page stays as it is. *key* names the entry that is to blame, if one is."""

    reason: Reason
    key: str = ''


@dataclass(frozen=True)
class Match:
    """An entry that says the same (``same``: word for word) or nearly the same (``alike``)."""

    strength: Literal['same', 'alike']
    item: Item
    date: dt.date
    why: str
