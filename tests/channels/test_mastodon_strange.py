"""Whatever a server answers, nothing is raised: every outcome is one of the types of the interface."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any, get_args

import pytest

from mwsocial.channels.base import (
    Account,
    Batch,
    CannotLook,
    Counts,
    Followed,
    Image,
    Limits,
    Lookup,
    Outcome,
    Pointer,
    Post,
    Refused,
    Removal,
    Seen,
    TryLater,
)
from mwsocial.channels.mastodon import MastodonChannel
from tests.channels.conftest import make
from tests.channels.mastodon_stub import Answer, Stub

SINCE = datetime(2026, 11, 25, 13, tzinfo=UTC)
POINTER = Pointer('p', 'For help see the desk', 'key-9')
IMAGE = Image('a.png', 'image/png', b'\x89PNG', 'A dot')
NOT_NOW = (Refused, TryLater)
READ = (Batch, *NOT_NOW)
Call = Callable[[MastodonChannel, dict[str, str], Seen], object]
CALLS: dict[str, tuple[Call, tuple[type, ...]]] = {
    'limits': (lambda c, at, seen: c.limits(), (Limits, CannotLook)),
    'account': (lambda c, at, seen: c.account(), (Account, *NOT_NOW)),
    'post': (lambda c, at, seen: c.post(Post('x', 'k1', images=(IMAGE,))), get_args(Outcome)),
    'part': (lambda c, at, seen: c.post(Post('x', 'k2', after=at['own'])), get_args(Outcome)),
    'find': (lambda c, at, seen: c.find(Post('words', 'k'), SINCE, ()), get_args(Lookup)),
    'find part': (
        lambda c, at, seen: c.find(Post('words', 'k', after=at['own']), SINCE, ()), get_args(Lookup)
    ),
    'edit': (lambda c, at, seen: c.edit(at['own'], Post('y', 'k')), get_args(Outcome)),
    'delete': (lambda c, at, seen: c.delete(at['own']), get_args(Removal)),
    'unshare': (lambda c, at, seen: c.delete(at['shared']), get_args(Removal)),
    'look up': (lambda c, at, seen: c.look_up(at['asks']), (Seen, *NOT_NOW)),
    'share': (lambda c, at, seen: c.share(seen, 'k'), get_args(Outcome)),
    'find share': (lambda c, at, seen: c.find_share(seen, SINCE), get_args(Lookup)),
    'shares': (lambda c, at, seen: c.shares_since(SINCE), (int, CannotLook)),
    'point': (lambda c, at, seen: c.point(seen, POINTER), get_args(Outcome)),
    'find point': (lambda c, at, seen: c.find_point(seen, POINTER, SINCE), get_args(Lookup)),
    'mentions': (lambda c, at, seen: c.mentions('1'), READ),
    'timeline': (lambda c, at, seen: c.timeline('1'), READ),
    'hashtag': (lambda c, at, seen: c.search('#MediaWiki', '1'), READ),
    'search': (lambda c, at, seen: c.search('MediaWiki', '1'), READ),
    'follow': (lambda c, at, seen: c.follow('@alice@remote.example'), (Followed, *NOT_NOW)),
    'following': (lambda c, at, seen: c.following(), (list, *NOT_NOW)),
    'counts': (lambda c, at, seen: c.counts(), (Counts, *NOT_NOW)),
}  # fmt: skip
#: How many times each call is made.
TURNS = 25
ODD: list[object] = [
    None, True, 0, -1, 10**30, 1.5, '', 'x', ' ', '../1', [], [[]], [None], {}, {'id': 5}, '\ud800',
    'https://[::1', 'https://exa℀mple.org/1', 'https://a.example/\x00', '2026-13-45', '0001-01-01',
    '9999-12-31T23:59:59-14:00', '<a href="https://[x" class="mention">', '&#xD800;<![', 'a' * 5000,
]  # fmt: skip


def places(value: object, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All places in a JSON value."""
    found = [way]
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for key, one in inner:
        found += places(one, (*way, key))
    return found


def spoilt(value: Any, way: tuple[Any, ...], odd: object) -> Any:
    """*value* with something odd at that place."""
    if not way:
        return odd
    copy = value.copy()
    copy[way[0]] = spoilt(value[way[0]], way[1:], odd)
    return copy


def world(stub: Stub) -> tuple[dict[str, str], Seen]:
    """A server with something of everything; where things are, and a question to us."""
    own = stub.add('words #MediaWiki')
    shared = stub.world.say('bob@remote.example', 'MediaWiki is #MediaWiki')
    stub.add('', reblog=shared)
    asks = stub.world.say('alice@remote.example', '@desk How?', in_reply_to_id=own['id'])
    stub.world.follows = ['bob@remote.example', 'alice@remote.example']
    seen = make(stub).look_up(asks['url'])
    assert isinstance(seen, Seen)
    return {'own': own['url'], 'shared': shared['url'], 'asks': asks['url']}, seen


def spoiler(chance: Random) -> Callable[[Answer], Answer]:
    """Puts something odd at any place of an answer."""

    def spoil(right: Answer) -> Answer:
        try:
            value = json.loads(right.body)
        except ValueError:
            return right
        odd = spoilt(value, chance.choice(places(value)), chance.choice(ODD))
        return Answer(right.status, json.dumps(odd).encode(), right.headers)

    return spoil


@pytest.mark.parametrize('name', CALLS)
def test_odd_values(name: str) -> None:
    """Any answer of the server in turn, or a few of them, has something wrong in it at some place."""
    call, kinds = CALLS[name]
    with Stub() as stub:
        for turn in range(TURNS):
            chance = Random(f'{name} {turn}')
            stub.clear()
            addresses, seen = world(stub)
            for _ in range(chance.randrange(6)):
                stub.fail('GET', '/', lambda right: right)
            for method in ('GET', 'POST', 'PUT', 'DELETE'):
                stub.fail(method, '/', spoiler(chance), times=chance.randrange(1, 4))
            found = call(make(stub), addresses, seen)
            assert isinstance(found, kinds), (turn, found)
            reason = getattr(found, 'reason', None)
            assert reason is None or '$1' not in reason.text()


@pytest.mark.parametrize('name', CALLS)
def test_right_answers(name: str) -> None:
    """The same calls with nothing odd do what they are for."""
    call, kinds = CALLS[name]
    with Stub() as stub:
        addresses, seen = world(stub)
        found = call(make(stub), addresses, seen)
        assert isinstance(found, kinds)
        assert not isinstance(found, (*NOT_NOW, CannotLook))
