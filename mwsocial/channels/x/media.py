"""Pictures on X: sent and described before the post that shows them (documentation "Media")."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from mwsocial.channels.base import Image, Limits, Refused, TryLater
from mwsocial.channels.transport import Exchange
from mwsocial.channels.x import verdicts
from mwsocial.channels.x.client import Client
from mwsocial.channels.x.words import sane_id
from mwsocial.reason import Reason

#: Seconds for all pictures of a post together, and between two looks at one in the works.
_WHOLE_TIME = 120.0
_PAUSES = (0.5, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 8.0, 8.0)
_GIF = 'image/gif'


def trouble(images: Sequence[Image], limits: Limits) -> Reason | None:
    """Why a post cannot have these pictures, known without asking X; None if it can."""
    if len(images) > limits.images:
        return Reason('x-many-images', (str(len(images)), str(limits.images)))
    for image in images:
        if image.media_type not in limits.media_types:
            return Reason('x-image-type', (image.name, image.media_type))
        if len(image.data) > limits.image_bytes:
            return Reason('x-image-large', (image.name, str(limits.image_bytes)))
        if not image.alt.strip():
            return Reason('x-no-alt', (image.name,))
        if len(image.alt) > limits.alt_length:
            words = (image.name, str(len(image.alt)), str(limits.alt_length))
            return Reason('x-long-alt', words)
        if image.media_type == _GIF and len(images) > 1:
            return Reason('x-gif-alone', (image.name,))
    return None


class Uploader:
    """Sends pictures; nothing of it is visible to anybody until a post has them."""

    def __init__(self, client: Client, sleep: Callable[[float], None]) -> None:
        self._client = client
        self._sleep = sleep

    def send(self, images: Sequence[Image]) -> list[str] | Refused | TryLater:
        """The ids of *images*, each with its alternative text, ready to be shown."""
        end = time.monotonic() + _WHOLE_TIME
        numbers = []
        for image in images:
            number = self._send(image, end)
            if not isinstance(number, str):
                return number
            numbers.append(number)
        return numbers

    def _send(self, image: Image, end: float) -> str | Refused | TryLater:
        slow = TryLater(Reason('channels-image-slow', (self._client.host, image.name)))
        if time.monotonic() > end:
            return slow
        kind = image.media_type.rpartition('/')[2]
        exchange = self._client.upload(
            '/2/media/upload',
            {'media_category': 'tweet_gif' if image.media_type == _GIF else 'tweet_image'},
            # The file's own name stays at home.
            (f'image.{kind}', image.data, image.media_type),
        )
        data = verdicts.data_of(exchange)
        number = sane_id(data.get('id'))
        if not number:
            return self._refused(exchange, image)
        for pause in _PAUSES:
            state = _state(data)
            if state in ('succeeded', 'failed') or time.monotonic() > end:
                break
            self._sleep(pause)
            exchange = self._client.read(
                '/2/media/upload', {'media_id': number, 'command': 'STATUS'}
            )
            data = verdicts.data_of(exchange)
            if not data:
                return self._refused(exchange, image)
        if _state(data) == 'failed':
            words = (self._client.host, image.name, 'processing failed')
            return Refused(Reason('channels-image-refused', words))
        if _state(data) != 'succeeded':
            return slow
        return self._describe(number, image)

    def _describe(self, number: str, image: Image) -> str | Refused | TryLater:
        body = {'id': number, 'metadata': {'alt_text': {'text': image.alt}}}
        exchange = self._client.change('POST', '/2/media/metadata', body)
        status = exchange.status or 0
        return number if 200 <= status < 300 else self._refused(exchange, image)

    def _refused(self, exchange: Exchange, image: Image) -> Refused | TryLater:
        found = self._client.not_done(exchange)
        if isinstance(found, Refused) and found.reason.key == 'channels-refused':
            words = (self._client.host, image.name, found.reason.args[1])
            return Refused(Reason('channels-image-refused', words))
        return found


def _state(data: dict[str, object]) -> str:
    """How far X is with a picture: it says so only of what takes time."""
    info = data.get('processing_info')
    if info is None:
        return 'succeeded'
    state = info.get('state') if isinstance(info, dict) else None
    return state if isinstance(state, str) else ''
