"""The stand-in for Facebook's API refuses what the desk must never send, and remembers the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from mwsocial.sandbox.facebook_parts import GraphFailure, read_fields
from mwsocial.sandbox.facebook_server import FacebookService
from mwsocial.sandbox.facebook_state import PAGE
from mwsocial.sandbox.loopback import Loopback
from mwsocial.sandbox.loopback_process import Running

Server = Loopback[FacebookService]
PNG = b'\x89PNG\r\n\x1a\n...'


@pytest.fixture
def server() -> Iterator[Server]:
    with Loopback(FacebookService) as running:
        yield running


def token(server: Server) -> str:
    return str(server.ledger.data['token'])


def ask(
    server: Server, method: str, path: str, *, auth: str | None = None, **more: Any
) -> requests.Response:
    given = f'Bearer {token(server)}' if auth is None else auth
    headers = {'Authorization': given} if given else {}
    url = f'{server.url}/v26.0/{path}'
    return requests.request(method, url, headers=headers, timeout=5, **more)


def post(server: Server, message: str = 'words', **fields: str) -> requests.Response:
    return ask(server, 'POST', f'{PAGE}/feed', data={'message': message, **fields})


def upload(
    server: Server, data: bytes = PNG, kind: str = 'image/png', **fields: str
) -> requests.Response:
    form = {'published': 'false', 'alt_text_custom': 'alt', **fields}
    files = {'source': ('a.png', data, kind)}
    return ask(server, 'POST', f'{PAGE}/photos', data=form, files=files)


def error(answer: requests.Response) -> tuple[int, int]:
    assert answer.status_code >= 400
    found = answer.json()['error']
    assert found['message']
    assert found['fbtrace_id']
    return found['code'], found.get('error_subcode', 0)


def messages(server: Server) -> list[str]:
    return [one['message'] for one in server.ledger.list('posts') if not one['deleted']]


def test_post_edit_delete(server: Server) -> None:
    post_id = post(server).json()['id']
    assert post_id == f'{PAGE}_5001'
    read = ask(
        server, 'GET', post_id, params={'fields': 'message,from{id},created_time,privacy{value}'}
    )
    found = read.json()
    assert (found['message'], found['from'], found['id']) == ('words', {'id': PAGE}, post_id)
    assert found['privacy'] == {'value': 'EVERYONE'}
    assert ask(server, 'POST', post_id, data={'message': 'other'}).json() == {'success': True}
    assert messages(server) == ['other']
    assert ask(server, 'DELETE', post_id).json() == {'success': True}
    assert error(ask(server, 'DELETE', post_id)) == (100, 33)
    assert error(ask(server, 'GET', post_id)) == (100, 33)
    assert error(ask(server, 'POST', post_id, data={'message': 'x'})) == (100, 33)
    assert messages(server) == []


@pytest.mark.parametrize('where', ['access_token', 'input_token', 'path'])
def test_a_token_in_an_address_is_a_fault_of_ours(server: Server, where: str) -> None:
    path = token(server) if where == 'path' else 'me'
    params = {} if where == 'path' else {where: token(server)}
    assert error(ask(server, 'GET', path, params=params)) == (100, 0)
    assert len(server.ledger.list('violations')) == 1
    assert token(server) not in json.dumps(list(server.log)).replace(path, '')


@pytest.mark.parametrize(
    ('auth', 'code'),
    [('', 2500), ('Bearer x', 190), ('Basic eDp5', 190), ('Bearer ', 190), ('EAAsandbox', 190)],
)
def test_no_token(server: Server, auth: str, code: int) -> None:
    for method, path in (('GET', 'me'), ('POST', f'{PAGE}/feed'), ('DELETE', '1_2')):
        assert error(ask(server, method, path, auth=auth))[0] == code


def test_a_token_in_the_body(server: Server) -> None:
    data = {'message': 'x', 'access_token': token(server)}
    assert ask(server, 'POST', f'{PAGE}/feed', auth='', data=data).status_code == 200
    data = {'message': 'y', 'access_token': 'other'}
    assert error(ask(server, 'POST', f'{PAGE}/feed', data=data))[0] == 190


def test_ends_of_a_token(server: Server) -> None:
    server.control('token', {'expires_at': int(server.now().timestamp()) + 60})
    assert ask(server, 'GET', 'me').status_code == 200
    server.moved += timedelta(minutes=2)
    assert error(ask(server, 'GET', 'me')) == (190, 463)
    server.control('token', {'ended': 460})
    assert error(ask(server, 'GET', 'me')) == (190, 460)


def test_permissions(server: Server) -> None:
    post_id = post(server).json()['id']
    server.control('token', {'scopes': []})
    assert error(post(server, 'second')) == (200, 0)
    assert error(upload(server)) == (200, 0)
    assert error(ask(server, 'DELETE', post_id)) == (200, 0)
    assert error(ask(server, 'GET', f'{PAGE}/published_posts')) == (10, 0)
    assert error(ask(server, 'GET', f'{PAGE}/tagged')) == (10, 0)
    server.control('token', {'scopes': ['pages_manage_posts'], 'kind': 'USER'})
    assert error(post(server, 'third')) == (190, 2069032)
    assert error(ask(server, 'GET', 'me', params={'fields': 'id,username'})) == (100, 0)
    assert messages(server) == ['words']


@pytest.mark.parametrize(
    ('path', 'data', 'code'),
    [
        (f'{PAGE}/feed', {'message': 'x', 'text': 'y'}, 100),
        (f'{PAGE}/feed', {'message': 'x', 'scheduled_publish_time': '1'}, 100),
        (f'{PAGE}/feed', {}, 100),
        (f'{PAGE}/feed', {'message': 'x' * 63207}, 100),
        (f'{PAGE}/feed', {'message': 'x', 'link': 'localhost'}, 1500),
        (f'{PAGE}/feed', {'message': 'x', 'link': 'ftp://a.example'}, 1500),
        (f'{PAGE}/feed', {'message': 'x', 'link': 'https://a.invalid/'}, 1609005),
        (f'{PAGE}/feed', {'message': 'x', 'attached_media[0]': '{"media_fbid": "1"}'}, 100),
        (f'{PAGE}/feed', {'message': 'x', 'attached_media[0]': '1'}, 100),
        ('999/feed', {'message': 'x'}, 2500),
        (f'{PAGE}/videos', {'message': 'x'}, 2500),
        ('', {'batch': '[{"method": "GET", "relative_url": "me"}]'}, 100),
        ('', {'batch': '[]'}, 100),
    ],
)
def test_refused(server: Server, path: str, data: dict[str, str], code: int) -> None:
    assert error(ask(server, 'POST', path, data=data))[0] == code
    assert messages(server) == []


@pytest.mark.parametrize(
    ('path', 'params'),
    [
        ('me', {'fields': 'id,secret'}), ('me', {'limit': '1'}), (PAGE, {'fields': 'id{'}),
        (PAGE, {'fields': 'id}'}), (PAGE, {'fields': 'a b'}), (f'{PAGE}/tagged', {'since': '1'}),
        (f'{PAGE}/published_posts', {'limit': '101'}), (f'{PAGE}/feed', {}), ('', {'ids': '7'}),
    ],
)  # fmt: skip
def test_reads_that_are_refused(server: Server, path: str, params: dict[str, str]) -> None:
    assert error(ask(server, 'GET', path, params=params))


def test_without_the_version(server: Server) -> None:
    post(server)
    assert requests.get(f'{server.url}/{PAGE}/feed', timeout=5).status_code == 404
    answer = requests.post(f'{server.url}/{PAGE}/feed', data={'message': 'x'}, timeout=5)
    assert error(answer) == (2500, 0)
    assert messages(server) == ['words']


def test_duplicates(server: Server) -> None:
    post(server, 'one')
    assert error(post(server, 'one')) == (506, 0)
    post(server, 'two')
    assert post(server, 'one').status_code == 200
    assert messages(server) == ['one', 'two', 'one']


def test_photos(server: Server) -> None:
    one, two = (upload(server).json()['id'] for _ in range(2))
    assert ask(server, 'GET', f'{PAGE}/published_posts').json() == {'data': []}
    media = {
        f'attached_media[{n}]': json.dumps({'media_fbid': p}) for n, p in enumerate((one, two))
    }
    post_id = post(server, **media).json()['id']
    fields = 'attachments{media_type,target{id},subattachments{media_type,target{id}}}'
    found = ask(server, 'GET', post_id, params={'fields': fields}).json()['attachments']['data'][0]
    assert found['media_type'] == 'album'
    assert [photo['target']['id'] for photo in found['subattachments']['data']] == [one, two]
    assert error(post(server, 'again', **media)) == (100, 0), 'a photo is used once'
    told = ask(
        server, 'GET', '', params={'ids': f'{one},{two}', 'fields': 'alt_text_custom'}
    ).json()
    assert told == {
        one: {'alt_text_custom': 'alt', 'id': one},
        two: {'alt_text_custom': 'alt', 'id': two},
    }


@pytest.mark.parametrize(
    ('data', 'kind', 'fields'),
    [
        (b'x', 'image/png', {}), (PNG, 'image/webp', {}), (PNG, 'text/html', {}),
        (PNG + b'\0' * 10_000_000, 'image/png', {}), (PNG, 'image/png', {'published': 'true'}),
        (PNG, 'image/png', {'caption': 'x'}),
    ],
)  # fmt: skip
def test_files_that_are_refused(
    server: Server, data: bytes, kind: str, fields: dict[str, str]
) -> None:
    assert error(upload(server, data, kind, **fields))
    assert server.ledger.list('photos') == []


def test_pages_of_a_list_hold_the_token(server: Server) -> None:
    for number in range(3):
        server.control('hand', {'message': str(number)})
    answer = ask(
        server, 'GET', f'{PAGE}/published_posts', params={'limit': '2', 'fields': 'message'}
    ).json()
    assert [one['message'] for one in answer['data']] == ['2', '1']
    following = answer['paging']['next']
    assert token(server) in following
    headers = {'Authorization': f'Bearer {token(server)}'}
    assert error(requests.get(following, headers=headers, timeout=5)) == (100, 0)
    params = {'limit': '2', 'fields': 'message', 'after': 'CURSOR2'}
    last = ask(server, 'GET', f'{PAGE}/published_posts', params=params).json()
    assert [one['message'] for one in last['data']] == ['0']
    assert 'next' not in last['paging']


def test_faults_of_its_own(server: Server) -> None:
    server.fault('limit', kind='post')
    answer = post(server)
    assert error(answer) == (32, 0)
    assert json.loads(answer.headers['X-App-Usage'])['call_count'] == 100
    server.fault('duplicate', kind='post', done=True)
    assert error(post(server)) == (506, 0)
    assert messages(server) == ['words']


def test_others(server: Server) -> None:
    tagged = server.control('tag', {'message': 'about you', 'author': '777', 'name': 'Vera'})['id']
    visit = server.control('visit', {'message': 'on your page', 'author': '777'})['id']
    found = ask(server, 'GET', f'{PAGE}/tagged', params={'fields': 'message,from'}).json()['data']
    assert found == [{'message': 'about you', 'from': {'id': '777', 'name': 'Vera'}, 'id': tagged}]
    for one in (tagged, visit):
        assert error(ask(server, 'DELETE', one)) == (200, 1363041)
        assert error(ask(server, 'POST', one, data={'message': 'x'})) == (200, 1363041)
    for name, arguments in (
        ('tag', {'x': 1}),
        ('token', {'x': 1}),
        ('nothing', {}),
        ('change', {'id': '1_1'}),
    ):
        with pytest.raises(ValueError, match=r'.'):
            server.control(name, arguments)


def test_people_read_it(server: Server) -> None:
    post(server, '<b>1</b>\n2', link='https://a.example/')
    post(server, 'other')
    whole = requests.get(f'{server.url}/', timeout=5).text
    assert '&lt;b&gt;1&lt;/b&gt;<br>2' in whole
    assert 'stand-in' in whole
    assert 'other' not in requests.get(f'{server.url}/{PAGE}/posts/5001', timeout=5).text
    link = ask(server, 'GET', f'{PAGE}_5002', params={'fields': 'permalink_url'}).json()[
        'permalink_url'
    ]
    assert 'other' in requests.get(link, timeout=5).text
    assert requests.get(f'{server.url}/{PAGE}/posts/7', timeout=5).status_code == 404


def test_a_killed_server_remembers(tmp_path: Path) -> None:
    folder = tmp_path / 'facebook'
    with Running('mwsocial.sandbox.facebook_server', folder) as running:
        value = running.ledger()['token']
        headers = {'Authorization': f'Bearer {value}'}
        url = f'{running.url}/v26.0/{PAGE}/feed'
        assert (
            requests.post(url, data={'message': 'x'}, headers=headers, timeout=5).status_code == 200
        )
        running.stop(at_once=True)
        assert [one['message'] for one in running.ledger()['posts']] == ['x']
    with Running('mwsocial.sandbox.facebook_server', folder) as again:
        url = f'{again.url}/v26.0/{PAGE}/published_posts'
        found = requests.get(url, headers=headers, timeout=5).json()['data']
        assert [one['id'] for one in found] == [f'{PAGE}_5001']
        again.call('tag', message='hello')
        assert again.ledger()['posts'][-1]['id'] == '900_5002'


@pytest.mark.parametrize(
    ('text', 'fields'),
    [
        ('id', {'id': {}}),
        ('a,b{c,d{e}},f', {'a': {}, 'b': {'c': {}, 'd': {'e': {}}}, 'f': {}}),
        ('', {}),
    ],
)
def test_fields(text: str, fields: object) -> None:
    assert read_fields(text) == fields


@pytest.mark.parametrize('text', ['{a}', 'a{', 'a}', 'a{b}}', 'a b', 'a{{b}}'])
def test_no_fields(text: str) -> None:
    with pytest.raises(GraphFailure):
        read_fields(text)
