"""Asking the channels what there is: each on its own, so that one that fails harms no other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from mwsocial.channels.base import Account, Batch, Channel, Refused, Seen, TryLater
from mwsocial.channels.registry import ChannelSettings, same_account
from mwsocial.channels.transport import requests_sent
from mwsocial.inbox.choosing import Found
from mwsocial.reason import Reason
from mwsocial.wiki.escape import safe_value

#: How often one list is read on within a run (400 posts each time on Mastodon), and after how many
#: readings where one stands is written down though nothing came of it.
READINGS = 8
MANY = 4
#: Seconds for all channels of a run together: what was not asked by then waits for the next run.
PATIENCE = 300.0

#: How the reasons end that only say what a network cannot do.
_CANNOT = ('-no-timeline', '-no-search')


@dataclass(frozen=True)
class Wish:
    """What to ask a channel for: ``mention``, ``timeline``, ``hashtag`` or ``search``."""

    kind: str
    words: str = ''

    def name(self, channel: str) -> str:
        """How the page calls it, for the cursor."""
        return ' '.join(filter(None, (channel, self.kind, safe_value(self.words))))

    def call(self, channel: Channel, cursor: str) -> Batch | Refused | TryLater:
        """Ask."""
        if self.kind == 'mention':
            return channel.mentions(cursor)
        if self.kind == 'timeline':
            return channel.timeline(cursor)
        words = f'#{self.words}' if self.kind == 'hashtag' else self.words
        return channel.search(words, cursor)


@dataclass
class Heard:
    """What one channel said. ``trouble`` is None where all could be read; ``temporary``: nobody needs to
    do anything yet. ``skipped``: posts that were passed over. ``much``: so much was read that where one
    stands must be written down. ``requests``: how many were made.
    """

    channel: str
    found: list[Found] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)
    skipped: int = 0
    much: bool = False
    trouble: Reason | None = None
    temporary: bool = False
    requests: int = 0


def ask_all(
    channels: Mapping[str, Channel],
    settings: Mapping[str, ChannelSettings],
    wishes: Sequence[Wish],
    cursors: Mapping[str, str],
) -> list[Heard]:
    """Ask every channel for all *wishes*, from *cursors* on (by ``Wish.name``)."""
    end = time.monotonic() + PATIENCE
    return [
        _ask(channel, settings[name], wishes, cursors, end) for name, channel in channels.items()
    ]


def _ask(
    channel: Channel,
    settings: ChannelSettings,
    wishes: Sequence[Wish],
    cursors: Mapping[str, str],
    end: float,
) -> Heard:
    heard = Heard(channel.name)
    before = requests_sent()
    whose = channel.account()
    if not isinstance(whose, Account):
        heard.trouble, heard.temporary = whose.reason, isinstance(whose, TryLater)
    elif not same_account(whose.name, settings.account):
        names = (channel.name, whose.name, settings.account)
        heard.trouble = Reason('channels-other-account', names)
    for wish in wishes if heard.trouble is None else ():
        name = wish.name(channel.name)
        walk = _walk(partial(wish.call, channel), cursors.get(name, ''), end)
        heard.found += [Found(channel.name, _kind(wish, seen), seen) for seen in walk.posts]
        heard.skipped += walk.skipped
        heard.much |= walk.readings >= MANY
        if walk.cursor:
            heard.cursors[name] = walk.cursor
        if walk.trouble and not walk.trouble.reason.key.endswith(_CANNOT):
            heard.trouble = walk.trouble.reason
            heard.temporary = isinstance(walk.trouble, TryLater)
            break
    heard.requests = requests_sent() - before
    return heard


@dataclass
class _Walk:
    cursor: str
    posts: list[Seen] = field(default_factory=list)
    skipped: int = 0
    readings: int = 0
    trouble: Refused | TryLater | None = None


def _walk(call: Callable[[str], Batch | Refused | TryLater], cursor: str, end: float) -> _Walk:
    """Read a list to its end; the first time only what is newest."""
    walk = _Walk(cursor)
    while walk.readings < READINGS and (walk.readings == 0 or time.monotonic() < end):
        walk.readings += 1
        answer = call(walk.cursor)
        if not isinstance(answer, Batch):
            if walk.cursor and answer.reason.key.endswith('-bad-cursor'):
                # Of another server, perhaps. What is known already does not come twice.
                walk.cursor = ''
                continue
            walk.trouble = answer
            return walk
        walk.posts += answer.posts
        walk.skipped += answer.skipped
        fresh = not walk.cursor
        if answer.cursor in ('', walk.cursor):
            break
        walk.cursor = answer.cursor
        if fresh:
            break
    return walk


def _kind(wish: Wish, seen: Seen) -> str:
    if seen.reply_to_us:
        return 'reply'
    return 'mention' if seen.mentions_us or wish.kind == 'mention' else wish.kind
