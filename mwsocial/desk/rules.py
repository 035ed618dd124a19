"""The desk's rules for approvals, as plain values taken from the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class Rules:
    """Who may approve, and how long things take.

    ``users`` maps an approver's name to the user id, or to 0 where the configuration gives none.
    ``channels`` are the enabled channels' names, sorted; ``language`` is the desk's language: both
    enter the fingerprint where the item leaves them open. ``former_bots``: accounts that were the
    bot before; they approve as little as it does.
    ``second_person``: True, False, or the hours after which one person may do alone.
    """

    bot: str
    groups: frozenset[str] = frozenset()
    users: Mapping[str, int] = field(default_factory=dict)
    second_person: bool | float = True
    quiet: timedelta = timedelta(minutes=10)
    valid: timedelta = timedelta(days=30)
    late: timedelta = timedelta(hours=24)
    channels: tuple[str, ...] = ()
    language: str = 'en'
    former_bots: frozenset[str] = frozenset()
