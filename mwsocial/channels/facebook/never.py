"""What no Page can do through Facebook's API, refused with a reason and without a request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mwsocial.channels.base import (
    Batch,
    CannotLook,
    Followed,
    Lookup,
    Outcome,
    Pointer,
    Post,
    Refused,
    Seen,
    TryLater,
)
from mwsocial.reason import Reason


class NotOnFacebook:
    """The methods of a channel that do nothing here (``mwsocial.channels.base.Channel``)."""

    def cost(self, post: Post) -> float:
        """Nothing."""
        return 0.0

    def spent(self, since: datetime) -> float | CannotLook:
        """Nothing."""
        return 0.0

    def share(self, seen: Seen, key: str) -> Outcome:
        """Refused: the API has no share."""
        return Refused(Reason('facebook-no-share'))

    def find_share(self, seen: Seen, since: datetime) -> Lookup:
        """There is nothing to look for."""
        return CannotLook(Reason('facebook-no-share'))

    def shares_since(self, since: datetime) -> int | CannotLook:
        """None, ever."""
        return 0

    def point(self, seen: Seen, pointer: Pointer) -> Outcome:
        """Refused: the desk answers nobody on Facebook."""
        return Refused(Reason('facebook-no-point'))

    def find_point(self, seen: Seen, pointer: Pointer, since: datetime) -> Lookup:
        """There is nothing to look for."""
        return CannotLook(Reason('facebook-no-point'))

    def timeline(self, cursor: str) -> Batch | Refused | TryLater:
        """Refused: the API gives a Page no timeline of others."""
        return Refused(Reason('facebook-no-timeline'))

    def search(self, words: str, cursor: str) -> Batch | Refused | TryLater:
        """Refused: the API has no search of posts."""
        return Refused(Reason('facebook-no-search'))

    def follow(self, account: str) -> Followed | Refused | TryLater:
        """Refused: the API lets no Page follow anybody."""
        return Refused(Reason('facebook-no-follow'))

    def following(self) -> Sequence[str] | Refused | TryLater:
        """Refused: the API does not tell."""
        return Refused(Reason('facebook-no-follow'))
