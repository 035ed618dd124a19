"""What comes from outside of the wiki beside networks: feeds, calendars, rendered pages, images."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from mwsocial.channels.base import Image, Limits
from mwsocial.channels.pictures import fit
from mwsocial.reason import Reason
from mwsocial.sources.calendars import calendar
from mwsocial.sources.deployments import windows
from mwsocial.sources.discussions import headings
from mwsocial.sources.eventpages import events
from mwsocial.sources.facts import read_facts
from mwsocial.sources.feedxml import entries
from mwsocial.sources.fetch import Fetched
from mwsocial.sources.releases import announced, lifecycle
from mwsocial.sources.technews import issue
from mwsocial.sources.trouble import Trouble
from tests.fuzz.known import NOW

ADDRESS = 'https://feeds.example/x'
KINDS = ('image/png', 'image/jpeg', 'image/gif', 'image/webp')
LIMITS = Limits(300, image_bytes=20_000, image_side=200)


def feed(data: bytes) -> None:
    """RSS and Atom."""
    with suppress(Trouble):
        for entry in entries(Fetched(ADDRESS, data, 'application/xml')):
            assert entry.link.startswith(('https://', 'http://'))
            announced(entry.title)


def dates(data: bytes) -> None:
    """iCalendar."""
    with suppress(Trouble):
        read = calendar(
            Fetched(ADDRESS, data, 'text/calendar'), 'Events', 'UTC', NOW, NOW + timedelta(days=30)
        )
        for event in read.events:
            assert event.begins <= NOW + timedelta(days=30)


def html(text: str) -> None:
    """Rendered wiki pages."""
    for reader in (windows, lifecycle, lambda html: events(html, ADDRESS, 'Events')):
        with suppress(Trouble):
            reader(text)


def wikitext(text: str) -> None:
    """Issues of Tech News, and other pages of other wikis."""
    with suppress(Trouble):
        issue(text)
    with suppress(Trouble):
        read_facts(text)
    headings(text)


def image(data: bytes) -> None:
    """Files that say that they are images; the first byte picks the kind."""
    kind = KINDS[data[0] % len(KINDS)] if data else KINDS[0]
    found = fit('File:A.x', data[1:], kind, 'alt', LIMITS)
    if isinstance(found, Reason):
        assert 'File:A.x' in found.text()
    else:
        assert isinstance(found, Image) and len(found.data) <= LIMITS.image_bytes
