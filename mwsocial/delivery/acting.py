"""Doing what is claimed and still due: the channels side by side, each one deed after the other.

Everything about the wiki goes through one lock, since one login cannot be used by two threads; only the
requests to the networks run at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from mwsocial.channels.base import Image, Outcome, Removal, Unknown
from mwsocial.delivery.brakes import STOP
from mwsocial.delivery.deeds import Deed, deed_for
from mwsocial.delivery.lease import Lease
from mwsocial.delivery.recording import Recorder
from mwsocial.delivery.sending import at_last, record_for, send
from mwsocial.delivery.tools import Key, Tools, holds, parts_before, stands
from mwsocial.desk.places import before, channel_of, part_of
from mwsocial.desk.plan import Claim
from mwsocial.desk.records import CLAIMS, Record
from mwsocial.desk.standing import NEWS
from mwsocial.reason import Reason
from mwsocial.wiki.escape import safe_value


class Acting:
    """One run's claims, from the page as it was saved to the records."""

    def __init__(self, tools: Tools, lease: Lease) -> None:
        """*lease*: counted from before the page was read on which the claim stands."""
        self._tools = tools
        self._lease = lease
        self._wiki = Lock()
        self._reading = tools.reader.read()
        self.records: dict[Key, Record] = {}
        self._begun: set[Key] = set()

    def act(self, claims: Sequence[Claim]) -> dict[Key, Record]:
        """Do what stands of *claims* and record it; what became of each.

        What is known is written down, whatever came in between.
        """
        standing = [claim for claim in claims if stands(self._reading, claim)]
        queues: dict[str, list[Claim]] = {}
        for claim in standing:
            queues.setdefault(claim.channel, []).append(claim)
        entries = queues.pop(NEWS, [])
        try:
            with ThreadPoolExecutor(max_workers=max(1, len(queues))) as pool:
                at_work = [pool.submit(self._channel, queue) for queue in queues.values()]
            if entries:
                self._news(entries)
            for one in at_work:
                one.result()
        except BaseException:
            self._give_back(standing)
            raise
        finally:
            if self.records:
                Recorder(self._tools).record(self.records, standing)
        return self.records

    def _give_back(self, claims: Sequence[Claim]) -> None:
        """When something breaks, what was not begun is known to be undone: nobody need look for it."""
        for claim in claims:
            if claim.key not in self._begun and claim.key not in self.records:
                self._release(claim, Reason('delivery-broken-off'))

    def _channel(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            self._one(claim)

    def _one(self, claim: Claim) -> None:
        with self._wiki:
            why_not = self._why_not(claim)
            deed = self._deed(claim) if why_not is None else why_not
            ignoring = self._ignoring(claim)
            if isinstance(deed, Reason):
                self._release(claim, deed)
                return
        self._begun.add(claim.key)
        outcome = send(
            self._tools.channels[claim.channel], deed, claim.record, claim.previous, ignoring,
            self._lease.open,
        )  # fmt: skip
        with self._wiki:
            self._note(claim, outcome)

    def _why_not(self, claim: Claim) -> Reason | None:
        """The brakes, looked at right before a deed."""
        if self._tools.ending():
            return Reason('delivery-run-ends')
        self._reading = self._tools.reader.refresh(self._reading)
        stopped = self._reading.stopped
        if stopped and not (stopped.key == STOP and claim.record.kind == 'deleting'):
            return stopped
        if not stands(self._reading, claim):
            return Reason('delivery-taken-over')
        if not holds(self._reading, claim, self._tools.config.rules()):
            return Reason('delivery-void')
        if not self._lease.open():
            return Reason('delivery-late-run')
        return None

    def _deed(self, claim: Claim) -> Deed | Reason:
        previous, first = parts_before(self._reading, claim.item_id, claim.place, self.records)
        after, root = _where(previous), _where(first)
        sends = claim.record.kind == 'sending' and before(claim.place)
        if sends and not (after and root and self._goes_on(claim)):
            part = str(part_of(claim.place))
            return Reason('delivery-part-waits', (channel_of(claim.place), part))
        images: tuple[Image, ...] = ()
        if claim.record.kind != 'deleting' and part_of(claim.place) == 1:
            found = self._tools.gallery.of(
                claim, self._reading, self._tools.channels[claim.channel]
            )
            if isinstance(found, Reason):
                return found
            images = found
        old = None
        if claim.record.kind == 'editing':
            old = self._reading.item_in(claim.item_id, claim.record.words_of)
        return deed_for(
            claim.record, claim.approved.item if claim.approved else None, claim.place,
            self._tools.words(claim.place), images=images, after=after, root=root,
            approved=claim.approved, old=old,
        )  # fmt: skip

    def _goes_on(self, claim: Claim) -> bool:
        """Whether all parts before this one hold the words of the same approval. A correction that this
        run made, or did not manage to make, is not on the page yet.
        """
        standing = self._reading.by_id[claim.item_id]
        place = before(claim.place)
        while place:
            mine = self.records.get((claim.item_id, place))
            if mine is None:
                right = place not in standing.situation.changed
            else:
                right = mine.kind == 'posted' and mine.words_of == claim.record.revid
            if not right:
                return False
            place = before(place)
        return True

    def _ignoring(self, claim: Claim) -> frozenset[str]:
        """Addresses of our other posts on the channel: none of them is this one."""
        mine = {
            record.address
            for (item_id, name), record in self.records.items()
            if channel_of(name) == claim.channel and (item_id, name) != claim.key
        }
        return self._reading.addresses(claim.place, claim.item_id) | (mine - {''})

    def _news(self, claims: Sequence[Claim]) -> None:
        news = self._tools.news
        ready: dict[str, Claim] = {}
        for claim in claims:
            if why_not := self._why_not(claim):
                self._release(claim, why_not)
            elif claim.record.kind == 'sending':
                ready[claim.item_id] = claim
            else:
                self._begun.add(claim.key)
                old = self._reading.item_in(claim.item_id, claim.record.words_of)
                new = claim.approved.item if claim.approved else None
                keep = claim.record.kind == 'editing' and new is not None
                outcome = news.change(
                    claim.item_id,
                    old.content.get(NEWS, '') if old else '',
                    new.content.get(NEWS, '') if new and keep else '',
                    self._lease.open,
                )
                self._note(claim, outcome)
        texts = _entries(ready)
        self._begun |= {claim.key for claim in ready.values()}
        outcomes = news.deliver(texts, self._lease.open) if texts else {}
        for item_id, found in outcomes.items():
            self._note(ready[item_id], found)

    def _release(self, claim: Claim, reason: Reason) -> None:
        """Give a claim back: nothing was sent, and a post that stands is as it was. What was claimed over
        another run's claim may have been done by that one: it stays open, and is looked into again.
        """
        self._tools.say(f'{claim.item_id} on {claim.place}: not done: {reason.text()}')
        if claim.previous and claim.previous.kind in CLAIMS:
            return
        now, words = self._tools.reader.now(), safe_value(reason.said())
        if claim.record.kind == 'sending':
            self.records[claim.key] = Record('released', now, claim.record.revid, words)
        else:
            old = Record('posted', now, claim.record.words_of, claim.record.address)
            self.records[claim.key] = old

    def _note(self, claim: Claim, outcome: Outcome | Removal) -> None:
        now = self._tools.reader.now()
        record = record_for(outcome, claim.record, now, safe_value)
        if claim.previous and claim.previous.kind != 'posted':
            record = at_last(record, outcome, claim.record, claim.previous, now, safe_value)
        where = f'{claim.item_id} on {claim.place}'
        if record:
            self.records[claim.key] = record
            self._tools.say(f'{where}: {record.kind} {record.rest}')
        elif isinstance(outcome, Unknown):
            words = outcome.reason.text()
            self._tools.say(f'{where}: no clear answer ({words}); a later run finds out')


def _where(record: Record | None) -> str:
    """The address of a part that stands."""
    return record.address if record and record.kind != 'deleted' else ''


def _entries(ready: Mapping[str, Claim]) -> dict[str, str]:
    return {
        item_id: claim.approved.item.content[NEWS]
        for item_id, claim in ready.items()
        if claim.approved
    }
