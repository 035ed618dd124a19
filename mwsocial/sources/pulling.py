"""One run of ``pull_sources``: what was decided goes its way, what is new comes onto the page.

First what people want to use is put on the queue. Then every source is asked, each on its own: one that
fails is named, and harms no other. Then one edit of the page of suggestions takes off what is done and
adds what is new, newest last. A run with nothing new edits nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from mwsocial.desk.item import Item
from mwsocial.desk.times import parse_time
from mwsocial.desk.validity import Desk
from mwsocial.errors import EXIT_DONE, EXIT_PERSON, ConfigurationError, TemporaryError
from mwsocial.proposing.moving import Moved, Mover, Used
from mwsocial.reason import Reason
from mwsocial.sources import deciding
from mwsocial.sources.base import Found, Source, Suggestion, World
from mwsocial.sources.choosing import Taken, choose
from mwsocial.sources.decisions import Decided, Decisions
from mwsocial.sources.fetch import Fetcher
from mwsocial.sources.ledger import Ledger, read_ledger, summary
from mwsocial.sources.page import Changes, New, changed, doubled, read_cursors, suggestions
from mwsocial.sources.trouble import Trouble
from mwsocial.sources.wikis import Wiki, foreign, own
from mwsocial.wiki.escape import plain, safe_value
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.read import PageState, snapshot, texts
from mwsocial.wiki.save import Conflict, Lost, Outcome, Refused, Saved, save
from mwsocial.wiki.site import OpenDesk

TRIES = 5
#: Seconds for all sources of a run together: what has not been asked by then waits for the next run.
PATIENCE = 300.0


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


class Pull:
    """One run."""

    def __init__(
        self,
        desk: OpenDesk,
        rules: Desk,
        sources: Sequence[Source],
        fetcher: Fetcher,
        say: Callable[[str], None],
    ) -> None:
        """*rules*: of validity (``assemble.validity_desk``); *say*: one line for the operator."""
        self._desk = desk
        self._api = desk.api
        self._config = desk.config
        self._title = desk.config.pages.suggestions
        self._rules = rules
        self._sources = sources
        self._fetcher = fetcher
        self._say: Callable[[str], None] = lambda line: say(plain(line))
        self._report = Report()

    def run(self, *, simulate: bool = False) -> Report:
        """Do it. Raises ``DeskError`` where the whole run cannot be done."""
        report = self._report
        pages = self._config.pages
        moment = snapshot(self._api, [self._title, pages.queue])
        page = self._checked(moment.pages[self._title])
        stopped = self._brake(moment.pages[pages.queue], page, moment.blocked)
        if stopped:
            self._say(f'stopped: {stopped.text()}')
            return report
        ledger = read_ledger(self._api, self._title, self._config.bots)
        decisions = Decisions(self._api, self._config.bots).read(page, ledger)
        moved = self._move(decisions.used, simulate)
        report.moved, report.left = moved.done, {**decisions.unclear, **moved.left}
        report.edits += moved.edits
        found, cursors = self._ask(page, ledger, moment.now)
        changes = self._changes(page, ledger, decisions, moved, moment.now)
        new = self._choose(found, page, ledger, moment.pages[pages.queue], changes, moment.now)
        changes = Changes(tuple(new), changes.remove, changes.notes, cursors)
        report.removed = sorted(changes.remove - moved.done.keys())
        if simulate:
            self._tell(page, changes, moved)
        else:
            self._write(page, changes, moved)
        # What is unclear on the page is noted there; what cannot be saved is for the operator too.
        report.person = report.person or bool(report.left.keys() - decisions.unclear.keys())
        for name, reason in report.left.items():
            self._say(f'{name}: {reason.text()}')
        self._say(f'{report.waiting} suggestions wait for a decision')
        return report

    def _checked(self, page: PageState) -> PageState:
        what = {'is a redirect': page.redirect, 'does not exist': page.missing}
        what['has a hidden text'] = page.text_hidden
        for words, holds in what.items():
            if holds:
                raise ConfigurationError(
                    f'The page of suggestions “{self._title}” {words}. Run setup_desk, or name the '
                    f'right page under "pages" on [[{self._desk.config_title}]].'
                )
        return page

    def _brake(self, queue: PageState, page: PageState, blocked: str) -> Reason | None:
        for one in (queue, page):
            if read_queue(one.text).stopped:
                return Reason('sources-stopped', (one.title,))
        if self._config.paused:
            return Reason('sources-paused', (self._desk.config_title,))
        if blocked:
            return Reason('sources-blocked', (self._config.bot, blocked))
        return None

    # -- what was decided --------------------------------------------------------------------------

    def _move(self, used: Sequence[Used], simulate: bool) -> Moved:
        if not used:
            return Moved()
        if simulate:
            for one in used:
                self._say(f'would propose {one.item.id} for {one.decision.user}')
            return Moved()
        mover = Mover(self._api, self._config.pages.queue, self._config.bots, self._title)
        moved = mover.move(used)
        for one in used:
            target = moved.done.get(one.item.id)
            if target:
                self._say(f'{one.item.id} is on the queue as {target}, for {one.decision.user}')
        return moved

    def _changes(
        self,
        page: PageState,
        ledger: Ledger,
        decisions: Decided,
        moved: Moved,
        now: datetime,
    ) -> Changes:
        """What leaves the page, and what is noted on it."""
        items = suggestions(page.text)
        keep = timedelta(days=self._config.sources.keep_days)
        undo = timedelta(days=self._config.archive_after_days)
        remove = set(moved.done)
        notes = {}
        for item in items:
            known = ledger.first.get(item.id)
            ignored = decisions.ignored.get(item.id)
            if known and not deciding.decision_of(item):
                if now - known.timestamp >= keep or _past(item, now):
                    remove.add(item.id)
            elif ignored and now - ignored.timestamp >= undo:
                remove.add(item.id)
            reason = self._report.left.get(item.id)
            note = reason.text(escape=safe_value) if reason else ''
            if note or item.bot.get('note'):
                notes[item.id] = note
        remove -= doubled(items)
        return Changes(remove=frozenset(remove), notes=notes)

    # -- what is new -------------------------------------------------------------------------------

    def _ask(
        self, page: PageState, ledger: Ledger, now: datetime
    ) -> tuple[list[Suggestion], dict[str, str]]:
        world = World(
            now=now,
            words=self._config.words,
            fetch=self._fetcher.get,
            wiki=self._wiki,
            suggested=ledger.suggested,
            standing=frozenset(item.id for item in suggestions(page.text)),
            cursors=self._cursors(page, ledger),
        )
        found: list[Suggestion] = []
        cursors: dict[str, str] = {}
        end = time.monotonic() + PATIENCE
        for source in self._sources:
            if time.monotonic() > end:
                late = SourceState(source.name, Reason('sources-late'), temporary=True)
                self._add(late)
                continue
            state, answer = ask(source, world)
            self._add(state)
            found += answer.suggestions
            cursors |= {
                name: value
                for name, value in answer.cursors.items()
                if world.cursors.get(name) != value
            }
        return found, cursors

    def _add(self, state: SourceState) -> None:
        self._report.sources.append(state)
        if state.trouble:
            self._say(f'{state.name}: {state.trouble.text()}')
        else:
            self._say(f'{state.name}: {state.found} found')
        for remark in state.remarks:
            self._say(f'{state.name}: {remark.text()}')

    def _wiki(self, api: str) -> Wiki:
        if not api:
            return self._own
        return foreign(api, lambda address: self._fetcher.get(address, keep=False))

    @cached_property
    def _own(self) -> Wiki:
        return own(self._api.read, 'this wiki')

    def _cursors(self, page: PageState, ledger: Ledger) -> dict[str, str]:
        """Where the sources stood when the bot last wrote: what others made of it is not believed."""
        newest = next((one for one in ledger.own if not one.text_hidden), None)
        if newest is None:
            return {}
        if newest.revid == page.revid:
            return read_cursors(page.text)
        return read_cursors(texts(self._api, [newest.revid]).get(newest.revid, ''))

    def _choose(
        self,
        found: Sequence[Suggestion],
        page: PageState,
        ledger: Ledger,
        queue: PageState,
        changes: Changes,
        now: datetime,
    ) -> list[New]:
        """Those of *found* that come onto the page now."""
        fresh = [
            one for one in found
            if one.id not in ledger.first and (one.not_after is None or one.not_after > now)
        ]  # fmt: skip
        items = suggestions(page.text)
        waiting = [
            item for item in items
            if item.id not in changes.remove and not deciding.decision_of(item)
        ]  # fmt: skip
        self._report.waiting = len(waiting)
        if not fresh:
            return []
        settings = self._config.sources
        room = min(settings.most_per_run, max(0, settings.most_on_page - len(waiting)))
        new, self_left = choose(
            fresh, Taken.of([page.text, queue.text, *self._archives(now)]), self._rules,
            self._config.language, room,
        )  # fmt: skip
        for one in self_left.unfit:
            self._say(f'{one} is not suggested: {Reason("sources-unfit").text()}')
        if self_left.waiting:
            self._say(f'{self_left.waiting} more wait for room on the page')
        return new

    def _archives(self, now: datetime) -> list[str]:
        """This month's archive and the last one: what is younger cannot be in an older one."""
        last = now.replace(day=1) - timedelta(days=1)
        titles = [self._config.pages.archive_of(one.year, one.month) for one in (last, now)]
        return [page.text for page in snapshot(self._api, titles).pages.values()]

    # -- writing -----------------------------------------------------------------------------------

    def _write(self, page: PageState, changes: Changes, moved: Moved) -> None:
        """One edit; more only where the wiki refuses one of the suggestions."""
        outcome = self._save(changes, moved, addresses=True)
        if isinstance(outcome, Refused) and changes.add:
            # A filter may not like an address: without any the words still get there.
            outcome = self._save(changes, moved, addresses=False)
        if isinstance(outcome, Refused) and changes.add:
            outcome = self._one_by_one(changes, moved)
        if isinstance(outcome, Refused):
            self._say(f'the wiki refuses to save “{self._title}”: {outcome.reason.text()}')
            self._report.person = True
        self._report.waiting += len(self._report.added)

    def _one_by_one(self, changes: Changes, moved: Moved) -> Outcome | None:
        """Each new suggestion alone, so that one that the wiki refuses harms no other. It is remembered
        like one that was made: it is not tried again in every run.
        """
        rest = Changes(remove=changes.remove, notes=changes.notes, cursors=changes.cursors)
        outcome = self._save(rest, moved, addresses=False) if _any(rest) else None
        if isinstance(outcome, Refused):
            return outcome
        refused: list[str] = []
        for one in changes.add:
            tried = self._save(Changes(add=(one,)), Moved(), addresses=False)
            if isinstance(tried, Refused):
                refused.append(one.id)
                self._report.left[one.id] = Reason('sources-refused', (tried.reason.text(),))
        today = f'{self._api.now():%Y-%m-%d}'
        cursors = {f'refused-{one}'[:80]: today for one in refused}
        return self._save(Changes(cursors=cursors), Moved(), addresses=False, refused=refused)

    def _save(
        self,
        changes: Changes,
        moved: Moved,
        *,
        addresses: bool,
        refused: Sequence[str] = (),
    ) -> Outcome | None:
        """Save *changes* into the page as it is now; None where nothing is to be saved."""
        for attempt in range(TRIES):
            page = self._checked(snapshot(self._api, [self._title]).pages[self._title])
            text = changed(page.text, changes, addresses=addresses)
            there = {item.id for item in suggestions(page.text)}
            after = {item.id for item in suggestions(text)}
            for one in changes.add:
                if one.id not in after:
                    self._report.left[one.id] = Reason('sources-no-room', (self._title,))
            if text == page.text:
                return None
            said = summary(
                [one.id for one in changes.add if one.id in after - there],
                sorted(there - after & moved.done.keys()),
                sorted((there - after) - moved.done.keys()),
                refused,
            )
            outcome = save(self._api, self._title, text, base=page.revid, summary=said, minor=False)
            if isinstance(outcome, Lost):
                raise TemporaryError(
                    f'Nobody knows whether the page “{self._title}” was saved: '
                    f'{outcome.reason.text()}'
                )
            if isinstance(outcome, Saved):
                self._report.edits += 1
                self._report.added += [one.id for one in changes.add if one.id in after - there]
                self._say(f'saved revision {outcome.revid}: {said}')
                return outcome
            if not isinstance(outcome, Conflict):
                return outcome
            time.sleep(0.3 * (attempt + 1))
        raise TemporaryError(
            f'The page “{self._title}” was changed by others {TRIES} times while this run tried to '
            'save it.'
        )

    def _tell(self, page: PageState, changes: Changes, moved: Moved) -> None:
        for one in changes.add:
            self._say(f'would suggest {one.id}: {one.content["text"]!r} ({one.comment})')
        for name in sorted(changes.remove):
            self._say(f'would take {name} off the page')
        for name, value in changes.cursors.items():
            self._say(f'would write down: {name}: {value}')
        if changed(page.text, changes) == page.text:
            self._say('nothing to do')


def ask(source: Source, world: World) -> tuple[SourceState, Found]:
    """What a source has, and how it is. It never raises: not even a fault of the source's own file may
    harm the others.
    """
    try:
        found = source.look(world)
    except Trouble as trouble:
        return SourceState(source.name, trouble.reason, trouble.temporary), Found()
    except Exception as error:
        words = f'{type(error).__name__}: {error}'[:200]
        return SourceState(source.name, Reason('sources-fault', (words,))), Found()
    count = len(found.suggestions)
    return SourceState(source.name, remarks=found.remarks, found=count), found


def _past(item: Item, now: datetime) -> bool:
    try:
        return parse_time(item.content['not-after']) <= now
    except (KeyError, ValueError):
        return False


def _any(changes: Changes) -> bool:
    return bool(changes.remove or changes.notes or changes.cursors)


def only(sources: Sequence[Source], wanted: str) -> list[Source]:
    """The sources of that name, or of that kind (``feeds``); all without a name.

    Raises ConfigurationError if there is none.
    """
    found = [one for one in sources if wanted in ('', one.name, one.name.partition(':')[0])]
    if wanted and not found:
        known: Mapping[str, None] = dict.fromkeys(one.name for one in sources)
        raise ConfigurationError(
            f'There is no source “{wanted}” in the configuration; known here: '
            f'{", ".join(known) or "none"}.'
        )
    return found
