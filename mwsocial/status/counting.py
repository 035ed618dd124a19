"""What there is to count for the status page: open decisions, and the cost of a month. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from mwsocial.desk.item import Item
from mwsocial.desk.places import channel_of
from mwsocial.desk.records import Record, read_record
from mwsocial.status.values import Spent
from mwsocial.wiki.items import MOST_PARAMETERS, parameters
from mwsocial.wiki.skeleton import cut

_HEADING = re.compile(r'(={2,6})([^=\[\]{}|<>#&\'~]+)\1[ \t]*')


def undecided(text: str, name: str) -> int:
    """How many templates *name* of a page have no decision."""
    return sum(
        not _decided(text[one.start : one.end], one.parts) for one in cut(text, {name}).templates
    )


def _decided(raw: str, parts: tuple[tuple[int, int], ...]) -> bool:
    if not parts or len(parts) > MOST_PARAMETERS:
        return False
    return any(one.name == 'decision' and one.value for one in parameters(raw, parts))


def anchor(text: str, line: int) -> str:
    """``#`` and the title of the section in which a line of a page (from 1) stands; '' where it stands in
    none, or its title is no plain words.
    """
    for above in reversed(text.split('\n')[: max(0, line)]):
        if above.startswith('='):
            found = _HEADING.fullmatch(above)
            title = found[2].strip(' \t') if found else ''
            return f'#{title}' if title else ''
    return ''


def spent(
    items: Iterable[Item],
    month: datetime,
    caps: Mapping[str, float],
    cost: Callable[[Item, str, Record], float],
) -> tuple[Spent, ...]:
    """What the posts since *month* (its beginning, UTC) cost by the records that *items* show.

    *items*: of the queue and of the month's archive; one that stands in both counts once. *caps*: what a
    month may cost, by channel that costs anything. *cost(item, place, record)*: of one post.
    """
    amounts = dict.fromkeys(caps, 0.0)
    seen = set()
    for item in items:
        for name, value in item.bot.items():
            place = name.removeprefix('sent-')
            record = read_record(value) if name.startswith('sent-') else None
            if record is None or channel_of(place) not in caps or (item.id, place) in seen:
                continue
            if record.kind in ('posted', 'deleted', 'kept', 'unconfirmed') and record.time >= month:
                seen.add((item.id, place))
                amounts[channel_of(place)] += cost(item, place, record)
    return tuple(Spent(name, round(amounts[name], 3), cap) for name, cap in sorted(caps.items()))
