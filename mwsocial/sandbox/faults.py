"""What a gate knows of a request, and the faults it can be told to make."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from urllib.parse import parse_qsl

#: Parameters whose values are never kept.
_SECRET = re.compile(
    r'(?i)pass|token|secret|retype|authorization|signature|(?:^|_)code$|sessionkey'
)
_MASK = '(not kept)'

Pid = int | Callable[[], int | None]


@dataclass(frozen=True)
class Request:
    """What is known of one request; values of secret parameters are left out."""

    number: int
    method: str
    path: str
    fields: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def action(self) -> str:
        """The ``action`` parameter of a call of MediaWiki's API, or nothing."""
        return self.fields.get('action', '')

    def __str__(self) -> str:
        shown = {key: value[:60] for key, value in self.fields.items()}
        return f'{self.number} {self.method} {self.path} {shown}'


@dataclass(frozen=True)
class Record:
    """A request with what came of it.

    ``status`` is what the client got (0: the connection was cut), ``upstream`` what the server
    had answered (0: it was not asked); ``seconds`` is the real time it took.
    """

    request: Request
    status: int
    upstream: int
    seconds: float

    method = property(lambda self: self.request.method)
    path = property(lambda self: self.request.path)
    fields = property(lambda self: self.request.fields)
    action = property(lambda self: self.request.action)

    def __str__(self) -> str:
        return f'{self.request} -> {self.status} ({self.seconds:.3f} s)'


@dataclass(frozen=True)
class Event:
    """One point of time at which the client may die: ``when`` is 'before' or 'after'."""

    number: int
    when: str
    request: Request


@dataclass(frozen=True)
class Answer:
    """What the client is to get. ``length`` is the announced length, if not the body's."""

    status: int
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b''
    length: int | None = None


def mediawiki_error(code: str, info: str = '', **headers: str) -> Answer:
    """MediaWiki's own form of an API error (API:Errors and warnings), status 200.

    ``code`` such as ``readonly``, ``maxlag`` or ``ratelimited``.
    """
    body = {'error': {'code': code, 'info': info or code}, 'servedby': 'sandbox'}
    return Answer(
        200,
        [
            ('Content-Type', 'application/json; charset=utf-8'),
            ('MediaWiki-API-Error', code),
            *((name.replace('_', '-'), value) for name, value in headers.items()),
        ],
        json.dumps(body).encode(),
    )


def html_error(status: int, text: str = 'Error') -> Answer:
    """A page of a web server in the way, as a load balancer gives it."""
    body = f'<!DOCTYPE html><html><body><h1>{status} {text}</h1></body></html>'
    return Answer(status, [('Content-Type', 'text/html; charset=utf-8')], body.encode())


@dataclass
class Rule:
    """A fault. It applies to requests that match; ``nth`` picks one of those, ``times`` how many.

    ``method``, ``path`` (a prefix, or all if empty), ``action`` and ``fields`` have to match, and
    ``when`` if given. ``nth`` counts matching requests from 1; ``times=None`` is for ever.

    What happens, in this order: ``hang`` seconds before the request is handed on; ``before`` one
    of 'kill' (the process ``pid``) or 'drop'; then ``answer`` instead of the server's, unless
    ``forward``; ``elsewhere`` is the address of another server that answers in its place (a copy of a
    wiki that lags behind); ``change`` makes another answer of the server's; then ``after`` one of
    'kill' or 'drop'; ``hang_after`` seconds; ``truncate`` cuts the body to that many bytes while the
    full length is announced.
    """

    method: str = ''
    path: str = ''
    action: str = ''
    fields: Mapping[str, str] = field(default_factory=dict)
    when: Callable[[Request], bool] | None = None
    nth: int = 1
    times: int | None = 1
    hang: float = 0
    before: str = ''
    forward: bool = False
    answer: Answer | None = None
    elsewhere: str = ''
    change: Callable[[Answer], Answer] | None = None
    after: str = ''
    hang_after: float = 0
    truncate: int | None = None
    pid: Pid | None = None
    seen: int = field(default=0, init=False)
    applied: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        for value in (self.before, self.after):
            if value not in ('', 'kill', 'drop'):
                raise ValueError(f'a rule can kill or drop, not {value!r}')
        if 'kill' in (self.before, self.after) and self.pid is None:
            raise ValueError('a rule that kills has to be told the process: pid=…')

    def matches(self, request: Request) -> bool:
        """Whether the rule is about this request, whatever its turn."""
        return (
            (not self.method or request.method == self.method)
            and request.path.startswith(self.path)
            and (not self.action or request.action == self.action)
            and all(request.fields.get(key) == value for key, value in self.fields.items())
            and (self.when is None or self.when(request))
        )

    def takes(self, request: Request) -> bool:
        """Count the request, and tell whether it is the rule's turn (called under a lock)."""
        if not self.matches(request):
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times is not None and self.applied >= self.times):
            return False
        self.applied += 1
        return True


def _masked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {key: _MASK if _SECRET.search(key) else value for key, value in pairs}


def _parts(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """Names and values of a multipart/form-data body; of files only their names."""
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if found is None:
        return []
    pairs = []
    for part in body.split(b'--' + found[1].encode())[1:-1]:
        head, _, value = part.removeprefix(b'\r\n').partition(b'\r\n\r\n')
        headers = BytesHeaderParser().parsebytes(head + b'\r\n\r\n')
        name = headers.get_param('name', header='content-disposition')
        file = headers.get_param('filename', header='content-disposition')
        if isinstance(name, str):
            text = value.removesuffix(b'\r\n').decode('utf-8', 'replace')
            pairs.append((name, f'(file {file})' if isinstance(file, str) else text))
    return pairs


def form_fields(query: str, content_type: str, body: bytes) -> dict[str, str]:
    """Parameters of a request from its query and its body, secrets masked."""
    pairs = parse_qsl(query, keep_blank_values=True)
    kind = content_type.partition(';')[0].strip().lower()
    if kind == 'application/x-www-form-urlencoded':
        pairs += parse_qsl(body.decode('utf-8', 'replace'), keep_blank_values=True)
    elif kind == 'multipart/form-data':
        pairs += _parts(content_type, body)
    elif kind == 'application/json':
        with suppress(ValueError):
            value = json.loads(body)
            if isinstance(value, dict):
                pairs += [
                    (key, item if isinstance(item, str) else json.dumps(item))
                    for key, item in value.items()
                ]
    return _masked(pairs)
