"""Sessions of the Bluesky stand-in: tokens that are signed, end, and are refreshed."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .bluesky_lexicon import XrpcError
from .bluesky_state import State
from .loopback_parts import Request

_ACCESS = timedelta(hours=2)
_REFRESH = timedelta(days=90)
_GRACE = timedelta(hours=2)


class Sessions(State):
    """Who is let in, and for how long (com.atproto.server)."""

    def log_in(self, body: Mapping[str, Any]) -> dict[str, Any]:
        given = str(body.get('identifier')).lower()
        did = given if given in self.accounts else self.did_of(given)
        account = self.accounts.get(did)
        full = account is not None and body.get('password') == account['password']
        if account is None or not (full or body.get('password') in account['app_passwords']):
            raise XrpcError(401, 'AuthenticationRequired', 'Invalid identifier or password')
        if account['status'] == 'takendown':
            raise XrpcError(401, 'AccountTakedown', 'Account has been taken down')
        if full and account.get('second_factor'):
            words = 'A sign in code has been sent to your email address'
            raise XrpcError(401, 'AuthFactorTokenRequired', words)
        scope = 'com.atproto.access' if full else 'com.atproto.appPass'
        return self._session(did, scope, str(body.get('password')))

    def _session(self, did: str, scope: str, password: str) -> dict[str, Any]:
        number = self.ledger.next_number('last_session')
        ends = (self.now() + _REFRESH).timestamp()
        self.sessions[str(number)] = {
            'did': did, 'scope': scope, 'password': password, 'ends': ends,
        }  # fmt: skip
        account = self.accounts[did]
        elsewhere = {'id': '#atproto_pds', 'serviceEndpoint': 'https://elsewhere.example'}
        return {
            'did': did, 'handle': account['handle'], 'active': account['status'] == 'active',
            'didDoc': {'id': did, 'service': [elsewhere]},
            'accessJwt': self._token(scope, did, _ACCESS, str(number)),
            'refreshJwt': self._token('com.atproto.refresh', did, _REFRESH, str(number)),
        }  # fmt: skip

    def _token(self, scope: str, did: str, life: timedelta, number: str) -> str:
        now = self.now().timestamp()
        claims = {
            'scope': scope, 'sub': did, 'aud': 'did:web:localhost', 'jti': number, 'iat': now,
            'exp': int(now + life.total_seconds()),
        }  # fmt: skip
        parts = [_base64(json.dumps(one).encode()) for one in ({'alg': 'HS256'}, claims)]
        return '.'.join((*parts, self._signature('.'.join(parts))))

    def _signature(self, words: str) -> str:
        return _base64(hmac.digest(self._key, words.encode(), 'sha256'))

    def _claims(self, request: Request) -> dict[str, Any]:
        given = request.headers.get('authorization', '')
        if not given:
            raise XrpcError(401, 'AuthMissing', 'Authentication Required')
        words, _, signature = given.removeprefix('Bearer ').rpartition('.')
        if not given.startswith('Bearer ') or signature != self._signature(words):
            raise XrpcError(400, 'InvalidToken', 'Token could not be verified')
        part = words.split('.')[1]
        claims = json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))
        assert isinstance(claims, dict)
        return claims

    def signed_in(self, request: Request) -> str:
        claims = self._claims(request)
        if claims['scope'] == 'com.atproto.refresh':
            raise XrpcError(400, 'InvalidToken', 'Bad token scope')
        early = claims['iat'] < self.ledger.data.get('access_from', 0)
        if early or claims['exp'] <= self.now().timestamp():
            raise XrpcError(400, 'ExpiredToken', 'Token has expired')
        account = self.accounts[claims['sub']]
        if account['status'] == 'takendown':
            raise XrpcError(401, 'AccountTakedown', 'Account has been taken down')
        return str(claims['sub'])

    def refresh(self, request: Request) -> dict[str, Any]:
        claims = self._claims(request)
        if claims['scope'] != 'com.atproto.refresh':
            raise XrpcError(400, 'InvalidToken', 'Invalid token type')
        kept = self.sessions.get(claims['jti'])
        account = self.accounts[claims['sub']]
        if account['status'] == 'takendown':
            raise XrpcError(401, 'AccountTakedown', 'Account has been taken down')
        if not kept or kept['ends'] <= self.now().timestamp():
            raise XrpcError(400, 'ExpiredToken', 'Token has expired')
        if kept['password'] not in (account['password'], *account['app_passwords']):
            raise XrpcError(400, 'ExpiredToken', 'Token has been revoked')
        # The real server lets the old token be used for two hours more.
        kept['ends'] = min(kept['ends'], (self.now() + _GRACE).timestamp())
        return self._session(claims['sub'], kept['scope'], kept['password'])


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip('=')
