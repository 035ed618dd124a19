"""An event as reminders: a week, a day and an hour before, each an item with its times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mwsocial.reason import Reason
from mwsocial.sources.base import Suggestion, digest

BEFORE = {'week': timedelta(days=7), 'day': timedelta(days=1), 'hour': timedelta(hours=1)}


@dataclass(frozen=True)
class Event:
    """Something at a time: ``start`` is aware UTC, or a day for what lasts all day.

    ``key`` is what makes it this event in its calendar; ``where`` names the calendar.
    """

    key: str
    title: str
    start: datetime | date
    link: str
    where: str

    @property
    def begins(self) -> datetime:
        """When it begins (UTC); a day begins at midnight."""
        if isinstance(self.start, datetime):
            return self.start
        return datetime.combine(self.start, datetime.min.time(), UTC)


def reminders(
    events: Sequence[Event], kinds: Sequence[str], now: datetime, days: float
) -> list[Suggestion]:
    """The reminders of the events of the next *days*, for those whose time is still to come.

    A reminder may go out from its time on, and until the next one's, or the event's beginning: late is
    better than never, but not "in a week" on the day before. What lasts all day has none an hour
    before.
    """
    found = []
    for event in events:
        if not now < event.begins <= now + timedelta(days=days):
            continue
        timed = isinstance(event.start, datetime)
        usable = [kind for kind in BEFORE if kind in kinds and (timed or kind != 'hour')]
        for number, kind in enumerate(usable):
            due = event.begins - BEFORE[kind]
            later = usable[number + 1 :]
            until = event.begins - BEFORE[later[0]] if later else event.begins
            if until > now:
                found.append(_reminder(event, kind, due, until))
    return found


def _reminder(event: Event, kind: str, due: datetime, until: datetime) -> Suggestion:
    timed = isinstance(event.start, datetime)
    shown = f'{event.begins:%Y-%m-%d %H:%M} UTC' if timed else f'{event.begins:%Y-%m-%d}'
    return Suggestion(
        id=f'event-{digest(event.key, event.title, shown)}-{kind}',
        words=event.title,
        link=event.link,
        why=Reason('sources-why-event', (event.where, shown)),
        moment=due,
        sentence=f'sources-post-{kind}',
        more=(shown,),
        not_before=due,
        not_after=until,
    )
