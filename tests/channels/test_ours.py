"""Our own posts as the networks tell them, whoever made them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.channels.base import CannotLook, Channel, OwnPost, Post, Posted
from mwsocial.channels.bluesky.session import Me
from mwsocial.channels.bluesky.views import own_post
from mwsocial.channels.mastodon import MastodonChannel
from mwsocial.sandbox.bluesky_server import Bluesky
from mwsocial.sandbox.facebook_server import FacebookService
from mwsocial.sandbox.loopback import Loopback
from mwsocial.sandbox.x_server import XService
from tests.channels import bluesky_worlds, facebook_page
from tests.channels.mastodon_stub import Answer, Stub, json_answer
from tests.channels.x.conftest import Desk

WORDS = 'MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki'


def told(channel: Channel, since: datetime) -> list[OwnPost]:
    found = channel.ours(since)
    assert not isinstance(found, CannotLook), found.reason.text()
    return list(found)


def posted(channel: Channel, words: str = WORDS) -> Posted:
    outcome = channel.post(Post(words, f'key of {words}', 'en'))
    assert isinstance(outcome, Posted), outcome
    return outcome


def test_mastodon(stub: Stub, channel: MastodonChannel) -> None:
    """With their addresses as they are recorded, without what is shared; answers are marked."""
    before = stub.now - timedelta(minutes=1)
    own = posted(channel)
    other = stub.world.say('alice@remote.example', 'Something else')
    seen = channel.look_up(other['url'])
    assert channel.share(seen, 'k')  # type: ignore[arg-type]
    (found,) = told(channel, before)
    assert (found.url, found.text, found.answers) == (own.url, WORDS, False)
    assert told(channel, stub.now + timedelta(minutes=1)) == []


@pytest.mark.parametrize(
    'answer', [json_answer({'no': 'list'}), json_answer([{'id': 7}]), Answer(status=500)]
)
def test_mastodon_strange(stub: Stub, channel: MastodonChannel, answer: Answer) -> None:
    """A list that is none is not an empty one."""
    channel.account()
    stub.fail('GET', '/api/v1/accounts/77/statuses', answer, times=5)
    assert isinstance(channel.ours(stub.now), CannotLook)


def test_x() -> None:
    """Addresses whole, reposts left out, reactions counted."""
    with Loopback(XService) as server:
        desk = Desk(server)
        start = datetime.now(UTC) - timedelta(minutes=1)
        own = posted(desk.channel)
        assert desk.channel.share(desk.seen(desk.say('Somebody else’s')), 'k')
        (found,) = told(desk.channel, start)
        assert (found.url, found.text, found.answers) == (own.url, WORDS, False)
        assert found.reactions == 0


def test_facebook() -> None:
    """What a person has posted by hand too; nothing of visitors."""
    with Loopback(FacebookService) as server:
        channel = facebook_page.make(server)
        start = server.now() - timedelta(minutes=1)
        own = posted(channel)
        server.control('hand', {'message': 'By hand'})
        server.control('visit', {'message': 'Hello!', 'author': '4711', 'name': 'A'})
        found = told(channel, start)
        assert [(one.text, one.reactions) for one in found] == [(WORDS, None), ('By hand', None)]
        assert found[0].url == own.url


def test_bluesky() -> None:
    """Nothing of others; answers are marked."""
    with Loopback(Bluesky) as server:
        channel = bluesky_worlds.make(bluesky_worlds.StandIn(server))
        start = datetime.now(UTC) - timedelta(minutes=5)
        own = posted(channel)
        server.service.say(bluesky_worlds.READER, 'Something else')
        (found,) = told(channel, start)
        assert (found.url, found.text, found.answers) == (own.url, WORDS, False)
        assert found.reactions == 0


def test_bluesky_short_links() -> None:
    """What an app shows shortened is given whole; a facet that lies is left alone."""
    me = Me('did:plc:abcdefghijklmnopqrstuvwx', 'mediawiki.test', True)
    link = {'$type': 'app.bsky.richtext.facet#link', 'uri': 'https://www.mediawiki.org/wiki/X'}
    uri = f'at://{me.did}/app.bsky.feed.post/3kaaaaaaaaaa2'
    view = {
        'uri': uri, 'cid': 'bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
        'author': {'did': me.did, 'handle': me.handle}, 'indexedAt': '2026-11-25T14:00:00Z',
        'record': {
            '$type': 'app.bsky.feed.post', 'text': 'Ä see mediawiki.org/wi... and 1.47',
            'createdAt': '2026-11-25T14:00:00Z',
            'facets': [
                {'index': {'byteStart': 7, 'byteEnd': 26}, 'features': [link]},
                {'index': {'byteStart': 30, 'byteEnd': 99}, 'features': [link]},
                {'index': 'nonsense', 'features': [link]},
            ],
        },
    }  # fmt: skip
    found = own_post(json.loads(json.dumps(view)), me)
    assert found
    assert found.text == 'Ä see https://www.mediawiki.org/wiki/X and 1.47'
    assert found.reactions is None
