"""From what the queue page shows to how each item stands, with the proofs from its history. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from mwsocial.desk import validity
from mwsocial.desk.approval import Approved, NotApproved, approval, first_holder, proved
from mwsocial.desk.approval.people import approvers
from mwsocial.desk.files import IMAGES, FileFacts, titles_of
from mwsocial.desk.image_rules import name_problem
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.knowledge import Knowledge, Need, Since, earliest
from mwsocial.desk.places import channel_of, part_of, place
from mwsocial.desk.records import Index, Proven, may_stand, proven_records
from mwsocial.desk.rules import Rules
from mwsocial.desk.standing import NEWS, Situation, Standing, stand
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision


@dataclass(frozen=True)
class Bench:
    """What the judgement needs beside the page: the rules, the channels, and the bot's revisions.

    ``ledger``: the bot's marked revisions (``records.marked``), newest first. ``not_live``: why an
    enabled channel cannot send now, by name; ``not_ready``: why one item cannot go to one channel now,
    by id and channel; ``troubles``: what was found wrong with an item outside the page, by id.
    ``languages``: the language of a channel's posts where an item names none. ``archived``: items of the
    page that had been archived before, as they stand in the archive (None where nobody can see that).
    """

    rules: Rules
    desk: validity.Desk
    ledger: Sequence[Revision] = ()
    not_live: Mapping[str, Reason] = field(default_factory=dict)
    not_ready: Mapping[tuple[str, str], Reason] = field(default_factory=dict)
    troubles: Mapping[str, Reason] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    archived: Mapping[str, Item | None] = field(default_factory=dict)

    @cached_property
    def index(self) -> Index:
        """The ledger by the ids that its summaries name."""
        return Index(self.ledger)


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
            newcomers |= {item.number for item in queue.of(item_id) if item.number != holder}
    for item in queue.items:
        if item.id in bench.archived:
            # An id is used once for ever. Only what went to the archive may come back under it.
            old = bench.archived[item.id]
            newcomers |= {item.number} if old is None or old.content != item.content else set()
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
    problems = (*item.faults, *validity.problems(item, bench.desk))
    if not problems:
        problems = validity.problems(item, bench.desk, files_of(item, knowledge))
    if item.id in bench.troubles and not newcomer:
        problems = (*problems, bench.troubles[item.id])
    if item.id in bench.archived:
        problems = (*problems, Reason('delivery-archived'))
    if newcomer or not item.id:
        return Situation(item, problems, newcomer=newcomer)
    channels = validity.channels_of(item, bench.desk)
    # Anybody can write a text of a hundred thousand parts; it is invalid.
    parts = {
        name: min(len(validity.parts_of(item, name)), validity.MOST_PARTS) for name in channels
    }
    places = [place(name, part) for name in channels for part in range(1, parts[name] + 1)]
    places += [NEWS] if NEWS in item.content else []
    gathering = Gathering()
    records: dict[str, Proven] = {}
    verdict: Approved | NotApproved | None = None
    declined: int | None = None
    settled: dict[str, str] = {}
    not_counted: Reason | None = None
    may = approvers(bench.rules)
    ledger = bench.index.naming(item.id)
    if ledger:
        with gathering.noting():
            records = proven_records(item.id, places, ledger, knowledge)
    if item.editors.get('approved') or item.id in decided:
        with gathering.noting():
            verdict = approval(item.id, knowledge, bench.rules, now)
    if item.editors.get('decline'):
        with gathering.noting():
            proof = proved('decline', item.id, knowledge, bench.rules, now)
            declined = proof.revision.revid if proof else None
            if proof is None:
                not_counted = Reason('delivery-not-proved', ('decline', may))
    for name, proven in records.items():
        if proven.record.kind == 'unconfirmed' and item.editors.get(f'settle-{name}'):
            with gathering.noting():
                proof = proved(f'settle-{name}', item.id, knowledge, bench.rules, now)
                answer = read_settlement(proof.value) if proof else None
                if proof and answer and proof.revision.revid > proven.revision.revid:
                    settled[name] = answer
                else:
                    not_counted = Reason('delivery-not-settled', (name, may))
    takedown: int | None = None
    if item.editors.get('delete-posts'):
        with gathering.noting():
            proof = proved('delete-posts', item.id, knowledge, bench.rules, now)
            takedown = proof.revision.revid if proof else None
            if proof is None:
                not_counted = Reason('delivery-not-proved', ('delete-posts', may))
    changed: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    mine = {name: proven for name, proven in records.items() if name in places}
    with gathering.noting():
        # Without an approval that holds it is the page that may say something else than the posts.
        approved = verdict if isinstance(verdict, Approved) else None
        new, since = (approved.item, approved.revision.revid) if approved else (item, 0)
        changed, fixed = changed_places(new, mine, knowledge, bench, since)
    gathering.ask()
    return Situation(
        item,
        problems,
        verdict,
        declined,
        records,
        settled,
        channels={
            name: bench.not_live.get(name) or bench.not_ready.get((item.id, name))
            for name in channels
        },
        parts=parts,
        changed=changed,
        fixed=fixed,
        abilities={name: facts.abilities for name, facts in bench.desk.channels.items()},
        not_live=bench.not_live,
        takedown=takedown,
        not_counted=not_counted,
    )


def changed_places(
    new: Item, records: Mapping[str, Proven], knowledge: Knowledge, bench: Bench, approved: int = 0
) -> tuple[frozenset[str], frozenset[str]]:
    """The places whose post says something else than the item *new*, and those of them where no edit
    can mend that: shares and pointers, and other images where a network cannot change them.

    *records*: of the places where the item is to go. *approved*: the revision that approved *new*. Where
    nobody can see the words of a post (they are hidden), what was approved later is to replace them.
    Raises ``Need``.
    """
    # Of what is still looked for, too: once it is found, the page is to say at once how it stands.
    standing = {
        name: proven.record.words_of
        for name, proven in records.items()
        if not proven.hidden and may_stand(proven.record)
    }
    gathering = Gathering()
    old: dict[int, Item | None] = {}
    for revid in set(standing.values()):
        with gathering.noting():
            old[revid] = knowledge.queue(revid).first(new.id)
    gathering.ask()
    changed, fixed = set(), set()
    for name, revid in standing.items():
        before, channel = old.get(revid), channel_of(name)
        language = bench.languages.get(channel, bench.rules.language)
        if before is None and approved <= records[name].revision.revid:
            continue
        if before and said(before, name, language) == said(new, name, language):
            continue
        changed.add(name)
        facts = bench.desk.channels.get(channel)
        was = before or new
        same_kind = name == NEWS or validity.kinds(was) == validity.kinds(new) == ('text',)
        same_images = part_of(name) != 1 or images_of(was) == images_of(new)
        if not same_kind or not (
            same_images or name == NEWS or (facts and facts.abilities.edit_images)
        ):
            fixed.add(name)
    return frozenset(changed), frozenset(fixed)


def images_of(item: Item) -> list[str]:
    """The images of an item with their alternative texts."""
    return [item.content.get(one, '') for pair in IMAGES for one in pair]


def said(item: Item, name: str, language: str) -> tuple[str, ...]:
    """All that an item says at a place (see ``places``): what must be the same for nothing to correct."""
    content = item.content
    if name == NEWS:
        return (content.get(NEWS, ''),)
    texts = validity.parts_of(item, channel_of(name))
    number = part_of(name)
    text = texts[number - 1] if number <= len(texts) else ''
    return (
        text, content.get('warning', ''), content.get('language', '') or language,
        content.get('share', ''), content.get('point', ''), content.get('pointer', ''),
        *(images_of(item) if number == 1 else ()),
    )  # fmt: skip


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


def read_settlement(value: str) -> str | None:
    """What a ``settle-CHANNEL`` says: an address, ``again``, or None where it says neither."""
    words = value.split(maxsplit=2)
    if words[:1] == ['again']:
        return 'again'
    if words[:1] == ['posted'] and len(words) > 1 and words[1].startswith(('https://', 'http://')):
        return words[1]
    return None
