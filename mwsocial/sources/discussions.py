"""Discussions and projects: new sections of a page, new pages of a category.

New is what was not there some days ago, by the history of the page or the category's own dates; so
nothing has to be remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import quote

from mwsocial.reason import Reason
from mwsocial.sources.base import Found, Suggestion, World, digest, wanted
from mwsocial.sources.settings import Discussion
from mwsocial.sources.technews import plain_line
from mwsocial.sources.trouble import Trouble
from mwsocial.sources.wikis import Wiki
from mwsocial.wiki.api import read_timestamp

_HEADING = re.compile(r'^==(?!=)(.+)$', re.MULTILINE)


class DiscussionSource:
    """One page or category."""

    def __init__(self, name: str, settings: Discussion) -> None:
        """*name*: its key in the configuration."""
        self.name = f'discussions: {name}'
        self._called = name
        self._settings = settings

    def look(self, world: World) -> Found:
        """What is new there. Raises ``Trouble``."""
        wiki = world.wiki(self._settings.wiki)
        since = world.now - timedelta(days=self._settings.days)
        found = self._sections(wiki, since) if self._settings.page else self._pages(wiki, since)
        chosen = [one for one in found if wanted(one[0], self._settings.words)]
        kind = 'section' if self._settings.page else 'page'
        suggestions = [
            Suggestion(
                id=f'discussion-{digest(self._called, title)}',
                words=title,
                link=address,
                why=Reason(f'sources-why-new-{kind}', (self._called,)),
                moment=when or world.now,
                only=True,
            )
            for title, address, when in chosen
        ]
        return Found(tuple(suggestions[-self._settings.most :]))

    def _sections(self, wiki: Wiki, since: datetime) -> list[tuple[str, str, datetime | None]]:
        page = wiki.page(self._settings.page)
        before = set(headings(wiki.text_at(page.title, since)))
        return [
            (plain_line(words), page.address + anchor(plain_line(words)), None)
            for words in headings(page.text)
            if words not in before and plain_line(words)
        ]

    def _pages(self, wiki: Wiki, since: datetime) -> list[tuple[str, str, datetime | None]]:
        title = self._settings.category
        if not title.casefold().startswith('category:'):
            title = f'Category:{title}'
        found = {}
        for query in wiki.query(
            list='categorymembers', cmtitle=title, cmprop='ids|title|timestamp', cmsort='timestamp',
            cmdir='older', cmend=since.strftime('%Y-%m-%dT%H:%M:%SZ'), cmlimit='50',
            cmtype='page',
        ):  # fmt: skip
            for one in query.get('categorymembers', ()):
                found[int(one['pageid'])] = (str(one['title']), read_timestamp(one['timestamp']))
            break
        if not found:
            self._must_exist(wiki, title)
            return []
        addresses = _addresses(wiki, found)
        return sorted(
            ((name, addresses[number], when) for number, (name, when) in found.items()
             if number in addresses),
            key=lambda one: (one[2], one[0]),
        )  # fmt: skip

    @staticmethod
    def _must_exist(wiki: Wiki, title: str) -> None:
        query = next(wiki.query(titles=title, prop='categoryinfo'))
        page = query.get('pages', [{}])[0]
        if 'missing' in page and not page.get('categoryinfo'):
            raise Trouble('sources-page-missing', wiki.name, title)


def headings(wikitext: str) -> list[str]:
    """The titles of the page's sections of the second level, each once."""
    found = (_title(one[1]) for one in _HEADING.finditer(wikitext))
    return list(dict.fromkeys(filter(None, found)))


def _title(rest: str) -> str:
    """What a line says after its first two signs; '' where it is no heading."""
    # By hand: an expression for this takes time in the cube of a line's blanks, and anybody writes it.
    words = rest.rstrip(' \t')
    if words.endswith('-->') and '<!--' in words:
        words = words[: words.rfind('<!--')].rstrip(' \t')
    return words.removesuffix('==').strip() if words.endswith('==') else ''


def anchor(title: str) -> str:
    """What leads to a section, as MediaWiki makes it ($wgFragmentMode html5)."""
    return '#' + quote(title.replace(' ', '_'), safe="/:@!$'()*,;")


def _addresses(wiki: Wiki, numbers: Iterable[int]) -> dict[int, str]:
    query = next(
        wiki.query(
            pageids='|'.join(str(one) for one in list(numbers)[:50]), prop='info', inprop='url'
        )
    )
    return {
        int(page['pageid']): str(page['fullurl'])
        for page in query.get('pages', ())
        if 'fullurl' in page
    }
