"""What the decisions may ask of the wiki's history, without knowing how it is read.

The decisions are pure. When one needs a text or a fact that has not been read yet, the knowledge
raises :class:`Need`; the reader fetches what is named, all at once, and asks the decision again.
So the rules decide what is read, and only what they need is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mwsocial.desk.files import FileFacts
from mwsocial.desk.item import Queue
from mwsocial.wiki.revision import Revision

Since = dict[str, datetime | None]


def earliest(*wishes: Mapping[str, datetime | None]) -> Since:
    """For each file the earliest of the times asked for; None where no changes are asked for."""
    found: Since = {}
    for wish in wishes:
        for title, since in wish.items():
            known = found.get(title)
            found[title] = min(filter(None, (known, since)), default=None)
    return found


class Need(Exception):
    """The decision cannot be taken before this has been read."""

    def __init__(
        self,
        *,
        texts: Iterable[int] = (),
        people: Iterable[str] = (),
        former: Iterable[str] = (),
        files: Mapping[str, datetime | None] | None = None,
    ) -> None:
        """*texts*: revision ids; *people*: user names; *former*: users whose past rights count;
        *files*: titles of files, each with the time (UTC) from which on its changes count, if they do.
        """
        self.texts = frozenset(texts)
        self.people = frozenset(people)
        self.former = frozenset(former)
        self.files = dict(files or {})
        super().__init__(
            f'texts {sorted(self.texts)} people {sorted(self.people)} files {sorted(self.files)}'
        )


@dataclass(frozen=True)
class Person:
    """What the wiki says of a user now. ``groups`` are the explicit ones that have not expired;
    ``blocked`` is sitewide or from the queue page; ``locked`` is a global lock.
    """

    name: str
    userid: int
    groups: frozenset[str] = frozenset()
    blocked: bool = False
    locked: bool = False


@dataclass(frozen=True)
class Rights:
    """A span in which somebody was entitled to approve; ``until`` None means still."""

    since: datetime
    until: datetime | None


class Knowledge(Protocol):
    """One page's history, as of one moment."""

    @property
    def chain(self) -> Sequence[Revision]:
        """The current revision and its chain of parents, newest first. Revisions in the history that
        are not in this chain (imported, merged) are not here.
        """
        ...

    def queue(self, revid: int) -> Queue:
        """What the page held in this revision; an empty one where the text is hidden."""
        ...

    def text(self, revid: int) -> str:
        """The page's wikitext in this revision; '' where it is hidden."""
        ...

    def unread(self, revids: Iterable[int]) -> Set[int]:
        """Those of the revisions whose texts have to be read before they are asked for."""
        ...

    def person(self, name: str) -> Person:
        """The user as of now; userid 0 where there is none of that name."""
        ...

    def former_rights(self, name: str) -> Sequence[Rights]:
        """When this user was an approver, by the rights log and the configuration's history."""
        ...

    def file(self, title: str, since: datetime | None = None) -> FileFacts:
        """The file of the title as of now; with *since* (UTC) all that has happened to it from then
        on.
        """
        ...
