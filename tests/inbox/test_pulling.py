"""Whole runs on a wiki in memory: what comes in, what people decide, what goes, and what can happen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mwsocial.channels.base import Account, Batch, Refused, Seen, TryLater
from mwsocial.desk.approval.authors import proposer_in
from mwsocial.errors import ConfigurationError, TemporaryError
from mwsocial.inbox.asking import Wish
from mwsocial.inbox.cache import Cache
from mwsocial.inbox.mark import read_mark, read_marks
from mwsocial.inbox.mentions import digest, item_id, read_inbox
from mwsocial.reason import Reason
from tests.inbox.worlds import ACCOUNT, NOW, PAGE, QUEUE, Channel, Site, gone, numbers, post, url_of
from tests.sources.fakewiki import BOT, Killed


def bring(*count: int, **settings: object) -> Site:
    """A site on whose page mentions with these numbers stand."""
    site = Site(**settings)
    site.hears(*(post(number) for number in count))
    site.run()
    assert numbers(site.urls()) == list(count)
    return site


# -- what comes in ----------------------------------------------------------------------------------


def test_each_once_newest_last_in_one_edit() -> None:
    site = Site()
    site.hears(*(post(number, f'Hello {number}') for number in range(30)))
    report = site.run()
    assert (report.edits, site.edits(), report.exit_code) == (1, 1, 0)
    assert numbers(site.urls()) == list(range(30))
    assert report.waiting == 30
    first = site.mentions()[0]
    assert (first.channel, first.kind, first.author) == ('mastodon', 'mention', '@alice@a.example')
    assert (first.date, first.excerpt) == ('2026-11-23T11:00:00Z', 'Hello 0')
    report = site.run()
    assert (report.edits, site.edits(), report.waiting) == (0, 1, 30)
    site.hears(post(30), post(31, reply_to_us=True))
    assert site.run().edits == 1
    assert numbers(site.urls()) == list(range(32))
    assert site.mentions()[-1].kind == 'reply'


def test_forty_are_named_by_the_summary() -> None:
    """So what ever came is known from the history's metadata alone."""
    site = Site()
    site.hears(*map(post, range(40)))
    assert site.run().edits == 1
    last = site.wiki.last(PAGE)
    assert last and '+more' not in last.comment and len(last.comment) <= 480
    assert all(digest(url_of(number)) in last.comment for number in range(40))


def test_a_burst_becomes_a_page_that_loads() -> None:
    """The newest are kept, the rest is counted and said; one author does not crowd out the others."""
    site = Site()
    site.hears(post(1, author='@carol@c.example'))
    site.run()
    others = [post(10_000 + n, author=f'@b{n}@b.example') for n in range(5)]
    site.hears(*others, *(post(number) for number in range(20_000, 22_000)))
    report = site.run()
    assert report.edits == 1
    found = numbers(site.urls())
    assert len(found) == 200
    assert found[0] == 1 and set(range(10_000, 10_005)) <= set(found)
    assert found[-194:] == list(range(22_000 - 194, 22_000))
    assert report.unlisted == 2000 - 194 == 1806
    assert '1806 posts since 2026-11-23 were too many to be listed here' in site.text
    assert len(site.text) < 100_000
    # What was not listed does not come later, and what comes next is added and counted anew.
    assert site.run().edits == 0
    site.hears(post(30_000))
    report = site.run()
    assert numbers(site.urls())[-1] == 30_000 and len(site.urls()) == 200
    assert '1806 posts since' in site.text and len(site.archived()) == 1


def test_what_was_passed_over_by_the_channel_is_said_too() -> None:
    site = Site()
    site.channel.answers = [Batch((post(1),), '1', skipped=7)]
    assert site.run().unlisted == 7
    assert '7 posts since' in site.text


@pytest.mark.parametrize(
    'seen',
    [
        post(1, public=False, text='a secret'),
        post(1, ours=True),
        post(1, shared=True),
        post(1, author=ACCOUNT.upper()),
        post(1, author='@Spam@evil.example'),
        post(1, url='javascript:alert(1)'),
        post(1, url='https://a.example/' + 'x' * 600),
        post(1, url='https://a.example/\u202e1'),
        post(1, url='//a.example/1'),
    ],
)
def test_left_out(seen: Seen) -> None:
    site = Site(blocked_authors=['spam@evil.example'])
    site.hears(seen)
    report = site.run()
    assert (report.edits, report.waiting, site.urls()) == (0, 0, [])
    assert 'secret' not in ' '.join(site.said)


def test_private_words_reach_no_page_no_log_and_no_exception() -> None:
    """Not even where the run dies of it."""
    site = Site()
    site.hears(post(1, public=False, text='a secret', author='@secret@a.example'), post(2))
    site.wiki.filter = lambda params: 'kill'
    with pytest.raises(Killed) as info:
        site.run()
    assert 'secret' not in f'{info.value!r} {site.said}'
    site.wiki.filter = lambda params: ''
    site.run()
    assert not [rev for rev in site.wiki.revs if 'secret' in rev.text + rev.comment]


def test_words_of_the_configuration_filter_what_was_not_said_to_us() -> None:
    site = Site(words=['MediaWiki', 'Wikimedia Foundation'])
    site.hears(
        post(1, 'I like mediawiki.', mentions_us=False),
        post(2, 'I like tea.', mentions_us=False),
        post(3, 'MediaWiki is old news.', mentions_us=False, created=NOW - timedelta(days=90)),
        post(4, 'Tea for you!'),
        name='timeline',
    )
    site.hears(post(5, 'Tea', mentions_us=False), name='#MediaWiki')
    site.hears(post(6, 'Tea', mentions_us=False), post(1, 'MediaWiki'), name='MediaWiki')
    site.hears(post(5, 'Tea, MediaWiki'), name='MediaWiki')
    wishes = [Wish('timeline'), Wish('hashtag', 'MediaWiki'), Wish('search', 'MediaWiki')]
    site.run(*wishes)
    kinds = {one.url: one.kind for one in site.mentions()}
    assert kinds == {
        url_of(1): 'mention', url_of(4): 'mention', url_of(5): 'mention'
    }  # fmt: skip
    assert len(site.mentions()) == 3
    assert site.run(*wishes).edits == 0


def test_kinds() -> None:
    site = Site()
    for number, name in enumerate(('timeline', '#MediaWiki', 'MediaWiki')):
        site.hears(post(number, 'MediaWiki', mentions_us=False), name=name)
    site.run(Wish('timeline'), Wish('hashtag', 'MediaWiki'), Wish('search', 'MediaWiki'))
    assert [one.kind for one in site.mentions()] == ['timeline', 'hashtag', 'search']
    names = ['mastodon hashtag MediaWiki', 'mastodon search MediaWiki', 'mastodon timeline']
    assert sorted(read_mark(read_marks(site.text)[0]).cursors) == names


def test_a_channel_that_fails_harms_no_other() -> None:
    site = Site(channels={'mastodon': {'account': ACCOUNT}, 'x': {'account': '@mediawiki'}})
    other = Channel('x', '@mediawiki')
    site.channels['x'] = other
    other.answers = [TryLater(Reason('x-day-limit'))]
    site.hears(post(1))
    report = site.run()
    assert (report.exit_code, site.urls()) == (0, [url_of(1)])
    assert any(line.startswith('x: X takes no more') for line in site.said)
    other.answers = [Refused(Reason('x-token-refused', ('no',)))]
    assert site.run().exit_code == 1
    other.answers = [TryLater(Reason('x-day-limit'))]
    site.channel.answers = [TryLater(Reason('x-day-limit'))]
    assert site.run().exit_code == 75


def test_the_wrong_account_is_asked_for_nothing() -> None:
    site = Site()
    site.channel.whose = Account('@somebody@else.example')
    site.hears(post(1))
    assert site.run().exit_code == 1
    assert site.channel.asked == [] and site.urls() == []


def test_what_a_network_cannot_do_is_no_trouble() -> None:
    site = Site()
    site.channel.answers = [Refused(Reason('facebook-no-timeline'))]
    report = site.run(Wish('timeline'))
    assert report.exit_code == 0


# -- never twice, and nothing lost ------------------------------------------------------------------


def test_who_takes_one_off_the_page_has_the_last_word() -> None:
    site = bring(1, 2)
    site.wiki.edit(PAGE, 'All gone.', 'Mallory')
    site.hears(post(1, 'MediaWiki'), name='MediaWiki')
    report = site.run(Wish('mention'), Wish('search', 'MediaWiki'))
    assert (report.edits, site.text) == (0, 'All gone.')


def test_a_changed_cursor_changes_nothing() -> None:
    """Forward, backward, away, twice: the bot believes its own last line."""
    site = bring(1, 2)
    line = read_marks(site.text)[0]
    for forged in (
        line.replace('<code>2</code>', '<code>99</code>'),
        line.replace('<code>2</code>', '<code>0</code>'),
        '',
        line.replace('<code>2</code>', '<code>99</code>') + '\n' + line,
    ):
        before = site.text
        site.change(line, forged, 'Mallory')
        site.hears(post(len(site.channel.lists['mention']) + 1))
        site.run()
        assert site.channel.asked[-2][1] == str(len(site.channel.lists['mention']) - 1)
        assert len(read_marks(site.text)) == 1
        line = read_marks(site.text)[0]
        assert before != site.text
    assert numbers(site.urls()) == [1, 2, 3, 4, 5, 6]


def test_a_mark_that_came_in_while_the_bot_saved_is_not_believed() -> None:
    """The wiki merges what does not touch: the revision of the bot then holds two lines."""
    site = bring(1)
    line = read_marks(site.text)[0]
    forged = line.replace('<code>1</code>', '<code>99</code>')
    site.wiki.edit(PAGE, f'{forged}\n{site.text}', 'Mallory')
    last = site.wiki.last(PAGE)
    assert last
    new = site.text.replace(line, line.replace('<code>1</code>', '<code>2</code>'))
    site.wiki.edit(PAGE, new, BOT, 'mwsocial:mentions where reading stands')
    site.run()
    assert ('mention', '2') in site.channel.asked and ('mention', '99') not in site.channel.asked


def test_an_address_that_others_write_onto_the_page_hides_nothing() -> None:
    """Whoever knows the address of a post before the bot sees it cannot keep it out."""
    site = Site()
    forged = f'{{{{Social media mention\n| url = {url_of(1)}\n| author = @me\n| decision =\n}}}}'
    site.wiki.edit(PAGE, f'{site.text}\n{forged}', 'Mallory')
    site.wiki.edit('Social media/Archive/2026-11', forged, 'Mallory')
    site.hears(post(1))
    site.run()
    assert site.urls() == [url_of(1)] * 2
    assert site.mentions()[-1].author == '@alice@a.example'


def test_known_without_the_summary() -> None:
    """Where a summary has no room for all, or is hidden, the texts tell."""
    site = Site()
    site.hears(*map(post, range(40)))
    site.run()
    site.hears(*(post(number) for number in range(40, 120)))
    site.run()
    last = site.wiki.last(PAGE)
    assert last and last.comment.endswith('+more')
    for rev in site.wiki.revs:
        if rev.user == BOT and rev is not last:
            rev.hidden.add('comment')
    site.wiki.edit(PAGE, 'All gone.', 'Mallory')
    site.hears(*(post(number, 'MediaWiki') for number in range(80, 120)), name='MediaWiki')
    assert site.run(Wish('search', 'MediaWiki')).edits == 0


def test_a_page_without_its_history_asks_the_archive() -> None:
    site = bring(1, 2)
    site.pass_days(8)
    site.run()
    assert numbers(site.archived()) == [1, 2]
    site.wiki.revs = [rev for rev in site.wiki.revs if rev.title != PAGE]
    site.wiki.edit(PAGE, 'A new page.', 'Admin')
    assert site.run().edits == 0
    assert site.urls() == []


def test_two_runs_at_once_bring_each_once() -> None:
    site = Site()
    site.hears(post(1), post(2))

    def other_run() -> str:
        site.wiki.filter = lambda params: ''
        site.run()
        return ''

    site.wiki.filter = lambda params: other_run()
    site.run()
    assert numbers(site.urls()) == [1, 2]


def test_a_cursor_of_another_server_begins_anew() -> None:
    site = bring(1)
    site.channel.answers = [Refused(Reason('mastodon-bad-cursor', ('a', 'b')))]
    site.hears(post(2))
    assert site.run().exit_code == 0
    assert numbers(site.urls()) == [1, 2]


def test_posts_that_are_none_of_ours_do_not_hold_up_the_reading() -> None:
    """Hundreds of private messages come to nothing: where one stands is written down at times."""
    site = bring(1)
    site.channel.page = 40
    site.hears(*(post(number, public=False) for number in range(2, 1000)))
    site.hears(post(1000))
    for _ in range(5):
        site.run()
    assert numbers(site.urls()) == [1, 1000]


def test_what_was_read_in_vain_is_remembered_if_that_can_be(tmp_path: object) -> None:
    """A cache: reading goes on behind it, and without it all is the same but for the reading."""
    from pathlib import Path

    path = Path(str(tmp_path)) / 'cache' / 'mentions.json'
    site = bring(1)
    site.hears(post(2, public=False), post(3, public=False))
    site.cache = Cache(path)
    assert site.run().edits == 0
    assert site.channel.asked[-2:] == [('mention', '1'), ('mention', '3')]
    site.cache = Cache(path)
    site.run()
    assert site.channel.asked[-1:] == [('mention', '3')]
    path.write_text('{"read": {"mastodon mention": ["1", 7]}, "looked": []}')
    site.cache = Cache(path)
    site.run()
    assert site.channel.asked[-2:-1] == [('mention', '1')]
    site.hears(post(4))
    site.run()
    assert numbers(site.urls()) == [1, 4]


# -- decisions --------------------------------------------------------------------------------------


def test_share_goes_to_the_queue_in_the_name_of_who_decided() -> None:
    site = bring(1, 2)
    site.decide(1, 'share [[User:Alice]] 12:00')  # a signature proves nothing
    report = site.run()
    name = item_id('share', url_of(1))
    item = site.queue()[name]
    assert item.content == {'id': name, 'share': url_of(1), 'channels': 'mastodon'}
    assert not item.faults
    assert '@alice@a.example' in item.editors['comment']
    queue = next(rev for rev in reversed(site.wiki.revs) if rev.title == QUEUE)
    assert proposer_in(queue.comment, name) == 'Carol'
    assert numbers(site.urls()) == [2] and numbers(site.archived()) == [1]
    assert f'| item       = {name}' in site.archive()
    assert report.edits == 3 and report.exit_code == 0
    assert site.run().edits == 0


def test_point_goes_to_the_queue() -> None:
    site = bring(1)
    site.decide(1, 'Point support, please ~~~~')
    site.run()
    name = item_id('point', url_of(1))
    content = {'id': name, 'point': url_of(1), 'pointer': 'support', 'channels': 'mastodon'}
    assert site.queue()[name].content == content


def test_a_button_decides() -> None:
    """The form of a button adds a decision in a section of its own, which goes with the mention."""
    site = bring(1, 2)
    site.press(1, 'share')
    site.press(2, 'ignore')
    site.run()
    assert list(site.queue()) == [item_id('share', url_of(1))]
    assert 'Social media decision' not in site.text and 'Decision:' not in site.text
    assert site.mentions()[0].decision == 'ignore [[User:Carol]]'
    # It is still Carol's decision, though the bot wrote it there.
    site.pass_days(1.1)
    site.run()
    assert site.urls() == [] and numbers(site.archived()) == [1, 2]


def test_the_last_button_counts() -> None:
    site = bring(1)
    site.decide(1, 'ignore')
    site.press(1, 'share', user='Dave')
    site.run()
    queue = site.wiki.last(QUEUE)
    assert queue and proposer_in(queue.comment, item_id('share', url_of(1))) == 'Dave'


def test_ignore_can_be_taken_back_until_it_is_archived() -> None:
    site = bring(1, 2)
    site.decide(1, 'ignore ~~~~')
    site.decide(2, 'ignore ~~~~')
    site.run()
    assert numbers(site.urls()) == [1, 2]
    site.decide(2, '')
    site.pass_days(1.1)
    report = site.run()
    assert numbers(site.urls()) == [2] and numbers(site.archived()) == [1]
    assert report.waiting == 1


def test_a_newcomer_cannot_ignore_but_can_propose() -> None:
    site = bring(1, 2)
    site.decide(1, 'ignore', user='Mallory')
    site.decide(2, 'share', user='Mallory')
    site.run()
    assert 'autoconfirmed' in site.mentions()[0].note
    assert list(site.queue()) == [item_id('share', url_of(2))]
    site.pass_days(2)
    site.run()
    assert numbers(site.urls()) == [1]


def test_somebody_without_an_account_is_not_named() -> None:
    site = bring(1)
    site.decide(1, 'share', user='192.0.2.1')
    site.run()
    queue = site.wiki.last(QUEUE)
    assert queue and 'by [[User:' not in queue.comment and site.queue()


@pytest.mark.parametrize(
    ('words', 'said'),
    [
        ('maybe', '“maybe” is no decision here'),
        ('point', 'There is no fixed sentence “–”. Write point with one of: support.'),
        ('point nowhere', 'There is no fixed sentence “nowhere”.'),
        ('{{share}}', 'is no decision here'),
    ],
)
def test_what_is_no_decision_is_noted_once(words: str, said: str) -> None:
    site = bring(1)
    site.decide(1, words)
    assert site.run().exit_code == 0
    note = read_inbox(site.text).mentions[0].note
    assert said in note.replace('&#123;', '{').replace('&#125;', '}')
    assert site.queue() == {}
    assert site.run().edits == 0
    site.decide(1, '')
    site.run()
    assert site.mentions()[0].note == ''


def test_only_who_speaks_to_us_gets_a_pointer() -> None:
    site = Site()
    site.hears(post(1, 'MediaWiki', mentions_us=False), name='timeline')
    site.run(Wish('timeline'))
    site.decide(1, 'point support')
    site.run()
    assert 'does not speak to us' in site.mentions()[0].note and site.queue() == {}


def test_a_network_without_shares_is_not_asked_for_one() -> None:
    site = Site(channels={'facebook': {'account': 'MediaWiki'}})
    site.channel = Channel('facebook', 'MediaWiki')
    site.channels = {'facebook': site.channel}
    site.hears(post(1))
    site.run()
    for words in ('share', 'point support'):
        site.decide(1, words)
        site.run()
        assert 'The channel facebook cannot' in site.mentions()[0].note
    assert site.queue() == {}


def test_what_somebody_else_wrote_there_makes_no_item() -> None:
    site = bring(1)
    forged = '{{Social media mention\n| url = https://evil.example/1\n| channel = mastodon\n'
    forged += '| kind = mention\n| decision = share\n}}'
    site.wiki.edit(PAGE, f'{site.text}\n\n{forged}', 'Mallory')
    assert site.run().exit_code == 0
    assert 'not brought here by the bot' in site.mentions()[-1].note
    site.change(f'| url        = {url_of(1)}', '| url        = https://evil.example/2', 'Mallory')
    site.wiki.edit(PAGE, site.text.replace('| decision   =', '| decision   = share'), 'Mallory')
    site.run()
    assert site.queue() == {}
    site.pass_days(30)
    site.run()
    assert len(site.urls()) == 2  # it is somebody else's: the bot leaves it alone


def test_the_bot_reads_its_own_words() -> None:
    """What others make of author, channel and kind does not get onto the queue."""
    site = Site(channels={'mastodon': {'account': ACCOUNT}, 'x': {'account': '@mediawiki'}})
    site.hears(post(1, 'MediaWiki', mentions_us=False), name='timeline')
    site.run(Wish('timeline'))
    site.change('| author     = @alice@a.example', '| author     = Evil', 'Mallory')
    site.change('| channel    = mastodon', '| channel    = x', 'Mallory')
    site.change('| kind       = timeline', '| kind       = mention', 'Mallory')
    site.decide(1, 'point support')
    site.run()
    assert site.queue() == {}
    site.decide(1, 'share')
    site.run()
    item = site.queue()[item_id('share', url_of(1))]
    assert item.content['channels'] == 'mastodon' and 'Evil' not in item.editors['comment']


def test_two_of_one_address_wait() -> None:
    site = bring(1)
    site.decide(1, 'share')
    copy = site.text[site.text.index('{{Social media mention') :]
    site.wiki.edit(PAGE, f'{site.text}\n{copy}', 'Mallory')
    site.run()
    assert site.queue() == {} and all('twice' in one.note for one in site.mentions())


def test_copies_crowd_out_nothing_and_stay() -> None:
    """Somebody puts one mention there hundreds of times: others are listed all the same."""
    site = bring(1, 2)
    copy = site.text[site.text.index('{{Social media mention') :].split('\n\n')[0]
    site.wiki.edit(PAGE, site.text + f'\n{copy}' * 300, 'Mallory')
    site.hears(post(3))
    report = site.run()
    assert (numbers(report.added), report.unlisted, report.waiting) == ([3], 0, 3)
    site.pass_days(8)
    site.run()
    assert numbers(site.archived()) == [2, 3] and set(numbers(site.urls())) == {1}


def test_taken_back_by_who_decided() -> None:
    """Whoever restores it has decided it himself."""
    site = bring(1)
    before = site.text
    site.decide(1, 'share')
    decided = site.text
    site.wiki.edit(PAGE, before, 'Carol')
    site.wiki.edit(PAGE, decided, 'Mallory')
    site.run()
    queue = site.wiki.last(QUEUE)
    assert queue and proposer_in(queue.comment, item_id('share', url_of(1))) == 'Mallory'


def test_a_blocked_decider_and_a_hidden_history_count_for_nothing() -> None:
    site = bring(1, 2)
    site.decide(1, 'share', user='Mallory')
    site.wiki.blocked.add('Mallory')
    site.run()
    assert 'is blocked now' in site.mentions()[0].note
    site.decide(2, 'share')
    brought = next(rev for rev in site.wiki.revs if rev.user == BOT)
    brought.hidden.add('text')
    site.run()
    assert site.queue() == {}


def test_behind_more_history_than_is_read_nobody_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest revision that is read only shows the decision: its author has not decided."""
    monkeypatch.setattr('mwsocial.proposing.history.MOST', 3)
    site = bring(1)
    site.decide(1, 'share', user='Alice')
    for number in range(4):
        site.change('Introduction.', f'{number} Introduction.', user=f'Passer-by {number}')
    assert site.run().moved == {} and site.queue() == {}
    site.decide(1, '', user='Alice')
    site.decide(1, 'share', user='Dora')
    site.run()
    (last,) = (one for one in site.wiki.revs if one.title == QUEUE and one.user == BOT)
    assert proposer_in(last.comment, item_id('share', url_of(1))) == 'Dora'


def test_archived_and_put_back_is_not_proposed_again() -> None:
    site = bring(1)
    site.decide(1, 'share')
    with_decision = site.text
    site.run()
    site.wiki.edit(QUEUE, 'Nothing.', 'Alice')
    site.wiki.edit(PAGE, with_decision, 'Mallory')
    site.run()
    assert site.queue() == {} and site.urls() == []
    assert numbers(site.archived()) == [1]


def test_a_user_whose_name_is_an_id_hides_nothing() -> None:
    """Names in summaries are not ids."""
    site = bring(1, 2)
    site.decide(1, 'share', user=f'X {item_id("share", url_of(2))}')
    site.run()
    site.decide(2, 'share')
    site.run()
    assert len(site.queue()) == 2


# -- going --------------------------------------------------------------------------------------------


def test_old_ones_go_to_the_archive_with_what_people_wrote() -> None:
    """The whole section, if it holds nothing else; the rest of the page stays byte for byte."""
    site = bring(1, 2)
    text = site.text
    at = text.index('== @alice', text.index('== @alice') + 1)
    site.wiki.edit(PAGE, f'{text[:at]}Nice one. ~~~~\n: Indeed.\n\n{text[at:]}', 'Carol')
    before = site.text
    site.pass_days(7.5)
    site.hears(post(3, created=NOW + timedelta(days=7)))
    report = site.run()
    assert len(report.archived) == 2 and report.edits == 2
    assert numbers(site.urls()) == [3] and numbers(site.archived()) == [1, 2]
    assert ': Indeed.' in site.archive() and ': Indeed.' not in site.text
    assert before.index('Introduction.') == site.text.index('Introduction.')
    for piece in before[before.index('== @alice') :].strip().split('\n\n== '):
        assert piece.removeprefix('== ') in site.archive()


def test_a_section_with_more_in_it_stays() -> None:
    site = bring(1)
    site.wiki.edit(PAGE, site.text + '\n\n{{Social media item\n| id = a\n| text = b\n}}', 'Carol')
    site.pass_days(8)
    site.run()
    assert site.urls() == [] and '| text = b' in site.text and '== @alice' in site.text
    assert numbers(site.archived()) == [1] and '| text = b' not in site.archive()


def test_a_section_that_would_swallow_what_follows_stays() -> None:
    site = bring(1)
    site.wiki.edit(PAGE, site.text + '\n<!-- never closed', 'Mallory')
    site.pass_days(8)
    site.hears(post(2))
    site.run()
    assert '<!-- never' not in site.archive() and numbers(site.archived()) == [1]


def test_an_archive_that_swallows_what_comes_is_said() -> None:
    site = bring(1)
    site.pass_days(8)
    site.wiki.edit('Social media/Archive/2026-12', '<!-- open', 'Mallory')
    report = site.run()
    assert report.exit_code == 1 and numbers(site.urls()) == [1]
    assert 'something is left open' in ' '.join(site.said)


def test_a_reply_that_came_while_it_was_archived_stays_on_the_page() -> None:
    site = bring(1)
    site.pass_days(8)

    def reply() -> None:
        site.wiki.after = lambda: None
        site.wiki.edit(PAGE, site.text + '\nWait, this is important. ~~~~', 'Carol')

    site.wiki.after = reply
    site.run()
    assert site.urls() == [] and 'this is important' in site.text
    assert numbers(site.archived()) == [1]


@pytest.mark.parametrize('how', ['line', 'button'])
def test_what_is_decided_while_it_is_put_away_counts(how: str) -> None:
    """It is in the archive by then, and yet what somebody wants of it is done; and it is archived once."""
    site = bring(1, 2)
    site.pass_days(8)

    def decide() -> None:
        site.wiki.after = lambda: None
        if how == 'line':
            site.decide(1)
        else:
            site.press(1, 'share')

    site.wiki.after = decide
    site.run()
    assert numbers(site.urls()) == [1] and numbers(site.archived()) == [1, 2]
    report = site.run()
    assert list(report.moved) == [url_of(1)] and item_id('share', url_of(1)) in site.queue()
    assert site.urls() == [] and numbers(site.archived()) == [1, 2]
    assert 'decision=' not in site.text


def test_what_another_run_brings_meanwhile_is_not_brought_twice() -> None:
    """Two machines: one has read the page, and asks for minutes."""
    site = bring(1)
    site.hears(post(2))
    mentions = site.channel.mentions

    def slow(cursor: str) -> object:
        answer = mentions(cursor)
        site.channel.mentions = mentions  # type: ignore[method-assign]
        site.cache = Cache(None)
        site.run()
        return answer

    site.channel.mentions = slow  # type: ignore[assignment, method-assign]
    site.run()
    assert numbers(site.urls()) == [1, 2]


# -- excerpts of posts that are gone --------------------------------------------------------------------


def test_words_of_posts_that_are_gone_go() -> None:
    site = bring(1, 2, 3)
    answers = {
        url_of(1): gone(url_of(1)), url_of(2): post(2), url_of(3): post(3, public=False)
    }  # fmt: skip
    site.channel.looks = lambda url: answers[url]
    report = site.run()
    assert [one.excerpt for one in site.mentions()] == ['', 'Hello', '']
    assert 'gone, or not public' in site.mentions()[0].note
    assert (report.looked.count, len(report.looked.gone), report.edits) == (3, 2, 1)
    report = site.run()
    assert (report.looked.count, report.edits) == (1, 0)
    assert site.mentions()[0].note


def test_words_of_posts_that_are_gone_do_not_go_to_the_archive() -> None:
    site = bring(1)
    site.channel.looks = lambda url: post(1, public=False)
    site.pass_days(8)
    site.run()
    site.run()
    assert numbers(site.archived()) == [1] and site.urls() == []
    assert not [one for one in site.wiki.revs if 'Archive' in one.title and 'Hello' in one.text]


def test_looks_are_bounded_and_take_turns() -> None:
    site = bring(*range(30))
    site.channel.looks = lambda url: TryLater(Reason('x-day-limit'))
    site.channel.looked.clear()
    site.cache = Cache(None)
    report = site.run()
    assert (report.looked.count, report.looked.waiting) == (20, 10)
    first = set(site.channel.looked)
    site.pass_days(0.01)
    site.run()
    assert len({*first, *site.channel.looked}) == 30
    assert all(one.excerpt for one in site.mentions())


def test_trouble_of_ours_says_nothing_about_a_post() -> None:
    site = bring(1)
    site.channel.looks = lambda url: Refused(Reason('bluesky-password-refused', ('a', 'b')))
    assert site.run().edits == 0
    site.channel.looked.clear()
    site.channel.answers = [Refused(Reason('x-token-refused', ('no',)))]
    site.run()
    assert site.channel.looked == []


# -- what stops a run, and what the wiki does not take ----------------------------------------------------


def test_brakes() -> None:
    site = bring(1)
    site.decide(1, 'share')
    site.hears(post(2))
    asked = len(site.channel.asked)
    for title in (PAGE, QUEUE):
        before = site.wiki.text(title)
        site.wiki.edit(title, before + '\n{{Social media stop|x}}', 'Carol')
        report = site.run()
        assert (report.edits, len(site.channel.asked)) == (0, asked)
        site.wiki.edit(title, before, 'Carol')
    site.wiki.blocked.add(BOT)
    assert site.run().edits == 0
    site.wiki.blocked.clear()
    site.wiki.edit(PAGE, '#REDIRECT [[Elsewhere]]', 'Mallory')
    with pytest.raises(ConfigurationError, match='is a redirect'):
        site.run()


def test_a_stop_that_comes_in_between_is_seen() -> None:
    site = Site()
    site.hears(post(1))
    site.channel.looks = lambda url: post(1)
    asked = site.channel.mentions

    def ask(cursor: str) -> object:
        site.wiki.edit(PAGE, site.text + '\n{{Stop}}', 'Carol')
        return asked(cursor)

    site.channel.mentions = ask  # type: ignore[assignment, method-assign]
    report = site.run()
    assert report.edits == 0 and report.exit_code == 1


def test_what_is_left_open_on_the_page_is_said_and_loses_nothing() -> None:
    site = Site()
    before = site.text
    site.wiki.edit(PAGE, before + '\n<!-- for later', 'Mallory')
    site.hears(post(1), post(2))
    report = site.run()
    assert (report.edits, report.exit_code) == (0, 1)
    assert 'something is left open' in ' '.join(site.said)
    site.wiki.edit(PAGE, before, 'Carol')
    site.run()
    assert numbers(site.urls()) == [1, 2]


def test_a_filter_that_does_not_like_links_gets_none() -> None:
    site = Site()
    site.hears(post(1), post(2))
    site.wiki.filter = lambda params: 'spamblacklist' if '= https://a.ex' in params['text'] else ''
    report = site.run()
    assert report.exit_code == 0 and numbers(site.urls()) == [1, 2]
    assert 'https://' not in site.text.partition('== ')[2]


def test_one_that_the_wiki_refuses_harms_no_other_and_is_not_tried_for_ever() -> None:
    site = Site()
    posts = [post(number, 'bad words' if number == 5 else 'Hello') for number in range(20)]
    site.hears(*posts, post(20, author='@nobody-wants-me@a.example'))
    site.wiki.filter = lambda params: (
        'abusefilter' if 'bad words' in params['text'] or 'wants' in params['text'] else ''
    )
    report = site.run()
    assert numbers(site.urls()) == list(range(20))
    assert site.mentions()[5].excerpt == ''
    assert list(report.left) == [url_of(20)] and report.exit_code == 0
    edits = site.edits()
    site.hears(post(20, 'MediaWiki', author='@nobody-wants-me@a.example'), name='MediaWiki')
    assert site.run(Wish('mention'), Wish('search', 'MediaWiki')).edits == 0
    assert site.edits() == edits


def test_a_wiki_that_takes_nothing_loses_nothing() -> None:
    site = Site()
    site.hears(*map(post, range(40)))
    tried = []
    site.wiki.filter = lambda params: tried.append(1) or 'protectedpage'  # type: ignore[func-returns-value]
    report = site.run()
    assert report.exit_code == 1 and len(tried) <= 45
    site.wiki.filter = lambda params: ''
    site.run()
    assert numbers(site.urls()) == list(range(40))


def test_a_lost_answer_is_looked_for_by_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('mwsocial.wiki.save.LOOKS', ())
    site = Site()
    site.hears(post(1))
    site.wiki.filter = lambda params: 'lost'
    with pytest.raises(TemporaryError):
        site.run()
    site.wiki.filter = lambda params: ''
    site.run()
    assert numbers(site.urls()) == [1]


def test_simulate_changes_nothing() -> None:
    site = bring(1, 2)
    site.decide(1, 'share')
    site.hears(post(3))
    site.pass_days(8)
    revs = len(site.wiki.revs)
    site.run(simulate=True)
    said = '\n'.join(site.said)
    assert len(site.wiki.revs) == revs
    for words in ('would propose share-', f'would put {url_of(2)}', f'would list {url_of(3)}'):
        assert words in said, said


def dies_at(boundary: int) -> Callable[[], None]:
    """What kills the process when it is called for that time, from 1."""
    left = iter(range(boundary, 0, -1))

    def dies() -> None:
        if next(left, 0) == 1:
            raise Killed

    return dies


@pytest.mark.parametrize('when', ['before', 'after'])
def test_dying_at_any_edit_loses_and_doubles_nothing(when: str) -> None:
    """A run dies before or after each of its edits; the next one ends the work."""
    for boundary in range(1, 9):
        site = bring(1, 2, 3)
        site.decide(1, 'share')
        site.decide(2, 'point support')
        site.hears(post(4, created=NOW + timedelta(days=8)))
        site.pass_days(8)
        dies = dies_at(boundary)

        def kill(params: object, dies: Callable[[], None] = dies) -> str:
            dies()
            return ''

        if when == 'before':
            site.wiki.filter = kill
        else:
            site.wiki.after = dies
        ended = True
        try:
            site.run()
        except Killed:
            ended = False
        site.wiki.filter, site.wiki.after = (lambda params: ''), (lambda: None)
        site.run()
        assert sorted(site.queue()) == [item_id('point', url_of(2)), item_id('share', url_of(1))]
        assert numbers(site.urls()) == [4], boundary
        assert sorted(numbers(site.archived())) == [1, 2, 3], boundary
        assert site.run().edits == 0
    assert ended, 'there were more edits than boundaries'
