"""An account that cannot be used: who must act, and what waits."""

from __future__ import annotations

import pytest

from mwsocial.channels.base import Account, Refused, TryLater
from mwsocial.reason import Reason
from tests.delivery.world import Desk

REASON = Reason('delivery-void')


@pytest.mark.parametrize(
    ('answer', 'person'),
    [
        (TryLater(REASON), False),
        (Refused(REASON), True),
        (Account('@somebody-else'), True),
    ],
)
def test_nothing_is_claimed_and_only_what_does_not_mend_itself_needs_a_person(
    monkeypatch: pytest.MonkeyPatch, answer: Account | Refused | TryLater, person: bool
) -> None:
    desk = Desk('one', 'two')
    desk.put('a', text='Words')
    monkeypatch.setattr(desk.accounts['one'], 'account', lambda: answer)
    report = desk.run()
    assert ('a', 'one') not in desk.records
    assert desk.records['a', 'two'][-1].kind == 'posted'
    assert not desk.accounts['one'].made
    # The item itself is partly posted, whoever has to act.
    assert report.person
    alone = Desk('one')
    alone.put('a', text='Words')
    monkeypatch.setattr(alone.accounts['one'], 'account', lambda: answer)
    assert alone.run().person is person
