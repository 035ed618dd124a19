"""Small files that two processes may want at once: private, whole or not there, locked."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mwsocial.errors import TemporaryError

PRIVATE = 0o600


def write(path: Path, text: str, mode: int = PRIVATE) -> None:
    """Write ``text`` to ``path`` as a whole: a reader sees the old file or the new one."""
    draft = path.with_name(f'.{path.name}.{os.getpid()}.{secrets.token_hex(4)}')
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, 'w', encoding='utf-8') as handle:
            handle.write(text)
            os.fchmod(handle.fileno(), mode)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any, mode: int = PRIVATE) -> None:
    """Write ``value`` as JSON to ``path`` as a whole."""
    write(path, json.dumps(value, indent=2, sort_keys=True) + '\n', mode)


def read_json(path: Path) -> Any:
    """The JSON value in ``path``, or ``None`` if there is no such file or it holds no JSON."""
    try:
        return json.loads(path.read_text('utf-8'))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


@contextmanager
def locked(path: Path, seconds: float = 600) -> Iterator[None]:
    """Hold the lock file ``path``; it is let go also when the process dies.

    Raises TemporaryError when somebody else holds it for longer than ``seconds``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + seconds
    # O_CLOEXEC is Python's default: a server started meanwhile does not inherit the lock.
    with path.open('a') as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TemporaryError(
                        f'Another process has been working on the sandbox for {seconds:.0f} '
                        f'seconds (it holds {path}). Wait for it, or end it, and try again.'
                    ) from None
                time.sleep(0.05)
        yield
