"""What the Facebook channel makes of every way in which posting can go, held against the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from mwsocial.channels.base import (
    CannotLook,
    NotFound,
    Outcome,
    Post,
    Posted,
    Refused,
    TryLater,
    Unknown,
)
from mwsocial.channels.facebook import FacebookChannel
from mwsocial.sandbox.facebook_server import FacebookService
from mwsocial.sandbox.facebook_state import PAGE
from mwsocial.sandbox.loopback import Loopback
from tests.channels.facebook_page import PNG, Server, broken, image, make, posts
from tests.channels.texts import TEXTS

LINK = 'https://www.mediawiki.org/wiki/MediaWiki_1.47'
POST = Post(f'MediaWiki 1.47 is out: {LINK}', 'key-1', 'en')
SOON = timedelta(minutes=5)


@pytest.fixture
def server() -> Iterator[Server]:
    with Loopback(FacebookService) as running:
        yield running
    assert running.ledger.list('violations') == []


@pytest.fixture
def channel(server: Server) -> FacebookChannel:
    return make(server)


def words(outcome: Any) -> str:
    assert not isinstance(outcome, Posted | NotFound)
    text = str(outcome.reason.text())
    assert '$' not in text
    return text


def test_posted(server: Server, channel: FacebookChannel) -> None:
    outcome = channel.post(POST)
    assert outcome == Posted(f'{PAGE}_5001', f'{server.url}/{PAGE}/posts/5001')
    (made,) = posts(server)
    assert (made['message'], made['link'], made['photos']) == (POST.text, LINK, [])
    request = next(one for one in server.seen if one.kind == 'post')
    assert request.headers['user-agent'].startswith('mwsocial/')
    assert set(dict(request.form())) == {'message', 'link'}
    assert server.count('post') == 1
    assert server.count('token') == 0, 'posting asks no more than it must'


def test_where_people_read_it() -> None:
    channel = FacebookChannel('facebook', '', PAGE, 'EAAtoken')
    assert channel._posted(f'{PAGE}_7').url == f'https://www.facebook.com/{PAGE}/posts/7'


@pytest.mark.parametrize('text', TEXTS)
def test_every_sign_arrives_and_is_found(
    server: Server, channel: FacebookChannel, text: str
) -> None:
    channel.post(Post('another one', 'k'))
    posted = channel.post(Post(text, 'k'))
    assert isinstance(posted, Posted)
    assert posts(server)[-1]['message'] == text
    since = server.now() - SOON
    assert channel.find(Post(text, 'k'), since, ()) == posted
    assert channel.find(Post(text + ' more', 'k'), since, ()) == NotFound()


@pytest.mark.parametrize(
    ('text', 'link'),
    [
        ('no address', ''),
        (f'({LINK}).', LINK),
        (f'{LINK}, and https://example.org/', LINK),
        ('https://en.wikipedia.org/wiki/Wiki_(software)', 'https://en.wikipedia.org/wiki/Wiki_(software)'),
        ('(see https://en.wikipedia.org/wiki/Wiki_(software))', 'https://en.wikipedia.org/wiki/Wiki_(software)'),
        ('http://127.0.0.1/x http://localhost/ https://x', ''),
        ('“https://example.org/a?b=1&c=2#d”!', 'https://example.org/a?b=1&c=2#d'),
        ('https:// https://[x', ''),
        ('ftp://example.org mediawiki.org', ''),
    ],
)  # fmt: skip
def test_preview(server: Server, channel: FacebookChannel, text: str, link: str) -> None:
    assert isinstance(channel.post(Post(text, 'k')), Posted)
    assert (posts(server)[0]['link'], posts(server)[0]['message']) == (link, text)


def test_photos(server: Server, channel: FacebookChannel) -> None:
    outcome = channel.post(Post(f'two: {LINK}', 'k', images=(image('one'), image())))
    assert isinstance(outcome, Posted)
    (made,) = posts(server)
    assert (made['photos'], made['link']) == (['70001', '70002'], ''), (
        'photos leave no room for a preview'
    )
    photos = server.ledger.list('photos')
    assert [one['alt'] for one in photos] == ['one', image().alt]
    assert bytes.fromhex(photos[0]['data']) == PNG
    assert all(one['published'] for one in photos)
    assert server.count('post') == 1


def test_a_photo_that_is_refused(server: Server, channel: FacebookChannel) -> None:
    outcome = channel.post(Post('x', 'k', images=(image(), image(data=b'no image'))))
    assert isinstance(outcome, Refused)
    assert 'Größe.png' in words(outcome)
    assert posts(server) == []
    assert server.count('post') == 0
    assert not server.ledger.list('photos')[0]['published']


@pytest.mark.parametrize('how', ['reset', 'truncate', 'html', 'status'])
def test_a_photo_without_an_answer(server: Server, channel: FacebookChannel, how: str) -> None:
    server.fault(how, kind='photo', status=0 if how == 'html' else 500)
    outcome = channel.post(Post('x', 'k', images=(image(),)))
    assert isinstance(outcome, TryLater), 'nothing that anybody sees was made'
    assert words(outcome)
    assert (posts(server), server.count('photo')) == ([], 1)


@pytest.mark.parametrize(
    ('code', 'more', 'kind', 'says'),
    [
        (4, {}, TryLater, 'too many'),
        (17, {}, TryLater, 'too many'),
        (32, {}, TryLater, 'too many'),
        (341, {}, TryLater, 'too many'),
        (613, {}, TryLater, 'too many'),
        (80001, {}, TryLater, 'too many'),
        (1609005, {}, TryLater, 'could not read the page'),
        (100, {'subcode': 1609005}, TryLater, 'could not read the page'),
        (3, {}, Refused, 'permissions'),
        (10, {'status': 403}, Refused, 'pages_manage_posts'),
        (200, {'status': 403}, Refused, 'pages_manage_posts'),
        (299, {}, Refused, 'permissions'),
        (102, {}, Refused, 'access token'),
        (190, {'status': 401}, Refused, 'access token'),
        (190, {'subcode': 458}, Refused, 'app was removed'),
        (190, {'subcode': 459}, Refused, 'log in'),
        (190, {'subcode': 460}, Refused, 'password'),
        (190, {'subcode': 463}, Refused, 'expired'),
        (190, {'subcode': 492}, Refused, 'role'),
        (368, {}, Refused, 'rules'),
        (100, {}, Refused, 'words'),
        (1500, {}, Refused, 'words'),
    ],
)  # fmt: skip
def test_definite_errors(
    server: Server, channel: FacebookChannel, code: int, more: dict[str, Any],
    kind: type[Outcome], says: str,
) -> None:  # fmt: skip
    broken(server, 'post', code, **more)
    outcome = channel.post(POST)
    assert type(outcome) is kind
    assert says in words(outcome)
    assert 'words' in words(outcome), 'the network is quoted'
    assert (posts(server), server.count('post')) == ([], 1)


def test_words_for_people_come_first(server: Server, channel: FacebookChannel) -> None:
    broken(server, 'post', 100, '(#100) Invalid', error_user_msg='Say it \u202e\nshorter.')
    assert '“Say it shorter.”' in words(channel.post(POST))


@pytest.mark.parametrize('done', [True, False])
@pytest.mark.parametrize(
    ('code', 'more'),
    [
        (1, {'status': 500}), (2, {'status': 500}), (1, {'subcode': 99}), (2, {}), (506, {}),
        (190, {'status': 500}), (100, {'status': 200}), (9999, {'is_transient': True}),
    ],
)  # fmt: skip
def test_errors_that_prove_nothing(
    server: Server, channel: FacebookChannel, code: int, more: dict[str, Any], done: bool
) -> None:
    broken(server, 'post', code, done=done, **more)
    assert isinstance(outcome := channel.post(POST), Unknown), outcome
    assert words(outcome)
    assert (len(posts(server)), server.count('post')) == (int(done), 1)


def test_duplicate_means_look(server: Server, channel: FacebookChannel) -> None:
    first = channel.post(POST)
    outcome = channel.post(POST)
    assert isinstance(outcome, Unknown)
    assert 'same words' in words(outcome)
    assert channel.find(POST, server.now() - SOON, ()) == first
    assert len(posts(server)) == 1


STRANGE = {
    'html 200': ('html', {}),
    'html 400': ('html', {'status': 400}),
    'html 403': ('html', {'status': 403}),
    'html 500': ('status', {'status': 500}),
    '502': ('status', {'status': 502}),
    '503': ('status', {'status': 503}),
    'reset': ('reset', {}),
    'truncated': ('truncate', {}),
    'huge': ('huge', {}),
    'see other': ('redirect', {'status': 303, 'location': '/login'}),
    'nothing': ('answer', {'body': ''}),
    'empty': ('answer', {'body': '{}'}),
    'list': ('answer', {'body': '[]'}),
    'null': ('answer', {'body': 'null'}),
    'deep': ('answer', {'body': '[' * 100_000}),
    'no number': ('answer', {'body': '{"id": 5}'}),
    'half a number': ('answer', {'body': '{"id": "5"}'}),
    'path': ('answer', {'body': '{"id": "../1_2"}'}),
    'error as word': ('answer', {'status': 400, 'body': '{"error": "no"}'}),
    'error without code': ('answer', {'status': 400, 'body': '{"error": {"message": "no"}}'}),
    'code as list': ('answer', {'status': 400, 'body': '{"error": {"code": [190]}}'}),
}  # fmt: skip


@pytest.mark.parametrize('done', [True, False])
@pytest.mark.parametrize('name', STRANGE)
def test_strange_answers(server: Server, channel: FacebookChannel, name: str, done: bool) -> None:
    how, more = STRANGE[name]
    server.fault(how, kind='post', done=done, **more)
    outcome = channel.post(POST)
    assert isinstance(outcome, Unknown), outcome
    assert words(outcome).isprintable()
    assert (len(posts(server)), server.count('post')) == (int(done or how == 'truncate'), 1)


@pytest.mark.parametrize(
    ('status', 'kind'), [(307, Refused), (308, Refused), (301, Refused), (413, Refused), (429, TryLater)]
)  # fmt: skip
def test_certainly_not_done(
    server: Server, channel: FacebookChannel, status: int, kind: type[Outcome]
) -> None:
    server.fault('redirect', kind='post', status=status, location='https://elsewhere.example/')
    outcome = channel.post(POST)
    assert type(outcome) is kind
    assert posts(server) == []


def test_hang(server: Server) -> None:
    channel = make(server, read_time=0.3)
    server.fault('hang', kind='post', done=True)
    assert isinstance(channel.post(POST), Unknown)
    assert (len(posts(server)), server.count('post')) == (1, 1)


def test_nobody_there(server: Server) -> None:
    channel = make(server, url='http://127.0.0.1:9')
    outcome = channel.post(POST)
    assert isinstance(outcome, TryLater)
    assert 'Nothing was sent' in words(outcome)


@pytest.mark.parametrize(
    ('header', 'minutes'),
    [
        ({'1': [{'estimated_time_to_regain_access': 19}]}, 19),
        ({'1': [{'estimated_time_to_regain_access': 5}], '2': [{'estimated_time_to_regain_access': '45'}]}, 45),
        ({'1': [{'estimated_time_to_regain_access': 0}]}, 30),
        ({'1': [{'estimated_time_to_regain_access': 10**9}]}, 30),
        ({'1': [{'estimated_time_to_regain_access': -5}]}, 30),
        ({'1': {'x': 1}}, 30),
        ([1], 30),
        ('{', 30),
    ],
)  # fmt: skip
def test_when_a_limit_ends(server: Server, header: object, minutes: int) -> None:
    now = server.now()
    channel = make(server, now=lambda: now)
    text = header if isinstance(header, str) else json.dumps(header)
    broken(server, 'post', 32, headers={'X-Business-Use-Case-Usage': text})
    outcome = channel.post(POST)
    assert isinstance(outcome, TryLater)
    assert outcome.not_before == now + timedelta(minutes=minutes)


def test_the_servers_own_limit(server: Server, channel: FacebookChannel) -> None:
    server.fault('limit', kind='post')
    outcome = channel.post(POST)
    assert isinstance(outcome, TryLater)
    assert outcome.not_before is not None
    assert outcome.not_before > server.now() + timedelta(minutes=18)


@pytest.mark.parametrize(
    ('post', 'says'),
    [
        (Post('a part', 'k', after='https://www.facebook.com/1/posts/2'), '----'),
        (Post('thanks to @[1234:1:Somebody]', 'k'), '@['),
        (Post('thanks to @[ 1234]', 'k'), '@['),
    ],
)
def test_what_would_not_be_shown_as_approved(
    server: Server, channel: FacebookChannel, post: Post, says: str
) -> None:
    outcome = channel.post(post)
    assert isinstance(outcome, Refused)
    assert says in words(outcome)
    assert not server.seen


def test_a_text_that_cannot_be_sent(server: Server, channel: FacebookChannel) -> None:
    outcome = channel.post(Post('half a sign: \ud83d', 'k'))
    assert isinstance(outcome, TryLater)
    assert server.count('post') == 0


# -- finding -------------------------------------------------------------------------------------------


def old(server: Server, minutes: float, text: str = 'an old one', **more: Any) -> str:
    created = (server.now() - timedelta(minutes=minutes)).timestamp()
    return str(server.control('hand', {'message': text, 'created': created, **more})['id'])


def test_there_is_no_certainty(channel: FacebookChannel) -> None:
    assert channel.key_lifetime is None
    assert channel.settled_after is None


def test_find_on_an_empty_page(server: Server, channel: FacebookChannel) -> None:
    assert channel.find(POST, server.now(), ()) == NotFound()


def test_same_words_twice(server: Server, channel: FacebookChannel) -> None:
    first, second = old(server, 4, 'again'), old(server, 2, 'again')
    post, since = Post('again', 'k'), server.now() - SOON
    found = channel.find(post, since, ())
    assert isinstance(found, Posted)
    assert found.remote_id == first
    for address in (
        found.url, f'{server.url}/{first}', f'{server.url}/permalink.php?story_fbid=5001&id={PAGE}',
        f'{server.url}/permalink.php?story_fbid=pfbid01389&id={PAGE}&ref=share',
    ):  # fmt: skip
        again = channel.find(post, since, {address})
        assert isinstance(again, Posted), address
        assert again.remote_id == second
        assert channel.find(post, since, {address, again.url}) == NotFound()


def test_what_is_not_ours(server: Server, channel: FacebookChannel) -> None:
    server.control('visit', {'message': 'words', 'author': '777', 'name': 'Vera'})
    server.control('tag', {'message': 'words', 'author': '777'})
    old(server, 60, 'words')
    assert channel.find(Post('words', 'k'), server.now() - SOON, ()) == NotFound()


def test_a_slow_list(server: Server, channel: FacebookChannel) -> None:
    server.fault(kind='post', delay=600)
    posted = channel.post(POST)
    since = server.now() - SOON
    assert channel.find(POST, since, ()) == NotFound()
    server.moved += timedelta(minutes=11)
    assert channel.find(POST, since, ()) == posted


def test_many_pages(server: Server, channel: FacebookChannel) -> None:
    wanted = old(server, 3, 'the wanted one')
    for number in range(120):
        old(server, 2, f'newer {number}')
    found = channel.find(Post('the wanted one', 'k'), server.now() - SOON, ())
    assert isinstance(found, Posted)
    assert found.remote_id == wanted
    assert server.count('timeline') == 3
    assert channel.find(Post('none', 'k'), server.now() - SOON, ()) == NotFound()


def test_too_many_pages(server: Server, channel: FacebookChannel) -> None:
    for number in range(1001):
        old(server, 2, f'newer {number}')
    found = channel.find(Post('none', 'k'), server.now() - SOON, ())
    assert isinstance(found, CannotLook)
    assert server.count('timeline') == 20


@pytest.mark.parametrize('how', ['reset', 'html', 'truncate', 'huge', 'redirect'])
def test_a_list_that_cannot_be_read(server: Server, channel: FacebookChannel, how: str) -> None:
    times = 3 if how in ('reset', 'truncate') else 1
    server.fault(how, kind='timeline', times=times, location='https://elsewhere.example/')
    assert isinstance(found := channel.find(POST, server.now(), ()), CannotLook)
    assert words(found).isprintable()


@pytest.mark.parametrize(
    'value',
    [
        {'data': [{'id': '1_2'}]}, {'data': ['x']}, {'data': {}}, [], {'data': [{'id': '1_2', 'created_time': 5}]},
        {'data': [{'id': '1_2', 'created_time': 'soon'}]}, {'data': [{'id': 'x', 'created_time': '2026-11-25T14:00:00+0000'}]},
        {'data': [], 'paging': {'next': 'https://elsewhere.example/?access_token=x'}},
        {'data': [], 'paging': {'next': 'https://[x'}},
    ],
)  # fmt: skip
def test_a_strange_list(server: Server, channel: FacebookChannel, value: object) -> None:
    server.fault('answer', kind='timeline', body=json.dumps(value))
    assert isinstance(channel.find(POST, server.now(), ()), CannotLook)


def test_a_list_without_an_end(server: Server, channel: FacebookChannel) -> None:
    value = {'data': [], 'paging': {'next': 'https://graph.facebook.com/x?after=SAME'}}
    server.fault('answer', kind='timeline', body=json.dumps(value), times=None)
    assert isinstance(channel.find(POST, server.now(), ()), CannotLook)
    assert server.count('timeline') == 2
