"""Who decided about a suggestion: proved from the page's history. Pure.

A decision is its words, and for ``use`` the words of the suggestion too, as they stand now: whoever
made them stand has decided. People may improve a suggestion before it is used, and then the last of
them, not the bot and not who decided before, is who proposes it. Signatures prove nothing.

Who took an own decision back has not decided, even if somebody else restores it: then it is that
one's. Removed and restored by others it stays whose it was (a rollback decides nothing).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass

from mwsocial.desk.item import Item
from mwsocial.wiki.items import DECIDE
from mwsocial.wiki.revision import Revision

USE = 'use'
IGNORE = 'ignore'


@dataclass(frozen=True)
class Step:
    """One revision of the page: what it shows of one suggestion; None where its text is hidden."""

    revision: Revision
    items: tuple[Item, ...] | None


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


def decided(
    steps: Sequence[Step], bots: Collection[str], state: Callable[[Item], Hashable]
) -> Revision | None:
    """The revision by which somebody made the present *state* of a suggestion stand; None where nobody
    can tell (a hidden revision may have), or where it was the bot.

    *steps*: from the revision that brought the suggestion to the current one, oldest first.
    """
    if not steps or not steps[-1].items or len(steps[-1].items) != 1:
        return None
    wanted = state(steps[-1].items[0])
    holder: Revision | None = None
    unknown = had = hidden = False
    for step in steps:
        if step.items is None:
            hidden = True
            continue
        has = any(state(item) == wanted for item in step.items)
        if has and not had:
            if hidden and holder is None:
                unknown = True
            elif holder is None:
                holder, unknown = step.revision, False
        elif had and not has and (hidden or unknown or _same(step.revision, holder)):
            # Taken back by who decided; behind a hidden revision it may have been.
            holder, unknown = None, False
        had, hidden = has, False
    if unknown or holder is None or holder.user_hidden or holder.user in bots:
        return None
    return holder


def _same(one: Revision, other: Revision | None) -> bool:
    if other is None or one.user_hidden or other.user_hidden:
        return True
    return (one.userid, one.user) == (other.userid, other.user)
