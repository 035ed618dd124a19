"""Which items that have left the page are looked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mwsocial.delivery.orphans import BACK, open_claims
from mwsocial.desk.records import CLAIM, RECORD, summary_of_ids
from mwsocial.wiki.revision import Revision
from tests.delivery.world import MINUTE, NOW


def edit(revid: int, summary: str, ago: timedelta = 20 * MINUTE) -> Revision:
    return Revision(revid, revid - 1, 'Bot', 9, NOW - ago, summary)


#: More than one summary has room for.
MANY = [f'announcement-of-the-release-candidate-number-{n:02}-of-mediawiki' for n in range(12)]


def nobody(revision: Revision) -> list[str]:
    raise AssertionError(revision)


def test_what_the_bot_named_last_in_a_claim() -> None:
    """By the summaries; whatever else a record's summary says, an id in it is named."""
    own = [
        edit(5, f'{RECORD} posted: recorded-id (proposed by Carol)'),
        edit(4, summary_of_ids(CLAIM, 'sending', ['recorded-id', 'gone-id', 'there-id'])),
        edit(3, summary_of_ids(CLAIM, 'sending', ['old-id']), BACK + MINUTE),
    ]
    assert open_claims(own, ['there-id'], NOW, nobody) == {'gone-id': own[1]}
    assert open_claims(own, ['there-id', 'gone-id'], NOW, nobody) == {}


def test_a_claim_in_force_is_its_run_s() -> None:
    own = [edit(4, summary_of_ids(CLAIM, 'sending', ['gone-id', 'other-id']), 9 * MINUTE)]
    assert open_claims(own, [], NOW, nobody) == {}
    own = [edit(4, summary_of_ids(CLAIM, 'sending', ['gone-id', 'other-id']), 10 * MINUTE)]
    assert set(open_claims(own, [], NOW, nobody)) == {'gone-id', 'other-id'}


def test_a_claim_whose_summary_had_no_room_names_the_rest_in_its_text() -> None:
    own = [edit(4, summary_of_ids(CLAIM, 'sending', MANY))]
    assert '+more' in own[0].summary.split()
    gone = {MANY[0], MANY[-1]}
    assert open_claims(own, set(MANY) - gone, NOW, lambda _: MANY) == dict.fromkeys(gone, own[0])


def test_what_only_may_name_an_id_does_not_end_its_claim() -> None:
    """A record of many others, a stranger's edit that an administrator hid."""
    claim = edit(4, summary_of_ids(CLAIM, 'sending', ['gone-id']))
    many = edit(5, summary_of_ids(RECORD, 'posted', MANY))
    hidden = replace(edit(6, ''), user='', user_hidden=True, summary_hidden=True)
    assert open_claims([hidden, many, claim], MANY, NOW, nobody) == {'gone-id': claim}
