"""Something breaks in the middle: what is known is written down, and other items go on."""

from __future__ import annotations

import pytest

from mwsocial.channels.plaintext import from_html
from mwsocial.errors import TemporaryError
from tests.delivery.world import MINUTE, Desk


def test_what_was_not_begun_is_given_back() -> None:
    """The wiki fails between two posts: nobody need look for the second one, least of all a person."""
    desk = Desk()
    desk.accounts['one'].settled_after = None
    desk.put('a', text='First.')
    desk.put('b', text='Second.')

    def later() -> None:
        times.append(None)
        if len(times) == 1:
            raise TemporaryError('not now')

    times: list[None] = []

    def once_posted() -> None:
        desk.breaks = later

    desk.accounts['one'].meanwhile = once_posted
    with pytest.raises(TemporaryError):
        desk.run()
    assert desk.shown('a', 'one').startswith('posted ')
    assert desk.shown('b', 'one').startswith('released ')
    desk.accounts['one'].meanwhile = desk.breaks = lambda: None
    assert desk.run().exit_code == 0
    assert sorted(desk.accounts['one'].made.values()) == ['First.', 'Second.']


def test_under_a_claim_that_was_left_behind_it_may_have_been_done() -> None:
    desk = Desk()
    desk.put('a', text='First.', ago=30 * MINUTE)
    desk.put('b', text='Second.')
    desk.record('b', 'one', 'sending')

    def breaks() -> None:
        desk.breaks = fail

    def fail() -> None:
        desk.breaks = lambda: None
        raise TemporaryError('not now')

    desk.accounts['one'].meanwhile = breaks
    with pytest.raises(TemporaryError):
        desk.run()
    assert desk.shown('b', 'one').startswith('sending ')


def faulty(*_: object) -> None:
    raise AssertionError('a parser gave up')


@pytest.mark.parametrize('name', ['post', 'find'])
def test_a_fault_in_one_channel_keeps_nothing_else_from_going_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk('one', 'two')
    monkeypatch.setattr(desk.accounts['one'], name, faulty)
    desk.put('a', text='First.')
    if name == 'find':
        desk.record('a', 'one', 'sending')
    desk.run()
    assert desk.shown('a', 'one').startswith('sending ')
    assert desk.shown('a', 'two').startswith('posted ')


@pytest.mark.parametrize(
    ('html', 'words'),
    [
        ('<p>a <![if x]> b</p>', 'a'), ('<![x[y]]>', ''), ('<!DOCTYPE [<!x', ''), ('<?x', ''),
        ('<a' * 100_000, ''), ('<p ' * 60_000 + '>', ''), ('<a href="' * 20_000 + '>', ''),
        ('<!--' * 40_000, ''), ('</a ' * 50_000, ''), ('<p>a</p>' * 100_000, 'a'),
    ],
)  # fmt: skip
def test_whatever_somebody_calls_html(html: str, words: str) -> None:
    """Python's parser raises for some, and goes over others again and again."""
    assert from_html(html).strip().startswith(words)
