"""Whether a row of a list was added or confirmed by an approver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mwsocial.desk.approval.listed import listed
from tests.desk.approval.histories import ALICE, BOB, BOT, CAROL, ERIN, It, Memory, Page, World

ROW = It(content={'channel': 'mastodon'})


def counts(world: World) -> int:
    """The revision by which the row counts; 0 if it does not."""
    memory = Memory(world)
    found = memory.ask(lambda: listed('one', memory, world.rules, world.now))
    return found.revid if found else 0


def suggested(by: str = CAROL) -> World:
    world = World()
    world.save(BOT, Page(extra='intro'))
    world.save(by, replace(world.page, items=(ROW,)))
    return world


def confirmed(by: str = ALICE, value: str = '[[User:Alice]] 10:00') -> World:
    world = suggested()
    world.change(by, lambda row: row.put(confirmed=value))
    return world


def test_added_by_an_approver() -> None:
    assert counts(suggested(ALICE)) == 2
    assert counts(suggested(ALICE).wait(days=900)) == 2


def test_confirmed_by_an_approver() -> None:
    assert counts(confirmed()) == 3
    assert counts(confirmed().wait(days=900)) == 3


def completed_by_the_save() -> World:
    """Erin left ``{{subst:…}}`` there; an approver's next save has written what it stands for."""
    world = World()
    world.save(ERIN, Page(extra='{{subst:User:Erin/x}}'))
    world.save(ALICE, Page((ROW,)))
    return world


def uncovered() -> World:
    """Erin had the row in a comment; an approver took the comment marks away."""
    world = World()
    world.save(ERIN, Page(extra=f'<!-- {ROW.text()} -->'))
    world.save(ALICE, Page((ROW,)))
    return world


def approver_blocked() -> World:
    world = suggested(ALICE)
    world.blocked |= {1}
    return world


def approver_no_more() -> World:
    world = suggested(ALICE)
    world.sysops -= {1}
    return world


def changed_by(user: str) -> World:
    world = suggested(ALICE)
    world.change(user, lambda row: replace(row, content={'channel': 'x'}))
    return world


def removed_and_put_back(by: str) -> World:
    world = suggested(ALICE)
    page = world.page
    world.items(by)
    world.save(CAROL, page)
    return world


def put_back_by_an_approver() -> World:
    """Taken out by one approver, brought back by another as an old text: that adds nothing."""
    world = suggested(CAROL)
    page = world.page
    world.items(BOB)
    world.save(ALICE, page)
    return world


def rolled_back() -> World:
    world = suggested(CAROL)
    page = world.page
    world.items(ERIN)
    world.save(ALICE, page, tags=['mw-rollback'])
    return world


def confirmed_with_a_change() -> World:
    world = suggested()
    world.change(ALICE, lambda row: replace(row, content={'channel': 'x'}).put(confirmed='Alice'))
    return world


def confirmation_taken_back() -> World:
    world = confirmed()
    page = world.page
    world.change(BOB, lambda row: row.put(confirmed=''))
    world.save(CAROL, page)
    return world


@pytest.mark.parametrize(
    ('story', 'number'),
    [
        (suggested, 0),
        (lambda: suggested(ERIN), 0),
        (lambda: suggested(BOT), 0),
        (lambda: confirmed(ERIN), 0),
        (completed_by_the_save, 0),
        (uncovered, 0),
        (approver_blocked, 0),
        (approver_no_more, 0),
        (lambda: changed_by(CAROL), 0),
        (lambda: changed_by(BOB), 3),
        (lambda: removed_and_put_back(ERIN), 2),
        (lambda: removed_and_put_back(BOB), 0),
        (put_back_by_an_approver, 0),
        (rolled_back, 0),
        (confirmed_with_a_change, 3),
        (confirmation_taken_back, 0),
    ],
)
def test_stories(story: Callable[[], World], number: int) -> None:
    """A change by an approver brings the row anew, in its own edit; one by others suspends it."""
    assert counts(story()) == number


def test_hidden_texts_do_not_count() -> None:
    world = suggested(ALICE)
    world.sees_hidden = True
    world.save(CAROL, replace(world.page, extra='more'))
    world.chain[1].text_hidden = True
    assert counts(world) == 0


def test_nothing_there() -> None:
    assert counts(World()) == 0
    world = World()
    world.save(ALICE, Page())
    assert counts(world) == 0
