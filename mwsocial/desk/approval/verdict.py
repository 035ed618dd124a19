"""What the decision about an approval says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mwsocial.desk.item import Item
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision

#: ``none``: nobody has approved; ``stale``: an approval is shown, but for other content; ``waiting``:
#: it counts after ``until``; ``held``: a hold stands; ``refused``: an approval is shown that does not
#: count. The reasons of ``stale``, ``refused``, ``held`` and ``waiting`` are for people to see.
Kind = Literal['none', 'stale', 'waiting', 'held', 'refused']


@dataclass(frozen=True)
class Approved:
    """*revision* approved *item*, which is the item as that revision holds it: what is sent is taken
    from there. ``value`` is the whole value that was set; ``approver`` the user's name now.
    """

    revision: Revision
    item: Item
    value: str
    approver: str


@dataclass(frozen=True)
class NotApproved:
    """Why an item is not approved; ``until`` (UTC) is when it will be if nothing happens."""

    reason: Reason
    kind: Kind
    until: datetime | None = None


@dataclass(frozen=True)
class Proof:
    """The approver's revision that set an editors' parameter to ``value``."""

    revision: Revision
    value: str


def refused(key: str, *args: object) -> NotApproved:
    """An approval is shown, and does not count."""
    return NotApproved(Reason(f'approval-{key}', tuple(map(str, args))), 'refused')
