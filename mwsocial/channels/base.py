"""What every channel can do and say: one small interface, outcomes as types.

A channel is one account on one network. Nothing here touches a network.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mwsocial.reason import Reason


@dataclass(frozen=True)
class Image:
    """An image to attach: the bytes of the approved version, and its alternative text."""

    name: str
    media_type: str
    data: bytes
    alt: str


@dataclass(frozen=True)
class Post:
    """One post to create: exactly these words.

    ``key`` is the idempotency key: the same for every try of the same part. ``after`` is the
    network's id of our own previous post in a thread, '' for a first or only part.
    """

    text: str
    key: str
    language: str = ''
    warning: str = ''
    images: tuple[Image, ...] = ()
    after: str = ''


@dataclass(frozen=True)
class Limits:
    """What the network takes. Lengths are in the network's own weight (``Channel.weigh``)."""

    length: int
    images: int = 4
    alt_length: int = 1500


# Outcomes of one attempt to create something.


@dataclass(frozen=True)
class Posted:
    """The network confirmed the post (or the lookup found it)."""

    remote_id: str
    url: str


@dataclass(frozen=True)
class Refused:
    """A definite no: nothing was created, and the same request will be refused again."""

    reason: Reason


@dataclass(frozen=True)
class TryLater:
    """Definitely nothing was created; later it may work (rate limit, maintenance, no credit)."""

    reason: Reason
    not_before: datetime | None = None


@dataclass(frozen=True)
class Unknown:
    """The request may have been carried out and no clear answer came: look before acting."""

    reason: Reason


Outcome = Posted | Refused | TryLater | Unknown


# Results of looking for an own post.


@dataclass(frozen=True)
class NotFound:
    """The timeline was read back to before the given time, and the post is not there."""


@dataclass(frozen=True)
class CannotLook:
    """The timeline could not be read (far enough); nothing is known."""

    reason: Reason


Lookup = Posted | NotFound | CannotLook


@dataclass(frozen=True)
class Account:
    """Whose credential it is, as the network says; ``name`` in the configuration's form."""

    name: str
    url: str = ''


class Channel(Protocol):
    """One account on one network. Every method bounds its time (60 s a request at the most) and
    turns every error of its library into one of the types above; none raises.
    """

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        ...

    @property
    def network(self) -> str:
        """The network it is on."""
        ...

    @property
    def key_lifetime(self) -> timedelta | None:
        """How long the network honours an idempotency key; None when it has none."""
        ...

    @property
    def settled_after(self) -> timedelta | None:
        """How long after the last possible send the own timeline certainly shows a post; None when
        there is no such certainty.
        """
        ...

    def limits(self) -> Limits | CannotLook:
        """What the network takes now (asked once a run)."""
        ...

    def weigh(self, text: str, warning: str = '') -> int:
        """The length of *text* as the network counts it."""
        ...

    def account(self) -> Account | Refused | TryLater:
        """Whose account the credential is for."""
        ...

    def post(self, post: Post) -> Outcome:
        """Create one post with one request that creates; never repeated in here."""
        ...

    def find(self, post: Post, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look for *post* in our timeline since *since* (UTC), leaving out addresses *ignoring*."""
        ...

    def secrets(self) -> Sequence[str]:
        """The values that must never be printed."""
        ...
