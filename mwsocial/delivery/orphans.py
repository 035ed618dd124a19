"""Claims of items that have left the page: what became of them is found out and kept in the archive.

Somebody took such an item off while a run was sending it, and the run died before it could write down
what it did. Nothing is sent any more; but what stands on a network has its record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from mwsocial.desk.records import CLAIM, CLAIMS, MORE, Record, has_mark, ids_in, named
from mwsocial.desk.standing import STALE
from mwsocial.wiki.revision import Revision

#: So long after its claim an item that has gone is looked for: no timeline needs longer to be settled.
BACK = timedelta(days=2)


def open_claims(
    own: Sequence[Revision],
    there: Collection[str],
    now: datetime,
    claimed_by: Callable[[Revision], Collection[str]],
) -> dict[str, Revision]:
    """The ids that are not *there* (on the page) and that the bot named last in a claim, with that one.

    *own*: the bot's marked revisions of the queue, newest first; *now* is UTC by the wiki's clock. By
    their summaries, so that it costs nothing where nothing is open; *claimed_by* tells the ids from the
    text of a claim whose summary had no room for all. What only may name an id (a record with no room
    for it, a hidden summary) does not end its claim: the records decide (see ``still_open``).
    """
    lately = [one for one in own if now - one.timestamp <= BACK]
    found: dict[str, Revision] = {}
    ended = set(there)
    for one in lately:
        if has_mark(one, (CLAIM,)):
            ids = set(claimed_by(one) if MORE in named(one) else ids_in(one.summary)) - ended
            if now - one.timestamp >= STALE:
                found |= dict.fromkeys(ids, one)
            ended |= ids
        ended |= named(one)
    return found


def still_open(records: Mapping[str, Record], now: datetime) -> dict[str, Record]:
    """Those of an item's records, by place, that nobody is at work on and that say no outcome."""
    return {
        place: record
        for place, record in records.items()
        if record.kind in CLAIMS and now - record.time >= STALE
    }
