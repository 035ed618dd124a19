"""The Mastodon channel against a real server that speaks Mastodon's API."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.channels.base import Account, Image, Limits, NotFound, Post, Posted, Refused, TryLater
from mwsocial.channels.mastodon import MastodonChannel
from mwsocial.sandbox import Sandbox
from tests.channels.texts import TEXTS

pytestmark = pytest.mark.real


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
    assert channel.limits() == Limits(100_000, 4, 1500)
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
    part = Post('Part two', 'k2', after=first.remote_id)
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
