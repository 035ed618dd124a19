"""From claims to deeds and from outcomes to records."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from mwsocial.channels.base import (
    CannotLook,
    Channel,
    Deleted,
    Lookup,
    NotFound,
    Outcome,
    Posted,
    Refused,
    Removal,
    TryLater,
    Unknown,
)
from mwsocial.channels.transport import only_while
from mwsocial.delivery.deeds import Deed
from mwsocial.desk.records import Record
from mwsocial.desk.standing import STALE, waiting_words
from mwsocial.desk.times import show_time
from mwsocial.errors import TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki.escape import safe_address

#: How long a claim whose outcome cannot be looked up stays open before a person is asked.
ASK_A_PERSON = timedelta(hours=1)
#: How long a change is tried that a network does not take now, before a person is asked.
GIVE_UP = timedelta(days=1)
#: When a change that a network did not take now is tried again, where it does not say itself.
TRY_AGAIN = timedelta(hours=1)


#: Looks for one deed: since when (UTC), and the addresses to leave out.
Find = Callable[[datetime, Collection[str]], Lookup | Removal]


class Place(Protocol):
    """Where something can be looked for."""

    @property
    def key_lifetime(self) -> timedelta | None:
        """See ``Channel``."""
        ...

    @property
    def settled_after(self) -> timedelta | None:
        """See ``Channel``."""
        ...


@dataclass(frozen=True)
class Looking:
    """How to look for one deed: *find* takes since when (UTC) and the addresses to leave out."""

    place: Place
    find: Find
    repeatable: bool = False


@dataclass(frozen=True)
class Settled:
    """What looking for an uncertain deed has brought: a record, or leave to do it again."""

    record: Record | None = None
    again: bool = False


def record_for(
    outcome: Outcome | Removal, claim: Record, now: datetime, safe: Callable[[str], str]
) -> Record | None:
    """The record that an outcome makes; None where the claim must stand on, since nobody knows.

    *safe* makes a network's words fit for a template on the wiki.
    """
    if isinstance(outcome, Posted):
        return Record('posted', now, claim.revid, _address(outcome.url))
    if isinstance(outcome, Deleted):
        return Record('deleted', now, claim.revid, f'{claim.address} {claim.words_of}')
    if isinstance(outcome, Unknown):
        return None
    words = safe(outcome.reason.said())
    if claim.kind != 'sending':
        until = None
        if isinstance(outcome, TryLater):
            until = outcome.not_before or now + TRY_AGAIN
        return kept(claim, now, words, until)
    if isinstance(outcome, Refused):
        return Record('failed', now, claim.revid, words)
    return Record('waiting', now, claim.revid, waiting_words(outcome.not_before, words))


def kept(claim: Record, now: datetime, words: str, until: datetime | None = None) -> Record:
    """The post that a claim was about stands as it was; *until*: when the change is tried again."""
    mark = show_time(until) if until else '-'
    return Record('kept', now, claim.revid, f'{mark} {claim.words_of} {claim.address} {words}')


def at_last(
    record: Record | None, outcome: Outcome | Removal, claim: Record, previous: Record | None,
    now: datetime, safe: Callable[[str], str],
) -> Record | None:  # fmt: skip
    """*record*, or one that asks a person where a post has not been changed or taken down for too long:
    an hour of unclear answers, a day of "not now". *previous* is what stood before *claim*.
    """
    if not isinstance(outcome, Unknown | TryLater) or claim.kind == 'sending' or previous is None:
        return record
    patience = ASK_A_PERSON if isinstance(outcome, Unknown) else GIVE_UP
    same = previous.revid == claim.revid and previous.address == claim.address
    if not same or now - previous.since < patience:
        return record
    return kept(claim, now, safe(outcome.reason.said()))


@dataclass(frozen=True)
class Bar:
    """Why what was claimed may not be done again: for good, or (*later*) only now."""

    reason: Reason
    later: bool = False


def look(
    looking: Looking, record: Record, ignoring: Collection[str], now: datetime,
    safe: Callable[[str], str], bar: Bar | None,
) -> Settled:  # fmt: skip
    """Find out what became of a claim that nobody finished.

    *record* is the claim; *bar*: what stands against doing it again, if anything does. Not being there is
    a proof only when the network would honour the same key still, or when its timeline is settled and
    nobody else can still be sending (the claim is stale).
    """
    found = looking.find(record.since, ignoring)
    if isinstance(found, Deleted):
        return Settled(Record('deleted', now, record.revid, f'{record.address} {record.words_of}'))
    if isinstance(found, Posted):
        revid = record.words_of if record.kind == 'deleting' else record.revid
        return Settled(Record('posted', now, revid, _address(found.url)))
    age = now - record.time
    if not isinstance(found, NotFound):
        if age < ASK_A_PERSON:
            return Settled()
        words = safe(found.reason.said())
        if record.kind != 'sending':
            return Settled(kept(record, now, words))
        return Settled(Record('unconfirmed', now, record.revid, words))
    if record.kind == 'editing':
        old = Record('posted', now, record.words_of, record.address)
        return Settled(old) if bar else Settled(again=True)
    after, lifetime = looking.place.settled_after, looking.place.key_lifetime
    settled = after is not None and age >= STALE + after
    # The network counts from the first try; a later claim makes its memory no longer.
    keyed = lifetime is not None and now - record.since < lifetime
    if bar:
        if settled:
            return Settled(Record('released', now, record.revid, safe(bar.reason.said())))
        if keyed or (bar.later and looking.repeatable):
            return Settled()
    elif settled or keyed or looking.repeatable:
        return Settled(again=True)
    words = Reason('delivery-no-answer').said()
    return Settled(Record('unconfirmed', now, record.revid, words))


def send(
    channel: Channel, deed: Deed, record: Record, previous: Record | None,
    ignoring: Collection[str],
    may_send: Callable[[], bool],
) -> Outcome | Removal:  # fmt: skip
    """Do one deed under a claim that stands.

    Where an earlier claim for the same deed was left behind (*previous*), look once more: its run may
    have done it. After a lost answer look at once, so that the record need not wait for the next run.
    """
    if previous and previous.kind == 'sending':
        found = find(partial(deed.find, channel), previous.since, ignoring)
        if isinstance(found, Posted):
            return found
        if not isinstance(found, NotFound | Deleted) and not deed.repeatable:
            return Unknown(found.reason)
    # Looking takes time, and so does what comes before the request that matters: the lease is asked
    # right before each one that changes something.
    if not may_send():
        late = Reason('delivery-late-run')
        return Unknown(late) if previous and previous.kind == 'sending' else TryLater(late)
    outcome: Outcome | Removal
    try:
        with only_while(may_send):
            outcome = deed.do(channel)
    except Exception as error:  # a fault of ours must not keep other items from being sent
        outcome = Unknown(Reason('delivery-fault', (type(error).__name__,)))
    if isinstance(outcome, Unknown):
        found = find(partial(deed.find, channel), record.time, ignoring)
        if isinstance(found, Deleted) or (isinstance(found, Posted) and record.kind != 'deleting'):
            return found
    return outcome


def find(ask: Find, since: datetime, ignoring: Collection[str]) -> Lookup | Removal:
    """What *ask* finds. No channel raises; if one does all the same, nothing is known, and other items
    and channels go on.
    """
    try:
        return ask(since, ignoring)
    except TemporaryError:  # of the wiki, in which the news are looked for
        raise
    except Exception as error:
        return CannotLook(Reason('delivery-fault', (type(error).__name__,)))


def _address(url: str) -> str:
    """Where it was posted: a network's address made safe, or a link on this wiki as it is."""
    return url if url.startswith('Special:') else safe_address(url)
