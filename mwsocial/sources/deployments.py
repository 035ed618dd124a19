"""The week's train, from the calendar of deployments.

``when`` in its wikitext is wall time of San Francisco; so the rendered rows are read, which say UTC
(wikitech, Deployments; classes of Module:Deployment schedule).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dateutil import parser as dates

from mwsocial.reason import Reason
from mwsocial.sources.base import Found, Suggestion, World, wanted
from mwsocial.sources.settings import Deployments
from mwsocial.sources.tree import Node, read
from mwsocial.sources.trouble import Trouble

_VERSION = re.compile(r'\b1\.\d{2,3}(?:\.0-|/)wmf\.?\d{1,3}\b')
_OFF = re.compile(r'cancel+ed|no train|skipped|not happening', re.IGNORECASE)
_NOISE = re.compile(r'\(Max \d+ patches\)')


@dataclass(frozen=True)
class Window:
    """One row: ``start`` and ``end`` are aware UTC, ``versions`` as ``1.47.0-wmf.3``."""

    name: str
    start: datetime
    end: datetime
    versions: tuple[str, ...]
    off: bool = False


def windows(html: str) -> list[Window]:
    """The rows of the calendar, as rendered. Raises ``Trouble`` where there is none, or where none of
    them tells its time in UTC.
    """
    items = read(html).all(of='deploycal-item')
    if not items:
        raise Trouble('sources-deployments-shape')
    found = [window for item in items if (window := _window(item))]
    if not found:
        raise Trouble('sources-deployments-times')
    return found


def _window(item: Node) -> Window | None:
    start = _time(item.attributes.get('data-utcstart', ''))
    end = _time(item.attributes.get('data-utcend', ''))
    named = item.first(of='deploycal-item-window') or item.first(of='deploycal-window')
    if start is None or end is None or named is None or end < start:
        return None
    words = item.text()
    versions = dict.fromkeys(re.sub(r'/wmf\.?', '.0-wmf.', one) for one in _VERSION.findall(words))
    name = ' '.join(_NOISE.sub('', named.text()).split())
    return Window(name, start, end, tuple(versions), bool(_OFF.search(words)))


def _time(value: str) -> datetime | None:
    if re.fullmatch(r'\d{9,11}', value):
        return datetime.fromtimestamp(int(value), UTC)
    if not re.match(r'\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}', value):
        return None
    try:
        found = dates.isoparse(value.strip().replace(' ', 'T', 1))
        # The attribute's name says UTC, so a time without a zone is not guessed.
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class DeploymentsSource:
    """The trains of the next days."""

    name = 'deployments'

    def __init__(self, settings: Deployments) -> None:
        """*settings*: of the configuration."""
        self._settings = settings

    def look(self, world: World) -> Found:
        """One suggestion for each version that is to be deployed. Raises ``Trouble``."""
        address, html = world.wiki(self._settings.wiki).html(self._settings.page)
        return Found(tuple(suggest(windows(html), address, self._settings, world.now)))


def suggest(
    found: Sequence[Window], address: str, settings: Deployments, now: datetime
) -> list[Suggestion]:
    """The suggestions: one for a version, with the time of its first window; none once that is past."""
    last = now + timedelta(days=settings.days)
    first: dict[str, Window] = {}
    for window in sorted(found, key=lambda one: one.start):
        if window.off or not wanted(window.name, settings.windows):
            continue
        # A window can name the version that is there already, and the one that comes: the newest.
        for version in sorted(window.versions, key=_number)[-1:]:
            first.setdefault(version, window)
    suggestions = []
    for version, window in first.items():
        if now < window.start <= last:
            suggestions.append(
                Suggestion(
                    id='train-' + re.sub('[^a-z0-9]+', '-', version),
                    words=f'MediaWiki {version}',
                    link=address,
                    why=Reason('sources-why-train', (window.name,)),
                    moment=min(now, window.start),
                    sentence='sources-post-train',
                    more=(f'{window.start:%Y-%m-%d %H:%M} UTC',),
                    not_after=window.end,
                )
            )
    return suggestions


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r'\d+', version))
