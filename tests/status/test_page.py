"""The status page: values to text and back, inert, and edited only when it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mwsocial.reason import Reason
from mwsocial.status.page import read, render, same
from mwsocial.status.values import Health, Need, Next, Spent, State, Status, carried
from mwsocial.wiki.skeleton import cut

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAGES = {'queue': 'Social media/Queue'}
WORDS = Reason('delivery-paused', ('MediaWiki:Social-media.json',))
FULL = Status(
    ran=NOW,
    good=NOW - HOUR,
    stopped=WORDS,
    needs=(Need('a', Reason('delivery-failed', ('x', 'no')), 'Social media/Queue#a', NOW, 'post'),),
    health=(
        Health('channel', 'mastodon', State.FINE, None, NOW - HOUR),
        Health('channel', 'x', State.PERSON, Reason('delivery-not-used', ('x', '402')), NOW),
        Health('source', 'feeds: diff', State.LATER, None, NOW),
        Health('step', 'archive', State.FINE, None, NOW),
    ),
    queue={'posted': 3, 'approved': 1},
    following=Next('soon', NOW + HOUR),
    undecided={'Social media/Mentions': 4},
    spent=(Spent('x', 1.25, 20.0),),
)


@pytest.mark.parametrize('status', [Status(), FULL])
def test_there_and_back(status: Status) -> None:
    assert read(render(status, PAGES)) == status


def test_what_it_says() -> None:
    text = render(FULL, PAGES)
    for words in (
        '[[:Social media/Queue#a|a]]', 'Not posted on x: no', '(since 2026-11-25 14:00 UTC)',
        'Posted: 3', '[[:Social media/Queue#social-media-soon|soon]]', 'wait for a decision: 4', '1.25 of 20.00',
        'feeds', '== Sources ==', '== Accounts ==',
        'Nothing is sent', '{{#invoke:Social media/status|age|2026-11-25T13:00:00Z|hours=2|',
    ):  # fmt: skip
        assert words in text, words
    assert 'Nothing.' in render(Status(ran=NOW, good=NOW), PAGES)
    assert 'no run yet' in render(Status(), PAGES)


def test_what_ended_a_step_names_its_pages_with_links() -> None:
    """All of them: an administrator reads here what to protect. No link of it shows a file or sorts the page."""
    pages = [f'[[Module:Social media/{number}]] is not protected' for number in range(9)]
    foreign = '[[File:A.png]] [[Category:B]] [[C|d]] {{e}} <b>'
    reason = Reason('status-step-failed', ('. '.join([*pages, foreign]),))
    text = render(Status(health=(Health('step', 'post', State.PERSON, reason),)), PAGES)
    text = text.partition('<!-- mwsocial:status {')[0]
    assert text.count('[[:Module:Social media/8]] is not protected') == 1
    assert '[[:File:A.png]] [[:Category:B]]' in text
    assert not any(one in text for one in ('[[C', '{{e', '<b>', '[[File', '[[Category'))


@pytest.mark.parametrize(
    'text', ['', 'words', '<!-- mwsocial:status {} -->', '<!-- mwsocial:status {"ran":1} -->',
             '<!-- mwsocial:status [] -->', render(FULL, PAGES).replace('delivery\\u002dpaused', 'gone'),
             render(FULL, PAGES) + 'more', render(FULL, PAGES).replace('"good"', '"bad"')],
)  # fmt: skip
def test_what_is_no_status_page(text: str) -> None:
    assert read(text) is None


HOSTILE = st.text(
    st.sampled_from([*'ab{}[]|<>-~_&:/"\\\n=\'*#;', '\u202e', '\u2028', 'é']), max_size=30
)


@given(HOSTILE, HOSTILE)
def test_words_of_strangers_are_inert(name: str, words: str) -> None:
    """Whatever a network or a feed says: no template, no link, no comment but our own."""
    status = Status(
        needs=(Need(name, Reason('delivery-failed', ('x', words)), ''),),
        health=(Health('source', name, State.PERSON, Reason('delivery-failed', (name, words))),),
        stopped=Reason('delivery-blocked', (name, words)),
        spent=(Spent(name, 1.0, 2.0),),
    )
    text = render(status, PAGES)
    assert read(text) == status
    assert text.count('<!--') == text.count('-->') == 2
    shown, _, _ = text.rpartition('<!--')
    assert shown.count('{{') == 1, 'the head alone'
    assert shown.count('[[') == 1, 'the link to the queue'
    assert text.count('\n|-') == 1
    assert (
        len(text.split('\n== ')) == len(render(replace(status, spent=()), PAGES).split('\n== ')) + 1
    )
    assert cut(text, {'X'}).templates == ()


def test_since_when() -> None:
    """What stays as it is keeps its time; what changes, or is new, begins now."""
    later = NOW + HOUR
    new = replace(
        FULL,
        health=(
            Health('channel', 'x', State.PERSON, Reason('delivery-not-used', ('x', 'other words'))),
            Health('channel', 'mastodon', State.LATER),
            Health('channel', 'facebook', State.FINE),
        ),
        needs=(
            Need(
                'a', Reason('delivery-failed', ('x', 'others')), 'Social media/Queue#a', step='post'
            ),
            Need('b', WORDS),
        ),
    )
    found = carried(new, FULL, later, lambda one: one.kind != 'source', lambda step: True)
    since = {(one.kind, one.name): one.since for one in found.health}
    assert since == {
        ('channel', 'x'): NOW, ('channel', 'mastodon'): later, ('channel', 'facebook'): later,
        ('source', 'feeds: diff'): NOW,
    }  # fmt: skip
    assert {one.name: one.since for one in found.needs} == {'a': NOW, 'b': later}
    assert not same(found, FULL)
    again = carried(new, found, later + HOUR, lambda one: one.kind != 'source', lambda step: True)
    assert same(again, found)
    assert same(replace(found, ran=later, good=later), found)
    kept = carried(Status(), found, later, lambda one: True, lambda step: step != 'post')
    assert [(one.name, one.since) for one in kept.needs] == [('a', NOW)], 'that step has not run'
    assert carried(Status(), None, NOW, lambda one: True, lambda step: True).health == ()
