"""What may be forgotten at any time: how far was read in vain, and when a post was last looked at.

Without it more is read again, and nothing else changes. Nothing that anybody said stands in it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mwsocial.inbox.mark import CURSOR

_LARGEST = 1_000_000
_KEPT = 1000


class Cache:
    """A file with some numbers; none where *path* is None."""

    def __init__(self, path: Path | None) -> None:
        """*path*: of the file."""
        self._path = path
        value = _read(path) if path else {}
        #: by list: what the wiki says of where reading stands, and how far was read in vain since
        self._read: dict[str, tuple[str, str]] = {
            name: (one[0], one[1])
            for name, one in _table(value, 'read').items()
            if isinstance(one, list) and len(one) == 2 and all(isinstance(x, str) for x in one)
            and CURSOR.fullmatch(one[1])
        }  # fmt: skip
        #: by digest: when a post was last looked at, in seconds since 1970
        self.looked: dict[str, float] = {
            name: float(one) for name, one in _table(value, 'looked').items()
            if isinstance(one, int | float)
        }  # fmt: skip

    def on(self, cursors: Mapping[str, str]) -> dict[str, str]:
        """Where to read on, from where the wiki says that reading stands."""
        further = {
            name: cursor for name, (base, cursor) in self._read.items()
            if cursors.get(name, '') == base
        }  # fmt: skip
        return {**cursors, **further}

    def in_vain(self, cursors: Mapping[str, str], read: Mapping[str, str]) -> None:
        """Nothing came of reading from *cursors* to *read*."""
        self._read = {name: (cursors.get(name, ''), cursor) for name, cursor in read.items()}

    def keep(self) -> None:
        """Write it down, if that can be."""
        if self._path is None:
            return
        newest = sorted(self.looked, key=lambda name: self.looked[name])[-_KEPT:]
        value = {
            'read': {name: list(one) for name, one in self._read.items()},
            'looked': {name: self.looked[name] for name in newest},
        }
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=self._path.parent)
            with os.fdopen(handle, 'w', encoding='utf-8') as file:
                json.dump(value, file)
            Path(draft).replace(self._path)


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            return {}
        value = json.loads(path.read_text('utf-8'))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _table(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
