"""Records: only what the bot brought under its mark counts, and the newest of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.desk.binding import bound, unbound
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.knowledge import Need, Person, Rights
from mwsocial.desk.records import (
    CLAIM,
    RECORD,
    Proven,
    Record,
    ids_in,
    marked,
    names,
    proven_records,
    read_record,
    summary_of_ids,
)
from mwsocial.wiki.revision import Revision

START = datetime(2026, 11, 25, 14, tzinfo=UTC)
BOT = 'Bot'


def value(kind: str, revid: int = 5, rest: str = 'x') -> str:
    """A record's text."""
    return Record(kind, START, revid, rest).text()


class Book:
    """A history in memory: each line is (user, summary, items as {id: {name: value}})."""

    def __init__(self, *revisions: tuple[str, str, dict[str, dict[str, str]] | list[Item]]) -> None:
        self.queues: dict[int, Queue] = {}
        self.read: set[int] = set()
        made = []
        for number, (user, summary, items) in enumerate(revisions, 1):
            if isinstance(items, dict):
                items = [
                    Item(n, {'id': item_id, 'text': item_id}, {}, bot)
                    for n, (item_id, bot) in enumerate(items.items())
                ]
            self.queues[number] = Queue(tuple(items))
            time = START + timedelta(minutes=number)
            made.append(Revision(number, number - 1, user, 1, time, summary))
        self.chain = made[::-1]

    def queue(self, revid: int) -> Queue:
        if revid not in self.read:
            raise Need(texts=[revid])
        return self.queues[revid]

    def text(self, revid: int) -> str:
        raise Need(texts=[revid])

    def unread(self, revids: Iterable[int]) -> set[int]:
        return set(revids) - self.read

    def person(self, name: str) -> Person:
        raise Need(people=[name])

    def former_rights(self, name: str) -> list[Rights]:
        raise Need(former=[name])

    def proven(self, item_id: str) -> dict[str, str]:
        """The records that count, by channel, reading what is asked for."""
        found = self.found(item_id, 'x', 'y')
        return {name: one.record.text() for name, one in found.items()}

    def found(self, item_id: str, *places: str) -> dict[str, Proven]:
        """The same, with whether they are certain."""
        while True:
            try:
                return proven_records(item_id, places, marked(self.chain, {BOT}), self)
            except Need as need:
                assert need.texts - self.read
                self.read |= need.texts


@pytest.mark.parametrize(
    'text',
    [
        'posted 2026-11-25T14:00:07Z 7000120 https://wikis.world/@mediawiki/1154',
        'sending 2026-11-25T14:00:07Z 7 0a1b2c',
        'failed 2026-11-25T14:00:07Z 7 the words of the network',
        'released 2026-11-25T14:00:07Z 7',
    ],
)
def test_round_trip(text: str) -> None:
    record = read_record(text)
    assert record is not None
    assert record.text() == text


@pytest.mark.parametrize(
    'text',
    ['', 'posted', 'posted now 7 x', 'posted 2026-13-25T14:00:07Z 7 x', 'sent 2026-11-25T14:00:07Z 7',
     'posted 2026-11-25T14:00:07Z ７ x', 'twice: posted 2026-11-25T14:00:07Z 7 x'],
)  # fmt: skip
def test_not_a_record(text: str) -> None:
    assert read_record(text) is None


def test_newest_record_of_the_bot_counts() -> None:
    book = Book(
        ('Carol', '', {'a': {}}),
        (BOT, f'{CLAIM} sending a', {'a': {'sent-x': value('sending')}}),
        (BOT, f'{RECORD} posted a: x', {'a': {'sent-x': value('posted')}}),
        ('Mallory', f'{RECORD} posted a: x', {'a': {'sent-x': value('failed', 9)}}),
        ('Mallory', '', {'a': {}}),
    )
    assert book.proven('a') == {'x': value('posted')}


def test_carried_along_is_not_brought() -> None:
    forged = {'sent-x': value('posted', 1, 'https://evil.example')}
    book = Book(
        ('Mallory', '', {'a': forged, 'b': {}}),
        (BOT, f'{CLAIM} sending a, b', {'a': forged, 'b': {'sent-x': value('sending')}}),
    )
    assert book.proven('a') == {}
    assert book.proven('b') == {'x': value('sending')}


def test_an_id_given_by_the_bot_proves_nothing_that_stood_there() -> None:
    """Somebody's item without an id has a record; the edit that gives it one is a claim of others."""
    forged = {'sent-x': value('posted', 1, 'https://evil.example')}
    book = Book(
        ('Mallory', '', {'': forged, 'b': {}}),
        (BOT, f'{CLAIM} sending b +more', {'a': forged, 'b': {'sent-x': value('sending')}}),
        (BOT, f'{RECORD} posted a: y', {'a': {**forged, 'sent-y': value('posted')}, 'b': {}}),
    )
    assert book.proven('a') == {'y': value('posted')}


def test_edits_by_hand_from_the_bots_account_do_not_count() -> None:
    book = Book(('Carol', '', {'a': {}}), (BOT, 'a by hand', {'a': {'sent-x': value('posted')}}))
    assert book.proven('a') == {}


def test_a_copy_above_hides_nothing() -> None:
    def real(**bot: str) -> Item:
        return Item(
            1, {'id': 'a', 'text': 'real'}, {}, {k.replace('_', '-'): v for k, v in bot.items()}
        )

    copy = Item(0, {'id': 'a', 'text': 'copy'})
    book = Book(
        ('Mallory', '', [copy, real()]),
        (BOT, f'{RECORD} posted a: x', [copy, real(sent_x=value('posted'))]),
    )
    assert book.proven('a') == {'x': value('posted')}


def test_only_what_is_named_is_read() -> None:
    book = Book(
        (BOT, f'{RECORD} posted b: x', {'b': {'sent-x': value('posted')}}),
        (BOT, f'{RECORD} posted a: x', {'a': {'sent-x': value('posted')}}),
    )
    book.proven('a')
    assert book.read == {1, 2}
    book.read.clear()
    book.proven('b')
    assert book.read == {1}


def hide(book: Book, revid: int, **flags: bool) -> None:
    """Hide what a revision holds."""
    book.chain = [replace(one, **flags) if one.revid == revid else one for one in book.chain]
    if flags.get('text_hidden'):
        book.queues[revid] = Queue(())


def test_a_hidden_revision_may_have_brought_anything() -> None:
    """A person must look at every channel; what the bot wrote later is certain again."""
    book = Book(('Carol', '', {'a': {}}), (BOT, f'{RECORD} posted a: x', {'a': {}}))
    hide(book, 2, text_hidden=True)
    unclear = 'unconfirmed 2026-11-25T14:02:00Z 0'
    assert book.proven('a') == {'x': unclear, 'y': unclear}
    later = Book(
        ('Carol', '', {'a': {}}),
        (BOT, f'{CLAIM} sending a', {'a': {}}),
        (BOT, f'{RECORD} posted a: x', {'a': {'sent-x': value('posted')}}),
    )
    hide(later, 1, text_hidden=True)
    hide(later, 2, summary_hidden=True)
    assert later.proven('a') == {'x': value('posted')}


def test_the_bots_name_may_be_hidden() -> None:
    """Its records stay, but nobody can see any more whose they are: a person must look."""
    book = Book(
        ('Carol', '', {'a': {}}),
        (BOT, f'{CLAIM} sending a', {'a': {'sent-x': value('sending')}}),
        (BOT, f'{RECORD} posted a: x', {'a': {'sent-x': value('posted')}}),
    )
    for revid in (2, 3):
        hide(book, revid, user_hidden=True, user='', userid=0)
        assert book.proven('a')['x'] in (value('posted'), 'unconfirmed 2026-11-25T14:03:00Z 5')
    assert book.proven('a') == {'x': 'unconfirmed 2026-11-25T14:03:00Z 5'}
    found = proven_records('a', ('x',), marked(book.chain, {BOT}), book)['x']
    assert found.hidden
    # What carries no mark of ours, nor may have carried one, is no edit of the bot.
    book.chain = [replace(one, summary='some words') for one in book.chain]
    assert book.proven('a') == {}


def test_what_is_hidden_wholly_is_about_what_was_at_work() -> None:
    """Strangers' words are hidden with name, summary and text: that must not stop every item for ever."""
    item = {'approved': 'abc'}
    items = [
        [Item(0, {'id': 'a', 'text': 'a'}, item, {}), Item(1, {'id': 'b', 'text': 'b'}, {}, {})],
        [Item(0, {'id': 'a', 'text': 'a'}, item, {}), Item(1, {'id': 'b', 'text': 'b'}, {}, {}),
         Item(2, {'id': 'c', 'text': 'c'}, item, {})],
    ]  # fmt: skip
    book = Book(
        ('Carol', '', items[0]), ('?', '', []), ('?', '', []), ('Carol', '', items[0]),
        ('Carol', '', items[1]),
    )  # fmt: skip
    for revid in (2, 3):
        hide(
            book, revid, user_hidden=True, text_hidden=True, summary_hidden=True, user='', userid=0
        )
    unclear = 'unconfirmed 2026-11-25T14:03:00Z 0'
    assert book.proven('a') == {'x': unclear, 'y': unclear}
    assert book.proven('b') == {}
    assert book.proven('c') == {}


@pytest.mark.parametrize(
    ('kind', 'certain'),
    [('posted', True), ('sending', True), ('released', False), ('waiting', False), ('failed', False),
     ('deleted', False)],
)  # fmt: skip
def test_what_was_imported_is_no_reason_to_send_again(kind: str, certain: bool) -> None:
    """An import's file can say that the bot gave its claim back: the name and the time stand in it."""
    book = Book(
        ('Carol', '', {'a': {}}),
        (BOT, f'{RECORD} posted a: x', {'a': {'sent-x': value('posted')}}),
        (BOT, f'{RECORD} a', {'a': {'sent-x': value(kind, 6)}}),
    )
    hide(book, 3, imported=True)
    expected = value(kind, 6) if certain else 'unconfirmed 2026-11-25T14:03:00Z 6'
    assert book.proven('a') == {'x': expected}


def test_with_a_hidden_parent_nobody_knows_what_was_brought() -> None:
    """Only what the revision shows is in doubt, and only while nothing newer is certain."""
    forged = ('Mallory', '', {'a': {'sent-x': value('posted')}})
    ours = (BOT, f'{RECORD} posted a: x', {'a': {'sent-x': value('posted')}})
    book = Book(forged, ours)
    hide(book, 1, text_hidden=True)
    assert book.proven('a') == {'x': 'unconfirmed 2026-11-25T14:02:00Z 5'}
    settled = {'a': {'sent-x': value('posted', rest='https://x.com/1')}}
    book = Book(forged, ours, (BOT, f'{RECORD} found out what became of a', settled))
    hide(book, 1, text_hidden=True)
    assert book.proven('a') == {'x': value('posted', rest='https://x.com/1')}


def test_a_parent_that_is_gone_is_as_good_as_hidden() -> None:
    """Undeleting some revisions only must not turn what was forged into a record."""
    book = Book(
        ('Carol', '', {'a': {}}),
        ('Mallory', '', {'a': {'sent-x': value('posted')}}),
        (BOT, f'{CLAIM} sending a', {'a': {'sent-x': value('posted')}}),
    )
    del book.chain[1]
    assert book.proven('a') == {'x': 'unconfirmed 2026-11-25T14:03:00Z 5'}


def test_former_accounts_of_the_bot_bring_records() -> None:
    book = Book(('Old bot', f'{RECORD} posted a: x', {'a': {'sent-x': value('posted')}}))
    assert marked(book.chain, {BOT}) == []
    assert [one.revid for one in marked(book.chain, {BOT, 'Old bot'})] == [1]


def at(minute: int, kind: str, revid: int = 5) -> dict[str, dict[str, str]]:
    """An item whose record is of that minute."""
    time = START + timedelta(minutes=minute)
    return {'a': {'sent-x': Record(kind, time, revid, 'r').text()}}


@pytest.mark.parametrize(
    ('before', 'since'),
    [
        ([], 9),
        ([at(1, 'sending')], 1),
        ([at(1, 'sending'), at(2, 'sending')], 1),
        ([at(1, 'sending'), at(2, 'unconfirmed')], 1),
        # Nothing was sent under a claim that was given back, refused or put off.
        ([at(1, 'sending'), at(2, 'released')], 9),
        ([at(1, 'sending'), at(2, 'failed')], 9),
        ([at(1, 'sending'), at(2, 'waiting')], 9),
        ([at(1, 'sending'), at(2, 'released'), at(3, 'sending')], 3),
        # Another approval has another key.
        ([at(1, 'sending', 4)], 9),
    ],
)
def test_the_first_claim_that_may_have_sent(
    before: list[dict[str, dict[str, str]]], since: int
) -> None:
    book = Book(
        ('Carol', '', {'a': {}}),
        *((BOT, f'{CLAIM} sending a', items) for items in before),
        (BOT, f'{CLAIM} sending a', at(9, 'sending')),
    )
    book.proven('a')
    found = proven_records('a', ('x',), marked(book.chain, {BOT}), book)['x']
    assert found.record.time == START + timedelta(minutes=9)
    assert found.record.since == START + timedelta(minutes=since)


def test_a_change_is_tried_since_its_first_claim() -> None:
    """Whatever came in between: so it is known when a person must be asked."""
    book = Book(
        ('Carol', '', {'a': {}}),
        *(
            (BOT, f'{CLAIM} sending a', at(minute, kind))
            for minute, kind in ((1, 'posted'), (2, 'deleting'), (3, 'kept'), (4, 'deleting'))
        ),
    )
    book.proven('a')
    found = proven_records('a', ('x',), marked(book.chain, {BOT}), book)['x']
    assert found.record.since == START + timedelta(minutes=2)


def test_a_hidden_claim_may_have_been_the_first() -> None:
    book = Book(
        ('Carol', '', {'a': {}}),
        (BOT, f'{CLAIM} sending a', at(1, 'sending')),
        (BOT, f'{CLAIM} sending a', at(9, 'sending')),
    )
    hide(book, 2, text_hidden=True)
    book.chain[0] = replace(book.chain[0], parentid=1)
    book.proven('a')
    found = proven_records('a', ('x',), marked(book.chain, {BOT}), book)['x']
    assert found.record.since == START + timedelta(minutes=2)


def test_summaries_name_every_id_or_say_that_there_are_more() -> None:
    ids = [f'item-number-{n}-with-a-rather-long-name' for n in range(40)]
    summary = summary_of_ids(CLAIM, 'sending', ids)
    assert len(summary) <= 500
    revision = Revision(1, 0, BOT, 1, START, summary)
    assert all(names(revision, one) for one in ids)
    short = Revision(1, 0, BOT, 1, START, summary_of_ids(CLAIM, 'sending', ids[:3]))
    assert [one for one in ids if names(short, one)] == ids[:3]
    assert not names(short, 'item-number')


def shows(**items: dict[str, str]) -> Queue:
    """A page that holds these items."""
    made = [Item(n, {'id': name}, {}, bot) for n, (name, bot) in enumerate(items.items())]
    return Queue(tuple(made))


def bind(words: str, now: Queue, before: Queue, room: int = 500) -> str:
    return bound(words, now, before, room)


def test_what_others_brought_with_an_edit_of_the_bot_is_not_its_word() -> None:
    """MediaWiki has merged or completed what they left: a digest tells which lines were meant."""
    meant = {'sent-x': value('posted', rest='https://x.com/1')}
    claimed = {'sent-x': value('sending')}
    summary = bind(f'{RECORD} posted: a', shows(a=meant), shows(a=claimed))
    before = ('Carol', 'made', {'a': claimed})
    others = {**meant, 'sent-x-2': value('released')}
    # A copy above the real one, and a line that the bot never meant.
    copy = [
        Item(0, {'id': 'a'}, {}, {'sent-x': value('released')}),
        Item(1, {'id': 'a'}, {}, meant),
    ]
    for items in ({'a': meant}, {'a': others}, copy):
        found = Book(before, (BOT, summary, items)).found('a', 'x', 'x-2')
        assert [(name, one.record.kind, one.hidden) for name, one in found.items()] == [
            ('x', 'posted', False)
        ]
    nothing = bind(f'{RECORD} posted: a', shows(), shows())
    assert Book(before, (BOT, nothing, {'a': meant})).found('a', 'x')['x'].hidden


def test_where_there_is_no_room_all_are_bound_together() -> None:
    """Then nobody can tell which lines were meant, where there are others than that."""
    meant = {'sent-x': value('posted', rest='https://x.com/1')}
    words = f'{RECORD} posted: a'
    summary = bind(words, shows(a=meant), shows(), len(words) + 2)
    assert Book(('Carol', 'made', {'a': {}}), (BOT, summary, {'a': meant})).proven('a') == {
        'x': meant['sent-x']
    }
    forged = {'a': meant, 'b': {'sent-x': value('posted')}}
    found = Book(('Carol', 'made', {'a': {}}), (BOT, summary, forged)).found('a', 'x')['x']
    assert (found.record.kind, found.hidden) == ('unconfirmed', True)


def test_what_others_changed_beside_it_does_not_matter() -> None:
    """Their edit was merged into the bot's: what it shows of theirs stood in theirs, and what they took
    off it did not bring.
    """
    meant, old = {'sent-x': value('sending')}, {'sent-x': value('posted', rest='https://x.com/7')}
    summary = bind(f'{CLAIM} sending a, c', shows(a=meant, c=meant), shows(a={}, c={}))
    merged = {'a': meant, 'b': old}
    found = Book(('Carol', 'a copy', {'a': {}, 'b': old}), (BOT, summary, merged)).found('a', 'x')
    assert (found['x'].record.kind, found['x'].hidden) == ('sending', False)


def test_a_digest_hides_no_id() -> None:
    line = {'sent-x': value('sending')}
    for ids in (['a-1', 'b-2'], [f'item-{number}' for number in range(200)]):
        summary = summary_of_ids(CLAIM, 'sending', ids)
        for now in (shows(), shows(a=line), shows(a=line, b=line)):
            both = bind(summary, now, shows())
            assert unbound(both) == summary and len(both) <= 500
            assert ids_in(both) == ids_in(summary)
