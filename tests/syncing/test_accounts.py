"""The list of accounts: its rows, and what differs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.syncing.accounts import (
    CLOSE,
    OPEN,
    address_of,
    read_accounts,
    report_lines,
    with_report,
)
from mwsocial.syncing.following import PER_RUN, _in_turn, difference

ROW = '{{Social media account\n| channel = %s\n| account = %s\n%s}}\n'


def rows(text: str) -> list[tuple[str, str, int]]:
    return [(one.id, one.content['channel'], len(one.faults)) for one in read_accounts(text).items]


def test_rows() -> None:
    text = (
        ROW % ('mastodon', '@a@b.example', '| why = x | y [[User:A|A]]\n| confirmed = [[User:B|B]] | t\n')
        + '<!-- ' + ROW % ('x', '@commented', '') + ' --><nowiki>' + ROW % ('x', '@raw', '')
        + '</nowiki>' + ROW % ('x', '@c', '') + ROW % ('mastodon', '', '')
    )  # fmt: skip
    assert rows(text) == [('@a@b.example', 'mastodon', 0), ('@c', 'x', 0), ('', 'mastodon', 1)]
    first = read_accounts(text).items[0]
    assert first.editors == {'confirmed': '[[User:B|B]] | t'}
    # Why we follow is no part of the row.
    assert first.content == read_accounts(text.replace('why = x', 'why = z')).items[0].content


@pytest.mark.parametrize(
    ('channel', 'account'),
    [
        ('mastodon', '@a b'), ('mastodon', '[[x]]'), ('mastodon', '@a@b/c'), ('mastodon', 'a&b'),
        ('mastodon', '{{x}}'), ('Mastodon', '@a@b'), ('', '@a@b'), ('news', '@a@b'),
        ('x', '@a\u202eb'), ('mastodon', '@a@b@c'), ('x', '@a\n| account = @b'),
    ],
)  # fmt: skip
def test_what_is_no_account(channel: str, account: str) -> None:
    (row,) = read_accounts(ROW % (channel, account, '')).items
    assert row.faults
    assert '$' not in row.faults[0].text()


def test_difference() -> None:
    missing, extra = difference(['@A@b.example', 'c.example'], ['@a@B.example', '@d@e.example'])
    assert (missing, extra) == (['c.example'], ['@d@e.example'])


def test_in_turn() -> None:
    """Each comes within some days, however many do not get on."""
    now = datetime(2026, 11, 26, tzinfo=UTC)
    names = [f'@a{number}@b.example' for number in range(37)]
    seen: set[str] = set()
    for day in range(8):
        some = _in_turn(names, now + timedelta(days=day))
        assert len(some) == PER_RUN
        seen |= set(some)
    assert seen == set(names)
    assert _in_turn([], now) == []


@pytest.mark.parametrize(
    ('network', 'account', 'address'),
    [
        ('mastodon', '@a@b.example', 'https://b.example/@a'),
        ('mastodon', '@a', ''),
        ('x', '@a', 'https://x.com/a'),
        ('bluesky', 'a.bsky.social', 'https://bsky.app/profile/a.bsky.social'),
        ('facebook', 'Page', 'https://www.facebook.com/Page'),
    ],
)
def test_addresses(network: str, account: str, address: str) -> None:
    assert address_of(network, account) == address


def test_what_the_page_shows() -> None:
    """Only between the marks; names of accounts on other servers are inert."""
    text = f'Intro\n{OPEN}\nold\n{CLOSE}\n== Rows ==\n'
    lines = report_lines(
        [('mastodon', ['@evil[[Category:X]]@{{y}}', '@b@c.example']), ('x', [])],
        [('x', '@d', 'https://x.com/d')],
        links=True,
    )
    after = with_report(text, lines)
    assert after.startswith(f'Intro\n{OPEN}\n* ')
    assert after.endswith(f'\n{CLOSE}\n== Rows ==\n')
    assert '[https://x.com/d @d (x)]' in after
    assert '[[' not in after
    assert '{{' not in after
    assert with_report(after, lines) == after
    assert with_report(after, []) == f'Intro\n{OPEN}\n{CLOSE}\n== Rows ==\n'
    assert 'https' not in ''.join(report_lines([], [('x', '@d', 'https://x.com/d')], links=False))
    for broken in ('Intro', f'{CLOSE}{OPEN}', f'{text}{text}'):
        assert with_report(broken, lines) == broken
