"""Reading the history of a page as far as decisions on it ask, and who the deciders are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from mwsocial.proposing.deciding import Step
from mwsocial.wiki.api import Api
from mwsocial.wiki.history import chain_since
from mwsocial.wiki.read import PageState, texts
from mwsocial.wiki.revision import Revision

T = TypeVar('T')

#: Texts of so many revisions are looked at; a decision that is older by more cannot be told.
MOST = 2000
#: Texts that are held at once: pages may be large.
_BATCH = 50


def read_steps(
    api: Api,
    page: PageState,
    since: datetime,
    names: Iterable[str],
    shown: Callable[[str], Mapping[str, Sequence[T]]],
) -> dict[str, list[Step[T]]]:
    """The revisions of *page* since a time (UTC), oldest first, for each of *names*.

    *shown* tells what a text of the page shows of each of them. Raises TemporaryError.
    """
    whole = chain_since(api, page, since)
    chain = whole[:MOST]
    steps: dict[str, list[Step[T]]] = {name: [] for name in names}
    for start in range(0, len(chain), min(_BATCH, api.batch)):
        batch = chain[start : start + min(_BATCH, api.batch)]
        read = texts(api, [one.revid for one in batch if not one.text_hidden])
        for revision in batch:
            there = None if revision.text_hidden else shown(read[revision.revid])
            for name, found in steps.items():
                found.append(Step(revision, None if there is None else tuple(there.get(name, ()))))
    for revision in whole[MOST : MOST + 1]:
        # What is older is not read: what stands already in the oldest one read may be anybody's.
        for found in steps.values():
            found.append(Step(revision, None))
    return {name: found[::-1] for name, found in steps.items()}


@dataclass(frozen=True)
class Trusted:
    """Which of some users are autoconfirmed, and which are blocked from the whole wiki."""

    confirmed: frozenset[str]
    blocked: frozenset[str]


def trusted(api: Api, deciders: Iterable[Revision]) -> Trusted:
    """What the wiki says now of those who made some revisions."""
    names = sorted({one.user for one in deciders if one.userid})
    confirmed: set[str] = set()
    blocked: set[str] = set()
    for start in range(0, len(names), 50):
        params: dict[str, Any] = {
            'list': 'users',
            'ususers': names[start : start + 50],
            'usprop': 'rights|blockinfo',
        }
        for user in api.query(params)['query']['users']:
            if 'autoconfirmed' in user.get('rights', ()):
                confirmed.add(user['name'])
            if 'blockid' in user and not user.get('blockpartial'):
                blocked.add(user['name'])
    return Trusted(frozenset(confirmed), frozenset(blocked))
