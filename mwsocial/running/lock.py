"""Only one copy runs beside the same folder. Two on two machines do no harm: the wiki decides between
them; this only spares requests.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from mwsocial.errors import TemporaryError

#: A lock on a network's folder may not be possible; then there is none.
_NO_LOCKS = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.EROFS, errno.EACCES, errno.EPERM})


class Lock:
    """A lock on a file, let go by the system when the process ends, however it ends."""

    def __init__(self, file: Path) -> None:
        """*file*: made where it is not there."""
        self._file = file
        self._handle = -1

    def __enter__(self) -> Self:
        """Take the lock. Raises TemporaryError where another process holds it."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._close()
            raise TemporaryError(
                f'Another copy of run_desk is at work here (it holds {self._file.name}): nothing was '
                'done.'
            ) from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            self._close()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let it go."""
        self._close()

    def _close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def touch(file: Path) -> None:
    """Say that the process lives: a health check looks at the file's date (and finds the time in it)."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(f'{time.time():.0f}\n', 'ascii')
