"""What the status page says, as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from mwsocial.reason import Reason


class State(Enum):
    """How a channel, a source or a step is."""

    FINE = 'fine'
    #: it cannot be reached now, and is tried again by itself
    LATER = 'later'
    #: somebody must do something
    PERSON = 'person'


@dataclass(frozen=True)
class Health:
    """How one thing is. ``kind``: ``channel``, ``source`` or ``step``. ``reason``: why it is not fine, or
    what there is to say of it. ``since`` (UTC): filled in from what the page said before.
    """

    kind: str
    name: str
    state: State
    reason: Reason | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Need:
    """Something that a person must see to. ``link``: a page of the wiki, with its section where there is
    one, or ''. ``name``: what it is about, an item's id for instance. ``step``: which step of a run has
    found it.
    """

    name: str
    reason: Reason
    link: str = ''
    since: datetime | None = None
    step: str = ''


@dataclass(frozen=True)
class Spent:
    """What a month has cost on one channel so far, and what it may cost, in the account's currency."""

    channel: str
    amount: float
    cap: float


@dataclass(frozen=True)
class Next:
    """What goes out next, and when (UTC)."""

    item_id: str
    time: datetime


@dataclass(frozen=True)
class Status:
    """The whole page. ``ran`` and ``good`` (UTC): when the last run, and the last one in which every step
    worked, ended; None before there was one.

    ``undecided``: how many things wait for a decision, by page title.
    """

    ran: datetime | None = None
    good: datetime | None = None
    stopped: Reason | None = None
    needs: tuple[Need, ...] = ()
    health: tuple[Health, ...] = ()
    queue: Mapping[str, int] = field(default_factory=dict)
    following: Next | None = None
    undecided: Mapping[str, int] = field(default_factory=dict)
    spent: tuple[Spent, ...] = ()


def carried(
    status: Status,
    old: Status | None,
    now: datetime,
    looked: Callable[[Health], bool],
    ran: Callable[[str], bool],
) -> Status:
    """*status* with what only the page before (*old*) knows.

    What stands there unchanged has been so since then, all else since *now* (UTC). What this run has not
    *looked* at (a source is not asked in every run) is as it was, and so is what steps have found that
    it has not *ran*.
    """
    before = old or Status()
    health_before = {(one.kind, one.name): one for one in before.health}
    needs_before = {(one.step, one.name, one.reason.key): one for one in before.needs}
    health = [
        replace(one, since=_since(one.state, health_before.get((one.kind, one.name)), now))
        for one in status.health
    ]
    health += [one for one in before.health if not looked(one)]
    needs = [one for one in before.needs if not ran(one.step)]
    for one in status.needs:
        known = needs_before.get((one.step, one.name, one.reason.key))
        needs.append(replace(one, since=known.since if known and known.since else now))
    return replace(
        status,
        health=tuple(sorted(health, key=lambda one: (one.kind, one.name))),
        needs=tuple(sorted(needs, key=lambda one: (one.link, one.name, one.reason.key, one.step))),
    )


def _since(state: State, known: Health | None, now: datetime) -> datetime:
    return known.since if known and known.since and known.state is state else now


def troubled(health: Iterable[Health]) -> bool:
    """Whether a person must see to any of these."""
    return any(one.state is State.PERSON for one in health)
