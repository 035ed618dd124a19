"""When something is to be done next, and what goes out next."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mwsocial.desk.approval import NotApproved
from mwsocial.desk.plan import Pace
from mwsocial.desk.standing import Standing
from mwsocial.reason import Reason
from mwsocial.running.moments import following, next_moment
from mwsocial.running.watch import LONGEST, SHORTEST, interval
from mwsocial.status.values import Next
from tests.checking.test_items import HOUR, NOW, record, standing

MINUTE = timedelta(minutes=1)
ONE = ('mastodon',)
QUIET = NotApproved(Reason('approval-none', ('x',)), 'waiting', NOW + 7 * MINUTE)


@pytest.mark.parametrize(
    ('one', 'moment'),
    [
        (standing(approval=None), None),
        (standing(approval=QUIET), NOW + 7 * MINUTE),
        (standing(content={'not-before': '2026-11-25 15:00'}), NOW + HOUR),
        (standing(content={'not-before': '2026-11-25 13:00'}), None),
        (
            standing(records={'mastodon': record('waiting', rest='2026-11-25T14:30:00Z busy')}),
            NOW + 30 * MINUTE,
        ),
        (standing(records={'mastodon': record('sending', MINUTE)}, channels=ONE), NOW + 9 * MINUTE),
        (standing(records={'mastodon': record('sending', HOUR)}, channels=ONE), None),
        (standing(records={'mastodon': record('posted')}, channels=ONE), None),
    ],
)
def test_the_next_moment(one: Standing, moment: datetime | None) -> None:
    assert next_moment([one], {}, NOW) == moment
    earlier = standing(
        'b', approval=NotApproved(Reason('approval-none', ('x',)), 'waiting', NOW + MINUTE)
    )
    assert next_moment([one, earlier], {}, NOW) == NOW + MINUTE


def test_a_pace_that_allows_more() -> None:
    out = standing('out', {'mastodon': record('posted', 10 * MINUTE)}, channels=ONE)
    waits = standing('waits', channels=ONE, number=1)
    paces = {'mastodon': Pace(30 * MINUTE)}
    assert next_moment([out, waits], paces, NOW) == NOW + 20 * MINUTE
    assert next_moment([out], paces, NOW) is None
    assert next_moment([waits], paces, NOW) is None


def test_what_goes_out_next() -> None:
    later = standing('later', content={'not-before': '2026-11-25 16:00'})
    sooner = standing('sooner', content={'not-before': '2026-11-25 15:00'})
    quiet = standing('quiet', approval=QUIET)
    busy = standing('busy', {'mastodon': record('sending', MINUTE)}, channels=ONE)
    assert following([later, sooner, busy], NOW) == Next('sooner', NOW + HOUR)
    assert following([later, quiet], NOW) == Next('quiet', NOW + 7 * MINUTE)
    assert following([busy, standing()], NOW) is None


@pytest.mark.parametrize(
    ('quiet', 'wished', 'listening', 'seconds'),
    [
        (timedelta(0), 0, False, SHORTEST),
        (timedelta(seconds=12), 0, False, 3),
        (timedelta(minutes=10), 0, False, LONGEST),
        (timedelta(minutes=10), 5, False, 5),
        (timedelta(minutes=10), 0.01, True, SHORTEST),
        (timedelta(0), 0, True, LONGEST),
    ],
)
def test_how_often_to_look(
    quiet: timedelta, wished: float, listening: bool, seconds: float
) -> None:
    assert interval(quiet, wished, listening) == seconds
