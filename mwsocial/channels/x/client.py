"""Requests to X, signed with OAuth 1.0a: who we are, and lists page by page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode

from requests_oauthlib import OAuth1

from mwsocial import __version__
from mwsocial.channels import answers
from mwsocial.channels.base import Refused, TryLater
from mwsocial.channels.transport import CarefulSession, Exchange, origin_of
from mwsocial.channels.x import verdicts, words
from mwsocial.reason import Reason

_USER_AGENT = f'mwsocial/{__version__} (https://www.mediawiki.org/wiki/Social_media)'
_KEY = re.compile(r'[!-~]{1,200}', re.A)
#: How many pages of a list are read, and how many that bring nothing new: X has been seen to lead from
#: page to page for ever.
PAGES = 32
_EMPTY_PAGES = 3
PAGE = 100


@dataclass(frozen=True)
class Keys:
    """What requests are signed with: that of the app, and that of the account."""

    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_secret: str = field(repr=False)

    def __post_init__(self) -> None:
        names = ('consumer key', 'consumer secret', 'access token', 'access secret')
        for name, value in zip(names, self.all, strict=True):
            if not _KEY.fullmatch(value):
                raise ValueError(f'the {name} is none')

    @property
    def all(self) -> tuple[str, str, str, str]:
        """All four, none of which is ever shown."""
        return self.consumer_key, self.consumer_secret, self.access_token, self.access_secret


@dataclass(frozen=True)
class Us:
    """Whose keys they are."""

    id: str
    name: str


@dataclass(frozen=True)
class Listing:
    """Posts, newest first, each once; ``whole``: X had no more to tell."""

    posts: tuple[words.XPost, ...]
    people: Mapping[str, words.Person]
    whole: bool


@dataclass(frozen=True)
class Found:
    """One post, and whom X names with it."""

    post: words.XPost
    people: Mapping[str, words.Person]


class Client:
    """Signed requests to one server. Nothing here raises."""

    def __init__(self, url: str, keys: Keys, read_time: float, now: Callable[[], datetime]) -> None:
        """Raises ValueError, without a secret in it, when the address cannot be one."""
        self._origin = origin_of(url)
        self.host = self._origin.split('://', 1)[1]
        self.secrets: Sequence[str] = keys.all
        self.now = now
        self._session = CarefulSession(self._origin, read_time=read_time)
        self._session.headers['User-Agent'] = _USER_AGENT
        # Called for each request that is prepared, so that each try has a nonce and a time of its own.
        self._session.auth = OAuth1(
            keys.consumer_key, keys.consumer_secret, keys.access_token, keys.access_secret
        )
        self._us: Us | None = None
        self._spoken = 0  # which of the vocabularies X is known to speak
        self.level = ''

    # -- requests ----------------------------------------------------------------------------------

    def read(self, path: str, asked: Mapping[str, str] | None = None) -> Exchange:
        """What is at *path*; tried again where the connection broke."""
        # Spaces as %20, as signatures have them (RFC 5849, 3.6).
        query = '?' + urlencode(asked, quote_via=quote, safe='') if asked else ''
        return self._ask('GET', path + query)

    def change(self, method: str, path: str, body: object = None) -> Exchange:
        """One request that changes something; never repeated."""
        if body is None:
            return self._ask(method, path)
        data = json.dumps(body).encode()
        return self._ask(method, path, data=data, headers={'Content-Type': 'application/json'})

    def upload(
        self, path: str, fields: Mapping[str, str], file: tuple[str, bytes, str]
    ) -> Exchange:
        """Send one file: its name, its bytes, its media type."""
        return self._ask('POST', path, data=dict(fields), files={'media': file})

    def _ask(
        self, method: str, path: str, *,
        data: bytes | Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:  # fmt: skip
        self._session.last = None
        problem = ''
        try:
            self._session.request(
                method, self._origin + path, data=data, files=files, headers=headers
            )
        except Exception as error:  # what was carried out is told by the exchange alone
            problem = type(error).__name__
        return self._session.last or Exchange(method, path, sent=False, problem=problem)

    # -- what went wrong ---------------------------------------------------------------------------

    def not_done(self, exchange: Exchange) -> Refused | TryLater:
        """See ``verdicts.not_done``."""
        return verdicts.not_done(exchange, self.host, self.now(), self.secrets)

    # -- reading -----------------------------------------------------------------------------------

    def us(self, *, anew: bool = False) -> Us | Refused | TryLater:
        """Whose keys they are; asked once, unless *anew*."""
        if self._us and not anew:
            return self._us
        self._us = None
        exchange = self.read('/2/users/me')
        found = words.person_of(verdicts.data_of(exchange))
        if found is None:
            return self.not_done(exchange)
        # Said of the app's permission, of old: "read", "read-write", "read-write-directmessages".
        self.level = exchange.headers.get('x-access-level', '').strip().lower()
        self._us = Us(found[0], answers.plain(found[1].name, self.secrets))
        return self._us

    def listing(
        self, path: str, asked: Mapping[str, str], *, people: bool, pages: int = PAGES
    ) -> Listing | Refused | TryLater:
        """The posts at *path*, newest first, over at most *pages* pages.

        *people*: whether who wrote them is told by name.
        """
        posts: dict[str, words.XPost] = {}
        known: dict[str, words.Person] = {}
        token, empty, partial, strangers = '', 0, False, False
        for _ in range(pages):
            more = {'pagination_token': token} if token else {}
            exchange, page = self._page(path, {**asked, **more}, people=people)
            if page is None:
                return self.not_done(exchange)
            if isinstance(page, Reason):
                return TryLater(page)
            new = [one for one in page.posts if one.id not in posts]
            posts |= {one.id: one for one in new}
            known |= page.people
            partial |= page.partial
            strangers |= bool(page.posts) and not new
            empty = 0 if new else empty + 1
            token = page.token
            if not token:
                return Listing(tuple(posts.values()), known, whole=not partial)
            if empty >= _EMPTY_PAGES:
                # Pages without posts may well be the end; pages that repeat posts tell nothing.
                whole = not partial and not strangers
                return Listing(tuple(posts.values()), known, whole)
        return Listing(tuple(posts.values()), known, whole=False)

    def _page(
        self, path: str, asked: Mapping[str, str], *, people: bool
    ) -> tuple[Exchange, words.Page | Reason | None]:
        """One page of posts (None: the answer is none), asked for in words that X knows."""
        while True:
            vocabulary = words.SPOKEN[self._spoken]
            exchange = self.read(path, vocabulary.asking(people=people) | dict(asked))
            page = words.page_of(exchange.json()) if exchange.status == 200 else None
            dropped = isinstance(page, Reason) and page.key == 'x-fields-missing'
            unknown = vocabulary.fields in verdicts.wrong_parameters(exchange)
            if not (dropped or unknown) or self._spoken + 1 == len(words.SPOKEN):
                return exchange, page
            self._spoken += 1

    def post(self, number: str, url: str, *, people: bool) -> Found | Refused | TryLater:
        """The post with the id *number*, which people know as *url*.

        Refused only where it is gone or not for us to see: trouble of ours says nothing about the post.
        """
        exchange, page = self._page(f'/2/tweets/{number}', {}, people=people)
        if isinstance(page, words.Page) and page.posts:
            return Found(page.posts[0], page.people)
        kinds = verdicts.problems_of(exchange)
        if 'resource-not-found' in kinds:
            return Refused(Reason('x-gone', (url,)))
        if 'not-authorized-for-resource' in kinds:
            return Refused(Reason('x-private', (url,)))
        if isinstance(page, Reason):
            return TryLater(page)
        return TryLater(self.not_done(exchange).reason)
