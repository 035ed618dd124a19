"""What the queue page costs the wiki that shows it, by its parser's own report."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.runs import fresh
from tests.bench.table import Table
from tests.onwiki.desk import item
from tests.real.desk import QUEUE

_WORDS = 'A post of usual length about MediaWiki: https://www.mediawiki.org/wiki/MediaWiki ' * 2


def page() -> Iterator[Table]:
    """The queue with its overview, of growing length, rendered anew."""
    table = Table(
        'The queue page on the wiki',
        'Rendering the page with its overview and so many cards, as the parser reports it (limits: '
        '2,048 kB of included text; 7 s of Lua, 10 s on Wikimedia’s wikis; 50 MB for Lua). A page of '
        'items is cached for an hour.',
        ('items', 'CPU s', 'wall s', 'Lua s', 'Lua MB', 'included kB'),
    )
    with fresh() as desk:
        admin = desk.person('Admin')
        for count in (1, 10, 25, 50, 100):
            cards = (f'== {n} ==\n{item(id=f"i-{n}", text=f"{_WORDS}{n}")}' for n in range(count))
            admin.edit(QUEUE, '\n'.join(['{{Social media overview}}', *cards]))
            admin.api(action='purge', titles=QUEUE)
            parsed = admin.api(action='parse', page=QUEUE, prop='limitreportdata')['parse']
            report = {
                one['name'].rpartition('limitreport-')[2]: one.get('0')
                for one in parsed['limitreportdata']
            }
            table.add(
                count,
                float(report['cputime']),
                float(report['walltime']),
                float(report['timeusage']),
                int(report['memusage']) / 2**20,
                int(report['postexpandincludesize']) // 1024,
            )
    yield table
