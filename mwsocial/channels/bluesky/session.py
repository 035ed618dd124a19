"""Requests to one server (PDS) in the name of one account: the only place that holds the credential.

A session is made with the app password, kept, and refreshed; a new one is made only when the old one is
not taken any more (Bluesky allows 300 a day for an account, refused ones included), and a refused one is
not tried again. Requests go to the server that the operator has configured, and to no other, whatever
that server says about where the account lives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mwsocial import __version__
from mwsocial.channels.base import Refused, TryLater
from mwsocial.channels.bluesky import verdicts
from mwsocial.channels.bluesky.records import sane_did, sane_handle
from mwsocial.channels.bluesky.store import Session, Store, claims_of, end_of, session_of
from mwsocial.channels.transport import CarefulSession, Exchange
from mwsocial.reason import Reason

_USER_AGENT = f'mwsocial/{__version__} (https://www.mediawiki.org/wiki/Social_media)'
_MARGIN = timedelta(seconds=60)
_FULL_ACCESS = 'com.atproto.access'
Params = Sequence[tuple[str, str]]


class Me:
    """Whose session it is."""

    def __init__(self, did: str, handle: str, active: bool | None) -> None:
        self.did = did
        self.handle = handle
        self.active = active

    def is_called(self, name: str) -> bool:
        """Whether *name* (a handle or a DID, in any case, with or without @) is this account."""
        return name.strip().lstrip('@').casefold() in (self.did.casefold(), self.handle.casefold())


class Xrpc:
    """XRPC requests with a session that mends itself. Nothing here raises."""

    def __init__(
        self, origin: str, identifier: str, password: str, store: Store, read_time: float,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        """*origin*: as ``origin_of`` gives it; *identifier*: the handle or DID to log in with."""
        self.host = origin.split('://', 1)[1]
        self._origin = origin
        self._identifier = identifier
        self._password = password
        self._store = store
        self._now = now
        self._http = CarefulSession(origin, read_time=read_time)
        self._http.headers['User-Agent'] = _USER_AGENT
        self._session: Session | None = None
        self._loaded = False
        self._not_let_in: Refused | None = None
        self._me: Me | None = None

    def __repr__(self) -> str:
        return f'Xrpc({self.host!r}, {self._identifier!r})'

    def secrets(self) -> Sequence[str]:
        """The app password and the tokens of the session."""
        held = (self._session.access, self._session.refresh) if self._session else ()
        return (self._password, *held)

    # -- requests -----------------------------------------------------------------------------

    def get(self, method: str, params: Params = ()) -> Exchange | Refused | TryLater:
        """Ask a question. Refused and TryLater: there is no session to ask it with."""
        return self._ask('GET', method, params=list(params))

    def call(self, method: str, body: Mapping[str, Any]) -> Exchange | Refused | TryLater:
        """Call a procedure. Refused and TryLater: it was not called."""
        return self._ask('POST', method, json=dict(body))

    def upload(self, data: bytes, media_type: str) -> Exchange | Refused | TryLater:
        """Upload a blob, which nobody sees until a record holds it."""
        method = 'com.atproto.repo.uploadBlob'
        return self._ask('POST', method, data=data, headers={'Content-Type': media_type})

    def not_done(self, found: Exchange | Refused | TryLater) -> Refused | TryLater:
        """Why a request that creates nothing to be seen has brought nothing."""
        if not isinstance(found, Exchange):
            return found
        return verdicts.not_done(found, self.host, self._now(), self.secrets())

    def me(self, *, anew: bool = False) -> Me | Refused | TryLater:
        """Whose session it is, as the server says; asked once, or *anew*."""
        if self._me is not None and not anew:
            return self._me
        found = self.get('com.atproto.server.getSession')
        if not isinstance(found, Exchange) or found.status != 200:
            return self.not_done(found)
        answer = found.json()
        did = sane_did(answer.get('did')) if isinstance(answer, dict) else ''
        if not did:
            return self.not_done(found)
        active = answer.get('active')
        handle = sane_handle(answer.get('handle')) or did
        self._me = Me(did, handle, active if isinstance(active, bool) else None)
        return self._me

    def _ask(self, verb: str, method: str, **options: Any) -> Exchange | Refused | TryLater:
        """One request; a second one only where the first was not looked at, its token having ended."""
        exchange: Exchange | None = None
        for _ in range(2):
            token = self._access(renew=exchange is not None)
            if not isinstance(token, str):
                return token
            exchange = self._once(verb, method, token, **options)
            if not verdicts.token_ended(exchange):
                break
        assert exchange is not None
        return exchange

    def _once(self, verb: str, method: str, token: str, **options: Any) -> Exchange:
        headers = dict(options.pop('headers', {}))
        if token:
            headers['Authorization'] = f'Bearer {token}'
        self._http.last = None
        raised = ''
        try:
            self._http.request(verb, f'{self._origin}/xrpc/{method}', headers=headers, **options)
        except Exception as error:  # what was carried out is told by the exchange
            raised = type(error).__name__
        return self._http.last or Exchange(verb, method, sent=False, problem=raised)

    # -- the session --------------------------------------------------------------------------

    def _access(self, *, renew: bool) -> str | Refused | TryLater:
        """A token for a request; *renew*: the one there is was not taken."""
        if not self._loaded:
            self._session, self._loaded = self._store.load(), True
        if self._session is not None and not renew:
            ends = end_of(self._session.access)
            if ends is None or self._now() < ends - _MARGIN:
                return self._session.access
        if self._session is not None:
            found = self._refresh(self._session)
            if not isinstance(found, Session):
                return found
            self._keep(found)
        else:
            made = self._log_in()
            if not isinstance(made, Session):
                return made
            self._keep(made)
        return self._session.access if self._session else ''

    def _keep(self, session: Session) -> None:
        if self._session is not None and self._session.did != session.did:
            self._me = None
        self._session = session
        self._store.save(session)

    def _refresh(self, old: Session) -> Session | Refused | TryLater:
        """A session in the place of *old*; logs in where that one is not taken any more."""
        exchange = self._once('POST', 'com.atproto.server.refreshSession', old.refresh)
        found = session_of(exchange.json()) if exchange.status == 200 else None
        if found is not None and found.did == old.did:
            return found
        if exchange.status in (400, 401, 403):
            self._session = None
            self._store.save(None)
            return self._log_in()
        return self.not_done(exchange)

    def _log_in(self) -> Session | Refused | TryLater:
        """A new session; what was refused once is refused for good."""
        if self._not_let_in is not None:
            return self._not_let_in
        found = self._try_to_log_in()
        if isinstance(found, Refused):
            self._not_let_in = found
        return found

    def _try_to_log_in(self) -> Session | Refused | TryLater:
        exchange = self._once(
            'POST', 'com.atproto.server.createSession', '',
            json={'identifier': self._identifier, 'password': self._password},
        )  # fmt: skip
        found = session_of(exchange.json()) if exchange.status == 200 else None
        if found is None:
            return self.not_done(exchange)
        if claims_of(found.access).get('scope') == _FULL_ACCESS:
            return Refused(Reason('bluesky-main-password', (self._identifier,)))
        return found
