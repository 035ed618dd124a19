"""The ground that the project's own stand-ins for networks stand on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from mwsocial.errors import DeskError
from mwsocial.sandbox.loopback import CONTROL, KEY, Loopback
from mwsocial.sandbox.loopback_parts import Fault
from mwsocial.sandbox.loopback_process import Running
from tests.sandbox.echo_server import EchoService

Server = Loopback[EchoService]


@pytest.fixture
def server() -> Iterator[Server]:
    with Loopback(EchoService) as running:
        yield running


def say(server: Server, text: str = 'a', **more: Any) -> requests.Response:
    options = {'timeout': 5, 'allow_redirects': False} | more
    return requests.post(f'{server.url}/say', json={'text': text}, **options)


def said(server: Server) -> list[str]:
    return [post['text'] for post in server.ledger.list('posts')]


def shown(server: Server) -> list[str]:
    return [one['text'] for one in requests.get(f'{server.url}/all', timeout=5).json()]


def test_accepts_and_remembers(server: Server) -> None:
    assert say(server, 'é').json() == {'id': 1}
    assert said(server) == shown(server) == ['é']
    assert [(entry['kind'], entry['status']) for entry in server.log] == [
        ('post', 201), ('timeline', 200),
    ]  # fmt: skip
    assert server.count('post') == 1
    assert server.seen[0].json() == {'text': 'é'}


@pytest.mark.parametrize('done', [True, False])
@pytest.mark.parametrize('status', [500, 502, 504])
def test_status(server: Server, status: int, done: bool) -> None:
    server.fault('status', kind='post', status=status, done=done)
    answer = say(server)
    assert answer.status_code == status
    assert 'text/html' in answer.headers['Content-Type']
    assert said(server) == ['a'] * done
    assert say(server).status_code == 201


@pytest.mark.parametrize('done', [True, False])
@pytest.mark.parametrize('how', ['reset', 'hang'])
def test_no_answer(server: Server, how: str, done: bool) -> None:
    server.fault(how, done=done, seconds=0.01)
    with pytest.raises(requests.ConnectionError):
        say(server)
    assert said(server) == ['a'] * done
    assert server.log[0]['status'] == 0


def test_hang_until_the_client_has_enough(server: Server) -> None:
    server.fault('hang', done=True)
    with pytest.raises(requests.Timeout):
        say(server, timeout=0.05)
    assert said(server) == ['a']


def test_calm_lets_go_of_what_hangs(server: Server) -> None:
    server.fault('hang')
    raised: list[BaseException] = []

    def wait() -> None:
        try:
            say(server, timeout=30)
        except requests.ConnectionError as error:
            raised.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    while not server.seen:
        pass
    server.calm()
    thread.join(20)
    assert len(raised) == 1
    assert said(server) == []


def test_slow_timeline(server: Server) -> None:
    server.fault(delay=30)
    assert say(server).status_code == 201
    assert (said(server), shown(server)) == (['a'], [])
    server.moved += timedelta(seconds=31)
    assert shown(server) == ['a']


def test_strange_answers(server: Server) -> None:
    server.fault('truncate')
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        say(server)
    server.fault('html')
    assert say(server).text.startswith('<!DOCTYPE html>')
    server.fault('redirect', location='https://elsewhere.example/', status=302)
    assert say(server).headers['Location'] == 'https://elsewhere.example/'
    server.fault('huge')
    assert len(say(server).content) > 8 * 1024 * 1024
    server.fault('answer', status=418, body='{"x": 1}', headers={'X-Y': 'z'})
    answer = say(server)
    assert (answer.status_code, answer.json(), answer.headers['X-Y']) == (418, {'x': 1}, 'z')
    assert said(server) == ['a']


def test_an_answer_without_end(server: Server) -> None:
    server.fault('drip')
    with say(server, stream=True) as answer:
        assert answer.raw.read(3) == b'   '
    server.calm()


def test_which_requests_and_how_often(server: Server) -> None:
    server.fault('status', kind='post', status=500, nth=2, times=2)
    requests.get(f'{server.url}/all', timeout=5)
    assert [say(server).status_code for _ in range(5)] == [201, 500, 500, 201, 201]
    server.fault('status', kind='', status=503, times=None)
    assert [say(server).status_code for _ in range(3)] == [503] * 3
    server.calm()
    assert say(server).status_code == 201


def test_no_such_fault() -> None:
    with pytest.raises(ValueError, match='reset, hang'):
        Fault('explode')


def test_a_mistake_of_its_own_is_not_hidden() -> None:
    with (
        pytest.raises(AssertionError, match='a mistake in the stand-in'),
        Loopback(EchoService) as server,
    ):
        assert requests.get(f'{server.url}/broken', timeout=5).status_code == 500


def test_only_for_this_machine(server: Server) -> None:
    answer = requests.get(f'{server.url}/all', headers={'Host': 'evil.example:80'}, timeout=5)
    assert answer.status_code == 421
    assert server.url.startswith('http://127.0.0.1:')


def test_the_key(tmp_path: Path) -> None:
    with Loopback(EchoService, tmp_path, key='right') as server:
        for headers in ({}, {KEY: 'wrong'}, {KEY: ''}):
            assert (
                requests.post(f'{server.url}{CONTROL}calm', headers=headers, timeout=5).status_code
                == 403
            )
        right = requests.post(f'{server.url}{CONTROL}calm', headers={KEY: 'right'}, timeout=5)
        assert right.status_code == 200
    with Loopback(EchoService) as server:
        answer = requests.post(f'{server.url}{CONTROL}calm', headers={KEY: ''}, timeout=5)
        assert answer.status_code == 403


def test_secrets_are_not_logged(tmp_path: Path) -> None:
    with Loopback(EchoService, tmp_path) as server:
        address = f'{server.url}/say?access_token=topsecret'
        headers = {'Authorization': 'OAuth topsecret'}
        body = {'text': 'a', 'password': 'topsecret'}
        requests.post(address, json=body, headers=headers, timeout=5)
    log = (tmp_path / 'requests.jsonl').read_text()
    assert json.loads(log)['fields']['text'] == 'a'
    assert 'topsecret' not in log


def test_as_a_process(tmp_path: Path) -> None:
    clock = tmp_path / 'clock'
    clock.write_text('+3600\n')
    with Running('tests.sandbox.echo_server', tmp_path / 'echo', clock=clock) as control:
        first = control.url
        requests.post(f'{control.url}/say', json={'text': 'one'}, timeout=5)
        control.fault('reset', kind='post', done=True, delay=7200)
        with pytest.raises(requests.ConnectionError):
            requests.post(f'{control.url}/say', json={'text': 'two'}, timeout=5)
        assert [entry['status'] for entry in control.requests()] == [201, 0]
        with pytest.raises(DeskError, match='there is no dance'):
            control.call('dance')
        control.stop(at_once=True)
        assert control.alive() is None
        assert [post['text'] for post in control.ledger()['posts']] == ['one', 'two']
        # the next one goes on where the killed one stopped
        port = int(first.rpartition(':')[2])
    with Running('tests.sandbox.echo_server', tmp_path / 'echo', port=port, clock=clock) as control:
        assert control.url == first
        answer = requests.post(f'{control.url}/say', json={'text': 'three'}, timeout=5)
        assert answer.json() == {'id': 3}
        assert [one['text'] for one in requests.get(f'{first}/all', timeout=5).json()] == [
            'one',
            'three',
        ]
        clock.write_text('+10860\n')
        assert len(requests.get(f'{first}/all', timeout=5).json()) == 3
        assert control.call('wipe') == {'wiped': True}
        assert control.ledger()['posts'] == []
    with pytest.raises(DeskError, match='does not answer'):
        control.calm()


def test_two_servers_on_one_folder(tmp_path: Path) -> None:
    module, folder = 'tests.sandbox.echo_server', tmp_path / 'echo'
    with Running(module, folder), pytest.raises(DeskError, match='did not start'):
        Running(module, folder).__enter__()
