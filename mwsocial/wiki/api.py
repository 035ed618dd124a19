"""Requests to MediaWiki's API: each one bounded in time and tries, each error with a meaning.

A request that reads may be sent again. One that writes is sent again only where the wiki, or the lack
of a connection, has made clear that nothing was saved; otherwise its outcome is unknown, and the
caller looks (``AnswerLost``).
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mwsocial.errors import ConfigurationError, DeskError, TemporaryError
from mwsocial.wiki.api_errors import ApiError, Kind, errors_of, failure_of, plain
from mwsocial.wiki.transport import NoAnswer

Params = Mapping[str, Any]

#: After so many seconds a request that the wiki does not take now is left to the next run.
PATIENCE = 60.0
_TRIES = 6


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    body: bytes
    retry_after: float = 0.0


#: Sends parameters as one POST request, within so many seconds; the flag says that it writes.
Sender = Callable[[Mapping[str, str], bool, float], Answer]


class WikiRefused(DeskError):
    """A definite no of the wiki, in its own words (``error.words``, plain text)."""

    def __init__(self, error: ApiError) -> None:
        """*error*: the code and the words."""
        super().__init__(f'The wiki refuses: {error.words} ({error.code})')
        self.error = error


class EditConflict(WikiRefused):
    """The page is not what the writer believes: changed, created or deleted meanwhile."""


class AnswerLost(DeskError):
    """A request that writes may have been carried out; nobody knows. Look before acting."""


class Api:
    """The API of one wiki, as one account."""

    def __init__(
        self,
        send: Sender,
        log_in: Callable[[], None],
        *,
        patience: float = PATIENCE,
        simulate: bool = False,
    ) -> None:
        """*log_in* logs in anew; *patience*: seconds; *simulate*: nothing is ever written."""
        self._send = send
        self._log_in = log_in
        #: how many seconds one request may take with all its tries
        self.patience = patience
        #: seconds before the second try; doubled for each further one
        self.pause = 1.0
        self.simulate = simulate
        #: whom every request insists on being; '' until the login was checked
        self.user = ''
        #: the largest page the wiki takes, in bytes
        self.largest_page = 2 * 1024 * 1024
        #: how many revisions, titles or users one request may ask for
        self.batch = 50
        #: whether accounts are global and can be locked (Extension:CentralAuth)
        self.central = False
        self.token = ''
        self._heard: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """The wiki's time (UTC): what it said last, and what has passed since."""
        if self._heard is None:
            self.query({})
        assert self._heard is not None
        told, then = self._heard
        return told + timedelta(seconds=_ticks() - then)

    def query(self, params: Params) -> dict[str, Any]:
        """One answer to ``action=query``; continuation is the caller's (or ``query_all``)."""
        return self.read({'action': 'query', 'curtimestamp': '1', **params})

    def query_all(self, params: Params) -> Iterator[dict[str, Any]]:
        """All parts of a query's answer, as the API continues them."""
        more: dict[str, Any] = {}
        while True:
            answer = self.query({**params, **more})
            yield answer
            if not answer.get('continue'):
                return
            if answer['continue'] == more:
                raise TemporaryError('The wiki continues an answer with the same part for ever.')
            more = answer['continue']

    def read(self, params: Params) -> dict[str, Any]:
        """The answer to a request that changes nothing.

        Raises TemporaryError where the wiki cannot answer now, ConfigurationError where the account
        may not ask, WikiRefused for any other error.
        """
        return self._ask(params, writes=False)

    def write(self, params: Params) -> dict[str, Any]:
        """The answer to a request that changes the wiki; the token is added.

        Raises EditConflict, WikiRefused, AnswerLost (the outcome is unknown), TemporaryError (nothing
        was changed), ConfigurationError. Never call it in a simulation.
        """
        if self.simulate:
            raise RuntimeError('a simulation must not write')
        return self._ask(params, writes=True)

    def _ask(self, params: Params, *, writes: bool) -> dict[str, Any]:
        deadline = time.monotonic() + self.patience
        tried = {Kind.LOGIN: 0, Kind.TOKEN: 0}
        words = ''
        for attempt in range(_TRIES):
            left = max(1.0, deadline - time.monotonic())
            wait = min(self.pause * 2.0**attempt, 15.0)
            try:
                answer = self._send(self._encode(params, writes), writes, left)
            except NoAnswer as error:
                if writes and error.sent:
                    raise AnswerLost(str(error)) from None
                words = str(error)
            else:
                error_or_value = self._understand(answer, params, writes)
                if isinstance(error_or_value, dict):
                    return error_or_value
                words = self._judge(error_or_value, writes, tried)
                wait = max(wait, answer.retry_after)
            wait *= random.uniform(1.0, 1.2)  # noqa: S311 - jitter, no secret
            if attempt == _TRIES - 1 or time.monotonic() + wait > deadline:
                break
            time.sleep(wait)
        raise TemporaryError(f'The wiki cannot do this now: {words} Try again later.')

    def _judge(self, error: ApiError, writes: bool, tried: dict[Kind, int]) -> str:
        """Return what to say while trying again, or raise what the error means."""
        kind = error.kind
        if kind in tried:
            tried[kind] += 1
            if tried[kind] > 1 and kind is Kind.LOGIN:
                raise ConfigurationError(
                    f'The wiki does not accept the login of {self.user or "the bot"}: {error.words}'
                )
            if tried[kind] > 2:
                raise TemporaryError(f'The wiki does not accept the edit token: {error.words}')
            if kind is Kind.LOGIN:
                self._log_in()
            self.token = ''
        elif kind is Kind.CONFIGURATION:
            raise ConfigurationError(f'The wiki does not accept the credentials: {error.words}')
        elif kind is Kind.UNKNOWN:
            if writes:
                raise AnswerLost(error.words)
        elif kind is Kind.CONFLICT:
            raise EditConflict(error)
        elif kind is Kind.REFUSED:
            raise WikiRefused(error)
        return error.words

    def _encode(self, params: Params, writes: bool) -> dict[str, str]:
        values = {
            'format': 'json',
            'formatversion': '2',
            'errorformat': 'plaintext',
            'errorlang': 'content',
            'errorsuselocal': '1',
        }
        if self.user:
            values |= {'assert': 'user', 'assertuser': self.user}
        for name, value in params.items():
            if value is None or value is False:
                continue
            if isinstance(value, list | tuple | set | frozenset):
                value = _joined([str(one) for one in value])
            values[name] = '1' if value is True else str(value)
        if writes:
            values['maxlag'] = '5'
            # The token goes last: a request that was cut off on its way has none.
            values['token'] = self.csrf()
        return values

    def csrf(self) -> str:
        """The token that writes need; asked for once."""
        if not self.token:
            answer = self.read({'action': 'query', 'meta': 'tokens', 'type': 'csrf'})
            self.token = str(answer['query']['tokens']['csrftoken'])
        return self.token

    def _understand(
        self, answer: Answer, params: Params, writes: bool
    ) -> dict[str, Any] | ApiError:
        value = _json(answer.body)
        if value is None:
            if answer.status == 429:
                return ApiError('http-429', 'Too many requests.')
            if answer.status in (301, 302, 303, 307, 308, 404, 410) and not writes:
                raise ConfigurationError(
                    f'There is no MediaWiki API at the address that Pywikibot knows (HTTP status '
                    f'{answer.status}). Check the family in user-config.py.'
                )
            words = plain(answer.body[:5000].decode('utf-8', 'replace'), 120)
            return ApiError(
                'http-5', f'HTTP status {answer.status}, no answer of the API ({words}).'
            )
        self._hear(value)
        errors = errors_of(value)
        if errors:
            order = list(Kind)
            return max(errors, key=lambda error: order.index(error.kind))
        failure = failure_of(value, str(params['action']))
        if failure is None and not _answers(value, params):
            return ApiError('http-5', 'The answer of the API has nothing in it.')
        return failure or value

    def _hear(self, value: Mapping[str, Any]) -> None:
        told = value.get('curtimestamp')
        if isinstance(told, str):
            self._heard = (read_timestamp(told), _ticks())


def read_timestamp(value: str) -> datetime:
    """MediaWiki's ``2026-11-25T14:00:00Z`` as an aware UTC datetime."""
    return datetime.strptime(value, '%Y-%m-%dT%H:%M:%SZ').replace(tzinfo=UTC)


def _joined(values: list[str]) -> str:
    """Several values in one parameter; U+001F parts them where one holds a pipe."""
    if any('|' in value for value in values):
        return '\x1f' + '\x1f'.join(values)
    return '|'.join(values)


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _answers(value: Mapping[str, Any], params: Params) -> bool:
    """Whether an answer holds what every answer to such a request holds (API:Query, formatversion=2)."""
    if 'curtimestamp' in params and not isinstance(value.get('curtimestamp'), str):
        return False
    if params['action'] == 'query':
        asked = any(name in params for name in ('titles', 'revids', 'list', 'meta', 'generator'))
        if not asked or 'continue' in value:
            return isinstance(value.get('query', {}), dict)
    return isinstance(value.get(str(params['action'])), dict)


def _ticks() -> float:
    """Seconds of a clock that nobody sets and that runs on while the machine sleeps."""
    return time.clock_gettime(getattr(time, 'CLOCK_BOOTTIME', time.CLOCK_MONOTONIC))
