"""An id that was archived is used for ever; one whose move was broken off never left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from mwsocial.delivery.archived import archived_items, left
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.knowledge import Need
from mwsocial.desk.records import ARCHIVE, CLAIM, RECORD, Record, marked, proven_records
from mwsocial.wiki.revision import Revision
from tests.desk.test_records import BOT, START, value


def item(item_id: str, **bot: str) -> Item:
    return Item(0, {'id': item_id, 'text': item_id}, {}, bot)


class Wiki:
    """Revisions of a queue and of an archive page, and what each of them shows."""

    def __init__(
        self, *history: tuple[int, str, list[Item]], copies: list[tuple[int, str, list[Item]]] = ()
    ) -> None:  # type: ignore[assignment]
        self.queues = {revid: Queue(tuple(items)) for revid, _, items in (*history, *copies)}
        self.read: set[int] = set()
        self.chain = _chain(history)[::-1]
        self.archive = _chain(copies)[::-1]

    def queue(self, revid: int) -> Queue:
        if revid not in self.read:
            raise Need(texts=[revid])
        return self.queues[revid]

    def unread(self, revids: Iterable[int]) -> set[int]:
        return set(revids) - self.read

    def archived(self, *ids: str) -> dict[str, Item | None]:
        removals = marked(self.chain, {BOT}, (ARCHIVE,))
        ledger = marked(self.archive, {BOT}, (CLAIM, RECORD, ARCHIVE))
        while True:
            try:
                return archived_items(ids, ledger, removals, self)  # type: ignore[arg-type]
            except Need as need:
                assert need.texts - self.read
                self.read |= need.texts


def _chain(history: object) -> list[Revision]:
    found: list[Revision] = []
    for revid, summary, _ in history:  # type: ignore[attr-defined]
        user = BOT if summary.startswith('mwsocial:') else 'Carol'
        parent = found[-1].revid if found else 0
        found.append(Revision(revid, parent, user, 1, START, summary))
    return found


A, B = item('a'), item('b')
COPY = [(5, 'mwsocial:archive from [[Queue]]: a', [A])]


@pytest.mark.parametrize(
    ('history', 'copies', 'found'),
    [
        # moved, and put back since
        ([(3, 'new', [A]), (6, 'mwsocial:archive to [[Archive]]: a', []), (7, 'back', [A])], COPY, {'a': A}),
        # the move was broken off after the archive was written
        ([(3, 'new', [A]), (7, 'reply', [A])], COPY, {}),
        # the queue's history is younger than the archive
        ([(7, 'new', [A])], COPY, {'a': A}),
        # another page became the queue, which did not hold it then
        ([(3, 'new', [B]), (7, 'new', [B, A])], COPY, {'a': A}),
        # an item of that id was moved before, and now another one is broken off
        (
            [(3, 'new', [A]), (6, 'mwsocial:archive to [[Archive]]: a', []), (7, 'back', [A])],
            [*COPY, (8, 'mwsocial:archive from [[Queue]]: a', [A])], {'a': A},
        ),
        # not by the bot; named, but not there; a record of an item that left the queue
        ([(7, 'new', [A])], [(5, 'archived a', [A])], {}),
        ([(7, 'new', [A])], [(5, 'mwsocial:archive from [[Queue]]: a, b', [B])], {}),
        ([(7, 'new', [A])], [(5, 'mwsocial:record recorded here: a', [A])], {}),
    ],
)  # fmt: skip
def test_what_was_archived(
    history: list[tuple[int, str, list[Item]]],
    copies: list[tuple[int, str, list[Item]]],
    found: dict[str, Item],
) -> None:
    assert Wiki(*history, copies=copies).archived('a') == found


def test_what_nobody_can_see() -> None:
    """A hidden copy may have held anything: no item is like it."""
    wiki = Wiki((7, 'new', [A]), copies=COPY)
    wiki.archive = [replace(one, text_hidden=True) for one in wiki.archive]
    assert wiki.archived('a') == {'a': None}


def test_which_ids_to_look_for() -> None:
    removals = [Revision(6, 5, BOT, 1, START, 'mwsocial:archive to [[Archive]]: a, c')]
    queue = Queue((A, B, Item(2, {'text': 'no id'})))
    assert left(queue, removals) == {'a'}
    assert left(queue, []) == frozenset()


class Book(Wiki):
    """Both pages together, for the records."""

    def proven(self, item_id: str) -> dict[str, str]:
        ledger = marked(self.chain, {BOT}) + marked(self.archive, {BOT}, (CLAIM, RECORD, ARCHIVE))
        ledger.sort(key=lambda one: one.revid, reverse=True)
        while True:
            try:
                found = proven_records(item_id, ('x', 'y'), ledger, self)  # type: ignore[arg-type]
                return {name: one.record.text() for name, one in found.items()}
            except Need as need:
                self.read |= need.texts


def test_a_copy_hides_no_record() -> None:
    """What was copied counts only where the queue tells nothing, however new the copy is."""
    old, new = value('posted'), value('deleted', rest='x 5')
    copy = [
        (9, 'mwsocial:archive from [[Queue]]: a', [item('a', **{'sent-x': old, 'sent-y': old})])
    ]
    book = Book(
        (2, 'new', [A]),
        (3, 'mwsocial:record posted a', [item('a', **{'sent-x': old})]),
        (4, 'mwsocial:record taken down a', [item('a', **{'sent-x': new})]),
        copies=copy,
    )
    assert book.proven('a') == {'x': new, 'y': old}
    assert Book((2, 'new', [A]), copies=copy).proven('a') == {'x': old, 'y': old}


def test_the_removal_is_no_record() -> None:
    """The bot's edit that takes an item off the queue brings nothing, whatever else it shows."""
    forged = [item('a', **{'sent-x': value('posted')})]
    book = Book((2, 'new', [A]), (3, 'mwsocial:archive to [[Archive]]: a', forged))
    assert book.proven('a') == {}


def test_a_claim_in_the_queue_is_counted_back_without_the_copy() -> None:
    """From when on something may have been sent is told by the queue alone."""
    early = Record('sending', START, 5, 'n1').text()
    book = Book(
        (2, 'new', [A]), (3, 'mwsocial:claim sending a', [item('a', **{'sent-x': early})]),
        copies=[(9, 'mwsocial:archive from [[Queue]]: a', [item('a', **{'sent-x': value('posted')})])],
    )  # fmt: skip
    assert book.proven('a') == {'x': early}
