"""The body of ``run_desk``."""

from __future__ import annotations

import argparse
import os
from contextlib import nullcontext
from pathlib import Path

from mwsocial.delivery.assemble import say
from mwsocial.running.cycle import run_cycle
from mwsocial.running.ending import Ending
from mwsocial.running.events import Listener, stream_opener
from mwsocial.running.lock import Lock, touch
from mwsocial.running.publishing import publish
from mwsocial.running.rhythm import Rhythm
from mwsocial.running.step import Cycle, Step
from mwsocial.running.steps import STEPS
from mwsocial.running.watch import Means, Watch
from mwsocial.wiki.cache import cache_folder
from mwsocial.wiki.site import OpenDesk, open_desk

#: The lock, the health file and the memory of the rhythm, in the folder of caches.
LOCK, ALIVE, RHYTHM = 'run_desk.lock', 'run_desk.alive', 'run_desk.json'

LAST = Step('status', publish)


def run_desk(options: argparse.Namespace) -> int:
    """One whole cycle, or with ``-watch`` as many as there are until it is told to end.

    *options*: ``simulate``, ``watch``, ``poll`` (seconds, 0 for what fits the desk). Returns the exit
    code.
    """
    folder = cache_folder()
    ending = Ending()
    with nullcontext() if options.simulate else Lock(folder / LOCK):
        ending.listen()
        watching = options.watch and not options.simulate
        if watching:
            # A health check waits for this file, and not for long: not for the login, nor for a cycle.
            touch(folder / ALIVE)
        desk = open_desk()
        file = None if options.simulate else folder / RHYTHM
        rhythm = Rhythm(file, f'{desk.config.desk} {desk.config.pages.queue}')
        if watching:
            code = _watch(desk, folder, rhythm, ending, options.poll)
        else:
            cycle = Cycle(desk, say, simulate=options.simulate, ending=ending)
            code = run_cycle(cycle, STEPS, rhythm, LAST)
            if not options.simulate:
                touch(folder / ALIVE)
        ending.done()
    return code


def _watch(desk: OpenDesk, folder: Path, rhythm: Rhythm, ending: Ending, poll: float) -> int:
    def listen(opened: OpenDesk) -> bool:
        opener = stream_opener()
        if isinstance(opener, str):
            say(f'watch: asking the wiki in intervals ({opener})')
            return False
        titles = (opened.config.pages.queue, opened.config_title)
        host = os.environ.get('MWSOCIAL_WIKI', '')
        Listener(opener, host, titles, ending.wake.set, lambda line: say(f'watch: {line}')).start()
        say('watch: listening to the stream of recent changes')
        return True

    def alive() -> None:
        touch(folder / ALIVE)

    # A pass between two cycles is the first step alone: settle, claim, send, record.
    means = Means(open_desk, STEPS, STEPS[:1], LAST, rhythm, say, alive, listen)
    return Watch(means, ending, poll).run(desk)
