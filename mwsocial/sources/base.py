"""What a source is: something that is asked what there is now and answers with suggestions.

Reading what was fetched is pure and stands apart from the fetching in every source's file. A source
knows nothing of the page of suggestions: what was suggested before is sorted out behind it, by id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from mwsocial.reason import Reason
from mwsocial.sources.fetch import Fetched
from mwsocial.sources.wikis import Wiki


@dataclass(frozen=True)
class Suggestion:
    """A post that might be made; nothing in it is wikitext.

    ``words`` are what a stranger wrote, if need be shortened until the post fits; ``sentence`` is the
    key of our own sentence around them ('' for none): they are its ``$1``, ``more`` its further
    arguments. ``link`` follows at the end. ``why`` tells people where it comes from. ``not_before``
    and ``not_after`` are aware UTC. ``moment`` puts the newest last. ``only``: where the link
    stands in an item already, nothing more is to be said.
    """

    id: str
    words: str
    link: str
    why: Reason
    moment: datetime
    sentence: str = ''
    more: tuple[str, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    only: bool = False


@dataclass(frozen=True)
class Found:
    """What a source has now. ``cursors``: where it stands, to be shown on the page; ``remarks``: what
    it left out, and why.
    """

    suggestions: tuple[Suggestion, ...] = ()
    cursors: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class World:
    """What a source may ask. ``now`` is UTC by the desk's wiki's clock; ``words`` are the desk's.

    ``fetch`` gets what stands at an address, ``wiki`` leads to a wiki by the address of its API ('' for
    the desk's own); both raise ``Trouble``. ``suggested`` says when which id was suggested (UTC),
    ``standing`` which of them stand on the page; ``cursors`` is what sources left behind.
    """

    now: datetime
    words: Sequence[str]
    fetch: Callable[[str], Fetched]
    wiki: Callable[[str], Wiki]
    suggested: Mapping[str, datetime] = field(default_factory=dict)
    standing: frozenset[str] = frozenset()
    cursors: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """One source of the configuration. ``name`` is how people know it: ``feeds: diff``."""

    name: str

    def look(self, world: World) -> Found:
        """What there is now. Raises ``Trouble`` where nothing can be said."""
        ...


def digest(*parts: str) -> str:
    """Twelve digits for an id, from what makes something what it is."""
    text = '\n'.join(parts).encode('utf-8', 'surrogatepass')
    return hashlib.sha256(text).hexdigest()[:12]


def wanted(title: str, words: Sequence[str]) -> bool:
    """Whether *title* holds one of *words*, in any case; true where there are none."""
    folded = title.casefold()
    return not words or any(word.casefold() in folded for word in words)
