"""A small, strict server for what no real one does on demand: lost answers, faults, rate limits.

It follows the Mastodon documentation (methods: statuses, media, accounts, instance; "Rate limits";
user/posting): bearer token, form fields by their names, ``Idempotency-Key`` per account for an hour,
403/404/422 with ``error``, pages of at most 40 posts with ``max_id``, media that are worked on after
the upload, posts rendered as its HTML guidelines say. It is no Mastodon; what a real server does is
tested on a real one. ``ledger`` holds what it has accepted: the truth that outcomes are held against.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.channels.mastodon_world import World

TOKEN = 'stub-token-5f0c27'
_FIELDS = frozenset({
    'status', 'media_ids[]', 'in_reply_to_id', 'sensitive', 'spoiler_text', 'visibility', 'language',
})  # fmt: skip


@dataclass
class Answer:
    """What to say; ``cut`` leaves out the end of the body, ``gone`` closes with a reset, ``hang``
    waits until the client has given up.
    """

    status: int = 200
    body: bytes = b''
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    gone: bool = False
    hang: bool = False


def json_answer(value: object, status: int = 200, **headers: str) -> Answer:
    """An answer of the API."""
    named = {name.replace('_', '-'): text for name, text in headers.items()}
    kind = {'Content-Type': 'application/json; charset=utf-8'}
    return Answer(status, json.dumps(value).encode(), kind | named)


def error(status: int, words: str, **headers: str) -> Answer:
    """An error of the API."""
    return json_answer({'error': words}, status, **headers)


@dataclass
class Fault:
    """What happens to the next request of ``method`` to a path that begins with ``path``.

    ``answer`` makes of the right answer the one that is given; with ``before`` the request is not
    carried out at all.
    """

    method: str
    path: str
    answer: Callable[[Answer], Answer]
    before: bool = False


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    fields: dict[str, list[str]]


class Stub:
    """The server, to be used with ``with``; it listens on 127.0.0.1 only."""

    def __init__(self) -> None:
        self.ledger: list[dict[str, Any]] = []
        self.requests: list[Seen] = []
        self.faults: list[Fault] = []
        self.now = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
        self.media_polls = 0  # how often an image is still in the works
        self.media: dict[str, dict[str, Any]] = {}
        self.sources = True
        self.token_works = True
        self.instance: dict[str, Any] | None = {
            'domain': 'stub.example', 'version': '4.5.1',
            'configuration': {
                'statuses': {'max_characters': 500, 'max_media_attachments': 4},
                'media_attachments': {'description_limit': 1500},
            },
        }  # fmt: skip
        self.keys: dict[str, tuple[str, datetime]] = {}
        self.released = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(('127.0.0.1', 0), _Handler)
        self._server.daemon_threads = True
        self._server.stub = self  # type: ignore[attr-defined]
        self.world = World(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        """Its address."""
        return f'http://127.0.0.1:{self._server.server_address[1]}'

    def clear(self) -> None:
        """Begin anew, with nobody and nothing there."""
        self.ledger.clear()
        self.requests.clear()
        self.faults.clear()
        self.keys.clear()
        self.world = World(self)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def fail(
        self, method: str, path: str, answer: Answer | Callable[[Answer], Answer], *,
        before: bool = False, times: int = 1,
    ) -> None:  # fmt: skip
        """Let something happen to the next *times* requests."""
        make = answer if callable(answer) else lambda right: answer
        self.faults += [Fault(method, path, make, before) for _ in range(times)]

    def seen(self, method: str, path: str) -> list[Seen]:
        """The requests of *method* whose path begins with *path*."""
        return [one for one in self.requests if one.method == method and one.path.startswith(path)]

    def add(self, text: str, **more: Any) -> dict[str, Any]:
        """A post that is there already, as somebody would have made it; returns it."""
        number = self.world.next_number()
        status = {
            'id': str(number), 'text': text, 'spoiler_text': '', 'visibility': 'public',
            'created_at': self.now.isoformat(timespec='milliseconds').replace('+00:00', 'Z'),
            'in_reply_to_id': None, 'in_reply_to_account_id': None, 'reblog': None,
            'reblogged': False, 'edited_at': None, 'language': None, 'media': [], 'mentions': [],
            'sensitive': False, 'account': self.world.accounts['77'],
            'url': f'{self.url}/@desk/{number}', 'uri': f'{self.url}/users/desk/statuses/{number}',
            'content': render(text, self.url),
        } | more  # fmt: skip
        self.ledger.append(status)
        return status

    # -- what a request brings -------------------------------------------------------------------

    def handle(self, seen: Seen) -> Answer:
        """The answer to one request, with the fault that is waiting for it."""
        with self._lock:
            self.requests.append(seen)
            fault = next((
                one for one in self.faults
                if one.method == seen.method and seen.path.startswith(one.path)
            ), None)  # fmt: skip
            if fault:
                self.faults.remove(fault)
            right = Answer() if fault and fault.before else self._right(seen)
            return fault.answer(right) if fault else right

    def _right(self, seen: Seen) -> Answer:
        if seen.path.startswith('/api/v2/instance') and self.instance is not None:
            return json_answer(self.instance)
        if not seen.path.startswith('/api/v') or '/instance' in seen.path:
            return Answer(404, b'<html>Not found</html>', {'Content-Type': 'text/html'})
        if seen.headers.get('authorization') != f'Bearer {TOKEN}' or not self.token_works:
            return error(401, 'The access token is invalid')
        if seen.method == 'GET' and seen.path == '/api/v1/accounts/verify_credentials':
            return json_answer(self.world.accounts['77'] | self.world.numbers)
        if seen.method == 'GET' and seen.path == '/api/v1/accounts/77/statuses':
            return self._timeline(seen)
        if seen.method == 'POST' and seen.path == '/api/v1/statuses':
            return self._create(seen)
        if seen.method == 'POST' and seen.path == '/api/v2/media':
            return self._take_media(seen)
        if seen.method == 'GET' and seen.path.startswith('/api/v1/media/'):
            return self._tell_media(seen.path.rsplit('/', 1)[1])
        if seen.method == 'GET' and seen.path.endswith('/source') and self.sources:
            return self._source(seen.path.split('/')[-2])
        found = self.world.answer(seen)
        if isinstance(found, int):
            return error(found, 'Record not found' if found == 404 else 'Not allowed')
        return json_answer(found[0], **found[1])

    def _create(self, seen: Seen) -> Answer:
        unknown = set(seen.fields) - _FIELDS
        kind = seen.headers.get('content-type', '')
        if unknown or not kind.startswith('application/x-www-form-urlencoded'):
            return error(400, f'unexpected {kind} {sorted(unknown)}')
        fields = {name: values[0] for name, values in seen.fields.items()}
        key = seen.headers.get('idempotency-key', '')
        known, until = self.keys.get(key, ('', self.now))
        if known and until > self.now:
            there = next((one for one in self.ledger if one['id'] == known), None)
            return json_answer(self.world.shown(there)) if there else error(404, 'Record not found')
        if len(fields.get('status', '')) + len(fields.get('spoiler_text', '')) > 500:
            return error(422, 'Validation failed: Text character limit of 500 exceeded')
        media = seen.fields.get('media_ids[]', [])
        if any(self.media.get(one, {}).get('left', 1) > 0 for one in media):
            return error(422, 'Cannot attach files that have not finished processing')
        parent = fields.get('in_reply_to_id')
        answered = self.world.find(parent) if parent is not None else None
        if parent is not None and answered is None:
            return error(404, 'The post you are trying to reply to does not appear to exist.')
        status = self.add(
            fields.get('status', '').strip(), spoiler_text=fields.get('spoiler_text', ''),
            visibility=fields.get('visibility', 'public'), language=fields.get('language'),
            in_reply_to_id=parent, media=media, sensitive=fields.get('sensitive'),
            in_reply_to_account_id=answered['account']['id'] if answered else None,
        )  # fmt: skip
        if key:
            self.keys[key] = status['id'], self.now + timedelta(hours=1)
        return json_answer(self.world.shown(status))

    def _timeline(self, seen: Seen) -> Answer:
        limit = min(40, int(seen.query.get('limit', ['20'])[0]))
        before = int(seen.query.get('max_id', ['999999999'])[0])
        boosts = 'exclude_reblogs' not in seen.query
        posts = [
            self.world.shown(one) for one in reversed(self.ledger)
            if int(one['id']) < before and (boosts or not one['reblog'])
        ]  # fmt: skip
        return json_answer(posts[:limit])

    def _source(self, status_id: str) -> Answer:
        for one in self.ledger:
            if one['id'] == status_id:
                names = ('id', 'text', 'spoiler_text')
                return json_answer({name: one[name] for name in names})
        return error(404, 'Record not found')

    def _take_media(self, seen: Seen) -> Answer:
        if not seen.fields.get('file') or not seen.fields.get('description'):
            return error(422, "Validation failed: File can't be blank")
        number = str(len(self.media) + 1)
        self.media[number] = {
            'left': self.media_polls, 'description': seen.fields['description'][0],
            'file': seen.fields['file'][0],
        }  # fmt: skip
        return self._tell_media(number, 202)

    def _tell_media(self, number: str, working: int = 206) -> Answer:
        one = self.media.get(number)
        if one is None:
            return error(404, 'Record not found')
        ready = one['left'] <= 0
        told = {'id': number, 'url': f'{self.url}/m/{number}' if ready else None}
        one['left'] -= 1
        return json_answer(told, 200 if ready else working)


def render(text: str, base: str) -> str:
    """*text* as Mastodon's HTML: links with hidden ends, mentions without host, paragraphs."""
    pattern = r'(https?://\S*[\w/])|(?<!\w)@(\w+)(?:@([\w.-]+\w))?|(?<!\w)#(\w+)'

    def replaced(found: re.Match[str]) -> str:
        address, user, host, tag = found.groups()
        if user:
            home = f'https://{host}' if host else base
            return (
                f'<span class="h-card" translate="no"><a href="{home}/@{user}" '
                f'class="u-url mention">@<span>{user}</span></a></span>'
            )
        if tag:
            return f'<a href="{base}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
        prefix = re.match(r'https?://(www\.)?', address)
        assert prefix
        rest = address[prefix.end() :]
        return (
            f'<a href="{escape(address)}" target="_blank" rel="nofollow noopener" translate="no">'
            f'<span class="invisible">{prefix[0]}</span>'
            f'<span class="{"ellipsis" if rest[30:] else ""}">{escape(rest[:30])}</span>'
            f'<span class="invisible">{escape(rest[30:])}</span></a>'
        )

    pieces: list[str] = []
    done = 0
    for found in re.finditer(pattern, text):
        pieces += escape(text[done : found.start()]), replaced(found)
        done = found.end()
    html = ''.join(pieces) + escape(text[done:])
    paragraphs = re.split(r'\n\n+', html)
    return ''.join(f'<p>{one}</p>'.replace('\n', '<br />') for one in paragraphs)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base names it so
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        stub: Stub = self.server.stub  # type: ignore[attr-defined]
        target = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = stub.handle(Seen(
            self.command, unquote(target.path).rstrip('/'), parse_qs(target.query), headers,
            _fields(headers.get('content-type', ''), body),
        ))  # fmt: skip
        self.close_connection = True
        if answer.hang:
            stub.released.wait(10)
            return
        if answer.gone:
            linger = struct.pack('ii', 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            return
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) - answer.cut])


def _fields(kind: str, body: bytes) -> dict[str, list[str]]:
    if kind.startswith('multipart/form-data'):
        message = BytesParser(policy=HTTP).parsebytes(
            b'Content-Type: ' + kind.encode() + b'\r\n\r\n' + body
        )
        found: dict[str, list[str]] = {}
        for part in message.iter_parts():
            name = str(part.get_param('name', header='content-disposition'))
            raw = part.get_payload(decode=True)
            assert isinstance(raw, bytes)
            charset = 'latin-1' if part.get_filename() else 'utf-8'
            found.setdefault(name, []).append(raw.decode(charset))
        return found
    if kind.startswith('application/json'):
        return {'json': [body.decode()]}
    return parse_qs(body.decode(), keep_blank_values=True)
