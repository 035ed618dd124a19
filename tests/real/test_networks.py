"""One item to every account: each posted to separately, one failing touching no other."""

from __future__ import annotations

import pytest

from mwsocial.sandbox.networks import posts
from tests.real.conftest import NewDesk
from tests.real.desk import Desk

pytestmark = pytest.mark.real

ALL = ('x', 'facebook')
NAMES = ('facebook', 'mastodon', 'x')
#: Longer than a claim stays in force.
LATER = 700


@pytest.fixture
def four(new_desk: NewDesk) -> Desk:
    """A desk with accounts on four networks."""
    return new_desk(ALL)


def on(desk: Desk, network: str) -> list[str]:
    """The texts of our posts on a network, oldest first, as its server keeps them."""
    if network == 'mastodon':
        return [one['content'] for one in desk.posts()]
    return [one.text for one in posts(network, desk.sandbox.network(network).folder)]


def count(desk: Desk, network: str, words: str) -> int:
    return sum(words in one for one in on(desk, network))


def test_four_texts_for_four_networks(four: Desk) -> None:
    """Each network gets its own words, once; the item says where they stand."""
    texts = {f'text_{name}': f'The words for {name}.' for name in NAMES}
    four.propose('each', **texts)
    four.approve('each')
    run = four.run()
    assert run.code == 0, run
    for name in NAMES:
        assert count(four, name, f'The words for {name}.') == 1
        assert len(on(four, name)) == 1
        assert four.item('each').bot[f'sent-{name}'].startswith('posted ')
    assert four.item('each').bot['state'] == 'posted'
    edits = len(four.edits())
    run = four.run()
    assert run.code == 0, run
    assert len(four.edits()) == edits == 2


def test_one_network_down(four: Desk) -> None:
    """Three are posted, one waits with its reason; the next run completes it and touches no other."""
    four.propose('down', text='One of four is down.')
    four.approve('down')
    four.sandbox.network('facebook').fault('limit', kind='post')
    run = four.run()
    assert run.code == 1, run
    item = four.item('down')
    assert item.bot['sent-facebook'].startswith('waiting ')
    assert item.bot['state'] == 'partly posted'
    assert 'facebook' in item.bot['note']
    for name in ('mastodon', 'x', 'bluesky'):
        assert item.bot[f'sent-{name}'].startswith('posted ')
    four.sandbox.clock.advance(4000)
    run = four.run()
    assert run.code == 0, run
    assert four.item('down').bot['state'] == 'posted'
    for name in NAMES:
        assert count(four, name, 'One of four is down.') == 1, name


def test_a_thread_where_threads_are_possible(four: Desk) -> None:
    """Mastodon and Bluesky take it; for the others the item has a text of one post."""
    four.propose(
        'thread', text='First part.\n----\nSecond part.\n----\nThird part.',
        text_x='One post for X.', text_facebook='One post for Facebook.',
    )  # fmt: skip
    four.approve('thread')
    run = four.run()
    assert run.code == 0, run
    item = four.item('thread')
    for name in ('mastodon', 'bluesky'):
        for number, place in enumerate((name, f'{name}-2', f'{name}-3')):
            assert item.bot[f'sent-{place}'].startswith('posted '), item
            assert ('First', 'Second', 'Third')[number] in on(four, name)[number]
    assert on(four, 'x') == ['One post for X.']
    assert item.bot['state'] == 'posted'


def test_a_thread_on_x_is_wrong_beforehand(four: Desk) -> None:
    """It is off unless the configuration says that the account may."""
    four.propose('long', text='First.\n----\nSecond.', channels='x')
    four.approve('long')
    run = four.run()
    assert run.code == 0, run
    assert on(four, 'x') == []
    assert four.item('long').bot['state'] == 'invalid'
    assert 'thread' in four.item('long').bot['note']


def test_a_correction_and_a_removal(four: Desk) -> None:
    """An approved change is made where posts can be changed; delete-posts takes them all down."""
    four.propose('typo', text='A mistke in it.', news='A mistke in the news.')
    four.approve('typo')
    run = four.run()
    assert run.code == 0, run
    before = dict(four.item('typo').bot)
    four.change('A mistke in it.', 'A mistake in it.', by='Dave')
    value = four.item('typo').editors['approved']
    four.change('A mistke in the news.', 'A mistake in the news.', by='Dave')
    four.change(f'| approved = {value}\n', '', by='Alice')
    four.approve('typo', by='Alice')
    run = four.run()
    assert run.code == 0, run
    item = four.item('typo')
    assert item.bot['state'] == 'posted'
    for name in ('mastodon', 'facebook'):
        assert count(four, name, 'A mistake in it.') == 1
        assert count(four, name, 'mistke') == 0
        assert item.bot[f'sent-{name}'].split()[-1] == before[f'sent-{name}'].split()[-1]
    for name in ('x', 'bluesky'):
        assert count(four, name, 'A mistke in it.') == 1
        assert item.bot[f'sent-{name}'] == before[f'sent-{name}']
    assert 'cannot change a post' in item.bot['note']
    assert 'A mistake in the news.' in four.news()
    assert 'mistke' not in four.news()
    edits = len(four.edits())
    four.run()
    assert len(four.edits()) == edits, 'what cannot be corrected is not tried again'

    four.change('| id = typo\n', '| id = typo\n| delete-posts = wrong ~~~~\n', by='Mallory')
    run = four.run()
    assert count(four, 'mastodon', 'A mistake in it.') == 1, run
    value = four.item('typo').editors['delete-posts']
    four.change(f'| delete-posts = {value}\n', '', by='Dave')
    four.change('| id = typo\n', '| id = typo\n| delete-posts = wrong ~~~~\n', by='Alice')
    run = four.run()
    item = four.item('typo')
    for name in NAMES:
        assert count(four, name, 'in it.') == 0, (name, run)
        assert item.bot[f'sent-{name}'].startswith('deleted ')
    assert 'in the news.' not in four.news()
    assert item.bot['state'] == 'deleted'
    assert run.code == 0, run
    edits = len(four.edits())
    four.approve('typo', by='Bob')
    four.run()
    assert all(count(four, name, 'in it.') == 0 for name in NAMES), 'taken down for ever'
    assert len(four.edits()) <= edits + 1
