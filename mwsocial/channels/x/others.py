"""Posts of others on X: one by its address, what speaks to us, whom we follow, what a search brings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mwsocial.channels.base import Batch, CannotLook, Refused, Seen, TryLater
from mwsocial.channels.x import verdicts, words
from mwsocial.channels.x.addresses import address_of, id_of, name_in, name_of
from mwsocial.channels.x.client import PAGE, Client, Us
from mwsocial.channels.x.own import Own
from mwsocial.reason import Reason

#: X gives the 800 newest mentions; of what costs more, two pages are read.
MENTION_PAGES = 8
FEED_PAGES = 2
#: The first time: so many of the newest.
_FIRST = 20
#: How far back it is looked whether we have shared or answered what comes in: each post of ours costs.
_LOOK_BACK = timedelta(days=30)
_LOOK_PAGES = 3
#: A search goes seven days back and refuses an older start.
_SEARCHED = timedelta(days=6, hours=20)
_LONGEST_QUERY = 512
_PLAIN_WORD = re.compile(r'#\w+')


class Others:
    """Reads posts of others, as the account *us* sees them."""

    def __init__(self, client: Client, us: Us, now: Callable[[], datetime]) -> None:
        self._client = client
        self._us = us
        self._own = Own(client, us)
        self._now = now

    def look_up(self, url: str) -> Seen | Refused | TryLater:
        """The post at *url*. Refused only where it is no post, gone, or not for everybody."""
        number = id_of(url)
        if not number:
            return Refused(Reason('x-no-post', (url,)))
        found = self._client.post(number, url, people=True)
        if isinstance(found, Refused | TryLater):
            return found
        if found.post.reposts:
            return Refused(Reason('x-no-post', (url,)))
        seen = self._seen([found.post], found.people)
        if not seen:
            return TryLater(Reason('x-author-missing', (url,)))
        if not seen[0].public:
            return Refused(Reason('x-private', (url,)))
        author = seen[0].author.lower().removeprefix('@')
        if name_in(url).lower() not in ('', 'i', author):
            # X leads from any name to the post with that number; “i” names nobody.
            return replace(seen[0], doubt=Reason('x-other-author', (url, seen[0].author)))
        return seen[0]

    def mentions(self, cursor: str) -> Batch | Refused | TryLater:
        """What speaks to us; X gives the newest first, and 800 at the most."""
        path = f'/2/users/{self._us.id}/mentions'
        return self._batch(path, {}, words.sane_id(cursor), MENTION_PAGES)

    def timeline(self, cursor: str) -> Batch | Refused | TryLater:
        """What those whom we follow have posted, without what they reposted."""
        path = f'/2/users/{self._us.id}/timelines/reverse_chronological'
        return self._batch(path, {'exclude': 'retweets'}, words.sane_id(cursor), FEED_PAGES)

    def search(self, text: str, cursor: str) -> Batch | Refused | TryLater:
        """Posts of the last seven days that hold *text*, word for word; nothing in it is an operator."""
        query = query_of(text, self._us.name)
        if not query:
            return Refused(Reason('x-no-words', (text,)))
        known = words.sane_id(cursor)
        # X refuses an older start, and gives seven days without one.
        young = bool(known) and words.born(known) > self._now() - _SEARCHED
        asked = {'query': query}
        return self._batch('/2/tweets/search/recent', asked, known, FEED_PAGES, ask=young)

    def following(self) -> Sequence[str] | Refused | TryLater:
        """The names of those whom we follow, with an @."""
        names: list[str] = []
        token = ''
        for _ in range(15):
            asked = {'max_results': '1000', 'user.fields': 'username'}
            exchange = self._client.read(
                f'/2/users/{self._us.id}/following',
                asked | ({'pagination_token': token} if token else {}),
            )
            answer = exchange.json() if exchange.status == 200 else None
            meta = answer.get('meta') if isinstance(answer, dict) else None
            if not isinstance(answer, dict) or not isinstance(meta, dict):
                return self._client.not_done(exchange)
            data = answer.get('data', [])
            people = [words.person_of(one) for one in data] if isinstance(data, list) else [None]
            if None in people:
                return TryLater(Reason('channels-bad-answer', (self._client.host, 'JSON')))
            new = [f'@{one[1].name}' for one in people if one and f'@{one[1].name}' not in names]
            names += new
            token = meta.get('next_token') or ''
            if not isinstance(token, str) or not token or not new:
                break
        return tuple(names)

    def person_id(self, account: str) -> str | Refused | TryLater:
        """The id of ``@user``."""
        name = name_of(account)
        if not name:
            return Refused(Reason('x-no-name', (account,)))
        exchange = self._client.read(f'/2/users/by/username/{name}')
        found = words.person_of(verdicts.data_of(exchange))
        if found:
            return found[0]
        if 'resource-not-found' in verdicts.problems_of(exchange):
            return Refused(Reason('x-no-name', (account,)))
        return self._client.not_done(exchange)

    # -- lists of posts ----------------------------------------------------------------------------

    def _batch(
        self, path: str, asked: Mapping[str, str], known: str, pages: int, *, ask: bool = True
    ) -> Batch | Refused | TryLater:
        """What is newer than the post *known*; *ask*: whether X can be asked for just that."""
        asked = {**asked, 'max_results': str(PAGE if known else _FIRST)}
        if known and ask:
            asked['since_id'] = known
        found = self._client.listing(path, asked, people=True, pages=pages if known else 1)
        if isinstance(found, Refused | TryLater):
            return found
        new = [one for one in found.posts if not known or int(one.id) > int(known)]
        # Where X has more than we read, or keeps back some, those are never shown.
        skipped = int(bool(known) and not found.whole)
        theirs = [one for one in reversed(new) if one.author != self._us.id and not one.reposts]
        seen = self._seen(theirs, found.people)
        skipped += len(theirs) - len(seen)
        newest = max((int(one.id) for one in new), default=0)
        cursor = str(max(newest, int(known or 0)) or '')
        return Batch(tuple(one for one in seen if one.public), cursor, skipped)

    def _seen(self, posts: Sequence[words.XPost], people: Mapping[str, words.Person]) -> list[Seen]:
        """*posts* as the desk knows them, without those whose author X does not name."""
        named = [one for one in posts if one.author in people]
        shared, answered = self._known(named)
        us = self._us.name.lower()
        return [
            Seen(
                one.id,
                address_of(people[one.author].name, one.id),
                f'@{people[one.author].name}',
                one.text,
                one.created,
                public=not people[one.author].protected,
                ours=one.author == self._us.id,
                edited=one.edited,
                mentions_us=us in one.names,
                reply_to_us=one.answered == self._us.id,
                answered=one.conversation in answered,
                shared=one.id in shared,
                conversation=one.conversation,
            )
            for one in named
        ]

    def _known(self, posts: Sequence[words.XPost]) -> tuple[frozenset[str], frozenset[str]]:
        """Which of *posts* we have shared of late, and in which conversations we have answered. What
        cannot be read, or is older, is not known here: before an answer it is looked at again.
        """
        theirs = [one for one in posts if one.author != self._us.id]
        if not theirs:
            return frozenset(), frozenset()
        start = min(words.born(one.conversation or one.id) for one in theirs)
        own = self._own.since(max(start, self._now() - _LOOK_BACK), _LOOK_PAGES)
        if isinstance(own, CannotLook):
            return frozenset(), frozenset()
        return frozenset(one.reposts for one in own), frozenset(self._own.answers(own))


def query_of(text: str, us: str) -> str:
    """A search for *text* that leaves out our own posts; '' where there is nothing to search for."""
    plain = ' '.join(text.replace('"', ' ').split())
    if not any(sign.isalnum() for sign in plain):
        return ''
    # In quotes no word is an operator.
    wanted = plain if _PLAIN_WORD.fullmatch(plain) else f'"{plain}"'
    query = f'{wanted} -from:{us}'
    return query if len(query) <= _LONGEST_QUERY else ''
