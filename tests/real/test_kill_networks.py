"""The process dies around every request that changes something on a network: a thread of four with an
image, and single posts with an image where a network takes no threads.

Nothing is posted twice and nothing is missing. X and Facebook tell nobody for sure what they have taken:
there, and only there, a place may end ``unconfirmed``; an approver looks at the account, says what is, and
that ends it either way. ``make trust`` tries every change, ``make test`` one on each network. Every boundary of ``docs/delivery.md`` on the way to the wiki is in ``test_kill``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from io import BytesIO

import pytest
from PIL import Image as Pillow

from mwsocial.sandbox import Gate, Request, Rule
from mwsocial.sandbox.networks import posts
from tests.real.conftest import NewDesk
from tests.real.desk import QUEUE, Desk

pytestmark = pytest.mark.real

NETWORKS = ('mastodon', 'bluesky', 'x', 'facebook')
#: Longer than a claim stays in force, and longer than until a person is asked.
LATER = 700
MUCH_LATER = 4000
PARTS = ('one', 'two', 'three', 'four')


@pytest.fixture
def four(new_desk: NewDesk) -> Desk:
    """A desk with accounts on four networks, and a picture on its wiki."""
    desk = new_desk(NETWORKS[1:])
    picture = BytesIO()
    Pillow.new('RGB', (60, 40), 'red').save(picture, 'PNG')
    desk.person('Carol').upload('Red.png', picture.getvalue())
    desk.sandbox.clock.advance(2)  # what happens in the second of an approval counts as after it
    return desk


def changes_something(request: Request) -> bool:
    """Whether a request may leave something behind on the server."""
    return request.method in ('POST', 'PUT')


def standing(desk: Desk, network: str, words: str) -> list[tuple[str, str]]:
    """Our posts with *words* on a network: what they say, and where they stand."""
    if network == 'mastodon':
        return [(one['content'], one['id']) for one in desk.posts() if words in one['content']]
    folder = desk.sandbox.network(network).folder
    return [(one.text, one.name) for one in posts(network, folder) if words in one.text]


def once(desk: Desk, item_id: str) -> None:
    """Every part stands exactly once where it belongs, and the item says so."""
    bot = desk.item(item_id).bot
    for network in NETWORKS:
        wanted = PARTS if network in ('mastodon', 'bluesky') else ('single',)
        said = [text for text, _ in standing(desk, network, f'{item_id}.')]
        assert len(said) == len(wanted), (network, said, bot)
        assert all(any(part in text for text in said) for part in wanted), (network, said)
        for number in range(1, len(wanted) + 1):
            name = network if number == 1 else f'{network}-{number}'
            assert bot[f'sent-{name}'].startswith('posted '), (name, bot)
    assert bot['state'] == 'posted', bot


def settle(desk: Desk, item_id: str, network: str) -> None:
    """What an approver does: look at the account, and say what stands there."""
    there = standing(desk, network, f'{item_id}.')
    assert len(there) <= 1, there
    address = {
        'x': 'https://x.com/mediawiki/status/{}', 'facebook': 'https://www.facebook.com/{}',
    }[network]  # fmt: skip
    said = f'posted {address.format(there[0][1])}' if there else 'again'
    line = f'| settle-{network} = {said} ~~~~'
    desk.change(f'| id = {item_id}\n', f'| id = {item_id}\n{line}\n', by='Alice')


def lives_through(desk: Desk, network: str, number: int, when: str) -> tuple[bool, set[str]]:
    """Kill a run at one boundary and let later ones mend it.

    Returns whether the run was killed, and where a person had to look.
    """
    item_id = f'{network}-{number}-{when}'
    thread = '\n----\n'.join(f'Part {part} of {item_id}.' for part in PARTS)
    single = f'A single post of {item_id}.'
    item = (
        f'\n\n{{{{Social media item\n| id = {item_id}\n| text = {thread}\n| text-x = {single}\n'
        f'| text-facebook = {single}\n| image = File:Red.png\n| alt = A red field\n}}}}'
    )
    desk.person('Carol').edit(QUEUE, EMPTY[id(desk)] + item, item_id)
    desk.approve(item_id)
    with ExitStack() as stack:
        urls = {'mastodon': desk.sandbox.mastodon_url} | {
            name: desk.sandbox.network(name).url for name in NETWORKS[1:]
        }
        gate = stack.enter_context(Gate(urls[network]))
        run = desk.start('post_queue', **{f'MWSOCIAL_{network.upper()}_URL': gate.url})
        gate.rules.append(
            Rule(when=changes_something, nth=number, pid=run.process.pid, **{when: 'kill'})
        )
        ended = run()
    assert ended.code in (0, -9), (item_id, ended)
    looked: set[str] = set()
    for wait in (LATER, LATER, MUCH_LATER, LATER, LATER):
        bot = desk.item(item_id).bot
        if bot.get('state') == 'posted':
            break
        doubtful = {
            name.removeprefix('sent-')
            for name, value in bot.items()
            if name.startswith('sent-') and value.startswith('unconfirmed ')
        }
        assert doubtful <= {'x', 'facebook'}, bot
        for name in doubtful - looked:
            settle(desk, item_id, name)
        looked |= doubtful
        desk.sandbox.clock.advance(wait)
        again = desk.run()
        assert again.code in (0, 1), (item_id, again)
    once(desk, item_id)
    return ended.code == -9, looked


EMPTY: dict[int, str] = {}


@pytest.mark.parametrize(
    'network',
    # The others, and other moments: test_trust.py, and the sweep below.
    [
        'x',
        *(pytest.param(name, marks=pytest.mark.trust) for name in NETWORKS if name != 'x'),
    ],
)
def test_killed_when_a_post_was_taken(four: Desk, network: str) -> None:
    """In the middle of the thread, or after the only post: the answer is lost, the post is there."""
    EMPTY[id(four)] = four.text()
    number = 3 if network in ('mastodon', 'bluesky') else 2
    killed, looked = lives_through(four, network, number, 'after')
    assert killed
    assert looked <= {'x', 'facebook'}


@pytest.mark.trust
@pytest.mark.parametrize('when', ['before', 'after'])
@pytest.mark.parametrize('network', NETWORKS)
def test_kill_around_every_change(
    four: Desk, network: str, when: str, record_property: Callable[[str, object], None]
) -> None:
    """Until a run ends unharmed, since it makes no request of that number any more."""
    EMPTY[id(four)] = four.text()
    number, doubtful = 1, 0
    while True:
        killed, looked = lives_through(four, network, number, when)
        doubtful += len(looked)
        if not killed:
            break
        number += 1
    assert number - 1 >= {'mastodon': 5, 'bluesky': 5, 'x': 2, 'facebook': 2}[network]
    record_property('killed', number - 1)
    record_property('asked a person', doubtful)
