"""Why an approval that the page shows is none, from what has been read anyway."""

from __future__ import annotations

from mwsocial.desk.approval import people
from mwsocial.desk.approval.history import History
from mwsocial.desk.approval.verdict import NotApproved, refused
from mwsocial.desk.fingerprint import SHOWN, fingerprint
from mwsocial.desk.item import Item
from mwsocial.desk.rules import Rules
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision


def stale(values: list[str], item: Item, history: History, rules: Rules) -> NotApproved:
    """An approval is shown, but for other content; who changed it is said if that is known."""
    whole = fingerprint(item.content, rules.channels, rules.language)
    named = people.approvers(rules)
    if any(whole.startswith(value[:12]) and value[:SHOWN] != whole[:SHOWN] for value in values):
        return NotApproved(Reason('approval-short', (str(SHOWN), named)), 'stale')
    changed = _changed_by(values, item, history, rules)
    if changed:
        args = changed.user or '?', str(changed.revid), named
        return NotApproved(Reason('approval-stale-by', args), 'stale')
    return NotApproved(Reason('approval-stale', (named,)), 'stale')


def _changed_by(values: list[str], item: Item, history: History, rules: Rules) -> Revision | None:
    for revision in history.chain:
        parent = history.parent(revision)
        if parent is None or not history.known(parent):
            return None
        for one in history.shown(parent, item.id).items:
            before = fingerprint(one.content, rules.channels, rules.language)
            if any(value.startswith(before[:SHOWN]) for value in values):
                return revision
    return None


def unproved(values: list[str], item: Item, history: History, rules: Rules) -> NotApproved:
    """No approver has set the approval that is shown; who did is said if that is known."""
    named = people.approvers(rules)
    for revision in history.chain:
        parent = history.parent(revision)
        if not history.known(revision) or (parent and not history.known(parent)):
            continue
        after = history.shown(revision, item.id).approvals
        before = history.shown(parent, item.id).approvals
        if any(value in after and value not in before for value in values):
            if people.is_bot(revision, rules):  # it only puts a decision on the item
                continue
            return refused('not-by-approver', revision.user or '?', revision.revid, named)
    return refused('unproved', rules.valid.days, named)
