"""How one item stands: what is due on which channel, what is done, and the one reason why not.

Pure: everything comes in as values. The approval, the proofs and the records have been judged before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mwsocial.desk.approval import Approved, NotApproved
from mwsocial.desk.item import Item
from mwsocial.desk.records import Proven
from mwsocial.desk.rules import Rules
from mwsocial.desk.times import parse_time, read_shown, show_time
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
    """One channel of one item.

    ``action``: ``send`` (due now), ``settle`` (a claim whose outcome is unknown: look), ``done``,
    ``busy`` (another run is sending), ``wait`` (later, see ``until`` and ``reason``), ``failed``,
    ``unconfirmed``, ``missed``, ``deleted``. ``record`` is the newest one that counts.
    """

    action: str
    reason: Reason | None = None
    until: datetime | None = None
    record: Proven | None = None


@dataclass(frozen=True)
class Situation:
    """What has been judged of one item before its standing is decided.

    ``settled`` holds what approvers said of unconfirmed channels: an address, or ``again``.
    ``channels`` are the enabled channels this item goes to, with the reason where one is not live.
    """

    item: Item
    problems: tuple[Reason, ...] = ()
    approval: Approved | NotApproved | None = None
    declined: int | None = None
    records: Mapping[str, Proven] = field(default_factory=dict)
    settled: Mapping[str, str] = field(default_factory=dict)
    newcomer: bool = False
    channels: Mapping[str, Reason | None] = field(default_factory=dict)


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
    names = [*situation.channels, *([NEWS] if item.content.get(NEWS) else [])]
    names += [name for name in situation.records if name not in names]
    targets = {name: _target(name, situation, rules, due, now) for name in dict.fromkeys(names)}
    state, note = _sum_up(situation, targets, blocked)
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


def why_blocked(situation: Situation) -> tuple[str, Reason | None] | None:
    """State and note of an item of which nothing may be sent now; None if it may."""
    item = situation.item
    if situation.declined is not None:
        return 'declined', Reason('delivery-declined', (str(situation.declined),))
    if situation.problems:
        return 'invalid', situation.problems[0]
    if item.editors.get('hold'):
        return 'held', None
    approval = situation.approval
    if isinstance(approval, NotApproved):
        if approval.kind == 'held':
            return 'held', approval.reason
        told = approval.kind in ('refused', 'stale')
        return 'proposed', approval.reason if told else None
    return None if approval else ('proposed', None)


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
    if record and record.kind == 'posted':
        return Target('done', record=proven)
    if record and record.kind == 'deleted':
        return Target('deleted', record=proven)
    if record and record.kind == 'sending':
        stale = now - record.time >= STALE
        return Target('settle' if stale else 'busy', record=proven)
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
    not_live = situation.channels.get(name)
    if not_live:
        return Target('wait', not_live, record=proven)
    if record and record.kind == 'waiting':
        until, why = read_waiting(record.rest)
        if until and until > now:
            return Target(
                'wait', Reason('delivery-waiting', (name, read_value(why))), until, proven
            )
    return Target('send', record=proven)


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

    actions = {target.action for target in targets.values()}
    wanted = {t.action for name, t in targets.items() if name in situation.channels or name == NEWS}
    if actions & {'busy', 'settle'}:
        return 'sending', None
    if 'unconfirmed' in actions:
        return 'unconfirmed', first('unconfirmed')
    if wanted and wanted <= {'done'}:
        return 'posted', None
    if wanted and wanted <= {'done', 'deleted'}:
        return 'deleted', None
    if actions & {'done', 'deleted'}:
        note = first('failed') or first('missed') or (blocked and blocked[1]) or first('wait')
        return 'partly posted', note
    if blocked:
        return blocked
    if 'failed' in actions:
        return 'failed', first('failed')
    if 'missed' in actions:
        return 'missed', first('missed')
    return 'approved', first('wait')


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
