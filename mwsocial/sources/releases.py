"""Releases of MediaWiki: as they have been announced, and never before.

Releases are prepared in secret, security releases above all. So only two things count: an
announcement on the list whose time has come and which does not speak of the future, and a row of the
table of versions that says "current" or "legacy" and names a day that has come (mediawiki.org, Version
lifecycle).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mwsocial.reason import Reason
from mwsocial.sources.base import Found, Suggestion, World
from mwsocial.sources.feedxml import Entry, entries
from mwsocial.sources.settings import Releases
from mwsocial.sources.tree import read, rows
from mwsocial.sources.trouble import Trouble

_VERSION = re.compile(
    r'(?<![\d.])1\.\d{2,3}(?:\.\d{1,3})?(?:-?(?:rc|alpha|beta)\.?\d{1,2})?(?![\d.]*\d)'
)
#: Words of mails that announce what is still to come, or say that it does not come.
_FUTURE = re.compile(
    r'\b(upcoming|pre-?announce\w*|advance\w*|planned|plan|scheduled?|schedule|will|soon|'
    r'delay\w*|postpone\w*|cancel\w*|next week|tomorrow|call for|proposed|reminder|notice)\b',
    re.IGNORECASE,
)
_RELEASED = re.compile(r'\b(releases?d?|available|out|supplement)\b', re.IGNORECASE)
_OTHER = re.compile(r'^\s*(re|fwd?|aw)\s*:', re.IGNORECASE)
_PUBLIC = re.compile(r'\b(current|stable|legacy)\b', re.IGNORECASE)
_NOT_PUBLIC = re.compile(
    r'\b(future|alpha|beta|rc|candidate|development|obsolete)\b', re.IGNORECASE
)


@dataclass(frozen=True)
class Release:
    """One announcement: ``versions`` in the order in which it names them."""

    versions: tuple[str, ...]
    security: bool = False

    @property
    def candidate(self) -> bool:
        """Whether it is only a candidate for a release."""
        return any(re.search('rc|alpha|beta', one) for one in self.versions)

    @property
    def id(self) -> str:
        """Of the suggestion: the same for ``1.47`` and ``1.47.0``."""
        words = '-'.join(one.removesuffix('.0') for one in self.versions)
        return 'release-' + re.sub('[^a-z0-9]+', '-', words)[:55].strip('-')


def announced(title: str) -> Release | None:
    """What the subject of a mail announces as released; None if nothing."""
    versions = tuple(dict.fromkeys(_VERSION.findall(title)))
    if not versions or len(versions) > 8 or _OTHER.match(title) or _FUTURE.search(title):
        return None
    if not _RELEASED.search(title):
        return None
    return Release(versions, bool(re.search(r'\bsecurity\b', title, re.IGNORECASE)))


def lifecycle(html: str) -> list[tuple[str, date]]:
    """The released versions of the table of versions with their days. Raises ``Trouble`` where the page
    holds no such table.
    """
    found = []
    seen = False
    for table in read(html).all('table'):
        lines = rows(table)
        head = [cell.text().casefold() for cell in lines[0]] if lines else []
        day_at = next((n for n, name in enumerate(head) if name.startswith('release')), None)
        if not {'version', 'status'} <= set(head) or day_at is None:
            continue
        seen = True
        places = head.index('version'), head.index('status')
        for line in lines[1:]:
            words = [cell.text() for cell in line]
            if len(words) <= max(*places, day_at):
                continue
            version, status = words[places[0]], words[places[1]]
            named = _VERSION.findall(version)
            day = _day(words[day_at])
            public = _PUBLIC.search(status) and not _NOT_PUBLIC.search(status)
            if public and len(named) == 1 and day:
                found.append((named[0], day))
    if not seen:
        raise Trouble('sources-releases-table')
    return found


def _day(words: str) -> date | None:
    """A whole date; None for a month alone, or anything else that would have to be guessed."""
    words = re.sub(r'\[.*?\]|\(.*?\)', '', words).strip()
    for shape in ('%Y-%m-%d', '%d %B %Y', '%B %d, %Y', '%d %b %Y', '%b %d, %Y'):
        try:
            return datetime.strptime(words, shape).date()
        except ValueError:
            continue
    return None


class ReleasesSource:
    """What has been announced lately."""

    name = 'releases'

    def __init__(self, settings: Releases) -> None:
        """*settings*: of the configuration."""
        self._settings = settings

    def look(self, world: World) -> Found:
        """The releases of the last days. Raises ``Trouble`` if neither feed nor table can be read."""
        settings = self._settings
        suggestions: dict[str, Suggestion] = {}
        troubles: list[Trouble] = []
        asked = bool(settings.feed) + bool(settings.page)
        if settings.feed:
            try:
                for one in from_feed(entries(world.fetch(settings.feed)), settings, world.now):
                    suggestions.setdefault(one.id, one)
            except Trouble as trouble:
                troubles.append(trouble)
        if settings.page:
            try:
                address, html = world.wiki(settings.wiki).html(settings.page)
                for one in from_table(lifecycle(html), address, settings, world.now):
                    suggestions.setdefault(one.id, one)
            except Trouble as trouble:
                troubles.append(trouble)
        if troubles and len(troubles) == asked:
            raise troubles[0]
        return Found(tuple(suggestions.values()), remarks=tuple(one.reason for one in troubles))


def from_feed(found: Sequence[Entry], settings: Releases, now: datetime) -> list[Suggestion]:
    """The releases that the list's feed announces, of the last days and not of the future."""
    suggestions = []
    for entry in found:
        release = announced(entry.title)
        when = entry.published
        if release is None or when is None or (release.candidate and not settings.candidates):
            continue
        if not now - timedelta(days=settings.days) <= when <= now:
            continue
        suggestions.append(_suggest(release, entry.link, when, 'sources-why-release'))
    return suggestions


def from_table(
    found: Sequence[tuple[str, date]], address: str, settings: Releases, now: datetime
) -> list[Suggestion]:
    """The versions of the table that came out in the last days."""
    suggestions = []
    for version, day in found:
        when = datetime.combine(day, datetime.min.time(), UTC)
        if now - timedelta(days=settings.days) <= when <= now:
            release = Release((version,))
            link = f'{address.rpartition("/")[0]}/MediaWiki_{version}'
            suggestions.append(_suggest(release, link, when, 'sources-why-release-table'))
    return suggestions


def _suggest(release: Release, link: str, when: datetime, why: str) -> Suggestion:
    names = [f'MediaWiki {release.versions[0]}', *release.versions[1:]]
    return Suggestion(
        id=release.id,
        words=', '.join(names),
        link=link,
        why=Reason(why, (f'{when:%Y-%m-%d}',)),
        moment=when,
        only=True,
        sentence='sources-post-security' if release.security else 'sources-post-release',
    )
