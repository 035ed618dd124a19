"""The decision whether an item is approved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from mwsocial.desk.approval import explain, people
from mwsocial.desk.approval.clauses import AUTHOR, CHEAP, READ, Case, Clause
from mwsocial.desk.approval.history import SLICE, History, Shown
from mwsocial.desk.approval.holder import item_now
from mwsocial.desk.approval.verdict import Approved, NotApproved, refused
from mwsocial.desk.fingerprint import SHOWN, fingerprint
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.knowledge import Knowledge
from mwsocial.desk.rules import Rules
from mwsocial.reason import Reason

_DIGITS = re.compile(r'[0-9a-f]+(?![0-9A-Za-z])')
#: In an approval, none of these: with them the same value could be written in several ways.
_NOT_PLAIN = re.compile(
    r'[{}]|<!--|-->|<\s*/?\s*(?:nowiki|pre|noinclude|includeonly|onlyinclude)', re.I
)


def approval(
    item_id: str, knowledge: Knowledge, rules: Rules, now: datetime
) -> Approved | NotApproved:
    """Whether the item that the page shows under *item_id* is approved at *now* (UTC, the wiki's
    clock), and by which revision; otherwise the one reason why not.

    Unless the current text shows an approval with the fingerprint of the item as it stands, no more is
    read than it takes to say who is to blame: one line of a vandal must not cost a month of history.
    Raises ``Need``.
    """
    history = History(knowledge)
    if not history.chain:
        return NotApproved(Reason('approval-no-item', (item_id,)), 'none')
    current = history.chain[0]
    history.load([current])
    queue = history.queue(current)
    here = history.shown(current, item_id)
    if not here.items:
        return NotApproved(Reason('approval-no-item', (item_id,)), 'none')
    if on_hold(here):
        return NotApproved(Reason('approval-held'), 'held')
    item = item_now(item_id, queue, knowledge)
    if item is None:
        return refused('id-twice', item_id)
    if not in_order(item):
        return refused('faults')
    values = values_shown(item, queue)
    if not values:
        return NotApproved(Reason('approval-none', (people.approvers(rules),)), 'none')
    case = Case(history, rules, now, item, '', current)
    matching = naming(values, item, rules)
    if not matching:
        return explain.stale(values, case, naming)
    plain = [value for value in matching if is_plain(value)]
    if not plain:
        return explain.not_plain(matching, case)
    return _decide(case, plain)


def _decide(case: Case, values: list[str]) -> Approved | NotApproved:
    failures: list[NotApproved] = []
    for candidate in candidates(case, CHEAP):
        for value in values:
            one = replace(candidate, value=value)
            if READ['introduced'](one):
                continue
            failure = first_failure(one)
            then = one.then()
            if failure is None and then:
                return Approved(one.revision, then, value, one.revision.user)
            failures += [failure] if failure else []
    for kind in ('waiting', 'held', 'refused'):
        for failure in failures:
            if failure.kind == kind:
                return failure
    return explain.unproved(values, case)


def first_failure(case: Case) -> NotApproved | None:
    """The first rule that the revision fails of those that take reading."""
    return next((no for no in (clause(case) for clause in READ.values()) if no), None)


def candidates(case: Case, cheap: Mapping[str, Clause]) -> Iterator[Case]:
    """The revisions that may have approved, by their metadata, newest first, with their texts and
    those before them read.

    Authors are asked for some hundred revisions at a time. Raises ``Need``.
    """
    history, back_to = case.history, case.now - case.rules.valid
    for start in range(0, len(history.chain), SLICE):
        cut = [replace(case, revision=one) for one in history.chain[start : start + SLICE]]
        seen = [one for one in cut if passes(one, cheap)]
        people.load_people(history.knowledge, [one.revision for one in seen])
        fit = [one.revision for one in seen if passes(one, AUTHOR)]
        for revision in history.backwards(fit, case.item.id, back_to, parents=True):
            yield replace(case, revision=revision)
        last = cut[-1].revision
        if not seen:
            return
        if last.timestamp < back_to:
            history.load([last])
            if history.gone(last, case.item.id, back_to):
                return


def passes(case: Case, clauses: Mapping[str, Clause]) -> bool:
    """Whether no rule of these speaks against the revision."""
    return all(clause(case) is None for clause in clauses.values())


def on_hold(here: Shown) -> bool:
    """Whether a hold stands on anything that carries the id."""
    return bool(here.holds)


def in_order(item: Item) -> bool:
    """Whether the template itself is without faults: with them its content is a guess."""
    return not item.faults


def is_plain(value: str) -> bool:
    """Whether the value can be written in one way only, so that it can be searched for."""
    return not _NOT_PLAIN.search(value)


def values_shown(item: Item, queue: Queue) -> list[str]:
    """The approvals that the page shows for the item: on it, or as decisions that wait to be put
    there.
    """
    decided = [one.approved for one in queue.decided(item.id) if not one.faults]
    return list(dict.fromkeys(filter(None, [item.editors.get('approved', ''), *decided])))


def naming(values: Iterable[str], item: Item, rules: Rules) -> list[str]:
    """Those of the approvals that name the item's content: at least 40 digits, and all that are there."""
    whole = fingerprint(item.content, rules.channels, rules.language)
    found = []
    for value in values:
        digits = _DIGITS.match(value)
        if digits and len(digits[0]) >= SHOWN and whole.startswith(digits[0]):
            found.append(value)
    return found
