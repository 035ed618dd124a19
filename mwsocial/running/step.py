"""A step of a cycle, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mwsocial.channels.base import Channel
from mwsocial.delivery.reading import QueueReader, Reading
from mwsocial.errors import EXIT_DONE
from mwsocial.status.values import Health, Need
from mwsocial.wiki.site import OpenDesk


@dataclass(frozen=True)
class Result:
    """What a step says of its run: one line, whether a person is needed, and for the status page how
    what it has looked at is, by kind (``Health.kind``; an empty one: there is none any more).

    ``soon``: to be run again in the next cycle, however often it runs otherwise.
    """

    words: str
    exit_code: int = EXIT_DONE
    needs: tuple[Need, ...] = ()
    health: Mapping[str, tuple[Health, ...]] = field(default_factory=dict)
    soon: bool = False


@dataclass(frozen=True)
class Failure:
    """A step that broke off: in words, with the exit code that this means."""

    words: str
    exit_code: int


@dataclass(frozen=True)
class Done:
    """One step that was run."""

    name: str
    outcome: Result | Failure
    requests: int


@dataclass
class Cycle:
    """What the steps of one cycle share.

    ``reader``, ``reading`` and ``channels`` are what the first step that needs them leaves for the
    others; ``done`` are the steps before. ``ending``: whether the run was told to end;
    ``alive`` is called after each step.
    """

    desk: OpenDesk
    say: Callable[[str], None]
    simulate: bool = False
    ending: Callable[[], bool] = lambda: False
    alive: Callable[[], None] = lambda: None
    reader: QueueReader | None = None
    reading: Reading | None = None
    channels: Mapping[str, Channel] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)

    def now(self) -> datetime:
        """The wiki's clock (UTC), in whole seconds."""
        return self.desk.api.now().replace(microsecond=0)


@dataclass(frozen=True)
class Step:
    """One step: a name, what it does, and how often it is worth its requests (in every cycle, if 0).

    ``always``: run even when time is short or a stop was asked for.
    """

    name: str
    run: Callable[[Cycle], Result]
    every: timedelta = timedelta()
