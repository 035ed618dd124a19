"""Times, numbers and foreign words as the check says them."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime


def moment(time: datetime) -> str:
    """A time for people: ``2026-11-25 14:00 UTC``."""
    return f'{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC'


def day(time: datetime) -> str:
    """A day for people, in UTC: ``2026-11-25``."""
    return f'{time.astimezone(UTC):%Y-%m-%d}'


def printable(words: str) -> str:
    """*words* on one line, without what a terminal would take for a command or hide."""
    shown = (' ' if unicodedata.category(sign)[0] in 'CZ' else sign for sign in words)
    return ' '.join(''.join(shown).split())
