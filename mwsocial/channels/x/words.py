"""X's two vocabularies, and what its posts mean: pure reading of answers.

Until specification 2.166 a post was a tweet; since 2.167 (July 2026) it is a post. Both are spoken on
the same addresses, and X answers in the words that it was asked in. Both are read here; ``SPOKEN`` is
the one place that says in which we ask. That what was asked for has come is checked with every page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from mwsocial.channels import answers
from mwsocial.channels.base import Counts
from mwsocial.reason import Reason

_COMMON = (
    'conversation_id', 'created_at', 'entities', 'in_reply_to_user_id', 'public_metrics',
)  # fmt: skip
_REACTIONS = (
    'like_count', 'reply_count', 'quote_count', 'retweet_count', 'repost_count',
)  # fmt: skip
# Ids hold the time they were made at, in milliseconds since this one (X documentation, "X IDs").
_EPOCH = 1288834974657
_ID = re.compile(r'[0-9]{1,19}', re.A)
_NAME = re.compile(r'[A-Za-z0-9_]{1,20}', re.A)
_SHORT = re.compile(r'https?://t\.co/\w+', re.I | re.A)
_CUT = re.compile(r'…(?:\s*https?://t\.co/\w+)?\s*$', re.A)
_PICTURE = re.compile(r'https?://(?:x|twitter)\.com/\w+/status/[0-9]+/(?:photo|video)/[0-9]+', re.A)


@dataclass(frozen=True)
class Vocabulary:
    """How requests name what they ask for. X drops in silence what it does not know, and what was asked
    for is then missing in the answer (``Page``).
    """

    fields: str
    post_fields: tuple[str, ...]
    #: Whether who wrote a post is told only as an expansion, which costs a read of the person.
    author_expanded: bool

    def asking(self, *, people: bool) -> dict[str, str]:
        """The parameters for posts; with *people*, also who wrote them, by name (which costs more)."""
        asked = {self.fields: ','.join(self.post_fields)}
        if people or self.author_expanded:
            asked['expansions'] = 'author_id'
        if people:
            asked['user.fields'] = 'protected,username'
        return asked


OLD = Vocabulary(
    'tweet.fields', (*_COMMON, 'author_id', 'note_tweet', 'referenced_tweets'), False
)  # fmt: skip
NEW = Vocabulary('post.fields', (*_COMMON, 'note_post', 'referenced_posts'), True)
#: In which words X is asked: in the first, and in the next where X does not know those any more. The
#: older ones tell who wrote a post without a charge.
SPOKEN = (OLD, NEW)


@dataclass(frozen=True)
class Person:
    """Who wrote a post."""

    name: str
    protected: bool


@dataclass(frozen=True)
class XPost:
    """A post as X shows it; ids are strings of digits, '' where there is none.

    ``conversation`` is the id of its first post, '' for an answer where X does not tell.
    ``text`` has addresses in full and no picture's link; it is ``whole`` unless X has cut it or kept an
    address short. ``answers`` is the post it replies to, ``answered`` whose that is; ``reposts`` the
    post it is a repost of. ``names`` are those it mentions, in small letters; ``linked``: it holds an
    address; ``reactions`` counts what people have done with it, where X tells. Times are UTC.
    """

    id: str
    author: str
    created: datetime
    text: str
    whole: bool
    conversation: str
    answers: str = ''
    answered: str = ''
    reposts: str = ''
    names: frozenset[str] = frozenset()
    linked: bool = False
    edited: datetime | None = None
    reactions: int | None = None


@dataclass(frozen=True)
class Page:
    """Posts as they came (newest first), who wrote them, where to go on, and whether X has left
    something out for a reason of its own (``partial``).
    """

    posts: tuple[XPost, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    token: str = ''
    partial: bool = False


def page_of(answer: object) -> Page | Reason:
    """The posts in *answer*; a Reason where it is something else, or lacks what was asked for."""
    if not isinstance(answer, dict):
        return Reason('channels-timeline-strange')
    data = answer.get('data', [])
    meta = answer.get('meta')
    if isinstance(data, dict):
        data = [data]
    elif not isinstance(meta, dict) and not answer.get('errors'):
        return Reason('channels-timeline-strange')
    if not isinstance(data, list):
        return Reason('channels-timeline-strange')
    posts = []
    for one in data:
        post = post_of(one)
        if post is None:
            missing = _missing(one)
            return Reason('x-fields-missing', (missing,)) if missing else _STRANGE
        posts.append(post)
    token = meta.get('next_token') if isinstance(meta, dict) else ''
    return Page(
        tuple(posts), _people(answer.get('includes')), token if isinstance(token, str) else '',
        bool(answer.get('errors')),
    )  # fmt: skip


def post_of(value: object) -> XPost | None:
    """One post, in either vocabulary; None where it is none, or lacks who wrote it and when."""
    if not isinstance(value, dict):
        return None
    number, author = sane_id(value.get('id')), sane_id(value.get('author_id'))
    created, text = answers.sane_time(value.get('created_at')), value.get('text')
    if not number or not author or created is None or not isinstance(text, str):
        return None
    note = value.get('note_post') or value.get('note_tweet')
    entities = value.get('entities')
    cut = _CUT.search(text) is not None
    if isinstance(note, dict) and isinstance(note.get('text'), str):
        text, entities, cut = note['text'], note.get('entities', entities), False
    words, linked = _expanded(text, entities)
    references = _references(value.get('referenced_posts') or value.get('referenced_tweets'))
    replied_to = references.get('replied_to', '')
    history = value.get('edit_history_post_ids') or value.get('edit_history_tweet_ids')
    return XPost(
        number, author, created, words, not cut and not _SHORT.search(words),
        sane_id(value.get('conversation_id')) or ('' if replied_to else number),
        replied_to, sane_id(value.get('in_reply_to_user_id')),
        references.get('retweeted', '') or references.get('reposted', ''),
        _names(entities), linked, _edited(history), _reactions(value.get('public_metrics')),
    )  # fmt: skip


def person_of(value: object) -> tuple[str, Person] | None:
    """Id and name of somebody; None where it is nobody."""
    if not isinstance(value, dict):
        return None
    number, name = sane_id(value.get('id')), value.get('username')
    if not number or not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    return number, Person(name, value.get('protected') is True)


def counts_of(person: Mapping[str, Any]) -> Counts:
    """The numbers of somebody, in either vocabulary."""
    metrics = person.get('public_metrics')
    told = metrics if isinstance(metrics, dict) else {}

    def number(*names: str) -> int | None:
        values = (told.get(name) for name in names)
        return next((one for one in values if type(one) is int and one >= 0), None)

    return Counts(
        number('followers_count'), number('following_count'), number('post_count', 'tweet_count')
    )


def sane_id(value: object) -> str:
    """*value* as an id of X, which is a string of digits; '' where it is none."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ''


def born(number: str) -> datetime:
    """When what has the id *number* was made (UTC)."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=(int(number) >> 22) + _EPOCH)


def _missing(value: object) -> str:
    """What was asked for and is missing in a post that is one otherwise."""
    if not isinstance(value, dict) or not sane_id(value.get('id')):
        return ''
    return ', '.join(name for name in ('author_id', 'created_at') if name not in value)


def _expanded(text: str, entities: object) -> tuple[str, bool]:
    """*text* with addresses as they were written and without signs escaped, and whether it has any."""
    urls = entities.get('urls') if isinstance(entities, dict) else None
    linked = False
    for one in urls if isinstance(urls, list) else ():
        short = one.get('url') if isinstance(one, dict) else None
        full = one.get('expanded_url') if isinstance(one, dict) else None
        if not isinstance(short, str) or not isinstance(full, str) or not _SHORT.fullmatch(short):
            continue
        if one.get('media_key') or _PICTURE.fullmatch(full):
            text = text.replace(short, '')
            continue
        linked = True
        text = text.replace(short, html.escape(full, quote=False))
    return html.unescape(text).strip(), linked or _SHORT.search(text) is not None


def _reactions(metrics: object) -> int | None:
    told = metrics if isinstance(metrics, dict) else {}
    counts = [found for name in _REACTIONS if (found := answers.count(told.get(name))) is not None]
    return sum(counts) if counts else None


def _names(entities: object) -> frozenset[str]:
    mentions = entities.get('mentions') if isinstance(entities, dict) else None
    found = set()
    for one in mentions if isinstance(mentions, list) else ():
        name = one.get('username') if isinstance(one, dict) else None
        if isinstance(name, str):
            found.add(name.lower())
    return frozenset(found)


def _references(value: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict) and isinstance(one.get('type'), str):
            found[one['type']] = sane_id(one.get('id'))
    return found


def _edited(history: Any) -> datetime | None:
    """When a post was changed last: each version has an id of its own."""
    numbers = [sane_id(one) for one in history] if isinstance(history, list) else []
    if len(numbers) < 2 or not all(numbers):
        return None
    return born(max(numbers, key=int))


def _people(includes: object) -> dict[str, Person]:
    users = includes.get('users') if isinstance(includes, dict) else None
    found = (person_of(one) for one in (users if isinstance(users, list) else ()))
    return dict(one for one in found if one)


_STRANGE = Reason('channels-timeline-strange')
