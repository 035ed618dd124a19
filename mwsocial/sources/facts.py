"""Facts: a list on a wiki page. One is suggested every few days, none again within a year."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from mwsocial.reason import Reason
from mwsocial.sources.base import Found, Suggestion, World, digest
from mwsocial.sources.feedxml import is_address
from mwsocial.sources.settings import Facts
from mwsocial.sources.technews import plain_line
from mwsocial.sources.trouble import Trouble

#: So long after it was suggested a fact may come again.
AGAIN = timedelta(days=366)

_ADDRESS = re.compile(r'https?://[^\s\[\]<>"|{}]+')
_ID = re.compile(r'fact-([0-9a-f]{12})-(\d{8})')


class FactsSource:
    """The page of facts."""

    name = 'facts'

    def __init__(self, settings: Facts) -> None:
        """*settings*: of the configuration."""
        self._settings = settings

    def look(self, world: World) -> Found:
        """The next fact, if it is time for one. Raises ``Trouble``."""
        last: dict[str, datetime] = {}
        newest: datetime | None = None
        for one, when in world.suggested.items():
            if found := _ID.fullmatch(one):
                last[found[1]] = max(when, last.get(found[1], when))
                newest = max(when, newest) if newest else when
        if any(_ID.fullmatch(one) for one in world.standing):
            return Found()
        if newest and world.now - newest < timedelta(days=self._settings.days):
            return Found()
        page = world.wiki(self._settings.wiki).page(self._settings.page)
        facts = read_facts(page.text)
        if not facts:
            raise Trouble('sources-facts-none', page.title)
        for words, link in facts:
            mark = digest(words)
            if mark in last and world.now - last[mark] < AGAIN:
                continue
            return Found(
                (
                    Suggestion(
                        id=f'fact-{mark}-{world.now:%Y%m%d}',
                        words=words,
                        link=link,
                        why=Reason('sources-why-fact', (page.title,)),
                        moment=world.now,
                    ),
                )
            )
        return Found(remarks=(Reason('sources-facts-all', (page.title,)),))


def read_facts(wikitext: str) -> list[tuple[str, str]]:
    """The facts of the page: words and link ('' for none) of each line that begins with ``*``."""
    found: dict[str, str] = {}
    bare = re.sub(
        r'<!--.*?(?:-->|\Z)|<(noinclude|nowiki|pre)\b.*?(?:</\1\s*>|\Z)',
        '',
        wikitext,
        flags=re.DOTALL | re.I,
    )
    for line in bare.split('\n'):
        if not line.startswith('*'):
            continue
        link = next(iter(_ADDRESS.findall(line)), '').rstrip('.,;:!?)')
        words = _ADDRESS.sub('', plain_line(line.lstrip('* ')))
        words = ' '.join(words.split()).strip(' :–—-')
        if words:
            found.setdefault(words, link if is_address(link) else '')
    return list(found.items())
