"""Our own posts on X: what became of an uncertain one, what we shared, answered and paid.

X has no idempotency key, so the account's own posts are all there is to look at. Nothing documents
how soon, or that at all, a post shows there, and posts made later may show before it: not being
there proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from mwsocial.channels.base import CannotLook, Lookup, NotFound, OwnPost, Pointer, Post, Posted
from mwsocial.channels.counting import x_addresses
from mwsocial.channels.x.addresses import address_of, id_of, ids_of
from mwsocial.channels.x.client import PAGE, PAGES, Client, Listing, Us
from mwsocial.channels.x.words import XPost
from mwsocial.normal import nfc
from mwsocial.reason import Reason

#: The wiki's clock, which *since* comes from, and X's may differ by so much.
CLOCKS = timedelta(minutes=10)
#: How far back a share is looked for, before the time that is asked for.
_BEFORE = timedelta(days=30)
_SCHEME = re.compile(r'https?://', re.I)
_HOST = re.compile(r'(?<![\w@.-])[a-z0-9-]+(?:\.[a-z0-9-]+)+', re.I | re.A)
_SLASH = re.compile(r'/(?=\s|$)')
# X names whom a reply answers in front of it.
_NAMES = re.compile(r'(?:@\w{1,20}\s+)+', re.A)


def has_address(text: str) -> bool:
    """Whether *text* holds what X takes for an address: a scheme is not needed."""
    return bool(x_addresses(text))


class Own:
    """Reads the posts of the account *us*."""

    def __init__(self, client: Client, us: Us) -> None:
        self._client = client
        self._us = us

    def since(self, start: datetime, pages: int = PAGES) -> tuple[XPost, ...] | CannotLook:
        """All our posts, answers and reposts since *start*, newest first."""
        asked = {
            'max_results': str(PAGE),
            'start_time': start.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ'),
        }
        found = self._client.listing(
            f'/2/users/{self._us.id}/tweets', asked, people=False, pages=pages
        )
        host = self._client.host
        if not isinstance(found, Listing):
            return CannotLook(Reason('channels-timeline-unread', (host, found.reason.text())))
        if any(one.author != self._us.id for one in found.posts):
            return CannotLook(Reason('channels-timeline-strange'))
        if not found.whole:
            return CannotLook(Reason('channels-timeline-short'))
        return tuple(one for one in found.posts if one.created >= start)

    def posts(self, start: datetime) -> list[OwnPost] | CannotLook:
        """Our posts and answers since *start*, oldest first."""
        found = self.since(start)
        if isinstance(found, CannotLook):
            return found
        return [
            OwnPost(
                address_of(self._us.name, one.id), one.text, one.created,
                bool(one.answers or one.answered), one.reactions,
            )
            for one in reversed(found)
            if not one.reposts
        ]  # fmt: skip

    def find(self, post: Post, since: datetime, ignoring: Collection[str]) -> Lookup:
        """The oldest post since *since* with the words of *post*, as a part of the same thread, and not
        at an address of *ignoring*.
        """
        parent = id_of(post.after) if post.after else ''

        def fits(one: XPost) -> bool:
            if post.after:
                return one.answers == parent
            return not one.answers and not one.answered

        return self._find(post.text, since, fits, ids_of(ignoring))

    def find_point(self, number: str, pointer: Pointer, since: datetime) -> Lookup:
        """Our answer with this sentence to the post with the id *number*."""
        return self._find(pointer.sentence, since, lambda one: one.answers == number, frozenset())

    def find_share(self, number: str, made: datetime, since: datetime, url: str) -> Lookup:
        """Our repost of the post with the id *number*, which was made at *made* and is at *url*."""
        start = min(since - CLOCKS, max(made, since - _BEFORE))
        found = self.since(start)
        if isinstance(found, CannotLook):
            return found
        shared = any(one.reposts == number for one in found)
        return Posted(number, url) if shared else NotFound()

    def answers(self, posts: Collection[XPost]) -> dict[str, XPost]:
        """Which of *posts* of ours answer somebody, by conversation; our own threads do not."""
        return {
            one.conversation or one.answers: one
            for one in posts
            if (one.answers or one.answered) and not one.reposts and one.answered != self._us.id
        }

    def _find(
        self, text: str, since: datetime, fits: Callable[[XPost], bool], leave: frozenset[str]
    ) -> Lookup:
        posts = self.since(since - CLOCKS)
        if isinstance(posts, CannotLook):
            return posts
        alike = False
        for one in reversed(posts):
            if one.reposts or one.id in leave or not fits(one):
                continue
            if same(one.text, text, answer=bool(one.answers)):
                return Posted(one.id, address_of(self._us.name, one.id))
            alike |= not one.whole and may_be(one.text, text)
        return CannotLook(Reason('channels-timeline-alike')) if alike else NotFound()


def same(found: str, words: str, *, answer: bool = False) -> bool:
    """Whether X made *found* of *words*; in an *answer* the names in front do not count."""
    found, words = canonical(found), canonical(words)
    if answer:
        found, words = _without_names(found), _without_names(words)
    return found == words


def _without_names(text: str) -> str:
    names = _NAMES.match(text)
    return text[names.end() :] if names else text


def canonical(text: str) -> str:
    """*text* for comparing: NFC, white space collapsed, addresses without what X adds or leaves out."""
    text = ' '.join(nfc(unquote(text)).split())
    text = _SLASH.sub('', _SCHEME.sub('', text))
    return _HOST.sub(lambda host: host[0].lower(), text)


def may_be(found: str, words: str) -> bool:
    """Whether *found*, which X has cut or in which it keeps addresses short, may be *words*: as far as it
    goes, its letters and digits are theirs.
    """
    return _letters(words).startswith(_letters(found))


def _letters(text: str) -> str:
    plain = (word for word in canonical(text).split() if '.' not in word.rstrip('.…'))
    return ''.join(sign for sign in ''.join(plain) if sign.isalnum()).casefold()
