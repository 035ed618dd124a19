"""One item that cannot be written on keeps no other from its lines, and somebody hears of it."""

from __future__ import annotations

from typing import Any

import pytest

from mwsocial.delivery import reading
from mwsocial.desk.plan import ItemChange
from mwsocial.wiki.edits import apply
from mwsocial.wiki.items import read_queue
from tests.delivery.world import Desk

PAGE = '{{Social media item\n| id = good\n| text = a\n}}\n{{Social media item\n| id = bad\n| text = b\n}}\n'


def test_what_cannot_be_written_is_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def stubborn(text: str, changes: Any) -> str:
        if any(change.item.id == 'bad' for change in changes):
            raise ValueError('it would not read back')
        return apply(text, changes)

    monkeypatch.setattr(reading, 'apply', stubborn)
    good, bad = read_queue(PAGE).items
    text, left_out = reading.applied(
        PAGE, [ItemChange(one, {'state': 'held'}) for one in (bad, good)]
    )
    assert [item.id for item in left_out] == ['bad']
    assert [item.bot for item in read_queue(text).items] == [{'state': 'held'}, {}]


def test_it_is_found_without_trying_each_item(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0

    def stubborn(text: str, changes: Any) -> str:
        nonlocal tries
        tries += 1
        if any(change.item.id == 'i70' for change in changes):
            raise ValueError('it would not read back')
        return apply(text, changes)

    monkeypatch.setattr(reading, 'apply', stubborn)
    page = ''.join(f'{{{{Social media item|id=i{number}|text=a}}}}' for number in range(100))
    changes = [ItemChange(one, {'state': 'held'}) for one in read_queue(page).items]
    text, left_out = reading.applied(page, changes)
    assert [item.id for item in left_out] == ['i70']
    assert text.count('held') == 99
    assert tries < 20


def test_the_run_says_so_and_asks_a_person() -> None:
    desk = Desk()
    assert not desk.run().person
    desk.reader.unwritable.add('bad')
    assert desk.run().person
    assert any(line.startswith('bad cannot be written on') for line in desk.lines)
