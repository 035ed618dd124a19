"""A page that somebody has filled, and refusals of many items: few tries, and what is approved first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from mwsocial.delivery import passing
from mwsocial.desk.item import Item
from mwsocial.desk.plan import ItemChange
from mwsocial.wiki.revision import Revision
from tests.delivery.world import NOW, Desk, Entry


def filled(many: int) -> Desk:
    """Above what is approved stand so many items that wait for an id."""
    desk = Desk()
    for number in range(many):
        desk.entries[f'new {number}'] = Entry(Item(number, {'text': f'{number}'}), revid=0)
    desk.put('good', text='Good.')
    return desk


def with_more_than(many: int) -> Callable[[Sequence[ItemChange]], str]:
    return lambda changes: 'wiki-too-large' if len(changes) > many else ''


def test_on_a_page_without_room_what_is_approved_is_posted_and_nothing_is_tried_alone() -> None:
    desk = filled(60)
    desk.refuses = with_more_than(1)
    report = desk.run()
    assert desk.shown('good', 'one').startswith('posted ')
    # All, the claim, the record.
    assert [len(names) for names in desk.saves] == [61, 1, 1]
    assert report.exit_code == 1
    assert 'the queue has no room: only claims and records are saved' in desk.lines


@pytest.mark.parametrize('approved', [True, False])
def test_on_a_page_that_takes_nothing_there_is_an_end(approved: bool) -> None:
    desk = filled(60)
    if not approved:
        desk.entries['good'].revid = 0
    desk.refuses = with_more_than(0)
    assert desk.run().exit_code == 1
    assert desk.accounts['one'].made == {}
    assert len(desk.saves) == 1 + approved
    assert any('refuses to save the queue' in line for line in desk.lines)


def filtered(changes: Sequence[ItemChange]) -> str:
    return 'wiki-refused' if len(changes) > 1 or changes[0].item.number % 2 else ''


def test_what_a_filter_refuses_is_tried_alone_so_often_and_what_is_approved_first() -> None:
    desk = filled(60)
    desk.refuses = filtered
    desk.run()
    singles = [names[0] for names in desk.saves[1:]]
    # Its claim and its record, then the others.
    assert singles[:2] == ['good', 'good']
    assert len(singles) == passing.SINGLES + 1
    assert '41 items are left to the next run' in desk.lines
    # The same ones would keep the others from their turn for ever.
    assert singles[2:] != sorted(singles[2:], key=int)


@pytest.mark.parametrize(('user', 'tries'), [('Carol', 3), ('Bot', passing.SINGLES)])
def test_the_tries_end_once_somebody_else_has_saved(user: str, tries: int) -> None:
    desk = filled(60)
    desk.entries['good'].revid = 0

    def refuse(changes: Sequence[ItemChange]) -> str:
        if len(desk.saves) == 4:
            desk.others = [Revision(desk.revid + 1, desk.revid, user, 3, NOW)]
        return filtered(changes)

    desk.refuses = refuse
    desk.run()
    assert len(desk.saves) == 1 + tries
    ended = 'somebody else saved the queue meanwhile: the next run tries the rest'
    assert (ended in desk.lines) == (user == 'Carol')
