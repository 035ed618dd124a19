"""The Bluesky channel: one account on one server (PDS) of the AT Protocol."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

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
from mwsocial.channels.bluesky.feeds import Feeds
from mwsocial.channels.bluesky.others import Others
from mwsocial.channels.bluesky.own import IMAGE_BYTES, IMAGES, OwnPosts
from mwsocial.channels.bluesky.records import Place, place_of_post, sane_did, sane_handle
from mwsocial.channels.bluesky.repository import Repository
from mwsocial.channels.bluesky.session import Me, Xrpc
from mwsocial.channels.bluesky.store import Store
from mwsocial.channels.transport import READ_TIME, origin_of
from mwsocial.reason import Reason

#: A record keeps its key for ever.
_KEY_LIFETIME = timedelta(days=36_500)
_SETTLED_AFTER = timedelta(seconds=60)
_LONGEST_PASSWORD = 256
_T = TypeVar('_T')


class BlueskyChannel:
    """One account on Bluesky (``mwsocial.channels.base.Channel``).

    Only its own server is ever spoken to, which passes questions about posts of others on to the AppView
    it works with.
    """

    network = 'bluesky'
    abilities: Abilities = ABILITIES['bluesky']
    key_lifetime: timedelta | None = _KEY_LIFETIME
    settled_after: timedelta | None = _SETTLED_AFTER

    def __init__(
        self, name: str, url: str, handle: str, app_password: str, account: str = '', *,
        cache: Path | None = None,
        read_time: float = READ_TIME,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        """*url*: the address of the account's server, https except on the own machine. *handle*: what
        to log in with, a handle or a DID. *account*: the only account that anything is posted to, as a
        handle or a DID; '' for whichever that is. *cache*: a file that keeps the session between runs,
        and may be wiped at any time; None keeps it in memory.

        Raises ValueError, without the password in it, when one of them cannot be what it should.
        """
        identifier = handle.strip().removeprefix('@')
        identifier = sane_did(identifier) or sane_handle(identifier)
        if not identifier:
            raise ValueError('this is no handle')
        if not _may_be_password(app_password):
            raise ValueError('this is no app password')
        origin = origin_of(url)
        self.name = name
        self._expected = account.strip()
        self._now = now
        store = Store(cache, origin, identifier, app_password)
        self._xrpc = Xrpc(origin, identifier, app_password, store, read_time, now)
        self._repository = Repository(self._xrpc, now)
        self._own = OwnPosts(self._xrpc, self._repository, now)
        self._feeds = Feeds(self._xrpc, now)
        self._others = Others(self._xrpc, self._repository, self._own, self._feeds, now)

    def secrets(self) -> Sequence[str]:
        """The app password and the tokens of the session."""
        return self._xrpc.secrets()

    def weigh(self, text: str, warning: str = '') -> int:
        """The length as Bluesky counts it: graphemes, or tenths of bytes where these are more."""
        return counting.bluesky_length(text, warning)

    def limits(self) -> Limits | CannotLook:
        """What the lexicons of posts and of images allow; no server says anything else."""
        usual = counting.usual_limits('bluesky')
        assert usual is not None
        return replace(usual, images=IMAGES, image_bytes=IMAGE_BYTES)

    def account(self) -> Account | Refused | TryLater:
        """Whose app password it is, asked anew: the handle."""
        me = self._xrpc.me(anew=True)
        if not isinstance(me, Me):
            return me
        return Account(me.handle, f'https://bsky.app/profile/{me.did}', me.active)

    # -- our own posts --------------------------------------------------------------------------

    def post(self, post: Post) -> Outcome:
        """Create one post under a key that *post.key* decides; where it is already, that is it."""
        return self._as_us(lambda me: self._own.post(me, post))

    def find(self, post: Post, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look for *post* under its key. That is exact: *since* does not matter."""
        return _lookup(self._as_us(lambda me: self._own.find(me, post, ignoring)))

    def edit(self, url: str, post: Post) -> Outcome:
        """Refused: Bluesky shows posts as they were first made."""
        return Refused(Reason('bluesky-no-edit'))

    def delete(self, url: str) -> Removal:
        """Take our post at *url* down, or our repost of the post of somebody at *url*."""
        return self._as_us(lambda me: self._delete(me, url))

    def _delete(self, me: Me, url: str) -> Removal:
        place = place_of_post(url)
        if place is None:
            return Refused(Reason('bluesky-no-post', (url,)))
        if me.is_called(place.who):
            return self._repository.delete(Place(me.did, place.key))
        if not sane_did(place.who):
            did = self._own.resolve(place.who)
            if not isinstance(did, str):
                return did
            if not did:
                return Refused(Reason('bluesky-no-account', (place.who,)))
            place = Place(did, place.key)
        if me.is_called(place.who):
            return self._repository.delete(place)
        return self._others.unshare(me, place)

    def cost(self, post: Post) -> float:
        """Nothing."""
        return 0.0

    def spent(self, since: datetime) -> float | CannotLook:
        """Nothing."""
        return 0.0

    def ours(self, since: datetime) -> Sequence[OwnPost] | CannotLook:
        """Our posts since *since* (UTC), oldest first, as the AppView shows them."""
        found = self._as_us(lambda me: self._feeds.ours(me, since))
        return CannotLook(found.reason) if isinstance(found, Refused | TryLater) else found

    # -- posts of others --------------------------------------------------------------------------

    def look_up(self, url: str) -> Seen | Refused | TryLater:
        """The post at *url* (https://bsky.app/profile/NAME/post/KEY). Where the server has no AppView,
        only our own posts can be looked up.
        """
        return self._as_us(lambda me: self._others.look_up(me, url))

    def share(self, seen: Seen, key: str) -> Outcome:
        """Repost a post. Whatever *key* is, there is one repost of a post at the most."""
        return self._as_us(lambda me: self._others.share(me, seen))

    def find_share(self, seen: Seen, since: datetime) -> Lookup:
        """Look whether we have reposted this post, at any time."""
        return _lookup(self._as_us(lambda me: self._others.find_share(me, seen)))

    def shares_since(self, since: datetime) -> int | CannotLook:
        """How many reposts we have made since *since* (UTC)."""
        found = self._as_us(lambda me: self._others.shares_since(me, since))
        return CannotLook(found.reason) if isinstance(found, Refused | TryLater) else found

    def point(self, seen: Seen, pointer: Pointer) -> Outcome:
        """Answer a post that mentions or answers us; there is one answer in a conversation."""
        return self._as_us(lambda me: self._others.point(me, seen, pointer))

    def find_point(self, seen: Seen, pointer: Pointer, since: datetime) -> Lookup:
        """Look for our answer with this sentence to this post, made at any time."""
        return _lookup(self._as_us(lambda me: self._others.find_point(me, seen, pointer)))

    def mentions(self, cursor: str) -> Batch | Refused | TryLater:
        """Posts that mention, answer or quote us since *cursor*."""
        return self._as_us(lambda me: self._feeds.mentions(me, cursor))

    def timeline(self, cursor: str) -> Batch | Refused | TryLater:
        """Posts of the accounts that we follow since *cursor*."""
        return self._as_us(lambda me: self._feeds.timeline(me, cursor))

    def search(self, words: str, cursor: str) -> Batch | Refused | TryLater:
        """Posts that hold *words* since *cursor*."""
        return self._as_us(lambda me: self._feeds.search(me, words, cursor))

    def follow(self, account: str) -> Followed | Refused | TryLater:
        """Follow *account*, a handle."""
        return self._as_us(lambda me: self._others.follow(me, account))

    def following(self) -> Sequence[str] | Refused | TryLater:
        """The handles of the accounts that we follow."""
        return self._as_us(self._feeds.following)

    def counts(self) -> Counts | Refused | TryLater:
        """Followers, followed accounts and posts of ours."""
        return self._as_us(self._feeds.counts)

    def _as_us(self, act: Callable[[Me], _T]) -> _T | Refused | TryLater:
        """What *act* gives, done as the account that the configuration names, or not done."""
        me = self._xrpc.me()
        if not isinstance(me, Me):
            return me
        if self._expected and not me.is_called(self._expected):
            names = (self.name, me.handle, self._expected)
            return Refused(Reason('channels-other-account', names))
        return act(me)


def _lookup(found: Lookup | Refused | TryLater) -> Lookup:
    return CannotLook(found.reason) if isinstance(found, Refused | TryLater) else found


def _may_be_password(word: str) -> bool:
    return 0 < len(word) <= _LONGEST_PASSWORD and all('!' <= sign <= '~' for sign in word)
