"""What revisions of a page hold, kept for the run within bounds."""

from __future__ import annotations

import pickle
import zlib
from collections import OrderedDict

from mwsocial.desk.item import Queue

#: Bytes, by the estimate below, that are kept ready at hand.
ROOM = 80_000_000
#: What an item takes beside its words.
_ITEM = 900


class ParsedPages:
    """Pages by revision id. Those asked for lately are kept as they are, the others packed small.

    They are packed, not dropped: each item of the page is asked after in revision after revision, so
    where there are more of these than have room, each would be read again for each item. To unpack a
    page takes an eighth of the time of reading it.
    """

    def __init__(self, room: int = ROOM) -> None:
        """*room*: so many bytes are kept as they are, or the one page that was asked for last."""
        self._room = room
        self._used = 0
        self._ready: OrderedDict[int, tuple[Queue, int]] = OrderedDict()
        self._packed: dict[int, tuple[bytes, int]] = {}

    @property
    def ready(self) -> tuple[int, ...]:
        """The revisions that are kept as they are, the one asked for last at the end."""
        return tuple(self._ready)

    def get(self, revid: int) -> Queue | None:
        """What the revision holds; None where it has not been put here."""
        if revid in self._ready:
            self._ready.move_to_end(revid)
            return self._ready[revid][0]
        if revid not in self._packed:
            return None
        packed, size = self._packed[revid]
        queue: Queue = pickle.loads(zlib.decompress(packed))  # noqa: S301 - what _pack has written
        self._keep(revid, queue, size)
        return queue

    def put(self, revid: int, queue: Queue, text: str) -> None:
        """Keep what was read of the revision's *text*."""
        self._packed.pop(revid, None)
        things = len(queue.items) + len(queue.decisions)
        self._keep(revid, queue, len(text) + _ITEM * things)

    def _keep(self, revid: int, queue: Queue, size: int) -> None:
        if revid in self._ready:
            self._used -= self._ready.pop(revid)[1]
        self._ready[revid] = queue, size
        self._used += size
        while self._used > self._room and len(self._ready) > 1:
            self._pack(*self._ready.popitem(last=False))

    def _pack(self, revid: int, kept: tuple[Queue, int]) -> None:
        queue, size = kept
        self._used -= size
        # Packed once, it stays so: a revision does not change.
        if revid not in self._packed:
            self._packed[revid] = zlib.compress(pickle.dumps(queue), 1), size
