"""Who decided: proved from a page's history. Pure.

A decision is whatever its page makes of it (its words; where the words of a suggestion are decided on,
those too), as it stands now: whoever made just that stand has decided. Signatures prove nothing.

Who took an own decision back has not decided, even if somebody else restores it: then it is that
one's. Removed and restored by others it stays whose it was (a rollback decides nothing).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from mwsocial.wiki.revision import Revision

T = TypeVar('T')


@dataclass(frozen=True)
class Step(Generic[T]):
    """One revision of the page: what it shows of one thing, as often as it stands there; None where its
    text is hidden.
    """

    revision: Revision
    items: tuple[T, ...] | None


def decided(
    steps: Sequence[Step[T]], bots: Collection[str], state: Callable[[T], Hashable]
) -> Revision | None:
    """The revision by which somebody made the present *state* of a thing stand; None where nobody can
    tell (a hidden revision may have), or where it was the bot.

    *steps*: from the revision that brought the thing to the current one, oldest first.
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
