"""The body of ``archive_queue``: items of the queue that are done go to their month's archive."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mwsocial.archiving.choosing import Done, choose
from mwsocial.archiving.moving import TRIES, Kind, Mover, fitting
from mwsocial.delivery.assemble import open_channels, say, validity_desk
from mwsocial.delivery.preflight import month_of
from mwsocial.delivery.reading import QueueReader, Reading
from mwsocial.delivery.tools import pause
from mwsocial.desk.knowledge import Need
from mwsocial.desk.records import ARCHIVE, has_mark, names
from mwsocial.errors import EXIT_DONE, EXIT_PERSON
from mwsocial.reason import Reason
from mwsocial.wiki.edits import remove_decision
from mwsocial.wiki.history import bot_revisions
from mwsocial.wiki.items import find_items, read_queue
from mwsocial.wiki.read import PageState
from mwsocial.wiki.site import OpenDesk, open_desk
from mwsocial.wiki.skeleton import Template

#: So many edits of the queue are made in one run; what is left waits for the next one.
_ROUNDS = 50
#: So many revisions are looked at to tell since when an item is back.
_LOOK = 50


@dataclass
class Report:
    """What a run did: where items went, by id, and which are left although they are done."""

    archived: dict[str, str] = field(default_factory=dict)
    left: dict[str, Reason] = field(default_factory=dict)
    edits: int = 0
    stopped: Reason | None = None

    @property
    def exit_code(self) -> int:
        """0, or 1 where somebody must look at something."""
        return EXIT_PERSON if self.left else EXIT_DONE


def archive_queue(options: argparse.Namespace) -> int:
    """The body of the script: one run; returns the exit code."""
    desk = open_desk()
    _, not_live = open_channels(desk.config)
    reader = QueueReader(desk, validity_desk(desk.config), not_live)
    report = archive(desk, reader, say, simulate=options.simulate)
    say(f'{len(report.archived)} archived; {desk.session.count} requests to the wiki')
    return report.exit_code


def archive(
    desk: OpenDesk,
    reader: QueueReader,
    say: Callable[[str], None],
    *,
    reading: Reading | None = None,
    simulate: bool = False,
) -> Report:
    """Move what is done. *reading*: the queue as it was read before, if it was. Raises ``DeskError``."""
    report = Report()
    mover = Mover(desk.api, desk.config.bots, Kind(placed_items, says_nothing_new))
    conflicts = 0
    for _ in range(_ROUNDS):
        reading = reader.refresh(reading) if reading else reader.read()
        if reading.stopped:
            report.stopped = reading.stopped
            say(f'stopped: {reading.stopped.text()}')
            break
        done = [one for one in done_items(reader, reading) if one.item.id not in report.left]
        if not done or conflicts == TRIES:
            break
        targets = _targets(done, desk, reading)
        if simulate:
            for item_id, title in targets.items():
                say(f'would move {item_id} to {title}')
            break
        targets = {one: targets[one] for one in fitting(list(targets))}
        source = PageState(reader.title, revid=reading.revid, text=reading.text)
        moved = mover.move(source, targets, without_decisions, reading.returned)
        report.archived |= moved.done
        report.left |= moved.left
        report.edits += moved.edits
        for item_id, title in moved.done.items():
            say(f'{item_id} is in {title}')
        if moved.again:
            say('somebody else saved the queue meanwhile: reading it again')
            pause(conflicts)
            conflicts += 1
        reading = None
    for item_id, reason in report.left.items():
        say(f'{item_id} stays: {reason.text()}')
    return report


def done_items(reader: QueueReader, reading: Reading) -> list[Done]:
    """The items of the page that have been done for long enough, those done longest first."""

    def when(revid: int) -> datetime | None:
        revision = reading.knowledge.revisions.get(revid)
        return revision.timestamp if revision else None

    return choose(
        reading.standings, reader.config.rules(), reading.now,
        timedelta(days=reader.config.archive_after_days), when, reader.touched_lately(reading),
        {item_id: back_since(reading, item_id) for item_id in reading.returned},
    )  # fmt: skip


def back_since(reading: Reading, item_id: str) -> datetime:
    """Since when an item that had been archived stands on the queue again (UTC), as far as one request
    tells.
    """
    history = reading.knowledge
    latest = [one for one in history.chain[:_LOOK] if not one.text_hidden]
    history.fetch(Need(texts=[one.revid for one in latest]))
    since = reading.now
    for revision in latest:
        if item_id not in history.queue(revision.revid).by_id():
            break
        since = revision.timestamp
    return since


def placed_items(text: str) -> dict[str, Template]:
    """The item templates of a page by their ids; of two with one id, the later one."""
    return {one.item.id: one.template for one in find_items(text) if one.item.id}


def says_nothing_new(old: str, new: str) -> bool:
    """Whether two wikitexts of one item have the same content and the same records."""
    return _facts(old) == _facts(new)


def _facts(wikitext: str) -> list[tuple[Mapping[str, str], Mapping[str, str]]]:
    return [
        (item.content, {name: one for name, one in item.bot.items() if name.startswith('sent-')})
        for item in read_queue(wikitext).items
    ]


def without_decisions(text: str, ids: Iterable[str]) -> str:
    """The queue without decisions about items that have left it."""
    gone = frozenset(ids)
    return remove_decision(
        text, *(one.number for one in read_queue(text).decisions if one.id in gone)
    )


def _targets(done: Iterable[Done], desk: OpenDesk, reading: Reading) -> dict[str, str]:
    """Where each item goes, by id: the archive of the month in which it was done. If a run has died
    between the archive of the month before and the queue, and something has happened to the item since,
    then to where it stands already.
    """
    archive_of = desk.config.pages.archive_of
    targets = {}
    earlier: dict[str, list[str]] = {}
    for one in done:
        item_id, since = one.item.id, one.since
        targets[item_id] = archive_of(since.year, since.month)
        approved = reading.by_id[item_id].approved
        new = approved and approved.revision.timestamp >= month_of(since)
        if not new and item_id not in reading.returned:
            before = month_of(since) - timedelta(days=1)
            earlier.setdefault(archive_of(before.year, before.month), []).append(item_id)
    for title, ids in sorted(earlier.items()):
        own = bot_revisions(desk.api, title, desk.config.bots, at_least=0)
        copies = [one for one in own if has_mark(one, (ARCHIVE,)) and not one.summary_hidden]
        for item_id in ids:
            if any(names(one, item_id) for one in copies):
                targets[item_id] = title
    return targets
