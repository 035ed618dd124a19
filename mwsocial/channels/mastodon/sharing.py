"""Sharing posts of others with the network's own share function (Mastodon: boost, ``reblog``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mwsocial.channels import answers
from mwsocial.channels.base import (
    CLOCKS,
    CannotLook,
    Lookup,
    NotFound,
    Outcome,
    Posted,
    Refused,
    Seen,
    TryLater,
)
from mwsocial.channels.mastodon import finding, statuses, timeline
from mwsocial.channels.mastodon.client import Client
from mwsocial.channels.mastodon.posting import Reader
from mwsocial.channels.mastodon.statuses import Status
from mwsocial.reason import Reason


def share(client: Client, seen: Seen) -> Outcome:
    """Share the post *seen*, if it still is what was seen. Our own posts are not shared: taking such a
    share down would take the post down.
    """
    own = client.own()
    if not isinstance(own, tuple):
        return own
    there = _still(client, seen)
    if not isinstance(there, Mapping):
        return there
    if statuses.same_id(statuses.author_id(there), own[0]):
        return Refused(Reason('mastodon-own-post', (seen.url,)))
    if there.get('reblogged') is True:
        return Posted(seen.remote_id, seen.url)
    exchange = client.ask(lambda: client.library.status_reblog(seen.remote_id, visibility='public'))

    def shared(answer: object) -> Posted | None:
        return Posted(seen.remote_id, seen.url) if _is_share(answer, seen) else None

    return answers.created(exchange, client.host, client.now(), client.secrets(), shared)


def _still(client: Client, seen: Seen) -> Status | Refused | TryLater:
    """The post as it is now; Refused where it is not any more what was seen."""
    there = finding.by_id(client, seen.remote_id) if answers.sane_id(seen.remote_id) else None
    if there is None:
        return Refused(Reason('mastodon-gone', (client.host, seen.url)))
    if not isinstance(there, Mapping):
        return there
    if not statuses.has_address(there, seen.url):
        other = statuses.address(there)
        return Refused(Reason('mastodon-other-address', (seen.url, client.host, other)))
    if not statuses.is_open(there) or not seen.public:
        return Refused(Reason('mastodon-private', (seen.url,)))
    if answers.sane_time(there.get('edited_at')) != seen.edited:
        return Refused(Reason('mastodon-changed', (seen.url,)))
    return there


def _is_share(answer: object, seen: Seen) -> bool:
    """Whether *answer* is our share of this post: a status of its own around the shared one."""
    inner = answer.get('reblog') if isinstance(answer, dict) else None
    return statuses.is_status(inner) and statuses.has_address(inner, seen.url)


def find_share(client: Client, seen: Seen, since: datetime) -> Lookup:
    """Whether we have shared the post: the server says so of the post itself, at any time; where it
    does not, our own list since *since* is read.
    """
    own = client.own()
    if not isinstance(own, tuple):
        return CannotLook(own.reason)
    there = finding.by_id(client, seen.remote_id) if answers.sane_id(seen.remote_id) else None
    if there is None:  # a share goes with the post
        return NotFound()
    if not isinstance(there, Mapping):
        return CannotLook(there.reason)
    if isinstance(there.get('reblogged'), bool):
        return Posted(seen.remote_id, seen.url) if there['reblogged'] else NotFound()
    listed = timeline.since_time(Reader(client, own[0], shares=True), since - CLOCKS)
    if isinstance(listed, CannotLook):
        return listed
    found = any(_is_share(one, seen) for one in listed)
    return Posted(seen.remote_id, seen.url) if found else NotFound()


def shares_since(client: Client, since: datetime) -> int | CannotLook:
    """How many posts of others we have shared since *since* (UTC), by the server's clock. snac2 lists
    no shares in an account's posts.
    """
    own = client.own()
    if not isinstance(own, tuple):
        return CannotLook(own.reason)
    listed = timeline.since_time(Reader(client, own[0], shares=True), since)
    if isinstance(listed, CannotLook):
        return listed
    shared = [one['reblog'] for one in listed if statuses.is_status(one.get('reblog'))]
    return sum(not statuses.same_id(statuses.author_id(one), own[0]) for one in shared)
