"""What an edit of the bot brought, bound to its summary, which nobody can change.

A save may bring more than was sent: MediaWiki merges what others saved meanwhile, and completes what
they had left on the page (``wiki/presave``). So the summary carries a digest of the records that were
meant; where an edit brought others, none of them is certain.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from mwsocial.desk.item import Queue

#: One record: the id of the item, the parameter, its value.
Line = tuple[str, str, str]
_DIGEST = re.compile(r' =([0-9a-f]{16})$')
#: Characters that it takes in a summary.
LENGTH = 18


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


def bound(summary: str, now: Queue, before: Queue) -> str:
    """The *summary* of an edit from *before* to *now*, with the digest of what it brings."""
    return f'{summary} ={_digest(brought(now, before))}'


def unbound(summary: str) -> str:
    """The summary without its digest."""
    return _DIGEST.sub('', summary)


def keeps(summary: str, now: Queue, before: Queue) -> bool:
    """Whether an edit brought what its summary says; one that says nothing is believed."""
    said = _DIGEST.search(summary)
    return said is None or said[1] == _digest(brought(now, before))


def _digest(lines: frozenset[Line]) -> str:
    words = '\n'.join('\t'.join(line) for line in sorted(lines))
    return hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:16]
