"""What a run leaves behind when it dies, sleeps or is refused: nothing false is written down, and nothing of
others waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from mwsocial.channels.base import OwnPost
from mwsocial.delivery import lease, newsdesk, recording
from mwsocial.delivery.handmade import Handmade
from mwsocial.delivery.newsdesk import NewsDesk
from mwsocial.desk.records import Record
from mwsocial.desk.standing import NEWS, stand
from mwsocial.reason import Reason
from mwsocial.wiki.save import Refused, Saved
from tests.delivery.world import MINUTE, NOW, Desk

ADDRESS = 'https://one.example/1'
OPEN = f'n0nce 10 {ADDRESS}'


def open_change(kind: str, **content: str) -> Desk:
    """A post of revision 10; the run that was to change it by revision 50 is gone."""
    desk = Desk()
    desk.put('a', 10, text='Old.')
    desk.record('a', 'one', 'posted', revid=10, rest=ADDRESS)
    desk.accounts['one'].made[ADDRESS] = 'Old.'
    desk.put('a', 50, text='New.')
    desk.record('a', 'one', kind, revid=50, rest=OPEN)
    return desk


def test_which_words_stand_is_known_before_others_are_put_there() -> None:
    """The dead run had made its correction; then somebody approved the old words again."""
    desk = open_change('editing')
    desk.accounts['one'].made[ADDRESS] = 'New.'
    desk.put('a', 60, text='Old.')
    desk.old['a', 60] = desk.entries['a'].item
    desk.run()
    assert desk.shown('a', 'one').endswith(f'posted 2026-11-25T14:00:00Z 50 {ADDRESS}')
    desk.run()
    assert desk.accounts['one'].made == {ADDRESS: 'Old.'}


def test_a_network_s_post_is_taken_down_at_once() -> None:
    desk = open_change('editing')
    desk.entries['a'].takedown = 70
    desk.run()
    assert desk.accounts['one'].made == {}


@pytest.mark.parametrize('kind', ['editing', 'deleting'])
def test_the_news_are_looked_at_before_they_are_taken_out(kind: str) -> None:
    """What the dead run may have put there is not what is on record."""
    desk = open_change(kind)
    standing = desk.reader.read().by_id['a']
    situation = replace(
        standing.situation,
        item=replace(standing.item, content={'id': 'a', 'news': 'New.'}),
        channels={},
        parts={},
        takedown=70,
        records={NEWS: standing.situation.records['one']},
    )
    targets = stand(situation, desk.config.rules(), NOW).targets
    assert targets[NEWS].action == 'settle'


@pytest.mark.parametrize('kind', ['sending', 'deleting'])
def test_a_claim_over_a_claim_is_not_given_back(kind: str) -> None:
    """The first run may have done it; the second one is stopped before it can look."""
    desk = Desk()
    entry = desk.put('a', text='One.')
    rest = 'n0nce' if kind == 'sending' else f'n0nce 50 {ADDRESS}'
    desk.record('a', 'one', kind, revid=50 if kind == 'sending' else 70, rest=rest)
    entry.takedown = None if kind == 'sending' else 70
    reads = 0

    def stop() -> None:
        nonlocal reads
        if desk.records['a', 'one'][-1].rest.startswith('n0nce'):
            return
        reads += 1
        if reads > 1:
            desk.stopped = Reason('delivery-paused', ('it',))

    desk.breaks = stop
    desk.run()
    assert desk.accounts['one'].asked == []
    newest = desk.records['a', 'one'][-1]
    assert newest.kind == kind and newest.mark != 'n0nce', desk.lines


def test_what_is_not_due_any_more_when_its_turn_comes_is_given_back() -> None:
    desk = Desk()
    desk.put('a', text='One.', not_after=f'{NOW + 10 * MINUTE:%Y-%m-%d %H:%M}')

    def later() -> None:
        if ('a', 'one') in desk.records:
            desk.clock = NOW + 20 * MINUTE

    desk.breaks = later
    desk.run()
    assert desk.shown('a', 'one').startswith('released ')
    assert desk.accounts['one'].asked == []


def test_a_run_that_sleeps_before_it_claims_reads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a claim is that of the page it was made from: others count from it."""
    asleep = timedelta()
    monkeypatch.setattr(lease.time, 'time', lambda: (NOW + asleep).timestamp())
    monkeypatch.setattr(lease, '_boot_time', lambda: asleep.total_seconds())
    desk = Desk()
    desk.put('a', text='One.')
    account = desk.accounts['one'].account

    def sleep() -> Any:
        nonlocal asleep
        asleep = timedelta(hours=2)
        desk.clock = NOW + asleep
        return account()

    desk.accounts['one'].account = sleep  # type: ignore[method-assign]
    desk.run()
    claim = desk.records['a', 'one'][0]
    assert (claim.kind, claim.time) == ('sending', NOW + timedelta(hours=2))
    assert desk.shown('a', 'one').startswith('posted ')


def test_words_that_the_wiki_refuses_on_one_item_cost_no_other_its_turn() -> None:
    desk = Desk()
    for name in ('a', 'b', 'c'):
        desk.put(name, text=f'{name}.')
    save = desk.reader.save_changes

    def refuse(reading: Any, changes: Sequence[Any], summary: str, **more: Any) -> Any:
        if any(change.item.id == 'b' for change in changes):
            return Refused(Reason('wiki-refused', ('a filter',)))
        return save(reading, changes, summary, **more)

    desk.reader.save_changes = refuse  # type: ignore[method-assign]
    report = desk.run()
    assert sorted(desk.accounts['one'].made.values()) == ['a.', 'c.']
    assert report.exit_code == 1
    assert any('refuses to save on b: ' in line for line in desk.lines), desk.lines
    assert {desk.state(name)[0] for name in 'ac'} == {'posted'}


@pytest.mark.parametrize('named', [False, True])
def test_a_post_that_somebody_changed_by_hand_is_not_made_again(
    monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    """Its run died before the record, and the words are no longer those that are looked for. An address
    on the page that no record of an item there proves (*named*) says nothing of whose post it is.
    """
    desk = Desk()
    said = 'https://www.mediawiki.org/wiki/MediaWiki_1.47 with dark mode for everyone'
    monkeypatch.setattr(Handmade, '_wanted_again', lambda *_: False)
    desk.put('a', text=f'{said} is out, with pictures')
    desk.record('a', 'one', 'sending')
    by_hand = OwnPost(f'{ADDRESS}7', f'{said} is out, with images', NOW - 10 * MINUTE)
    if named:
        desk.record('gone', 'one', 'posted', rest=by_hand.url)
    account = desk.accounts['one']
    account.ours = lambda since: [by_hand]  # type: ignore[method-assign]
    account.made[by_hand.url] = by_hand.text
    desk.run()
    assert account.asked == []
    assert 'delivery-by-hand' in {reason.key for reason in desk.reader.not_ready.values()}


def test_what_another_run_has_done_is_not_overtaken_in_the_archive() -> None:
    posted = Record('posted', NOW, 50, ADDRESS)
    mine = Record('sending', NOW - MINUTE, 50, 'mine')
    given_back = Record('released', NOW, 50, 'taken over')
    known = recording._still_true
    assert known({'one': given_back}, {'one': posted}, {'one': mine}) == {}
    assert known({'one': given_back}, {'one': mine}, {'one': mine}) == {'one': given_back}
    assert known({'one': given_back}, {}, {'one': mine}) == {'one': given_back}
    assert known({'one': posted}, {'one': given_back}, {'one': mine}) == {'one': posted}


def test_one_refused_entry_fails_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    page = SimpleNamespace(text='; 2026-11-24\n* Others.\n', revid=5, missing=False, redirect=False)
    moment = SimpleNamespace(pages={'News': page})
    monkeypatch.setattr(newsdesk, 'snapshot', lambda *_: moment)

    def save(api: Any, title: str, text: str, **_: Any) -> Any:
        if 'Spam' in text:
            return Refused(Reason('wiki-refused', ('a filter',)))
        page.text, page.revid = text, page.revid + 1
        return Saved(page.revid, text)

    monkeypatch.setattr(newsdesk, 'save', save)
    api: Any = SimpleNamespace(now=lambda: NOW)
    news = NewsDesk(api, 'News', ['Bot'], 6)
    monkeypatch.setattr(news, '_own_revisions', lambda newest: [])
    entries = {'a': 'One thing.', 'b': 'Spam.', 'c': 'Another thing.'}
    made = news.deliver(entries, lambda: True)
    kinds = {item_id: type(outcome).__name__ for item_id, outcome in made.items()}
    assert kinds == {'a': 'Posted', 'b': 'Refused', 'c': 'Posted'}
    assert 'One thing' in page.text and 'Another thing' in page.text


def test_one_post_is_not_the_record_of_two_items() -> None:
    """They say the same; the run died between the two."""
    desk = Desk()
    desk.accounts['one'].made['https://one.example/first'] = 'The same.'
    for name in ('a', 'b'):
        desk.put(name, text='The same.')
        desk.record(name, 'one', 'sending')
    desk.run()
    desk.run()
    assert len(desk.accounts['one'].made) == 2
    assert {desk.records[name, 'one'][-1].address for name in 'ab'} == {*desk.accounts['one'].made}
