"""What comes in from Bluesky: walked forward, nothing twice, nothing missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.channels.base import Batch, Channel, Post, Posted, Refused, Seen, TryLater
from mwsocial.channels.bluesky import feeds
from mwsocial.channels.bluesky.cursor import Entry, Mark, mark_of, next_mark, oldest_first
from mwsocial.sandbox.bluesky_server import Bluesky
from mwsocial.sandbox.loopback import Loopback
from tests.channels.bluesky_worlds import DESK, READER, Stand, StandIn, make

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Stand]:
    with Loopback(Bluesky) as running:
        yield running


@pytest.fixture
def channel(server: Stand) -> Channel:
    return make(StandIn(server))


def batch(found: object) -> Batch:
    assert isinstance(found, Batch), found
    assert found.cursor.isascii()
    assert ''.join(found.cursor.split()) == found.cursor != ''
    assert not set(found.cursor) & set('|{}[]<>=&"\'')
    return found


def texts(found: Batch) -> list[str]:
    return [one.text for one in found.posts]


def say(server: Stand, text: str, handle: str = READER, **more: Any) -> str:
    """A post of somebody, a little later than the one before."""
    number = server.ledger.next_number('said')
    time = datetime.now(UTC) - timedelta(minutes=5) + timedelta(milliseconds=10 * number)
    return str(server.service.say(handle, text, **{'created': time.isoformat()} | more)['uri'])


def mention(server: Stand, text: str, **more: Any) -> str:
    return say(server, f'@{DESK} {text}', mention=DESK, **more)


def test_mentions_replies_and_quotes(server: Stand, channel: Channel) -> None:
    posted = channel.post(Post('News', 'k'))
    assert isinstance(posted, Posted)
    mention(server, 'one')
    say(server, 'two', reply_to=posted.remote_id)
    say(server, 'three', quote=posted.remote_id)
    server.service.say(READER, 'nothing to us')
    server.control('repost', {'handle': READER, 'uri': posted.remote_id})
    server.control('follow', {'handle': READER, 'whom': DESK})
    found = batch(channel.mentions(''))
    assert texts(found) == [f'@{DESK} one', 'two', 'three']
    assert [(one.mentions_us, one.reply_to_us) for one in found.posts] == [
        (True, False), (False, True), (False, False),
    ]  # fmt: skip
    assert all(one.author == READER and one.public and not one.ours for one in found.posts)
    assert [one.conversation for one in found.posts][1] == posted.remote_id
    assert channel.mentions(found.cursor) == Batch((), found.cursor)


def test_nothing_at_first_and_then_all(server: Stand, channel: Channel) -> None:
    first = batch(channel.mentions(''))
    assert first.posts == ()
    for number in range(60):
        mention(server, str(number))
    assert len(batch(channel.mentions(first.cursor)).posts) == 60
    # Without a cursor, the newest ones.
    newest = batch(channel.mentions(''))
    assert texts(newest) == [f'@{DESK} {number}' for number in range(20, 60)]
    assert channel.mentions(newest.cursor) == Batch((), newest.cursor)


def test_forward_without_gaps(server: Stand, channel: Channel) -> None:
    cursor = batch(channel.mentions('')).cursor
    for number in range(350):
        mention(server, str(number))
    read: list[str] = []
    for _ in range(10):
        found = batch(channel.mentions(cursor))
        assert found.skipped == 0
        assert len(found.cursor) < 300
        read += texts(found)
        if found.cursor == cursor:
            break
        cursor = found.cursor
    assert read == [f'@{DESK} {number}' for number in range(350)]


def test_a_post_that_comes_in_late_is_seen(server: Stand, channel: Channel) -> None:
    mention(server, 'first')
    cursor = batch(channel.mentions('')).cursor
    mention(server, 'on time')
    found = batch(channel.mentions(cursor))
    earlier = (datetime.now(UTC) - timedelta(minutes=20)).isoformat()
    mention(server, 'written before, sent later', created=earlier)
    late = batch(channel.mentions(found.cursor))
    assert texts(late) == [f'@{DESK} written before, sent later']
    assert channel.mentions(late.cursor) == Batch((), late.cursor)


def test_a_time_in_the_future_does_not_hide_others(server: Stand, channel: Channel) -> None:
    mention(server, 'from 2036', created='2036-01-01T00:00:00.000Z')
    cursor = batch(channel.mentions('')).cursor
    mention(server, 'now')
    assert texts(batch(channel.mentions(cursor))) == [f'@{DESK} now']


@pytest.mark.parametrize(
    'cursor', ['x', '2036-01-01T00:00:00.000Z', '2026-13-01T00:00:00.000Z', '2026-11-25T14:00:00.000Z_zz',
               '2026-11-25', '9' * 1000, '{{x}}', '2026-11-25T14:00:00.000Z' + '_01234567' * 100],
)  # fmt: skip
def test_a_cursor_that_is_none_begins_anew(server: Stand, channel: Channel, cursor: str) -> None:
    mention(server, 'hello')
    assert texts(batch(channel.mentions(cursor))) == [f'@{DESK} hello']


def test_deep_lists_say_that_something_was_passed_over(
    server: Stand, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, 'PAGES', 2)
    cursor = batch(channel.mentions('')).cursor
    for number in range(250):
        mention(server, str(number))
    found = batch(channel.mentions(cursor))
    assert found.skipped == 1
    assert texts(found)[0] == f'@{DESK} 50'


def test_what_is_not_for_everybody_is_not_given(server: Stand, channel: Channel) -> None:
    mention(server, 'hidden')
    server.service.account(READER)['labels'] = ['!no-unauthenticated']
    server.control('follow', {'handle': DESK, 'whom': READER})
    for found in (channel.mentions(''), channel.timeline(''), channel.search('hidden', '')):
        assert batch(found).posts == ()


def test_answered_conversations_are_known(server: Stand, channel: Channel) -> None:
    root = mention(server, 'one')
    server.service.say(DESK, 'By hand', reply_to=root)
    mention(server, 'two', reply_to=root)
    mention(server, 'three')
    found = batch(channel.mentions(''))
    assert [one.answered for one in found.posts] == [True, True, False]


def test_timeline(server: Stand, channel: Channel) -> None:
    server.service.add_account('stranger.test')
    server.service.say('stranger.test', 'not followed')
    server.control('follow', {'handle': DESK, 'whom': READER})
    say(server, 'one')
    stranger = server.service.say('stranger.test', 'shared by the reader')
    server.control('repost', {'handle': READER, 'uri': stranger['uri']})
    assert isinstance(channel.post(Post('ours', 'k')), Posted)
    say(server, 'two')
    found = batch(channel.timeline(''))
    assert texts(found) == ['one', 'two']
    say(server, 'three')
    more = batch(channel.timeline(found.cursor))
    assert texts(more) == ['three']
    assert channel.timeline(more.cursor) == Batch((), more.cursor)


def test_search(server: Stand, channel: Channel) -> None:
    for text in ('MediaWiki is fine', 'nothing', '#MediaWiki rocks'):
        say(server, text)
    assert isinstance(channel.post(Post('MediaWiki of ours', 'k')), Posted)
    found = batch(channel.search('mediawiki', ''))
    assert texts(found) == ['MediaWiki is fine', '#MediaWiki rocks']
    assert texts(batch(channel.search('#MediaWiki', ''))) == ['#MediaWiki rocks']
    for number in range(230):
        say(server, f'MediaWiki {number}')
    read: list[str] = []
    cursor = found.cursor
    for _ in range(3):
        found = batch(channel.search('mediawiki', cursor))
        read += texts(found)
        cursor = found.cursor
    assert read == [f'MediaWiki {number}' for number in range(230)]
    assert channel.search(' ', 'c') == Batch(cursor='c')


ALL: dict[str, tuple[str, Callable[[Channel], object]]] = {
    'mentions': ('listNotifications', lambda channel: channel.mentions('')),
    'timeline': ('getTimeline', lambda channel: channel.timeline('')),
    'search': ('searchPosts', lambda channel: channel.search('x', '')),
    'answers': ('getAuthorFeed', lambda channel: channel.mentions('')),
    'follows': ('getFollows', lambda channel: channel.following()),
    'counts': ('getProfile', lambda channel: channel.counts()),
}


@pytest.mark.parametrize('name', ALL)
@pytest.mark.parametrize(
    'how', ['status', 'html', 'reset', 'limit', 'huge', 'truncate', 'redirect']
)
def test_lists_that_cannot_be_read(server: Stand, channel: Channel, name: str, how: str) -> None:
    kind, ask = ALL[name]
    channel.account()
    server.fault(how, kind=kind, times=3, status=502 if how == 'status' else 0)
    found = ask(channel)
    assert isinstance(found, Refused if how == 'redirect' else TryLater)
    assert found.reason.text()


@pytest.mark.parametrize('name', ALL)
@pytest.mark.parametrize('body', ['{}', '[]', 'null', '"x"', '[' * 100_000, '{"feed": {}, "posts": 5, "notifications": null}'])  # fmt: skip
def test_strange_lists(server: Stand, channel: Channel, name: str, body: str) -> None:
    kind, ask = ALL[name]
    server.fault('answer', kind=kind, body=body)
    assert isinstance(ask(channel), TryLater)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(['uri', 'cid', 'author', 'record', 'did', 'handle', 'text', 'labels', 'viewer',
                         'indexedAt', 'createdAt', 'reply', 'facets', 'features', '$type', 'post', 'reason']),
        inner, max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(entries=st.lists(_JSON, max_size=5), after=_JSON)
def test_strange_entries_are_passed_over(entries: list[Any], after: Any) -> None:
    with Loopback(Bluesky) as server:
        channel = make(StandIn(server))
        body = {'notifications': entries, 'feed': entries, 'posts': entries, 'follows': entries}
        body |= {'cursor': after}
        for kind in (
            'listNotifications',
            'getTimeline',
            'searchPosts',
            'getFollows',
            'getAuthorFeed',
        ):
            server.fault('answer', kind=kind, body=json.dumps(body), times=None)
        for _, ask in ALL.values():
            assert not isinstance(ask(channel), Refused)


# -- the cursor alone -------------------------------------------------------------------------------


def _seen(uri: str, time: datetime) -> Seen:
    return Seen(uri, uri, 'a.test', 'x', time, True)


@given(
    st.lists(st.tuples(st.integers(0, 7200), st.integers(0, 3000)), max_size=60),
    st.lists(st.integers(0, 40), min_size=1, max_size=12),
)
def test_nothing_twice_and_nothing_missing(posts: list[tuple[int, int]], sizes: list[int]) -> None:
    """Posts come in at any time, each up to 50 minutes later than it says; runs read now and then."""
    arrivals = [
        (said + late, Entry(NOW + timedelta(seconds=said), f'at://{number}', None))
        for number, (said, late) in enumerate(posts)
    ]
    mark: Mark | None = Mark(NOW)
    given_ones: list[str] = []
    for step, size in enumerate([*sizes, *[100] * 3], 1):
        upto = 10_200 * step // len(sizes)
        there = [
            Entry(one.time, one.uri, _seen(one.uri, one.time)) for at, one in arrivals if at <= upto
        ]
        assert mark is not None
        new = [one for one in oldest_first(there) if mark.is_new(one)][: size or 1]
        mark = next_mark(mark, there, new)
        given_ones += [one.uri for one in new]
        assert mark is not None
        assert mark_of(mark.text(), NOW + timedelta(days=1)) == mark
        assert len(mark.text()) < 300
    assert len(given_ones) == len(set(given_ones))
    if len(posts) <= 24:
        assert len(given_ones) == len(posts)
