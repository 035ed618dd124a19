"""Who proposed an item: whom a summary names when it went out."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from mwsocial.desk.item import Item, Queue
from mwsocial.desk.knowledge import Knowledge, Need

#: How many revisions are read at once on the way back, and how many rounds the courtesy is worth.
BATCH = 50
ROUNDS = 6


def proposer(item: Item, revid: int, knowledge: Knowledge, bots: AbstractSet[str]) -> str:
    """The user whose revision brought the item that *revid* shows; '' if that is not found cheaply.

    The item is followed back from *revid* through the revisions that hold it without a gap; the bot
    only gave it its id, so an item without one and with the same words is the same item. Raises
    ``Need`` for texts.
    """
    chain = [revision for revision in knowledge.chain if revision.revid <= revid]
    oldest = None
    for start in range(0, min(len(chain), BATCH * ROUNDS), BATCH):
        batch = chain[start : start + BATCH]
        missing = knowledge.unread(revision.revid for revision in batch)
        if missing:
            raise Need(texts=missing)
        for revision in batch:
            if not _holds(knowledge.queue(revision.revid), item):
                return oldest.user if oldest and oldest.user not in bots else ''
            oldest = revision
    if oldest and oldest.parentid == 0 and oldest.user not in bots:
        return oldest.user
    return ''


def _holds(queue: Queue, item: Item) -> bool:
    words = {name: value for name, value in item.content.items() if name != 'id'}
    return any(
        one.id == item.id
        or (not one.id and {n: v for n, v in one.content.items() if n != 'id'} == words)
        for one in queue.items
    )
