"""Several runs at once, some of them killed, some stopped until their lease is over; by seed."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress

from tests.real.desk import Started
from tests.trust.stage import LATER, Result, Stage, check

#: Five minutes of the product, in a test; the wiki's clock moves by what makes a claim stale.
LEASE = 2.0


def storm(stage: Stage, seed: int) -> Result:
    """Two to four runs at once over one item; nothing of it may show afterwards."""
    dice = random.Random(seed)
    result = Result(f'seed {seed}')
    item_id = stage.put(dice.choice(('post', 'post', 'thread')))
    runs, stopped = [], []
    for _ in range(dice.randint(2, 4)):
        runs.append(stage.start(f'-lease:{LEASE}'))
        time.sleep(dice.uniform(0, 0.5))
    for run in runs:
        what = dice.choice(('kill', 'stop', 'stop', 'let', 'let'))
        if what == 'let':
            continue
        time.sleep(dice.uniform(0, 0.9))
        send(run, signal.SIGKILL if what == 'kill' else signal.SIGSTOP)
        stopped += [run] * (what == 'stop')
    for run in runs:
        if run not in stopped:
            check(run(), result)
    if stopped:
        # Their leases run out, and somebody else takes over what they had claimed.
        time.sleep(LEASE)
        stage.desk.sandbox.clock.advance(LATER)
        check(stage.start(f'-lease:{LEASE}')(), result)
        for run in stopped:
            send(run, signal.SIGCONT)
        for run in stopped:
            check(run(), result)
    # What is left over is done in peace, with the lease that runs really have.
    stage.rest(item_id, result)
    stage.count(item_id, result)
    return result


def send(run: Started, number: int) -> None:
    """A signal to a run, if it still is."""
    with suppress(ProcessLookupError):
        os.kill(run.process.pid, number)
