"""Which items are done: one line for each way in which an item can stand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mwsocial.archiving.choosing import choose, done_since
from mwsocial.archiving.moving import fitting
from mwsocial.desk.records import Proven, Record
from mwsocial.desk.standing import Standing
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision
from tests.checking.test_items import NOW, RULES, standing

DAY = timedelta(days=1)
DECLINED, TAKEN_DOWN = 70, 71
TIMES = {DECLINED: NOW - 3 * DAY, TAKEN_DOWN: NOW - 2 * DAY}
ONE = ('mastodon',)


def when(revid: int) -> datetime | None:
    return TIMES.get(revid)


def rec(kind: str, ago: timedelta = 9 * DAY, rest: str = 'https://a.example/1 5') -> Proven:
    return Proven(Record(kind, NOW - ago, 50, rest), Revision(60, 59, 'Bot', 9, NOW - ago))


def one(kind: str = '', **more: object) -> Standing:
    records = {'mastodon': rec(kind)} if kind else {}
    return standing('a', records, **{'channels': ONE, 'ago': 10 * DAY, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ('it', 'since'),
    [
        (one('posted'), NOW - 9 * DAY),
        (one('deleted'), NOW - 9 * DAY),
        (one('posted', declined=DECLINED), NOW - 3 * DAY),
        (one('failed', declined=DECLINED), NOW - 3 * DAY),
        (one('released', declined=DECLINED), NOW - 3 * DAY),
        (one(declined=DECLINED), NOW - 3 * DAY),
        (one(approval=None, declined=DECLINED), NOW - 3 * DAY),
        (one('posted', channels=('mastodon', 'facebook'), declined=DECLINED), NOW - 3 * DAY),
        # Missed since its last moment, or since it was approved too late.
        (one(), NOW - 9 * DAY + RULES.quiet),
        (one(content={'not-after': '2020-01-01 00:00'}), NOW - 10 * DAY),
        (one(approval=None, takedown=TAKEN_DOWN), NOW - 2 * DAY),
        # Not done, or not known to be.
        (one('failed'), None),
        (one('unconfirmed'), None),
        (one('unconfirmed', declined=DECLINED), None),
        (one('sending', declined=DECLINED), None),
        (one('kept'), None),
        (one('posted', channels=('mastodon', 'facebook')), None),
        (one(approval=None), None),
        (one('posted', newcomer=True), None),
        (one(problems=(Reason('validity-nothing'),)), None),
        (one(editors={'hold': 'wait'}), None),
        (one(ago=timedelta(hours=1)), None),
        (one(declined=99), None),
        (standing('', {}, declined=DECLINED), None),
    ],
)
def test_since_when_it_is_done(it: Standing, since: datetime | None) -> None:
    assert done_since(it, RULES, NOW, when) == since


def shown(item_id: str, number: int = 0, **bot: str) -> Standing:
    record = rec('posted')
    lines = {'sent-mastodon': record.record.text(), 'state': 'posted', **bot}
    return standing(
        item_id, {'mastodon': record}, channels=ONE, ago=10 * DAY, bot=lines, number=number
    )


def chosen(*standings: Standing, days: float = 7, **more: object) -> list[str]:
    given = {'touched': lambda item: False, 'returned': {}, **more}
    found = choose(standings, RULES, NOW, timedelta(days=days), when, **given)  # type: ignore[arg-type]
    return [done.item.id for done in found]


def test_what_is_chosen() -> None:
    assert chosen(shown('a'), shown('b', 1)) == ['a', 'b']
    assert chosen(shown('a'), days=9) == ['a']
    assert chosen(shown('a'), days=9.01) == []
    assert chosen(shown('a'), shown('a', 1), shown('b', 2)) == ['b'], 'two with one id'
    assert chosen(shown('a'), touched=lambda item: True) == []
    assert chosen(shown('a'), returned={'a': NOW - DAY}) == [], 'it has just come back'
    assert chosen(shown('a'), returned={'a': NOW - 8 * DAY}) == ['a']


@pytest.mark.parametrize(
    'bot',
    [
        {'state': 'approved'},
        {'sent-mastodon': 'posted 2026-01-01T00:00:00Z 1 https://evil.example'},
        {'sent-facebook': 'posted 2026-01-01T00:00:00Z 1 https://evil.example'},
        {'sent-news': 'nonsense'},
    ],
)
def test_what_is_forged_waits(bot: dict[str, str]) -> None:
    assert chosen(shown('a', **bot)) == []


def test_ids_that_fit() -> None:
    """What a summary does not name in full is not found again."""
    ids = [f'an-id-of-a-usual-length-{number:02}' for number in range(40)]
    first = fitting(ids)
    assert 5 < len(first) < 40
    assert list(first) == ids[: len(first)]
    assert fitting(['x' * 64]) == ['x' * 64]
