"""Events on wiki pages: Tech talks, office hours, lists of events, in the shapes that such pages have.

* a heading with a line below it that holds a time in UTC (Tech talks: ``March 3, 2021 at 18:00 UTC``);
* the hCalendar microformat: ``vevent``, ``dtstart``, ``summary`` (Meta, IRC office hours);
* a table with columns for date, time and topic (Meta, Office hours, 2011);
* ``<time datetime="…">`` in a heading's section.

A time without a zone is left out: nobody knows what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urljoin

from dateutil import parser as dates

from mwsocial.reason import Reason
from mwsocial.sources.base import Found, World, wanted
from mwsocial.sources.feedxml import is_address
from mwsocial.sources.reminders import Event, reminders
from mwsocial.sources.settings import EventPage, Events
from mwsocial.sources.tree import Node, read, rows
from mwsocial.sources.trouble import Trouble

_MONTHS = (
    'January|February|March|April|May|June|July|August|September|October|November|December|'
    'Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec'
)
_WRITTEN = re.compile(
    rf'\b(?:(?P<month>{_MONTHS})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d)'
    rf'|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month2>{_MONTHS})\.?,?\s+(?P<year2>20\d\d)'
    r'|(?P<iso>20\d\d-\d\d-\d\d))'
    r'(?:\s*(?:,|at|T|·|–|-|@)?\s*(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?::\d\d)?'
    r'\s*\(?(?P<zone>UTC|GMT|Z)\b)?',
    re.IGNORECASE,
)
_TIME = re.compile(r'\b(\d{1,2})[:.](\d\d)\s*\(?(?:UTC|GMT|Z)\b', re.IGNORECASE)
_CLOCK = re.compile(r'.{0,10}?\b\d{1,2}[:.]\d\d\b')
_HEADINGS = ('h1', 'h2', 'h3', 'h4')


class EventPageSource:
    """One page."""

    def __init__(self, name: str, settings: EventPage, events: Events) -> None:
        """*name*: its key in the configuration; *events*: what holds for all pages."""
        self.name = f'events: {name}'
        self._called = name
        self._settings = settings
        self._events = events

    def look(self, world: World) -> Found:
        """Reminders of its next events. Raises ``Trouble``."""
        settings = self._settings
        address, html = world.wiki(settings.wiki).html(settings.page)
        found, unclear = events(html, address, self._called)
        chosen = [one for one in found if wanted(one.title, settings.words)]
        remarks = (Reason('sources-event-zone', (self._called, str(unclear))),) if unclear else ()
        made = reminders(chosen, self._events.remind, world.now, self._events.days)
        return Found(tuple(made), remarks=remarks)


def events(html: str, address: str, called: str) -> tuple[list[Event], int]:
    """The events of a rendered page, and how many were left out because their time has no zone.

    Raises ``Trouble`` where the page has none of the known shapes.
    """
    root = read(html)
    raw = [*_hcalendar(root), *_tables(root), *_headings(root)]
    if not raw:
        raise Trouble('sources-events-shape', called)
    found: dict[tuple[str, str], Event] = {}
    unclear = 0
    for title, start, link in raw:
        if start is None:
            unclear += 1
            continue
        event = Event(
            key=f'{called}\n{title}',
            title=title,
            start=start,
            link=_target(address, link),
            where=called,
        )
        found.setdefault((title, str(start)), event)
    return list(found.values()), unclear


def _target(address: str, link: str) -> str:
    """Where *link* on the page at *address* leads to; the page itself where it is no address."""
    try:
        target = urljoin(address, link)
    except ValueError:  # brackets that are no IPv6 address
        return address
    return target if is_address(target) else address


#: Title, start (None where its zone is not told) and link.
Raw = tuple[str, datetime | date | None, str]


def _hcalendar(root: Node) -> Iterator[Raw]:
    for one in root.all(of='vevent'):
        summary, start = one.first(of='summary'), one.first(of='dtstart')
        if summary is None or start is None or not summary.text():
            continue
        value = start.attributes.get('title') or start.attributes.get('datetime') or start.text()
        link = one.first('a', of='url') or summary.first('a')
        yield summary.text(), _stamp(value), link.attributes.get('href', '') if link else ''


def _stamp(value: str) -> datetime | date | None:
    """An ISO time with its zone, or a day; None for anything else."""
    value = value.strip()
    if re.fullmatch(r'\d{4}-?\d\d-?\d\d', value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    if re.match(r'\d{4}-?\d\d-?\d\d[T ]\d', value):
        try:
            found = dates.isoparse(value.replace(' ', 'T', 1))
        except (ValueError, OverflowError):
            return _written(value)
        return found.astimezone(UTC) if found.tzinfo else None
    return _written(value)


def _written(words: str) -> datetime | date | None:
    """A time that people wrote, in UTC; None where it has no zone, or there is none."""
    found = _WRITTEN.search(words)
    if not found or found['hour'] is None:
        return None
    day = _day(found)
    return _at(day, found['hour'], found['minute']) if day else None


def _day(found: re.Match[str]) -> date | None:
    if found['iso']:
        words, shapes = found['iso'], ('%Y-%m-%d',)
    else:
        month = (found['month'] or found['month2'])[:3]
        words = f'{month} {found["day"] or found["day2"]} {found["year"] or found["year2"]}'
        shapes = ('%b %d %Y',)
    try:
        return datetime.strptime(words, shapes[0]).date()
    except ValueError:
        return None


def _at(day: date, hour: str, minute: str) -> datetime | None:
    if int(hour) > 24 or int(minute) > 59:
        return None
    midnight = datetime.combine(day, datetime.min.time(), UTC)
    return midnight + timedelta(hours=int(hour), minutes=int(minute))


def _tables(root: Node) -> Iterator[Raw]:
    for table in root.all('table'):
        lines = rows(table)
        head = [cell.text().casefold() for cell in lines[0]] if lines else []
        day_at = next((n for n, name in enumerate(head) if name == 'date'), None)
        topic_at = next(
            (n for n, name in enumerate(head) if name.startswith(('topic', 'title', 'event'))), None
        )
        if day_at is None or topic_at is None:
            continue
        time_at = next((n for n, name in enumerate(head) if name.startswith('time')), None)
        who_at = next(
            (n for n, name in enumerate(head) if name.startswith(('who', 'speaker'))), None
        )
        for line in lines[1:]:
            words = [cell.text() for cell in line]
            if len(words) <= max(day_at, topic_at, time_at or 0, who_at or 0):
                continue
            found = _WRITTEN.search(words[day_at])
            if not found or not words[topic_at]:
                continue
            who = f' ({words[who_at]})' if who_at is not None and words[who_at] else ''
            anchor = line[topic_at].first('a')
            link = anchor.attributes.get('href', '') if anchor else ''
            day = _day(found)
            time = _TIME.search(words[time_at]) if time_at is not None else None
            start = _written(words[day_at]) or (
                _at(day, time[1], time[2]) if day and time else None
            )
            if time_at is None and found['hour'] is None:
                yield words[topic_at] + who, day, link
            else:
                yield words[topic_at] + who, start, link


def _headings(root: Node) -> Iterator[Raw]:
    """A heading and the first time in the section below it."""
    title, anchor, waiting = '', '', False
    for node in root.walk():
        if node.tag in _HEADINGS:
            title, waiting = (node.first(of='mw-headline') or node).text(), True
            named = node.attributes.get('id') or next(
                (one.attributes['id'] for one in node.walk() if one.attributes.get('id')), ''
            )
            anchor = f'#{named}' if named else ''
        elif waiting and title and node.tag in ('p', 'li', 'dd', 'time'):
            stamp = node.attributes.get('datetime', '')
            words = stamp or node.text()
            if stamp and _stamp(stamp) is not None:
                waiting = False
                yield title, _stamp(stamp), anchor
            elif (found := _WRITTEN.search(words[:2000])) and (
                # A day alone in running words is no event's time; one with a time of day is.
                found['hour'] or _CLOCK.match(words, found.end())
            ):
                waiting = False
                yield title, _written(words[:2000]), anchor
