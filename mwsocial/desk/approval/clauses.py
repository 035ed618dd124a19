"""The rules of an approval, one function each: it says why a revision does not count, or None.

Every function may raise ``Need`` for what it has to read. The cheap ones come first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mwsocial.desk.approval import people
from mwsocial.desk.approval.authors import self_given
from mwsocial.desk.approval.history import History, content_of, loses, newest
from mwsocial.desk.approval.holds import hold_story
from mwsocial.desk.approval.verdict import NotApproved, refused
from mwsocial.desk.files import LOCAL, FileChange, FileFacts, same_title, titles_of
from mwsocial.desk.item import Item
from mwsocial.desk.knowledge import Need, earliest
from mwsocial.desk.rules import Rules
from mwsocial.desk.times import parse_time, show_time
from mwsocial.reason import Reason
from mwsocial.wiki.presave import others_words
from mwsocial.wiki.revision import Revision

#: Tags of edits that bring back an old text (MediaWiki, Help:Tags).
REVERTS = frozenset({'mw-undo', 'mw-rollback', 'mw-manual-revert'})


@dataclass(frozen=True)
class Case:
    """One revision that may have approved an item. ``item`` is the item as the page shows it now,
    ``value`` the approval that the page shows and that begins with the item's fingerprint.
    """

    history: History
    rules: Rules
    now: datetime
    item: Item
    value: str
    revision: Revision

    @property
    def parent(self) -> Revision | None:
        """The revision before."""
        return self.history.parent(self.revision)

    @property
    def named(self) -> str:
        """Who may approve, in words."""
        return people.approvers(self.rules)

    def others(self, revision: Revision) -> str:
        """Who may approve, in words, where the author of *revision* may not."""
        return people.approvers(self.rules, revision.user, revision.userid)

    def second(self, revision: Revision) -> str:
        """Who may approve, in words, what the author of *revision* gave the item as its content."""
        return self.named if self.rules.second_person is False else self.others(revision)

    @property
    def back_to(self) -> datetime:
        """From where on back the id's earlier history is not worth reading."""
        return self.revision.timestamp - self.rules.valid

    def then(self) -> Item | None:
        """The item as the revision holds it; None if it holds none, or several."""
        items = self.history.shown(self.revision, self.item.id).items
        return items[0] if len(items) == 1 else None


Clause = Callable[[Case], NotApproved | None]


def by_an_approver(case: Case) -> NotApproved | None:
    """The author is an approver now."""
    if people.may_approve(case.revision, case.history.knowledge, case.rules):
        return None
    who = case.revision.user or '?', case.revision.revid
    if people.would_approve(case.revision, case.history.knowledge, case.rules):
        return refused('approver-blocked', *who, case.others(case.revision))
    return refused('not-by-approver', *who, case.named)


def visible(case: Case) -> NotApproved | None:
    """The text is not hidden, nor the one before, nor the author's name."""
    parent = case.parent
    hidden = case.revision.text_hidden or case.revision.user_hidden
    if not hidden and not (parent and parent.text_hidden):
        return None
    return refused('hidden', case.revision.revid, case.named)


def not_imported(case: Case) -> NotApproved | None:
    """No import can have made the edit: its file says by whom and when, and anybody can write that."""
    if not case.revision.imported:
        return None
    return refused('imported', case.revision.user, case.revision.revid, case.named)


def not_too_old(case: Case) -> NotApproved | None:
    """At most so many days old, or until the time set with the approval and its grace have passed."""
    if case.now <= last_moment(case.revision, case.item, case.rules):
        return None
    who = case.revision.user, case.revision.revid
    return refused('too-old', *who, case.rules.valid.days, case.named)


def last_moment(revision: Revision, item: Item, rules: Rules) -> datetime:
    """Until when an approval counts (UTC)."""
    last = revision.timestamp + rules.valid
    if 'not-before' in item.content:
        try:
            last = max(last, parse_time(item.content['not-before']) + rules.late)
        except (ValueError, OverflowError):  # the item is invalid, or means the end of all days
            return last
    return last


def introduced(case: Case) -> NotApproved | None:
    """The revision itself set the value: it was not there before."""
    before = case.history.shown(case.parent, case.item.id).approvals
    after = case.history.shown(case.revision, case.item.id).approvals
    if case.value in after and case.value not in before:
        return None
    return refused('not-introduced', case.revision.revid, case.named)


def own_words(case: Case) -> NotApproved | None:
    """What the edit brought its author wrote: nobody had left words there that a save expands."""
    if not brought_others_words(case):
        return None
    return refused('others-words', case.revision.user, case.revision.revid, case.named)


def brought_others_words(case: Case) -> bool:
    """Whether the edit may have brought words that its author did not write (see ``presave``)."""
    parent = case.parent
    if parent is None:
        return False
    return others_words(case.history.text(parent), case.history.text(case.revision))


def adds(case: Case, words: str) -> bool:
    """Whether *words* stand more often in the wikitext after the edit than before, wherever that is."""
    before = case.history.text(case.parent) if case.parent else ''
    return case.history.text(case.revision).count(words) > before.count(words)


def no_revert(case: Case) -> NotApproved | None:
    """The edit is no undo, rollback or manual revert."""
    if not case.revision.tags & REVERTS:
        return None
    return refused('revert', case.revision.user, case.revision.revid, case.named)


def one_item(case: Case) -> NotApproved | None:
    """Then, and just before, the page held the id once, in a template without faults."""
    before = case.history.shown(case.parent, case.item.id).items
    then = case.then()
    if then and not then.faults and len(before) <= 1 and not any(one.faults for one in before):
        return None
    return refused('twice-then', case.revision.user, case.revision.revid, case.named)


def two_edits(case: Case) -> NotApproved | None:
    """The edit before held the same content, so that it could be looked at."""
    before = case.history.shown(case.parent, case.item.id).items
    then = case.then()
    if then and any(one.content == then.content for one in before):
        return None
    who = case.revision.user, case.revision.revid
    return refused('one-edit', *who, case.second(case.revision))


def same_content(case: Case) -> NotApproved | None:
    """The item's content is now what it was then."""
    then = case.then()
    if then and then.content == case.item.content:
        return None
    later = case.history.after(case.revision)

    def changed(revision: Revision) -> bool:
        items = case.history.shown(revision, case.item.id).items
        return then is not None and all(one.content != then.content for one in items)

    if later and changed(later[0]):
        by = newest(case.history, changed, later)
        return refused('stale-by', by.user or '?', by.revid, case.second(by))
    return refused('content', case.revision.user, case.revision.revid, case.named)


def not_void(case: Case) -> NotApproved | None:
    """Nobody whose word counts has since taken back what was approved."""
    history = case.history
    later, _ = people.heard_since(case.revision, history, case.rules)
    history.load(history.with_parents(later))
    offences = {one: _offence(case, one) for one in reversed(later)}
    suspects = [one for one, offence in offences.items() if offence]
    for one in people.counted_then(suspects, case.revision, history.knowledge, case.rules):
        who = case.revision.user, case.revision.revid, one.user or '?', one.revid
        return refused(f'void-{offences[one]}', *who, case.named)
    return None


def _offence(case: Case, revision: Revision) -> str:
    """What an edit took away of the approved form: '' if nothing."""
    parent = case.history.parent(revision)
    if revision.text_hidden:
        return 'hidden'
    before = case.history.shown(parent, case.item.id)
    after = case.history.shown(revision, case.item.id)
    content = content_of(case.item)
    unseen = parent is None or parent.text_hidden
    if after.declines - before.declines:
        return 'declined'
    if after.takedowns - before.takedowns:
        # Whoever takes that line away again, nothing more is sent under this approval.
        return 'taken-down'
    if loses(before.contents, after.contents, content) or (unseen and not after.contents[content]):
        return 'content' if after.contents else 'item'
    if loses(before.approvals, after.approvals, case.value) or (
        unseen and not after.approvals[case.value]
    ):
        return 'approved'
    return ''


def no_hold(case: Case) -> NotApproved | None:
    """No approver's hold has been taken away by somebody who is none."""
    story = hold_story(case.revision, case.item.id, case.history, case.rules)
    if story.veto is None:
        return None
    args = story.veto.user or '?', story.veto.revid, case.named
    return NotApproved(Reason('approval-hold-removed', tuple(map(str, args))), 'held')


def quiet(case: Case) -> NotApproved | None:
    """The approval is some minutes old, and so is the lifting of a hold."""
    story = hold_story(case.revision, case.item.id, case.history, case.rules)
    since = max(filter(None, (case.revision.timestamp, story.lifted)))
    until = since + case.rules.quiet
    if case.now >= until:
        return None
    args = case.revision.user, str(case.revision.revid), show_time(until)
    return NotApproved(Reason('approval-quiet', args), 'waiting', until)


def second_person(case: Case) -> NotApproved | None:
    """Somebody else was the first to give the item its content, or it has stood long enough."""
    rule = case.rules.second_person
    if rule is False:
        return None
    first = self_given(case.item, case.revision, case.history, case.rules, case.back_to)
    if first is None:
        return None
    if rule is not True and case.revision.timestamp - first.timestamp >= timedelta(hours=rule):
        return None
    who = case.revision.user, case.revision.revid, first.revid
    if first.imported:
        return refused('second-person-imported', *who, case.named)
    if first.userid != case.revision.userid and not people.is_bot(first, case.rules):
        return refused('second-person-others', *who, case.named)
    return refused('second-person', *who, case.others(case.revision))


def fresh(case: Case) -> NotApproved | None:
    """The whole value never stood on the page before, so that no old text approves again."""
    before = case.history.before(case.revision)
    for revision in case.history.backwards(before, case.item.id, case.back_to):
        if case.value in case.history.text(revision):
            who = case.revision.user, case.revision.revid, revision.revid
            return refused('seen-before', *who, case.named)
    return None


def same_files(case: Case) -> NotApproved | None:
    """Each image is the file that it was: nothing was uploaded, moved, deleted or restored since, here
    or in the shared repository, and the name leads nowhere else.

    A file that changed its repository was uploaded, deleted or restored in one of them. Something in
    the second of the approval counts as after it. While the other repository cannot be asked, what is
    not due yet is left as it is: it is asked again before anything is sent.
    """
    for title, facts in _files(case).items():
        failure = _changed_file(case, title, facts)
        if failure:
            return failure
    return None


def _files(case: Case) -> dict[str, FileFacts]:
    found, needs = {}, []
    for title in titles_of(case.item):
        try:
            found[title] = case.history.knowledge.file(title, case.revision.timestamp)
        except Need as need:
            needs.append(need)
    if needs:
        raise Need(files=earliest(*(need.files for need in needs)))
    return found


def _changed_file(case: Case, title: str, facts: FileFacts) -> NotApproved | None:
    who = case.revision.user
    for change in facts.changes:
        if change.when >= case.revision.timestamp:
            return _change(title, facts, change, who)
    if not facts.repository:
        return refused('file-missing', title)
    if facts.redirect or not same_title(facts.title, title):
        return refused('file-redirect', title, facts.title)
    if facts.uploaded and facts.uploaded >= case.revision.timestamp:
        return _change(title, facts, FileChange('upload', facts.uploaded), who)
    if facts.trouble and case.now >= due(case.revision, case.item):
        return refused('file-unknown', title, facts.trouble.said())
    return None


def _change(title: str, facts: FileFacts, change: FileChange, who: str) -> NotApproved:
    if change.logid:
        return refused(f'file-{change.kind}', title, change.user or '?', who, change.logid)
    place = facts.place if facts.repository not in ('', LOCAL) else '–'
    return refused(f'file-{change.kind}-there', title, change.user or '?', who, place)


def due(revision: Revision, item: Item) -> datetime:
    """When what *revision* approved is to go out, at the earliest (UTC)."""
    try:
        return max(revision.timestamp, parse_time(item.content['not-before']))
    except (KeyError, ValueError):
        return revision.timestamp


#: What a revision's metadata tells.
CHEAP: dict[str, Clause] = {
    'visible': visible,
    'not imported': not_imported,
    'not too old': not_too_old,
}
#: What the author's account tells.
AUTHOR: dict[str, Clause] = {
    'by an approver': by_an_approver,
}
#: What takes reading, in the order in which it is read.
READ: dict[str, Clause] = {
    'introduced': introduced,
    'own words': own_words,
    'no revert': no_revert,
    'one item': one_item,
    'two edits': two_edits,
    'same content': same_content,
    'not void': not_void,
    'no hold': no_hold,
    'second person': second_person,
    'fresh': fresh,
    'same files': same_files,
    'quiet': quiet,
}
