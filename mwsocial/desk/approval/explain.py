"""Why an approval that the page shows is none: which edit is to blame, and who can still approve.

The edit is looked for with a few texts at a time, so that one line of a vandal, which anybody can
write, costs no month of history.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mwsocial.desk.approval import people
from mwsocial.desk.approval.clauses import AUTHOR, CHEAP, READ, Case
from mwsocial.desk.approval.history import newest
from mwsocial.desk.approval.verdict import NotApproved, refused
from mwsocial.desk.fingerprint import SHOWN, fingerprint
from mwsocial.desk.item import Item
from mwsocial.desk.rules import Rules
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision


def stale(
    values: Sequence[str],
    case: Case,
    naming: Callable[[Sequence[str], Item, Rules], Sequence[str]],
) -> NotApproved:
    """An approval is shown, but for other content; who changed it is said. Raises ``Need``.

    *naming* gives those of some values that begin with the fingerprint of an item.
    """
    history, named = case.history, case.named
    setter = _setter(values, case)
    if setter is None:
        return _stale('approval-unproved', named)
    if setter.text_hidden:
        return _stale('approval-hidden', setter.revid, named)
    who = setter.user or '?', setter.revid
    whole = fingerprint(case.item.content, case.rules.channels, case.rules.language)
    if any(whole.startswith(value[:12]) and value[:SHOWN] != whole[:SHOWN] for value in values):
        return _stale('approval-short', *who, SHOWN, named)

    def fits(revision: Revision) -> bool:
        then = history.shown(revision, case.item.id).items
        return any(naming(values, one, case.rules) for one in then)

    later = history.after(setter)
    history.load([setter])
    # Of two items with one id, the other one may be what was approved.
    if not fits(setter) or not later or fits(later[0]):
        return _stale('approval-stale', *who, named)
    changed = newest(history, lambda revision: not fits(revision), later)
    if changed.text_hidden:
        return _stale('approval-stale', *who, named)
    return _stale('approval-stale-by', changed.user or '?', changed.revid, case.second(changed))


def unproved(values: Sequence[str], case: Case) -> NotApproved:
    """No approver has set the approval that is shown: what is wrong with the edit that did.
    Raises ``Need``.
    """
    setter = _setter(values, case)
    if setter is None:
        return refused('unproved', case.named)
    if setter.text_hidden:
        return refused('hidden', setter.revid, case.named)
    people.load_people(case.history.knowledge, [setter])
    before = case.history.shown(case.history.parent(setter), case.item.id).approvals
    after = case.history.shown(setter, case.item.id).approvals
    for value in values:
        if value in after and value not in before:
            one = replace(case, revision=setter, value=value)
            for clause in (*CHEAP.values(), *AUTHOR.values(), *READ.values()):
                failure = clause(one)
                if failure:
                    return failure
    return refused('unproved', case.named)


def not_plain(values: Sequence[str], case: Case) -> NotApproved:
    """The approval could be written in several ways. Raises ``Need``."""
    setter = _setter(values, case)
    who = (setter.user or '?', setter.revid) if setter else ('?', case.revision.revid)
    return refused('not-plain', *who, case.named)


def _stale(key: str, *args: object) -> NotApproved:
    return NotApproved(Reason(key, tuple(map(str, args))), 'stale')


def _setter(values: Sequence[str], case: Case) -> Revision | None:
    """The revision that brought one of the approvals that the page shows; None if it is not there
    (older than what the history tells).
    """
    history = case.history

    def shows(revision: Revision) -> bool:
        approvals = history.shown(revision, case.item.id).approvals
        return any(value in approvals for value in values)

    setter = newest(history, shows, history.chain)
    history.load([history.parent(setter)])
    return setter if history.parent(setter) or not setter.parentid else None
