"""What the steps of a pass share: the wiki, the channels, the configuration's words, a line to print."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mwsocial.channels.base import Channel
from mwsocial.delivery.deeds import Words
from mwsocial.delivery.images import Gallery
from mwsocial.delivery.newsdesk import NewsDesk
from mwsocial.delivery.reading import QueueReader, Reading
from mwsocial.desk.places import before, channel_of
from mwsocial.desk.plan import Claim, won
from mwsocial.desk.records import Record
from mwsocial.desk.rules import Rules
from mwsocial.desk.standing import in_time, why_blocked
from mwsocial.wiki.config import DeskConfig

#: How often a save is tried while others save the same page.
TRIES = 5
#: An item's id and a place.
Key = tuple[str, str]


@dataclass(frozen=True)
class Tools:
    """One run's means."""

    reader: QueueReader
    channels: Mapping[str, Channel]
    news: NewsDesk
    gallery: Gallery
    say: Callable[[str], None]
    #: where files may be kept that can be wiped at any time
    cache: Path | None = None
    #: whether the run was told to end: nothing new is begun then
    ending: Callable[[], bool] = lambda: False

    @property
    def config(self) -> DeskConfig:
        """The desk's configuration."""
        return self.reader.config

    def words(self, place: str) -> Words:
        """What the configuration adds to an item at a place."""
        config = self.config
        language = config.channel_language(channel_of(place))
        return Words(config.desk, language, dict(config.pointers))


def pause(attempt: int) -> None:
    """Wait a moment, longer each time, so that two runs do not keep step."""
    time.sleep(random.uniform(0.2, 0.6) * (attempt + 1))  # noqa: S311 - jitter, no secret


def parts_before(
    reading: Reading, item_id: str, place: str, records: Mapping[Key, Record]
) -> tuple[Record | None, Record | None]:
    """The records of the part before *place* and of the first part of its thread; None for a first part,
    and where there is no record.

    *records*: what this run knows beyond the page.
    """

    def of(name: str) -> Record | None:
        known = records.get((item_id, name))
        proven = reading.proven(item_id, name)
        return known or (proven.record if proven else None)

    previous = before(place)
    return (of(previous), of(channel_of(place))) if previous else (None, None)


def stands(reading: Reading, claim: Claim) -> bool:
    """Whether this claim, with this run's nonce, is the newest record that counts."""
    proven = reading.proven(*claim.key)
    shown = reading.shown(claim.item_id, f'sent-{claim.place}')
    return proven is not None and proven.record == claim.record and won(shown, claim)


def holds(reading: Reading, claim: Claim, rules: Rules) -> bool:
    """Whether what was claimed may still be done: the same approval, in time, no hold, nothing wrong."""
    standing = reading.by_id.get(claim.item_id)
    if standing is None:
        return False
    if claim.record.kind == 'deleting':
        return standing.situation.takedown == claim.record.revid
    return (
        standing.approved is not None
        and standing.approved.revision.revid == claim.record.revid
        and why_blocked(standing.situation) is None
        and in_time(standing.situation, rules, reading.now)
    )
