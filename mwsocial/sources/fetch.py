"""Fetching what strangers have published: with care, and without a credential.

Only https, and http on the own machine where the desk's wiki is there too (a sandbox). No user name,
cookie, proxy or netrc. At most 60 seconds and 4 MB. A redirect is followed three times at most, and
only to the same host or the same host with or without ``www.``: where a feed has moved to is for the
configuration to say. An address may not lead into a private network. An answer with an ETag or a time
of its last change is kept in a folder, which may be wiped at any time, and asked for only if it has
changed (RFC 9110, 13.1).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from mwsocial.channels.transport import AnswerTooLongError, CarefulSession, is_loopback, origin_of
from mwsocial.sources.settings import address as checked_address
from mwsocial.sources.trouble import Trouble

#: Bytes of an answer, seconds for the whole of it and seconds without a byte.
LARGEST = 4 * 1024 * 1024
WHOLE = 60.0
#: Seconds for everything that one fetcher fetches.
PATIENCE = 300.0
SILENCE = 20.0
REDIRECTS = 3

_MOVED = frozenset({301, 302, 303, 307, 308})
_ACCEPT = 'application/atom+xml, application/rss+xml, text/calendar, application/json, */*;q=0.5'


@dataclass(frozen=True)
class Fetched:
    """What stood at ``address``; ``content_type`` as the server said it."""

    address: str
    body: bytes
    content_type: str = ''


@dataclass(frozen=True)
class _Kept:
    fetched: Fetched
    etag: str
    changed: str


class Fetcher:
    """Fetches addresses; each once in its life, and all of them together in bounded time."""

    def __init__(
        self,
        agent: str,
        *,
        folder: Path | None = None,
        local: bool = False,
        patience: float = PATIENCE,
        whole: float = WHOLE,
        silence: float = SILENCE,
        resolve: Callable[[str, int], list[str]] | None = None,
    ) -> None:
        """*agent*: who is asking (User-Agent); *folder*: for the cache; *local*: whether the own machine
        may be asked; *patience*, *whole* and *silence*: seconds for all of its life, for one answer, and
        without a byte; *resolve*: host and port to IP addresses.
        """
        self._agent = agent
        self._folder = folder
        self._local = local
        self._end = time.monotonic() + patience
        self._whole = whole
        self._silence = silence
        self._resolve = resolve or _resolve
        self._done: dict[str, Fetched] = {}

    def get(self, address: str, *, keep: bool = True) -> Fetched:
        """What stands at *address*. *keep*: in the cache, for later runs. Raises ``Trouble``."""
        if address not in self._done:
            self._done[address] = self._get(address, keep)
        return self._done[address]

    def _get(self, first: str, keep: bool) -> Fetched:
        kept = self._kept(first) if keep else None
        headers = {'User-Agent': self._agent, 'Accept': _ACCEPT}
        if kept and kept.etag:
            headers['If-None-Match'] = kept.etag
        if kept and kept.changed:
            headers['If-Modified-Since'] = kept.changed
        address = first
        for _ in range(REDIRECTS + 1):
            response = self._once(address, headers)
            status = response.status_code
            if status == 304 and kept:
                return kept.fetched
            if status in _MOVED:
                address = self._next(address, response.headers.get('Location', ''))
                continue
            if status != 200:
                raise _refused(address, status)
            fetched = Fetched(address, response.content, response.headers.get('Content-Type', ''))
            if keep:
                self._keep(first, fetched, response.headers)
            return fetched
        raise Trouble('sources-redirects', host_of(first))

    def _once(self, address: str, headers: Mapping[str, str]) -> requests.Response:
        host = self._checked(address)
        left = self._end - time.monotonic()
        if left <= 0:
            raise Trouble('sources-late', temporary=True)
        parts = urlsplit(address)
        origin = origin_of(f'{parts.scheme}://{parts.netloc}')
        url = f'{origin}{parts.path or "/"}' + (f'?{parts.query}' if parts.query else '')
        try:
            with CarefulSession(
                origin, read_time=self._silence, whole_time=min(self._whole, left)
            ) as session:
                response = session.get(url, headers=dict(headers))
        except AnswerTooLongError:
            raise Trouble('sources-too-long', host, f'{LARGEST // 1024**2}') from None
        except requests.exceptions.SSLError:
            raise Trouble('sources-tls', host) from None
        except requests.exceptions.Timeout:
            raise Trouble('sources-timeout', host, temporary=True) from None
        except requests.exceptions.ContentDecodingError:
            raise Trouble('sources-broken', host, temporary=True) from None
        except (requests.exceptions.RequestException, HTTPError, OSError, ValueError):
            raise Trouble('sources-unreachable', host, temporary=True) from None
        if len(response.content or b'') > LARGEST:
            raise Trouble('sources-too-long', host, f'{LARGEST // 1024**2}')
        return response

    def _checked(self, address: str) -> str:
        """The host of an address that may be asked. Raises ``Trouble``."""
        try:
            checked_address(address.partition('#')[0])
        except ValueError as error:
            raise Trouble('sources-address', host_of(address), str(error)) from None
        parts = urlsplit(address)
        host = parts.hostname or ''
        if is_loopback(host):
            if not self._local:
                raise Trouble('sources-local', host)
            return host
        try:
            found = self._resolve(host, parts.port or 443)
        except OSError:
            raise Trouble('sources-unreachable', host, temporary=True) from None
        if not all(ip_address(one.partition('%')[0]).is_global for one in found):
            raise Trouble('sources-local', host)
        return host

    def _next(self, address: str, location: str) -> str:
        host = host_of(address)
        if not location.isascii():
            location = ''
        try:
            target = urljoin(address, location)
            there = urlsplit(target)
            port = there.port
        except ValueError:
            raise Trouble('sources-redirects', host) from None
        here = urlsplit(address)
        same = _bare(here.hostname) == _bare(there.hostname) and (
            port in (here.port, 443) or (port is None and here.port in (None, 443))
        )
        if not location or there.scheme != here.scheme or not same:
            raise Trouble('sources-redirect', host, f'{there.scheme}://{there.netloc}{there.path}')
        return target

    # -- the cache: only ever a saving, never believed without the server's word -------------------

    def _path(self, address: str) -> Path | None:
        if self._folder is None:
            return None
        return self._folder / f'{hashlib.sha256(address.encode()).hexdigest()[:32]}.json'

    def _kept(self, address: str) -> _Kept | None:
        path = self._path(address)
        if path is None:
            return None
        try:
            if path.lstat().st_size > LARGEST * 2 or path.is_symlink():
                return None
            value = json.loads(path.read_bytes())
            body = base64.b64decode(value['body'], validate=True)
            good = value['asked'] == address and value['sha256'] == _sha256(body)
            fetched = Fetched(str(value['address']), body, str(value['type']))
            if not good or not value['etag'] + value['changed']:
                return None
            return _Kept(fetched, _header(value['etag']), _header(value['changed']))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def _keep(self, asked: str, fetched: Fetched, headers: Mapping[str, str]) -> None:
        path = self._path(asked)
        etag, changed = headers.get('ETag', ''), headers.get('Last-Modified', '')
        if path is None or not etag + changed:
            return
        value = {
            'asked': asked, 'address': fetched.address, 'type': fetched.content_type,
            'etag': etag, 'changed': changed, 'sha256': _sha256(fetched.body),
            'body': base64.b64encode(fetched.body).decode(),
        }  # fmt: skip
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix='.new-')
            try:
                with os.fdopen(handle, 'w') as file:
                    json.dump(value, file)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)


def host_of(address: str) -> str:
    """The host of an address, for a sentence; the address itself where it has none."""
    try:
        return urlsplit(address).hostname or address[:100]
    except ValueError:
        return address[:100]


def _refused(address: str, status: int) -> Trouble:
    later = status == 429 or status >= 500
    return Trouble('sources-status', host_of(address), str(status), temporary=later)


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def _bare(host: str | None) -> str:
    return (host or '').lower().removeprefix('www.')


def _header(value: str) -> str:
    if not isinstance(value, str) or len(value) > 1000 or not value.isprintable():
        raise ValueError('no header')
    return value


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
