"""A session as it is kept between two runs: in a private file, or in memory only.

The file is a cache: whoever wipes it costs the next run one more login, and nothing else. It says with
which password the session was made (a salted hash, never the password): a session of the old one would
hide that the new one is wrong, until somebody revokes the old one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mwsocial.channels.bluesky.records import sane_did, sane_handle

_TOKEN = re.compile(r'[A-Za-z0-9._~+/-]{1,4096}=*', re.A)
_LARGEST_FILE = 64 * 1024
#: An app password is made by the server, with 80 random bits; this takes 20 ms once in a run.
_ROUNDS = 50_000


@dataclass(frozen=True)
class Session:
    """Two tokens and whose they are. Its text shows no token."""

    did: str
    handle: str
    access: str
    refresh: str

    def __repr__(self) -> str:
        return f'Session({self.did!r}, {self.handle!r})'


@dataclass(frozen=True)
class Store:
    """Where the session of one *identifier* at one server (*origin*) that *password* has made is kept;
    *path* None: nowhere.
    """

    path: Path | None
    origin: str
    identifier: str
    password: str = field(repr=False)

    def load(self) -> Session | None:
        """The session that is kept; None where there is none of this account and password, or the file is
        not private, or holds anything else.
        """
        if self.path is None:
            return None
        try:
            # Not through a link: somebody else might have laid it.
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, 'rb') as handle:
                about = os.fstat(handle.fileno())
                private = not about.st_mode & 0o077 and about.st_uid == os.geteuid()
                if not private or not stat.S_ISREG(about.st_mode):
                    return None
                kept = json.loads(handle.read(_LARGEST_FILE))
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(kept, dict) or kept.get('origin') != self.origin:
            return None
        if kept.get('identifier') != self.identifier or not _is_of(kept, self.password):
            return None
        return session_of(kept)

    def save(self, session: Session | None) -> None:
        """Keep *session*, as a whole or not at all; None forgets it. What cannot be written is not."""
        if self.path is None:
            return
        with suppress(OSError):
            if session is None:
                self.path.unlink(missing_ok=True)
                return
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self.path.with_name(f'.{self.path.name}.{os.getpid()}.{secrets.token_hex(4)}')
            kept = {
                'origin': self.origin, 'identifier': self.identifier, 'password': _hashed(self.password),
                'did': session.did, 'handle': session.handle, 'accessJwt': session.access,
                'refreshJwt': session.refresh,
            }  # fmt: skip
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, 'w', encoding='ascii') as handle:
                    json.dump(kept, handle)
                draft.replace(self.path)
            except OSError:
                draft.unlink(missing_ok=True)


def _hashed(password: str, salt: bytes = b'') -> dict[str, str]:
    """What tells *password* from another one and does not give it away; *salt*: a new one by default."""
    salt = salt or secrets.token_bytes(16)
    made = hashlib.pbkdf2_hmac('sha256', password.encode(), salt, _ROUNDS)
    return {'salt': salt.hex(), 'hash': made.hex()}


def _is_of(kept: dict[str, Any], password: str) -> bool:
    """Whether the session in a file was made with *password*."""
    try:
        about: Any = kept['password']
        expected = _hashed(password, bytes.fromhex(about['salt']))['hash']
        return hmac.compare_digest(expected.encode(), about['hash'].encode())
    except (TypeError, KeyError, ValueError, AttributeError):
        return False


def session_of(answer: object) -> Session | None:
    """The session in an answer of createSession or refreshSession; None where it is not whole.

    Whatever a server says about other servers (``didDoc``) is not looked at.
    """
    if not isinstance(answer, dict):
        return None
    did, handle = sane_did(answer.get('did')), sane_handle(answer.get('handle'))
    access, refresh = answer.get('accessJwt'), answer.get('refreshJwt')
    if not did or not isinstance(access, str) or not isinstance(refresh, str):
        return None
    if not _TOKEN.fullmatch(access) or not _TOKEN.fullmatch(refresh):
        return None
    # An account whose name does not lead back to it has the handle "handle.invalid".
    return Session(did, handle or did, access, refresh)


def claims_of(token: str) -> dict[str, Any]:
    """What a token says about itself (RFC 7519), not verified; empty where it cannot be read."""
    part = token.split('.')[1] if token.count('.') == 2 else ''
    try:
        found = json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def end_of(token: str) -> datetime | None:
    """When a token ends (UTC), as far as it says so."""
    ends = claims_of(token).get('exp')
    if not isinstance(ends, int | float) or isinstance(ends, bool):
        return None
    try:
        return datetime.fromtimestamp(ends, UTC)
    except (ValueError, OverflowError, OSError):
        return None
