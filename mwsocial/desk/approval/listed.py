"""Whether a row of a list counts: an approver added it as it stands, or confirmed it.

The rules are those of what editors write beside an item (``proofs``): who did it and how is told by the
history, never by the page.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from mwsocial.desk.approval import people
from mwsocial.desk.approval.clauses import REVERTS, Case, adds, brought_others_words
from mwsocial.desk.approval.decision import candidates
from mwsocial.desk.approval.history import Content, History, content_of, loses
from mwsocial.desk.approval.holder import item_now
from mwsocial.desk.approval.proofs import METADATA, proved
from mwsocial.desk.knowledge import Knowledge
from mwsocial.desk.rules import Rules
from mwsocial.wiki.revision import Revision

CONFIRMED = 'confirmed'


def listed(row_id: str, knowledge: Knowledge, rules: Rules, now: datetime) -> Revision | None:
    """The approver's revision by which the row that the page shows under *row_id* counts; None if there
    is none. It ends once somebody whose word counts takes the row away or changes it, even if somebody
    else puts it back. Raises ``Need``.
    """
    proof = proved(CONFIRMED, row_id, knowledge, rules, now)
    return proof.revision if proof else _added(row_id, knowledge, rules, now)


def _added(row_id: str, knowledge: Knowledge, rules: Rules, now: datetime) -> Revision | None:
    history = History(knowledge)
    if not history.chain:
        return None
    current = history.chain[0]
    history.load([current])
    row = item_now(row_id, history.queue(current), knowledge)
    if row is None or row.faults:
        return None
    case = Case(history, rules, now, row, '', current)
    content = content_of(row)
    for one in candidates(case, METADATA):
        if (
            content in _contents(one, one.revision)
            and content not in _contents(one, one.parent)
            and any(adds(one, value) for value in row.content.values())
            and not brought_others_words(one)
            and not one.revision.tags & REVERTS
            and _fresh(one, content)
            and not _taken_back(one, content)
        ):
            return one.revision
    return None


def _contents(case: Case, revision: Revision | None) -> Counter[Content]:
    return case.history.shown(revision, case.item.id).contents


def _fresh(case: Case, content: Content) -> bool:
    """The row never stood there before: bringing an old text back adds nothing."""
    history = case.history
    before = history.before(case.revision)
    return not any(
        content in _contents(case, one)
        for one in history.backwards(before, case.item.id, case.back_to)
    )


def _taken_back(case: Case, content: Content) -> bool:
    history = case.history
    later, _ = people.heard_since(case.revision, history, case.rules)
    history.load(history.with_parents(later))
    losers = [
        one for one in later
        if one.text_hidden
        or loses(_contents(case, history.parent(one)), _contents(case, one), content)
    ]  # fmt: skip
    return bool(people.counted_then(losers, case.revision, history.knowledge, case.rules))
