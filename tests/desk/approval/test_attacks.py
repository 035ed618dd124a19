"""What somebody without rights may try on the page, and that honest edits do no harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mwsocial.desk.approval import Approved
from mwsocial.desk.files import FileFacts
from tests.desk.approval.histories import (
    ALICE,
    BOB,
    BOT,
    CAROL,
    ERIN,
    START,
    It,
    Page,
    World,
)  # fmt: skip
from tests.desk.approval.oracle import oracle

FILES = ('File:A.png', 'File:B.png')
FULL = It().say('Hello', image='File:A.png', alt='A flower', language='en', channels='mastodon')
FULL = replace(FULL, content={**FULL.content, 'not-before': '2026-11-02 14:00', 'news': 'Hello'})


def queue() -> World:
    """Two items, of which the first is approved."""
    world = World()
    world.files = {title: FileFacts(title, 'local', uploaded=START) for title in FILES}
    world.save(CAROL, Page((FULL, It('two').say('Second'))))
    world.approve(ALICE)
    return world.wait(minutes=20)


def change(name: str, value: str) -> Callable[[World], object]:
    """Another value for one content parameter, by an outsider."""
    return lambda world: world.change(
        ERIN, lambda item: replace(item, content={**item.content, name: value})
    )


def outsider_approves(world: World) -> None:
    world.change(ERIN, lambda item: item.put(approved=''))
    world.change(ERIN, lambda item: item.put(approved=world.value(ALICE, item)))


def new_fingerprint_under_the_old_signature(world: World) -> None:
    world.change(ERIN, lambda item: item.say('Buy now'))
    world.change(ERIN, lambda item: item.put(approved=world.value(ALICE, item)))


def copy_to_another_item(world: World) -> None:
    first, second = world.page.items
    world.items(ERIN, first.put(approved=''), second.put(approved=first.editors['approved']))


def swap_ids(world: World) -> None:
    first, second = world.page.items
    world.items(ERIN, replace(first, id='two'), replace(second, id='one'))


def same_in_another_item(world: World) -> None:
    """The approved item under another id: another fingerprint."""
    first, second = world.page.items
    world.items(ERIN, replace(first, id='three'), second)


def copy_above(world: World) -> None:
    first, second = world.page.items
    world.items(ERIN, first.say('Buy now'), first, second)
    world.items(ERIN, first.say('Buy now'), second)


def copy_and_hide_behind(world: World) -> None:
    """Of two that are the same nobody can tell which one it was."""
    first, second = world.page.items
    world.items(ERIN, first, first, second)


def prepared_and_merged(world: World) -> None:
    """A forged approval of other words, and then an approver's edit elsewhere on the page."""
    new_fingerprint_under_the_old_signature(world)
    world.save(ALICE, replace(world.page, extra='Thanks!'))


def rolled_back_onto(world: World) -> None:
    """The outsider's words were there first; the approver's rollback restores them."""
    world.change(ERIN, lambda item: item.say('Buy now'))
    forged = world.change(ERIN, lambda item: item.put(approved=world.value(ALICE, item))).page
    world.save(ERIN, Page())
    world.save(ALICE, forged, tags=['mw-rollback'])


def import_an_approval(world: World) -> None:
    """A revision that was imported looks genuine, and is in nobody's line of parents."""
    world.change(ERIN, lambda item: item.say('Buy now').put(approved=''))
    imported = world.approve(BOB)
    world.chain.remove(imported)
    world.save(ERIN, imported.page)


def hijack_an_account(world: World) -> None:
    world.change(ERIN, lambda item: item.say('Buy now'))
    world.approve(ALICE)
    world.blocked |= {1}


ATTACKS = [
    *(change(*pair) for pair in [
        ('text', 'Buy now'), ('text', 'Hello\u200b'), ('text', 'Hell\u043e'), ('alt', 'Buy'),
        ('image', 'File:B.png'), ('not-before', '2026-11-01 14:00'), ('channels', 'mastodon,x'),
        ('language', 'de'), ('news', 'Buy'), ('id', 'three'), ('not-after', '2026-12-01 14:00'),
    ]),
    outsider_approves, new_fingerprint_under_the_old_signature, copy_to_another_item, swap_ids,
    same_in_another_item, copy_above, copy_and_hide_behind, prepared_and_merged, rolled_back_onto,
    import_an_approval, hijack_an_account,
]  # fmt: skip


@pytest.mark.parametrize('attack', ATTACKS)
def test_an_attack(attack: Callable[[World], object]) -> None:
    world = queue()
    assert isinstance(world.verdict(), Approved)
    attack(world)
    world.wait(minutes=20)
    for item_id in ('one', 'two', 'three'):
        assert not isinstance(world.verdict(item_id), Approved)
        assert oracle(world, item_id, world.now) is None


def unrelated(world: World) -> None:
    world.save(ALICE, replace(world.page, extra='A comment\n'))


def moved_sections(world: World) -> None:
    world.items(BOB, *reversed(world.page.items))


def comment_on_it(world: World) -> None:
    world.change(BOB, lambda item: item.put(comment='Nice'))


def the_bots_lines(world: World) -> None:
    world.save(BOT, replace(world.page, extra='<!-- state -->'))


def vandalised_and_undone(world: World) -> None:
    before = world.page
    world.save(ERIN, Page())
    world.save(ALICE, before, tags=['mw-undo'])


def changed_and_restored_by_others(world: World) -> None:
    before = world.page
    world.change(ERIN, lambda item: item.say('Buy now').put(approved='', hold='x'))
    world.save(CAROL, before)
    world.wait(minutes=20)


def other_item_changed(world: World) -> None:
    first, second = world.page.items
    world.items(ALICE, first, second.say('Third'))


def newcomer_with_the_id(world: World) -> None:
    world.items(ERIN, It().say('Buy now'), *world.page.items)


def newcomer_that_changes_places(world: World) -> None:
    first, second = world.page.items
    new = It().say('Buy now')
    world.items(ERIN, new, first, second)
    world.items(ERIN, first, new, second)
    world.items(ERIN, first.put(comment='x'), second, new.put(approved='x'))


def newcomer_removed_by_an_approver(world: World) -> None:
    before = world.page
    newcomer_with_the_id(world)
    world.save(ALICE, before)


def approver_holds_and_lets_go(world: World) -> None:
    world.change(BOB, lambda item: item.put(hold='wait'))
    world.change(ALICE, lambda item: item.put(hold=''))
    world.wait(minutes=20)


HONEST = [
    unrelated, moved_sections, comment_on_it, the_bots_lines, vandalised_and_undone,
    changed_and_restored_by_others, other_item_changed, newcomer_with_the_id,
    newcomer_that_changes_places, newcomer_removed_by_an_approver, approver_holds_and_lets_go,
]  # fmt: skip


@pytest.mark.parametrize('deed', HONEST)
def test_no_harm_is_done(deed: Callable[[World], None]) -> None:
    world = queue()
    approving = world.chain[-1].revid
    deed(world)
    verdict = world.verdict()
    assert isinstance(verdict, Approved), verdict
    assert verdict.revision.revid == approving
    assert oracle(world, 'one', world.now) == approving
