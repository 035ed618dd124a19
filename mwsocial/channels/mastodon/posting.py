"""Creating posts of ours, and finding them again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mastodon.types_base import IdType

from mwsocial.channels import answers
from mwsocial.channels.base import (
    CannotLook,
    Lookup,
    Outcome,
    OwnPost,
    Post,
    Refused,
    TryLater,
)
from mwsocial.channels.mastodon import finding, images, statuses, timeline
from mwsocial.channels.mastodon.client import Client
from mwsocial.reason import Reason


@dataclass(frozen=True)
class Draft:
    """What one request creates, as the API takes it; ``parent`` is a local id or ''."""

    text: str
    key: str
    visibility: str
    language: str = ''
    warning: str = ''
    media: tuple[str, ...] = ()
    parent: str = ''


def create(client: Client, draft: Draft) -> Outcome:
    """Create one post with one request: the only place where that is done.

    A parent is given in two cases only: ``post`` below, for a part of a thread of our own, and a
    pointer (``pointing``), whose text is a pre-written sentence.
    """
    media: list[IdType] = [*draft.media]
    exchange = client.ask(lambda: client.library.status_post(
        draft.text,
        in_reply_to_id=draft.parent or None,
        media_ids=media or None,
        # None is left out, and the account's own setting then holds for its images.
        sensitive=True if draft.warning else None,
        spoiler_text=draft.warning or None,
        visibility=draft.visibility,
        language=draft.language or None,
        idempotency_key=draft.key,
    ))  # fmt: skip
    return answers.created(exchange, client.host, client.now(), client.secrets())


def post(client: Client, post: Post, visibility: str, sleep: Callable[[float], None]) -> Outcome:
    """Create one post of ours, or a later part of a thread of our own."""
    own = client.own()
    if not isinstance(own, tuple):
        return own
    parent = ''
    if post.after:
        before = finding.own(client, own[0], post.after)
        if before is None:
            return Refused(Reason('mastodon-part-gone', (client.host, post.after)))
        if not isinstance(before, Mapping):
            return before
        parent = answers.sane_id(before.get('id'))
    media = images.upload(client, post.images, sleep)
    if not isinstance(media, list):
        return media
    return create(client, Draft(
        post.text, post.key, visibility, post.language, post.warning, tuple(media), parent
    ))  # fmt: skip


def find(client: Client, post: Post, since: datetime, ignoring: Collection[str]) -> Lookup:
    """Look for *post* among our posts since *since* (UTC, by the wiki's clock, with ten minutes more
    for the difference to the server's). Of several that match, the oldest.
    """
    own = client.own()
    if not isinstance(own, tuple):
        return CannotLook(own.reason)
    parent: str | None = ''
    if post.after:
        before = finding.own(client, own[0], post.after)
        if isinstance(before, Refused | TryLater):
            return CannotLook(before.reason)
        parent = answers.sane_id(before.get('id')) if before else None
    wanted = timeline.Wanted(post.text, post.warning, parent)
    return timeline.find(Reader(client, own[0]), wanted, since, ignoring)


def ours(client: Client, since: datetime) -> list[OwnPost] | CannotLook:
    """What everybody can see of our posts since *since* (UTC, by the server's clock), oldest first."""
    own = client.own()
    if not isinstance(own, tuple):
        return CannotLook(own.reason)
    listed = timeline.since_time(Reader(client, own[0]), since)
    if isinstance(listed, CannotLook):
        return listed
    found = []
    for status in listed:
        if status.get('reblog') or not statuses.is_open(status):
            continue
        posted, created = answers.posted(status), answers.sane_time(status.get('created_at'))
        seen = statuses.seen(status, own[1].name, own)
        if posted is None or created is None or seen is None:
            return CannotLook(Reason('channels-timeline-strange'))
        if not seen.ours:  # snac2 lists what we have shared as if it were ours
            continue
        answer = status.get('in_reply_to_id') is not None
        found.append(OwnPost(posted.url, seen.text, created, answer, statuses.reactions(status)))
    return found


class Reader:
    """Our own timeline, page by page (``timeline.Reader``)."""

    def __init__(self, client: Client, own_id: str, *, shares: bool = False) -> None:
        """*shares*: with what we have shared of others."""
        self.own_id = own_id
        self._client = client
        self._shares = shares

    def page(self, limit: int, before: str) -> list[Any] | Reason:
        """Posts of ours before the one with the id *before* ('' for the newest), newest first."""
        library = self._client.library
        exchange = self._client.ask(lambda: library.account_statuses(
            self.own_id, exclude_reblogs=not self._shares, limit=limit, max_id=before or None
        ))  # fmt: skip
        answer = exchange.json()
        if exchange.status == 200 and isinstance(answer, list):
            return answer
        return self._unread(self._client.not_done(exchange).reason)

    def source(self, status_id: str) -> Mapping[str, Any] | Reason | None:
        """The words as they were sent; None where the server does not keep or tell them."""
        exchange = self._client.ask(lambda: self._client.library.status_source(status_id))
        answer = exchange.json()
        if exchange.status == 200:
            return answer if isinstance(answer, dict) else None
        if exchange.status in (400, 403, 404, 405, 410, 422, 501):
            return None
        return self._unread(self._client.not_done(exchange).reason)

    def _unread(self, reason: Reason) -> Reason:
        return Reason('channels-timeline-unread', (self._client.host, reason.text()))
