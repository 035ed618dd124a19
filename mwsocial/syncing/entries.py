"""Who brought each entry of the News, from the history of the page. Pure.

An entry that somebody corrects stays the same entry: it was brought by who brought it first. So does
one that was taken out and put back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mwsocial.news.read import read
from mwsocial.news.values import Group, Item
from mwsocial.news.words import plain
from mwsocial.wiki.revision import Revision

#: So many of all words a corrected entry shares with what it was, at least.
CORRECTED = 0.4

_WORD = re.compile(r'\w+(?:[.\-]\w+)*')
#: A day and the words of an entry.
Key = tuple[str, str]


@dataclass(frozen=True)
class Origin:
    """Where an entry comes from. ``revision`` brought it; None for one that is older than what was read,
    and ``unclear`` where a hidden revision may have. ``first`` is how it was then; ``changed`` the last
    revision that changed its words, None if none did.
    """

    first: Key
    revision: Revision | None
    changed: Revision | None = None
    unclear: bool = False

    @property
    def id(self) -> str:
        """The id of the item that proposes it: the same for ever."""
        day, words = self.first
        digest = hashlib.sha256(f'{day}\n{words}'.encode('utf-8', 'surrogatepass')).hexdigest()
        return f'news-{day}-{digest[:10]}'


@dataclass(frozen=True)
class Placed:
    """An entry of the page as it is now, its day, and where it comes from."""

    item: Item
    date: dt.date
    origin: Origin

    @property
    def words(self) -> str:
        """Its headline as plain words of wikitext."""
        return plain(self.item.headline)


def placed(text: str, steps: Sequence[tuple[Revision, str | None]]) -> list[Placed]:
    """The entries of the page *text*, newest first, with their origins.

    *steps*: revisions and their texts, oldest first, None where the text is hidden. The first is only
    what stood there before; the last shows *text*.
    """
    origins = origins_of(steps)
    found = []
    for group in read(text).groups:
        for item in group.items:
            origin = origins.get(_key(group, item))
            if origin:
                found.append(Placed(item, group.date, origin))
    return found


def origins_of(steps: Sequence[tuple[Revision, str | None]]) -> Mapping[Key, Origin]:
    """The origin of every entry that ever stood in *steps*."""
    known: dict[Key, Origin] = {}
    before: list[Key] | None = None
    hidden = False
    for revision, text in steps:
        if text is None:
            hidden = True
            continue
        now = [_key(group, item) for group in read(text).groups for item in group.items]
        if before is None:
            known |= {key: Origin(key, None) for key in now}
        else:
            gone = [key for key in before if key not in now]
            for key in dict.fromkeys(now):
                if key in known:
                    continue
                old = _corrected(key, gone)
                if old:
                    gone.remove(old)
                    known[key] = replace(known[old], changed=revision)
                else:
                    known[key] = Origin(key, revision, unclear=hidden)
        before, hidden = now, False
    return known


def _key(group: Group, item: Item) -> Key:
    return group.date.isoformat(), plain(item.headline)


def _corrected(key: Key, gone: Iterable[Key]) -> Key | None:
    """Which of the entries that went with the same edit this one is, in other words."""
    words = _words(key[1])
    best, best_share = None, 0.0
    for other in gone:
        theirs = _words(other[1])
        share = len(words & theirs) / max(1, len(words | theirs))
        needed = CORRECTED if other[0] == key[0] else 2 * CORRECTED
        if share >= needed and share > best_share:
            best, best_share = other, share
    return best


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
