"""Whole runs on the real wiki: idle and posting, and how they grow."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from mwsocial.sandbox import Gate, Rule
from mwsocial.sandbox import desk as sandbox_desk
from tests.bench import cost
from tests.bench.cost import Cost
from tests.bench.item import ITEM
from tests.bench.table import Table
from tests.real.desk import QUEUE, Desk
from tests.real.world import say

HEAD = ('run', 'exit', 'to the wiki', 'to the network', 'queue edits', 'news edits', 'CPU s',
        'wall s', 'MB')  # fmt: skip


@contextmanager
def fresh(*others: str, **settings: object) -> Iterator[Desk]:
    """A desk of its own, with other networks if asked, without quiet minutes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = {'quiet minutes': 0, **settings}
        box = sandbox_desk.scratch(folder / 'it', '.sandbox', others, **settings)
        yield stack.enter_context(Desk(stack.enter_context(box)))


def fill(desk: Desk, count: int, prefix: str = 'item') -> None:
    """Carol proposes so many items in one edit."""
    sections = ''.join(ITEM.format(n, '') for n in range(count)).replace('item-', f'{prefix}-')
    desk.person('Carol').edit(QUEUE, f'{desk.text()}\n\n{sections}', 'items')


def approve(desk: Desk, count: int, prefix: str = 'item') -> None:
    """Alice approves the first so many items in one edit."""
    text = desk.text()
    items = desk.items()
    for number in range(count):
        item_id = f'{prefix}-{number}'
        line = f'| approved   = {desk.mark(items[item_id])} ~~~~\n'
        text = text.replace(f'| id         = {item_id}\n', f'| id         = {item_id}\n{line}')
    desk.person('Alice').edit(QUEUE, text, 'approvals')


def _row(table: Table, label: str, one: Cost) -> None:
    table.add(
        label, one.code, one.wiki, one.network, one.edits, one.news, one.cpu, one.wall, one.memory
    )


def runs() -> Iterator[Table]:
    """Idle and posting runs with 50 items on the page."""
    table = Table(
        'Runs with 50 items on the queue',
        'Requests are counted by proxies before the servers; CPU, time and memory are those of the '
        'whole process, from its start to its end.',
        HEAD,
    )
    with fresh() as desk:
        fill(desk, 50)
        _row(table, 'idle, first login', cost.script(desk))
        _row(table, 'idle, cookies kept', cost.script(desk))
        approve(desk, 10)
        _row(table, 'posting 10 of 50 items', cost.script(desk))
        _row(table, 'idle, 10 of 50 items posted', cost.script(desk))
        _row(table, '`run_desk`, first cycle, every step', cost.script(desk, 'run_desk'))
        _row(table, '`run_desk`, idle', cost.script(desk, 'run_desk'))
    yield table


def watch() -> Iterator[Table]:
    """What a watch that has nothing to do asks for, and how soon it acts on an approval."""
    table = Table(
        '`run_desk -watch`',
        'On a wiki without a stream of recent changes, `-poll:1`: requests to the wiki while nothing '
        'happens, and the time from the approving edit to the post (no quiet minutes).',
        ('what', 'value'),
    )
    with fresh() as desk, Gate(desk.sandbox.url) as gate:
        started = desk.start('run_desk', '-watch', '-poll:1', MWSOCIAL_WIKI=gate.host)
        try:
            desk.propose('first', text='first')
            desk.approve('first')
            _wait(lambda: len(desk.posts()) == 1)
            _wait(lambda: desk.item('first').bot.get('state') == 'posted')
            time.sleep(5)
            before, begun = len(gate.requests), time.monotonic()
            time.sleep(20)
            rate = (len(gate.requests) - before) / (time.monotonic() - begun)
            table.add('requests an hour while idle', f'{rate * 3600:.0f}')
            desk.propose('second', text='second')
            begun = time.monotonic()
            desk.approve('second')
            _wait(lambda: len(desk.posts()) == 2)
            table.add('from the approval to the post', f'{time.monotonic() - begun:.2f} s')
        finally:
            started.end()
    yield table


def _wait(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise RuntimeError('it never came')
        time.sleep(0.01)


def items() -> Iterator[Table]:
    """How an idle run and a posting run grow with the items on the page."""
    table = Table(
        'Growth with the number of items',
        'An idle run (cookies kept), and a run that posts all of them, in one claim and one record.',
        HEAD,
    )
    for count in (1, 10, 50, 200):
        with fresh() as desk:
            fill(desk, count)
            cost.script(desk)
            _row(table, f'{count} items, idle', cost.script(desk))
            if count <= 50:
                approve(desk, min(count, 20))
                _row(table, f'{count} items, posting {min(count, 20)}', cost.script(desk))
    yield table


def history() -> Iterator[Table]:
    """How a run grows with the length of the queue page's history."""
    table = Table(
        'Growth with the history of the queue page',
        'One approved item; the revisions after its approval change other words of the page. The '
        'wiki gives 500 revisions’ metadata in one answer to a bot.',
        HEAD,
    )
    with fresh() as desk:
        carol = desk.person('Carol')
        fill(desk, 5)
        approve(desk, 1)
        text = desk.text()
        done = len(carol.history(QUEUE))
        for wanted in (10, 100, 1000, 5000):
            more = [f'{text}\nrevision {number}' for number in range(done, wanted)]
            desk.sandbox.edit_often('Carol', QUEUE, more, 'more')
            done = wanted
            one = cost.script(desk, 'post_queue', '-simulate')
            _row(table, f'{wanted} revisions, `-simulate`', one)
        _row(table, f'{wanted} revisions, posting', cost.script(desk))
        _row(table, f'{wanted} revisions, idle after it', cost.script(desk))
    yield table


def mentions() -> Iterator[Table]:
    """How pulling mentions grows with their number."""
    table = Table(
        'Growth with the number of mentions',
        '`pull_mentions` with so many new mentions on the Mastodon-API server, and again with none '
        'new. All new ones are one edit of the page of mentions.',
        ('run', 'exit', 'to the wiki', 'to the network', 'edits', 'CPU s', 'wall s', 'MB'),
    )
    page = 'Social media/Mentions'
    for count in (1, 10, 40):
        with fresh() as desk:
            say(desk.sandbox, *(f'MediaWiki is great, {number}' for number in range(count)))
            for label in (f'{count} new mentions', f'{count} known mentions'):
                before = len(desk.edits(page))
                one = cost.script(desk, 'pull_mentions')
                edits = len(desk.edits(page)) - before
                table.add(
                    label, one.code, one.wiki, one.network, edits, one.cpu, one.wall, one.memory
                )
    yield table


#: Seconds that each network takes for a post, in ``channels``.
SLOW = 3.0
_POSTS = {
    'mastodon': '/api/v1/statuses', 'x': '/2/tweets', 'facebook': '/v26.0/100200300400/feed',
    'bluesky': '/xrpc/com.atproto.repo.createRecord',
}  # fmt: skip


def channels() -> Iterator[Table]:
    """One item to one to four networks, quick and slow: a run takes about as long as the slowest."""
    table = Table(
        'Growth with the number of channels',
        f'One item to so many networks, as they answer at once and as each takes {SLOW:.0f} s for a '
        'post: they are posted to side by side.',
        ('channels', 'networks', 'exit', 'CPU s', 'wall s'),
    )
    everything = ('mastodon', 'x', 'facebook', 'bluesky')
    with ExitStack() as stack:
        desk = stack.enter_context(fresh(*everything[1:]))
        urls = {'mastodon': desk.sandbox.mastodon_url}
        urls |= {name: desk.sandbox.network(name).url for name in everything[1:]}
        gates = {name: stack.enter_context(Gate(url)) for name, url in urls.items()}
        changes = {f'MWSOCIAL_{name.upper()}_URL': gate.url for name, gate in gates.items()}
        for count in (1, 2, 4):
            for label in ('quick', 'slow'):
                item_id = f'{label}-{count}'
                text = f'The {label} one of {count}.'
                desk.propose(item_id, text=text, channels=', '.join(everything[:count]))
                desk.approve(item_id)
                for name, gate in gates.items():
                    gate.rules.clear()
                    if label == 'slow':
                        gate.rules.append(Rule(method='POST', path=_POSTS[name], hang=SLOW))
                start = time.monotonic()
                one = cost.command(
                    [sys.executable, '-m', 'scripts.post_queue', '-nolog'],
                    desk.environment(**changes),
                )
                table.add(count, label, one.code, one.cpu, time.monotonic() - start)
    yield table
