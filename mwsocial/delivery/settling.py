"""Finding out what became of claims that nobody finished."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from mwsocial.channels.base import Lookup, Posted, Removal
from mwsocial.delivery.deeds import Words, deed_for
from mwsocial.delivery.newsdesk import NewsEntry, NewsPlace
from mwsocial.delivery.orphans import still_open
from mwsocial.delivery.reading import Reading
from mwsocial.delivery.sending import ASK_A_PERSON, Bar, Looking, Settled, find, kept, look
from mwsocial.delivery.tools import Key, Tools, parts_before
from mwsocial.desk.item import Item
from mwsocial.desk.places import before, channel_of, in_order
from mwsocial.desk.records import CLAIMS, Proven, Record
from mwsocial.desk.standing import NEWS, Standing, in_time, why_blocked
from mwsocial.reason import Reason
from mwsocial.wiki.escape import safe_value


class Settler:
    """Looks once for each open claim, however often a run plans anew."""

    def __init__(self, tools: Tools) -> None:
        """*tools*: of the run."""
        self._tools = tools
        self._looked: dict[tuple[str, str, str], tuple[Lookup | Removal, datetime]] = {}

    def settle(self, reading: Reading) -> tuple[dict[Key, Record], dict[Key, Proven]]:
        """Records that looking has brought, and the claims that may be acted on again."""
        settled: dict[Key, Record] = {}
        again: dict[Key, Proven] = {}
        for standing in reading.standings:
            for name, target in standing.targets.items():
                if target.action != 'settle' or not target.record:
                    continue
                known = self._in_turn(reading, standing, name, settled, again)
                result = known or self._settle(
                    reading, standing, name, target.record.record, settled
                )
                if result.record:
                    settled[standing.item.id, name] = result.record
                elif result.again and not reading.stopped:
                    again[standing.item.id, name] = target.record
        return settled, again

    def _in_turn(
        self,
        reading: Reading,
        standing: Standing,
        name: str,
        settled: Mapping[Key, Record],
        again: Mapping[Key, Proven],
    ) -> Settled | None:
        """What is known of a later part without looking: it goes out only after the part before it.

        Where that part is proved not to be there, neither is this one; while nobody knows of that part,
        this one cannot be looked for.
        """
        target = standing.targets[name]
        if not before(name) or target.record is None or target.record.record.kind != 'sending':
            return None
        previous, _ = parts_before(reading, standing.item.id, name, settled)
        if previous and previous.address:
            return None
        if (standing.item.id, before(name)) in again:
            return Settled(again=True)
        if previous and previous.kind in ('released', 'failed', 'waiting'):
            record, words = target.record.record, Reason('delivery-void').said()
            return Settled(Record('released', reading.now, record.revid, words))
        return Settled()

    def _settle(
        self,
        reading: Reading,
        standing: Standing,
        name: str,
        record: Record,
        known: Mapping[Key, Record],
    ) -> Settled:
        item_id = standing.item.id
        said = standing.situation.settled.get(name)
        if record.kind == 'unconfirmed' and said:
            return Settled(Record('posted', reading.now, record.revid, said))
        why = standing.situation.channels.get(channel_of(name))
        bar = self._bar(standing, name, record, reading)
        return self._look(reading, item_id, name, record, known, why, bar)

    def _look(
        self, reading: Reading, item_id: str, name: str, record: Record, known: Mapping[Key, Record],
        why: Reason | None, bar: Bar | None,
    ) -> Settled:  # fmt: skip
        """What became of one claim. *why*: the reason why its channel cannot be used, if so; *bar*: what
        stands against doing it again, if anything does.
        """
        item = reading.item_in(item_id, record.revid)
        if item is None and record.kind != 'deleting':
            return _ask_a_person(record, reading, Reason('delivery-no-answer'))
        looking = self._looking(name, item, record, reading, item_id, known)
        if isinstance(looking, Reason):
            return _ask_a_person(record, reading, why or looking)
        key = item_id, name, record.text()

        def once(since: datetime, ignoring: Collection[str]) -> Lookup | Removal:
            # What was found stays found; what follows from it is decided anew each time.
            if key not in self._looked:
                self._tools.say(
                    f'looking what became of {item_id} on {name}, claimed at {record.time:%H:%M} UTC'
                )
                self._looked[key] = find(looking.find, since, ignoring), reading.now
            found, when = self._looked[key]
            if isinstance(found, Posted) and found.url in ignoring:
                # It is another item's by now, which says the same.
                found = find(looking.find, since, ignoring)
                self._looked[key] = found, when
            return found

        taken = {
            one.address
            for other, one in known.items()
            if channel_of(other[1]) == channel_of(name) and other != (item_id, name) and one.address
        }
        # That nothing is there is as old as the look.
        _, seen = self._looked.get(key, (None, reading.now))
        return look(
            replace(looking, find=once), record, reading.addresses(name, item_id) | taken, seen,
            safe_value, bar,
        )  # fmt: skip

    def orphan(
        self, reading: Reading, item_id: str, records: Mapping[str, Record]
    ) -> dict[str, Record]:
        """What became of the open claims of an item that has left the page, by place; *records*: what is
        proved of it. Nothing is sent any more.
        """
        known = {(item_id, name): record for name, record in records.items()}
        found: dict[str, Record] = {}
        for name in sorted(still_open(records, reading.now), key=in_order):
            record = records[name]
            previous, _ = parts_before(reading, item_id, name, known)
            if previous and not previous.address:
                # A later part goes out only behind the part before it.
                if previous.kind in CLAIMS:
                    continue
                words = Reason('delivery-void').said()
                made = Record('released', reading.now, record.revid, words)
            else:
                gone = Bar(Reason('delivery-void'))
                settled = self._look(reading, item_id, name, record, known, None, gone)
                if settled.record is None:
                    continue
                made = settled.record
            found[name] = known[item_id, name] = made
        return found

    def _bar(self, standing: Standing, name: str, record: Record, reading: Reading) -> Bar | None:
        """What stands against doing again what was claimed."""
        situation = standing.situation
        good = (
            standing.approved is not None
            and standing.approved.revision.revid == record.revid
            and why_blocked(situation) is None
            and in_time(situation, self._tools.config.rules(), reading.now)
            and name in situation.places
        )
        if not good:
            return Bar(Reason('delivery-void'))
        now_not = situation.channels.get(channel_of(name))
        return Bar(now_not, later=True) if now_not else None

    def _looking(
        self,
        name: str,
        item: Item | None,
        record: Record,
        reading: Reading,
        item_id: str,
        known: Mapping[Key, Record],
    ) -> Looking | Reason:
        if name == NEWS:
            if record.kind == 'deleting':
                item = reading.item_in(item_id, record.words_of)
            text = item.content.get(NEWS, '') if item else ''
            entry = NewsEntry(self._tools.news, item_id, text, record.kind)
            return Looking(NewsPlace(), entry.find)
        channel = self._tools.channels.get(channel_of(name))
        if channel is None:
            return Reason('delivery-no-answer')
        after, root = (
            one.address if one else '' for one in parts_before(reading, item_id, name, known)
        )
        old = reading.item_in(item_id, record.words_of) if record.kind == 'editing' else None
        words = self._words(name, item, record)
        deed = deed_for(record, item, name, words, after=after, root=root, old=old)
        if isinstance(deed, Reason):
            return deed
        return Looking(channel, partial(deed.find, channel), deed.repeatable)

    def _words(self, name: str, item: Item | None, record: Record) -> Words:
        """The configuration's words, with the sentence of a pointer as it was when it was claimed."""
        words = self._tools.words(name)
        pointer = item.content.get('pointer', '') if item else ''
        if not pointer:
            return words
        then = self._tools.reader.pointer_at(pointer, record.time)
        return replace(words, pointers={**words.pointers, pointer: then}) if then else words


def _ask_a_person(record: Record, reading: Reading, why: Reason) -> Settled:
    """A claim that cannot be looked into waits for a while, then a person is asked."""
    if reading.now - record.time < ASK_A_PERSON:
        return Settled()
    words = safe_value(why.said())
    if record.kind != 'sending':
        return Settled(kept(record, reading.now, words))
    return Settled(Record('unconfirmed', reading.now, record.revid, words))
