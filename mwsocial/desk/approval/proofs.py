"""Whether what editors wrote beside the content was written by an approver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from mwsocial.desk.approval import people
from mwsocial.desk.approval.clauses import (
    REVERTS,
    Case,
    Clause,
    adds,
    brought_others_words,
    not_imported,
    visible,
)
from mwsocial.desk.approval.decision import candidates
from mwsocial.desk.approval.history import History, loses
from mwsocial.desk.approval.holder import item_now
from mwsocial.desk.approval.verdict import Proof
from mwsocial.desk.knowledge import Knowledge
from mwsocial.desk.rules import Rules
from mwsocial.wiki.revision import Revision


def proved(
    parameter: str, item_id: str, knowledge: Knowledge, rules: Rules, now: datetime
) -> Proof | None:
    """The approver's revision that set *parameter* (``decline``, ``delete-posts``,
    ``settle-CHANNEL``) of the item to the value the page shows now; None if there is none.

    The rules are those of an approval as to who set it and how. Nobody needs a second person for it,
    and it does not grow old. It ends once somebody whose word counts takes it away, even if somebody
    else puts it back. Raises ``Need``.
    """
    history = History(knowledge)
    if not history.chain:
        return None
    current = history.chain[0]
    history.load([current])
    item = item_now(item_id, history.queue(current), knowledge)
    value = item.editors.get(parameter, '') if item else ''
    if item is None or not value:
        return None
    case = Case(history, rules, now, item, value, current)
    for one in candidates(case, METADATA):
        if all(clause(one, parameter) for clause in PROOF.values()):
            return Proof(one.revision, value)
    return None


def _values(case: Case, revision: Revision | None, parameter: str) -> Counter[str]:
    items = case.history.shown(revision, case.item.id).items
    return Counter(filter(None, (item.editors.get(parameter, '') for item in items)))


def _introduced(case: Case, parameter: str) -> bool:
    # Taking comment marks away sets nothing: what stands there then others wrote.
    return (
        case.value in _values(case, case.revision, parameter)
        and case.value not in _values(case, case.parent, parameter)
        and adds(case, case.value)
    )


def _own_words(case: Case, parameter: str) -> bool:
    return not brought_others_words(case)


def _no_revert(case: Case, parameter: str) -> bool:
    return not case.revision.tags & REVERTS


def _two_edits(case: Case, parameter: str) -> bool:
    before = case.history.shown(case.parent, case.item.id).items
    then = case.then()
    return then is not None and [one.content for one in before] == [then.content]


def _not_taken_back(case: Case, parameter: str) -> bool:
    history = case.history
    later, _ = people.heard_since(case.revision, history, case.rules)
    history.load(history.with_parents(later))
    losers = []
    for one in later:
        before, after = (_values(case, which, parameter) for which in (history.parent(one), one))
        if one.text_hidden or loses(before, after, case.value):
            losers.append(one)
    return not people.counted_then(losers, case.revision, history.knowledge, case.rules)


def _fresh(case: Case, parameter: str) -> bool:
    history = case.history
    before = history.before(case.revision)
    return not any(
        case.value in history.text(one) and case.value in _values(case, one, parameter)
        for one in history.backwards(before, case.item.id, case.back_to)
    )


METADATA: dict[str, Clause] = {'visible': visible, 'not imported': not_imported}
PROOF: dict[str, Callable[[Case, str], bool]] = {
    'introduced': _introduced,
    'own words': _own_words,
    'no revert': _no_revert,
    'two edits': _two_edits,
    'not taken back': _not_taken_back,
    'fresh': _fresh,
}
