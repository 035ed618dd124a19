"""A real MediaWiki on SQLite and PHP's own server, listening on 127.0.0.1 only."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mwsocial.errors import DeskError

from . import clock, files, process
from .packages import Programs

BOT = 'MediaWiki News bot'
BOT_APP = 'desk'
BOT_GRANTS = ('basic', 'editpage', 'createeditmovepage', 'highvolume', 'editprotected')

#: Account -> groups. Alice is an approver by name (in the desk's configuration), Bob by group.
PEOPLE: Mapping[str, tuple[str, ...]] = {
    'Admin': ('sysop', 'bureaucrat', 'interface-admin'),
    'Alice': (),
    'Bob': ('social-approver',),
    'Carol': (),
    'Dave': (),
    'Mallory': (),
    BOT: ('bot',),
}
#: This account is never older than the last start, hence not autoconfirmed.
OUTSIDER = 'Mallory'
_REGISTERED = '20200101000000'

_HERE = Path(__file__).resolve().parent
_OPTIONS = {
    'opcache.enable': '1',
    'opcache.memory_consumption': '192',
    'opcache.interned_strings_buffer': '16',
    'opcache.max_accelerated_files': '20000',
    'memory_limit': '1024M',
    'upload_max_filesize': '50M',
    'post_max_size': '60M',
    'date.timezone': 'UTC',
    'display_errors': 'stderr',
    'html_errors': '0',
}
_WORKERS = '6'


def new_credentials() -> dict[str, Any]:
    """Passwords for all accounts of a new wiki, and the bot password's."""
    return {
        'users': {name: secrets.token_urlsafe(15) for name in PEOPLE},
        # A bot password has 32 letters and digits (BotPassword::PASSWORD_MINLENGTH).
        'bot_password': secrets.token_hex(16),
    }


def _environment(programs: Programs, wiki: Path) -> dict[str, str]:
    return {
        'PATH': os.environ.get('PATH', '/usr/local/bin:/usr/bin:/bin'),
        'LC_ALL': 'C.UTF-8',
        'TMPDIR': str(wiki / 'tmp'),
        'MW_INSTALL_PATH': str(programs.mediawiki),
        'MW_CONFIG_FILE': str(_HERE / 'LocalSettings.php'),
        'MWSOCIAL_SANDBOX_WIKI': str(wiki),
    }


def _clock(programs: Programs, wiki: Path) -> Mapping[str, str]:
    # PHP binds its extensions past what is loaded before it; loaded here, Lua sees the clock, too.
    return clock.environment(f'{programs.clock}:liblua5.1.so.0', str(wiki / 'clock'))


def _php(
    programs: Programs, wiki: Path, arguments: Sequence[str], text: str = '', **more: str
) -> str:
    answer = subprocess.run(
        ['php', '-d', 'memory_limit=1024M', '-d', 'date.timezone=UTC', *arguments],
        input=text,
        env={**_environment(programs, wiki), **_clock(programs, wiki), **more},
        cwd=wiki,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        words = '\n'.join((answer.stdout + answer.stderr).strip().splitlines()[-8:])
        raise DeskError(f'Setting up the wiki did not work; MediaWiki said:\n{words}')
    return answer.stdout


def run_maintenance(programs: Programs, wiki: Path, script: str, *arguments: str) -> str:
    """Run one of MediaWiki's maintenance scripts on the wiki; returns what it printed."""
    return _php(programs, wiki, [str(programs.mediawiki / 'maintenance' / script), *arguments])


def edit_often(
    programs: Programs, wiki: Path, user: str, title: str, texts: Sequence[str], summary: str
) -> None:
    """One revision more of a page for each text (at least one), by the account of that name. Nothing is
    rendered, and no recent change is made, for any but the last.
    """
    wanted = {'user': user, 'title': title, 'texts': list(texts), 'summary': summary}
    _php(programs, wiki, [str(_HERE / 'edits.php')], json.dumps(wanted))


def create(programs: Programs, wiki: Path, credentials: Mapping[str, Any]) -> None:
    """Make a new wiki with its accounts in the folder ``wiki``. Takes some seconds."""
    for name in ('data', 'images', 'cache', 'tmp'):
        (wiki / name).mkdir(parents=True, mode=0o700)
    identify(wiki, 0)
    maintenance = programs.mediawiki / 'maintenance'
    # The installer wants a name and a password of an administrator, in a file.
    password = wiki / 'tmp' / 'password'
    files.write(password, credentials['users']['Admin'])
    _php(
        programs,
        wiki,
        [
            str(maintenance / 'install.php'),
            '--dbtype',
            'sqlite',
            '--dbpath',
            str(wiki / 'data'),
            '--dbname',
            'wiki',
            '--server',
            'http://127.0.0.1',
            '--scriptpath',
            '',
            '--confpath',
            str(wiki / 'tmp'),
            '--passfile',
            str(password),
            'Sandbox',
            'Admin',
        ],
        # No settings file yet: otherwise the installer wants to upgrade.
        MW_CONFIG_FILE=str(wiki / 'tmp' / 'none.php'),
    )
    shutil.rmtree(wiki / 'tmp')
    (wiki / 'tmp').mkdir(mode=0o700)
    _php(programs, wiki, [str(maintenance / 'update.php'), '--quick'])
    people = [
        {
            'name': name,
            'password': credentials['users'][name],
            'groups': groups,
            'registered': None if name == OUTSIDER else _REGISTERED,
            **(
                {
                    'bot_app': BOT_APP,
                    'bot_password': credentials['bot_password'],
                    'grants': BOT_GRANTS,
                }
                if name == BOT
                else {}
            ),
        }
        for name, groups in PEOPLE.items()
    ]
    _php(programs, wiki, [str(_HERE / 'users.php')], json.dumps(people))
    close_books(wiki)


def close_books(wiki: Path) -> None:
    """Leave one file per database, without a journal beside it, so that the folder can be copied.

    The wiki must not run.
    """
    for path in sorted((wiki / 'data').glob('*.sqlite')):
        with closing(sqlite3.connect(path)) as database:
            database.execute('PRAGMA wal_checkpoint(TRUNCATE)')


def identify(wiki: Path, port: int) -> None:
    """Write what tells this wiki from its copies; the key of its sessions is kept."""
    known = files.read_json(wiki / 'wiki.json') or {}
    files.write_json(
        wiki / 'wiki.json',
        {
            'id': known.get('id') or secrets.token_hex(4),
            'secret': known.get('secret') or secrets.token_hex(32),
            'port': port,
        },
    )


def renew_outsider(wiki: Path, now: datetime | None = None) -> None:
    """Let the outsider be registered now (the wiki must not run): four days make a confirmed one.

    Only accounts without the years of the others can show what outsiders may not do.
    """
    moment = (now or datetime.now(UTC)).strftime('%Y%m%d%H%M%S')
    with closing(sqlite3.connect(wiki / 'data' / 'wiki.sqlite')) as database, database:
        database.execute(
            'UPDATE user SET user_registration = ? WHERE user_name = ?', (moment, OUTSIDER)
        )


def start(
    programs: Programs,
    wiki: Path,
    port: int,
    marker: str,
    log: Path,
    compiled: Path,
    more: Mapping[str, str],
) -> process.Server:
    """Start PHP's server for the wiki on 127.0.0.1:``port``.

    ``compiled`` keeps compiled scripts for the next server: the first requests take half the time.
    """
    identify(wiki, port)
    compiled.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = {**_OPTIONS, 'opcache.file_cache': str(compiled)}
    options = [part for key, value in settings.items() for part in ('-d', f'{key}={value}')]
    return process.start(
        [
            shutil.which('php') or 'php',
            *options,
            '-S',
            f'127.0.0.1:{port}',
            '-t',
            str(programs.mediawiki),
            str(_HERE / 'router.php'),
        ],
        marker=marker,
        folder=wiki,
        log=log,
        environment={
            **_environment(programs, wiki),
            'PHP_CLI_SERVER_WORKERS': _WORKERS,
            **_clock(programs, wiki),
            **more,
        },
    )
