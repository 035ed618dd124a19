"""RSS and Atom as entries. What is not clearly one of them is refused, with the reason.

The XML is read strictly first: wrong encodings, entities (billion laughs) and documents that are not
well-formed go no further. Only then feedparser, which forgives everything, sorts out the formats.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.parsers import expat

import feedparser

from mwsocial.sources.fetch import Fetched, host_of
from mwsocial.sources.trouble import Trouble
from mwsocial.sources.words import of_html

#: Entries that are read of one feed, and how deep its elements may stand in each other.
MOST = 300
DEEPEST = 100

_DECLARATION = re.compile(r'^\ufeff?<\?xml\s[^>]{0,200}?\?>')
_ENCODING = re.compile(rb"""^<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DOCTYPE = re.compile(r'<!DOCTYPE[^\[<>]{0,500}>', re.IGNORECASE)
_RFC3339 = re.compile(
    r'\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)', re.ASCII
)
_RFC822 = re.compile(
    r'([A-Za-z]{3},?\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d\d:\d\d(:\d\d)?'
    r'\s+([+-]\d{4}|GMT|UTC|UT|Z|[ECMP][SD]T)',
    re.ASCII | re.IGNORECASE,
)
_ROOTS = frozenset({'rss', 'feed', 'rdf:RDF'})
#: Encodings that every reader of XML must take, and what else feeds are written in.
_KNOWN = frozenset({
    'utf-8', 'utf-16', 'utf-16-le', 'utf-16-be', 'ascii', 'iso8859-1', 'iso8859-2', 'iso8859-15',
    'cp1250', 'cp1251', 'cp1252', 'koi8-r',
})  # fmt: skip
_MARKS = (
    (codecs.BOM_UTF8, 'utf-8'), (codecs.BOM_UTF16_LE, 'utf-16-le'), (codecs.BOM_UTF16_BE, 'utf-16-be'),
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One entry: ``title`` in plain words, ``link`` an https or http address, ``published`` aware UTC,
    or None where the feed gives no time, or one that nobody can read.
    """

    title: str
    link: str
    published: datetime | None


def entries(fetched: Fetched) -> list[Entry]:
    """The entries of a feed, in its order. Raises ``Trouble``."""
    host = host_of(fetched.address)
    text = _text(fetched, host)
    _check(text, host)
    data = io.BytesIO(_DOCTYPE.sub('', text, count=1).encode())
    headers = {
        'content-type': 'application/xml; charset=utf-8',
        'content-location': fetched.address,
    }
    try:
        # A file-like object: a string would be opened as an address or a file.
        feed = feedparser.parse(
            data, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception:
        raise Trouble('sources-feed-broken', host, 'feedparser') from None
    if not feed.get('version'):
        raise Trouble('sources-no-feed', host)
    found = []
    for one in feed.entries[:MOST]:
        entry = _entry(one, html=str(feed['version']).startswith('rss'))
        if entry:
            found.append(entry)
    return found


def _text(fetched: Fetched, host: str) -> str:
    """The XML as text, without its declaration. Raises ``Trouble`` for bytes that are not what they
    are said to be: nothing is guessed (RFC 7303: a mark goes before the header, that before the
    declaration).
    """
    body = fetched.body.lstrip(b' \t\r\n')
    if not body:
        raise Trouble('sources-no-feed', host)
    named = _named(fetched.content_type, body)
    for name in named:
        try:
            encoding = codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
        if encoding in _KNOWN:
            try:
                text = body.decode(encoding)
            except ValueError:
                continue
            return _DECLARATION.sub('', text, count=1).lstrip('\ufeff')
    raise Trouble('sources-encoding', host, ', '.join(named))


def _named(content_type: str, body: bytes) -> list[str]:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return [encoding]
    names = []
    declared = re.search(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", content_type, re.I)
    if declared:
        names.append(declared[1])
    if inside := _ENCODING.match(body):
        names.append(inside[1].decode())
    # What text/xml says by default is not what feeds are.
    return list(dict.fromkeys(names)) or ['utf-8']


def _check(text: str, host: str) -> None:
    """Raise ``Trouble`` unless *text* is well-formed XML of a feed, without entities of its own."""
    depth = 0
    root = ''

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth, root
        depth += 1
        root = root or name
        if depth > DEEPEST:
            raise Trouble('sources-feed-deep', host)
        if root not in _ROOTS and not root.endswith((':feed', ':RDF')):
            raise Trouble('sources-no-feed', host)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(*_: Any) -> None:
        raise Trouble('sources-entities', host)

    if re.match(r'\s*(<!doctype\s+html|<html)\b', text[:1000], re.IGNORECASE):
        raise Trouble('sources-html', host)
    parser = expat.ParserCreate('utf-8')
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = entity
    parser.UnparsedEntityDeclHandler = entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(text.encode('utf-8', 'surrogatepass'), True)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code) or str(error.code)
        raise Trouble('sources-feed-broken', host, f'{words}, {error.lineno}') from None


def _entry(one: Any, *, html: bool) -> Entry | None:
    # RSS does not say what its titles are, and most of them are HTML; Atom does.
    detail = one.get('title_detail') or {}
    title = str(one.get('title') or '')
    if html or detail.get('type') != 'text/plain':
        title = of_html(title)
    link = str(one.get('link') or '')
    if not title.strip() or not is_address(link):
        return None
    # Not through feedparser's own look-up, which takes one time for the other.
    published = _time(str(dict.get(one, 'published') or dict.get(one, 'updated') or ''))
    return Entry(title, link, published)


def _time(words: str) -> datetime | None:
    """A time in the form of Atom (RFC 3339) or RSS (RFC 822), with its zone; None for anything else:
    feedparser would make some time of nearly all words.
    """
    words = words.strip()
    try:
        if _RFC3339.fullmatch(words):
            found = datetime.fromisoformat(words.upper().replace(' ', 'T'))
        elif _RFC822.fullmatch(words):
            found = parsedate_to_datetime(words)
        else:
            return None
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def is_address(link: str) -> bool:
    """Whether *link* can stand in a post: http or https, a host, plain signs, not too long."""
    if len(link) > 500 or any(sign.isspace() or not sign.isprintable() for sign in link):
        return False
    try:
        parts = urlsplit(link)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ('http', 'https')
        and bool(parts.hostname)
        and '.' in str(parts.hostname)
        and parts.username is None
        and not set(link) & set('<>"{}|\\^`[]')
    )


def same_link(link: str) -> str:
    """A link as it is compared: without what only tells who followed it."""
    parts = urlsplit(link)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.startswith('utm_')
    ]
    host = parts.netloc.lower().removeprefix('www.')
    return f'{host}{parts.path.rstrip("/")}?{urlencode(query)}#{parts.fragment}'
