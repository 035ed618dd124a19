"""The process dies at every boundary, one after the other, and nothing is posted twice or lost.

A boundary is the moment before a request is passed on to the wiki or to the network, or the moment after
the server has carried it out but before its answer comes back. The gates between the scripts and the
servers count them and kill the process with SIGKILL. Then time passes until the claim is stale, and the
script runs again. It goes on until a run ends unharmed.
"""

from __future__ import annotations

import pytest

from mwsocial.sandbox import Gate
from tests.real.desk import QUEUE, Desk

pytestmark = pytest.mark.real

#: Longer than a claim stays in force, so that the next run may look what became of it.
LATER = 700


@pytest.mark.parametrize('where', ['wiki', 'network'])
def test_kill_at_every_boundary(desk: Desk, where: str) -> None:
    """Never two posts, never none; the page says what really is."""
    boundary = 0
    unharmed = False
    empty = desk.text()
    while not unharmed:
        boundary += 1
        # What is done goes, as into the archive: the page stays as short as a desk's page is.
        desk.person('Admin').edit(QUEUE, empty, 'done')
        item_id, words = f'{where}-{boundary}', f'killed at boundary {boundary} to the {where}'
        desk.propose(item_id, text=words + '!', news=words + '.')
        desk.approve(item_id)
        with Gate(desk.sandbox.url) as wiki, Gate(desk.sandbox.mastodon_url) as network:
            run = desk.start(
                'post_queue', MWSOCIAL_WIKI=wiki.host, MWSOCIAL_MASTODON_URL=network.url
            )
            {'wiki': wiki, 'network': network}[where].kill_at(boundary, run.process.pid)
            ended = run()
        assert ended.code in (0, -9), (boundary, ended)
        unharmed = ended.code == 0
        for _ in range(3):
            if desk.item(item_id).bot.get('state') == 'posted':
                break
            desk.sandbox.clock.advance(LATER)
            again = desk.run()
            assert again.code == 0, (boundary, again)
        posts = [one for one in desk.posts() if words + '!' in one['content']]
        assert len(posts) == 1, (boundary, ended)
        item = desk.item(item_id)
        assert item.bot['state'] == 'posted', (boundary, ended)
        assert item.bot['sent-mastodon'].split()[-1] == posts[0]['id']
        assert desk.news().count(words + '.') == 1, boundary
    assert boundary > (20 if where == 'wiki' else 2), 'the gate did not count'
