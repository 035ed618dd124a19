"""Who first gave an item its content."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mwsocial.desk.approval import Approved, proposal_summary
from mwsocial.desk.approval.authors import ROOM, proposer_in
from tests.desk.approval.histories import ALICE, BOT, CAROL, RULES, It, Page, World
from tests.desk.approval.oracle import oracle


@pytest.mark.parametrize('user', ['Alice', 'Foo, one by Bar', 'A b', 'Ärger', "D'Arc, J."])
def test_what_a_summary_names_is_read_back(user: str) -> None:
    summary = proposal_summary({'other-one': 'Eve', 'one': user, 'one-more': 'Carol', 'free': ''})
    assert proposer_in(summary, 'one') == user
    assert proposer_in(summary, 'one-more') == 'Carol'
    assert proposer_in(summary, 'other-one') == 'Eve'
    assert proposer_in(summary, 'free') == ''
    assert proposer_in(summary, 'more') == ''
    assert proposer_in('x ' + summary, 'one') == ''


def test_a_summary_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match='too many'):
        proposal_summary({f'item-{number}': 'Somebody' for number in range(40)})
    assert len(proposal_summary({'a' * 64: 'B' * 85})) < ROOM


def by_the_bot(summary: str, rules=RULES) -> World:
    world = World(rules)
    world.save(BOT, Page((It(),)), summary=summary)
    world.approve(ALICE)
    return world.wait(minutes=20)


def test_what_nobody_proposed_one_person_may_approve() -> None:
    assert isinstance(by_the_bot('mwsocial:propose one').verdict(), Approved)


def test_a_proposer_who_is_not_known_any_more_may_be_anybody() -> None:
    verdict = by_the_bot('mwsocial:propose one by [[User:Renamed since]]').verdict()
    assert not isinstance(verdict, Approved)


def test_a_hidden_summary_of_the_bot_may_name_anybody() -> None:
    world = by_the_bot('mwsocial:propose one by [[User:Carol]]')
    assert isinstance(world.verdict(), Approved)
    world.chain[0].summary_hidden = True
    assert not isinstance(world.verdict(), Approved)


@pytest.mark.parametrize(('first', 'ok'), [(CAROL, True), (ALICE, False)])
def test_the_first_counts_though_others_brought_it_back(first: str, ok: bool) -> None:
    world = World()
    world.save(first, Page((It(),)))
    for user in (CAROL, ALICE, CAROL):
        world.items(user, It().say('Other'))
        world.items(user, It())
    world.approve(ALICE)
    world.wait(minutes=20)
    assert isinstance(world.verdict(), Approved) is ok
    assert (oracle(world, 'one', world.now) is not None) is ok


def test_a_second_person_must_approve_what_an_approver_corrected() -> None:
    world = World()
    world.save(CAROL, Page((It(),)))
    world.change(ALICE, lambda item: item.say('Hello!'))
    world.approve(ALICE)
    world.wait(minutes=20)
    words = world.verdict().reason.text()  # type: ignore[union-attr]
    assert words.startswith(
        'Alice approved it ([[Special:Diff/3]]), and was also the first to write'
    )
    assert '[[Special:Diff/2]]' in words
    world.approve('Dave')
    assert isinstance(world.wait(minutes=20).verdict(), Approved)


def test_one_person_may_do_where_the_rule_is_off() -> None:
    world = World(replace(RULES, second_person=False))
    world.save(ALICE, Page((It(),)))
    world.approve(ALICE)
    assert isinstance(world.wait(minutes=20).verdict(), Approved)


@pytest.mark.parametrize('hide', ['text_hidden', 'user_hidden'])
def test_what_is_hidden_may_have_been_by_the_approver(hide: str) -> None:
    world = World()
    world.save(CAROL, Page())
    world.save(ALICE, Page((It(),)))
    world.save(CAROL, replace(world.page, extra='x'))
    world.approve(ALICE)
    setattr(world.chain[1], hide, True)
    world.wait(minutes=20)
    assert not isinstance(world.verdict(), Approved)
    assert oracle(world, 'one', world.now) is None
