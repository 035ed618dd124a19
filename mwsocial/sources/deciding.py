"""What is decided about a suggestion, and by what it is told apart. Pure.

With ``use`` people decide about the words of the suggestion too, as they stand: they may improve a
suggestion before it is used, and then the last of them, not the bot and not who decided before, is who
proposes it.
"""

from __future__ import annotations

from collections.abc import Hashable

from mwsocial.desk.item import Item
from mwsocial.wiki.items import DECIDE

USE = 'use'
IGNORE = 'ignore'


def decision_of(item: Item) -> str:
    """The word of an item's decision: ``use``, ``ignore``, '' for none yet, or what stands there."""
    words = item.editors.get(DECIDE, '').split()
    return words[0].casefold().rstrip('.,;:') if words else ''


def use_state(item: Item) -> Hashable:
    """What somebody decides about with ``use``: the decision and all that would be proposed."""
    return item.editors.get(DECIDE, ''), frozenset(item.content.items()), bool(item.faults)


def ignore_state(item: Item) -> Hashable:
    """What somebody decides with ``ignore``: the words of the suggestion don't matter."""
    return item.editors.get(DECIDE, '')
