"""How much of the history is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mwsocial.desk.approval import Approved, NotApproved, approval, decision, history, people
from mwsocial.desk.approval.listed import listed
from mwsocial.desk.approval.proofs import proved
from tests.desk.approval.histories import ALICE, BOB, CAROL, ERIN, It, Memory, Page, World


def ask(world: World) -> tuple[Memory, Approved | NotApproved]:
    memory = Memory(world)
    return memory, memory.ask(lambda: approval('one', memory, world.rules, world.now))


def busy(edits: int, world: World | None = None) -> World:
    """A page that many have edited."""
    world = world or World()
    page = world.page if world.chain else Page((It(),))
    for number in range(edits):
        world.save((CAROL, ERIN)[number % 2], replace(page, extra=f'comment {number}'))
    return world


@pytest.mark.parametrize('editors', [{}, {'approved': '0' * 64 + ' ~~~~', 'hold': 'draft'}])
def test_without_an_approval_nothing_is_read(editors: dict[str, str]) -> None:
    world = busy(120)
    world.change(ERIN, lambda item: item.put(**editors))
    memory, verdict = ask(world)
    assert isinstance(verdict, NotApproved)
    assert memory.texts == {world.chain[-1].revid}
    assert memory.people == set()


@pytest.mark.parametrize('value', ['yes ~~~~', '0' * 40])
@pytest.mark.parametrize('later', [0, 3000])
def test_an_approval_of_other_content_costs_no_month_of_history(value: str, later: int) -> None:
    """A line that anybody can write costs a few texts, to say who wrote it."""
    world = busy(3000)
    world.change(ERIN, lambda item: item.put(approved=value))
    for number in range(later):
        world.save(CAROL, replace(world.page, extra=f'{number}'))
    memory, verdict = ask(world)
    assert isinstance(verdict, NotApproved)
    assert verdict.reason.args[:2] == (ERIN, '3001')
    assert len(memory.texts) <= 13 + 3 * history.PROBES
    assert memory.rounds <= 6
    assert memory.people == set()


def test_a_forged_approval_costs_little_more_than_what_approvers_wrote() -> None:
    world = busy(400)
    for _ in range(3):
        world.save(ALICE, replace(world.page, extra='by Alice'))
    busy(100, world)
    world.change(ERIN, lambda item: item.put(approved=world.value(ALICE, item)))
    memory, verdict = ask(world)
    assert isinstance(verdict, NotApproved)
    assert len(memory.texts) <= 1 + 3 + 1 + 13 + history.PROBES
    assert memory.rounds <= 3 + 2


def test_a_usual_approval() -> None:
    world = busy(30)
    world.approve(ALICE)
    approving = world.chain[-1].revid
    busy(20, world)
    memory, verdict = ask(world)
    assert isinstance(verdict, Approved)
    assert memory.texts == set(range(1, 52))
    assert memory.former == set()
    # the page, the people, the approval and its parent, what came after, what came before
    assert memory.rounds == 5
    assert approving in memory.texts


def test_a_long_history_takes_few_rounds() -> None:
    """What came since is read whole, and at once; the past in batches that grow."""
    world = busy(1300)
    world.approve(ALICE)
    busy(1100, world)
    memory, verdict = ask(world.wait(minutes=10))
    assert isinstance(verdict, Approved)
    # the page, the authors of three slices, the approval, what came after, and the past from 50 on
    assert memory.rounds == 1 + 2 + 1 + 1 + 5


def test_the_way_back_ends_where_the_id_is_gone() -> None:
    world = World()
    old = Page((It('older').say('Long ago'),))
    for number in range(300):
        world.save(CAROL, replace(old, extra=f'{number}'))
    world.wait(days=31)
    world.save(CAROL, Page((It(),)))
    world.approve(ALICE)
    memory, verdict = ask(world.wait(minutes=10))
    assert isinstance(verdict, Approved)
    assert len(memory.texts) <= 2 + history.BATCH


def test_the_way_back_goes_on_while_the_id_stands() -> None:
    """However long ago an approval stood: while the id is on the page, it is found."""
    world = World()
    world.save(CAROL, Page((It(),)))
    value = world.value(ALICE, It())
    world.approve(ALICE)
    world.change(BOB, lambda item: item.put(approved=''))
    busy(120, world)
    world.wait(days=90)
    world.change(ALICE, lambda item: item.put(approved=value))
    _, verdict = ask(world.wait(minutes=20))
    assert isinstance(verdict, NotApproved)
    assert verdict.reason.key == 'approval-seen-before'
    assert verdict.reason.args[2] == '2'


def test_a_hidden_text_does_not_end_the_way_back() -> None:
    world = World()
    world.save(CAROL, Page((It(),)))
    value = world.value(ALICE, It())
    world.approve(ALICE)
    busy(47, world)
    world.chain[2].text_hidden = True
    world.wait(days=90)
    world.change(ERIN, lambda item: item.put(approved=''))
    busy(48, world)
    world.wait(days=31)
    world.change(ALICE, lambda item: item.put(approved=value))
    assert world.chain[-1 - history.BATCH].text_hidden is False
    world.chain[-1 - history.BATCH].text_hidden = True
    _, verdict = ask(world.wait(minutes=20))
    assert isinstance(verdict, NotApproved)
    assert verdict.reason.key == 'approval-seen-before'


def test_what_approvers_wrote_is_read_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came before the approval is read as text alone; of the authors, only some are asked for."""
    monkeypatch.setattr(decision, 'SLICE', 20)
    world = World()
    world.save(CAROL, Page((It(),)))
    for number in range(200):
        world.save((BOB, ERIN)[number < 150], replace(world.page, extra=f'{number}'))
    world.approve(ALICE)
    world.wait(minutes=20)
    memory = Memory(world)
    parsed: set[int] = set()
    read = memory.queue
    monkeypatch.setattr(memory, 'queue', lambda revid: parsed.add(revid) or read(revid))
    verdict = memory.ask(lambda: approval('one', memory, world.rules, world.now))
    assert isinstance(verdict, Approved)
    assert memory.people == {ALICE, BOB}
    assert len(parsed) == 2
    # the page, the people, the approver's revisions, and the whole past in three batches
    assert memory.rounds == 2 + 1 + 3


def test_former_rights_are_asked_only_of_who_touched_it() -> None:
    world = World()
    world.save(CAROL, Page((It(),)))
    world.approve(ALICE)
    before = world.page
    world.save(ERIN, replace(before, extra='harmless'))
    world.change('Frank', lambda item: item.put(comment='harmless'))
    world.save('Frank', before)
    world.change(CAROL, lambda item: item.say('Other'))
    world.save(CAROL, before)
    memory, verdict = ask(world.wait(minutes=20))
    assert isinstance(verdict, Approved)
    assert memory.former == {CAROL}


def test_no_page_and_no_item() -> None:
    _, verdict = ask(World())
    assert isinstance(verdict, NotApproved)
    assert verdict.kind == 'none'
    world = World()
    world.save(CAROL, Page((It('two'),)))
    _, verdict = ask(world)
    assert isinstance(verdict, NotApproved)
    assert verdict.reason.text() == 'There is no item one on the page.'


def filled(world: World, by: str, page: Page | None = None) -> World:
    """Somebody fills the page with two megabytes, and Carol brings back what was there."""
    before = world.page
    world.save(by, page or replace(before, extra='x')).size = 2_000_000
    world.save(CAROL, before)
    return world


def approved() -> World:
    world = World()
    world.save(CAROL, Page((It(),)))
    world.approve(ALICE)
    return world.wait(minutes=20)


def without_it(world: World) -> Page:
    return Page()


def declined(world: World) -> Page:
    return Page((world.page.items[0].put(decline='no'),))


def test_what_strangers_fill_the_page_with_is_not_read() -> None:
    """Twelve such edits took a run a minute and half a gigabyte."""
    world = approved()
    for _ in range(12):
        filled(world, ERIN, without_it(world))
    memory, verdict = ask(world.wait(minutes=20))
    assert isinstance(verdict, Approved)
    assert memory.texts == {1, 2, world.chain[-1].revid}
    assert memory.former == {ERIN, CAROL}


def test_nor_for_what_is_said_beside_the_content() -> None:
    world = approved()
    world.change(BOB, lambda item: item.put(decline='no', confirmed='yes'))
    for _ in range(12):
        filled(world, ERIN, without_it(world))
    memory = Memory(world)
    assert memory.ask(lambda: proved('decline', 'one', memory, world.rules, world.now))
    # Of the approvers' edits, their parents and what was before them.
    assert memory.texts == {1, 2, 3, world.chain[-1].revid}


def test_nor_for_a_row_of_a_list() -> None:
    world = World()
    world.items(CAROL)
    world.items(BOB, It())
    for _ in range(12):
        filled(world, ERIN, without_it(world))
    memory = Memory(world)
    assert memory.ask(lambda: listed('one', memory, world.rules, world.now))
    assert memory.texts == {1, 2, world.chain[-1].revid}


@pytest.mark.parametrize('page', [without_it, declined])
def test_a_large_edit_by_who_counts_takes_back(page: Callable[[World], Page]) -> None:
    def by(user: str, after: Callable[[World], None] = lambda world: None) -> str:
        world = filled(approved(), user, page(approved()))
        after(world)
        _, verdict = ask(world.wait(minutes=20))
        return 'approved' if isinstance(verdict, Approved) else verdict.reason.key[:13]

    def hide(world: World) -> None:
        world.chain[-2].user_hidden = True

    assert by(BOB) == 'approval-void'
    assert by(ALICE) == 'approval-void'
    # Who was one then, and is none now; and a name that nobody can see, which may be one's.
    assert by('Frank', lambda world: world.sysops.discard(6)) == 'approval-void'
    assert by('Frank', lambda world: world.demote('Frank')) == 'approval-void'
    assert by(ERIN, hide) == 'approval-void'
    assert by(ERIN) == 'approved'
    assert by(ERIN, lambda world: world.promote(ERIN) or world.demote(ERIN)) == 'approved'


def test_a_small_edit_of_an_approver_after_a_large_one_takes_back() -> None:
    world = approved()
    before = world.page
    world.save(ERIN, replace(before, extra='x')).size = 2_000_000
    world.save(BOB, Page())
    world.save(CAROL, before)
    _, verdict = ask(world.wait(minutes=20))
    assert isinstance(verdict, NotApproved)
    assert verdict.reason.key == 'approval-void-item'


def test_a_hold_may_have_gone_with_what_is_not_read() -> None:
    world = filled(approved(), ERIN)
    _, verdict = ask(world)
    assert isinstance(verdict, NotApproved)
    assert verdict.reason.key == 'approval-quiet'
    _, verdict = ask(world.wait(minutes=10))
    assert isinstance(verdict, Approved)


def test_no_hold_of_an_approver_goes_with_what_is_not_read() -> None:
    world = approved()
    before = world.page
    world.change(BOB, lambda item: item.put(hold='wait'))
    world.save(ERIN, replace(before, extra='x')).size = 2_000_000
    world.save(CAROL, before)
    _, verdict = ask(world.wait(minutes=20))
    assert isinstance(verdict, NotApproved)
    assert verdict.reason.key == 'approval-hold-removed'


def test_a_hold_of_an_approver_on_a_large_page_counts() -> None:
    world = approved()
    held = Page((world.page.items[0].put(hold='wait'),))
    _, verdict = ask(filled(world, BOB, held).wait(minutes=20))
    assert isinstance(verdict, NotApproved)
    assert verdict.reason.key == 'approval-hold-removed'
    assert people.LARGE < 2_000_000
