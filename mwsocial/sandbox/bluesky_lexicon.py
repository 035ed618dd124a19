"""The strict checks of the Bluesky stand-in: lexicons, as far as the desk writes records. Pure.

A real server takes fields that it does not know, and facets that point outside of the text; both would be
mistakes of the desk, so that they are refused here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import grapheme

POST = 'app.bsky.feed.post'
REPOST = 'app.bsky.feed.repost'
FOLLOW = 'app.bsky.graph.follow'
LIKE = 'app.bsky.feed.like'
COLLECTIONS = (POST, REPOST, FOLLOW, LIKE)

#: AT Protocol specification: "TID", "DID", "Handle", "Record Key", "Datetime".
TID = re.compile(r'[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}', re.A)
DID = re.compile(r'did:plc:[a-z2-7]{24}', re.A)
HANDLE = re.compile(
    r'(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?', re.A | re.I
)
_TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)', re.A)
_LANGUAGE = re.compile(r'(?:i|[a-z]{2,3})(?:-[A-Za-z0-9]+)*', re.A)
_URI = re.compile(r'https?://[!-~]+', re.A)
_CID = re.compile(r'b[a-z2-7]{58}', re.A)
IMAGE_BYTES = 1_000_000


class XrpcError(Exception):
    """An error as the network gives it."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.name = name
        self.message = message


@dataclass(frozen=True)
class Known:
    """What is or was there: the CID of a record by its address, and blobs by their CID."""

    record: Callable[[str], str | None]
    blobs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def invalid(words: str) -> XrpcError:
    """What a request that breaks the rules is answered with."""
    return XrpcError(400, 'InvalidRequest', words)


def check(collection: str, record: object, known: Known) -> None:
    """Raise XrpcError unless *record* is whole and right."""
    if not isinstance(record, dict):
        raise invalid('Invalid record: Expected an object')
    if record.get('$type') != collection:
        raise invalid(f'Invalid $type: expected {collection}, got {record.get("$type")}')
    fields = {'$type', 'createdAt'} | (_POST_FIELDS if collection == POST else {'subject'})
    _only(record, fields, 'record')
    if not isinstance(record.get('createdAt'), str) or not _TIME.fullmatch(record['createdAt']):
        raise invalid('Invalid datetime at $.record.createdAt')
    if collection == POST:
        _post(record, known)
    elif collection == FOLLOW:
        if not isinstance(record.get('subject'), str) or not DID.fullmatch(record['subject']):
            raise invalid('Invalid DID at $.record.subject')
    else:
        _ref(record.get('subject'), known, 'record.subject')


_POST_FIELDS = {'text', 'facets', 'reply', 'embed', 'langs'}


def _post(record: dict[str, Any], known: Known) -> None:
    text = record.get('text')
    if not isinstance(text, str):
        raise invalid('Missing required key "text" at $.record')
    if len(text.encode()) > 3000:
        raise invalid('string too big (maximum 3000) at $.record.text')
    if grapheme.length(text) > 300:
        raise invalid('grapheme too big (maximum 300) at $.record.text')
    _facets(record.get('facets', []), text)
    langs = record.get('langs', ['en'])
    if not isinstance(langs, list) or not 0 < len(langs) <= 3:
        raise invalid('array too big at $.record.langs')
    for one in langs:
        if not isinstance(one, str) or not _LANGUAGE.fullmatch(one):
            raise invalid(f'Invalid language (got "{one}") at $.record.langs[0]')
    if 'reply' in record:
        _only(record['reply'], {'root', 'parent'}, 'record.reply')
        for name in ('root', 'parent'):
            _ref(record['reply'].get(name), known, f'record.reply.{name}')
    if 'embed' in record:
        _embed(record['embed'], known)


def _facets(facets: object, text: str) -> None:
    if not isinstance(facets, list):
        raise invalid('Expected an array at $.record.facets')
    size, done = len(text.encode()), 0
    for facet in facets:
        _only(facet, {'index', 'features'}, 'record.facets[]')
        _only(facet['index'], {'byteStart', 'byteEnd'}, 'record.facets[].index')
        start, end = facet['index']['byteStart'], facet['index']['byteEnd']
        if type(start) is not int or type(end) is not int or not done <= start < end <= size:
            raise invalid(f'facet {start}-{end} is not in the text, or lies over another')
        try:
            piece = text.encode()[start:end].decode()
        except UnicodeDecodeError as error:
            raise invalid(f'facet {start}-{end} cuts a character') from error
        done = end
        if len(facet['features']) != 1:
            raise invalid('a facet of ours has one feature')
        _feature(facet['features'][0], piece)


def _feature(feature: Mapping[str, Any], piece: str) -> None:
    kind = str(feature.get('$type')).removeprefix('app.bsky.richtext.facet#')
    if kind == 'link':
        _only(feature, {'$type', 'uri'}, 'facet')
        right: object = _URI.fullmatch(feature['uri']) and piece.lower().startswith(
            ('http://', 'https://')
        )
    elif kind == 'tag':
        _only(feature, {'$type', 'tag'}, 'facet')
        right = piece[0] in '#＃' and piece[1:] == feature['tag']
        right = right and grapheme.length(feature['tag']) <= 64
    elif kind == 'mention':
        _only(feature, {'$type', 'did'}, 'facet')
        right = piece[0] == '@' and DID.fullmatch(feature['did'])
    else:
        raise invalid(f'no facet of ours: {kind}')
    if not right:
        raise invalid(f'the facet {dict(feature)} does not fit what it stands on: {piece}')


def _embed(embed: object, known: Known) -> None:
    if not isinstance(embed, dict):
        raise invalid('Expected an object at $.record.embed')
    if embed.get('$type') == 'app.bsky.embed.external':
        _only(embed, {'$type', 'external'}, 'record.embed')
        _only(embed['external'], {'uri', 'title', 'description'}, 'record.embed.external')
        if len(embed['external']) != 3 or not _URI.fullmatch(embed['external']['uri']):
            raise invalid('Missing or wrong key at $.record.embed.external')
        return
    if embed.get('$type') != 'app.bsky.embed.images':
        raise invalid('no embed of ours')
    _only(embed, {'$type', 'images'}, 'record.embed')
    if not 0 < len(embed['images']) <= 4:
        raise invalid('array too big (maximum 4) at $.record.embed.images')
    for image in embed['images']:
        _only(image, {'image', 'alt', 'aspectRatio'}, 'record.embed.images[]')
        _blob(image.get('image'), known)
        if not isinstance(image.get('alt'), str):
            raise invalid('Missing required key "alt" at $.record.embed.images[0]')
        if 'aspectRatio' in image:
            _only(image['aspectRatio'], {'width', 'height'}, 'aspectRatio')
            if not all(
                type(image['aspectRatio'].get(side)) is int and image['aspectRatio'][side] > 0
                for side in ('width', 'height')
            ):
                raise invalid('Expected integer at aspectRatio')


def _blob(blob: object, known: Known) -> None:
    _only(blob, {'$type', 'ref', 'mimeType', 'size'}, 'record.embed.images[].image')
    assert isinstance(blob, dict)
    there = known.blobs.get(blob.get('ref', {}).get('$link', ''))
    if there is None:
        raise XrpcError(400, 'BlobNotFound', 'Could not find blob')
    if blob['mimeType'] != there['mimeType'] or blob['size'] != there['size']:
        raise XrpcError(400, 'InvalidMimeType', 'Referenced blob differs from the stored one')
    if there['size'] > IMAGE_BYTES:
        raise invalid(f'blob too big (maximum {IMAGE_BYTES}, got {there["size"]})')
    if not there['mimeType'].startswith('image/'):
        raise invalid(f'Not accepted mime type: {there["mimeType"]}')


def _ref(ref: object, known: Known, where: str) -> None:
    _only(ref, {'uri', 'cid'}, where)
    assert isinstance(ref, dict)
    if not isinstance(ref.get('uri'), str) or not _CID.fullmatch(str(ref.get('cid'))):
        raise invalid(f'Invalid reference at $.{where}')
    if known.record(ref['uri']) != ref['cid']:
        raise invalid(f'{ref["uri"]} at $.{where} was never there in this version')


def _only(value: object, fields: set[str], where: str) -> None:
    if not isinstance(value, Mapping):
        raise invalid(f'Expected an object at $.{where}')
    unknown = set(value) - fields
    if unknown:
        raise invalid(f'Unexpected {sorted(unknown)} at $.{where}')
