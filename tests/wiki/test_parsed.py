"""What revisions hold is kept within bounds, and read once."""

from __future__ import annotations

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


def test_what_was_not_asked_for_lately_is_packed_and_comes_back_the_same() -> None:
    texts = {revid: f'{PAGE}{revid}' for revid in range(1, 7)}
    one = len(texts[1]) + 3 * parsed._ITEM
    pages = ParsedPages(room=3 * one)
    for revid, text in texts.items():
        pages.put(revid, read_queue(text), text)
    assert pages.ready == (4, 5, 6)
    assert pages.get(1) == read_queue(texts[1])
    assert pages.get(1).stopped  # type: ignore[union-attr]
    assert pages.ready == (5, 6, 1)
    assert all(pages.get(revid) == read_queue(texts[revid]) for revid in texts)
    assert len(pages.ready) == 3
    assert pages.get(7) is None


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
