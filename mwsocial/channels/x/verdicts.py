"""What an answer of X means (documentation "Response codes and errors", and what others have met).

Pure decisions on one exchange. The address in a problem's type has changed with the company's name:
only its last part counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from mwsocial.channels import answers
from mwsocial.channels.base import Refused, TryLater, Unknown
from mwsocial.channels.transport import Exchange
from mwsocial.channels.x.words import sane_id
from mwsocial.reason import Reason

# Older codes that stand for what newer answers say in words (X documentation, "Error codes").
_DUPLICATE_CODE, _SHARED_CODE = 187, 327
_LONGEST_WAIT = timedelta(days=1, minutes=5)
#: Where a meter does not say when it begins anew, and is not the one of a quarter of an hour.
#: What X, and machines in front of it, may answer to a request that is wrong.
_IN_JSON = frozenset({400, 401, 403, 404})
_SOME_TIME = timedelta(hours=1)
_DAY_METERS = ('x-user-limit-24hour', 'x-app-limit-24hour')
# Problems of the app or its keys, whatever was asked for: what comes after the type's last slash.
_PROBLEMS = {
    'client-forbidden': 'x-not-enrolled',
    'oauth1-permissions': 'x-no-permission',
    'unsupported-authentication': 'x-token-refused',
}


def words_of(exchange: Exchange, secrets: Sequence[str] = ()) -> str:
    """X's own words about what is wrong: one line, no secret, nothing invisible."""
    answer = exchange.json()
    found: list[Any] = []
    if isinstance(answer, dict):
        errors = answer.get('errors')
        first = errors[0] if isinstance(errors, list) and errors else {}
        if isinstance(first, dict) and answer.get('title') in (None, 'Invalid Request'):
            found += first.get('message'), first.get('detail')
        found += answer.get('detail'), answer.get('message'), answer.get('title')
    words = next((one for one in found if isinstance(one, str) and one.strip()), '')
    if not words:
        words = f'HTTP {exchange.status}' if exchange.status else exchange.problem
    return answers.plain(words, secrets)


def problem_of(exchange: Exchange) -> str:
    """The kind of problem that an answer names: 'client-forbidden', 'invalid-request' …, or ''."""
    answer = exchange.json()
    kind = answer.get('type') if isinstance(answer, dict) else None
    return kind.rstrip('/').rpartition('/')[2] if isinstance(kind, str) else ''


def problems_of(exchange: Exchange) -> frozenset[str]:
    """The kinds of all problems that an answer names, also of those beside data."""
    kinds = [problem_of(exchange)]
    for one in _errors(exchange):
        if isinstance(one.get('type'), str):
            kinds.append(one['type'].rstrip('/').rpartition('/')[2])
    return frozenset(kinds)


def wrong_parameters(exchange: Exchange) -> frozenset[str]:
    """The names of the parameters that X does not take."""
    if exchange.status != 400:
        return frozenset()
    named = (one.get('parameters') for one in _errors(exchange))
    return frozenset(name for one in named if isinstance(one, dict) for name in one)


def is_duplicate(exchange: Exchange) -> bool:
    """Whether X says that the same words were posted before. It is right about that often, not always,
    and it does not say which post it means.
    """
    return exchange.status == 403 and (
        'duplicate content' in _all_words(exchange) or _DUPLICATE_CODE in _codes(exchange)
    )


def is_shared_already(exchange: Exchange) -> bool:
    """Whether X says that we have reposted it already."""
    said = _all_words(exchange)
    return exchange.status == 403 and (
        _SHARED_CODE in _codes(exchange)
        or 'already retweeted' in said
        or 'already reposted' in said
    )


def created(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> str | Refused | TryLater | Unknown:
    """The id of the post that a request has made, or what else became of it.

    An id only from a whole and sane answer; Refused and TryLater only where it is certain that
    nothing was created; Unknown in every other case: X has answered with a 5xx to what it had done.
    """
    number = sane_id(data_of(exchange).get('id'))
    if number:
        return number
    return changed(exchange, host, now, secrets)


def changed(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> Refused | TryLater | Unknown:
    """What became of a request to change something whose answer does not confirm it."""
    if exchange.status is None:
        if not exchange.sent:
            return TryLater(Reason('channels-not-reached', (host, exchange.problem)))
        return Unknown(Reason('channels-no-answer', (host, exchange.problem)))
    # X itself says such things in JSON. A page of some machine in between, or half an answer, proves
    # nothing of what X did.
    lost = exchange.status in _IN_JSON and not isinstance(exchange.json(), dict)
    stopped = None if lost else stopped_by(exchange, host, now, secrets)
    if stopped:
        return stopped
    if 200 <= exchange.status < 300:
        return Unknown(Reason('channels-bad-answer', (host, _shape(exchange))))
    return Unknown(Reason('channels-server-error', (host, words_of(exchange, secrets))))


def stopped_by(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> Refused | TryLater | None:
    """Why X certainly did not do what it was asked; None where that is not certain."""
    words = words_of(exchange, secrets)
    problem = problem_of(exchange)
    if exchange.status == 402:  # no credit: waiting does not cure it, but somebody may pay
        return TryLater(Reason('x-no-credit', (words,)))
    if exchange.status == 429:
        return _limited(exchange, host, now, words)
    if exchange.status == 401:
        return Refused(Reason('x-token-refused', (words,)))
    if exchange.status == 403 and problem == 'usage-capped':
        return TryLater(Reason('x-month-limit', (words,)), now + _SOME_TIME)
    if exchange.status == 403 and problem in _PROBLEMS:
        return Refused(Reason(_PROBLEMS[problem], (words,)))
    if exchange.status == 403 and 'reply to this conversation is not allowed' in words.casefold():
        return Refused(Reason('x-no-reply', (words,)))
    found = answers.stopped_by(exchange, host, now, secrets)
    if isinstance(found, Refused) and found.reason.key == 'channels-refused':
        return Refused(Reason('channels-refused', (host, words)))
    return found


def not_done(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> Refused | TryLater:
    """Why a request that creates nothing visible did not bring what was asked for."""
    found = changed(exchange, host, now, secrets)
    return TryLater(found.reason) if isinstance(found, Unknown) else found


def _limited(exchange: Exchange, host: str, now: datetime, words: str) -> TryLater:
    """Which meter is at its end. That of a day may be while the one of a quarter of an hour is not: the
    headers of 24 hours are looked at first.
    """
    if problem_of(exchange) == 'usage-capped':
        return TryLater(Reason('x-month-limit', (words,)), now + _SOME_TIME)
    headers = exchange.headers
    days = [name for name in _DAY_METERS if headers.get(f'{name}-remaining', '').strip() == '0']
    if days:
        ends = [end for name in days if (end := _end(exchange, f'{name}-reset', now))]
        return TryLater(Reason('x-day-limit'), max(ends, default=now + _SOME_TIME))
    left = headers.get('x-rate-limit-remaining', '').strip()
    if left.isdecimal() and int(left) > 0:
        # It is not this meter, and which it is X does not say.
        return TryLater(Reason('channels-rate-limit', (host,)), now + _SOME_TIME)
    return TryLater(
        Reason('channels-rate-limit', (host,)), _end(exchange, 'x-rate-limit-reset', now)
    )


def _end(exchange: Exchange, header: str, now: datetime) -> datetime | None:
    """When a meter begins anew, on the clock of *now*: the header holds seconds since 1970 on X's
    clock, which is set right by the answer's ``Date``.
    """
    value = exchange.headers.get(header, '').strip()
    if not value.isdecimal() or len(value) > 12:
        return None
    try:
        date = parsedate_to_datetime(exchange.headers.get('Date', ''))
    except (ValueError, TypeError):
        date = now
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    ahead = datetime.fromtimestamp(int(value), UTC) - date
    return now + ahead if timedelta() < ahead <= _LONGEST_WAIT else None


def data_of(exchange: Exchange) -> dict[str, Any]:
    """What a good answer confirms; empty where it is no good answer."""
    answer = exchange.json() if exchange.status and 200 <= exchange.status < 300 else None
    data = answer.get('data') if isinstance(answer, dict) else None
    return data if isinstance(data, dict) else {}


def _shape(exchange: Exchange) -> str:
    """A word on what an answer is instead of what it should be."""
    if exchange.body is None:
        return exchange.problem or 'cut off'
    kind = exchange.headers.get('Content-Type', '').split(';')[0].strip()
    return answers.plain(kind) or 'no content type'


def _errors(exchange: Exchange) -> list[dict[str, Any]]:
    answer = exchange.json()
    errors = answer.get('errors') if isinstance(answer, dict) else None
    return [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []


def _codes(exchange: Exchange) -> list[Any]:
    return [one.get('code') for one in _errors(exchange)]


def _all_words(exchange: Exchange) -> str:
    answer = exchange.json()
    said = [answer] if isinstance(answer, dict) else []
    said += _errors(exchange)
    found = (one.get(name) for one in said for name in ('detail', 'message', 'title'))
    return ' '.join(one for one in found if isinstance(one, str)).casefold()
