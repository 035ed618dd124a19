"""Play the whole proof and print its tables: ``python -m tests.trust [-write] [-seeds:N] [-fast] [PART …]``.

Parts: ``faults`` (every fault at every place, and kills), ``answers`` (each answer of the wiki spoiled),
``storms`` (several runs at once, by seed), ``guards`` (what happens without each guard), ``peers`` (what other
programs' ways of doing it lead to). All of them by default, with 1,000 seeds. ``-fast`` leaves out faults that take
a minute each. ``-write`` makes ``docs/trust.md``. What was played of the same commit is not played again
(``.sandbox/trust/``), so it can be interrupted. Exit code 1 where anything is not as it must be.
"""

from __future__ import annotations

import argparse
import multiprocessing
import queue
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from tests.trust import guards, peers, report
from tests.trust.answers import SPOILED, Spoiled, requests_of_a_cycle, spoil
from tests.trust.faults import Cell, cells
from tests.trust.kept import Kept, Seed, code, stamp
from tests.trust.stage import Result, Stage, staged
from tests.trust.storm import storm

ROOT = Path(__file__).parents[2]
#: Twice as many desks as the smallest machine has cores: each waits half of its time.
WORKERS = 4
#: So many things happen to one desk. Thousands of posts within days make every run slower than a short lease.
ON_ONE_DESK = 60


Job = Cell | Spoiled | Seed


def _play(stage: Stage, job: Job) -> Result:
    if isinstance(job, Seed):
        return storm(stage, job.number)
    return spoil(stage, job) if isinstance(job, Spoiled) else stage.play(job)


@contextmanager
def _stage() -> Iterator[Stage]:
    with (
        tempfile.TemporaryDirectory() as place,
        staged(Path(place) / 'it', ROOT / '.sandbox') as stage,
    ):
        yield stage


def _work(folder: str, jobs: Any, results: Any) -> None:
    for turn in count():
        with staged(Path(folder) / f'it{turn}', ROOT / '.sandbox') as stage:
            for _ in range(ON_ONE_DESK):
                try:
                    number, job = jobs.get(timeout=1)
                except queue.Empty:
                    return
                try:
                    results.put((number, _play(stage, job)))
                except Exception as error:
                    wrong = [f'{type(error).__name__}: {error}']
                    results.put((number, Result(job.name, wrong=wrong)))


def played(jobs: Sequence[Job], say: Callable[[str], None]) -> Iterator[Result]:
    """The results of all jobs, as they come, from several desks side by side."""
    if not jobs:
        return
    context = multiprocessing.get_context('fork')
    waiting, results = context.Queue(), context.Queue()
    for one in enumerate(jobs):
        waiting.put(one)
    with tempfile.TemporaryDirectory() as place:
        workers = []
        for number in range(WORKERS):
            folder = Path(place) / str(number)
            folder.mkdir()
            workers.append(context.Process(target=_work, args=(str(folder), waiting, results)))
            workers[-1].start()
        started = time.monotonic()
        for done in range(len(jobs)):
            _, result = results.get(timeout=600)
            if not result.good:
                say(f'NOT GOOD: {result}')
            if done % 25 == 24:
                say(f'{done + 1} of {len(jobs)} in {time.monotonic() - started:.0f} s')
            yield result
        for worker in workers:
            worker.join(60)


def main(arguments: Sequence[str]) -> int:
    """All parts that are asked for; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog='python -m tests.trust', description=__doc__, add_help=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument('-help', '-h', action='help')
    parser.add_argument('-write', action='store_true')
    parser.add_argument('-fast', action='store_true')
    parser.add_argument('-seeds', type=int, default=1000)
    parser.add_argument('parts', nargs='*')
    options = parser.parse_args([one.replace('-seeds:', '-seeds=') for one in arguments])
    parts = options.parts or ['faults', 'answers', 'storms', 'guards', 'peers']

    def say(line: str) -> None:
        print(line, flush=True)  # noqa: T201 - a command

    commit = code()

    def results(part: str, jobs: Sequence[Job]) -> list[Result]:
        kept = Kept(part, ROOT / '.sandbox/trust', commit)
        return kept.all(jobs, lambda left: played(left, say))

    tables, good = [], True
    if 'faults' in parts:
        found = results('faults', cells(hangs=not options.fast))
        good &= all(one.good for one in found)
        tables.append(report.faults(found))
    if 'answers' in parts:
        with _stage() as stage:
            asked = requests_of_a_cycle(stage)
        jobs = [Spoiled(number, how) for how in SPOILED for number in range(1, asked + 1)]
        found = results('answers', jobs)
        good &= all(one.good for one in found)
        tables.append(report.answers(found))
    if 'storms' in parts:
        found = results('storms', [Seed(number) for number in range(1, options.seeds + 1)])
        good &= all(one.good for one in found)
        tables.append(report.storms(found))
    if 'guards' in parts:
        with _stage() as stage:
            without = guards.play(stage)
        good &= all(one.harmed for one in without)
        tables.append(report.guards(without))
    if 'peers' in parts:
        tables.append(report.peers(peers.table()))
    for table in tables:
        say(f'\n{table}')
    if options.write:
        report.write(report.DOCUMENT, tables, stamp())
    return 0 if good else 1


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
