"""Which of two items with one id is the real one."""

from __future__ import annotations

import pytest

from mwsocial.desk.approval import first_holder
from tests.desk.approval.histories import ALICE, CAROL, ERIN, It, Memory, Page, World

REAL, COPY, OTHER = It(), It().say('Buy now'), It('two')


def holder(*pages: tuple[It, ...]) -> int | None:
    world = World()
    for page in pages:
        world.save(ERIN, Page(page))
    memory = Memory(world)
    queue = world.page.queue()
    return memory.ask(lambda: first_holder('one', queue, memory))


@pytest.mark.parametrize(
    ('pages', 'number'),
    [
        ([(REAL,)], 0),
        ([(OTHER, REAL)], 1),
        ([(OTHER,)], None),
        ([(REAL,), (REAL, COPY)], 0),
        ([(REAL,), (COPY, REAL)], 1),
        ([(REAL,), (COPY, REAL), (REAL, COPY)], 0),
        ([(REAL,), (COPY, REAL), (COPY, OTHER, REAL, COPY)], 2),
        ([(REAL,), (COPY, REAL), (COPY, REAL.put(comment='x'))], 1),
        # in doubt: the same twice, both at once, the real one changed meanwhile or gone for a time
        ([(REAL,), (REAL, REAL)], None),
        ([(REAL, COPY)], None),
        ([(OTHER,), (REAL, COPY)], None),
        ([(REAL,), (REAL, COPY), (REAL.say('Hi'), COPY)], None),
        ([(REAL,), (REAL, COPY), (COPY, COPY), (REAL, COPY)], None),
        # of those that were the same, the one that stays so
        ([(REAL,), (REAL, REAL), (COPY, REAL)], 1),
        # the newcomer stood alone for a time
        ([(REAL,), (COPY, REAL), (COPY,), (COPY, REAL)], 0),
    ],
)
def test_the_holder(pages: list[tuple[It, ...]], number: int | None) -> None:
    assert holder(*pages) == number


def test_a_hidden_revision_leaves_it_in_doubt() -> None:
    world = World()
    world.save(CAROL, Page((REAL,)))
    world.save(ERIN, Page((COPY, REAL))).text_hidden = True
    world.save(ALICE, Page((COPY, REAL)))
    memory = Memory(world)
    queue = world.page.queue()
    assert memory.ask(lambda: first_holder('one', queue, memory)) is None


def test_one_item_needs_no_history() -> None:
    world = World()
    world.save(CAROL, Page((REAL, OTHER)))
    memory = Memory(world)
    assert first_holder('one', world.page.queue(), memory) == 0
    assert memory.texts == set()
