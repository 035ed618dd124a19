"""What happens between the lines: late wakers, meddlers, lost history, claims that nobody finished."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mwsocial.sandbox import Gate, Request, Rule
from mwsocial.wiki.items import read_queue
from tests.real.conftest import NewDesk
from tests.real.desk import NEWS, QUEUE, Desk, Run
from tests.wiki.desks import error

pytestmark = pytest.mark.real

#: Longer than a claim stays in force.
LATER = 700


def once(gate: Gate, when: Callable[[Request], bool], act: Callable[[], object]) -> list[object]:
    """Do something before the first request of that kind is handed on; the list tells that it was."""
    done: list[object] = []

    def meddle(request: Request) -> bool:
        if not done and when(request):
            done.append(None)
            done[0] = act()
        return False

    gate.rules.append(Rule(when=meddle, times=None))
    return done


def posts_a_status(request: Request) -> bool:
    """Whether the request creates a post."""
    return request.method == 'POST' and request.path == '/api/v1/statuses'


def looks_at_the_brakes(request: Request) -> bool:
    """Whether the request reads the queue and asks whether the bot is blocked."""
    return 'blockinfo' in request.fields.get('uiprop', '')


def killed_after_its_claim(desk: Desk) -> Run:
    """A run that saved its claim and died."""
    with Gate(desk.sandbox.url) as gate:
        run = desk.start('post_queue', MWSOCIAL_WIKI=gate.host)
        gate.rules.append(Rule(action='edit', after='kill', pid=run.process.pid))
        ended = run()
    assert ended.code == -9, ended
    return ended


def test_a_late_waker_leaves_alone_what_another_run_has_done(desk: Desk) -> None:
    """A run stops after its claim; another settles it and posts; the first wakes up and goes on."""
    desk.propose('late', text='posted by the other run')
    desk.approve('late')
    with Gate(desk.sandbox.url) as gate:
        looks: list[Request] = []

        def last_look(request: Request) -> bool:
            """The look at the brakes, right before the post: the second one after the claim."""
            if gate.count(action='edit') and looks_at_the_brakes(request):
                looks.append(request)
            return len(looks) == 2

        def meanwhile() -> Run:
            desk.sandbox.clock.advance(LATER)
            return desk.run()

        done = once(gate, last_look, meanwhile)
        late = desk.run(MWSOCIAL_WIKI=gate.host)
    (other,) = done
    assert isinstance(other, Run)
    assert other.code == 0, other
    assert 'late on mastodon: posted' in other.text
    assert late.code == 0, late
    assert 'late on mastodon: not done' in late.text
    assert len(desk.posts()) == 1
    item = desk.item('late')
    assert item.bot['state'] == 'posted'
    assert item.bot['sent-mastodon'].split()[-1] == desk.posts()[0]['id']
    assert not any('not sent' in one['comment'] for one in desk.edits()), desk.edits()


def test_forged_lines_beside_ours_are_written_as_proved(new_desk: NewDesk) -> None:
    """While the bot posts, somebody doubles a line of another channel: putting that in order must not
    make a record of it.
    """
    desk = new_desk()
    another = {**desk.config['channels']['mastodon'], 'account': '@other@example.org'}
    desk.configure(channels={**desk.config['channels'], 'another': another})
    desk.propose('beside', text='beside forged lines')
    desk.approve('beside')
    forged = 'posted 2026-01-01T00:00:00Z 1 https://evil.example/'

    def forge() -> int:
        line = '| text = beside forged lines\n'
        lines = ''.join(f'| sent-another = {forged}{n}\n' for n in (1, 2))
        return desk.change(line, line + lines, by='Mallory')

    with Gate(desk.sandbox.mastodon_url) as gate:
        done = once(gate, posts_a_status, forge)
        run = desk.run(MWSOCIAL_MASTODON_URL=gate.url)
    assert done, run
    assert run.code == 1, run
    assert len(desk.posts()) == 1
    item = desk.item('beside')
    assert item.bot['sent-mastodon'].startswith('posted ')
    assert 'sent-another' not in item.bot
    run = desk.run()
    item = desk.item('beside')
    assert 'sent-another' not in item.bot, run
    assert (item.bot['state'], run.code) == ('partly posted', 1)


def test_a_stale_claim_is_not_sent_after_its_time(desk: Desk) -> None:
    """A run died after its claim; when the next one looks, the item's last moment has passed."""
    last = desk.sandbox.clock.now() + timedelta(minutes=9)
    desk.propose('stale', text='too late by now', not_after=f'{last:%Y-%m-%d %H:%M}')
    desk.approve('stale')
    killed_after_its_claim(desk)
    assert desk.item('stale').bot['sent-mastodon'].startswith('sending ')
    desk.sandbox.clock.advance(LATER)
    run = desk.run()
    assert (run.code, desk.posts()) == (0, []), run
    assert desk.item('stale').bot['sent-mastodon'].startswith('released ')
    run = desk.run()
    assert (run.code, desk.posts()) == (0, []), run
    assert desk.item('stale').bot['state'] == 'missed'


@pytest.mark.trust
def test_a_claim_of_a_channel_that_has_gone(desk: Desk) -> None:
    """A run died after its claim, and the channel was switched off: in the end a person must look."""
    desk.propose('gone', text='the channel has gone')
    desk.approve('gone')
    killed_after_its_claim(desk)
    channels = desk.config['channels']
    desk.configure(channels={'mastodon': {**channels['mastodon'], 'enabled': False}})
    desk.sandbox.clock.advance(LATER)
    run = desk.run()
    assert (run.code, desk.posts()) == (0, []), run
    assert desk.item('gone').bot['state'] == 'sending'
    desk.sandbox.clock.advance(3600)
    run = desk.run()
    assert (run.code, desk.posts()) == (1, []), run
    item = desk.item('gone')
    assert item.bot['state'] == 'unconfirmed'
    assert 'Nobody can say whether this reached mastodon' in item.bot['note']
    desk.configure(channels=channels)
    run = desk.run()
    assert (run.code, desk.posts()) == (1, []), run
    desk.change('| id = gone\n', '| id = gone\n| settle-mastodon = again ~~~~\n', by='Bob')
    run = desk.run()
    assert run.code == 0, run
    assert len(desk.posts()) == 1
    assert desk.item('gone').bot['state'] == 'posted'


def test_what_is_known_is_recorded_when_something_breaks_between_two_sends(desk: Desk) -> None:
    """The wiki answers nonsense right after the first post: its link is written down all the same."""
    for item_id in ('one', 'two'):
        desk.propose(item_id, text=f'item {item_id}')
        desk.approve(item_id)
    with Gate(desk.sandbox.url) as wiki, Gate(desk.sandbox.mastodon_url) as network:
        broken = Rule(
            answer=error('something-new', 'This has never been seen.'),
            when=lambda request: (
                any(posts_a_status(one.request) for one in list(network.requests))
                and looks_at_the_brakes(request)
            ),
        )
        wiki.rules.append(broken)
        run = desk.run(MWSOCIAL_WIKI=wiki.host, MWSOCIAL_MASTODON_URL=network.url)
    assert broken.applied == 1
    assert run.code == 1, run
    assert 'This has never been seen.' in run.text
    assert 'Traceback' not in run.text
    assert [one['content'] for one in desk.posts()] == ['item one<br>']
    assert desk.item('one').bot['sent-mastodon'].split()[-1] == desk.posts()[0]['id']
    # Known to be undone: it was not begun.
    assert desk.item('two').bot['sent-mastodon'].startswith('released ')
    desk.sandbox.clock.advance(LATER)
    run = desk.run()
    assert run.code == 0, run
    assert sorted(one['content'] for one in desk.posts()) == ['item one<br>', 'item two<br>']


def test_a_record_in_the_archive_counts(desk: Desk) -> None:
    """An item leaves the queue while it is sent; its record goes to the archive. Put back and approved
    anew, it is not sent again, even though the post itself was taken down since.
    """
    desk.propose('back', text='sent, gone and back')
    desk.approve('back')
    text = desk.text()
    start = text.index('\n\n== back ==')

    def take_away() -> int:
        return int(desk.person('Carol').edit(QUEUE, text[:start], 'not here'))

    with Gate(desk.sandbox.mastodon_url) as gate:
        done = once(gate, posts_a_status, take_away)
        run = desk.run(MWSOCIAL_MASTODON_URL=gate.url)
    assert done, run
    assert run.code == 0, run
    assert len(desk.posts()) == 1
    url = desk.posts()[0]['id']
    assert desk.items() == {}
    assert url in desk.text(f'Social media/Archive/{desk.sandbox.clock.now():%Y-%m}')
    for path in (desk.sandbox.mastodon_folder / 'data' / 'object').rglob('*.json'):
        if url in path.read_text('utf-8', 'replace'):
            path.unlink()
    assert desk.posts() == []
    desk.sandbox.clock.advance(LATER)
    desk.propose('back', text='sent, gone and back')
    desk.approve('back', by='Bob')
    run = desk.run()
    assert (run.code, desk.posts()) == (0, []), run
    item = desk.item('back')
    assert item.bot['state'] == 'posted'
    assert item.bot['sent-mastodon'].split()[-1] == url


@pytest.mark.parametrize('posted', [True, pytest.param(False, marks=pytest.mark.trust)])
def test_an_item_that_leaves_under_a_claim_of_a_dead_run(desk: Desk, posted: bool) -> None:
    """Nobody works on its claim any more, and it is not on the page: what became of it is found out all
    the same, told, and kept.
    """
    desk.propose('gone', text='sent and gone')
    desk.approve('gone')
    if posted:
        with Gate(desk.sandbox.mastodon_url) as gate:
            run = desk.start('post_queue', MWSOCIAL_MASTODON_URL=gate.url)
            gate.rules.append(
                Rule(path='/api/v1/statuses', method='POST', after='kill', pid=run.process.pid)
            )
            assert run().code == -9
    else:
        killed_after_its_claim(desk)
    assert len(desk.posts()) == posted
    text = desk.text()
    desk.person('Carol').edit(QUEUE, text[: text.index('\n\n== gone ==')], 'not here')
    run = desk.run()
    assert run.code == 0 and 'has left the queue' not in run.out, run
    desk.sandbox.clock.advance(LATER)
    run = desk.run()
    assert run.code == 1 and 'gone has left the queue: its record is in the archive' in run.out, run
    archive = desk.text(f'Social media/Archive/{desk.sandbox.clock.now():%Y-%m}')
    bot = read_queue(archive).by_id()['gone'].bot
    if posted:
        assert bot['state'] == 'posted'
        assert bot['sent-mastodon'].split()[-1] == desk.posts()[0]['id']
    else:
        assert bot['sent-mastodon'].startswith('released ')
    assert len(desk.posts()) == posted
    run = desk.run()
    assert run.code == 0 and 'gone' not in run.out, run
    assert desk.text(f'Social media/Archive/{desk.sandbox.clock.now():%Y-%m}') == archive


def test_a_record_in_the_archive_counts_for_another_queue(desk: Desk) -> None:
    """Where another page becomes the queue, nothing of the old page's history is there any more."""
    desk.propose('moved', text='sent from the old queue')
    desk.approve('moved')
    run = desk.run()
    assert run.code == 0, run
    posted = desk.text()[desk.text().index('{{Social media item') :]
    desk.bot_writes(
        'Social media/Archive/2026-01', f'== moved ==\n{posted}', 'mwsocial:record archived moved'
    )
    desk.new_queue('Social media/Other queue')
    desk.propose('moved', text='sent from the old queue')
    desk.approve('moved')
    run = desk.run()
    assert run.code == 0, run
    assert len(desk.posts()) == 1
    assert desk.item('moved').bot['state'] == 'posted'


@pytest.mark.trust
def test_what_stands_in_the_archive_is_taken_down(desk: Desk) -> None:
    """An item is put back to have its post taken down: the queue's own history knows nothing of it."""
    desk.propose('old', text='sent long ago')
    desk.approve('old')
    run = desk.run()
    assert run.code == 0, run
    posted = desk.text()[desk.text().index('{{Social media item') :]
    desk.bot_writes(
        'Social media/Archive/2026-01', f'== old ==\n{posted}', 'mwsocial:record archived old'
    )
    desk.new_queue('Social media/Other queue')
    desk.propose('old', text='sent long ago')
    desk.change('| id = old\n', '| id = old\n| delete-posts = wrong ~~~~\n', by='Alice')
    run = desk.run()
    # snac2 2.75 keeps its posts: what counts is that it was asked.
    assert 'old on mastodon: kept' in run.text, run
    assert 'can still be read' in desk.item('old').bot['note']


@pytest.mark.trust
def test_forged_archives_prove_nothing(desk: Desk) -> None:
    """Neither what people write there nor what the bot's account wrote by hand, or carried along."""
    forged = (
        '== forged ==\n{{Social media item\n| id = forged\n| text = forged in the archive\n'
        '| state = posted\n| sent-mastodon = posted 2026-01-01T00:00:00Z 1 https://evil.example\n}}'
    )
    archive = 'Social media/Archive/2026-01'
    desk.person('Mallory').edit(archive, forged, 'mwsocial:record archived forged')
    desk.bot_writes('Social media/Notes', forged, 'mwsocial:record archived forged')
    desk.bot_writes('Social media/Archive/2026-02', forged, 'archived forged, by hand')
    desk.bot_writes(archive, f'{forged}\n== x ==\n', 'mwsocial:record archived forged')
    desk.propose('forged', text='forged in the archive')
    desk.approve('forged')
    run = desk.run()
    assert run.code == 0, run
    assert len(desk.posts()) == 1
    assert desk.item('forged').bot['sent-mastodon'].split()[-1] == desk.posts()[0]['id']


def test_an_idle_run_asks_no_archive(desk: Desk) -> None:
    """Only a run that has something to send looks there, once."""
    desk.propose('idle', text='asked for once')
    for approved in (False, True):
        if approved:
            desk.approve('idle')
        with Gate(desk.sandbox.url) as gate:
            run = desk.run(MWSOCIAL_WIKI=gate.host)
        assert run.code == 0, run
        assert gate.count(list='usercontribs') == int(approved)


@pytest.mark.parametrize('answer', ['again', pytest.param('posted', marks=pytest.mark.trust)])
def test_a_hidden_record_is_settled_by_an_approver(desk: Desk, answer: str) -> None:
    """Nobody can see what the bot wrote: the item says so, and an approver's word ends it."""
    desk.propose('hidden', text='recorded in hiding')
    desk.approve('hidden')
    run = desk.run()
    assert run.code == 0, run
    record, claim = (one['revid'] for one in desk.edits())
    desk.person('Carol').edit(QUEUE, desk.text() + '\nA remark.\n', 'remark')
    for revid in (record, claim):
        desk.person('Admin').hide_revision(revid, content=True)
    url = desk.posts()[0]['id']
    run = desk.run()
    assert run.code == 1, run
    item = desk.item('hidden')
    assert item.bot['state'] == 'unconfirmed'
    assert f'A record of this item is hidden ([[Special:Diff/{record}]]' in item.bot['note']
    assert 'settle-mastodon' in item.bot['note']
    words = 'again' if answer == 'again' else f'posted {url}'
    line = f'| settle-mastodon = {words} ~~~~\n'
    desk.change('| id = hidden\n', f'| id = hidden\n{line}', by='Mallory')
    run = desk.run()
    assert (run.code, len(desk.posts())) == (1, 1), run
    assert desk.item('hidden').bot['state'] == 'unconfirmed'
    shown = desk.item('hidden').editors['settle-mastodon']
    desk.change(f'| settle-mastodon = {shown}\n', line, by='Bob')
    run = desk.run()
    assert run.code == 0, run
    item = desk.item('hidden')
    assert item.bot['state'] == 'posted', run
    assert len(desk.posts()) == (2 if answer == 'again' else 1)
    assert item.bot['sent-mastodon'].split()[-1] == (
        desk.posts()[-1]['id'] if answer == 'again' else url
    )


@pytest.mark.parametrize(
    'which',
    [
        pytest.param('claim', marks=pytest.mark.trust),
        'record',
        pytest.param('both', marks=pytest.mark.trust),
    ],
)
def test_records_stay_where_the_bots_name_is_hidden(desk: Desk, which: str) -> None:
    """Nobody can tell any more that they are the bot's: a person must look, and nothing is posted again."""
    desk.propose('hidden', text='posted once')
    desk.approve('hidden')
    assert desk.run().code == 0
    for one in desk.edits():
        if which == 'both' or f'mwsocial:{which} ' in one['comment']:
            desk.person('Admin').hide_revision(one['revid'], user=True)
    run = desk.run()
    assert len(desk.posts()) == 1, run
    item = desk.item('hidden')
    assert item.bot['state'] == ('posted' if which == 'claim' else 'unconfirmed'), run
    desk.change('| id = hidden\n', '| id = hidden\n| hold = wait\n', by='Carol')
    desk.change('| hold = wait\n', '', by='Carol')
    run = desk.run()
    assert len(desk.posts()) == 1, run


def test_the_news_template_was_edited_by_a_former_account(new_desk: NewDesk) -> None:
    """An entry that it made and people removed is not put back after a change of account."""
    desk = new_desk()
    desk.propose('entry', text='with an entry', news='Made once.')
    desk.approve('entry')
    killed_after_its_claim(desk)
    old = desk.news()
    made = old.replace('; 2026-11-09', '; 2026-11-20\n* Made once.\n; 2026-11-09')
    desk.bot_writes(NEWS, made, 'mwsocial:news added entry')
    desk.person('Carol').edit(NEWS, old, 'not news')
    former = desk.config['bot']
    desk.other_bot('News desk bot')
    desk.configure(bot='News desk bot', former_bots=[former])
    desk.sandbox.clock.advance(LATER)
    run = desk.run()
    assert run.code == 0, run
    run = desk.run()
    assert run.code == 0, run
    assert desk.news() == old
    assert desk.item('entry').bot['state'] == 'posted'
    assert len(desk.posts()) == 1


@pytest.mark.parametrize(
    'mark', ['mwsocial:record', pytest.param('mwsocial:claim', marks=pytest.mark.trust)]
)
def test_an_item_taken_away_under_the_bots_save_harms_no_other(desk: Desk, mark: str) -> None:
    """MediaWiki merges Mallory's edit into the bot's: it brings fewer lines than were meant."""
    unhurried = {n: c | {'minutes between posts': 0} for n, c in desk.config['channels'].items()}
    desk.configure(channels=unhurried)
    for name in ('first', 'second'):
        desk.propose(name, text=f'words of {name}', channels='mastodon')
    for name in ('first', 'second'):
        desk.approve(name)
    with Gate(desk.sandbox.url) as gate:
        taken = once(
            gate,
            lambda one: one.action == 'edit' and one.fields.get('summary', '').startswith(mark),
            lambda: desk.change('| id = first\n', '', by='Mallory'),
        )
        run = desk.run(MWSOCIAL_WIKI=gate.host)
    assert taken, run
    second = desk.item('second').bot
    assert (second['state'], second['sent-mastodon'].split()[0]) == ('posted', 'posted'), run
    words = [one['content'] for one in desk.posts()]
    assert sum('words of second' in one for one in words) == 1, run
    if any('words of first' in one for one in words):
        kept = [one for one in read_queue(desk.archives()).items if one.id == 'first']
        assert [one.bot['sent-mastodon'].split()[0] for one in kept] == ['posted'], run
    desk.sandbox.clock.advance(800)
    again = desk.run()
    assert desk.item('second').bot['state'] == 'posted', again
    assert len([one for one in desk.posts() if 'words of second' in one['content']]) == 1, again
