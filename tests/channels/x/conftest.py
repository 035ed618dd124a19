"""The stand-in for X, and the desk's account on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mwsocial.channels.base import Seen
from mwsocial.channels.x import XChannel
from mwsocial.sandbox.loopback import Loopback
from mwsocial.sandbox.x_server import XService
from mwsocial.sandbox.x_world import World

Server = Loopback[XService]


class Desk:
    """A server, the channel to it, and a few words for what tests do."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.channel = self.make()

    def make(self, **more: Any) -> XChannel:
        """Another channel to the same server, that never really waits."""
        keys = {name: value for name, value in self.server.service.keys.items() if name != 'user'}
        names = ('name', 'url', 'account')
        given = {
            'name': 'x',
            'url': self.server.url,
            'account': '@MediaWiki',
            'sleep': lambda _: None,
        }
        given |= keys | more
        name, url, account = (given.pop(one) for one in names)
        return XChannel(name, url, account=account, **given)

    def set(self, **settings: Any) -> None:
        self.server.control('set', settings)

    def say(self, text: str, **more: Any) -> str:
        """Somebody posts; returns the address."""
        number = self.server.control('say', {'text': text} | more)
        return f'https://x.com/{more.get("as", "reader")}/status/{number}'

    def seen(self, url: str) -> Seen:
        found = self.channel.look_up(url)
        assert isinstance(found, Seen), found
        return found

    @property
    def world(self) -> World:
        return self.server.service.world

    @property
    def ours(self) -> list[dict[str, Any]]:
        """What stands on our account."""
        us = self.server.service.us
        return [post for post in self.world.posts if post['author_id'] == us and not post['gone']]

    def bodies(self, kind: str = 'post') -> list[Any]:
        """What the requests of a kind held."""
        return [one.json() for one in self.server.seen if one.kind == kind]

    def count(self, kind: str = 'post') -> int:
        return self.server.count(kind)


@pytest.fixture
def server() -> Iterator[Server]:
    with Loopback(XService) as running:
        yield running


@pytest.fixture
def desk(server: Server) -> Desk:
    return Desk(server)


@pytest.fixture
def channel(desk: Desk) -> XChannel:
    return desk.channel


@pytest.fixture
def start() -> datetime:
    """A moment before the test."""
    return datetime.now(UTC) - timedelta(seconds=1)
