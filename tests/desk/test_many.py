"""Anybody can put ten thousands of items on the queue: a run's work grows with the page, not its square."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import pytest

import mwsocial
from mwsocial.delivery.reading import QueueReader
from mwsocial.desk.item import Queue
from mwsocial.desk.judge import Bench, judge
from mwsocial.desk.plan import make_plan
from mwsocial.desk.records import marked
from mwsocial.desk.validity import Desk
from mwsocial.wiki.edits import apply, remove_decision
from mwsocial.wiki.items import read_queue

from .approval.histories import ALICE, BOT, CAROL, RULES, It, Memory, World

_CODE = str(Path(mwsocial.__file__).parent)


def steps(work: Callable[[], object]) -> int:
    """How many lines of mwsocial run."""
    lines = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        if not frame.f_code.co_filename.startswith(_CODE):
            return None
        lines += event == 'line'
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return lines


class Parsed(Memory):
    """As the real reader: a text is read once."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.parsed: dict[int, Queue] = {}

    def queue(self, revid: int) -> Queue:
        if revid not in self.parsed:
            self.parsed[revid] = read_queue(self._page(revid).text())
        return self.parsed[revid]


def run(world: World) -> str:
    """What a run makes of the page."""
    memory = Parsed(world)
    own = marked(memory.chain, {BOT})
    queue = read_queue(world.page.text())
    bench = Bench(RULES, Desk({}), ledger=own)
    standings = memory.ask(lambda: judge(queue, memory, bench, world.now))
    plan = make_plan(
        standings, {}, RULES, world.now, settled={}, again={}, nonce=lambda: 'abc',
        new_id=lambda item: f'new-{item.number}', folds={}, touched=lambda item: False,
        words=lambda reason: reason.text(),
    )  # fmt: skip
    return apply(world.page.text(), plan.changes)


def each_its_own(many: int) -> World:
    world = World()
    world.items(CAROL, *(It(f'i{number}') for number in range(many)))
    return world


def without_ids(many: int) -> World:
    world = World()
    world.items(CAROL, *(It('').say(f'Hello {number}') for number in range(many)))
    return world


def alike_without_ids(many: int) -> World:
    world = World()
    world.items(CAROL, *(It('') for _ in range(many)))
    return world


def all_of_one_id(many: int) -> World:
    world = World()
    world.items(ALICE, It())
    world.items(CAROL, It(), *(It().say(f'Hello {number}') for number in range(many)))
    return world


def twice_each(many: int) -> World:
    world = each_its_own(many)
    items = world.page.items
    world.items(CAROL, *items, *(one.say('Other') for one in items))
    return world


def decided_each(many: int) -> World:
    world = each_its_own(many)
    decisions = tuple((f'i{number}', f'{"a" * 40} me') for number in range(many))
    world.save(CAROL, replace(world.page, decisions=decisions))
    return world


def decided_often(many: int) -> World:
    world = World()
    world.items(CAROL, It())
    world.wait(hours=1)
    values = tuple(('one', f'{world.value(ALICE, It())} {number}') for number in range(many))
    world.save(ALICE, replace(world.page, decisions=values))
    return world


def after_many_records(many: int) -> World:
    world = World()
    for number in range(many):
        world.save(BOT, world.page, summary=f'mwsocial:record old{number}')
    world.items(CAROL, *(It(f'i{number}') for number in range(many)))
    return world


def noted_by_the_bot(many: int) -> World:
    world = each_its_own(many)
    world.save(BOT, world.page, summary='mwsocial:record i0 +more')
    return world


@pytest.mark.parametrize(
    'make',
    [
        each_its_own, without_ids, alike_without_ids, all_of_one_id, twice_each, decided_each,
        decided_often, after_many_records, noted_by_the_bot,
    ],
)  # fmt: skip
def test_twice_as_many_take_twice_the_steps(make: Callable[[int], World]) -> None:
    few, twice = (steps(lambda many=many: run(make(many))) for many in (60, 120))
    # A square would bring it to four; what is read once makes it less than two.
    assert twice <= 2.1 * few


def test_who_touched_an_item_lately_is_looked_up() -> None:
    def work(many: int) -> int:
        world = without_ids(many)
        world.wait(minutes=20)
        world.save(CAROL, replace(world.page, extra='words'))
        memory = Parsed(world)
        seen: Any = SimpleNamespace(now=world.now, knowledge=memory)
        reader: Any = SimpleNamespace(
            config=SimpleNamespace(rules=lambda: RULES, bots=frozenset({BOT}))
        )
        memory.decide = memory.ask  # type: ignore[attr-defined]
        touched = QueueReader.touched_lately(reader, seen)
        items = read_queue(world.page.text()).items
        return steps(lambda: [touched(item) for item in items])

    assert work(120) <= 2.1 * work(60)


def test_decisions_in_sections_of_their_own_are_taken_off_in_one_pass() -> None:
    def work(many: int) -> int:
        page = '== A ==\n{{Social media decision|id=a|approved=b}}\n' * many
        return steps(lambda: remove_decision(page, *range(many)))

    assert work(120) <= 2.1 * work(60)
