"""What an answer of XRPC means (AT Protocol specification, "HTTP API"): pure decisions.

Errors are ``{"error": NAME, "message": words}``; names decide before the status does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mwsocial.channels import answers
from mwsocial.channels.base import Refused, TryLater, Unknown
from mwsocial.channels.transport import Exchange
from mwsocial.reason import Reason

_TOKEN_ENDED = frozenset({'ExpiredToken', 'InvalidToken'})
_NOT_LET_IN = _TOKEN_ENDED | {'AuthMissing', 'AuthenticationRequired'}
_STOPPED = frozenset({
    'AccountTakedown', 'AccountSuspended', 'AccountDeactivated', 'AccountDeleted', 'RepoTakendown',
    'RepoSuspended', 'RepoDeactivated',
})  # fmt: skip
_NO_SERVICE = 'No service configured for '


def error_of(exchange: Exchange) -> str:
    """The name of the error in an answer; '' where there is none."""
    answer = exchange.json()
    name = answer.get('error') if isinstance(answer, dict) else None
    return name if isinstance(name, str) and (exchange.status or 0) >= 400 else ''


def words_of(exchange: Exchange, secrets: Sequence[str] = ()) -> str:
    """The server's own words on what is wrong, fit for people."""
    answer = exchange.json()
    words = answer.get('message') if isinstance(answer, dict) else None
    if isinstance(words, str) and words.strip():
        return answers.plain(words, secrets)
    return answers.words_of(exchange, secrets)


def token_ended(exchange: Exchange) -> bool:
    """Whether the request was not looked at because its token is not good any more."""
    return exchange.status in (400, 401) and error_of(exchange) in _TOKEN_ENDED


def is_gone(exchange: Exchange) -> bool:
    """Whether the record that was asked for is not there (com.atproto.repo.getRecord)."""
    return exchange.status in (400, 404) and error_of(exchange) == 'RecordNotFound'


def stopped_by(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> Refused | TryLater | None:
    """Why the server certainly did not do what it was asked; None where that is not certain."""
    name, words = error_of(exchange), words_of(exchange, secrets)
    status = exchange.status or 0
    if not 400 <= status < 500:
        return answers.stopped_by(_plainly(exchange, words), host, now, secrets)
    if name in _STOPPED:
        return Refused(Reason('bluesky-account-stopped', (host, words)))
    if name == 'AuthFactorTokenRequired':
        return Refused(Reason('bluesky-sign-in-code', (host,)))
    if status == 401 or name in _NOT_LET_IN:
        return Refused(Reason('bluesky-password-refused', (host, words)))
    if words.startswith(_NO_SERVICE):
        return Refused(Reason('bluesky-no-appview', (host,)))
    return answers.stopped_by(_plainly(exchange, words), host, now, secrets)


def created(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> Refused | TryLater | Unknown:
    """What a request that creates has come to, where its answer confirms nothing."""
    if exchange.status is None:
        words = (host, exchange.problem)
        if exchange.sent:
            return Unknown(Reason('channels-no-answer', words))
        return TryLater(Reason('channels-not-reached', words))
    stopped = stopped_by(exchange, host, now, secrets)
    if stopped:
        return stopped
    if 200 <= exchange.status < 300:
        return Unknown(answers.not_done(exchange, host, now, secrets).reason)
    return Unknown(Reason('channels-server-error', (host, words_of(exchange, secrets))))


def not_done(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> Refused | TryLater:
    """Why a request that creates nothing to be seen did not bring what was asked for."""
    if exchange.status is not None:
        if exchange.status == 501:
            return Refused(Reason('bluesky-no-appview', (host,)))
        stopped = stopped_by(exchange, host, now, secrets)
        if stopped:
            return stopped
    return answers.not_done(_plainly(exchange, words_of(exchange, secrets)), host, now, secrets)


def _plainly(exchange: Exchange, words: str) -> Exchange:
    """The same answer with words and reset time where ``answers`` looks for them.

    Bluesky documentation, "Rate Limits": ``RateLimit-Reset``, seconds since 1970.
    """
    headers = {name.lower(): value for name, value in exchange.headers.items()}
    shown = {
        name: headers[sent]
        for name, sent in (
            ('X-RateLimit-Reset', 'ratelimit-reset'), ('Retry-After', 'retry-after'),
            ('Date', 'date'), ('Content-Type', 'content-type'),
        )
        if sent in headers
    }  # fmt: skip
    body = exchange.body
    if (exchange.status or 0) >= 400:
        body = json.dumps({'error': words}).encode()
    return replace(exchange, headers=shown, body=body)
