"""``run_desk -watch``: stays up, and acts as soon as something can be done.

It looks at the queue's revision number in short intervals (one small request), wakes up at once where the
wiki has a stream of changes, knows from the page when the next quiet time ends, and does a whole cycle
every ten minutes. What it believes is read anew each time: nothing that it remembers decides anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mwsocial.desk.plan import choose
from mwsocial.errors import EXIT_DONE, DeskError
from mwsocial.running.cycle import run_cycle
from mwsocial.running.ending import Ending
from mwsocial.running.moments import next_moment
from mwsocial.running.rhythm import Rhythm
from mwsocial.running.step import Cycle, Failure, Step
from mwsocial.wiki.api import Api
from mwsocial.wiki.site import OpenDesk

#: A whole cycle so often, as the job does it.
CYCLE = 600.0
#: The shortest and the longest time between two looks at the queue's revision, in seconds.
SHORTEST, LONGEST = 0.5, 30.0
#: After a failure it is tried again after so many seconds, doubled each time, at most LATEST.
AGAIN, LATEST = 5.0, 300.0
HOUR = 3600.0
#: Seconds for one look with all its tries: the next one comes soon.
IMPATIENT = 8.0


def interval(quiet: timedelta, wished: float, listening: bool) -> float:
    """Seconds between two looks at the queue.

    An approval counts only after the quiet time, and when that ends is known: so nothing is gained by
    seeing it at once, and every look costs a request. A stop or a hold is seen before each send anyway.
    *wished*: what the operator wants instead, 0 for nothing; *listening*: a stream wakes us up.
    """
    if wished:
        return max(SHORTEST, wished)
    if listening:
        return LONGEST
    return min(max(SHORTEST, quiet.total_seconds() / 4), LONGEST)


@dataclass
class Means:
    """What the watch is made of. *alive* is called before the first cycle, and whenever something
    was done: a look, or a step of a cycle; *listen* starts the
    stream for a desk and tells whether there is one.
    """

    open_desk: Callable[[], OpenDesk]
    steps: Sequence[Step]
    quick: Sequence[Step]
    last: Step
    rhythm: Rhythm
    say: Callable[[str], None]
    alive: Callable[[], None]
    listen: Callable[[OpenDesk], bool]


class Watch:
    """One watch, from its start to the signal that ends it."""

    def __init__(self, means: Means, ending: Ending, wished: float = 0.0) -> None:
        """*wished*: seconds between two looks, 0 for what fits the desk."""
        self._means = means
        self._ending = ending
        self._wished = wished
        self._desk: OpenDesk | None = None
        self._listening: bool | None = None
        self._seen: dict[str, int] = {}
        self._next_cycle = 0.0
        self._next_pass: float | None = None
        self._failures = 0
        self._hour = time.monotonic() + HOUR
        self._counted = 0
        self._lost = False

    def run(self, desk: OpenDesk) -> int:
        """Watch until told to end; returns the exit code. *desk*: opened just now."""
        self._desk = desk
        self._means.alive()
        while not self._ending():
            self._ending.wake.clear()
            if time.monotonic() >= self._next_cycle:
                self._cycle(self._means.steps, whole=True)
            elif self._due():
                self._cycle(self._means.quick, whole=False)
            self._count()
            self._means.alive()
            if not self._ending():
                self._ending.wake.wait(self._pause())
        self._means.say('told to end: done')
        return EXIT_DONE

    # -- when --------------------------------------------------------------------------------------

    def _pause(self) -> float:
        now = time.monotonic()
        until = self._next_cycle - now
        if self._next_pass is not None:
            until = min(until, self._next_pass - now)
        desk = self._desk
        if desk is None or self._lost:
            return max(0.0, min(until, self._back_off()))
        quiet = desk.config.rules().quiet
        return max(0.0, min(until, interval(quiet, self._wished, bool(self._listening))))

    def _back_off(self) -> float:
        return float(min(AGAIN * 2.0 ** min(self._failures, 10), LATEST))

    def _due(self) -> bool:
        """Whether a pass over the queue may find something to do: its time has come, or it was edited."""
        if self._desk is None:
            return False
        if self._next_pass is not None and time.monotonic() >= self._next_pass:
            return True
        if self._failures and not self._lost:
            return False
        try:
            found = look(self._desk.api, tuple(self._seen))
        except DeskError as error:
            if not self._lost:
                self._means.say(f'watch: the wiki does not answer: {error}')
            self._lost = True
            self._failures += 1
            return False
        if self._lost:
            self._means.say('watch: the wiki answers again')
        self._lost, self._failures = False, 0
        changed = {title for title, revid in found.items() if self._seen.get(title) != revid}
        if self._desk.config_title in changed:
            self._means.say('watch: the configuration was changed')
            self._next_cycle = 0.0
            self._ending.wake.set()
            return False
        return bool(changed)

    def _count(self) -> None:
        now = time.monotonic()
        if now < self._hour or self._desk is None:
            return
        count = self._desk.session.count
        self._means.say(f'watch: {count - self._counted} requests to the wiki in the last hour')
        self._counted, self._hour = count, now + HOUR

    # -- what --------------------------------------------------------------------------------------

    def _cycle(self, steps: Sequence[Step], *, whole: bool) -> None:
        """One cycle, or one pass over the queue; whatever fails, the watch goes on."""
        means = self._means
        now = time.monotonic()
        if whole:
            self._next_cycle = now + CYCLE
            # The configuration and the rights are read anew, as a new process would.
            try:
                self._desk = means.open_desk()
            except DeskError as error:
                means.say(f'watch: {error}')
                self._desk = None
        self._next_pass = None
        desk = self._desk
        if desk is None:
            self._failures += 1
            self._next_cycle = now + self._back_off()
            return
        cycle = Cycle(desk, means.say, ending=self._ending, alive=means.alive)
        run_cycle(cycle, steps, means.rhythm, means.last if whole else None)
        if self._listening is None:
            self._listening = means.listen(desk)
        self._after(cycle, desk)

    def _after(self, cycle: Cycle, desk: OpenDesk) -> None:
        """Remember what was seen, and when to look again."""
        now = time.monotonic()
        reading = cycle.reading
        if any(isinstance(done.outcome, Failure) for done in cycle.done) or reading is None:
            self._failures += 1
            self._next_pass = now + self._back_off()
        else:
            self._failures = 0
        if reading is None:
            self._seen = {desk.config.pages.queue: -1, desk.config_title: desk.config_page.revid}
            return
        edited = self._seen.get(reading.title) != reading.revid
        self._seen = {reading.title: reading.revid, desk.config_title: desk.config_page.revid}
        if reading.stopped:
            return
        paces = cycle.reader.paces if cycle.reader else {}
        if choose(reading.standings, paces, reading.now):
            # Approved while this pass was at work; or the pass could not do it, and so soon cannot.
            self._next_pass = now if edited else now + LATEST
            return
        moment = next_moment(reading.standings, paces, reading.now)
        if moment is not None:
            soon = now + max(0.05, (moment - desk.api.now()).total_seconds())
            self._next_pass = min(soon, self._next_pass) if self._next_pass else soon


def look(api: Api, titles: Sequence[str]) -> dict[str, int]:
    """The newest revision of some pages: one small request, not tried for long. Raises DeskError."""
    patience, api.patience = api.patience, min(api.patience, IMPATIENT)
    try:
        answer = api.query({'titles': list(titles), 'prop': 'info'})
    finally:
        api.patience = patience
    query = answer.get('query', {})
    asked = {one['to']: one['from'] for one in query.get('normalized', [])}
    return {
        asked.get(page['title'], page['title']): int(page.get('lastrevid', 0))
        for page in query.get('pages', [])
    }
