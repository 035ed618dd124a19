"""Which of several items with one id is the real one."""

from __future__ import annotations

from collections.abc import Sequence

from mwsocial.desk.approval.history import BATCH, Content, History, content_of
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.knowledge import Knowledge


def first_holder(item_id: str, queue: Queue, knowledge: Knowledge) -> int | None:
    """The number of the item that had the id first; None where nobody can tell.

    *queue* is what the newest revision of *knowledge* shows. The item is known by its content, never
    by its place on the page: it is the one whose content is what stood alone under the id just before
    a second one came, and has stood in every revision since. If that content is gone, stands twice,
    or never stood alone, or a revision in between is hidden, the answer is None, and none of them is
    posted. Raises ``Need`` for texts.
    """
    items = queue.of(item_id)
    if len(items) < 2:
        return items[0].number if items else None
    history = History(knowledge)
    common = {content_of(item) for item in items}
    for start in range(0, len(history.chain), BATCH):
        batch = history.chain[start : start + BATCH]
        history.load(batch)
        for revision in batch:
            contents = history.shown(revision, item_id).contents
            common &= set(contents)
            if sum(contents.values()) < 2 or not common:
                return _only(items, common)
    return None


def _only(items: Sequence[Item], common: set[Content]) -> int | None:
    found = [item.number for item in items if content_of(item) in common]
    return found[0] if len(found) == 1 else None


def item_now(item_id: str, queue: Queue, knowledge: Knowledge) -> Item | None:
    """The item that the page shows under the id; None where there is none or nobody can tell."""
    number = first_holder(item_id, queue, knowledge)
    return next((item for item in queue.of(item_id) if item.number == number), None)
