"""Requests to the Graph API: where they go, how they carry the token, how lists are turned over.

The token stands in the ``Authorization`` header, and in the body of the one request whose
documentation wants it there; never in an address, which servers and proxies write into their logs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from mwsocial import __version__
from mwsocial.channels.transport import CarefulSession, Exchange

#: The version of the API whose documentation this package follows.
VERSION = 'v26.0'
#: How many posts a page of a list is asked for, and how many pages are read at the most.
PAGE, PAGES = 50, 20
_USER_AGENT = f'mwsocial/{__version__} (https://www.mediawiki.org/wiki/Social_media)'
# What of the address of a list's next page is taken over; the token, which it holds too, is not.
_TURNING = ('after', 'until', '__paging_token', '__previous')

File = tuple[str, bytes, str]


class Graph:
    """The API at one origin, with one token."""

    def __init__(self, origin: str, token: str, *, read_time: float) -> None:
        """*origin*: as ``transport.origin_of`` gives it; *read_time*: see ``CarefulSession``."""
        self._base = f'{origin}/{VERSION}'
        self._token = token
        self._session = CarefulSession(origin, read_time=read_time)
        self._session.headers['User-Agent'] = _USER_AGENT
        self._session.headers['Authorization'] = f'Bearer {token}'

    def get(self, path: str, **query: str) -> Exchange:
        """Read ``/path``; empty values are left out."""
        return self._ask('GET', path, params=_named(query))

    def post(
        self, path: str, fields: Mapping[str, str], file: File | None = None
    ) -> Exchange:  # fmt: skip
        """Create or change something with a form; *file* is sent as its ``source``."""
        files = {'source': file} if file else None
        return self._ask('POST', path, data=dict(fields), files=files)

    def delete(self, path: str) -> Exchange:
        """Delete an object."""
        return self._ask('DELETE', path)

    def about_token(self) -> Mapping[str, Any]:
        """What ``debug_token`` says of the token; empty where it says nothing.

        The token to look at is a parameter of an address there. As part of a batch, that address
        stands in the body of a POST (Meta, "Batch Requests").
        """
        asked = {
            'method': 'GET',
            'relative_url': f'debug_token?input_token={quote(self._token, safe="")}',
        }
        fields = {
            'access_token': self._token,
            'batch': json.dumps([asked]),
            'include_headers': 'false',
        }
        answer = self.post('', fields).json()
        first = answer[0] if isinstance(answer, list) and len(answer) == 1 else None
        if not isinstance(first, dict) or first.get('code') != 200:
            return {}
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            found = json.loads(first['body'])['data']
            return found if isinstance(found, dict) else {}
        return {}

    def pages(self, path: str, **query: str) -> Iterator[tuple[Sequence[Any], bool] | Exchange]:
        """The pages of a list, as the API orders them, each with whether it is the last one.

        An Exchange is a page that could not be read, and ends it; so does ``PAGES``.
        """
        turned: dict[str, str] = {}
        for _ in range(PAGES):
            exchange = self.get(path, **query, **turned)
            answer = exchange.json()
            data = answer.get('data') if isinstance(answer, dict) else None
            if exchange.status != 200 or not isinstance(data, list):
                yield exchange
                return
            paging = answer.get('paging')
            before, turned = turned, _turned(paging)
            yield data, not _more(paging)
            if not turned or turned == before:
                return

    def _ask(self, method: str, path: str, **options: Any) -> Exchange:
        self._session.last = None
        raised = ''
        try:
            self._session.request(method, f'{self._base}/{path}', **options)
        except Exception as error:  # what it means is decided from the exchange
            raised = type(error).__name__
        return self._session.last or Exchange(method, path, sent=False, problem=raised)


def _more(paging: object) -> bool:
    return isinstance(paging, Mapping) and bool(paging.get('next'))


def _turned(paging: object) -> dict[str, str]:
    """What to ask for on the next page of a list; nothing where there is none."""
    following = paging.get('next') if isinstance(paging, Mapping) else None
    if not isinstance(following, str):
        return {}
    try:
        query = parse_qs(urlsplit(following).query)
    except ValueError:
        return {}
    return {name: query[name][0] for name in _TURNING if name in query}


def _named(query: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if value}
