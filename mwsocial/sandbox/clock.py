"""The clock of the sandbox's servers, which can be moved forward.

Both servers run with libfaketime and look at a small file for what is added to the real time.
Only the servers live in the future: the scripts under test keep the machine's clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mwsocial.errors import ConfigurationError

from . import files


class Clock:
    """How far the servers of one sandbox are ahead of the real time."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = tuple(paths)

    @property
    def offset(self) -> int:
        """Seconds that are added to the real time."""
        try:
            return int(self._paths[0].read_text('ascii'))
        except (FileNotFoundError, ValueError):
            return 0

    def advance(self, seconds: int) -> int:
        """Move the clock of all servers forward by ``seconds``; returns the whole offset.

        Time never goes back: revisions of the future would otherwise come before older ones.
        Raises ConfigurationError for a negative number.
        """
        if seconds < 0:
            raise ConfigurationError(
                'The clock only goes forward: what was written in the future would otherwise '
                'be older than what follows. Start with a new folder instead.'
            )
        if not self._paths[0].parent.is_dir():
            raise ConfigurationError(
                'There is no sandbox yet whose clock could move: python -m mwsocial.sandbox up'
            )
        offset = self.offset + int(seconds)
        self.write(offset)
        return offset

    def write(self, offset: int) -> None:
        """Set the files that the servers read."""
        for path in self._paths:
            # Read by a server that runs as another user.
            files.write(path, f'{offset:+d}\n', 0o644)

    def now(self) -> datetime:
        """The time as the servers see it: an aware UTC datetime."""
        return datetime.now(UTC) + timedelta(seconds=self.offset)


def environment(library: str, path: str) -> Mapping[str, str]:
    """The variables that put a program under the clock (libfaketime's README)."""
    return {
        'LD_PRELOAD': library,
        'FAKETIME_TIMESTAMP_FILE': path,
        # A moved clock holds from the next look at it, in every worker.
        'FAKETIME_NO_CACHE': '1',
        # Waiting times and file dates stay real.
        'FAKETIME_DONT_FAKE_MONOTONIC': '1',
        'NO_FAKE_STAT': '1',
    }
