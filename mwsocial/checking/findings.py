"""What a check of the desk has found, and the exit code that follows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mwsocial.errors import EXIT_CONFIGURATION, EXIT_DONE, EXIT_PERSON, EXIT_TEMPORARY
from mwsocial.reason import Reason


class Level(Enum):
    """How bad something is: its exit code, and a word for it in JSON. The worst one first."""

    CONFIGURATION = EXIT_CONFIGURATION
    PERSON = EXIT_PERSON
    TEMPORARY = EXIT_TEMPORARY
    FINE = EXIT_DONE

    @property
    def word(self) -> str:
        """As JSON has it."""
        return self.name.lower()


@dataclass(frozen=True)
class Finding:
    """One sentence about one thing.

    ``area``: ``wiki``, ``approvers``, ``protection``, ``channel``, ``queue``, ``runs``, ``source``,
    ``step`` or ``item``; ``name`` is the channel's, source's, step's or item's, '' elsewhere. What a run
    has said, and not the check itself: ``step`` of the run, and ``since`` when (UTC).
    """

    area: str
    level: Level
    reason: Reason
    name: str = ''
    step: str = ''
    since: datetime | None = None


def worst(findings: Iterable[Finding]) -> Level:
    """The level of the worst finding; FINE where there is none."""
    found = {finding.level for finding in findings}
    return next((level for level in Level if level in found), Level.FINE)
