"""Posts of the Graph API as values: ids, addresses, words, photos. Pure.

A post's id is ``PAGE_POST``. Its address as the desk records it is ``https://www.facebook.com/PAGE/
posts/POST``, which Facebook resolves and which gives the id back; the ``permalink_url`` that the API
gives holds a code instead, from which no id can be had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mwsocial.channels import answers, plaintext

GRAPH = 'https://graph.facebook.com'
_PUBLIC = 'https://www.facebook.com'
_HOSTS = frozenset({'facebook.com', 'www.facebook.com', 'm.facebook.com', 'web.facebook.com'})
_ID = re.compile(r'([0-9]{1,25})_([0-9]{1,25})', re.A)
_NUMBER = re.compile(r'[0-9]{1,25}', re.A)
# An address in a text, without the signs that end a sentence; nothing here backtracks.
_ADDRESS = re.compile(r'https?://[^\s<>"“”‘’«»]++', re.I)
_NOT_LAST = ".,;:!?'…*_~"
# What the API would turn into the name of a Page or person ("Page Mentioning").
_MENTION = re.compile(r'@\[\s*[0-9]')


@dataclass(frozen=True)
class PagePost:
    """One post as a list of the API tells it. ``created`` is aware UTC; ``author`` is the number of
    who made it and ``name`` their name, '' where the API withholds them.
    """

    id: str
    message: str
    created: datetime
    permalink: str
    author: str
    name: str


def is_number(value: str) -> bool:
    """Whether *value* can be the number of a Page."""
    return bool(_NUMBER.fullmatch(value))


def web_origin(origin: str) -> str:
    """Where people read the posts of the API at *origin*: Facebook, or the stand-in itself."""
    return _PUBLIC if origin == GRAPH else origin


def address_of(post_id: str, web: str) -> str:
    """The address of the post with this id."""
    page, _, post = post_id.partition('_')
    return f'{web}/{page}/posts/{post}'


def id_in(url: str, web: str) -> str:
    """The id that an address spells out; '' where it spells none, or is not of this network."""
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
    except ValueError:
        return ''
    if not is_ours(url, web):
        return ''
    path = parts.path.strip('/').split('/')
    page = post = ''
    if len(path) == 1 and (whole := _ID.fullmatch(path[0])):
        page, post = whole[1], whole[2]
    elif len(path) == 3 and path[1] == 'posts':
        page, post = path[0], path[2]
        if whole := _ID.fullmatch(post):
            page, post = whole[1], whole[2]
    elif path == ['permalink.php']:
        page, post = query.get('id', [''])[0], query.get('story_fbid', [''])[0]
    return f'{page}_{post}' if is_number(page) and is_number(post) else ''


def is_ours(url: str, web: str) -> bool:
    """Whether an address belongs to this network."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ''
        origin = f'{parts.scheme}://{parts.netloc}'
    except ValueError:
        return False
    if parts.username is not None or not url.isprintable():
        return False
    if web == _PUBLIC:
        return parts.scheme == 'https' and host in _HOSTS
    return origin == web


def same_address(one: str, other: str) -> bool:
    """Whether two addresses of this network lead to the same post: host and tracking do not count."""
    return bool(one) and _bare(one) == _bare(other)


def _bare(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, ''
    query = parse_qs(parts.query)
    kept = '&'.join(f'{name}={query[name][0]}' for name in ('id', 'story_fbid') if name in query)
    return parts.path.rstrip('/'), kept


def id_of(value: object) -> str:
    """*value* as the id of a post; '' where it cannot be one."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ''


def number_of(value: object) -> str:
    """*value* as a number of the network (of a page, a photo); '' where it cannot be one."""
    return value if isinstance(value, str) and is_number(value) else ''


def read_post(value: object, web: str) -> PagePost | None:
    """The post that *value* (of an answer) describes; None where it describes none."""
    if not isinstance(value, Mapping):
        return None
    post_id, created = id_of(value.get('id')), answers.sane_time(value.get('created_time'))
    if not post_id or created is None:
        return None
    permalink = answers.sane_address(value.get('permalink_url'))
    author = value.get('from')
    author = author if isinstance(author, Mapping) else {}
    message, name = value.get('message'), author.get('name')
    return PagePost(
        post_id,
        message if isinstance(message, str) else '',
        created,
        permalink if permalink and is_ours(permalink, web) else '',
        number_of(author.get('id')),
        answers.plain(name) if isinstance(name, str) else '',
    )


def same_words(found: str, words: str) -> bool:
    """Whether *found* is how the network gives *words* back (white space may be changed)."""
    return plaintext.canonical(found) == plaintext.canonical(words)


def photos_of(value: Mapping[str, Any]) -> tuple[str, ...]:
    """The numbers of the photos in a post that was read with its ``attachments``."""
    return tuple(_photos(value.get('attachments'), 0))


def _photos(attachments: object, depth: int) -> Iterator[str]:
    data = attachments.get('data') if isinstance(attachments, Mapping) else None
    for one in data if isinstance(data, list) else ():
        if not isinstance(one, Mapping):
            continue
        inner = list(_photos(one.get('subattachments'), depth + 1)) if depth < 2 else []
        if inner:
            yield from inner
        elif one.get('media_type') == 'photo':
            target = one.get('target')
            yield number_of(target.get('id') if isinstance(target, Mapping) else None)


def has_preview(value: Mapping[str, Any]) -> bool:
    """Whether a post that was read with its ``attachments`` shows the preview of a link."""
    attachments = value.get('attachments')
    data = attachments.get('data') if isinstance(attachments, Mapping) else None
    return any(
        isinstance(one, Mapping) and one.get('media_type') == 'link'
        for one in (data if isinstance(data, list) else ())
    )


def first_link(text: str) -> str:
    """The first address in *text* that a preview can be made of; '' where there is none."""
    for found in _ADDRESS.finditer(text):
        link = _trimmed(found[0])
        try:
            host = urlsplit(link).hostname or ''
        except ValueError:
            continue
        if '.' in host and not host.replace('.', '').isdecimal():
            return link
    return ''


def _trimmed(link: str) -> str:
    """An address without what belongs to the sentence: its stop, a bracket that it does not open."""
    opened, closed = link.count('('), link.count(')')
    end = len(link)
    while end:
        last = link[end - 1]
        if last == ')' and closed > opened:
            closed -= 1
        elif last not in _NOT_LAST and last not in ']}':
            break
        end -= 1
    return link[:end]


def has_mention_markup(text: str) -> bool:
    """Whether the network would show something else than these words: ``@[NUMBER]`` names a Page."""
    return bool(_MENTION.search(text))
