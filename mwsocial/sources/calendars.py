"""iCalendar feeds (RFC 5545): the events of a span of time, recurring ones too."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from dateutil import rrule

from mwsocial.reason import Reason
from mwsocial.sources.base import Found, World, wanted
from mwsocial.sources.feedxml import is_address
from mwsocial.sources.fetch import Fetched, host_of
from mwsocial.sources.reminders import Event, reminders
from mwsocial.sources.settings import Calendar, Events
from mwsocial.sources.trouble import Trouble
from mwsocial.sources.words import of_html

#: Events that are read, events that recur, and how long ago one may have begun to.
MOST = 5000
DEEPEST = 20
MOST_RECURRING = 200
OLDEST = timedelta(days=366 * 15)
#: Seconds of work for the rules of one calendar: one that never comes true is followed to the year 9999.
PATIENCE = 10.0
_FREQUENCIES = frozenset({'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'})
_PARTS = frozenset({
    'FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTH', 'BYMONTHDAY', 'BYSETPOS', 'WKST',
})  # fmt: skip


class CalendarSource:
    """One calendar."""

    def __init__(self, name: str, settings: Calendar, events: Events) -> None:
        """*name*: its key in the configuration; *events*: what holds for all calendars."""
        self.name = f'events: {name}'
        self._called = name
        self._settings = settings
        self._events = events

    def look(self, world: World) -> Found:
        """Reminders of its next events. Raises ``Trouble``."""
        fetched = world.fetch(self._settings.url)
        last = world.now + timedelta(days=self._events.days)
        read = calendar(fetched, self._called, self._settings.zone, world.now, last)
        events = [one for one in read.events if wanted(one.title, self._settings.words)]
        kinds = self._events.remind
        return Found(
            tuple(reminders(events, kinds, world.now, self._events.days)), remarks=read.remarks
        )


@dataclass(frozen=True)
class Read:
    """The events of a span, and what was left out."""

    events: tuple[Event, ...]
    remarks: tuple[Reason, ...]


def calendar(fetched: Fetched, called: str, zone: str, now: datetime, last: datetime) -> Read:
    """The events of *fetched* that begin after *now* and until *last* (UTC).

    *zone*: of times that name none; '' leaves them out, with a remark. Raises ``Trouble``.
    """
    host = host_of(fetched.address)
    text = _text(fetched.body, host)
    _check(text, host)
    try:
        parsed = icalendar.Calendar.from_ical(text, multiple=True)
        events = [one for each in parsed for one in each.walk('VEVENT')][:MOST]
    except Exception:
        raise Trouble('sources-calendar-broken', host) from None
    reader = _Reader(called, ZoneInfo(zone) if zone else None, now, last)
    return reader.read(events)


def _text(body: bytes, host: str) -> str:
    try:
        text = body.decode('utf-8-sig')
    except UnicodeDecodeError:
        raise Trouble('sources-encoding', host, 'utf-8') from None
    if not text.lstrip()[:15].upper().startswith('BEGIN:VCALENDAR'):
        html = text.lstrip()[:1] == '<'
        raise Trouble('sources-html' if html else 'sources-calendar-broken', host)
    return text


def _check(text: str, host: str) -> None:
    """Raise ``Trouble`` unless every part that begins ends: the library forgives what broke off."""
    open_: list[str] = []
    for line in text.splitlines():
        mark, _, name = line.strip().upper().partition(':')
        if mark == 'BEGIN':
            open_.append(name)
        elif mark == 'END' and (not open_ or open_.pop() != name):
            raise Trouble('sources-calendar-broken', host)
        if len(open_) > DEEPEST:
            raise Trouble('sources-calendar-broken', host)
    if open_:
        raise Trouble('sources-calendar-broken', host)


class _Skip(Exception):
    """An event that is left out; the words are the key of the remark."""


class _Reader:
    def __init__(self, called: str, zone: ZoneInfo | None, now: datetime, last: datetime) -> None:
        self.called = called
        self.zone = zone
        self.now = now
        self.last = last
        self.left = MOST_RECURRING
        self.end = time.process_time() + PATIENCE

    def read(self, components: Sequence[Any]) -> Read:
        # What stands for one time of a recurring event takes its place.
        changed: set[tuple[str, datetime]] = set()
        for one in components:
            if one.get('RECURRENCE-ID') is not None:
                try:
                    changed.add((str(one.get('UID', '')), self._moment(one, 'RECURRENCE-ID')))
                except Exception:  # noqa: S112 - it is reported when its turn comes
                    continue
        found: dict[tuple[str, str], Event] = {}
        skipped: dict[str, int] = {}
        for one in components:
            try:
                for event in self._events(one, changed):
                    found.setdefault((event.key, str(event.start)), event)
            except _Skip as skip:
                skipped[str(skip)] = skipped.get(str(skip), 0) + 1
            except Exception:
                # The library says in many ways that it cannot read a value.
                skipped['sources-event-broken'] = skipped.get('sources-event-broken', 0) + 1
        remarks = tuple(
            Reason(key, (self.called, str(count))) for key, count in sorted(skipped.items())
        )
        events = sorted(found.values(), key=lambda event: (event.begins, event.key))
        return Read(tuple(events), remarks)

    def _events(self, one: Any, changed: set[tuple[str, datetime]]) -> Iterator[Event]:
        if str(one.get('STATUS', '')).upper() == 'CANCELLED':
            return
        title = of_html(str(one.get('SUMMARY', ''))).strip()
        uid = str(one.get('UID', ''))
        raw = one.get('DTSTART')
        if raw is None or isinstance(raw, list) or not title:
            raise _Skip('sources-event-broken')
        start = raw.dt
        all_day = not isinstance(start, datetime)
        rule = one.get('RRULE')
        moments = [self._aware(start)] if rule is None else self._recur(start, rule)
        moments += [self._aware(moment) for moment in self._extra(one, 'RDATE')]
        gone = {self._aware(moment) for moment in self._extra(one, 'EXDATE')}
        again = one.get('RECURRENCE-ID') is not None
        link = str(one.get('URL', ''))
        for moment in moments:
            replaced = not again and (uid, moment) in changed
            if moment in gone or replaced or not self.now < moment <= self.last:
                continue
            yield Event(
                key=f'{self.called}\n{uid or title}',
                title=title,
                start=moment.date() if all_day else moment,
                link=link if is_address(link) else '',
                where=self.called,
            )

    def _moment(self, one: Any, name: str) -> datetime:
        return self._aware(one.get(name).dt)

    def _aware(self, value: date) -> datetime:
        """A time in UTC; of a day, its midnight. A time without a zone is not guessed."""
        if not isinstance(value, datetime):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        if value.tzinfo is None:
            if self.zone is None:
                raise _Skip('sources-event-zone')
            value = value.replace(tzinfo=self.zone)
        return value.astimezone(UTC)

    def _recur(self, start: date, rule: Any) -> list[datetime]:
        """The times of a rule in the span. Only rules that can be followed in bounded time."""
        self.left -= 1
        rules = rule if isinstance(rule, list) else [rule]
        if self.left < 0 or len(rules) != 1 or time.process_time() > self.end:
            raise _Skip('sources-event-rule')
        parts = {str(name).upper(): values for name, values in rules[0].items()}
        frequency = str(next(iter(parts.get('FREQ', [''])), '')).upper()
        interval = next(iter(parts.get('INTERVAL', [1])), 1)
        if not set(parts) <= _PARTS or frequency not in _FREQUENCIES or int(interval) < 1:
            raise _Skip('sources-event-rule')
        self._aware(start)  # raises where nobody knows what time that is
        local = (
            start if isinstance(start, datetime) else datetime(start.year, start.month, start.day)
        )
        zone = local.tzinfo or (self.zone if isinstance(start, datetime) else None) or UTC
        first = local.replace(tzinfo=None)
        horizon = self.last.astimezone(zone).replace(tzinfo=None) + timedelta(days=1)
        if first < horizon - OLDEST:
            raise _Skip('sources-event-rule')
        options = self._options(parts, horizon, zone)
        # Wall time recurs, not UTC: "every Tuesday at 18:00" stays so when clocks change.
        times = rrule.rrule(getattr(rrule, frequency), dtstart=first, **options)
        # A count is taken here, so that the horizon ends a rule that comes true too late.
        count = int(next(iter(parts.get('COUNT', [MOST]))))
        return [
            moment.replace(tzinfo=zone).astimezone(UTC)
            for moment in islice(times, max(0, min(count, MOST)))
        ]

    def _options(self, parts: Any, horizon: datetime, zone: Any) -> dict[str, Any]:
        until = next(iter(parts.get('UNTIL', [])), None)
        end = horizon
        if until is not None:
            if isinstance(until, datetime):
                moment = until if until.tzinfo is None else until.astimezone(zone)
                end = min(end, moment.replace(tzinfo=None))
            else:
                end = min(end, datetime(until.year, until.month, until.day, 23, 59, 59))
        options: dict[str, Any] = {'until': end}
        options['interval'] = int(next(iter(parts.get('INTERVAL', [1]))))
        if 'BYDAY' in parts:
            options['byweekday'] = [_weekday(str(one)) for one in parts['BYDAY']]
        for name in ('BYMONTH', 'BYMONTHDAY', 'BYSETPOS'):
            if name in parts:
                options[name.lower()] = [int(one) for one in parts[name]]
        if 'WKST' in parts:
            options['wkst'] = _weekday(str(next(iter(parts['WKST']))))
        return options

    def _extra(self, one: Any, name: str) -> Iterator[date]:
        values = one.get(name)
        for group in values if isinstance(values, list) else [values] if values else []:
            for value in getattr(group, 'dts', ()):
                moment = value.dt
                yield moment[0] if isinstance(moment, tuple) else moment


def _weekday(word: str) -> Any:
    day = getattr(rrule, word[-2:].upper())
    return day(int(word[:-2])) if word[:-2] else day
