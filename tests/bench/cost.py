"""What one whole command costs: requests, edits, CPU, memory, time."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mwsocial.sandbox import Gate
from tests.real.desk import NEWS, Desk

#: Runs a command and says its peak memory in kilobytes on the last line of standard error.
_PEAK = (
    'import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); '
    'sys.stderr.write(f"\\n{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}\\n"); '
    'raise SystemExit(code)'
)


@dataclass(frozen=True)
class Cost:
    """``cpu`` and ``wall`` in seconds, ``memory`` in megabytes at its peak."""

    code: int
    cpu: float
    wall: float
    memory: int
    output: str
    wiki: int = 0
    network: int = 0
    edits: int = 0
    news: int = 0


def command(arguments: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Run a whole command; what its process and those below it took."""
    start = time.monotonic()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, '-c', _PEAK, *arguments],
        env=dict(environment), capture_output=True, text=True, check=False,
    )  # fmt: skip
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    *_, peak = done.stderr.rstrip().splitlines()
    return Cost(done.returncode, cpu, wall, int(peak) // 1024, done.stdout + done.stderr)


def script(desk: Desk, name: str = 'post_queue', *arguments: str) -> Cost:
    """Run one of the desk's scripts through gates that count its requests."""
    before = len(desk.edits()), len(desk.edits(NEWS))
    with Gate(desk.sandbox.url) as wiki, Gate(desk.sandbox.mastodon_url) as network:
        changes = {'MWSOCIAL_WIKI': wiki.host, 'MWSOCIAL_MASTODON_URL': network.url}
        cost = command(
            [sys.executable, '-m', f'scripts.{name}', '-nolog', *arguments],
            desk.environment(**changes),
        )
        requests = len(wiki.requests), len(network.requests)
    return Cost(
        cost.code, cost.cpu, cost.wall, cost.memory, cost.output, *requests,
        len(desk.edits()) - before[0], len(desk.edits(NEWS)) - before[1],
    )  # fmt: skip


def bare_environment(**changes: str) -> dict[str, str]:
    """What a program of somebody else gets: nothing of ours."""
    kept = {name: os.environ[name] for name in ('PATH', 'LANG') if name in os.environ}
    return kept | changes
