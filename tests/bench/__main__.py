"""What the desk costs: ``make bench``, or ``python -m tests.bench [-write] [PART …]``.

Prints a table for each part; with ``-write`` they become ``docs/benchmarks.md``. Times are of this
machine and no test compares them with anything; counts and ratios are what to look at.
"""

from __future__ import annotations

import platform
import sys
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path

from tests.bench import page, peers, pure, runs
from tests.bench.table import Table

PARTS = {
    'runs': runs.runs, 'items': runs.items, 'history': runs.history, 'mentions': runs.mentions,
    'channels': runs.channels, 'watch': runs.watch, 'planning': pure.planning, 'counting': pure.counting,
    'page': page.page, 'startup': peers.startup, 'peers': peers.peers,
}  # fmt: skip
REPORT = Path(__file__).parents[2] / 'docs/benchmarks.md'


def report(tables: list[Table]) -> str:
    """The page of the documentation."""
    day = datetime.now(UTC).date().isoformat()
    return '\n'.join(
        [
            '# What the desk costs',
            '',
            f'Made by `make bench` on {day}: Python {platform.python_version()}, {cpu_count()} cores, '
            'a real MediaWiki with SQLite and a real Mastodon-API server on the same machine. Times '
            'are of that machine; what to compare are counts and ratios.',
            '',
            *(table.markdown() for table in tables),
        ]
    ).rstrip() + '\n'  # fmt: skip


def main(*arguments: str) -> None:
    """Measure, print, and write the report if asked."""
    names = [name for name in arguments if name != '-write']
    unknown = sorted(set(names) - set(PARTS))
    if unknown:
        sys.exit(f'There is no part {", ".join(unknown)}. There are: {", ".join(PARTS)}.')
    tables = []
    for name in names or PARTS:
        for table in PARTS[name]():
            sys.stdout.write(f'\n{table.text()}')
            sys.stdout.flush()
            tables.append(table)
    if '-write' in arguments:
        REPORT.write_text(report(tables), 'utf-8')
        sys.stdout.write(f'\nWritten: docs/{REPORT.name}\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
