"""What a run of ``pull_sources`` did: for the operator, and for the status page."""

from __future__ import annotations

from dataclasses import dataclass, field

from mwsocial.errors import EXIT_DONE, EXIT_PERSON
from mwsocial.reason import Reason


@dataclass(frozen=True)
class SourceState:
    """How a source is. ``trouble`` is None where it could be read; ``temporary``: nobody needs to do
    anything yet. ``remarks``: what it left out. ``found``: how many suggestions it had.
    """

    name: str
    trouble: Reason | None = None
    temporary: bool = False
    remarks: tuple[Reason, ...] = ()
    found: int = 0


@dataclass
class Report:
    """What a run did, for the operator and for the status page."""

    sources: list[SourceState] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    #: suggestions that are not made or not moved, and why
    left: dict[str, Reason] = field(default_factory=dict)
    #: how many undecided suggestions stand on the page
    waiting: int = 0
    edits: int = 0
    person: bool = False

    @property
    def exit_code(self) -> int:
        """0, or 1 where somebody must look at something."""
        broken = any(one.trouble and not one.temporary for one in self.sources)
        return EXIT_PERSON if broken or self.person else EXIT_DONE
