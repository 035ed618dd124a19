"""Scripts as jobs run them, by a process that has loaded their modules already.

Loading Pywikibot's needs, pydantic, icalendar and the rest takes more than half of what a quiet run costs, and
the tests make hundreds of runs. So one process loads everything that does not depend on the environment, and
forks for each run: a process of its own, with its own environment, arguments, output and exit code, which loads
Pywikibot itself and its configuration, and can be killed like any other. Runs under another loader
(``LD_PRELOAD``) or to be looked at from outside (their command line) are started anew: ``Started(apart=True)``.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

SCRIPTS = sorted(path.stem for path in (Path(__file__).parents[2] / 'scripts').glob('[a-z]*.py'))
#: What Pywikibot and the scripts load in the middle of a run.
LATER = (
    'PIL.Image', 'PIL.JpegImagePlugin', 'PIL.PngImagePlugin', 'configparser', 'email', 'http.cookiejar',
    'mastodon', 'mwparserfromhell', 'requests_oauthlib', 'tests.trust.agent',
)  # fmt: skip
_LARGEST = 1 << 20


class Preloaded:
    """The process that forks; it ends with this one."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, '-m', 'tests.real.preloaded', str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def start(self, arguments: Sequence[str], environment: Mapping[str, str]) -> Process:
        """Run ``python -m`` with these arguments."""
        out, err, end = os.pipe(), os.pipe(), os.pipe()
        try:
            message = json.dumps([list(arguments), dict(environment)]).encode()
            assert len(message) < _LARGEST
            with _passed(out[1], err[1], end[1]):
                socket.send_fds(self._socket, [message], [out[1], err[1], end[1]])
            answer = self._socket.recv(100)
        except OSError as error:
            raise RuntimeError(f'the process that forks has ended ({error})') from error
        return Process(int(answer), out[0], err[0], end[0])

    def end(self) -> None:
        """End it; what it has started goes on."""
        self._socket.close()
        self._process.wait()


@contextlib.contextmanager
def _passed(*handles: int) -> Iterator[None]:
    """Ends of pipes that only the other process is to keep."""
    try:
        yield
    finally:
        for handle in handles:
            os.close(handle)


_by_process: dict[int, Preloaded] = {}


def preloaded() -> Preloaded:
    """The one of this process: a forked one must not talk to its parent's."""
    if os.getpid() not in _by_process:
        _by_process.clear()
        _by_process[os.getpid()] = Preloaded()
        atexit.register(_end, os.getpid())
    return _by_process[os.getpid()]


def _end(pid: int) -> None:
    if os.getpid() == pid:
        _by_process.pop(pid).end()


class Process:
    """A run, with the part of ``subprocess.Popen`` that tests use."""

    def __init__(self, pid: int, out: int, err: int, end: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._handles = {out: b'', err: b''}
        self._order = (out, err)
        self._open = {out, err}
        self._end = end

    def poll(self) -> int | None:
        """The exit code, or minus the signal's number; None while it runs."""
        if self.returncode is None and select.select([self._end], [], [], 0)[0]:
            self._ended()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All its output, once it has ended. Raises subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self._open or self.returncode is None:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            waiting = [*self._open, *([self._end] if self.returncode is None else [])]
            ready = select.select(waiting, [], [], left)[0]
            if not ready:
                raise subprocess.TimeoutExpired(['python'], timeout or 0)
            for handle in ready:
                if handle == self._end:
                    self._ended()
                elif part := os.read(handle, 65536):
                    self._handles[handle] += part
                else:
                    self._open.remove(handle)
                    os.close(handle)
        out, err = (self._handles[one].decode() for one in self._order)
        return out, err

    def _ended(self) -> None:
        code = os.read(self._end, 100)
        os.close(self._end)
        assert code, 'the process that forks has ended'
        self.returncode = int(code)


# -- in the other process --------------------------------------------------------------------------


def _serve(own: socket.socket) -> tuple[Sequence[str], Mapping[str, str]]:
    """Fork for each message; returns only in the forked processes, with what is to be run."""
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    # A test that is interrupted ends its runs by itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ends: dict[int, int] = {}
    while True:
        ready = select.select([own, ended], [], [])[0]
        if ended in ready:
            os.read(ended, 4096)
            _reap(ends)
        if own not in ready:
            continue
        message, handles, _, _ = socket.recv_fds(own, _LARGEST, 3)
        if not message:
            raise SystemExit
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            ends[pid] = handles[2]
            for handle in handles[:2]:
                os.close(handle)
            own.send(str(pid).encode())
            continue
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(handles[0], 1)
        os.dup2(handles[1], 2)
        for handle in (own.detach(), ended, wake, *handles, *ends.values()):
            os.close(handle)
        arguments, environment = json.loads(message)
        return arguments, environment


def _reap(ends: dict[int, int]) -> None:
    while ends:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with os.fdopen(ends.pop(pid), 'wb') as end:
            end.write(str(os.waitstatus_to_exitcode(status)).encode())


def _main() -> None:
    for name in (*(f'scripts.{script}' for script in SCRIPTS), *LATER):
        importlib.import_module(name)
    # Its configuration comes from the environment of each run.
    assert 'pywikibot' not in sys.modules
    arguments, environment = _serve(socket.socket(fileno=int(sys.argv[1])))
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [*arguments]
    sys.modules.pop(arguments[0], None)
    runpy.run_module(arguments[0], run_name='__main__', alter_sys=True)


if __name__ == '__main__':
    _main()
