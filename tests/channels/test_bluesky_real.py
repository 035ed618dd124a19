"""The Bluesky channel against a real server from npm, and the same against the stand-in.

Where the real one cannot be had (no Node.js, or npm does not bring it within three minutes), the tests
run against the stand-in a second time, and say so.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image as Pictures

from mwsocial.channels import counting
from mwsocial.channels.base import (
    Account,
    Channel,
    Deleted,
    Followed,
    Image,
    NotFound,
    Post,
    Posted,
    Refused,
    Seen,
    Unknown,
)
from mwsocial.channels.bluesky.records import record_key
from mwsocial.errors import ConfigurationError, TemporaryError
from mwsocial.sandbox import Gate, Rule, pds
from mwsocial.sandbox.bluesky_server import Bluesky
from mwsocial.sandbox.loopback import Loopback
from tests.channels.bluesky_worlds import (
    DESK,
    FOLLOW,
    READER,
    REPOST,
    Real,
    StandIn,
    World,
    address,
    make,
)
from tests.channels.texts import TEXTS

SHORT = [text for text in TEXTS if counting.bluesky_length(text) <= 300]
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(
    scope='module',
    params=['stand-in', pytest.param('real', marks=[pytest.mark.pds, pytest.mark.real])],
)
def world(
    request: pytest.FixtureRequest, sandbox_base: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A server with the desk's account and a reader."""
    with ExitStack() as stack:
        if request.param == 'real':
            try:
                programs = pds.provide(sandbox_base.resolve() / pds.PROGRAMS)
            except (ConfigurationError, TemporaryError) as error:
                warnings.warn(f'tested on the stand-in only: {error}', stacklevel=1)
            else:
                folder = tmp_path_factory.mktemp('pds')
                yield Real(stack.enter_context(pds.Pds(folder, programs)))
                return
        server = stack.enter_context(Loopback(Bluesky))
        server.control('appview', {'on': False})
        yield StandIn(server)


@pytest.fixture
def channel(world: World) -> Channel:
    return make(world)


def at(world: World, uri: str) -> dict[str, object]:
    (found,) = [one['value'] for one in world.records() if one['uri'] == uri]
    assert isinstance(found, dict)
    return found


def test_account(world: World, channel: Channel) -> None:
    url = f'https://bsky.app/profile/{world.did()}'
    assert channel.account() == Account(DESK, url, may_post=True)


def test_wrong_passwords(world: World) -> None:
    for password, key in (
        ('abcd-efgh-ijkl-mnop', 'bluesky-password-refused'),
        (world.main_password(), 'bluesky-main-password'),
    ):
        outcome = make(world, password=password).post(Post('never', 'never'))
        assert isinstance(outcome, Refused)
        assert outcome.reason.key == key
    assert not any('never' in one['value']['text'] for one in world.records())


def test_wrong_account(world: World) -> None:
    channel = make(world, handle=READER, password=world.password(READER))
    outcome = channel.post(Post('In the wrong name', 'k'))
    assert isinstance(outcome, Refused)
    assert outcome.reason.key == 'channels-other-account'


def test_session_is_kept(world: World, tmp_path: Path) -> None:
    cache = tmp_path / 'session'
    assert isinstance(make(world, cache=cache).account(), Account)
    kept = cache.read_text()
    again = make(world, cache=cache)
    assert isinstance(again.post(Post('With the session that was kept', 'kept')), Posted)
    assert cache.read_text() == kept, 'no new login'
    # Another password is another login, and the session of the right one is left alone.
    wrong = make(world, cache=cache, password='abcd-efgh-ijkl-mnop').account()
    assert isinstance(wrong, Refused)
    assert cache.read_text() == kept
    much_later = datetime.now(UTC) + timedelta(hours=3)
    refreshed = make(world, cache=cache, now=lambda: much_later)
    assert isinstance(refreshed.account(), Account)
    assert cache.read_text() != kept


@pytest.mark.parametrize('number', range(len(SHORT)))
def test_posted_and_found(world: World, channel: Channel, number: int) -> None:
    post = Post(f'{number} {SHORT[number]}'[:300], f'text-{number}', 'en')
    assert channel.find(post, SINCE, ()) == NotFound()
    posted = channel.post(post)
    assert isinstance(posted, Posted), posted
    assert posted.url == address(posted.remote_id)
    assert channel.find(post, SINCE, ()) == posted
    assert at(world, posted.remote_id)['text'] == post.text


def test_key_is_the_one_we_chose(world: World, channel: Channel) -> None:
    posted = channel.post(Post('key', 'a key'))
    assert isinstance(posted, Posted)
    key = record_key('app.bsky.feed.post', 'a key')
    assert posted.remote_id == f'at://{world.did()}/app.bsky.feed.post/{key}'


def test_many_keys_are_taken(world: World, channel: Channel) -> None:
    for number in range(20):
        assert isinstance(channel.post(Post(f'number {number}', f'many-{number}')), Posted)


def test_mention(world: World, channel: Channel) -> None:
    posted = channel.post(Post(f'é @{READER} @nobody.test #MediaWiki', 'mention'))
    assert isinstance(posted, Posted)
    facets = at(world, posted.remote_id)['facets']
    assert isinstance(facets, list)
    assert [one['features'][0].get('did') for one in facets] == [world.did(READER), None]
    assert facets[0]['index'] == {'byteStart': 3, 'byteEnd': 4 + len(READER)}


def test_repeats(world: World, channel: Channel) -> None:
    post = Post('Once and no more', 'once')
    first = channel.post(post)
    assert isinstance(first, Posted)
    assert channel.post(post) == first
    assert make(world).post(post) == first
    assert isinstance(channel.post(Post('Other words', 'once')), Unknown)
    texts = [one['value']['text'] for one in world.records()]
    assert texts.count(post.text) == 1
    assert 'Other words' not in texts


@pytest.mark.parametrize('done', [True, False])
def test_lost_answers(world: World, done: bool) -> None:
    """As after a kill: the server has carried it out, or has not, and nobody was told."""
    path = '/xrpc/com.atproto.repo.createRecord'
    post = Post(f'Lost, done: {done}', f'lost-{done}')
    with Gate(world.url, host=world.url.split('://')[1]) as gate:
        rule = Rule('POST', path, after='drop') if done else Rule('POST', path, before='drop')
        gate.rules.append(rule)
        channel = make(world, url=gate.url)
        assert isinstance(channel.post(post), Unknown)
        assert isinstance(channel.find(post, SINCE, ()), Posted if done else NotFound)
        again = channel.post(post)
    assert isinstance(again, Posted)
    assert make(world).find(post, SINCE, ()) == again
    assert [one['value']['text'] for one in world.records()].count(post.text) == 1


def test_too_long(world: World, channel: Channel) -> None:
    outcome = channel.post(Post('x' * 301, 'long'))
    assert isinstance(outcome, Refused)
    assert 'grapheme' in outcome.reason.text()
    assert isinstance(channel.post(Post('👩‍👩‍👧‍👦' * 110, 'family')), Posted)
    assert isinstance(channel.post(Post('👩‍👩‍👧‍👦' * 121, 'families')), Refused)


def test_thread(world: World, channel: Channel) -> None:
    first = channel.post(Post('one of three', 't1'))
    assert isinstance(first, Posted)
    second = channel.post(Post('two of three', 't2', after=first.url, root=first.url))
    assert isinstance(second, Posted)
    third = channel.post(Post('three of three', 't3', after=second.url, root=first.url))
    assert isinstance(third, Posted)
    reply = at(world, third.remote_id)['reply']
    assert isinstance(reply, dict)
    assert reply['root']['uri'] == first.remote_id
    assert reply['parent']['uri'] == second.remote_id
    foreign = address(world.say('not ours'))
    assert isinstance(channel.post(Post('x', 't4', after=foreign, root=foreign)), Refused)


def test_images(world: World, channel: Channel) -> None:
    out = io.BytesIO()
    Pictures.new('RGB', (30, 20), 'red').save(out, 'PNG')
    image = Image('Größe.png', 'image/png', out.getvalue(), 'Two "dots" – é')
    post = Post('With images', 'images', images=(image, image))
    posted = channel.post(post)
    assert isinstance(posted, Posted)
    assert channel.post(post) == posted
    embed = at(world, posted.remote_id)['embed']
    assert isinstance(embed, dict)
    assert [one['alt'] for one in embed['images']] == [image.alt] * 2
    assert embed['images'][0]['aspectRatio'] == {'width': 30, 'height': 20}
    assert embed['images'][0]['image']['size'] == len(image.data)
    large = Image('large.png', 'image/png', bytes(1_000_001), 'x')
    assert isinstance(channel.post(Post('x', 'large', images=(large,))), Refused)


def test_delete(world: World, channel: Channel) -> None:
    post = Post('To be taken down', 'down')
    posted = channel.post(post)
    assert isinstance(posted, Posted)
    assert channel.delete(posted.url) == Deleted()
    assert channel.find(post, SINCE, ()) == NotFound()
    assert channel.delete(posted.url.replace(world.did(), DESK)) == Deleted()
    foreign = world.say('Of somebody else')
    assert channel.delete(address(foreign)) == Deleted()
    assert foreign in [one['uri'] for one in world.records(handle=READER)]


def test_share(world: World, channel: Channel) -> None:
    """Without a view of the network, of a post of our own; with one it is the same record."""
    posted = channel.post(Post('To be shared', 'shared'))
    assert isinstance(posted, Posted)
    seen = channel.look_up(posted.url)
    assert isinstance(seen, Seen)
    assert (seen.text, seen.ours, seen.author) == ('To be shared', True, DESK)
    before = channel.shares_since(SINCE)
    assert isinstance(before, int)
    assert channel.find_share(seen, SINCE) == NotFound()
    shared = channel.share(seen, 'k')
    assert isinstance(shared, Posted)
    assert channel.share(seen, 'k') == channel.share(seen, 'other') == shared
    assert channel.find_share(seen, SINCE) == shared
    subjects = [one['value']['subject']['uri'] for one in world.records(REPOST)]
    assert subjects.count(posted.remote_id) == 1
    assert channel.shares_since(SINCE) == before + 1


def test_follow(world: World, channel: Channel) -> None:
    assert channel.follow(READER) == channel.follow(READER) == Followed(READER)
    assert [one['value']['subject'] for one in world.records(FOLLOW)] == [world.did(READER)]
    assert isinstance(channel.follow('nobody.test'), Refused)


def test_what_needs_a_view_of_the_network_says_so(world: World, channel: Channel) -> None:
    foreign = address(world.say('Of somebody else'))
    for outcome in (
        channel.look_up(foreign), channel.mentions(''), channel.timeline(''),
        channel.search('MediaWiki', ''), channel.counts(), channel.following(),
    ):  # fmt: skip
        assert isinstance(outcome, Refused)
        assert outcome.reason.key == 'bluesky-no-appview'


def listening(pid: int) -> list[str]:
    """The addresses that a process listens on, in the form of /proc/net/tcp (proc(5))."""
    sockets = set()
    for one in Path(f'/proc/{pid}/fd').iterdir():
        with suppress(OSError):
            sockets.add(str(one.readlink()))
    found = []
    for table in ('tcp', 'tcp6'):
        for line in Path(f'/proc/{pid}/net/{table}').read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == '0A' and f'socket:[{fields[9]}]' in sockets:
                found.append(fields[1].partition(':')[0])
    return found


def test_it_listens_on_the_own_machine_only(world: World) -> None:
    server = world.server.server if isinstance(world, Real) else None
    found = listening(server.pid if server else os.getpid())
    assert found
    assert set(found) == {'0100007F'}


def test_the_server_dies_and_comes_back(world: World) -> None:
    """A kept session and all posts outlive it."""
    channel = make(world)
    post = Post('Before the crash', 'crash')
    posted = channel.post(post)
    assert isinstance(posted, Posted)
    if isinstance(world, Real):
        world.server.stop(at_once=True)
        assert not isinstance(channel.post(Post('x', 'meanwhile')), Posted)
        world.server.start()
    assert channel.post(post) == posted
    assert isinstance(channel.post(Post('x', 'meanwhile')), Posted)
