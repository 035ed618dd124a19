"""What whole runs cost: requests, edits, CPU, memory; how planning grows with the page, counting with texts.

``make bench`` prints one table for each (``python -m tests.bench counting`` only that one). Times are of
this machine and are compared with nothing; counts and ratios are what to look at.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from mwsocial.channels.counting import Weigher, weigher
from mwsocial.delivery.assemble import validity_desk
from mwsocial.desk.item import Queue
from mwsocial.desk.judge import Bench, judge
from mwsocial.desk.knowledge import Need, Person, Rights
from mwsocial.sandbox import Gate, Rule
from mwsocial.sandbox import desk as sandbox_desk
from mwsocial.wiki.config import NETWORKS, parse_config
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.revision import Revision
from tests.channels.texts import HOSTILE, TEXTS
from tests.real.desk import CONFIG, NEWS, QUEUE, Desk

ITEM = """== item-{0} ==
{{{{Social media item
| id         = item-{0}
| text       = MediaWiki 1.{0} is out: https://www.mediawiki.org/wiki/MediaWiki_1.{0} #MediaWiki{1}
| language   = en
| news       = '''[[MediaWiki 1.{0}]]''' has been released.
}}}}

"""


def write(line: str = '') -> None:
    """One line of the report."""
    sys.stdout.write(line + '\n')


def measured(desk: Desk, label: str, script: str = 'post_queue') -> None:
    """Run a script once through gates, and print what it took."""
    before = len(desk.edits()), len(desk.edits(NEWS))
    with Gate(desk.sandbox.url) as wiki, Gate(desk.sandbox.mastodon_url) as network:
        start = time.monotonic()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, '-m', f'scripts.{script}', '-nolog']
        changes = {'MWSOCIAL_WIKI': wiki.host, 'MWSOCIAL_MASTODON_URL': network.url}
        timed = [sys.executable, '-c', PEAK, *command]
        done = subprocess.run(
            timed, env=desk.environment(**changes), capture_output=True, text=True, check=False
        )
        wall = time.monotonic() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    peak = int(done.stderr.rstrip().splitlines()[-1]) // 1024
    edits = len(desk.edits()) - before[0]
    news = len(desk.edits(NEWS)) - before[1]
    write(
        f'{label:34} {done.returncode:4} {len(wiki.requests):9} {len(network.requests):9} '
        f'{edits:6} {news:5} {cpu:6.2f} {wall:6.2f} {peak:6}'
    )


#: Runs a command and says its peak memory in kilobytes on the last line of standard error.
PEAK = (
    'import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); '
    'sys.stderr.write(f"\\n{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}\\n"); '
    'raise SystemExit(code)'
)


def runs() -> None:
    """Idle and posting runs on the real wiki."""
    write(
        'run                                exit  to wiki to netw.  edits  news    CPU   wall     MB'
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        sandbox_desk.scratch(Path(folder) / 'it', **{'quiet minutes': 0}) as sandbox,
        Desk(sandbox) as desk,
    ):
        carol, alice = desk.person('Carol'), desk.person('Alice')
        text = desk.text() + '\n\n' + ''.join(ITEM.format(n, '') for n in range(50))
        carol.edit(QUEUE, text, 'fifty items')
        measured(desk, 'idle, 50 items, first login')
        measured(desk, 'idle, 50 items, cookies kept')
        text = desk.text()
        for number in range(10):
            item_id = f'item-{number}'
            line = f'| approved   = {desk.fingerprint(item_id)} ~~~~\n'
            text = text.replace(f'| id         = {item_id}\n', f'| id         = {item_id}\n{line}')
        alice.edit(QUEUE, text, 'ten approvals')
        measured(desk, 'posting, 10 of 50 items due')
        measured(desk, 'idle, 10 of 50 items posted')
        measured(desk, 'first cycle, every step', 'run_desk')
        measured(desk, 'idle cycle', 'run_desk')


#: Seconds that each network takes for a post, in ``side_by_side``.
SLOW = 3.0


def side_by_side() -> None:
    """One item to four slow networks: a run takes about as long as the slowest, not the sum."""
    others = ('x', 'facebook', 'bluesky')
    write()
    write(f'channels: four networks that take {SLOW:.0f} s for a post')
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = {'quiet minutes': 0}
        sandbox = sandbox_desk.scratch(folder / 'it', '.sandbox', others, **settings)
        stack.enter_context(sandbox)
        desk = stack.enter_context(Desk(sandbox))
        urls = {'mastodon': sandbox.mastodon_url}
        urls |= {name: sandbox.network(name).url for name in others}
        gates = {name: stack.enter_context(Gate(url)) for name, url in urls.items()}
        changes = {f'MWSOCIAL_{name.upper()}_URL': gate.url for name, gate in gates.items()}
        for item_id, slow in (('quick', False), ('slow', True)):
            desk.propose(item_id, text=f'The {item_id} one.')
            desk.approve(item_id)
            for name, gate in gates.items():
                if slow:
                    gate.rules.append(Rule(method='POST', path=_POSTS[name], hang=SLOW))
            start = time.monotonic()
            run = desk.run('post_queue', **changes)
            write(f'  {item_id:6} exit {run.code} {time.monotonic() - start:6.2f} s wall')


_POSTS = {
    'mastodon': '/api/v1/statuses', 'x': '/2/tweets', 'facebook': '/v26.0/100200300400/feed',
    'bluesky': '/xrpc/com.atproto.repo.createRecord',
}  # fmt: skip


class NoHistory:
    """A history that nobody needs: the items are only proposed."""

    chain = (Revision(1, 0, 'Carol', 2, datetime(2026, 11, 24, tzinfo=UTC)),)

    def __init__(self, text: str, queue: Queue) -> None:
        self._text = text
        self._queue = queue

    def queue(self, revid: int) -> Queue:
        return self._queue

    def text(self, revid: int) -> str:
        return self._text

    def person(self, name: str) -> Person:
        raise Need(people=[name])

    def former_rights(self, name: str) -> list[Rights]:
        raise Need(former=[name])


def planning() -> None:
    """CPU seconds to read and judge queue pages of growing size."""
    config = parse_config(
        '{"bot": "Bot", "approvers": {"users": ["Alice"]}, "channels": {"mastodon": '
        '{"network": "mastodon", "account": "@m@example.org"}}}',
        CONFIG,
    )
    bench = Bench(config.rules(), validity_desk(config))
    now = datetime(2026, 11, 24, tzinfo=UTC)
    write()
    write('planning: items   bytes    CPU s   ms/item')
    for count, padding in ((10, ''), (100, ''), (1000, ''), (1000, ' word' * 345)):
        text = ''.join(ITEM.format(n, padding) for n in range(count))
        start = time.process_time()
        queue = read_queue(text)
        judge(queue, NoHistory(text, queue), bench, now)
        used = time.process_time() - start
        write(f'{count:15} {len(text):8} {used:8.3f} {1000 * used / count:8.2f}')


def counting() -> None:
    """CPU seconds to count 10,000 ordinary texts, and the worst of the hostile ones of 100 kB."""
    write()
    write('counting: network  10,000 texts   hostile 25 kB  hostile 100 kB   of')
    ordinary = [text[:280] for text in TEXTS]
    for network in NETWORKS:
        weigh = weigher(network)
        weigh('a.de', '')  # Tables are read once.
        start = time.process_time()
        for number in range(10_000):
            weigh(ordinary[number % len(ordinary)], '')
        used = time.process_time() - start
        worst = max((_seconds(weigh, unit, 100_000), unit) for unit in HOSTILE)
        small = _seconds(weigh, worst[1], 25_000)
        write(f'{network:>17} {used:13.2f} {small:15.3f} {worst[0]:15.3f}   {worst[1]!a:.30}')


def _seconds(weigh: Weigher, unit: str, size: int) -> float:
    text = unit * (size // len(unit.encode())) + '.de'
    start = time.process_time()
    weigh(text, '')
    return time.process_time() - start


if __name__ == '__main__':
    parts = {
        'runs': runs, 'channels': side_by_side, 'planning': planning, 'counting': counting,
    }  # fmt: skip
    for name in sys.argv[1:] or parts:
        parts[name]()
