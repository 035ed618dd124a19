"""Items that went to the archive: their ids are used for ever, whoever puts them back on the queue."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mwsocial.desk.item import Item, Queue
from mwsocial.desk.knowledge import Knowledge
from mwsocial.desk.records import ARCHIVE, has_mark, names
from mwsocial.wiki.revision import Revision


def left(queue: Queue, removals: Sequence[Revision]) -> frozenset[str]:
    """The ids on the page that may have been taken off it before, into the archive.

    *removals*: the bot's revisions of the queue with the archive's mark. They are known anyway, so an
    ordinary run asks for nothing more.
    """
    ids = {item.id for item in queue.items if item.id}
    return frozenset(one for one in ids if any(names(revision, one) for revision in removals))


def archived_items(
    ids: Collection[str],
    ledger: Sequence[Revision],
    removals: Sequence[Revision],
    knowledge: Knowledge,
) -> dict[str, Item | None]:
    """Those of *ids* that were in the archive before they came to stand on the page (again), each as it
    stands there; None where that is hidden.

    *ledger*: the bot's marked revisions of archive pages. An item whose move was broken off, so that it
    stands in both, has never left the queue: it is none of these. Raises ``Need``.
    """
    copies = sorted(
        (one for one in ledger if has_mark(one, (ARCHIVE,)) or one.summary_hidden),
        key=lambda one: one.revid, reverse=True,
    )  # fmt: skip
    found: dict[str, Item | None] = {}
    for item_id in ids:
        for copy in copies:
            if item_id in found or not names(copy, item_id):
                continue
            item = None if copy.text_hidden else knowledge.queue(copy.revid).first(item_id)
            if (item or copy.text_hidden) and _gone(item_id, copy, removals, knowledge):
                found[item_id] = item
    return found


def _gone(item_id: str, copy: Revision, removals: Sequence[Revision], knowledge: Knowledge) -> bool:
    """Whether the queue was without the item once it was in the archive."""
    if any(one.revid > copy.revid and names(one, item_id) for one in removals):
        return True
    before = next((one for one in knowledge.chain if one.revid < copy.revid), None)
    # Where the queue has no history as old as that, or did not hold it, it came from the archive.
    return before is None or not knowledge.queue(before.revid).of(item_id)
