"""Times as people write them on the wiki, and as the bot writes them. All are UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from mwsocial.reason import Reason

_WRITTEN = re.compile(r'(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2})(?: UTC)?|T(\d{2}:\d{2})Z)', re.ASCII)
_SHOWN = re.compile(r'\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z', re.ASCII)


class BadTime(ValueError):
    """What stands there is no time the desk understands; ``reason`` says how to write one."""

    def __init__(self, value: str) -> None:
        """*value*: what was written."""
        self.reason = Reason('validity-time', (value, '2026-11-25 14:00'))
        super().__init__(self.reason.text())


def parse_time(value: str) -> datetime:
    """An editor's time: ``2026-11-25 14:00``, ``2026-11-25 14:00 UTC`` or ``2026-11-25T14:00Z``.

    Gives an aware UTC datetime. Anything else raises ``BadTime`` (a ``ValueError``): a time that is
    guessed is a post at the wrong hour.
    """
    written = _WRITTEN.fullmatch(value)
    if not written:
        raise BadTime(value)
    day, spaced, joined = written.groups()
    try:
        return datetime.strptime(f'{day} {spaced or joined}', '%Y-%m-%d %H:%M').replace(tzinfo=UTC)
    except ValueError:
        raise BadTime(value) from None


def show_time(time: datetime) -> str:
    """A time as the bot writes it, to the second: ``2026-11-25T14:00:07Z``.

    *time* must be aware (``ValueError`` otherwise); fractions of a second are dropped.
    """
    if time.tzinfo is None:
        raise ValueError('a time without a time zone')
    return f'{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z'


def read_shown(value: str) -> datetime:
    """The aware UTC time that ``show_time`` wrote; ``BadTime`` for anything else."""
    if not _SHOWN.fullmatch(value):
        raise BadTime(value)
    try:
        return datetime.strptime(value, '%Y-%m-%dT%H:%M:%SZ').replace(tzinfo=UTC)
    except ValueError:
        raise BadTime(value) from None
