"""Posts of others on Bluesky: looked up, shared, and answered with a pre-written sentence only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from mwsocial.channels import answers
from mwsocial.channels.base import (
    CannotLook,
    Deleted,
    Followed,
    Lookup,
    NotFound,
    Outcome,
    Pointer,
    Posted,
    Refused,
    Removal,
    Seen,
    TryLater,
)
from mwsocial.channels.bluesky.feeds import Feeds
from mwsocial.channels.bluesky.own import OwnPosts, same_words
from mwsocial.channels.bluesky.records import (
    FOLLOW,
    POST,
    REPOST,
    Place,
    Ref,
    moment,
    place_of_post,
    place_of_uri,
    record_key,
    sane_did,
    sane_handle,
    sane_ref,
)
from mwsocial.channels.bluesky.repository import Record, Repository
from mwsocial.channels.bluesky.session import Me, Xrpc
from mwsocial.channels.bluesky.views import reply_of, seen_of
from mwsocial.channels.transport import Exchange
from mwsocial.reason import Reason


class Others:
    """What the account does with posts and accounts of others."""

    def __init__(
        self, xrpc: Xrpc, repository: Repository, own: OwnPosts, feeds: Feeds,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._xrpc = xrpc
        self._repository = repository
        self._own = own
        self._feeds = feeds
        self._now = now

    # -- looking ------------------------------------------------------------------------------

    def look_up(self, me: Me, url: str) -> Seen | Refused | TryLater:
        """The post at *url*, as we see it now."""
        found = self._view(me, url)
        if not isinstance(found, dict):
            return found
        seen = seen_of(found, me)
        if seen is None:
            return Refused(Reason('bluesky-gone', (url,)))
        if not seen.public:
            return Refused(Reason('bluesky-not-public', (url,)))
        if seen.mentions_us or seen.reply_to_us:
            answered = self._feeds.answered(me)
            if not isinstance(answered, frozenset):
                return answered
            seen = seen_of(found, me, answered) or seen
        place = place_of_post(url)
        if place and not sane_did(place.who):
            # Whoever has a handle can let another account have it, with another post under that key.
            return replace(seen, doubt=Reason('bluesky-by-handle', (url, seen.url)))
        return seen

    def _view(self, me: Me, url: str) -> dict[str, Any] | Refused | TryLater:
        """The post at *url* as the AppView shows it; one of our own also where there is no AppView."""
        place = place_of_post(url)
        if place is None:
            return Refused(Reason('bluesky-no-post', (url,)))
        did = me.did if me.is_called(place.who) else sane_did(place.who)
        if not did:
            resolved = self._own.resolve(place.who)
            if not isinstance(resolved, str):
                return resolved
            did = resolved
        if not did:
            return Refused(Reason('bluesky-gone', (url,)))
        place = Place(did, place.key)
        exchange = self._xrpc.get('app.bsky.feed.getPosts', [('uris', place.uri)])
        answer = exchange.json() if isinstance(exchange, Exchange) else None
        posts = answer.get('posts') if isinstance(answer, dict) else None
        if isinstance(exchange, Exchange) and exchange.status == 200 and isinstance(posts, list):
            there = [one for one in posts if isinstance(one, dict) and one.get('uri') == place.uri]
            return there[0] if there else Refused(Reason('bluesky-gone', (url,)))
        reason = self._xrpc.not_done(exchange)
        if reason.reason.key == 'bluesky-no-appview' and did == me.did:
            return self._own_view(me, place, url)
        return reason

    def _own_view(self, me: Me, place: Place, url: str) -> dict[str, Any] | Refused | TryLater:
        record = self._repository.read(place)
        if isinstance(record, NotFound):
            return Refused(Reason('bluesky-gone', (url,)))
        if isinstance(record, CannotLook):
            return TryLater(record.reason)
        author = {'did': me.did, 'handle': me.handle}
        made = record.value.get('createdAt')
        return record.ref.json() | {'author': author, 'record': record.value, 'indexedAt': made}

    def _as_it_was(self, me: Me, seen: Seen) -> dict[str, Any] | Refused | TryLater:
        """The post that *seen* shows, looked up again; Refused where it is another by now."""
        found = self._view(me, seen.remote_id)
        if not isinstance(found, dict):
            return found
        now = seen_of(found, me)
        if now is None:
            return Refused(Reason('bluesky-gone', (seen.url,)))
        if not now.public:
            return Refused(Reason('bluesky-not-public', (seen.url,)))
        return found if now.text == seen.text else Refused(Reason('bluesky-changed', (seen.url,)))

    # -- sharing ------------------------------------------------------------------------------

    def share(self, me: Me, seen: Seen) -> Outcome:
        """Repost *seen*. Its address decides the key, so that there is one repost of it at the most."""
        view = self._as_it_was(me, seen)
        if not isinstance(view, dict):
            return view
        subject = sane_ref(view)
        assert subject is not None  # else it would not have been seen
        there = self._reposted(me, view)
        if there is not None:
            return Posted(there.uri, seen.url)
        record = {'$type': REPOST, 'subject': subject.json(), 'createdAt': moment(self._now())}
        place = repost_place(me, subject.uri)
        made = self._repository.create(place, record, same_subject(subject.uri))
        return Posted(made.uri, seen.url) if isinstance(made, Ref) else made

    def find_share(self, me: Me, seen: Seen) -> Lookup:
        """Look for our repost of *seen*: under its key, then as the AppView knows it."""
        place = repost_place(me, seen.remote_id)
        found = self._repository.find(place, same_subject(seen.remote_id))
        if isinstance(found, Ref):
            return Posted(found.uri, seen.url)
        if isinstance(found, CannotLook):
            return found
        view = self._view(me, seen.remote_id)
        if isinstance(view, dict) and (there := self._reposted(me, view)):
            return Posted(there.uri, seen.url)
        # Whoever else shared it did so by hand, and a post that is gone is shared no more.
        return CannotLook(view.reason) if isinstance(view, TryLater) else NotFound()

    def shares_since(self, me: Me, since: datetime) -> int | CannotLook:
        """How many reposts we have made since *since*."""
        found = self._repository.since(me.did, REPOST, since)
        return found if isinstance(found, CannotLook) else len(found)

    def unshare(self, me: Me, place: Place) -> Removal:
        """Take our repost of the post of somebody at *place* down, under whatever key it is."""
        view = self._view(me, place.uri)
        if isinstance(view, TryLater):
            return view
        by_hand = self._reposted(me, view) if isinstance(view, dict) else None
        if by_hand is not None:
            removed = self._repository.delete(by_hand)
            if not isinstance(removed, Deleted):
                return removed
        return self._repository.delete(repost_place(me, place.uri))

    def _reposted(self, me: Me, view: Mapping[str, Any]) -> Place | None:
        """Our repost of the post in *view*, as the AppView tells it."""
        viewer = view.get('viewer')
        place = place_of_uri(viewer.get('repost')) if isinstance(viewer, Mapping) else None
        return place if place and place.who == me.did and place.collection == REPOST else None

    # -- answering ----------------------------------------------------------------------------

    def point(self, me: Me, seen: Seen, pointer: Pointer) -> Outcome:
        """Answer *seen* with the sentence of *pointer*, whole.

        Its conversation decides the key: the server itself takes one answer of ours and no second.
        """
        view = self._as_it_was(me, seen)
        if not isinstance(view, dict):
            return view
        now, parent = seen_of(view, me), sane_ref(view)
        assert now is not None and parent is not None
        if now.ours or not (now.mentions_us or now.reply_to_us):
            return Refused(Reason('bluesky-not-to-us', (seen.url,)))
        viewer = view.get('viewer')
        if isinstance(viewer, Mapping) and viewer.get('replyDisabled'):
            return Refused(Reason('bluesky-replies-closed', (seen.url,)))
        place = answer_place(me, now.conversation)
        there = self._repository.read(place)
        if isinstance(there, CannotLook):
            return TryLater(there.reason)
        if isinstance(there, Record):
            return self._answered(there, place, parent.uri, pointer, seen)
        root, started = self._root(me, now, reply_of(view['record']).get('root', parent))
        by_hand = self._feeds.answers_since(me, started)
        if not isinstance(by_hand, frozenset):
            return by_hand
        if now.conversation in by_hand:
            return Refused(Reason('bluesky-answered', (seen.url,)))
        return self._own.send(
            place, pointer.sentence, pointer.language, {'root': root, 'parent': parent}, [],
            same_answer(pointer.sentence, parent.uri),
        )  # fmt: skip

    def find_point(self, me: Me, seen: Seen, pointer: Pointer) -> Lookup:
        """Look for our answer to *seen* under the key of its conversation: exact."""
        place = answer_place(me, seen.conversation or seen.remote_id)
        there = self._repository.read(place)
        if not isinstance(there, Record):
            return there
        if not same_answer(pointer.sentence, seen.remote_id)(there.value):
            return NotFound()
        return Posted(there.ref.uri, place.url)

    def _answered(
        self, there: Record, place: Place, parent: str, pointer: Pointer, seen: Seen
    ) -> Outcome:
        if same_answer(pointer.sentence, parent)(there.value):
            return Posted(there.ref.uri, place.url)
        return Refused(Reason('bluesky-answered', (seen.url,)))

    def _root(self, me: Me, now: Seen, told: Ref) -> tuple[Ref, datetime]:
        """The first post of the conversation of *now* (as it is; else as *now* tells of it), and a time
        before which nobody can have answered in it.
        """
        if now.conversation == now.remote_id:
            return told, now.created
        root = self._view(me, now.conversation)
        ref, found = sane_ref(root), seen_of(root, me)
        if ref is None or found is None:
            return told, now.created
        return ref, min(found.created, now.created)

    # -- following ----------------------------------------------------------------------------

    def follow(self, me: Me, account: str) -> Followed | Refused | TryLater:
        """Follow *account*, a handle or a DID. Doing it twice is following once."""
        named = account.strip().removeprefix('@')
        did = sane_did(named)
        if not did and (handle := sane_handle(named)):
            resolved = self._own.resolve(handle)
            if not isinstance(resolved, str):
                return resolved
            did = resolved
        if not did or me.is_called(did):
            return Refused(Reason('bluesky-no-account', (answers.plain(account),)))
        profile = self._xrpc.get('app.bsky.actor.getProfile', [('actor', did)])
        answer = profile.json() if isinstance(profile, Exchange) else None
        viewer = answer.get('viewer') if isinstance(answer, dict) else None
        if isinstance(viewer, dict) and place_of_uri(viewer.get('following')):
            return Followed(account)
        record = {'$type': FOLLOW, 'subject': did, 'createdAt': moment(self._now())}
        place = Place(me.did, record_key(FOLLOW, did), FOLLOW)
        made = self._repository.create(place, record, lambda value: value.get('subject') == did)
        if isinstance(made, Ref):
            return Followed(account)
        return made if isinstance(made, Refused) else TryLater(made.reason)


def repost_place(me: Me, uri: str) -> Place:
    """Where our repost of the post at *uri* is, or will be."""
    return Place(me.did, record_key(REPOST, uri), REPOST)


def answer_place(me: Me, conversation: str) -> Place:
    """Where our only answer in *conversation* is, or will be."""
    return Place(me.did, record_key('answer', conversation), POST)


def same_subject(uri: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a record is a repost of the post at *uri*."""

    def same(value: Mapping[str, Any]) -> bool:
        subject = value.get('subject')
        return isinstance(subject, Mapping) and subject.get('uri') == uri

    return same


def same_answer(sentence: str, parent: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a record is our answer with *sentence* to the post at *parent*."""

    def same(value: Mapping[str, Any]) -> bool:
        reply = reply_of(value)
        return same_words(sentence)(value) and bool(reply) and reply['parent'].uri == parent

    return same
