"""The Mastodon channel against a real server that speaks Mastodon's API."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from mastodon import MastodonError

from mwsocial.channels.base import (
    Account,
    Batch,
    Counts,
    Deleted,
    Followed,
    Image,
    Limits,
    NotFound,
    Pointer,
    Post,
    Posted,
    Refused,
    Seen,
    TryLater,
    Unknown,
)
from mwsocial.channels.mastodon import MastodonChannel
from mwsocial.sandbox import Sandbox
from tests.channels.texts import TEXTS
from tests.real.world import arrive

pytestmark = pytest.mark.real

T = TypeVar('T')


@pytest.fixture
def name(sandbox: Sandbox) -> str:
    """The desk's account as the configuration has it."""
    return '@mediawiki@' + sandbox.mastodon_url.removeprefix('http://')


@pytest.fixture
def channel(sandbox: Sandbox, name: str) -> MastodonChannel:
    """The desk's account."""
    token = sandbox.accounts['mediawiki']['token']
    return MastodonChannel('mastodon', sandbox.mastodon_url, token, name)


def since() -> datetime:
    """A minute ago, by a clock that is not the server's."""
    return datetime.now(UTC) - timedelta(minutes=1)


def test_account(sandbox: Sandbox, channel: MastodonChannel, name: str) -> None:
    found = channel.account()
    assert found == Account(name, sandbox.accounts['mediawiki']['url'])


def test_bad_token(sandbox: Sandbox, name: str) -> None:
    channel = MastodonChannel('mastodon', sandbox.mastodon_url, 'f' * 32, name)
    assert isinstance(channel.account(), Refused)
    assert isinstance(channel.post(Post('never', 'k')), Refused)
    assert not any('never' in one['content'] for one in sandbox.statuses('mediawiki'))


def test_limits(channel: MastodonChannel) -> None:
    limits = channel.limits()
    assert isinstance(limits, Limits)
    assert (limits.length, limits.images, limits.alt_length) == (100_000, 4, 1500)
    assert (limits.image_bytes, limits.image_side) == (16_777_216, 5760)
    assert {'image/png', 'image/jpeg'} <= set(limits.media_types)
    assert channel.key_lifetime is None


@pytest.mark.parametrize('number', range(len(TEXTS)))
def test_posted_and_found(sandbox: Sandbox, channel: MastodonChannel, number: int) -> None:
    post = Post(f'{number}: {TEXTS[number]}', f'key-{number}', 'en')
    before = {one['id'] for one in sandbox.statuses('mediawiki')}
    assert channel.find(post, since(), ()) == NotFound()
    posted = channel.post(post)
    assert isinstance(posted, Posted)
    assert channel.find(post, since(), ()) == posted
    (made,) = [one for one in sandbox.statuses('mediawiki') if one['id'] not in before]
    assert made['sourceContent'] == post.text
    assert posted.url in (made['id'], made['url'])


def test_warning_and_thread(channel: MastodonChannel) -> None:
    first_post = Post('A thread', 'k1', warning='Food: "x" & <y> – é')
    first = channel.post(first_post)
    assert isinstance(first, Posted)
    assert channel.find(first_post, since(), ()) == first
    assert channel.find(Post('A thread', 'k1'), since(), ()) == NotFound()
    part = Post('Part two', 'k2', after=first.url, root=first.url)
    second = channel.post(part)
    assert isinstance(second, Posted)
    assert channel.find(part, since(), ()) == second
    assert channel.find(Post('Part two', 'k2'), since(), ()) == NotFound()


def test_same_words_twice(channel: MastodonChannel) -> None:
    post = Post('Same words, twice', 'k')
    first, second = channel.post(post), channel.post(post)
    assert isinstance(first, Posted)
    assert isinstance(second, Posted)
    assert channel.find(post, since(), {first.url}) == second
    assert channel.find(post, since(), {second.url}) == first
    assert channel.find(post, since(), {first.url, second.url}) == NotFound()


def test_image(sandbox: Sandbox, channel: MastodonChannel) -> None:
    post = Post(
        'With an image', 'k', images=(Image('Ä.png', 'image/png', png(), 'Two "dots" – é'),)
    )
    posted = channel.post(post)
    assert isinstance(posted, Posted)
    assert channel.find(post, since(), ()) == posted
    made = next(one for one in sandbox.statuses('mediawiki') if one['id'] == posted.url)
    (attached,) = made['attachment']
    assert attached['name'] == 'Two "dots" – é'


def test_somebody_elses_words(sandbox: Sandbox, channel: MastodonChannel) -> None:
    sandbox.mastodon('reader').status_post('Not ours at all')
    assert channel.find(Post('Not ours at all', 'k'), since(), ()) == NotFound()


def test_wrong_account(sandbox: Sandbox, name: str) -> None:
    token = sandbox.accounts['reader']['token']
    channel = MastodonChannel('mastodon', sandbox.mastodon_url, token, name)
    assert isinstance(channel.post(Post('In the wrong name', 'k')), Refused)
    assert not any('wrong name' in one['content'] for one in sandbox.statuses('reader'))


def test_nothing_listens_any_more(sandbox: Sandbox) -> None:
    port = 1
    channel = MastodonChannel('mastodon', f'http://127.0.0.1:{port}', 'f' * 32)
    assert isinstance(channel.post(Post('x', 'k')), TryLater)


def test_edit(channel: MastodonChannel) -> None:
    posted = channel.post(Post('Before the edit', 'k', 'en'))
    assert isinstance(posted, Posted)
    fresh = channel.look_up(posted.url)
    assert isinstance(fresh, Seen)
    assert (fresh.ours, fresh.edited) == (True, None)
    post = Post('After the edit: "é" & <b>', 'k', 'en')
    for _ in range(2):
        edited = channel.edit(posted.url, post)
        assert isinstance(edited, Posted)
        assert edited.url == posted.url
    found = channel.look_up(posted.url)
    assert isinstance(found, Seen)
    assert found.edited is not None
    assert 'After the edit' in found.text
    again = channel.find(post, since(), ())
    assert isinstance(again, Posted)
    assert again.url == posted.url
    # What it cannot change it does not say, so that is looked for.
    assert isinstance(channel.edit(posted.url, Post('x', 'k', warning='Food')), Unknown)


def test_edit_and_part_below_of_others(sandbox: Sandbox, channel: MastodonChannel) -> None:
    """This server would change the post of anybody."""
    theirs = sandbox.mastodon('reader').status_post('@mediawiki mine alone')
    arrive(sandbox, [theirs.url])
    wait_for(lambda: isinstance(channel.look_up(theirs.url), Seen))
    assert isinstance(channel.edit(theirs.url, Post('stolen', 'k')), Refused)
    assert isinstance(channel.post(Post('below', 'k', after=theirs.url)), Refused)
    assert sandbox.mastodon('reader').status_source(theirs.id).text == '@mediawiki mine alone'


def test_a_server_that_takes_nothing_down(channel: MastodonChannel) -> None:
    posted = channel.post(Post('Here to stay', 'k'))
    assert isinstance(posted, Posted)
    outcome = channel.delete(posted.url)
    assert isinstance(outcome, Refused)
    assert posted.url in outcome.reason.text()
    assert channel.delete(posted.url + '9') == Deleted()


def test_mentions_pointers_and_shares(sandbox: Sandbox, channel: MastodonChannel) -> None:
    start = channel.mentions('')
    assert isinstance(start, Batch)
    reader = sandbox.mastodon('reader')
    asked = reader.status_post('@mediawiki How do I install it?')
    hidden = reader.status_post('@mediawiki For your eyes only', visibility='direct')
    closed = reader.status_post('@mediawiki For friends only', visibility='private')
    ours = channel.post(Post('MediaWiki is out', 'k'))
    assert isinstance(ours, Posted)
    below = reader.status_post('@mediawiki What is new?', in_reply_to_id=ours.remote_id)

    found: list[Seen] = []
    cursor = start.cursor

    def heard(*urls: str) -> bool:
        nonlocal cursor
        batch = channel.mentions(cursor)
        assert isinstance(batch, Batch)
        cursor = batch.cursor
        found.extend(batch.posts)
        return set(urls) <= {one.url for one in found}

    # The closed ones have arrived, too, but none of the channel's answers has them.
    arrive(sandbox, [one.url for one in (asked, below, hidden, closed)])
    assert heard(asked.url, below.url)
    heard()
    news = {one.url: one for one in found if one.url in (asked.url, below.url)}
    assert len(found) == len({one.url for one in found})
    assert {hidden.url, closed.url}.isdisjoint(one.url for one in found)
    assert 'only' not in repr([found, channel.mentions(''), channel.timeline('')])
    for url in (hidden.url, closed.url):
        assert isinstance(channel.look_up(url), Refused)
    assert news[asked.url].mentions_us
    assert (news[asked.url].reply_to_us, news[below.url].reply_to_us) == (False, True)

    seen = channel.look_up(asked.url)
    assert isinstance(seen, Seen)
    assert seen.author == '@reader@' + sandbox.mastodon_url.removeprefix('http://')
    pointer = Pointer('support', 'For help see https://www.mediawiki.org/wiki/Support', 'k', 'en')
    assert channel.find_point(seen, pointer, since()) == NotFound()
    pointed = channel.point(seen, pointer)
    assert isinstance(pointed, Posted)
    (made,) = [one for one in sandbox.statuses('mediawiki') if one['id'] == pointed.url]
    assert made['sourceContent'] == f'{seen.author} {pointer.sentence}'
    assert made['inReplyTo'] == asked.url
    assert channel.find_point(seen, pointer, since()) == pointed
    again = channel.point(seen, pointer)
    assert isinstance(again, Refused)
    assert again.reason.key == 'mastodon-answered'

    assert channel.find_share(seen, since()) == NotFound()
    shared = channel.share(seen, 'k')
    assert shared == Posted(seen.remote_id, asked.url)
    assert channel.share(seen, 'k') == shared
    assert channel.find_share(seen, since()) == shared
    after = channel.look_up(asked.url)
    assert isinstance(after, Seen)
    assert (after.shared, after.answered, after.author) == (True, True, seen.author)
    assert channel.delete(asked.url) == Deleted()
    assert channel.find_share(seen, since()) == NotFound()


def test_a_post_of_ours_that_somebody_has_shared(
    sandbox: Sandbox, channel: MastodonChannel
) -> None:
    """This server then shows it inside the share, with the same id."""
    reader = sandbox.mastodon('reader')
    reader.account_follow(reader.account_lookup(channel_name(channel)).id)
    number = 0

    def shared() -> Post | None:
        nonlocal number
        number += 1
        post = Post(f'Shared by a reader {number}', f'k{number}')
        posted = channel.post(post)
        assert isinstance(posted, Posted)
        for _ in range(30):
            with suppress(MastodonError):
                reader.status_reblog(posted.remote_id)
                return post
            time.sleep(0.3)
        return None

    post = wait_for(shared)
    wait_for(lambda: any(one['reblog'] for one in own_posts(sandbox)))
    assert isinstance(channel.find(post, since(), ()), Posted)


def test_people(sandbox: Sandbox, channel: MastodonChannel, name: str) -> None:
    reader = '@reader@' + name.rpartition('@')[2]
    assert channel.follow(reader) == Followed(reader)
    assert channel.follow(reader) == Followed(reader)
    wait_for(lambda: channel.following() == [reader])  # once the other side has agreed
    counts = channel.counts()
    assert isinstance(counts, Counts)
    assert counts.following == 1
    said = sandbox.mastodon('reader').status_post('News for followers #MediaWiki')

    def arrived() -> bool:
        batch = channel.timeline('')
        assert isinstance(batch, Batch)
        return said.url in {one.url for one in batch.posts}

    wait_for(arrived)
    tagged = channel.search('#MediaWiki', '')
    assert isinstance(tagged, Batch)
    assert said.url in {one.url for one in tagged.posts}
    assert channel.search('#MediaWiki', tagged.cursor) == Batch(cursor=tagged.cursor)


def channel_name(channel: MastodonChannel) -> str:
    """The channel's account without its first @."""
    found = channel.account()
    assert isinstance(found, Account)
    return found.name[1:]


def own_posts(sandbox: Sandbox) -> list[Any]:
    """Our posts, as the server lists them."""
    client = sandbox.mastodon('mediawiki')
    return list(client.account_statuses(client.me().id, limit=40))


def wait_for(ready: Callable[[], T], seconds: float = 60) -> T:
    """What *ready* gives once it gives something: this server delivers by a queue."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := ready():
            return found
        time.sleep(0.2)
    raise AssertionError('it did not come about')


def png() -> bytes:
    """A picture of two dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack('>I', zlib.crc32(kind + data))
        return struct.pack('>I', len(data)) + kind + data + check

    header = struct.pack('>IIBBBBB', 2, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b'\0\0\xff')
    return (
        b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', pixels) + chunk(b'IEND', b'')
    )
