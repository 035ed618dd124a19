"""What a server says about itself (Mastodon documentation, entities "Instance"), read with care."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mwsocial.channels.base import Limits

# Servers that are not Mastodon say so in their version, as in "4.0.0 (compatible; …)".
_MASTODONS_OWN = re.compile(r'[3-9]\.\d+\.\d+[A-Za-z0-9.+_-]*', re.A)
_IMAGE_TYPE = re.compile(r'image/[a-z0-9][a-z0-9.+-]{0,60}', re.A)
_USUAL = Limits(500, 4, 1500)
# What is beyond these is no real limit, and taken for a mistake.
_MOST = 1_000_000
_MOST_BYTES = 1_000_000_000
_MOST_SIDE = 65_535


def limits(about: Mapping[str, Any]) -> Limits:
    """What the server takes; Mastodon's defaults for what it does not say.

    It limits the pixels of an image, not its sides: ``image_side`` is the side of the largest square,
    so that no image within it has too many.
    """
    configuration = _part(about, 'configuration')
    statuses = _part(configuration, 'statuses')
    media = _part(configuration, 'media_attachments')
    length = _number(statuses.get('max_characters')) or _number(about.get('max_toot_chars'))
    matrix = _number(media.get('image_matrix_limit'), _MOST_SIDE**2)
    return Limits(
        length or _USUAL.length,
        _number(statuses.get('max_media_attachments')) or _USUAL.images,
        _number(media.get('description_limit')) or _USUAL.alt_length,
        _number(media.get('image_size_limit'), _MOST_BYTES) or _USUAL.image_bytes,
        math.isqrt(matrix) if matrix else _USUAL.image_side,
        _image_types(media.get('supported_mime_types')),
    )


def is_mastodon(about: Mapping[str, Any]) -> bool:
    """Whether the server is a Mastodon, as far as its version tells."""
    version = about.get('version')
    return isinstance(version, str) and bool(_MASTODONS_OWN.fullmatch(version))


def domain(about: Mapping[str, Any]) -> str:
    """The host in the names of the server's accounts, which may be another than the server's; ''
    where it is not told.
    """
    for key in ('domain', 'uri'):
        value = about.get(key)
        if isinstance(value, str) and value:
            host = re.sub(r'^https?://', '', value).rstrip('/')
            if re.fullmatch(r'[^\s/@]+', host):
                return host
    return ''


def _image_types(told: object) -> tuple[str, ...]:
    """The types of images among what is *told*; the usual ones where no types are told."""
    if not isinstance(told, list) or not told:
        return _USUAL.media_types
    return tuple(one for one in told if isinstance(one, str) and _IMAGE_TYPE.fullmatch(one))


def _part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}


def _number(value: object, most: int = _MOST) -> int | None:
    with suppress(TypeError, ValueError):
        if isinstance(value, int | str) and not isinstance(value, bool):
            number = int(value)
            return number if 0 < number <= most else None
    return None
