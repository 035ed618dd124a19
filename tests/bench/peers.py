"""Other programs that post to Mastodon, on the same server and in the same run as ours.

``toot`` posts what its command line says; ``feed2toot`` posts the new entries of a feed and keeps a
cache of what it has posted. Neither reads a wiki, proves an approval, claims or records: the ratios
say what all that costs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mwsocial.sandbox import Gate
from tests.bench import cost
from tests.bench.cost import Cost
from tests.bench.runs import approve, fill, fresh
from tests.bench.table import Table
from tests.real.desk import Desk

#: What is installed, into an environment of its own.
PEERS = ('toot==0.52.1', 'feed2toot==0.17')
COUNTS = (1, 10)


def programs() -> Path:
    """The folder of the peers' programs; they are installed if they are not there yet."""
    folder = Path('.sandbox/peers')
    if not (folder / 'bin/feed2toot').exists():
        subprocess.run([sys.executable, '-m', 'venv', str(folder)], check=True)
        pip = [str(folder / 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check']
        subprocess.run([*pip, *PEERS], check=True)
    return folder.absolute() / 'bin'


def peers() -> Iterator[Table]:
    """1 and 10 posts by each, from the start of the process to its end."""
    table = Table(
        'Beside other programs',
        f'So many posts to the same Mastodon-API server by {" and ".join(PEERS)} and by `post_queue`, '
        'which besides reads the wiki, proves each approval, and claims and records on the wiki. '
        '`toot` takes one post a run. Ratios are of wall time and CPU, ours to theirs.',
        ('posts', 'program', 'to the network', 'CPU s', 'wall s', 'MB', 'CPU ratio', 'wall ratio'),
    )
    bin_folder = programs()
    for count in COUNTS:
        with fresh() as desk, tempfile.TemporaryDirectory() as home:
            fill(desk, count)
            cost.script(desk)  # the login, which is kept
            approve(desk, count)
            ours = cost.script(desk)
            if ours.code or len(desk.posts()) != count:
                raise RuntimeError(f'our run did not post {count}: {ours.output}')
            table.add(count, 'mwsocial', ours.network, ours.cpu, ours.wall, ours.memory, '', '')
            for name, run in (('toot', _toot), ('feed2toot', _feed2toot)):
                before = len(desk.posts())
                with Gate(desk.sandbox.mastodon_url) as gate:
                    theirs = run(bin_folder, desk, gate.url, Path(home), count)
                    asked = len(gate.requests)
                if len(desk.posts()) - before != count:
                    raise RuntimeError(f'{name} did not post {count}: {theirs.output}')
                table.add(
                    count, name, asked, theirs.cpu, theirs.wall, theirs.memory,
                    ours.cpu / theirs.cpu, ours.wall / theirs.wall,
                )  # fmt: skip
    yield table


def _token(desk: Desk) -> str:
    return desk.sandbox.environment['MWSOCIAL_MASTODON_TOKEN']


def _toot(bin_folder: Path, desk: Desk, url: str, home: Path, count: int) -> Cost:
    """One run of toot for each post; the sum."""
    instance = url.removeprefix('http://')
    user = {'instance': instance, 'username': 'mediawiki', 'access_token': _token(desk)}
    app = {'instance': instance, 'base_url': url, 'client_id': 'x', 'client_secret': 'x'}
    folder = home / 'toot'
    folder.mkdir(exist_ok=True)
    (folder / 'config.json').write_text(
        json.dumps(
            {
                'apps': {instance: app},
                'users': {f'mediawiki@{instance}': user},
                'active_user': f'mediawiki@{instance}',
            }
        ),
        'utf-8',
    )
    environment = cost.bare_environment(HOME=str(home), XDG_CONFIG_HOME=str(home))
    found = [
        cost.command(
            [str(bin_folder / 'toot'), 'post', f'Toot {number}: https://www.mediawiki.org'],
            environment,
        )
        for number in range(count)
    ]
    return Cost(
        max(one.code for one in found),
        sum(one.cpu for one in found),
        sum(one.wall for one in found),
        max(one.memory for one in found),
        ''.join(one.output for one in found),
    )


_INI = """[mastodon]
instance_url={url}
client_credentials={home}/client.txt
user_credentials={home}/user.txt
[cache]
cachefile={home}/feed2toot.db
[lock]
lock_file={home}/feed2toot.lock
[rss]
uri={home}/feed.xml
toot={{title}} {{link}}
toot_max_len=500
"""


def _feed2toot(bin_folder: Path, desk: Desk, url: str, home: Path, count: int) -> Cost:
    """One run of feed2toot over a feed with so many entries."""
    (home / 'client.txt').write_text('x\nx\n', 'utf-8')
    (home / 'user.txt').write_text(f'{_token(desk)}\n{url}\n', 'utf-8')
    entries = ''.join(
        f'<item><title>Entry {number}</title><link>https://www.mediawiki.org/wiki/{number}</link>'
        f'<guid>{number}</guid></item>'
        for number in range(count)
    )
    (home / 'feed.xml').write_text(
        f'<rss version="2.0"><channel><title>News</title>{entries}</channel></rss>', 'utf-8'
    )
    (home / 'feed2toot.ini').write_text(_INI.format(home=home, url=url), 'utf-8')
    with suppress(FileNotFoundError):
        (home / 'feed2toot.lock').unlink()
    return cost.command(
        [str(bin_folder / 'feed2toot'), '-c', str(home / 'feed2toot.ini'), '--limit', str(count)],
        cost.bare_environment(HOME=str(home)),
    )


def startup() -> Iterator[Table]:
    """What it takes to start: the help of each, which asks no server."""
    table = Table(
        'Start-up',
        'The help of each program, the best of five: what it takes before any work is done.',
        ('program', 'CPU s', 'wall s', 'MB'),
    )
    bin_folder = programs()
    commands = {
        'post_queue': [sys.executable, '-m', 'scripts.post_queue', '-help'],
        'run_desk': [sys.executable, '-m', 'scripts.run_desk', '-help'],
        'toot': [str(bin_folder / 'toot'), '--help'],
        'feed2toot': [str(bin_folder / 'feed2toot'), '--help'],
    }
    with tempfile.TemporaryDirectory() as home:
        for name, arguments in commands.items():
            environment = cost.bare_environment(HOME=home, PYWIKIBOT_NO_USER_CONFIG='2')
            found = [cost.command(arguments, environment) for _ in range(5)]
            table.add(
                name, min(one.cpu for one in found), min(one.wall for one in found),
                max(one.memory for one in found),
            )  # fmt: skip
    yield table
