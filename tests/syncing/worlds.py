"""A wiki in memory for what is decided about News and posts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from mwsocial.channels.base import CannotLook, OwnPost
from mwsocial.proposing.moving import Used
from mwsocial.syncing.proposals import Finder
from mwsocial.syncing.report import Report
from mwsocial.syncing.said import Site
from mwsocial.syncing.timelines import Timelines
from mwsocial.syncing.world import World
from mwsocial.wiki.api import Api
from mwsocial.wiki.config import parse_config
from mwsocial.wiki.read import PageState, Snapshot
from mwsocial.wiki.revision import Revision
from tests.syncing.test_texts import DESK

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
BASE = '; 2026-10-01\n* An [[old]] entry.'
BOT = 'Bot'
CONFIG = parse_config(json.dumps({
    'bot': BOT, 'approvers': {'groups': ['sysop']}, 'quiet minutes': 10,
    'channels': {name: {'network': name} for name in ('mastodon', 'x', 'bluesky')},
}), 'x')  # fmt: skip


class FakeApi:
    """Knows users and addresses."""

    batch = 50

    def __init__(self, blocked: Sequence[str] = ()) -> None:
        self.blocked = blocked
        self.asked: list[dict[str, Any]] = []

    def query(self, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(params)
        users = [
            {'name': name, 'rights': [], **({'blockid': 1} if name in self.blocked else {})}
            for name in params.get('ususers', [])
        ]
        pages = [
            {'title': title, 'canonicalurl': f'https://wiki.example/w/{title.replace(" ", "_")}'}
            for title in params.get('titles', [])
        ]
        return {'query': {'users': users, 'pages': pages}}

    def read(self, params: dict[str, Any]) -> dict[str, Any]:
        text = str(params['text']).replace('{{new}}', '[[New things|new]]')
        return {'expandtemplates': {'wikitext': text}}


class Lines:
    """A channel's own posts; None where they cannot be read."""

    network = 'mastodon'

    def __init__(self, posts: Sequence[OwnPost] | CannotLook) -> None:
        self.posts = posts

    def ours(self, since: datetime) -> Sequence[OwnPost] | CannotLook:
        return self.posts


class Case:
    """News with revisions, a queue, and timelines."""

    def __init__(self, *, queue: str = '', blocked: Sequence[str] = ()) -> None:
        self.steps: list[tuple[Revision, str | None]] = [(revision(1, '', 100), BASE)]
        self.queue = queue
        self.api = FakeApi(blocked)
        self.own: list[Revision] = []
        self.timelines: dict[str, Sequence[OwnPost] | CannotLook] = {}
        self.report = Report('news')

    def news(self, user: str, *entries: str, day: str = '2026-11-25', hours: float = 20) -> Case:
        lines = '\n'.join(f'* {entry}' for entry in entries)
        number = len(self.steps) + 1
        text = f'; {day}\n{lines}\n{BASE}' if entries else BASE
        self.steps.append((revision(number, user, hours), text))
        return self

    def finder(self) -> Finder:
        revid = self.steps[-1][0].revid
        text = self.steps[-1][1]
        assert text is not None
        pages = {
            CONFIG.pages.news: PageState(CONFIG.pages.news, revid=revid, text=text, timestamp=NOW),
            CONFIG.pages.queue: PageState(CONFIG.pages.queue, revid=9, text=self.queue),
            CONFIG.pages.news_archive: PageState(CONFIG.pages.news_archive, missing=True),
        }
        for year, month in ((2026, 11), (2026, 10)):
            title = CONFIG.pages.archive_of(year, month)
            pages[title] = PageState(title, missing=True)
        world = World(cast(Api, self.api), CONFIG, Snapshot(pages, NOW), NOW - timedelta(days=14))
        world.__dict__ |= {
            'site': Site('https://wiki.example/w'), 'steps': self.steps, 'own': self.own,
        }  # fmt: skip
        channels = cast(Any, {name: Lines(posts) for name, posts in self.timelines.items()})
        return Finder(world, DESK, Timelines(channels, None), self.report)

    def from_news(self) -> list[Used]:
        return self.finder().from_news()

    def from_posts(self) -> list[Used]:
        return self.finder().from_posts()


def revision(number: int, user: str, hours: float, summary: str = '') -> Revision:
    time = NOW - timedelta(hours=hours)
    return Revision(number, number - 1, user, number if user else 0, time, summary)


def post(text: str, *, hours: float = 20, number: int = 1, **more: Any) -> OwnPost:
    url = f'https://m.example/@us/{number}'
    return OwnPost(url, text, NOW - timedelta(hours=hours), **more)


def item(item_id: str, text: str, **more: str) -> str:
    lines = {'id': item_id, 'text': text, **more}
    return '{{Social media item\n' + ''.join(f'| {k} = {v}\n' for k, v in lines.items()) + '}}\n'
