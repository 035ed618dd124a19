"""What one run of ``sync_news`` reads of the wiki: the pages, and the history of the News."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from mwsocial.desk.item import Item
from mwsocial.errors import ConfigurationError
from mwsocial.news.read import read
from mwsocial.news.values import NewsPage
from mwsocial.syncing.entries import Placed, placed
from mwsocial.syncing.said import Said, Site, of_item, of_wikitext
from mwsocial.wiki.api import Api
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.history import bot_revisions, chain_since
from mwsocial.wiki.items import find_items
from mwsocial.wiki.read import PageState, Snapshot, snapshot, texts
from mwsocial.wiki.revision import Revision

#: So many of the newest revisions of the News are read; what is older counts as old.
MOST = 200


@dataclass
class World:
    """The pages at one moment. ``now`` is UTC by the wiki's clock."""

    api: Api
    config: DeskConfig
    moment: Snapshot
    since: datetime
    _addresses: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """UTC, by the wiki's clock."""
        return self.moment.now

    @property
    def news(self) -> PageState:
        """The News as it is now."""
        return self.moment.pages[self.config.pages.news]

    @property
    def queue(self) -> PageState:
        """The queue as it is now."""
        return self.moment.pages[self.config.pages.queue]

    def read_again(self, queue: PageState) -> None:
        """Go by the queue as it is in *queue* from now on."""
        pages = {**self.moment.pages, self.config.pages.queue: queue}
        self.moment = replace(self.moment, pages=pages)
        for name in ('own', 'items', 'said_by_items'):
            self.__dict__.pop(name, None)

    @property
    def news_archive(self) -> PageState:
        """Where old news goes."""
        return self.moment.pages[self.config.pages.news_archive]

    @cached_property
    def page(self) -> NewsPage:
        """The News as data."""
        return read(self.news.text)

    @property
    def archives(self) -> list[PageState]:
        """The newest archive pages of the queue."""
        return [self.moment.pages[title] for title in _archives(self.config, self.now)]

    @cached_property
    def items(self) -> list[Item]:
        """The items of the queue and of its newest archives."""
        return [one.item for page in (self.queue, *self.archives) for one in find_items(page.text)]

    @cached_property
    def said_by_items(self) -> list[Said]:
        """What all these items say."""
        return [said for item in self.items for said in of_item(item, self.site)]

    @cached_property
    def site(self) -> Site:
        """The wiki's own addresses."""
        answer = self.api.query({'meta': 'siteinfo', 'siprop': 'general'})
        general = answer['query']['general']
        server, path = str(general['server']), str(general.get('articlepath', '/wiki/$1'))
        server = f'https:{server}' if server.startswith('//') else server
        return Site((server + path).removesuffix('$1').rstrip('/'))

    @cached_property
    def steps(self) -> list[tuple[Revision, str | None]]:
        """The history of the News since ``since``, oldest first, with what stood there before."""
        timestamp = self.news.timestamp
        if timestamp is None or timestamp < self.since:
            before = Revision(self.news.revid, 0, '', 0, timestamp or self.since)
            return [(before, self.news.text)]
        chain = chain_since(self.api, self.news, self.since)[:MOST]
        oldest = chain[-1]
        wanted = [one.revid for one in chain if not one.text_hidden]
        found = texts(self.api, [*wanted, oldest.parentid], seen=self.news.revid)
        base = Revision(oldest.parentid, 0, '', 0, self.since)
        first = (base, found.get(oldest.parentid, ''))
        return [
            first,
            *((one, None if one.text_hidden else found[one.revid]) for one in reversed(chain)),
        ]

    @cached_property
    def entries(self) -> list[Placed]:
        """The entries of the News with who brought them."""
        return placed(self.news.text, self.steps)

    @cached_property
    def own(self) -> list[Revision]:
        """The bot's edits of the queue since ``since``."""
        return bot_revisions(
            self.api,
            self.config.pages.queue,
            self.config.bots,
            at_least=self.queue.revid,
            since=self.since,
        )

    @cached_property
    def ever_said(self) -> list[Said]:
        """What any entry of the News says or has said since ``since``, and what the news archive says."""
        said = {
            item.plain
            for _, text in self.steps
            for group in read(text or '').groups
            for item in group.items
        }
        said |= {item.plain for group in self.page.groups for item in group.items}
        old = read(self.news_archive.text).groups if not self.news_archive.missing else ()
        said |= {
            item.plain for group in old if group.date >= self.since.date() for item in group.items
        }
        return [of_wikitext(words, self.site) for words in sorted(said)]

    def addresses(self, titles: Iterable[str]) -> Mapping[str, str]:
        """The full addresses of pages of this wiki or another one (with an interwiki prefix), by title;
        in one request. What has none is left out.
        """
        wanted = sorted(set(titles) - self._addresses.keys())
        for start in range(0, len(wanted), self.api.batch):
            batch = wanted[start : start + self.api.batch]
            answer = self.api.query(
                {'titles': batch, 'prop': 'info', 'inprop': 'url', 'iwurl': True}
            )
            query = answer.get('query', {})
            real = {one['from']: one['to'] for one in query.get('normalized', [])}
            found = {page['title']: page.get('canonicalurl') for page in query.get('pages', [])}
            found |= {one['title']: one.get('url') for one in query.get('interwiki', [])}
            for title in batch:
                address = found.get(real.get(title, title)) or found.get(title)
                if isinstance(address, str):
                    address = f'https:{address}' if address.startswith('//') else address
                    self._addresses[title] = address
        return self._addresses

    def expanded(self, wikitext: str) -> str:
        """*wikitext* with its templates expanded, as the News shows it."""
        if '{{' not in wikitext:
            return wikitext
        answer = self.api.read(
            {
                'action': 'expandtemplates', 'prop': 'wikitext', 'text': wikitext,
                'title': self.config.pages.news,
            }
        )  # fmt: skip
        found = answer.get('expandtemplates', {}).get('wikitext')
        return found if isinstance(found, str) else wikitext


def open_world(api: Api, config: DeskConfig, config_title: str) -> World:
    """Read the pages, and with them that of the configuration, in one request."""
    now = api.now()
    titles = [
        config.pages.news, config.pages.queue, config.pages.news_archive, *_archives(config, now),
        config_title,
    ]  # fmt: skip
    moment = snapshot(api, titles)
    queue = moment.pages[config.pages.queue]
    if queue.missing or queue.redirect or queue.text_hidden:
        raise ConfigurationError(
            f'The queue page “{config.pages.queue}” does not exist, is a redirect, or is hidden. Run '
            'setup_desk, or name the right page under "pages".'
        )
    return World(api, config, moment, moment.now - timedelta(days=config.news_days))


def _archives(config: DeskConfig, now: datetime) -> Sequence[str]:
    last = now.replace(day=1) - timedelta(days=1)
    return (
        config.pages.archive_of(now.year, now.month), config.pages.archive_of(last.year, last.month)
    )  # fmt: skip
