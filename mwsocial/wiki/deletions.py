"""Whether a page that is not there was deleted: then administrators can restore its history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mwsocial.wiki.api import Api

#: Newest entries of a page's deletion log: hiding revisions is logged there, too.
_ENTRIES = 50


def deleted_ones(api: Api, titles: Iterable[str]) -> frozenset[str]:
    """Which of the *titles*, all of pages that are not there, were deleted. One request for each: the log
    can be asked for one title at a time only.
    """
    return frozenset(title for title in titles if was_deleted(_log(api, title)))


def _log(api: Api, title: str) -> list[dict[str, Any]]:
    answer = api.query({
        'list': 'logevents', 'letype': 'delete', 'letitle': title, 'lelimit': _ENTRIES,
        'leprop': 'type',
    })  # fmt: skip
    return list(answer['query'].get('logevents', ()))


def was_deleted(log: Iterable[dict[str, Any]]) -> bool:
    """Whether the page was deleted last, and not restored since (and moved away then, for instance).

    *log*: the page's deletion log, newest first, as ``list=logevents`` gives it.
    """
    actions = (str(entry.get('action', '')) for entry in log)
    last = next((one for one in actions if one in ('delete', 'delete_redir', 'restore')), '')
    # A redirect that made way for a page, or that a move overwrote, held nothing.
    return last == 'delete'
