"""A revision of a wiki page, as the API's ``prop=revisions`` tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Revision:
    """The metadata of one revision; its text is fetched apart, since it costs more.

    ``user`` is '' and ``userid`` 0 when the name is hidden; ``timestamp`` is aware UTC, by the
    wiki's clock with a resolution of one second. ``parent_unseen``: nobody can see what the revision
    before held (hidden, or deleted); it is known only of revisions that ``records.marked`` gave.
    ``imported``: an import may have made it, under whatever name and time; known where a whole history
    was read.
    """

    revid: int
    parentid: int
    user: str
    userid: int
    timestamp: datetime
    summary: str = ''
    tags: frozenset[str] = frozenset()
    minor: bool = False
    size: int = 0
    sha1: str = ''
    user_hidden: bool = False
    text_hidden: bool = False
    summary_hidden: bool = False
    parent_unseen: bool = False
    imported: bool = False
