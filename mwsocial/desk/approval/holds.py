"""What became of the holds on an item since it was approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mwsocial.desk.approval.history import BATCH, History
from mwsocial.desk.approval.people import (
    counted_then,
    heard_since,
    is_bot,
    load_people,
    may_approve,
)
from mwsocial.desk.rules import Rules
from mwsocial.wiki.presave import others_words
from mwsocial.wiki.revision import Revision


@dataclass(frozen=True)
class HoldStory:
    """``veto``: the revision of an approver whose hold was taken away by somebody who is none.
    ``lifted``: when (UTC) a hold last went or may have gone, whoever took it away.
    """

    veto: Revision | None = None
    lifted: datetime | None = None


def hold_story(approver: Revision, item_id: str, history: History, rules: Rules) -> HoldStory:
    """The holds on the item from the revision *approver* until now. Raises ``Need``.

    A hold counts as an approver's if its author is an approver now or was one then; it is lifted by
    who is one now. Whoever approves an item that shows no hold has decided about the earlier ones.
    In a revision that is not read (``heard_since``) one may have gone: that costs the quiet time, as
    taking one away does, and no more.
    """
    later, unheard = heard_since(approver, history, rules)
    history.load(history.with_parents(later))
    changes = []
    for revision in reversed(later):
        before, after = (
            history.shown(one, item_id).holds for one in (history.parent(revision), revision)
        )
        if before != after and not revision.text_hidden:
            changes.append((revision, bool(after - before), bool(before) and not after))
    inherited = bool(history.shown(approver, item_id).holds)
    went = [one.timestamp for one in unheard]
    if not changes and not inherited:
        return HoldStory(lifted=max(went, default=None))
    setters = counted_then(
        [one for one, new, _ in changes if new], approver, history.knowledge, rules
    )
    load_people(history.knowledge, [one for one, _, _ in changes])
    veto: Revision | None = None
    for revision, new, gone in changes:
        if new and revision in setters:
            veto = revision
        if gone:
            went.append(revision.timestamp)
            if may_approve(revision, history.knowledge, rules) and _own(revision, history):
                veto, inherited = None, False
    if veto is None and inherited:
        veto = _earlier(approver, item_id, history, rules)
    return HoldStory(veto, max(went, default=None))


def _own(revision: Revision, history: History) -> bool:
    """Whether the edit was made by its author, and with no words that others had left to be expanded."""
    parent = history.parent(revision)
    if revision.imported or parent is None:
        return False
    return not others_words(history.text(parent), history.text(revision))


def _earlier(approver: Revision, item_id: str, history: History, rules: Rules) -> Revision | None:
    """The approver's revision among those that set the hold which the revision *approver* shows."""
    setters = []
    revisions = [approver, *history.before(approver)]
    for start in range(0, len(revisions), BATCH):
        batch = revisions[start : start + BATCH]
        history.load(batch)
        for revision in batch:
            if revision.text_hidden:
                continue
            parent = history.parent(revision)
            history.load([parent])
            before, after = (history.shown(one, item_id).holds for one in (parent, revision))
            if not after:
                break
            if after - before:
                setters.append(revision)
        else:
            continue
        break
    # When the bot gave the id, the hold may have been anybody's before.
    unknown = [one for one in setters if is_bot(one, rules)]
    counted = counted_then(setters, approver, history.knowledge, rules)
    return next(iter([*counted, *unknown]), None)
