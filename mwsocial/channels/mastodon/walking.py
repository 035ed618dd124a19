"""Walking a list of the server forward, from where reading stopped the last time, without gaps.

Mastodon's ``min_id`` gives the entries right after an id; ``since_id`` would give the newest ones and
leave a gap (Mastodon documentation, "Pagination"). snac2, and Mastodon's search, give the newest ones
for ``min_id``, too. So a full page is checked for what it may have left out before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mwsocial.channels import answers
from mwsocial.channels.base import Refused, TryLater

#: How many entries a page has, how many pages are read at a time, and how many to fill one gap.
PAGE = 40
PAGES = 10
GAP_PAGES = 20

Entry = Mapping[str, Any]
#: A page of the list, the newest entry first: between the ids *min_id* and *max_id*, both '' for none
#: and neither among what is given.
Fetch = Callable[[str, str], Sequence[Any] | Refused | TryLater]


@dataclass(frozen=True)
class Walk:
    """Entries, those of later pages later, and the cursor to go on from. ``cut``: a gap was too long
    to be filled.
    """

    entries: tuple[Entry, ...] = ()
    cursor: str = ''
    cut: bool = False


def forward(fetch: Fetch, cursor: str) -> Walk | Refused | TryLater:
    """What has come since *cursor*; without one, the newest page. At most ``PAGES`` pages, and after a
    failure what was read before it: the next walk goes on from there.
    """
    pages: list[Entry] = []
    cut = False
    for _ in range(PAGES if cursor else 1):
        page = _page(fetch, cursor, '')
        if not isinstance(page, list):
            return page if not pages else Walk(tuple(pages), cursor, cut)
        fresh = _new(page, pages)
        if not fresh:
            break
        if cursor and len(page) >= PAGE:
            older = _before(fetch, cursor, fresh)
            if not isinstance(older, Walk):
                return older if not pages else Walk(tuple(pages), cursor, cut)
            pages += older.entries
            cut |= older.cut
        pages += reversed(fresh)
        cursor = _newest(fresh)
        if len(page) < PAGE:
            break
    return Walk(tuple(pages), cursor, cut)


def _before(fetch: Fetch, cursor: str, page: list[Entry]) -> Walk | Refused | TryLater:
    """What lies between *cursor* and *page*: nothing on Mastodon, where the page begins there."""
    found: list[Entry] = []
    known = list(page)
    for _ in range(GAP_PAGES):
        older = _page(fetch, cursor, _oldest(known))
        if not isinstance(older, list):
            return older
        fresh = _new(older, known)
        if not fresh:
            return Walk(tuple(reversed(found)))
        found += fresh
        known = [*known, *fresh]
    return Walk(tuple(reversed(found)), cut=True)


def _page(fetch: Fetch, min_id: str, max_id: str) -> list[Entry] | Refused | TryLater:
    page = fetch(min_id, max_id)
    if isinstance(page, Refused | TryLater):
        return page
    return [one for one in page if isinstance(one, Mapping) and answers.sane_id(one.get('id'))]


def _new(page: Sequence[Entry], known: Sequence[Entry]) -> list[Entry]:
    ids = {_id(one) for one in known}
    return [one for one in page if _id(one) not in ids]


def _id(entry: Entry) -> str:
    return answers.sane_id(entry.get('id'))


def _newest(page: Sequence[Entry]) -> str:
    ids = [_id(one) for one in page]
    return max(ids, key=int) if all(map(str.isdecimal, ids)) else ids[0]


def _oldest(page: Sequence[Entry]) -> str:
    ids = [_id(one) for one in page]
    return min(ids, key=int) if all(map(str.isdecimal, ids)) else ids[-1]
