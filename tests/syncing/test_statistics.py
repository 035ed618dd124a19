"""One line a week: which week, what stands in it, and where it goes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mwsocial.reason import Reason
from mwsocial.syncing.statistics import Numbers, Row, Week, last_week, weeks_of, with_row
from mwsocial.syncing.weekly import item_addresses

PAGE = """Intro
{{Social media statistics
| 2026-W47 = mastodon: 7 followers  <!-- by hand -->
|2026-W10=  what people wrote [[x|y]]
}}
Talk {{Social media stop}}"""
ROW = Row(
    Week(2026, 48),
    {'mastodon': Numbers(1215, 12, 340), 'x': Numbers(None, 9)},
    {'a': 1, 'b': 9, 'c': 2, 'd': 3, 'e': 4, 'f': 5},
)


@pytest.mark.parametrize(
    ('now', 'name'),
    [
        ('2026-11-30T00:00:00', '2026-W48'),
        ('2026-11-29T23:59:59', '2026-W47'),
        ('2025-01-01T10:00:00', '2024-W52'),
        ('2027-01-04T00:00:00', '2026-W53'),
        ('2024-12-30T00:00:00', '2024-W52'),
        ('2025-01-06T00:00:00', '2025-W01'),
    ],
)
def test_the_last_whole_week(now: str, name: str) -> None:
    week = last_week(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert week.name == name
    assert week.start.weekday() == 0
    assert (week.end - week.start).days == 7
    assert week.end <= datetime.fromisoformat(now).replace(tzinfo=UTC)


def test_a_line() -> None:
    """Unknown is no 0; the items with the most reactions, not all."""
    assert ROW.text() == (
        'mastodon: 1215 followers, 12 posts, 340 reactions; '
        'x: ? followers, 9 posts, ? reactions; items: b 9, f 5, e 4, d 3, c 2'
    )


def test_everything_else_stays() -> None:
    after = with_row(PAGE, ROW)
    assert after == PAGE.replace('| 2026-W47', f'| 2026-W48 = {ROW.text()}\n| 2026-W47')
    assert with_row(str(after), ROW) == after
    assert weeks_of(str(after)) == frozenset({'2026-W48', '2026-W47', '2026-W10'})


def test_a_week_that_was_left_out() -> None:
    row = Row(Week(2026, 20), {'x': Numbers(1)})
    after = str(with_row(PAGE, row))
    assert after.index('2026-W47') < after.index('2026-W20') < after.index('2026-W10')


@pytest.mark.parametrize(
    ('page', 'line'),
    [
        ('{{Social media statistics\n}}', '{{Social media statistics\n| 2026-W48 = $1\n}}'),
        ('{{Social media statistics}}', '{{Social media statistics\n| 2026-W48 = $1\n}}'),
        ('{{social media statistics|}}', '{{social media statistics|\n| 2026-W48 = $1\n}}'),
    ],
)
def test_the_first_line(page: str, line: str) -> None:
    assert with_row(page, ROW) == line.replace('$1', ROW.text())


@pytest.mark.parametrize(
    'page',
    [
        '', 'nothing', '{{Social media statistics', PAGE + PAGE,
        '<nowiki>{{Social media statistics}}</nowiki>', '{{x|{{Social media statistics}}}}',
    ],
)  # fmt: skip
def test_no_place_for_it(page: str) -> None:
    """No guess: the page must have the template once."""
    found = with_row(page, ROW)
    assert isinstance(found, Reason)
    assert '{{Social media statistics}}' in found.text()
    assert isinstance(weeks_of(page), Reason)


def test_addresses_of_items() -> None:
    queue = (
        '{{Social media item\n| id = a\n| text = x\n'
        '| sent-x = posted 2026-11-25T14:00:08Z 7 https://x.com/u/status/1\n'
        '| sent-mastodon = failed 2026-11-25T14:00:08Z 7 no\n'
        '| sent-news = posted 2026-11-25T14:00:08Z 7 Special:Diff/8\n}}'
    )
    assert item_addresses([queue, 'x']) == {'https://x.com/u/status/1': 'a', 'Special:Diff/8': 'a'}
