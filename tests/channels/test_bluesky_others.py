"""Posts of others on Bluesky: looked up, shared natively, and answered with a pointer only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.channels.base import (
    CannotLook,
    Channel,
    Deleted,
    Followed,
    NotFound,
    Pointer,
    Post,
    Posted,
    Refused,
    Seen,
    TryLater,
    Unknown,
)
from mwsocial.channels.bluesky import feeds
from mwsocial.sandbox.bluesky_server import Bluesky
from mwsocial.sandbox.loopback import Loopback
from tests.channels.bluesky_worlds import (
    DESK,
    FOLLOW,
    READER,
    REPOST,
    Stand,
    StandIn,
    address,
    make,
)

SENTENCE = 'For help with MediaWiki see https://www.mediawiki.org/wiki/Project:Support_desk'
POINTER = Pointer('support', SENTENCE, 'pointer-key', 'en')
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Stand]:
    with Loopback(Bluesky) as running:
        yield running


@pytest.fixture
def channel(server: Stand) -> Channel:
    return make(StandIn(server))


def seen(channel: Channel, uri: str) -> Seen:
    found = channel.look_up(address(uri))
    assert isinstance(found, Seen), found
    return found


def why(outcome: object) -> str:
    assert isinstance(outcome, Refused | TryLater | Unknown), outcome
    assert '$' not in outcome.reason.text()
    return outcome.reason.key


# -- looking up -----------------------------------------------------------------------------------


def test_look_up(server: Stand, channel: Channel) -> None:
    said = server.service.say(READER, f'Hello @{DESK}!', mention=DESK)
    found = seen(channel, said['uri'])
    assert found == Seen(
        remote_id=said['uri'], url=address(said['uri']), author=READER, text=f'Hello @{DESK}!',
        created=found.created, known=found.known, public=True, mentions_us=True, conversation=said['uri'],
    )  # fmt: skip
    assert abs(found.created - datetime.now(UTC)) < timedelta(minutes=1)
    key = said['uri'].rpartition('/')[2]
    at_bsky = found.url.replace('did:plc:', 'did%3Aplc%3A')
    for url in (said['uri'], f'{found.url}/', at_bsky, f' {found.url} '):
        assert channel.look_up(url) == found
    # A handle can lead to another account later, whose post under this key is another one.
    for url in (
        f'https://bsky.app/profile/{READER}/post/{key}',
        f'https://bsky.app/profile/{READER.upper()}/post/{key}?ref=x#y',
    ):
        by_handle = channel.look_up(url)
        assert isinstance(by_handle, Seen) and by_handle.doubt
        assert replace(by_handle, doubt=None) == found
        assert by_handle.doubt.key == 'bluesky-by-handle' and found.url in by_handle.doubt.text()


@pytest.mark.parametrize(
    'url',
    [
        '', 'https://bsky.app', 'https://bsky.app/profile/a.test', 'https://bsky.app/profile/a.test/post/',
        'http://bsky.app/profile/a.test/post/3k', 'https://bsky.app.evil.example/profile/a.test/post/3k',
        'https://evil.example/profile/a.test/post/3k', 'https://bsky.app@evil.example/profile/a.test/post/3k',
        'https://u@bsky.app/profile/a.test/post/3k', 'https://bsky.app:8443/profile/a.test/post/3k',
        'https://bsky.app/profile/a.test/post/../x', 'https://bsky.app/profile/a b/post/3k',
        'at://did:plc:x/app.bsky.graph.follow/3k', 'at://a.test/app.bsky.feed.post/3k', 'https://[',
        'https://bsky.app/profile/a.test/lists/3k', 'https://mastodon.social/@a/1', 'javascript:1',
    ],
)  # fmt: skip
def test_what_is_no_post(server: Stand, channel: Channel, url: str) -> None:
    channel.account()
    asked = len(server.seen)
    assert why(channel.look_up(url)) == 'bluesky-no-post'
    assert why(channel.delete(url)) == 'bluesky-no-post'
    assert len(server.seen) == asked


def test_gone_and_not_for_everybody(server: Stand, channel: Channel) -> None:
    said = server.service.say(READER, 'x')
    url = address(said['uri'])
    server.service.account(READER)['labels'] = ['!no-unauthenticated']
    assert why(channel.look_up(url)) == 'bluesky-not-public'
    server.service.account(READER)['labels'] = ['bot']
    assert isinstance(channel.look_up(url), Seen)
    server.service.account(READER)['status'] = 'takendown'
    assert why(channel.look_up(url)) == 'bluesky-gone'
    server.service.account(READER)['status'] = 'active'
    server.control('remove', {'uri': said['uri']})
    assert why(channel.look_up(url)) == 'bluesky-gone'
    assert why(channel.look_up('https://bsky.app/profile/nobody.test/post/3k')) == 'bluesky-gone'


@pytest.mark.parametrize('kind', ['getPosts', 'resolveHandle', 'getAuthorFeed'])
@pytest.mark.parametrize('how', ['status', 'html', 'reset', 'limit', 'huge'])
def test_look_up_later(server: Stand, channel: Channel, kind: str, how: str) -> None:
    said = server.service.say(READER, f'@{DESK}', mention=DESK)
    channel.account()
    url = address(said['uri']).replace(said['did'], READER)
    if kind == 'resolveHandle' and how in ('status', 'html', 'huge'):
        return_kind: type = Refused
    else:
        return_kind = TryLater
    server.fault(how, kind=kind, times=3, status=503 if how == 'status' else 0)
    assert isinstance(channel.look_up(url), return_kind)


def test_without_a_view_of_the_network(server: Stand, channel: Channel) -> None:
    posted = channel.post(Post('ours', 'k'))
    said = server.service.say(READER, f'@{DESK}', mention=DESK)
    shown = seen(channel, said['uri'])
    assert isinstance(posted, Posted)
    server.control('appview', {'on': False})
    ours = channel.look_up(posted.url)
    assert isinstance(ours, Seen)
    assert (ours.ours, ours.text, ours.author) == (True, 'ours', DESK)
    for outcome in (
        channel.look_up(shown.url), channel.share(shown, 'k'), channel.point(shown, POINTER),
        channel.mentions(''), channel.timeline(''), channel.search('x', ''), channel.following(),
        channel.counts(),
    ):  # fmt: skip
        assert why(outcome) == 'bluesky-no-appview'
    assert channel.find_share(shown, SINCE) == NotFound()
    assert channel.shares_since(SINCE) == 0
    assert channel.follow(READER) == Followed(READER)
    gone = posted.url[:-3] + '222'
    assert why(channel.look_up(gone)) == 'bluesky-gone'


# -- sharing --------------------------------------------------------------------------------------


def test_share(server: Stand, channel: Channel) -> None:
    said = server.service.say(READER, 'Look at this')
    found = seen(channel, said['uri'])
    assert channel.find_share(found, SINCE) == NotFound()
    outcome = channel.share(found, 'key-1')
    (repost,) = server.service.posts(DESK, REPOST)
    assert outcome == Posted(repost['uri'], found.url)
    assert repost['value']['subject'] == {'uri': said['uri'], 'cid': said['cid']}
    assert set(repost['value']) == {'$type', 'subject', 'createdAt'}
    assert channel.find_share(found, SINCE) == outcome
    assert seen(channel, said['uri']).shared
    assert channel.shares_since(datetime.now(UTC) - timedelta(minutes=1)) == 1
    assert channel.shares_since(datetime.now(UTC) + timedelta(minutes=1)) == 0


def test_sharing_again_is_posted_and_shares_nothing(server: Stand, channel: Channel) -> None:
    found = seen(channel, server.service.say(READER, 'Look at this')['uri'])
    first = channel.share(found, 'key-1')
    assert channel.share(found, 'key-1') == channel.share(found, 'key-2') == first
    assert server.count('repost') == 1
    assert len(server.service.posts(DESK, REPOST)) == 1


def test_what_was_shared_by_hand_is_shared(server: Stand, channel: Channel) -> None:
    said = server.service.say(READER, 'Look at this')
    by_hand = server.control('repost', {'handle': DESK, 'uri': said['uri']})
    found = seen(channel, said['uri'])
    expected = Posted(by_hand['uri'], found.url)
    assert channel.share(found, 'key-1') == channel.find_share(found, SINCE) == expected
    assert channel.delete(found.url) == Deleted()
    assert server.service.posts(DESK, REPOST) == []


@pytest.mark.parametrize('done', [True, False])
@pytest.mark.parametrize('how', ['reset', 'html', 'status', 'truncate'])
def test_share_not_clear(server: Stand, channel: Channel, how: str, done: bool) -> None:
    found = seen(channel, server.service.say(READER, 'Look at this')['uri'])
    server.fault(how, kind='repost', done=done, status=500 if how == 'status' else 0)
    outcome = channel.share(found, 'key')
    done = done or how == 'truncate'
    assert isinstance(outcome, Posted if done and how == 'status' else Unknown)
    assert isinstance(channel.find_share(found, SINCE), Posted if done else NotFound)
    assert isinstance(channel.share(found, 'key'), Posted)
    assert len(server.service.posts(DESK, REPOST)) == 1


def test_a_share_that_the_view_does_not_know_yet(server: Stand, channel: Channel) -> None:
    """Lost answer, and the view lags: the key alone keeps it one."""
    found = seen(channel, server.service.say(READER, 'Look at this')['uri'])
    server.fault('reset', kind='repost', done=True, delay=60)
    assert isinstance(channel.share(found, 'key'), Unknown)
    assert isinstance(channel.find_share(found, SINCE), Posted)
    assert isinstance(channel.share(found, 'other'), Posted)
    assert len(server.service.posts(DESK, REPOST)) == 1


def test_no_share_of_what_is_gone_hidden_or_other_by_now(server: Stand, channel: Channel) -> None:
    said = server.service.say(READER, 'Look at this')
    found = seen(channel, said['uri'])
    assert why(channel.share(replace(found, text='Other words'), 'k')) == 'bluesky-changed'
    assert why(channel.share(replace(found, remote_id='12'), 'k')) == 'bluesky-no-post'
    server.service.account(READER)['labels'] = ['!no-unauthenticated']
    assert why(channel.share(found, 'k')) == 'bluesky-not-public'
    server.service.account(READER)['labels'] = []
    server.control('remove', {'uri': said['uri']})
    assert why(channel.share(found, 'k')) == 'bluesky-gone'
    assert server.count('repost') == 0


def test_unshare(server: Stand, channel: Channel) -> None:
    said = server.service.say(READER, 'Look at this')
    found = seen(channel, said['uri'])
    assert isinstance(channel.share(found, 'k'), Posted)
    assert channel.delete(found.url.replace(said['did'], READER)) == Deleted()
    assert server.service.posts(DESK, REPOST) == []
    assert len(server.service.posts(READER)) == 1
    assert channel.delete(found.url) == Deleted()
    assert isinstance(channel.share(found, 'k'), Posted)
    server.control('remove', {'uri': said['uri']})
    assert channel.delete(found.url) == Deleted()


def test_shares_are_counted_over_many_pages(server: Stand, channel: Channel) -> None:
    for number in range(230):
        uri = server.service.say(READER, str(number))['uri']
        server.control('repost', {'handle': DESK, 'uri': uri})
    assert channel.shares_since(SINCE) == 230
    assert server.count('listRecords') == 4
    server.fault('status', kind='listRecords', nth=2, status=500)
    assert isinstance(channel.shares_since(SINCE), CannotLook)


@pytest.mark.parametrize(
    'body', ['{}', '[]', '{"records": 5}', '{"records": [5]}', '{"records": [{"uri": "x"}]}']
)
def test_strange_lists_are_not_counted(server: Stand, channel: Channel, body: str) -> None:
    server.fault('answer', kind='listRecords', body=body)
    assert isinstance(channel.shares_since(SINCE), CannotLook)


# -- pointing -------------------------------------------------------------------------------------


def test_point(server: Stand, channel: Channel) -> None:
    root = server.service.say(READER, 'A question')
    said = server.service.say(READER, f'@{DESK} help', mention=DESK, reply_to=root['uri'])
    found = seen(channel, said['uri'])
    assert (found.answered, found.conversation) == (False, root['uri'])
    assert channel.find_point(found, POINTER, SINCE) == NotFound()
    outcome = channel.point(found, POINTER)
    (made,) = server.service.posts()
    assert outcome == Posted(made['uri'], address(made['uri']))
    assert made['value']['text'] == SENTENCE
    assert made['value']['langs'] == ['en']
    assert made['value']['facets'][0]['features'][0]['uri'] == SENTENCE.split()[-1]
    assert made['value']['reply'] == {
        'root': {'uri': root['uri'], 'cid': root['cid']},
        'parent': {'uri': said['uri'], 'cid': said['cid']},
    }
    assert channel.find_point(found, POINTER, SINCE) == outcome
    assert seen(channel, said['uri']).answered


def test_point_to_an_answer_to_us(server: Stand, channel: Channel) -> None:
    posted = channel.post(Post('News', 'k'))
    assert isinstance(posted, Posted)
    said = server.service.say(READER, 'How?', reply_to=posted.remote_id)
    found = seen(channel, said['uri'])
    assert (found.reply_to_us, found.mentions_us, found.answered) == (True, False, False)
    assert isinstance(channel.point(found, POINTER), Posted)
    other = server.service.say(READER, 'And how this?', reply_to=posted.remote_id)
    assert why(channel.point(seen(channel, other['uri']), POINTER)) == 'bluesky-answered'
    assert len(server.service.posts()) == 2


def test_a_thread_of_ours_is_no_answer(server: Stand, channel: Channel) -> None:
    first = channel.post(Post('one', 'k1'))
    assert isinstance(first, Posted)
    second = channel.post(Post('two', 'k2', after=first.url, root=first.url))
    assert isinstance(second, Posted)
    said = server.service.say(READER, 'How?', reply_to=second.remote_id)
    found = seen(channel, said['uri'])
    assert not found.answered
    assert isinstance(channel.point(found, POINTER), Posted)


def test_once_in_a_conversation(server: Stand, channel: Channel) -> None:
    root = server.service.say(READER, f'@{DESK} one', mention=DESK)
    again = server.service.say(READER, f'@{DESK} two', mention=DESK, reply_to=root['uri'])
    first = channel.point(seen(channel, root['uri']), POINTER)
    assert isinstance(first, Posted)
    assert channel.point(seen(channel, root['uri']), POINTER) == first
    other = replace(POINTER, name='other', sentence='Something else', key='other')
    for uri, pointer in ((root['uri'], other), (again['uri'], POINTER), (again['uri'], other)):
        assert why(channel.point(seen(channel, uri), pointer)) == 'bluesky-answered'
        assert channel.find_point(seen(channel, uri), pointer, SINCE) == NotFound()
    assert len(server.service.posts()) == 1


def test_an_answer_by_hand_is_an_answer(server: Stand, channel: Channel) -> None:
    root = server.service.say(READER, f'@{DESK} one', mention=DESK)
    server.service.say(DESK, 'By hand', reply_to=root['uri'])
    for number in range(250):
        server.service.say(DESK, str(number))
    again = server.service.say(READER, f'@{DESK} two', mention=DESK, reply_to=root['uri'])
    found = seen(channel, again['uri'])
    assert why(channel.point(found, POINTER)) == 'bluesky-answered'
    assert server.count('post') == 0


def test_our_posts_cannot_be_read_back_far_enough(
    server: Stand, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, 'PAGES', 2)
    said = server.service.say(READER, f'@{DESK} help', mention=DESK)
    for number in range(201):
        server.service.say(DESK, str(number))
    assert why(channel.point(seen(channel, said['uri']), POINTER)) == 'channels-timeline-short'
    assert server.count('post') == 0


def test_only_to_posts_that_speak_to_us(server: Stand, channel: Channel) -> None:
    posted = channel.post(Post(f'News about @{DESK}', 'k'))
    assert isinstance(posted, Posted)
    reader = server.service.say(READER, 'x')
    for uri in (
        reader['uri'],
        server.service.say(READER, f'@{DESK} without a facet')['uri'],
        server.service.say(READER, 'a quote', quote=posted.remote_id)['uri'],
        server.service.say(READER, f'@{READER}', mention=READER)['uri'],
        server.service.say(READER, 'an answer', reply_to=reader['uri'])['uri'],
        posted.remote_id,
    ):
        found = seen(channel, uri)
        assert why(channel.point(found, POINTER)) == 'bluesky-not-to-us'
        lied = replace(found, mentions_us=True, reply_to_us=True, ours=False)
        assert why(channel.point(lied, POINTER)) == 'bluesky-not-to-us'
    assert len(server.service.posts()) == 1


def test_no_pointer_where_answers_are_closed(server: Stand, channel: Channel) -> None:
    said = server.service.say(READER, f'@{DESK} help', mention=DESK)
    server.service.account(READER)['closed'].append(said['uri'])
    assert why(channel.point(seen(channel, said['uri']), POINTER)) == 'bluesky-replies-closed'


@pytest.mark.parametrize('kind', ['getPosts', 'getRecord', 'getAuthorFeed'])
def test_pointing_waits_where_one_cannot_look(server: Stand, channel: Channel, kind: str) -> None:
    found = seen(channel, server.service.say(READER, f'@{DESK} help', mention=DESK)['uri'])
    server.fault('status', kind=kind, status=502)
    assert isinstance(channel.point(found, POINTER), TryLater)
    assert server.count('post') == 0


@pytest.mark.parametrize('done', [True, False])
@pytest.mark.parametrize('how', ['reset', 'html', 'status'])
def test_pointing_not_clear(server: Stand, channel: Channel, how: str, done: bool) -> None:
    found = seen(channel, server.service.say(READER, f'@{DESK} help', mention=DESK)['uri'])
    server.fault(how, kind='post', done=done, status=500 if how == 'status' else 0, delay=60)
    outcome = channel.point(found, POINTER)
    assert isinstance(outcome, Posted if done and how == 'status' else Unknown)
    assert isinstance(channel.find_point(found, POINTER, SINCE), Posted if done else NotFound)
    assert isinstance(channel.point(found, POINTER), Posted)
    assert len(server.service.posts()) == 1


def test_a_root_that_is_gone(server: Stand, channel: Channel) -> None:
    root = server.service.say(READER, 'A question')
    said = server.service.say(READER, f'@{DESK} help', mention=DESK, reply_to=root['uri'])
    found = seen(channel, said['uri'])
    server.control('remove', {'uri': root['uri']})
    assert isinstance(channel.point(found, POINTER), Posted)
    root_ref = {'uri': root['uri'], 'cid': root['cid']}
    assert server.service.posts()[0]['value']['reply']['root'] == root_ref


# -- following ------------------------------------------------------------------------------------


def test_follow(server: Stand, channel: Channel) -> None:
    assert channel.following() == []
    assert channel.follow(f'@{READER}') == Followed(f'@{READER}')
    assert channel.follow(READER.upper()) == Followed(READER.upper())
    (follow,) = server.service.posts(DESK, FOLLOW)
    assert follow['value']['subject'] == server.service.did_of(READER)
    assert channel.following() == [READER]
    assert server.count('follow') == 1
    counts = channel.counts()
    assert not isinstance(counts, Refused | TryLater)
    assert (counts.followers, counts.following, counts.posts) == (0, 1, 0)


@pytest.mark.parametrize('account', ['', '@', 'nobody.test', 'a b', '@user@mastodon.example', DESK])
def test_no_account(server: Stand, channel: Channel, account: str) -> None:
    assert why(channel.follow(account)) == 'bluesky-no-account'
    assert server.count('follow') == 0


@pytest.mark.parametrize('how', ['reset', 'html', 'status', 'limit'])
def test_following_not_clear(server: Stand, channel: Channel, how: str) -> None:
    server.fault(how, kind='follow', done=how == 'reset', status=500 if how == 'status' else 0)
    assert isinstance(channel.follow(READER), TryLater)
    assert channel.follow(READER) == Followed(READER)
    assert len(server.service.posts(DESK, FOLLOW)) == 1


def test_following_many(server: Stand, channel: Channel) -> None:
    for number in range(150):
        server.service.add_account(f'a{number}.test')
        server.control('follow', {'handle': DESK, 'whom': f'a{number}.test'})
    found = channel.following()
    assert not isinstance(found, Refused | TryLater)
    assert sorted(found) == sorted(f'a{number}.test' for number in range(150))


@pytest.mark.parametrize('body', ['{}', '[]', '{"follows": 5}', 'x', '{"did": "did:plc:other"}'])
def test_strange_answers(server: Stand, channel: Channel, body: str) -> None:
    for kind in ('getFollows', 'getProfile', 'getPosts'):
        server.fault('answer', kind=kind, body=body)
    assert isinstance(channel.following(), TryLater)
    assert isinstance(channel.counts(), TryLater)
    assert isinstance(channel.look_up('https://bsky.app/profile/did:plc:x/post/3k'), TryLater)
