"""What is done goes to the archive, whole and once, and stays used there, on real servers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from mwsocial.archiving.assemble import placed_items
from mwsocial.archiving.pieces import templates
from mwsocial.sandbox import Answer, Gate, Rule
from mwsocial.wiki.items import read_queue
from tests.real.conftest import NewDesk
from tests.real.desk import QUEUE, Desk, Run

pytestmark = pytest.mark.real

DAY = 86400
LATER = 700


def month(desk: Desk) -> str:
    """The archive page of this month on the wiki's clock."""
    return f'Social media/Archive/{desk.sandbox.clock.now():%Y-%m}'


def ok(run: Run, code: int = 0) -> Run:
    """The same run, which has ended well."""
    assert run.code == code, run
    assert 'Traceback' not in run.text, run
    return run


def posted(desk: Desk, *ids: str) -> None:
    """Have items posted."""
    for item_id in ids:
        desk.propose(item_id, text=f'words of {item_id}')
        desk.approve(item_id)
    ok(desk.run())
    for item_id in ids:
        assert desk.item(item_id).bot['state'] == 'posted'


def section(text: str, title: str) -> str:
    """A section of the second level, with its heading."""
    found = re.search(rf'^== {re.escape(title)} ==\n.*?(?=^== |\Z)', text, re.M | re.S)
    assert found, (title, text)
    return found[0].rstrip()


def test_what_is_done_moves_and_nothing_else(desk: Desk) -> None:
    """Every state once: what is done goes whole, byte for byte, in one edit of each page."""
    today = month(desk)
    head = desk.text().rstrip()
    refusal = Rule(
        method='POST', path='/api/v1/statuses', times=None,
        when=lambda request: 'refused' in request.fields.get('status', ''),
        answer=Answer(422, [('Content-Type', 'application/json')], b'{"error": "Not these words"}'),
    )  # fmt: skip
    with Gate(desk.sandbox.mastodon_url) as gate:
        gate.rules.append(refusal)
        for item_id in ('plain', 'talked', 'two-a', 'two-b', 'refused-1', 'refused-2', 'late'):
            last = {'not_after': '2020-01-01 00:00'} if item_id == 'late' else {}
            desk.propose(item_id, text=f'words of {item_id}', **last)
            desk.approve(item_id)
        desk.propose('declined', text='not this one')
        desk.propose('waits', text='nobody has approved this')
        ok(desk.run(MWSOCIAL_MASTODON_URL=gate.url), 1)
    desk.change('| id = declined\n', '| id = declined\n| decline = no ~~~~\n', by='Bob')
    desk.change('| id = refused-2\n', '| id = refused-2\n| decline = no ~~~~\n', by='Bob')
    text = desk.text()
    talked = section(text, 'talked')
    text = text.replace(
        talked, f'{talked}\n:Well done. ~~~~\n=== And more ===\nA table:\n{{|\n| x\n|}}'
    )
    text = text.replace('\n\n== two-b ==\n', '\nWords between the two.\n\n')
    desk.person('Dave').edit(QUEUE, text, 'replies')
    ok(desk.run(), 1)

    before = desk.text()
    run = ok(desk.run('archive_queue'))
    assert desk.text() == before, run
    assert desk.text(today) == ''
    desk.sandbox.clock.advance(6 * DAY)
    ok(desk.run('archive_queue'))
    assert desk.text() == before
    desk.sandbox.clock.advance(DAY + LATER)
    assert 'would move plain' in ok(desk.run('archive_queue', '-simulate')).text
    assert desk.text() == before

    edits = len(desk.edits())
    run = ok(desk.run('archive_queue'))
    queue, archive = desk.text(), desk.text(today)
    gone = {'plain', 'talked', 'two-a', 'two-b', 'refused-2', 'late', 'declined'}
    assert placed_items(archive).keys() == gone, run
    assert {item.id for item in read_queue(queue).items} == {'refused-1', 'waits'}
    assert Counter(templates(queue)) + Counter(templates(archive)) == Counter(templates(before))
    for title in ('plain', 'talked', 'refused-2', 'late', 'declined'):
        assert section(archive, title) == section(before, title), title
    assert section(queue, 'two-a').split() == [
        '==',
        'two-a',
        '==',
        'Words',
        'between',
        'the',
        'two.',
    ]
    assert queue.startswith(head)
    assert section(queue, 'waits') == section(before, 'waits')
    assert len(desk.edits()) == edits + 1
    assert len(desk.edits(today)) == 1
    for title in (QUEUE, today):
        newest = desk.edits(title)[0]
        assert newest['comment'].startswith('mwsocial:archive ')
        assert gone <= set(re.findall(r'[a-z0-9-]+', newest['comment']))
        assert newest['minor'] or title == today, 'what makes a page is never minor'
    run = ok(desk.run('archive_queue'))
    assert (desk.text(), desk.text(today)) == (queue, archive), run


def test_what_was_archived_is_not_posted_again(new_desk: NewDesk) -> None:
    """Put back as it was, with a new approval, or under other words: not sent. It can be taken down."""
    desk = new_desk(['facebook'])
    facebook = desk.sandbox.network('facebook')
    for item_id, channel in (('one', 'mastodon'), ('two', 'facebook')):
        desk.propose(item_id, text=f'words of {item_id}', channels=channel)
        desk.approve(item_id)
    desk.propose('never', text='never posted', not_after='2020-01-01 00:00')
    desk.approve('never')
    ok(desk.run())
    assert len(facebook.ledger()['posts']) == 1
    first = desk.text()
    desk.sandbox.clock.advance(8 * DAY)
    ok(desk.run('archive_queue'))
    assert desk.items() == {}
    archive = desk.archives()
    posts = desk.posts()
    assert len(posts) == 1

    desk.person('Mallory').edit(QUEUE, first, 'put back')
    ok(desk.run())
    assert desk.posts() == posts
    assert desk.item('one').bot['state'] == 'posted'
    assert desk.item('one').bot['sent-mastodon'].split()[-1] == posts[0]['id']
    assert desk.item('never').bot['state'] == 'invalid'
    assert 'in the archive' in desk.item('never').bot['note']
    ok(desk.run('archive_queue'))
    assert desk.archives() == archive, (
        'what is back stays for a while, for instance to be taken down'
    )

    empty = first[: first.index('\n\n== one ==')]
    desk.person('Mallory').edit(QUEUE, empty, 'a copy under other words')
    desk.propose('one', text='other words', channels='mastodon', by='Mallory')
    desk.propose('never', text='never posted', not_after='2020-01-01 00:00', by='Mallory')
    desk.approve('one')
    desk.approve('never')
    ok(desk.run())
    ok(desk.run())
    assert desk.posts() == posts
    for item_id, why in (('one', 'is in use'), ('never', 'in the archive')):
        item = desk.item(item_id)
        assert item.bot['state'] == 'invalid', item
        assert why in item.bot['note']
        assert 'sent-mastodon' not in item.bot
    desk.change('| id = one\n', '', by='Carol')
    ok(desk.run())
    (new,) = (one for one in desk.items() if one not in ('one', 'never'))
    desk.change(f'| id = {new}\n', f'| id = {new}\n| comment = mine\n', by='Carol')
    shown = desk.item(new).editors['approved']
    desk.change(f'| approved = {shown}\n', '', by='Alice')
    desk.approve(new, by='Bob')
    ok(desk.run())
    assert len(desk.posts()) == 2, 'under an id of its own the same words go out'

    desk.person('Carol').append_section(QUEUE, 'Back', placed_text(archive, 'two'))
    desk.change('| id = two\n', '| id = two\n| delete-posts = wrong ~~~~\n', by='Bob')
    ok(desk.run())
    assert desk.item('two').bot['state'] == 'deleted'
    assert [one['deleted'] for one in facebook.ledger()['posts']] == [True]
    assert facebook.ledger()['violations'] == []
    desk.sandbox.clock.advance(8 * DAY)
    ok(desk.run('archive_queue'))
    assert 'two' not in desk.items()
    newest = placed_text(desk.archives(), 'two')
    assert '| state      = deleted' in newest


def placed_text(text: str, item_id: str) -> str:
    """The last template of an id on a page."""
    template = placed_items(text)[item_id]
    return text[template.start : template.end]


def test_a_move_that_broke_off_is_finished_where_it_began(desk: Desk) -> None:
    """The run died between the two edits, and in the next month an approver has declined it."""
    posted(desk, 'broken')
    old = month(desk)
    now = desk.sandbox.clock.now()
    begins = (now.replace(day=1) + timedelta(days=32)).replace(day=1) + timedelta(days=8)
    desk.sandbox.clock.advance(int((begins - now).total_seconds()))
    with Gate(desk.sandbox.url) as gate:
        run = desk.start('archive_queue', MWSOCIAL_WIKI=gate.host)
        gate.rules.append(Rule(action='edit', after='kill', pid=run.process.pid))
        assert run().code == -9
    assert '| id = broken' in desk.text(old) and 'broken' in desk.items()
    desk.change('| id = broken\n', '| id = broken\n| decline = wrong ~~~~\n', by='Alice')
    ok(desk.run())
    desk.sandbox.clock.advance(8 * DAY)
    run = ok(desk.run('archive_queue'))
    assert desk.items() == {}, run
    assert desk.text(old).count('| id = broken\n') == 1, run
    assert desk.archives().count('| id = broken\n') == 1


@pytest.mark.trust
def test_what_came_back_is_only_removed_again(desk: Desk) -> None:
    """An outsider puts an item back as it was; it goes again, and the archive stays as it is."""
    posted(desk, 'back')
    first = desk.text()
    desk.sandbox.clock.advance(8 * DAY)
    ok(desk.run('archive_queue'))
    archive = desk.archives()
    desk.person('Mallory').edit(QUEUE, first, 'put back')
    desk.sandbox.clock.advance(8 * DAY)
    ok(desk.run('archive_queue'))
    assert desk.items() == {}
    assert desk.archives() == archive


@pytest.mark.trust
def test_the_history_of_the_queue_is_gone(desk: Desk) -> None:
    """Another page becomes the queue: the archive alone tells what has been posted."""
    posted(desk, 'lost', 'other')
    desk.sandbox.clock.advance(8 * DAY)
    ok(desk.run('archive_queue'))
    archive = desk.archives()
    posts = desk.posts()
    desk.new_queue('Social media/Other queue')
    desk.propose('lost', text='words of lost')
    desk.approve('lost')
    desk.propose('other', text='changed words')
    desk.approve('other')
    ok(desk.run())
    ok(desk.run())
    assert desk.posts() == posts
    lost = desk.item('lost')
    assert lost.bot['state'] == 'posted', lost
    assert lost.bot['sent-mastodon'] in archive
    assert desk.item('other').bot['state'] == 'invalid'


def test_a_claim_in_flight_is_never_moved(desk: Desk) -> None:
    """A run died after its claim; only once it is known what became of it may the item go."""
    desk.propose('flight', text='in flight')
    desk.approve('flight')
    with Gate(desk.sandbox.url) as gate:
        run = desk.start('post_queue', MWSOCIAL_WIKI=gate.host)
        gate.rules.append(Rule(action='edit', after='kill', pid=run.process.pid))
        assert run().code == -9
    desk.change('| id = flight\n', '| id = flight\n| decline = no ~~~~\n', by='Bob')
    desk.sandbox.clock.advance(9 * DAY)
    before = desk.text()
    ok(desk.run('archive_queue'))
    assert desk.text() == before
    ok(desk.run())
    assert desk.item('flight').bot['sent-mastodon'].startswith('released ')
    desk.sandbox.clock.advance(8 * DAY)
    ok(desk.run('archive_queue'))
    assert desk.items() == {}
    assert 'flight' in placed_items(desk.archives())


@pytest.mark.trust
def test_forged_lines_do_not_get_into_the_archive(desk: Desk) -> None:
    """What somebody forged on the queue waits until it is put right; nothing of it is copied."""
    posted(desk, 'forged')
    desk.sandbox.clock.advance(9 * DAY)
    right = desk.item('forged').bot['sent-mastodon']
    desk.change(right, 'posted 2026-01-01T00:00:00Z 1 https://evil.example/1', by='Mallory')
    ok(desk.run('archive_queue'))
    assert 'forged' in desk.items()
    desk.sandbox.clock.advance(LATER)
    ok(desk.run())
    assert desk.item('forged').bot['sent-mastodon'] == right
    ok(desk.run('archive_queue'))
    assert desk.items() == {}
    assert 'evil.example' not in desk.archives()


@pytest.mark.trust
def test_a_stop_and_a_conflict(desk: Desk) -> None:
    """A stop moves nothing. Somebody replies while the item is moved: the reply is not lost."""
    posted(desk, 'first', 'second')
    desk.sandbox.clock.advance(9 * DAY)
    head = '{{Social media stop}}\n'
    text, base = desk.person('Dave').page(QUEUE)
    desk.person('Dave').edit(QUEUE, head + text, 'stop', base=base)
    assert 'stopped' in ok(desk.run('archive_queue')).text
    assert set(desk.items()) == {'first', 'second'}
    desk.person('Dave').edit(QUEUE, text, 'go on')
    with Gate(desk.sandbox.url) as gate:
        done: list[int] = []

        def reply() -> bool:
            if not done:
                old = section(desk.text(), 'first')
                done.append(desk.change(old, f'{old}\n:A late reply.', by='Carol'))
            return False

        gate.rules.append(Rule(
            when=lambda request: request.action == 'edit' and request.fields['title'] == QUEUE and reply()
        ))  # fmt: skip
        run = ok(desk.run('archive_queue', MWSOCIAL_WIKI=gate.host))
    assert done, run
    assert desk.items() == {}
    archive = desk.archives()
    assert archive.count(':A late reply.') == 1
    assert len(templates(archive)) == 2


@pytest.mark.trust
def test_a_page_that_takes_nothing(desk: Desk) -> None:
    """A broken archive page keeps its items on the queue, and the run says so."""
    posted(desk, 'stuck')
    desk.person('Mallory').edit(month(desk), 'An <!-- open comment', 'broken')
    desk.sandbox.clock.advance(9 * DAY)
    run = ok(desk.run('archive_queue'), 1)
    assert 'was never closed' in run.text
    assert 'stuck' in desk.items()


def dies(desk: Desk, empty: str, name: str, kill: Callable[[Gate, int], object]) -> int:
    """A run dies where *kill* says, a later one mends it: each item in one place, once. The exit code."""
    ids = [f'kill-{name}-{letter}' for letter in 'ab']
    desk.person('Admin').edit(QUEUE, empty, 'from the start')
    before_posts = len(desk.posts())
    posted(desk, *ids)
    text = desk.text()
    talked = section(text, ids[0])
    desk.person('Dave').edit(QUEUE, text.replace(talked, f'{talked}\n:Reply to {ids[0]}.'), 'reply')
    desk.sandbox.clock.advance(int(timedelta(days=8).total_seconds()))
    before = desk.text()
    with Gate(desk.sandbox.url) as gate:
        run = desk.start('archive_queue', MWSOCIAL_WIKI=gate.host)
        kill(gate, run.process.pid)
        ended = run()
    assert ended.code in (0, -9), (name, ended)
    both = Counter(templates(desk.text())) | Counter(templates(desk.archives()))
    assert all(both[one] == 1 for one in templates(before)), (name, ended)
    ok(desk.run())
    ok(desk.run('archive_queue'))
    assert desk.items() == {}, (name, ended)
    archive = desk.archives()
    for title in ids:
        assert section(archive, title) == section(before, title), name
        assert archive.count(f'| id = {title}\n') == 1, name
    assert len(desk.posts()) == before_posts + 2
    return ended.code


# In every run: the two edits of the archive in test_trust.py.
@pytest.mark.trust
@pytest.mark.parametrize('when', ['after', 'before'])
def test_kill_around_every_edit(desk: Desk, when: str) -> None:
    """Before and after the edit of the archive and that of the queue."""
    empty = desk.text()
    for number in (1, 2):

        def kill(gate: Gate, pid: int, number: int = number) -> None:
            rule = Rule(action='edit', nth=number, pid=pid, forward=True)
            setattr(rule, when, 'kill')
            gate.rules.append(rule)

        assert dies(desk, empty, f'{number}-{when}', kill) == -9, (number, when)


@pytest.mark.trust
def test_kill_at_every_boundary(desk: Desk) -> None:
    """The process dies before and after each request."""
    boundary, code = 0, -9
    empty = desk.text()
    while code:
        boundary += 1
        at = boundary
        code = dies(desk, empty, str(at), lambda gate, pid, at=at: gate.kill_at(at, pid))
    assert boundary > 15, 'the gate did not count'
