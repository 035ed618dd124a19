"""Records of what left the queue, and of runs that come late."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from mwsocial.channels.base import Refused, TryLater
from mwsocial.delivery.acting import Acting
from mwsocial.delivery.lease import Lease
from mwsocial.delivery.tools import Tools
from mwsocial.desk.plan import Claim
from mwsocial.desk.records import Record
from mwsocial.errors import TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki.items import read_queue
from tests.delivery.world import MINUTE, NOW, Desk, Gallery


def leaves(desk: Desk) -> None:
    """Somebody takes the item off the page while it is being sent."""
    desk.put('a', text='One.')

    def gone() -> None:
        desk.entries.pop('a', None)

    desk.accounts['one'].meanwhile = gone


@pytest.mark.parametrize(
    ('outcome', 'state'),
    [
        (None, 'posted'), (Refused(Reason('x-no-edit')), 'failed'),
        (TryLater(Reason('x-no-edit')), None),
    ],
)  # fmt: skip
def test_the_archive_says_what_became_of_it(outcome: object, state: str | None) -> None:
    """Nothing that was not posted is said to be."""
    desk = Desk()
    leaves(desk)
    desk.accounts['one'].outcomes = [outcome]  # type: ignore[list-item]
    desk.run()
    ((item_id, wikitext),) = desk.kept
    assert item_id == 'a'
    assert read_queue(wikitext).items[0].bot.get('state') == state


def test_the_archive_proves_no_line_that_anybody_wrote() -> None:
    """The approved revision shows a forged record; the copy in the archive is an edit of the bot."""
    forged = 'posted 2026-11-25T10:00:00Z 50 https://two.example/other'
    desk = Desk('one', 'two', 'three')
    leaves(desk)
    # What the history proves stays, wherever the page has it from.
    desk.record('a', 'three', 'posted', ago=30 * MINUTE, rest='https://three.example/1')
    true = desk.records['a', 'three'][-1]
    shown = {'sent-two': forged, 'sent-three': true.text(), 'state': 'posted', 'note': 'No.'}
    desk.old['a', 50] = replace(
        desk.old['a', 50], content={'id': 'a', 'text': 'One.', 'channels': 'one', **shown}
    )
    desk.entries['a'].item.content['channels'] = 'one'  # type: ignore[index]
    desk.run()
    ((_, wikitext),) = desk.kept
    bot = read_queue(wikitext).items[0].bot
    assert bot['sent-one'].startswith('posted ')
    assert bot['sent-three'] == true.text()
    assert set(bot) == {'sent-one', 'sent-three', 'state', 'approved-in'}


def test_a_late_run_does_not_write_over_what_is_known_of_its_post() -> None:
    """It posted, slept, and wakes when another run has found the post, and it was taken down."""
    desk = Desk()
    desk.put('a', text='One.')

    def meanwhile() -> None:
        desk.record(
            'a', 'one', 'deleted', ago=0 * MINUTE, revid=70, rest='https://one.example/1 50'
        )

    desk.accounts['one'].meanwhile = meanwhile
    desk.run()
    assert desk.shown('a', 'one').startswith('deleted ')


def test_an_item_that_the_archive_refuses_keeps_no_other_from_its_record() -> None:
    """That nothing was sent for another item is known once: without its record a person would be asked."""
    desk = Desk()
    desk.put('gone', text='One.')
    desk.put('fine', text='Two.')
    desk.accounts['one'].meanwhile = lambda: desk.entries.pop('gone', None)  # type: ignore[assignment, return-value]
    desk.accounts['one'].outcomes = [None, TryLater(Reason('x-no-edit'), NOW + 30 * MINUTE)]
    desk.reader.keep = lambda item_id, wikitext: Refused(Reason('wiki-refused', ('spam',)))  # type: ignore[assignment, method-assign, return-value]
    with pytest.raises(TemporaryError, match='The record of gone could not be kept'):
        desk.run()
    assert desk.shown('fine', 'one').startswith('waiting ')


def test_what_is_given_back_is_written_down_under_the_lock() -> None:
    """Another channel's thread walks through the records meanwhile."""
    locked = []

    class Watched(dict[Any, Any]):
        def __setitem__(self, key: Any, value: Any) -> None:
            locked.append(acting._wiki.locked())
            super().__setitem__(key, value)

    desk = Desk()
    desk.put('a', text='One.')
    tools = Tools(cast(Any, desk.reader), {}, cast(Any, desk.news), cast(Any, Gallery()), str)
    acting = Acting(tools, Lease())
    acting.records = Watched()
    acting._one(Claim('a', 'one', Record('sending', NOW, 50, 'nonce of another run')))
    assert locked == [True]
