"""The images of an item, as one channel is to upload them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mwsocial.channels.base import CannotLook, Channel, Image, Limits, Refused, TryLater
from mwsocial.channels.pictures import fit
from mwsocial.delivery.reading import Reading
from mwsocial.desk.files import IMAGES, FileFacts, image_title
from mwsocial.desk.item import Item
from mwsocial.desk.plan import Claim
from mwsocial.reason import Reason
from mwsocial.wiki.download import Originals

#: How many bytes of copies are kept; beyond that they are made again.
_MOST_KEPT = 48 * 1024 * 1024


def images_for(
    item: Item, file: Callable[[str], FileFacts], limits: Limits, originals: Originals
) -> tuple[Image, ...] | Refused | TryLater:
    """The images of *item* in its order, as a network with *limits* takes them.

    *item* is the approved one; *file* gives the facts with which it was found to be approved
    (``reading.knowledge.file``), so that other bytes than those are never sent. *originals* keeps what
    was fetched for the other channels. Nothing is created anywhere: TryLater where another try may
    help, Refused where it cannot.
    """
    if sum(bool(item.content.get(name)) for name, _ in IMAGES) > 1:
        # X takes a GIF alone in a post only, even a still one: beside others it goes as a PNG.
        kinds = tuple(kind for kind in limits.media_types if kind != 'image/gif')
        limits = replace(limits, media_types=kinds)
    found = []
    for name, alt in IMAGES:
        value = item.content.get(name, '')
        if not value:
            continue
        title = image_title(value)
        facts = file(title) if title else FileFacts()
        if not facts.repository:
            return Refused(Reason('approval-file-missing', (value,)))
        data = originals.get(facts)
        if not isinstance(data, bytes):
            return data
        with originals.copying:
            image = fit(title, data, facts.mime, item.content.get(alt, ''), limits)
        if isinstance(image, Reason):
            return Refused(image)
        found.append(image)
    return tuple(found)


class Gallery:
    """One run's images, each made once for each channel: before the claim, when a fault costs nothing."""

    def __init__(self) -> None:
        """Nothing is fetched yet."""
        self._originals = Originals()
        self._made: dict[tuple[str, int, str], tuple[Image, ...]] = {}
        self._kept = 0

    def of(self, claim: Claim, reading: Reading, channel: Channel) -> tuple[Image, ...] | Reason:
        """The images of the item that *claim* is about, as *channel* takes them, or why not."""
        if claim.approved is None or not any(
            name in claim.approved.item.content for name, _ in IMAGES
        ):
            return ()
        key = claim.item_id, claim.record.revid, claim.channel
        if key in self._made:
            return self._made[key]
        limits = channel.limits()
        if isinstance(limits, CannotLook):
            return limits.reason
        history = reading.knowledge

        def file(title: str) -> FileFacts:
            return history.decide(lambda: history.file(title))

        found = images_for(claim.approved.item, file, limits, self._originals)
        if not isinstance(found, tuple):
            return found.reason
        size = sum(len(image.data) for image in found)
        if self._kept + size <= _MOST_KEPT:
            self._made[key] = found
            self._kept += size
        return found
