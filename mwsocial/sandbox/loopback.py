"""What the project's own stand-ins for networks have in common: a server, a ledger, faults.

X and Facebook cannot be run on one's own machine. What ``mwsocial.sandbox`` starts instead are
servers of this project: they check requests against the networks' documentation and keep a ledger of
what they accepted, but they are not those networks, and nothing that they show proves how the real
ones behave. A ``Service`` is one network's rules; ``Loopback`` serves it on 127.0.0.1, in this
process; ``run`` makes a process of it, ``start`` starts that process and ``Control`` steers it.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Generic, Self, TypeVar
from urllib.parse import urlsplit

from . import files
from .clock import Clock
from .faults import Answer, form_fields, html_error
from .loopback_parts import Fault, Ledger, Request, json_answer

#: Paths that steer the server instead of belonging to the network.
CONTROL = '/-/'
#: The header with the key of the folder: a page in a browser must not steer the server.
KEY = 'X-Sandbox-Key'
_LARGEST = 64 * 1024 * 1024
_HOSTS = frozenset({'127.0.0.1', 'localhost', '[::1]'})
_FOR_EVER = 3600.0


class Service:
    """The rules of one network. Calls come one at a time.

    ``now`` tells the time as this server sees it (aware UTC): the machine's, moved forward.
    """

    #: What the network is called in the configuration.
    network = ''

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self.ledger = ledger
        self.now = now

    def kind(self, request: Request) -> str:
        """A word for what *request* wants ('post', 'timeline'): faults and tests name it so."""
        return ''

    def answer(self, request: Request) -> Answer:
        """Carry the request out. What it changes is in the ledger (and saved) on return."""
        raise NotImplementedError

    def failure(self, fault: Fault, request: Request) -> Answer | None:
        """The network's own form of a fault, such as 'limit'; None for a plain web server's."""
        return None

    def control(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Do what a test or a person at the sandbox asks for, such as a post by somebody else.

        Raises ValueError where there is no such thing to do, or not in this way.
        """
        raise ValueError(f'there is no {name}')


S = TypeVar('S', bound=Service)


class Loopback(Generic[S]):
    """A service on 127.0.0.1, to be used with ``with``.

    *folder* keeps the ledger and the log of requests (None: only in memory); *port* 0 is any free one;
    *clock* is the file with the seconds that are added to the time (``mwsocial.sandbox.clock``).

    ``seen`` holds the newest requests as they came, ``log`` what came of them, without secrets.
    """

    def __init__(
        self,
        service: Callable[[Ledger, Callable[[], datetime]], S],
        folder: Path | None = None,
        *,
        port: int = 0,
        clock: Path | None = None,
        key: str = '',
    ) -> None:
        self.ledger = Ledger(folder / 'ledger.json' if folder else None)
        self.key = key
        self.moved = timedelta()
        self.seen: deque[Request] = deque(maxlen=2000)
        self.log: deque[dict[str, Any]] = deque(maxlen=2000)
        self.crashes: list[str] = []
        self.released = threading.Event()
        self._faults: list[Fault] = []
        self._clock = Clock([clock]) if clock else None
        self._record = folder / 'requests.jsonl' if folder else None
        self._lock = threading.RLock()
        self._number = 0
        self.service = service(self.ledger, self.now)
        self._server = _Server(('127.0.0.1', port), _Handler)
        self._server.loopback = self
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at its end."""
        return f'http://127.0.0.1:{self._server.server_address[1]}'

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.close()
        if kind is None and self.crashes:
            raise AssertionError('The server itself has failed:\n' + '\n'.join(self.crashes))

    def serve(self) -> None:
        """Answer requests until ``close``."""
        self._server.serve_forever(poll_interval=0.02)

    def close(self) -> None:
        """Take no more requests, and let go of those that hang."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        if self._thread is not None:
            self._thread.join(5)

    def now(self) -> datetime:
        """The time as the server sees it (UTC)."""
        return (self._clock.now() if self._clock else datetime.now(UTC)) + self.moved

    # -- what tests and people switch --------------------------------------------------------------

    def fault(self, how: str = '', **more: Any) -> Fault:
        """Let something go wrong, after what was asked for before: see ``Fault``."""
        fault = Fault(how, **more)
        with self._lock:
            self._faults.append(fault)
        return fault

    def calm(self) -> None:
        """Forget all faults, and let go of what hangs now."""
        with self._lock:
            self._faults.clear()
            released, self.released = self.released, threading.Event()
        released.set()

    def count(self, kind: str) -> int:
        """How many requests of that kind have come."""
        return sum(entry['kind'] == kind for entry in list(self.log))

    def control(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """What the control address *name* does: the same as the methods, for another process."""
        with self._lock:
            if name == 'fault':
                self.fault(**arguments)
                return {}
            if name == 'calm':
                self.calm()
                return {}
            if name == 'ledger':
                return self.ledger.data
            if name == 'requests':
                return list(self.log)
            found = self.service.control(name, arguments)
            self.ledger.save()
            return found

    # -- what the handler asks -----------------------------------------------------------------------

    def take(self, request: Request) -> tuple[Answer | None, Fault | None]:
        """What the service answers (None: it was not asked), and what is to go wrong with it."""
        with self._lock:
            self._number += 1
            request.number = self._number
            request.kind = self.service.kind(request)
            self.seen.append(request)
            fault = self._due(request)
            if fault and not fault.done:
                return self.service.failure(fault, request), fault
            request.delay = timedelta(seconds=fault.delay) if fault else timedelta()
            answer = self.service.answer(request)
            if fault and fault.how:
                answer = self.service.failure(fault, request) or answer
            return answer, fault

    def _due(self, request: Request) -> Fault | None:
        due = [fault for fault in self._faults if fault.takes(request)]
        return due[0] if due else None

    def finish(self, request: Request, status: int, fault: str) -> None:
        """Write down what comes of a request. *status* 0: no answer is given."""
        parts = urlsplit(request.target)
        kind = request.headers.get('content-type', '')
        entry = {
            'number': request.number,
            'time': self.now().isoformat(timespec='seconds'),
            'method': request.method,
            'path': request.path,
            'kind': request.kind,
            'fields': form_fields(parts.query, kind, request.body),
            'status': status,
            'fault': fault,
        }
        with self._lock:
            self.log.append(entry)
            if self._record:
                with self._record.open('a', encoding='utf-8') as handle:
                    handle.write(json.dumps(entry) + '\n')


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    loopback: Loopback[Any]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed leaves a broken connection: nothing to tell."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base names it so
        """The log of requests takes the place of this one."""

    def _handle(self) -> None:
        self.close_connection = True
        length = self.headers.get('Content-Length') or '0'
        if not length.isdecimal() or int(length) > _LARGEST or 'Transfer-Encoding' in self.headers:
            self._write(html_error(413))
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return  # the client died while it sent: nothing has been asked for
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers.get('host', '')
        if host.rpartition(':')[0] not in _HOSTS:
            self._write(html_error(421, 'This server answers on the own machine only'))
            return
        request = Request(self.command, self.path, headers, body)
        if request.path.startswith(CONTROL):
            self._control(request)
        else:
            self._serve(request)

    def _serve(self, request: Request) -> None:
        loopback = self.server.loopback
        fault: Fault | None = None
        released = loopback.released
        try:
            try:
                answer, fault = loopback.take(request)
            except Exception:
                loopback.crashes.append(traceback.format_exc())
                traceback.print_exc()
                answer = html_error(500, 'This stand-in has a fault of its own')
            how = fault.how if fault else ''
            if fault:
                answer = fault.shape(answer)
            assert answer is not None
            # before the client hears of it, so that whoever looks next finds it written down
            status = 0 if how in ('hang', 'reset') else answer.status
            loopback.finish(request, status, how or ('delay' if fault else ''))
            if how == 'hang':
                released.wait(fault.seconds if fault and fault.seconds else _FOR_EVER)
            if how in ('hang', 'reset'):
                self._reset()
            elif how == 'drip':
                self._drip(answer, released)
            else:
                self._write(answer)
        except OSError:
            pass  # the client is gone, which is its own affair

    def _control(self, request: Request) -> None:
        loopback = self.server.loopback
        name = request.path.removeprefix(CONTROL)
        if name == 'alive':
            known = {
                'network': loopback.service.network,
                'marker': os.environ.get('MWSOCIAL_SANDBOX_INSTANCE', ''),
            }
            self._write(json_answer(known))
            return
        if not loopback.key or request.headers.get(KEY.lower()) != loopback.key:
            self._write(json_answer({'error': 'the key is wrong'}, 403))
            return
        arguments = request.json() if request.body else {}
        try:
            if not isinstance(arguments, dict):
                raise ValueError('the arguments are to be one JSON object')
            self._write(json_answer(loopback.control(name, arguments)))
        except (ValueError, TypeError, KeyError) as error:
            self._write(json_answer({'error': f'{type(error).__name__}: {error}'}, 400))

    def _write(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        self.send_header('Date', format_datetime(self.server.loopback.now(), usegmt=True))
        for name, value in answer.headers:
            self.send_header(name, value)
        length = len(answer.body) if answer.length is None else answer.length
        if answer.status not in (204, 304):
            self.send_header('Content-Length', str(length))
        self.send_header('Connection', 'close')
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _drip(self, answer: Answer, released: threading.Event) -> None:
        """An answer that never ends."""
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        end = time.monotonic() + _FOR_EVER
        while not released.wait(0.02) and time.monotonic() < end:
            self.wfile.write(b' ')
            self.wfile.flush()

    def _reset(self) -> None:
        """Cut the connection hard: the client's system reports a reset, not an end."""
        linger = struct.pack('ii', 1, 0)
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.rfile.close()
            self.connection.close()

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _handle


def known(folder: Path) -> dict[str, Any]:
    """What a running server has written about itself: ``url``, ``key``; empty before its first start."""
    return files.read_json(folder / 'server.json') or {}
