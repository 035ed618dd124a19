"""Numbers of a wiki: a round one that was passed is worth a post.

Only what has been passed since the last look counts; where the number stood then is a line on the page
of suggestions, and nobody's memory.
"""

from __future__ import annotations

import re

from mwsocial.reason import Reason
from mwsocial.sources.base import Found, Suggestion, World
from mwsocial.sources.settings import Metric
from mwsocial.sources.trouble import Trouble

#: Below this no number is worth a post by itself.
LEAST = 1000


class MetricSource:
    """One number."""

    def __init__(self, name: str, settings: Metric) -> None:
        """*name*: its key in the configuration."""
        self.name = f'metrics: {name}'
        self._called = name
        self._settings = settings

    @property
    def cursor(self) -> str:
        """The name of its line on the page."""
        return f'metric-{self._called.replace(" ", "-")}'

    def look(self, world: World) -> Found:
        """The round number that it has passed since the last look, if any. Raises ``Trouble``."""
        wiki = world.wiki(self._settings.wiki)
        query = next(wiki.query(meta='siteinfo', siprop='general|statistics'))
        try:
            value = query['statistics'][self._settings.statistic]
            site = str(query['general']['sitename'])
            link = str(query['general']['base'])
        except (KeyError, TypeError):
            raise Trouble('sources-wiki', wiki.name) from None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**15:
            raise Trouble('sources-wiki', wiki.name)
        reached = milestone(value, self._settings.step)
        before = world.cursors.get(self.cursor, '')
        cursors = {self.cursor: str(max(reached, _number(before)))}
        if not before or reached <= _number(before) or not reached:
            return Found(cursors=cursors)
        label = self._settings.label or Reason(f'sources-count-{self._settings.statistic}').text()
        suggestion = Suggestion(
            id=f'{self.cursor}-{reached}',
            words=self._settings.name or site,
            link=link,
            why=Reason('sources-why-metric', (f'{value:,}', self._settings.statistic)),
            moment=world.now,
            sentence='sources-post-metric',
            more=(f'{reached:,}', label),
        )
        return Found((suggestion,), cursors)


def milestone(value: int, step: int = 0) -> int:
    """The last round number up to *value*: a multiple of *step*, or without one, of the power of ten
    that its first digit counts (from ``LEAST`` on). 0 where there is none.
    """
    if step:
        return value - value % step
    if value < LEAST:
        return 0
    unit = int(10 ** (len(str(value)) - 1))
    return value - value % unit


def _number(cursor: str) -> int:
    return int(cursor) if re.fullmatch(r'\d{1,18}', cursor, re.ASCII) else 0
