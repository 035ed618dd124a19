#!/usr/bin/env python3
"""One whole cycle of the desk, in one process and one login: what a scheduled job runs.

Usage: python -m scripts.run_desk [options]

Posts what is due, brings in mentions and suggestions, keeps News, accounts and statistics in step,
asks the networks once a day whether all is well, moves what is done to the archive, and says on the
status page how the desk is. Each step's failure harms no other; every step prints one line. A cycle
that finds nothing to do edits nothing, but for the time of the last good run on the status page, at
most once an hour.

Options:
  -watch          stay up: act as soon as a quiet time ends or an approval counts, a whole cycle every ten
                  minutes; ends within 15 seconds when it is told to (SIGTERM)
  -poll:SECONDS   how often -watch looks at the queue (one small request). Default: a quarter of the quiet
                  time, between half a second and 30 seconds; 30 where Wikimedia’s stream wakes it up

Ends with 2 where a step could not be done for a wrong configuration, login to the wiki or protection; the
other steps are run all the same.
Only one copy runs beside the same user-config.py; a second one ends at once, with 75.
"""

from __future__ import annotations

import argparse

from mwsocial import script
from mwsocial.delivery.assemble import secrets
from mwsocial.running.assemble import run_desk


def seconds(word: str) -> float:
    """A number of seconds above 0; raises ArgumentTypeError for anything else."""
    try:
        found = float(word)
    except ValueError:
        found = 0.0
    if not 0 < found <= 86_400:
        raise argparse.ArgumentTypeError(
            f'“{word}” is no time between two looks: write seconds above 0, such as -poll:10'
        )
    return found


def add_options(parser: argparse.ArgumentParser) -> None:
    """The script's own options."""
    parser.add_argument('-watch', action='store_true')
    parser.add_argument('-poll', type=seconds, default=0.0)


def main(*args: str) -> int:
    """Run the script; returns its exit code."""
    return script.run(args, __doc__ or '', run_desk, add_options, secrets)


if __name__ == '__main__':
    raise SystemExit(main())
