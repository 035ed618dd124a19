"""What is done to a network under a claim: post, share, answer, correct, take down.

Each deed is done with one request that changes something, and can be looked for afterwards. What is said
is taken from the approved revision; nothing here composes words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from mwsocial.channels.base import (
    CannotLook,
    Channel,
    Image,
    Lookup,
    NotFound,
    Outcome,
    Pointer,
    Post,
    Posted,
    Refused,
    Removal,
    Seen,
    TryLater,
)
from mwsocial.channels.plaintext import canonical
from mwsocial.desk.approval import Approved, PostFact, post_unchanged
from mwsocial.desk.item import Item
from mwsocial.desk.places import channel_of, part_of
from mwsocial.desk.records import Record
from mwsocial.desk.validity import kinds, parts_of
from mwsocial.reason import Reason


class Deed(Protocol):
    """One thing to do on one channel."""

    @property
    def repeatable(self) -> bool:
        """Whether doing it twice is the same as doing it once."""
        ...

    def do(self, channel: Channel) -> Outcome | Removal:
        """Do it, with one request that changes something."""
        ...

    def find(self, channel: Channel, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look whether it has been done, since *since* (UTC), leaving out addresses *ignoring*."""
        ...


@dataclass(frozen=True)
class Creating:
    """A post of our own, or a part of a thread."""

    post: Post
    repeatable = False

    def do(self, channel: Channel) -> Outcome:
        """Post it."""
        return channel.post(self.post)

    def find(self, channel: Channel, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look for it among our own posts."""
        return channel.find(self.post, since, ignoring)


@dataclass(frozen=True)
class Sharing:
    """Somebody's post, shared with the network's own function."""

    address: str
    key: str
    approved: Approved | None = None
    repeatable = True

    def do(self, channel: Channel) -> Outcome:
        """Share it, if it still is what was approved. Not a post of our own: to take such a share down
        would be to take the post down.
        """
        seen = _unchanged(channel, self.address, self.approved)
        if isinstance(seen, Seen) and seen.ours:
            return Refused(Reason('delivery-own-post', (self.address,)))
        return channel.share(seen, self.key) if isinstance(seen, Seen) else seen

    def find(self, channel: Channel, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look whether we have shared it."""
        seen = channel.look_up(self.address)
        if not isinstance(seen, Seen):
            return CannotLook(seen.reason)
        return channel.find_share(seen, since)


@dataclass(frozen=True)
class Pointing:
    """A pre-written sentence, as an answer to a post that speaks to us."""

    address: str
    pointer: Pointer
    approved: Approved | None = None
    repeatable = False

    def do(self, channel: Channel) -> Outcome:
        """Answer, if the post still is what was approved."""
        seen = _unchanged(channel, self.address, self.approved)
        return channel.point(seen, self.pointer) if isinstance(seen, Seen) else seen

    def find(self, channel: Channel, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look for our answer."""
        seen = channel.look_up(self.address)
        if not isinstance(seen, Seen):
            return CannotLook(seen.reason)
        return channel.find_point(seen, self.pointer, since)


@dataclass(frozen=True)
class Correcting:
    """Our post at an address is to read as *post* does."""

    address: str
    post: Post
    #: whether its words tell a corrected post from the former one
    telling: bool = True
    repeatable = True

    def do(self, channel: Channel) -> Outcome:
        """Edit it; it keeps its address."""
        outcome = channel.edit(self.address, self.post)
        return replace(outcome, url=self.address) if isinstance(outcome, Posted) else outcome

    def find(self, channel: Channel, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look whether it reads so already."""
        seen = channel.look_up(self.address)
        if not isinstance(seen, Seen):
            return CannotLook(seen.reason)
        shown = [self.post.warning if channel.abilities.warning else '', self.post.text]
        if canonical(seen.text) != canonical('\n\n'.join(filter(None, shown))):
            return NotFound()
        if not self.telling:
            return CannotLook(Reason('delivery-words-alike'))
        return Posted(seen.remote_id, self.address)


@dataclass(frozen=True)
class Removing:
    """Our post or share at an address is to be taken down."""

    address: str
    repeatable = True

    def do(self, channel: Channel) -> Removal:
        """Take it down."""
        return channel.delete(self.address)

    def find(self, channel: Channel, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look whether it still stands (``Posted``).

        A network that does not show it may have its reasons beside that it is gone: that it is gone is
        told by taking it down once more.
        """
        seen = channel.look_up(self.address)
        if isinstance(seen, Seen):
            return Posted(seen.remote_id, self.address)
        return CannotLook(seen.reason)


def _unchanged(
    channel: Channel, address: str, approved: Approved | None
) -> Seen | Refused | TryLater:
    """Somebody's post, if it still is what the approver saw (DESIGN, section 4, rule 6)."""
    seen = channel.look_up(address)
    if not isinstance(seen, Seen) or approved is None:
        return seen
    times = filter(None, (seen.created, seen.edited, seen.known))
    fact = PostFact(seen.public, max(times))
    trouble = seen.doubt or post_unchanged(approved, {address: fact})
    return Refused(trouble) if trouble else seen


@dataclass(frozen=True)
class Words:
    """What the desk's configuration adds to an item: its name, a channel's language, the sentences."""

    desk: str
    language: str
    pointers: dict[str, str]


def key_for(desk: str, item_id: str, revid: int, place: str) -> str:
    """The idempotency key of one part: the same for every try, on every machine."""
    words = f'mwsocial 1\n{desk}\n{item_id}\n{revid}\n{channel_of(place)}\n{part_of(place) - 1}'
    return hashlib.sha256(words.encode()).hexdigest()


def post_for(
    item: Item, place: str, words: Words, revid: int, *,
    images: tuple[Image, ...] = (), after: str = '', root: str = '',
) -> Post:  # fmt: skip
    """The post that *item*, as its approved revision *revid* holds it, makes at *place*.

    Images go with the first part of a thread; *after* and *root* are the addresses of the parts before.
    """
    texts = parts_of(item, channel_of(place))
    number = part_of(place)
    return Post(
        text=texts[number - 1] if number <= len(texts) else '',
        key=key_for(words.desk, item.id, revid, place),
        language=item.content.get('language', '') or words.language,
        warning=item.content.get('warning', ''),
        images=images if number == 1 else (),
        after=after,
        root=root,
    )


def _words(post: Post) -> tuple[str, str]:
    return canonical(post.text), canonical(post.warning)


def deed_for(
    record: Record, item: Item | None, place: str, words: Words, *,
    images: tuple[Image, ...] = (), after: str = '', root: str = '',
    approved: Approved | None = None, old: Item | None = None,
) -> Deed | Reason:  # fmt: skip
    """What the claim *record* is for. *item*: as the revision holds it that the claim names (not needed
    to take a post down); *old*: as the post has it that is to be corrected. A reason where it cannot be
    done.
    """
    if record.kind == 'deleting':
        return Removing(record.address)
    if item is None:
        return Reason('delivery-no-answer')
    revid = record.revid
    kind = (*kinds(item), '')[0]
    key = key_for(words.desk, item.id, revid, place)
    if kind == 'share':
        return Sharing(item.content['share'], key, approved)
    if kind == 'point':
        name = item.content.get('pointer', '')
        sentence = words.pointers.get(name)
        if not sentence:
            return Reason('delivery-no-pointer', (name,))
        language = item.content.get('language', '') or words.language
        return Pointing(item.content['point'], Pointer(name, sentence, key, language), approved)
    post = post_for(item, place, words, revid, images=images, after=after, root=root)
    if record.kind == 'editing':
        before = post_for(old, place, words, record.words_of) if old else None
        telling = before is None or _words(before) != _words(post)
        return Correcting(record.address, post, telling)
    return Creating(post)
