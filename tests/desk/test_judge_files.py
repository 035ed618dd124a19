"""When the wiki is asked about files, and what an item's files make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mwsocial.channels.base import Limits
from mwsocial.desk.files import FileFacts
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.judge import Bench, judge
from mwsocial.desk.knowledge import Need, earliest
from mwsocial.desk.validity import ChannelFacts, Desk
from tests.desk.approval.histories import RULES, It, Memory, Page, World

CHANNELS = {
    name: ChannelFacts(name, Limits(100), lambda text, warning: len(text))
    for name in RULES.channels
}
BENCH = Bench(RULES, Desk(CHANNELS))
GOOD = FileFacts('File:A.png', 'local', size=9, width=4, height=3, mime='image/png')
EARLY, LATE = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2))


def items(*names: str) -> list[Item]:
    return [
        Item(number, {'id': f'i-{number}', 'text': 'Hi', 'image': name, 'alt': 'x'})
        for number, name in enumerate(names)
    ]


def test_all_files_of_the_page_are_asked_for_at_once() -> None:
    memory = Memory(World())
    queue = Queue(tuple(items('File:A.png', 'File:B.png', 'File:A.png')))
    with pytest.raises(Need) as need:
        judge(queue, memory, BENCH, EARLY)
    assert need.value.files == {'File:A.png': None, 'File:B.png': None}


def test_nothing_is_asked_about_what_cannot_be_posted_anyway() -> None:
    memory = Memory(World())
    bad = [
        Item(0, {'id': 'a', 'text': 'x' * 200, 'image': 'File:A.png', 'alt': 'x'}),
        Item(1, {'id': 'b', 'text': 'Hi', 'image': 'File:A.png'}),
        Item(2, {'id': 'c', 'text': 'Hi', 'image': 'File:A.svg', 'alt': 'x'}),
        Item(3, {'id': 'd', 'text': 'Hi'}),
    ]
    standings = judge(Queue(tuple(bad)), memory, BENCH, EARLY)
    assert [one.state for one in standings] == ['invalid', 'invalid', 'invalid', 'proposed']
    assert memory.files == {}


def test_a_missing_file_makes_the_item_invalid() -> None:
    world = World()
    world.files = {'File:A.png': GOOD}
    memory = Memory(world)
    queue = Queue(tuple(items('File:A.png', 'File:B.png')))
    standings = memory.ask(lambda: judge(queue, memory, BENCH, EARLY))
    assert [one.state for one in standings] == ['proposed', 'invalid']
    assert standings[1].note is not None
    assert standings[1].note.text().startswith('image: There is no file File:B.png here.')
    assert memory.rounds == 1


def test_changes_are_asked_for_from_the_approval_on() -> None:
    world = World()
    world.files = {'File:A.png': replace(GOOD, uploaded=world.now)}
    world.save('Carol', Page((It().say('Hello', image='File:A.png', alt='x'),)))
    approving = world.approve('Alice')
    world.wait(minutes=20)
    memory = Memory(world)
    (standing,) = memory.ask(lambda: judge(world.page.queue(), memory, BENCH, world.now))
    assert standing.approved
    assert memory.files == {'File:A.png': approving.time}


def test_of_several_wishes_the_earliest_counts() -> None:
    assert earliest({'a': None}, {'a': LATE}, {'a': EARLY}, {'b': None}) == {'a': EARLY, 'b': None}
