"""What strangers write into pages that are read takes no time that grows with its square or cube.

None of these would end in a lifetime if it did.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.archiving.assemble import placed_items
from mwsocial.archiving.pieces import cut_pieces
from mwsocial.inbox.mentions import read_inbox, word_of
from mwsocial.sources import calendars, technews
from mwsocial.sources.discussions import headings
from mwsocial.sources.eventpages import events
from mwsocial.sources.facts import read_facts
from mwsocial.sources.fetch import Fetched
from mwsocial.status.counting import anchor
from mwsocial.syncing.tidying import _YEAR
from mwsocial.wiki.save import bots_welcome

MANY = 500_000
BLANKS = ' ' * MANY
OPEN = '<!--' * MANY


def test_headings_of_discussions() -> None:
    text = f'=={BLANKS}\n== A ==\n=={BLANKS}x\n==B== <!-- c -->  \n=== C ===\n== D === \n==x{BLANKS}y\n===='
    assert headings(text) == ['A', 'B', 'D =']


@pytest.mark.parametrize(
    ('line', 'title'),
    [
        (f'=={BLANKS}x', ''), (f'==x{BLANKS}y', ''), (f"'''x'''{BLANKS}y", ''),
        (f';{BLANKS}y{BLANKS}:', ''), ('== A ==', 'A'), ('=== A ==', '= A'), ('== A ===', 'A ='),
        ('=====', ''), ("; '''A''' :", 'A'), ('; A', 'A'), ('= A =', ''), ('== =', ''), ('== ==', ''),
    ],
)  # fmt: skip
def test_titles_of_tech_news(line: str, title: str) -> None:
    assert technews._title(line) == title


def test_what_is_never_closed() -> None:
    assert read_facts(f'* A fact.\n{OPEN}') == [('A fact.', '')]
    assert read_facts('* A fact.\n' + '<pre ' * MANY) == [('A fact.', '')]
    assert technews._content(f'* A\n{OPEN}') == '* A\n'
    assert technews._content('* A\n' + '<noinclude ' * MANY) == '* A\n'
    assert word_of(f'share <nowiki>{OPEN}</nowiki>') == ('share', '')
    mention = (
        '{{Social media mention|url=https://a.example/1|decision=share <nowiki>%s</nowiki>\n}}'
    )
    assert [one.decision for one in read_inbox(mention % OPEN).mentions] == ['share <nowiki>']


def test_headings_of_the_queue_and_the_archives() -> None:
    item = '{{Social media item|id=a|text=b}}'
    assert anchor(f'=={BLANKS}x\n{item}', 2) == ''
    assert anchor(f'==  Two words\t==\t\n{item}', 2) == '#Two words'
    assert anchor(f'==  ==\n{item}', 2) == ''
    assert not _YEAR.search(f'=={BLANKS}x')
    assert _YEAR.findall('== <!-- y --> 2026 == <!-- z -->') == [('==', '2026')]
    text = f'== <nowiki>{OPEN}</nowiki> ==\n{item}'
    assert [one.key for one in cut_pieces(text, placed_items(text))] == ['a']


def test_tables_in_tables() -> None:
    html = '<table><tr><th>Date<th>Topic<tr><td>2026-11-30<td>A talk' + '<table><tr><td>' * 20_000
    found, unclear = events(html, 'https://a.example/wiki/X', 'talks')
    assert ([one.title for one in found], unclear) == (['A talk'], 0)


def test_bots_on_a_page_of_open_tags() -> None:
    assert bots_welcome('{{bots' + '<div ' * MANY, 'News bot')
    assert bots_welcome('{{bots|allow=all}}' + '<div ' * MANY, 'News bot')
    assert not bots_welcome('{{nobots}}' + '<div ' * MANY, 'News bot')
    assert not bots_welcome('{{bots|' + '<div ' * MANY + '}}', 'News bot')


def test_rules_that_never_come_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are followed to the end of all years: not for ever many of them."""
    lines = [
        'BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:a', 'SUMMARY:Office hour', 'DTSTART:20261101T180000Z',
        'RRULE:FREQ=DAILY', 'END:VEVENT', 'END:VCALENDAR', '',
    ]  # fmt: skip
    fetched = Fetched('https://a.example/c.ics', '\r\n'.join(lines).encode())
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    read = calendars.calendar(fetched, 'talks', '', now, now + timedelta(days=3))
    assert (len(read.events), read.remarks) == (3, ())
    monkeypatch.setattr(calendars, 'PATIENCE', -1.0)
    read = calendars.calendar(fetched, 'talks', '', now, now + timedelta(days=3))
    assert read.events == ()
    assert [one.key for one in read.remarks] == ['sources-event-rule']
