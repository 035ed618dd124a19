"""The gate hands on what it gets, records it, and breaks exactly what it was told to break."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from mwsocial.sandbox import Answer, Gate, Rule, html_error, mediawiki_error


class _Echo(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    seen: list[str]

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        self.server.seen.append(f'{self.command} {self.path}')  # type: ignore[attr-defined]
        if self.path.startswith('/chunked'):
            self.send_response(200)
            self.send_header('Transfer-Encoding', 'chunked')
            self.send_header('Connection', 'close')
            self.end_headers()
            for part in (b'one ', b'two ', 'drei ü'.encode()):
                self.wfile.write(b'%x\r\n%s\r\n' % (len(part), part))
            self.wfile.write(b'0\r\n\r\n')
            return
        if self.path.startswith('/cut'):
            self.close_connection = True
            return
        answer = json.dumps(
            {
                'method': self.command,
                'path': self.path,
                'body': body.decode('latin-1'),
                'headers': {key.lower(): value for key, value in self.headers.items()},
            }
        ).encode()
        self.send_response(404 if self.path.startswith('/missing') else 200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Set-Cookie', 'a=1')
        self.send_header('Set-Cookie', 'b=2')
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer  # noqa: N815, RUF100

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing to tell."""


class _Upstream(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(('127.0.0.1', 0), _Echo)
        self.seen: list[str] = []


@pytest.fixture
def upstream() -> Iterator[_Upstream]:
    server = _Upstream()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gate(upstream: _Upstream) -> Iterator[Gate]:
    with Gate(f'http://127.0.0.1:{upstream.server_address[1]}') as running:
        yield running


def _settled(gate: Gate, number: int) -> None:
    """A record is made after the answer: wait for it."""
    deadline = time.monotonic() + 5
    while len(gate.requests) < number and time.monotonic() < deadline:
        time.sleep(0.005)
    assert len(gate.requests) == number


def test_request_and_answer_pass_unchanged(gate: Gate) -> None:
    answer = requests.post(
        gate.url + '/api.php?action=edit&x=%C3%BC',
        data=b'\x00\xff body',
        headers={'X-Own': 'y'},
        timeout=5,
    )
    value = answer.json()
    assert value['method'] == 'POST'
    assert value['path'] == '/api.php?action=edit&x=%C3%BC'
    assert value['body'] == '\x00\xff body'
    assert value['headers']['x-own'] == 'y'
    assert value['headers']['host'] == gate.host
    assert answer.cookies.get_dict() == {'a': '1', 'b': '2'}


def test_another_host_can_be_told(upstream: _Upstream) -> None:
    port = upstream.server_address[1]
    with Gate(f'http://127.0.0.1:{port}', host='example.test') as gate:
        assert requests.get(gate.url, timeout=5).json()['headers']['host'] == 'example.test'


@pytest.mark.parametrize('method', ['GET', 'PUT', 'PATCH', 'DELETE'])
def test_all_methods(gate: Gate, method: str) -> None:
    assert requests.request(method, gate.url + '/x', timeout=5).json()['method'] == method


def test_head_keeps_the_length_and_the_connection(gate: Gate) -> None:
    with requests.Session() as session:
        head = session.head(gate.url + '/x', timeout=5)
        assert int(head.headers['Content-Length']) > 0
        assert session.get(gate.url + '/x', timeout=5).ok


def test_status_of_the_server_is_handed_on(gate: Gate) -> None:
    assert requests.get(gate.url + '/missing', timeout=5).status_code == 404


def test_chunked_answer_arrives_whole(gate: Gate) -> None:
    assert requests.get(gate.url + '/chunked', timeout=5).content == 'one two drei ü'.encode()


def test_chunked_request_arrives_whole(gate: Gate) -> None:
    def parts() -> Iterator[bytes]:
        yield b'first '
        yield b'second'

    answer = requests.post(gate.url + '/x', data=parts(), timeout=5)
    assert answer.json()['body'] == 'first second'


def test_one_connection_serves_many_requests(gate: Gate) -> None:
    with requests.Session() as session:
        for number in range(5):
            assert session.get(f'{gate.url}/{number}', timeout=5).ok
    _settled(gate, 5)


def test_a_cut_of_the_server_is_a_cut_for_the_client(gate: Gate) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(gate.url + '/cut', timeout=5)


def test_records_hold_fields_without_secrets(gate: Gate) -> None:
    requests.post(
        gate.url + '/api.php?action=edit',
        data={
            'title': 'A',
            'token': 's3cret+\\',
            'lgpassword': 's3cret',
            'retype': 's3cret',
            'i': 'Idem',
        },
        headers={'Authorization': 'Bearer s3cret', 'Cookie': 's3cret=1'},
        timeout=5,
    )
    _settled(gate, 1)
    record = gate.requests[0]
    assert (record.method, record.path, record.action) == ('POST', '/api.php', 'edit')
    assert record.fields['title'] == 'A'
    assert record.fields['i'] == 'Idem'
    assert (record.status, record.upstream) == (200, 200)
    assert 's3cret' not in repr(gate.requests) + repr(gate.events) + str(record)
    assert gate.count(action='edit', title='A') == 1
    assert gate.count(action='edit', title='B') == 0


def test_multipart_and_json_fields(gate: Gate) -> None:
    requests.post(
        gate.url + '/api.php',
        data={'action': 'upload', 'token': 's3cret'},
        files={'file': ('ü.png', b'\x89PNG\r\n\r\n--x')},
        timeout=5,
    )
    requests.post(gate.url + '/2/tweets', json={'text': 'Hi', 'reply': {'a': 1}}, timeout=5)
    _settled(gate, 2)
    assert gate.requests[0].action == 'upload'
    assert gate.requests[0].fields['token'] == '(not kept)'
    assert gate.requests[1].fields == {'text': 'Hi', 'reply': '{"a": 1}'}


def test_drop_before_the_server_sees_it(gate: Gate, upstream: _Upstream) -> None:
    gate.rules.append(Rule(path='/x', before='drop'))
    with pytest.raises(requests.ConnectionError):
        requests.post(gate.url + '/x', timeout=5)
    assert upstream.seen == []
    assert requests.post(gate.url + '/x', timeout=5).ok
    _settled(gate, 2)
    assert [(record.status, record.upstream) for record in gate.requests] == [(0, 0), (200, 200)]


def test_drop_after_the_server_did_it(gate: Gate, upstream: _Upstream) -> None:
    gate.rules.append(Rule(path='/x', after='drop'))
    with pytest.raises(requests.ConnectionError):
        requests.post(gate.url + '/x', timeout=5)
    assert upstream.seen == ['POST /x']
    _settled(gate, 1)
    assert (gate.requests[0].status, gate.requests[0].upstream) == (0, 200)


def test_a_drop_is_a_reset(gate: Gate) -> None:
    gate.rules.append(Rule(after='drop'))
    with socket.create_connection(('127.0.0.1', int(gate.host.split(':')[1])), 5) as client:
        client.sendall(b'GET /x HTTP/1.1\r\nHost: x\r\n\r\n')
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_nth_and_times(gate: Gate) -> None:
    gate.rules.append(Rule(action='edit', nth=2, times=2, answer=Answer(503)))
    got = [
        requests.post(gate.url + '/api.php', data={'action': action}, timeout=5).status_code
        for action in ('edit', 'query', 'edit', 'query', 'edit', 'edit')
    ]
    assert got == [200, 200, 503, 200, 503, 200]


def test_rule_for_ever_with_a_predicate_and_fields(gate: Gate) -> None:
    gate.rules.append(
        Rule(
            method='GET',
            fields={'meta': 'userinfo'},
            times=None,
            when=lambda request: 'x' in request.fields,
            answer=html_error(502, 'Bad Gateway'),
        )
    )
    for _ in range(3):
        answer = requests.get(gate.url + '/api.php?meta=userinfo&x=1', timeout=5)
        assert answer.status_code == 502
        assert 'Bad Gateway' in answer.text
    assert requests.get(gate.url + '/api.php?meta=userinfo', timeout=5).ok
    assert requests.post(gate.url + '/api.php?meta=userinfo&x=1', timeout=5).ok


@pytest.mark.parametrize('forward', [False, True])
def test_answer_with_and_without_forwarding(gate: Gate, upstream: _Upstream, forward: bool) -> None:
    limited = Answer(429, [('Retry-After', '7')], b'slow down')
    gate.rules.append(Rule(answer=limited, forward=forward))
    answer = requests.post(gate.url + '/x', timeout=5)
    assert (answer.status_code, answer.headers['Retry-After'], answer.text) == (
        429,
        '7',
        'slow down',
    )
    assert len(upstream.seen) == int(forward)


def test_mediawiki_error(gate: Gate) -> None:
    gate.rules.append(Rule(answer=mediawiki_error('maxlag', 'Waiting', Retry_After='5')))
    answer = requests.get(gate.url + '/api.php', timeout=5)
    assert answer.json()['error'] == {'code': 'maxlag', 'info': 'Waiting'}
    assert answer.headers['Retry-After'] == '5'


def test_truncated_answer(gate: Gate) -> None:
    gate.rules.append(Rule(truncate=10))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(gate.url + '/x', timeout=5)


def test_hang_lets_the_client_give_up(gate: Gate, upstream: _Upstream) -> None:
    gate.rules.append(Rule(hang_after=1))
    with pytest.raises(requests.ReadTimeout):
        requests.post(gate.url + '/x', timeout=0.2)
    assert upstream.seen == ['POST /x']


_CLIENT = 'import sys, requests; requests.post(sys.argv[1] + "/x", timeout=20); print("alive")'


@pytest.mark.parametrize(('event', 'accepted'), [(1, 0), (2, 1)])
def test_kill_at_an_event(gate: Gate, upstream: _Upstream, event: int, accepted: int) -> None:
    child: list[subprocess.Popen[bytes]] = []
    gate.kill_at(event, lambda: child[0].pid)
    child.append(
        subprocess.Popen([sys.executable, '-c', _CLIENT, gate.url], stdout=subprocess.PIPE)
    )
    output, _ = child[0].communicate(timeout=20)
    assert (child[0].returncode, output) == (-9, b'')
    _settled(gate, 1)
    assert len(upstream.seen) == accepted


@pytest.mark.parametrize(('how', 'accepted'), [('before', 0), ('after', 1)])
def test_rule_that_kills(gate: Gate, upstream: _Upstream, how: str, accepted: int) -> None:
    child: list[subprocess.Popen[bytes]] = []
    rule = Rule(path='/x', pid=lambda: child[0].pid)
    setattr(rule, how, 'kill')
    gate.rules.append(rule)
    child.append(subprocess.Popen([sys.executable, '-c', _CLIENT, gate.url]))
    assert child[0].wait(20) == -9
    assert len(upstream.seen) == accepted


def test_events_are_numbered_before_and_after(gate: Gate) -> None:
    requests.get(gate.url + '/a', timeout=5)
    requests.get(gate.url + '/b', timeout=5)
    assert [(event.number, event.when, event.request.path) for event in gate.events] == [
        (1, 'before', '/a'),
        (2, 'after', '/a'),
        (3, 'before', '/b'),
        (4, 'after', '/b'),
    ]
    gate.reset()
    assert (gate.events, gate.requests) == ([], [])


def test_wrong_rules_and_targets_are_refused() -> None:
    with pytest.raises(ValueError, match='kill or drop'):
        Rule(before='explode')
    with pytest.raises(ValueError, match='pid='):
        Rule(before='kill')
    with pytest.raises(ValueError, match='this machine'):
        Gate('http://www.example.org')


def test_a_closed_gate_listens_no_more(upstream: _Upstream) -> None:
    with Gate(f'http://127.0.0.1:{upstream.server_address[1]}') as gate:
        assert requests.get(gate.url, timeout=5).ok
    with pytest.raises(requests.ConnectionError):
        requests.get(gate.url, timeout=5)
