"""Which steps are due: a small file beside Pywikibot's own remembers when each was run last.

It is a cache: where it is gone, or cannot be written, every step is run in every cycle, which costs some
requests and changes nothing else.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from mwsocial.desk.times import read_shown, show_time

#: A run that comes a little early, as cron and a busy machine make it, still counts.
_EARLY = timedelta(minutes=2)


class Rhythm:
    """When the steps of one desk were run last."""

    def __init__(self, file: Path | None, desk: str) -> None:
        """*file*: where that is kept, None for this process alone; *desk*: what tells desks apart."""
        self._file = file
        self._desk = desk
        self._last = _read(file, desk) if file else {}

    def due(self, name: str, every: timedelta, now: datetime) -> bool:
        """Whether it is time for a step at *now* (UTC). What was run in the future is due again."""
        last = self._last.get(name)
        return last is None or not (last <= now < last + every - min(_EARLY, every))

    def ran(self, name: str, now: datetime) -> None:
        """Remember a run."""
        self._last[name] = now
        if self._file is None:
            return
        value = {'desk': self._desk, 'ran': {one: show_time(t) for one, t in self._last.items()}}
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            new = self._file.with_suffix('.new')
            new.write_text(json.dumps(value), 'utf-8')
            new.replace(self._file)

    def forget(self, name: str) -> None:
        """Have a step run in the next cycle."""
        self._last.pop(name, None)


def _read(file: Path, desk: str) -> dict[str, datetime]:
    try:
        value = json.loads(file.read_text('utf-8'))
        if value['desk'] != desk:
            return {}
        return {str(name): read_shown(str(time)) for name, time in value['ran'].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
