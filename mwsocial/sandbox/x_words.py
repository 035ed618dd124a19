"""The names and values that X's API knows, in both of its vocabularies, and what is none of them.

Until specification 2.166 of July 2026 posts were tweets; since 2.167 they are posts, and both are
spoken. X answers each request in its own words, and drops in silence what it does not know. This
stand-in refuses that: whoever asks for a field that is not there is to hear of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Vocabulary:
    """How one generation of the API names things."""

    fields: str
    post_fields: Collection[str]
    expansions: Collection[str]
    referenced: str
    history: str
    note: str
    included: str
    reposts: str
    posts: str


_BOTH_FIELDS = frozenset({
    'id', 'text', 'created_at', 'conversation_id', 'in_reply_to_user_id', 'entities', 'attachments',
    'lang', 'public_metrics', 'possibly_sensitive', 'reply_settings', 'source', 'edit_controls',
})  # fmt: skip
_BOTH_EXPANSIONS = frozenset({
    'author_id', 'in_reply_to_user_id', 'attachments.media_keys', 'entities.mentions.username',
})  # fmt: skip
OLD = Vocabulary(
    'tweet.fields',
    _BOTH_FIELDS | {'author_id', 'referenced_tweets', 'edit_history_tweet_ids', 'note_tweet'},
    _BOTH_EXPANSIONS | {'referenced_tweets.id', 'referenced_tweets.id.author_id'},
    'referenced_tweets', 'edit_history_tweet_ids', 'note_tweet', 'tweets', 'retweet_count',
    'tweet_count',
)  # fmt: skip
NEW = Vocabulary(
    'post.fields',
    _BOTH_FIELDS | {'referenced_posts', 'edit_history_post_ids', 'note_post'},
    _BOTH_EXPANSIONS | {'referenced_posts', 'edit_history_post_ids'},
    'referenced_posts', 'edit_history_post_ids', 'note_post', 'posts', 'repost_count', 'post_count',
)  # fmt: skip
USER_FIELDS = frozenset({
    'id', 'name', 'username', 'created_at', 'description', 'protected', 'public_metrics', 'url',
    'verified',
})  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a request asks for: plain parameters, and what is to be shown in which words."""

    plain: Mapping[str, str]
    words: Vocabulary = OLD
    fields: frozenset[str] = frozenset()
    expansions: frozenset[str] = frozenset()
    user_fields: frozenset[str] = frozenset()
    wrong: Mapping[str, str] = field(default_factory=dict)


def read(query: list[tuple[str, str]], plain: Collection[str], shows: str) -> Asked:
    """Read a *query* in which *plain* parameters may stand, and those on what is shown.

    *shows*: 'posts', 'users' or ''. What is not right stands in ``wrong``, with a message for each.
    """
    wrong: dict[str, str] = {}
    named: dict[str, str] = {}
    for name, value in query:
        if name in named:
            wrong[name] = f'The query parameter [{name}] is given twice'
        named[name] = value
    words = NEW if NEW.fields in named else OLD
    if OLD.fields in named and NEW.fields in named:
        wrong[NEW.fields] = 'Two vocabularies in one request'
    allowed: dict[str, Collection[str]] = {}
    if shows:
        allowed['user.fields'] = USER_FIELDS
    if shows == 'posts':
        if NEW.fields not in named and _only(named.get('expansions', ''), NEW, OLD):
            words = NEW
        allowed |= {words.fields: words.post_fields, 'expansions': words.expansions}
    chosen: dict[str, frozenset[str]] = {}
    for name, value in named.items():
        if name in allowed:
            chosen[name] = frozenset(value.split(','))
            strange = sorted(chosen[name] - set(allowed[name]))
            if strange:
                wrong[name] = f'The `{name}` query parameter value [{strange[0]}] is not known'
        elif name not in plain:
            wrong[name] = f'The query parameter [{name}] is not one of {sorted([*plain, *allowed])}'
    none: frozenset[str] = frozenset()
    return Asked(
        {name: value for name, value in named.items() if name in plain},
        words,
        chosen.get(words.fields, none),
        chosen.get('expansions', none),
        chosen.get('user.fields', none),
        wrong,
    )


def _only(value: str, one: Vocabulary, other: Vocabulary) -> bool:
    """Whether *value* names an expansion that only *one* of two vocabularies has."""
    return bool(set(value.split(',')) & (set(one.expansions) - set(other.expansions)))
