"""The process dies at every boundary, one after the other, and nothing is posted twice or lost.

A boundary is the moment before a request is handed on to the wiki or to the network (which never sees it
then), or the moment after the server has carried it out but before its answer comes back. The gates
between the scripts and the servers count them and kill the process with SIGKILL. Then time passes until
the claim is stale, and the script runs again.

The boundaries are dealt out to several tests, each with a desk of its own. Each goes on with its share
until a run ends unharmed since it has no boundary of that number any more. All of them are tried by ``make
trust``; ``make test`` tries one of each kind: around the claim, the post, the entry in the news and the record.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mwsocial.sandbox import Gate
from tests.real.desk import QUEUE, Desk

pytestmark = pytest.mark.real

#: Longer than a claim stays in force, so that the next run may look what became of it.
LATER = 700
#: So many tests share the boundaries; the first of them takes numbers 1, 1 + PARTS, …
PARTS = {'wiki': 8, 'network': 2}


def live_through(desk: Desk, where: str, boundary: int, empty: str) -> tuple[int, Gate]:
    """Kill a run at one boundary, let later ones mend it, and count. Returns the exit code and the gate."""
    item_id, words = f'{where}-{boundary}', f'killed at boundary {boundary} to the {where}'
    # What is done goes, as into the archive: the page stays as short as a desk's page is.
    lines = f'| id = {item_id}\n| text = {words}!\n| news = {words}.\n'
    item = '\n\n{{Social media item\n' + lines + '}}'
    desk.person('Carol').edit(QUEUE, empty + item, item_id)
    desk.approve(item_id)
    desk.log_out()  # so that every run has the same boundaries
    with Gate(desk.sandbox.url) as wiki, Gate(desk.sandbox.mastodon_url) as network:
        run = desk.start('post_queue', MWSOCIAL_WIKI=wiki.host, MWSOCIAL_MASTODON_URL=network.url)
        gate = {'wiki': wiki, 'network': network}[where]
        gate.kill_at(boundary, run.process.pid)
        ended = run()
    assert ended.code in (0, -9), (boundary, ended)
    for _ in range(2):
        if desk.item(item_id).bot.get('state') == 'posted':
            break
        desk.sandbox.clock.advance(LATER)
        again = desk.run()
        assert again.code == 0, (boundary, again)
    posts = [one for one in desk.posts() if words + '!' in one['content']]
    assert len(posts) == 1, (boundary, ended)
    shown = desk.item(item_id).bot
    assert shown['state'] == 'posted', (boundary, ended)
    assert shown['sent-mastodon'].split()[-1] == posts[0]['id']
    assert shown['sent-news'].startswith('posted ')
    assert desk.news().count(words + '.') == 1, boundary
    return ended.code, gate


@pytest.mark.trust
@pytest.mark.parametrize(
    ('where', 'first'),
    [(where, first) for where, parts in PARTS.items() for first in range(1, parts + 1)],
)
def test_kill_at_every_boundary(
    desk: Desk, where: str, first: int, record_property: Callable[[str, object], None]
) -> None:
    """Never two posts, never none; the page says what really is."""
    empty = desk.text()
    killed = []
    boundary = first
    while True:
        code, gate = live_through(desk, where, boundary, empty)
        if code == -9:
            killed.append(boundary)
            assert len(gate.events) >= boundary
        if code == 0:
            break
        boundary += PARTS[where]
    # Nothing was left out: this run had fewer boundaries than the one it was to be killed at, and the
    # last that was killed is one of them.
    assert killed == list(range(first, boundary, PARTS[where]))
    count = len(gate.events)
    assert boundary - PARTS[where] <= count < boundary, (killed, count)
    assert count > (50 if where == 'wiki' else 6), 'the gate did not count'
    record_property('boundaries', count)
    record_property('killed', len(killed))


@pytest.mark.parametrize('when', ['after', pytest.param('before', marks=pytest.mark.trust)])
def test_kill_around_each_kind_of_change(desk: Desk, when: str) -> None:
    """One of each kind: before or after each request that changes the wiki or the network."""
    empty = desk.text()
    desk.propose('whole', text='A run that nobody kills!', news='A run that nobody kills.')
    desk.approve('whole')
    desk.log_out()
    with Gate(desk.sandbox.url) as wiki, Gate(desk.sandbox.mastodon_url) as network:
        whole = desk.run(MWSOCIAL_WIKI=wiki.host, MWSOCIAL_MASTODON_URL=network.url)
    assert whole.code == 0, whole
    changes = {
        'wiki': [one.number for one in wiki.events if one.request.action == 'edit'],
        'network': [one.number for one in network.events if one.request.method == 'POST'],
    }
    assert len(changes['wiki']) == 6, wiki.events  # claim, news and record, each before and after
    assert len(changes['network']) == 2, network.events
    for where, boundaries in changes.items():
        for boundary in boundaries[when == 'after' :: 2]:
            code, _ = live_through(desk, where, boundary, empty)
            assert code == -9, (where, boundary)
