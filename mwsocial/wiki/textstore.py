"""Texts of revisions that have been read: kept for the run, and if wanted in a folder for the next.

The folder is a cache and nothing more: a file counts only if the wiki itself says, at this moment,
that the revision has that very text (by its SHA-1) and does not hide it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path

#: Bytes that the folder may hold.
ROOM = 50 * 1024 * 1024
#: No text of a wiki page is larger; a file that says otherwise is not ours.
_LARGEST = 32 * 1024 * 1024


class TextStore:
    """Texts by revision id, of one wiki."""

    def __init__(self, folder: Path | None = None, host: str = '', room: int = ROOM) -> None:
        """*folder*: where to keep texts between runs, or None; *host*: whose texts they are."""
        self._packed: dict[int, bytes] = {}
        self._folder = folder
        self._prefix = hashlib.sha256(host.encode()).hexdigest()[:12]
        self._room = room

    def get(self, revid: int, sha1: str = '') -> str | None:
        """The text, if it is known.

        *sha1*: what the wiki says now of the text of this revision, in hex; without it the folder is
        not asked.
        """
        packed = self._packed.get(revid)
        if packed is not None:
            return zlib.decompress(packed).decode('utf-8', 'surrogatepass')
        text = self._read(revid, sha1) if sha1 and self._folder else None
        if text is not None:
            self._remember(revid, text)
        return text

    def put(self, revid: int, text: str, sha1: str = '') -> None:
        """Keep a text for this run, and where *sha1* fits it for later ones too."""
        self._remember(revid, text)
        if self._folder and sha1 and _sha1(text) == sha1:
            with suppress(OSError):
                self._write(self._folder, revid)

    def prune(self) -> None:
        """Remove the files that were not used for longest, until the rest has room."""
        if not self._folder:
            return
        with suppress(OSError):
            files = []
            for path in self._folder.glob('*-*.text'):
                status = path.lstat()
                if stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid():
                    files.append((status.st_mtime, status.st_size, path))
            size = sum(one[1] for one in files)
            for _, bytes_, path in sorted(files):
                if size <= self._room:
                    break
                path.unlink(missing_ok=True)
                size -= bytes_

    def _remember(self, revid: int, text: str) -> None:
        self._packed[revid] = zlib.compress(text.encode('utf-8', 'surrogatepass'), 1)

    def _path(self, folder: Path, revid: int) -> Path:
        return folder / f'{self._prefix}-{revid}.text'

    def _read(self, revid: int, sha1: str) -> str | None:
        assert self._folder is not None
        path = self._path(self._folder, revid)
        try:
            # Not through links, and only what is our own: others may write where caches are kept.
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, 'rb') as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid():
                    return None
                unpack = zlib.decompressobj()
                text = unpack.decompress(file.read(_LARGEST), _LARGEST).decode()
            os.utime(path)
        except (OSError, zlib.error, UnicodeDecodeError):
            return None
        return text if _sha1(text) == sha1 else None

    def _write(self, folder: Path, revid: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix='.new')
        try:
            with os.fdopen(handle, 'wb') as file:
                file.write(self._packed[revid])
            Path(name).replace(self._path(folder, revid))
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode('utf-8', 'surrogatepass'), usedforsecurity=False).hexdigest()
