"""From claims to posts and from outcomes to records: what is sent is taken from the approved revision."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mwsocial.channels.base import (
    CannotLook,
    Channel,
    Lookup,
    NotFound,
    Outcome,
    Post,
    Posted,
    Refused,
    TryLater,
    Unknown,
)
from mwsocial.desk.item import Item
from mwsocial.desk.records import Record
from mwsocial.desk.standing import STALE, waiting_words
from mwsocial.desk.validity import text_for
from mwsocial.reason import Reason
from mwsocial.wiki.escape import safe_address

#: How long a claim whose outcome cannot be looked up stays ``sending`` before a person is asked.
ASK_A_PERSON = timedelta(hours=1)


class Looker(Protocol):
    """Where an own post can be looked for: the reading half of a channel."""

    @property
    def key_lifetime(self) -> timedelta | None:
        """See ``Channel``."""
        ...

    @property
    def settled_after(self) -> timedelta | None:
        """See ``Channel``."""
        ...

    def find(self, post: Post, since: datetime, ignoring: Collection[str]) -> Lookup:
        """See ``Channel.find``."""
        ...


def key_for(desk: str, item_id: str, revid: int, channel: str, part: int = 0) -> str:
    """The idempotency key of one part: the same for every try, on every machine."""
    words = f'mwsocial 1\n{desk}\n{item_id}\n{revid}\n{channel}\n{part}'
    return hashlib.sha256(words.encode()).hexdigest()


def post_for(item: Item, channel: str, desk: str, revid: int, language: str) -> Post:
    """The post that *item*, as its approved revision *revid* holds it, makes on *channel*."""
    return Post(
        text=text_for(item, channel),
        key=key_for(desk, item.id, revid, channel),
        language=item.content.get('language', '') or language,
        warning=item.content.get('warning', ''),
    )


@dataclass(frozen=True)
class Settled:
    """What looking for an uncertain post has brought: a record, or leave to send it again."""

    record: Record | None = None
    again: bool = False


def record_for(
    outcome: Outcome, revid: int, now: datetime, safe: Callable[[str], str]
) -> Record | None:
    """The record that an outcome makes; None where the claim must stand on, since nobody knows."""
    if isinstance(outcome, Posted):
        return Record('posted', now, revid, _address(outcome.url))
    if isinstance(outcome, Refused):
        return Record('failed', now, revid, safe(outcome.reason.text()))
    if isinstance(outcome, TryLater):
        words = safe(outcome.reason.text())
        return Record('waiting', now, revid, waiting_words(outcome.not_before, words))
    return None


def look(
    channel: Looker, post: Post, record: Record, ignoring: Collection[str], now: datetime,
    safe: Callable[[str], str], *, may_send: bool,
) -> Settled:  # fmt: skip
    """Find out what became of a claim that nobody finished.

    *record* is the claim; *may_send* says whether its approval holds unchanged. Not being there is a
    proof only when the network would honour the same key still, or when its timeline is settled and
    nobody else can still be sending (the claim is stale).
    """
    found = channel.find(post, record.since, ignoring)
    if isinstance(found, Posted):
        return Settled(Record('posted', now, record.revid, _address(found.url)))
    age = now - record.time
    if isinstance(found, CannotLook):
        if age < ASK_A_PERSON:
            return Settled()
        return Settled(Record('unconfirmed', now, record.revid, safe(found.reason.text())))
    settled = channel.settled_after is not None and age >= STALE + channel.settled_after
    # The network counts from the first try; a later claim makes its memory no longer.
    keyed = channel.key_lifetime is not None and now - record.since < channel.key_lifetime
    if not may_send:
        if settled:
            words = Reason('delivery-void').text()
            return Settled(Record('released', now, record.revid, words))
        if keyed:
            return Settled()
    elif settled or keyed:
        return Settled(again=True)
    words = Reason('delivery-no-answer').text()
    return Settled(Record('unconfirmed', now, record.revid, words))


def send(
    channel: Channel, post: Post, record: Record, previous: Record | None,
    ignoring: Collection[str],
    may_send: Callable[[], bool],
) -> Outcome:  # fmt: skip
    """Send one post under a claim that stands.

    Where an earlier claim for the same post was left behind (*previous*), look once more: its run may
    have sent it. After a lost answer look at once, so that the record need not wait for the next run.
    """
    if previous and previous.kind == 'sending':
        found = channel.find(post, previous.since, ignoring)
        if isinstance(found, Posted):
            return found
        if not isinstance(found, NotFound):
            return Unknown(found.reason)
    # Looking takes time: the lease is asked right before the request that creates.
    if not may_send():
        return Unknown(Reason('delivery-late-run'))
    outcome = channel.post(post)
    if isinstance(outcome, Unknown):
        found = channel.find(post, record.time, ignoring)
        if isinstance(found, Posted):
            return found
    return outcome


def _address(url: str) -> str:
    """Where it was posted: a network's address made safe, or a link on this wiki as it is."""
    return url if url.startswith('Special:') else safe_address(url)
