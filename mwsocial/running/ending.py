"""Told to end (SIGTERM, or Ctrl-C): finish what is being done, begin nothing new, and be gone in time."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from mwsocial.errors import EXIT_TEMPORARY

#: Seconds for what is being done. The system kills after 15 (Toolforge, Jobs framework).
GRACE = 12.0


class Ending:
    """Whether the process was told to end.

    A request to a network that takes longer than GRACE is not waited for: the process ends as if it had
    been killed, its claim stands on the wiki, and the next run finds out what became of it.
    """

    def __init__(self, grace: float = GRACE, leave: Callable[[int], None] = os._exit) -> None:
        """*leave* ends the process at once with an exit code."""
        self._grace = grace
        self._leave = leave
        self._told = False
        #: set when there is something to look at: an end, or a change on the wiki
        self.wake = threading.Event()
        self._timer: threading.Timer | None = None

    def __call__(self) -> bool:
        """Whether it was told to end."""
        return self._told

    def listen(self) -> None:
        """Take the signals from now on."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signal)

    def tell(self) -> None:
        """Tell it to end."""
        if self._told:
            return
        self._told = True
        self._timer = threading.Timer(self._grace, self._too_long)
        self._timer.daemon = True
        self._timer.start()
        # Last: where the signal came while the main thread was about to wait or had just woken up, it
        # holds the lock of this event itself, and never comes back from here (an Event is not safe in
        # a signal's handler). Then the timer ends the process.
        self.wake.set()

    def done(self) -> None:
        """Everything was finished in time."""
        if self._timer is not None:
            self._timer.cancel()

    def _signal(self, number: int, frame: FrameType | None) -> None:
        self.tell()

    def _too_long(self) -> None:
        sys.stdout.write('told to end, and a request still runs: left to the next run\n')
        sys.stdout.flush()
        self._leave(EXIT_TEMPORARY)
