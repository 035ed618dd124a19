"""One pass over the queue: read, decide, claim, decide again, brakes, act, record.

Every line here may be the last one of its process. So the order is the safety: nothing is sent that a
saved revision of the queue does not claim for this run, and whatever is left open is found by the next
run from the wiki alone.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from mwsocial.delivery.acting import Acting
from mwsocial.delivery.brakes import STOP
from mwsocial.delivery.deeds import post_for
from mwsocial.delivery.lease import Lease
from mwsocial.delivery.preflight import Preflight
from mwsocial.delivery.reading import Reading, name_of
from mwsocial.delivery.recording import Recorder
from mwsocial.delivery.settling import Settler
from mwsocial.delivery.tools import TRIES, Key, Tools, pause, stands
from mwsocial.desk.plan import Claim, Plan, make_plan, without_sends
from mwsocial.desk.records import Record
from mwsocial.desk.standing import NEWS, Standing
from mwsocial.desk.validity import kinds
from mwsocial.errors import EXIT_DONE, EXIT_PERSON, TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki.save import Conflict, Lost, Outcome, Refused, Saved

#: So many items are tried one by one in a run: each takes reading the page and an edit.
SINGLES = 20


@dataclass
class Report:
    """What a pass did: whether a person is needed, how much was claimed, what became of it, and the queue
    as it was last read.
    """

    person: bool = False
    claims: int = 0
    records: dict[Key, Record] = field(default_factory=dict)
    reading: Reading | None = None

    @property
    def exit_code(self) -> int:
        """0, or 1 where somebody must look at something."""
        return EXIT_PERSON if self.person else EXIT_DONE


class Pass:
    """One pass of ``post_queue``."""

    def __init__(self, tools: Tools) -> None:
        """*tools*: of the run."""
        self._tools = tools
        self._reader = tools.reader
        self._say = tools.say
        self._settler = Settler(tools)
        self._preflight = Preflight(tools)

    def run(self, *, simulate: bool = False) -> Report:
        """Do one pass; raises ``DeskError`` where the whole pass cannot be done."""
        report = Report()
        # Words that the wiki refuses on one item must not keep the others from their turn.
        names = self._round(report, simulate=simulate) or []
        since = report.reading.revid if report.reading else 0
        for number, one in enumerate(names):
            if number == SINGLES or self._tools.ending():
                self._say(f'{len(names) - number} items are left to the next run')
                break
            if self._round(report, only=one, since=since) is None:
                self._say('somebody else saved the queue meanwhile: the next run tries the rest')
                break
        if report.reading and not simulate and not self._tools.ending():
            self._seek_orphans(report, report.reading)
        return report

    def _seek_orphans(self, report: Report, reading: Reading) -> None:
        """Find out what became of items that left the page under a claim."""
        for item_id, records in self._reader.orphans(reading).items():
            found = self._settler.orphan(reading, item_id, records)
            if not found:
                self._say(f'{item_id} has left the queue under a claim: a later run finds out')
                continue
            for place, record in found.items():
                self._say(f'{item_id} on {place}: {record.kind} {record.rest}')
            claimed = {place: records[place] for place in found}
            report.person = True
            try:
                why = Recorder(self._tools).keep(reading, item_id, found, claimed)
            except TemporaryError as error:  # the next run looks again; other items are not to wait
                why = str(error)
            if why:
                self._say(why)

    def _round(
        self, report: Report, *, only: str = '', since: int = 0, simulate: bool = False
    ) -> list[str] | None:
        """Save what is to be saved and do what it claims, for all items, or *only* one (see ``name_of``)
        of those that revision *since* shows.

        Returns what is to be tried one by one, since the wiki has refused it together; None where others
        have changed the page since.
        """
        lost: list[tuple[Lease, Sequence[Claim]]] = []
        for attempt in range(TRIES):
            lease, reading = Lease(), self._reader.read()
            if self._came(report, lost, reading):
                return []
            if only and self._overtaken(reading, since):
                return None
            if reading.stopped and not only:
                self._say(f'stopped: {reading.stopped.text()}')
            plan = self._plan(reading, only)
            if simulate:
                self._tell(plan)
                self._finish(report, reading, {})
                return []
            # What has its turn because something else waits is asked about as well. Each round finds
            # something new that stands against a claim, or knows by then what was slow: there is an end.
            rounds = 0
            while plan.claims and not (
                self._preflight.check(plan, reading) and (lease.fresh() or rounds > TRIES)
            ):
                rounds += 1
                lease, reading = Lease(), self._reader.read()
                plan = self._plan(reading, only)
            report.person |= self._preflight.operator
            if not plan.changes:
                self._finish(report, reading, {})
                return []
            if plan.claims and self._tools.ending():
                self._say('told to end: what is due is left to the next run')
                self._finish(report, reading, {})
                return []
            saved = self._save(reading, plan)
            if _full(saved) and plan.needed().changes:
                # Somebody has filled the page, and it does not take what is to be noted on each item.
                self._say('the queue has no room: only claims and records are saved')
                report.person = True
                plan = plan.needed()
                saved = self._save(reading, plan)
            if isinstance(saved, Saved):
                self._say(f'saved revision {saved.revid}: {plan.summary}')
                if plan.claims:
                    self._act(report, plan.claims, lease)
                else:
                    # What was found out may need a person.
                    self._finish(report, reading if plan.minor else self._reader.read(), {})
                return []
            if isinstance(saved, Lost):
                # Nothing may be sent under a claim that nobody has seen: look what stands there.
                self._say(f'the answer to a save was lost, looking: {saved.reason.text()}')
                lost.append((lease, plan.claims))
            elif isinstance(saved, Conflict):
                self._say('somebody else saved the queue meanwhile: reading it again')
            else:
                where = f'on {only}' if only else 'the queue'
                self._say(f'the wiki refuses to save {where}: {saved.reason.text()}')
                report.person = True
                report.reading = reading
                # With a page that is full, it is not the words of one of them.
                return [] if only or _full(saved) else _alone(plan)
            pause(attempt)
        if self._came(report, lost, self._reader.read()):
            return []
        raise TemporaryError(
            f'The queue page was changed {TRIES} times while this run tried to save it: '
            'the next run tries again.'
        )

    def _save(self, reading: Reading, plan: Plan) -> Outcome:
        nonce = plan.claims[0].nonce if plan.claims else ''
        return self._reader.save_changes(
            reading, plan.changes, plan.summary, minor=plan.minor, nonce=nonce
        )

    def _overtaken(self, reading: Reading, since: int) -> bool:
        """Whether somebody else has changed the page after the revision *since*."""
        later = takewhile(lambda one: one.revid > since, reading.knowledge.chain)
        return any(one.user not in self._tools.config.bots for one in later)

    def _plan(self, reading: Reading, only: str) -> Plan:
        settled, again = self._settler.settle(reading)
        return make_plan(
            self._under_brakes(reading),
            self._reader.paces,
            self._tools.config.rules(),
            reading.now,
            settled=settled,
            again=again,
            nonce=lambda: secrets.token_hex(6),
            new_id=reading.new_id,
            folds=reading.folds,
            touched=self._reader.touched_lately(reading),
            words=self._reader.words,
            mine=lambda item: only in ('', name_of(item)),
        )

    @staticmethod
    def _under_brakes(reading: Reading) -> Sequence[Standing]:
        if not reading.stopped:
            return reading.standings
        return without_sends(reading.standings, removals=reading.stopped.key == STOP)

    def _act(self, report: Report, claims: Sequence[Claim], lease: Lease) -> None:
        """Send what is claimed and still due on the page as it is now, then record."""
        report.claims += len(claims)
        records = Acting(self._tools, lease).act(claims)
        self._finish(report, self._reader.read(), records)

    def _came(
        self, report: Report, lost: Sequence[tuple[Lease, Sequence[Claim]]], reading: Reading
    ) -> bool:
        """Whether a save with a lost answer stands on the page after all; then its claims are acted on.

        It may come late: after the first look, and when a later try meets it as a conflict.
        """
        for lease, claims in lost:
            if any(stands(reading, claim) for claim in claims):
                self._act(report, claims, lease)
                return True
        return False

    def _finish(self, report: Report, reading: Reading, records: Mapping[Key, Record]) -> None:
        report.records |= records
        for name in sorted(self._reader.unwritable):
            report.person = True
            self._say(
                f'{name} cannot be written on: its template is so broken that it would not read back. '
                'Somebody must mend or remove it.'
            )
        report.reading = reading
        for standing in reading.standings:
            if needs_a_person(standing):
                report.person = True
                words = standing.note or Reason(
                    f'checking-state-{standing.state.replace(" ", "-")}'
                )
                self._say(f'{standing.item.id} needs a person: {words.text()}')

    def _tell(self, plan: Plan) -> None:
        for claim in plan.claims:
            self._say(f'would {self._deed(claim)}')
        for change in plan.changes:
            name = change.new_id or name_of(change.item)
            lines = ', '.join(
                f'{key} = {value}' if value else f'no {key}' for key, value in change.bot.items()
            )
            self._say(f'would write on {name}: {lines or "its id"}')
        if not plan.changes:
            self._say('nothing to do')

    def _deed(self, claim: Claim) -> str:
        """What a claim would do, for the operator."""
        if claim.record.kind == 'deleting' or claim.approved is None:
            return f'take {claim.item_id} down from {claim.place}: {claim.record.address}'
        item, verb = claim.approved.item, 'send'
        kind = (*kinds(item), '')[0]
        words = self._tools.words(claim.place)
        said = post_for(item, claim.place, words, claim.record.revid).text
        if claim.place == NEWS:
            said = item.content[NEWS]
        elif kind in ('share', 'point'):
            verb = {'share': 'share', 'point': 'answer'}[kind]
            said = item.content[kind]
        elif claim.record.kind == 'editing':
            verb = 'correct'
        return f'{verb} {claim.item_id} to {claim.place}: {said!r}'


def _full(saved: Outcome) -> bool:
    """Whether the page would be larger than the wiki allows."""
    return isinstance(saved, Refused) and saved.reason.key == 'wiki-too-large'


def _alone(plan: Plan) -> list[str]:
    """The items to be tried one by one: first those with a claim or a record; of the others each run
    tries some, and not always the same.
    """
    needed = [name_of(change.item) for change in plan.needed().changes]
    others = [name_of(change.item) for change in plan.changes]
    random.shuffle(others)
    names = list(dict.fromkeys([*needed, *others]))
    return names if len(names) > 1 else []


def needs_a_person(standing: Standing) -> bool:
    """Whether something about the item does not mend itself: refused, doubtful, or not to be changed.

    What an approver has declined has been seen to, unless nobody knows what stands on a network.
    """
    targets = standing.targets.values()
    if standing.situation.declined is not None:
        return any(target.action == 'unconfirmed' for target in targets)
    if standing.situation.takedown is not None:
        # What is to go and has not gone, without being tried again by itself.
        return any(
            target.action == 'unconfirmed' or (target.action == 'done' and not target.until)
            for target in targets
        )
    return standing.state in ('failed', 'unconfirmed', 'partly posted') or any(
        target.action in ('failed', 'unconfirmed')
        or (target.record is not None and target.record.record.kind == 'kept' and not target.until)
        for target in targets
    )
