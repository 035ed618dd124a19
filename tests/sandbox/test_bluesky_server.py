"""The stand-in for Bluesky: as strict as it says, and a network to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from mwsocial.sandbox.bluesky_server import ACCOUNTS, Bluesky
from mwsocial.sandbox.loopback import Loopback
from mwsocial.sandbox.loopback_process import Running

Stand = Loopback[Bluesky]
DESK, READER = ACCOUNTS
POST, REPOST = 'app.bsky.feed.post', 'app.bsky.feed.repost'
KEY = '3kaaaaaaaaaaa'
TIME = '2026-11-25T14:00:00.000Z'


class Client:
    """A program of the desk's account."""

    def __init__(self, url: str, password: str) -> None:
        self.url = url
        body = {'identifier': DESK, 'password': password}
        self.session = self.send('com.atproto.server.createSession', body, token='').json()
        self.did = self.session['did']

    def send(self, method: str, body: Any, token: str | None = None) -> requests.Response:
        token = self.session['accessJwt'] if token is None else token
        headers = {'Authorization': f'Bearer {token}'} if token else {}
        return requests.post(f'{self.url}/xrpc/{method}', json=body, headers=headers, timeout=5)

    def get(self, method: str, token: str | None = None, **params: Any) -> Any:
        token = self.session['accessJwt'] if token is None else token
        headers = {'Authorization': f'Bearer {token}'} if token else {}
        url = f'{self.url}/xrpc/{method}'
        return requests.get(url, params=params, headers=headers, timeout=5).json()

    def create(
        self, record: Any, rkey: Any = KEY, collection: str = POST, **more: Any
    ) -> requests.Response:
        body = {'repo': self.did, 'collection': collection, 'rkey': rkey, 'record': record}
        return self.send('com.atproto.repo.createRecord', body | more)


@pytest.fixture
def server() -> Iterator[Stand]:
    with Loopback(Bluesky) as running:
        yield running


@pytest.fixture
def client(server: Stand) -> Client:
    return Client(server.url, server.service.account(DESK)['app_passwords'][0])


def post(text: str = 'words', **more: Any) -> dict[str, Any]:
    return {'$type': POST, 'text': text, 'createdAt': TIME, **more}


def facet(start: Any, end: Any, **feature: Any) -> dict[str, Any]:
    return {'index': {'byteStart': start, 'byteEnd': end}, 'features': [feature]}


def link(start: Any, end: Any, uri: str = 'https://a.example/') -> dict[str, Any]:
    return facet(start, end, **{'$type': 'app.bsky.richtext.facet#link', 'uri': uri})


def tag(start: int, end: int, word: str) -> dict[str, Any]:
    return facet(start, end, **{'$type': 'app.bsky.richtext.facet#tag', 'tag': word})


def external(**more: Any) -> dict[str, Any]:
    shown = {'uri': 'https://a.example/', 'title': '', 'description': ''} | more
    return {'$type': 'app.bsky.embed.external', 'external': shown}


GOOD = {
    'plain': post(),
    'links': post('é https://a.example/ #x', facets=[link(3, 21), tag(22, 24, 'x')]),
    'langs': post(langs=['en', 'pt-BR']),
    'card': post(embed=external()),
    '300 graphemes': post('👩‍👩‍👧‍👦' * 100 + 'x' * 200),
    'offset time': post() | {'createdAt': '2026-11-25T14:00:00+01:00'},
}


@pytest.mark.parametrize('name', GOOD)
def test_accepted(server: Stand, client: Client, name: str) -> None:
    answer = client.create(GOOD[name])
    assert answer.status_code == 200, answer.text
    (kept,) = server.service.posts()
    assert kept['value'] == GOOD[name]
    assert answer.json()['uri'] == kept['uri'] == f'at://{client.did}/{POST}/{KEY}'


BAD = {
    'no object': 5,
    'wrong type': post() | {'$type': REPOST},
    'no text': {'$type': POST, 'createdAt': TIME},
    'no time': {'$type': POST, 'text': 'x'},
    'bad time': post() | {'createdAt': 'now'},
    'unknown field': post(visibility='public'),
    'too long': post('x' * 301),
    'too many bytes': post('👩‍👩‍👧‍👦' * 121),
    'four languages': post(langs=['a', 'b', 'c', 'd']),
    'bad language': post(langs=['not a language']),
    'range outside': post('https://a.example/', facets=[link(0, 99)]),
    'range backwards': post('https://a.example/', facets=[link(5, 5)]),
    'range in a character': post('é https://a.example/', facets=[link(1, 21)]),
    'range of text': post('https://a.example/', facets=[link(0.0, 18)]),
    'ranges over each other': post('https://a.example/', facets=[link(0, 18), link(0, 18)]),
    'ranges out of order': post('#a https://a.example/', facets=[link(3, 21), tag(0, 2, 'a')]),
    'link on something else': post('see this page here', facets=[link(0, 18)]),
    'link not in ASCII': post('https://a.example/', facets=[link(0, 18, 'https://ä.example')]),
    'tag with another word': post('#abc', facets=[tag(0, 4, 'abd')]),
    'tag without #': post('abc', facets=[tag(0, 3, 'bc')]),
    'no such facet': post('abc', facets=[facet(0, 3, **{'$type': 'x'})]),
    'two features': post('#a', facets=[{**tag(0, 2, 'a'), 'features': tag(0, 2, 'a')['features'] * 2}]),
    'mention of a handle': post('@a', facets=[facet(0, 2, **{'$type': 'app.bsky.richtext.facet#mention', 'did': 'a.test'})]),
    'card without title': post(embed={'$type': 'app.bsky.embed.external', 'external': {'uri': 'https://a.example/'}}),
    'card with more': post(embed=external(thumb='x')),
    'strange embed': post(embed={'$type': 'app.bsky.embed.record', 'record': {}}),
    'no images': post(embed={'$type': 'app.bsky.embed.images', 'images': []}),
    'unknown blob': post(embed={'$type': 'app.bsky.embed.images', 'images': [
        {'alt': '', 'image': {'$type': 'blob', 'ref': {'$link': 'x'}, 'mimeType': 'image/png', 'size': 1}}]}),
    'reply to nothing': post(reply={'root': {'uri': 'at://x', 'cid': 'x'}, 'parent': {'uri': 'at://x', 'cid': 'x'}}),
    'half a reply': post(reply={'root': {}}),
}  # fmt: skip


@pytest.mark.parametrize('name', BAD)
def test_refused(server: Stand, client: Client, name: str) -> None:
    answer = client.create(BAD[name])
    assert answer.status_code == 400, answer.text
    assert answer.json()['error'] in ('InvalidRequest', 'BlobNotFound')
    assert server.service.posts() == []


@pytest.mark.parametrize(
    'key',
    [
        '',
        'x',
        'zaaaaaaaaaaaa',
        'kaaaaaaaaaaaa',
        '3kaaaaaaaaaa1',
        '3KAAAAAAAAAAA',
        None,
        5,
        KEY + 'a',
    ],
)
def test_only_valid_keys(server: Stand, client: Client, key: Any) -> None:
    assert client.create(post(), key).status_code == 400
    assert server.service.posts() == []


def test_a_key_is_taken_once(server: Stand, client: Client) -> None:
    assert client.create(post()).status_code == 200
    answer = client.create(post('other'))
    assert answer.status_code == 500
    assert answer.json() == {'error': 'InternalServerError', 'message': 'Internal Server Error'}
    assert [one['value']['text'] for one in server.service.posts()] == ['words']
    body = {'repo': client.did, 'collection': POST, 'rkey': KEY}
    for _ in range(2):
        assert client.send('com.atproto.repo.deleteRecord', body).status_code == 200
    assert client.create(post('other')).status_code == 200


def test_a_repeated_repost_takes_the_place_of_the_old_one(server: Stand, client: Client) -> None:
    said = server.service.say(READER, 'x')
    record = {
        '$type': REPOST,
        'createdAt': TIME,
        'subject': {'uri': said['uri'], 'cid': said['cid']},
    }
    for key in (KEY, KEY, '3kbbbbbbbbbbb'):
        assert client.create(record, key, REPOST).status_code == 200
    assert [one['rkey'] for one in server.service.posts(DESK, REPOST)] == ['3kbbbbbbbbbbb']
    record['subject']['cid'] = 'bafyrei' + 'a' * 52
    assert client.create(record, KEY, REPOST).status_code == 400


def test_requests_that_are_none(server: Stand, client: Client) -> None:
    url = f'{server.url}/xrpc/'
    headers = {'Authorization': f'Bearer {client.session["accessJwt"]}'}
    assert client.create(post(), swapCommit='x').status_code == 400
    assert client.create(post(), collection='app.bsky.feed.generator').status_code == 400
    assert client.create(post(), repo=server.service.did_of(READER)).status_code == 401
    for verb, method in (
        ('GET', 'com.atproto.repo.createRecord'), ('POST', 'app.bsky.feed.getTimeline'),
        ('GET', 'app.bsky.feed.getTimeline?limit=101'), ('GET', 'app.bsky.feed.getTimeline?x=1'),
        ('GET', 'app.bsky.feed.getPosts'), ('GET', 'app.bsky.feed.getPosts?uris=at://a.test/x/y'),
        ('GET', 'app.bsky.feed.getAuthorFeed?actor=nobody.test'), ('GET', 'com.example.nothing'),
        ('POST', 'com.atproto.repo.deleteRecord?x=1'), ('POST', 'com.atproto.repo.createRecord'),
    ):  # fmt: skip
        answer = requests.request(verb, url + method, headers=headers, timeout=5)
        assert answer.status_code == 400, method
        assert answer.json()['error'] == 'InvalidRequest'
    assert requests.get(f'{server.url}/other', timeout=5).status_code == 404


def test_sessions(server: Stand, client: Client) -> None:
    ask = 'com.atproto.server.getSession'
    assert client.get(ask) == {'did': client.did, 'handle': DESK, 'active': True}
    assert client.get(ask, token='')['error'] == 'AuthMissing'
    for token in ('x', client.session['accessJwt'][:-2] + 'xx', client.session['refreshJwt']):
        assert client.get(ask, token=token)['error'] == 'InvalidToken'
    wrong = {'identifier': DESK, 'password': 'wrong'}
    answer = client.send('com.atproto.server.createSession', wrong, token='')
    assert (answer.status_code, answer.json()['error']) == (401, 'AuthenticationRequired')
    server.moved = timedelta(hours=2)
    assert client.get(ask)['error'] == 'ExpiredToken'
    headers = {'Authorization': f'Bearer {client.session["refreshJwt"]}'}
    refresh = f'{server.url}/xrpc/com.atproto.server.refreshSession'
    fresh = requests.post(refresh, headers=headers, timeout=5).json()
    assert client.get(ask, token=fresh['accessJwt'])['did'] == client.did
    assert requests.post(refresh, headers=headers, timeout=5).status_code == 200
    server.moved = timedelta(hours=5)
    assert requests.post(refresh, headers=headers, timeout=5).json()['error'] == 'ExpiredToken'


def test_blobs(server: Stand, client: Client) -> None:
    url = f'{server.url}/xrpc/com.atproto.repo.uploadBlob'
    headers = {
        'Authorization': f'Bearer {client.session["accessJwt"]}',
        'Content-Type': 'image/png',
    }

    def upload(data: bytes) -> Any:
        return requests.post(url, data=data, headers=headers, timeout=5)

    def image(blob: Any, **more: Any) -> requests.Response:
        images = [{'image': blob, 'alt': 'x', **more}]
        return client.create(post(embed={'$type': 'app.bsky.embed.images', 'images': images}))

    large = upload(bytes(1_000_001)).json()['blob']
    assert 'too big' in image(large).json()['message']
    assert upload(bytes(5 * 1024 * 1024 + 1)).status_code == 413
    blob = upload(b'data').json()['blob']
    assert image(blob | {'size': 5}).json()['error'] == 'InvalidMimeType'
    assert image(blob, aspectRatio={'width': 0, 'height': 1}).status_code == 400
    assert image(blob, thumb=1).status_code == 400
    assert image(blob, aspectRatio={'width': 2, 'height': 1}).status_code == 200


def test_pages_of_all_lists(server: Stand, client: Client) -> None:
    for number in range(7):
        server.service.add_account(f'a{number}.test')
        server.control('follow', {'handle': DESK, 'whom': f'a{number}.test'})
        server.service.say(f'a{number}.test', f'@{DESK} {number}', mention=DESK)
    for method, name, params in (
        ('app.bsky.feed.getTimeline', 'feed', {}),
        ('app.bsky.notification.listNotifications', 'notifications', {'reasons': 'mention'}),
        ('app.bsky.graph.getFollows', 'follows', {'actor': DESK}),
        ('app.bsky.feed.searchPosts', 'posts', {'q': DESK}),
        ('com.atproto.repo.listRecords', 'records', {'repo': DESK, 'collection': 'app.bsky.graph.follow'}),
    ):  # fmt: skip
        found: list[str] = []
        more: dict[str, str] = {}
        for _ in range(4):
            page = client.get(method, limit=3, **params, **more)
            assert len(page[name]) <= 3
            found += [json.dumps(one, sort_keys=True) for one in page[name]]
            if 'cursor' not in page:
                break
            more = {'cursor': page['cursor']}
        assert len(found) == len(set(found)) == 7, method


def test_thread_and_profile(server: Stand, client: Client) -> None:
    root = server.service.say(READER, 'one')
    server.service.say(READER, 'two', reply_to=root['uri'])
    thread = client.get('app.bsky.feed.getPostThread', uri=root['uri'])['thread']
    assert thread['post']['replyCount'] == 1
    assert [one['post']['record']['text'] for one in thread['replies']] == ['two']
    assert client.get('app.bsky.feed.getPostThread', uri='at://x')['error'] == 'NotFound'
    profile = client.get('app.bsky.actor.getProfile', actor=READER)
    assert (profile['handle'], profile['postsCount']) == (READER, 2)


def test_what_is_made_may_be_shown_later(server: Stand, client: Client) -> None:
    server.fault(kind='post', delay=60)
    uri = client.create(post()).json()['uri']
    ours = {'repo': DESK, 'collection': POST, 'rkey': KEY}
    assert client.get('com.atproto.repo.getRecord', **ours)['uri'] == uri
    assert client.get('app.bsky.feed.getPosts', uris=uri) == {'posts': []}
    server.moved = timedelta(seconds=61)
    assert len(client.get('app.bsky.feed.getPosts', uris=uri)['posts']) == 1


def test_limit(server: Stand, client: Client) -> None:
    server.fault('limit', kind='post', seconds=60)
    answer = client.create(post())
    assert (answer.status_code, answer.json()['error']) == (429, 'RateLimitExceeded')
    ahead = int(answer.headers['RateLimit-Reset']) - server.now().timestamp()
    assert 50 < ahead <= 60


def test_bad_handles_and_things_to_do(server: Stand) -> None:
    for handle in ('', 'a', DESK, 'a b.test'):
        with pytest.raises(ValueError, match='handle'):
            server.service.add_account(handle)
    with pytest.raises(ValueError, match='there is no'):
        server.control('nothing', {})
    said = server.control('say', {'handle': READER, 'text': f'Hi @{DESK}', 'mention': DESK})
    server.control('remove', {'uri': said['uri']})
    server.control('remove', {'uri': said['uri']})
    assert server.service.posts(READER) == []
    changed = server.control('account', {'handle': READER, 'changes': {'labels': ['bot']}})
    assert changed['labels'] == ['bot']


def test_as_a_process_that_is_killed(tmp_path: Path) -> None:
    with Running('mwsocial.sandbox.bluesky_server', tmp_path / 'it') as running:
        did, account = next(iter(running.ledger()['accounts'].items()))
        client = Client(running.url, account['app_passwords'][0])
        assert client.did == did
        assert client.create(post()).status_code == 200
        running.stop(at_once=True)
    with Running('mwsocial.sandbox.bluesky_server', tmp_path / 'it') as running:
        client.url = running.url
        assert client.create(post()).status_code == 500
        assert list(running.ledger()['records']) == [f'at://{did}/{POST}/{KEY}']
        said = running.call('say', handle=READER, text='Hello')
        assert said['value']['text'] == 'Hello'
