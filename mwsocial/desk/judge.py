"""From what the queue page shows to how each item stands, with the proofs from its history. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from mwsocial.desk import validity
from mwsocial.desk.approval import Approved, NotApproved, approval, first_holder, proved
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.knowledge import Knowledge, Need
from mwsocial.desk.records import Proven, names, proven_records
from mwsocial.desk.rules import Rules
from mwsocial.desk.standing import NEWS, Situation, Standing, stand
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision


@dataclass(frozen=True)
class Bench:
    """What the judgement needs beside the page: the rules, the channels, and the bot's revisions.

    ``ledger``: the bot's marked revisions (``records.marked``), newest first. ``not_live``: why an
    enabled channel cannot send now, by name.
    """

    rules: Rules
    desk: validity.Desk
    ledger: Sequence[Revision] = ()
    not_live: Mapping[str, Reason] = field(default_factory=dict)


class Gathering:
    """Collects what several decisions need, so that it is read in one go."""

    def __init__(self) -> None:
        self.texts: set[int] = set()
        self.people: set[str] = set()
        self.former: set[str] = set()

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what the decision inside needs, and go on."""
        try:
            yield
        except Need as need:
            self.texts |= need.texts
            self.people |= need.people
            self.former |= need.former

    def ask(self) -> None:
        """Raise one ``Need`` for all that was noted, if anything was."""
        if self.texts or self.people or self.former:
            raise Need(texts=self.texts, people=self.people, former=self.former)


def judge(queue: Queue, knowledge: Knowledge, bench: Bench, now: datetime) -> list[Standing]:
    """How every item of the page stands, in the page's order.

    *knowledge* is the history whose newest revision shows *queue*; *now* is UTC by the wiki's clock.
    Raises one ``Need`` for everything that must be read first.
    """
    gathering = Gathering()
    newcomers: set[int] = set()
    for item_id in queue.doubled():
        with gathering.noting():
            holder = first_holder(item_id, queue, knowledge)
            newcomers |= {
                item.number for item in queue.items if item.id == item_id and item.number != holder
            }
    decided = frozenset(decision.id for decision in queue.decisions)
    standings = []
    for item in queue.items:
        with gathering.noting():
            newcomer = item.number in newcomers
            situation = _situation(item, newcomer, decided, knowledge, bench, now)
            standings.append(stand(situation, bench.rules, now))
    gathering.ask()
    return standings


def _situation(
    item: Item,
    newcomer: bool,
    decided: frozenset[str],
    knowledge: Knowledge,
    bench: Bench,
    now: datetime,
) -> Situation:
    problems = (*item.faults, *validity.problems(item, bench.desk), *not_yet(item))
    if newcomer or not item.id:
        return Situation(item, problems, newcomer=newcomer)
    channels = validity.channels_of(item, bench.desk)
    gathering = Gathering()
    records: dict[str, Proven] = {}
    verdict: Approved | NotApproved | None = None
    declined: int | None = None
    settled: dict[str, str] = {}
    if any(names(revision, item.id) for revision in bench.ledger):
        with gathering.noting():
            places = [*channels, NEWS] if NEWS in item.content else channels
            records = proven_records(item.id, places, bench.ledger, knowledge)
    if item.editors.get('approved') or item.id in decided:
        with gathering.noting():
            verdict = approval(item.id, knowledge, bench.rules, now)
    if item.editors.get('decline'):
        with gathering.noting():
            proof = proved('decline', item.id, knowledge, bench.rules, now)
            declined = proof.revision.revid if proof else None
    for name, proven in records.items():
        if proven.record.kind == 'unconfirmed' and item.editors.get(f'settle-{name}'):
            with gathering.noting():
                proof = proved(f'settle-{name}', item.id, knowledge, bench.rules, now)
                answer = read_settlement(proof.value) if proof else None
                if proof and answer and proof.revision.revid > proven.revision.revid:
                    settled[name] = answer
    gathering.ask()
    return Situation(
        item,
        problems,
        verdict,
        declined,
        records,
        settled,
        channels={name: bench.not_live.get(name) for name in channels},
    )


def not_yet(item: Item) -> Iterator[Reason]:
    """What the desk cannot send yet. It says so beforehand: never a part of what was approved."""
    content = item.content
    if any(name.startswith('image') for name in content):
        yield Reason('delivery-not-yet-images')
    if 'share' in content:
        yield Reason('delivery-not-yet-share')
    if 'point' in content:
        yield Reason('delivery-not-yet-point')
    if any(
        len(validity.parts(value)) > 1
        for name, value in content.items()
        if name == 'text' or name.startswith('text-')
    ):
        yield Reason('delivery-not-yet-threads')


def read_settlement(value: str) -> str | None:
    """What a ``settle-CHANNEL`` says: an address, ``again``, or None where it says neither."""
    words = value.split(maxsplit=2)
    if words[:1] == ['again']:
        return 'again'
    if words[:1] == ['posted'] and len(words) > 1 and words[1].startswith(('https://', 'http://')):
        return words[1]
    return None
