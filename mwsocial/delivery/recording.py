"""Writing down what became of claims. A duty: no brake stops it, and nothing that is known is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from mwsocial.delivery.archive import item_wikitext, shown_records, with_records
from mwsocial.delivery.reading import Reading
from mwsocial.delivery.tools import TRIES, Key, Tools, pause
from mwsocial.desk.approval import Approved
from mwsocial.desk.plan import Claim, record_changes
from mwsocial.desk.proposer import proposer
from mwsocial.desk.records import RECORD, Record, summary_of_ids
from mwsocial.desk.summaries import record_summary
from mwsocial.errors import TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki.save import Conflict, Lost, Saved


class Recorder:
    """Records outcomes on the queue, or in the archive where an item has left it."""

    def __init__(self, tools: Tools) -> None:
        """*tools*: of the run."""
        self._tools = tools
        self._reader = tools.reader

    def record(self, records: Mapping[Key, Record], claims: Sequence[Claim]) -> None:
        """Save *records*; raises TemporaryError where the wiki does not take them now."""
        ids = list(dict.fromkeys(item_id for item_id, _ in records))
        bare = summary_of_ids(RECORD, Reason('summaries-recorded').said(), ids)
        summary = ''
        archived: dict[Key, Record] = {}
        lost: list[str] = []
        for attempt in range(2 * TRIES):
            reading = self._reader.read()
            # Of all that is known, each time: a page that lags shows less than there is.
            mine = still_ours(records, claims, reading)
            if not summary:
                summary = record_summary(mine, self._proposers(reading, claims, set(ids)))
            present = {s.item.id: s for s in reading.standings if not s.situation.newcomer}
            gone = {
                key: record
                for key, record in mine.items()
                if key[0] not in present and archived.get(key) != record
            }
            lost += self._archive(gone, claims, reading)
            archived |= gone
            here = {key: record for key, record in mine.items() if key[0] in present}
            rules = self._tools.config.rules()
            changes = record_changes(present, here, rules, reading.now, self._reader.words)
            if not changes:
                return _tell(lost)
            saved = self._reader.save_changes(reading, changes, summary, minor=False, duty=True)
            if isinstance(saved, Saved) and not saved.merged:
                return _tell(lost)
            # Somebody may have taken an item off at that very moment; it is kept in the archive then.
            if isinstance(saved, Saved | Lost) and self._recorded(here):
                return _tell(lost)
            if not isinstance(saved, Saved | Conflict | Lost):
                self._tools.say(f'the wiki refuses the record: {saved.reason.text()}')
                if summary == bare:
                    if len(ids) > 1:
                        return self._one_by_one(mine, claims)
                    break
                summary = bare
            pause(attempt)
        raise TemporaryError(
            'What was posted could not be recorded on the queue page; the next run finds it on the '
            'networks and records it.'
        )

    def _one_by_one(self, records: Mapping[Key, Record], claims: Sequence[Claim]) -> None:
        """Record item by item: what the wiki refuses of one must not keep the others from theirs."""
        refused: TemporaryError | None = None
        for item_id in dict.fromkeys(item_id for item_id, _ in records):
            mine = {key: record for key, record in records.items() if key[0] == item_id}
            try:
                self.record(mine, claims)
            except TemporaryError as error:
                refused = error
        if refused:
            raise refused

    def _archive(
        self, records: Mapping[Key, Record], claims: Sequence[Claim], reading: Reading
    ) -> list[str]:
        """Record items that somebody took off the page while they were being sent; what could not be."""
        lost = []
        for item_id in dict.fromkeys(item_id for item_id, _ in records):
            mine = {name: one for (one_id, name), one in records.items() if one_id == item_id}
            claimed = {one.place: one.record for one in claims if one.item_id == item_id}
            try:
                lost.append(self.keep(reading, item_id, mine, claimed))
            except TemporaryError as error:  # the records of other items are not to wait
                lost.append(str(error))
        return [words for words in lost if words]

    def keep(
        self,
        reading: Reading,
        item_id: str,
        mine: Mapping[str, Record],
        claimed: Mapping[str, Record],
    ) -> str:
        """Keep the records *mine* (by place) of an item that has left the page in the archive; *claimed*
        are the claims that they end. Returns why that cannot be, or ''. Raises TemporaryError.
        """
        revid = next(iter(claimed.values())).revid
        wikitext = item_wikitext(self._reader.text_of(reading, revid), item_id)
        if wikitext is None:
            words = ', '.join(f'{name}: {one.text()}' for name, one in mine.items())
            return (
                f'The record of {item_id} could not be kept ({words}): the item has left the queue, and '
                f'revision {revid}, which holds its words, is hidden.'
            )
        known = self._reader.records_of(reading, item_id, {*shown_records(wikitext), *mine})
        known |= _still_true(mine, known, claimed)
        state = _state({one.kind for one in known.values()})
        saved = self._reader.keep(item_id, with_records(wikitext, state, known))
        if not isinstance(saved, Saved):
            raise TemporaryError(
                f'The record of {item_id} could not be kept in the archive; its claim stands in the '
                'history of the queue, so it is not sent again, and the next run looks for it.'
            )
        self._tools.say(f'{item_id} has left the queue: its record is in the archive')
        return ''

    def _recorded(self, records: Mapping[Key, Record]) -> bool:
        reading = self._reader.read()
        return all(
            (proven := reading.proven(item_id, name)) is not None and proven.record == record
            for (item_id, name), record in records.items()
        )

    def _proposers(self, reading: Reading, claims: Sequence[Claim], ids: set[str]) -> list[str]:
        if not self._tools.config.mention_proposers:
            return []
        approved = {
            claim.item_id: claim.approved
            for claim in claims
            if claim.item_id in ids and claim.approved and claim.record.kind == 'sending'
        }
        history = reading.knowledge

        def who(one: Approved) -> str:
            revid, bots = one.revision.revid, self._tools.config.bots
            return history.decide(lambda: proposer(one.item, revid, history, bots))

        try:
            return [name for one in approved.values() if (name := who(one))]
        except TemporaryError:
            return []  # a courtesy: the record matters more


def _tell(lost: Sequence[str]) -> None:
    if lost:
        raise TemporaryError(' '.join(lost))


def _still_true(
    records: Mapping[str, Record], known: Mapping[str, Record], claims: Mapping[str, Record]
) -> dict[str, Record]:
    """Of *records* of one item, those that no other run has overtaken. All by place; *known* is what the
    history proves, *claims* are this run's.
    """
    return {
        place: record
        for place, record in records.items()
        if record.kind in ('posted', 'deleted') or known.get(place) in (None, claims[place], record)
    }


def _state(kinds: AbstractSet[str]) -> str | None:
    """The state of an item of which no more than records of these kinds is known."""
    for state in ('posted', 'deleted', 'failed'):
        if kinds == {state}:
            return state
    return 'partly posted' if kinds & {'posted', 'kept', 'deleted'} else None


def still_ours(
    records: Mapping[Key, Record], claims: Sequence[Claim], reading: Reading
) -> dict[Key, Record]:
    """The records that may still be written.

    That something was posted is always written, unless more is known of that post by now, and that it was
    taken down. Anything else only while this
    run's claim is the newest record: another run may have taken the claim over meanwhile, and it knows
    better.
    """
    mine = {claim.key: claim.record for claim in claims}
    kept = {}
    for key, record in records.items():
        proven = reading.proven(*key)
        news = proven is None or proven.record.address != record.address
        certain = record.kind == 'deleted' or (
            record.kind == 'posted' and mine[key].kind == 'sending' and news
        )
        if certain or proven is None or proven.record in (mine[key], record):
            kept[key] = record
    return kept
