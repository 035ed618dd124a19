"""The page of statistics: one line a week in one template. Pure.

``| 2026-W48 = mastodon: 1200 followers, 12 posts, 340 reactions; x: ? followers, …; items: id 12, …``
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from mwsocial.reason import Reason
from mwsocial.wiki.items import MOST_PARAMETERS, SPACE
from mwsocial.wiki.skeleton import Template, cut

TEMPLATE = 'Social media statistics'
#: So many items are named in a week: those with the most reactions.
ITEMS = 5

_WEEK = re.compile(r'\d{4}-W\d\d')


@dataclass(frozen=True)
class Week:
    """An ISO week: from Monday 00:00 (UTC) to the next Monday."""

    year: int
    number: int

    @property
    def name(self) -> str:
        """As ISO 8601 writes it: ``2026-W48``."""
        return f'{self.year:04}-W{self.number:02}'

    @property
    def start(self) -> datetime:
        """Its first moment (UTC)."""
        monday = date.fromisocalendar(self.year, self.number, 1)
        return datetime(monday.year, monday.month, monday.day, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it (UTC)."""
        return self.start + timedelta(days=7)


@dataclass(frozen=True)
class Numbers:
    """One channel's numbers: followers now, posts of the week, and what people have done with them; None
    where nobody knows.
    """

    followers: int | None = None
    posts: int | None = None
    reactions: int | None = None


@dataclass(frozen=True)
class Row:
    """A week's line: numbers by channel, and reactions by item."""

    week: Week
    channels: Mapping[str, Numbers]
    items: Mapping[str, int] = field(default_factory=dict)

    def text(self) -> str:
        """The value of the template's parameter."""
        parts = [
            f'{name}: {_number(one.followers)} followers, {_number(one.posts)} posts, '
            f'{_number(one.reactions)} reactions'
            for name, one in self.channels.items()
        ]
        best = sorted(self.items.items(), key=lambda pair: (-pair[1], pair[0]))[:ITEMS]
        if best:
            parts.append('items: ' + ', '.join(f'{name} {count}' for name, count in best))
        return '; '.join(parts)


def last_week(now: datetime) -> Week:
    """The last week that is over at *now* (UTC)."""
    year, number, _ = (now - timedelta(days=7)).isocalendar()
    return Week(year, number)


def _number(value: int | None) -> str:
    return '?' if value is None else str(value)


def weeks_of(text: str) -> frozenset[str] | Reason:
    """The weeks that the page has lines for, or why it is not understood."""
    template = _template(text)
    if isinstance(template, Reason):
        return template
    return frozenset(name for name, _ in _names(text, template))


def with_row(text: str, row: Row) -> str | Reason:
    """The page with one more line, above the newest one before it; all else byte for byte. A week that
    has a line keeps it.
    """
    template = _template(text)
    if isinstance(template, Reason):
        return template
    names = _names(text, template)
    if any(name == row.week.name for name, _ in names):
        return text
    older = [start for name, start in names if name < row.week.name]
    at = older[0] if older else template.end - 2
    line = f'| {row.week.name} = {row.text()}\n'
    before = text[:at]
    if not before.endswith('\n'):
        line = f'\n{line}'
    after = before + line + text[at:]
    found = weeks_of(after)
    if isinstance(found, Reason) or found != {*(name for name, _ in names), row.week.name}:
        return Reason('syncing-statistics-unsafe')
    return after


def _template(text: str) -> Template | Reason:
    here = [one for one in cut(text, {TEMPLATE}).templates if one.name == TEMPLATE]
    if len(here) != 1 or not here[0].closed or len(here[0].parts) > MOST_PARAMETERS:
        return Reason('syncing-no-statistics', (f'{{{{{TEMPLATE}}}}}',))
    return here[0]


def _names(text: str, template: Template) -> list[tuple[str, int]]:
    """The names of the template's lines for weeks, and where their bars stand."""
    found: Sequence[tuple[int, int]] = template.parts
    names = [
        (
            text[template.start + bar + 1 : template.start + equals].strip(SPACE),
            template.start + bar,
        )
        for bar, equals in found
        if equals >= 0
    ]
    return [(name, at) for name, at in names if _WEEK.fullmatch(name)]
