"""From what the queue page shows to how each item stands, with the proofs from its history. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from mwsocial.desk import validity
from mwsocial.desk.approval import Approved, NotApproved, approval, first_holder, proved
from mwsocial.desk.files import FileFacts, titles_of
from mwsocial.desk.image_rules import name_problem
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.knowledge import Knowledge, Need, Since, earliest
from mwsocial.desk.records import Hidden, Proven, names, proven_records
from mwsocial.desk.rules import Rules
from mwsocial.desk.standing import Situation, Standing, stand
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
        self.files: Since = {}

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what the decision inside needs, and go on."""
        try:
            yield
        except Need as need:
            self.texts |= need.texts
            self.people |= need.people
            self.former |= need.former
            self.files = earliest(self.files, need.files)

    def ask(self) -> None:
        """Raise one ``Need`` for all that was noted, if anything was."""
        if self.texts or self.people or self.former or self.files:
            raise Need(texts=self.texts, people=self.people, former=self.former, files=self.files)


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
    if not problems:
        problems = validity.problems(item, bench.desk, files_of(item, knowledge))
    if newcomer or not item.id:
        return Situation(item, problems, newcomer=newcomer)
    gathering = Gathering()
    records: dict[str, Proven] = {}
    hidden: Reason | None = None
    verdict: Approved | NotApproved | None = None
    declined: int | None = None
    settled: dict[str, str] = {}
    if any(names(revision, item.id) for revision in bench.ledger):
        with gathering.noting():
            try:
                records = proven_records(item.id, bench.ledger, knowledge)
            except Hidden as trouble:
                hidden = Reason('delivery-hidden', (str(trouble.revision.revid),))
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
        hidden,
        settled,
        channels={
            name: bench.not_live.get(name) for name in validity.channels_of(item, bench.desk)
        },
    )


def files_of(item: Item, knowledge: Knowledge) -> dict[str, FileFacts]:
    """What the wiki says of the images that an item names. Raises ``Need``, once for all of them."""
    found: dict[str, FileFacts] = {}
    gathering = Gathering()
    for title in titles_of(item):
        if name_problem(title) is None:
            with gathering.noting():
                found[title] = knowledge.file(title)
    gathering.ask()
    return found


def not_yet(item: Item) -> Iterator[Reason]:
    """What the desk cannot send yet. It says so beforehand: never a part of what was approved."""
    content = item.content
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
