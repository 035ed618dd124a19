"""A desk on a wiki in memory, and channels that say what a test gives them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mwsocial.channels.base import Account, Batch, Refused, Seen, TryLater
from mwsocial.inbox.asking import Wish
from mwsocial.inbox.cache import Cache
from mwsocial.inbox.mentions import Mention, read_inbox
from mwsocial.inbox.pulling import Pull
from mwsocial.inbox.report import Report
from mwsocial.reason import Reason
from mwsocial.wiki.items import read_queue
from tests.sources.fakewiki import FakeWiki, open_desk

PAGE, QUEUE = 'Social media/Mentions', 'Social media/Queue'
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACCOUNT = '@mediawiki@wikis.world'

Answer = Batch | Refused | TryLater


def url_of(number: int) -> str:
    """The address of a post."""
    return f'https://a.example/@alice/{number}'


def post(number: int, text: str = 'Hello', **more: Any) -> Seen:
    """A public post that mentions us."""
    values: dict[str, Any] = {
        'remote_id': str(number), 'url': url_of(number), 'author': '@alice@a.example', 'text': text,
        'created': NOW - timedelta(hours=1) + timedelta(seconds=number), 'public': True,
        'mentions_us': True,
    }  # fmt: skip
    return Seen(**{**values, **more})


class Channel:
    """An account on a network that a test makes up. Every list holds posts, and a cursor is a number."""

    def __init__(self, name: str = 'mastodon', account: str = ACCOUNT) -> None:
        self.name = name
        self.network = name
        self.whose: Account | Refused | TryLater = Account(account)
        #: what has been said, by list (``mention``, ``timeline``, ``#Tag``, words)
        self.lists: dict[str, list[Seen]] = {}
        #: answers that come before those of the lists
        self.answers: list[Answer] = []
        self.looks: Callable[[str], Seen | Refused | TryLater] = lambda url: Refused(
            Reason('mastodon-no-address', (url,))
        )
        self.asked: list[tuple[str, str]] = []
        self.looked: list[str] = []
        self.page = 400

    def account(self) -> Account | Refused | TryLater:
        return self.whose

    def _list(self, name: str, cursor: str) -> Answer:
        self.asked.append((name, cursor))
        if self.answers:
            return self.answers.pop(0)
        posts = self.lists.get(name, [])
        if not cursor:
            return Batch(tuple(posts[-40:]), str(len(posts)))
        end = int(cursor) + self.page
        return Batch(tuple(posts[int(cursor) : end]), str(min(end, len(posts))))

    def mentions(self, cursor: str) -> Answer:
        return self._list('mention', cursor)

    def timeline(self, cursor: str) -> Answer:
        return self._list('timeline', cursor)

    def search(self, words: str, cursor: str) -> Answer:
        return self._list(words, cursor)

    def look_up(self, url: str) -> Seen | Refused | TryLater:
        self.looked.append(url)
        return self.looks(url)


class Site:
    """A wiki with a desk and one channel, and what is said in its runs."""

    def __init__(self, **settings: Any) -> None:
        self.wiki = FakeWiki()
        self.wiki.time = NOW
        settings = {'channels': {'mastodon': {'account': ACCOUNT}}, **settings}
        self.desk = open_desk(self.wiki, **settings)
        self.wiki.edit(PAGE, 'Introduction.\n__NOTOC__', 'Admin')
        self.channel = Channel()
        self.channels: dict[str, Channel] = {'mastodon': self.channel}
        self.cache = Cache(None)
        self.said: list[str] = []

    def run(self, *wishes: Wish, simulate: bool = False) -> Report:
        """One run."""
        self.said.clear()
        wanted = wishes or (Wish('mention'),)
        return Pull(self.desk, self.channels, wanted, self.cache, self.said.append).run(  # type: ignore[arg-type]
            simulate=simulate
        )

    def hears(self, *posts: Seen, name: str = 'mention') -> None:
        """Somebody says something, from now on."""
        self.channel.lists.setdefault(name, []).extend(posts)

    def pass_days(self, days: float) -> None:
        """Let time pass."""
        self.wiki.time += timedelta(days=days)

    @property
    def text(self) -> str:
        """The page of mentions."""
        return self.wiki.text(PAGE)

    def mentions(self) -> list[Mention]:
        """What stands there."""
        return read_inbox(self.text).mentions

    def urls(self) -> list[str]:
        """The addresses of what stands there."""
        return [one.url for one in self.mentions()]

    def queue(self) -> dict[str, Any]:
        """The items of the queue by id."""
        return read_queue(self.wiki.text(QUEUE)).by_id()

    def archive(self) -> str:
        """This month's archive."""
        return self.wiki.text(f'Social media/Archive/{self.wiki.time:%Y-%m}')

    def archived(self) -> list[str]:
        """The addresses that stand in this month's archive."""
        return [one.url for one in read_inbox(self.archive()).mentions]

    def decide(self, number: int, words: str = 'share ~~~~', user: str = 'Carol') -> int:
        """Write into the decision line of a mention."""
        head, tail = self.text.split(f'= {url_of(number)}\n', 1)
        tail = re.sub(r'\| decision +=[^\n]*', f'| decision   = {words}'.rstrip(), tail, count=1)
        return self.wiki.edit(PAGE, f'{head}= {url_of(number)}\n{tail}', user)

    def press(self, number: int, words: str, user: str = 'Carol') -> int:
        """Save the form behind one of the buttons of a mention."""
        (mark,) = {one.digest for one in self.mentions() if one.url == url_of(number)}
        section = f'\n\n== Decision: {words} ({mark}) ==\n\n'
        section += f'{{{{Social media decision|mention={mark}|decision={words} [[User:{user}]]}}}}'
        return self.wiki.edit(PAGE, self.text + section, user)

    def change(self, old: str, new: str, user: str = 'Carol') -> int:
        """Change a piece of the page."""
        assert self.text.count(old) == 1, self.text
        return self.wiki.edit(PAGE, self.text.replace(old, new), user)

    def edits(self) -> int:
        """How many edits the bot has made."""
        return self.wiki.edits


def gone(url: str) -> Refused:
    """What a channel says of a post that is gone."""
    return Refused(Reason('mastodon-not-found', ('a.example', url)))


def numbers(urls: Sequence[str]) -> list[int]:
    """The numbers in addresses."""
    return [int(url.rpartition('/')[2]) for url in urls]
