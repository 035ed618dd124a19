"""What the channel makes of every way in which posting to X can go, held against the ledger."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mwsocial.channels.base import Image, Outcome, Pointer, Post, Posted, Refused, TryLater, Unknown
from mwsocial.channels.x import XChannel
from mwsocial.sandbox.loopback import Loopback
from mwsocial.sandbox.x_server import XService
from tests.channels.x.conftest import Desk

POST = Post('MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47', 'key-1', 'en')
PNG = Image('Größe.png', 'image/png', b'\x89PNG\r\n\x1a\nbytes\r\n\x00', 'A flower with "47" – é')
GIF = Image('a.gif', 'image/gif', b'GIF89a', 'It moves')


def words(outcome: Outcome) -> str:
    assert not isinstance(outcome, Posted)
    text = outcome.reason.text()
    assert '$' not in text
    return text


def test_posted(desk: Desk, channel: XChannel) -> None:
    outcome = channel.post(POST)
    (made,) = desk.ours
    assert outcome == Posted(made['id'], f'https://x.com/mediawiki/status/{made["id"]}')
    assert made['text'] == POST.text
    assert desk.bodies() == [{'text': POST.text}]
    (request,) = [one for one in desk.server.seen if one.kind == 'post']
    assert request.headers['user-agent'].startswith('mwsocial/')
    assert request.headers['authorization'].startswith('OAuth ')


def test_every_sign_arrives(desk: Desk, channel: XChannel) -> None:
    text = 'a & b=c; +1 100% <b> "q" \'s\' \\ é ü 日本語 👩‍💻\n\n#tag @a \u200f\u200d ~ &amp;'
    assert isinstance(channel.post(Post(text, 'k')), Posted)
    assert desk.ours[0]['text'] == text


def test_a_warning_is_nothing_on_x(desk: Desk, channel: XChannel) -> None:
    assert isinstance(channel.post(Post('a', 'k', warning='food')), Posted)
    assert desk.bodies() == [{'text': 'a'}]


# -- no clear answer -------------------------------------------------------------------------------


@pytest.mark.parametrize('done', [True, False])
@pytest.mark.parametrize(
    'fault',
    [
        {'how': 'reset'},
        {'how': 'hang'},
        {'how': 'html'},
        {'how': 'huge'},
        {'how': 'redirect', 'status': 302, 'location': 'https://elsewhere.example/'},
        {'how': 'redirect', 'status': 303, 'location': '/2/tweets'},
        *({'how': 'html', 'status': status} for status in (400, 401, 403, 404)),
        {'how': 'answer', 'status': 403, 'body': '{"title": "Forbidden", "detail": "You are n'},
        {'how': 'status', 'status': 408},
        {'how': 'status', 'status': 409},
        *({'how': 'status', 'status': status} for status in (500, 502, 503, 504, 520)),
        {'how': 'answer', 'status': 200, 'body': '{}'},
        {'how': 'answer', 'status': 201, 'body': '{"data": {"id": 12}}'},
        {'how': 'answer', 'status': 201, 'body': '{"data": {"id": "../1"}}'},
        {'how': 'answer', 'status': 201, 'body': '[]'},
        {'how': 'answer', 'status': 200, 'body': '{"errors": [{"title": "x"}]}'},
        {'how': 'answer', 'status': 200, 'body': '[' * 100_000},
    ],
    ids=str,
)  # fmt: skip
def test_unknown(desk: Desk, fault: dict[str, Any], done: bool, start: datetime) -> None:
    channel = desk.make(read_time=0.3)
    desk.server.fault(kind='post', done=done, **fault)
    outcome = channel.post(POST)
    assert isinstance(outcome, Unknown)
    assert words(outcome)
    assert len(desk.ours) == done
    assert desk.count() == 1
    found = channel.find(POST, start, ())
    assert isinstance(found, Posted) == done


@pytest.mark.parametrize('how', ['truncate', 'drip'])
def test_half_an_answer(desk: Desk, channel: XChannel, how: str) -> None:
    desk.server.fault(how, kind='post')
    channel._client._session._whole_time = 0.5
    channel._client.us()
    assert isinstance(channel.post(POST), Unknown)
    assert (len(desk.ours), desk.count()) == (1, 1)


@pytest.mark.parametrize('done', [True, False])
def test_duplicate_means_look(desk: Desk, channel: XChannel, start: datetime, done: bool) -> None:
    desk.server.fault('duplicate', kind='post', done=done)
    outcome = channel.post(POST)
    assert isinstance(outcome, Unknown)
    assert 'duplicate content' in words(outcome)
    assert isinstance(channel.find(POST, start, ()), Posted) == done


def test_a_duplicate_of_another_item(desk: Desk, channel: XChannel, start: datetime) -> None:
    first = channel.post(POST)
    assert isinstance(first, Posted)
    again = channel.post(POST)
    assert isinstance(again, Unknown)
    assert not isinstance(channel.find(POST, start, (first.url,)), Posted)


def test_the_older_form_of_a_duplicate(desk: Desk, channel: XChannel) -> None:
    body = {'errors': [{'code': 187, 'message': 'Status is a duplicate.'}]}
    desk.server.fault('answer', kind='post', status=403, body=json.dumps(body))
    outcome = channel.post(POST)
    assert isinstance(outcome, Unknown)
    assert outcome.reason.key == 'x-duplicate'


# -- certainly nothing made ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('settings', 'key'),
    [
        ({'enrolled': False}, 'x-not-enrolled'),
        ({'writes': False}, 'x-no-permission'),
    ],
)
def test_the_app_may_not(desk: Desk, settings: dict[str, Any], key: str) -> None:
    channel = desk.channel
    channel.account()
    desk.set(**settings)
    outcome = channel.post(POST)
    assert isinstance(outcome, Refused)
    assert outcome.reason.key == key
    assert words(outcome)
    assert desk.ours == []


@pytest.mark.parametrize(
    ('status', 'body', 'key'),
    [
        (401, {'title': 'Unauthorized', 'detail': 'Unauthorized', 'type': 'about:blank'}, 'x-token-refused'),
        (403, {'title': 'Unsupported Authentication', 'type': 'https://api.x.com/2/problems/unsupported-authentication'}, 'x-token-refused'),
        (403, {'detail': 'Reply to this conversation is not allowed because you have not been mentioned.'}, 'x-no-reply'),
        (403, {'title': 'Forbidden', 'detail': 'You are suspended.', 'type': 'about:blank'}, 'channels-refused'),
        (400, {'title': 'Invalid Request', 'errors': [{'message': 'text is not right'}], 'type': 'x/invalid-request'}, 'channels-refused'),
        (400, {'code': 3, 'message': 'bad'}, 'channels-refused'),
        (413, 'too large', 'channels-refused'),
        (404, {'title': 'Not Found', 'detail': 'Not Found'}, 'channels-refused'),
    ],
)  # fmt: skip
def test_refused(desk: Desk, channel: XChannel, status: int, body: Any, key: str) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    desk.server.fault('answer', kind='post', status=status, body=text)
    outcome = channel.post(POST)
    assert isinstance(outcome, Refused)
    assert outcome.reason.key == key
    said = words(outcome)
    if isinstance(body, dict) and 'errors' in body:
        assert 'text is not right' in said
    assert desk.ours == []


@pytest.mark.parametrize('status', [301, 307, 308])
def test_redirects_are_not_followed(desk: Desk, channel: XChannel, status: int) -> None:
    with Loopback(XService) as other:
        desk.server.fault('redirect', kind='post', status=status, location=f'{other.url}/2/tweets')
        outcome = channel.post(POST)
        assert isinstance(outcome, Refused)
        assert outcome.reason.key == 'channels-redirect'
        assert list(other.seen) == []


def test_not_reached() -> None:
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        url = f'http://127.0.0.1:{free.getsockname()[1]}'
    channel = XChannel('x', url, 'ckckckckckck', 'cs', 'atatatatatat', 'as')
    outcome = channel.post(POST)
    assert isinstance(outcome, TryLater)
    assert outcome.reason.key == 'channels-not-reached'


def test_no_credit_is_no_rate_limit(desk: Desk, channel: XChannel) -> None:
    desk.server.fault('credit', kind='post')
    outcome = channel.post(POST)
    assert isinstance(outcome, TryLater)
    assert (outcome.reason.key, outcome.not_before) == ('x-no-credit', None)
    assert 'credit' in words(outcome)
    desk.set(credit=0.01)
    assert isinstance(channel.post(POST), TryLater)
    desk.set(credit=None)
    assert isinstance(channel.post(POST), Posted)


def test_the_short_meter(desk: Desk, channel: XChannel) -> None:
    desk.set(meters={'post': 1})
    assert isinstance(channel.post(POST), Posted)
    outcome = channel.post(Post('b', 'k'))
    assert isinstance(outcome, TryLater)
    assert outcome.reason.key == 'channels-rate-limit'
    assert outcome.not_before is not None
    ahead = outcome.not_before - datetime.now(UTC)
    assert timedelta(seconds=-2) < ahead <= timedelta(minutes=15)


def test_the_meter_of_the_day_first(desk: Desk, channel: XChannel) -> None:
    desk.set(**{'meter for the day': 1})
    channel.post(POST)
    outcome = channel.post(Post('b', 'k'))
    assert isinstance(outcome, TryLater)
    assert outcome.reason.key == 'x-day-limit'
    assert outcome.not_before is not None
    ends = datetime.now(UTC).replace(hour=0, minute=0, second=0) + timedelta(days=1)
    assert abs(outcome.not_before - ends) < timedelta(minutes=2)


DATE = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ('headers', 'key', 'minutes'),
    [
        ({}, 'channels-rate-limit', None),
        ({'x-rate-limit-reset': '900'}, 'channels-rate-limit', 15),
        ({'x-rate-limit-reset': '900', 'x-rate-limit-remaining': '0'}, 'channels-rate-limit', 15),
        # the short meter is not empty: it is another one
        ({'x-rate-limit-reset': '900', 'x-rate-limit-remaining': '7'}, 'channels-rate-limit', 60),
        ({'x-user-limit-24hour-remaining': '0', 'x-user-limit-24hour-reset': '7200',
          'x-rate-limit-reset': '900', 'x-rate-limit-remaining': '99'}, 'x-day-limit', 120),
        ({'x-user-limit-24hour-remaining': '0', 'x-user-limit-24hour-reset': '7200',
          'x-app-limit-24hour-remaining': '0', 'x-app-limit-24hour-reset': '3600'}, 'x-day-limit', 120),
        ({'x-app-limit-24hour-remaining': '3', 'x-app-limit-24hour-reset': '7200',
          'x-rate-limit-reset': '60'}, 'channels-rate-limit', 1),
        ({'x-app-limit-24hour-remaining': '0'}, 'x-day-limit', 60),
        ({'x-rate-limit-reset': 'soon'}, 'channels-rate-limit', None),
        ({'x-rate-limit-reset': '9' * 30}, 'channels-rate-limit', None),
        ({'x-rate-limit-reset': '-900'}, 'channels-rate-limit', None),
        ({'x-rate-limit-reset': '99999999'}, 'channels-rate-limit', None),
    ],
)  # fmt: skip
def test_when_a_limit_ends(
    desk: Desk, headers: dict[str, str], key: str, minutes: int | None
) -> None:
    # X's clock is not ours: an hour apart.
    ours = DATE - timedelta(hours=1)
    named = {
        name: str(int(DATE.timestamp()) + int(value)) if name.endswith('reset') and len(value) < 9 and value.isdecimal() else value
        for name, value in headers.items()
    }  # fmt: skip
    channel = desk.make(now=lambda: ours)
    channel.account()
    desk.server.moved = DATE - datetime.now(UTC)
    desk.server.fault(
        'answer', kind='post', status=429, headers=named, body='{"title": "Too Many Requests"}'
    )
    outcome = channel.post(POST)
    assert isinstance(outcome, TryLater)
    assert outcome.reason.key == key
    assert words(outcome)
    wanted = None if minutes is None else ours + timedelta(minutes=minutes)
    if wanted is None:
        assert outcome.not_before is None
    else:
        assert outcome.not_before is not None
        assert abs(outcome.not_before - wanted) <= timedelta(seconds=5)


@pytest.mark.parametrize('where', ['', 'silent', 'first', 'day', 'month'])
def test_all_forms_of_too_many(desk: Desk, channel: XChannel, where: str) -> None:
    desk.server.fault('limit', kind='post', location=where)
    outcome = channel.post(POST)
    assert isinstance(outcome, TryLater)
    keys = {'day': 'x-day-limit', 'month': 'x-month-limit'}
    assert outcome.reason.key == keys.get(where, 'channels-rate-limit')
    assert (outcome.not_before is None) == (where == 'silent')


# -- known beforehand ------------------------------------------------------------------------------


def image(**more: Any) -> Image:
    return Image(
        **({'name': 'a.png', 'media_type': 'image/png', 'data': PNG.data, 'alt': 'a'} | more)
    )


@pytest.mark.parametrize(
    ('post', 'key'),
    [
        (Post('字' * 141, 'k'), 'x-too-long'),
        (Post('a' * 281, 'k'), 'x-too-long'),
        (Post('a', 'k', images=(PNG,) * 5), 'x-many-images'),
        (Post('a', 'k', images=(image(alt='a' * 1001),)), 'x-long-alt'),
        (Post('a', 'k', images=(image(alt=' '),)), 'x-no-alt'),
        (Post('a', 'k', images=(image(data=b'a' * 5_000_001),)), 'x-image-large'),
        (Post('a', 'k', images=(image(media_type='image/tiff'),)), 'x-image-type'),
        (Post('a', 'k', images=(PNG, GIF)), 'x-gif-alone'),
        (Post('a', 'k', after='https://x.com/mediawiki/status/1'), 'x-no-threads'),
    ],
)
def test_refused_without_a_request(desk: Desk, channel: XChannel, post: Post, key: str) -> None:
    outcome = channel.post(post)
    assert isinstance(outcome, Refused)
    assert outcome.reason.key == key
    assert words(outcome)
    assert list(desk.server.seen) == []


def test_what_just_fits(desk: Desk, channel: XChannel) -> None:
    assert isinstance(
        channel.post(Post('a' * 280, 'k', images=(image(alt='é' * 1000),) * 4)), Posted
    )
    assert desk.ours[0]['alt'] == ['é' * 1000] * 4


def test_another_account(desk: Desk) -> None:
    channel = desk.make(account='@somebody')
    outcome = channel.post(POST)
    assert isinstance(outcome, Refused)
    assert outcome.reason.key == 'channels-other-account'
    assert desk.count() == 0
    seen = desk.seen(desk.say('@mediawiki hello'))
    pointer = Pointer('support', 'See https://www.mediawiki.org/', 'k')
    for result in (
        channel.point(seen, pointer),
        channel.share(seen, 'k'),
        channel.delete(seen.url),
    ):
        assert isinstance(result, Refused)
    assert {one.kind for one in desk.server.seen if one.method != 'GET'} == set()


# -- pictures --------------------------------------------------------------------------------------


def test_images(desk: Desk, channel: XChannel) -> None:
    other = image(data=b'\xff\xd8\xff\r\n--x', media_type='image/jpeg', alt='second "é"\n')
    assert isinstance(channel.post(Post('two', 'k', images=(PNG, other))), Posted)
    assert desk.ours[0]['alt'] == [PNG.alt, other.alt]
    uploads = [one.parts() for one in desk.server.seen if one.kind == 'media']
    sent = [next(part for part in parts if part.name == 'media') for parts in uploads]
    assert [part.data for part in sent] == [PNG.data, other.data]
    assert all('Größe' not in part.file for part in sent)
    kinds = [one.kind for one in desk.server.seen]
    assert kinds == ['me', 'media', 'alt text', 'media', 'alt text', 'post']


def test_a_gif_is_waited_for(desk: Desk) -> None:
    waits: list[float] = []
    channel = desk.make(sleep=waits.append)
    assert isinstance(channel.post(Post('a', 'k', images=(GIF,))), Posted)
    assert waits
    assert desk.count('media status') == 2


def test_a_gif_that_is_broken(desk: Desk, channel: XChannel) -> None:
    broken = image(media_type='image/gif', data=b'GIF89a broken')
    outcome = channel.post(Post('a', 'k', images=(broken,)))
    assert isinstance(outcome, Refused)
    assert outcome.reason.key == 'channels-image-refused'
    assert desk.count() == 0


def test_a_picture_that_is_never_ready(desk: Desk, channel: XChannel) -> None:
    body = json.dumps({'data': {'id': '1', 'processing_info': {'state': 'in_progress'}}})
    desk.server.fault('answer', kind='media', body=body)
    desk.server.fault('answer', kind='media status', body=body, times=None)
    outcome = channel.post(Post('a', 'k', images=(GIF,)))
    assert isinstance(outcome, TryLater)
    assert outcome.reason.key == 'channels-image-slow'
    assert desk.count() == 0


@pytest.mark.parametrize('kind', ['media', 'alt text', 'media status'])
@pytest.mark.parametrize(
    'fault',
    [
        {'how': 'status', 'status': 500}, {'how': 'html', 'status': 404}, {'how': 'reset'},
        {'how': 'credit'}, {'how': 'limit'}, {'how': 'answer', 'body': '[]', 'status': 503},
    ],
    ids=str,
)  # fmt: skip
def test_a_picture_that_did_not_go(
    desk: Desk, channel: XChannel, kind: str, fault: dict[str, Any]
) -> None:
    desk.server.fault(kind=kind, times=None, **fault)
    outcome = channel.post(Post('a', 'k', images=(GIF,)))
    assert isinstance(outcome, TryLater)
    assert words(outcome)
    assert desk.count() == 0


@pytest.mark.parametrize('kind', ['media', 'alt text'])
def test_a_picture_that_is_refused(desk: Desk, channel: XChannel, kind: str) -> None:
    body = '{"title": "Invalid Request", "detail": "media type unrecognized."}'
    desk.server.fault('answer', kind=kind, status=400, body=body)
    outcome = channel.post(Post('a', 'k', images=(PNG,)))
    assert isinstance(outcome, Refused)
    assert 'Größe.png' in words(outcome)
    assert 'unrecognized' in words(outcome)
    assert desk.count() == 0


# -- threads ---------------------------------------------------------------------------------------


def test_a_thread(desk: Desk, start: datetime) -> None:
    desk.set(threads=True)
    channel = desk.make(threads=True)
    assert (channel.abilities.threads, desk.channel.abilities.threads) == (True, False)
    first = channel.post(Post('one', 'k1'))
    assert isinstance(first, Posted)
    second = channel.post(Post('two', 'k2', after=first.url, root=first.url))
    assert isinstance(second, Posted)
    # another run knows of the parts only what X says
    third = desk.make(threads=True).post(Post('three', 'k3', after=second.url, root=first.url))
    assert isinstance(third, Posted)
    replies = [body.get('reply') for body in desk.bodies()]
    assert replies == [
        None,
        {'in_reply_to_tweet_id': first.remote_id},
        {'in_reply_to_tweet_id': second.remote_id},
    ]
    assert channel.find(Post('three', 'k3', after=second.url), start, ()) == third
    assert not isinstance(channel.find(Post('three', 'k3', after=first.url), start, ()), Posted)
    assert not isinstance(channel.find(Post('three', 'k3'), start, ()), Posted)


def test_where_x_lets_nobody_answer_himself(desk: Desk) -> None:
    channel = desk.make(threads=True)
    first = channel.post(Post('one', 'k1'))
    assert isinstance(first, Posted)
    outcome = channel.post(Post('two', 'k2', after=first.url))
    assert isinstance(outcome, Refused)
    assert outcome.reason.key == 'x-no-reply'


def test_only_our_own_posts_are_continued(desk: Desk) -> None:
    channel = desk.make(threads=True)
    theirs = desk.say('@mediawiki hello')
    number = theirs.rpartition('/')[2]
    for after in (theirs, f'https://x.com/mediawiki/status/{number}', 'https://x.com/mediawiki', number,
                  f'https://evil.example/mediawiki/status/{number}'):  # fmt: skip
        outcome = channel.post(Post('two', 'k2', after=after))
        assert isinstance(outcome, Refused), after
        assert outcome.reason.key == 'x-strange-part'
    assert desk.bodies() == []


def test_a_part_that_is_gone(desk: Desk) -> None:
    desk.set(threads=True)
    first = desk.channel.post(Post('one', 'k1'))
    assert isinstance(first, Posted)
    desk.channel.delete(first.url)
    # it may also be so new that X does not know it everywhere
    again = Post('two', 'k2', after=first.url)
    assert isinstance(desk.make(threads=True).post(again), TryLater)
    later = desk.make(threads=True, now=lambda: datetime.now(UTC) + timedelta(hours=1))
    assert isinstance(later.post(again), Refused)
    assert desk.count() == 1
