"""Reading a page's history with as few texts as will do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from mwsocial.desk.item import Item, Queue
from mwsocial.desk.knowledge import Knowledge, Need
from mwsocial.wiki.revision import Revision

T = TypeVar('T')

#: How many texts are asked for first: the API gives fifty to an account without the right to more.
BATCH = 50
#: How many revisions are looked at before their authors are asked for.
SLICE = 500

#: How many texts one step of a search reads at most. A step leaves one part of so many.
PROBES = 12

#: An item's content, and whether the template itself is at fault (then the content is a guess).
Content = tuple[frozenset[tuple[str, str]], bool]


def content_of(item: Item) -> Content:
    """The item's content as a value that can be compared whole."""
    return frozenset(item.content.items()), bool(item.faults)


@dataclass(frozen=True)
class Shown:
    """What one revision shows for one id, over all items and decisions that carry the id."""

    items: tuple[Item, ...]
    contents: Counter[Content]
    approvals: Counter[str]
    declines: Counter[str]
    takedowns: Counter[str]
    holds: Counter[str]


def shown(queue: Queue, item_id: str) -> Shown:
    """What a page shows for *item_id*."""
    items = tuple(queue.of(item_id))

    def values(name: str) -> Counter[str]:
        return Counter(filter(None, (item.editors.get(name, '') for item in items)))

    decided = Counter(
        one.approved for one in queue.decided(item_id) if one.approved and not one.faults
    )
    return Shown(
        items,
        Counter(map(content_of, items)),
        values('approved') + decided,
        values('decline'),
        values('delete-posts'),
        values('hold'),
    )


def loses(before: Counter[T], after: Counter[T], thing: T) -> bool:
    """Whether a change takes *thing* away: wholly, one of several, or by putting another for another
    where it did not stand. Putting it back takes nothing away.
    """
    return before != after and (after[thing] == 0 or after[thing] < before[thing])


class History:
    """One page's chain of revisions, with what each holds."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.chain: Sequence[Revision] = knowledge.chain
        # The same revision is asked again for every approval that the page shows.
        self._shown: dict[tuple[int, str], Shown] = {}

    @cached_property
    def _place(self) -> dict[int, int]:
        return {revision.revid: place for place, revision in enumerate(self.chain)}

    def parent(self, revision: Revision) -> Revision | None:
        """The revision before; None for the first one, and where the chain is broken."""
        place = self._place[revision.revid] + 1
        if place < len(self.chain) and self.chain[place].revid == revision.parentid:
            return self.chain[place]
        return None

    def child(self, revision: Revision) -> Revision | None:
        """The revision after; None for the current one."""
        place = self._place[revision.revid]
        return self.chain[place - 1] if place else None

    def after(self, revision: Revision) -> Sequence[Revision]:
        """The revisions after this one, newest first."""
        return self.chain[: self._place[revision.revid]]

    def before(self, revision: Revision) -> Sequence[Revision]:
        """The revisions before this one, newest first."""
        return self.chain[self._place[revision.revid] + 1 :]

    def text(self, revision: Revision) -> str:
        """The page's wikitext; '' where it is hidden."""
        return self.knowledge.text(revision.revid)

    def queue(self, revision: Revision | None) -> Queue:
        """What the page held; nothing before its first revision."""
        return self.knowledge.queue(revision.revid) if revision else Queue(())

    def shown(self, revision: Revision | None, item_id: str) -> Shown:
        """What the revision shows for *item_id*."""
        queue = self.queue(revision)
        key = (revision.revid if revision else 0, item_id)
        if key not in self._shown:
            self._shown[key] = shown(queue, item_id)
        return self._shown[key]

    def load(self, revisions: Iterable[Revision | None]) -> None:
        """Make sure that these texts have been read. Raises one ``Need`` for all that have not."""
        missing = self.knowledge.unread(one.revid for one in revisions if one)
        if missing:
            raise Need(texts=missing)

    def with_parents(self, revisions: Iterable[Revision]) -> list[Revision | None]:
        """The revisions and their parents, to be loaded."""
        return [one for revision in revisions for one in (revision, self.parent(revision))]

    def backwards(
        self,
        revisions: Sequence[Revision],
        item_id: str,
        back_to: datetime,
        *,
        parents: bool = False,
    ) -> Iterator[Revision]:
        """Go back through *revisions* (newest first), each with its text read, and its parent's too
        if *parents*, until the id has gone from the page for good.

        An id is used once for ever, so further back than *back_to* (UTC) the way ends where a text no
        longer holds it. Raises ``Need`` for one batch of texts after the other, each twice as large:
        with each the decision begins anew.
        """
        start, step = 0, BATCH // 2 if parents else BATCH
        while start < len(revisions):
            batch = revisions[start : start + step]
            self.load(self.with_parents(batch) if parents else batch)
            yield from batch
            if self.gone(batch[-1], item_id, back_to):
                return
            start, step = start + step, 2 * step

    def gone(self, revision: Revision, item_id: str, back_to: datetime) -> bool:
        """Whether it is not worth looking for the id in anything older than this revision."""
        if revision.timestamp >= back_to or revision.text_hidden:
            return False
        return item_id not in self.text(revision)

    def known(self, revision: Revision) -> bool:
        """Whether the text has been read already, so that it may serve an explanation for free."""
        return not self.knowledge.unread([revision.revid])


def newest(
    history: History, holds: Callable[[Revision], bool], chain: Sequence[Revision]
) -> Revision:
    """A revision that holds what the newest of *chain* holds, and its parent does not, or is not in
    *chain*. Near the end of the chain it is found with the fewest texts. What is hidden may have held
    it. Raises ``Need``.
    """

    def may_hold(revision: Revision) -> bool:
        return revision.text_hidden or holds(revision)

    inside, outside = 0, len(chain)
    for place in range(1, len(chain)):
        if history.known(chain[place]):
            if not may_hold(chain[place]):
                outside = place
                break
            inside = place
    while outside - inside > 1:
        gap = outside - inside
        if outside == len(chain):
            places = [inside + 2**step for step in range(gap.bit_length()) if 2**step < gap]
        else:
            places = sorted({inside + gap * step // (PROBES + 1) for step in range(1, PROBES + 1)})
        places = [place for place in places if place > inside]
        history.load([chain[place] for place in places])
        for place in places:
            if not may_hold(chain[place]):
                outside = place
                break
            inside = place
    return chain[inside]
