"""What comes in on Bluesky: mentions, the timeline, search; and how the account stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from mwsocial.channels.base import Batch, Counts, OwnPost, Refused, TryLater
from mwsocial.channels.bluesky.cursor import (
    LATE,
    Entry,
    Mark,
    mark_of,
    next_mark,
    oldest_first,
)
from mwsocial.channels.bluesky.records import place_of_uri, sane_handle
from mwsocial.channels.bluesky.session import Me, Params, Xrpc
from mwsocial.channels.bluesky.views import answer_of, own_post, seen_of, time_of
from mwsocial.channels.transport import Exchange
from mwsocial.reason import Reason

#: Entries a page, pages read back at the most, posts given at once, and the first time.
PAGE = 100
PAGES = 20
AT_ONCE = 100
FIRST = 40
_SPEAKING = ('mention', 'reply', 'quote')


class Feeds:
    """What the AppView behind the server shows to the account. Nothing here writes."""

    def __init__(self, xrpc: Xrpc, now: Callable[[], datetime]) -> None:
        self._xrpc = xrpc
        self._now = now

    def mentions(self, me: Me, cursor: str) -> Batch | Refused | TryLater:
        """Posts that mention, answer or quote us."""
        answered = self.answered(me)
        if not isinstance(answered, frozenset):
            return answered

        def entry(view: Any) -> Entry | None:
            told = view.get('reason') if isinstance(view, dict) else None
            return _entry(view, me, answered, wanted=told in _SPEAKING)

        asked = [('reasons', one) for one in _SPEAKING]
        return self._walk(
            'app.bsky.notification.listNotifications', asked, 'notifications', cursor, entry
        )

    def timeline(self, me: Me, cursor: str) -> Batch | Refused | TryLater:
        """Posts of the accounts that we follow; not what they have shared."""

        def entry(view: Any) -> Entry | None:
            if not isinstance(view, dict):
                return None
            return _entry(view.get('post'), me, frozenset(), wanted=not view.get('reason'))

        return self._walk('app.bsky.feed.getTimeline', [], 'feed', cursor, entry)

    def search(self, me: Me, words: str, cursor: str) -> Batch | Refused | TryLater:
        """Posts that hold *words*."""
        if not words.strip():
            return Batch(cursor=cursor)
        return self._walk(
            'app.bsky.feed.searchPosts', [('q', words), ('sort', 'latest')], 'posts', cursor,
            lambda view: _entry(view, me, frozenset()),
        )  # fmt: skip

    def answered(self, me: Me) -> frozenset[str] | Refused | TryLater:
        """The conversations that we have answered in, as far as our newest 100 posts tell."""
        asked = [('actor', me.did), ('filter', 'posts_with_replies'), ('limit', str(PAGE))]
        page = self._page('app.bsky.feed.getAuthorFeed', asked, 'feed')
        if not isinstance(page, tuple):
            return page
        views = (one.get('post') for one in page[0] if isinstance(one, dict))
        return frozenset(found for view in views if (found := answer_of(view, me)))

    def answers_since(self, me: Me, since: datetime) -> frozenset[str] | Refused | TryLater:
        """The conversations that we have answered in since *since*; TryLater where that is too long
        ago for our posts to be read back to.
        """
        views = self._own_since(me, since)
        if not isinstance(views, list):
            return views
        return frozenset(answered for view in views if (answered := answer_of(view, me)))

    def ours(self, me: Me, since: datetime) -> list[OwnPost] | Refused | TryLater:
        """Our posts since *since*, oldest first; TryLater as in ``answers_since``."""
        views = self._own_since(me, since)
        if not isinstance(views, list):
            return views
        found = (own_post(view, me) for view in views)
        return sorted(
            (one for one in found if one and one.created >= since), key=attrgetter('created', 'url')
        )

    def _own_since(self, me: Me, since: datetime) -> list[dict[str, Any]] | Refused | TryLater:
        found: list[dict[str, Any]] = []
        cursor = ''
        for _ in range(PAGES):
            asked = [('actor', me.did), ('filter', 'posts_with_replies'), ('limit', str(PAGE))]
            page = self._page('app.bsky.feed.getAuthorFeed', asked, 'feed', cursor)
            if not isinstance(page, tuple):
                return page
            views = [
                one['post'] for one in page[0]
                if isinstance(one, dict) and isinstance(one.get('post'), dict)
                and not one.get('reason')
            ]  # fmt: skip
            found += views
            times = [time for view in views if (time := time_of(view))]
            cursor = page[1]
            if not cursor or (times and max(times) < since):
                return found
        return TryLater(Reason('channels-timeline-short'))

    def counts(self, me: Me) -> Counts | Refused | TryLater:
        """What the account's profile says."""
        exchange = self._xrpc.get('app.bsky.actor.getProfile', [('actor', me.did)])
        answer = exchange.json() if isinstance(exchange, Exchange) else None
        if not isinstance(exchange, Exchange) or exchange.status != 200:
            return self._xrpc.not_done(exchange)
        if not isinstance(answer, dict) or answer.get('did') != me.did:
            return self._xrpc.not_done(exchange)
        named = ('followersCount', 'followsCount', 'postsCount')
        return Counts(*(_count(answer.get(name)) for name in named))

    def following(self, me: Me) -> Sequence[str] | Refused | TryLater:
        """The handles of the accounts that we follow; the DID of one whose handle is broken."""
        found: list[str] = []
        cursor = ''
        for _ in range(PAGES):
            asked = [('actor', me.did), ('limit', str(PAGE))]
            page = self._page('app.bsky.graph.getFollows', asked, 'follows', cursor)
            if not isinstance(page, tuple):
                return page
            for one in page[0]:
                if isinstance(one, dict) and isinstance(one.get('did'), str):
                    found.append(sane_handle(one.get('handle')) or one['did'])
            cursor = page[1]
            if not cursor:
                return found
        return TryLater(Reason('bluesky-many-follows', (str(PAGE * PAGES),)))

    # -- pages ----------------------------------------------------------------------------------

    def _page(
        self, method: str, params: Params, name: str, cursor: str = ''
    ) -> tuple[list[Any], str] | Refused | TryLater:
        """One page of a list, and the cursor to the next ('' after the last)."""
        asked = [*params, ('cursor', cursor)] if cursor else params
        exchange = self._xrpc.get(method, asked)
        answer = exchange.json() if isinstance(exchange, Exchange) else None
        listed = answer.get(name) if isinstance(answer, dict) else None
        if not isinstance(exchange, Exchange) or exchange.status != 200:
            return self._xrpc.not_done(exchange)
        if not isinstance(answer, dict) or not isinstance(listed, list):
            return self._xrpc.not_done(exchange)
        after = answer.get('cursor')
        return listed, after if listed and isinstance(after, str) and after != cursor else ''

    def _walk(
        self, method: str, params: Params, name: str, cursor: str,
        entry_of: Callable[[Any], Entry | None],
    ) -> Batch | Refused | TryLater:  # fmt: skip
        """What is new in a list since *cursor*, oldest first; what is left over comes the next time."""
        mark = mark_of(cursor, self._now())
        read: list[Entry] = []
        back, pages, skipped, whole = '', 0, 0, False
        while True:
            asked = [*params, ('limit', str(PAGE if mark else FIRST))]
            page = self._page(method, asked, name, back)
            if not isinstance(page, tuple):
                return page
            entries = [one for view in page[0] if (one := entry_of(view))]
            read += entries
            whole = pages == 0 and len(page[0]) < FIRST
            back, pages = page[1], pages + 1
            reached = mark is None or (
                bool(entries) and all(one.time < mark.since for one in entries)
            )
            if not back or reached:
                break
            if pages == PAGES:
                skipped = 1  # one at least: nobody knows how many
                break
        new = [
            one for one in oldest_first(read) if one.seen and (mark is None or mark.is_new(one))
        ]  # fmt: skip
        given = new[:AT_ONCE]
        after = next_mark(mark, read, given, whole=whole) or Mark(self._now() - LATE)
        kept = cursor if mark is not None and not given else after.text()
        return Batch(tuple(one.seen for one in given if one.seen), kept, skipped)


def _entry(
    view: Any, me: Me, answered: frozenset[str], *, wanted: bool = True
) -> Entry | None:  # fmt: skip
    """An entry of a list. Posts of our own, and those that are not for everybody, are nothing to us."""
    if not isinstance(view, dict):
        return None
    time, place = time_of(view), place_of_uri(view.get('uri'))
    if time is None or place is None:
        return None
    seen = seen_of(view, me, answered) if wanted else None
    return Entry(time, place.uri, seen if seen and seen.public and not seen.ours else None)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
