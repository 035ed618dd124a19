"""What must not have changed outside the wiki since the approval: posts of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mwsocial.desk.approval.verdict import Approved
from mwsocial.reason import Reason

_POSTS = ('share', 'point')


@dataclass(frozen=True)
class PostFact:
    """What the network says of somebody's post now: ``public`` (or unlisted), and when (UTC) it came to
    say what it says; None where that is not told.
    """

    public: bool
    since: datetime | None = None


def post_unchanged(approved: Approved, facts: Mapping[str, PostFact]) -> Reason | None:
    """Why somebody's post is no longer the one that was approved to be shared or pointed at; None if
    it is. *facts* holds a fact for each address; a missing one raises ``KeyError``.
    """
    for name in _POSTS:
        address = approved.item.content.get(name)
        if not address:
            continue
        fact = facts[address]
        if not fact.public:
            return Reason('approval-post-gone', (address,))
        if fact.since and fact.since >= approved.revision.timestamp:
            return Reason('approval-post-edited', (address, approved.approver))
    return None
