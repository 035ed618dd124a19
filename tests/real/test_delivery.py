"""From approval to post, record and News entry, with the scripts run as jobs on real servers."""

from __future__ import annotations

import pytest

from mwsocial.sandbox import Gate, Request, Rule
from tests.real.desk import NEWS, QUEUE, Desk

pytestmark = pytest.mark.real

WORDS = 'MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki'
ENTRY = "'''[[MediaWiki 1.47]]''' has been released."


def test_from_proposal_to_posted(desk: Desk) -> None:
    """One item: nothing before the approval; then the post, the entry, the links, in three edits."""
    desk.propose('release', text=WORDS, news=ENTRY)
    run = desk.run()
    assert (run.code, desk.posts(), desk.edits()) == (0, [], []), run
    desk.approve('release')
    run = desk.run()
    assert run.code == 0, run
    assert len(desk.posts()) == 1, run
    item = desk.item('release')
    assert item.bot['state'] == 'posted'
    assert 'note' not in item.bot
    kind, _, revid, url = item.bot['sent-mastodon'].split()
    assert kind == 'posted'
    assert url == desk.posts()[0]['id']
    assert item.bot['approved-in'] == f'Special:Diff/{revid}'
    assert item.bot['sent-news'].startswith('posted ')
    assert desk.news().count(ENTRY) == 1
    assert (len(desk.edits()), len(desk.edits(NEWS))) == (2, 1)
    summary = desk.edits()[0]['comment']
    assert 'posted release: mastodon, news' in summary
    assert '[[User:Carol]]' in summary
    before = desk.text()
    run = desk.run()
    assert run.code == 0, run
    assert desk.text() == before
    assert len(desk.posts()) == 1


def shown(desk: Desk) -> str:
    """The queue as its readers see it, as HTML."""
    return str(desk.person('Admin').api(action='parse', page=QUEUE, prop='text')['parse']['text'])


def test_what_does_not_count_is_told(desk: Desk) -> None:
    """Whoever asks for something in vain, or changes what is out, reads on the item what comes of it."""
    desk.propose('told', text='The first words')
    desk.change('| id = told\n', '| id = told\n| decline = spam ~~~~\n', by='Dave')
    run = desk.run()
    assert run.code == 0, run
    assert 'The line “decline” does not count' in desk.item('told').bot['note']
    assert 'Approve these words' in shown(desk)
    desk.approve('told')
    assert desk.run().code == 0
    (post,) = desk.posts()
    desk.change('The first words', 'Other words', by='Dave')
    assert desk.run().code == 0
    item = desk.item('told')
    assert item.bot['state'] == 'posted'
    note = item.bot['note']
    assert 'not what was posted' in note
    # Nobody can hide that: neither without the approval's line nor with a false one.
    right = f'| approved = {desk.fingerprint("told")} ~~~~'
    for false in ('', right):
        line = next(
            (one for one in desk.text().splitlines() if '| approved =' in one), '| id = told'
        )
        desk.change(f'{line}\n', false and f'{line}\n{false}\n', by='Dave')
        run = desk.run()
        assert run.code == 0 and desk.item('told').bot['note'] == note, run
        assert 'Approve these words' in shown(desk)
    line = next(one for one in desk.text().splitlines() if one.startswith('| approved = '))
    desk.change(line, right, by='Bob')
    run = desk.run()
    assert run.code == 0, run
    (changed,) = desk.posts()
    assert (changed['id'], 'Other words' in changed['content']) == (post['id'], True), run
    # The decline still stands there, and still counts for nothing.
    assert 'The line “decline” does not count' in desk.item('told').bot['note']


def test_nothing_else_changes(desk: Desk) -> None:
    """What the bot does not mean to change on the page stays the same, byte for byte."""
    desk.propose('bytes', text='byte for byte')
    desk.person('Carol').append_section(
        QUEUE, 'Talk', "Odd:\t{{unclosed [[ <b> ''x'' &nbsp; | = ==\n* a"
    )
    desk.approve('bytes')
    before = desk.text()
    run = desk.run()
    assert run.code == 0, run
    after = desk.text()
    bot = desk.item('bytes').bot
    assert bot['state'] == 'posted'
    start = after.index('== bytes ==')
    lines = [f'| {name:<10} = {value}' for name, value in bot.items()]
    kept = [line for line in after[start:].split('\n') if line not in lines]
    assert after[:start] + '\n'.join(kept) == before


def test_simulate_changes_nothing(desk: Desk) -> None:
    """``-simulate`` says what would happen, and does nothing."""
    desk.propose('simulated', text='only simulated')
    desk.approve('simulated')
    before = desk.text()
    run = desk.run('post_queue', '-simulate')
    assert run.code == 0, run
    assert 'only simulated' in run.text
    assert desk.text() == before
    assert desk.posts() == []


def test_times(desk: Desk) -> None:
    """Too early waits, too late is missed, and says so; the end of all days harms nobody."""
    desk.propose('early', text='too early', not_before='2036-01-01 00:00')
    desk.propose('late', text='too late', not_after='2020-01-01 00:00')
    desk.propose('never', text='too early for ever', not_before='9999-12-31 23:59')
    desk.propose('always', text='in time', not_after='9999-12-31 23:59')
    for item_id in ('early', 'late', 'never', 'always'):
        desk.approve(item_id)
    run = desk.run()
    assert run.code == 0, run
    assert [one['content'] for one in desk.posts()] == ['in time<br>'], run
    states = {item_id: item.bot['state'] for item_id, item in desk.items().items()}
    assert states == {
        'early': 'approved',
        'late': 'missed',
        'never': 'approved',
        'always': 'posted',
    }
    assert 'Its time passed' in desk.item('late').bot['note']


def test_id_is_given(desk: Desk) -> None:
    """An item without an id gets one, and can then be approved."""
    desk.propose('', text='No id yet, please')
    run = desk.run()
    assert run.code == 0, run
    (item_id,) = desk.items()
    assert 'no-id-yet-please' in item_id
    desk.approve(item_id)
    run = desk.run()
    assert run.code == 0, run
    assert [one['content'] for one in desk.posts()] == ['No id yet, please<br>'], run


def test_invalid_item_harms_no_other(desk: Desk) -> None:
    """A broken item says what is wrong with it; the one beside it goes out."""
    desk.propose('broken', text='x' * 600)
    desk.propose('sound', text='a sound item')
    desk.approve('sound')
    run = desk.run()
    assert run.code == 0, run
    assert [one['content'] for one in desk.posts()] == ['a sound item<br>'], run
    assert desk.item('broken').bot['state'] == 'invalid'
    assert 'mastodon' in desk.item('broken').bot['note']
    assert '100' in desk.item('broken').bot['note'], 'the surplus'


def test_two_runs_at_once(desk: Desk) -> None:
    """Two runs that start together post once."""
    for number in range(2):
        words = f'two runs at once {number}'
        desk.propose(f'both-{number}', text=words, news=f'News of {words}.')
        desk.approve(f'both-{number}')
        runs = [desk.start('post_queue'), desk.start('post_queue')]
        ended = [run() for run in runs]
        assert {run.code for run in ended} <= {0, 75}, ended
        assert len([one for one in desk.posts() if words in one['content']]) == 1, ended
        assert desk.news().count(f'News of {words}.') == 1, ended
        run = desk.run()
        assert run.code == 0, run
        assert desk.item(f'both-{number}').bot['state'] == 'posted', desk.text()


def test_a_network_that_is_down(desk: Desk) -> None:
    """Nobody listens: nothing was created, the News entry goes out, the rest waits with its reason."""
    desk.propose('down', text='the network is down', news='The network is down.')
    desk.approve('down')
    run = desk.run(MWSOCIAL_MASTODON_URL='http://127.0.0.1:9')
    assert run.code == 1, run
    item = desk.item('down')
    assert desk.news().count('The network is down.') == 1, run
    assert 'mastodon cannot be used now' in item.bot['note'], run
    run = desk.run()
    assert run.code == 0, run
    assert [one['content'] for one in desk.posts()] == ['the network is down<br>'], run
    assert desk.news().count('The network is down.') == 1, run


def test_human_edit_at_the_same_moment(desk: Desk) -> None:
    """Somebody saves the queue while the bot is about to: neither edit is lost."""
    desk.propose('moment', text='at the same moment')
    desk.approve('moment')
    with Gate(desk.sandbox.url) as gate:
        done: list[int] = []

        def meddle(request: Request) -> bool:
            if request.action == 'edit' and not done:
                text = 'A line by Dave.\n\n' + desk.text()
                done.append(desk.person('Dave').edit(QUEUE, text, 'my line'))
            return False

        gate.rules.append(Rule(when=meddle))
        run = desk.run(MWSOCIAL_WIKI=gate.host)
    assert run.code == 0, run
    assert desk.text().count('A line by Dave.') == 1
    assert [one['content'] for one in desk.posts()] == ['at the same moment<br>']


def test_news_template_in_an_unknown_shape(desk: Desk) -> None:
    """The entry is refused with a reason, nothing is written by guess, the channels still go out."""
    desk.person('Admin').edit(NEWS, 'Nothing that looks like news.', 'rewritten')
    desk.propose('shapeless', text='news without a shape', news='Something new.')
    desk.approve('shapeless')
    run = desk.run()
    assert run.code == 1, run
    assert desk.news() == 'Nothing that looks like news.'
    assert [one['content'] for one in desk.posts()] == ['news without a shape<br>']
    assert desk.item('shapeless').bot['state'] == 'partly posted'
    assert desk.item('shapeless').bot['sent-news'].startswith('failed ')
    assert 'news' in desk.item('shapeless').bot['note']


@pytest.mark.trust
def test_an_item_named_like_a_channel(desk: Desk) -> None:
    """Summaries name channels beside ids: an entry of one item is not that of an item named “news”."""
    desk.propose('first', text='the first one', news='The first entry.')
    desk.approve('first')
    run = desk.run()
    assert run.code == 0, run
    for item_id in ('news', 'mastodon'):
        desk.propose(item_id, text=f'named {item_id}', news=f'An entry named {item_id}.')
        desk.approve(item_id)
    run = desk.run()
    assert run.code == 0, run
    assert len(desk.posts()) == 3
    for item_id in ('news', 'mastodon'):
        assert desk.news().count(f'An entry named {item_id}.') == 1, run
        assert desk.item(item_id).bot['state'] == 'posted'
