"""Which suggestions come onto the page, and with which words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mwsocial.desk.validity import Desk
from mwsocial.sources.base import Suggestion
from mwsocial.sources.feedxml import is_address, same_link
from mwsocial.sources.ledger import summary
from mwsocial.sources.page import New, suggestions
from mwsocial.sources.words import post_text, tame

_ADDRESS = re.compile(r'https?://\S+')


@dataclass(frozen=True)
class Taken:
    """What is there already: the ids of items and the addresses in their texts."""

    ids: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Taken:
        """What stands on these pages."""
        ids: set[str] = set()
        links: set[str] = set()
        for item in (one for text in texts for one in suggestions(text)):
            ids.add(item.id)
            for value in item.content.values():
                links |= {same_link(one) for one in _ADDRESS.findall(value) if is_address(one)}
        return cls(frozenset(ids), frozenset(links))


@dataclass
class Left:
    """What does not come onto the page: ``unfit`` for any text that fits, and how many for want of
    room.
    """

    unfit: list[str] = field(default_factory=list)
    waiting: int = 0


def choose(
    found: Sequence[Suggestion], taken: Taken, desk: Desk, language: str, room: int
) -> tuple[list[New], Left]:
    """At most *room* new suggestions, newest last; *language*: of our own sentences."""
    new: list[New] = []
    left = Left()
    seen = set(taken.ids)
    for one in sorted(found, key=lambda one: (one.moment, one.id)):
        known = one.only and is_address(one.link) and same_link(one.link) in taken.links
        if one.id in seen or known:
            continue
        seen.add(one.id)
        text = post_text(one, desk, language)
        if text is None:
            left.unfit.append(one.id)
        elif len(new) >= room or not _named([*(each.id for each in new), one.id]):
            left.waiting += 1
        else:
            content = {'id': one.id, 'text': text}
            for name, moment in (('not-before', one.not_before), ('not-after', one.not_after)):
                if moment is not None:
                    content[name] = _shown(moment)
            why = one.why.text(language, escape=tame)
            new.append(New(one.id, tame(one.words), content, why))
    return new, left


def _shown(moment: datetime) -> str:
    return f'{moment:%Y-%m-%d %H:%M}'


def _named(ids: Sequence[str]) -> bool:
    try:
        summary(ids)
    except ValueError:
        return False
    return True
