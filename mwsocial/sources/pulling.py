"""One run of ``pull_sources``: what was decided goes its way, what is new comes onto the page.

First what people want to use is put on the queue. Then every source is asked, each on its own: one that
fails is named, and harms no other. Then one edit of the page of suggestions takes off what is done and
adds what is new, newest last. A run with nothing new edits nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from mwsocial.desk.item import Item
from mwsocial.desk.times import parse_time
from mwsocial.desk.validity import Desk
from mwsocial.errors import ConfigurationError
from mwsocial.proposing.moving import Moved, Mover, Used
from mwsocial.reason import Reason
from mwsocial.sources import deciding
from mwsocial.sources.base import Found, Source, Suggestion, World
from mwsocial.sources.choosing import Taken, choose
from mwsocial.sources.decisions import Decided, Decisions
from mwsocial.sources.fetch import Fetcher
from mwsocial.sources.ledger import Ledger, read_ledger
from mwsocial.sources.page import Changes, New, changed, doubled, read_cursors, suggestions
from mwsocial.sources.report import Report, SourceState
from mwsocial.sources.trouble import Trouble
from mwsocial.sources.wikis import Wiki, foreign, own
from mwsocial.sources.writing import Writer, checked
from mwsocial.wiki.escape import plain, safe_value
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.read import PageState, snapshot, texts
from mwsocial.wiki.site import OpenDesk


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
        page = checked(moment.pages[self._title], self._desk.config_title)
        stopped = self._brake(moment.pages[pages.queue], page, moment.blocked)
        if stopped:
            self._say(f'stopped: {stopped.text()}')
            return report
        ledger = read_ledger(self._api, self._title, self._config.bots, page.revid)
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
            writer = Writer(
                self._api, self._title, self._desk.config_title, self._report, self._say
            )
            writer.write(changes, moved)
        # What is unclear on the page is noted there; what cannot be saved is for the operator too.
        report.person = report.person or bool(report.left.keys() - decisions.unclear.keys())
        for name, reason in report.left.items():
            self._say(f'{name}: {reason.text()}')
        self._say(f'{report.waiting} suggestions wait for a decision')
        return report

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
            note = reason.said(safe_value) if reason else ''
            if note or item.bot.get('note'):
                notes[item.id] = note
        remove -= doubled(items)
        leaving = {item.id: item.editors for item in items if item.id in remove}
        return Changes(remove=leaving, notes=notes)

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
        for source in self._sources:
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
