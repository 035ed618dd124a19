"""Open decisions, sections to link to, the cost of a month; and that every sentence is documented."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib import resources

import pytest

from mwsocial.desk.item import Item
from mwsocial.desk.records import Record
from mwsocial.status.counting import anchor, spent, undecided
from mwsocial.status.values import Spent

MENTION = 'Social media mention'
MONTH = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ('text', 'number'),
    [
        ('', 0),
        ('{{Social media mention|url=a}}{{Social media mention|url=b|decision=}}', 2),
        ('{{Social media mention|url=a|decision = share ~~~~}}', 0),
        ('{{Social media mention}}', 1),
        ('{{social_media mention|excerpt=<nowiki>|decision=x</nowiki>}}', 1),
        ('<!-- {{Social media mention}} --><nowiki>{{Social media mention}}</nowiki>', 0),
        ('{{Social media mention|decision=<!-- x --> }}', 0),
        ('{{Social media item|decision=}}', 0),
        ('{{Social media mention' + '|' * 2000 + '}}', 1),
    ],
)
def test_undecided(text: str, number: int) -> None:
    assert undecided(text, MENTION) == number


PAGE = 'top\n== One ==\nx\n===  Two words ===\ny\n== [[x]] ==\nz\n= not =\nw\n==A|b==\n'


@pytest.mark.parametrize(
    ('line', 'found'),
    [
        (0, ''),
        (1, ''),
        (3, '#One'),
        (5, '#Two words'),
        (7, ''),
        (9, ''),
        (10, ''),
        (99, ''),
    ],
)
def test_anchor(line: int, found: str) -> None:
    assert anchor(PAGE, line) == found


def sent(kind: str, day: int, month: int = 11) -> str:
    return Record(kind, datetime(2026, month, day, tzinfo=UTC), 5, 'https://x.com/1 5').text()


def test_spent() -> None:
    items = [
        Item(0, {'id': 'a', 'text': 'x'}, {}, {'sent-x': sent('posted', 2), 'sent-x-2': sent('posted', 2)}),
        Item(1, {'id': 'a', 'text': 'x'}, {}, {'sent-x': sent('posted', 2)}),
        Item(2, {'id': 'b', 'text': 'x'}, {}, {'sent-x': sent('posted', 30, 10), 'sent-y': sent('posted', 2)}),
        Item(3, {'id': 'c', 'text': 'x'}, {}, {'sent-x': sent('deleted', 3), 'state': 'x', 'sent-z': 'x'}),
        Item(4, {'id': 'd', 'text': 'x'}, {}, {'sent-x': sent('failed', 3)}),
        Item(5, {'id': 'e', 'text': 'x'}, {}, {'sent-x': sent('released', 3)}),
        Item(6, {'id': 'f', 'text': 'x'}, {}, {'sent-x': sent('unconfirmed', 3)}),
    ]  # fmt: skip
    found = spent(items, MONTH, {'x': 20.0, 'other': 5.0}, lambda item, place, record: 0.2)
    assert found == (Spent('other', 0.0, 5.0), Spent('x', 0.8, 20.0))


@pytest.mark.parametrize('area', ['archiving', 'status'])
def test_messages_are_documented(area: str) -> None:
    english, notes = (
        json.loads(resources.files('mwsocial').joinpath('i18n', area, f'{name}.json').read_text('utf-8'))
        for name in ('en', 'qqq')
    )  # fmt: skip
    assert english.keys() == notes.keys()
    for key, words in english.items():
        if key != '@metadata':
            assert key.startswith(f'{area}-')
            assert set(re.findall(r'\$\d', words)) == set(re.findall(r'\$\d', notes[key])), key
