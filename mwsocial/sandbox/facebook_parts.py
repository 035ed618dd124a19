"""What the stand-in for the Graph API says and knows: errors, fields, images. No state in here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .faults import Answer
from .loopback_parts import json_answer

Fields = dict[str, 'Fields']
#: What a file begins with, by media type ("Page Photos": JPEG, BMP, PNG, GIF and TIFF).
_IMAGES: Mapping[str, tuple[bytes, ...]] = {
    'image/jpeg': (b'\xff\xd8\xff',),
    'image/png': (b'\x89PNG\r\n\x1a\n',),
    'image/gif': (b'GIF87a', b'GIF89a'),
    'image/bmp': (b'BM',),
    'image/tiff': (b'II*\0', b'MM\0*'),
}


class GraphFailure(ValueError):
    """What the API refuses with; ``answer`` is its form (Meta, "Handling Errors")."""

    def __init__(
        self, code: int, message: str, subcode: int = 0, status: int = 400, **more: Any
    ) -> None:
        super().__init__(message)
        self.answer = graph_error(code, message, subcode, status, **more)


def graph_error(
    code: int, message: str, subcode: int = 0, status: int = 400,
    headers: Mapping[str, str] | None = None, **more: Any,
) -> Answer:  # fmt: skip
    """An error as the API gives it."""
    error: dict[str, Any] = {'message': message, 'type': 'OAuthException', 'code': code}
    if subcode:
        error['error_subcode'] = subcode
    error |= {**more, 'fbtrace_id': 'Asandbox0000000000'}
    answer = json_answer({'error': error}, status)
    return Answer(status, [*answer.headers, *(headers or {}).items()], answer.body)


def usage(minutes: int) -> dict[str, str]:
    """The headers of an application that has used up what it may ("Rate Limits")."""
    business = {
        'type': 'pages', 'call_count': 100, 'total_cputime': 20, 'total_time': 25,
        'estimated_time_to_regain_access': minutes,
    }  # fmt: skip
    return {
        'X-App-Usage': json.dumps({'call_count': 100, 'total_time': 25, 'total_cputime': 20}),
        'X-Business-Use-Case-Usage': json.dumps({'112130216863063': [business]}),
    }


def read_fields(text: str) -> Fields:
    """``a,b{c,d}`` as names with the names below them. Raises GraphFailure where it is none."""
    found: Fields = {}
    stack = [found]
    name = ''

    def take() -> None:
        if name:
            stack[-1].setdefault(name, {})

    for sign in text:
        if sign.isalnum() or sign == '_':
            name += sign
        elif sign == ',':
            take()
            name = ''
        elif sign == '{' and name:
            take()
            stack.append(stack[-1][name])
            name = ''
        elif sign == '}' and len(stack) > 1:
            take()
            stack.pop()
            name = ''
        else:
            raise GraphFailure(2500, f'Syntax error "Unexpected {sign}" in fields')
    take()
    if len(stack) > 1:
        raise GraphFailure(2500, 'Syntax error "Expected end of string" in fields')
    return found


def pick(node: str, value: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """The *fields* of *value*, and its id; one that it cannot have is an error, as it is there."""
    known = {name: value.get(name) for name in value}
    for name in fields:
        if name not in known:
            raise GraphFailure(
                100, f'(#100) Tried accessing nonexisting field ({name}) on node type ({node})'
            )
    shown = {name: _below(node, known[name], below) for name, below in fields.items()}
    shown = {name: one for name, one in shown.items() if one is not None}
    return shown | ({'id': value['id']} if 'id' in value else {})


def _below(node: str, value: Any, fields: Fields) -> Any:
    if not fields or value is None:
        return value
    if isinstance(value, Mapping) and 'data' in value:
        return {'data': [_below(node, one, fields) for one in value['data']]}
    return {name: _below(node, value.get(name), below) for name, below in fields.items()
            if value.get(name) is not None}  # fmt: skip


def only(given: Iterable[str], allowed: Iterable[str]) -> None:
    """Refuse parameters that the documentation does not know. The real API takes no notice of them:
    here they are mistakes that must come to light.
    """
    unknown = sorted(set(given) - set(allowed))
    if unknown:
        raise GraphFailure(100, f'(#100) This stand-in knows no parameter {", ".join(unknown)}')


@dataclass(frozen=True)
class Upload:
    """A file that was sent."""

    media_type: str
    data: bytes


def check_image(upload: Upload) -> None:
    """Refuse what is no image of a kind that Pages take, and files of 10 MB and more."""
    starts = _IMAGES.get(upload.media_type, ())
    if not any(upload.data.startswith(start) for start in starts):
        raise GraphFailure(324, '(#324) Requires upload file')
    if len(upload.data) >= 10_000_000:
        raise GraphFailure(324, '(#324) The image is too large', 2069019)
