"""Nothing goes out that was not asked about beforehand, least of all a sentence that nobody approved."""

from __future__ import annotations

from datetime import timedelta

from mwsocial.channels.base import Seen
from mwsocial.desk.plan import Pace
from tests.delivery.world import MINUTE, NOW, Desk

ASKED = 'https://one.example/asked'


def asked() -> Desk:
    """A desk on which the sentence of the configuration is another one than was approved."""
    desk = Desk()
    desk.accounts['one'].theirs[ASKED] = Seen(
        '1', ASKED, '@a@b', 'where?', NOW - 60 * MINUTE, public=True, mentions_us=True
    )
    desk.config.pointers = {'support': 'Buy here'}
    desk.sentences = {'support': 'See there'}
    return desk


def test_a_changed_sentence_is_not_sent() -> None:
    desk = asked()
    desk.put('a', point=ASKED, pointer='support')
    desk.run()
    assert not desk.accounts['one'].asked


def test_a_changed_sentence_is_not_sent_after_a_run_that_died() -> None:
    """The claim stands, and it is found out that nothing was sent: the sentence is asked about anew."""
    desk = asked()
    desk.put('a', point=ASKED, pointer='support')
    desk.record('a', 'one', 'sending')
    desk.run()
    assert not desk.accounts['one'].asked
    assert desk.shown('a', 'one').startswith('released ')


def test_an_answer_is_looked_for_with_the_sentence_that_was_approved() -> None:
    desk = asked()
    desk.put('a', point=ASKED, pointer='support')
    desk.record('a', 'one', 'sending')
    desk.accounts['one'].made['https://one.example/7'] = 'See there'
    desk.run()
    assert desk.shown('a', 'one').endswith('https://one.example/7')


def test_what_comes_up_for_one_that_waits_is_asked_about_too() -> None:
    """One goes out at a time; the first is over its cap, so the second has its turn: with its sentence
    changed, it waits as well.
    """
    desk = asked()
    desk.reader.paces = {'one': Pace(timedelta(minutes=30), 8)}
    desk.accounts['one'].price = desk.accounts['one'].spent_so_far = 0.9
    desk.put('a', text='Too dear', ago=30 * MINUTE)
    desk.put('b', point=ASKED, pointer='support')
    desk.run()
    assert not desk.accounts['one'].asked


def test_an_answer_has_its_price_too() -> None:
    desk = asked()
    desk.sentences = {'support': 'Buy here'}
    desk.accounts['one'].price = desk.accounts['one'].spent_so_far = 0.9
    desk.put('a', point=ASKED, pointer='support')
    desk.run()
    assert not desk.accounts['one'].asked
    desk.accounts['one'].spent_so_far = 0
    desk.run()
    assert desk.accounts['one'].asked == [('point', ASKED, 'Buy here')]
