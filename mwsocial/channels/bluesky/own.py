"""Our own posts on Bluesky: made with images, links and mentions, found by their key, taken down."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from PIL import Image as Pictures

from mwsocial.channels import answers
from mwsocial.channels.base import (
    CannotLook,
    Image,
    Lookup,
    NotFound,
    Outcome,
    Post,
    Posted,
    Refused,
    TryLater,
    Unknown,
)
from mwsocial.channels.bluesky import facets, verdicts
from mwsocial.channels.bluesky.records import (
    POST,
    Place,
    Ref,
    place_of_post,
    post_record,
    record_key,
    sane_did,
)
from mwsocial.channels.bluesky.repository import Record, Repository, Same
from mwsocial.channels.bluesky.session import Me, Xrpc
from mwsocial.channels.transport import Exchange
from mwsocial.reason import Reason

#: Lexicon app.bsky.embed.images.
IMAGES = 4
IMAGE_BYTES = 1_000_000
#: How many different handles of a post are looked up; further ones stay text.
HANDLES = 10
#: Seconds for all that has to be done before a post is made; one request more may come on top.
PREPARING = 90.0
# EXIF orientations that turn an image on its side.
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x0112


class OwnPosts:
    """The posts of the account whose repository *repository* is."""

    def __init__(
        self, xrpc: Xrpc, repository: Repository, now: Callable[[], datetime]
    ) -> None:  # fmt: skip
        self._xrpc = xrpc
        self._repository = repository
        self._now = now

    def post(self, me: Me, post: Post) -> Outcome:
        """Create *post*, or find it there already. Images are uploaded before; nobody sees them."""
        end = time.monotonic() + PREPARING
        reply: Mapping[str, Ref] | None = None
        if post.after:
            continued = self._thread(me, post)
            if not isinstance(continued, dict):
                return continued
            reply = continued
        if len(post.images) > IMAGES:
            return Refused(Reason('bluesky-many-images', (str(IMAGES),)))
        shown = []
        for image in post.images:
            if time.monotonic() > end:
                return self._slow()
            uploaded = self._upload(image)
            if not isinstance(uploaded, dict):
                return uploaded
            shown.append(uploaded)
        place = place_of(me, post)
        return self.send(place, post.text, post.language, reply, shown, same_words(post.text), end)

    def send(
        self, place: Place, text: str, language: str, reply: Mapping[str, Ref] | None,
        images: list[dict[str, Any]], same: Same, end: float | None = None,
    ) -> Outcome:  # fmt: skip
        """Create a post of ours at *place*: the one way in which any comes about.

        *end*: when (``time.monotonic``) it is too late to begin.
        """
        end = time.monotonic() + PREPARING if end is None else end
        if not sendable(text):
            return Refused(Reason('bluesky-text'))
        dids = self._resolve_all(text, end)
        if not isinstance(dids, dict):
            return dids
        if time.monotonic() > end:
            return self._slow()
        record = post_record(text, language, self._now(), dids, images=images, reply=reply)
        made = self._repository.create(place, record, same)
        return Posted(made.uri, place.url) if isinstance(made, Ref) else made

    def find(self, me: Me, post: Post, ignoring: Collection[str]) -> Lookup:
        """Look for *post* under its key: exact, whatever else has been posted."""
        place = place_of(me, post)
        if place.url in ignoring:
            return NotFound()
        found = self._repository.find(place, same_words(post.text))
        return Posted(found.uri, place.url) if isinstance(found, Ref) else found

    def resolve(self, handle: str) -> str | Refused | TryLater:
        """The DID of *handle*; '' where the server says that nobody is called so."""
        asked = [('handle', handle)]
        exchange = self._xrpc.get('com.atproto.identity.resolveHandle', asked)
        if not isinstance(exchange, Exchange):
            return exchange
        answer = exchange.json()
        if exchange.status == 200 and isinstance(answer, dict) and sane_did(answer.get('did')):
            return str(answer['did'])
        found = self._xrpc.not_done(exchange)
        # A server says 400 for a handle that leads nowhere, and 500 for some that it cannot look up.
        answered = exchange.status is not None and exchange.status not in (401, 429)
        return '' if answered and not verdicts.token_ended(exchange) else found

    def _slow(self) -> TryLater:
        return TryLater(Reason('bluesky-slow', (self._xrpc.host,)))

    def _resolve_all(self, text: str, end: float) -> dict[str, str] | Refused | TryLater:
        dids = {}
        for handle in facets.handles(text)[:HANDLES]:
            if time.monotonic() > end:
                return self._slow()
            did = self.resolve(handle)
            if not isinstance(did, str):
                return did
            dids[handle] = did
        return dids

    def _thread(self, me: Me, post: Post) -> dict[str, Ref] | Refused | TryLater | Unknown:
        """What a later part of a thread refers to: two posts of our own, and of one thread."""
        root = self._own(me, post.root or post.after)
        parent = self._own(me, post.after)
        for found in (root, parent):
            if not isinstance(found, Record):
                return found
        assert isinstance(root, Record) and isinstance(parent, Record)
        if root_of(root) != root.ref.uri or root_of(parent) != root.ref.uri:
            return Refused(Reason('bluesky-no-thread', (post.after,)))
        return {'root': root.ref, 'parent': parent.ref}

    def _own(self, me: Me, url: str) -> Record | Refused | TryLater:
        place = place_of_post(url)
        if place is None or not me.is_called(place.who):
            return Refused(Reason('bluesky-not-ours', (url,)))
        found = self._repository.read(Place(me.did, place.key))
        if isinstance(found, NotFound):
            return Refused(Reason('bluesky-gone', (url,)))
        return TryLater(found.reason) if isinstance(found, CannotLook) else found

    def _upload(self, image: Image) -> dict[str, Any] | Refused | TryLater:
        """An image for a post, as app.bsky.embed.images has it."""
        if len(image.data) > IMAGE_BYTES:
            size = f'{len(image.data):,}'
            return Refused(Reason('bluesky-large-image', (image.name, size, f'{IMAGE_BYTES:,}')))
        exchange = self._xrpc.upload(image.data, image.media_type)
        answer = exchange.json() if isinstance(exchange, Exchange) else None
        blob = answer.get('blob') if isinstance(answer, dict) else None
        if isinstance(exchange, Exchange) and exchange.status == 200 and is_blob(blob, image):
            shown = {'image': blob, 'alt': image.alt}
            size_of = dimensions(image.data)
            if size_of:
                shown['aspectRatio'] = {'width': size_of[0], 'height': size_of[1]}
            return shown
        found = self._xrpc.not_done(exchange)
        if isinstance(found, Refused) and found.reason.key == 'channels-refused':
            words = (self._xrpc.host, image.name, found.reason.args[1])
            return Refused(Reason('channels-image-refused', words))
        return found


def place_of(me: Me, post: Post) -> Place:
    """Where *post* is, or will be: its key alone decides."""
    return Place(me.did, record_key(POST, post.key))


def same_words(text: str) -> Same:
    """Whether a record is the post with exactly these words."""
    return lambda value: value.get('text') == text


def root_of(record: Record) -> str:
    """The first post of the conversation that a post of ours stands in."""
    reply = record.value.get('reply')
    root = reply.get('root') if isinstance(reply, dict) else None
    if reply is None:
        return record.ref.uri
    return str(root.get('uri')) if isinstance(root, dict) else ''


def sendable(text: str) -> bool:
    """Whether *text* can be written in UTF-8 at all (it holds no lone surrogate)."""
    try:
        text.encode()
    except UnicodeError:
        return False
    return True


def is_blob(blob: object, image: Image) -> bool:
    """Whether *blob* is the uploaded *image*, complete, in the form that records hold."""
    if not isinstance(blob, dict) or set(blob) != {'$type', 'ref', 'mimeType', 'size'}:
        return False
    ref = blob['ref']
    return (
        blob['$type'] == 'blob'
        and isinstance(ref, dict)
        and set(ref) == {'$link'}
        and bool(answers.sane_id(ref['$link']))
        and isinstance(blob['mimeType'], str)
        and blob['mimeType'].startswith('image/')
        and blob['size'] == len(image.data)
    )


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height of an image as it is shown, from its head alone; None if they are not told."""
    try:
        with Pictures.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            if picture.getexif().get(_ORIENTATION) in _ON_ITS_SIDE:
                width, height = height, width
    except Exception:  # whatever is in there: the post can do without
        return None
    return (width, height) if width > 0 and height > 0 else None
