"""What the AppView shows (lexicons app.bsky.feed.defs, app.bsky.notification): pure reading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mwsocial.channels import answers
from mwsocial.channels.base import OwnPost, Seen
from mwsocial.channels.bluesky.records import (
    POST,
    Ref,
    place_of_uri,
    sane_handle,
    sane_ref,
)
from mwsocial.channels.bluesky.session import Me

# The author asks that nobody sees it who is not signed in (com.atproto.label.defs).
_SIGNED_IN_ONLY = '!no-unauthenticated'
_HIDDEN = frozenset({_SIGNED_IN_ONLY, '!hide', '!takedown'})


def seen_of(view: object, me: Me, answered: frozenset[str] = frozenset()) -> Seen | None:
    """A post in *view* (a postView, or a notification about one); None where it is none, or not whole.

    *answered*: the conversations (addresses of their first posts) that we have answered in.
    """
    if not isinstance(view, Mapping):
        return None
    ref, record, author = sane_ref(view), view.get('record'), view.get('author')
    place = place_of_uri(ref.uri) if ref else None
    if ref is None or place is None or not isinstance(record, Mapping):
        return None
    if not isinstance(author, Mapping) or author.get('did') != place.who:
        return None
    text, time = record.get('text'), time_of(view)
    if record.get('$type') != POST or not isinstance(text, str) or time is None:
        return None
    reply = reply_of(record)
    conversation = reply['root'].uri if reply else ref.uri
    viewer = view.get('viewer')
    return Seen(
        remote_id=ref.uri,
        url=place.url,
        author=sane_handle(author.get('handle')) or place.who,
        text=text,
        created=time,
        known=answers.sane_time(view.get('indexedAt')),
        public=not (labels(author) | labels(view)) & _HIDDEN,
        ours=place.who == me.did,
        mentions_us=me.did in mentioned(record),
        reply_to_us=bool(reply) and reply['parent'].uri.startswith(f'at://{me.did}/'),
        answered=conversation in answered,
        shared=isinstance(viewer, Mapping) and bool(viewer.get('repost')),
        conversation=conversation,
    )


def own_post(view: Mapping[str, Any], me: Me) -> OwnPost | None:
    """A post of ours in *view*; None where it is none. What is shown short is given whole."""
    seen = seen_of(view, me)
    if seen is None or not seen.ours:
        return None
    record = view['record']
    told = [
        count
        for name in ('likeCount', 'repostCount', 'replyCount', 'quoteCount')
        if (count := answers.count(view.get(name))) is not None
    ]
    return OwnPost(
        seen.url, _whole(record), seen.created, bool(reply_of(record)), sum(told) if told else None
    )


def _whole(record: Mapping[str, Any]) -> str:
    """The text with every link as the address that it leads to: apps show addresses shortened."""
    text = str(record['text']).encode('utf-8', 'replace')
    facets = record.get('facets')
    found = []
    for facet in facets if isinstance(facets, list) else []:
        index = facet.get('index') if isinstance(facet, Mapping) else None
        features = facet.get('features') if isinstance(facet, Mapping) else None
        if not isinstance(index, Mapping) or not isinstance(features, list):
            continue
        start, end = index.get('byteStart'), index.get('byteEnd')
        uris = [
            uri for one in features if isinstance(one, Mapping)
            and (uri := answers.sane_address(one.get('uri')))
        ]  # fmt: skip
        if type(start) is int and type(end) is int and 0 <= start < end <= len(text) and uris:
            found.append((start, end, uris[0]))
    for start, end, uri in sorted(found, reverse=True):
        shown = text[start:end].decode('utf-8', 'replace')
        if '.' in shown and ' ' not in shown.strip():
            text = text[:start] + uri.encode() + text[end:]
    return text.decode('utf-8', 'replace')


def time_of(view: Mapping[str, Any]) -> datetime | None:
    """When a post was made: as it says, but not after the network came to know of it. Lists are sorted
    by this.
    """
    record = view.get('record')
    said = answers.sane_time(record.get('createdAt')) if isinstance(record, Mapping) else None
    known = answers.sane_time(view.get('indexedAt'))
    if said is None or known is None:
        return known
    return min(said, known)


def reply_of(record: Mapping[str, Any]) -> dict[str, Ref]:
    """What a post answers: ``root`` and ``parent``; empty where it answers nothing."""
    reply = record.get('reply')
    if not isinstance(reply, Mapping):
        return {}
    root, parent = sane_ref(reply.get('root')), sane_ref(reply.get('parent'))
    return {'root': root, 'parent': parent} if root and parent else {}


def mentioned(record: Mapping[str, Any]) -> frozenset[str]:
    """The DIDs that a post mentions."""
    found = set()
    facets = record.get('facets')
    for facet in facets if isinstance(facets, list) else []:
        features = facet.get('features') if isinstance(facet, Mapping) else None
        for feature in features if isinstance(features, list) else []:
            if isinstance(feature, Mapping) and isinstance(feature.get('did'), str):
                found.add(feature['did'])
    return frozenset(found)


def labels(view: Mapping[str, Any]) -> frozenset[str]:
    """The labels on an author or a post that have not been taken back."""
    given = view.get('labels')
    return frozenset(
        one['val']
        for one in (given if isinstance(given, list) else [])
        if isinstance(one, Mapping) and isinstance(one.get('val'), str) and not one.get('neg')
    )


def answer_of(view: object, me: Me) -> str:
    """The conversation that a post of ours in *view* answers in; '' for any other post.

    A later part of a thread of our own answers nobody.
    """
    if not isinstance(view, Mapping):
        return ''
    ref, record = sane_ref(view), view.get('record')
    if ref is None or not ref.uri.startswith(f'at://{me.did}/') or not isinstance(record, Mapping):
        return ''
    reply = reply_of(record)
    if not reply or reply['parent'].uri.startswith(f'at://{me.did}/'):
        return ''
    return reply['root'].uri
