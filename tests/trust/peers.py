"""How other programs do it, modelled: what their order of steps leads to where a run dies or an answer is lost.

Each is the algorithm alone, as its source or its users describe it (a record after the post, a file at the
end …), against the same account: one that keeps what it accepts, and honours keys where it is asked to. Pure;
no program of somebody else is run here. (``make bench`` runs two of them, for their speed.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product

#: The events at which a run dies, or what happens to the answer.
DEATHS = (
    'nothing',
    'dies before the post',
    'dies after the post',
    'the answer is lost',
    'refused for now',
)
ITEMS = ('a', 'b', 'c')


class Died(Exception):
    """The run is gone, with what it had in its memory."""


@dataclass
class Account:
    """What it has accepted, by item; a key is honoured, if there is one."""

    posts: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)

    def accept(self, item: str, key: str = '') -> None:
        if key and key in self.keys:
            return
        self.posts.append(item)
        if key:
            self.keys[key] = item


@dataclass
class World:
    """One account, what a program keeps on its disk, and what goes wrong once, at one item."""

    death: str
    at: str
    account: Account = field(default_factory=Account)
    disk: set[str] = field(default_factory=set)
    over: bool = False
    number: int = 0

    def post(self, item: str, key: str = '') -> bool:
        """Whether the program learns that the post is there."""
        if item != self.at or self.over or self.death == 'nothing':
            self.account.accept(item, key)
            return True
        self.over = True
        if self.death == 'dies before the post':
            raise Died
        if self.death == 'refused for now':
            return False
        self.account.accept(item, key)
        if self.death == 'dies after the post':
            raise Died
        return False

    def random(self) -> str:
        """A key that is new each time."""
        self.number += 1
        return f'random {self.number}'


def record_after(world: World) -> None:
    """Post, then write down that it was posted; what failed is tried again."""
    for item in ITEMS:
        if item not in world.disk and world.post(item):
            world.disk.add(item)


def cache_at_end(world: World) -> None:
    """The file of what was posted is written when all is done."""
    done = {item for item in ITEMS if item not in world.disk and world.post(item)}
    world.disk |= done


def cursor_first(world: World) -> None:
    """The place up to which was read is written first."""
    for item in ITEMS:
        if item not in world.disk:
            world.disk.add(item)
            world.post(item)


def random_key(world: World) -> None:
    """A record after the post, and a new idempotency key for each try."""
    for item in ITEMS:
        if item not in world.disk and world.post(item, world.random()):
            world.disk.add(item)


def fixed_key(world: World) -> None:
    """A record after the post, and the same key for each try, on a network that honours keys."""
    for item in ITEMS:
        if item not in world.disk and world.post(item, item):
            world.disk.add(item)


def last_writer(world: World) -> None:
    """Two runs read the same file, and each writes all of it back."""
    seen = [set(world.disk), set(world.disk)]
    for disk in seen:
        world.disk = disk
        record_after(world)


@dataclass(frozen=True)
class Row:
    """The sums of one algorithm."""

    name: str
    cells: int
    duplicates: int
    lost: int


ALGORITHMS: dict[str, Callable[[World], None]] = {
    'record after the post': record_after,
    'file of what was posted, at the end': cache_at_end,
    'cursor first': cursor_first,
    'record after, a new key for each try': random_key,
    'record after, the same key for each try': fixed_key,
    'two runs, the last writer of a file wins': last_writer,
}


def rows() -> Iterator[Row]:
    """Each algorithm through every event at every item, then run until nothing changes."""
    for name, run in ALGORITHMS.items():
        duplicates = lost = cells = 0
        for death, at in product(DEATHS, ITEMS):
            world = World(death, at)
            for _ in range(3):
                try:
                    run(world)
                except Died:
                    continue
            counts = [world.account.posts.count(item) for item in ITEMS]
            duplicates += sum(max(0, count - 1) for count in counts)
            lost += counts.count(0)
            cells += 1
        yield Row(name, cells, duplicates, lost)


def table() -> list[Row]:
    """All rows."""
    return list(rows())
