"""What every channel can do and say: one small interface, outcomes as types.

A channel is one account on one network. Nothing here touches a network.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mwsocial.reason import Reason

#: The wiki's clock, by which it is said since when something is looked for, and a network's may differ by
#: so much.
CLOCKS = timedelta(minutes=10)


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

    ``key`` is the idempotency key: the same for every try of the same part. In a thread of our own
    posts, ``after`` is the address of the part before this one and ``root`` that of the first part;
    both are '' for a first or only part.
    """

    text: str
    key: str
    language: str = ''
    warning: str = ''
    images: tuple[Image, ...] = ()
    after: str = ''
    root: str = ''


@dataclass(frozen=True)
class Pointer:
    """A reply that points somebody to the right place: the only reply there is.

    ``sentence`` is a pre-written one of the protected configuration, whole; ``name`` is its key there.
    """

    name: str
    sentence: str
    key: str
    language: str = ''


@dataclass(frozen=True)
class Limits:
    """What the network takes. Lengths are in the network's own weight (``Channel.weigh``), the length
    of an alternative text in characters. ``image_bytes`` and ``image_side`` (pixels): the largest image
    that is sent as it is; a larger one is scaled down before. ``media_types``: what images may be.
    """

    length: int
    images: int = 4
    alt_length: int = 1500
    image_bytes: int = 5_000_000
    image_side: int = 4096
    media_types: tuple[str, ...] = ('image/jpeg', 'image/png', 'image/gif', 'image/webp')


@dataclass(frozen=True)
class Abilities:
    """What a network can do at all, as far as the desk uses it."""

    threads: bool = True
    images: bool = True
    share: bool = True
    point: bool = True
    edit: bool = False
    edit_images: bool = False
    delete: bool = True
    warning: bool = False
    follow: bool = True


# Outcomes of one attempt to create, share, answer, edit or delete something.


@dataclass(frozen=True)
class Posted:
    """The network confirmed the post (or the lookup found it). For a share ``url`` is where the shared
    post stands; for an edit, the post that was edited.
    """

    remote_id: str
    url: str


@dataclass(frozen=True)
class Deleted:
    """The network confirmed that the post is gone, or it was gone already."""


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
Removal = Deleted | Refused | TryLater | Unknown


# Results of looking for an own post.


@dataclass(frozen=True)
class NotFound:
    """The timeline was read back to before the given time, and the post is not there."""


@dataclass(frozen=True)
class CannotLook:
    """The timeline could not be read (far enough); nothing is known."""

    reason: Reason


Lookup = Posted | NotFound | CannotLook


# Posts of others, and the account itself.


@dataclass(frozen=True)
class Seen:
    """A post as the network shows it to us. ``remote_id`` is what this network's requests take.

    ``author`` is in the configuration's form (``@user@host`` on Mastodon, ``@user`` on X, the handle on
    Bluesky). ``public``: everybody may see it (unlisted ones, too). ``created`` and ``edited`` are aware
    UTC; ``known``: when the network itself came to know of it as it is, where it tells that (``created``
    is often what the author says). ``doubt``: why the address by which it was looked up does not say
    whose post it is, or not for ever. ``mentions_us`` and ``reply_to_us``: it speaks to our account.
    ``answered``: we have posted in its conversation already. ``shared``: we have shared it already.
    """

    remote_id: str
    url: str
    author: str
    text: str
    created: datetime
    public: bool
    ours: bool = False
    edited: datetime | None = None
    known: datetime | None = None
    doubt: Reason | None = None
    mentions_us: bool = False
    reply_to_us: bool = False
    answered: bool = False
    shared: bool = False
    conversation: str = ''


@dataclass(frozen=True)
class OwnPost:
    """A post of ours as the network shows it now: ``text`` in plain words, with whole addresses where
    they are told; ``url`` as records have it; ``created`` is aware UTC.

    ``answers``: it answers somebody, or goes on a thread of ours. ``reactions``: how often people have
    liked, shared, quoted or answered it; None where that is not told.
    """

    url: str
    text: str
    created: datetime
    answers: bool = False
    reactions: int | None = None


@dataclass(frozen=True)
class Batch:
    """Posts of others, oldest first, and where to go on: ``cursor`` is plain ASCII without white space
    and fit to stand on a wiki page. ``skipped`` counts posts that were passed over to keep within bounds
    and are never shown.
    """

    posts: tuple[Seen, ...] = ()
    cursor: str = ''
    skipped: int = 0


@dataclass(frozen=True)
class Counts:
    """How the account stands: numbers as the network gives them, None where it gives none."""

    followers: int | None = None
    following: int | None = None
    posts: int | None = None


@dataclass(frozen=True)
class Followed:
    """We follow the account (now, or did already, or it has been asked)."""

    name: str


@dataclass(frozen=True)
class Account:
    """Whose credential it is, as the network says; ``name`` in the configuration's form.

    ``may_post``: whether the network says that this credential may post; None where it does not tell.
    ``expires``: when the credential ends (UTC), where that is told.
    """

    name: str
    url: str = ''
    may_post: bool | None = None
    expires: datetime | None = None


class Channel(Protocol):
    """One account on one network. Every method bounds its time (60 s a request at the most) and
    turns every error of its library into one of the types above; none raises. What the network cannot do
    (``abilities``) is refused with a reason, without a request.

    A channel is used by one thread at a time.
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
    def abilities(self) -> Abilities:
        """What can be done here."""
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

    # Our own posts.

    def post(self, post: Post) -> Outcome:
        """Create one post with one request that creates; never repeated in here."""
        ...

    def find(self, post: Post, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look for *post* in our timeline since *since* (UTC), leaving out addresses *ignoring*."""
        ...

    def edit(self, url: str, post: Post) -> Outcome:
        """Make our post at the address *url* read as *post* does. Doing it twice does no harm."""
        ...

    def delete(self, url: str) -> Removal:
        """Take our post or share at the address *url* down. A post of others is never touched."""
        ...

    def cost(self, post: Post) -> float:
        """What one post costs, in the account's currency."""
        ...

    def spent(self, since: datetime) -> float | CannotLook:
        """What our posts since *since* (UTC) have cost."""
        ...

    def ours(self, since: datetime) -> Sequence[OwnPost] | CannotLook:
        """All public posts of ours since *since* (UTC), oldest first, whoever made them; without what we
        only share.
        """
        ...

    # Posts of others.

    def look_up(self, url: str) -> Seen | Refused | TryLater:
        """The post at the address *url*; Refused where it is gone, private, or no post."""
        ...

    def share(self, seen: Seen, key: str) -> Outcome:
        """Share a post of somebody with the network's own share function. Sharing what is already shared
        is ``Posted``.
        """
        ...

    def find_share(self, seen: Seen, since: datetime) -> Lookup:
        """Look whether we have shared this post, since *since* (UTC) or before."""
        ...

    def shares_since(self, since: datetime) -> int | CannotLook:
        """How many posts of others we have shared since *since* (UTC)."""
        ...

    def point(self, seen: Seen, pointer: Pointer) -> Outcome:
        """Answer a post that speaks to us with a pre-written sentence; refused for any other post, and
        where we have answered in that conversation already.
        """
        ...

    def find_point(self, seen: Seen, pointer: Pointer, since: datetime) -> Lookup:
        """Look for our answer with this sentence to this post."""
        ...

    def mentions(self, cursor: str) -> Batch | Refused | TryLater:
        """Posts that mention or answer us since *cursor* ('': the newest ones), without gaps."""
        ...

    def timeline(self, cursor: str) -> Batch | Refused | TryLater:
        """Posts of the accounts that we follow since *cursor*."""
        ...

    def search(self, words: str, cursor: str) -> Batch | Refused | TryLater:
        """Public posts that hold *words* (a hashtag with its #) since *cursor*."""
        ...

    def follow(self, account: str) -> Followed | Refused | TryLater:
        """Follow *account* (``@user@host``, ``@user``, a handle)."""
        ...

    def following(self) -> Sequence[str] | Refused | TryLater:
        """The accounts that we follow."""
        ...

    def counts(self) -> Counts | Refused | TryLater:
        """Followers, followed accounts and posts of ours."""
        ...

    def secrets(self) -> Sequence[str]:
        """The values that must never be printed."""
        ...
