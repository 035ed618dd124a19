"""What a run of ``pull_mentions`` did."""

from __future__ import annotations

from dataclasses import dataclass, field

from mwsocial.errors import EXIT_DONE, EXIT_PERSON, EXIT_TEMPORARY
from mwsocial.inbox.asking import Heard
from mwsocial.inbox.looking import Looked
from mwsocial.reason import Reason


@dataclass
class Report:
    """What a run did, for the operator and for the status page. ``waiting``: undecided mentions on the
    page; ``unlisted``: posts that found no room there; ``left``: what was not done, by address, and why.
    """

    channels: list[Heard] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    archived: list[str] = field(default_factory=list)
    left: dict[str, Reason] = field(default_factory=dict)
    looked: Looked = field(default_factory=Looked)
    waiting: int = 0
    unlisted: int = 0
    edits: int = 0
    person: bool = False

    @property
    def exit_code(self) -> int:
        """0, 1 where somebody must look at something, 75 where no channel could be asked for now."""
        troubles = [one for one in self.channels if one.trouble]
        if self.person or any(not one.temporary for one in troubles):
            return EXIT_PERSON
        return EXIT_TEMPORARY if troubles and len(troubles) == len(self.channels) else EXIT_DONE
