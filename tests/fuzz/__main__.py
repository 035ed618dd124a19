"""Spoil everything that strangers can send: ``python -m tests.fuzz [-seconds:N] [-write] [TARGET …]``.

Each target gets a process of its own and N seconds (60 by default) of ever other inputs. What fails is printed and
kept under ``tests/fuzz/found/``, where the tests play it for ever. ``-write`` puts the table into ``docs/trust.md``.
Exit code 1 where anything failed, took longer than ten seconds, or more memory than a job has.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

from tests.fuzz.mutate import made
from tests.fuzz.targets import FOUND, TARGETS
from tests.trust import report
from tests.trust.kept import stamp

#: Seconds of CPU for one input, and megabytes for a process: what a job has (jobs.yaml).
LONGEST, MOST = 10.0, 1024
#: Seconds after which an input counts as one that never ends.
ENDLESS = 60
#: What the table depends on.
CODE = ('mwsocial', 'tests/fuzz')
Row = tuple[str, int, int, float, int]


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command


class EndlessError(Exception):
    """An input did not come to an end."""


def _stop(*_: object) -> None:
    raise EndlessError


def _fuzz(name: str, seconds: float) -> Row:
    """Inputs, failures, the slowest (CPU seconds) and the most memory (MB) of one target."""
    warnings.simplefilter('ignore')
    signal.signal(signal.SIGALRM, _stop)
    target = TARGETS[name]
    seeds = target.inputs()
    failed: Counter[str] = Counter()
    slowest, number, end = 0.0, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        data = made(target, seeds, number)
        started = time.process_time()
        signal.alarm(ENDLESS)
        try:
            target.play(data)
            trouble = ''
        except Exception as error:
            trouble = (
                f'{type(error).__name__} in {traceback.extract_tb(error.__traceback__)[-1].name}'
            )
        signal.alarm(0)
        used = time.process_time() - started
        slowest = max(slowest, used)
        if not trouble and used > LONGEST:
            trouble = f'{used:.0f} s'
        if trouble:
            failed[trouble] += 1
            if failed[trouble] == 1:
                place = FOUND / name / str(number)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
                _say(f'{name}: {trouble}: {place.relative_to(Path.cwd())}')
        number += 1
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return name, number, failed.total(), slowest, memory


def main(arguments: list[str]) -> int:
    """Fuzz what is asked for, or everything; returns the exit code."""
    if {'-help', '-h'} & set(arguments):
        _say(__doc__ or '')
        return 0
    given = [one for one in arguments if one.startswith('-seconds:')]
    seconds = float(given[-1].partition(':')[2]) if given else 60.0
    names = [one for one in arguments if not one.startswith('-')] or list(TARGETS)
    unknown = sorted(set(names) - set(TARGETS))
    if unknown:
        _say(f'There is no target {", ".join(unknown)}. There are: {", ".join(TARGETS)}.')
        return 2
    rows: list[Row] = []
    with multiprocessing.get_context('fork').Pool(2, maxtasksperchild=1) as pool:
        for task in [pool.apply_async(_fuzz, (name, seconds)) for name in names]:
            rows.append(task.get())
            _say('{}: {} inputs, {} failed, the slowest {:.2f} s, {} MB'.format(*rows[-1]))
    if '-write' in arguments:
        report.write(report.DOCUMENT, [report.fuzzing(rows)], stamp(CODE))
    return int(any(failed or memory > MOST for _, _, failed, _, memory in rows))


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
