"""Whether an editors' parameter was set by an approver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from mwsocial.desk.approval import Proof, people, proofs, proved
from tests.desk.approval.histories import ALICE, BOB, BOT, CAROL, ERIN, It, Memory, Page, World

Patch = pytest.MonkeyPatch


def proof(world: World, parameter: str = 'decline') -> Proof | None:
    memory = Memory(world)
    return memory.ask(lambda: proved(parameter, 'one', memory, world.rules, world.now))


def declined(*, by: str = ALICE, value: str = 'no ~~~~', **more: object) -> World:
    world = World()
    world.save(CAROL, Page((It(),)))
    world.change(by, lambda item: item.put(decline=value), **more)
    return world


@pytest.mark.parametrize(
    ('parameter', 'value'),
    [('decline', 'no'), ('delete-posts', 'wrong'), ('settle-x', 'again'), ('settle-x', 'posted u')],
)
def test_an_approver_has_set_it(parameter: str, value: str) -> None:
    world = World()
    world.save(ALICE, Page((It(),)))
    edit = world.change(ALICE, lambda item: item.put(**{parameter: value}))
    found = proof(world, parameter)
    assert found
    assert found.value == value
    assert found.revision.revid == edit.revid
    assert proof(world.wait(days=400), parameter) == found


def test_it_is_read_back_however_long_ago_while_the_id_stands() -> None:
    world = declined().wait(days=400)
    for number in range(60):
        world.save(CAROL, replace(world.page, extra=f'{number}'))
    assert proof(world)


def by_an_outsider(bad: bool) -> World:
    return declined(by=ERIN if bad else ALICE)


def blocked(bad: bool) -> World:
    world = declined()
    world.blocked |= {1} if bad else set()
    return world


def hidden(bad: bool) -> World:
    world = declined()
    world.sees_hidden = True
    world.chain[-2].text_hidden = bad
    return world


def imported(bad: bool) -> World:
    world = declined()
    world.chain[-1].imported = bad
    return world


def reverted(bad: bool) -> World:
    return declined(tags=['mw-undo'] if bad else [])


def completed_by_the_save(bad: bool) -> World:
    world = World()
    world.save(CAROL, Page((It(),)))
    world.save(ERIN, replace(world.page, extra='{{subst:User:Erin/x}}' if bad else 'x'))
    world.change(ALICE, lambda item: item.put(decline='no'))
    return world


def uncovered(bad: bool) -> World:
    """What Erin put into a comment shows once an approver takes the comment marks away."""
    world = World()
    words = 'no [[User:Alice]] 10:00'
    world.save(CAROL, Page((It(),), extra=f'<!-- | decline = {words} -->' if bad else ''))
    world.save(ALICE, Page((It().put(decline=words),)))
    return world


def with_a_change(bad: bool) -> World:
    world = World()
    world.save(CAROL, Page((It(),)))
    world.change(ALICE, lambda item: item.say('Hi' if bad else 'Hello').put(decline='no'))
    return world


def carried_on(bad: bool) -> World:
    """An approver's edit elsewhere on the page, before an outsider's forgery."""
    world = World()
    world.save(CAROL, Page((It(),)))
    world.save(BOB, replace(world.page, extra='x'))
    world.change(ERIN if bad else ALICE, lambda item: item.put(decline='no [[User:Alice]]'))
    return world


def withdrawn_and_put_back(bad: bool) -> World:
    world = declined()
    before = world.page
    world.change(BOB if bad else ERIN, lambda item: item.put(decline=''))
    world.save(ERIN, before)
    return world


def old_text_restored(bad: bool) -> World:
    world = declined()
    before = world.page
    world.change(BOB, lambda item: item.put(decline=''))
    if bad:
        world.save(ALICE, before)
    else:
        world.change(ALICE, lambda item: item.put(decline='really not'))
    return world


def rule(name: str) -> Callable[[Patch], None]:
    return lambda patch: patch.setitem(proofs.PROOF, name, lambda case, parameter: True)


@pytest.mark.parametrize(
    ('story', 'without'),
    [
        (by_an_outsider, lambda patch: patch.setattr(people, 'listed', lambda *args: True)),
        (blocked, lambda patch: patch.setattr(people, 'kept_out', lambda *args: False)),
        (hidden, lambda patch: patch.setattr(proofs, 'METADATA', {})),
        (imported, lambda patch: patch.setattr(proofs, 'METADATA', {})),
        (reverted, rule('no revert')),
        (completed_by_the_save, rule('own words')),
        (uncovered, lambda patch: patch.setattr(proofs, 'adds', lambda case, words: True)),
        (with_a_change, rule('two edits')),
        (carried_on, rule('introduced')),
        (withdrawn_and_put_back, rule('not taken back')),
        (old_text_restored, rule('fresh')),
    ],
)
def test_a_rule(
    story: Callable[[bool], World], without: Callable[[Patch], None], monkeypatch: Patch
) -> None:
    assert proof(story(False))
    assert proof(story(True)) is None
    without(monkeypatch)
    assert proof(story(True))


def test_a_short_value_may_stand_elsewhere() -> None:
    world = World()
    world.save(CAROL, Page((It().say('no'), It('two').put(decline='no')), extra='no'))
    world.change(ALICE, lambda item: item.put(decline='no'))
    assert proof(world)


def test_without_the_parameter_nothing_is_read() -> None:
    world = declined()
    memory = Memory(world)
    ask = lambda name: memory.ask(lambda: proved(name, 'one', memory, world.rules, world.now))  # noqa: E731
    assert ask('delete-posts') is None
    assert memory.texts == {2}
    assert proof(World()) is None


def test_the_bots_edits_prove_nothing() -> None:
    world = declined(by=BOT)
    world.sysops |= {9}
    assert proof(world) is None


def test_no_quiet_time() -> None:
    world = declined()
    assert world.now - world.chain[-1].time == timedelta()
    assert proof(world)
