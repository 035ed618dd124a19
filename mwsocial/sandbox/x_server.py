"""A strict stand-in for X's API v2. It is the project's own, and it is not X.

X has no server that can be run here. This one follows X's published documentation (specification
2.166 and 2.167, "Response codes and errors", "Rate limits", the price list) and reports of others, as
far as the desk uses the API: OAuth 1.0a is verified, with times and nonces; posts, replies, pictures
with alternative text, reposts, timelines, search, people. It is stricter than X where X is silent:
names and values that X does not know, which X drops, are refused here. What it shows is that the
desk keeps to the documentation, never that X does.

``python -m mwsocial.sandbox.x_server --folder FOLDER`` runs it; ``ledger.json`` there holds what it
has accepted and what that would have cost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import x_errors
from .faults import Answer
from .loopback import Service
from .loopback_parts import Fault, Ledger, Request
from .loopback_process import run
from .x_keys import Signatures, new_keys
from .x_meters import Meters
from .x_reads import Reads
from .x_world import SETTINGS, World
from .x_writes import Writes

#: The desk's account, and somebody in the world.
ACCOUNTS = ('mediawiki', 'reader')
_ID = r'([0-9]{1,19})'
# Method, path, kind, and how many of the kind in a quarter of an hour.
_ROUTES: tuple[tuple[str, str, str, int], ...] = (
    ('POST', r'/2/tweets', 'post', 100),
    ('DELETE', rf'/2/tweets/{_ID}', 'delete', 50),
    ('GET', rf'/2/tweets/{_ID}', 'lookup', 900),
    ('GET', r'/2/tweets', 'lookups', 900),
    ('GET', r'/2/tweets/search/recent', 'search', 300),
    ('POST', rf'/2/users/{_ID}/retweets', 'share', 50),
    ('DELETE', rf'/2/users/{_ID}/retweets/{_ID}', 'unshare', 50),
    ('POST', rf'/2/users/{_ID}/following', 'follow', 50),
    ('GET', rf'/2/users/{_ID}/following', 'following', 300),
    ('GET', rf'/2/users/{_ID}/mentions', 'mentions', 300),
    ('GET', rf'/2/users/{_ID}/tweets', 'timeline', 900),
    ('GET', rf'/2/users/{_ID}/timelines/reverse_chronological', 'home', 180),
    ('GET', r'/2/users/me', 'me', 75),
    ('GET', r'/2/users/by/username/([A-Za-z0-9_]{1,15})', 'username', 900),
    ('GET', rf'/2/users/{_ID}', 'user', 900),
    ('POST', r'/2/media/upload', 'media', 500),
    ('GET', r'/2/media/upload', 'media status', 1000),
    ('POST', r'/2/media/metadata', 'alt text', 500),
)
_READS = frozenset({
    'lookup', 'lookups', 'search', 'following', 'mentions', 'timeline', 'home', 'me', 'username',
    'user', 'media status',
})  # fmt: skip


class XService(Service):
    """X, as far as the desk uses it."""

    network = 'x'

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        super().__init__(ledger, now)
        self.world = World(ledger, now)
        if 'keys' not in ledger.data:
            us, reader = (self.world.add_person(name) for name in ACCOUNTS)
            us['follows'].append(reader['id'])
            ledger.data['keys'] = new_keys(us['id'])
            ledger.save()
        self.keys: dict[str, str] = ledger.data['keys']
        self._signatures = Signatures(self.keys, ledger.table('nonces'))
        self._meters = Meters(self.world, {kind: limit for _, _, kind, limit in _ROUTES})
        self._reads = Reads(self.world, self.us)
        self._writes = Writes(self.world, self.us)

    @property
    def us(self) -> str:
        """The id of the account that the keys are for."""
        return self.keys['user']

    def kind(self, request: Request) -> str:
        """The word for what a request wants, from the table of addresses."""
        return self._route(request)[0]

    def answer(self, request: Request) -> Answer:
        """Carry a request out, if it is signed, known, right and paid for."""
        kind, ids = self._route(request)
        wrong = self._signatures.check(request)
        if wrong:
            return x_errors.unsupported() if wrong == 'malformed' else x_errors.unauthorized()
        if not kind:
            return x_errors.problem(404, 'Not Found', 'Not Found')
        settings = self.world.settings
        if not settings['enrolled']:
            return x_errors.not_enrolled()
        if not settings['writes'] and kind not in _READS:
            return x_errors.no_permission()
        if self._meters.is_empty(kind):
            return x_errors.too_many(self._meters.headers(kind))
        self._meters.count(kind)
        if self.world.out_of_credit():
            answer = x_errors.no_credit()
        elif kind in _READS:
            answer = self._reads.answer(kind, ids, request)
        else:
            answer = self._writes.answer(kind, ids, request)
        self.ledger.save()
        return replace(answer, headers=[*answer.headers, *self._meters.headers(kind).items()])

    def failure(self, fault: Fault, request: Request) -> Answer | None:
        """X's own form of a fault. A 'limit' with ``location`` 'day' is that of a day, 'month' that of
        a month, 'first' comes in the form of the older API, and 'silent' names no time.
        """
        headers = dict(fault.headers)
        if fault.how == 'credit':
            return x_errors.no_credit()
        if fault.how == 'duplicate':
            return x_errors.forbidden(x_errors.DUPLICATE)
        if fault.how != 'limit':
            return None
        if fault.location == 'month':
            return x_errors.usage_capped()
        if fault.location != 'silent':
            headers = self._meters.at_end(request.kind, fault.location == 'day') | headers
        return x_errors.too_many(headers, fault.location == 'first')

    def control(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """What others do, and what is switched:

        ``person`` (username, protected, …), ``say`` (as, text, answering, quoting, repost): returns the
        id; ``edit`` (id, text); ``remove`` (id); ``change`` (username and what is new of them);
        ``set`` (settings of ``x_world.SETTINGS``); ``environment``: what an operator exports.
        """
        world, given = self.world, dict(arguments)
        if name == 'environment':
            return environment(self.keys)
        if name == 'set':
            strange = sorted(set(given) - set(SETTINGS))
            if strange:
                raise ValueError(f'no such settings: {strange}')
            world.settings.update(given)
            return world.settings
        if name == 'person':
            return world.add_person(**given)['id']
        if name == 'change':
            person = self._person(given.pop('username'))
            person.update(given)
            return person
        if name == 'say':
            return self._say(given)
        if name in ('edit', 'remove'):
            post = world.post(given['id'])
            if post is None:
                raise ValueError('there is no such post')
            if name == 'remove':
                post['gone'] = True
            else:
                post['text'] = given['text']
                post['history'] = [*post['history'], world.new_id()]
            return post['id']
        return super().control(name, arguments)

    def _person(self, username: str) -> dict[str, Any]:
        found = self.world.person(username)
        if found is None:
            raise ValueError(f'there is nobody called {username}')
        return found

    def _say(self, given: dict[str, Any]) -> str:
        author = self._person(given.pop('as', 'reader'))
        names = {'answering': 'reply_to', 'quoting': 'quote_of', 'repost': 'repost_of'}
        more = {names.get(name, name): value for name, value in given.items() if name != 'text'}
        return str(self.world.add_post(author['id'], given.get('text', ''), **more)['id'])

    def _route(self, request: Request) -> tuple[str, tuple[str, ...]]:
        for method, path, kind, _ in _ROUTES:
            found = re.fullmatch(path, request.path) if method == request.method else None
            if found:
                return kind, found.groups()
        return '', ()


def environment(keys: Mapping[str, str], url: str = '') -> dict[str, str]:
    """What an operator exports to use the stand-in as the channel ``x``."""
    named = {
        f'MWSOCIAL_X_{name.upper()}': keys[name]
        for name in ('consumer_key', 'consumer_secret', 'access_token', 'access_secret')
    }
    return named | ({'MWSOCIAL_X_URL': url} if url else {})


if __name__ == '__main__':
    raise SystemExit(run(XService))
