"""One item from proposal to posted, played by real people and the real script on real servers."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from urllib.parse import quote

from mwsocial.desk.fingerprint import SHOWN, fingerprint
from mwsocial.errors import DeskError
from mwsocial.wiki.items import read_queue

from .desk import NEWS
from .instance import Sandbox
from .networks import posts

QUEUE = 'Social media/Queue'


def play(sandbox: Sandbox) -> None:
    """Play the story on a running sandbox and print each step with its address.

    Carol proposes, Alice approves, the bot's script posts; then the post, the news and the queue are
    read back. The clock goes on by the desk's quiet time, so that nobody has to wait. Raises DeskError
    where the item does not go out.
    """
    item_id = f'story-{datetime.now(UTC):%Y-%m-%d-%H-%M-%S}'
    words = 'A desk for MediaWiki’s accounts: propose on the wiki, approve there. #MediaWiki'
    names = sorted(('mastodon', *sandbox.networks))
    entry = f'The [[Social media|social media desk]] has posted its story {item_id}.'
    item = (
        f'{{{{Social media item\n| id         = {item_id}\n| text       = {words} ({item_id})\n'
        f'| news       = {entry}\n}}}}'
    )
    carol = sandbox.person('Carol')
    revid = carol.append_section(QUEUE, item_id, item)
    _step(1, 'Carol, an editor, proposes an item on the queue page.', _page(sandbox, QUEUE))
    _step(0, 'Her edit:', _diff(sandbox, revid))

    shown = read_queue(carol.text(QUEUE)).by_id()[item_id]
    mark = fingerprint(shown.content, names, 'en')[:SHOWN]
    decision = f'{{{{Social media decision|id={item_id}|approved={mark} ~~~~}}}}'
    revid = sandbox.person('Alice').append_section(QUEUE, f'Approve {item_id}', decision)
    _step(2, f'Alice, an approver, approves exactly these words (fingerprint {mark[:12]}…).',
          _diff(sandbox, revid))  # fmt: skip

    sandbox.clock.advance(11 * 60)
    print('   Ten minutes of quiet pass (the sandbox’s clock is put forward).')
    print('3. The bot’s job runs:  python -m scripts.post_queue')
    done = subprocess.run(
        [sys.executable, '-m', 'scripts.post_queue', '-nolog'],
        env=os.environ | sandbox.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    for line in (done.stdout + done.stderr).splitlines():
        print(f'   | {line}')

    shown = read_queue(carol.text(QUEUE)).by_id()[item_id]
    records = {name: shown.bot.get(f'sent-{name}', '') for name in names}
    if done.returncode != 0 or not all(one.startswith('posted ') for one in records.values()):
        raise DeskError(
            f'The item did not go out (exit code {done.returncode}); see the lines above.'
        )
    _step(4, 'The post on the Mastodon-API server:', records['mastodon'].split()[-1])
    for name in sandbox.networks:
        _step(0, f'What the stand-in for {name.capitalize()} has accepted (its ledger):',
              str(sandbox.network(name).folder / 'ledger.json'))  # fmt: skip
    _step(5, 'The entry in Template:MediaWiki News:', _page(sandbox, NEWS))
    _step(6, 'The queue page says where everything went:', _page(sandbox, QUEUE))
    posted = [one for one in sandbox.statuses('mediawiki') if item_id in one['content']]
    entries = sandbox.person('Carol').text(NEWS).count(item_id)
    counts = {'mastodon': len(posted)} | {
        name: sum(item_id in one.text for one in posts(name, sandbox.network(name).folder))
        for name in sandbox.networks
    }
    told = ', '.join(f'{name} {counts[name]}' for name in names)
    print(f'   Counted on the servers: {told}; entries in the news {entries}.')
    print('   Names and passwords:  .venv/bin/python -m mwsocial.sandbox status')
    print('   Stop the servers:     make stop')


def _step(number: int, words: str, address: str) -> None:
    print(f'{number}. {words}' if number else f'   {words}')
    print(f'   {address}')


def _page(sandbox: Sandbox, title: str) -> str:
    return f'{sandbox.url}/index.php?title={quote(title.replace(" ", "_"), safe="/:")}'


def _diff(sandbox: Sandbox, revid: int) -> str:
    return f'{sandbox.url}/index.php?diff={revid}'
