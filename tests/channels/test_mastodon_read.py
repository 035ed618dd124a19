"""What comes in: mentions without gaps, timeline and searches; whom we follow, and counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mwsocial.channels.base import Account, Batch, Counts, Followed, Refused, TryLater
from mwsocial.channels.mastodon import MastodonChannel, walking
from tests.channels.conftest import make
from tests.channels.mastodon_stub import Answer, Stub, error, json_answer

NOTIFICATIONS = '/api/v1/notifications'
STRANGE = [
    error(500, 'x'), error(503, 'no'), error(429, 'slow'), Answer(gone=True), json_answer({'a': 1}),
    Answer(200, b'<html>', {'Content-Type': 'text/html'}), Answer(200, b'[{"id": "5"'),
    Answer(206, b'[]', {'Content-Type': 'application/json'}), json_answer(None),
    Answer(302, b'[]', {'Location': 'https://elsewhere.example'}),
]  # fmt: skip
Read = Callable[[MastodonChannel, str], Batch | Refused | TryLater]


def batch(found: Batch | Refused | TryLater) -> Batch:
    assert isinstance(found, Batch), found
    assert found.cursor.isascii()
    assert not any(sign.isspace() for sign in found.cursor)
    return found


def texts(found: Batch | Refused | TryLater) -> list[str]:
    return [one.text for one in batch(found).posts]


# -- mentions ---------------------------------------------------------------------------------------


def test_mentions(stub: Stub, channel: MastodonChannel) -> None:
    assert channel.mentions('') == Batch()
    first = stub.world.say('alice@remote.example', 'Hello @desk')
    found = batch(channel.mentions(''))
    (seen,) = found.posts
    assert (seen.url, seen.author, seen.text) == (
        first['url'],
        '@alice@remote.example',
        'Hello @desk',
    )
    assert (seen.public, seen.mentions_us, seen.ours, seen.created) == (True, True, False, stub.now)
    assert channel.mentions(found.cursor) == Batch(cursor=found.cursor)
    stub.now += timedelta(minutes=1)
    stub.world.say('bob@remote.example', 'Hi @desk')
    stub.now += timedelta(minutes=1)
    stub.world.say('carol@remote.example', 'Hey @desk')
    assert texts(channel.mentions(found.cursor)) == ['Hi @desk', 'Hey @desk']
    assert texts(channel.mentions('')) == ['Hello @desk', 'Hi @desk', 'Hey @desk']


def test_what_is_asked_for(stub: Stub, channel: MastodonChannel) -> None:
    stub.world.say('alice@remote.example', 'Hello @desk')
    channel.mentions(batch(channel.mentions('')).cursor)
    first, second = (one.query for one in stub.seen('GET', NOTIFICATIONS))
    assert first == {'types[]': ['mention'], 'limit': ['40'], 'include_filtered': ['true']}
    assert second == first | {'min_id': ['5000']}


@pytest.mark.parametrize('visibility', ['direct', 'private', 'limited', '', None])
def test_private_ones_never_appear(
    stub: Stub, channel: MastodonChannel, visibility: str | None
) -> None:
    stub.world.say('alice@remote.example', 'Secret words @desk', visibility=visibility)
    stub.world.follows = ['alice@remote.example']
    for found in (
        channel.mentions(''), channel.timeline(''), channel.search('Secret', ''),
        channel.mentions('1'), channel.timeline('1'), channel.search('Secret', '1'),
    ):  # fmt: skip
        assert batch(found).posts == ()
        assert 'Secret' not in repr(found)
    assert batch(channel.mentions('')).cursor == '5000'


def test_unlisted_and_answers_appear(stub: Stub, channel: MastodonChannel) -> None:
    ours = stub.add('words')
    stub.world.say(
        'alice@remote.example', 'Hello @desk', visibility='unlisted',
        in_reply_to_id=ours['id'], in_reply_to_account_id='77',
    )  # fmt: skip
    (seen,) = batch(channel.mentions('')).posts
    assert seen.public
    assert seen.reply_to_us


def test_filtered_people_are_heard(stub: Stub, channel: MastodonChannel) -> None:
    stub.world.say('alice@remote.example', 'Hello @desk')
    stub.world.notifications[0]['filtered'] = True
    assert texts(channel.mentions('')) == ['Hello @desk']


def test_a_server_that_lists_no_mentions_in_posts(stub: Stub, channel: MastodonChannel) -> None:
    stub.world.say('alice@remote.example', 'Hello @desk', mentions=[])
    assert batch(channel.mentions('')).posts[0].mentions_us


def test_a_server_that_knows_no_types(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.world.say('alice@remote.example', 'Hello')
    for kind in ('favourite', 'reblog', 'follow', 'quote', 'something.new', 5, None):
        stub.world.notify(str(kind), there, type=kind)
    stub.fail('GET', NOTIFICATIONS, json_answer(list(reversed(stub.world.notifications))))
    assert batch(channel.mentions('')) == Batch(cursor='5006')


@pytest.mark.parametrize(
    'entry',
    [
        None, 5, 'x', [], {}, {'id': '../1', 'type': 'mention'}, {'id': '9', 'type': 'mention'},
        {'id': '9', 'type': 'mention', 'status': None}, {'id': '9', 'type': 'mention', 'status': []},
        {'id': '9', 'type': 'mention', 'status': {'id': '5', 'visibility': 'public'}},
        {'id': '9', 'type': ['mention'], 'status': {'id': '5'}},
    ],
)  # fmt: skip
def test_strange_entries_stop_nothing(stub: Stub, channel: MastodonChannel, entry: object) -> None:
    stub.world.say('alice@remote.example', 'Hello @desk')
    stub.fail('GET', NOTIFICATIONS, json_answer([entry, *stub.world.notifications]))
    assert texts(channel.mentions('')) == ['Hello @desk']


def test_our_own_posts_are_no_mentions(stub: Stub, channel: MastodonChannel) -> None:
    stub.world.notify('mention', stub.add('I am @desk', mentions=[{'id': '77'}]))
    assert batch(channel.mentions('')).posts == ()


def say_many(stub: Stub, count: int, begin: int = 0) -> list[str]:
    made = []
    for number in range(begin, begin + count):
        stub.now += timedelta(seconds=1)
        made.append(stub.world.say('alice@remote.example', f'@desk {number}')['text'])
    return made


@pytest.mark.parametrize('only_newest', [False, True])
@pytest.mark.parametrize('count', [1, 39, 40, 41, 79, 80, 81, 200])
def test_no_gap(stub: Stub, channel: MastodonChannel, count: int, only_newest: bool) -> None:
    """However many came since, and whatever the server makes of ``min_id``."""
    stub.world.only_newest = only_newest
    say_many(stub, 3)
    begin = batch(channel.mentions(''))
    made = say_many(stub, count, 3)
    found = batch(channel.mentions(begin.cursor))
    assert texts(found) == made
    assert found.skipped == 0
    assert channel.mentions(found.cursor) == Batch(cursor=found.cursor)


@pytest.mark.parametrize('only_newest', [False, True])
def test_a_flood_is_read_in_bounds(
    stub: Stub, channel: MastodonChannel, only_newest: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, 'PAGES', 3)
    monkeypatch.setattr(walking, 'GAP_PAGES', 3)
    stub.world.only_newest = only_newest
    say_many(stub, 1)
    begin = batch(channel.mentions(''))
    made = say_many(stub, 300, 1)
    first = batch(channel.mentions(begin.cursor))
    assert len(stub.seen('GET', NOTIFICATIONS)) <= 1 + 2 * 3
    if only_newest:  # the newest are kept, and that some were not read is told
        assert texts(first) == made[-160:]
        assert first.skipped
    else:
        assert texts(first) == made[:120]
        assert texts(channel.mentions(first.cursor)) == made[120:240]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    arrivals=st.lists(st.integers(0, 90), max_size=5), only_newest=st.booleans(),
    lost=st.sets(st.integers(0, 12)),
)  # fmt: skip
def test_whatever_comes_is_told_once(
    arrivals: list[int], only_newest: bool, lost: set[int]
) -> None:
    """Runs in between, and answers that are lost now and then."""
    with Stub() as stub:
        stub.world.only_newest = only_newest
        channel = make(stub)
        told = []
        made = say_many(stub, 1)
        cursor = batch(channel.mentions('')).cursor
        for count in [*arrivals, 0]:
            made += say_many(stub, count, len(made))
            for number in range(3):
                if number in lost:
                    stub.fail('GET', NOTIFICATIONS, lambda right: right)
                    stub.fail('GET', NOTIFICATIONS, error(500, 'x'))
                found = channel.mentions(cursor)
                stub.faults.clear()
                if isinstance(found, Batch):
                    told += texts(found)
                    cursor = found.cursor
        found = batch(channel.mentions(cursor))
        told += texts(found)
        assert told == made[1:]


@pytest.mark.parametrize('answer', STRANGE)
@pytest.mark.parametrize(
    ('path', 'read'),
    [
        (NOTIFICATIONS, lambda channel, cursor: channel.mentions(cursor)),
        ('/api/v1/timelines/home', lambda channel, cursor: channel.timeline(cursor)),
        ('/api/v1/timelines/tag', lambda channel, cursor: channel.search('#MediaWiki', cursor)),
        ('/api/v2/search', lambda channel, cursor: channel.search('MediaWiki', cursor)),
    ],
)
def test_read_later(
    stub: Stub, channel: MastodonChannel, answer: Answer, path: str, read: Read
) -> None:
    for cursor in ('', '5'):
        stub.fail('GET', path, answer, times=3)
        found = read(channel, cursor)
        assert isinstance(found, TryLater)
        assert '$' not in found.reason.text()
        stub.faults.clear()


@pytest.mark.parametrize('cursor', ['../5', '1 2', 'ä', '5\n', 'x' * 200, '{{x}}'])
def test_a_cursor_that_is_none(stub: Stub, channel: MastodonChannel, cursor: str) -> None:
    for found in (channel.mentions(cursor), channel.timeline(cursor), channel.search('#a', cursor)):
        assert isinstance(found, Refused)
        assert 'Remove it' in found.reason.text()
    assert stub.seen('GET', NOTIFICATIONS) == []


# -- timeline and searches --------------------------------------------------------------------------


def test_timeline(stub: Stub, channel: MastodonChannel) -> None:
    stub.world.follows = ['alice@remote.example']
    stub.world.say('alice@remote.example', 'one')
    stub.world.say('bob@remote.example', 'not followed')
    stub.add('ours')
    shared = stub.world.say('carol@remote.example', 'shared by alice')
    stub.world.say('alice@remote.example', '', reblog=shared)
    found = batch(channel.timeline(''))
    assert texts(found) == ['one']
    stub.world.say('alice@remote.example', 'two')
    assert texts(channel.timeline(found.cursor)) == ['two']


def test_hashtag(stub: Stub, channel: MastodonChannel) -> None:
    stub.world.say('alice@remote.example', 'one #MediaWiki')
    stub.add('ours #MediaWiki')
    stub.world.say('alice@remote.example', 'two #日本語')
    found = batch(channel.search('#mediawiki', ''))
    assert texts(found) == ['one #MediaWiki']
    stub.world.say('alice@remote.example', 'three #MediaWiki')
    assert texts(channel.search('#mediawiki', found.cursor)) == ['three #MediaWiki']
    assert texts(channel.search('#日本語', '')) == ['two #日本語']


@pytest.mark.parametrize(
    'words', ['', '  ', '#', '# x', '#a/b', '#a?b', '#a/../../b', '#a-b', '##a', '#a\nb']
)
def test_nothing_to_search_for(stub: Stub, channel: MastodonChannel, words: str) -> None:
    found = channel.search(words, '')
    assert isinstance(found, Refused)
    assert '$' not in found.reason.text()
    assert [
        one.path for one in stub.requests if 'verify' not in one.path and 'instance' not in one.path
    ] == []


@pytest.mark.parametrize('count', [1, 40, 81])
def test_search(stub: Stub, channel: MastodonChannel, count: int) -> None:
    stub.world.say('alice@remote.example', 'MediaWiki & <b>')
    begin = batch(channel.search('MediaWiki & <b>', ''))
    assert len(begin.posts) == 1
    made = [
        stub.world.say('alice@remote.example', f'MediaWiki & <b> {number}')['id']
        for number in range(count)
    ]
    found = batch(channel.search('MediaWiki & <b>', begin.cursor))
    assert sorted(one.remote_id for one in found.posts) == made
    # Searching makes the server fetch nothing.
    assert all('resolve' not in one.query for one in stub.seen('GET', '/api/v2/search'))


def test_search_finds_no_closed_posts(stub: Stub, channel: MastodonChannel) -> None:
    stub.world.say('alice@remote.example', 'MediaWiki for friends', visibility='private')
    stub.world.say('alice@remote.example', 'MediaWiki for us', visibility='direct')
    assert batch(channel.search('MediaWiki', '')).posts == ()


# -- people -----------------------------------------------------------------------------------------


@pytest.mark.parametrize('known', [True, False])
def test_follow(stub: Stub, channel: MastodonChannel, known: bool) -> None:
    stub.world.person('alice@remote.example')
    if known:
        stub.world.follows = ['alice@remote.example']
    assert channel.follow(' @alice@remote.example ') == Followed('@alice@remote.example')
    assert channel.follow('alice@remote.example') == Followed('@alice@remote.example')
    assert set(stub.world.follows) == {'alice@remote.example'}


def test_follow_one_who_wants_to_be_asked(stub: Stub, channel: MastodonChannel) -> None:
    stub.world.person('alice@remote.example')
    answer = json_answer({'id': '78', 'following': False, 'requested': True})
    stub.fail('POST', '/api/v1/accounts/78/follow', answer)
    assert isinstance(channel.follow('@alice@remote.example'), Followed)


def test_follow_somebody_of_our_server(stub: Stub, channel: MastodonChannel) -> None:
    stub.world.person('bob')
    stub.world.follows = ['bob']
    stub.fail('GET', '/api/v1/accounts/lookup', json_answer(stub.world.person('bob')))
    assert channel.follow('@bob@stub.example') == Followed('@bob@stub.example')


@pytest.mark.parametrize(
    ('account', 'says'),
    [
        ('@nobody@remote.example', 'finds no account'), ('', 'no account'), ('@alice', 'no account'),
        ('alice@', 'no account'), ('@a b@c.example', 'no account'), ('@a@b/c', 'no account'),
        ('https://remote.example/@alice', 'no account'), ('@DESK@stub.example', 'itself'),
        ('@a\u202e@b.example', 'no account'),
    ],
)  # fmt: skip
def test_not_followed(stub: Stub, channel: MastodonChannel, account: str, says: str) -> None:
    stub.world.person('alice@remote.example')
    found = channel.follow(account)
    assert isinstance(found, Refused)
    assert says in found.reason.text()
    assert '$' not in found.reason.text()
    assert stub.seen('POST', '/') == []


def test_somebody_else_is_not_followed(stub: Stub, channel: MastodonChannel) -> None:
    """A server may give what is only like it."""
    other = stub.world.person('alice@evil.example')
    stub.fail('GET', '/api/v1/accounts/lookup', json_answer(other))
    stub.fail('GET', '/api/v2/search', json_answer({'accounts': [other, None, 5], 'statuses': []}))
    assert isinstance(channel.follow('@alice@remote.example'), Refused)
    assert stub.seen('POST', '/') == []


@pytest.mark.parametrize('answer', [*STRANGE, json_answer({'following': False})])
def test_followed_later(stub: Stub, channel: MastodonChannel, answer: Answer) -> None:
    stub.world.person('alice@remote.example')
    stub.fail('POST', '/api/v1/accounts/78/follow', answer)
    assert isinstance(channel.follow('@alice@remote.example'), TryLater)


def test_not_allowed_to_follow(stub: Stub, channel: MastodonChannel) -> None:
    stub.world.person('alice@remote.example')
    stub.fail('POST', '/api/v1/accounts/78/follow', error(403, 'This action is not allowed'))
    assert isinstance(channel.follow('@alice@remote.example'), Refused)


@pytest.mark.parametrize('count', [0, 1, 80, 81, 200])
def test_following(stub: Stub, channel: MastodonChannel, count: int) -> None:
    stub.world.follows = [f'user{number}@remote.example' for number in range(count)]
    assert channel.following() == [f'@{one}' for one in stub.world.follows]


def test_following_without_end(stub: Stub, channel: MastodonChannel) -> None:
    link = f'<{stub.url}/x?max_id=1>; rel="next"'
    answer = json_answer([stub.world.person('alice@remote.example')], Link=link)
    stub.fail('GET', '/api/v1/accounts/77/following', answer, times=500)
    assert isinstance(channel.following(), TryLater)


def test_following_goes_nowhere_else(stub: Stub, channel: MastodonChannel) -> None:
    with Stub() as other:
        answer = json_answer([], Link=f'<{other.url}/api/v1/x?max_id=7>; rel="next"')
        stub.fail('GET', '/api/v1/accounts/77/following', answer)
        channel.following()
        assert other.requests == []


@pytest.mark.parametrize('answer', STRANGE)
def test_following_later(stub: Stub, channel: MastodonChannel, answer: Answer) -> None:
    stub.fail('GET', '/api/v1/accounts/77/following', answer, times=3)
    assert isinstance(channel.following(), TryLater)


def test_counts(stub: Stub, channel: MastodonChannel) -> None:
    assert channel.counts() == Counts(12, 3, 45)
    stub.world.numbers['followers_count'] += 1
    assert channel.counts() == Counts(13, 3, 45)


def test_counts_that_are_none(stub: Stub, channel: MastodonChannel) -> None:
    stub.world.numbers = {'followers_count': '12', 'following_count': -1, 'statuses_count': True}
    assert channel.counts() == Counts()


@pytest.mark.parametrize(
    ('scopes', 'may'),
    [
        (['read', 'write'], True), (['write:statuses'], True), (['read'], False), ([], False),
        (['write:media'], False), (None, None), ('write', None), ([5], None),
    ],
)  # fmt: skip
def test_may_post(stub: Stub, channel: MastodonChannel, scopes: Any, may: bool | None) -> None:
    stub.world.scopes = scopes
    assert channel.account() == Account('@Desk@stub.example', f'{stub.url}/@desk', may)


@pytest.mark.parametrize('answer', STRANGE)
def test_what_it_may_is_not_told(stub: Stub, channel: MastodonChannel, answer: Answer) -> None:
    stub.fail('GET', '/api/v1/apps', answer, times=3)
    found = channel.account()
    assert isinstance(found, Account)
    assert found.may_post is None


def test_another_account_reads_nothing(stub: Stub) -> None:
    other = make(stub, account='@other@stub.example')
    for found in (
        other.mentions(''), other.timeline(''), other.search('x', ''), other.counts(),
        other.following(), other.follow('@a@b.example'),
    ):  # fmt: skip
        assert isinstance(found, Refused)
    assert {one.path for one in stub.requests} <= {
        '/api/v1/accounts/verify_credentials', '/api/v2/instance',
    }  # fmt: skip


def test_it_costs_nothing(stub: Stub, channel: MastodonChannel) -> None:
    assert channel.spent(stub.now) == 0
    assert stub.requests == []
