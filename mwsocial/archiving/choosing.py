"""Which items are done, and since when. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mwsocial.delivery.passing import needs_a_person
from mwsocial.desk.item import Item
from mwsocial.desk.records import read_record
from mwsocial.desk.rules import Rules
from mwsocial.desk.standing import Standing, last_moment

#: States in which nothing more happens to an item by itself.
DONE = frozenset({'posted', 'deleted', 'declined', 'missed'})
#: Something is still to be done, or nobody knows what was: never moved, whatever else holds.
_OPEN = frozenset({'send', 'correct', 'delete', 'settle', 'busy', 'unconfirmed'})


@dataclass(frozen=True)
class Done:
    """An item that may go, and since when it has been done (UTC): that month's archive it goes to."""

    item: Item
    since: datetime


def choose(
    standings: Sequence[Standing],
    rules: Rules,
    now: datetime,
    age: timedelta,
    when: Callable[[int], datetime | None],
    touched: Callable[[Item], bool],
    returned: Mapping[str, datetime],
) -> list[Done]:
    """The items that have been done for longer than *age*, those done longest first.

    *when* tells a revision's time; *returned* since when an item is back that had been archived. What a
    person has just *touched* stays, and so does an id that stands on the page more than once: people
    must first say which is which.
    """
    ids = Counter(standing.item.id for standing in standings)
    found = []
    for standing in standings:
        since = done_since(standing, rules, now, when)
        if since is None or ids[standing.item.id] > 1:
            continue
        if max(since, returned.get(standing.item.id, since)) > now - age:
            continue
        if shows_the_truth(standing) and not touched(standing.item):
            found.append(Done(standing.item, since))
    return sorted(found, key=lambda one: (one.since, one.item.number))


def done_since(
    standing: Standing, rules: Rules, now: datetime, when: Callable[[int], datetime | None]
) -> datetime | None:
    """Since when nothing more is to happen to an item (UTC); None while something is.

    What needs a person, a failed one for instance, stays until an approver has declined it.
    """
    situation = standing.situation
    if not standing.item.id or situation.newcomer:
        return None
    if any(target.action in _OPEN for target in standing.targets.values()):
        return None
    if situation.declined is None and (standing.state not in DONE or needs_a_person(standing)):
        return None
    times = [proven.record.time for proven in situation.records.values()]
    for revid in (situation.declined, situation.takedown):
        if revid is not None:
            time = when(revid)
            if time is None:
                return None
            times.append(time)
    if standing.state == 'missed':
        last = last_moment(situation, rules, now)
        times += [last] if last else []
        # It may have been approved when its time had passed already.
        times += [standing.approved.revision.timestamp] if standing.approved else []
    return max(times, default=None)


def shows_the_truth(standing: Standing) -> bool:
    """Whether the lines of the bot on the page are those that are proved.

    What is copied comes to stand in a revision of the bot: what somebody forged must not. ``post_queue``
    puts it right first.
    """
    item = standing.item
    shown = {
        name.removeprefix('sent-'): read_record(value)
        for name, value in item.bot.items()
        if name.startswith('sent-')
    }
    proved = {name: proven.record for name, proven in standing.situation.records.items()}
    return shown == proved and item.bot.get('state') == standing.state and not item.disorder
