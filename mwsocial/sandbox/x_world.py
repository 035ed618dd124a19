"""What the stand-in for X remembers: people, posts, pictures, and what everything has cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from . import x_views
from .loopback_parts import Ledger

#: What things cost (X's price list of 2026-04-20); reads of what is ours are cheaper.
PRICES = {
    'post': 0.015, 'post with link': 0.20, 'summoned reply': 0.010, 'repost': 0.015,
    'delete': 0.010, 'alt text': 0.005, 'own read': 0.001, 'post read': 0.005, 'user read': 0.010,
}  # fmt: skip
# Ids hold the time they were made at, in milliseconds since this one (X documentation, "X IDs").
_EPOCH = 1288834974657
#: What can be switched, as a fresh server has it.
SETTINGS: dict[str, Any] = {
    'threads': False,  # whether the account may reply to its own posts
    'follows': False,  # whether following is open to this tier
    'reposts': True,
    'writes': True,  # whether the app has the permission to write
    'enrolled': True,
    'credit': None,  # what all may cost together; None for no end
    'shared again': 200,  # the answer to a repost of what is reposted already
    'cut': 0,  # texts longer than this are shown in part; 0 for never
    'stuck': False,  # pages that lead to themselves for ever
    'vocabularies': ['old', 'new'],  # the one that is not here is dropped in silence, as X does it
    'meters': {},  # kind of request -> how many in 15 minutes, instead of the usual
    'meter for the day': 10_000,
}


class World:
    """The state in a ledger, and the rules that keep it whole."""

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self.ledger = ledger
        self.now = now
        for name, usual in SETTINGS.items():
            ledger.table('settings').setdefault(name, usual)

    @property
    def settings(self) -> dict[str, Any]:
        """What is switched, by name."""
        return self.ledger.table('settings')

    @property
    def people(self) -> dict[str, dict[str, Any]]:
        """Everybody, by id."""
        return self.ledger.table('users')

    @property
    def posts(self) -> list[dict[str, Any]]:
        """All posts and reposts ever made, oldest first, also those that were taken down."""
        return self.ledger.list('posts')

    def new_id(self) -> str:
        """An id that tells its time; never the same twice."""
        milliseconds = int(self.now().timestamp() * 1000) - _EPOCH
        return str(self.ledger.next_number('last id', milliseconds << 22))

    # -- people ----------------------------------------------------------------------------------

    def add_person(self, username: str, **more: Any) -> dict[str, Any]:
        """Somebody new: ``name``, ``protected``, ``blocks us`` may be said."""
        person = {
            'id': self.new_id(), 'username': username, 'name': username, 'protected': False,
            'blocks us': False, 'follows': [], **more,
        }  # fmt: skip
        self.people[person['id']] = person
        return person

    def person(self, username: str) -> dict[str, Any] | None:
        """Who has that name, in any case."""
        wanted = username.casefold()
        return next(
            (one for one in self.people.values() if one['username'].casefold() == wanted), None
        )

    def numbers(self, person: str) -> dict[str, int]:
        """Followers, following and posts of who has that id."""
        return {
            'followers': sum(person in one['follows'] for one in self.people.values()),
            'following': len(self.people[person]['follows']),
            'posts': sum(post['author_id'] == person and not post['gone'] for post in self.posts),
        }

    # -- posts -----------------------------------------------------------------------------------

    def add_post(self, author: str, text: str, **more: Any) -> dict[str, Any]:
        """A post of who has the id *author*, made now; returns what is remembered of it."""
        number = self.new_id()
        parent = self.post(more.get('reply_to') or '')
        post = {
            'id': number, 'author_id': author, 'text': text, 'prefix': '', 'media': [], 'alt': [],
            'created': _told(self.now()), 'shown': self.now().isoformat(), 'gone': False,
            'conversation': parent['conversation'] if parent else number, 'history': [number],
            'reply_to': None, 'reply_to_user': parent['author_id'] if parent else None,
            'repost_of': None, 'quote_of': None, 'cost': 0.0,
        } | more  # fmt: skip
        if parent and parent['author_id'] != author:
            # Who is answered is named in front, and that does not count.
            name = self.people[parent['author_id']]['username']
            if name.casefold() not in map(str.casefold, x_views.mentioned(text)):
                post['prefix'] = f'@{name} '
        self.posts.append(post)
        return post

    def post(self, number: str) -> dict[str, Any] | None:
        """The post with that id that is not taken down; also one that is not shown yet."""
        return next(
            (one for one in reversed(self.posts) if one['id'] == number and not one['gone']), None
        )

    def shown(self, reader: str) -> Iterator[dict[str, Any]]:
        """All that *reader* may see by now, newest first."""
        now = self.now()
        for post in reversed(self.posts):
            if datetime.fromisoformat(post['shown']) <= now and self.may_see(reader, post):
                yield post

    def may_see(self, reader: str, post: dict[str, Any]) -> bool:
        """Whether the post is there for *reader*."""
        author = self.people[post['author_id']]
        seen = author['id'] == reader or (
            not author['protected'] or author['id'] in self.people[reader]['follows']
        )
        original = self.post(post['repost_of']) if post['repost_of'] else post
        return seen and not post['gone'] and original is not None

    def speaks_to(self, post: dict[str, Any], person: str) -> bool:
        """Whether *post* names or answers who has that id, or quotes a post of theirs."""
        names = x_views.mentioned(post['prefix'] + post['text'])
        quoted = self.post(post['quote_of']) if post['quote_of'] else None
        return self.people[person]['username'].casefold() in map(str.casefold, names) or bool(
            quoted and quoted['author_id'] == person
        )

    def said_before(self, author: str, text: str, answered: str) -> bool:
        """Whether *author* has posted the same within a day, also what was taken down since; in an
        answer to who has the id *answered*, the name in front makes a difference.
        """
        start = self.now() - timedelta(days=1)
        return any(
            post['author_id'] == author and not post['repost_of']
            and ' '.join(post['text'].split()) == ' '.join(text.split())
            and (post['reply_to_user'] or author) == (answered or author)
            and _time(post['created']) >= start
            for post in self.posts
        )  # fmt: skip

    # -- money -----------------------------------------------------------------------------------

    def charge(self, kind: str, *resources: str) -> float:
        """Write down what something costs. A resource that is read again the same day is free."""
        day = self.now().date().isoformat()
        costs = self.ledger.list('costs')
        amount = 0.0
        for resource in resources or ('',):
            if resource:
                read = self.ledger.table('read')
                if read.get(resource) == day:
                    continue
                read[resource] = day
            amount += PRICES[kind]
            costs.append({'kind': kind, 'amount': PRICES[kind], 'time': _told(self.now())})
        return amount

    def spent(self, *kinds: str) -> float:
        """What everything has cost, or what things of these kinds have."""
        costs = self.ledger.list('costs')
        return float(sum(one['amount'] for one in costs if not kinds or one['kind'] in kinds))

    def out_of_credit(self) -> bool:
        """Whether there is no money left."""
        credit = self.settings['credit']
        return credit is not None and self.spent() >= credit


def _told(time: datetime) -> str:
    """A time as X tells it."""
    return time.astimezone(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def _time(told: str) -> datetime:
    return datetime.fromisoformat(told.replace('Z', '+00:00'))
