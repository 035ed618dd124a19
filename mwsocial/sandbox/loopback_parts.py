"""A request, a ledger and a fault of the project's own stand-ins for networks (``loopback``)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from . import files
from .faults import Answer, html_error

#: What can go wrong. '' is nothing, for a fault that only delays.
HOWS = (
    '', 'reset', 'hang', 'status', 'limit', 'credit', 'duplicate', 'truncate', 'html', 'redirect',
    'drip', 'huge', 'answer',
)  # fmt: skip
_HUGE = 9 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    """One part of a multipart body; ``file`` is the file's name, '' for a plain field."""

    name: str
    file: str
    media_type: str
    data: bytes


@dataclass
class Request:
    """A request as it came; names of headers are in lower case.

    ``kind`` is the service's word for it; ``delay`` is how much later than it is made something that
    it creates is to be shown.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    number: int = 0
    kind: str = ''
    delay: timedelta = timedelta()

    @property
    def path(self) -> str:
        """The path, decoded, without the query."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> list[tuple[str, str]]:
        """The names and values of the query, in order."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def url(self) -> str:
        """The whole address as the client has it (through a gate, that is the gate's)."""
        return f'http://{self.headers.get("host", "")}{self.target}'

    @property
    def content_type(self) -> str:
        """The kind of the body, without parameters."""
        return self.headers.get('content-type', '').partition(';')[0].strip().lower()

    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def form(self) -> list[tuple[str, str]]:
        """The fields of an ordinary form; none where the body is something else."""
        if self.content_type != 'application/x-www-form-urlencoded':
            return []
        return parse_qsl(self.body.decode('utf-8', 'replace'), keep_blank_values=True)

    def parts(self) -> list[Part]:
        """The parts of a multipart/form-data body; none where it is something else."""
        if self.content_type != 'multipart/form-data':
            return []
        head = f'Content-Type: {self.headers["content-type"]}\r\n\r\n'.encode()
        message = BytesParser(policy=HTTP).parsebytes(head + self.body)
        found = []
        for one in message.iter_parts():
            data = one.get_payload(decode=True)
            name = one.get_param('name', header='content-disposition')
            found.append(Part(
                str(name), str(one.get_filename() or ''), one.get_content_type(),
                data if isinstance(data, bytes) else b'',
            ))  # fmt: skip
        return found


class Ledger:
    """What a stand-in has accepted, and all else that it must know after a restart.

    ``data`` is plain JSON. It is written as a whole before the client hears of anything, so that a
    killed server has either accepted a request and remembers, or has not.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.data: dict[str, Any] = {}
        if path is not None and path.exists():
            self.data = json.loads(path.read_text('utf-8'))

    def save(self) -> None:
        """Write it down."""
        if self._path is not None:
            files.write_json(self._path, self.data)

    def list(self, name: str) -> list[Any]:
        """The list of that name, made where there is none."""
        found = self.data.setdefault(name, [])
        assert isinstance(found, list)
        return found

    def table(self, name: str) -> dict[str, Any]:
        """The table of that name, made where there is none."""
        found = self.data.setdefault(name, {})
        assert isinstance(found, dict)
        return found

    def next_number(self, name: str, first: int = 1) -> int:
        """A number that was never given before, also not before a restart."""
        number = max(first, int(self.data.get(name, 0)) + 1)
        self.data[name] = number
        return number


@dataclass
class Fault:
    """What goes wrong with requests of one kind.

    ``how``: 'reset' (the connection is cut), 'hang' (no answer for ``seconds``, or for ever), 'status'
    (a web server's page with ``status``), 'limit', 'credit', 'duplicate' (the network's own form of too
    many requests, no money, same words), 'truncate', 'html', 'redirect' (to ``location``), 'drip' (an
    answer without an end), 'huge', 'answer' (exactly ``status``, ``headers`` and ``body``), or '' (all
    goes well). ``done``: the request is carried out all the same. What it creates is shown in reads
    ``delay`` seconds later. ``kind``: which requests, '' for all; ``nth``: from which of them on;
    ``times``: how many, None for ever. A service may know more ``headers`` of its own for a 'limit'.
    """

    how: str = ''
    kind: str = ''
    done: bool = False
    times: int | None = 1
    nth: int = 1
    status: int = 0
    seconds: float = 0
    delay: float = 0
    location: str = ''
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ''
    seen: int = field(default=0, init=False)
    applied: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.how not in HOWS:
            raise ValueError(f'a fault is one of {", ".join(HOWS[1:])}, not {self.how!r}')
        if not self.how or self.how in ('truncate', 'drip'):
            self.done = True  # there is nothing else to give or to cut

    def takes(self, request: Request) -> bool:
        """Count the request, and tell whether it is this fault's turn."""
        if self.kind and self.kind != request.kind:
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times is not None and self.applied >= self.times):
            return False
        self.applied += 1
        return True

    def shape(self, answer: Answer | None) -> Answer:
        """What the client gets instead of *answer* (None: nothing has been made yet)."""
        named = list(self.headers.items())
        if self.how == 'answer':
            return Answer(self.status or 200, named, self.body.encode())
        if self.how == 'html':
            return html_error(self.status or 200, 'Welcome')
        if self.how == 'redirect':
            return Answer(self.status or 307, [('Location', self.location), *named])
        if self.how == 'huge':
            return Answer(self.status or 200, _JSON, b'{' + b' ' * _HUGE + b'}')
        if self.how == 'status' or answer is None:
            return html_error(self.status or 500)
        if self.how == 'truncate':
            return Answer(
                answer.status, answer.headers, answer.body[: len(answer.body) // 2],
                len(answer.body),
            )  # fmt: skip
        return answer


_JSON: Sequence[tuple[str, str]] = (('Content-Type', 'application/json; charset=utf-8'),)


def json_answer(value: object, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON; in names of headers ``_`` stands for ``-``."""
    named = [(name.replace('_', '-'), text) for name, text in headers.items()]
    return Answer(status, [*_JSON, *named], json.dumps(value).encode())
