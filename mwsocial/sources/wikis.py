"""Pages of wikis: of others without an account, of the desk's own as the bot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from mwsocial.errors import DeskError, TemporaryError
from mwsocial.sources.fetch import Fetched, host_of
from mwsocial.sources.trouble import Trouble
from mwsocial.wiki.api_errors import errors_of, plain

#: Sends a request that reads to a wiki's API and gives its answer; raises ``Trouble``.
Ask = Callable[[Mapping[str, str]], Mapping[str, Any]]

#: So many parts of a continued answer are read.
PARTS = 10


@dataclass(frozen=True)
class WikiPage:
    """A page as it is now: ``address`` is where readers find it."""

    title: str
    address: str
    text: str
    revid: int


class Wiki:
    """One wiki that is read."""

    def __init__(self, ask: Ask, name: str) -> None:
        """*name*: for sentences."""
        self._ask = ask
        self.name = name

    def query(self, **params: str) -> Iterator[Mapping[str, Any]]:
        """The parts of an answer to ``action=query``. Raises ``Trouble``."""
        more: Mapping[str, str] = {}
        for _ in range(PARTS):
            answer = self._ask({'action': 'query', **params, **more})
            query = answer.get('query', {})
            if not isinstance(query, dict):
                raise Trouble('sources-wiki', self.name)
            yield query
            following = answer.get('continue')
            if not isinstance(following, dict) or following == more:
                return
            more = {str(key): str(value) for key, value in following.items()}

    def page(self, title: str, *, missing: bool = False) -> WikiPage:
        """A page; with *missing*, an empty one where there is none. Raises ``Trouble`` for a page that
        does not exist, and for a redirect: where it leads is for the configuration to say.
        """
        query = next(
            self.query(
                titles=title, prop='revisions|info', rvprop='ids|content', rvslots='main',
                inprop='url',
            )
        )  # fmt: skip
        page = self._only(query)
        if 'missing' in page and missing:
            return WikiPage(title, '', '', 0)
        if 'missing' in page or 'invalid' in page:
            raise Trouble('sources-page-missing', self.name, title)
        if page.get('redirect'):
            raise Trouble('sources-page-redirect', self.name, title)
        try:
            revision = page['revisions'][0]
            text = revision['slots']['main']['content']
            model = revision['slots']['main'].get('contentmodel', 'wikitext')
            found = WikiPage(str(page['title']), _https(page['fullurl']), text, revision['revid'])
        except (KeyError, IndexError, TypeError):
            raise Trouble('sources-page-hidden', self.name, title) from None
        if model != 'wikitext' or not isinstance(text, str):
            raise Trouble('sources-page-model', self.name, title, str(model))
        return found

    def text_at(self, title: str, moment: datetime) -> str:
        """The wikitext of a page as it was at *moment* (UTC); '' where it was not there yet."""
        query = next(
            self.query(
                titles=title, prop='revisions', rvprop='content', rvslots='main', rvlimit='1',
                rvdir='older', rvstart=moment.strftime('%Y-%m-%dT%H:%M:%SZ'),
            )
        )  # fmt: skip
        try:
            return str(self._only(query)['revisions'][0]['slots']['main']['content'])
        except (KeyError, IndexError, TypeError):
            return ''

    def html(self, title: str) -> tuple[str, str]:
        """A page's address and its HTML, as readers see it. Raises ``Trouble``."""
        page = self.page(title)
        answer = self._ask(
            {
                'action': 'parse', 'page': page.title, 'prop': 'text', 'disablelimitreport': '1',
                'disableeditsection': '1',
            }
        )  # fmt: skip
        try:
            text = answer['parse']['text']
        except (KeyError, TypeError):
            raise Trouble('sources-wiki', self.name) from None
        if not isinstance(text, str):
            raise Trouble('sources-wiki', self.name)
        return page.address, text

    def _only(self, query: Mapping[str, Any]) -> Mapping[str, Any]:
        pages = query.get('pages')
        if not isinstance(pages, list) or len(pages) != 1 or not isinstance(pages[0], dict):
            raise Trouble('sources-wiki', self.name)
        return pages[0]


def foreign(api: str, get: Callable[[str], Fetched]) -> Wiki:
    """The wiki whose API is at the address *api*, read without an account; *get* fetches."""
    name = host_of(api)

    def ask(params: Mapping[str, str]) -> Mapping[str, Any]:
        fixed = {
            'format': 'json', 'formatversion': '2', 'errorformat': 'plaintext', 'maxlag': '5',
            'errorlang': 'content', 'errorsuselocal': '1',
        }  # fmt: skip
        try:
            answer = json.loads(get(f'{api}?{urlencode({**params, **fixed})}').body)
        except (ValueError, RecursionError):
            raise Trouble('sources-wiki', name) from None
        if not isinstance(answer, dict):
            raise Trouble('sources-wiki', name)
        for error in errors_of(answer):
            later = error.code in ('maxlag', 'readonly', 'ratelimited') or 'internal' in error.code
            raise Trouble('sources-wiki-error', name, error.words, temporary=later)
        return answer

    return Wiki(ask, name)


def own(read: Callable[[Mapping[str, Any]], Mapping[str, Any]], name: str) -> Wiki:
    """The desk's own wiki; *read* is ``Api.read``."""

    def ask(params: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            return read(params)
        except TemporaryError as error:
            raise Trouble('sources-wiki-error', name, plain(str(error)), temporary=True) from None
        except DeskError as error:
            raise Trouble('sources-wiki-error', name, plain(str(error))) from None

    return Wiki(ask, name)


def _https(address: str) -> str:
    # fullurl may be without a scheme on wikis that are served with both.
    return f'https:{address}' if str(address).startswith('//') else str(address)
