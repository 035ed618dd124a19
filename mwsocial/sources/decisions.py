"""Reading the history of the page of suggestions, as far as its decisions ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mwsocial.desk.item import Item
from mwsocial.proposing.deciding import decided
from mwsocial.proposing.history import read_steps, trusted
from mwsocial.proposing.moving import Used
from mwsocial.reason import Reason
from mwsocial.sources.deciding import IGNORE, USE, decision_of, ignore_state, use_state
from mwsocial.sources.ledger import Ledger
from mwsocial.sources.page import doubled, suggestions
from mwsocial.wiki.api import Api
from mwsocial.wiki.read import PageState
from mwsocial.wiki.revision import Revision


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
        since = min(ledger.first[name].timestamp for name in open_)
        steps = read_steps(self._api, page, since, open_, lambda text: _by_id(text, open_))
        deciders: dict[str, Revision] = {}
        for name, item in open_.items():
            state = use_state if decision_of(item) == USE else ignore_state
            first = ledger.first[name].revid
            mine = [step for step in steps[name] if step.revision.revid >= first]
            revision = decided(mine, self._bots, state)
            if revision is None:
                unclear[name] = Reason('proposing-unproved', (name,))
            else:
                deciders[name] = revision
        known = trusted(self._api, deciders.values())
        used, ignored = [], {}
        for name, revision in deciders.items():
            item = open_[name]
            if revision.user in known.blocked:
                unclear[name] = Reason('proposing-decider-blocked', (revision.user,))
            elif decision_of(item) == IGNORE:
                if revision.user in known.confirmed:
                    ignored[name] = revision
                else:
                    unclear[name] = Reason('proposing-decider-new', (revision.user,))
            elif item.faults:
                unclear[name] = item.faults[0]
            else:
                used.append(Used(item, revision, ledger.first[name].timestamp))
        return Decided(tuple(used), ignored, unclear)


def _by_id(text: str, wanted: Mapping[str, Item]) -> dict[str, Sequence[Item]]:
    found: dict[str, list[Item]] = {}
    if any(name in text for name in wanted):
        for item in suggestions(text):
            found.setdefault(item.id, []).append(item)
    return dict(found)
