"""What the Bluesky channel makes of every way in which posting can go, held against the ledger."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image as Pictures

from mwsocial.channels.base import (
    CannotLook,
    Channel,
    Deleted,
    Image,
    NotFound,
    Outcome,
    Post,
    Posted,
    Refused,
    TryLater,
    Unknown,
)
from mwsocial.channels.bluesky import BlueskyChannel
from mwsocial.channels.bluesky import own as own_module
from mwsocial.sandbox.bluesky_server import Bluesky
from mwsocial.sandbox.loopback import Loopback
from tests.channels.bluesky_worlds import DESK, POST, READER, Stand, StandIn, address, make

A_POST = Post('MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47', 'key-1', 'en')
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Stand]:
    with Loopback(Bluesky) as running:
        yield running


@pytest.fixture
def channel(server: Stand) -> Channel:
    return make(StandIn(server))


def made(server: Stand) -> list[dict[str, Any]]:
    return [one['value'] for one in server.service.posts()]


def words(outcome: object) -> str:
    assert isinstance(outcome, Refused | TryLater | Unknown | CannotLook)
    text = outcome.reason.text()
    assert '$' not in text
    return text


def picture(size: tuple[int, int] = (3, 2), orientation: int = 0) -> bytes:
    out = io.BytesIO()
    exif = Pictures.Exif()
    if orientation:
        exif[0x0112] = orientation
    Pictures.new('RGB', size, 'red').save(out, 'JPEG', exif=exif)
    return out.getvalue()


def test_posted(server: Stand, channel: Channel) -> None:
    outcome = channel.post(A_POST)
    (record,) = server.service.posts()
    assert outcome == Posted(record['uri'], address(record['uri']))
    value = record['value']
    assert set(value) == {'$type', 'text', 'createdAt', 'facets', 'embed', 'langs'}
    assert (value['text'], value['langs']) == (A_POST.text, ['en'])
    assert value['embed']['external']['title'] == 'MediaWiki 1.47'
    (request,) = [one for one in server.seen if one.kind == 'post']
    assert request.headers['user-agent'].startswith('mwsocial/')
    assert request.headers['authorization'].startswith('Bearer ey')


def test_every_sign_arrives(server: Stand, channel: Channel) -> None:
    text = 'a & b=c; +1 100% <b> "q" \'s\' \\ é ü 日本語 👩‍💻\n\n#tag @a@b.example \u200f\u200d ~'
    assert isinstance(channel.post(Post(text, 'k')), Posted)
    assert made(server)[0]['text'] == text


def test_mentions_are_resolved_and_others_stay_text(server: Stand, channel: Channel) -> None:
    text = f'Thanks @{READER}, @nobody.test and @-.test'
    assert isinstance(channel.post(Post(text, 'k')), Posted)
    (facet,) = made(server)[0]['facets']
    assert facet['features'][0]['did'] == server.service.did_of(READER)
    assert server.count('resolveHandle') == 2


def test_a_handle_that_makes_the_server_stumble_stays_text(server: Stand, channel: Channel) -> None:
    server.fault('status', kind='resolveHandle', status=502)
    assert isinstance(channel.post(Post(f'Thanks @{READER}', 'k')), Posted)
    assert 'facets' not in made(server)[0]


@pytest.mark.parametrize('how', ['limit', 'reset'])
def test_no_post_while_handles_cannot_be_asked_for(
    server: Stand, channel: Channel, how: str
) -> None:
    server.fault(how, kind='resolveHandle', times=3)
    outcome = channel.post(Post(f'Thanks @{READER}', 'k'))
    assert isinstance(outcome, TryLater)
    assert made(server) == []


def test_few_handles_are_asked_for(server: Stand, channel: Channel) -> None:
    text = ' '.join(f'@{number}.xy' for number in 'abcdefghijklmnopqrstuvwxyz')
    assert isinstance(channel.post(Post(text, 'k')), Posted)
    assert server.count('resolveHandle') == 10


def test_a_repeat_makes_no_second_post(server: Stand, channel: Channel) -> None:
    first = channel.post(A_POST)
    assert isinstance(first, Posted)
    assert channel.post(A_POST) == first
    assert make(StandIn(server)).post(A_POST) == first
    assert channel.find(A_POST, SINCE, ()) == first
    assert len(made(server)) == 1
    assert [one['status'] for one in server.log if one['kind'] == 'post'] == [200, 500, 500]


def test_a_repeat_that_is_refused_in_words_of_its_own(server: Stand, channel: Channel) -> None:
    """As a later server might say it (bluesky-social/atproto, pull request 4728)."""
    first = channel.post(A_POST)
    body = json.dumps({'error': 'InvalidRequest', 'message': 'Record already exists'})
    for status in (400, 409):
        server.fault('answer', kind='post', status=status, body=body)
        assert channel.post(A_POST) == first


def test_other_words_under_the_same_key_are_for_a_person(server: Stand, channel: Channel) -> None:
    assert isinstance(channel.post(A_POST), Posted)
    other = Post('Something else', A_POST.key)
    outcome = channel.post(other)
    assert isinstance(outcome, Unknown)
    assert 'other words' in words(outcome)
    assert isinstance(channel.find(other, SINCE, ()), CannotLook)
    assert [one['text'] for one in made(server)] == [A_POST.text]


def test_find(server: Stand, channel: Channel) -> None:
    assert channel.find(A_POST, SINCE, ()) == NotFound()
    posted = channel.post(A_POST)
    assert isinstance(posted, Posted)
    assert channel.find(A_POST, SINCE, {posted.url}) == NotFound()
    server.service.say(DESK, 'The same words')
    assert channel.find(Post('The same words', 'other'), SINCE, ()) == NotFound()


@pytest.mark.parametrize('how', ['status', 'html', 'huge', 'redirect', 'reset', 'limit'])
def test_cannot_look(server: Stand, how: str) -> None:
    channel = make(StandIn(server), read_time=0.3)
    channel.account()
    server.fault(how, kind='getRecord', times=3, status=500 if how == 'status' else 0)
    assert isinstance(channel.find(A_POST, SINCE, ()), CannotLook)
    server.calm()
    assert channel.find(A_POST, SINCE, ()) == NotFound()


def _error(status: int, name: str, message: str = 'what it says') -> dict[str, Any]:
    body = json.dumps({'error': name, 'message': message})
    return {'how': 'answer', 'status': status, 'body': body}


@pytest.mark.parametrize(
    ('fault', 'kind', 'says'),
    [
        (_error(400, 'InvalidRequest', 'Invalid app.bsky.feed.post record: blob'), Refused, 'record: blob'),
        (_error(400, 'InvalidSwap'), Refused, 'what it says'),
        (_error(401, 'AuthenticationRequired'), Refused, 'app password'),
        (_error(401, 'AuthMissing'), Refused, 'app password'),
        (_error(401, 'AccountTakedown'), Refused, 'lets the account do nothing'),
        (_error(400, 'AccountDeactivated'), Refused, 'lets the account do nothing'),
        (_error(400, 'RepoDeactivated'), Refused, 'lets the account do nothing'),
        (_error(403, 'Forbidden'), Refused, 'what it says'),
        (_error(413, 'PayloadTooLarge'), Refused, 'what it says'),
        (_error(429, 'RateLimitExceeded'), TryLater, 'no more at present'),
        ({'how': 'html', 'status': 403}, Refused, 'HTTP 403'),
        ({'how': 'redirect', 'location': 'https://elsewhere.example/'}, Refused, 'another address'),
    ],
)  # fmt: skip
def test_definite_no(
    server: Stand, channel: Channel, fault: dict[str, Any], kind: type[Outcome], says: str
) -> None:
    server.fault(**{'kind': 'post', **fault})
    outcome = channel.post(A_POST)
    assert type(outcome) is kind
    assert says in words(outcome)
    assert made(server) == []
    assert server.count('post') == 1


@pytest.mark.parametrize('done', [True, False])
@pytest.mark.parametrize(
    'fault',
    [
        {'how': 'html'}, {'how': 'huge'}, {'how': 'reset'},
        {'how': 'answer', 'body': '{}'}, {'how': 'answer', 'body': '[]'}, {'how': 'answer', 'body': 'null'},
        {'how': 'answer', 'body': '{"uri": 5, "cid": []}'}, {'how': 'answer', 'body': '[' * 100_000},
        {'how': 'answer', 'body': '{"uri": "at://did:plc:x/app.bsky.feed.post/a", "cid": "bafyreia"}'},
        {'how': 'status', 'status': 408}, {'how': 'redirect', 'status': 302, 'location': '/x'},
        {'how': 'answer', 'status': 200, 'body': '{"error": "InvalidRequest"}'},
    ],
)  # fmt: skip
def test_not_clear(server: Stand, channel: Channel, fault: dict[str, Any], done: bool) -> None:
    server.fault(kind='post', done=done, **fault)
    outcome = channel.post(A_POST)
    assert isinstance(outcome, Unknown), outcome
    assert words(outcome)
    assert len(made(server)) == done
    assert server.count('post') == 1
    expected = channel.find(A_POST, SINCE, ())
    assert isinstance(expected, Posted if done else NotFound)


@pytest.mark.parametrize('status', [500, 502, 503, 504])
@pytest.mark.parametrize('done', [True, False])
def test_after_an_error_of_the_server_one_looks(
    server: Stand, channel: Channel, status: int, done: bool
) -> None:
    server.fault('status', kind='post', status=status, done=done)
    outcome = channel.post(A_POST)
    assert isinstance(outcome, Posted if done else Unknown)
    assert len(made(server)) == done
    assert isinstance(channel.post(A_POST), Posted)
    assert len(made(server)) == 1


def test_an_error_that_cannot_be_looked_into(server: Stand, channel: Channel) -> None:
    channel.account()
    for fault in (_error(400, 'InvalidRequest'), {'how': 'status', 'status': 500}):
        server.fault(**{'kind': 'post', **fault})
        server.fault('status', kind='getRecord', status=500)
        assert isinstance(channel.post(A_POST), Unknown)


def test_cut_off_answer(server: Stand, channel: Channel) -> None:
    server.fault('truncate', kind='post')
    assert isinstance(channel.post(A_POST), Unknown)
    assert isinstance(channel.find(A_POST, SINCE, ()), Posted)


def test_hang(server: Stand) -> None:
    channel = make(StandIn(server), read_time=0.3)
    channel.account()
    server.fault('hang', kind='post', done=True)
    assert isinstance(channel.post(A_POST), Unknown)
    assert len(made(server)) == 1


def test_a_limit_tells_until_when(server: Stand) -> None:
    now = datetime.now(UTC)
    channel = make(StandIn(server), now=lambda: now)
    channel.account()
    server.fault('limit', kind='post', seconds=1800)
    outcome = channel.post(A_POST)
    assert isinstance(outcome, TryLater)
    assert outcome.not_before is not None
    assert abs(outcome.not_before - now - timedelta(seconds=1800)) < timedelta(seconds=30)


def test_nobody_listens() -> None:
    channel = BlueskyChannel('bluesky', 'http://127.0.0.1:1', DESK, 'abcd-efgh-ijkl-mnop')
    outcome = channel.post(A_POST)
    assert isinstance(outcome, TryLater)
    assert 'Nothing was sent' in words(outcome)


def test_lone_surrogates_are_refused(server: Stand, channel: Channel) -> None:
    assert isinstance(channel.post(Post('a \ud800 b', 'k')), Refused)
    assert server.count('post') == 0


@pytest.mark.parametrize('language', ['', 'x_y', 'en-', 'deutsch und mehr', '<b>'])
def test_what_is_no_language_is_left_out(server: Stand, channel: Channel, language: str) -> None:
    assert isinstance(channel.post(Post('words', 'k', language)), Posted)
    assert 'langs' not in made(server)[0]


# -- images -------------------------------------------------------------------------------------


def test_images(server: Stand, channel: Channel) -> None:
    first = Image('Größe.jpg', 'image/jpeg', picture(), 'A flower with "47" – é')
    turned = Image('b.jpg', 'image/jpeg', picture((30, 20), orientation=6), 'turned')
    odd = Image('c.png', 'image/png', b'\x89PNG\r\n\x1a\nnothing', 'odd')
    post = Post('Look https://a.example/x', 'k', images=(first, turned, odd))
    assert isinstance(channel.post(post), Posted)
    (value,) = made(server)
    shown = value['embed']['images']
    assert [one['alt'] for one in shown] == [first.alt, 'turned', 'odd']
    ratios = [one.get('aspectRatio') for one in shown]
    assert ratios == [{'width': 3, 'height': 2}, {'width': 20, 'height': 30}, None]
    bodies = [one.body for one in server.seen if one.kind == 'uploadBlob']
    assert bodies == [first.data, turned.data, odd.data]


def test_too_large_and_too_many_images(server: Stand, channel: Channel) -> None:
    large = Image('large.png', 'image/png', bytes(1_000_001), 'x')
    outcome = channel.post(Post('x', 'k', images=(large,)))
    assert isinstance(outcome, Refused)
    assert 'large.png has 1,000,001 bytes' in words(outcome)
    small = Image('small.png', 'image/png', picture(), 'x')
    assert isinstance(channel.post(Post('x', 'k', images=(small,) * 5)), Refused)
    assert server.count('uploadBlob') == server.count('post') == 0


@pytest.mark.parametrize(
    ('fault', 'kind'),
    [
        ({'how': 'status', 'status': 500}, TryLater), ({'how': 'reset'}, TryLater),
        ({'how': 'html'}, TryLater), ({'how': 'answer', 'body': '{"blob": {}}'}, TryLater),
        ({'how': 'limit'}, TryLater), (_error(413, 'PayloadTooLarge'), Refused),
        (_error(400, 'InvalidRequest'), Refused),
        ({'how': 'answer', 'body': '{"blob": {"$type": "blob", "ref": {"$link": "bafy"}, "mimeType": "text/html", "size": 1}}'}, TryLater),
    ],
)  # fmt: skip
def test_image_not_taken(
    server: Stand, channel: Channel, fault: dict[str, Any], kind: type[Outcome]
) -> None:
    server.fault(kind='uploadBlob', **fault)
    outcome = channel.post(Post('x', 'k', images=(Image('a.jpg', 'image/jpeg', picture(), 'x'),)))
    assert type(outcome) is kind
    assert server.count('post') == 0
    if outcome.reason.key == 'channels-image-refused':
        assert 'a.jpg' in words(outcome)


def test_preparing_has_an_end(
    server: Stand, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_module, 'PREPARING', -1.0)
    for post in (A_POST, Post('x', 'k', images=(Image('a', 'image/jpeg', picture(), 'x'),))):
        assert isinstance(channel.post(post), TryLater)
    assert server.count('post') == server.count('uploadBlob') == 0


# -- threads ------------------------------------------------------------------------------------


def test_thread(server: Stand, channel: Channel) -> None:
    first = channel.post(Post('one', 'k1'))
    assert isinstance(first, Posted)
    second = channel.post(Post('two', 'k2', after=first.url, root=first.url))
    assert isinstance(second, Posted)
    third = channel.post(Post('three', 'k3', after=second.url, root=first.url))
    assert isinstance(third, Posted)
    one, two, three = server.service.posts()
    assert 'reply' not in one['value']
    refs = [{'uri': made['uri'], 'cid': made['cid']} for made in (one, two)]
    assert two['value']['reply'] == {'root': refs[0], 'parent': refs[0]}
    assert three['value']['reply'] == {'root': refs[0], 'parent': refs[1]}
    assert channel.post(Post('three', 'k3', after=second.url, root=first.url)) == third


def test_only_our_own_posts_are_continued(server: Stand, channel: Channel) -> None:
    ours = channel.post(Post('one', 'k1'))
    assert isinstance(ours, Posted)
    foreign = address(server.service.say(READER, f'@{DESK}', mention=DESK)['uri'])
    answer = server.service.say(DESK, 'by hand', reply_to=server.service.posts(READER)[0]['uri'])
    gone = ours.url[:-3] + '222'
    for after, root, why in (
        (foreign, foreign, 'not one of our posts'),
        (ours.url, foreign, 'not one of our posts'),
        (foreign, ours.url, 'not one of our posts'),
        (address(answer['uri']), ours.url, 'not stand in a thread'),
        (address(answer['uri']), address(answer['uri']), 'not stand in a thread'),
        (ours.url, address(answer['uri']), 'not stand in a thread'),
        (gone, gone, 'not there'),
        (ours.url, gone, 'not there'),
        ('https://elsewhere.example/1', ours.url, 'not one of our posts'),
    ):
        outcome = channel.post(Post('two', 'k2', after=after, root=root))
        assert isinstance(outcome, Refused), (after, root)
        assert why in words(outcome)
    assert len(server.service.posts()) == 2


def test_thread_waits_while_its_beginning_cannot_be_read(server: Stand, channel: Channel) -> None:
    first = channel.post(Post('one', 'k1'))
    assert isinstance(first, Posted)
    server.fault('status', kind='getRecord', status=503)
    outcome = channel.post(Post('two', 'k2', after=first.url, root=first.url))
    assert isinstance(outcome, TryLater)
    assert len(made(server)) == 1


# -- taking down ----------------------------------------------------------------------------------


def test_delete(server: Stand, channel: Channel) -> None:
    posted = channel.post(A_POST)
    assert isinstance(posted, Posted)
    with_handle = posted.url.replace(server.service.did_of(DESK), DESK)
    assert channel.delete(with_handle) == Deleted()
    assert made(server) == []
    assert channel.delete(posted.url) == Deleted()


def test_delete_touches_nothing_else(server: Stand, channel: Channel) -> None:
    assert isinstance(channel.post(A_POST), Posted)
    foreign = server.service.say(READER, 'mine')
    assert channel.delete(address(foreign['uri'])) == Deleted()
    assert isinstance(channel.delete('https://mastodon.social/@a/1'), Refused)
    assert isinstance(channel.delete('https://bsky.app/profile/nobody.test/post/3kabc'), Refused)
    assert len(server.service.posts(READER)) == len(made(server)) == 1


@pytest.mark.parametrize('how', ['reset', 'html', 'status'])
def test_delete_not_clear(server: Stand, channel: Channel, how: str) -> None:
    posted = channel.post(A_POST)
    assert isinstance(posted, Posted)
    server.fault(
        how, kind='deleteRecord', done=how == 'reset', status=500 if how == 'status' else 0
    )
    outcome = channel.delete(posted.url)
    assert isinstance(outcome, Deleted if how == 'html' else Unknown)


def test_no_edit(server: Stand, channel: Channel) -> None:
    assert isinstance(channel.edit('https://bsky.app/profile/a.test/post/b', A_POST), Refused)
    assert list(server.seen) == []
    assert channel.cost(A_POST) == channel.spent(SINCE) == 0


def test_what_it_can_do(channel: Channel) -> None:
    limits = channel.limits()
    assert not isinstance(limits, CannotLook)
    assert (limits.length, limits.images, limits.image_bytes) == (300, 4, 1_000_000)
    assert channel.weigh('e\u0301x') == 2
    assert channel.weigh('👩‍👩‍👧‍👦') == 3
    assert channel.weigh('字' * 300) == 300
    assert channel.weigh('👩‍👩‍👧‍👦' * 200) == 500
    assert channel.abilities.share and channel.abilities.point and not channel.abilities.edit
    assert channel.key_lifetime is not None
    assert channel.key_lifetime > timedelta(days=3650)


def test_records_are_accepted_as_the_lexicon_has_them(server: Stand, channel: Channel) -> None:
    """Not only by the stand-in: nothing that a request holds is unknown to the network."""
    channel.post(A_POST)
    (request,) = [one for one in server.seen if one.kind == 'post']
    body = request.json()
    assert set(body) == {'repo', 'collection', 'rkey', 'record', 'validate'}
    assert body['collection'] == POST
