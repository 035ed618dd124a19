"""Claims of items that have left the page: what became of them is found out and kept in the archive.

Somebody took such an item off while a run was sending it, and the run died before it could write down
what it did. Nothing is sent any more; but what stands on a network has its record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from mwsocial.desk.records import CLAIM, CLAIMS, Record, has_mark, ids_in, names
from mwsocial.desk.standing import STALE
from mwsocial.wiki.revision import Revision

#: So long after its claim an item that has gone is looked for: no timeline needs longer to be settled.
BACK = timedelta(days=2)


def open_claims(
    own: Sequence[Revision], there: Collection[str], now: datetime
) -> dict[str, Revision]:
    """The ids that are not *there* (on the page) and that the bot named last in a claim, with that one.

    *own*: the bot's marked revisions of the queue, newest first; *now* is UTC by the wiki's clock. By
    their summaries alone, so that it costs nothing where nothing is open.
    """
    lately = [one for one in own if now - one.timestamp <= BACK]
    claimed = [one for one in lately if has_mark(one, (CLAIM,))]
    found = {}
    for item_id in {item_id for one in claimed for item_id in ids_in(one.summary)} - set(there):
        newest = next(one for one in lately if names(one, item_id))
        if newest in claimed and now - newest.timestamp >= STALE:
            found[item_id] = newest
    return found


def still_open(records: Mapping[str, Record], now: datetime) -> dict[str, Record]:
    """Those of an item's records, by place, that nobody is at work on and that say no outcome."""
    return {
        place: record
        for place, record in records.items()
        if record.kind in CLAIMS and now - record.time >= STALE
    }
