"""How the stand-in for X shows posts and people: fields on demand, short links, escaped signs.

As X does (documentation "Posts", data dictionary): addresses become t.co links with an entity each,
a picture adds one, ``&``, ``<`` and ``>`` are escaped, a long text is cut and told whole in its note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Any

from .x_words import Asked

try:
    from twitter_text import extract_urls_with_indices, parse_tweet
except ImportError:  # the test extra is not there: addresses with a scheme only, lengths by a bound
    extract_urls_with_indices = parse_tweet = None

#: The longest text, in X's weight.
LONGEST = 280
# Counting is slow for long texts, and none of this length fits.
_FAR_TOO_LONG = 2500
_PLAIN_ADDRESS = re.compile(r'https?://[^\s<>"]+[\w/]')
_MENTION = re.compile(r'(?<![\w@])@(\w{1,15})(?!\w)', re.A)
_HASHTAG = re.compile(r'(?<![\w&])#(\w*[^\W\d]\w*)')
Record = Mapping[str, Any]


def too_long(text: str) -> bool:
    """Whether *text* is longer than X takes (counted with twitter-text, where that is there)."""
    if len(text) > _FAR_TOO_LONG:
        return True
    if parse_tweet is None:
        short = _PLAIN_ADDRESS.sub('x' * 23, text)
        return sum(1 if sign <= '\u10ff' else 2 for sign in short) > LONGEST
    return int(parse_tweet(text).weightedLength) > LONGEST


def addresses(text: str) -> list[tuple[int, int]]:
    """Where the addresses in *text* stand, as X counts them: a scheme is not needed."""
    if extract_urls_with_indices is None or len(text) > _FAR_TOO_LONG:
        return [found.span() for found in _PLAIN_ADDRESS.finditer(text)]
    return [tuple(one['indices']) for one in extract_urls_with_indices(text)]


def mentioned(text: str) -> list[str]:
    """The names after an @ in *text*."""
    return [found[1] for found in _MENTION.finditer(text)]


def hashtags(text: str) -> list[str]:
    """The words after a # in *text*."""
    return [found[1] for found in _HASHTAG.finditer(text)]


def rendered(post: Record, people: Mapping[str, Record]) -> tuple[str, dict[str, Any]]:
    """The whole text of *post* as X gives it back, and its entities."""
    text = post['prefix'] + post['text']
    pieces: list[str] = []
    urls: list[dict[str, Any]] = []
    done = 0

    def link(expanded: str, **more: Any) -> None:
        short = 'https://t.co/' + sha256(expanded.encode()).hexdigest()[:10]
        start = sum(len(piece) for piece in pieces)
        urls.append({
            'start': start, 'end': start + len(short), 'url': short, 'expanded_url': expanded,
            'display_url': re.sub(r'^https?://(www\.)?', '', expanded)[:26], **more,
        })  # fmt: skip
        pieces.append(short)

    for start, end in addresses(text):
        pieces.append(escape(text[done:start], quote=False))
        address = text[start:end]
        link(address if re.match(r'https?://', address, re.I) else f'http://{address}')
        done = end
    pieces.append(escape(text[done:], quote=False))
    for number, media in enumerate(post['media'], 1):
        if number == 1:
            pieces.append(' ' if any(pieces) else '')
            author = people[post['author_id']]['username']
            place = f'https://x.com/{author}/status/{post["id"]}/photo/1'
            link(place, media_key=f'3_{media}')
    entities: dict[str, Any] = {}
    if urls:
        entities['urls'] = urls
    whole = ''.join(pieces)
    named = {one['username'].casefold(): one for one in people.values()}
    names = [
        {
            'start': found.start(), 'end': found.end(), 'username': found[1],
            **({'id': named[found[1].casefold()]['id']} if found[1].casefold() in named else {}),
        }
        for found in _MENTION.finditer(whole)
    ]  # fmt: skip
    if names:
        entities['mentions'] = names
    tags = [
        {'start': found.start(), 'end': found.end(), 'tag': found[1]}
        for found in _HASHTAG.finditer(whole)
    ]
    if tags:
        entities['hashtags'] = tags
    return whole, entities


def post_view(
    post: Record, people: Mapping[str, Record], asked: Asked, cut: int = LONGEST * 4
) -> dict[str, Any]:
    """*post* with the fields that were asked for, in the words of the request.

    A text longer than *cut* signs is shown in part, and whole in the note.
    """
    words = asked.words
    text, entities = rendered(post, people)
    note = None
    if len(text) > cut:
        note = {'text': text, 'entities': entities}
        short = 'https://t.co/' + sha256(text.encode()).hexdigest()[:10]
        text, entities = f'{text[:cut].rstrip()}… {short}', {}
    media = [f'3_{one}' for one in post['media']]
    counts = {words.reposts: 0, 'reply_count': 0, 'like_count': 0, 'quote_count': 0}
    known = {
        'created_at': post['created'],
        'conversation_id': post['conversation'],
        'author_id': post['author_id'],
        'in_reply_to_user_id': post['reply_to_user'],
        'entities': entities,
        'attachments': {'media_keys': media} if media else {},
        'lang': 'en',
        'possibly_sensitive': False,
        'reply_settings': 'everyone',
        'public_metrics': counts,
        words.note: note,
        words.referenced: [
            {'type': kind, 'id': post[name]} for kind, name in _REFERENCES if post[name]
        ],
    }
    # what there is nothing to say about is left out
    wanted = asked.fields | ({'author_id'} & asked.expansions)
    shown = {
        name: known[name] for name in known if name in wanted and known[name] not in ([], {}, None)
    }
    return {'id': post['id'], 'text': text, words.history: post['history'], **shown}


_REFERENCES = (('replied_to', 'reply_to'), ('retweeted', 'repost_of'), ('quoted', 'quote_of'))


def user_view(user: Record, numbers: Mapping[str, int], asked: Asked) -> dict[str, Any]:
    """A person with the fields that were asked for; *numbers*: followers, following, posts."""
    known = {
        'protected': user['protected'],
        'public_metrics': {
            'followers_count': numbers['followers'], 'following_count': numbers['following'],
            asked.words.posts: numbers['posts'], 'listed_count': 0,
        },
        'description': '', 'verified': False, 'created_at': '2009-05-01T00:00:00.000Z', 'url': '',
    }  # fmt: skip
    always = {'id': user['id'], 'name': user['name'], 'username': user['username']}
    return always | {name: known[name] for name in known if name in asked.user_fields}
