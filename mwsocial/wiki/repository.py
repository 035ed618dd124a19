"""Another repository of files, such as Commons, asked over its own API: no login, no cookie.

The wiki says where it is (``meta=filerepoinfo``); nothing else does. Only https is good enough (or the
own machine), and no answer leads anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from mwsocial import __version__
from mwsocial.channels.transport import CarefulSession, origin_of
from mwsocial.desk.files import FileChange
from mwsocial.reason import Reason
from mwsocial.wiki.api import read_timestamp
from mwsocial.wiki.filelog import changes_in, one_file

USER_AGENT = f'mwsocial/{__version__} (https://www.mediawiki.org/wiki/Social_media)'
#: What a request raises that brings no answer.
NO_ANSWER = (OSError, requests.RequestException, HTTPError, ValueError)
#: Seconds for one answer.
PATIENCE = 20.0
_ROUNDS = 10
#: Clocks that differ by less are taken to be the same, and by more, to be of no use.
_SAME = timedelta(seconds=5)
_MOST_SKEW = timedelta(hours=1)


class Silent(Exception):
    """The repository gave no answer that can be used; ``reason`` says so to people."""

    def __init__(self, place: str, words: str) -> None:
        """*place*: its name; *words*: what went wrong."""
        self.reason = Reason('images-repository-silent', (place, words))
        super().__init__(self.reason.text())


class Repository:
    """One repository's API."""

    def __init__(self, place: str, api: str, *, patience: float = PATIENCE) -> None:
        """*place*: its name for people; *api*: the address of its ``api.php``, which was checked."""
        parts = urlsplit(api)
        self._place = place
        self._api = api
        self._session = CarefulSession(
            origin_of(f'{parts.scheme}://{parts.netloc}'), read_time=patience, whole_time=patience
        )
        self._session.headers['User-Agent'] = USER_AGENT

    def file(self, title: str, since: datetime, now: datetime) -> tuple[str, list[FileChange]]:
        """The SHA-1 of the newest version, and what happened from *since* on, oldest first.

        All times are UTC by the clock of the wiki that asks, whose time is *now*. Raises Silent.
        """
        answers = self._answers(one_file(title, since - _MOST_SKEW))
        try:
            first = next(answers)
            skew = now - read_timestamp(first['curtimestamp'])
            if abs(skew) > _MOST_SKEW:
                raise Silent(self._place, 'its clock is wrong')
            skew = skew if abs(skew) > _SAME else timedelta()
            sha1, changes = changes_in(chain([first], answers), since - skew)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise Silent(self._place, type(error).__name__) from None
        return sha1, [replace(one, when=one.when + skew, logid=0) for one in changes]

    def _answers(self, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        more: dict[str, Any] = {}
        for _ in range(_ROUNDS):
            answer = self._ask({**params, **more})
            yield answer
            if 'continue' not in answer:
                return
            more = answer['continue']
        raise Silent(self._place, 'its history is too long')

    def _ask(self, params: Mapping[str, Any]) -> dict[str, Any]:
        # POST goes to where the database is written, so that nothing is missed that has just happened.
        data = {
            'action': 'query', 'format': 'json', 'formatversion': '2', 'curtimestamp': '1', **params,
        }  # fmt: skip
        try:
            response = self._session.post(self._api, data=data)
        except NO_ANSWER as error:
            raise Silent(self._place, type(error).__name__) from None
        if response.status_code != 200:
            raise Silent(self._place, f'HTTP {response.status_code}')
        last = self._session.last
        value = last.json() if last else None
        if not isinstance(value, dict) or 'error' in value or 'errors' in value:
            raise Silent(self._place, 'no answer of an API')
        return value


def repository(about: Mapping[str, Any], place: str) -> Repository | Reason:
    """The repository that the wiki describes (an entry of ``meta=filerepoinfo``), or why it cannot be
    asked.
    """
    scripts = str(about.get('scriptDirUrl') or '')
    api = str(about.get('apiurl') or (f'{scripts}/api.php' if scripts else ''))
    if api.startswith('//'):
        api = f'https:{api}'
    try:
        parts = urlsplit(api)
        origin_of(f'{parts.scheme}://{parts.netloc}')
        if parts.query or parts.fragment or not parts.path.startswith('/'):
            raise ValueError('this is no address of an API')
    except ValueError:
        return Reason('images-repository-address', (place,))
    return Repository(place, api)
