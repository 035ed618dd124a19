"""A real Bluesky server, @atproto/pds from npm, listening on 127.0.0.1 only, without an AppView.

It keeps accounts, sessions, records and blobs as the real one does, because it is the real one; it shows
no notifications, timelines or searches. Handles end in ``.test``. Its data stands in one folder, so that
it may be killed and started again. npm asks its own package source; nothing else leaves this machine.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import requests

from mwsocial.errors import ConfigurationError, DeskError, TemporaryError

from . import files, process

#: The newest that runs on Node 20, which Debian's releases have or can have.
VERSION = '0.4.217'
NODE = 20
#: The accounts that a new server has: the desk's, and somebody in the world. (The server keeps some
#: names for itself, such as "reader".)
ACCOUNTS = ('mediawiki.test', 'wikireader.test')
#: The folder of the program, beside the sandbox's other ones.
PROGRAMS = f'programs-pds-{VERSION}'
_HERE = Path(__file__).resolve().parent
_ENTRY = 'node_modules/@atproto/pds/package.json'
_NATIVE = 'better-sqlite3'
#: Seconds for the installation, and after which a failed one is tried again.
INSTALLING = 180.0
_TRY_AGAIN = 24 * 3600
# What npm keeps of these in a user's folder is used, as by the user's own calls.
_HANDED_ON = ('PATH', 'HOME', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS')


# -- the program ---------------------------------------------------------------------------------


def missing() -> str:
    """What this machine lacks to run the server, as a sentence; '' if nothing."""
    node, npm = shutil.which('node'), shutil.which('npm')
    if node is None or npm is None:
        lacking = ' and '.join(name for name, path in (('node', node), ('npm', npm)) if not path)
        return (
            f'The real Bluesky server needs Node.js {NODE} or newer with npm. Missing: {lacking}.'
        )
    answer = subprocess.run([node, '--version'], capture_output=True, text=True, check=False)
    found = re.match(r'v(\d+)\.', answer.stdout)
    if found is None or int(found[1]) < NODE:
        said = answer.stdout.strip() or 'no version'
        return f'The real Bluesky server needs Node.js {NODE} or newer; this one says {said}.'
    return ''


def is_installed(folder: Path) -> bool:
    """Whether the server is in *folder*, whole."""
    about = files.read_json(folder / _ENTRY)
    return isinstance(about, dict) and about.get('version') == VERSION


def provide(folder: Path, seconds: float = INSTALLING) -> Path:
    """Have the server in *folder*, installed by npm where it is not; returns *folder*.

    Raises ConfigurationError, with what is missing, where it cannot be had on this machine, and
    TemporaryError where it was not to be had within *seconds*, now or within the last day.
    """
    with files.locked(folder.with_name(folder.name + '.lock')):
        if is_installed(folder):
            return folder
        lacking = missing()
        if lacking:
            raise ConfigurationError(lacking)
        failed = folder.with_name(folder.name + '.failed')
        if failed.exists() and time.time() - failed.stat().st_mtime < _TRY_AGAIN:
            words = (
                f'The real Bluesky server could not be installed lately. Remove {failed} to try '
            )
            raise TemporaryError(words + f'again. It said:\n{failed.read_text("utf-8")}')
        draft = folder.with_name(folder.name + '.new')
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            _install(draft, time.monotonic() + seconds)
        except BaseException as error:
            shutil.rmtree(draft, ignore_errors=True)
            if isinstance(error, TemporaryError):
                files.write(failed, str(error), 0o644)
            raise
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
        failed.unlink(missing_ok=True)
        return folder


def _install(folder: Path, end: float) -> None:
    files.write_json(folder / 'package.json', {'name': 'sandbox-pds', 'private': True}, 0o644)
    quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
    _npm(
        ['install', f'@atproto/pds@{VERSION}', '--save-exact', '--ignore-scripts',
         '--omit=optional', '--omit=dev', '--no-package-lock', *quiet],
        folder, end,
    )  # fmt: skip
    # The one part in C++, compiled where no ready one is found: quickly rather than well.
    _npm(['rebuild', _NATIVE, *quiet], folder, end, CFLAGS='-O0', CXXFLAGS='-O0')
    if not list((folder / 'node_modules' / _NATIVE / 'build').rglob('*.node')):
        raise TemporaryError(
            f'npm has not built {_NATIVE}: it needs a C++ compiler, make and Python.'
        )


def _npm(arguments: list[str], folder: Path, end: float, **more: str) -> None:
    environment = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    environment |= {
        name: value for name, value in os.environ.items() if name.lower().startswith('npm_config_')
    }
    child = subprocess.Popen(
        ['npm', *arguments],
        cwd=folder,
        env={**environment, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors='replace',
        start_new_session=True,
    )
    try:
        said, _ = child.communicate(timeout=max(1.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, 9)
        child.communicate()
        raise TemporaryError(f'npm {arguments[0]} took too long.') from None
    if child.returncode:
        words = '\n'.join(said.strip().splitlines()[-8:])
        raise TemporaryError(f'npm {arguments[0]} did not work. It said:\n{words}')


# -- the server ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """An account on the server."""

    did: str
    handle: str
    password: str
    app_password: str


class Pds:
    """A server with its data in *folder*, to be used with ``with``; *programs*: see ``provide``.

    It ends with the process that started it: should that be killed, ``process.end_orphans`` finds it.
    """

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self._programs = programs
        self._server: process.Server | None = None

    @property
    def _kept(self) -> dict[str, Any]:
        return files.read_json(self.folder / 'pds.json') or {}

    @property
    def url(self) -> str:
        """Its address, without a slash at its end; the same after every start."""
        return f'http://localhost:{self._kept["port"]}'

    @property
    def people(self) -> dict[str, Person]:
        """Its accounts, by handle."""
        return {one['handle']: Person(**one) for one in self._kept.get('people', [])}

    def __enter__(self) -> Self:
        self.start()
        try:
            for handle in ACCOUNTS:
                if handle not in self.people:
                    self.add_account(handle)
        except BaseException:
            self.stop(at_once=True)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(at_once=True)

    def start(self) -> None:
        """Start it, and wait until it answers. Raises DeskError when it does not."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._kept:
            files.write_json(self.folder / 'pds.json', {
                'port': process.free_port(), 'plc_port': process.free_port(),
                'jwt': secrets.token_hex(32), 'admin': secrets.token_hex(16),
                'rotation': secrets.token_hex(32), 'people': [],
            })  # fmt: skip
        kept = self._kept
        log = self.folder / 'pds.log'
        self._server = process.start(
            [
                shutil.which('node') or 'node', '--dns-result-order=ipv4first',
                '--import', str(_HERE / 'loopback.mjs'), str(_HERE / 'pds.mjs'),
                str(self._programs), str(self.folder / 'data'),
                str(kept['port']), str(kept['plc_port']),
            ],
            marker=secrets.token_hex(12), folder=self.folder, log=log,
            environment=self._environment(kept),
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while not self._answers():
            if not process.alive(self._server) or time.monotonic() > deadline:
                self.stop(at_once=True)
                raise DeskError(f'The Bluesky server did not start. Look at {log}.')
            time.sleep(0.05)

    def _environment(self, kept: Mapping[str, Any]) -> dict[str, str]:
        return {
            'PATH': '/usr/bin:/bin', 'LC_ALL': 'C.UTF-8', 'LOG_ENABLED': 'false',
            'PDS_JWT_SECRET': kept['jwt'], 'PDS_ADMIN_PASSWORD': kept['admin'],
            'PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX': kept['rotation'],
            process.OWNER: process.own_identity(),
        }  # fmt: skip

    def _answers(self) -> bool:
        try:
            return requests.get(f'{self.url}/xrpc/_health', timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def stop(self, at_once: bool = False) -> None:
        """End it, in good order or *at_once* (as a crash does)."""
        if self._server is not None:
            process.stop(self._server, at_once=at_once)
            self._server = None

    @property
    def server(self) -> process.Server | None:
        """Its process, while it runs."""
        return self._server

    # -- people ---------------------------------------------------------------------------------

    def call(self, method: str, token: str = '', **body: Any) -> dict[str, Any]:
        """Call a procedure. Raises DeskError with what the server says against it."""
        headers = {'Authorization': f'Bearer {token}'} if token else {}
        answer = requests.post(f'{self.url}/xrpc/{method}', json=body, headers=headers, timeout=30)
        if answer.status_code != 200:
            raise DeskError(f'{method}: {answer.status_code} {answer.text[:300]}')
        found = answer.json() if answer.content else {}
        assert isinstance(found, dict)
        return found

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask a public question. Raises DeskError with what the server says against it."""
        answer = requests.get(f'{self.url}/xrpc/{method}', params=params, timeout=30)
        if answer.status_code != 200:
            raise DeskError(f'{method}: {answer.status_code} {answer.text[:300]}')
        found = answer.json()
        assert isinstance(found, dict)
        return found

    def add_account(self, handle: str) -> Person:
        """Make an account with an app password."""
        password = secrets.token_urlsafe(16)
        email = f'{handle.partition(".")[0]}@sandbox.test'
        made = self.call(
            'com.atproto.server.createAccount', handle=handle, email=email, password=password
        )
        app = self.call('com.atproto.server.createAppPassword', made['accessJwt'], name='desk')
        person = Person(made['did'], handle, password, app['password'])
        kept = self._kept
        kept['people'].append(vars(person))
        files.write_json(self.folder / 'pds.json', kept)
        return person

    def log_in(self, handle: str) -> str:
        """An access token of the account *handle*, with all its rights."""
        person = self.people[handle]
        body = {'identifier': handle, 'password': person.password}
        return str(self.call('com.atproto.server.createSession', **body)['accessJwt'])

    def records(self, handle: str, collection: str) -> list[dict[str, Any]]:
        """All records of an account: ``uri``, ``cid``, ``value``, newest key first."""
        did = self.people[handle].did
        method = 'com.atproto.repo.listRecords'
        found = self.ask(method, repo=did, collection=collection, limit=100)['records']
        assert isinstance(found, list)
        return found
