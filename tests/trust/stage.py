"""A desk on which one thing after the other goes wrong, and what stands on the servers afterwards."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mwsocial.sandbox import Gate, Request, Rule
from mwsocial.sandbox import desk as sandbox_desk
from mwsocial.sandbox.networks import posts
from mwsocial.wiki.items import read_queue
from tests.pictures.scenes import flower
from tests.real.desk import QUEUE, Desk, Run, Started
from tests.trust.faults import CLOCKS, LATE, MOVES, STALE, STALE_NEXT, Cell, Keys, without

NETWORKS = ('mastodon', 'bluesky', 'x', 'facebook')
#: Longer than a claim stays in force, and longer than until a person is asked.
LATER, MUCH_LATER = 700, 4000
#: What a script prints where the fault is its own.
FAULT = 'a fault of mwsocial itself'
#: So many runs later everything has come to rest, or never does.
MOST = 7
PARTS = ('one', 'two', 'three')
#: Where nobody can be sure, a person looks: nowhere else.
UNSURE = frozenset({'x', 'facebook'})

#: How the desk differs from the example: what is done may go to the archive after a quarter of an hour.
SETTINGS = {'quiet minutes': 0, 'archive after days': 0.01}

VANDALS = ('page blanked', 'item taken off', 'page moved')
#: Where somebody moves the queue page.
AWAY = f'{QUEUE} away'


@dataclass
class Result:
    """What became of one cell."""

    name: str
    duplicates: int = 0
    lost: int = 0
    wedged: int = 0
    #: the page says something else than the servers
    differs: int = 0
    unconfirmed: int = 0
    #: runs until everything was at rest, the broken one included
    runs: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether it is as it must be."""
        return not (self.duplicates or self.lost or self.wedged or self.differs or self.wrong)


@dataclass
class Setting:
    """What goes on around a run: a gate's ``rules`` for it, those for the run after it (``later``), what its
    environment has besides, and the rules without which the cell has not been played (``happens``).
    """

    rules: list[Rule]
    happens: list[Rule]
    later: list[Rule] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


@contextmanager
def staged(folder: Path, base: Path) -> Iterator[Stage]:
    """A stage of its own, which stops with the context."""
    with (
        sandbox_desk.scratch(folder, base, NETWORKS[1:], **SETTINGS) as box,
        Desk(box) as desk,
    ):
        yield Stage(desk)


class Stage:
    """A desk with four accounts and a picture."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.person('Carol').upload('Red.png', flower(60, 40))
        desk.sandbox.clock.advance(
            2
        )  # what happens in the second of an approval counts as after it
        self.empty = desk.text()
        self._number = 0

    # -- what is posted ----------------------------------------------------------------------------

    def put(self, kind: str) -> str:
        """An approved item alone on the queue; returns its id."""
        self._number += 1
        item_id = f'{kind}-{self._number}'
        thread = '\n----\n'.join(f'Part {part} of {item_id}.' for part in PARTS)
        single = f'A post of {item_id}.'
        lines = [f'| id = {item_id}']
        if kind == 'thread':
            lines += [f'| text = {thread}', f'| text-x = {single}', f'| text-facebook = {single}']
        else:
            lines += [f'| text = {single}', '| image = File:Red.png', '| alt = A flower']
            lines += [f'| news = News of {item_id}.']
        item = '\n'.join(['', '', '{{Social media item', *lines, '}}'])
        self.desk.person('Carol').edit(QUEUE, self.empty + item, item_id)
        self.desk.approve(item_id)
        return item_id

    def places(self, item_id: str) -> dict[str, tuple[str, str]]:
        """Where its posts have to be: by the name of the record, the network and the words."""
        found = {}
        for network in NETWORKS:
            if item_id.startswith('thread') and network in ('mastodon', 'bluesky'):
                for number, part in enumerate(PARTS, 1):
                    name = network if number == 1 else f'{network}-{number}'
                    found[name] = (network, f'Part {part} of {item_id}.')
            else:
                found[network] = (network, f'A post of {item_id}.')
        return found

    def standing(self, network: str, words: str) -> list[str]:
        """The names of our posts with these words on a network."""
        if network == 'mastodon':
            return [str(one['id']) for one in self.desk.posts() if words in one['content']]
        folder = self.desk.sandbox.network(network).folder
        return [one.name for one in posts(network, folder) if words in one.text]

    # -- runs --------------------------------------------------------------------------------------

    def urls(self) -> dict[str, str]:
        """The addresses of the servers, by place; the wiki's too."""
        box = self.desk.sandbox
        found = {name: box.network(name).url for name in NETWORKS[1:]}
        return found | {'mastodon': box.mastodon_url, 'wiki': box.url}

    def through(
        self, network: str, rules: list[Rule], *agent: str, script: str = 'post_queue', **more: str
    ) -> tuple[Started, ExitStack]:
        """Start a run whose way to one server (of a network, or '' for the wiki) leads through a gate with
        *rules*; a rule that kills is told the process. *more*: what else is in its environment.
        """
        stack = ExitStack()
        gate = stack.enter_context(Gate(self.urls()[network or 'wiki']))
        variable = f'MWSOCIAL_{network.upper()}_URL' if network else 'MWSOCIAL_WIKI'
        more = {variable: gate.url if network else gate.host, **more}
        started = self.start(*agent, script=script, **more)
        for rule in rules:
            rule.pid = started.process.pid
        gate.rules += rules
        return started, stack

    def start(self, *agent: str, script: str = 'post_queue', **environment: str) -> Started:
        """Start a run, as the agent does where it is given options."""
        if not agent:
            return self.desk.start(script, **environment)
        command = ['tests.trust.agent', *agent, script]
        started = Started(command, self.desk.environment(**environment))
        self.desk._started.append(started)
        return started

    def settle(self, item_id: str, name: str, words: str) -> None:
        """What an approver does: look at the account, and say what stands there."""
        network = name.partition('-')[0]
        there = self.standing(network, words)
        address = {
            'x': 'https://x.com/mediawiki/status/{}',
            'facebook': 'https://www.facebook.com/{}',
        }
        said = f'posted {address[network].format(there[0])}' if there else 'again'
        line = f'| settle-{name} = {said} ~~~~'
        self.desk.change(f'| id = {item_id}\n', f'| id = {item_id}\n{line}\n', by='Alice')

    def rest(self, item_id: str, result: Result, *agent: str) -> None:
        """Run again and again until everything is at rest; a person settles what nobody can know."""
        desk = self.desk
        looked: set[str] = set()
        for number in range(MOST):
            bot = desk.item(item_id).bot
            if bot.get('state') == 'posted':
                return
            unsure = {
                name.removeprefix('sent-')
                for name, value in bot.items()
                if name.startswith('sent-') and value.startswith('unconfirmed ')
            } - looked
            if unsure - UNSURE:
                result.wrong.append(f'unconfirmed on {", ".join(sorted(unsure - UNSURE))}')
            for name in unsure & UNSURE:
                self.settle(item_id, name, self.places(item_id)[name][1])
            looked |= unsure
            result.unconfirmed += len(unsure)
            desk.sandbox.clock.advance(MUCH_LATER if number == 2 else LATER)
            check(self.start(*agent)(), result)
        if desk.item(item_id).bot.get('state') != 'posted':
            result.wedged += 1
            result.wrong.append(str(dict(desk.item(item_id).bot)))

    def away(self, item_id: str, result: Result) -> None:
        """Run archive_queue until the item has left the queue."""
        for _ in range(MOST):
            if item_id not in self.desk.items():
                return
            self.desk.sandbox.clock.advance(LATER)
            check(self.start(script='archive_queue')(), result)
        result.wedged += 1
        result.wrong.append(f'{item_id} never left the queue')

    def count(self, item_id: str, result: Result, *, archived: bool = False) -> None:
        """Compare the page with the servers."""
        if archived:
            found = [one for one in read_queue(self.desk.archives()).items if one.id == item_id]
            result.duplicates += max(0, len(found) - 1)
            result.lost += not found
            bot = found[0].bot if found else {}
        else:
            bot = self.desk.item(item_id).bot
        for name, (network, words) in self.places(item_id).items():
            there = self.standing(network, words)
            result.duplicates += max(0, len(there) - 1)
            result.lost += not there
            value = bot.get(f'sent-{name}', '')
            if not value.startswith('posted ') or (
                network == 'mastodon' and there and not value.endswith(there[-1])
            ):
                result.differs += 1
        if item_id.startswith('post'):
            entries = self.desk.news().count(f'News of {item_id}.')
            result.duplicates += max(0, entries - 1)
            result.lost += not entries

    # -- a cell ------------------------------------------------------------------------------------

    def play(self, cell: Cell) -> Result:
        """Let one thing go wrong, and look at the end."""
        result = Result(cell.name)
        item_id = self.put(cell.kind)
        moves = cell.place in MOVES
        script = 'archive_queue' if moves else 'post_queue'
        if moves:
            self.rest(item_id, result)
            result.runs = 0
            self.desk.sandbox.clock.advance(MUCH_LATER)
        elif not cell.network and cell.also not in (STALE, STALE_NEXT):
            self.desk.log_out()
        text = self.desk.text()
        with ExitStack() as stack:
            setting = self._setting(cell, item_id, stack)
            agent = ['-sleep'] * (cell.also in CLOCKS)
            started, gate = self.through(
                cell.network, setting.rules, *agent, script=script, **setting.environment
            )
            with gate:
                # Where the queue page leads elsewhere a run ends with that sentence.
                check(started(), result, *[2] * (cell.also == 'page moved'))
            self._meanwhile(cell, text)
            if cell.also in (LATE, STALE_NEXT):
                self.desk.sandbox.clock.advance(LATER)
                network = cell.network if cell.also == LATE else ''
                started, gate = self.through(network, setting.later, script=script)
                with gate:
                    check(started(), result)
        if not all(rule.applied for rule in setting.happens):
            result.wrong.append('it never happened')
        if cell.then:
            self.desk.sandbox.clock.advance(LATER)
            rules = [Rule(action='edit', pid=lambda: None, **{cell.then: 'kill'})]
            started, gate = self.through('', rules, script=script)
            with gate:
                check(started(), result)
        if moves:
            self.away(item_id, result)
            check(self.start()(), result)  # an item in the archive is not sent again
        else:
            self.rest(item_id, result)
        self.count(item_id, result, archived=moves)
        return result

    def _setting(self, cell: Cell, item_id: str, stack: ExitStack) -> Setting:
        """What the cell's first run meets, and what the one after it."""
        rules = cell.rules()
        found = Setting(rules, happens=rules[:1])
        if cell.also in (STALE, STALE_NEXT):
            self._lags(cell, found, stack)
        elif cell.also == LATE:
            found.later = [Rule(method='GET', times=None, change=without(f'of {item_id}.'))]
            found.happens = [*rules, *found.later]
            if cell.network == 'mastodon':
                keys = Keys()
                rules = [keys.keep(rules[0])]
                found.happens = [*rules, *found.later]
                found.later = [keys.repeats, *found.later]
            found.rules = [*rules, *found.later]
        elif cell.also in CLOCKS:
            path = self.desk.sandbox.folder / f'clock-of-run-{self._number}'
            path.write_text('+0\n', 'ascii')
            then = f'{CLOCKS[cell.also]:+d}\n'
            found.environment = dict(self.desk.sandbox.clock_environment(path))
            found.rules = [at(cell.when(), lambda: path.write_text(then, 'ascii')), *rules]
        elif cell.also in VANDALS:
            # Between the claim and the record: while the post is on its way.
            found.rules = [at(cell.when(), lambda: self._vandal(cell)), *rules]
        return found

    def _lags(self, cell: Cell, found: Setting, stack: ExitStack) -> None:
        """Reads come from a copy of the wiki as it is now: in this run from its edit on, or in the next."""
        folder = self.desk.sandbox.folder / f'replica-{self._number}'
        replica = stack.enter_context(self.desk.sandbox.replica(folder))
        begun = [cell.also == STALE_NEXT]
        # Reads are POST requests, too: what tells them is what they ask for.
        reads = Rule(action='query', when=lambda _: any(begun), times=None, elsewhere=replica.url)
        if cell.also == STALE:
            found.rules = [at(cell.when(), lambda: begun.append(True)), *found.rules, reads]
        found.later = [reads]
        found.happens = [*found.happens, reads]

    def _vandal(self, cell: Cell) -> None:
        """Somebody takes the item off, or moves the page away."""
        if cell.also == 'page moved':
            self.desk.person('Admin').move(QUEUE, AWAY)
            return
        text = '' if cell.also == 'page blanked' else self.empty
        self.desk.person('Mallory').edit(QUEUE, text, 'gone')

    def _meanwhile(self, cell: Cell, text: str) -> None:
        desk = self.desk
        if cell.also in ('page blanked', 'item taken off'):
            # What the run has written to the archive stays there; somebody brings the item back as it was.
            if f'| id = {text.partition("| id = ")[2].split()[0]}\n' not in desk.text():
                desk.person('Carol').edit(QUEUE, text, 'back')
        elif cell.also == 'page moved':
            desk.person('Admin').move(AWAY, QUEUE)
        elif cell.also == 'home wiped':
            for one in desk.sandbox.pywikibot.iterdir():
                # What the operator has put there; a job finds nothing else after an outage.
                if one.is_dir() and one.name != 'families':
                    shutil.rmtree(one)
                elif one.suffix == '.lwp':
                    one.unlink()
        elif cell.also == 'two hours later':
            desk.sandbox.clock.advance(7200)


def at(when: Callable[[Request], bool], act: Callable[[], object]) -> Rule:
    """A rule that changes no request, and does something once such a request has come."""
    done = False

    def seen(request: Request) -> bool:
        nonlocal done
        if not done and when(request):
            done = True
            act()
        return False

    return Rule(when=seen)


def check(run: Run, result: Result, *allowed: int) -> None:
    """Count a run; it may have been killed, and must not end in another way than runs do."""
    result.runs += 1
    if run.code not in (0, 1, 75, -signal.SIGKILL, *allowed) or FAULT in run.text:
        result.wrong.append(f'exit code {run.code}: {run.text[-300:]}')


def total(results: Sequence[Result]) -> dict[str, Any]:
    """The sums of a table's row."""
    runs = Counter(one.runs for one in results)
    return {
        'cells': len(results),
        'duplicates': sum(one.duplicates for one in results),
        'lost': sum(one.lost for one in results),
        'wedged': sum(one.wedged for one in results),
        'page differs': sum(one.differs for one in results),
        'unconfirmed': sum(one.unconfirmed for one in results),
        'runs to rest': f'{sum(n * count for n, count in runs.items()) / max(1, len(results)):.1f}'
        f' (at most {max(runs, default=0)})',
    }
