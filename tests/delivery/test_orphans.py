"""Which items that have left the page are looked for."""

from __future__ import annotations

from datetime import timedelta

from mwsocial.delivery.orphans import BACK, open_claims
from mwsocial.desk.records import CLAIM, RECORD, summary_of_ids
from mwsocial.wiki.revision import Revision
from tests.delivery.world import MINUTE, NOW


def edit(revid: int, summary: str, ago: timedelta = 20 * MINUTE) -> Revision:
    return Revision(revid, revid - 1, 'Bot', 9, NOW - ago, summary)


def test_what_the_bot_named_last_in_a_claim() -> None:
    """By the summaries; whatever else a record's summary says, an id in it is named."""
    own = [
        edit(5, f'{RECORD} posted: recorded-id (proposed by Carol)'),
        edit(4, summary_of_ids(CLAIM, 'sending', ['recorded-id', 'gone-id', 'there-id'])),
        edit(3, summary_of_ids(CLAIM, 'sending', ['old-id']), BACK + MINUTE),
    ]
    assert open_claims(own, ['there-id'], NOW) == {'gone-id': own[1]}
    assert open_claims(own, ['there-id', 'gone-id'], NOW) == {}


def test_a_claim_in_force_is_its_run_s() -> None:
    own = [edit(4, summary_of_ids(CLAIM, 'sending', ['gone-id', 'other-id']), 9 * MINUTE)]
    assert open_claims(own, [], NOW) == {}
    own = [edit(4, summary_of_ids(CLAIM, 'sending', ['gone-id', 'other-id']), 10 * MINUTE)]
    assert set(open_claims(own, [], NOW)) == {'gone-id', 'other-id'}
