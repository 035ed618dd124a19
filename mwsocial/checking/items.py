"""What is to be said of the queue: what needs a person, what is overdue, why one item is not out. Pure.

Everything that this package knows of how items are judged is in here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mwsocial.checking.findings import Finding, Level
from mwsocial.checking.words import moment
from mwsocial.delivery.passing import needs_a_person
from mwsocial.desk.approval import NotApproved
from mwsocial.desk.places import channel_of, part_of
from mwsocial.desk.plan import DEEDS
from mwsocial.desk.standing import NEWS, Standing, Target, due_time
from mwsocial.desk.times import parse_time
from mwsocial.reason import Reason
from mwsocial.wiki.escape import read_value
from mwsocial.wiki.revision import Revision

#: Brakes that nobody has set on purpose.
_TROUBLE = frozenset({'delivery-blocked', 'delivery-no-edit'})
#: What is due on a network, which a run asks before it does it.
_ASKED_FOR = frozenset({'send', 'correct'})


@dataclass(frozen=True)
class Place:
    """How one item stands on one channel (``part`` of a thread there, from 1; the news is a channel).

    ``action``: see ``mwsocial.desk.standing.Target``. ``since`` and ``until`` are UTC. ``address``: where
    the post stands or stood.
    """

    channel: str
    part: int
    action: str
    reason: Reason
    since: datetime | None = None
    until: datetime | None = None
    address: str = ''


@dataclass(frozen=True)
class Explanation:
    """Why an item is where it is; ``since`` (UTC) is when what holds now has begun, where known."""

    item_id: str
    state: str
    reason: Reason
    level: Level
    since: datetime | None = None
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Page:
    """The queue page as it was read. ``now`` is UTC by the wiki's clock; ``stopped`` is the brake that is
    on; ``written``: the newest revision of the bot that may have written on an item, by id.
    """

    standings: Sequence[Standing]
    now: datetime
    stopped: Reason | None = None
    written: Mapping[str, Revision] = field(default_factory=dict)


@dataclass(frozen=True)
class QueueReport:
    """The queue as a whole. ``last`` is the newest claim or record of an item that still stands there."""

    states: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    last: datetime | None = None


def judge_queue(page: Page) -> QueueReport:
    """What is to be said of the queue page."""
    findings = []
    if page.stopped:
        level = Level.PERSON if page.stopped.key in _TROUBLE else Level.FINE
        words = Reason('checking-stopped', (page.stopped.text(),))
        findings.append(Finding('queue', level, words))
    for standing in page.standings:
        if needs_a_person(standing):
            said = _run_said(standing, page.written.get(standing.item.id))
            reason = standing.note or said or _of_state(standing, page.now)
            findings.append(Finding('item', Level.PERSON, reason, name_of(standing)))
    times = [
        proven.revision.timestamp
        for standing in page.standings
        for proven in standing.situation.records.values()
    ]
    states = Counter(standing.state for standing in page.standings)
    return QueueReport(dict(sorted(states.items())), tuple(findings), max(times, default=None))


def named(item_id: str, standings: Sequence[Standing]) -> Standing | None:
    """The item that people call *item_id*: of several the one that has the id by right, and else one
    that shows it though it can be none; None where there is none.
    """
    called = [one for one in standings if is_called(one, item_id)]
    own = [one for one in called if item_id and one.item.id == item_id]
    by_right = (one for one in own if not one.situation.newcomer)
    return next(iter([*by_right, *own, *called]), None)


def explain(
    standing: Standing, stopped: Reason | None, now: datetime, written: Revision | None = None
) -> Explanation:
    """Why this item is not out, or that it is, at *now* (UTC, the wiki's clock).

    *written*: the newest revision of the bot that may have written on it.
    """
    said = _run_said(standing, written)
    own = _over(standing, now) or standing.note or said or _of_state(standing, now)
    places = tuple(_place(name, standing, own, now) for name in standing.targets)
    if stopped and any(place.action in DEEDS for place in places):
        brake = Reason('checking-stopped', (stopped.text(),))
        places = tuple(
            replace(place, reason=brake) if place.action in DEEDS else place for place in places
        )
        own = brake if standing.state == 'approved' else own
    level = Level.PERSON if needs_a_person(standing) else Level.FINE
    times = [place.since for place in places if place.since]
    return Explanation(
        name_of(standing), standing.state, own, level, max(times, default=None), places
    )  # fmt: skip


def _place(name: str, standing: Standing, own: Reason, now: datetime) -> Place:
    target = standing.targets[name]
    proven = target.record
    since = proven.record.time if proven else None
    if target.action in ('send', 'missed') and since is None:
        since = due_time(standing.situation, now)
    address = read_value(proven.record.address) if proven else ''
    reason = target.reason or _of_target(target, address, own)
    if reason.key == 'checking-done' and _is_off(channel_of(name), standing):
        reason = Reason('checking-done-off', (address, channel_of(name)))
    where = channel_of(name), part_of(name)
    return Place(*where, target.action, reason, since, target.until, address)


def _of_target(target: Target, address: str, own: Reason) -> Reason:
    """The sentence for a place that has none of its own."""
    if target.action == 'wait' and target.until:
        return Reason('checking-until', (moment(target.until),))
    if target.action == 'wait':
        # Not due, because of what the item as a whole waits for.
        return own
    if target.action == 'done':
        return Reason('checking-done', (address,))
    if target.action in _ASKED_FOR and own.key == 'checking-run-said':
        return Reason('checking-action-again')
    return Reason(f'checking-action-{target.action}')


def _is_off(channel: str, standing: Standing) -> bool:
    situation = standing.situation
    enabled = channel in situation.abilities or channel in situation.channels
    return channel != NEWS and not enabled


def _run_said(standing: Standing, written: Revision | None) -> Reason | None:
    """What a run has written on an item that is still to go out; None where that is over.

    What the networks have told a run (a token is wrong, a month's shares are used up) stands on the page
    alone: the judgement knows nothing of it. But it is told only as long as nobody has approved anew,
    and only with the state that the bot wrote beside it: what was said of an item that was held, or not
    approved, is refuted by how it stands now. ``invalid`` is what a run calls a text that is too long
    for the server itself.
    """
    bot, approved = standing.item.bot, standing.approved
    unsent = any(target.action in _ASKED_FOR for target in standing.targets.values())
    if not (unsent and approved and written and bot.get('note')):
        return None
    if written.revid < approved.revision.revid:
        return None
    if bot.get('state') not in (standing.state, 'invalid'):
        return None
    args = (read_value(bot['note']), moment(written.timestamp))
    return Reason('checking-run-said', args)


def _over(standing: Standing, now: datetime) -> Reason | None:
    """That an approval would come too late, whoever gives it."""
    last = standing.item.content.get('not-after')
    if standing.state != 'proposed' or not last or now <= parse_time(last):
        return None
    return Reason('checking-over', (moment(parse_time(last)),))


def _of_state(standing: Standing, now: datetime) -> Reason:
    """The sentence for an item of which nothing else is known."""
    situation = standing.situation
    if standing.state == 'held':
        return Reason('checking-held', (standing.item.editors.get('hold', ''),))
    approval = situation.approval
    if standing.state == 'proposed' and not standing.item.id:
        return Reason('checking-no-id')
    if isinstance(approval, NotApproved) and standing.state in ('proposed', 'partly posted'):
        return approval.reason
    due = due_time(situation, now)
    if standing.state == 'approved' and due and due > now:
        return Reason('checking-until', (moment(due),))
    return Reason('checking-state-' + standing.state.replace(' ', '-'))


def is_called(standing: Standing, name: str) -> bool:
    """Whether somebody may mean this item by *name*: its id, its line, or what stands there for an id and
    cannot be one.
    """
    wrong = (one.args for one in standing.item.faults if one.key == 'validity-id')
    return name_of(standing) == name or (name,) in wrong


def name_of(standing: Standing) -> str:
    """What an item is called: its id, or the line that it begins in where it has none."""
    return standing.item.id or f'line {standing.item.line}'
