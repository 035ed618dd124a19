"""A gate between the scripts and a server: it counts, records and, where told, breaks things.

Every request makes two events, numbered from 1: one before it is handed on to the server and one
after the server's whole answer has come and before the client gets any of it. A crash of the
client "on every line" is a crash at every event.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import struct
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from .faults import Answer, Event, Pid, Record, Request, Rule, form_fields

_HOP = frozenset(
    {
        'connection',
        'keep-alive',
        'proxy-authenticate',
        'proxy-authorization',
        'proxy-connection',
        'te',
        'trailer',
        'transfer-encoding',
        'upgrade',
    }
)


class Gate:
    """A proxy on a free port of 127.0.0.1, to be used with ``with``.

    ``host`` is what the server is told in the Host header: what the client said when ``None``
    (right for the wiki, whose links then lead through the gate, too).
    """

    def __init__(self, upstream: str, host: str | None = None, port: int = 0) -> None:
        self.upstream = _server_of(upstream)
        self.told_host = host
        self.rules: list[Rule] = []
        self.requests: list[Record] = []
        self.events: list[Event] = []
        self._kills: dict[int, Pid] = {}
        self._started = 0
        self._lock = threading.Lock()
        self._server = _Server(('127.0.0.1', port), _Handler)
        self._server.gate = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True
        )
        self._open = False

    @property
    def host(self) -> str:
        """Host and port to give to a client instead of the server's."""
        return f'127.0.0.1:{self._server.server_address[1]}'

    @property
    def url(self) -> str:
        """The gate's address, without a slash at its end."""
        return f'http://{self.host}'

    def __enter__(self) -> Self:
        self._thread.start()
        self._open = True
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take no more requests."""
        if self._open:
            self._open = False
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def reset(self) -> None:
        """Forget rules, records, events and kills."""
        with self._lock:
            self.rules.clear()
            self.requests.clear()
            self.events.clear()
            self._kills.clear()
            self._started = 0

    def kill_at(self, event: int, pid: Pid) -> None:
        """Kill the process ``pid`` (or what the callable gives) at the event of that number.

        Killed before its request was handed on, it never sent it: the server does not see it.
        """
        self._kills[event] = pid

    def count(self, **wanted: str) -> int:
        """How many finished requests have these fields, such as ``action='edit'``."""
        return sum(
            all(record.fields.get(key) == value for key, value in wanted.items())
            for record in list(self.requests)
        )

    # -- what the handler asks ------------------------------------------------------------------

    def begin(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
        """Number a request that has come."""
        parts = urlsplit(target)
        fields = form_fields(parts.query, headers.get('content-type', ''), body)
        kept = {
            key: value
            for key, value in headers.items()
            if key not in ('authorization', 'cookie', 'x-csrf-token')
        }
        with self._lock:
            self._started += 1
            return Request(self._started, method, parts.path, fields, kept)

    def rule_for(self, request: Request) -> Rule | None:
        """The first rule whose turn it is; all rules count the request."""
        with self._lock:
            due = [rule for rule in list(self.rules) if rule.takes(request)]
        return due[0] if due else None

    def event(self, when: str, request: Request) -> bool:
        """Number an event, and kill whom it was told to kill there; whether there was somebody."""
        with self._lock:
            number = len(self.events) + 1
            self.events.append(Event(number, when, request))
            pid = self._kills.pop(number, None)
        if pid is None:
            return False
        kill(pid)
        return True

    def finish(self, record: Record) -> None:
        """Keep what came of a request."""
        with self._lock:
            self.requests.append(record)


def kill(pid: Pid) -> None:
    """End a process at once, without a chance to clean up, and wait until it is gone."""
    number = pid() if callable(pid) else pid
    if number is None:
        return
    if number <= 1 or number == os.getpid():
        raise ValueError(f'process {number} is not to be killed')
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            stat = Path(f'/proc/{number}/stat').read_text('utf-8', 'replace')
            if stat.rpartition(')')[2].split()[0] in 'ZX':
                return
        except OSError:
            return
        time.sleep(0.005)


def _server_of(address: str) -> tuple[str, int]:
    target = urlsplit(address)
    if target.scheme != 'http' or target.hostname not in ('127.0.0.1', 'localhost'):
        raise ValueError(f'a gate stands before a server of this machine, not {address}')
    return target.hostname, target.port or 80


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    gate: Gate

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed leaves a broken connection: nothing to tell."""


class _Dropped(Exception):
    """The connection to the client is to be cut."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Records take the place of a log."""

    def _body(self) -> bytes:
        if 'chunked' in self.headers.get('Transfer-Encoding', '').lower():
            chunks = []
            while size := int(self.rfile.readline().split(b';')[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return b''.join(chunks)
        return self.rfile.read(int(self.headers.get('Content-Length') or 0))

    def _handle(self) -> None:
        gate = self.server.gate
        begun = time.monotonic()
        body = self._body()
        headers = {key.lower(): value for key, value in self.headers.items()}
        request = gate.begin(self.command, self.path, headers, body)
        rule = gate.rule_for(request) or Rule()
        status = upstream = 0
        try:
            if rule.hang:
                time.sleep(rule.hang)
            if gate.event('before', request):
                raise _Dropped
            self._break(rule.before, rule)
            answer = None
            if rule.answer is None or rule.forward:
                answer = self._forward(body, rule.elsewhere)
                upstream = answer.status
            answer = rule.answer or answer
            assert answer is not None
            if rule.change:
                answer = rule.change(answer)
            gate.event('after', request)
            self._break(rule.after, rule)
            if rule.hang_after:
                time.sleep(rule.hang_after)
            status = answer.status
            self._answer(answer, rule.truncate)
        except _Dropped:
            self._reset()
        except OSError:
            # The client is gone, which is its own affair (and often what a test wants).
            self.close_connection = True
        finally:
            gate.finish(Record(request, status, upstream, time.monotonic() - begun))

    @staticmethod
    def _break(how: str, rule: Rule) -> None:
        if how == 'kill':
            assert rule.pid is not None
            kill(rule.pid)
        if how:
            raise _Dropped

    def _forward(self, body: bytes, elsewhere: str = '') -> Answer:
        gate = self.server.gate
        host, port = _server_of(elsewhere) if elsewhere else gate.upstream
        connection = http.client.HTTPConnection(host, port, timeout=300)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            named = {name.strip().lower() for name in self.headers.get('Connection', '').split(',')}
            for key, value in self.headers.items():
                if key.lower() in _HOP | named | {'content-length', 'host', 'expect'}:
                    continue
                connection.putheader(key, str(value))
            connection.putheader('Host', gate.told_host or str(self.headers.get('Host', '')))
            if body or self.command in ('POST', 'PUT', 'PATCH'):
                connection.putheader('Content-Length', str(len(body)))
            connection.putheader('Connection', 'close')
            connection.endheaders(body or None)
            answer = connection.getresponse()
            content = answer.read()
            kept = [
                (key, value)
                for key, value in answer.getheaders()
                if key.lower() not in _HOP | {'content-length', 'date', 'server'}
            ]
            length = answer.getheader('Content-Length') if self.command == 'HEAD' else None
            return Answer(answer.status, kept, content, int(length) if length else None)
        except (OSError, http.client.HTTPException) as error:
            # The server cut the connection: the client is to see just that.
            raise _Dropped from error
        finally:
            connection.close()

    def _answer(self, answer: Answer, truncate: int | None) -> None:
        self.send_response(answer.status)
        for key, value in answer.headers:
            self.send_header(key, value)
        bodyless = self.command == 'HEAD' or answer.status in (204, 304)
        length = len(answer.body) if answer.length is None else answer.length
        if answer.status != 204:
            self.send_header('Content-Length', str(length))
        body = b'' if bodyless else answer.body
        if truncate is not None:
            body = body[:truncate]
        if len(body) < length and not bodyless:
            self.send_header('Connection', 'close')
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _reset(self) -> None:
        """Cut the connection hard: the client's system reports a reset, not an end."""
        self.close_connection = True
        linger = struct.pack('ii', 1, 0)
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            # socketserver would shut the connection down in order; closing here resets it.
            self.rfile.close()
            self.connection.close()

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _handle
