"""Looking again at posts whose words stand on the page: of what is gone or private now, they go."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mwsocial.channels.base import Channel, Refused, Seen
from mwsocial.inbox.cache import Cache
from mwsocial.inbox.mentions import Mention

#: How many posts are looked at in one run.
LOOKS = 20
#: Seconds for all of them.
PATIENCE = 120.0

#: How the reasons end by which a post is not there for everybody. Trouble of ours says nothing of it.
_GONE = (
    '-gone', '-private', '-direct', '-not-found', '-not-public', '-is-share', '-blocked',
)  # fmt: skip


@dataclass(frozen=True)
class Looked:
    """``gone``: the addresses whose posts are gone or not public any more; ``count``: of posts that were
    looked at; ``waiting``: of those that were not, for there were too many.
    """

    gone: frozenset[str] = frozenset()
    count: int = 0
    waiting: int = 0


def look(
    mentions: Sequence[Mention], channels: Mapping[str, Channel], cache: Cache, now: float
) -> Looked:
    """Look at *mentions*, those whose last look is longest ago first; *now*: seconds since 1970.

    *channels*: those that answer today.
    """
    due = [one for one in mentions if one.excerpt and one.channel in channels]
    due.sort(key=lambda one: (cache.looked.get(one.digest, 0.0), one.date))
    end = time.monotonic() + PATIENCE
    gone: set[str] = set()
    count = 0
    for mention in due[:LOOKS]:
        if time.monotonic() > end:
            break
        answer = channels[mention.channel].look_up(mention.url)
        count += 1
        cache.looked[mention.digest] = now
        closed = isinstance(answer, Seen) and not answer.public
        if closed or (isinstance(answer, Refused) and answer.reason.key.endswith(_GONE)):
            gone.add(mention.url)
    return Looked(frozenset(gone), count, len(due) - count)
