"""What an edit of the bot brought, bound to its summary, which nobody can change.

A save may bring other lines than were sent: MediaWiki merges what others saved meanwhile, and completes
what they had left on the page (``wiki/presave``). So the summary carries a short digest of each record
that was meant. What else an edit brought is not the bot's word; what is missing harms no other.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from mwsocial.desk.item import Queue

#: One record: the id of the item, the parameter, its value.
Line = tuple[str, str, str]
#: Digits for one line: the others do not see it before they would have to match it.
_SHORT = 6
#: Digits for all lines together, where there is no room for one after the other.
_WHOLE = 16
_DIGEST = re.compile(rf' =([0-9a-f]{{{_SHORT}}}(?:\.[0-9a-f]{{{_SHORT}}})*|[0-9a-f]{{{_WHOLE}}})$')


def brought(now: Queue, before: Queue) -> frozenset[Line]:
    """The records that a page shows *now* and did not show *before*.

    What stood in an item without an id, perhaps forged, the edit that gave it the id did not bring.
    """
    return _brought(now.sent, before.sent, before.loose_lines)


@lru_cache(maxsize=2000)
def _brought(
    now: frozenset[Line], before: frozenset[Line], loose: frozenset[tuple[str, str]]
) -> frozenset[Line]:
    return frozenset(line for line in now - before if line[1:] not in loose)


def bound(summary: str, now: Queue, before: Queue, room: int) -> str:
    """The *summary* of an edit from *before* to *now*, with the digests of what it brings; together at
    most *room* characters, where the summary leaves eighteen.
    """
    lines = brought(now, before)
    each = '.'.join(sorted(map(_one, lines)))
    fits = lines and len(summary) + len(each) + 2 <= room
    return f'{summary} ={each if fits else _all(lines)}'


def unbound(summary: str) -> str:
    """The summary without its digests."""
    return _DIGEST.sub('', summary)


def meant(summary: str, now: Queue, before: Queue) -> frozenset[Line] | None:
    """Those of the records that an edit brought which its summary is bound to; None where they are not
    what it is bound to as a whole. One that is bound to nothing is believed in all of them.
    """
    lines = brought(now, before)
    said = _DIGEST.search(summary)
    if said is None:
        return lines
    if len(said[1]) == _WHOLE and '.' not in said[1]:
        return lines if said[1] == _all(lines) else None
    known = frozenset(said[1].split('.'))
    return frozenset(line for line in lines if _one(line) in known)


def _one(line: Line) -> str:
    return _digest('\t'.join(line), _SHORT)


def _all(lines: frozenset[Line]) -> str:
    return _digest('\n'.join('\t'.join(line) for line in sorted(lines)), _WHOLE)


def _digest(words: str, length: int) -> str:
    return hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:length]
