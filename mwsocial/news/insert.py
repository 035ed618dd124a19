"""Putting entries into the news template: into the right date group, and touching nothing else.

Where an entry goes
- The page stays newest first. A day that has no group yet gets one above the first older group.
- Within a day the newest entry stands first, as release managers write it; of several entries given
  at once, the last given stands first, as if they had been put in one after another.
- Text under a translation marker is never touched. So where a day's date line and bullets are one
  marked unit, the new bullet is a unit of its own right below that unit (a blank line between
  them), and the next one goes above it: the list goes on under the same date.
- In a unit without marker, which no translation refers to yet, it goes to the top of the list.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace as changed
from itertools import pairwise

from mwsocial.news.dates import write
from mwsocial.news.read import read, read_with_structure
from mwsocial.news.rules import check_entry
from mwsocial.news.structure import Structure
from mwsocial.news.units import Unit, marked, read_units
from mwsocial.news.values import (
    Entry,
    Group,
    Inserted,
    Item,
    NewsPage,
    Refused,
    Shape,
    Translation,
)
from mwsocial.news.words import plain
from mwsocial.reason import Reason


def insert(text: str, entries: Sequence[Entry], today: dt.date, groups: int) -> Inserted | Refused:
    """*text* with all of *entries*, or with none of them and a reason.

    *today* (UTC) is the day of entries without a date; *groups* is how many date groups the page
    is to keep: older ones are counted as surplus but stay. Raises ValueError if *groups* < 1.
    """
    if groups < 1:
        raise ValueError(f'groups must be 1 or more, not {groups}')
    page = read(text)
    if page.trouble:
        return Refused(page.trouble)
    dated = [changed(e, text=e.text.strip(' \t'), date=e.date or today) for e in entries]
    for entry in dated:
        trouble = check_entry(entry.text)
        if trouble:
            return Refused(trouble, entry.key)
    now = text
    added: list[Entry] = []
    present: list[str] = []
    for entry in dated:
        page, structure = read_with_structure(now)
        if _stands(page, entry):
            present.append(entry.key)
            continue
        done = _Place(page, structure).put(entry)
        if isinstance(done, Reason):
            return Refused(done, entry.key)
        now = done
        added.append(entry)
    if added and not sound(text, now, added):
        return Refused(Reason('news-unsafe'), added[0].key)
    surplus = max(0, len(read(now).groups) - groups)
    return Inserted(now, tuple(e.key for e in added), tuple(present), surplus)


def sound(before: str, after: str, added: Sequence[Entry]) -> bool:
    """Whether *after* is *before* and the dated entries *added*, with no marked unit changed."""
    old, new = read(before), read(after)
    if new.trouble or new.shape != old.shape or read_units(after)[2]:
        return False
    if marked(before) != marked(after):
        return False
    expected = sorted([*_rows(old), *((str(e.date), plain(e.text)) for e in added)])
    return expected == sorted(_rows(new))


def _rows(page: NewsPage) -> list[tuple[str, str]]:
    return [
        (str(g.date) if g.date == g.last else f'{g.date}/{g.last}', item.plain)
        for g in page.groups
        for item in g.items
    ]


def _stands(page: NewsPage, entry: Entry) -> bool:
    row = (str(entry.date), plain(entry.text))
    return row in _rows(page)


class _Place:
    def __init__(self, page: NewsPage, structure: Structure) -> None:
        self._page = page
        self._at = structure

    def put(self, entry: Entry) -> str | Reason:
        """The page with *entry*, or why it has no place."""
        day = entry.date
        assert day is not None
        for group in self._page.groups:
            if group.date == group.last == day:
                found = self._into(group, entry)
                break
        else:
            dates = [group.date for group in self._page.groups]
            if day <= max(dates) and dates != sorted(dates, reverse=True):
                return Reason('news-order', (day.isoformat(),))
            found = self._between(entry, day)
        if found is None:
            return Reason('news-in-unit', (day.isoformat(),))
        at, new = found
        return self._page.text[:at] + new + self._page.text[at:]

    def _into(self, group: Group, entry: Entry) -> tuple[int, str] | None:
        """Into the list of a day: at its top, or as near to it as markers allow."""
        if not group.items:
            return self._after(group.head_end, group, entry, own=False)
        closed: Unit | None = None
        for item in group.items:
            if closed and item.start <= closed.end:
                continue
            found = self._before(item.start, group, entry, own=False)
            if found:
                return found
            closed = self._unit(item.start)
            if group.own_dates and self._page.shape is Shape.TERM_TEXT:
                break
        return self._after(group.end, group, entry, own=False)

    def _between(self, entry: Entry, day: dt.date) -> tuple[int, str] | None:
        """As a group of its own, above the first older one."""
        groups = self._page.groups
        model = next((g for g in groups if g.date == g.last), groups[0])
        index = next((i for i, g in enumerate(groups) if g.date < day), len(groups))
        found = None
        if index < len(groups):
            found = self._before(groups[index].start, model, entry, own=True)
        if found is None and index > 0:
            found = self._after(groups[index - 1].end, model, entry, own=True)
        return found

    def _before(self, at: int, model: Group, entry: Entry, *, own: bool) -> tuple[int, str] | None:
        if not self._in_region(at):
            return at, self._lines(model, entry, own, wrap=True) + (self._gap() if own else '\n')
        unit = self._unit(at)
        if unit is None or unit.inline:
            return None
        lines = self._lines(model, entry, own, wrap=False)
        if self._at.hidden(unit.start, at) and (unit.marker or own):
            return unit.start, f'{lines}\n\n'
        if unit.marker:
            return None
        return at, f'\n{lines}\n\n' if own else f'{lines}\n'

    def _after(self, at: int, model: Group, entry: Entry, *, own: bool) -> tuple[int, str] | None:
        if not self._in_region(at):
            return at, (self._gap() if own else '\n') + self._lines(model, entry, own, wrap=True)
        unit = self._unit(at)
        if unit is None or unit.inline:
            return None
        lines = self._lines(model, entry, own, wrap=False)
        if self._at.hidden(at, unit.end) and (unit.marker or own):
            return unit.end, f'\n\n{lines}'
        if unit.marker:
            return None
        return at, f'\n\n{lines}\n' if own else f'\n{lines}'

    def _lines(self, model: Group, entry: Entry, own: bool, *, wrap: bool) -> str:
        """*entry* in the style of *model*, with a date line if it makes a group of its *own*."""
        wrap = wrap and self._page.translation is Translation.INLINE
        day = entry.date
        assert day is not None
        date = model.style.before + write(day, model.style.form) + model.style.after
        text = f'<translate>{entry.text}</translate>' if wrap else entry.text
        if model.own_dates:
            if wrap and all(i.wrapped == 'line' for i in self._page.items if i.wrapped):
                inner = date.lstrip('*; ')
                return f'{date[: len(date) - len(inner)]}<translate>{inner}{entry.text}</translate>'
            return date + text
        nearest = self._page.groups if own else (model, *self._page.groups)
        sample = next((i for g in nearest for i in g.items if i.start != g.start), None)
        line = _bullet(sample) + text
        return f'{date}\n{line}' if own else line

    def _gap(self) -> str:
        """What stands between date groups of this page: a line break, or a blank line."""
        groups = self._page.groups
        for upper, lower in pairwise(groups):
            between = self._page.text[upper.end : lower.start]
            if between and not between.strip('\n'):
                return between[:2]
        return '\n'

    def _in_region(self, at: int) -> bool:
        near = bisect_right(self._at.regions, at, key=lambda region: region[0]) - 1
        return near >= 0 and at <= self._at.regions[near][1]

    def _unit(self, at: int) -> Unit | None:
        near = bisect_right(self._at.units, at, key=lambda unit: unit.start) - 1
        unit = self._at.units[near] if near >= 0 else None
        return unit if unit and at <= unit.end else None


def _bullet(sample: Item | None) -> str:
    if sample is None:
        return '* '
    after = sample.raw[len(sample.prefix) :][:1]
    return sample.prefix + (' ' if after in (' ', '\t') else '')
