"""What the error codes of MediaWiki's API mean for the desk.

Codes: https://www.mediawiki.org/wiki/API:Errors_and_warnings and the help of each module. What is not
known is a refusal in the wiki's own words: never something to send again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from html.parser import HTMLParser
from typing import Any


class Kind(Enum):
    """What an error asks for. Of several errors the one furthest down decides: where one says that
    nobody knows what was saved, no other makes that certain.
    """

    LATER = 'later'
    LOGIN = 'login'
    TOKEN = 'token'  # noqa: S105 - no password
    CONFLICT = 'conflict'
    CONFIGURATION = 'configuration'
    REFUSED = 'refused'
    UNKNOWN = 'unknown'


@dataclass(frozen=True)
class ApiError:
    """One error of an answer, with the wiki's own words as plain text."""

    code: str
    words: str

    @property
    def kind(self) -> Kind:
        """What it asks for."""
        return kind_of(self.code, self.words)


_LATER = frozenset({
    'readonly', 'readonlytext', 'maxlag', 'ratelimited', 'actionthrottledtext', 'http-429',
    'lockmanager-fail-conflict', 'cirrussearch-too-busy-error', 'pool-timeout', 'pool-queuefull',
})  # fmt: skip
_LOGIN = frozenset({
    'assertuserfailed', 'assertnameduserfailed', 'assertbotfailed', 'notloggedin', 'readapidenied',
    'sessionfailure',
})  # fmt: skip
_CONFLICT = frozenset({
    'editconflict', 'edit-conflict', 'articleexists', 'missingtitle', 'pagedeleted', 'nosuchrevid',
    'revwrongpage', 'edit-gone-missing', 'edit-already-exists', 'nosuchpageid',
})  # fmt: skip
_UNKNOWN = frozenset({'unknownerror', 'failed-save', 'badconfig', 'upstream-error'})


def kind_of(code: str, words: str = '') -> Kind:
    """What the error *code* asks for."""
    if code in _LATER:
        return Kind.LATER
    if code == 'badtoken':
        return Kind.TOKEN
    if code in _LOGIN:
        return Kind.LOGIN
    if code in _CONFLICT:
        return Kind.CONFLICT
    if code.startswith('mwoauth-'):
        # Somebody on the way may have sent the request twice: the other copy may have come through.
        return Kind.UNKNOWN if 'Nonce already used' in words else Kind.CONFIGURATION
    if code in _UNKNOWN or code.startswith(('internal_api_error', 'http-5')):
        return Kind.UNKNOWN
    return Kind.REFUSED


def errors_of(answer: Mapping[str, Any]) -> list[ApiError]:
    """The errors of an answer, in either of the API's formats."""
    found = answer.get('errors')
    if not isinstance(found, list):
        found = [answer['error']] if isinstance(answer.get('error'), dict) else []
    return [
        ApiError(str(one.get('code', 'unknownerror')), _words(one))
        for one in found
        if isinstance(one, dict)
    ]


def failure_of(answer: Mapping[str, Any], action: str) -> ApiError | None:
    """A refusal that comes as a result instead of an error; None where there is none."""
    result = answer.get(action)
    if not isinstance(result, dict) or result.get('result') in ('Success', None):
        return None
    if 'captcha' in result:
        return ApiError('captcha', 'The wiki asks for a captcha, which a bot cannot answer.')
    words = _words(result) if 'code' in result or 'info' in result else ''
    if 'spamblacklist' in result:
        words = words or f'The spam blacklist does not allow {result["spamblacklist"]}.'
    return ApiError(str(result.get('code', 'failure')), words or 'The wiki did not save the page.')


def plain(text: str, most: int = 300) -> str:
    """Words from outside on one line: no tags, no control characters, no more than *most* letters."""
    stripper = _Stripper()
    stripper.feed(text)
    stripper.close()
    words = re.sub(
        r'[\s\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]+', ' ', stripper.text
    ).strip()
    return words if len(words) <= most else words[: most - 1].rstrip() + '…'


def _words(error: Mapping[str, Any]) -> str:
    words = _own_words(error)
    data = error.get('data')
    reason = (data if isinstance(data, dict) else error).get('readonlyreason')
    return f'{words} ({plain(reason)})' if isinstance(reason, str) and reason.strip() else words


def _own_words(error: Mapping[str, Any]) -> str:
    for key in ('text', 'info', 'html', '*', 'warning'):
        if isinstance(error.get(key), str) and error[key].strip():
            return plain(error[key])
    return f'The wiki says “{plain(str(error.get("code", "unknown error")))}”.'


class _Stripper(HTMLParser):
    """Collects the text between tags; scripts and styles are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ''
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ('script', 'style')
        self.text += ' '

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in ('script', 'style')))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data
