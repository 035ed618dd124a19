"""Connections whose every wait ends at the request's deadline, whatever the server does.

The timeouts of requests count from the last byte, so a server that drips (its TLS handshake, headers,
``100 Continue`` without end, a body) could hold a request for as long as it likes. Here each wait for
the network gets the seconds that are left, if these are fewer. Only the search for a host's name is the
resolver's: it has limits of its own.
"""

from __future__ import annotations

import io
import math
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
)
from urllib3.util.connection import allowed_gai_family

#: Bytes that are handed over at once: each such piece gets the time that is allowed without progress.
_PIECE = 16 * 1024


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class _Bounds:
    end: float = math.inf
    connected: Callable[[], None] = _nothing


_bounds: ContextVar[_Bounds] = ContextVar('bounds')


@contextmanager
def ending_at(end: float, connected: Callable[[], None] = _nothing) -> Iterator[None]:
    """Inside, requests over a ``DeadlineAdapter`` end at *end* (by ``time.monotonic``), redirects, too.

    What comes too late before the connection stood is a ConnectTimeout; after that, it is one of the
    other errors. *connected* is called when a connection stands, its TLS included, and before the first
    byte of the request; what it raises stops the request.
    """
    token = _bounds.set(_Bounds(end, connected))
    try:
        yield
    finally:
        _bounds.reset(token)


def _now() -> _Bounds:
    return _bounds.get(_Bounds())


class _Timed:
    """A socket (plain, or with TLS) whose waits end at ``end``. All else is as the socket does it."""

    def __init__(self, inner: Any, end: float) -> None:
        """*inner*: the socket, with the seconds that it waits; *end*: by ``time.monotonic``."""
        self.inner = inner
        self.end = end
        self._silence: float | None = inner.gettimeout()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def settimeout(self, silence: float | None) -> None:
        """Wait *silence* seconds at most, in what comes next."""
        self._silence = silence
        self.inner.settimeout(silence)

    def gettimeout(self) -> float | None:
        """The seconds for the next wait: TLS asks for them, and its handshake is one wait."""
        self.allow()
        seconds: float | None = self.inner.gettimeout()
        return seconds

    def allow(self) -> None:
        """Give the next wait the time that is left. Raises TimeoutError where there is none."""
        self.inner.settimeout(_seconds(self._silence, self.end))

    def sendall(self, data: Any, *flags: int) -> None:
        """Send all of *data*, in pieces: a slow way is no silence."""
        with memoryview(data) as view, view.cast('B') as rest:
            done = 0
            while done < len(rest):
                self.allow()
                done += self.inner.send(rest[done : done + _PIECE], *flags)

    def recv(self, *args: Any) -> bytes:
        """As the socket does."""
        self.allow()
        got: bytes = self.inner.recv(*args)
        return got

    def recv_into(self, *args: Any) -> int:
        """As the socket does."""
        self.allow()
        got: int = self.inner.recv_into(*args)
        return got

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """What an answer is read from."""
        return io.BufferedReader(_Reading(self))


class _Reading(io.RawIOBase):
    """The bytes that come in over a socket."""

    def __init__(self, timed: _Timed) -> None:
        self._timed = timed
        # The socket counts its files: it is closed when the last of them is.
        self._raw = timed.inner.makefile('rb', buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._timed.allow()
        got: int | None = self._raw.readinto(buffer)
        return got

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Bounded:
    """What connections with and without TLS share."""

    sock: Any

    def _new_conn(self) -> Any:
        return _connect(self)

    def request(self, *args: Any, **options: Any) -> None:
        # A connection that is used again has the deadline of an earlier request.
        if self.sock is not None:
            self.sock.end = _now().end
        super().request(*args, **options)  # type: ignore[misc]


class _Connection(_Bounded, urllib3.connection.HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _now().connected()


class _SecureConnection(_Bounded, urllib3.connection.HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except TimeoutError as error:
            # HTTP begins after TLS: no more has happened than that a connection did not come about.
            raise ConnectTimeoutError(self, 'TLS took too long.') from error
        self.sock = _Timed(self.sock, _now().end)
        _now().connected()


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class DeadlineAdapter(HTTPAdapter):
    """For sessions of requests: what they ask inside ``ending_at`` has an end."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """As in requests, with connections of ours."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """As in requests, with connections of ours (over a proxy that speaks HTTP)."""
        manager = super().proxy_manager_for(proxy, **options)
        if isinstance(manager, urllib3.ProxyManager):
            manager.pool_classes_by_scheme = _POOLS
        return manager


_POOLS = {'http': _Pool, 'https': _SecurePool}


def _seconds(silence: float | None, end: float) -> float | None:
    """How long a wait may be that would otherwise be *silence* seconds; None is without a bound.

    Raises TimeoutError where no time is left: zero seconds would mean something else to a socket.
    """
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError('The time for the request is over.')
    least = min(left, math.inf if silence is None else silence)
    return least if least < math.inf else None


def _connect(connection: Any) -> _Timed:
    """A new connection to the first address that answers; urllib3 would give each the whole time.

    *connection*: of urllib3. Raises the errors that urllib3 raises here.
    """
    end = _now().end
    host = connection._dns_host.strip('[]')
    try:
        host.encode('idna')
    except UnicodeError:
        raise LocationParseError(f"'{host}', label empty or too long") from None
    try:
        found = socket.getaddrinfo(host, connection.port, allowed_gai_family(), socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    problem = OSError('there is no address')
    for *kind, _, address in found:
        try:
            return _Timed(_plain(connection, kind, address, end), end)
        except OSError as error:
            problem = error
    if isinstance(problem, TimeoutError):
        raise ConnectTimeoutError(connection, 'The connection took too long.') from problem
    raise NewConnectionError(connection, f'No connection came about: {problem}') from problem


def _plain(connection: Any, kind: list[Any], address: Any, end: float) -> socket.socket:
    sock = socket.socket(*kind)
    try:
        for option in connection.socket_options or ():
            sock.setsockopt(*option)
        sock.settimeout(_seconds(connection.timeout, end))
        if connection.source_address:
            sock.bind(connection.source_address)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock
