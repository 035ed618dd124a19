"""A stand-in for Bluesky on loopback: one server (PDS) with an AppView behind it, and a ledger.

It is no Bluesky. It checks what the desk sends against the AT Protocol's lexicons, more strictly than the
real server does (``bluesky_lexicon``), and answers as @atproto/pds 0.4.217 was seen to answer: a record
key that is taken already is a 500, a repeated repost takes the place of the old one, a removal of nothing
is a success. What the real server does is tested on the real one (``pds``).

The ledger: ``accounts`` (by DID), ``records`` (by at:// address), ``blobs``, ``sessions``. Requests are
of the kinds ``post``, ``repost``, ``follow`` (by collection) and else the last word of their method, such
as ``createSession`` or ``getPosts``.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .bluesky_lexicon import (
    COLLECTIONS,
    DID,
    FOLLOW,
    HANDLE,
    POST,
    REPOST,
    TID,
    Known,
    XrpcError,
    check,
    invalid,
)
from .bluesky_sessions import Sessions
from .bluesky_state import ACCOUNTS, cid_of, moment, ref_of
from .bluesky_views import Views
from .faults import Answer
from .loopback_parts import Fault, Request, json_answer
from .loopback_process import run

_KINDS = {POST: 'post', REPOST: 'repost', FOLLOW: 'follow'}
Params = Mapping[str, list[str]]


class Bluesky(Sessions):
    """A server (PDS) of the AT Protocol and the view of the network behind it."""

    # -- requests -----------------------------------------------------------------------------------

    def kind(self, request: Request) -> str:
        """The collection's word for a record that is made, else the method's last word."""
        method = request.path.rpartition('/')[2]
        if method == 'com.atproto.repo.createRecord':
            body = request.json()
            collection = body.get('collection') if isinstance(body, dict) else ''
            return _KINDS.get(str(collection), 'createRecord')
        return method.rpartition('.')[2]

    def failure(self, fault: Fault, request: Request) -> Answer | None:
        """Bluesky documentation, "Rate Limits": the time in seconds since 1970."""
        if fault.how != 'limit':
            return None
        reset = str(int((self.now() + timedelta(seconds=fault.seconds or 300)).timestamp()))
        headers = {
            'RateLimit_Limit': '3000', 'RateLimit_Remaining': '0', 'RateLimit_Reset': reset,
            'RateLimit_Policy': '3000;w=300',
        } | dict(fault.headers)  # fmt: skip
        words = {'error': 'RateLimitExceeded', 'message': 'Rate Limit Exceeded'}
        return json_answer(words, 429, **headers)

    def answer(self, request: Request) -> Answer:
        """Carry out one XRPC request."""
        try:
            found = self._answer(request)
        except XrpcError as error:
            return json_answer({'error': error.name, 'message': error.message}, error.status)
        self.ledger.save()
        return json_answer(found)

    def _answer(self, request: Request) -> Any:
        root, _, method = request.path.rpartition('/')
        if root != '/xrpc':
            raise XrpcError(404, 'NotFound', 'Not Found')
        if method in _QUERIES:
            if request.method != 'GET' or request.body:
                raise invalid(f'Incorrect HTTP method ({request.method}) expected GET')
            params: dict[str, list[str]] = {}
            for name, value in request.query:
                params.setdefault(name, []).append(value)
            _allowed(params, _QUERIES[method])
            if method == 'com.atproto.identity.resolveHandle':
                return self._resolve(params)
            did = self.signed_in(request)
            if method.startswith('app.bsky.'):
                return self._view(method, params, did)
            return self._repository(method, params, did)
        if method not in _PROCEDURES:
            raise invalid(f'No service configured for {method}')
        if request.method != 'POST':
            raise invalid(f'Incorrect HTTP method ({request.method}) expected POST')
        if request.query:
            raise invalid('a procedure of ours has no parameters')
        if method == 'com.atproto.repo.uploadBlob':
            return self._upload(request, self.signed_in(request))
        if method == 'com.atproto.server.refreshSession':
            return self.refresh(request)
        body = request.json()
        if request.content_type != 'application/json' or not isinstance(body, dict):
            raise invalid('Wrong request encoding (Content-Type)')
        _allowed(body, _PROCEDURES[method])
        if method == 'com.atproto.server.createSession':
            return self.log_in(body)
        did = self.signed_in(request)
        if body.get('repo') not in (did, self.accounts[did]['handle']):
            raise XrpcError(401, 'AuthenticationRequired', 'Authentication Required')
        if body.get('collection') not in COLLECTIONS:
            raise invalid(f'no collection of ours: {body.get("collection")}')
        if method == 'com.atproto.repo.deleteRecord':
            self.remove(f'at://{did}/{body["collection"]}/{body.get("rkey")}')
            return {}
        return self._create(did, body, request.delay)

    # -- the repository -------------------------------------------------------------------------------

    def _create(self, did: str, body: Mapping[str, Any], delay: timedelta) -> dict[str, Any]:
        collection, key = body['collection'], body.get('rkey')
        if self.accounts[did]['status'] != 'active':
            raise invalid('Account is deactivated')
        if not isinstance(key, str) or not TID.fullmatch(key):
            words = f'Invalid TID string (got "{key}")'
            raise invalid(f'Invalid record key for {collection}: {words} at $')
        known = Known(self.cid_at, self.blobs)
        check(collection, body.get('record'), known)
        uri = f'at://{did}/{collection}/{key}'
        if collection != POST:
            subject = body['record']['subject']
            for one in list(self.records.values()):
                if one['did'] == did and one['collection'] == collection:
                    there = one['value']['subject']
                    if there == subject or _uri(there) == _uri(subject) != '':
                        self.remove(one['uri'])
        if uri in self.records:
            raise XrpcError(500, 'InternalServerError', 'Internal Server Error')
        made = self.put(did, collection, key, body['record'], delay)
        commit = {'cid': cid_of(made), 'rev': self.next_tid()}
        return ref_of(made) | {'commit': commit, 'validationStatus': 'valid'}

    def _repository(self, method: str, params: Params, did: str) -> Any:
        if method == 'com.atproto.server.getSession':
            account = self.accounts[did]
            active = account['status'] == 'active'
            told = {'did': did, 'handle': account['handle'], 'active': active}
            return told if active else told | {'status': account['status']}
        repo = _one(params, 'repo')
        repo = repo if repo in self.accounts else self.did_of(repo)
        collection = _one(params, 'collection')
        if method == 'com.atproto.repo.getRecord':
            uri = f'at://{repo}/{collection}/{_one(params, "rkey")}'
            found = self.records.get(uri)
            if found is None:
                raise XrpcError(400, 'RecordNotFound', f'Could not locate record: {uri}')
            return ref_of(found) | {'value': found['value']}
        listed = sorted(
            (
                one for one in self.records.values()
                if one['did'] == repo and one['collection'] == collection
            ),
            key=lambda one: str(one['rkey']), reverse=True,
        )  # fmt: skip
        before = _one(params, 'cursor', '')
        page = [one for one in listed if not before or one['rkey'] < before]
        page = page[: _limit(params)]
        told = {'records': [ref_of(one) | {'value': one['value']} for one in page]}
        return told | ({'cursor': page[-1]['rkey']} if page else {})

    def _upload(self, request: Request, did: str) -> dict[str, Any]:
        if not request.body or not request.content_type:
            raise invalid('Request encoding (Content-Type) required but not provided')
        if len(request.body) > 5 * 1024 * 1024:
            raise XrpcError(413, 'PayloadTooLarge', 'request entity too large')
        digest = hashlib.sha256(request.body).digest()
        cid = 'bafkrei' + base64.b32encode(digest).decode().lower().rstrip('=')
        self.blobs[cid] = {'mimeType': request.content_type, 'size': len(request.body), 'did': did}
        return {'blob': {
            '$type': 'blob', 'ref': {'$link': cid}, 'mimeType': request.content_type,
            'size': len(request.body),
        }}  # fmt: skip

    # -- the view of the network ----------------------------------------------------------------------

    def _view(self, method: str, params: Params, did: str) -> Any:
        if not self.ledger.data['appview']:
            raise invalid(f'No service configured for {method}')
        views = Views(self.accounts, self.records, did, self.now())
        name = method.rpartition('.')[2]
        if name == 'getPosts':
            uris = params.get('uris', [])
            if not 0 < len(uris) <= 25 or not all(DID.match(one[5:]) for one in uris):
                raise invalid('Params must have the property "uris", at:// addresses with DIDs')
            return {'posts': [
                views.post(views.records[one]) for one in uris if one in views.records
            ]}  # fmt: skip
        if name == 'getPostThread':
            uri = _one(params, 'uri')
            if uri not in views.records:
                raise XrpcError(400, 'NotFound', f'Post not found: {uri}')
            return {'thread': views.thread(uri)}
        if name == 'getProfile':
            return views.profile(self._actor(params))
        if name == 'searchPosts':
            since = _one(params, 'since', '')
            found = views.search(_one(params, 'q'), since)
            start = int(_one(params, 'cursor', '0'))
            page = found[start : start + _limit(params)]
            more = start + len(page) < len(found)
            told: dict[str, Any] = {'posts': [one for _, one in page], 'hitsTotal': len(found)}
            return told | ({'cursor': str(start + len(page))} if more else {})
        if name == 'listNotifications':
            listed = views.notifications(params.get('reasons', []))
            return self._paged(listed, params, 'notifications', {'seenAt': moment(self.now())})
        if name == 'getTimeline':
            return self._paged(views.timeline(), params, 'feed')
        if name == 'getFollows':
            actor = self._actor(params)
            subject = {'subject': views.author(actor)}
            return self._paged(views.follows(actor), params, 'follows', subject)
        what = _one(params, 'filter', 'posts_with_replies')
        return self._paged(views.author_feed(self._actor(params), what), params, 'feed')

    def _paged(
        self, listed: list[tuple[str, dict[str, Any]]], params: Params, name: str,
        more: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        before = _one(params, 'cursor', '')
        page = [one for one in listed if not before or one[0] < before][: _limit(params)]
        told = {name: [one for _, one in page], **(more or {})}
        return told | ({'cursor': page[-1][0]} if page else {})

    def _actor(self, params: Params) -> str:
        actor = _one(params, 'actor')
        did = actor if actor in self.accounts else self.did_of(actor)
        if not did:
            raise invalid('Profile not found')
        return did

    def _resolve(self, params: Params) -> dict[str, str]:
        handle = _one(params, 'handle')
        if not HANDLE.fullmatch(handle):
            raise XrpcError(500, 'InternalServerError', 'Internal Server Error')
        did = self.did_of(handle)
        if not did:
            raise invalid('Unable to resolve handle')
        return {'did': did}


_QUERIES = {
    'com.atproto.server.getSession': set(),
    'com.atproto.identity.resolveHandle': {'handle'},
    'com.atproto.repo.getRecord': {'repo', 'collection', 'rkey'},
    'com.atproto.repo.listRecords': {'repo', 'collection', 'limit', 'cursor'},
    'app.bsky.feed.getPosts': {'uris'},
    'app.bsky.feed.getPostThread': {'uri'},
    'app.bsky.feed.getTimeline': {'limit', 'cursor'},
    'app.bsky.feed.getAuthorFeed': {'actor', 'filter', 'limit', 'cursor'},
    'app.bsky.feed.searchPosts': {'q', 'sort', 'since', 'limit', 'cursor'},
    'app.bsky.notification.listNotifications': {'reasons', 'limit', 'cursor'},
    'app.bsky.actor.getProfile': {'actor'},
    'app.bsky.graph.getFollows': {'actor', 'limit', 'cursor'},
}
_PROCEDURES: dict[str, set[str]] = {
    'com.atproto.server.createSession': {'identifier', 'password'},
    'com.atproto.server.refreshSession': set(),
    'com.atproto.repo.createRecord': {'repo', 'collection', 'rkey', 'record', 'validate'},
    'com.atproto.repo.deleteRecord': {'repo', 'collection', 'rkey'},
    'com.atproto.repo.uploadBlob': set(),
}


def _allowed(given: Mapping[str, Any], names: set[str]) -> None:
    unknown = set(given) - names
    if unknown:
        raise invalid(f'Unexpected {sorted(unknown)}')


def _one(params: Params, name: str, usual: str | None = None) -> str:
    found = params.get(name, [] if usual is None else [usual])
    if len(found) != 1:
        raise invalid(f'Params must have the property "{name}" once')
    return found[0]


def _limit(params: Params) -> int:
    given = _one(params, 'limit', '50')
    if not given.isdecimal() or not 1 <= int(given) <= 100:
        raise invalid('limit can not be greater than 100')
    return int(given)


def _uri(subject: object) -> str:
    return str(subject.get('uri', '')) if isinstance(subject, dict) else ''


__all__ = ['ACCOUNTS', 'Bluesky']

if __name__ == '__main__':
    sys.exit(run(Bluesky))
