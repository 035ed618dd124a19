"""Places to deliver to: a channel, or for a later part of a thread the channel and the part's number.

``mastodon`` is the first or only part on the channel of that name, ``mastodon-2`` the second one. The
bot's parameter for a place is ``sent-`` and its name. Channel names hold no hyphen, so nothing clashes.
"""

from __future__ import annotations


def place(channel: str, part: int = 1) -> str:
    """The place of one part (from 1) on a channel."""
    return channel if part == 1 else f'{channel}-{part}'


def channel_of(name: str) -> str:
    """The channel of a place."""
    return name.partition('-')[0]


def part_of(name: str) -> int:
    """Which part (from 1) goes to a place; 0 for what is no place."""
    channel, hyphen, number = name.partition('-')
    if not hyphen:
        return 1 if channel else 0
    known = number.isascii() and number.isdecimal() and number[0] != '0' and len(number) < 4
    return int(number) if known and int(number) > 1 else 0


def before(name: str) -> str:
    """The place of the part before this one; '' for a first part."""
    part = part_of(name)
    return place(channel_of(name), part - 1) if part > 1 else ''


def in_order(name: str) -> tuple[str, int]:
    """A key that sorts places by channel and part."""
    return channel_of(name), part_of(name)
