"""When something is to be done next, as far as the page alone tells. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from mwsocial.desk.approval import NotApproved
from mwsocial.desk.places import part_of
from mwsocial.desk.plan import Pace
from mwsocial.desk.standing import NEWS, STALE, Standing
from mwsocial.status.values import Next


def next_moment(
    standings: Sequence[Standing], paces: Mapping[str, Pace], now: datetime
) -> datetime | None:
    """The first moment after *now* (UTC) at which an item may stand differently although nobody edits:
    a quiet time ends, a time comes, a network is asked again, a claim gets stale, a pace allows more.
    """
    times = [time for standing in standings for time in _moments(standing)]
    times += _paced(standings, paces)
    return min((time for time in times if time > now), default=None)


def following(standings: Sequence[Standing], now: datetime) -> Next | None:
    """What goes out next, and when, if nothing happens; None where nothing is approved for later."""
    coming = [
        Next(standing.item.id, time)
        for standing in standings
        if standing.state in ('approved', 'proposed', 'partly posted')
        for time in _moments(standing)
        if time > now
    ]
    return min(coming, key=lambda one: (one.time, one.item_id), default=None)


def _moments(standing: Standing) -> Iterator[datetime]:
    approval = standing.situation.approval
    if isinstance(approval, NotApproved) and approval.until is not None:
        yield approval.until
    for target in standing.targets.values():
        if target.until is not None:
            yield target.until
        if target.action == 'busy' and target.record is not None:
            yield target.record.record.time + STALE


def _paced(standings: Sequence[Standing], paces: Mapping[str, Pace]) -> Iterator[datetime]:
    waiting = {
        name
        for standing in standings
        for name, target in standing.targets.items()
        if target.action == 'send' and name != NEWS and part_of(name) == 1
    }
    for name in waiting & paces.keys():
        times = [
            standing.situation.records[name].record.time
            for standing in standings
            if name in standing.situation.records
        ]
        if times:
            yield max(times) + paces[name].between
