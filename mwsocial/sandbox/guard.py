"""Ends what a process has started once that process is gone, however it went.

Run as a program of its own by ``process.end_with_me``, without the rest of the package: it waits for
the end of its input, which the process held open, and then kills everything that carries the mark.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path


def marked(mark: bytes) -> list[int]:
    """Processes that were started with *mark* (``NAME=VALUE``) in their environment."""
    found = []
    for folder in Path('/proc').iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with suppress(OSError):
                if mark in (folder / 'environ').read_bytes().split(b'\0'):
                    found.append(int(folder.name))
    return found


def main(mark: str) -> None:
    """Wait for the end of standard input, then leave no process with *mark* alive."""
    # Whoever interrupts the tests does not mean the one that cleans up after them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.stdin.buffer.read()
    for _ in range(250):
        pids = marked(mark.encode())
        if not pids:
            return
        for pid in pids:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
            for name in (f'faketime_shm_{pid}', f'sem.faketime_sem_{pid}', f'sem.job_{pid}'):
                with suppress(OSError):
                    Path('/dev/shm', name).unlink()
        time.sleep(0.02)


if __name__ == '__main__':
    main(sys.argv[1])
