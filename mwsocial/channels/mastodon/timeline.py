"""Finding an own post by its words in an account's timeline (statuses of Mastodon's API)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from mwsocial.channels import answers, plaintext
from mwsocial.channels.base import CLOCKS, CannotLook, Lookup, NotFound
from mwsocial.channels.mastodon import statuses
from mwsocial.reason import Reason

#: How many posts a page is asked for (Mastodon gives no more), and how many pages are read.
PAGE = 40
PAGES = 25
#: So far back a post with the same words is no proof that it was not made: one clock may be wrong.
WRONG_CLOCKS = timedelta(days=1)
#: How many posts are asked for their source in one look.
SOURCES = 100
#: A server that gives more than asked for gives all it has, but a list this long may be cut.
_LONG_LIST = 200


class Reader(Protocol):
    """Who can read our timeline; a Reason says why it cannot be read."""

    own_id: str

    def page(self, limit: int, before: str) -> list[Any] | Reason:
        """Posts of ours, newest first, before the one with the id *before* ('': the newest)."""
        ...

    def source(self, status_id: str) -> Mapping[str, Any] | Reason | None:
        """A post's ``text`` and ``spoiler_text`` as they were sent; None if they are not told."""
        ...


@dataclass(frozen=True)
class Wanted:
    """What to look for: exactly these words. ``parent`` is the local id of the post that it answers,
    '' for none; None where that post is gone, and with it its id.
    """

    text: str
    warning: str = ''
    parent: str | None = ''


def find(reader: Reader, post: Wanted, since: datetime, ignoring: Collection[str]) -> Lookup:
    """The oldest post since *since* that has the words of *post* and is not at an address of
    *ignoring*; NotFound only if the timeline was read back to a day before *since*. One that stands
    there from within that day may be it, if a clock was wrong: then nobody knows.

    Compared are text and content warning (normalised to NFC, white space collapsed), for an answer
    also the post that it answers. Shares, and posts that are not public, are none of it.
    """
    read = since_time(reader, since - WRONG_CLOCKS)
    if isinstance(read, CannotLook):
        return read
    asked = 0
    alike = older = False
    for status in read:
        recent = (_time(status) or since) >= since - CLOCKS
        if not _may_be(status, post, ignoring, reader.own_id):
            continue
        found = answers.posted(status)
        if found is None:
            return CannotLook(Reason('channels-timeline-strange'))
        html = status.get('content')
        shown = plaintext.from_html(html) if isinstance(html, str) else ''
        same = _same(shown, post.text) and _same(status.get('spoiler_text'), post.warning)
        if not same and plaintext.may_render(post.text, shown):
            asked += 1
            if asked > SOURCES:
                return CannotLook(Reason('channels-timeline-short'))
            source = reader.source(found.remote_id)
            if isinstance(source, Reason):
                return CannotLook(source)
            if source is None:
                alike |= plaintext.skeleton(shown) == plaintext.skeleton(post.text)
            else:
                same = _same(source.get('text'), post.text) and _same(
                    source.get('spoiler_text'), post.warning
                )
        if same and recent:
            return found
        older |= same
    if older:
        return CannotLook(Reason('channels-timeline-older'))
    return CannotLook(Reason('channels-timeline-alike')) if alike else NotFound()


def since_time(reader: Reader, start: datetime) -> list[Mapping[str, Any]] | CannotLook:
    """What *reader* lists of us since *start*, the oldest first; ids are not trusted to be in any
    order.
    """
    kept: dict[str, tuple[datetime, Mapping[str, Any]]] = {}
    seen: set[str] = set()
    before = ''
    limit, full = PAGE, True
    for _ in range(PAGES):
        page = reader.page(limit, before)
        if isinstance(page, Reason):
            return CannotLook(page)
        if not page:
            return _oldest_first(kept)
        new = False
        for status in page:
            status_id = answers.sane_id(status.get('id')) if isinstance(status, dict) else ''
            time = _time(status) if status_id else None
            if time is None:
                return CannotLook(Reason('channels-timeline-strange'))
            new |= status_id not in seen
            seen.add(status_id)
            if time >= start:
                kept[status_id] = time, statuses.unwrapped(status)
            before, last = status_id, time
        if last < start:
            return _oldest_first(kept)
        if not new:  # snac2 gives one list, whatever page it is asked for
            cut = (full and len(page) == limit) or len(page) >= _LONG_LIST
            return CannotLook(Reason('channels-timeline-short')) if cut else _oldest_first(kept)
        # A list as long as before, though one post less was asked for, is not cut to the limit.
        limit, full = PAGE - 1, len(page) == limit
    return CannotLook(Reason('channels-timeline-short'))


def _oldest_first(
    kept: Mapping[str, tuple[datetime, Mapping[str, Any]]],
) -> list[Mapping[str, Any]]:
    """The posts by their time; of one second, the one that was told last."""
    found = list(kept.values())
    found.reverse()
    return [status for _, status in sorted(found, key=lambda one: one[0])]


def _time(status: Mapping[str, Any]) -> datetime | None:
    return answers.sane_time(status.get('created_at'))


def _may_be(
    status: Mapping[str, Any], post: Wanted, ignoring: Collection[str], own_id: str
) -> bool:
    if status.get('reblog') or status.get('visibility', 'public') not in ('public', 'unlisted'):
        return False
    if status.get('url') in ignoring or status.get('uri') in ignoring:
        return False
    parent = status.get('in_reply_to_id')
    if post.parent is None:
        return parent is None or statuses.same_id(status.get('in_reply_to_account_id'), own_id)
    # What a post answers is not told any more once somebody has taken that down.
    return parent is None or statuses.same_id(parent, post.parent)


def _same(found: object, words: str) -> bool:
    found = found if isinstance(found, str) else ''
    return plaintext.canonical(found) == plaintext.canonical(words)
