"""Every request of each client ends, although the server never does, and says rightly if it was sent."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from requests import exceptions as failures

from mwsocial.channels.transport import AnswerTooLongError, CarefulSession
from mwsocial.sources.fetch import Fetcher
from mwsocial.sources.trouble import Trouble
from mwsocial.wiki.transport import BoundedSession, NoAnswer
from tests.endless import Endless
from tests.sources.server import Page, Server

#: Seconds.
LIMIT = 0.6
SILENCE = 0.4

_OK = b'HTTP/1.1 200 OK\r\n'
_MOVED = b'HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n'
#: What is sent first, and what is then sent without an end.
SHAPES = {
    'status': (b'HTTP/1.1 200 O', b'K'),
    'header': (_OK + b'X-A: ', b'a'),
    'continue': (b'', b'HTTP/1.1 100 Continue\r\n\r\n'),
    'continue with a header': (b'HTTP/1.1 100 Continue\r\nX-A: ', b'a'),
    'body': (_OK + b'Content-Length: 1000000\r\n\r\n', b'a'),
    'body without a length': (_OK + b'\r\n', b'a'),
    'chunk': (_OK + b'Transfer-Encoding: chunked\r\n\r\n1;', b'a'),
    'trailer': (_OK + b'Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: ', b'a'),
    'redirect': (_MOVED, b'a'),
    'large redirect': (_MOVED, b'a' * 1024**2),
}
#: The beginning of an answer to the greeting of TLS, whose 16 KB never become complete.
HANDSHAKE = (b'\x16\x03\x03\x40\x00\x02', b'\x00')


def careful(url: str, method: str) -> tuple[bool, bool]:
    """Asks as the channels do; returns whether it was sent and whether a connection stood."""
    session = CarefulSession(url, read_time=SILENCE, whole_time=LIMIT)
    with pytest.raises((failures.RequestException, AnswerTooLongError)):
        session.request(method, f'{url}/api')
    assert session.last is not None
    assert session.last.body is None
    return session.last.sent, session.last.connected


def bounded(url: str, method: str) -> bool:
    """Asks as for the wiki; returns whether it may have been sent."""
    session = BoundedSession()
    session.limit = LIMIT
    with session, pytest.raises(NoAnswer) as caught:
        session.request(method, f'{url}/api')
    return caught.value.sent


def fetch(url: str) -> str:
    """Asks as for a feed; returns the key of the trouble."""
    fetcher = Fetcher('test', local=True, patience=LIMIT, silence=SILENCE)
    with pytest.raises(Trouble) as caught:
        fetcher.get(f'{url}/feed')
    return caught.value.reason.key


@pytest.mark.parametrize(
    ('method', 'shape'), [*(('POST', shape) for shape in SHAPES), ('GET', 'header')]
)
def test_a_channel_is_not_held(shape: str, method: str) -> None:
    with Endless(*SHAPES[shape]) as server:
        assert careful(f'http://{server.host}', method) == (True, True)
    assert server.deserted == len(server.heard) == 1


@pytest.mark.parametrize(
    ('method', 'shape'),
    [
        *(('POST', shape) for shape in SHAPES),
        ('GET', 'header'),
        ('GET', 'body'),
    ],
)
def test_the_wiki_is_not_waited_for(shape: str, method: str) -> None:
    with Endless(*SHAPES[shape]) as server:
        assert bounded(f'http://{server.host}', method)
    assert server.deserted == len(server.heard) == 1


@pytest.mark.parametrize('shape', SHAPES)
def test_a_feed_does_not_hold_up_the_others(shape: str) -> None:
    with Endless(*SHAPES[shape]) as server:
        assert fetch(f'http://{server.host}') in ('sources-timeout', 'sources-too-long')
    assert server.deserted == len(server.heard) == 1


def test_a_handshake_without_an_end_sends_nothing() -> None:
    with Endless(*HANDSHAKE) as server:
        url = f'https://{server.host}'
        assert careful(url, 'POST') == (False, False)
        assert not bounded(url, 'POST')
        assert fetch(url) == 'sources-timeout'
    assert server.deserted == len(server.heard) == 3


def test_an_upload_that_is_sipped_may_have_arrived() -> None:
    large = b'a' * 16 * 1024**2
    with Endless(b'', b'', sips=True) as server:
        url = f'http://{server.host}'
        session = CarefulSession(url, read_time=SILENCE, whole_time=LIMIT)
        with pytest.raises(failures.ConnectionError):
            session.post(f'{url}/media', data=large)
        wiki = BoundedSession()
        wiki.limit = LIMIT
        with wiki, pytest.raises(NoAnswer) as caught:
            wiki.post(f'{url}/api', data=large)
        assert server.gave_up == 0
    assert session.last is not None
    assert session.last.sent and caught.value.sent


def test_what_stands_beside_a_redirect_of_the_wiki_is_not_read() -> None:
    def more() -> bytes:
        time.sleep(0.01)
        return b'a' * 1024**2

    with Server() as server:
        server.pages['/api'] = Page(status=302, headers={'Location': '/elsewhere'}, more=more)
        server.put('/elsewhere', 'here')
        with BoundedSession() as session:
            session.limit = 5.0
            response = session.get(f'{server.url}/api')
    assert response.content == b'here'
    assert [one.content for one in response.history] == [b'']


def test_a_connection_that_is_used_again_has_a_new_deadline() -> None:
    connections = 0
    with socket.create_server(('127.0.0.1', 0)) as listening:

        def serve() -> None:
            nonlocal connections
            one, _ = listening.accept()
            connections += 1
            with one:
                while one.recv(65536):
                    one.sendall(_OK + b'Content-Length: 2\r\n\r\n{}')

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f'http://127.0.0.1:{listening.getsockname()[1]}/api'
        with BoundedSession() as session:
            session.limit = LIMIT
            session.get(url)
            time.sleep(LIMIT)
            assert session.get(url).content == b'{}'
        thread.join()
    assert connections == 1


def test_trying_again_has_no_deadline_of_its_own() -> None:
    with socket.create_server(('127.0.0.1', 0)) as listening:
        connections: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    connections.append(listening.accept()[0])
                except OSError:
                    return
                time.sleep(LIMIT * 0.7)
                connections[-1].close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f'http://127.0.0.1:{listening.getsockname()[1]}'
        session = CarefulSession(url, whole_time=LIMIT)
        with pytest.raises(failures.Timeout):
            session.get(f'{url}/api')
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert len(connections) == 2


def test_addresses_that_do_not_answer_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def resolve(host: str, port: int, *_: object, **__: object) -> list[object]:
        address = (socket.AF_INET, socket.SOCK_STREAM, 6, '', ('127.0.0.1', port))
        return [address] * 4

    def connect(self: socket.socket, address: object) -> None:
        waits.append(self.gettimeout() or 1000.0)
        time.sleep(waits[-1] / 2)
        raise TimeoutError

    monkeypatch.setattr(socket, 'getaddrinfo', resolve)
    monkeypatch.setattr(socket.socket, 'connect', connect)
    assert careful('http://many.example:9', 'POST') == (False, False)
    assert waits[0] > waits[1] > waits[2] > waits[3]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file with a key and a certificate for 127.0.0.1."""
    if not (openssl := shutil.which('openssl')):
        pytest.skip('there is no openssl')
    path = tmp_path / 'server.pem'
    subprocess.run(
        [openssl, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=a',
         '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', tmp_path / 'key', '-out', path],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text((tmp_path / 'key').read_text() + path.read_text())
    return path


def test_over_tls(certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)

    def ask(post: Callable[[CarefulSession, str], object], server: Endless) -> CarefulSession:
        url = f'https://{server.host}'
        session = CarefulSession(url, read_time=SILENCE, whole_time=LIMIT)
        session.verify = str(certificate)
        post(session, f'{url}/api')
        return session

    def large(session: CarefulSession, url: str) -> None:
        with pytest.raises(failures.ConnectionError):
            session.post(url, data=b'a' * 16 * 1024**2)

    def small(session: CarefulSession, url: str) -> None:
        with pytest.raises(failures.Timeout):
            session.post(url)

    def good(session: CarefulSession, url: str) -> None:
        assert session.post(url, data=b'a' * 1000).content == b'{}'

    def unknown(session: CarefulSession, url: str) -> None:
        session.verify = True
        with pytest.raises(failures.SSLError):
            session.post(url)

    with Endless(*SHAPES['header'], tls=tls) as server:
        assert ask(small, server).last.sent  # type: ignore[union-attr]
    assert server.deserted == 1
    with Endless(b'', b'', tls=tls, sips=True) as server:
        assert ask(large, server).last.sent  # type: ignore[union-attr]
        assert server.gave_up == 0
    with Endless(_OK + b'Content-Length: 2\r\n\r\n{}', b'a', tls=tls) as server:
        ask(good, server)
        assert not ask(unknown, server).last.sent  # type: ignore[union-attr]
