"""A desk on which one thing after the other goes wrong, and what stands on the servers afterwards."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mwsocial.sandbox import Gate, Rule
from mwsocial.sandbox import desk as sandbox_desk
from mwsocial.sandbox.networks import posts
from tests.pictures.scenes import flower
from tests.real.desk import QUEUE, Desk, Run, Started
from tests.trust.faults import CREATES, Cell

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


@contextmanager
def staged(folder: Path, base: Path) -> Iterator[Stage]:
    """A stage of its own, which stops with the context."""
    with (
        sandbox_desk.scratch(folder, base, NETWORKS[1:], **{'quiet minutes': 0}) as box,
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

    def through(self, place: str, rules: list[Rule], *agent: str) -> tuple[Started, ExitStack]:
        """Start a run whose way to one server leads through a gate with *rules*; a rule that kills is
        told the process.
        """
        stack = ExitStack()
        where = place if place in CREATES else 'wiki'
        gate = stack.enter_context(Gate(self.urls()[where]))
        variable = 'MWSOCIAL_WIKI' if where == 'wiki' else f'MWSOCIAL_{where.upper()}_URL'
        started = self.start(*agent, **{variable: gate.host if where == 'wiki' else gate.url})
        for rule in rules:
            rule.pid = started.process.pid
        gate.rules += rules
        return started, stack

    def start(self, *agent: str, **environment: str) -> Started:
        """Start a run, as the agent does where it is given options."""
        if not agent:
            return self.desk.start('post_queue', **environment)
        command = [sys.executable, '-m', 'tests.trust.agent', *agent, 'post_queue']
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

    def rest(self, item_id: str, result: Result, first: Run | None, *agent: str) -> None:
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
            run = self.start(*agent)()
            result.runs += 1
            if run.code not in (0, 1, 75) or FAULT in run.text:
                result.wrong.append(f'exit code {run.code}: {run.text[-300:]}')
        if desk.item(item_id).bot.get('state') != 'posted':
            result.wedged += 1
            result.wrong.append(str(dict(desk.item(item_id).bot)))

    def count(self, item_id: str, result: Result) -> None:
        """Compare the page with the servers."""
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
        if cell.place not in CREATES:
            self.desk.log_out()
        text = self.desk.text()
        started, stack = self.through(cell.place, cell.rules())
        with stack:
            if cell.also in ('page blanked', 'item taken off', 'page moved'):
                self._vandal(cell, started)
            run = started()
        result.runs += 1
        # Where the queue page leads elsewhere a run ends with that sentence.
        codes = (0, 1, 2, 75) if cell.also == 'page moved' else (0, 1, 75)
        if run.code not in codes or FAULT in run.text:
            result.wrong.append(f'exit code {run.code}: {run.text[-300:]}')
        self._meanwhile(cell, text)
        if cell.then:
            self.desk.sandbox.clock.advance(LATER)
            rules = [Rule(action='edit', pid=lambda: None, **{cell.then: 'kill'})]
            started, stack = self.through('wiki', rules)
            with stack:
                started()
            result.runs += 1
        self.rest(item_id, result, run)
        self.count(item_id, result)
        return result

    def _vandal(self, cell: Cell, started: Started) -> None:
        """Between the claim and the record somebody takes the item off, or moves the page away."""
        before = len(self.desk.edits())
        while started.process.poll() is None and len(self.desk.edits()) == before:
            pass
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


def total(results: list[Result]) -> dict[str, Any]:
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
