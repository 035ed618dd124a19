"""Answers of a server, spoiled: what is no answer at all, what is cut off, and JSON that is something else."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.fuzz.choices import Choices

#: What may stand where something else should.
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, 1.5, 1e308, '', 'x', '0', '-1', 'null', [], {}, [[]], [None],
    {'id': None}, 'x' * 5000, '\u202e\u0000\x1b', '\ud800', '|}}{{<nowiki>[[', '</nowiki>', '~~~~', '<a href=', '&#0;',
    'https://elsewhere.example/p/1', 'javascript:alert(1)', '//x', 'http://[', '../../1', '?a#b',
    '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59.999Z', '2026-02-30T00:00:00Z', '2026-11-25', 'Infinity',
    '1' * 400, '@x@y@z', '#', '\u0660\u0661', '１', 'did:plc:x', 'at://did:plc:x/app.bsky.feed.post/x', 'at://',
)  # fmt: skip
STATUSES = (
    200,
    201,
    202,
    204,
    206,
    301,
    302,
    304,
    400,
    401,
    402,
    403,
    404,
    409,
    410,
    422,
    429,
    500,
    502,
    503,
    504,
    599,
    999,
)
HEADERS = (
    ('Retry-After', ('', '0', '-1', '60', '9' * 30, 'soon', 'Wed, 25 Nov 2026 15:00:00 GMT')),
    ('X-RateLimit-Reset', ('', '0', '9' * 12, '9' * 400, '2026-11-25T15:00:00Z', '²', 'x')),
    ('x-rate-limit-reset', ('', '0', '9' * 12, '9' * 400, '²', 'x')),
    ('Date', ('', 'x', 'Wed, 99 Nov 2026 15:00:00 GMT', 'Wed, 25 Nov 0000 15:00:00 GMT')),
    ('Link', ('', '<', '<https://elsewhere.example/>; rel="next"', '<>; rel=next', '<' * 3000)),
    ('Content-Type', ('', 'text/html', 'application/json; charset=x', '/', 'a' * 3000)),
    ('Location', ('', 'https://elsewhere.example/', '//x', '/')),
    ('x-app-usage', ('', '{', '{"call_count": 1e999}', '[]')),
    ('x-business-use-case-usage', ('', '{', '{"1": [{"estimated_time_to_regain_access": "x"}]}', '[]')),
    ('dpop-nonce', ('', 'x')),
)  # fmt: skip
BROKEN = (
    requests.exceptions.ConnectionError, requests.exceptions.ReadTimeout,
    requests.exceptions.ConnectTimeout, requests.exceptions.ChunkedEncodingError,
    requests.exceptions.SSLError, requests.exceptions.ContentDecodingError,
)  # fmt: skip


@dataclass
class Spoiled:
    """What takes the place of an answer; ``fault``: none came. ``words``: only what is said differs, not
    how the server meant it (its status stayed, and an answer came).
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b''
    fault: Exception | None = None
    words: bool = True


def spoil(choices: Choices, status: int, headers: dict[str, str], body: bytes) -> Spoiled:
    """An answer as the choices want it; with none of them left, as it is."""
    made = Spoiled(status, headers, body)
    what = choices.number(10)
    if what in (1, 2, 3, 4):
        made.body = _other_json(choices, body)
    elif what == 5:
        made.body = choices.one_of(
            (b'', b'<html>', b'null', b'[]', b'{}', b'"x"', b'0', b'\xff\xfe', b'{"a":1,"a":2}',
             b'[' * 100_000, b'{"a":' * 100_000, b'9' * 100_000, b'NaN', b'[NaN]', b'\x00' * 100)
        )  # fmt: skip
    elif what == 6:
        made.body = body[: choices.number(len(body) + 1 if len(body) < 65536 else 65536)]
    elif what == 7:
        made.status = choices.one_of(STATUSES)
        made.words = made.status == status
    elif what == 8:
        name, values = choices.one_of(HEADERS)
        made.headers = {**headers, name: choices.one_of(values)}
        made.status = choices.one_of((status, 429, 503, status))
        made.words = made.status == status
    elif what == 9:
        made.fault = choices.one_of(BROKEN)('spoiled')
        made.words = False
    return made


def _other_json(choices: Choices, body: bytes) -> bytes:
    """The same JSON with some of its nodes changed."""
    try:
        tree = json.loads(body)
    except ValueError:
        return choices.bytes(200)
    holder = [tree]
    for _ in range(1 + choices.number(3)):
        _change(choices, holder)
    try:
        return json.dumps(holder[0]).encode()
    except (ValueError, RecursionError):
        return b''


def _change(choices: Choices, holder: list[Any]) -> None:
    """Change one node somewhere below *holder*."""
    parent: Any = holder
    key: Any = 0
    while isinstance(parent[key], dict | list) and parent[key] and choices.number(8):
        node = parent[key]
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        parent, key = node, choices.one_of(keys)
    what = choices.number(6)
    if what == 1 and parent is not holder:
        del parent[key]
    elif what == 2 and isinstance(parent[key], list):
        parent[key] = parent[key] * 3
    elif what == 3 and isinstance(parent[key], str):
        place = choices.number(min(len(parent[key]), 60_000) + 1)
        parent[key] = parent[key][:place] + choices.bytes(20).decode('utf-8', 'replace')
    elif what == 4 and isinstance(parent, list) and parent is not holder:
        parent.insert(0, copy.deepcopy(parent[choices.number(len(parent))]))
    else:
        parent[key] = copy.deepcopy(choices.one_of(ODD))
