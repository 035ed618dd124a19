"""Which posts come onto the page, and which find no room there. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from mwsocial.channels.base import Seen
from mwsocial.inbox.mentions import KINDS
from mwsocial.inbox.page import New
from mwsocial.wiki.escape import plain

#: So many undecided mentions stand on the page at the most: it is still one that loads.
MOST = 200
#: What timelines and searches find must not be older: it is no news.
NEWS = timedelta(days=60)
#: Longer addresses are no addresses of posts.
_LONGEST_ADDRESS = 500
_AUTHOR = 100


@dataclass(frozen=True)
class Found:
    """A post that a channel gave when it was asked for ``kind``."""

    channel: str
    kind: str
    seen: Seen


@dataclass(frozen=True)
class Filter:
    """What is left out. ``words``: one of them must be in what timelines and searches find (none: all
    is taken); ``blocked``: authors; ``own``: the desk's accounts.
    """

    words: Sequence[str] = ()
    blocked: Collection[str] = ()
    own: Collection[str] = ()

    def takes(self, found: Found, now: datetime) -> bool:
        """Whether the post is one for the page at all. Only what everybody may see is."""
        seen = found.seen
        if not seen.public or seen.ours or seen.shared or not _is_address(seen.url):
            return False
        author = _name(seen.author)
        if author in map(_name, (*self.blocked, *self.own)):
            return False
        if found.kind in ('mention', 'reply'):
            return True
        if now - seen.created > NEWS:
            return False
        return found.kind == 'hashtag' or holds(seen.text, self.words)


def holds(text: str, words: Sequence[str]) -> bool:
    """Whether *text* holds one of *words*, in any case; true where there are none."""
    folded = text.casefold()
    return not words or any(word.casefold() in folded for word in words)


def collect(found: Iterable[Found], filter_: Filter, now: datetime) -> list[New]:
    """The posts for the page, each once and by its best kind, oldest first."""
    best: dict[str, Found] = {}
    for one in found:
        if filter_.takes(one, now):
            known = best.get(one.seen.url)
            if known is None or KINDS.index(one.kind) < KINDS.index(known.kind):
                best[one.seen.url] = one
    ordered = sorted(best.values(), key=lambda one: (one.seen.created, one.seen.url))
    return [
        New(
            one.seen.url, one.channel, one.kind, plain(one.seen.author[:1000])[:_AUTHOR],
            one.seen.created, one.seen.text,
        )
        for one in ordered
    ]  # fmt: skip


T = TypeVar('T')


def keep(things: Sequence[T], room: int, author: Callable[[T], Hashable]) -> list[T]:
    """The newest *room* of *things* (oldest first), in their order; of every author the newest come
    before anybody's second ones, so that nobody crowds out the others.
    """
    if len(things) <= room:
        return list(things)
    count: dict[Hashable, int] = defaultdict(int)
    ranked = []
    for place in reversed(range(len(things))):
        who = author(things[place])
        ranked.append((count[who], -place))
        count[who] += 1
    taken = sorted(-place for _, place in sorted(ranked)[: max(0, room)])
    return [things[place] for place in taken]


def _name(account: str) -> str:
    return plain(account).lstrip('@').casefold()


def _is_address(url: str) -> bool:
    if len(url) > _LONGEST_ADDRESS or re.search(r'[\s\x00-\x1f\x7f]', url) or plain(url) != url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ('http', 'https') and bool(parts.hostname)
