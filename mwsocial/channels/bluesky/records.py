"""Records of the AT Protocol as the desk writes them: keys, addresses, references, posts. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from mwsocial.channels import answers
from mwsocial.channels.bluesky.facets import facets, is_handle, spans

POST = 'app.bsky.feed.post'
REPOST = 'app.bsky.feed.repost'
FOLLOW = 'app.bsky.graph.follow'

#: The sorted alphabet of record keys (AT Protocol specification, "TID").
_SORTED = '234567abcdefghijklmnopqrstuvwxyz'
# 2^47 microseconds, four years and a half, from here on: always in the past, and after the network's
# beginning, since other software may mind times in the future.
_FIRST_TIME = int(datetime(2021, 6, 1, tzinfo=UTC).timestamp()) * 1_000_000

_DID = re.compile(r'did:[a-z]{1,16}:[A-Za-z0-9._:%-]{0,200}[A-Za-z0-9._-]', re.A)
_KEY = re.compile(r'[A-Za-z0-9._~:-]{1,512}', re.A)
_CID = re.compile(r'[A-Za-z0-9]{16,128}', re.A)
# BCP 47, as far as languages of posts go.
_LANGUAGE = re.compile(r'[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}', re.A)
_HOSTS = frozenset({'bsky.app', 'www.bsky.app'})
_LONGEST_TITLE = 300


@dataclass(frozen=True)
class Ref:
    """A record in a certain version (lexicon com.atproto.repo.strongRef)."""

    uri: str
    cid: str

    def json(self) -> dict[str, str]:
        """As records hold it."""
        return {'uri': self.uri, 'cid': self.cid}


@dataclass(frozen=True)
class Place:
    """Where a record is: whose repository (a DID, or a handle in an address), collection and key."""

    who: str
    key: str
    collection: str = POST

    @property
    def uri(self) -> str:
        """Its at:// address."""
        return f'at://{self.who}/{self.collection}/{self.key}'

    @property
    def url(self) -> str:
        """The address of a post for people. With a DID it holds when the account is renamed."""
        return f'https://bsky.app/profile/{self.who}/post/{self.key}'


def record_key(*words: str) -> str:
    """A valid TID that *words* alone decide: the same for every try, on every machine.

    57 bits of a hash; as a time, it lies between June 2021 and November 2025. Raises nothing.
    """
    digest = sha256('\n'.join(('mwsocial bluesky 1', *words)).encode('utf-8', 'surrogatepass'))
    number = int.from_bytes(digest.digest()[:8]) >> 7
    number += _FIRST_TIME << 10
    return ''.join(_SORTED[number >> shift & 31] for shift in range(60, -1, -5))


def sane_did(value: object) -> str:
    """*value* as a DID; '' where it is none."""
    return value if isinstance(value, str) and _DID.fullmatch(value) else ''


def sane_handle(value: object) -> str:
    """*value* as a handle in lower case; '' where it is none (``handle.invalid``, too)."""
    return value.lower() if isinstance(value, str) and is_handle(value.lower()) else ''


def sane_ref(value: object, collection: str = POST) -> Ref | None:
    """The record that *value* (with ``uri`` and ``cid``) refers to, if it is of *collection*."""
    if not isinstance(value, Mapping):
        return None
    place, cid = place_of_uri(value.get('uri')), value.get('cid')
    if place is None or place.collection != collection:
        return None
    return Ref(place.uri, cid) if isinstance(cid, str) and _CID.fullmatch(cid) else None


def place_of_uri(value: object) -> Place | None:
    """Where the record at the at:// address *value* is; None where that is none with a DID."""
    if not isinstance(value, str) or not value.startswith('at://'):
        return None
    did, _, rest = value.removeprefix('at://').partition('/')
    collection, _, key = rest.partition('/')
    if not sane_did(did) or not re.fullmatch(r'[A-Za-z0-9.-]{3,317}', collection, re.A):
        return None
    return Place(did, key, collection) if _KEY.fullmatch(key) else None


def place_of_post(url: str) -> Place | None:
    """The post at *url*: https://bsky.app/profile/HANDLE-or-DID/post/KEY, or its at:// address."""
    place = place_of_uri(url)
    if place is not None:
        return place if place.collection == POST else None
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or '', parts.port
    except ValueError:
        return None
    if parts.scheme != 'https' or host not in _HOSTS or port not in (None, 443):
        return None
    found = re.fullmatch(r'/profile/([^/]+)/post/([^/]+)/?', parts.path)
    if found is None or '@' in parts.netloc or not _KEY.fullmatch(found[2]):
        return None
    named = unquote(found[1])
    who = sane_did(named) or sane_handle(named)
    return Place(who, found[2]) if who else None


def moment(time: datetime) -> str:
    """*time* as records hold it."""
    return time.astimezone(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def post_record(
    text: str, language: str, now: datetime, dids: Mapping[str, str], *,
    images: Sequence[Mapping[str, Any]] = (), reply: Mapping[str, Ref] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A post of exactly these words (lexicon app.bsky.feed.post).

    *dids*: of the handles that are mentioned; *images*: as app.bsky.embed.images has them. Without
    images the first link gets a card.
    """
    record: dict[str, Any] = {'$type': POST, 'text': text, 'createdAt': moment(now)}
    found = facets(text, dids)
    if found:
        record['facets'] = found
    if _LANGUAGE.fullmatch(language):
        record['langs'] = [language]
    if images:
        record['embed'] = {'$type': 'app.bsky.embed.images', 'images': list(images)}
    elif shown := card(text):
        record['embed'] = {'$type': 'app.bsky.embed.external', 'external': shown}
    if reply is not None:
        record['reply'] = {name: ref.json() for name, ref in reply.items()}
    return record


def card(text: str) -> dict[str, str] | None:
    """The card of the first link in *text*, made of its address alone: no page is fetched."""
    uri = next((one.value for one in spans(text) if one.kind == 'link'), '')
    if not uri:
        return None
    parts = urlsplit(uri)
    host = parts.hostname or ''
    return {'uri': uri, 'title': _title(parts.path, parts.query) or host, 'description': host}


def _title(path: str, query: str) -> str:
    """What a page is called, as its address tells: the wiki page's title, or the path's last part."""
    named = re.search(r'(?:^|&)title=([^&]+)', query)
    if named:
        part = named[1].replace('+', ' ')
    elif path.startswith('/wiki/'):
        part = path.removeprefix('/wiki/')
    else:
        part = path.rstrip('/').rpartition('/')[2]
    try:
        words = unquote_to_bytes(part).decode()
    except UnicodeError:
        words = part
    words = answers.plain(words.replace('_', ' '))
    return words[:_LONGEST_TITLE]
