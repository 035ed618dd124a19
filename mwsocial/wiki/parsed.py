"""What revisions of a page hold, kept for the run within bounds."""

from __future__ import annotations

import pickle
import zlib
from collections import OrderedDict
from collections.abc import Sequence

from mwsocial.desk.item import Decision, Item, Queue

#: Bytes, by the estimate below, that are kept as they were read.
ROOM = 80_000_000
#: What an item takes beside its words.
_ITEM = 900
#: About so many items are packed together.
_PORTION = 100

_Portion = tuple[list[Item], list[Decision]]


class ParsedPages:
    """Pages by revision id: those read last as they are, the others shelved.

    They are not dropped: each item of the page is asked after in revision after revision, so where there
    are more of these than have room, each would be read again for each item.
    """

    def __init__(self, room: int = ROOM) -> None:
        """*room*: so many bytes are kept as they are, or the one page that was read last."""
        self._room = room
        self._used = 0
        self._ready: OrderedDict[int, tuple[Queue, int]] = OrderedDict()
        self._shelved: dict[int, Queue] = {}

    @property
    def ready(self) -> tuple[int, ...]:
        """The revisions that are kept as they are, the one asked for last at the end."""
        return tuple(self._ready)

    def get(self, revid: int) -> Queue | None:
        """What the revision holds; None where it has not been put here."""
        if revid in self._ready:
            self._ready.move_to_end(revid)
            return self._ready[revid][0]
        return self._shelved.get(revid)

    def put(self, revid: int, queue: Queue, text: str) -> None:
        """Keep what was read of the revision's *text*."""
        if revid in self._ready:
            self._used -= self._ready.pop(revid)[1]
        self._shelved.pop(revid, None)
        size = len(text) + _ITEM * (len(queue.items) + len(queue.decisions))
        self._ready[revid] = queue, size
        self._used += size
        while self._used > self._room and len(self._ready) > 1:
            oldest, (old, its_size) = self._ready.popitem(last=False)
            self._used -= its_size
            self._shelved[oldest] = Shelved(old)


class Shelved(Queue):
    """The same as a queue that was read, packed in portions: whoever asks after one id unpacks one.

    Nothing that was unpacked is kept here.
    """

    def __init__(self, queue: Queue) -> None:
        """*queue*: to be packed."""
        number = 1 + (len(queue.items) + len(queue.decisions)) // _PORTION
        portions: list[_Portion] = [([], []) for _ in range(number)]
        for item in queue.items:
            portions[_place(item.id, number)][0].append(item)
        for decision in queue.decisions:
            portions[_place(decision.id, number)][1].append(decision)
        # A queue is frozen.
        self.__dict__['stopped'] = queue.stopped
        self.__dict__['_portions'] = [zlib.compress(pickle.dumps(one), 1) for one in portions]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in the page's order."""
        found = [item for place in range(self._number) for item in self._portion(place)[0]]
        return tuple(sorted(found, key=lambda item: item.number))

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """All decisions, in the page's order."""
        found = [one for place in range(self._number) for one in self._portion(place)[1]]
        return tuple(sorted(found, key=lambda one: one.number))

    def of(self, item_id: str) -> Sequence[Item]:
        """The items with this id, in the page's order; with '', those that wait for one."""
        items, _ = self._portion(_place(item_id, self._number))
        return [item for item in items if item.id == item_id]

    def decided(self, item_id: str) -> Sequence[Decision]:
        """The decisions about this id, in the page's order."""
        _, decisions = self._portion(_place(item_id, self._number))
        return [one for one in decisions if one.id == item_id]

    def by_id(self) -> dict[str, Item]:
        """The items that have an id; of two with one id, the first on the page."""
        return self._read().by_id()

    def doubled(self) -> frozenset[str]:
        """Ids that more than one item of the page has."""
        return self._read().doubled()

    @property
    def loose_lines(self) -> frozenset[tuple[str, str]]:
        """What stands in the bot's parameters of items that wait for an id, as (name, value)."""
        return frozenset(line for item in self.of('') for line in item.bot.items())

    def _read(self) -> Queue:
        return Queue(self.items, self.decisions, self.stopped)

    @property
    def _number(self) -> int:
        return len(self.__dict__['_portions'])

    def _portion(self, place: int) -> _Portion:
        packed: bytes = self.__dict__['_portions'][place]
        portion: _Portion = pickle.loads(zlib.decompress(packed))  # noqa: S301 - packed above
        return portion


def _place(item_id: str, number: int) -> int:
    return zlib.crc32(item_id.encode('utf-8', 'surrogatepass')) % number
