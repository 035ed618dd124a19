"""Servers that the Bluesky channel is tested on: the project's stand-in, and a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from mwsocial.channels.bluesky import BlueskyChannel
from mwsocial.sandbox.bluesky_server import Bluesky
from mwsocial.sandbox.loopback import Loopback
from mwsocial.sandbox.pds import Pds

DESK, READER = 'mediawiki.test', 'wikireader.test'
POST, REPOST, FOLLOW = 'app.bsky.feed.post', 'app.bsky.feed.repost', 'app.bsky.graph.follow'
Stand = Loopback[Bluesky]


class World(Protocol):
    """What both kinds of server can be asked in tests."""

    url: str

    def password(self, handle: str = DESK) -> str:
        """An app password."""
        ...

    def main_password(self) -> str:
        """The desk's account's own password."""
        ...

    def did(self, handle: str = DESK) -> str: ...

    def records(self, collection: str = POST, handle: str = DESK) -> list[dict[str, Any]]:
        """``uri``, ``cid`` and ``value`` of all records of an account."""
        ...

    def say(self, text: str) -> str:
        """A post of the reader; returns its address."""
        ...


class StandIn:
    """The stand-in."""

    def __init__(self, server: Stand) -> None:
        self.server = server
        self.url = server.url

    def password(self, handle: str = DESK) -> str:
        return str(self.server.service.account(handle)['app_passwords'][0])

    def main_password(self) -> str:
        return str(self.server.service.account(DESK)['password'])

    def did(self, handle: str = DESK) -> str:
        return self.server.service.did_of(handle)

    def records(self, collection: str = POST, handle: str = DESK) -> list[dict[str, Any]]:
        return self.server.service.posts(handle, collection)

    def say(self, text: str) -> str:
        return str(self.server.service.say(READER, text)['uri'])


class Real:
    """The real server."""

    def __init__(self, server: Pds) -> None:
        self.server = server
        self.url = server.url

    def password(self, handle: str = DESK) -> str:
        return self.server.people[handle].app_password

    def main_password(self) -> str:
        return self.server.people[DESK].password

    def did(self, handle: str = DESK) -> str:
        return self.server.people[handle].did

    def records(self, collection: str = POST, handle: str = DESK) -> list[dict[str, Any]]:
        return self.server.records(handle, collection)

    def say(self, text: str) -> str:
        record = {'$type': POST, 'text': text, 'createdAt': '2026-11-25T14:00:00.000Z'}
        made = self.server.call(
            'com.atproto.repo.createRecord', self.server.log_in(READER), repo=self.did(READER),
            collection=POST, record=record,
        )  # fmt: skip
        return str(made['uri'])


def make(
    world: World, *, account: str = DESK, cache: Path | None = None, **more: Any
) -> BlueskyChannel:
    """A channel for the desk's account on *world*."""
    handle = more.pop('handle', DESK)
    password = more.pop('password', None) or world.password(DESK)
    url = more.pop('url', world.url)
    return BlueskyChannel('bluesky', url, handle, password, account, cache=cache, **more)


def address(uri: str) -> str:
    """The address for people of the post at an at:// address."""
    did, _, key = uri.removeprefix('at://').split('/')
    return f'https://bsky.app/profile/{did}/post/{key}'
