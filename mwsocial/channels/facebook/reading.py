"""Reading lists of the Graph API: the Page's own posts, posts that tag it, texts of photos."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from operator import attrgetter

from mwsocial.channels.base import (
    CLOCKS,
    Batch,
    CannotLook,
    NotFound,
    OwnPost,
    Refused,
    Seen,
    TryLater,
)
from mwsocial.channels.facebook import posts
from mwsocial.channels.facebook.graph import PAGE, Graph
from mwsocial.channels.facebook.posts import PagePost
from mwsocial.channels.transport import Exchange
from mwsocial.reason import Reason

_FIELDS = 'id,message,created_time,permalink_url,from{id,name}'
# Where a reading of tagged posts has ended: the second of the newest one, and which ones of it.
_CURSOR = re.compile(r'([0-9]{9,11})((?:,[0-9]{1,25}_[0-9]{1,25}){0,20})', re.A)


class Reader:
    """The lists of one Page."""

    def __init__(
        self, graph: Graph, page: str, web: str, not_read: Callable[[Exchange], Refused | TryLater]
    ) -> None:
        """*not_read*: what a request means that did not bring what was asked for."""
        self._graph = graph
        self._page = page
        self._web = web
        self._not_read = not_read

    def find(
        self, words: str, since: datetime, ignoring: Collection[str]
    ) -> str | NotFound | CannotLook:
        """The id of the oldest post of ours since *since* (UTC) that has these words and is not at an
        address of *ignoring*. NotFound only where the list was read back to before *since*.
        """
        found = self._own_since(since - CLOCKS)
        if isinstance(found, CannotLook):
            return found
        for post in sorted(found, key=attrgetter('created')):
            if posts.same_words(post.message, words) and not self._at(post, ignoring):
                return post.id
        return NotFound()

    def id_at(self, url: str) -> str | Refused | TryLater:
        """The id of our post at an address that does not hold it; '' where none of ours is there."""
        for page in self._graph.pages(
            f'{self._page}/published_posts', fields=_FIELDS, limit=str(PAGE)
        ):
            if isinstance(page, Exchange):
                return self._not_read(page)
            for one in page[0]:
                post = posts.read_post(one, self._web)
                if post and posts.same_address(post.permalink, url):
                    return post.id
        return ''

    def unreadable(self) -> Refused | TryLater | None:
        """Why the Page's posts cannot be read; None where they can."""
        exchange = self._graph.get(f'{self._page}/published_posts', fields='id', limit='1')
        answer = exchange.json()
        if exchange.status == 200 and isinstance(answer, dict) and 'data' in answer:
            return None
        return self._not_read(exchange)

    def alts(self, photos: Sequence[str]) -> list[str] | Refused | TryLater:
        """The alternative texts of *photos* as they were given, white space collapsed, sorted."""
        if not all(photos):
            return Refused(Reason('facebook-edit-photos'))
        exchange = self._graph.get('', ids=','.join(photos), fields='alt_text_custom')
        answer = exchange.json()
        if exchange.status != 200 or not isinstance(answer, dict):
            return self._not_read(exchange)
        found = []
        for photo in photos:
            one = answer.get(photo)
            alt = one.get('alt_text_custom') if isinstance(one, dict) else None
            found.append(' '.join(alt.split()) if isinstance(alt, str) else '')
        return sorted(found)

    def tagged(self, cursor: str) -> Batch | Refused | TryLater:
        """Posts that tag the Page since *cursor*; the newest ones where it is ''. Our own are none."""
        known = _CURSOR.fullmatch(cursor)
        start = int(known[1]) if known else 0
        had = set(known[2].split(',')) if known else set()
        found: dict[str, PagePost] = {}
        whole = not known
        for page in self._graph.pages(f'{self._page}/tagged', fields=_FIELDS, limit=str(PAGE)):
            if isinstance(page, Exchange):
                # What was read so far is newer than what is missing: it would hide the gap.
                return self._not_read(page)
            read = [posts.read_post(one, self._web) for one in page[0]]
            for post in read:
                if post and _second(post) >= start and post.id not in had:
                    found[post.id] = post
            times = [_second(post) for post in read if post]
            whole = whole or page[1] or (bool(times) and min(times) < start)
            if whole:
                break
        ordered = sorted(found.values(), key=attrgetter('created', 'id'))
        shown = tuple(self.seen(post, tagged=True) for post in ordered if post.author != self._page)
        return Batch(shown, _cursor(ordered, start, had) or cursor, 0 if whole else 1)

    def seen(self, post: PagePost, *, tagged: bool) -> Seen:
        """A post as the desk sees it; *tagged*: whether it speaks to us. It must be public."""
        return Seen(
            remote_id=post.id,
            url=post.permalink or posts.address_of(post.id, self._web),
            author=post.name or post.author,
            text=post.message,
            created=post.created,
            public=True,
            ours=post.author == self._page,
            mentions_us=tagged,
            conversation=post.id,
        )

    def ours(self, since: datetime) -> list[OwnPost] | CannotLook:
        """The Page's own posts since *since* (UTC), oldest first."""
        found = self._own_since(since)
        if isinstance(found, CannotLook):
            return found
        return [
            OwnPost(posts.address_of(post.id, self._web), post.message, post.created)
            for post in sorted(found, key=attrgetter('created', 'id'))
        ]

    def _own_since(self, start: datetime) -> list[PagePost] | CannotLook:
        found: list[PagePost] = []
        for page in self._graph.pages(
            f'{self._page}/published_posts',
            fields=_FIELDS,
            limit=str(PAGE),
            since=str(int(start.timestamp())),
        ):
            if isinstance(page, Exchange):
                words = self._not_read(page).reason.text()
                host = self._web.split('://', 1)[1]
                return CannotLook(Reason('channels-timeline-unread', (host, words)))
            read = [posts.read_post(one, self._web) for one in page[0]]
            times = [post.created for post in read if post]
            if len(times) < len(read):
                return CannotLook(Reason('channels-timeline-strange'))
            found += [post for post in read if post and self._ours_since(post, start)]
            if page[1] or (times and min(times) < start):
                return found
        return CannotLook(Reason('channels-timeline-short'))

    def _ours_since(self, post: PagePost, start: datetime) -> bool:
        return post.created >= start and post.author in ('', self._page)

    def _at(self, post: PagePost, addresses: Collection[str]) -> bool:
        own = (posts.address_of(post.id, self._web), post.permalink)
        return any(
            posts.same_address(one, address) or posts.id_in(address, self._web) == post.id
            for address in addresses
            for one in own
        )


def _second(post: PagePost) -> int:
    return int(post.created.timestamp())


def _cursor(found: Sequence[PagePost], start: int, had: Collection[str]) -> str:
    """Where to go on; '' where nothing new has come."""
    if not found:
        return ''
    newest = _second(found[-1])
    last = [post.id for post in found if _second(post) == newest]
    if newest == start:
        last += [one for one in had if one and one not in last]
    return ','.join([str(newest), *sorted(last)[:20]])
