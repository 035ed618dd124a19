"""What revisions hold is kept within bounds, and read once."""

from __future__ import annotations

import pickle
from typing import Any, cast

import pytest

from mwsocial.desk.item import Item, Queue
from mwsocial.wiki import parsed
from mwsocial.wiki.history import PageHistory
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.parsed import ParsedPages
from mwsocial.wiki.read import PageState

#: With a fault, a line of the bot, a decision and a stop.
PAGE = (
    '{{Social media item|id=one|text=a|oops=x|state=held}}{{Social media item|text=b|hold=c}}'
    '{{Social media decision|id=one|approved=d}}{{Stop}}'
)


def test_what_was_not_asked_for_lately_is_shelved_and_says_the_same() -> None:
    texts = {revid: f'{PAGE}{revid}' for revid in range(1, 7)}
    one = len(texts[1]) + 3 * parsed._ITEM
    pages = ParsedPages(room=3 * one)
    for revid, text in texts.items():
        pages.put(revid, read_queue(text), text)
        pages.get(2)
    assert pages.ready == (5, 6, 2)
    shelved, queue = pages.get(1), read_queue(texts[1])
    assert isinstance(shelved, parsed.Shelved)
    same(shelved, queue)
    assert pages.ready == (5, 6, 2)
    assert pages.get(7) is None


def same(shelved: Queue, queue: Queue) -> None:
    assert (shelved.items, shelved.decisions) == (queue.items, queue.decisions)
    assert shelved.stopped == queue.stopped
    assert shelved.by_id() == queue.by_id()
    assert list(shelved.by_id()) == list(queue.by_id())
    assert shelved.doubled() == queue.doubled()
    assert shelved.loose_lines == queue.loose_lines
    for item_id in {'', 'none', *queue.by_id()}:
        assert list(shelved.of(item_id)) == list(queue.of(item_id))
        assert list(shelved.decided(item_id)) == list(queue.decided(item_id))
        assert shelved.first(item_id) == queue.first(item_id)


def test_whoever_asks_after_one_id_unpacks_one_portion(monkeypatch: pytest.MonkeyPatch) -> None:
    text = ''.join(
        f'{{{{Social media item|id=i{n % 900}|text={n}|state=x}}}}'
        f'{{{{Social media item|text={n}|sent-x=y{n}}}}}'
        f'{{{{Social media decision|id=i{n}|approved=a{n}}}}}'
        for n in range(1000)
    )
    queue = read_queue(text)
    shelved = parsed.Shelved(queue)
    same(shelved, queue)
    unpacked: list[Any] = []
    loads = pickle.loads

    def counting(packed: bytes) -> Any:
        unpacked.append(loads(packed))
        return unpacked[-1]

    monkeypatch.setattr(parsed.pickle, 'loads', counting)
    assert [item.content['text'] for item in shelved.of('i7')] == ['7', '907']
    ((items, decisions),) = unpacked
    # Those that wait for an id are all in one, which may be this one.
    assert len([item for item in items if item.id]) + len(decisions) < 300


def test_the_page_asked_for_last_is_kept_however_large() -> None:
    pages = ParsedPages(room=10)
    queue = Queue((Item(0, {'id': 'a'}),))
    pages.put(1, queue, 'x' * 100)
    pages.put(2, queue, 'x' * 100)
    assert pages.ready == (2,)


def test_what_is_put_twice_counts_once() -> None:
    pages = ParsedPages(room=1000)
    for _ in range(20):
        pages.put(1, Queue(()), 'x' * 400)
    pages.put(2, Queue(()), 'x' * 400)
    assert pages.ready == (1, 2)


def test_a_text_is_read_once_however_little_room_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def reading(text: str) -> Queue:
        read.append(text)
        return read_queue(text)

    pages = ParsedPages(room=1)
    for _ in range(3):
        for revid in (1, 2, 3):
            page = PageState('Q', revid=revid, text=f'{PAGE}{revid}')
            history = PageHistory(cast(Any, None), page, cast(Any, None), None, pages, reading)
            history.queue(revid)
    assert len(read) == 3
    assert len(pages.ready) == 1
