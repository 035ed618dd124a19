"""A real server with a Mastodon API: snac2, listening on 127.0.0.1 only.

Where it differs from Mastodon: no idempotency keys, no ``since_id``, no rate limits. A mention is
understood in its short form only (``@mediawiki``): an address with a port is none for it. It
arrives some seconds later.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import requests

from mwsocial.errors import DeskError

from . import clock, files, process
from .packages import Programs

#: The desk's account, and somebody in the world.
ACCOUNTS = ('mediawiki', 'reader')
_NOBODY = 65534
_TOKEN_PATH = '/oauth/x-snac-get-token'
# Each copy stands beside the data, so that a server without rights needs no way to it.
_PROGRAM = 'snac'
_CLOCK = 'clock.so'


def _snac(folder: Path, *arguments: str, text: str = '') -> str:
    answer = subprocess.run(
        [str(folder / _PROGRAM), *arguments],
        input=text,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise DeskError(
            f'snac {arguments[0]} did not work: {(answer.stdout + answer.stderr).strip()[-300:]}'
        )
    return answer.stdout + answer.stderr


def _programs(programs: Programs, folder: Path) -> None:
    for source, name in ((programs.snac, _PROGRAM), (programs.clock_threads, _CLOCK)):
        draft = folder / f'.{name}.new'
        shutil.copyfile(source, draft)
        draft.chmod(0o755)
        draft.replace(folder / name)


def create(programs: Programs, folder: Path, port: int) -> dict[str, str]:
    """Make a new server with its accounts in ``folder``; returns the passwords by name."""
    folder.mkdir(parents=True)
    _programs(programs, folder)
    answers = f'127.0.0.1\n{port}\nlocalhost:{port}\n\n\n'
    _snac(folder, 'init', 'data', text=answers)
    passwords = {}
    for name in ACCOUNTS:
        found = re.search(r'password is (\S+)', _snac(folder, 'adduser', 'data', name))
        if found is None:
            raise DeskError(f'snac told no password for the new account {name}.')
        passwords[name] = found[1]
        path = folder / 'data' / 'user' / name / 'user.json'
        files.write_json(path, {**files.read_json(path), 'show_contact_metrics': True}, 0o644)
    return passwords


def configure(folder: Path, port: int) -> None:
    """Write the server's address and what tests rely on into its configuration."""
    path = folder / 'data' / 'server.json'
    files.write_json(
        path,
        {
            **files.read_json(path),
            'address': '127.0.0.1',
            'port': port,
            'host': f'localhost:{port}',
            'prefix': '',
            'protocol': 'http',
            'num_threads': 32,
            # What it delivers to itself it tries again at once: a connection that it dropped itself would
            # cost two minutes, the next one four.
            'queue_retry_minutes': 0,
            'queue_retry_max': 50,
        },
        0o644,
    )


def start(
    programs: Programs,
    folder: Path,
    port: int,
    marker: str,
    log: Path,
    more: Mapping[str, str],
) -> process.Server:
    """Start the server on 127.0.0.1:``port``; as nobody when this process is root."""
    _programs(programs, folder)
    configure(folder, port)
    # The clock's library comes in last: what it makes as root, nobody could not open.
    under_clock = clock.environment(f'./{_CLOCK}', 'clock')
    command = [
        'env',
        *(f'{name}={value}' for name, value in under_clock.items()),
        f'./{_PROGRAM}',
        'httpd',
        'data',
    ]
    if os.geteuid() == 0:
        for parent, names, others in os.walk(folder / 'data'):
            for name in (*names, *others):
                os.chown(Path(parent, name), _NOBODY, _NOBODY, follow_symlinks=False)
            os.chown(parent, _NOBODY, _NOBODY)
        # The current folder stays usable even where its parents are closed to nobody.
        folder.chmod(0o755)
        command = [
            shutil.which('setpriv') or 'setpriv',
            f'--reuid={_NOBODY}',
            f'--regid={_NOBODY}',
            '--clear-groups',
            *command,
        ]
    return process.start(
        command,
        marker=marker,
        folder=folder,
        log=log,
        environment={'PATH': '/usr/bin:/bin', 'LC_ALL': 'C.UTF-8', **more},
    )


def new_token(url: str, name: str, password: str) -> str:
    """An access token of the account ``name``.

    Raises DeskError when the server gives none.
    """
    answer = requests.post(url + _TOKEN_PATH, data={'login': name, 'passwd': password}, timeout=20)
    token = answer.text.strip()
    if answer.status_code != 200 or not token:
        raise DeskError(f'snac gave no token for {name} (status {answer.status_code}).')
    return token


def deliver_again(folder: Path, account: str, urls: Iterable[str]) -> None:
    """Put posts of the account into the server's queue once more.

    snac2 names what it queues by the microsecond: where two come at once, one is lost. What has arrived
    before is told twice.
    """
    wanted = set(urls)
    queue = folder / 'data' / 'user' / account / 'queue'
    owner = queue.stat()
    for note in statuses(folder, account):
        if note['id'] not in wanted:
            continue
        activity = {
            **{name: note[name] for name in ('@context', 'published', 'to', 'cc')},
            'type': 'Create',
            'id': f'{note["id"]}/Create',
            'actor': note['attributedTo'],
            'object': note,
        }
        # The server's clock may be ahead, never behind: the time in the name has come there, too.
        ticket = f'{time.time():.6f}'
        path = queue / f'{ticket}.json'
        draft = queue / f'{ticket}.again'
        message = {'type': 'message', 'message': activity, 'retries': 0, 'ntid': ticket}
        files.write_json(draft, message, 0o644)
        os.chown(draft, owner.st_uid, owner.st_gid)
        draft.rename(path)


def statuses(folder: Path, account: str) -> list[dict[str, Any]]:
    """What the account itself posted, oldest first, read from the server's own files.

    Each is the ActivityPub object as the server keeps it: ``id``, ``content``, ``published``…
    """
    # private.idx and public.idx hold the account's timelines; its own posts name it as author.
    found: dict[str, dict[str, Any]] = {}
    for path in (folder / 'data' / 'object').rglob('*.json'):
        value = files.read_json(path)
        if (
            isinstance(value, dict)
            and value.get('type') in ('Note', 'Question')
            and str(value.get('attributedTo', '')).rstrip('/').endswith(f'/{account}')
        ):
            found[value['id']] = value
    return sorted(found.values(), key=lambda value: (value.get('published', ''), value['id']))
