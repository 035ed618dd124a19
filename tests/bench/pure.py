"""CPU of the pure parts: how planning grows with the page, and counting with texts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from mwsocial.channels.counting import Weigher, weigher
from mwsocial.delivery.assemble import validity_desk
from mwsocial.desk.item import Queue
from mwsocial.desk.judge import Bench, judge
from mwsocial.desk.knowledge import Need, Person, Rights
from mwsocial.wiki.config import NETWORKS, parse_config
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.revision import Revision
from tests.bench.item import ITEM
from tests.bench.table import Table
from tests.channels.texts import HOSTILE, TEXTS
from tests.real.desk import CONFIG


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


def planning() -> Iterator[Table]:
    """CPU seconds to read and judge queue pages of growing size."""
    config = parse_config(
        '{"bot": "Bot", "approvers": {"users": ["Alice"]}, "channels": {"mastodon": '
        '{"network": "mastodon", "account": "@m@example.org"}}}',
        CONFIG,
    )
    bench = Bench(config.rules(), validity_desk(config))
    now = datetime(2026, 11, 24, tzinfo=UTC)
    table = Table(
        'Reading and judging the queue page',
        'CPU of one process, without requests; the last page is as large as MediaWiki takes.',
        ('items', 'bytes', 'CPU s', 'ms for an item'),
    )
    for count, padding in ((10, ''), (100, ''), (1000, ''), (1000, ' word' * 345)):
        text = ''.join(ITEM.format(n, padding) for n in range(count))
        start = time.process_time()
        queue = read_queue(text)
        judge(queue, NoHistory(text, queue), bench, now)
        used = time.process_time() - start
        table.add(count, len(text), f'{used:.3f}', 1000 * used / count)
    yield table


def counting() -> Iterator[Table]:
    """CPU seconds to count 10,000 ordinary texts, and the worst of the hostile ones of 100 kB."""
    table = Table(
        'Counting lengths',
        'CPU seconds for 10,000 ordinary texts, and for the worst of the hostile ones.',
        ('network', '10,000 texts', 'hostile 25 kB', 'hostile 100 kB', 'made of'),
    )
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
        named = f'{worst[1]!a:.30}'.replace('|', '¦')
        table.add(network, used, f'{small:.3f}', f'{worst[0]:.3f}', f'`{named}`')
    yield table


def _seconds(weigh: Weigher, unit: str, size: int) -> float:
    text = unit * (size // len(unit.encode())) + '.de'
    start = time.process_time()
    weigh(text, '')
    return time.process_time() - start
