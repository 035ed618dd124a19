"""Part k of a thread goes out only behind parts that hold the words of the same approval."""

from __future__ import annotations

import pytest

from mwsocial.channels.base import Refused, TryLater
from mwsocial.reason import Reason
from tests.delivery.world import DOUBT, Desk

TWO, THREE = 'One.\n----\nTwo.', 'One.\n----\nTwo!\n----\nThree.'
NO = Refused(Reason('x-no-edit'))


def posted(**able: bool) -> Desk:
    """A thread of two that was posted as revision 10 had it, and is approved with other words now."""
    desk = Desk(**able)
    desk.put('a', 10, text=TWO)
    for place, words in (('one', 'One.'), ('one-2', 'Two.')):
        address = f'https://one.example/{place}'
        desk.record('a', place, 'posted', revid=10, rest=address)
        desk.accounts['one'].made[address] = words
    return desk


def test_a_thread_that_is_corrected_and_goes_on() -> None:
    desk = posted()
    desk.put('a', text=THREE)
    desk.run()
    assert [one[0] for one in desk.accounts['one'].asked] == ['edit', 'post']
    assert list(desk.accounts['one'].made.values()) == ['One.', 'Two!', 'Three.']


@pytest.mark.parametrize('outcome', [NO, DOUBT, TryLater(Reason('x-no-edit'))])
def test_behind_a_part_that_was_not_corrected_nothing_goes_out(outcome: object) -> None:
    desk = posted()
    desk.put('a', text=THREE)
    desk.accounts['one'].outcomes = [outcome]  # type: ignore[list-item]
    desk.run()
    assert [one[0] for one in desk.accounts['one'].asked] == ['edit']
    assert desk.shown('a', 'one-3').startswith('released ')


def test_every_part_before_counts() -> None:
    """The first part holds former words that cannot be changed; the second is as it was."""
    desk = posted(edit=False)
    desk.put('a', text='Other.\n----\nTwo.\n----\nThree.')
    desk.run()
    assert not desk.accounts['one'].asked
    assert not desk.shown('a', 'one-3')


def test_a_part_in_doubt_shows_that_a_person_must_look() -> None:
    """The second part of a thread waits for the first one, about which nobody knows."""
    desk = Desk()
    desk.accounts['one'].settled_after = None
    desk.put('a', text=TWO)
    for place in ('one', 'one-2'):
        desk.record('a', place, 'sending')
    assert desk.run().person
    assert desk.shown('a', 'one').startswith('unconfirmed ')
    assert desk.shown('a', 'one-2').startswith('sending ')
    assert desk.state('a') == ('unconfirmed', 'delivery-unconfirmed')
