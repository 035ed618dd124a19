"""What a server says about itself, and how long it keeps keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mwsocial.channels.base import CannotLook, Limits
from mwsocial.channels.mastodon import MastodonChannel
from tests.channels.mastodon_stub import Answer, Stub, error, json_answer

USUAL = Limits(500, 4, 1500)


def test_what_the_server_says(stub: Stub, channel: MastodonChannel) -> None:
    assert stub.instance is not None
    stub.instance['configuration'] = {
        'statuses': {'max_characters': 5000, 'max_media_attachments': 8},
        'media_attachments': {'description_limit': 10000},
    }
    assert channel.limits() == Limits(5000, 8, 10000)
    channel.limits()
    assert len(stub.seen('GET', '/api')) == 1


@pytest.mark.parametrize(
    ('first', 'limits'),
    [
        ({'max_toot_chars': 1000}, Limits(1000, 4, 1500)),
        ({'configuration': {'statuses': {'max_characters': 700}}}, Limits(700, 4, 1500)),
        ({'configuration': None}, Limits(500, 4, 1500)),
        ({'configuration': {'statuses': {'max_characters': -1}}}, Limits(500, 4, 1500)),
        ({'configuration': {'statuses': {'max_characters': 'many'}}}, Limits(500, 4, 1500)),
        ({'configuration': {'statuses': ['x'], 'media_attachments': 5}}, Limits(500, 4, 1500)),
    ],
)
def test_version_one(
    stub: Stub, channel: MastodonChannel, first: dict[str, Any], limits: Limits
) -> None:
    stub.instance = None
    stub.fail('GET', '/api/v1/instance', json_answer(first))
    assert channel.limits() == limits


@pytest.mark.parametrize(
    ('media', 'limits'),
    [
        (
            {
                'image_size_limit': 16_777_216,
                'image_matrix_limit': 33_177_600,
                'supported_mime_types': ['image/jpeg', 'image/png', 'video/mp4', 'image/avif'],
            },
            (16_777_216, 5760, ('image/jpeg', 'image/png', 'image/avif')),
        ),
        ({'image_size_limit': 1000}, (1000, USUAL.image_side, USUAL.media_types)),
        ({'image_matrix_limit': 99}, (USUAL.image_bytes, 9, USUAL.media_types)),
        (
            {'image_size_limit': -1, 'image_matrix_limit': '9' * 40, 'supported_mime_types': []},
            (USUAL.image_bytes, USUAL.image_side, USUAL.media_types),
        ),
        (
            {'supported_mime_types': ['video/mp4', 5, None, 'image/', 'image/x y', 'image/png\n']},
            (USUAL.image_bytes, USUAL.image_side, ()),
        ),
        ({'supported_mime_types': 'image/png'}, (5_000_000, 4096, USUAL.media_types)),
    ],
)
def test_images(
    stub: Stub, channel: MastodonChannel, media: dict[str, Any],
    limits: tuple[int, int, tuple[str, ...]],
) -> None:  # fmt: skip
    assert stub.instance is not None
    stub.instance['configuration']['media_attachments'] = media
    assert channel.limits() == Limits(500, 4, 1500, *limits)


def test_a_server_that_says_nothing(stub: Stub, channel: MastodonChannel) -> None:
    stub.instance = None
    assert channel.limits() == Limits(500, 4, 1500)
    assert channel.key_lifetime is None


@pytest.mark.parametrize('answer', [error(500, 'x'), Answer(gone=True), error(429, 'slow down')])
def test_limits_later(stub: Stub, channel: MastodonChannel, answer: Answer) -> None:
    stub.fail('GET', '/api/v2/instance', answer, times=3)
    assert isinstance(channel.limits(), CannotLook)
    stub.faults.clear()
    assert channel.limits() == Limits(500, 4, 1500)


@pytest.mark.parametrize(
    ('version', 'known'),
    [
        ('4.5.1', True), ('4.6.0-alpha.2', True), ('4.3.0+glitch', True), ('3.5.19', True),
        ('4.0.0 (not true; really snac/2.75)', False), ('2.7.2 (compatible; Akkoma 3.10)', False),
        ('4.2.1 (compatible; Iceshrimp.NET/2024)', False), ('0.17.3 git-abc', False), ('0.19.0', False),
        ('', False), (None, False), (4, False),
    ],
)  # fmt: skip
def test_who_keeps_keys(stub: Stub, channel: MastodonChannel, version: object, known: bool) -> None:
    assert stub.instance is not None
    stub.instance['version'] = version
    lifetime = channel.key_lifetime
    assert (lifetime is not None) is known
    assert lifetime is None or timedelta(minutes=30) < lifetime < timedelta(hours=1)


def test_unknown_server_keeps_no_keys(stub: Stub, channel: MastodonChannel) -> None:
    stub.fail('GET', '/api/v2/instance', error(500, 'x'))
    assert channel.key_lifetime is None
    assert channel.key_lifetime is not None
