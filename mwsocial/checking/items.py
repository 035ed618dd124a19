"""What is to be said of the queue: what needs a person, what is overdue, why one item is not out. Pure.

Everything that this package knows of how items are judged is in here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mwsocial.checking.findings import Finding, Level
from mwsocial.checking.words import moment
from mwsocial.desk.approval import NotApproved
from mwsocial.desk.places import channel_of, part_of
from mwsocial.desk.plan import DEEDS, Pace, choose
from mwsocial.desk.standing import Standing, Target, due_time
from mwsocial.reason import Reason
from mwsocial.wiki.escape import read_value

#: What is due, and what was claimed, for longer than this shows that no run does its work.
LONG = timedelta(hours=2)
#: States that only a person can end.
FOR_A_PERSON = frozenset({'failed', 'unconfirmed', 'partly posted'})
#: Brakes that nobody has set on purpose.
_TROUBLE = frozenset({'delivery-blocked', 'delivery-no-edit'})


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
    """The queue page as it was read. ``now`` is UTC by the wiki's clock.

    ``edited`` is when it, or the configuration, was last edited by anybody; ``stopped`` is the brake
    that is on. ``patience`` is how long an approval may have to wait by the rules alone (quiet time, a
    second person); ``unusable`` are channels that cannot be used now.
    """

    standings: Sequence[Standing]
    now: datetime
    edited: datetime | None = None
    stopped: Reason | None = None
    paces: Mapping[str, Pace] = field(default_factory=dict)
    patience: timedelta = timedelta()
    unusable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class QueueReport:
    """The queue as a whole. ``last`` is the newest claim or record of an item that still stands there."""

    states: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    last: datetime | None = None


def judge_queue(page: Page) -> QueueReport:
    """What is to be said of the queue page.

    An idle desk writes nothing, so the wiki does not tell when the last run was. It does tell when one
    is missing: by what is due, or claimed, while nobody has touched the page for two hours.
    """
    findings = []
    if page.stopped:
        level = Level.PERSON if page.stopped.key in _TROUBLE else Level.FINE
        words = Reason('checking-stopped', (page.stopped.text(),))
        findings.append(Finding('queue', level, words))
    for standing in page.standings:
        if standing.state in FOR_A_PERSON:
            reason = standing.note or _of_state(standing, page.now)
            findings.append(Finding('item', Level.PERSON, reason, _name(standing)))
    if late := list(dict.fromkeys(map(_name, _overdue(page)))):
        words = Reason('checking-no-run', (', '.join(late),))
        findings.append(Finding('runs', Level.PERSON, words))
    times = [
        proven.revision.timestamp
        for standing in page.standings
        for proven in standing.situation.records.values()
    ]
    states = Counter(standing.state for standing in page.standings)
    return QueueReport(dict(sorted(states.items())), tuple(findings), max(times, default=None))


def _overdue(page: Page) -> Iterator[Standing]:
    """Items that a run within the last two hours would have acted on.

    Left out is what may have become due only now: on a page, or under a configuration, that somebody
    has just changed; what a rule, a pace or a network made wait; what a run has given a reason for.
    """
    then = page.now - LONG
    if page.edited is None or page.edited > then:
        return
    for standing in page.standings:
        for name, target in standing.targets.items():
            if target.action == 'settle' and _usable(name, page) and _old(target, then):
                yield standing
    if page.stopped:
        return
    before = {(one.item.number, name) for one, name in choose(page.standings, page.paces, then)}
    for standing, name in choose(page.standings, page.paces, page.now):
        target = standing.targets[name]
        due = due_time(standing.situation, page.now)
        if (
            target.action in ('send', 'correct')
            and due is not None
            and due + page.patience <= then
            and (standing.item.number, name) in before
            and _old(target, then)
            and _usable(name, page)
            and not standing.item.bot.get('note')
        ):
            yield standing


def _old(target: Target, then: datetime) -> bool:
    """Whether a place has stood as it does since *then*."""
    recorded = target.record is None or target.record.record.time <= then
    return recorded and (target.until is None or target.until <= then)


def _usable(name: str, page: Page) -> bool:
    return channel_of(name) not in page.unusable


def explain(standing: Standing, stopped: Reason | None, now: datetime) -> Explanation:
    """Why this item is not out, or that it is, at *now* (UTC, the wiki's clock)."""
    own = standing.note or _of_state(standing, now)
    places = tuple(_place(name, standing, own, now) for name in standing.targets)
    if stopped and any(place.action in DEEDS for place in places):
        brake = Reason('checking-stopped', (stopped.text(),))
        places = tuple(
            replace(place, reason=brake) if place.action in DEEDS else place for place in places
        )
        own = brake if standing.state == 'approved' else own
    level = Level.PERSON if standing.state in FOR_A_PERSON else Level.FINE
    times = [place.since for place in places if place.since]
    return Explanation(
        _name(standing), standing.state, own, level, max(times, default=None), places
    )  # fmt: skip


def _place(name: str, standing: Standing, own: Reason, now: datetime) -> Place:
    target = standing.targets[name]
    proven = target.record
    since = proven.record.time if proven else None
    if target.action in ('send', 'missed') and since is None:
        since = due_time(standing.situation, now)
    address = read_value(proven.record.address) if proven else ''
    reason = target.reason or _of_target(target, address, own)
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
    return Reason(f'checking-action-{target.action}')


def _of_state(standing: Standing, now: datetime) -> Reason:
    """The sentence for an item that shows none on the page."""
    situation = standing.situation
    if standing.state == 'held':
        return Reason('checking-held', (standing.item.editors.get('hold', ''),))
    approval = situation.approval
    if standing.state == 'proposed' and not standing.item.id:
        return Reason('checking-no-id')
    if isinstance(approval, NotApproved):
        return approval.reason
    due = due_time(situation, now)
    if standing.state == 'approved' and due and due > now:
        return Reason('checking-until', (moment(due),))
    if standing.state == 'approved' and standing.item.bot.get('note'):
        return Reason('checking-run-said', (read_value(standing.item.bot['note']),))
    return Reason('checking-state-' + standing.state.replace(' ', '-'))


def _name(standing: Standing) -> str:
    return standing.item.id or f'line {standing.item.line}'
