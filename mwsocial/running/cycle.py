"""One cycle: the steps one after the other, each one's failure its own."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence

from mwsocial.delivery.assemble import secrets
from mwsocial.errors import EXIT_CONFIGURATION, EXIT_DONE, EXIT_PERSON, EXIT_TEMPORARY, DeskError
from mwsocial.running.rhythm import Rhythm
from mwsocial.running.step import Cycle, Done, Failure, Result, Step
from mwsocial.script import censor
from mwsocial.wiki.escape import plain

#: After so many seconds no further step is begun: what is left waits for the next cycle. A job that is
#: started every ten minutes must not still be there when the next one comes.
BUDGET = 420.0


def run_cycle(
    cycle: Cycle,
    steps: Sequence[Step],
    rhythm: Rhythm,
    last: Step | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Run the *steps* that are due, then *last* whatever became of them; returns the exit code.

    Prints at least one line for each step. Nothing that a step raises stops the others.
    """
    begun = clock()
    for step in steps:
        if cycle.ending():
            cycle.say('told to end: the rest is left to the next run')
            return exit_code(cycle)
        if clock() - begun > BUDGET:
            cycle.say(f'{step.name}: left to the next run, for want of time')
            continue
        now = cycle.now()
        if step.every and not rhythm.due(step.name, step.every, now):
            continue
        done = run_step(cycle, step)
        cycle.done.append(done)
        cycle.alive()
        if cycle.simulate or not step.every:
            continue
        if isinstance(done.outcome, Failure) or done.outcome.soon:
            rhythm.forget(step.name)
        else:
            rhythm.ran(step.name, now)
    if last is not None and not cycle.ending():
        cycle.done.append(run_step(cycle, last))
    return exit_code(cycle)


def run_step(cycle: Cycle, step: Step) -> Done:
    """Run one step, and print what became of it; every line begins with its name."""
    say = cycle.say
    before = cycle.desk.session.count

    def tell(line: str) -> None:
        say(f'{step.name}: {line}')

    cycle.say = tell
    outcome: Result | Failure
    try:
        outcome = step.run(cycle)
    except DeskError as error:
        outcome = Failure(censor(str(error), secrets().values()), error.exit_code)
    except Exception as error:  # a fault of the software harms no other step
        for line in censor(traceback.format_exc(), secrets().values()).splitlines():
            tell(line)
        words = f'This is a fault of mwsocial itself ({type(error).__name__}); its log says more.'
        outcome = Failure(words, EXIT_PERSON)
    finally:
        cycle.say = say
    requests = cycle.desk.session.count - before
    tell(f'{plain(outcome.words)} ({requests} requests)')
    return Done(step.name, outcome, requests)


def exit_code(cycle: Cycle) -> int:
    """The exit code of a whole cycle: that of the worst step."""
    codes = {done.outcome.exit_code for done in cycle.done}
    order = (EXIT_CONFIGURATION, EXIT_PERSON, EXIT_TEMPORARY)
    return next((code for code in order if code in codes), EXIT_DONE)
