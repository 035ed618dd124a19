"""Who may approve. What only makes things safer (voiding, holding) is open to more people than what
makes them go out: it counts from those who were approvers then, too.
"""

from __future__ import annotations

from collections.abc import Iterable

from mwsocial.desk.approval.history import History
from mwsocial.desk.knowledge import Knowledge, Need, Person
from mwsocial.desk.rules import Rules
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision

#: A page of more bytes takes seconds to read, and tens of megabytes to keep.
LARGE = 300_000


def load_people(knowledge: Knowledge, revisions: Iterable[Revision]) -> None:
    """Make sure that the authors are known. Raises one ``Need`` for all who are not."""
    missing: set[str] = set()
    for name in {one.user for one in revisions if one.userid and not one.user_hidden}:
        try:
            knowledge.person(name)
        except Need as need:
            missing |= need.people
    if missing:
        raise Need(people=missing)


def may_approve(revision: Revision, knowledge: Knowledge, rules: Rules) -> bool:
    """Whether the author of this revision is an approver now. Raises ``Need`` for the person."""
    if not would_approve(revision, knowledge, rules):
        return False
    return not kept_out(knowledge.person(revision.user))


def would_approve(revision: Revision, knowledge: Knowledge, rules: Rules) -> bool:
    """Whether the author is an approver now or would be one, but for a block. Raises ``Need``."""
    if revision.user_hidden or not revision.userid or is_bot(revision, rules):
        return False
    person = knowledge.person(revision.user)
    return same_account(revision, person) and listed(person, rules)


def is_bot(revision: Revision, rules: Rules) -> bool:
    """Whether the desk's own account made the edit, or one that was it before."""
    return revision.user in {rules.bot, *rules.former_bots} and not revision.user_hidden


def same_account(revision: Revision, person: Person) -> bool:
    """Whether the edit is by the account that has the name now (not by one that had it before, and
    not by somebody of that name on another wiki).
    """
    return revision.userid == person.userid


def kept_out(person: Person) -> bool:
    """Whether the account may not act now."""
    return person.blocked or person.locked


def listed(person: Person, rules: Rules) -> bool:
    """Whether the configuration makes this account an approver: by a group, by its id under whatever
    name, or by its name where no id is given.
    """
    if person.groups & rules.groups or rules.users.get(person.name) == 0:
        return True
    return person.userid in {userid for userid in rules.users.values() if userid}


def counted_then(
    revisions: Iterable[Revision], approver: Revision, knowledge: Knowledge, rules: Rules
) -> list[Revision]:
    """Those of the revisions whose word counts against an approval: by approvers of now, by who made
    the revision *approver*, by who was an approver then; and by hidden names, which may be theirs.

    Raises one ``Need`` for the people, then one for the rights they had.
    """
    revisions = [one for one in revisions if not is_bot(one, rules)]
    load_people(knowledge, revisions)
    missing: set[str] = set()
    found = []
    for revision in revisions:
        if (
            revision.user_hidden
            or revision.userid == approver.userid
            or may_approve(revision, knowledge, rules)
        ):
            found.append(revision)
        elif revision.userid and same_account(revision, knowledge.person(revision.user)):
            try:
                if was_approver(revision, knowledge):
                    found.append(revision)
            except Need as need:
                missing |= need.former
    if missing:
        raise Need(former=missing)
    return found


def heard_since(
    approver: Revision, history: History, rules: Rules
) -> tuple[list[Revision], list[Revision]]:
    """The revisions after *approver* that are to be read for what they take away or hold, and those that
    are not, newest first each; the bot's are in neither. Raises ``Need`` for people, never for texts.

    Anybody can fill the page with ten thousands of items again and again, and be reverted each time. So
    where a revision is large, or the one before, its author is asked about first, and it is read only if
    his word counts. Nothing goes out by that which would not else: what a revision takes away or holds is
    told from itself and its parent alone, and then counts only if ``counted_then`` gives it. What may
    have happened in the others to a hold that anybody may set and lift, the caller has to assume.
    """
    later = [one for one in history.after(approver) if not is_bot(one, rules)]
    large = [one for one in later if _large(one) or _large(history.parent(one))]
    counted = {one.revid for one in counted_then(large, approver, history.knowledge, rules)}
    unheard = {one.revid for one in large} - counted
    return (
        [one for one in later if one.revid not in unheard],
        [one for one in later if one.revid in unheard],
    )


def _large(revision: Revision | None) -> bool:
    return revision is not None and revision.size > LARGE


def was_approver(revision: Revision, knowledge: Knowledge) -> bool:
    """Whether the author was an approver at the time of the edit."""
    return any(
        span.since <= revision.timestamp
        and (span.until is None or revision.timestamp <= span.until)
        for span in knowledge.former_rights(revision.user)
    )


def approvers(rules: Rules, name: str = '', userid: int = 0) -> str:
    """The approvers in words, for a sentence in the desk's language: groups, then people; without the
    account *name* (*userid*, if known), who may not approve what it is about, and without the bot.
    """
    groups = [Reason('approval-group', (group,)).said() for group in sorted(rules.groups)]
    kept_from = {name, rules.bot, *rules.former_bots}
    people = [
        one for one, number in sorted(rules.users.items())
        if one not in kept_from and not (userid and number == userid)
    ]  # fmt: skip
    words = [*groups, *people] or [Reason('approval-nobody').said()]
    return '; '.join(words[:8]) + (' …' if len(words) > 8 else '')
