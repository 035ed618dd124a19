"""Who first gave an item its content: the second-person rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from mwsocial.desk.approval.history import History
from mwsocial.desk.approval.people import is_bot
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.knowledge import Knowledge
from mwsocial.desk.rules import Rules
from mwsocial.wiki.presave import others_words
from mwsocial.wiki.revision import Revision

#: Marks the summary of an edit by which the bot puts items on the queue for people.
PROPOSE = 'mwsocial:propose'
#: MediaWiki cuts a summary at 500 characters.
ROOM = 480


def proposal_summary(proposals: Mapping[str, str]) -> str:
    """The summary of an edit that puts items on the queue: id to the user who decided or proposed it,
    '' where no person did. The second-person rule reads it back.

    Raises ``ValueError`` if it gets too long for a summary: put them there in more than one edit.
    """
    parts = [f'{one} by [[User:{user}]]' if user else one for one, user in proposals.items()]
    summary = f'{PROPOSE} {", ".join(parts)}'
    if len(summary) > ROOM:
        raise ValueError(f'{len(proposals)} proposals are too many for one edit')
    return summary


def proposer_in(summary: str, item_id: str) -> str:
    """Whom a ``proposal_summary`` names for the id; '' if nobody."""
    if summary.split()[:1] != [PROPOSE]:
        return ''
    found = re.search(rf'(?<![a-z0-9-]){re.escape(item_id)} by \[\[User:([^\[\]|]+)\]\]', summary)
    return found[1] if found else ''


def self_given(
    item: Item, approver: Revision, history: History, rules: Rules, back_to: datetime
) -> Revision | None:
    """The revision by which the author of the revision *approver* was the first to give the item its
    content; None if somebody else was, or the bot of its own accord.

    Read are only this author's own revisions, and what is older than the first of them that brought
    the content. Where a name is hidden, an import may have written it, or the bot names somebody whose
    account has gone, it may have been the author. Raises ``Need``.
    """
    own = [
        revision
        for revision in history.before(approver)
        if _may_be_by(revision, approver, item.id, history.knowledge, rules)
    ]
    brought = [
        revision
        for revision in history.backwards(own, item.id, back_to, parents=True)
        if _brings(revision, item, history)
    ]
    if not brought:
        # Nobody's own edit may have brought what the author had left there to be completed by it.
        brought = [
            revision
            for revision in _completing(history.before(approver), item.id, history, back_to)
            if _brings(revision, item, history)
        ]
    if not brought:
        return None
    earliest = brought[-1]
    for revision in history.backwards(history.before(earliest), item.id, back_to):
        if stands(history.queue(revision), item):
            return None
    return earliest


def _completing(
    revisions: Sequence[Revision], item_id: str, history: History, back_to: datetime
) -> Iterator[Revision]:
    """Those of the revisions (newest first) that may have completed what others had left on the page."""
    child: Revision | None = None
    for one in history.backwards(revisions, item_id, back_to):
        follows = child is not None and history.parent(child) is one
        if child and follows and others_words(history.text(one), history.text(child)):
            yield child
        child = one


def stands(queue: Queue, item: Item) -> bool:
    """Whether the page holds the item's content, under its id or still without one."""
    return any(
        _words(one) == _words(item) and not one.faults
        for one in (*queue.of(item.id), *queue.of(''))
    )


def _words(item: Item) -> dict[str, str]:
    return {name: value for name, value in item.content.items() if name != 'id'}


def _brings(revision: Revision, item: Item, history: History) -> bool:
    parent = history.parent(revision)
    seen: Revision | None = revision
    while seen and seen.text_hidden:  # what a hidden text brought shows in the next one
        seen = history.child(seen)
        history.load([seen])
    while parent and parent.text_hidden:
        parent = history.parent(parent)
        history.load([parent])
    return stands(history.queue(seen), item) and not stands(history.queue(parent), item)


def _may_be_by(
    revision: Revision, approver: Revision, item_id: str, knowledge: Knowledge, rules: Rules
) -> bool:
    if revision.user_hidden or revision.imported:
        return True
    if not is_bot(revision, rules):
        return revision.userid == approver.userid
    if revision.summary_hidden:
        return True
    name = proposer_in(revision.summary, item_id)
    return bool(name) and knowledge.person(name).userid in (0, approver.userid)
