"""A session of requests that carries a credential and is careful about where, and about answers.

It knows of the last request whether a byte of it can have left this machine, and keeps its answer:
that is what decides between "nothing was created" and "look before acting". Libraries on top of it
are free to raise what they like.
"""

from __future__ import annotations

import json
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests import exceptions as failures
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ReadTimeoutError,
)

from mwsocial.deadline import DeadlineAdapter, ending_at

#: Seconds: for a connection, between two pieces of an answer, and for a whole request with everything
#: that it takes: connections, sending, headers, body, and trying again.
CONNECT_TIME = 10.0
READ_TIME = 30.0
WHOLE_TIME = 50.0
_LARGEST_ANSWER = 8 * 1024 * 1024
_READING_TRIES = 3
# requests raises these while it prepares a request. (And some of them for a broken answer: a connection
# has stood then.)
_BEFORE_SENDING = (
    failures.InvalidURL, failures.InvalidHeader, failures.InvalidSchema, failures.MissingSchema,
    UnicodeError,
)  # fmt: skip


_TOO_LATE = 'the run has run out of its time'
_sent: Counter[str] = Counter()
_counting = Lock()


def requests_sent() -> int:
    """How many requests this process has made to networks, those that were tried again included."""
    return _sent.total()


class ForeignAddressError(ValueError):
    """A request would have taken the credential to another server; it was not sent."""


class TooLateError(RuntimeError):
    """A request would have changed something when nothing may be changed any more; it was not sent."""


class AnswerTooLongError(OSError):
    """The answer is larger, or took longer, than any real one."""


_may_change: ContextVar[Callable[[], bool]] = ContextVar('may_change')


@contextmanager
def only_while(may_change: Callable[[], bool]) -> Iterator[None]:
    """Inside, *may_change* is asked before each request that changes something, and once more when its
    connection stands: once it says no, none is sent. What comes before a post (uploads, looking, finding
    the server) takes time, and a process may be stopped.
    """
    token = _may_change.set(may_change)
    try:
        yield
    finally:
        _may_change.reset(token)


@dataclass
class Exchange:
    """One request and what came back.

    ``sent`` is False only where it is proved that no byte of the request has left. ``status`` is None
    where no answer came; ``body`` is None where none came, or not the whole of it. ``problem`` is a
    word for people about what went wrong on the way.
    """

    method: str
    path: str
    sent: bool = True
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    problem: str = ''
    #: whether a connection stood over which it was then sent
    connected: bool = False

    @property
    def changes(self) -> bool:
        """Whether the request would change something."""
        return self.method not in ('GET', 'HEAD')

    def json(self) -> Any:
        """The answer, or None where it is not whole or no JSON."""
        if self.body is None:
            return None
        try:
            return json.loads(self.body)
        except ValueError:  # RecursionError cannot come: json.loads raises it below
            return None
        except RecursionError:
            return None


def origin_of(address: str) -> str:
    """Scheme, host and port of the server at *address*, checked for carrying a credential.

    Raises ValueError with what is wrong: only https is good enough (http on the own machine), and no
    user name, path, query or fragment belongs there.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or '', parts.port
    except ValueError as error:
        raise ValueError('this is no address') from error
    if parts.scheme not in ('https', 'http') or not host:
        raise ValueError('it must begin with https:// and a host')
    if parts.username is not None or parts.password is not None:
        raise ValueError('it must hold no user name and no password')
    if parts.path not in ('', '/') or parts.query or parts.fragment:
        raise ValueError('it must end after the host')
    if any(not '!' <= sign <= '~' for sign in address) or '\\' in address:
        raise ValueError('it must hold plain letters only')
    if parts.scheme == 'http' and not is_loopback(host):
        raise ValueError('it must begin with https://')
    shown = f'[{host}]' if ':' in host else host
    return f'{parts.scheme}://{shown}' + (f':{port}' if port is not None else '')


def is_loopback(host: str) -> bool:
    """Whether *host* is the own machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == 'localhost'


class CarefulSession(requests.Session):
    """Requests go to one server only, follow no redirect, and end in bounded time.

    Neither proxies nor credentials nor certificates are taken from the environment or from a file
    in the home folder, no cookie is kept, and only requests that read are tried again (where the
    connection broke). ``last`` is the newest exchange.
    """

    def __init__(
        self,
        origin: str,
        *,
        read_time: float = READ_TIME,
        whole_time: float = WHOLE_TIME,
        largest: int = _LARGEST_ANSWER,
    ) -> None:
        """*origin*: as ``origin_of`` gives it; *largest*: bytes of an answer."""
        super().__init__()
        self.trust_env = False
        for scheme in ('http://', 'https://'):
            self.mount(scheme, DeadlineAdapter())
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers['Connection'] = 'close'
        self.last: Exchange | None = None
        self._origin = origin
        self._read_time = read_time
        self._whole_time = whole_time
        self._largest = largest

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """No answer is a redirect that would be followed, or even looked at."""
        return None

    def request(  # type: ignore[override]
        self, method: str, url: str, **options: Any
    ) -> requests.Response:
        """As in requests, except for the promises of the class."""
        method = method.upper()
        exchange = self.last = Exchange(method, urlsplit(url).path)
        if not url.startswith(self._origin + '/'):
            exchange.sent, exchange.problem = False, 'another server'
            raise ForeignAddressError('A request to another server was stopped.')
        if exchange.changes and not _may_change.get(_always)():
            exchange.sent, exchange.problem = False, _TOO_LATE
            raise TooLateError('A request that came too late was stopped.')
        end = time.monotonic() + self._whole_time
        timeout = min(CONNECT_TIME, self._whole_time), self._read_time
        options |= {'allow_redirects': False, 'stream': True, 'timeout': timeout}
        tries = _READING_TRIES if method == 'GET' else 1
        for left in reversed(range(tries)):
            try:
                return self._once(exchange, method, url, options, end)
            except failures.Timeout:
                raise
            except (failures.ConnectionError, urllib3.exceptions.ProtocolError):
                if not left or time.monotonic() > end:
                    raise
            except urllib3.exceptions.HTTPError as error:
                # A body that cannot be unpacked, say: requests has wrapped it only on the way in.
                raise failures.ContentDecodingError(type(error).__name__) from error
        raise AssertionError('a request is tried at least once')

    def _once(
        self, exchange: Exchange, method: str, url: str, options: dict[str, Any], end: float
    ) -> requests.Response:
        def connected() -> None:
            # What comes next is the first byte of the request, if it may still be sent.
            if exchange.changes and not _may_change.get(_always)():
                raise TooLateError('A request that came too late was stopped.')
            exchange.connected = True

        exchange.sent, exchange.problem, exchange.connected = True, '', False
        with _counting:
            _sent[self._origin] += 1
        # A new connection for each request: an old one may be closed by the server just now, and
        # then it cannot be told whether the request was received. This drops the old ones.
        self.close()
        try:
            with ending_at(end, connected):
                response = super().request(method, url, **options)
                exchange.status = response.status_code
                exchange.headers = response.headers
                with response:
                    exchange.body = _whole(response, end, self._largest)
        except Exception as error:
            # Two proofs: no answer was ever read without a connection, whatever the error looks like.
            exchange.sent = exchange.connected or not nothing_sent(error)
            late = isinstance(error, TooLateError)
            exchange.problem = _TOO_LATE if late else type(error).__name__
            raise
        # What requests itself fills in for an answer that is not streamed.
        response._content = exchange.body
        response._content_consumed = True  # type: ignore[attr-defined]
        return response


def _always() -> bool:
    return True


def _whole(response: requests.Response, end: float, largest: int) -> bytes:
    """The body, one arriving piece after the other, so that no drip can hold up a run."""
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := response.raw.read1(65536, decode_content=True):
            size += len(piece)
            if size > largest or time.monotonic() > end:
                raise AnswerTooLongError('The answer is too long.')
            pieces.append(piece)
    except ReadTimeoutError:
        if time.monotonic() > end:
            raise AnswerTooLongError('The answer takes too long.') from None
        raise
    return b''.join(pieces)


def nothing_sent(error: BaseException) -> bool:
    """Whether *error*, of one request, proves that no byte of the request has left.

    That is so when the name was not found, no connection came about, or the server's certificate was
    not good: HTTP begins only after these.
    """
    if isinstance(
        error, (failures.ConnectTimeout, ForeignAddressError, TooLateError, *_BEFORE_SENDING)
    ):
        return True
    if not isinstance(error, failures.ConnectionError):
        return False
    inner = error.args[0] if error.args else None
    if isinstance(inner, MaxRetryError):
        inner = inner.reason
    if isinstance(inner, NewConnectionError | ConnectTimeoutError):
        return True
    while isinstance(inner, urllib3.exceptions.SSLError) and inner.args:
        inner = inner.args[0]
    return isinstance(inner, ssl.SSLCertVerificationError)
