"""Which parts of a text are links, hashtags and mentions on Bluesky: pure, and linear in the text.

A post's text is plain there; what can be clicked is said beside it, in byte ranges of its UTF-8
(lexicon app.bsky.richtext.facet). The text itself is never changed.

- A link begins with http:// or https:// and has a public host name; without a scheme it stays text, so
  that ``README.md`` is none. What ends a sentence, and a bracket without its partner, is not part of it.
- A hashtag is # and letters, digits, marks and _, with one letter at least; 64 graphemes at the most.
- A mention is @ and a handle, which is a domain name (AT Protocol specification, "Handle").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import grapheme
import idna

_LINK = re.compile(
    r'(?<![A-Za-z0-9])https?://'
    r'[^\s<>"`{}|\\^\x00-\x1f\x7f-\xa0\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff'
    r'。、，；：！？「」『』【】（）《》〈〉〔〕\ud800-\udfff\ufff9-\uffff]+',
    re.I,
)
_AFTER_LINK = frozenset(".,;:!?'*…·’”»›")
_BRACKETS = {')': '(', ']': '['}
_SCHEMES = ('http', 'https')
_LABEL = r'[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
_HOST = re.compile(rf'(?:{_LABEL}\.)+(?:xn--[a-z0-9-]{{1,59}}|[a-z]{{2,63}})', re.A)
_LOOSE_PERCENT = re.compile(r'%(?![0-9A-Fa-f]{2})')
_URI_SIGNS = "%/:?#[]@!$&'()*+,;=~"
_LONGEST_URI = 8000

_HANDLE = re.compile(rf'(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?', re.A)
_HANDLE_RUN = re.compile(r'@([A-Za-z0-9.-]+)', re.A)
_LONGEST_HANDLE = 253
# AT Protocol specification, "Handle": names that never are one.
_NO_HANDLES = frozenset({
    'alt', 'arpa', 'example', 'internal', 'invalid', 'local', 'localhost', 'onion',
})  # fmt: skip

_TAG_SIGNS = frozenset('#＃')
_NOT_BEFORE_TAG = frozenset('&/@#＃')
_NOT_BEFORE_MENTION = frozenset('@/.-=')
_JOINERS = frozenset('\u200c\u200d')
_LONGEST_TAG = 64
_LONGEST_TAG_BYTES = 640


@dataclass(frozen=True)
class Span:
    """A part of a text, in code points. ``kind`` is 'link', 'tag' or 'mention'; ``value`` is the
    address in ASCII, the tag without #, or the handle in lower case.
    """

    start: int
    end: int
    kind: str
    value: str


def spans(text: str) -> list[Span]:
    """The parts of *text* that are more than words, in their order; none overlaps another."""
    found = sorted((*_links(text), *_tags(text), *_mentions(text)), key=lambda one: one.start)
    kept: list[Span] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def handles(text: str) -> tuple[str, ...]:
    """The handles that *text* mentions, each once."""
    return tuple(dict.fromkeys(one.value for one in spans(text) if one.kind == 'mention'))


def is_handle(word: str) -> bool:
    """Whether *word* (in lower case) can be a handle."""
    return (
        len(word) <= _LONGEST_HANDLE
        and _HANDLE.fullmatch(word) is not None
        and word.rpartition('.')[2] not in _NO_HANDLES
    )


def facets(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facets of *text*, as the lexicon has them. A handle that is not in *dids* stays text."""
    found = []
    done = size = 0
    for span in spans(text):
        feature = _feature(span, dids)
        if feature is None:
            continue
        size += len(text[done : span.start].encode())
        length = len(text[span.start : span.end].encode())
        index = {'byteStart': size, 'byteEnd': size + length}
        found.append({'index': index, 'features': [feature]})
        done, size = span.end, size + length
    return found


def _feature(span: Span, dids: Mapping[str, str]) -> dict[str, str] | None:
    kind = f'app.bsky.richtext.facet#{span.kind}'
    if span.kind == 'link':
        return {'$type': kind, 'uri': span.value}
    if span.kind == 'tag':
        return {'$type': kind, 'tag': span.value}
    did = dids.get(span.value)
    return {'$type': kind, 'did': did} if did else None


# -- links ---------------------------------------------------------------------------------------


def _links(text: str) -> Iterator[Span]:
    for found in _LINK.finditer(text):
        written = _without_end(found[0])
        uri = to_uri(written)
        if uri:
            yield Span(found.start(), found.start() + len(written), 'link', uri)


def _without_end(address: str) -> str:
    """*address* without what belongs to the sentence around it."""
    open_ones = {close: address.count(opening) for close, opening in _BRACKETS.items()}
    closed = {close: address.count(close) for close in _BRACKETS}
    end = len(address)
    while end:
        last = address[end - 1]
        if last in _BRACKETS and closed[last] > open_ones[last]:
            closed[last] -= 1
        elif last not in _AFTER_LINK:
            break
        end -= 1
    return address[:end]


def to_uri(address: str) -> str:
    """*address* in ASCII, as RFC 3986 wants it; '' where it is none that should be clicked.

    That is: no public host name, or a user name in it, which only ever deceives.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or '', parts.port
    except ValueError:
        return ''
    if parts.scheme not in _SCHEMES or '@' in parts.netloc:
        return ''
    host = _ascii_host(host)
    if not host:
        return ''
    rest = address.partition('://')[2][len(parts.netloc) :]
    rest = quote(_LOOSE_PERCENT.sub('%25', rest), safe=_URI_SIGNS)
    uri = f'{parts.scheme}://{host}' + (f':{port}' if port is not None else '') + rest
    return uri if len(uri) <= _LONGEST_URI else ''


def _ascii_host(host: str) -> str:
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode('ascii')
        except UnicodeError:  # idna's own errors are of this kind
            return ''
    return host if len(host) <= _LONGEST_HANDLE and _HOST.fullmatch(host) else ''


# -- hashtags and mentions -------------------------------------------------------------------------


def _tags(text: str) -> Iterator[Span]:
    place = 0
    while place < len(text):
        start, place = place, place + 1
        if text[start] not in _TAG_SIGNS:
            continue
        while place < len(text) and (_of_word(text[place]) or text[place] in _JOINERS):
            place += 1
        tag = text[start + 1 : place].rstrip('\u200c\u200d')
        before = text[start - 1] if start else ''
        if _is_tag(tag) and not (before and (_of_word(before) or before in _NOT_BEFORE_TAG)):
            yield Span(start, start + 1 + len(tag), 'tag', tag)


def _is_tag(tag: str) -> bool:
    return (
        bool(tag)
        and unicodedata.category(tag[0])[0] != 'M'
        and tag[0] not in _JOINERS
        and any(unicodedata.category(sign)[0] == 'L' for sign in tag)
        and len(tag.encode()) <= _LONGEST_TAG_BYTES
        and int(grapheme.length(tag)) <= _LONGEST_TAG
    )


def _mentions(text: str) -> Iterator[Span]:
    for found in _HANDLE_RUN.finditer(text):
        handle = found[1].rstrip('.-')
        end = found.start() + 1 + len(handle)
        before = text[found.start() - 1] if found.start() else ''
        after = text[found.end()] if found.end() < len(text) else ''
        if before and (_of_word(before) or before in _NOT_BEFORE_MENTION):
            continue
        if after and (_of_word(after) or after in '@/' or after in _JOINERS):
            continue
        if is_handle(handle.lower()):
            yield Span(found.start(), end, 'mention', handle.lower())


def _of_word(sign: str) -> bool:
    """Whether *sign* belongs to a word: letters, numbers, marks of all scripts, and _."""
    if sign == '_':
        return True
    # Variation selectors are marks, but they make an emoji of what is before them.
    return unicodedata.category(sign)[0] in 'LNM' and not '\ufe00' <= sign <= '\ufe0f'
