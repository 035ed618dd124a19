"""How one item stands: what is due on which channel, what is done, and the one reason why not.

Pure: everything comes in as values. The approval, the proofs and the records have been judged before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from mwsocial.channels.base import Abilities
from mwsocial.desk.approval import Approved, NotApproved
from mwsocial.desk.fingerprint import channel_names
from mwsocial.desk.item import Item
from mwsocial.desk.places import channel_of, in_order, part_of, place
from mwsocial.desk.records import CLAIMS, Proven
from mwsocial.desk.rules import Rules
from mwsocial.desk.times import parse_time, read_shown, show_time
from mwsocial.desk.validity import foremost
from mwsocial.reason import Reason
from mwsocial.wiki.escape import read_value

#: The channel name under which the entry in Template:MediaWiki News is delivered.
NEWS = 'news'
#: A claim gives its run this long to send; a record that still says ``sending`` after STALE is
#: looked into by whoever comes next. Between the two nobody can still be sending.
LEASE = timedelta(minutes=5)
STALE = timedelta(minutes=10)


@dataclass(frozen=True)
class Target:
    """One place of one item: a channel, or a later part of a thread there.

    ``action``: ``send`` (due now), ``correct`` (posted with other words than are approved now),
    ``delete`` (to be taken down), ``settle`` (a claim whose outcome is unknown: look), ``done``, ``busy``
    (another run is at it), ``wait`` (later, see ``until`` and ``reason``), ``failed``, ``unconfirmed``,
    ``missed``, ``deleted``. ``record`` is the newest one that counts.
    """

    action: str
    reason: Reason | None = None
    until: datetime | None = None
    record: Proven | None = None


@dataclass(frozen=True)
class Situation:
    """What has been judged of one item before its standing is decided.

    ``settled`` holds what approvers said of unconfirmed places: an address, or ``again``. ``channels``
    are the enabled channels this item goes to, with the reason where one is not live; ``parts`` says
    how many posts it makes on a channel where that is not one. ``changed`` are the places whose post
    says something else than what is approved (than the page, without an approval), ``fixed`` those of
    them that no edit can mend; ``abilities`` is what the enabled channels can do, ``not_live`` why one
    of them cannot be used. ``takedown`` is the revision by which an approver wants the posts taken
    down. ``not_counted``: what to say of a line that asks for something and that no approver wrote as
    it must be.
    """

    item: Item
    problems: tuple[Reason, ...] = ()
    approval: Approved | NotApproved | None = None
    declined: int | None = None
    records: Mapping[str, Proven] = field(default_factory=dict)
    settled: Mapping[str, str] = field(default_factory=dict)
    newcomer: bool = False
    channels: Mapping[str, Reason | None] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    abilities: Mapping[str, Abilities] = field(default_factory=dict)
    not_live: Mapping[str, Reason] = field(default_factory=dict)
    takedown: int | None = None
    not_counted: Reason | None = None

    @property
    def places(self) -> list[str]:
        """Where the item is to go, in order; the news last."""
        found = [
            place(name, part)
            for name in self.channels
            for part in range(1, self.parts.get(name, 1) + 1)
        ]
        return [*found, *([NEWS] if self.item.content.get(NEWS) else [])]


@dataclass(frozen=True)
class Standing:
    """What is to be shown of an item, and what is to be done for it."""

    situation: Situation
    state: str
    note: Reason | None = None
    targets: Mapping[str, Target] = field(default_factory=dict)

    @property
    def item(self) -> Item:
        """The item as the page shows it."""
        return self.situation.item

    @property
    def approved(self) -> Approved | None:
        """The approval, where one holds."""
        approval = self.situation.approval
        return approval if isinstance(approval, Approved) else None


def stand(situation: Situation, rules: Rules, now: datetime) -> Standing:
    """Decide how an item stands at *now* (UTC, the wiki's clock)."""
    item = situation.item
    if situation.newcomer:
        return Standing(situation, 'invalid', Reason('delivery-id-in-use', (item.id,)))
    blocked = why_blocked(situation)
    due = due_time(situation, now) if blocked is None else None
    rest = sorted(set(situation.records) - set(situation.places), key=in_order)
    targets: dict[str, Target] = {}
    broken: set[str] = set()
    for name in situation.places:
        target = _target(name, situation, rules, due, now)
        if target.action == 'send' and channel_of(name) in broken:
            target = _out_of_turn(name, target)
        if not _goes_on(name, target, situation):
            broken.add(channel_of(name))
        targets[name] = target
    for name in rest:
        target = _target(name, situation, rules, due, now)
        # What was tried once where the item is not to go any more is not tried again.
        over = target.action in ('send', 'wait', 'missed', 'failed')
        targets[name] = Target('wait', record=target.record) if over else target
    state, note = _sum_up(situation, targets, blocked)
    if state != 'sending' and (note is None or state == 'unconfirmed'):
        note = situation.not_counted or note
    return Standing(situation, state, note, targets)


def due_time(situation: Situation, now: datetime) -> datetime | None:
    """When the item became or becomes due (UTC); None without an approval."""
    if not isinstance(situation.approval, Approved):
        return None
    approval = situation.approval
    content = approval.item.content
    times = [approval.revision.timestamp]
    if 'not-before' in content:
        times.append(parse_time(content['not-before']))
    return max(times)


def in_time(situation: Situation, rules: Rules, now: datetime) -> bool:
    """Whether an approved item is due and not too late at *now* (UTC)."""
    due = due_time(situation, now)
    approval = situation.approval
    if due is None or not isinstance(approval, Approved):
        return False
    return due <= now <= _last_moment(approval, due, rules)


def last_moment(situation: Situation, rules: Rules, now: datetime) -> datetime | None:
    """Until when an approved item may go out (UTC); None without an approval."""
    due = due_time(situation, now)
    approval = situation.approval
    if due is None or not isinstance(approval, Approved):
        return None
    return _last_moment(approval, due, rules)


def why_blocked(situation: Situation) -> tuple[str, Reason | None] | None:
    """State and note of an item of which nothing may be sent now; None if it may."""
    item = situation.item
    if situation.declined is not None:
        return 'declined', Reason('delivery-declined', (str(situation.declined),))
    if situation.takedown is not None:
        return 'deleted', Reason('delivery-taken-down', (str(situation.takedown),))
    if situation.problems:
        return 'invalid', foremost(situation.problems)
    if item.editors.get('hold'):
        return 'held', None
    approval = situation.approval
    if isinstance(approval, NotApproved):
        if approval.kind == 'held':
            return 'held', approval.reason
        told = approval.kind in ('refused', 'stale')
        return 'proposed', approval.reason if told else None
    return None if approval else ('proposed', None)


def _goes_on(name: str, target: Target, situation: Situation) -> bool:
    """Whether later parts of the thread may follow: this one stands with the approved words, or will."""
    if target.action == 'done':
        return name not in situation.changed
    return target.action in ('send', 'correct')


def _out_of_turn(name: str, target: Target) -> Target:
    """A later part goes out only behind parts that all hold the words of the same approval."""
    reason = Reason('delivery-part-waits', (channel_of(name), str(part_of(name))))
    return replace(target, action='wait', reason=reason)


def _target(
    name: str,
    situation: Situation,
    rules: Rules,
    due: datetime | None,
    now: datetime,
) -> Target:
    proven = situation.records.get(name)
    record = proven.record if proven else None
    approved = situation.approval if isinstance(situation.approval, Approved) else None
    if record and record.kind in CLAIMS and now - record.time < STALE:
        return Target('busy', record=proven)
    if record and record.kind in ('posted', 'kept', 'editing', 'deleting'):
        return _standing_post(name, situation, rules, due, now)
    if record and record.kind == 'deleted':
        return Target('deleted', record=proven)
    if record and record.kind == 'sending':
        return Target('settle', record=proven)
    if record and record.kind == 'unconfirmed' and name not in situation.settled:
        doubt = Reason('delivery-unconfirmed', (name, read_value(record.rest)))
        if proven and proven.hidden:
            doubt = Reason('delivery-hidden', (str(proven.revision.revid), name))
        return Target('unconfirmed', doubt, record=proven)
    if record and record.kind == 'unconfirmed' and situation.settled[name] != 'again':
        return Target('settle', record=proven)
    if (
        record
        and record.kind == 'failed'
        and not (approved and approved.revision.revid > record.revid)
    ):
        return Target(
            'failed', Reason('delivery-failed', (name, read_value(record.rest))), record=proven
        )
    if due is None or approved is None:
        return Target('wait', record=proven)
    last = _last_moment(approved, due, rules)
    if now > last:
        return Target('missed', Reason('delivery-missed', (name,)), record=proven)
    if due > now:
        return Target('wait', until=due, record=proven)
    not_live = situation.channels.get(channel_of(name))
    if not_live:
        return Target('wait', not_live, record=proven)
    if record and record.kind == 'waiting':
        until, why = read_waiting(record.rest)
        reason = Reason('delivery-waiting', (name, read_value(why)))
        waits = until is not None and until > now
        return Target('wait' if waits else 'send', reason, until, proven)
    return Target('send', record=proven)


def _standing_post(
    name: str, situation: Situation, rules: Rules, due: datetime | None, now: datetime
) -> Target:
    """What is to be done about a post that stands: take it down, correct it, or nothing."""
    proven = situation.records[name]
    record = proven.record
    channel = channel_of(name)
    can = situation.abilities.get(channel, Abilities(edit=name == NEWS))
    not_live = situation.channels.get(channel) or situation.not_live.get(channel)
    if channel != NEWS and channel not in situation.abilities:
        not_live = Reason('delivery-channel-gone', (channel,))
    wanted, wanted_by, why_not = '', 0, Reason('delivery-cannot-delete', (channel,))
    if situation.takedown is not None:
        wanted, wanted_by = 'delete' if can.delete else '', situation.takedown
    elif name in situation.changed and due is not None:
        assert isinstance(situation.approval, Approved)
        wanted_by = situation.approval.revision.revid
        if now < due:
            return Target('done', until=due, record=proven)
        in_time = now <= _last_moment(situation.approval, due, rules)
        editable = can.edit and name not in situation.fixed
        wanted = 'correct' if editable and in_time else ''
        key = 'delivery-missed-correction' if editable else 'delivery-cannot-correct'
        why_not = Reason(key, (channel,))
    elif record.kind in CLAIMS:
        return Target('settle', record=proven)
    elif record.kind == 'kept':
        # It goes on asking for a person after the line that wanted it is gone: it must say what for.
        why = Reason('delivery-kept-still', (channel, read_value(record.words)))
        return Target('done', why, record=proven)
    else:
        return Target('done', record=proven)
    if record.kind in CLAIMS and (wanted == 'correct' or (wanted and channel == NEWS)):
        # Which words stand there must be known first. A network's post is taken down by its address.
        return Target('settle', record=proven)
    if record.kind == 'kept' and record.revid >= wanted_by:
        until = _until(record.mark)
        if until is None or until > now:
            words = channel, read_value(record.words)
            key = 'delivery-kept' if situation.takedown is None else 'delivery-kept-up'
            why = Reason('delivery-kept-later' if until else key, words)
            return Target('done', why, until, proven)
    if not wanted:
        # A run may have died while it was changing the post: what stands there must be found out.
        settle = record.kind in CLAIMS
        return Target('settle', record=proven) if settle else Target('done', why_not, record=proven)
    if not_live:
        return Target('done', not_live, record=proven)
    return Target(wanted, record=proven)


def _until(mark: str) -> datetime | None:
    try:
        return read_shown(mark)
    except ValueError:
        return None


def _last_moment(approved: Approved, due: datetime, rules: Rules) -> datetime:
    content = approved.item.content
    if 'not-after' in content:
        return parse_time(content['not-after'])
    # What waits out the quiet time is not late because of it.
    try:
        return max(due, approved.revision.timestamp + rules.quiet) + rules.late
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _sum_up(
    situation: Situation,
    targets: Mapping[str, Target],
    blocked: tuple[str, Reason | None] | None,
) -> tuple[str, Reason | None]:
    def first(action: str) -> Reason | None:
        return next((t.reason for t in targets.values() if t.action == action and t.reason), None)

    actions = {_plain(target.action) for target in targets.values()}
    wanted = {_plain(targets[name].action) for name in situation.places if name in targets}
    if 'busy' in actions:
        return 'sending', None
    # Before what is still looked for: a later part of a thread may wait for the answer.
    if 'unconfirmed' in actions:
        return 'unconfirmed', first('unconfirmed')
    if 'settle' in actions:
        return 'sending', None
    if situation.takedown is not None and blocked:
        # Nothing is said to be gone while any of it stands.
        state = 'partly posted' if 'done' in actions else 'deleted'
        return state, first('done') or blocked[1]
    if wanted and wanted <= {'done'}:
        return 'posted', first('done') or _changed_since(situation)
    if actions == {'done'} and _switched_off(situation, targets):
        return 'posted', first('done')
    if 'deleted' in actions and 'done' not in actions and wanted <= {'deleted'}:
        return 'deleted', None
    if actions & {'done', 'deleted'}:
        stands = _still_stands(targets)
        # Without an approval nothing is tried again: first of all somebody wanted it down.
        note = None if isinstance(situation.approval, Approved) else stands
        note = note or first('failed') or first('missed') or (blocked and blocked[1])
        note = note or first('wait') or first('send') or _changed_since(situation) or stands
        return 'partly posted', note
    if blocked:
        return blocked
    if 'failed' in actions:
        return 'failed', first('failed')
    if 'missed' in actions:
        return 'missed', first('missed')
    return 'approved', first('wait') or first('send')


def _switched_off(situation: Situation, targets: Mapping[str, Target]) -> bool:
    """Whether the item goes nowhere any more because each channel it has records of, and each that it
    lists, is switched off: that makes nothing of what is out less posted.

    A listed channel without a record has never had it. Which ones an item without a list would have
    gone to, nobody can tell any more.
    """
    known = {channel_of(name) for name in targets}
    listed = channel_names(situation.item.content.get('channels', ''))
    off = known.isdisjoint(situation.abilities) and NEWS not in known
    return not situation.places and off and known.issuperset(listed)


def _still_stands(targets: Mapping[str, Target]) -> Reason | None:
    """That an item which an approver wanted down is gone from some places and stands on others."""
    gone = [name for name, target in targets.items() if target.action == 'deleted']
    left = [
        f'{name}: {read_value(target.record.record.address)}'
        for name, target in targets.items()
        if target.record and _plain(target.action) == 'done'
    ]
    if not gone or not left:
        return None
    return Reason('delivery-still-stands', (', '.join(gone), ', '.join(left)))


def _changed_since(situation: Situation) -> Reason | None:
    """That what the page shows is not what was posted, and that nobody has approved it."""
    if situation.changed and not isinstance(situation.approval, Approved):
        return Reason('delivery-changed-since')
    return None


def _plain(action: str) -> str:
    """What is to be corrected or taken down has been posted."""
    return 'done' if action in ('correct', 'delete') else action


def waiting_words(until: datetime | None, why: str) -> str:
    """The rest of a ``waiting`` record: until when (UTC), and why."""
    return f'{show_time(until) if until else "-"} {why}'


def read_waiting(rest: str) -> tuple[datetime | None, str]:
    """Take apart what ``waiting_words`` made."""
    until, _, why = rest.partition(' ')
    try:
        return read_shown(until), why
    except ValueError:
        return None, why or until
