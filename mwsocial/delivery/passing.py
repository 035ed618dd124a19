"""One pass over the queue: read, decide, claim, decide again, brakes, act, record.

Every line here may be the last one of its process. So the order is the safety: nothing is sent that a
saved revision of the queue does not claim for this run, and whatever is left open is found by the next
run from the wiki alone.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mwsocial.channels.base import Channel, Outcome, Post, Unknown
from mwsocial.channels.registry import wrong_account
from mwsocial.delivery.archive import item_wikitext, with_records
from mwsocial.delivery.lease import Lease
from mwsocial.delivery.newsdesk import NewsDesk, NewsLook
from mwsocial.delivery.reading import QueueReader, Reading
from mwsocial.delivery.sending import (
    ASK_A_PERSON,
    Looker,
    Settled,
    look,
    post_for,
    record_for,
    send,
)
from mwsocial.desk.approval import Approved
from mwsocial.desk.item import Item
from mwsocial.desk.plan import Claim, Plan, make_plan, record_changes, without_sends, won
from mwsocial.desk.proposer import proposer
from mwsocial.desk.records import RECORD, Record, summary_of_ids
from mwsocial.desk.standing import NEWS, Standing, in_time, why_blocked
from mwsocial.desk.summaries import record_summary
from mwsocial.errors import EXIT_DONE, EXIT_PERSON, TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki.escape import safe_value
from mwsocial.wiki.save import Conflict, Lost, Saved

TRIES = 5
Key = tuple[str, str]


@dataclass
class Report:
    """What a pass did: lines for the log, and whether a person is needed."""

    lines: list[str] = field(default_factory=list)
    person: bool = False
    claims: int = 0
    records: dict[Key, Record] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0, or 1 where somebody must look at something."""
        return EXIT_PERSON if self.person else EXIT_DONE


class Pass:
    """One pass of ``post_queue``."""

    def __init__(
        self,
        reader: QueueReader,
        channels: Mapping[str, Channel],
        news: NewsDesk,
        say: Callable[[str], None],
    ) -> None:
        """*channels*: the live ones; *say* prints one line for the operator."""
        self._reader = reader
        self._config = reader.config
        self._channels = channels
        self._news = news
        self._say = say
        self._checked: set[str] = set()
        self._looked: dict[tuple[str, str, str], Settled] = {}

    def run(self, *, simulate: bool = False) -> Report:
        """Do one pass; raises ``DeskError`` where the whole pass cannot be done."""
        report = Report()
        for attempt in range(TRIES):
            reading = self._reader.read()
            if reading.stopped:
                self._say(f'stopped: {reading.stopped.text()}')
            plan = self._plan(reading)
            if not simulate and self._wrong_accounts(plan):
                # The operator has something to mend: no item may pay for it.
                report.person = True
                reading = self._reader.read()
                plan = self._plan(reading)
            if simulate:
                self._tell(plan, reading)
                return self._finish(report, reading, {})
            if not plan.changes:
                return self._finish(report, reading, {})
            lease = Lease()
            saved = self._reader.save_changes(
                reading,
                plan.changes,
                plan.summary,
                minor=plan.minor,
                nonce=plan.claims[0].nonce if plan.claims else '',
            )
            if isinstance(saved, Saved):
                self._say(f'saved revision {saved.revid}: {plan.summary}')
                if not plan.claims:
                    # What was found out may need a person.
                    reading = reading if plan.minor else self._reader.read()
                    return self._finish(report, reading, {})
                return self._act(report, plan.claims, lease)
            if isinstance(saved, Lost):
                # Nothing may be sent under a claim that nobody has seen: look what stands there.
                self._say(f'the answer to a save was lost, looking: {saved.reason.text()}')
                if self._stands(plan.claims):
                    return self._act(report, plan.claims, lease)
            elif isinstance(saved, Conflict):
                self._say('somebody else saved the queue meanwhile: reading it again')
            else:
                self._say(f'the wiki refuses to save the queue: {saved.reason.text()}')
                report.person = True
                return report
            time.sleep(random.uniform(0.2, 0.6) * (attempt + 1))  # noqa: S311 - jitter, no secret
        raise TemporaryError(
            f'The queue page was changed {TRIES} times while this run tried to save it: '
            'the next run tries again.'
        )

    def _plan(self, reading: Reading) -> Plan:
        settled: dict[Key, Record] = {}
        again = {}
        for standing in reading.standings:
            for name, target in standing.targets.items():
                if target.action == 'settle' and target.record:
                    result = self._settle(reading, standing, name)
                    key = (standing.item.id, name)
                    if result.record:
                        settled[key] = result.record
                    elif result.again and not reading.stopped:
                        again[key] = target.record
        return make_plan(
            reading.standings if not reading.stopped else without_sends(reading.standings),
            self._reader.paces,
            reading.now,
            settled=settled,
            again=again,
            nonce=lambda: secrets.token_hex(6),
            new_id=reading.new_id,
            folds=reading.folds,
            touched=self._reader.touched_lately(reading),
            words=self._reader.words,
        )

    def _wrong_accounts(self, plan: Plan) -> bool:
        """Whether a channel that is about to be used turns out to be somebody else's, or unusable.

        Asked once a run, and only for channels that have something to send.
        """
        found = False
        for name in {claim.channel for claim in plan.claims} & self._channels.keys():
            if name in self._checked:
                continue
            self._checked.add(name)
            reason = wrong_account(self._channels[name], self._config.channels[name])
            if reason:
                self._say(f'{name} is not used: {reason.text()}')
                self._reader.not_live[name] = Reason('delivery-not-used', (name, reason.text()))
                found = True
        return found

    def _settle(self, reading: Reading, standing: Standing, name: str) -> Settled:
        proven = standing.targets[name].record
        assert proven is not None
        record = proven.record
        said = standing.situation.settled.get(name)
        if record.kind == 'unconfirmed' and said:
            return Settled(Record('posted', reading.now, record.revid, said))
        cached = self._looked.get((standing.item.id, name, record.text()))
        if cached:
            return cached
        item = reading.item_in(standing.item.id, record.revid)
        if item is None:
            return self._ask_a_person(record, reading, Reason('delivery-no-answer'))
        holds = (
            standing.approved is not None
            and standing.approved.revision.revid == record.revid
            and why_blocked(standing.situation) is None
            and in_time(standing.situation, self._config.rules(), reading.now)
            and standing.situation.channels.get(name) is None
        )
        self._say(f'looking what became of {item.id} on {name}, claimed at {record.time:%H:%M} UTC')
        channel = self._channel(name, item)
        if channel is None:
            why = standing.situation.channels.get(name) or Reason('delivery-no-answer')
            return self._ask_a_person(record, reading, why)
        result = look(
            channel,
            self._post(item, name, record.revid),
            record,
            reading.addresses(name, standing.item.id),
            reading.now,
            safe_value,
            may_send=holds,
        )
        self._looked[standing.item.id, name, record.text()] = result
        return result

    @staticmethod
    def _ask_a_person(record: Record, reading: Reading, why: Reason) -> Settled:
        """A claim that cannot be looked into waits for a while, then a person is asked."""
        if reading.now - record.time < ASK_A_PERSON:
            return Settled()
        words = safe_value(why.text())
        return Settled(Record('unconfirmed', reading.now, record.revid, words))

    def _channel(self, name: str, item: Item) -> Looker | None:
        """Where to look for what was sent; None while a channel is not set up."""
        if name == NEWS:
            return NewsLook(self._news, item)
        return self._channels.get(name)

    def _act(self, report: Report, claims: Sequence[Claim], lease: Lease) -> Report:
        """Send what is claimed and still due on the page as it is now, then record."""
        report.claims = len(claims)
        reading = self._reader.read()
        standing_claims = [claim for claim in claims if stands(reading, claim)]
        records: dict[Key, Record] = {}
        entries = [claim for claim in standing_claims if claim.channel == NEWS]
        try:
            for claim in standing_claims:
                if claim.channel != NEWS:
                    reading = self._one(claim, reading, lease, records)
            if entries:
                reading = self._news_entries(entries, reading, lease, records)
        finally:
            # What is known is written down, whatever came in between.
            if records:
                self._record(records, standing_claims)
        return self._finish(report, self._reader.read(), records)

    def _one(
        self, claim: Claim, reading: Reading, lease: Lease, records: dict[Key, Record]
    ) -> Reading:
        key = (claim.item_id, claim.channel)
        reading, why_not = self._may_send(claim, reading, lease)
        if why_not:
            records[key] = self._released(claim, why_not)
            return reading
        item = claim.approved.item
        outcome = send(
            self._channels[claim.channel],
            self._post(item, claim.channel, claim.record.revid),
            claim.record,
            claim.previous,
            reading.addresses(claim.channel, claim.item_id),
            lease.open,
        )
        self._note(claim, outcome, records)
        return reading

    def _news_entries(
        self,
        claims: Sequence[Claim],
        reading: Reading,
        lease: Lease,
        records: dict[Key, Record],
    ) -> Reading:
        ready = {}
        for claim in claims:
            reading, why_not = self._may_send(claim, reading, lease)
            if why_not:
                records[claim.item_id, NEWS] = self._released(claim, why_not)
            else:
                ready[claim.item_id] = claim
        texts = {item_id: claim.approved.item.content[NEWS] for item_id, claim in ready.items()}
        outcomes = self._news.deliver(texts, lease.open) if texts else {}
        for item_id, outcome in outcomes.items():
            self._note(ready[item_id], outcome, records)
        return reading

    def _may_send(
        self, claim: Claim, reading: Reading, lease: Lease
    ) -> tuple[Reading, Reason | None]:
        reading = self._reader.refresh(reading)
        if reading.stopped:
            return reading, reading.stopped
        if not stands(reading, claim):
            return reading, Reason('delivery-taken-over')
        if not holds(reading, claim):
            return reading, Reason('delivery-void')
        if not lease.open():
            return reading, Reason('delivery-late-run')
        return reading, None

    def _released(self, claim: Claim, reason: Reason) -> Record:
        self._say(f'{claim.item_id} on {claim.channel}: not sent: {reason.text()}')
        words = safe_value(reason.text())
        return Record('released', self._reader.now(), claim.record.revid, words)

    def _note(self, claim: Claim, outcome: Outcome, records: dict[Key, Record]) -> None:
        record = record_for(outcome, claim.record.revid, self._reader.now(), safe_value)
        if record:
            records[claim.item_id, claim.channel] = record
            self._say(f'{claim.item_id} on {claim.channel}: {record.kind} {record.rest}')
        elif isinstance(outcome, Unknown):
            self._say(
                f'{claim.item_id} on {claim.channel}: no clear answer ({outcome.reason.text()}); '
                'a later run finds out'
            )

    def _record(self, records: Mapping[Key, Record], claims: Sequence[Claim]) -> None:
        """Write down what became of the claims. A duty: no brake stops it."""
        ids = list(dict.fromkeys(item_id for item_id, _ in records))
        bare = summary_of_ids(RECORD, 'recorded', ids)
        summary = ''
        for attempt in range(2 * TRIES):
            reading = self._reader.read()
            records = still_ours(records, claims, reading)
            if not summary:
                summary = record_summary(records, self._proposers(reading, claims, set(ids)))
            present = {s.item.id: s for s in reading.standings if not s.situation.newcomer}
            gone = {key: record for key, record in records.items() if key[0] not in present}
            if gone:
                self._archive(gone, claims, reading)
            here = {key: record for key, record in records.items() if key[0] in present}
            changes = record_changes(present, here, self._reader.words)
            if not changes:
                return
            saved = self._reader.save_changes(reading, changes, summary, minor=False, duty=True)
            if isinstance(saved, Saved) or (isinstance(saved, Lost) and self._recorded(here)):
                return
            if not isinstance(saved, Conflict | Lost):
                self._say(f'the wiki refuses the record: {saved.reason.text()}')
                if summary == bare:
                    break
                summary = bare
            time.sleep(random.uniform(0.2, 0.6) * (attempt + 1))  # noqa: S311 - jitter, no secret
        raise TemporaryError(
            'What was posted could not be recorded on the queue page; the next run finds it on the '
            'networks and records it.'
        )

    def _archive(
        self, records: Mapping[Key, Record], claims: Sequence[Claim], reading: Reading
    ) -> None:
        """Record items that somebody took off the page while they were being sent."""
        for claim in {claim.item_id: claim for claim in claims}.values():
            mine = {
                name: one for (item_id, name), one in records.items() if item_id == claim.item_id
            }
            page = self._reader.text_of(reading, claim.record.revid)
            wikitext = item_wikitext(page, claim.item_id) if mine else None
            if wikitext is None:
                continue
            kinds = {one.kind for one in mine.values()}
            state = 'posted' if kinds == {'posted'} else 'partly posted'
            saved = self._reader.keep(claim.item_id, with_records(wikitext, state, mine))
            if not isinstance(saved, Saved):
                raise TemporaryError(
                    f'The record of {claim.item_id} could not be kept in the archive; its claim '
                    'stands in the history of the queue, so it is not sent again.'
                )
            self._say(f'{claim.item_id} has left the queue: its record is in the archive')

    def _recorded(self, records: Mapping[Key, Record]) -> bool:
        reading = self._reader.read()
        return all(
            (proven := reading.proven(item_id, name)) is not None and proven.record == record
            for (item_id, name), record in records.items()
        )

    def _stands(self, claims: Sequence[Claim]) -> bool:
        reading = self._reader.read()
        return any(stands(reading, claim) for claim in claims)

    def _proposers(self, reading: Reading, claims: Sequence[Claim], ids: set[str]) -> list[str]:
        if not self._config.mention_proposers:
            return []
        approved = {claim.item_id: claim.approved for claim in claims if claim.item_id in ids}
        history = reading.knowledge

        def who(one: Approved) -> str:
            revid, bots = one.revision.revid, self._config.bots
            return history.decide(lambda: proposer(one.item, revid, history, bots))

        try:
            return [name for one in approved.values() if (name := who(one))]
        except TemporaryError:
            return []  # a courtesy: the record matters more

    def _finish(self, report: Report, reading: Reading, records: Mapping[Key, Record]) -> Report:
        report.records |= records
        for standing in reading.standings:
            if standing.state in ('failed', 'unconfirmed', 'partly posted') or any(
                target.action in ('failed', 'unconfirmed') for target in standing.targets.values()
            ):
                report.person = True
                words = standing.note.text() if standing.note else standing.state
                self._say(f'{standing.item.id} needs a person: {words}')
        return report

    def _post(self, item: Item, channel: str, revid: int) -> Post:
        language = self._config.channel_language(channel)
        return post_for(item, channel, self._config.desk, revid, language)

    def _tell(self, plan: Plan, reading: Reading) -> None:
        for claim in plan.claims:
            item = claim.approved.item
            words = item.content[NEWS] if claim.channel == NEWS else self._post(
                item, claim.channel, claim.record.revid
            ).text  # fmt: skip
            self._say(f'would send {claim.item_id} to {claim.channel}: {words!r}')
        for change in plan.changes:
            name = change.new_id or change.item.id or f'item number {change.item.number + 1}'
            lines = ', '.join(
                f'{key} = {value}' if value else f'no {key}' for key, value in change.bot.items()
            )
            self._say(f'would write on {name}: {lines or "its id"}')
        if not plan.changes:
            self._say('nothing to do')


def still_ours(
    records: Mapping[Key, Record], claims: Sequence[Claim], reading: Reading
) -> dict[Key, Record]:
    """The records that may still be written.

    That something was posted is always written. Anything else only while this run's claim is the newest
    record: another run may have taken the claim over meanwhile, and it knows better.
    """
    mine = {(claim.item_id, claim.channel): claim.record for claim in claims}
    kept = {}
    for key, record in records.items():
        proven = reading.proven(*key)
        if record.kind == 'posted' or proven is None or proven.record in (mine[key], record):
            kept[key] = record
    return kept


def stands(reading: Reading, claim: Claim) -> bool:
    """Whether this claim, with this run's nonce, is the newest record that counts."""
    proven = reading.proven(claim.item_id, claim.channel)
    shown = reading.shown(claim.item_id, f'sent-{claim.channel}')
    return proven is not None and proven.record == claim.record and won(shown, claim)


def holds(reading: Reading, claim: Claim) -> bool:
    """Whether what was claimed may still be sent: the same approval, no hold, nothing wrong."""
    standing = reading.by_id.get(claim.item_id)
    return (
        standing is not None
        and standing.approved is not None
        and standing.approved.revision.revid == claim.record.revid
        and why_blocked(standing.situation) is None
    )
