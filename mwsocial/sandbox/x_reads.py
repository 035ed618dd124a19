"""What can be read from the stand-in for X, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from . import x_errors, x_views, x_words
from .faults import Answer
from .loopback_parts import Request, json_answer
from .x_words import Asked
from .x_world import World

_PAGING = ('max_results', 'pagination_token', 'since_id', 'until_id', 'start_time', 'end_time')
# Kind -> plain parameters, what is shown, bounds of max_results and what it is by itself.
_SHAPES: dict[str, tuple[tuple[str, ...], str, tuple[int, int, int]]] = {
    'lookup': ((), 'posts', (0, 0, 0)),
    'lookups': (('ids',), 'posts', (0, 0, 0)),
    'mentions': (_PAGING, 'posts', (5, 100, 10)),
    'timeline': ((*_PAGING, 'exclude'), 'posts', (5, 100, 10)),
    'home': ((*_PAGING, 'exclude'), 'posts', (1, 100, 100)),
    'search': ((*_PAGING, 'query', 'next_token', 'sort_order'), 'posts', (10, 100, 10)),
    'following': (('max_results', 'pagination_token'), 'users', (1, 1000, 100)),
    'me': ((), 'users', (0, 0, 0)),
    'user': ((), 'users', (0, 0, 0)),
    'username': ((), 'users', (0, 0, 0)),
    'media status': (('media_id', 'command'), '', (0, 0, 0)),
}
_TOKEN = re.compile(r'[0-9a-z]{2,30}')
_TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z')
_RECENT = timedelta(days=7)


class Reads:
    """Answers requests that change nothing (but the ledger of costs)."""

    def __init__(self, world: World, us: str) -> None:
        self._world = world
        self._us = us

    def answer(self, kind: str, ids: tuple[str, ...], request: Request) -> Answer:
        """The answer to a request of *kind* with the *ids* in its path."""
        plain, shows, sizes = _SHAPES[kind]
        asked = x_words.read(request.query, plain, shows)
        wrong = dict(asked.wrong) | dict(_wrong_values(asked, sizes))
        if wrong:
            return x_errors.invalid(wrong, dict(request.query))
        asked = self._as_spoken(asked)
        if kind == 'media status':
            return self._media(asked)
        if kind in ('lookup', 'lookups'):
            return self._lookup(ids or tuple(asked.plain.get('ids', '').split(',')), asked, kind)
        if kind in ('me', 'user', 'username'):
            return self._user(kind, ids, asked)
        if kind == 'search':
            return self._search(asked, sizes[2])
        if ids[0] != self._us and kind in ('mentions', 'home', 'following'):
            return x_errors.forbidden('You may read this of your own account only.')
        if kind == 'following':
            return self._following(asked, sizes[2])
        return self._page(self._listed(kind, ids[0], asked), asked, sizes[2], kind)

    def _as_spoken(self, asked: Asked) -> Asked:
        """A vocabulary that is not spoken any more is dropped in silence, as X does it."""
        spoken = self._world.settings['vocabularies']
        if ('old' if asked.words is x_words.OLD else 'new') in spoken:
            return asked
        other = x_words.NEW if asked.words is x_words.OLD else x_words.OLD
        kept = asked.expansions & set(other.expansions)
        return replace(asked, words=other, fields=frozenset(), expansions=kept)

    # -- posts -----------------------------------------------------------------------------------

    def _listed(self, kind: str, person: str, asked: Asked) -> Iterator[dict[str, Any]]:
        left_out = asked.plain.get('exclude', '').split(',')
        follows = {person, *self._world.people[person]['follows']} if kind == 'home' else {person}
        for post in self._world.shown(self._us):
            if post['repost_of'] and ('retweets' in left_out or kind == 'mentions'):
                continue
            if post['reply_to'] and 'replies' in left_out:
                continue
            if kind == 'mentions':
                # one's own are no mentions of oneself
                if post['author_id'] != person and self._world.speaks_to(post, person):
                    yield post
            elif post['author_id'] in follows:
                yield post

    def _page(self, posts: Iterable[dict[str, Any]], asked: Asked, usual: int, kind: str) -> Answer:
        plain = asked.plain
        token = plain.get('pagination_token') or plain.get('next_token') or ''
        before = int(token, 36) if token else int(plain.get('until_id') or 0)
        size = int(plain.get('max_results') or usual)
        within = [post for post in posts if _within(post, plain, before)]
        page, rest = within[:size], within[size:]
        meta: dict[str, Any] = {'result_count': len(page)}
        if page:
            meta |= {'newest_id': page[0]['id'], 'oldest_id': page[-1]['id']}
        if rest:
            meta['next_token'] = _base36(int(page[-1]['id']))
        if self._world.settings['stuck'] and page:
            meta['next_token'] = _base36(int(page[0]['id']) + 1)
        self._pay(page, kind)
        body: dict[str, Any] = {'meta': meta}
        if page:
            body['data'] = [self._view(post, asked) for post in page]
            self._include(page, asked, body)
        return json_answer(body)

    def _view(self, post: dict[str, Any], asked: Asked) -> dict[str, Any]:
        if post['repost_of']:
            original = self._world.post(post['repost_of'])
            assert original is not None
            name = self._world.people[original['author_id']]['username']
            post = post | {'text': f'RT @{name}: {original["text"]}'[:140]}
        cut = self._world.settings['cut'] or x_views.LONGEST * 4
        return x_views.post_view(post, self._world.people, asked, cut)

    def _include(self, page: list[dict[str, Any]], asked: Asked, body: dict[str, Any]) -> None:
        included: dict[str, Any] = {}
        if 'author_id' in asked.expansions:
            authors = sorted({post['author_id'] for post in page})
            self._world.charge('user read', *(f'user {one}' for one in authors))
            included['users'] = [self._person(one, asked) for one in authors]
        if {'referenced_tweets.id', 'referenced_posts'} & asked.expansions:
            numbers = {
                post[name] for post in page for name in ('reply_to', 'repost_of') if post[name]
            }
            found = [post for post in self._world.shown(self._us) if post['id'] in numbers]
            self._pay(found, 'lookup')
            included[asked.words.included] = [self._view(post, asked) for post in found]
        if included:
            body['includes'] = included

    def _lookup(self, ids: tuple[str, ...], asked: Asked, kind: str) -> Answer:
        found, errors = [], []
        for number in ids:
            post = self._world.post(number)
            if post is None or datetime.fromisoformat(post['shown']) > self._world.now():
                errors.append(x_errors.missing(number))
            elif not self._world.may_see(self._us, post):
                errors.append(x_errors.hidden(number))
            else:
                found.append(post)
        self._pay(found, kind)
        body: dict[str, Any] = {}
        if found:
            views = [self._view(post, asked) for post in found]
            body['data'] = views[0] if kind == 'lookup' else views
            self._include(found, asked, body)
        if errors:
            body['errors'] = errors
        return json_answer(body)

    def _search(self, asked: Asked, usual: int) -> Answer:
        words = re.findall(r'"[^"]*"|\S+', asked.plain.get('query', ''))
        wrong = _wrong_query(words, asked.plain.get('query', ''))
        start = self._world.now() - _RECENT
        since = asked.plain.get('since_id')
        if since and _born(since) < start:
            wrong = "'since_id' must be a tweet id created after the last seven days began"
        if wrong:
            return x_errors.invalid({'query': wrong}, asked.plain)
        found = (
            post for post in self._world.shown(self._us)
            if not post['repost_of'] and _time(post) >= start
            and not self._world.people[post['author_id']]['protected']
            and all(self._holds(post, word) for word in words)
        )  # fmt: skip
        return self._page(found, asked, usual, 'search')

    def _holds(self, post: dict[str, Any], word: str) -> bool:
        text = post['text'].casefold()
        if word.startswith('-from:'):
            author = self._world.people[post['author_id']]['username']
            return bool(author.casefold() != word[6:].casefold())
        if word.startswith('#'):
            return word[1:].casefold() in map(str.casefold, x_views.hashtags(post['text']))
        wanted = re.escape(word.strip('"').casefold())
        return re.search(rf'(?<!\w){wanted}(?!\w)', text) is not None

    def _pay(self, posts: list[dict[str, Any]], kind: str) -> None:
        owned = kind in ('timeline', 'mentions')
        if posts:
            numbers = (f'post {post["id"]}' for post in posts)
            self._world.charge('own read' if owned else 'post read', *numbers)

    # -- people and pictures ---------------------------------------------------------------------

    def _person(self, number: str, asked: Asked) -> dict[str, Any]:
        return x_views.user_view(
            self._world.people[number], self._world.numbers(number), asked
        )  # fmt: skip

    def _user(self, kind: str, ids: tuple[str, ...], asked: Asked) -> Answer:
        people = self._world.people
        named = self._world.person(ids[0]) if kind == 'username' else None
        number = self._us if kind == 'me' else named['id'] if named else ids[0]
        if number not in people:
            return json_answer({'errors': [x_errors.missing(ids[0], 'user')]})
        self._world.charge('user read', f'user {number}')
        return json_answer({'data': self._person(number, asked)})

    def _following(self, asked: Asked, usual: int) -> Answer:
        follows = self._world.people[self._us]['follows']
        start = int(asked.plain.get('pagination_token') or '0', 36)
        size = int(asked.plain.get('max_results') or usual)
        page = follows[start : start + size]
        meta: dict[str, Any] = {'result_count': len(page)}
        if follows[start + size :]:
            meta['next_token'] = _base36(start + size)
        if page:
            self._world.charge('own read', *(f'user {one}' for one in page))
        people = {'data': [self._person(one, asked) for one in page]} if page else {}
        return json_answer(people | {'meta': meta})

    def _media(self, asked: Asked) -> Answer:
        media = self._world.ledger.table('media').get(asked.plain.get('media_id', ''))
        if media is None or asked.plain.get('command') != 'STATUS':
            return x_errors.invalid({'media_id': 'There is no such media'}, asked.plain)
        return json_answer({'data': media_view(media)})


def media_view(media: dict[str, Any]) -> dict[str, Any]:
    """How an uploaded file is told; one that is in the works is ready a look later."""
    view = {
        'id': media['id'], 'media_key': f'3_{media["id"]}', 'size': media['size'],
        'expires_after_secs': 86400,
    }  # fmt: skip
    if media['looks'] is not None:
        state = (
            'failed' if media['broken'] else 'succeeded' if media['looks'] < 1 else 'in_progress'
        )
        view['processing_info'] = {'state': state, 'check_after_secs': 1}
        media['looks'] -= 1
    return view


def _wrong_values(asked: Asked, sizes: tuple[int, int, int]) -> Iterator[tuple[str, str]]:
    plain = asked.plain
    low, high, _ = sizes
    for name, value in plain.items():
        right = True
        if name == 'max_results':
            right = value.isdecimal() and low <= int(value) <= high
        elif name in ('pagination_token', 'next_token'):
            right = _TOKEN.fullmatch(value) is not None
        elif name in ('since_id', 'until_id'):
            right = re.fullmatch(r'[0-9]{1,19}', value) is not None
        elif name in ('start_time', 'end_time'):
            right = _TIME.fullmatch(value) is not None
        elif name == 'exclude':
            right = not set(value.split(',')) - {'replies', 'retweets'}
        elif name == 'ids':
            right = re.fullmatch(r'[0-9]{1,19}(,[0-9]{1,19}){0,99}', value) is not None
        elif name == 'sort_order':
            right = value in ('recency', 'relevancy')
        if not right:
            yield name, f'The `{name}` query parameter value [{value}] is not valid'


def _wrong_query(words: list[str], query: str) -> str:
    if not words or len(query) > 512:
        return 'The query is to have 1 to 512 signs'
    for word in words:
        plain = re.fullmatch(r'"[^"]+"|#\w+|-from:\w{1,15}|[\w.-]+', word)
        if not plain or word in ('OR', 'AND'):
            return f'There were errors processing your request: no viable alternative at [{word}]'
    return ''


def _within(post: dict[str, Any], plain: Any, before: int) -> bool:
    number = int(post['id'])
    return (
        (not before or number < before)
        and number > int(plain.get('since_id') or 0)
        and ('start_time' not in plain or _time(post) >= _parsed(plain['start_time']))
        and ('end_time' not in plain or _time(post) < _parsed(plain['end_time']))
    )


def _time(post: dict[str, Any]) -> datetime:
    return _parsed(post['created'])


def _parsed(value: str) -> datetime:
    return datetime.fromisoformat(value.replace('Z', '+00:00'))


def _born(number: str) -> datetime:
    return _parsed('1970-01-01T00:00:00Z') + timedelta(
        milliseconds=(int(number) >> 22) + 1288834974657
    )


def _base36(number: int) -> str:
    signs = '0123456789abcdefghijklmnopqrstuvwxyz'
    found = ''
    while number:
        number, rest = divmod(number, 36)
        found = signs[rest] + found
    return found.rjust(2, '0')
