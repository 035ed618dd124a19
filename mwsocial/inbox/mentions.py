"""The page of mentions as values: what each template says, and what people have decided. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256

from mwsocial.wiki.items import (
    DECIDE,
    DECISION,
    ITEM,
    MOST_PARAMETERS,
    STOPS,
    Parameter,
    parameters,
)
from mwsocial.wiki.skeleton import Skeleton, Template, cut
from mwsocial.wiki.values import resolve

MENTION = 'Social media mention'
WANTED = STOPS | {MENTION, DECISION, ITEM}
SHARE = 'share'
POINT = 'point'
IGNORE = 'ignore'
#: What a mention is, the kinds in the order in which one post found twice is called.
KINDS = ('reply', 'mention', 'hashtag', 'search', 'timeline')
#: What the bot alone writes into a mention, beside what it was made with.
OWN = ('item', 'note')

# To the end where it is never closed: each looked for on its own takes time in the square of them.
_COMMENT = re.compile(r'<!--.*?(?:-->|\Z)', re.DOTALL)
_DIGITS = 10


def digest(url: str) -> str:
    """The ten digits by which an edit summary names a mention."""
    return sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGITS]


def item_id(kind: str, url: str) -> str:
    """The id of the item that ``share`` or ``point`` makes of the post at *url*."""
    return f'{kind}-{sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:12]}'


@dataclass(frozen=True)
class Mention:
    """One template. ``url`` is its key; ``decision`` and ``note`` are raw, the others what they say.

    ``number`` counts the templates of the page from 0.
    """

    number: int
    url: str
    channel: str = ''
    kind: str = ''
    author: str = ''
    date: str = ''
    excerpt: str = ''
    decision: str = ''
    note: str = ''

    @property
    def digest(self) -> str:
        """By which it is known; '' where it has no address."""
        return digest(self.url) if self.url else ''


@dataclass(frozen=True)
class Vote:
    """A decision that stands on its own, made with a button: ``mention`` is the digest of what it is
    about.
    """

    number: int
    mention: str
    decision: str


@dataclass(frozen=True)
class Placed:
    """A mention and where it stands on the page."""

    template: Template
    params: tuple[Parameter, ...]
    mention: Mention


@dataclass(frozen=True)
class Inbox:
    """What a text of the page holds."""

    skeleton: Skeleton
    placed: tuple[Placed, ...]
    votes: tuple[tuple[Template, Vote], ...]
    stopped: bool

    @property
    def mentions(self) -> list[Mention]:
        """All of them, in the page's order."""
        return [one.mention for one in self.placed]

    def decision(self, mention: Mention) -> str:
        """What stands as decided: the last button that was pressed, or what the template says."""
        pressed = [vote.decision for _, vote in self.votes if vote.mention == mention.digest]
        return pressed[-1] if pressed else mention.decision

    def about(self, url: str) -> frozenset[str]:
        """What is decided about the mention at *url*, and by whom: in its template and by buttons."""
        lines = {one.mention.decision for one in self.placed if one.mention.url == url}
        lines |= {vote.decision for _, vote in self.votes if vote.mention == digest(url)}
        return frozenset(lines)

    def doubled(self) -> frozenset[str]:
        """The addresses that more than one template has."""
        counted = Counter(one.mention.url for one in self.placed)
        return frozenset(url for url, count in counted.items() if count > 1)


def read_inbox(text: str) -> Inbox:
    """What *text* holds. Templates count where items do (``items.read_queue``)."""
    skeleton = cut(text, WANTED)
    placed: list[Placed] = []
    votes: list[tuple[Template, Vote]] = []
    for one in skeleton.templates:
        if not one.closed or len(one.parts) > MOST_PARAMETERS:
            continue
        raw = text[one.start : one.end]
        if one.name == MENTION:
            params = _parameters(raw, one.parts)
            placed.append(Placed(one, params, replace(_mention(params), number=len(placed))))
        elif one.name == DECISION:
            values = {each.name: each.value for each in _parameters(raw, one.parts)}
            if values.get('mention') and values.get(DECIDE):
                line = _decision(values[DECIDE])
                votes.append((one, Vote(len(votes), values['mention'], line)))
    return Inbox(skeleton, tuple(placed), tuple(votes), bool(skeleton.used & STOPS))


def word_of(decision: str) -> tuple[str, str]:
    """What a decision says: its word in small letters and, for ``point``, the key; '' for none."""
    words = [word.strip('.,;:') for word in _COMMENT.sub(' ', decision).split()[:2]]
    word = words[0].casefold() if words else ''
    return word, words[1] if word == POINT and len(words) > 1 else ''


def introduced(text: str, before: str) -> list[Mention]:
    """The mentions of *text* that did not stand in *before*, whatever else is the same."""
    old = Counter(_bare(one) for one in read_inbox(before).mentions)
    found = []
    for one in read_inbox(text).mentions:
        if old[_bare(one)] > 0:
            old[_bare(one)] -= 1
        else:
            found.append(one)
    return found


def _bare(mention: Mention) -> Mention:
    return replace(mention, number=0)


@lru_cache(maxsize=4096)
def _parameters(raw: str, parts: tuple[tuple[int, int], ...]) -> tuple[Parameter, ...]:
    return tuple(parameters(raw, parts))


@lru_cache(maxsize=4096)
def _mention(params: Iterable[Parameter]) -> Mention:
    # Of two with one name, the one that the wiki shows: the last.
    raw = {one.name: one.value for one in params if one.name}

    def said(name: str) -> str:
        return resolve(raw.get(name, '')).value

    url = resolve(raw.get('url', ''))
    return Mention(
        0,
        url='' if url.faults else url.value,
        channel=said('channel'),
        kind=said('kind'),
        author=said('author'),
        date=said('date'),
        excerpt=said('excerpt'),
        decision=_decision(raw.get(DECIDE, '')),
        note=raw.get('note', ''),
    )


def _decision(value: str) -> str:
    # A signature may hold anything but a line.
    return _COMMENT.sub('', value).strip().partition('\n')[0].rstrip()
