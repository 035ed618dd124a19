"""Reading Template:MediaWiki News in every shape it is known to have had."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Literal

from mwsocial.news.dates import Found, read_dated, read_term
from mwsocial.news.structure import ASIDE, Line, Structure, read_structure
from mwsocial.news.values import DateStyle, Group, Item, NewsPage, Shape, Translation
from mwsocial.reason import Reason

_PREFIX = re.compile(r'[*:#;]+')
#: A term line that has one of these but is no date that we can read may be a date all the same.
_LIKE_A_DATE = re.compile(
    r'(?<!\d)(?:19|20)\d\d(?!\d)|\d[/-]\d'
    r'|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d|\d (?:Jan|Feb|Mar|Apr|May'
    r'|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
)
_LOOKED_AT = 300
_SHOWN = 60


def read(text: str) -> NewsPage:
    """The news on the page *text*: lossless for any input, never an error.

    A page that may not be written has a ``trouble``.
    """
    return read_with_structure(text)[0]


@lru_cache(maxsize=2)
def read_with_structure(text: str) -> tuple[NewsPage, Structure]:
    """As :func:`read`, with the page's structure; the latest two pages are remembered."""
    structure = read_structure(text)
    if structure.blank:
        # Nothing is transcluded at all: then what stands in noinclude tags is the page itself.
        inner = read_structure(text, documentation=True)
        if not inner.blank:
            structure = inner
    return _Reader(structure).page(), structure


class _Reader:
    def __init__(self, structure: Structure) -> None:
        self._at = structure
        self._text = structure.text
        self._starts = [start for start, _ in structure.regions]
        self._strange: str = ''

    def page(self) -> NewsPage:
        lines = self._at.lines()
        groups, shape = self._terms(lines), Shape.BULLETS
        loose = self._dated(lines, groups)
        if groups and groups[0].own_dates:
            shape = Shape.TERM_TEXT
        trouble = self._trouble(groups, loose)
        if not groups:
            groups, shape = loose, Shape.DATED
        found = tuple(groups)
        return NewsPage(
            self._text, shape if found else None, self._translation(found), found, trouble
        )

    def _terms(self, lines: list[Line]) -> list[Group]:
        groups: list[Group] = []
        head: tuple[Found, Line] | None = None
        items: list[Item] = []
        prefix = ''

        def close() -> None:
            if head:
                groups.append(self._group(*head, tuple(items)))

        for line in lines:
            sign = _PREFIX.match(line.visible)
            kind = sign[0] if sign else ''
            if kind == ';':
                close()
                head, items, prefix = None, [], ''
                found = read_term(line.visible, 1)
                if found is None:
                    raw = self._text[line.first : line.end]
                    if _LIKE_A_DATE.search(raw[:_LOOKED_AT]):
                        self._strange = self._strange or raw.strip()
                    continue
                head = found, line
                if found.text is not None:
                    items.append(self._item(line, ';', found.text))
            elif head and kind and (not prefix or kind.startswith(prefix)) and kind[0] in '*:#':
                if items and prefix and kind != prefix:
                    items[-1] = self._longer(items[-1], line)
                else:
                    prefix = kind
                    items.append(self._item(line, kind, len(kind)))
            else:
                close()
                head, items, prefix = None, [], ''
        close()
        return groups

    def _dated(self, lines: list[Line], groups: list[Group]) -> list[Group]:
        """Entries with dates of their own, outside of *groups*."""
        taken = [group.start for group in groups]
        found: list[Group] = []
        open_item = False
        for line in lines:
            near = bisect_right(taken, line.first) - 1
            if near >= 0 and line.first <= groups[near].end:
                open_item = False
                continue
            sign = _PREFIX.match(line.visible)
            kind = sign[0] if sign else ''
            if kind == '*':
                date = read_dated(line.visible, 1)
                open_item = date is not None
                if date is not None and date.text is not None:
                    found.append(self._group(date, line, (self._item(line, '*', date.text),)))
            elif open_item and kind.startswith('*'):
                group = found[-1]
                longer = self._longer(group.items[-1], line)
                found[-1] = Group(
                    group.date, group.last, group.start, longer.end, (longer,), group.style
                )
            else:
                open_item = False
        merged: list[Group] = []
        run: list[Item] = []
        for group in found:
            if (
                merged
                and (merged[-1].date, merged[-1].last) == (group.date, group.last)
                and (self._at.hidden(merged[-1].end, group.start))
            ):
                run += group.items
                old = merged.pop()
                group = Group(old.date, old.last, old.start, old.head_end, tuple(run), old.style)
            else:
                run = list(group.items)
            merged.append(group)
        return merged

    def _group(self, date: Found, line: Line, items: tuple[Item, ...]) -> Group:
        before = line.visible[: date.start]
        after = line.visible[date.end : date.text].rstrip(' \t' if date.text is None else '')
        head_end = items[0].end if date.text is not None else self._line_end(line)
        style = DateStyle(before, date.form, after)
        return Group(date.first, date.last, line.first, head_end, items, style)

    def _item(self, line: Line, prefix: str, text_at: int) -> Item:
        """The entry of *line*; *text_at* is where its text begins in what is visible."""
        end = self._line_end(line)
        spaces = len(line.visible) - len(line.visible[text_at:].lstrip(' \t'))
        start = self._offset(line, min(spaces, max(len(line.visible) - 1, 0)))
        start = min(start, end)
        begin = self._offset(line, text_at - 1) + 1
        # Translation markup between the bullet and the text belongs to the text.
        region = bisect_right(self._starts, start) - 1
        wrapped: Literal['text', 'line', ''] = ''
        content_end = end
        if region >= 0:
            inner, stop = self._at.regions[region]
            if line.first < inner <= start <= stop <= end:
                wrapped = 'text' if inner >= begin else 'line'
                content_end = end if wrapped == 'text' else stop
        content_start = begin if wrapped == 'text' else start
        return Item(
            line.first,
            end,
            self._text[line.first : end],
            prefix,
            self._text[content_start:content_end].strip(' \t\n'),
            content_start,
            wrapped,
        )

    def _longer(self, item: Item, line: Line) -> Item:
        end = self._line_end(line)
        content = self._text[item.content_start : end].strip(' \t\n')
        return Item(
            item.start,
            end,
            self._text[item.start : end],
            item.prefix,
            content,
            item.content_start,
            item.wrapped,
        )

    def _offset(self, line: Line, visible: int) -> int:
        """Where in the page the sign number *visible* of the line's visible text stands."""
        mask, at = self._at.mask, line.first
        seen = 0
        for at in range(line.first, line.end):
            if mask[at] > ASIDE:
                if seen == visible:
                    return at
                seen += 1
        return min(at + 1, line.end)

    def _line_end(self, line: Line) -> int:
        """Where the line's own content ends: before a tag that closes what was opened earlier."""
        mask, end = self._at.mask, line.end
        while end > line.first and mask[end - 1] in f' \t{ASIDE}':
            end -= 1
        region = bisect_right(self._starts, line.first) - 1
        if region >= 0:
            stop = self._at.regions[region][1]
            if line.first <= stop < end:
                end = stop
        return end

    def _translation(self, groups: tuple[Group, ...]) -> Translation:
        if any(item.wrapped for group in groups for item in group.items):
            return Translation.INLINE
        for group in groups:
            for start in (group.start, *(item.start for item in group.items)):
                region = bisect_right(self._starts, start) - 1
                if region >= 0 and start <= self._at.regions[region][1]:
                    return Translation.BLOCK
        return Translation.NONE

    def _trouble(self, groups: list[Group], loose: list[Group]) -> Reason | None:
        if self._at.problem:
            return Reason(f'news-tags-{self._at.problem}')
        if self._strange:
            shown = self._strange.split('\n')[0]
            return Reason('news-date-unclear', (shown[:_SHOWN] + '…' * (len(shown) > _SHOWN),))
        if not groups and not loose:
            return Reason('news-no-dates')
        if groups and loose:
            return Reason('news-two-ways')
        dates = [group.date for group in groups or loose]
        if dates[0] < dates[-1]:
            return Reason('news-oldest-first')
        return None
