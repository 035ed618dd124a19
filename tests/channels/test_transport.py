"""What proves that nothing was sent, and what does not."""

from __future__ import annotations

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import pytest
from requests import exceptions as failures
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)
from urllib3.exceptions import SSLError as TlsError

from mwsocial.channels.transport import CarefulSession, nothing_sent

_CONNECTION = HTTPConnection('127.0.0.1')
_POOL = HTTPConnectionPool('127.0.0.1')


class Bad:
    """A server whose answers say that they are packed, and are not."""

    def __init__(self, body: bytes) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header('Content-Encoding', 'gzip')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self._server.server_address[1]}'

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def given_up(reason: Exception) -> MaxRetryError:
    return MaxRetryError(_POOL, '/', reason)


@pytest.mark.parametrize(
    ('error', 'proved'),
    [
        (failures.ConnectTimeout(given_up(ConnectTimeoutError('slow'))), True),
        (failures.ConnectionError(given_up(NewConnectionError(_CONNECTION, 'refused'))), True),
        (
            failures.ConnectionError(
                given_up(NameResolutionError('a.invalid', _CONNECTION, socket.gaierror('no')))
            ),
            True,
        ),
        (failures.SSLError(given_up(TlsError(ssl.SSLCertVerificationError('expired')))), True),
        (failures.InvalidURL('no'), True),
        (failures.SSLError(given_up(TlsError(ssl.SSLEOFError('ended')))), False),
        (failures.ReadTimeout(ReadTimeoutError(_POOL, '/', 'slow')), False),
        (
            failures.ConnectionError(ProtocolError('Connection aborted.', ConnectionResetError())),
            False,
        ),
        (failures.ConnectionError(given_up(ProtocolError('aborted'))), False),
        (failures.ConnectionError(), False),
        (failures.ChunkedEncodingError('cut'), False),
        (failures.ContentDecodingError('gzip'), False),
        (OSError('no'), False),
        (RuntimeError('?'), False),
    ],
)
def test_nothing_sent(error: Exception, proved: bool) -> None:
    assert nothing_sent(error) is proved


def test_an_earlier_error_proves_nothing() -> None:
    """Only the error of the request itself counts, not what was being handled meanwhile."""
    reset = failures.ConnectionError(ProtocolError('aborted', ConnectionResetError()))
    reset.__context__ = failures.ConnectTimeout('an earlier request')
    reset.__cause__ = reset.__context__
    assert not nothing_sent(reset)


def test_a_server_that_takes_the_connection_and_says_nothing_may_have_read() -> None:
    with socket.create_server(('127.0.0.1', 0)) as listening:
        url = f'http://127.0.0.1:{listening.getsockname()[1]}'
        session = CarefulSession(url, read_time=0.1)
        with pytest.raises(failures.Timeout):
            session.post(url + '/api')
        assert session.last is not None
        assert session.last.sent
        assert session.last.status is None


def test_lone_surrogates_are_not_sent() -> None:
    with socket.create_server(('127.0.0.1', 0)) as listening:
        url = f'http://127.0.0.1:{listening.getsockname()[1]}'
        session = CarefulSession(url, read_time=0.1)
        with pytest.raises(UnicodeError):
            session.post(url + '/api', data={'status': '\ud800'})
        assert session.last is not None
        assert not session.last.sent


def test_a_broken_answer_is_no_proof_that_nothing_was_sent() -> None:
    """The library complains about two lengths as it does about a header of ours that is wrong."""
    with socket.create_server(('127.0.0.1', 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                received.append(connection.recv(65536))
                connection.sendall(
                    b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello!!'
                )

        received: list[bytes] = []
        server = threading.Thread(target=serve)
        server.start()
        url = f'http://127.0.0.1:{listening.getsockname()[1]}'
        session = CarefulSession(url)
        with pytest.raises(failures.RequestException):
            session.post(f'{url}/api', data={'status': 'Words'})
        server.join()
    assert received[0].startswith(b'POST /api')
    assert session.last is not None
    assert session.last.sent


def test_a_body_that_cannot_be_unpacked() -> None:
    """It is one of the errors of requests, whatever library noticed it, and nothing of it is believed."""
    with Bad(b'this is no gzip') as server:
        session = CarefulSession(server.url)
        with pytest.raises(failures.RequestException):
            session.get(f'{server.url}/')
    assert session.last is not None
    assert session.last.sent
    assert session.last.body is None
