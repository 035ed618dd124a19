"""An item of the queue, as one revision of the page shows it: values, no wikitext."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from mwsocial.reason import Reason

_Named = TypeVar('_Named', 'Item', 'Decision')

#: Content parameters in the order in which they stand and enter the fingerprint; ``text-CHANNEL``
#: parameters follow ``text``, by name.
CONTENT = (
    'id', 'text', 'share', 'point', 'pointer',
    'image', 'alt', 'image2', 'alt2', 'image3', 'alt3', 'image4', 'alt4',
    'warning', 'language', 'channels', 'not-before', 'not-after', 'news',
)  # fmt: skip
#: Parameters that people write and whose value ends in a signature.
EDITORS = ('approved', 'comment', 'hold', 'decline', 'delete-posts')
#: Parameters that only the bot writes, in order; ``sent-CHANNEL`` by name, ``sent-news`` last.
BOT = ('state', 'note', 'approved-in')

ID = re.compile(r'[a-z0-9][a-z0-9-]{0,63}')
CHANNEL = re.compile(r'(?!news$)[a-z][a-z0-9]*')

STATES = (
    'proposed', 'approved', 'sending', 'posted', 'partly posted', 'failed', 'unconfirmed', 'missed',
    'held', 'declined', 'deleted', 'invalid',
)  # fmt: skip


def content_place(name: str) -> tuple[int, str] | None:
    """Where a content parameter stands in the order; None if *name* is none."""
    if name in CONTENT:
        return (CONTENT.index(name) * 2, '')
    if name.startswith('text-') and len(name) > len('text-'):
        return (CONTENT.index('text') * 2 + 1, name)
    return None


def is_editors(name: str) -> bool:
    """Whether people write this parameter beside the content."""
    return name in EDITORS or (name.startswith('settle-') and len(name) > len('settle-'))


def is_bot(name: str) -> bool:
    """Whether only the bot writes this parameter."""
    return name in BOT or (name.startswith('sent-') and len(name) > len('sent-'))


def bot_place(name: str) -> tuple[int, str]:
    """Where a parameter of the bot stands among the others of its kind."""
    if name in BOT:
        return (BOT.index(name), '')
    return (len(BOT) + (name == 'sent-news'), name)


@dataclass(frozen=True)
class Item:
    """One item template.

    ``content`` holds the resolved values that are not empty, by name, without the configuration's
    defaults. ``editors`` and ``bot`` hold what stands there, with the white space around it trimmed
    and otherwise raw (signatures are wikitext), without the empty ones. ``faults`` is what is wrong
    with the template itself; an item with faults is ``invalid``. ``number`` counts the item
    templates of the page from 0.

    A parameter of the bot that stands there twice with different values says nothing certain: its
    value here begins with ``twice:``, which no record does.
    """

    number: int
    content: Mapping[str, str]
    editors: Mapping[str, str] = field(default_factory=dict)
    bot: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Reason, ...] = ()
    #: whether parameters of the bot stand more than once, or others after them
    disorder: bool = False
    #: the line of the page on which it begins, from 1; no part of what the item is
    line: int = field(default=0, compare=False)

    @property
    def id(self) -> str:
        """The item's id, or '' while it waits for one."""
        return self.content.get('id', '')


@dataclass(frozen=True)
class Decision:
    """A decision that stands on its own: ``{{Social media decision|id=…|approved=…}}``."""

    number: int
    id: str
    approved: str
    faults: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Queue:
    """What one revision of the queue page holds.

    Anybody can put ten thousands of items on it, and each of them is asked after in many revisions: what
    an id has is looked up, never looked for.
    """

    items: tuple[Item, ...]
    decisions: tuple[Decision, ...] = ()
    stopped: bool = False

    def by_id(self) -> dict[str, Item]:
        """The items that have an id; of two with one id, the first on the page."""
        return {item_id: items[0] for item_id, items in self._items.items() if item_id}

    def first(self, item_id: str) -> Item | None:
        """The item with this id, of several the first on the page; None where there is none."""
        return next(iter(self.of(item_id)), None) if item_id else None

    def of(self, item_id: str) -> Sequence[Item]:
        """The items with this id, in the page's order; with '', those that wait for one."""
        return self._items.get(item_id, ())

    def decided(self, item_id: str) -> Sequence[Decision]:
        """The decisions about this id, in the page's order."""
        return self._decisions.get(item_id, ())

    @cached_property
    def sent(self) -> frozenset[tuple[str, str, str]]:
        """All records that items with an id show, as (id, name, value)."""
        return frozenset(
            (item.id, name, value)
            for item in self.items
            if item.id
            for name, value in item.bot.items()
            if name.startswith('sent-')
        )

    @cached_property
    def loose_lines(self) -> frozenset[tuple[str, str]]:
        """What stands in the bot's parameters of items that wait for an id, as (name, value)."""
        return frozenset(line for item in self.of('') for line in item.bot.items())

    @cached_property
    def _items(self) -> dict[str, list[Item]]:
        return _by_id(self.items)

    @cached_property
    def _decisions(self) -> dict[str, list[Decision]]:
        return _by_id(self.decisions)

    def doubled(self) -> frozenset[str]:
        """Ids that more than one item of the page has."""
        return frozenset(one for one, items in self._items.items() if one and len(items) > 1)


def _by_id(things: Iterable[_Named]) -> dict[str, list[_Named]]:
    found: dict[str, list[_Named]] = {}
    for one in things:
        found.setdefault(one.id, []).append(one)
    return found
