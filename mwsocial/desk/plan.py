"""What one pass does: which claims it takes and which lines it changes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mwsocial.desk.approval import Approved
from mwsocial.desk.item import Item
from mwsocial.desk.places import before, channel_of, part_of
from mwsocial.desk.records import (
    CLAIM,
    RECORD,
    Proven,
    Record,
    read_record,
    summary_of_ids,
)
from mwsocial.desk.rules import Rules
from mwsocial.desk.standing import NEWS, Standing, due_time, stand
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision

#: How long the bot keeps off an item that a person has just edited (or the quiet minutes, if fewer).
HANDS_OFF = timedelta(minutes=5)
#: What is done to a network or to the news under a claim, and the claim's kind.
DEEDS = {'send': 'sending', 'correct': 'editing', 'delete': 'deleting'}
_WITHOUT = {'send': 'wait', 'correct': 'done', 'delete': 'done'}
#: Marks an edit that brings no record: ids given, notes, forged lines put right.
NOTE = 'mwsocial:note'


@dataclass(frozen=True)
class Pace:
    """How fast a channel may post."""

    between: timedelta = timedelta()
    per_day: int = 1_000_000


@dataclass(frozen=True)
class Claim:
    """One place of one item that this run takes on.

    ``record`` says what for: ``sending``, ``editing`` or ``deleting``; ``previous`` is the record it
    replaces. ``approved`` is missing where a post is only taken down.
    """

    item_id: str
    place: str
    record: Record
    approved: Approved | None = None
    previous: Record | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The item's id and the place."""
        return self.item_id, self.place

    @property
    def channel(self) -> str:
        """The channel's name, or ``news``."""
        return channel_of(self.place)

    @property
    def nonce(self) -> str:
        """What tells this run's claim from every other."""
        return self.record.mark


@dataclass(frozen=True)
class ItemChange:
    """What is to stand on one item: bot parameters (None removes), an id to give, an approval to fold.

    The item is named by its number on the page that was read and the item itself, so that it can be
    found again on a newer page.
    """

    item: Item
    bot: Mapping[str, str | None] = field(default_factory=dict)
    new_id: str = ''
    fold: str = ''


@dataclass(frozen=True)
class Plan:
    """What to save, and what to do once it is saved. ``minor`` edits hold no record and no problem."""

    changes: tuple[ItemChange, ...] = ()
    claims: tuple[Claim, ...] = ()
    summary: str = ''
    minor: bool = True

    def needed(self) -> Plan:
        """The same with those changes only that bring a claim or a record, for a page without room."""
        kept = [
            change
            for change in self.changes
            if any(name.startswith('sent-') and value for name, value in change.bot.items())
        ]
        return replace(self, changes=tuple(kept))


def choose(
    standings: Sequence[Standing], paces: Mapping[str, Pace], now: datetime
) -> list[tuple[Standing, str]]:
    """The (item, place) pairs to act on now: those due longest first, at each channel's pace.

    Later parts of a thread belong to its first one, and corrections and removals wait for nothing.
    """
    due = sorted(
        (s for s in standings if any(t.action in DEEDS for t in s.targets.values())),
        key=lambda s: (due_time(s.situation, now) or now, s.item.number),
    )
    counts: dict[str, list[datetime]] = {}
    for standing in standings:
        for name, proven in standing.situation.records.items():
            if part_of(name) == 1 and proven.record.kind in ('posted', 'sending', 'unconfirmed'):
                counts.setdefault(name, []).append(proven.record.time)
    chosen: list[tuple[Standing, str]] = []
    for standing in due:
        mine: set[str] = set()
        for name, target in standing.targets.items():
            if target.action not in DEEDS:
                continue
            first = before(name)
            if target.action == 'send' and first:
                if standing.targets[first].action == 'send' and first not in mine:
                    continue
            elif target.action == 'send' and name != NEWS:
                pace = paces.get(name, Pace())
                times = counts.setdefault(name, [])
                if (
                    any(now - time < pace.between for time in times)
                    or sum(now - time < timedelta(days=1) for time in times) >= pace.per_day
                ):
                    continue
                times.append(now)
            mine.add(name)
            chosen.append((standing, name))
    return chosen


def without_sends(standings: Sequence[Standing], *, removals: bool = False) -> list[Standing]:
    """The same standings while a brake is on: nothing is sent, what was sent is still found out.

    *removals*: posts are still taken down, since a stop that anybody may set must not keep them up.
    """
    without = {
        deed: action for deed, action in _WITHOUT.items() if deed != 'delete' or not removals
    }
    return [
        replace(
            standing,
            targets={
                name: replace(target, action=without.get(target.action, target.action))
                for name, target in standing.targets.items()
            },
        )
        for standing in standings
    ]


def make_plan(
    standings: Sequence[Standing],
    paces: Mapping[str, Pace],
    rules: Rules,
    now: datetime,
    *,
    settled: Mapping[tuple[str, str], Record],
    again: Mapping[tuple[str, str], Proven],
    nonce: Callable[[], str],
    new_id: Callable[[Item], str],
    folds: Mapping[str, str],
    touched: Callable[[Item], bool],
    words: Callable[[Reason], str],
    mine: Callable[[Item], bool] = lambda item: True,
) -> Plan:
    """Put a pass together.

    *settled*: records that looking has brought for stale claims, by (id, channel). *again*: stale
    claims that may be sent again under the same key. *folds*: values of decisions to fold, by id.
    *touched(item)*: whether a person edited the item so lately that the bot keeps off it.
    *words(reason)*: the sentence, safe to stand in a template on the wiki. *mine(item)*: whether the pass
    is about this item; of the others it only knows what has been posted.
    """
    standings = [one if mine(one.item) else without_sends([one])[0] for one in standings]
    ids = {one.item.id for one in standings if mine(one.item)}
    settled = {key: record for key, record in settled.items() if key[0] in ids}
    again = {key: proven for key, proven in again.items() if key[0] in ids}
    claims: dict[tuple[str, str], Claim] = {}
    for standing, name in choose(standings, paces, now):
        claims[standing.item.id, name] = _claim(standing, name, now, nonce())
    for standing in standings:
        for name, target in standing.targets.items():
            if (standing.item.id, name) in again and standing.approved:
                deed = 'correct' if target.record and target.record.record.address else 'send'
                claims[standing.item.id, name] = _claim(standing, name, now, nonce(), deed)
    changes = []
    with_problem = False
    for standing in standings:
        if not mine(standing.item):
            continue
        change = _change(standing, claims, settled, rules, now, touched, new_id, words)
        fold = folds.get(standing.item.id, '') if not standing.situation.newcomer else ''
        if fold and (change or _claimed(standing, claims)):
            change = replace(change or ItemChange(standing.item), fold=fold)
        if change:
            changes.append(change)
            with_problem = with_problem or bool(change.bot.get('note'))
    summary = _summary(claims, settled, changes)
    minor = not settled and not with_problem
    return Plan(tuple(changes), tuple(claims.values()), summary, minor)


def record_changes(
    standings: Mapping[str, Standing],
    records: Mapping[tuple[str, str], Record],
    rules: Rules,
    now: datetime,
    words: Callable[[Reason], str],
) -> list[ItemChange]:
    """The lines that show what became of claims: new records, and the state they lead to."""
    changes = []
    for item_id, standing in standings.items():
        mine = {name: record for (one, name), record in records.items() if one == item_id}
        if mine:
            # Every line on the item is written as proved: what somebody forged beside ours must not
            # come to stand in a revision of the bot as if it had brought it.
            bot: dict[str, str | None] = {
                name: None for name in standing.item.bot if name.startswith('sent-')
            }
            proven = standing.situation.records
            bot |= {f'sent-{name}': one.record.text() for name, one in proven.items()}
            bot |= {f'sent-{name}': record.text() for name, record in mine.items()}
            after = once_recorded(standing, mine, rules, now)
            bot['state'] = after.state
            bot['note'] = words(after.note) if after.note else None
            known = {name: one.record for name, one in proven.items()} | mine
            bot['approved-in'] = _approved_in(standing, known.values()) or None
            changes.append(ItemChange(standing.item, bot))
    return changes


def once_recorded(
    standing: Standing, mine: Mapping[str, Record], rules: Rules, now: datetime
) -> Standing:
    """How the item stands once the records *mine* (by place) are on the page."""
    situation = standing.situation
    records = dict(situation.records)
    for name, record in mine.items():
        revision = records[name].revision if name in records else Revision(0, 0, rules.bot, 0, now)
        records[name] = Proven(record, revision)
    approved = standing.approved
    right = {
        name for name, record in mine.items()
        if approved and record.words_of == approved.revision.revid
    }  # fmt: skip
    changed = situation.changed - right
    return stand(replace(situation, records=records, changed=changed), rules, now)


def _claim(standing: Standing, name: str, now: datetime, nonce: str, deed: str = '') -> Claim:
    proven = standing.targets[name].record
    previous = proven.record if proven else None
    kind = DEEDS[deed or standing.targets[name].action]
    approved = standing.approved
    revid = standing.situation.takedown if kind == 'deleting' else None
    if revid is None:
        if approved is None:
            raise ValueError(f'{standing.item.id} is not approved')
        revid = approved.revision.revid
    rest = nonce
    if kind != 'sending':
        assert previous is not None
        rest = f'{nonce} {previous.words_of} {previous.address}'
    record = Record(kind, now, revid, rest)
    return Claim(standing.item.id, name, record, approved, previous)


def _claimed(standing: Standing, claims: Mapping[tuple[str, str], Claim]) -> bool:
    return any(item_id == standing.item.id for item_id, _ in claims)


def _change(
    standing: Standing,
    claims: Mapping[tuple[str, str], Claim],
    settled: Mapping[tuple[str, str], Record],
    rules: Rules,
    now: datetime,
    touched: Callable[[Item], bool],
    new_id: Callable[[Item], str],
    words: Callable[[Reason], str],
) -> ItemChange | None:
    item = standing.item
    if not item.id:
        if item.faults and standing.state != 'invalid':
            return None
        if touched(item):
            return None
        if not item.faults:
            # Lines of the bot in an item that it has never seen are somebody else's.
            return ItemChange(item, dict.fromkeys(item.bot), new_id=new_id(item))
    if any(target.action == 'busy' for target in standing.targets.values()):
        return None
    right = _right_lines(standing, claims, settled, rules, now, words)
    bot: dict[str, str | None] = {
        name: value for name, value in right.items() if item.bot.get(name) != value
    }
    bot |= {name: None for name in item.bot if name not in right}
    if not bot and not item.disorder:
        return None
    # What claims to be sent or approved without being so is put right at once; for the rest, the
    # person who is at work on the item is left in peace for some minutes.
    at_once = _claimed(standing, claims) or bool(standing.situation.records) or _false(item)
    if not at_once and touched(item):
        return None
    return ItemChange(item, bot)


def _false(item: Item) -> bool:
    return any(name.startswith('sent-') for name in item.bot) or item.bot.get('state') in (
        'posted', 'partly posted', 'sending', 'approved',
    )  # fmt: skip


def _right_lines(
    standing: Standing,
    claims: Mapping[tuple[str, str], Claim],
    settled: Mapping[tuple[str, str], Record],
    rules: Rules,
    now: datetime,
    words: Callable[[Reason], str],
) -> dict[str, str]:
    item_id = standing.item.id
    records = {name: proven.record for name, proven in standing.situation.records.items()}
    if standing.situation.newcomer:
        records = {}
    records |= {name: record for (one, name), record in settled.items() if one == item_id}
    records |= {name: claim.record for (one, name), claim in claims.items() if one == item_id}
    new = {
        name: record for name, record in records.items()
        if (item_id, name) in settled or (item_id, name) in claims
    }  # fmt: skip
    if standing.situation.newcomer:
        new = {}
    after = once_recorded(standing, new, rules, now) if new else standing
    state, note = after.state, words(after.note) if after.note else None
    lines = {f'sent-{name}': record.text() for name, record in records.items()}
    if state and state != 'proposed':
        lines['state'] = state
    if note:
        lines['note'] = note
    if where := _approved_in(standing, records.values()):
        lines['approved-in'] = where
    return lines


def _approved_in(standing: Standing, records: Iterable[Record]) -> str:
    """The edit that approved the item, by its *records* where none does now; '' where none is known."""
    if standing.approved:
        revid = standing.approved.revision.revid
    else:
        revid = max((record.words_of for record in records), default=0)
    return f'Special:Diff/{revid}' if revid else ''


def _summary(
    claims: Mapping[tuple[str, str], Claim],
    settled: Mapping[tuple[str, str], Record],
    changes: Sequence[ItemChange],
) -> str:
    ids = list(dict.fromkeys([*(one for one, _ in settled), *(one for one, _ in claims)]))
    if claims:
        return summary_of_ids(CLAIM, Reason('summaries-sending').said(), ids)
    if settled:
        return summary_of_ids(RECORD, Reason('summaries-found').said(), ids)
    named = [change.new_id or change.item.id for change in changes]
    return summary_of_ids(NOTE, Reason('summaries-noted').said(), [name for name in named if name])


def won(shown: str | None, claim: Claim) -> bool:
    """Whether the claim stands on the saved page: only then may its run act."""
    record = read_record(shown or '')
    return record is not None and record == claim.record
