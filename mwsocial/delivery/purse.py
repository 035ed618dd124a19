"""What a month has cost so far, kept for an hour: on X even asking costs.

Only a cache: without it the network is asked. What is kept can only make an item wait for an hour more.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mwsocial.channels.base import CannotLook

#: So long a sum is good enough to say that the cap is reached.
KEPT = timedelta(hours=1)


class Purse:
    """The sums of one desk's channels, in a folder that may be wiped at any time."""

    def __init__(self, folder: Path | None) -> None:
        """*folder*: None keeps nothing."""
        self._folder = folder

    def known(self, channel: str, now: datetime) -> float | None:
        """What was spent in the month of *now* (UTC), as asked within the last hour; None otherwise."""
        path = self._path(channel)
        if path is None:
            return None
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            value = json.loads(path.read_text('utf-8'))
            asked = datetime.fromisoformat(value['asked']).astimezone(UTC)
            same_month = (asked.year, asked.month) == (now.year, now.month)
            if same_month and timedelta() <= now - asked < KEPT and value['spent'] >= 0:
                return float(value['spent'])
        return None

    def keep(self, channel: str, spent: float | CannotLook, now: datetime) -> None:
        """Keep what the network told at *now* (UTC)."""
        path = self._path(channel)
        if path is None or isinstance(spent, CannotLook):
            return
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_text(json.dumps({'asked': now.isoformat(), 'spent': spent}), 'utf-8')

    def _path(self, channel: str) -> Path | None:
        return self._folder / f'spent-{channel}.json' if self._folder else None
