"""A stand-in for a network (``loopback``) as a process of its own: run, start, stop, steer.

``python -m mwsocial.sandbox.x_server --folder FOLDER --port PORT`` serves until it is ended. All that
it has to remember is in FOLDER: ``ledger.json`` (what it has accepted, and the keys that clients sign
with), ``requests.jsonl`` (every request, without secrets) and ``server.json``, by which ``Control``
finds it. Faults are not remembered.
"""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import requests

from mwsocial.errors import DeskError

from . import files, process
from .loopback import CONTROL, KEY, Loopback, Service, known
from .loopback_parts import Ledger

_ROOT = Path(__file__).resolve().parents[2]


def run(
    service: Callable[[Ledger, Callable[[], datetime]], Service],
    arguments: Sequence[str] | None = None,
) -> int:
    """Serve *service* as the command line says, until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=service.__doc__, allow_abbrev=False)
    parser.add_argument('--folder', type=Path, required=True, help='where it keeps its state')
    parser.add_argument('--port', type=int, default=0, help='of 127.0.0.1; 0 is any free one')
    parser.add_argument('--clock', type=Path, help='file with the seconds to add to the time')
    options = parser.parse_args(arguments)
    folder: Path = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with files.locked(folder / 'lock', 3):
        key = known(folder).get('key') or secrets.token_hex(16)
        clock = options.clock.resolve() if options.clock else None
        server = Loopback(service, folder, port=options.port, clock=clock, key=key)
        files.write_json(folder / 'server.json', {'url': server.url, 'key': key})
        for number in (signal.SIGTERM, signal.SIGINT):
            # shutdown waits for the loop that this thread is in
            signal.signal(number, lambda *_: threading.Thread(target=server.close).start())
        server.serve()
    return 0


def start(
    module: str,
    folder: Path,
    port: int,
    marker: str,
    log: Path,
    more: Mapping[str, str],
    clock: Path | None = None,
) -> process.Server:
    """Start ``python -m module`` on 127.0.0.1:*port*; ``Control(folder).alive()`` tells when it answers.

    *more*: variables of its environment. *clock*: see ``run``.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = [sys.executable, '-m', module, '--folder', str(folder), '--port', str(port)]
    if clock is not None:
        command += ['--clock', str(clock)]
    environment = {'PATH': '/usr/bin:/bin', 'LC_ALL': 'C.UTF-8', 'PYTHONPATH': str(_ROOT), **more}
    return process.start(command, marker=marker, folder=folder, log=log, environment=environment)


class Control:
    """Steers the stand-in that runs on *folder*, whichever process it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def url(self) -> str:
        """Its address, without a slash at its end; '' before its first start."""
        return str(known(self.folder).get('url', ''))

    def alive(self) -> str | None:
        """The mark of the process that answers there (``process.MARKER``); None if none does."""
        if not self.url:
            return None
        try:
            answer = requests.get(f'{self.url}{CONTROL}alive', timeout=5)
            return str(answer.json()['marker'])
        except (requests.RequestException, ValueError, KeyError):
            return None

    def call(self, name: str, **arguments: Any) -> Any:
        """What the control *name* of the server gives. Raises DeskError with what is wrong."""
        about = known(self.folder)
        try:
            answer = requests.post(
                f'{about["url"]}{CONTROL}{name}',
                json=arguments,
                headers={KEY: about['key']},
                timeout=30,
            )
            found = answer.json()
        except (requests.RequestException, ValueError, KeyError) as error:
            raise DeskError(f'The server in {self.folder} does not answer: {error}') from error
        if answer.status_code != 200:
            raise DeskError(f'The server does not do that: {found.get("error")}')
        return found

    def fault(self, how: str = '', **more: Any) -> None:
        """See ``Loopback.fault``."""
        self.call('fault', how=how, **more)

    def calm(self) -> None:
        """See ``Loopback.calm``."""
        self.call('calm')

    def ledger(self) -> dict[str, Any]:
        """All that the server remembers, read from its file: also while it does not run."""
        return files.read_json(self.folder / 'ledger.json') or {}

    def requests(self) -> list[dict[str, Any]]:
        """The requests that the running server had, oldest first, and what came of them."""
        found = self.call('requests')
        assert isinstance(found, list)
        return found


class Running(Control):
    """A stand-in as a process, to be used with ``with``; the same folder may be used again after.

    It ends with the process that started it: should that be killed, ``process.end_orphans`` finds it.
    """

    def __init__(
        self, module: str, folder: Path, *, port: int = 0, clock: Path | None = None
    ) -> None:
        super().__init__(folder)
        self._module = module
        self._port = port
        self._clock = clock
        self._server: process.Server | None = None

    def __enter__(self) -> Self:
        marker = secrets.token_hex(12)
        owner = {process.OWNER: process.own_identity()}
        log = self.folder / 'server.log'
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._server = start(
            self._module, self.folder, self._port, marker, log, owner, self._clock
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while self.alive() != marker:
            if not process.alive(self._server) or time.monotonic() > deadline:
                self.stop()
                raise DeskError(f'{self._module} did not start. Look at {log}.')
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self, at_once: bool = False) -> None:
        """End it, in good order or *at_once* (as a crash does)."""
        if self._server is not None:
            process.stop(self._server, at_once=at_once)
            self._server = None
