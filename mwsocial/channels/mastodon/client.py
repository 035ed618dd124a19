"""Requests to one server with one token, and whose token it is.

Requests are made by Mastodon.py, or through the same careful session where the library cannot say
what is needed; what an answer means is decided from the exchange itself, because the library raises
the same errors for requests that were and were not carried out.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import mastodon

from mwsocial import __version__
from mwsocial.channels import answers
from mwsocial.channels.base import Account, CannotLook, Refused, TryLater
from mwsocial.channels.mastodon import instance
from mwsocial.channels.registry import same_account
from mwsocial.channels.transport import CarefulSession, Exchange, origin_of
from mwsocial.reason import Reason

_USER_AGENT = f'mwsocial/{__version__} (https://www.mediawiki.org/wiki/Social_media)'
# What an access token is made of (RFC 6750, 2.1).
_TOKEN = re.compile(r'[A-Za-z0-9._~+/-]{1,512}=*', re.A)
_ACCT = re.compile(r'[^\s@]+(@[^\s@]+)?')


class Client:
    """One account's way to its server. ``library`` is to be called through ``ask`` only."""

    def __init__(
        self, name: str, url: str, token: str, account: str, *,
        read_time: float, now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        """As the channel. Raises ValueError, without the token in it."""
        if not _TOKEN.fullmatch(token):
            raise ValueError('this is no access token')
        self.name = name
        self.origin = origin_of(url)
        self.host = self.origin.split('://', 1)[1]
        self.expected = account
        self._token = token
        self._now = now
        self._session = CarefulSession(self.origin, read_time=read_time)
        # The version is given so that the library asks for none before an upload.
        self.library = mastodon.Mastodon(
            api_base_url=self.origin, session=self._session, user_agent=_USER_AGENT,
            request_timeout=read_time, ratelimit_method='throw',
            version_check_mode='created', mastodon_version='4.2.0',
        )  # fmt: skip
        # Not through the constructor: it would read a file that has the token's name.
        self.library.access_token = token
        self._instance: Mapping[str, Any] | CannotLook | None = None
        self._whose: tuple[str, Account] | None = None

    def secrets(self) -> Sequence[str]:
        """The access token."""
        return (self._token,)

    def now(self) -> datetime:
        """The time on this machine, aware."""
        return self._now()

    # -- requests -----------------------------------------------------------------------------

    def ask(self, call: Callable[[], object]) -> Exchange:
        """The exchange that one *call* of the library makes; whatever it raises is in there."""
        self._session.last = None
        raised = ''
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            try:
                call()
            except Exception as error:  # the library's errors do not tell what was carried out
                raised = type(error).__name__
        return self._session.last or Exchange('', '', sent=False, problem=raised)

    def send(
        self, method: str, path: str, *,
        params: Mapping[str, str] | None = None, json: Mapping[str, Any] | None = None,
    ) -> Exchange:  # fmt: skip
        """The exchange of a request that the library has no (whole) function for."""
        headers = {'Authorization': f'Bearer {self._token}', 'User-Agent': _USER_AGENT}
        return self.ask(lambda: self._session.request(
            method, self.origin + path, params=params, json=json, headers=headers
        ))  # fmt: skip

    def not_done(self, exchange: Exchange) -> Refused | TryLater:
        """Why a request that creates nothing did not bring what was asked for."""
        return answers.not_done(exchange, self.host, self._now(), self.secrets())

    def stopped(self, exchange: Exchange) -> Refused | TryLater | None:
        """Why the server certainly did not do what it was asked; None where that is not certain."""
        if exchange.status is None and not exchange.sent:
            return self.not_done(exchange)
        return answers.stopped_by(exchange, self.host, self._now(), self.secrets())

    def words(self, exchange: Exchange) -> str:
        """The server's own words about what is wrong, or a technical word; one line."""
        return answers.words_of(exchange, self.secrets())

    # -- who we are ---------------------------------------------------------------------------

    def forget(self) -> None:
        """Ask anew whose token it is."""
        self._whose = None

    def own(self) -> tuple[str, Account] | Refused | TryLater:
        """Our id and account on the server, if it is the account of the configuration."""
        whose = self.identity()
        if isinstance(whose, tuple) and not same_account(whose[1].name, self.expected):
            names = (self.name, whose[1].name, self.expected)
            return Refused(Reason('channels-other-account', names))
        return whose

    def identity(self) -> tuple[str, Account] | Refused | TryLater:
        """The id and account on the server that the token belongs to, asked once."""
        if self._whose:
            return self._whose
        found = self.credentials()
        if not isinstance(found, Mapping):
            return found
        own_id, acct = answers.sane_id(found['id']), self.account_name(found['acct'])
        if isinstance(acct, CannotLook):
            return TryLater(acct.reason)
        name = answers.plain(acct, self.secrets())
        self._whose = own_id, Account(name, answers.sane_address(found.get('url')))
        return self._whose

    def credentials(self) -> Mapping[str, Any] | Refused | TryLater:
        """The account as the server tells its owner, with a sane id and name."""
        exchange = self.ask(self.library.account_verify_credentials)
        found = exchange.json() if exchange.status == 200 else None
        if not isinstance(found, dict):
            # snac2 says 422, others 403, where Mastodon says 401.
            if exchange.status in (401, 403, 422):
                reason = Reason('channels-token-refused', (self.host, self.words(exchange)))
                return Refused(reason)
            return self.not_done(exchange)
        acct = found.get('acct')
        if answers.sane_id(found.get('id')) and isinstance(acct, str) and _ACCT.fullmatch(acct):
            return found
        return self.not_done(exchange)

    def account_name(self, acct: str) -> str | CannotLook:
        """``@user@host`` for an account's *acct*, which leaves the host out for local accounts."""
        if '@' in acct:
            return f'@{acct}'
        about = self.about()
        if isinstance(about, CannotLook):
            return about
        return f'@{acct}@{instance.domain(about) or self.host}'

    def about(self) -> Mapping[str, Any] | CannotLook:
        """What the server says about itself, asked once; empty where it says nothing."""
        if self._instance is None or isinstance(self._instance, CannotLook):
            self._instance = self._ask_about()
        return self._instance

    def _ask_about(self) -> Mapping[str, Any] | CannotLook:
        # snac2 has no version 2, Sharkey no version 1.
        for call in (self.library.instance_v2, self.library.instance_v1):
            exchange = self.ask(call)
            answer = exchange.json()
            if exchange.status == 200 and isinstance(answer, dict):
                return answer
            known = exchange.status is not None and 400 <= exchange.status < 500
            if not known or exchange.status == 429:
                return CannotLook(self.not_done(exchange).reason)
        return {}
