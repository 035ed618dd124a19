"""What an answer of the Graph API means: pure decisions on one exchange, no network in here.

Sources: Meta, "Handling Errors" (Graph API guides), "Rate Limits" (overview), and the references of
Page Feed and Page Photos. Two things are known from practice only: the errors 1 and 2 come also where
the post was made (arsduo/koala#699, facebookarchive/php-graph-sdk#1141), so they prove nothing; and
pages of HTML come from what stands before the API, so they do not either.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mwsocial.channels import answers
from mwsocial.channels.base import Refused, TryLater, Unknown
from mwsocial.channels.transport import Exchange
from mwsocial.reason import Reason

#: Application, user, page and account limits; 80001 is the one of a Page's business use case.
_THROTTLED = frozenset({4, 17, 32, 341, 613, 80001})
_TOKEN = frozenset({102, 190})
_UNCLEAR = frozenset({1, 2})
_NO_CAPABILITY, _NO_PERMISSION = 3, 10
_POLICY = 368
_DUPLICATE = 506
_LINK = 1609005
_PARAMETER, _NO_OBJECT = 100, 33
#: Why a token has ended, by ``error_subcode``; every other one has the network's own words.
_ENDED = {
    458: 'facebook-token-app',
    459: 'facebook-token-person',
    460: 'facebook-token-password',
    463: 'facebook-token-expired',
    464: 'facebook-token-person',
    492: 'facebook-token-role',
}
#: A redirect that by its definition leaves the request undone, and a body that was not even read.
_UNDONE = frozenset({301, 307, 308, 413, 429})
#: How long nothing is asked for where the answer does not say how long a limit lasts. It is counted
#: over an hour, and asking on makes it longer.
_PAUSE = timedelta(minutes=30)
_LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True)
class GraphError:
    """The ``error`` of an answer. ``words`` are the network's own, safe to be shown."""

    code: int
    subcode: int
    words: str
    transient: bool


def error_of(exchange: Exchange, secrets: Sequence[str]) -> GraphError | None:
    """The error that the API itself reports; None where the answer is something else."""
    answer = exchange.json()
    error = answer.get('error') if isinstance(answer, dict) else None
    if not isinstance(error, dict) or (code := _number(error.get('code'))) is None:
        return None
    words = error.get('error_user_msg') or error.get('message')
    if not isinstance(words, str) or not words.strip():
        words = f'error {code}'
    return GraphError(
        code,
        _number(error.get('error_subcode')) or 0,
        answers.plain(words, secrets),
        error.get('is_transient') is True,
    )


def stopped_by(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> Refused | TryLater | None:
    """Why the network certainly did not do what it was asked; None where that is not certain."""
    error = error_of(exchange, secrets)
    status = exchange.status or 0
    if error is None:
        return answers.stopped_by(exchange, host, now, secrets) if status in _UNDONE else None
    unclear = error.code in _UNCLEAR or error.code == _DUPLICATE
    if not 400 <= status < 500 or unclear:
        return None
    if error.code in _THROTTLED or status == 429:
        return TryLater(Reason('facebook-throttled', (host, error.words)), regained(exchange, now))
    if _LINK in (error.code, error.subcode):
        return TryLater(Reason('facebook-link', (host, error.words)), now + _PAUSE)
    if error.transient:
        return None
    return Refused(_refusal(error, host))


def _refusal(error: GraphError, host: str) -> Reason:
    if error.code in _TOKEN:
        return Reason(_ENDED.get(error.subcode, 'channels-token-refused'), (host, error.words))
    if error.code in (_NO_CAPABILITY, _NO_PERMISSION) or 200 <= error.code <= 299:
        return Reason('facebook-permission', (host, error.words))
    if error.code == _POLICY:
        return Reason('facebook-policy', (host, error.words))
    return Reason('channels-refused', (host, error.words))


def not_created(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> Refused | TryLater | Unknown:
    """What became of a request that creates or changes something, and did not bring what it should.

    Refused and TryLater only where it is certain that nothing was done. Error 506 ("duplicate post")
    means that the same words stand there already, perhaps from a try whose answer was lost: look.
    """
    if exchange.status is None:
        if not exchange.sent:
            return TryLater(Reason('channels-not-reached', (host, exchange.problem)))
        return Unknown(Reason('channels-no-answer', (host, exchange.problem)))
    stopped = stopped_by(exchange, host, now, secrets)
    if stopped:
        return stopped
    error = error_of(exchange, secrets)
    if error and error.code == _DUPLICATE:
        return Unknown(Reason('facebook-duplicate', (host, error.words)))
    return Unknown(_fault(exchange, error, host, now, secrets))


def not_read(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> Refused | TryLater:
    """Why a request that creates nothing visible did not bring what was asked for."""
    if exchange.status is None:
        return TryLater(Reason('channels-not-reached', (host, exchange.problem)))
    stopped = stopped_by(exchange, host, now, secrets)
    if stopped:
        return stopped
    return TryLater(_fault(exchange, error_of(exchange, secrets), host, now, secrets))


def is_gone(exchange: Exchange, secrets: Sequence[str]) -> bool:
    """Whether the API says that there is no such object, or none that may be read: it does not tell
    these apart (code 100 with subcode 33).
    """
    error = error_of(exchange, secrets)
    status = exchange.status or 0
    if error is None or not 400 <= status < 500:
        return False
    return (error.code, error.subcode) == (_PARAMETER, _NO_OBJECT)


def is_no_page(exchange: Exchange, secrets: Sequence[str]) -> bool:
    """Whether fields that every Page has were asked of something that is no Page (codes 12, 100)."""
    error = error_of(exchange, secrets)
    return error is not None and error.code in (12, _PARAMETER) and exchange.status == 400


def regained(exchange: Exchange, now: datetime) -> datetime:
    """When the limit that *exchange* ran into ends, on the clock of *now*.

    ``X-Business-Use-Case-Usage`` estimates it in minutes; ``X-App-Usage`` gives percentages only, and
    no header gives a time: then half an hour.
    """
    told = max(_minutes(exchange.headers.get('X-Business-Use-Case-Usage', '')), default=0)
    ahead = timedelta(minutes=told)
    return now + (ahead if timedelta() < ahead <= _LONGEST_PAUSE else _PAUSE)


def _minutes(header: str) -> Iterator[int]:
    try:
        value = json.loads(header) if header else None
    except (ValueError, RecursionError):
        return
    for uses in value.values() if isinstance(value, dict) else ():
        for use in uses if isinstance(uses, list) else ():
            if isinstance(use, dict):
                number = _number(use.get('estimated_time_to_regain_access'))
                if number is not None and 0 <= number <= 10**6:
                    yield number


def _fault(
    exchange: Exchange, error: GraphError | None, host: str, now: datetime, secrets: Sequence[str]
) -> Reason:
    if error:
        return Reason('channels-server-error', (host, error.words))
    if 200 <= (exchange.status or 0) < 300:
        return answers.not_done(exchange, host, now, secrets).reason
    return Reason('channels-server-error', (host, answers.words_of(exchange, secrets)))


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    return None
