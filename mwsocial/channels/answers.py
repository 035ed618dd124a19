"""What an answer of a network means: pure decisions on one exchange, no network in here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from dateutil.parser import isoparse

from mwsocial.channels.base import Posted, Refused, TryLater, Unknown
from mwsocial.channels.transport import Exchange
from mwsocial.hiding import hide
from mwsocial.reason import Reason

_LONGEST_WORDS = 300
_LONGEST_WAIT = timedelta(days=1)
_ID = re.compile(r'[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}', re.A)
_ADDRESS = re.compile(r'https?://[^\s\x00-\x20\x7f<>\[\]{}|"\'`\\^]{1,500}')
# Answers that leave it open whether the request was taken: it may have been cut off half way, or
# another request with the same key is still being worked on.
_OPEN = frozenset({408, 409, 425, 499})
# A redirect that by its definition (RFC 9110, 15.4) leaves the request undone; after 302 and 303,
# as servers use them, it may have been done.
_ELSEWHERE = frozenset({301, 307, 308})


def words_of(exchange: Exchange, secrets: Sequence[str] = ()) -> str:
    """The network's own words about what is wrong: one line, no secret, nothing invisible."""
    answer = exchange.json()
    words = answer.get('error') if isinstance(answer, dict) else None
    if not isinstance(words, str) or not words.strip():
        words = f'HTTP {exchange.status}' if exchange.status else exchange.problem
    return plain(words, secrets)


def plain(words: str, secrets: Sequence[str] = ()) -> str:
    """Foreign *words* on one line, at most 300 signs, without *secrets* and invisible signs."""
    words = hide(words, secrets, '…')
    shown = (' ' if unicodedata.category(sign)[0] in 'CZ' else sign for sign in words)
    words = ' '.join(''.join(shown).split())
    return words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + '…'


def sane_id(value: object) -> str:
    """*value* as the network's id of something, or '' where it cannot be one."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and _ID.fullmatch(value) else ''


def count(value: object) -> int | None:
    """*value* as a number of people or posts; None where it is none."""
    return value if type(value) is int and value >= 0 else None


def sane_address(value: object) -> str:
    """*value* as the address of a post, fit for a wiki page; '' where it is none."""
    if isinstance(value, str) and value.isprintable() and _ADDRESS.fullmatch(value):
        return value
    return ''


def sane_time(value: object) -> datetime | None:
    """*value* (ISO 8601) as UTC; None where it is no time."""
    if not isinstance(value, str):
        return None
    try:
        time = isoparse(value)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def posted(answer: object) -> Posted | None:
    """The post that *answer* (a status of the API) confirms; None where it is not complete."""
    if not isinstance(answer, dict):
        return None
    remote_id, url = sane_id(answer.get('id')), sane_address(answer.get('url'))
    if not remote_id or not url or answer.get('reblog'):
        return None
    return Posted(remote_id, url)


def created(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str],
    confirmed: Callable[[object], Posted | None] = posted,
) -> Posted | Refused | TryLater | Unknown:  # fmt: skip
    """What became of a request that creates a post.

    Posted only from a whole and sane answer, which *confirmed* reads; Refused and TryLater only where
    it is certain that nothing was created; Unknown in every other case.
    """
    status = exchange.status
    if status is None:
        return _unanswered(exchange, host)
    if 200 <= status < 300:
        found = confirmed(exchange.json())
        return found or Unknown(Reason('channels-bad-answer', (host, _shape(exchange))))
    stopped = stopped_by(exchange, host, now, secrets)
    return stopped or Unknown(Reason('channels-server-error', (host, words_of(exchange, secrets))))


def stopped_by(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> Refused | TryLater | None:
    """Why the network certainly did not do what it was asked; None where that is not certain."""
    status = exchange.status or 0
    words = words_of(exchange, secrets)
    if status == 429:
        return TryLater(Reason('channels-rate-limit', (host,)), reset_time(exchange, now))
    if status == 402:
        return TryLater(Reason('channels-refused', (host, words)))
    if status == 401:
        return Refused(Reason('channels-token-refused', (host, words)))
    if status in _ELSEWHERE:
        return Refused(Reason('channels-redirect', (host,)))
    if 400 <= status < 500 and status not in _OPEN:
        return Refused(Reason('channels-refused', (host, words)))
    return None


def not_done(
    exchange: Exchange, host: str, now: datetime, secrets: Sequence[str]
) -> Refused | TryLater:
    """Why a request that creates nothing visible did not bring what was asked for."""
    if exchange.status is None:
        return TryLater(Reason('channels-not-reached', (host, exchange.problem)))
    stopped = stopped_by(exchange, host, now, secrets)
    if stopped:
        return stopped
    if 200 <= exchange.status < 300:
        return TryLater(Reason('channels-bad-answer', (host, _shape(exchange))))
    return TryLater(Reason('channels-server-error', (host, words_of(exchange, secrets))))


def reset_time(exchange: Exchange, now: datetime) -> datetime | None:
    """When a rate limit ends, on the clock of *now*; None where the answer does not say.

    ``X-RateLimit-Reset`` is ISO 8601 (Mastodon documentation, "Rate limits") or, on other servers,
    seconds since 1970; else ``Retry-After`` in seconds. The server's clock is set right by its
    ``Date``.
    """
    headers = exchange.headers
    ahead: timedelta | None = None
    reset = headers.get('X-RateLimit-Reset', '').strip()
    until = sane_time(reset) if not reset.isdecimal() else _epoch(reset)
    if until:
        ahead = until - (_http_date(headers.get('Date', '')) or now)
    elif (after := headers.get('Retry-After', '').strip()).isdecimal() and len(after) < 9:
        ahead = timedelta(seconds=int(after))
    if ahead is None or not timedelta() < ahead <= _LONGEST_WAIT:
        return None
    return now + ahead


def _epoch(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _http_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _unanswered(exchange: Exchange, host: str) -> TryLater | Unknown:
    if not exchange.sent:
        return TryLater(Reason('channels-not-reached', (host, exchange.problem)))
    return Unknown(Reason('channels-no-answer', (host, exchange.problem)))


def _shape(exchange: Exchange) -> str:
    """A word on what an answer is instead of what it should be."""
    if exchange.body is None:
        return exchange.problem or 'cut off'
    kind = exchange.headers.get('Content-Type', '').split(';')[0].strip()
    return plain(kind) or 'no content type'
