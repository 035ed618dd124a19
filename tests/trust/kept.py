"""Results of long proofs, kept until the code changes: a proof that was interrupted goes on where it was.

A bad result is kept like a good one; nothing is played again until it is.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from tests.trust.stage import Result

ROOT = Path(__file__).parents[2]
#: What the result of a run depends on.
RUNS = ('mwsocial', 'scripts', 'tests/trust', 'tests/real/desk.py', 'tests/real/preloaded.py')


class Named(Protocol):
    """What a result has the name of."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Seed:
    """A storm's number."""

    number: int

    @property
    def name(self) -> str:
        """What its result is called."""
        return f'seed {self.number}'


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ['git', *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def code(paths: Sequence[str] = RUNS) -> str:
    """The commit that last changed these paths; empty where there are changes since, or no git."""
    if _git('status', '--porcelain', '--', *paths):
        return ''
    return _git('log', '-1', '--format=%h', '--', *paths)


def stamp(paths: Sequence[str] = RUNS) -> str:
    """The sentence below a table's heading: when it was made (the day, UTC), and of which code."""
    commit = code(paths)
    which = f'the code of {commit}' if commit else 'code that was not committed'
    return f'Played on {datetime.now(UTC):%Y-%m-%d}, on {which}.'


class Kept:
    """The results of one part of the proof."""

    def __init__(self, part: str, folder: Path, commit: str) -> None:
        """*folder*: where they are kept; *commit*: of which code they are, '' to keep none."""
        self._path = folder / f'{part}-{commit}.jsonl' if commit else None

    def all(
        self, jobs: Sequence[Any], play: Callable[[Sequence[Any]], Iterator[Result]]
    ) -> list[Result]:
        """The results of all jobs (each has a ``name``): those kept, and the others played now."""
        wanted = {one.name for one in jobs}
        found = {one.name: one for one in self._read() if one.name in wanted}
        for result in play([one for one in jobs if one.name not in found]):
            found[result.name] = result
            self._add(result)
        return list(found.values())

    def _read(self) -> Iterator[Result]:
        if self._path and self._path.exists():
            for line in self._path.read_text('utf-8').splitlines():
                yield Result(**json.loads(line))

    def _add(self, result: Result) -> None:
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open('a', encoding='utf-8') as file:
                file.write(json.dumps(asdict(result)) + '\n')
