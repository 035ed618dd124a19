"""The sandbox's wiki as it was at one moment: what a database replica that lags behind shows.

Wikimedia's wikis answer reads from replicas (Manual:$wgLBFactoryConf, "maxlag"): one that lags knows
nothing of the last edits. Here a second server answers from a copy of the databases; a gate's rule
leads reads to it (``Rule(action='query', elsewhere=replica.url)``: the desk's reads are POST requests).
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Self

import requests

from mwsocial.errors import DeskError

from . import files, mediawiki, process
from .packages import Programs


class Replica:
    """A server with a copy of a running wiki; to be used with ``with``.

    *wiki*: the folder of the wiki; *folder*: a new one for the copy; *compiled*: where compiled scripts
    are kept. Sessions are those of the wiki, as everywhere: who logs in is known here, too. Raises
    DeskError where the server does not start.
    """

    def __init__(self, programs: Programs, wiki: Path, folder: Path, compiled: Path) -> None:
        self._programs = programs
        self._wiki = wiki
        self._folder = folder
        self._compiled = compiled
        self._server: process.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Its address, without a slash at its end."""
        return f'http://127.0.0.1:{self._port}'

    def __enter__(self) -> Self:
        self._copy()
        marker = secrets.token_hex(12)
        self._port = process.free_port()
        self._server = mediawiki.start(
            self._programs,
            self._folder,
            self._port,
            marker,
            self._folder / 'tmp' / 'replica.log',
            self._compiled,
            {
                process.OWNER: process.own_identity(),
                'MWSOCIAL_SANDBOX_SESSIONS': str(self._wiki / 'data'),
            },
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.alive(self._server):
            with suppress(requests.RequestException):
                if requests.get(f'{self.url}/sandbox-alive', timeout=10).text == marker:
                    return self
            time.sleep(0.02)
        self.__exit__()
        raise DeskError('The copy of the wiki did not start.')

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            process.stop(self._server, at_once=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _copy(self) -> None:
        """Copy what a wiki is; a database that is written to is copied as of one moment."""
        self._folder.mkdir(mode=0o700)
        shutil.copytree(self._wiki / 'images', self._folder / 'images', symlinks=True)
        for name in ('data', 'cache', 'tmp'):
            (self._folder / name).mkdir(mode=0o700)
        for name in ('wiki.json', 'switches.json', 'clock'):
            if (self._wiki / name).exists():
                files.write(self._folder / name, (self._wiki / name).read_text('utf-8'), 0o644)
        for path in sorted((self._wiki / 'data').glob('*.sqlite')):
            with (
                closing(sqlite3.connect(path, timeout=30)) as old,
                closing(sqlite3.connect(self._folder / 'data' / path.name)) as new,
            ):
                old.backup(new)
