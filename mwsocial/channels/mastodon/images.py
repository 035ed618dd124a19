"""Uploading images; nothing of that is visible to anybody before a post takes them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from mwsocial.channels import answers
from mwsocial.channels.base import Image, Refused, TryLater
from mwsocial.channels.mastodon.client import Client
from mwsocial.channels.transport import Exchange
from mwsocial.reason import Reason

#: Seconds for all images of a post together, and between two looks at an image in the works.
_UPLOAD_TIME = 120.0
_PAUSES = (0.5, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 8.0, 8.0)


def upload(
    client: Client, images: Sequence[Image], sleep: Callable[[float], None]
) -> list[str] | Refused | TryLater:
    """The ids of *images*, in their order, once the server has worked on each."""
    media: list[str] = []
    end = time.monotonic() + _UPLOAD_TIME
    for image in images:
        uploaded = _upload(client, image, end, sleep)
        if not isinstance(uploaded, str):
            return uploaded
        media.append(uploaded)
    return media


def _upload(
    client: Client, image: Image, end: float, sleep: Callable[[float], None]
) -> str | Refused | TryLater:
    if time.monotonic() > end:
        return TryLater(Reason('channels-image-slow', (client.host, image.name)))
    exchange = client.ask(lambda: client.library.media_post(
        image.data, mime_type=image.media_type, description=image.alt,
        file_name=_file_name(image),
    ))  # fmt: skip
    first = exchange.json()
    media = answers.sane_id(first.get('id')) if isinstance(first, dict) else ''
    if exchange.status not in (200, 202) or not media:
        return _refused(client, exchange, image)
    for pause in _PAUSES:
        answer = exchange.json()
        if exchange.status == 200 and isinstance(answer, dict) and answer.get('url'):
            return media
        if exchange.status not in (200, 202, 206) or time.monotonic() > end:
            break
        sleep(pause)
        exchange = client.ask(lambda: client.library.media(media))
    if exchange.status in (200, 202, 206):
        return TryLater(Reason('channels-image-slow', (client.host, image.name)))
    if exchange.status == 404:  # lost on the way: the next try uploads it again
        return TryLater(Reason('channels-image-lost', (client.host, image.name)))
    return _refused(client, exchange, image)


def _refused(client: Client, exchange: Exchange, image: Image) -> Refused | TryLater:
    found = client.not_done(exchange)
    if isinstance(found, Refused) and found.reason.key == 'channels-refused':
        words = (client.host, image.name, found.reason.args[1])
        return Refused(Reason('channels-image-refused', words))
    return found


def _file_name(image: Image) -> str:
    """A name that every server can read; the file's own stays at home."""
    ending = image.media_type.rpartition('/')[2]
    return 'image.' + (ending if re.fullmatch(r'[a-z0-9]{2,5}', ending) else 'bin')
