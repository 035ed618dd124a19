"""Several runs at once, some of them killed, some stopped until their lease is over; by seed."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import ExitStack, suppress

from mwsocial.sandbox import Gate, Request, Rule
from mwsocial.sandbox.faults import Answer
from tests.real.desk import Started
from tests.trust.stage import LATER, Result, Stage, check

#: Five minutes of the product, in a test; the wiki's clock moves by what makes a claim stale.
LEASE = 2.0
#: A run over a post or a thread asks so often, and is answered as often: somewhere there it is struck.
MOMENTS = 130


class Struck:
    """A run whose every request goes through gates of its own, and what befalls it: a signal at a moment.

    A moment is a request before it is handed on, or its answer before the run gets it. Counting them, and
    not seconds, strikes a run in the middle of its work however slow the machine is.
    """

    def __init__(self, stage: Stage, stack: ExitStack, number: int, moment: int) -> None:
        """*number*: the signal, 0 for none."""
        self._lock = threading.Lock()
        self._left = moment
        self._number = number
        environment = {}
        for name, url in stage.urls().items():
            gate = stack.enter_context(Gate(url))
            gate.rules.append(Rule(when=self._asked, change=self._answered, times=None))
            variable = 'MWSOCIAL_WIKI' if name == 'wiki' else f'MWSOCIAL_{name.upper()}_URL'
            environment[variable] = gate.host if name == 'wiki' else gate.url
        self._started, self._stopped = threading.Event(), threading.Event()
        self.run: Started = stage.start(f'-lease:{LEASE}', **environment)
        self._started.set()

    def ends_or_stops(self) -> bool:
        """Wait until it has ended (True) or was stopped (False)."""
        while self.run.process.poll() is None:
            if self._stopped.wait(0.05):
                return False
        return True

    def goes_on(self) -> None:
        """Wake it up."""
        send(self.run, signal.SIGCONT)

    def _asked(self, request: Request) -> bool:
        self._moment()
        return True

    def _answered(self, answer: Answer) -> Answer:
        self._moment()
        return answer

    def _moment(self) -> None:
        self._started.wait()
        with self._lock:
            self._left -= 1
            if self._number and self._left == 0:
                send(self.run, self._number)
                if self._number == signal.SIGSTOP:
                    self._stopped.set()


def storm(stage: Stage, seed: int) -> Result:
    """Two to four runs at once over one item; nothing of it may show afterwards."""
    dice = random.Random(seed)
    result = Result(f'seed {seed}')
    item_id = stage.put(dice.choice(('post', 'post', 'thread')))
    with ExitStack() as stack:
        runs = []
        for _ in range(dice.randint(2, 4)):
            number = dice.choice((signal.SIGKILL, signal.SIGSTOP, signal.SIGSTOP, 0, 0))
            runs.append(Struck(stage, stack, number, dice.randint(1, MOMENTS)))
            time.sleep(dice.uniform(0, 0.5))
        stopped = []
        for one in runs:
            if one.ends_or_stops():
                check(one.run(), result)
            else:
                stopped.append(one)
        if stopped:
            # Their leases run out, and somebody else takes over what they had claimed.
            time.sleep(LEASE)
            stage.desk.sandbox.clock.advance(LATER)
            check(stage.start(f'-lease:{LEASE}')(), result)
            for one in stopped:
                one.goes_on()
            for one in stopped:
                check(one.run(), result)
    # What is left over is done in peace, with the lease that runs really have.
    stage.rest(item_id, result)
    stage.count(item_id, result)
    return result


def send(run: Started, number: int) -> None:
    """A signal to a run, if it still is."""
    with suppress(ProcessLookupError):
        os.kill(run.process.pid, number)
