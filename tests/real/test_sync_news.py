"""News, queue and accounts in step, on real servers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.sandbox import networks
from tests.real.conftest import NewDesk
from tests.real.desk import NEWS, Desk, Run

pytestmark = pytest.mark.real

ENTRY = "'''[[MediaWiki 1.47]]''' has been [[mw:Download|released]], with many new things."
WORDS = 'MediaWiki 1.47 has been released, with many new things.'


def today(back: int = 0) -> str:
    return (datetime.now(UTC) - timedelta(days=back)).date().isoformat()


def add_news(desk: Desk, entry: str, *, by: str = 'Bob', day: str = '') -> int:
    """Somebody writes an entry on top of the template, as people do."""
    text, revid = desk.person(by).page(NEWS)
    head, _, rest = text.partition('; ')
    new = f'{head}; {day or today()}\n* {entry}\n; {rest}'
    return int(desk.person(by).edit(NEWS, new, 'news', base=revid))


def sync(desk: Desk, *args: str, code: int = 0) -> Run:
    run = desk.run('sync_news', *args)
    assert run.code == code, run
    return run


def requests(run: Run) -> int:
    found = re.search(r'done: (\d+) requests', run.text)
    assert found, run
    return int(found[1])


def test_from_news_to_every_channel(new_desk: NewDesk) -> None:
    """A hand-made entry becomes a proposal, is approved, goes to every channel, once."""
    desk = new_desk(['x', 'bluesky'])
    added = add_news(desk, ENTRY)
    simulated = sync(desk, '-simulate')
    assert WORDS in simulated.text
    assert desk.items() == {}
    run = sync(desk)
    (item_id,) = desk.items()
    item = desk.item(item_id)
    assert item_id.startswith(f'news-{today()}-')
    address = f'{desk.sandbox.url}/index.php/MediaWiki_1.47'
    assert item.content['text'] == f'{WORDS} {address}'
    assert 'news' not in item.content, 'it stands there already'
    assert f'Special:Diff/{added}' in item.editors['comment']
    (edit,) = desk.edits()
    assert edit['comment'].startswith(f'mwsocial:propose {item_id} by [[User:Bob]]')
    # Nothing is posted unapproved, and a second run changes nothing.
    assert desk.run().code == 0
    again = sync(desk)
    assert (len(desk.edits()), desk.posts()) == (1, []), run
    assert requests(again) <= 12, again
    # Whoever wrote the entry is its author: somebody else must approve.
    desk.decide(item_id, by='Alice')
    run = desk.run()
    assert run.code == 0, run
    assert desk.item(item_id).bot['state'] == 'posted', desk.text()
    assert len(desk.posts()) == 1
    for name in ('x', 'bluesky'):
        assert len(networks.posts(name, desk.sandbox.network(name).folder)) == 1
    before = desk.text(), desk.news()
    sync(desk)
    assert desk.run().code == 0
    assert (desk.text(), desk.news()) == before
    assert len(desk.posts()) == 1
    assert len(desk.edits(NEWS)) == 0


@pytest.mark.trust
def test_what_is_not_proposed(new_desk: NewDesk) -> None:
    """Old entries, what the bot made, what is announced, what was proposed and removed; no flood."""
    desk = new_desk(news_groups=100)
    entry = 'The second [https://a.example/x MediaWiki hackathon] of the year begins today.'
    desk.propose('own', text='MediaWiki hackathon: https://a.example/x', news=entry)
    desk.approve('own')
    assert desk.run().code == 0
    assert desk.news().count(entry) == 1
    text, revid = desk.person('Bob').page(NEWS)
    late = f'\n; {today(60)}\n* Something [[Old]] that was put in late.'
    desk.person('Bob').edit(NEWS, text + late, 'history', base=revid)
    add_news(desk, entry.replace('today', "'''now'''"))
    sync(desk)
    assert set(desk.items()) == {'own'}
    add_news(desk, ENTRY)
    sync(desk)
    (made,) = set(desk.items()) - {'own'}
    section = desk.text()[desk.text().index('== MediaWiki 1.47') :]
    desk.change(section, '', by='Carol', summary='not for us')
    sync(desk)
    assert set(desk.items()) == {'own'}, 'what people removed is not proposed again'
    # A corrected entry is the same entry.
    text, revid = desk.person('Bob').page(NEWS)
    desk.person('Bob').edit(NEWS, text.replace('1.47', '1.47.1'), 'typo', base=revid)
    sync(desk)
    assert set(desk.items()) == {'own'}, made
    for number in range(14):
        word = f'{chr(97 + number)}' * 9
        add_news(desk, f'The [[{word}]] has got {word} and {word}x.')
    sync(desk)
    assert len(desk.items()) == 1 + 5
    sync(desk)
    run = sync(desk)
    assert len(desk.items()) == 1 + 10
    assert 'wait already' in run.text


def test_an_entry_too_long_is_held(desk: Desk) -> None:
    """Words that had to be cut wait for a person."""
    add_news(desk, '[[Long]] ' + 'and so on, ' * 60 + 'until the end.')
    sync(desk)
    (item,) = desk.items().values()
    assert item.content['text'].count('…') == 1
    assert item.editors['hold'].startswith('the news entry does not fit')
    assert not item.faults


@pytest.mark.trust
def test_drift_is_said_once(desk: Desk) -> None:
    """An entry that is corrected after it was proposed: one remark below the item, one edit."""
    add_news(desk, ENTRY, by='Alice')
    sync(desk)
    (item_id,) = desk.items()
    # Who wrote the entry has proposed it: somebody else must approve.
    desk.decide(item_id, by='Alice')
    assert desk.run().code == 0
    assert desk.posts() == []
    assert 'second person' in desk.item(item_id).bot['note']
    before = desk.text()
    text, revid = desk.person('Carol').page(NEWS)
    changed = desk.person('Carol').edit(NEWS, text.replace('many new', 'few new'), 'no', base=revid)
    sync(desk)
    after = desk.text()
    (remark,) = [line for line in after.split('\n') if line not in before.split('\n')]
    assert after.replace(f'\n{remark}', '') == before
    assert f'Special:Diff/{changed}' in remark
    assert desk.item(item_id).content == desk.items()[item_id].content
    edits = len(desk.edits())
    assert desk.run().code == 0
    sync(desk)
    assert (len(desk.edits()), desk.text()) == (edits, after)


def test_posted_by_hand_becomes_news(desk: Desk) -> None:
    """A post that nobody proposed is proposed for the News, alone; then it stands there, once."""
    words = 'MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki'
    desk.sandbox.mastodon('mediawiki').status_post(words)
    desk.propose('own', text='Of an item, posted by the bot')
    desk.approve('own')
    assert desk.run().code == 0
    sync(desk)
    (item_id,) = set(desk.items()) - {'own'}
    item = desk.item(item_id)
    assert item_id.startswith('post-')
    assert set(item.content) == {'id', 'news'}
    assert item.content['news'].startswith('MediaWiki 1.47 is out: [https://www.mediawiki.org/')
    sync(desk)
    assert set(desk.items()) == {'own', item_id}
    desk.decide(item_id)
    run = desk.run()
    assert run.code == 0, run
    assert desk.news().count('MediaWiki 1.47 is out') == 1
    assert len(desk.posts()) == 2
    # Taken out by people: neither put back nor proposed again.
    text, revid = desk.person('Bob').page(NEWS)
    kept = '\n'.join(line for line in text.split('\n') if 'is out' not in line)
    desk.person('Bob').edit(NEWS, kept, 'no', base=revid)
    section = desk.text()[desk.text().index('== MediaWiki 1.47') :]
    desk.change(section, '', by='Carol')
    sync(desk)
    assert desk.run().code == 0
    assert set(desk.items()) == {'own'}
    assert desk.news().rstrip() == kept.rstrip()


def test_old_groups_move(new_desk: NewDesk) -> None:
    """Beyond "news groups" they move to the archive page: target first, one edit each."""
    desk = new_desk(news_groups=1)
    run = sync(desk, code=1)
    assert 'does not exist' in run.text
    assert desk.edits(NEWS) == []
    archive = '== 2026 ==\n; 2026-01-02\n* Old.\n\n== 2025 ==\n; 2025-12-01\n* Older.'
    desk.person('Bob').edit('News', archive)
    sync(desk)
    assert desk.text('News') == (
        '== 2026 ==\n; 2026-10-21\n* The wiki has a [[Social media|social media desk]].\n'
        '; 2026-01-02\n* Old.\n\n== 2025 ==\n; 2025-12-01\n* Older.'
    )
    assert '2026-10-21' not in desk.news()
    assert '2026-11-09' in desk.news()
    assert (len(desk.edits(NEWS)), len(desk.edits('News'))) == (1, 1)
    sync(desk)
    assert (len(desk.edits(NEWS)), len(desk.edits('News'))) == (1, 1)


def test_news_of_an_unknown_shape(desk: Desk) -> None:
    """A named reason, nothing written by guess."""
    text, revid = desk.person('Bob').page(NEWS)
    desk.person('Bob').edit(NEWS, '* No date\n* at all', base=revid)
    run = sync(desk, code=1)
    assert 'no date that the bot recognises' in run.text
    assert (desk.edits(), desk.edits(NEWS)) == ([], [])
    desk.person('Bob').edit(NEWS, text)


@pytest.mark.trust
def test_posted_by_hand_waits(desk: Desk) -> None:
    """What somebody has posted by hand is not posted again; an approver may want it all the same."""
    words = 'MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki'
    desk.sandbox.mastodon('mediawiki').status_post(words)
    desk.propose(
        'release', text=words.replace(' #MediaWiki', ' \N{PARTY POPPER}'), news='Out, by hand.'
    )
    desk.propose(
        'other', text='MediaWiki 1.46 is out: https://www.mediawiki.org/wiki/MediaWiki_1.46'
    )
    desk.approve('release')
    desk.approve('other')
    run = desk.run()
    assert run.code == 1, 'somebody has to decide'
    assert len(desk.posts()) == 2, run
    item = desk.item('release')
    assert item.bot['state'] == 'partly posted'
    assert item.bot['note'].startswith('mastodon has a post that says the same')
    assert desk.posts()[0]['id'].rpartition('/')[2] in item.bot['note']
    edits = len(desk.edits())
    assert desk.run().code == 1
    assert (len(desk.posts()), len(desk.edits())) == (2, edits)
    # Somebody who may not approve says nothing; an approver does.
    line = '| id = release\n'
    desk.change(line, f'{line}| settle-mastodon = again [[User:Carol]]\n', by='Carol')
    assert desk.run().code == 1
    assert len(desk.posts()) == 2
    desk.change('again [[User:Carol]]', 'again [[User:Alice]]', by='Alice')
    run = desk.run()
    assert run.code == 0, run
    assert len(desk.posts()) == 3, run
    assert desk.item('release').bot['state'] == 'posted'
