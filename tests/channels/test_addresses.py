"""Which addresses may be those of posts on a network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mwsocial.channels.addresses import BlueskyPost, bluesky_post, takes, x_post_id
from mwsocial.channels.bluesky.records import place_of_post
from mwsocial.channels.x.addresses import id_of
from mwsocial.delivery.assemble import validity_desk
from mwsocial.wiki.config import parse_config

CASES: list[tuple[str, list[str]]] = json.loads(
    (Path(__file__).parents[1] / 'cases/addresses.json').read_text('utf-8')
)['addresses']
NETWORKS = ('mastodon', 'x', 'bluesky', 'facebook')


@pytest.mark.parametrize(('address', 'networks'), CASES)
def test_takes(address: str, networks: list[str]) -> None:
    assert [network for network in NETWORKS if takes(network, address)] == networks


def test_an_unknown_network_takes_nothing() -> None:
    assert not any(takes('telegraph', address) for address, _ in CASES)


def test_what_is_taken_can_be_looked_up() -> None:
    """The channels' own reading of an address is never narrower than what the rules promise."""
    for address, networks in CASES:
        if 'x' in networks:
            assert id_of(address) == x_post_id(address)
        if 'bluesky' in networks:
            place, post = place_of_post(address), bluesky_post(address)
            assert place and post and (place.who, place.key) == (post.who, post.key)


def test_what_an_address_on_x_says() -> None:
    assert x_post_id('https://twitter.com/a/status/0123?s=1') == '0123'
    assert x_post_id('https://x.com/i/web/status/7') == '7'
    assert x_post_id('https://mastodon.social/a/status/7') == ''


def test_what_an_address_on_bluesky_says() -> None:
    assert bluesky_post('https://bsky.app/profile/Alice.Example/post/3L') == BlueskyPost(
        'alice.example', '3L'
    )
    assert bluesky_post('https://bsky.app/profile/did%3Aplc%3AaB/post/3l') == BlueskyPost(
        'did:plc:aB', '3l'
    )
    assert bluesky_post('https://x.com/i/web/status/7') is None


def test_endless_addresses_are_refused_at_once() -> None:
    for address in (
        'https://x.com/' + 'a' * 100_000,
        'https://bsky.app/profile/' + 'a.' * 50_000 + 'b/post/1',
        'https://' + 'a' * 2000 + '/b',
    ):
        assert not any(takes(network, address) for network in NETWORKS)


def test_the_rules_for_items_know_it() -> None:
    config = parse_config(
        json.dumps({
            'bot': 'Bot', 'approvers': {'users': ['Alice']},
            'channels': {'mastodon': {}, 'x': {}, 'bluesky': {}, 'facebook': {}},
        }),
        'Config',
    )  # fmt: skip
    facts = validity_desk(config).channels
    for address, networks in CASES:
        able = [name for name in facts if facts[name].can('share', address)]
        assert able == sorted(set(networks) - {'facebook'})
