"""An item on a Facebook Page, from approval to correction and removal, with answers lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mwsocial.sandbox import desk as sandbox_desk
from tests.real.desk import Desk

pytestmark = pytest.mark.real


@pytest.fixture
def desk(sandbox_base: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk with a stand-in for Facebook beside Mastodon."""
    settings: dict[str, Any] = {'quiet minutes': 0}
    with (
        sandbox_desk.scratch(tmp_path / 'it', sandbox_base, ['facebook'], **settings) as sandbox,
        Desk(sandbox) as desk,
    ):
        yield desk


def messages(desk: Desk) -> list[str]:
    posts = desk.sandbox.network('facebook').ledger()['posts']
    return [one['message'] for one in posts if not one['deleted']]


@pytest.mark.trust
def test_answers_that_are_lost(desk: Desk) -> None:
    """Posted and found; perhaps posted, left to a person; said to be a duplicate: never twice."""
    facebook = desk.sandbox.network('facebook')
    for item_id in ('taken', 'lost'):
        desk.propose(item_id, text=f'words of {item_id}', channels='facebook')
        desk.approve(item_id)
    facebook.fault('reset', kind='post', done=True)
    facebook.fault('reset', kind='post', nth=2)
    run = desk.run()
    assert desk.item('taken').bot['state'] == 'posted', run
    assert desk.item('lost').bot['state'] == 'sending', run
    assert messages(desk) == ['words of taken']
    desk.sandbox.clock.advance(11 * 60)
    run = desk.run()
    assert desk.item('lost').bot['state'] == 'unconfirmed', run
    assert desk.run('check_desk', '-explain:lost').code == 1
    assert messages(desk) == ['words of taken']
    desk.change('| id = lost\n', '| id = lost\n| settle-facebook = again ~~~~\n', by='Alice')
    run = desk.run()
    assert desk.item('lost').bot['state'] == 'posted', run
    assert messages(desk) == ['words of taken', 'words of lost']
    assert facebook.ledger()['violations'] == []


def test_corrected_and_taken_down(desk: Desk) -> None:
    """A new approval changes the words there; an approver has them taken down."""
    desk.propose('typo', text='Mediawiki is out', channels='facebook')
    desk.approve('typo')
    desk.run()
    before = desk.item('typo').bot['sent-facebook'].split()[3]
    desk.change('Mediawiki is out', 'MediaWiki is out', by='Carol')
    value = f'| approved = {desk.fingerprint("typo")} ~~~~'
    text = desk.text()
    start = text.index('| approved')
    old = text[start : text.index('\n', start)]
    desk.change(old, value, by='Alice')
    run = desk.run()
    assert messages(desk) == ['MediaWiki is out'], run
    assert before in desk.item('typo').bot['sent-facebook'], run
    desk.change('| id = typo\n', '| id = typo\n| delete-posts = withdrawn ~~~~\n', by='Alice')
    run = desk.run()
    assert messages(desk) == [], run
    assert desk.item('typo').bot['state'] == 'deleted', run
