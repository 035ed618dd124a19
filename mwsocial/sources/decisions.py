"""Reading the history of the page of suggestions, as far as its decisions ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mwsocial.desk.item import Item
from mwsocial.errors import TemporaryError
from mwsocial.reason import Reason
from mwsocial.sources.deciding import (
    IGNORE,
    USE,
    Step,
    decided,
    decision_of,
    ignore_state,
    use_state,
)
from mwsocial.sources.ledger import Ledger
from mwsocial.sources.moving import Used
from mwsocial.sources.page import doubled, suggestions
from mwsocial.wiki.api import Api
from mwsocial.wiki.history import chain_of, read_revision
from mwsocial.wiki.read import PageState, texts
from mwsocial.wiki.revision import Revision

#: Texts of so many revisions are looked at; a decision that is older by more cannot be told.
MOST = 2000


@dataclass(frozen=True)
class Decided:
    """What was decided on the page. ``unclear``: what stands there as a decision and is none."""

    used: tuple[Used, ...] = ()
    ignored: Mapping[str, Revision] = field(default_factory=dict)
    unclear: Mapping[str, Reason] = field(default_factory=dict)


class Decisions:
    """Reads the decisions of the page."""

    def __init__(self, api: Api, bots: Iterable[str]) -> None:
        """*bots*: the accounts that cannot decide."""
        self._api = api
        self._bots = frozenset(bots)

    def read(self, page: PageState, ledger: Ledger) -> Decided:
        """The decisions about what the bot has suggested. Raises TemporaryError."""
        items = suggestions(page.text)
        twice = doubled(items)
        unclear: dict[str, Reason] = {}
        open_: dict[str, Item] = {}
        for item in items:
            word = decision_of(item)
            if not word:
                continue
            if item.id not in ledger.first:
                unclear[item.id] = Reason('sources-foreign', ())
            elif item.id in twice:
                unclear[item.id] = Reason('sources-twice', (item.id,))
            elif word not in (USE, IGNORE):
                unclear[item.id] = Reason('sources-word', (word[:40], USE, IGNORE))
            else:
                open_[item.id] = item
        unclear.pop('', None)
        if not open_:
            return Decided(unclear=unclear)
        steps = self._steps(page, open_, ledger)
        deciders: dict[str, Revision] = {}
        for name, item in open_.items():
            state = use_state if decision_of(item) == USE else ignore_state
            since = ledger.first[name].revid
            mine = [step for step in steps[name] if step.revision.revid >= since]
            revision = decided(mine, self._bots, state)
            if revision is None:
                unclear[name] = Reason('sources-unproved', (name,))
            else:
                deciders[name] = revision
        trusted = self._trusted(deciders.values())
        used, ignored = [], {}
        for name, revision in deciders.items():
            item = open_[name]
            if revision.user in trusted.blocked:
                unclear[name] = Reason('sources-decider-blocked', (revision.user,))
            elif decision_of(item) == IGNORE:
                if revision.user in trusted.confirmed:
                    ignored[name] = revision
                else:
                    unclear[name] = Reason('sources-decider-new', (revision.user,))
            elif item.faults:
                unclear[name] = item.faults[0]
            else:
                used.append(Used(item, revision, ledger.first[name].timestamp))
        return Decided(tuple(used), ignored, unclear)

    def _steps(
        self, page: PageState, items: Mapping[str, Item], ledger: Ledger
    ) -> dict[str, list[Step]]:
        """The page's revisions since the oldest of the suggestions, oldest first, for each of them."""
        since = min(ledger.first[name].timestamp for name in items)
        params = {
            'titles': page.title,
            'prop': 'revisions',
            'rvprop': 'ids|timestamp|user|userid|comment|tags|flags|sha1',
            'rvlimit': 'max',
            'rvend': since.strftime('%Y-%m-%dT%H:%M:%SZ'),
        }
        known: dict[int, Revision] = {}
        for answer in self._api.query_all(params):
            for one in answer.get('query', {}).get('pages', []):
                for each in one.get('revisions', []):
                    known[int(each['revid'])] = read_revision(each)
        chain = chain_of(known, page.revid)
        if not chain:
            raise TemporaryError(
                f'The history of “{page.title}” does not show its newest revision.'
            )
        steps: dict[str, list[Step]] = {name: [] for name in items}
        for start in range(0, min(len(chain), MOST), self._api.batch):
            batch = chain[start : start + self._api.batch]
            read = texts(self._api, [one.revid for one in batch if not one.text_hidden])
            for revision in batch:
                shown = None if revision.text_hidden else _by_id(read[revision.revid], items)
                for name, found in steps.items():
                    found.append(
                        Step(revision, None if shown is None else tuple(shown.get(name, ())))
                    )
        return {name: found[::-1] for name, found in steps.items()}

    def _trusted(self, deciders: Iterable[Revision]) -> Trusted:
        names = sorted({one.user for one in deciders if one.userid})
        confirmed: set[str] = set()
        blocked: set[str] = set()
        for start in range(0, len(names), 50):
            params: dict[str, Any] = {
                'list': 'users',
                'ususers': names[start : start + 50],
                'usprop': 'rights|blockinfo',
            }
            for user in self._api.query(params)['query']['users']:
                if 'autoconfirmed' in user.get('rights', ()):
                    confirmed.add(user['name'])
                if 'blockid' in user and not user.get('blockpartial'):
                    blocked.add(user['name'])
        return Trusted(frozenset(confirmed), frozenset(blocked))


@dataclass(frozen=True)
class Trusted:
    """Which of some users are autoconfirmed, and which are blocked from the whole wiki."""

    confirmed: frozenset[str]
    blocked: frozenset[str]


def _by_id(text: str, wanted: Mapping[str, Item]) -> dict[str, Sequence[Item]]:
    found: dict[str, list[Item]] = {}
    if any(name in text for name in wanted):
        for item in suggestions(text):
            found.setdefault(item.id, []).append(item)
    return dict(found)
