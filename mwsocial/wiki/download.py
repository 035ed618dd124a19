"""Fetching the bytes of a file as it was approved: nothing else than just these bytes.

No login, no cookie, no redirect; bounded in size and time. The wiki says where the file is and what its
SHA-1 is; other bytes are never posted.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from mwsocial.channels.base import Refused, TryLater
from mwsocial.channels.originals import MOST_BYTES
from mwsocial.channels.transport import CarefulSession, is_loopback, origin_of
from mwsocial.desk.files import FileFacts
from mwsocial.reason import Reason
from mwsocial.wiki.repository import NO_ANSWER, USER_AGENT

#: Seconds for one file.
PATIENCE = 50.0
#: Bytes of files that are kept in memory for the other channels of a run.
KEPT = 24_000_000


def fetch(facts: FileFacts, *, patience: float = PATIENCE) -> bytes | Refused | TryLater:
    """The bytes of the file's version that *facts* describe, or why they cannot be had."""
    title = facts.title
    url = f'https:{facts.url}' if facts.url.startswith('//') else facts.url
    try:
        origin = _origin(url)
    except ValueError:
        return Refused(Reason('images-address', (title,)))
    if not facts.sha1 or not 0 < facts.size <= MOST_BYTES:
        return Refused(Reason('images-not-taken', (title,)))
    session = CarefulSession(
        origin, read_time=min(20.0, patience), whole_time=patience, largest=MOST_BYTES
    )
    session.headers.update({'User-Agent': USER_AGENT, 'Accept-Encoding': 'identity'})
    # What went wrong is told by the exchange.
    with suppress(*NO_ANSWER):
        session.get(url)
    done = session.last
    if done is None or done.body is None or done.status != 200:
        what = f'HTTP {done.status}' if done and done.status else done.problem if done else ''
        return TryLater(Reason('images-not-there', (title, what or '–')))
    if hashlib.sha1(done.body, usedforsecurity=False).hexdigest() != facts.sha1.lower():
        return TryLater(Reason('images-other-bytes', (title,)))
    return done.body


def _origin(url: str) -> str:
    """Scheme and host of an address on which a file may be. Raises ValueError."""
    parts = urlsplit(url)
    origin = origin_of(f'{parts.scheme}://{parts.netloc}')
    host = parts.hostname or ''
    try:
        private = not ip_address(host).is_global and not is_loopback(host)
    except ValueError:
        private = False
    if private or not url.startswith(f'{origin}/'):
        raise ValueError('this is no address of a file')
    return origin


class Originals:
    """Files of one run: each is asked for once, however many channels it goes to. For many threads."""

    def __init__(self, kept: int = KEPT) -> None:
        """*kept*: how many bytes are kept for those who ask again."""
        self._kept = kept
        self._found: OrderedDict[tuple[str, str], bytes | Refused | TryLater] = OrderedDict()
        self._lock = threading.Lock()
        #: held while a copy is made: one at a time, since it takes much memory
        self.copying = threading.Lock()

    def get(self, facts: FileFacts) -> bytes | Refused | TryLater:
        """As ``fetch``; what could not be had is not asked for again, either."""
        key = facts.url, facts.sha1
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
            found = self._found[key] = fetch(facts)
            while len(self._found) > 1 and self._size() > self._kept:
                self._found.popitem(last=False)
            return found

    def _size(self) -> int:
        return sum(len(one) for one in self._found.values() if isinstance(one, bytes))
