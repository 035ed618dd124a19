"""What stands under ``"sources"`` on the configuration page: each source's keys and their defaults.

A source is asked only where its key is there; ``{}`` takes all of its defaults. In ``"wiki"`` stands
the host of a wiki (``meta.wikimedia.org``), or the address of its ``api.php`` where that is not
``/w/api.php``; left empty, it is the desk's own wiki.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from mwsocial.channels.transport import is_loopback
from mwsocial.wiki.part import Part, page_title

_HOST = re.compile(r'(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+')
_NAME = re.compile(r'[a-z0-9][a-z0-9 -]{0,29}')
_CONTROL = re.compile(r'[\x00-\x1f\x7f]')


def address(value: str) -> str:
    """An address that may be fetched; raises ValueError for any other."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or '', parts.port
    except ValueError:
        raise ValueError('expected an address that begins with https://') from None
    local = parts.scheme == 'http' and is_loopback(host)
    if not host or not (parts.scheme == 'https' or local):
        raise ValueError('expected an address that begins with https://')
    if parts.username is not None or parts.password is not None:
        raise ValueError('an address must hold no user name and no password')
    if any(not '!' <= sign <= '~' for sign in value) or '\\' in value or parts.fragment:
        raise ValueError('expected an address in plain letters, without # (write others with %)')
    return value


def wiki_api(value: str) -> str:
    """The address of a wiki's API: of a host, or as it is given; '' stays ''."""
    if not value:
        return ''
    if '//' in value:
        if not urlsplit(address(value)).path.endswith('/api.php') or '?' in value:
            raise ValueError('expected the host of a wiki, or the address of its api.php')
        return value
    if not _HOST.fullmatch(value):
        raise ValueError('expected the host of a wiki, such as "meta.wikimedia.org"')
    return f'https://{value}/w/api.php'


def _week_page(value: str) -> str:
    if value.count('{year}') != 1 or value.count('{week}') != 1:
        raise ValueError('expected a title that holds {year} and {week} once each')
    page_title(value.replace('{year}', '2026').replace('{week}', '18'))
    return value.replace('_', ' ')


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except Exception:
        raise ValueError('expected a time zone such as "UTC" or "Europe/Berlin"') from None
    return value


def _words(value: str) -> str:
    if not value.strip() or _CONTROL.search(value):
        raise ValueError('expected some words on one line')
    return value.strip()


Source = TypeVar('Source')


def _named(sources: dict[str, Source]) -> dict[str, Source]:
    for name in sources:
        if not _NAME.fullmatch(name):
            raise ValueError(
                f'“{name}” cannot name a source: expected at most 30 lower-case letters, digits, '
                'spaces and hyphens'
            )
    return sources


Address = Annotated[str, AfterValidator(address)]
Wiki = Annotated[str, AfterValidator(wiki_api)]
Title = Annotated[str, AfterValidator(page_title)]
Words = tuple[Annotated[str, AfterValidator(_words)], ...]
Days = Annotated[float, Field(gt=0, le=366)]
Kind = Literal['week', 'day', 'hour']


class TechNews(Part):
    """Issues of Tech News.

    ``page`` holds ``{year}`` (of the ISO week) and ``{week}`` (two digits). ``weeks``: how far back.
    ``bullets``: so many single news of an issue that hold one of the desk's ``words`` are suggested
    too. ``ignore``: what a news or heading begins with that is none.
    """

    wiki: Wiki = wiki_api('meta.wikimedia.org')
    page: Annotated[str, AfterValidator(_week_page)] = 'Tech/News/{year}/{week}'
    weeks: int = Field(default=2, ge=1, le=26)
    bullets: int = Field(default=3, ge=0, le=20)
    ignore: Words = ('View all', 'Tech news prepared by', 'Latest tech news')


class Releases(Part):
    """Releases of MediaWiki, as they have been announced.

    ``feed``: of the announcement list ('' for none); ``wiki`` and ``page``: the table of versions
    ('' for none). ``candidates``: whether release candidates count.
    """

    feed: Annotated[str, AfterValidator(lambda value: value and address(value))] = (
        'https://lists.wikimedia.org/hyperkitty/list/mediawiki-announce@lists.wikimedia.org/feed/'
    )
    wiki: Wiki = wiki_api('www.mediawiki.org')
    page: Annotated[str, AfterValidator(lambda value: value and page_title(value))] = (
        'Version lifecycle'
    )
    days: Days = 14
    candidates: bool = False


class Deployments(Part):
    """The train of a week, from the calendar of deployments.

    ``windows``: words of which one must stand in a window's name; ``days``: how far ahead.
    """

    wiki: Wiki = wiki_api('wikitech.wikimedia.org')
    page: Title = 'Deployments'
    windows: Words = ('train',)
    days: Days = 7


class Calendar(Part):
    """An iCalendar feed. ``zone``: of times that name none ('' leaves such events out); ``words``: only
    events whose title holds one of them.
    """

    url: Address
    zone: Annotated[str, AfterValidator(lambda value: value and _zone(value))] = ''
    words: Words = ()


class EventPage(Part):
    """A wiki page with events."""

    wiki: Wiki = ''
    page: Title
    words: Words = ()


class Events(Part):
    """Events, with reminders. ``days``: how far ahead; ``remind``: how long before each reminder goes
    out.
    """

    calendars: Annotated[dict[str, Calendar], AfterValidator(_named)] = Field(default_factory=dict)
    pages: Annotated[dict[str, EventPage], AfterValidator(_named)] = Field(default_factory=dict)
    remind: tuple[Kind, ...] = ('week', 'day', 'hour')
    days: Days = 30

    @model_validator(mode='after')
    def _apart(self) -> Self:
        for name in self.calendars:
            if name in self.pages:
                raise ValueError(f'“{name}” names a calendar and a page')
        return self


class Feed(Part):
    """An RSS or Atom feed. ``days``: how old an entry may be; ``most``: of one feed at once; ``words``:
    only entries whose title holds one of them.
    """

    url: Address
    days: Days = 14
    most: int = Field(default=3, ge=1, le=50)
    words: Words = ()


class Discussion(Part):
    """A page whose new sections, or a category whose new pages are suggested."""

    wiki: Wiki = ''
    page: Annotated[str, AfterValidator(lambda value: value and page_title(value))] = ''
    category: Annotated[str, AfterValidator(lambda value: value and page_title(value))] = ''
    days: Days = 7
    most: int = Field(default=3, ge=1, le=50)
    words: Words = ()

    @model_validator(mode='after')
    def _one(self) -> Self:
        if bool(self.page) == bool(self.category):
            raise ValueError('expected either "page" or "category"')
        return self


class Metric(Part):
    """A number of a wiki's statistics. ``step``: what is round; 0: where the first digit changes.
    ``label``: what is counted, for the post; '' for a usual word.
    """

    wiki: Wiki = ''
    statistic: Literal['articles', 'pages', 'edits', 'users', 'images', 'activeusers'] = 'articles'
    step: int = Field(default=0, ge=0, le=10**12)
    name: Annotated[str, AfterValidator(lambda value: value and _words(value))] = ''
    label: Annotated[str, AfterValidator(lambda value: value and _words(value))] = ''


class Facts(Part):
    """A page with a list of facts, of which one is suggested every ``days``."""

    wiki: Wiki = ''
    page: Title = 'Social media/Facts'
    days: Days = 7


class Sources(Part):
    """All sources, and the bounds of the page of suggestions.

    ``most_on_page``: undecided suggestions; ``most_per_run``: new ones; ``keep_days``: how long an
    undecided one stands.
    """

    tech_news: TechNews | None = None
    releases: Releases | None = None
    deployments: Deployments | None = None
    events: Events | None = None
    feeds: Annotated[dict[str, Feed], AfterValidator(_named)] = Field(default_factory=dict)
    discussions: Annotated[dict[str, Discussion], AfterValidator(_named)] = Field(
        default_factory=dict
    )
    metrics: Annotated[dict[str, Metric], AfterValidator(_named)] = Field(default_factory=dict)
    facts: Facts | None = None
    most_on_page: int = Field(default=40, ge=1, le=200)
    most_per_run: int = Field(default=10, ge=1, le=12)
    keep_days: Days = 30
