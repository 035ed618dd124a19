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
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

#: Seconds: for a connection, between two pieces of an answer, and for a whole request.
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


#: The request at hand.
_at_hand: ContextVar[Exchange | None] = ContextVar('at_hand', default=None)


def _connected() -> None:
    """What comes next is the first byte of the request, if it may still be sent."""
    exchange = _at_hand.get()
    if exchange is None:
        return
    if exchange.changes and not _may_change.get(_always)():
        raise TooLateError('A request that came too late was stopped.')
    exchange.connected = True


class _Connection(urllib3.connection.HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _connected()


class _SecureConnection(urllib3.connection.HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _connected()


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    """Asks again, between the connection and the first byte, whether a change may still be made."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {'http': _Pool, 'https': _SecurePool}


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
            self.mount(scheme, _Adapter())
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
        options |= {'allow_redirects': False, 'stream': True, 'timeout': self._timeout()}
        tries = _READING_TRIES if method == 'GET' else 1
        for left in reversed(range(tries)):
            try:
                return self._once(exchange, method, url, options)
            except failures.Timeout:
                raise
            except (failures.ConnectionError, urllib3.exceptions.ProtocolError):
                if not left:
                    raise
            except urllib3.exceptions.HTTPError as error:
                # A body that cannot be unpacked, say: requests has wrapped it only on the way in.
                raise failures.ContentDecodingError(type(error).__name__) from error
        raise AssertionError('a request is tried at least once')

    def _timeout(self) -> urllib3.Timeout:
        connect = min(CONNECT_TIME, self._whole_time)
        return urllib3.Timeout(connect=connect, read=self._read_time, total=self._whole_time)

    def _once(
        self, exchange: Exchange, method: str, url: str, options: dict[str, Any]
    ) -> requests.Response:
        exchange.sent, exchange.problem, exchange.connected = True, '', False
        with _counting:
            _sent[self._origin] += 1
        end = time.monotonic() + self._whole_time
        # A new connection for each request: an old one may be closed by the server just now, and
        # then it cannot be told whether the request was received. This drops the old ones.
        self.close()
        token = _at_hand.set(exchange)
        try:
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
        finally:
            _at_hand.reset(token)
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
    while piece := response.raw.read1(65536, decode_content=True):
        size += len(piece)
        if size > largest or time.monotonic() > end:
            raise AnswerTooLongError('The answer is too long.')
        pieces.append(piece)
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
