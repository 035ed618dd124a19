"""Whole cycles and the watch, run as an operator runs them, on real servers."""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from mwsocial.sandbox import Answer, Gate, Rule
from mwsocial.status.page import read
from mwsocial.status.values import State
from mwsocial.wiki.cache import FOLDER
from tests.real.conftest import NewDesk
from tests.real.desk import NEWS, QUEUE, Desk, Run, Started

pytestmark = pytest.mark.real

STATUS = 'Social media/Status'
PAGE = 'Module:Social media'
LATER = 700
HOUR = 3600


def ok(run: Run, code: int = 0) -> Run:
    """The same run, which has ended as it should."""
    assert run.code == code, run
    assert 'Traceback' not in run.text, run
    return run


def edits(desk: Desk) -> dict[str, int]:
    """How many edits the bot has made, by page."""
    return {title: len(desk.edits(title)) for title in (QUEUE, NEWS, STATUS)}


def shown(desk: Desk) -> str:
    """The status page as a reader sees it, words only."""
    html = desk.person('Carol').api(action='parse', page=STATUS, prop='text')['parse']['text']
    return ' '.join(unescape(re.sub(r'<[^>]*>', ' ', html)).split())


def note(words: str) -> None:
    """A number for who reads the output of ``pytest -s``."""
    sys.stderr.write(f'\n{words}\n')


def test_an_idle_cycle_edits_nothing(desk: Desk) -> None:
    """The first cycle writes the status page; after that nothing, but for the hour's heartbeat."""
    for number in range(5):
        desk.propose(f'idle-{number}', text=f'nobody approves number {number}')
    first = ok(desk.run('run_desk'))
    names = [line.partition(':')[0] for line in first.out.splitlines()]
    steps = [
        'post',
        'channels',
        'mentions',
        'lists',
        'sources',
        'news',
        'accounts',
        'statistics',
        'archive',
        'status',
    ]
    assert names == steps, first
    assert edits(desk) == {QUEUE: 0, NEWS: 0, STATUS: 1}
    with Gate(desk.sandbox.url) as wiki, Gate(desk.sandbox.mastodon_url) as network:
        run = ok(desk.run('run_desk', MWSOCIAL_WIKI=wiki.host, MWSOCIAL_MASTODON_URL=network.url))
        counted = len(wiki.requests), len(network.requests), wiki.count(action='edit')
    note(f'an idle cycle: {counted[0]} requests to the wiki, {counted[1]} to the network, '
         f'{counted[2]} edits')  # fmt: skip
    assert counted[2] == 0, run
    assert counted[0] <= 12, run
    assert edits(desk) == {QUEUE: 0, NEWS: 0, STATUS: 1}
    again = ok(desk.run('run_desk'))
    assert [line.partition(':')[0] for line in again.out.splitlines()] == [
        'post',
        'mentions',
        'status',
    ]
    desk.sandbox.clock.advance(HOUR // 2)
    ok(desk.run('run_desk'))
    assert edits(desk)[STATUS] == 1
    desk.sandbox.clock.advance(HOUR // 2 + 60)
    ok(desk.run('run_desk'))
    assert edits(desk) == {QUEUE: 0, NEWS: 0, STATUS: 2}
    newest = desk.edits(STATUS)[0]
    assert newest['minor']
    assert newest['comment'] == 'mwsocial:status in order'
    before = desk.text(STATUS)
    assert ok(desk.run('run_desk', '-simulate')).out
    assert desk.text(STATUS) == before


def test_the_page_shows_how_old_it_is(desk: Desk) -> None:
    """Nobody runs anything any more: whoever looks at the page sees it, from the page itself."""
    ok(desk.run('run_desk'))
    words = shown(desk)
    assert 'Last run in which everything worked' in words
    assert re.search(r'\b[01] min ago, counted at \d\d:\d\d UTC', words), words
    assert 'no run since then' not in words
    desk.sandbox.clock.advance(HOUR + 10 * 60)
    assert re.search(r'\b7[01] min ago', shown(desk)), shown(desk)
    desk.sandbox.clock.advance(2 * HOUR)
    words = shown(desk)
    assert '3 h ago: no run since then' in words, words
    assert len(desk.edits(STATUS)) == 1


def test_what_needs_a_person_is_on_the_page(desk: Desk) -> None:
    """A refused item and an open page are named, since when, and gone again when they are mended."""
    ok(desk.run('run_desk'))
    with Gate(desk.sandbox.mastodon_url) as gate:
        gate.rules.append(Rule(
            method='POST', path='/api/v1/statuses', times=None,
            answer=Answer(422, [('Content-Type', 'application/json')], b'{"error": "Not [[this]] {{x}}"}'),
        ))  # fmt: skip
        desk.propose('refused', text='words that nobody takes')
        desk.propose('later', text='for tomorrow', not_before='2036-01-01 00:00')
        desk.approve('refused')
        desk.approve('later')
        run = desk.run('run_desk', MWSOCIAL_MASTODON_URL=gate.url)
    ok(run, 1)
    status = read(desk.text(STATUS))
    assert status is not None
    (need,) = status.needs
    assert (need.name, need.link) == ('refused', f'{QUEUE}#social-media-refused')
    assert 'Not [[this]] {{x}}' in shown(desk)
    assert 'Next: later , 2036-01-01 00:00 UTC' in shown(desk)
    assert not desk.edits(STATUS)[0]['minor']
    assert desk.edits(STATUS)[0]['comment'] == 'mwsocial:status needs a person: 1'

    before = len(desk.edits(STATUS))
    desk.sandbox.clock.advance(LATER)
    ok(desk.run('run_desk'), 1)
    assert len(desk.edits(STATUS)) == before
    desk.person('Admin').protect(PAGE, edit='all', move='all')
    run = ok(desk.run('run_desk'), 2)
    assert PAGE in run.text
    status = read(desk.text(STATUS))
    assert status is not None
    (step,) = (one for one in status.health if one.kind == 'step')
    assert (step.name, step.state) == ('post', State.PERSON)
    assert 'Module:Social media' in shown(desk)
    good = status.good
    assert good is not None

    desk.person('Admin').protect(PAGE, edit='sysop', move='sysop')
    desk.change('| id = refused\n', '| id = refused\n| decline = no ~~~~\n', by='Bob')
    desk.sandbox.clock.advance(8 * 24 * HOUR)
    ok(desk.run('run_desk'))
    assert 'refused' not in desk.items(), 'archived in the same cycle'
    status = read(desk.text(STATUS))
    assert status is not None
    assert (status.needs, [one for one in status.health if one.kind == 'step']) == ((), [])
    assert status.good is not None
    assert status.good > good


def test_one_step_fails_and_the_others_go_on(desk: Desk) -> None:
    """The archive cannot be written: what is due is posted, and the page tells."""
    desk.propose('old', text='an old one')
    desk.approve('old')
    ok(desk.run())
    desk.sandbox.clock.advance(8 * 24 * HOUR)
    desk.propose('new', text='a new one')
    desk.approve('new')
    with Gate(desk.sandbox.url) as gate:
        broken = Rule(
            action='edit', times=None, answer=Answer(429, [('Retry-After', '3600')], b'later'),
            when=lambda request: 'Archive' in request.fields.get('title', ''),
        )  # fmt: skip
        gate.rules.append(broken)
        run = desk.run('run_desk', MWSOCIAL_WIKI=gate.host)
    assert broken.applied, run
    assert 'archive: ' in run.out
    assert 'Traceback' not in run.text, run
    assert desk.item('new').bot['state'] == 'posted', run
    assert 'old' in desk.items()
    status = read(desk.text(STATUS))
    assert status is not None
    assert [one.name for one in status.health if one.kind == 'step'] == ['archive'], run
    ok(desk.run('run_desk'))
    assert 'old' not in desk.items(), 'tried again in the next cycle'


# -- the watch -----------------------------------------------------------------------------------------


def until(what: Callable[[], object], started: Started, seconds: float = 60) -> float:
    """Wait until something is so; returns how long that took."""
    begun = time.monotonic()
    while not what():
        assert started.process.poll() is None, started()
        assert time.monotonic() - begun < seconds, 'it never came'
        time.sleep(0.02)
    return time.monotonic() - begun


def kept(desk: Desk, name: str) -> Path:
    """A file that the runs of this desk keep."""
    return Path(desk.sandbox.environment['PYWIKIBOT_DIR']) / FOLDER / name


def watch(desk: Desk, *options: str, **environment: str) -> Started:
    """A watch that has made its first cycle."""
    alive, rhythm = kept(desk, 'run_desk.alive'), kept(desk, 'run_desk.json')
    for file in (alive, rhythm):
        file.unlink(missing_ok=True)
    started = desk.start('run_desk', '-watch', *options, **environment)
    # The health file is there from the beginning: a first cycle may take long.
    until(alive.exists, started)
    until(lambda: rhythm.exists() and 'archive' in rhythm.read_text('utf-8'), started)
    touched = alive.stat().st_mtime_ns
    until(lambda: alive.stat().st_mtime_ns != touched, started)
    return started


def ended(started: Started) -> tuple[Run, float]:
    """Tell a watch to end; how it did, and how many seconds that took."""
    begun = time.monotonic()
    started.process.send_signal(signal.SIGTERM)
    run = started()
    return run, time.monotonic() - begun


def test_watch_acts_on_an_approval(desk: Desk) -> None:
    """An approving edit is acted on by itself; a second copy ends at once; SIGTERM ends it cleanly."""
    started = watch(desk)
    second = desk.run('run_desk')
    assert second.code == 75, second
    assert 'Another copy' in second.text
    times = []
    for number in range(3):
        desk.propose(f'watched-{number}', text=f'watched {number}')
        desk.approve(f'watched-{number}')
        words = f'watched {number}<br>'
        times.append(until(lambda w=words: w in [one['content'] for one in desk.posts()], started))
    until(lambda: desk.item('watched-2').bot.get('state') == 'posted', started)
    shown = ', '.join(f'{one:.2f}' for one in times)
    note(f'-watch, from the approving edit to the post: {shown} s')
    run, seconds = ended(started)
    assert seconds < 15, seconds
    ok(run)
    assert 'told to end: done' in run.out
    assert len(desk.posts()) == 3
    ok(desk.run('run_desk'))


@pytest.mark.trust
def test_watch_acts_when_a_quiet_time_ends(new_desk: NewDesk) -> None:
    """With a quiet time it knows the moment, and asks seldom."""
    desk = new_desk(quiet_minutes=0.2)
    started = watch(desk)
    desk.propose('quiet', text='after the quiet time')
    desk.approve('quiet')
    seconds = until(lambda: desk.posts(), started)
    note(f'-watch, from the end of 12 s of quiet time to the post: {seconds - 12:.2f} s')
    assert seconds > 10
    ok(ended(started)[0])


def test_watch_survives_a_lost_connection(desk: Desk) -> None:
    """The wiki cannot be reached for a while; then it goes on."""
    with Gate(desk.sandbox.url) as gate:
        started = watch(desk, MWSOCIAL_WIKI=gate.host)
        lost = Rule(before='drop', times=None)
        gate.rules.append(lost)
        until(lambda: lost.applied > 5, started)
        desk.propose('back', text='the wiki is back')
        desk.approve('back')
        gate.rules.clear()
        until(lambda: desk.posts(), started, 180)
        run, _ = ended(started)
    ok(run)
    assert 'does not answer' in run.out
    assert len(desk.posts()) == 1


@pytest.mark.trust
def test_watch_goes_by_a_new_configuration(desk: Desk) -> None:
    """The configuration is changed, and broken, while it runs: it is read anew, and the watch stays."""
    started = watch(desk)
    desk.configure(paused=True)
    desk.propose('paused', text='while the desk is paused')
    desk.approve('paused')
    until(lambda: 'Nothing is sent' in desk.text(STATUS), started)
    assert desk.posts() == []
    right = desk.config
    desk.person('Admin').edit('MediaWiki:Social-media.json', '{"bot": 1}', 'broken')
    desk.config = right
    desk.configure(paused=False)
    until(lambda: desk.posts(), started, 120)
    ok(ended(started)[0])


@pytest.mark.parametrize('hangs', [pytest.param(3, marks=pytest.mark.trust), 40])
def test_told_to_end_while_a_post_is_on_its_way(desk: Desk, hangs: int) -> None:
    """It is finished where that is soon; else it ends in time, and the next run finds the post."""
    desk.propose('slow', text='the network is slow')
    with Gate(desk.sandbox.mastodon_url) as gate:
        slow = Rule(method='POST', path='/api/v1/statuses', forward=True, hang_after=hangs)
        gate.rules.append(slow)
        started = watch(desk, MWSOCIAL_MASTODON_URL=gate.url)
        desk.approve('slow')
        until(lambda: slow.applied, started)
        run, seconds = ended(started)
    assert seconds < 15, seconds
    ok(run, 0 if hangs == 3 else 75)
    if hangs != 3:
        assert desk.item('slow').bot['sent-mastodon'].startswith('sending ')
        desk.sandbox.clock.advance(LATER)
        ok(desk.run('run_desk'))
    item = desk.item('slow')
    assert item.bot['state'] == 'posted', run
    assert len(desk.posts()) == 1


@pytest.mark.trust
def test_told_to_end_with_more_to_do(desk: Desk) -> None:
    """What is not begun yet is given back, and the next run does it."""
    for number in range(3):
        desk.propose(f'many-{number}', text=f'one of many {number}')
    with Gate(desk.sandbox.mastodon_url) as gate:
        slow = Rule(method='POST', path='/api/v1/statuses', forward=True, hang_after=4)
        gate.rules.append(slow)
        started = watch(desk, '-poll:1', MWSOCIAL_MASTODON_URL=gate.url)
        text = desk.text()
        for number in range(3):
            item_id = f'many-{number}'
            line = f'| approved = {desk.fingerprint(item_id)} ~~~~\n'
            text = text.replace(f'| id = {item_id}\n', f'| id = {item_id}\n{line}')
        desk.person('Alice').edit(QUEUE, text, 'three approvals')
        until(lambda: slow.applied, started)
        run, seconds = ended(started)
    assert seconds < 15, seconds
    ok(run)
    assert 'told to end' in run.out
    assert len(desk.posts()) == 1
    states = sorted(item.bot['sent-mastodon'].split()[0] for item in desk.items().values())
    assert states == ['posted', 'released', 'released'], run
    ok(desk.run('run_desk'))
    assert len(desk.posts()) == 3
