"""Corrections and removals: nothing is said to be changed, or gone, that is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from mwsocial.channels.base import CannotLook, Deleted, Posted, Refused, Seen, TryLater
from mwsocial.delivery import newsdesk
from mwsocial.delivery.newsdesk import NewsDesk
from mwsocial.desk.plan import Pace
from mwsocial.reason import Reason
from tests.delivery.world import DOUBT, MINUTE, NOW, Desk

PAGE = '; 2026-11-24\n* Words that people have changed since about [[MediaWiki 1.47]].\n* Others.\n'
OLD = 'Words that the bot wrote about [[MediaWiki 1.47]].'


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> NewsDesk:
    page = SimpleNamespace(text=PAGE, revid=5, missing=False, redirect=False)
    moment = SimpleNamespace(pages={'News': page})
    monkeypatch.setattr(newsdesk, 'snapshot', lambda *_: moment)
    api: Any = None
    return NewsDesk(api, 'News', ['Bot'], 6)


def test_an_entry_whose_words_are_hidden_is_not_said_to_be_gone(news: NewsDesk) -> None:
    """What is taken down is often what is hidden as well."""
    assert isinstance(news.change('a', '', '', lambda: True), Refused)
    assert isinstance(news.shown('', gone=True), CannotLook)


def test_an_entry_that_people_reworded_is_not_said_to_be_gone(news: NewsDesk) -> None:
    assert isinstance(news.change('a', OLD, '', lambda: True), Refused)
    assert isinstance(news.shown(OLD, gone=True), CannotLook)


def test_an_entry_that_people_took_out_is_gone(news: NewsDesk) -> None:
    assert isinstance(news.change('a', 'Something else altogether.', '', lambda: True), Deleted)
    assert isinstance(news.shown('Something else altogether.', gone=True), Deleted)
    assert isinstance(news.shown('Others.', gone=True), Posted)


def corrected(**content: str) -> Desk:
    """An item that was posted as revision 10 had it, and is approved with *content* now."""
    desk = Desk(warning=True)
    desk.put('a', 10, text='One.', image='File:A.png', alt='Old')
    desk.record('a', 'one', 'posted', revid=10, rest='https://one.example/1')
    desk.accounts['one'].made['https://one.example/1'] = 'One.'
    desk.put('a', **content)
    return desk


def test_other_images_cannot_be_told_from_the_words() -> None:
    desk = corrected(text='One.', image='File:A.png', alt='New')
    desk.accounts['one'].outcomes = [DOUBT]
    desk.run()
    assert desk.shown('a', 'one').startswith('editing ')


def test_other_words_can() -> None:
    desk = corrected(text='Two.', image='File:A.png', alt='New')
    desk.accounts['one'].outcomes = [DOUBT]
    desk.accounts['one'].meanwhile = lambda: desk.accounts['one'].made.update(
        {'https://one.example/1': 'Two.'}
    )
    desk.run()
    assert desk.shown('a', 'one').startswith('posted ')


def test_a_warning_stands_before_the_words() -> None:
    desk = corrected(text='One.', warning='Beware', image='File:A.png', alt='Old')
    desk.accounts['one'].outcomes = [DOUBT]
    desk.accounts['one'].meanwhile = lambda: desk.accounts['one'].made.update(
        {'https://one.example/1': 'Beware\n\nOne.'}
    )
    desk.run()
    assert desk.shown('a', 'one').startswith('posted ')


def test_a_post_of_our_own_is_not_shared() -> None:
    """Else its share, taken down, would be the post taken down."""
    desk = Desk()
    address = 'https://one.example/ours'
    desk.accounts['one'].theirs[address] = Seen(
        '1', address, '@us', 'x', NOW, public=True, ours=True
    )
    desk.put('a', share=address)
    desk.run()
    assert not desk.accounts['one'].asked
    assert desk.shown('a', 'one').startswith('failed ')


@pytest.mark.parametrize(
    ('what', 'goes_out'),
    [
        ({}, True),
        ({'created': NOW - 10 * MINUTE}, False),
        ({'edited': NOW - 10 * MINUTE}, False),
        # The author says when it was made; the network knows better.
        ({'known': NOW - 10 * MINUTE}, False),
        ({'known': NOW - 50 * MINUTE}, True),
        ({'doubt': Reason('x-other-author', ('a', '@b'))}, False),
    ],
)  # fmt: skip
def test_only_the_post_that_was_approved_is_shared(what: dict[str, Any], goes_out: bool) -> None:
    """It was approved twenty minutes ago."""
    desk = Desk()
    address = 'https://one.example/theirs'
    theirs = Seen('1', address, '@a', 'x', NOW - 60 * MINUTE, public=True)
    desk.accounts['one'].theirs[address] = replace(theirs, **what)
    desk.put('a', share=address)
    desk.run()
    assert [one[0] for one in desk.accounts['one'].asked] == ['share'] * goes_out


@pytest.mark.parametrize(
    ('outcome', 'hours'), [(DOUBT, 1), (TryLater(Reason('channels-rate-limit', ('a server',))), 24)]
)
def test_what_is_not_taken_down_for_long_is_brought_before_a_person(
    outcome: Any, hours: int
) -> None:
    """It is tried again and again, but not for ever without a word."""
    desk = Desk()
    desk.put('a', text='One.').takedown = 70
    desk.record('a', 'one', 'posted', rest='https://one.example/1')
    desk.accounts['one'].made['https://one.example/1'] = 'One.'
    start = desk.clock
    person = False
    while not person:
        desk.accounts['one'].outcomes = [outcome]
        person = desk.run().person
        desk.clock += 11 * MINUTE
        assert desk.clock - start < timedelta(hours=hours + 2)
    assert desk.clock - start >= timedelta(hours=hours)
    assert desk.state('a')[1] == 'delivery-kept-up'
    asked = len(desk.accounts['one'].asked)
    desk.run()
    assert len(desk.accounts['one'].asked) == asked


def test_a_change_that_is_not_due_yet_is_not_said_to_be_late() -> None:
    desk = corrected(text='Two.', not_before='2026-11-25 15:00')
    desk.run()
    assert desk.state('a') == ('posted', '')
    desk.clock += timedelta(hours=2)
    desk.run()
    assert desk.shown('a', 'one') == 'posted 2026-11-25T16:00:00Z 50 https://one.example/1'


def test_the_pause_between_two_removals_says_what_still_stands() -> None:
    """A server keeps one of three posts; the approver takes the line away, a run comes, and only then
    is the line set anew.
    """
    desk = Desk('bluesky', 'mastodon', 'x')
    desk.put('a', text='One.').takedown = 70
    for name, account in desk.accounts.items():
        desk.record('a', name, 'posted', rest=f'https://{name}.example/1')
        account.made[f'https://{name}.example/1'] = 'One.'
    desk.accounts['mastodon'].outcomes = [Refused(Reason('channels-refused', ('a server', 'no')))]
    assert desk.run().person
    assert desk.state('a') == ('partly posted', 'delivery-kept-up')
    desk.entries['a'].takedown, desk.entries['a'].revid = None, 0
    desk.lines.clear()
    assert desk.run().person
    assert desk.state('a') == ('partly posted', 'delivery-still-stands')
    assert any(
        'it still stands on mastodon: https://mastodon.example/1.' in one for one in desk.lines
    )
    desk.entries['a'].takedown = 72
    assert not desk.run().person
    assert desk.state('a')[0] == 'deleted'
    desk.entries['a'].takedown = None
    assert not desk.run().person
    assert desk.state('a') == ('deleted', '')


def test_who_is_needed_is_never_told_with_a_bare_state() -> None:
    desk = Desk('one', 'two')
    desk.put('a', text='One.')
    desk.record('a', 'one', 'posted', rest='https://one.example/1')
    desk.reader.paces['two'] = Pace(per_day=0)
    assert desk.run().person
    assert desk.state('a') == ('partly posted', '')
    assert 'a needs a person: It is out on some channels only.' in desk.lines


def test_a_channel_that_is_switched_off_makes_nobody_come() -> None:
    desk = Desk('one', 'two')
    desk.put('a', text='One.', channels='two')
    desk.record('a', 'two', 'posted', rest='https://two.example/1')
    assert not desk.run().person
    del desk.accounts['two']
    assert not desk.run().person
    assert desk.state('a') == ('posted', '')
