"""Accounts that we follow, and numbers by week, on real servers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mwsocial.syncing.statistics import last_week
from tests.real.conftest import NewDesk
from tests.real.desk import QUEUE, Desk

pytestmark = pytest.mark.real

ACCOUNTS = 'Social media/Accounts'
STATISTICS = 'Social media/Statistics'
READER = 'wikireader.test'


def row(channel: str, account: str, **more: str) -> str:
    lines = {'channel': channel, 'account': account, **more}
    return '{{Social media account\n' + ''.join(f'| {k} = {v}\n' for k, v in lines.items()) + '}}\n'


def add(desk: Desk, *rows: str, by: str) -> None:
    text, revid = desk.person(by).page(ACCOUNTS)
    desk.person(by).edit(ACCOUNTS, text + '\n' + ''.join(rows), 'accounts', base=revid)


def ledger(desk: Desk, name: str) -> dict[str, object]:
    return dict(desk.sandbox.network(name).ledger())


def followed(desk: Desk) -> list[str]:
    """Whom our account on the stand-in for Bluesky follows."""
    records = ledger(desk, 'bluesky')['records']
    assert isinstance(records, dict)
    return [
        one['value']['subject'] for one in records.values()
        if one['collection'].endswith('.follow')
    ]  # fmt: skip


def test_follow_what_an_approver_lists(new_desk: NewDesk) -> None:
    """Suggested by anybody: not yet. Confirmed by an approver: followed, once."""
    desk = new_desk(['bluesky'])
    add(desk, row('bluesky', READER, why='it reads'), by='Carol')
    run = desk.run('follow_accounts')
    assert run.code == 0, run
    assert f'{READER} waits for an approver' in run.text
    assert followed(desk) == []
    text, revid = desk.person('Alice').page(ACCOUNTS)
    confirmed = text.replace('it reads\n', 'it reads\n| confirmed = ~~~~\n')
    desk.person('Alice').edit(ACCOUNTS, confirmed, base=revid)
    simulated = desk.run('follow_accounts', '-simulate')
    assert f'would follow {READER}' in simulated.text
    assert followed(desk) == []
    queue = desk.text()
    desk.person('Mallory').edit(QUEUE, '{{Social media stop}}\n' + queue, 'stop')
    for script in ('follow_accounts', 'update_statistics', 'sync_news'):
        run = desk.run(script)
        assert (run.code, followed(desk)) == (0, []) and 'stopped: a stop is set' in run.text, run
    desk.person('Carol').edit(QUEUE, queue, 'go on')
    run = desk.run('follow_accounts')
    assert run.code == 0, run
    assert len(followed(desk)) == 1, run
    before = desk.text(ACCOUNTS)
    assert len(desk.edits(ACCOUNTS)) == 0, 'there is nothing to say'
    run = desk.run('follow_accounts')
    assert (run.code, len(followed(desk)), desk.text(ACCOUNTS)) == (0, 1, before), run
    # Changed by somebody else it counts no more: still followed, and reported on the page, once.
    text, revid = desk.person('Carol').page(ACCOUNTS)
    other = text.replace(f'account = {READER}', 'account = other.test')
    desk.person('Carol').edit(ACCOUNTS, other, base=revid)
    run = desk.run('follow_accounts')
    assert run.code == 0, run
    assert f'{READER} is followed, but not listed' in run.text
    assert len(followed(desk)) == 1
    assert f'Followed on bluesky, but not listed here: {READER}' in desk.text(ACCOUNTS)
    assert desk.run('follow_accounts').code == 0
    assert len(desk.edits(ACCOUNTS)) == 1


def test_by_hand_where_the_network_lets_no_program(new_desk: NewDesk) -> None:
    """What an approver adds counts at once; X is followed by hand, with the link, and needs a person."""
    desk = new_desk(['x'])
    add(desk, row('x', '@friend'), row('nowhere', '@who'), row('mastodon', 'a b'), by='Alice')
    run = desk.run('follow_accounts')
    assert run.code == 1, run
    assert 'https://x.com/friend' in run.text
    assert '“nowhere”' in run.text
    assert '“a b” is no account' in run.text
    assert '[https://x.com/friend @friend (x)]' in desk.text(ACCOUNTS)
    desk.run('follow_accounts')
    assert len(desk.edits(ACCOUNTS)) == 1


def test_one_line_a_week(new_desk: NewDesk) -> None:
    """Real numbers, what people wrote untouched, a second run changes nothing, unknown is no 0."""
    desk = new_desk(['x', 'facebook'])
    text, revid = desk.person('Carol').page(STATISTICS)
    own = '| 2026-W10 = x:  100  followers  <!-- counted by hand -->\n|2020-W01= long ago'
    desk.person('Carol').edit(
        STATISTICS, text.replace('{{Social media statistics', f'{{{{Social media statistics\n{own}'),
        base=revid,
    )  # fmt: skip
    desk.sandbox.mastodon('mediawiki').status_post('Of this week: not counted yet')
    before = desk.text(STATISTICS)
    week = last_week(datetime.now(UTC)).name
    assert f'would write {week}' in desk.run('update_statistics', '-simulate').text
    assert desk.text(STATISTICS) == before
    broken = {'MWSOCIAL_FACEBOOK_TOKEN': 'wrong'}
    run = desk.run('update_statistics', **broken)
    after = desk.text(STATISTICS)
    line = after.split('\n')[after.split('\n').index('{{Social media statistics') + 1]
    assert line.startswith(f'| {week} = facebook: ? followers, ? posts, ? reactions; '), run
    assert 'mastodon: 0 followers, 0 posts, 0 reactions' in line or 'mastodon: ' in line
    assert after.replace(f'{line}\n', '') == before
    run = desk.run('update_statistics')
    assert run.code == 0, run
    assert desk.text(STATISTICS) == after
    assert len(desk.edits(STATISTICS)) == 1


def test_no_page_and_no_template(desk: Desk) -> None:
    """Named, and nothing written."""
    desk.person('Admin').edit(STATISTICS, 'nothing here')
    run = desk.run('update_statistics')
    assert run.code == 1, run
    assert '{{Social media statistics}}' in run.text
    desk.person('Admin').delete(ACCOUNTS)
    run = desk.run('follow_accounts')
    assert run.code == 1, run
    assert 'does not exist' in run.text
    assert desk.edits(STATISTICS) == []
