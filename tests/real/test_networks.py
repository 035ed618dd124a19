"""One item to every account: each posted to separately, one failing touching no other."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image as Pillow

from mwsocial.sandbox.networks import posts
from tests.real.conftest import NewDesk
from tests.real.desk import Desk
from tests.real.world import say

pytestmark = pytest.mark.real

ALL = ('x', 'facebook', 'bluesky')
NAMES = ('bluesky', 'facebook', 'mastodon', 'x')
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


def heard(desk: Desk, text: str) -> str:
    """The address of a post by somebody that mentions us, once our server has it.

    snac2 delivers by a queue, and knows a post by its address only once it is in somebody's hands.
    """
    return say(desk.sandbox, text)[0]


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
            assert count(four, name, ('First', 'Second', 'Third')[number]) == 1
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
    for name in ('bluesky', 'facebook', 'x'):
        assert count(four, name, 'in it.') == 0, (name, run)
        assert item.bot[f'sent-{name}'].startswith('deleted ')
    assert 'in the news.' not in four.news()
    # snac2 2.75 says of its own posts that they are not there, and keeps them: so a person must.
    assert count(four, 'mastodon', 'in it.') == 1
    assert item.bot['sent-mastodon'].startswith('kept ')
    assert 'can still be read' in item.bot['note']
    assert item.bot['state'] == 'partly posted'
    assert run.code == 1, run
    edits = len(four.edits())
    four.approve('typo', by='Bob')
    four.run()
    assert all(count(four, name, 'in it.') == 0 for name in ('bluesky', 'facebook', 'x'))
    assert len(four.edits()) <= edits + 1, 'taken down for ever'


def test_images_and_a_thread(four: Desk) -> None:
    """Two images with their alternative texts go with the first post on each network."""
    for name, colour in (('One.png', 'red'), ('Two.png', 'blue')):
        picture = BytesIO()
        Pillow.new('RGB', (60, 40), colour).save(picture, 'PNG')
        four.person('Carol').upload(name, picture.getvalue())
    four.sandbox.clock.advance(2)  # what happens in the second of an approval counts as after it
    four.propose(
        'pictures', text='First with images.\n----\nSecond without.',
        text_x='X with images.', text_facebook='Facebook with images.',
        image='File:One.png', alt='A red field', image2='File:Two.png', alt2='A blue field',
    )  # fmt: skip
    four.approve('pictures')
    run = four.run()
    assert run.code == 0, run
    assert four.item('pictures').bot['state'] == 'posted'
    for name in ('x', 'facebook', 'bluesky'):
        made = posts(name, four.sandbox.network(name).folder)
        (first,) = [one for one in made if 'images' in one.text]
        assert first.images == ('A red field', 'A blue field'), name
    first, second = sorted(four.posts(), key=lambda one: 'Second' in one['content'])
    # snac2 2.75 keeps the last of several images.
    assert [one['name'] for one in first['attachment']][-1:] == ['A blue field']
    assert not second.get('attachment')
    assert second['inReplyTo'] == first['id']
    made = posts('bluesky', four.sandbox.network('bluesky').folder)
    parts = {one.text.split()[0]: one for one in made}
    assert parts['Second'].after == parts['First'].name


def test_a_share_goes_where_the_post_is(four: Desk) -> None:
    """A native share on the post's own network, no copy anywhere; a second run shares nothing more."""
    address = heard(four, 'Something worth sharing about MediaWiki.')
    four.propose('worth', share=address)
    four.approve('worth')
    run = four.run()
    assert run.code == 0, run
    item = four.item('worth')
    assert item.bot['state'] == 'posted'
    assert {name for name in item.bot if name.startswith('sent-')} == {'sent-mastodon'}
    assert not any('worth sharing' in text for name in NAMES for text in on(four, name))
    found = four.sandbox.mastodon('mediawiki').search_v2(address, resolve=True)['statuses'][0]
    assert (found['reblogged'], found['reblogs_count']) == (True, 1)
    assert four.run().code == 0


@pytest.mark.trust
def test_a_pointer_is_the_sentence_of_the_configuration(four: Desk) -> None:
    """Only to a post that speaks to us, and once in a conversation."""
    asked = heard(four, 'where do I ask about extensions?')
    other = four.sandbox.mastodon('reader').status_post('I say nothing to anybody.')
    four.propose('answer', point=asked, pointer='support', channels='mastodon')
    four.propose('unasked', point=other['url'], pointer='support', channels='mastodon')
    four.approve('answer')
    four.approve('unasked')
    run = four.run()
    assert run.code == 1, run
    sentence = four.config['pointers']['support'].split('https')[0].strip()
    answers = [one for one in four.posts() if sentence in one['content']]
    assert len(answers) == 1, run
    assert answers[0]['inReplyTo'] == asked
    assert four.item('answer').bot['state'] == 'posted'
    assert four.item('unasked').bot['state'] == 'failed'
    four.propose('twice', point=asked, pointer='support', channels='mastodon')
    four.approve('twice')
    four.run()
    assert len([one for one in four.posts() if sentence in one['content']]) == 1
    assert four.item('twice').bot['state'] == 'failed'


def test_a_sentence_that_changed_after_the_approval(four: Desk) -> None:
    """It is part of what was approved: nothing is sent until an approver has seen the new one."""
    asked = heard(four, 'hello?')
    four.propose('changed', point=asked, pointer='support', channels='mastodon')
    four.approve('changed')
    four.configure(pointers={'support': 'Buy at https://shop.example now'})
    run = four.run()
    assert not four.posts(), run
    assert 'approve again' in four.item('changed').bot['note']


@pytest.mark.trust
def test_shares_of_a_month(four: Desk) -> None:
    """The account stays conservative: what is too much waits, and says so."""
    four.config['channels']['mastodon']['shares per month'] = 1
    four.configure(channels=four.config['channels'])
    for number in (1, 2):
        four.propose(f'share-{number}', share=heard(four, f'Worth sharing, number {number}.'))
        four.approve(f'share-{number}')
        run = four.run()
    assert four.item('share-1').bot['state'] == 'posted', run
    assert four.item('share-2').bot['state'] == 'approved', run
    assert 'shares per month' in four.item('share-2').bot['note']


@pytest.mark.trust
def test_a_month_on_x_costs_no_more_than_it_may(four: Desk) -> None:
    """The cap stops X alone, before anything is claimed."""
    four.configure(x_prices={'post': 0.015, 'post with link': 0.2, 'cap per month': 0.03})
    for number in (1, 2, 3):
        four.propose(f'cheap-{number}', text=f'Number {number} without a link.', channels='x')
        four.approve(f'cheap-{number}')
        run = four.run()
    assert len(on(four, 'x')) == 2, run
    assert 'cap per month' in four.item('cheap-3').bot['note']
