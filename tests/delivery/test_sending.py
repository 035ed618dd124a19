"""Looking for a post that may have been sent: what is proof, and from when on it counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.channels.base import (
    CannotLook,
    Deleted,
    Lookup,
    NotFound,
    Outcome,
    Posted,
    Refused,
    Removal,
    TryLater,
    Unknown,
)
from mwsocial.delivery.sending import Bar, Looking, Settled, look, record_for
from mwsocial.desk.records import Record, read_record
from mwsocial.reason import Reason

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass
class Network:
    """A network that keeps keys for an hour, and whose timeline may be settled or not."""

    answer: Lookup = field(default_factory=NotFound)
    key_lifetime: timedelta | None = HOUR
    settled_after: timedelta | None = None
    asked: list[datetime] = field(default_factory=list)

    def find(self, since: datetime, ignoring: Collection[str]) -> Lookup:
        self.asked.append(since)
        return self.answer


VOID = Bar(Reason('delivery-void'))


def claim(ago: timedelta, first: timedelta | None = None) -> Record:
    """A claim of so long ago; *first*: how long ago the first one for the same approval was."""
    return Record('sending', NOW - ago, 7, 'nonce', NOW - first if first else None)


def looked(network: Network, record: Record, bar: Bar | None = None) -> Settled:
    return look(Looking(network, network.find), record, (), NOW, str, bar)


@pytest.mark.parametrize(
    ('record', 'again'),
    [
        (claim(20 * MINUTE), True),
        (claim(59 * MINUTE), True),
        (claim(61 * MINUTE), False),
        # The network counts from the first try: a later claim makes its memory no longer.
        (claim(20 * MINUTE, 59 * MINUTE), True),
        (claim(20 * MINUTE, 61 * MINUTE), False),
    ],
)
def test_the_key_is_as_old_as_the_first_claim(record: Record, again: bool) -> None:
    found = looked(Network(), record)
    assert found.again is again
    assert (found.record.kind if found.record else '') == ('' if again else 'unconfirmed')


def test_a_post_is_looked_for_since_the_first_claim() -> None:
    network = Network(Posted('1', 'https://example.org/1'))
    found = looked(network, claim(20 * MINUTE, 90 * MINUTE))
    assert found.record is not None
    assert (found.record.kind, found.record.rest) == ('posted', 'https://example.org/1')
    assert network.asked == [NOW - 90 * MINUTE]


def test_a_settled_timeline_counts_from_the_newest_claim() -> None:
    """Whoever made it may send for some minutes still."""
    network = Network(key_lifetime=None, settled_after=5 * MINUTE)
    assert looked(network, claim(15 * MINUTE)).again
    young = looked(network, claim(14 * MINUTE, 90 * MINUTE))
    assert not young.again
    assert young.record is not None and young.record.kind == 'unconfirmed'


@pytest.mark.parametrize(('settled', 'kind'), [(5 * MINUTE, 'released'), (None, '')])
def test_what_is_void_is_never_sent_again(settled: timedelta | None, kind: str) -> None:
    found = looked(Network(settled_after=settled), claim(20 * MINUTE), VOID)
    assert not found.again
    assert (found.record.kind if found.record else '') == kind


@pytest.mark.parametrize(('ago', 'kind'), [(59 * MINUTE, ''), (60 * MINUTE, 'unconfirmed')])
def test_where_nobody_can_look_a_person_is_asked_in_the_end(ago: timedelta, kind: str) -> None:
    network = Network(CannotLook(Reason('delivery-no-answer')), settled_after=MINUTE)
    found = looked(network, claim(ago))
    assert not found.again
    assert (found.record.kind if found.record else '') == kind


def change(kind: str, ago: timedelta = 20 * MINUTE) -> Record:
    """A claim to change the post that stands at an address with the words of revision 5."""
    return Record(kind, NOW - ago, 7, 'nonce 5 https://example.org/1')


@pytest.mark.parametrize(
    ('kind', 'answer', 'bar', 'text'),
    [
        ('editing', Posted('1', 'https://example.org/1'), VOID, 'posted 7 https://example.org/1'),
        ('editing', NotFound(), None, 'again'),
        ('editing', NotFound(), VOID, 'posted 5 https://example.org/1'),
        ('deleting', Posted('1', 'https://example.org/1'), VOID, 'posted 5 https://example.org/1'),
        ('deleting', Deleted(), VOID, 'deleted 7 https://example.org/1 5'),
    ],
)  # fmt: skip
def test_what_became_of_a_change(
    kind: str, answer: Lookup | Removal, bar: Bar | None, text: str
) -> None:
    looking = Looking(Network(), lambda since, ignoring: answer, repeatable=True)
    found = look(looking, change(kind), (), NOW, str, bar)
    if found.again:
        assert text == 'again'
    else:
        assert found.record is not None
        assert f'{found.record.kind} {found.record.revid} {found.record.rest}' == text


def test_a_change_that_nobody_can_look_for_leaves_the_post_on_record() -> None:
    """Its address is never lost, whatever becomes of the change."""
    looking = Looking(Network(), lambda since, ignoring: CannotLook(Reason('delivery-void')))
    assert look(looking, change('deleting'), (), NOW, str, VOID) == Settled()
    found = look(looking, change('deleting', 2 * HOUR), (), NOW, str, VOID)
    assert found.record is not None
    assert (found.record.kind, found.record.address, found.record.words_of) == (
        'kept', 'https://example.org/1', 5,
    )  # fmt: skip


NO = Reason('delivery-void')


@pytest.mark.parametrize(
    ('kind', 'outcome', 'text'),
    [
        ('sending', Posted('1', 'https://example.org/1'), 'posted 7 https://example.org/1'),
        ('sending', Refused(NO), f'failed 7 {NO.text()}'),
        ('sending', TryLater(NO), f'waiting 7 - {NO.text()}'),
        ('sending', TryLater(NO, NOW + HOUR), f'waiting 7 2026-11-25T15:00:00Z {NO.text()}'),
        ('sending', Unknown(NO), None),
        ('editing', Posted('1', 'https://example.org/1'), 'posted 7 https://example.org/1'),
        ('editing', Refused(NO), f'kept 7 - 5 https://example.org/1 {NO.text()}'),
        ('editing', TryLater(NO), f'kept 7 2026-11-25T15:00:00Z 5 https://example.org/1 {NO.text()}'),
        ('editing', Unknown(NO), None),
        ('deleting', Deleted(), 'deleted 7 https://example.org/1 5'),
        ('deleting', Refused(NO), f'kept 7 - 5 https://example.org/1 {NO.text()}'),
        ('deleting', Unknown(NO), None),
    ],
)  # fmt: skip
def test_the_record_of_an_outcome(kind: str, outcome: Outcome | Removal, text: str | None) -> None:
    claimed = claim(MINUTE) if kind == 'sending' else change(kind, MINUTE)
    found = record_for(outcome, claimed, NOW, str)
    assert (f'{found.kind} {found.revid} {found.rest}' if found else None) == text
    if found:
        assert read_record(found.text()) == found


def test_what_cannot_be_sent_now_says_why_and_waits_where_repeating_is_harmless() -> None:
    """A network that is busy for a moment makes no approval void, and no share uncertain for good."""
    busy = Bar(Reason('channels-rate-limit', ('x',)), later=True)
    text = looked(Network(settled_after=5 * MINUTE), claim(20 * MINUTE), busy)
    assert text.record is not None and text.record.kind == 'released'
    assert text.record.rest == busy.reason.said()
    network = Network(key_lifetime=None, settled_after=None)
    share = Looking(network, network.find, repeatable=True)
    assert look(share, claim(20 * MINUTE), (), NOW, str, busy) == Settled()
    void = look(share, claim(20 * MINUTE), (), NOW, str, VOID)
    assert void.record is not None and void.record.kind == 'unconfirmed'
