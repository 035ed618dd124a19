"""Walking forward through lists that the network gives from the newest backwards: pure.

Such a list is sorted by when a post says that it was made, so a post may come in below others that were
read already. A cursor therefore remembers what was read of the last hour, and is read back to there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from mwsocial.channels import answers
from mwsocial.channels.base import Seen
from mwsocial.channels.bluesky.records import moment

#: How much later than it says a post may come in and still be seen, and how many are remembered.
LATE = timedelta(hours=1)
REMEMBERED = 24
_CURSOR = re.compile(r'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)((?:_[0-9a-f]{8}){0,48})', re.A)
_AHEAD = timedelta(hours=1)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Entry:
    """One entry of a list: when it was made (UTC), its address, and what it is to us (None: nothing)."""

    time: datetime
    uri: str
    seen: Seen | None


@dataclass(frozen=True)
class Mark:
    """How far a list has been read: all before ``since``, and of what is newer those ``known``."""

    since: datetime
    known: frozenset[str] = frozenset()

    def text(self) -> str:
        """The cursor."""
        return '_'.join((moment(self.since), *sorted(self.known)))

    def is_new(self, entry: Entry) -> bool:
        """Whether *entry* was not read before."""
        return entry.time >= self.since and digest(entry.uri) not in self.known


def mark_of(cursor: str, now: datetime) -> Mark | None:
    """What *cursor* says; None for '' and for what is none, or lies in the future: it stands on a page
    where anybody may put anything.
    """
    found = _CURSOR.fullmatch(cursor)
    since = answers.sane_time(found[1]) if found else None
    if found is None or since is None or since > now + _AHEAD:
        return None
    return Mark(since, frozenset(found[2].split('_')[1:]))


def digest(uri: str) -> str:
    """A short word for the address *uri*."""
    return sha256(uri.encode('utf-8', 'surrogatepass')).hexdigest()[:8]


def next_mark(
    mark: Mark | None, read: Sequence[Entry], given: Collection[Entry], *, whole: bool = False
) -> Mark | None:  # fmt: skip
    """How far one is when *given* has been given out of all that was *read*; as before if nothing was.

    On the first time (*mark* None) what is older than what was read is left behind, unless that was the
    *whole* list.
    """
    if not given:
        return mark
    since = max(one.time for one in given) - LATE
    if mark:
        since = max(since, mark.since)
    elif not whole:
        since = max(since, min(one.time for one in read))
    handed = {one.uri for one in given}
    known = sorted(
        (
            one for one in read
            if one.time >= since and (one.uri in handed or (mark and digest(one.uri) in mark.known))
        ),
        key=lambda one: one.time,
        reverse=True,
    )  # fmt: skip
    if len(known) > REMEMBERED:
        since = max(since, known[REMEMBERED].time + _MILLISECOND)
        known = [one for one in known if one.time >= since]
    return Mark(since, frozenset(digest(one.uri) for one in known))


def oldest_first(entries: Iterable[Entry]) -> Sequence[Entry]:
    """*entries* by their time, each address once."""
    return sorted({one.uri: one for one in entries}.values(), key=lambda one: (one.time, one.uri))
