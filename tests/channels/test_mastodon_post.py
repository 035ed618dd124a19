"""What a channel makes of every way in which posting can go, held against the server's ledger."""

from __future__ import annotations

import json
import socket
from datetime import timedelta

import pytest

from mwsocial.channels.base import Image, Outcome, Post, Posted, Refused, TryLater, Unknown
from mwsocial.channels.mastodon import MastodonChannel
from tests.channels.conftest import make
from tests.channels.mastodon_stub import TOKEN, Answer, Stub, error, json_answer

POST = Post('MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47', 'key-1', 'en')
IMAGE = Image('Größe.png', 'image/png', b'\x89PNG\r\n\x1a\nbytes\r\n\x00', 'A flower with "47" – é')
STATUSES = '/api/v1/statuses'


def words(outcome: Outcome) -> str:
    assert not isinstance(outcome, Posted)
    text = outcome.reason.text()
    assert '$' not in text
    return text


def test_posted(stub: Stub, channel: MastodonChannel) -> None:
    outcome = channel.post(POST)
    assert outcome == Posted('1000', f'{stub.url}/@desk/1000')
    (made,) = stub.ledger
    assert made['text'] == POST.text
    assert (made['language'], made['visibility'], made['sensitive']) == ('en', 'public', None)
    (request,) = stub.seen('POST', STATUSES)
    assert request.headers['idempotency-key'] == 'key-1'
    assert request.headers['user-agent'].startswith('mwsocial/')
    assert set(request.fields) == {'status', 'visibility', 'language'}


def test_every_sign_arrives(stub: Stub, channel: MastodonChannel) -> None:
    text = 'a & b=c; +1 100% <b> "q" \'s\' \\ é ü 日本語 👩‍💻\n\n#tag @a@b.example \u200f\u200d ~'
    assert isinstance(channel.post(Post(text, 'k')), Posted)
    assert stub.ledger[0]['text'] == text


def test_with_warning_and_parent(stub: Stub, channel: MastodonChannel) -> None:
    first = channel.post(POST)
    assert isinstance(first, Posted)
    second = channel.post(Post('next', 'key-2', warning='food & drink', after=first.url))
    assert isinstance(second, Posted)
    made = stub.ledger[1]
    assert (made['spoiler_text'], made['sensitive']) == ('food & drink', '1')
    assert made['in_reply_to_id'] == first.remote_id


def test_same_key_is_same_post(stub: Stub, channel: MastodonChannel) -> None:
    assert channel.post(POST) == channel.post(POST)
    assert len(stub.ledger) == 1
    stub.now += timedelta(hours=2)
    assert channel.post(POST) != Posted('1000', f'{stub.url}/@desk/1000')
    assert len(stub.ledger) == 2


def test_images(stub: Stub, channel: MastodonChannel) -> None:
    stub.media_polls = 3
    outcome = channel.post(Post('two', 'k', images=(IMAGE, IMAGE)))
    assert isinstance(outcome, Posted)
    assert stub.ledger[0]['media'] == ['1', '2']
    assert stub.media['1']['description'] == IMAGE.alt
    assert stub.media['1']['file'].encode('latin-1') == IMAGE.data
    assert len(stub.seen('GET', '/api/v1/media/1')) == 3


@pytest.mark.parametrize(
    ('answer', 'kind', 'says'),
    [
        (error(422, 'Validation failed: Text is bad'), Refused, 'Text is bad'),
        (error(403, 'This action is not allowed'), Refused, 'not allowed'),
        (error(401, 'The access token was revoked'), Refused, 'access token'),
        (error(404, 'Record not found'), Refused, 'Record not found'),
        (error(400, 'bad'), Refused, 'bad'),
        (Answer(403, b'<html>blocked</html>', {'Content-Type': 'text/html'}), Refused, 'HTTP 403'),
        (Answer(413, b''), Refused, 'HTTP 413'),
        (error(402, 'Payment'), TryLater, 'Payment'),
        (Answer(308, b'', {'Location': 'https://elsewhere.example/'}), Refused, 'address'),
    ],
)
def test_definite_no(
    stub: Stub, channel: MastodonChannel, answer: Answer, kind: type[Outcome], says: str
) -> None:
    stub.fail('POST', STATUSES, answer, before=True)
    outcome = channel.post(POST)
    assert type(outcome) is kind
    assert says in words(outcome)
    assert stub.ledger == []
    assert len(stub.seen('POST', STATUSES)) == 1


def _with(status: int, body: bytes, kind: str = 'application/json') -> Answer:
    return Answer(status, body, {'Content-Type': kind})


UNCLEAR = {
    '500': error(500, 'Something went wrong'),
    '502': _with(502, b'<html>Bad Gateway</html>', 'text/html'),
    '503': error(503, 'There was a temporary problem'),
    '504': _with(504, b'', 'text/html'),
    '520': _with(520, b''),
    '408': error(408, 'timeout'),
    '409': error(409, 'in progress'),
    'reset': Answer(gone=True),
    'html': _with(200, b'<!DOCTYPE html><title>Sign in</title>', 'text/html'),
    'nothing': _with(200, b''),
    'empty': _with(200, b'{}'),
    'list': _with(200, b'[]'),
    'null': _with(200, b'null'),
    'no url': _with(200, json.dumps({'id': '5', 'url': None}).encode()),
    'no id': _with(200, json.dumps({'url': 'https://a.example/@d/1'}).encode()),
    'bad url': _with(200, json.dumps({'id': '5', 'url': 'https://a.example/ | x = y'}).encode()),
    'script url': _with(200, json.dumps({'id': '5', 'url': 'javascript:alert(1)'}).encode()),
    'bidi url': _with(200, json.dumps({'id': '5', 'url': 'https://a.example/\u202e1'}).encode()),
    'bad id': _with(200, json.dumps({'id': '../5', 'url': 'https://a.example/1'}).encode()),
    'scheduled': _with(200, json.dumps({'id': '5', 'scheduled_at': 'x', 'params': {}}).encode()),
    'deep': _with(200, b'[' * 100_000),
    'no utf-8': _with(200, b'{"id": "\xff", "url": "https://a.example/1"}'),
    'boost': _with(
        200, json.dumps({'id': '5', 'url': 'https://a.example/1', 'reblog': {'id': '4'}}).encode()
    ),
    'see other': Answer(303, b'', {'Location': '/login'}),
    'found': Answer(302, json.dumps({'id': '5', 'url': 'https://a.example/1'}).encode()),
}


@pytest.mark.parametrize('name', UNCLEAR)
@pytest.mark.parametrize('before', [True, False])
def test_not_clear(stub: Stub, channel: MastodonChannel, name: str, before: bool) -> None:
    stub.fail('POST', STATUSES, UNCLEAR[name], before=before)
    outcome = channel.post(POST)
    assert isinstance(outcome, Unknown), outcome
    assert words(outcome)
    assert len(stub.ledger) == (0 if before else 1)
    assert len(stub.seen('POST', STATUSES)) == 1, (outcome, stub.requests)


@pytest.mark.parametrize('cut', [1, 40])
def test_cut_off_answer(stub: Stub, channel: MastodonChannel, cut: int) -> None:
    def cut_off(right: Answer) -> Answer:
        return Answer(right.status, right.body, right.headers, cut=cut)

    stub.fail('POST', STATUSES, cut_off)
    assert isinstance(channel.post(POST), Unknown)
    assert len(stub.ledger) == 1


def test_cut_off_without_length(stub: Stub, channel: MastodonChannel) -> None:
    stub.fail('POST', STATUSES, lambda right: Answer(200, right.body[:-10], right.headers))
    assert isinstance(channel.post(POST), Unknown)


def test_hang(stub: Stub) -> None:
    channel = make(stub, read_time=0.2)
    stub.fail('POST', STATUSES, Answer(hang=True))
    outcome = channel.post(POST)
    assert isinstance(outcome, Unknown)
    assert len(stub.seen('POST', STATUSES)) == 1
    assert len(stub.ledger) == 1


def test_odd_rate_limit_headers_do_not_hide_a_post(stub: Stub, channel: MastodonChannel) -> None:
    stub.fail('POST', STATUSES, lambda right: Answer(
        200, right.body, right.headers | {'X-RateLimit-Reset': 'soon', 'Deprecation': '@1'}
    ))  # fmt: skip
    assert channel.post(POST) == Posted('1000', f'{stub.url}/@desk/1000')


@pytest.mark.parametrize(
    ('headers', 'minutes'),
    [
        ({'X_RateLimit_Reset': '2026-11-25T14:05:00.123456Z'}, 5.002),
        ({'X_RateLimit_Reset': '2026-11-25T17:05:00+03:00'}, 5),
        ({'X_RateLimit_Reset': '1795615500'}, 5),
        # The server's clock is two minutes behind: what counts is the time from its now to its then.
        ({'X_RateLimit_Reset': '2026-11-25T14:05:00Z', 'Date': 'Wed, 25 Nov 2026 13:58:00 GMT'}, 7),
        ({'Retry_After': '90'}, 1.5),
        ({'X_RateLimit_Reset': '2026-11-25T13:05:00Z'}, None),
        ({'X_RateLimit_Reset': '2036-11-25T13:05:00Z'}, None),
        ({'X_RateLimit_Reset': 'tomorrow'}, None),
        ({'X_RateLimit_Reset': '9' * 40}, None),
        ({}, None),
    ],
)
def test_rate_limit(stub: Stub, headers: dict[str, str], minutes: float | None) -> None:
    channel = make(stub)
    if 'Date' not in headers:  # the test server's own date is the real one
        headers = headers | {'Date': 'Wed, 25 Nov 2026 14:00:00 GMT'}
    stub.fail('POST', STATUSES, error(429, 'Too many requests', **headers), before=True)
    outcome = channel.post(POST)
    assert isinstance(outcome, TryLater)
    expected = None if minutes is None else timedelta(minutes=minutes)
    found = None if outcome.not_before is None else outcome.not_before - stub.now
    if expected is None or found is None:
        assert found is expected
    else:
        assert abs(found - expected) < timedelta(seconds=1)
    assert stub.ledger == []


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        url = f'http://127.0.0.1:{taken.getsockname()[1]}'
        channel = MastodonChannel('mastodon', url, TOKEN)
        outcome = channel.post(POST)
    assert isinstance(outcome, TryLater)
    assert 'Nothing was sent' in words(outcome)


def test_server_goes_between_identity_and_post(stub: Stub, channel: MastodonChannel) -> None:
    assert isinstance(channel.post(POST), Posted)
    stub.__exit__()
    outcome = channel.post(Post('another', 'key-2'))
    assert isinstance(outcome, TryLater)
    assert 'Nothing was sent' in words(outcome)


# -- images ---------------------------------------------------------------------------------------

WITH_IMAGE = Post('see', 'k', images=(IMAGE,))


@pytest.mark.parametrize(
    ('path', 'method', 'answer', 'kind'),
    [
        ('/api/v2/media', 'POST', error(422, 'File type is not supported'), Refused),
        ('/api/v2/media', 'POST', error(500, 'oops'), TryLater),
        ('/api/v2/media', 'POST', Answer(gone=True), TryLater),
        ('/api/v2/media', 'POST', _with(200, b'<html>'), TryLater),
        ('/api/v2/media', 'POST', error(429, 'Too many requests'), TryLater),
        ('/api/v1/media/', 'GET', error(404, 'Record not found'), TryLater),
        ('/api/v1/media/', 'GET', error(422, 'Error processing thumbnail'), Refused),
        ('/api/v1/media/', 'GET', error(503, 'no'), TryLater),
        (
            '/api/v1/media/',
            'GET',
            Answer(302, b'', {'Location': 'https://elsewhere.example'}),
            TryLater,
        ),
    ],
)
def test_image_goes_wrong(
    stub: Stub, channel: MastodonChannel, path: str, method: str, answer: Answer,
    kind: type[Outcome],
) -> None:  # fmt: skip
    stub.media_polls = 1
    stub.fail(method, path, answer, before=True, times=3)
    outcome = channel.post(WITH_IMAGE)
    assert type(outcome) is kind, outcome
    assert words(outcome)
    assert stub.seen('POST', STATUSES) == []


def test_image_never_ready(stub: Stub) -> None:
    waited: list[float] = []
    channel = make(stub, sleep=waited.append)
    stub.media_polls = 1000
    outcome = channel.post(WITH_IMAGE)
    assert isinstance(outcome, TryLater)
    assert IMAGE.name in words(outcome)
    assert 10 < sum(waited) < 60
    assert stub.seen('POST', STATUSES) == []


# -- whose account --------------------------------------------------------------------------------


@pytest.mark.parametrize('account', ['@desk@stub.example', 'DESK@Stub.Example', ''])
def test_right_account(stub: Stub, account: str) -> None:
    assert isinstance(make(stub, account=account).post(POST), Posted)


@pytest.mark.parametrize('account', ['@desk@other.example', '@desk', '@other@stub.example'])
def test_wrong_account_posts_nothing(stub: Stub, account: str) -> None:
    outcome = make(stub, account=account).post(POST)
    assert isinstance(outcome, Refused)
    assert '@Desk@stub.example' in words(outcome)
    assert account in words(outcome)
    assert stub.seen('POST', STATUSES) == []


@pytest.mark.parametrize('status', [401, 403, 422])
def test_bad_token(stub: Stub, channel: MastodonChannel, status: int) -> None:
    stub.fail('GET', '/api/v1/accounts', error(status, 'invalid'), before=True)
    outcome = channel.account()
    assert isinstance(outcome, Refused)
    assert 'access token' in words(outcome)


@pytest.mark.parametrize('answer', [error(500, 'x'), Answer(gone=True), _with(200, b'<html>')])
def test_account_later(stub: Stub, channel: MastodonChannel, answer: Answer) -> None:
    stub.fail('GET', '/api/v1/accounts', answer, before=True, times=3)
    assert isinstance(channel.account(), TryLater)
    stub.faults.clear()
    assert isinstance(channel.post(POST), Posted)


def test_reading_is_tried_again(stub: Stub, channel: MastodonChannel) -> None:
    stub.fail('GET', '/api/v1/accounts', Answer(gone=True), times=2)
    assert isinstance(channel.post(POST), Posted)


def test_strange_own_id(stub: Stub, channel: MastodonChannel) -> None:
    answer = json_answer({'id': '../../oauth/revoke', 'acct': 'Desk'})
    stub.fail('GET', '/api/v1/accounts', answer)
    assert isinstance(channel.account(), TryLater)
