"""Networks whose answers are spoiled on their way: every operation of a channel ends with one of its outcomes.

The servers are the project's own ones of this process; what they hold shows what was really done.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from mwsocial.channels import base
from mwsocial.channels.base import (
    Account,
    Batch,
    CannotLook,
    Channel,
    Counts,
    Deleted,
    Followed,
    Limits,
    NotFound,
    Pointer,
    Post,
    Posted,
    Refused,
    Seen,
    TryLater,
    Unknown,
)  # fmt: skip
from mwsocial.sandbox.bluesky_server import Bluesky
from mwsocial.sandbox.facebook_server import FacebookService
from mwsocial.sandbox.loopback import Loopback
from mwsocial.sandbox.x_server import XService
from tests.channels import bluesky_worlds, conftest, facebook_page
from tests.channels.mastodon_stub import Stub
from tests.channels.x.conftest import Desk as XDesk
from tests.fuzz.choices import Choices
from tests.fuzz.spoil import spoil

SENTENCE = 'For help see https://www.mediawiki.org/wiki/Project:Support_desk'
PICTURE = facebook_page.image()
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Stage:
    """A channel whose server is in this process: addresses of a post of ours and of one of somebody else,
    and how many posts of ours stand there.
    """

    make: Callable[[], Channel]
    ours: str
    theirs: str
    count: Callable[[], int]

    def __post_init__(self) -> None:
        self.channel = self.make()


class Way:
    """The way from the channel to its server, on which answers are spoiled."""

    def __init__(self) -> None:
        self.choices: Choices | None = None
        self.honest = True  # whether all that came was at least the server's own verdict

    def send(self, adapter: HTTPAdapter, request: Any, **more: Any) -> requests.Response:
        """In the place of ``HTTPAdapter.send``."""
        response = _SEND(adapter, request, **more)
        if self.choices is None:
            return response
        raw = response.raw
        body = raw.read(decode_content=True)
        headers = {
            name: value
            for name, value in response.headers.items()
            if name.lower() not in ('content-length', 'content-encoding', 'transfer-encoding')
        }
        made = spoil(self.choices, response.status_code, headers, body)
        response.close()
        self.honest = self.honest and made.words
        if made.fault:
            raise made.fault
        new = urllib3.HTTPResponse(
            io.BytesIO(made.body), headers=made.headers, status=made.status, preload_content=False,
            request_method=request.method,
        )  # fmt: skip
        return adapter.build_response(request, new)


_SEND = HTTPAdapter.send
_MONOTONIC = time.monotonic


@contextmanager
def spoiling() -> Iterator[Way]:
    """Inside, all answers come on this way, and waiting takes no time."""
    way, slept = Way(), [0.0]
    kept = HTTPAdapter.send, time.sleep, time.monotonic
    HTTPAdapter.send = lambda adapter, request, **more: way.send(adapter, request, **more)  # type: ignore[method-assign]
    time.sleep = lambda seconds: slept.__setitem__(0, slept[0] + max(seconds, 0.001))
    time.monotonic = lambda: _MONOTONIC() + slept[0]
    try:
        yield way
    finally:
        HTTPAdapter.send, time.sleep, time.monotonic = kept  # type: ignore[method-assign]


@contextmanager
def mastodon() -> Iterator[Stage]:
    """The strict Mastodon of the tests."""
    with Stub() as stub:
        ours = stub.add('Hello of ours')
        theirs = stub.world.say('alice@remote.example', 'Hello @desk, MediaWiki')
        stub.world.follows = ['alice@remote.example']
        yield Stage(
            lambda: conftest.make(stub), ours['url'], theirs['url'], lambda: len(stub.ledger)
        )


@contextmanager
def x() -> Iterator[Stage]:
    """The stand-in for X."""
    with Loopback(XService) as server:
        desk = XDesk(server)
        made = desk.channel.post(Post('Hello of ours', 'k0'))
        assert isinstance(made, Posted)
        theirs = desk.say('Hello @MediaWiki')
        yield Stage(desk.make, made.url, theirs, lambda: len(desk.ours))


@contextmanager
def facebook() -> Iterator[Stage]:
    """The stand-in for Facebook."""
    with Loopback(FacebookService) as server:
        made = facebook_page.make(server).post(Post('Hello of ours', 'k0'))
        assert isinstance(made, Posted)
        number = server.control(
            'tag', {'message': 'Hello MediaWiki', 'author': '777', 'name': 'V'}
        )['id']
        theirs = f'{server.url}/{number.replace("_", "/posts/")}'
        yield Stage(
            lambda: facebook_page.make(server),
            made.url,
            theirs,
            lambda: len(facebook_page.posts(server)) - 1,
        )


@contextmanager
def bluesky() -> Iterator[Stage]:
    """The stand-in for Bluesky."""
    with Loopback(Bluesky) as server:
        world = bluesky_worlds.StandIn(server)
        made = bluesky_worlds.make(world).post(Post('Hello of ours', 'k0'))
        assert isinstance(made, Posted)
        said = server.service.say(
            bluesky_worlds.READER, f'@{bluesky_worlds.DESK} help', mention=bluesky_worlds.DESK
        )
        theirs = bluesky_worlds.address(said['uri'])
        yield Stage(
            lambda: bluesky_worlds.make(world),
            made.url,
            theirs,
            lambda: len(server.service.posts()),
        )


STAGES: Mapping[str, Callable[[], Any]] = {
    'mastodon': mastodon, 'x': x, 'facebook': facebook, 'bluesky': bluesky,
}  # fmt: skip

_NO = (Refused, TryLater)
_OUTCOME = (Posted, Refused, TryLater, Unknown)
_LOOKUP = (Posted, NotFound, CannotLook)
_POST = Post(
    'News of MediaWiki: https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki', 'k1', 'en'
)
_PICTURE = Post('A picture', 'k2', 'en', images=(PICTURE,))
_WARNED = Post('Words', 'k3', 'de', warning='Warning')
_POINTER = Pointer('support', SENTENCE, 'k4', 'en')

Operation = Callable[[Stage], Any]
CREATES = ('post', 'post a picture', 'post a warned one', 'post on')
#: What is asked of a channel, and what may come of it.
OPERATIONS: Mapping[str, tuple[Operation, tuple[type, ...]]] = {
    'post': (lambda it: it.channel.post(_POST), _OUTCOME),
    'post a picture': (lambda it: it.channel.post(_PICTURE), _OUTCOME),
    'post a warned one': (lambda it: it.channel.post(_WARNED), _OUTCOME),
    'post on': (
        lambda it: it.channel.post(Post('Part 2', 'k5', 'en', after=it.ours, root=it.ours)), _OUTCOME,
    ),
    'find': (lambda it: it.channel.find(_POST, LONG_AGO, ()), _LOOKUP),
    'find ours': (lambda it: it.channel.find(Post('Hello of ours', 'k0'), LONG_AGO, ()), _LOOKUP),
    'edit': (lambda it: it.channel.edit(it.ours, _POST), _OUTCOME),
    'delete': (lambda it: it.channel.delete(it.ours), (Deleted, Refused, TryLater, Unknown)),
    'delete theirs': (lambda it: it.channel.delete(it.theirs), (Deleted, Refused, TryLater, Unknown)),
    'limits': (lambda it: it.channel.limits(), (Limits, CannotLook)),
    'account': (lambda it: it.channel.account(), (Account, *_NO)),
    'spent': (lambda it: it.channel.spent(LONG_AGO), (float, int, CannotLook)),
    'ours': (lambda it: it.channel.ours(LONG_AGO), (list, tuple, CannotLook)),
    'look up': (lambda it: it.channel.look_up(it.theirs), (Seen, *_NO)),
    'mentions': (lambda it: it.channel.mentions(''), (Batch, *_NO)),
    'timeline': (lambda it: it.channel.timeline(''), (Batch, *_NO)),
    'search': (lambda it: it.channel.search('#MediaWiki', ''), (Batch, *_NO)),
    'search on': (lambda it: it.channel.search('MediaWiki', '1'), (Batch, *_NO)),
    'mentions on': (lambda it: it.channel.mentions('1'), (Batch, *_NO)),
    'follow': (lambda it: it.channel.follow('@alice@remote.example'), (Followed, *_NO)),
    'following': (lambda it: it.channel.following(), (list, tuple, *_NO)),
    'counts': (lambda it: it.channel.counts(), (Counts, *_NO)),
    'shares': (lambda it: it.channel.shares_since(LONG_AGO), (int, CannotLook)),
}  # fmt: skip
#: The same of what speaks to a post that was looked up before, with answers as they are.
ON_SEEN: Mapping[str, tuple[Callable[[Stage, Seen], Any], tuple[type, ...]]] = {
    'share': (lambda it, seen: it.channel.share(seen, 'k6'), _OUTCOME),
    'find share': (lambda it, seen: it.channel.find_share(seen, LONG_AGO), _LOOKUP),
    'point': (lambda it, seen: it.channel.point(seen, _POINTER), _OUTCOME),
    'find point': (lambda it, seen: it.channel.find_point(seen, _POINTER, LONG_AGO), _LOOKUP),
}  # fmt: skip
NAMES: Sequence[str] = (*OPERATIONS, *ON_SEEN)


def play(network: str, data: bytes) -> str:
    """One operation on a new server, with answers spoiled as *data* says; returns what came of it."""
    choices = Choices(data)
    name = choices.one_of(NAMES)
    with spoiling() as way, STAGES[network]() as stage:
        if name in OPERATIONS:
            before = stage.count()
            way.choices = choices
            found = OPERATIONS[name][0](stage)
            allowed = OPERATIONS[name][1]
        else:
            seen = stage.channel.look_up(stage.theirs)
            before = stage.count()
            if not isinstance(seen, Seen):
                return f'{name}: {type(seen).__name__}'
            way.choices = choices
            found = ON_SEEN[name][0](stage, seen)
            allowed = ON_SEEN[name][1]
        way.choices = None
        assert isinstance(found, allowed) and not isinstance(found, bool), (name, found)
        check(found, stage.channel.secrets())
        if name == 'delete theirs':
            assert isinstance(stage.make().look_up(stage.theirs), Seen), 'a post of others is gone'
        if name in CREATES and way.honest and stage.count() > before:
            # Whatever words came with it: the server has said that it has it.
            assert isinstance(found, Posted | Unknown), (name, found)
    return f'{name}: {type(found).__name__}'


def check(found: Any, secrets: Sequence[str]) -> None:
    """What is said is a sentence, gives no secret away, and is fit to stand on a page."""
    shown = repr(found)
    assert not any(secret in shown for secret in secrets if secret), found
    reason = getattr(found, 'reason', None)
    if reason is not None:
        words = reason.text()
        assert words.strip() and '$1' not in words and len(words) < 2000, words
    if isinstance(found, TryLater) and found.not_before:
        ahead = found.not_before - datetime.now(UTC)
        assert timedelta(days=-400) < ahead < timedelta(days=400), found
    if isinstance(found, Posted):
        assert found.remote_id and _address(found.url), found
    if isinstance(found, Batch):
        assert found.cursor.isascii() and not any(sign.isspace() for sign in found.cursor), found
        assert len(found.cursor) < 500, found
    for one in (
        found.posts if isinstance(found, Batch) else [found] if isinstance(found, Seen) else []
    ):
        assert _address(one.url) and one.remote_id and one.created.tzinfo, one
        assert one.public, one
    if isinstance(found, base.Limits):
        assert found.length > 0, found


def _address(url: str) -> bool:
    return url.startswith(('https://', 'http://')) and url.isprintable() and ' ' not in url
