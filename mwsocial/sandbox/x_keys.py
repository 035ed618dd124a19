"""Whether a request is signed as X wants it: OAuth 1.0a, user context (RFC 5849), with oauthlib.

The time of a signature is held against the machine's own clock: only the clocks of the sandbox's
servers move, those of the programs that sign do not.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, MutableMapping
from typing import Any

from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint

from .loopback_parts import Request

#: How far the time of a signature may be off, in seconds.
WINDOW = 300
NAMES = ('consumer_key', 'consumer_secret', 'access_token', 'access_secret')


def new_keys(user: str) -> dict[str, str]:
    """New keys of an app with a token for the account with the id *user*, as long as X's."""
    return {
        'consumer_key': secrets.token_hex(13)[:25],
        'consumer_secret': secrets.token_hex(25),
        'access_token': f'{user}-{secrets.token_hex(20)}',
        'access_secret': secrets.token_hex(23)[:45],
        'user': user,
    }


class _Keys(RequestValidator):  # type: ignore[misc]
    """What oauthlib asks about keys; its names are fixed."""

    enforce_ssl = False
    client_key_length = access_token_length = (10, 80)
    nonce_length = (8, 64)
    dummy_client = dummy_access_token = 'x' * 20
    timestamp_lifetime = WINDOW

    def __init__(self, keys: dict[str, str], nonces: MutableMapping[str, int]) -> None:
        super().__init__()
        self._keys = keys
        self._nonces = nonces

    @property
    def safe_characters(self) -> set[str]:
        return set(super().safe_characters) | set('-_')

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return secrets.compare_digest(client_key, self._keys['consumer_key'])

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return self._keys['consumer_secret']

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        # an unknown token has a secret that nobody knows
        return self._keys['access_secret'] if self.knows(token) else secrets.token_hex(20)

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **_: Any
    ) -> bool:
        now = int(time.time())
        if abs(int(timestamp) - now) > WINDOW:
            return False
        for old, then in list(self._nonces.items()):
            if then < now - 2 * WINDOW:
                del self._nonces[old]
        use = f'{client_key} {timestamp} {nonce}'
        fresh = use not in self._nonces
        self._nonces[use] = int(timestamp)
        return fresh

    def knows(self, token: str) -> bool:
        return secrets.compare_digest(token, self._keys['access_token'])


class Signatures:
    """Checks signatures; *nonces* remembers those that were used, for as long as it matters."""

    def __init__(self, keys: dict[str, str], nonces: MutableMapping[str, int]) -> None:
        self._endpoint = SignatureOnlyEndpoint(_Keys(keys, nonces))

    def check(self, request: Request) -> str:
        """'' where all is well, 'malformed' where it is no OAuth 1.0a at all, else 'wrong'."""
        headers = dict(_as_sent(request))
        if not headers.get('Authorization', '').startswith('OAuth '):
            return 'malformed' if headers.get('Authorization') else 'wrong'
        form = request.content_type == 'application/x-www-form-urlencoded'
        body = request.body.decode('utf-8', 'replace') if form else None
        try:
            right, _ = self._endpoint.validate_request(request.url, request.method, body, headers)
        except ValueError:
            return 'malformed'
        return '' if right else 'wrong'


def _as_sent(request: Request) -> Iterator[tuple[str, str]]:
    for name, value in request.headers.items():
        if name in ('authorization', 'content-type'):
            yield name.title(), value
