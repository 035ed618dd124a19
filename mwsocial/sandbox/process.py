"""Servers as process groups of their own, known again later by more than a number."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from mwsocial.errors import DeskError

#: The environment variable that tells our servers from all other processes.
MARKER = 'MWSOCIAL_SANDBOX_INSTANCE'

#: Who started a server that is not to outlive it: process id, start time, boot.
OWNER = 'MWSOCIAL_SANDBOX_OWNER'

# Waits for the end of this process; kept with the process it belongs to (a fork has none yet).
_guards: dict[int, subprocess.Popen[bytes]] = {}

# Children of this process have to be waited for, or they stay as zombies.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Server:
    """A server that was started: its leader's process id, start time and the machine's boot.

    A process id alone may belong to somebody else by the time it is used.
    """

    pid: int
    started: int
    boot: str
    marker: str

    def to_json(self) -> dict[str, Any]:
        """Plain values for a state file."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: object) -> Self | None:
        """What ``to_json`` gave, or ``None`` if ``value`` is not that."""
        if not isinstance(value, dict):
            return None
        try:
            return cls(
                int(value['pid']), int(value['started']), str(value['boot']), str(value['marker'])
            )
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True)
class _Entry:
    pid: int
    state: str
    session: int
    started: int


def _boot() -> str:
    return Path('/proc/sys/kernel/random/boot_id').read_text('ascii').strip()


def _entry(pid: int) -> _Entry | None:
    """What /proc/PID/stat says (proc(5)): state, session and start time in clock ticks."""
    try:
        text = Path(f'/proc/{pid}/stat').read_text('utf-8', 'replace')
    except OSError:
        return None
    # The name in brackets may itself hold brackets and spaces: count from the last one.
    fields = text.rpartition(')')[2].split()
    return _Entry(pid, fields[0], int(fields[3]), int(fields[19]))


def _environment(pid: int) -> list[bytes]:
    """What a process was started with; nothing of one that is gone or another user's."""
    try:
        return Path(f'/proc/{pid}/environ').read_bytes().split(b'\0')
    except OSError:
        return []


def _has_marker(pid: int, marker: str) -> bool:
    return f'{MARKER}={marker}'.encode() in _environment(pid)


def start(
    arguments: Sequence[str],
    *,
    marker: str,
    folder: Path,
    log: Path,
    environment: Mapping[str, str],
) -> Server:
    """Start a server in a session of its own, with ``folder`` as its current one.

    Its standard output and error are appended to ``log``; ``environment`` is all it gets, and
    the marker.
    """
    with log.open('ab') as output:
        child = subprocess.Popen(
            list(arguments),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**environment, MARKER: marker},
            start_new_session=True,
        )
    _children[child.pid] = child
    entry = _entry(child.pid)
    return Server(child.pid, entry.started if entry else 0, _boot(), marker)


def own_identity() -> str:
    """This process, as ``OWNER`` names it."""
    entry = _entry(os.getpid())
    return f'{os.getpid()}:{entry.started if entry else 0}:{_boot()}'


def end_with_me() -> None:
    """See to it that everything with this process as its ``OWNER`` ends when this process does.

    A guard of its own waits for that, so that it holds for an interrupt and a SIGKILL, too. What was
    left behind without one is ended now.
    """
    end_orphans()
    known = _guards.get(os.getpid())
    if known is None or known.poll() is not None:
        guard = Path(__file__).with_name('guard.py')
        _guards[os.getpid()] = subprocess.Popen(
            [sys.executable, '-I', str(guard), f'{OWNER}={own_identity()}'],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )


def _is_orphan(variables: list[bytes]) -> bool:
    for variable in variables:
        name, _, value = variable.decode('utf-8', 'replace').partition('=')
        if name == OWNER and value.count(':') == 2:
            pid, started, boot = value.split(':')
            entry = _entry(int(pid)) if pid.isdigit() else None
            return (
                entry is None
                or entry.state in 'ZX'
                or str(entry.started) != started
                or boot != _boot()
            )
    return False


def _reap() -> None:
    for pid, child in list(_children.items()):
        if child.poll() is not None:
            del _children[pid]


def members(server: Server) -> list[int]:
    """Process ids of the server's leader and of its workers that are alive."""
    _reap()
    if server.boot != _boot():
        return []
    leader = _entry(server.pid)
    intact = leader is not None and leader.started == server.started
    found = []
    for folder in Path('/proc').iterdir():
        if not folder.name.isdigit():
            continue
        entry = _entry(int(folder.name))
        if entry is None or entry.session != server.pid or entry.state in 'ZX':
            continue
        # While the leader lives its session is ours. Afterwards the number may be another's.
        if intact or _has_marker(entry.pid, server.marker):
            found.append(entry.pid)
    return sorted(found)


def alive(server: Server | None) -> bool:
    """Whether the server's own leader still runs (workers alone do not count)."""
    if server is None:
        return False
    _reap()
    entry = _entry(server.pid)
    return (
        entry is not None
        and entry.state not in 'ZX'
        and entry.started == server.started
        and server.boot == _boot()
    )


def _sweep(pid: int) -> None:
    """Remove the shared memory that libfaketime and snac leave behind when they are killed."""
    for name in (f'faketime_shm_{pid}', f'sem.faketime_sem_{pid}', f'sem.job_{pid}'):
        with suppress(OSError):
            Path('/dev/shm', name).unlink()


def stop(server: Server, seconds: float = 5.0, at_once: bool = False) -> None:
    """End a server with its workers and wait until none is left; others are never touched.

    ``at_once`` gives it no time to end in good order. Raises DeskError when one cannot be ended.
    """
    for number in (signal.SIGTERM, signal.SIGKILL)[at_once:]:
        deadline = time.monotonic() + seconds
        for pid in members(server):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
            except PermissionError as error:
                raise DeskError(
                    f'Process {pid} of the sandbox belongs to another user: end it as that user.'
                ) from error
        while time.monotonic() < deadline:
            if not members(server):
                _sweep(server.pid)
                return
            time.sleep(0.02)
    left = members(server)
    if left:
        raise DeskError(f'These processes of the sandbox could not be ended: {left}.')


def _end_all(is_ours: Callable[[list[bytes]], bool]) -> None:
    """Kill all processes whose environment is ours, and wait until none is left."""
    deadline = time.monotonic() + 5
    while True:
        found = []
        for folder in Path('/proc').iterdir():
            if folder.name.isdigit() and is_ours(_environment(int(folder.name))):
                found.append(int(folder.name))
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(int(folder.name), signal.SIGKILL)
                _sweep(int(folder.name))
        _reap()
        if not found:
            return
        if time.monotonic() > deadline:
            raise DeskError(f'These processes of the sandbox could not be ended: {found}.')
        time.sleep(0.02)


def end_marked(marker: str) -> None:
    """End every process with this mark: what was started by a process that died on that line."""
    _end_all(lambda variables: f'{MARKER}={marker}'.encode() in variables)


def end_orphans() -> None:
    """End servers that were to end with a process that died before it could see to it."""
    _end_all(_is_orphan)


def port_is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:``port`` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])
