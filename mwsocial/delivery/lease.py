"""How long after its claim a run may send, by clocks that a stopped process cannot escape."""

from __future__ import annotations

import time
from datetime import timedelta

from mwsocial.desk.standing import LEASE

#: A claim is made from a page that was read less than this ago: with most of the lease before it.
FRESH = timedelta(minutes=1)


class Lease:
    """The time a run has from its claim on.

    Both the wall clock and the boot-time clock count: the first goes on while a machine is moved or
    its clock is set, the second while it sleeps or the process is stopped. The larger one decides.
    """

    def __init__(self, span: timedelta = LEASE) -> None:
        """Start counting; *span* is the time to send in."""
        self._span = span.total_seconds()
        self._wall = time.time()
        self._boot = _boot_time()

    def elapsed(self) -> timedelta:
        """How long ago the lease began."""
        return timedelta(seconds=max(abs(time.time() - self._wall), _boot_time() - self._boot))

    def fresh(self) -> bool:
        """Whether so little of it has passed that a claim can still be made under it."""
        return self.elapsed() < FRESH

    def open(self) -> bool:
        """Whether a request may still be started."""
        return self.elapsed().total_seconds() < self._span


def _boot_time() -> float:
    clock = getattr(time, 'CLOCK_BOOTTIME', time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)
