"""Our own posts of the last weeks, by channel, asked for as little as can be: some networks charge for
each. What was read is kept in a file that may be wiped at any time.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mwsocial.channels.base import CannotLook, Channel, OwnPost

#: What was asked is asked again for so long: clocks differ, and posts show late.
OVERLAP = timedelta(hours=1)
#: A whole timeline is asked for anew after so long: posts may have been taken down.
WHOLE = timedelta(days=1)
_LARGEST_FILE = 8 * 1024 * 1024


class Timelines:
    """Our own posts on the channels of one run."""

    def __init__(self, channels: Mapping[str, Channel], folder: Path | None) -> None:
        """*folder*: where files may be kept; None keeps nothing."""
        self.channels = channels
        self._folder = folder
        self._read: dict[str, tuple[datetime, Sequence[OwnPost] | CannotLook]] = {}

    def ours(self, name: str, since: datetime, now: datetime) -> Sequence[OwnPost] | CannotLook:
        """Our posts on a channel since *since* (UTC), oldest first; each channel is asked once."""
        known = self._read.get(name)
        if known is None or known[0] > since:
            self._read[name] = known = (since, self._ask(name, since, now))
        found = known[1]
        if isinstance(found, CannotLook):
            return found
        return [one for one in found if one.created >= since]

    def _ask(self, name: str, since: datetime, now: datetime) -> Sequence[OwnPost] | CannotLook:
        kept = self._load(name)
        start = since
        if kept and kept['since'] <= since and now - WHOLE < kept['whole'] <= kept['asked'] <= now:
            start = max(since, kept['asked'] - OVERLAP)
        found = self.channels[name].ours(start)
        if isinstance(found, CannotLook):
            return found
        if start == since:
            posts = list(found)
            whole = now
        else:
            assert kept is not None
            fresh = {one.url for one in found}
            posts = [
                one for one in kept['posts'] if one.created < start and one.url not in fresh
            ] + list(found)
            whole = kept['whole']
        self._save(name, since, now, whole, posts)
        return posts

    def _path(self, name: str) -> Path | None:
        return self._folder / f'own-posts-{name}.json' if self._folder else None

    def _load(self, name: str) -> dict[str, Any] | None:
        path = self._path(name)
        if path is None:
            return None
        try:
            with path.open('rb') as handle:
                value = json.loads(handle.read(_LARGEST_FILE))
            if value['account'] != self._account(name):
                return None
            times = {key: _time(value[key]) for key in ('since', 'asked', 'whole')}
            posts = [
                OwnPost(str(one[0]), str(one[1]), _time(one[2]), bool(one[3]))
                for one in value['posts']
            ]
        except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
            return None
        return {**times, 'posts': posts}

    def _save(
        self, name: str, since: datetime, now: datetime, whole: datetime, posts: Sequence[OwnPost]
    ) -> None:
        path = self._path(name)
        if path is None:
            return
        value = {
            'account': self._account(name), 'since': since.isoformat(), 'asked': now.isoformat(),
            'whole': whole.isoformat(),
            'posts': [[one.url, one.text, one.created.isoformat(), one.answers] for one in posts],
        }  # fmt: skip
        draft = path.with_name(f'.{path.name}.{os.getpid()}.{secrets.token_hex(4)}')
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.write_text(json.dumps(value), 'utf-8')
            draft.replace(path)
        with suppress(OSError):
            draft.unlink(missing_ok=True)

    def _account(self, name: str) -> str:
        return f'{self.channels[name].network} {name}'


def _time(value: object) -> datetime:
    time = datetime.fromisoformat(str(value))
    if time.tzinfo is None:
        raise ValueError('a time without a zone')
    return time.astimezone(UTC)
