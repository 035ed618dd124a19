"""The Mastodon channel: one account on one server that speaks Mastodon's API."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mwsocial.channels import counting
from mwsocial.channels.abilities import ABILITIES
from mwsocial.channels.base import (
    Abilities,
    Account,
    Batch,
    CannotLook,
    Counts,
    Followed,
    Limits,
    Lookup,
    Outcome,
    OwnPost,
    Pointer,
    Post,
    Refused,
    Removal,
    Seen,
    TryLater,
)
from mwsocial.channels.mastodon import (
    correcting,
    instance,
    people,
    pointing,
    posting,
    reading,
    sharing,
    statuses,
)
from mwsocial.channels.mastodon.client import Client
from mwsocial.channels.transport import READ_TIME

#: Mastodon keeps keys for an hour, by its own clock; a margin for clocks and slow requests.
_KEY_LIFETIME = timedelta(minutes=55)
_SETTLED_AFTER = timedelta(seconds=60)


class MastodonChannel:
    """One account on one server with Mastodon's API (``mwsocial.channels.base.Channel``).

    Nothing is done with the token of another account than the one that the configuration names.
    """

    network = 'mastodon'
    settled_after: timedelta | None = _SETTLED_AFTER

    def __init__(
        self, name: str, url: str, token: str, account: str = '', *,
        visibility: str = 'public',
        read_time: float = READ_TIME,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        """*url*: the server's address, https except on the own machine. *account*: ``@user@host``,
        the only account that anything is posted to; '' for whichever the token belongs to.
        *visibility*: of our posts, ``public`` or ``unlisted`` (left out of the public lists).

        Raises ValueError, without the token in it, when one of them cannot be used.
        """
        if visibility not in statuses.OPEN:
            raise ValueError('the visibility must be public or unlisted')
        self.name = name
        self._visibility = visibility
        self._sleep = sleep
        self._client = Client(name, url, token, account, read_time=read_time, now=now)

    @property
    def abilities(self) -> Abilities:
        """What can be done here."""
        return ABILITIES[self.network]

    @property
    def key_lifetime(self) -> timedelta | None:
        """55 minutes where the server is a Mastodon; None where it is something else, or does not
        say: other servers may ignore keys.
        """
        about = self._client.about()
        known = not isinstance(about, CannotLook) and instance.is_mastodon(about)
        return _KEY_LIFETIME if known else None

    def secrets(self) -> Sequence[str]:
        """The access token."""
        return self._client.secrets()

    def weigh(self, text: str, warning: str = '') -> int:
        """The length as Mastodon counts it: graphemes, addresses 23, ``@user@host`` as ``@user``."""
        return counting.mastodon_length(text, warning)

    def limits(self) -> Limits | CannotLook:
        """What the server says that it takes; Mastodon's defaults for what it does not say."""
        about = self._client.about()
        return about if isinstance(about, CannotLook) else instance.limits(about)

    def account(self) -> Account | Refused | TryLater:
        """Whose token it is, asked anew: ``@user@host``, and whether it may post, where that is told.
        Mastodon's tokens do not expire.
        """
        self._client.forget()
        found = self._client.identity()
        if not isinstance(found, tuple):
            return found
        return replace(found[1], may_post=people.may_post(self._client))

    # Our own posts.

    def post(self, post: Post) -> Outcome:
        """Create one post. Images are uploaded before; nothing of that is visible to anybody."""
        return posting.post(self._client, post, self._visibility, self._sleep)

    def find(self, post: Post, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look for *post* among our posts, public and unlisted ones, since *since* (UTC)."""
        return posting.find(self._client, post, since, ignoring)

    def edit(self, url: str, post: Post) -> Outcome:
        """Make our post at the address *url* read as *post* does, with its images and no others. Its
        address and its visibility stay. Refused where it is gone, or not ours.
        """
        return correcting.edit(self._client, url, post, self._sleep)

    def delete(self, url: str) -> Removal:
        """Take down our post, or our share of the post of others, at the address *url*."""
        return correcting.delete(self._client, url)

    def cost(self, post: Post) -> float:
        """Posting costs nothing."""
        return 0.0

    def spent(self, since: datetime) -> float | CannotLook:
        """Posting costs nothing."""
        return 0.0

    def ours(self, since: datetime) -> Sequence[OwnPost] | CannotLook:
        """Our public and unlisted posts since *since* (UTC), oldest first."""
        return posting.ours(self._client, since)

    # Posts of others.

    def look_up(self, url: str) -> Seen | Refused | TryLater:
        """The public or unlisted post at the address *url*, anywhere in the fediverse."""
        return reading.look_up(self._client, url)

    def share(self, seen: Seen, key: str) -> Outcome:
        """Boost the post. Mastodon has no key for that, and needs none: there is one boost at most."""
        return sharing.share(self._client, seen)

    def find_share(self, seen: Seen, since: datetime) -> Lookup:
        """Whether we have boosted this post."""
        return sharing.find_share(self._client, seen, since)

    def shares_since(self, since: datetime) -> int | CannotLook:
        """How many posts of others we have boosted since *since* (UTC), and still do."""
        return sharing.shares_since(self._client, since)

    def point(self, seen: Seen, pointer: Pointer) -> Outcome:
        """Answer a post that speaks to us: ``@user@host`` and the whole sentence, unlisted."""
        return pointing.point(self._client, seen, pointer)

    def find_point(self, seen: Seen, pointer: Pointer, since: datetime) -> Lookup:
        """Look for our answer with this sentence to this post since *since* (UTC)."""
        return pointing.find_point(self._client, seen, pointer, since)

    def mentions(self, cursor: str) -> Batch | Refused | TryLater:
        """Posts that mention or answer us since *cursor* ('': the newest ones), without gaps."""
        return reading.mentions(self._client, cursor)

    def timeline(self, cursor: str) -> Batch | Refused | TryLater:
        """Posts of the accounts that we follow since *cursor*, without what they only share."""
        return reading.timeline(self._client, cursor)

    def search(self, words: str, cursor: str) -> Batch | Refused | TryLater:
        """Posts with a hashtag, or that the server's search finds, since *cursor*."""
        return reading.search(self._client, words, cursor)

    def follow(self, account: str) -> Followed | Refused | TryLater:
        """Follow *account* (``@user@host``)."""
        return people.follow(self._client, account)

    def following(self) -> Sequence[str] | Refused | TryLater:
        """The accounts that we follow, ``@user@host`` each."""
        return people.following(self._client)

    def counts(self) -> Counts | Refused | TryLater:
        """Followers, followed accounts and posts of ours."""
        return people.counts(self._client)
