"""The X channel: one account on X, each request signed with OAuth 1.0a by requests-oauthlib.

X has no idempotency key and no promise that an own post is to be seen, so an uncertain post is looked
for and never sent again by itself. Who wants to read the rules: ``words`` (what X says), ``verdicts``
(what its errors mean), ``own`` (looking for a post), ``others`` (what comes in).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta

from mwsocial.channels import counting
from mwsocial.channels.abilities import abilities
from mwsocial.channels.base import (
    Abilities,
    Account,
    Batch,
    CannotLook,
    Counts,
    Followed,
    Limits,
    Lookup,
    Outcome,
    OwnPost,
    Pointer,
    Post,
    Refused,
    Removal,
    Seen,
    TryLater,
)
from mwsocial.channels.transport import READ_TIME
from mwsocial.channels.x import posting, verdicts, words
from mwsocial.channels.x.client import Client, Keys, Us
from mwsocial.channels.x.others import Others
from mwsocial.channels.x.own import Own, has_address
from mwsocial.reason import Reason

#: X's prices for a post without and with an address (price list of 2026-04-20, in dollars).
PRICES = (0.015, 0.20)
_LIMITS = Limits(280, 4, 1000, 5_000_000, 4096)


class XChannel:
    """One account on X (``mwsocial.channels.base.Channel``).

    A content warning is nothing that X has: posts go without.
    """

    network = 'x'
    #: X has no idempotency keys.
    key_lifetime: timedelta | None = None
    #: X promises nowhere that an own post shows in the account's posts after some time, or before later
    #: ones do: that it is not there proves nothing, and only a person can let it be sent again.
    settled_after: timedelta | None = None

    def __init__(
        self, name: str, url: str, consumer_key: str, consumer_secret: str, access_token: str,
        access_secret: str, account: str = '', *,
        threads: bool = False,
        prices: tuple[float, float] = PRICES,
        read_time: float = READ_TIME,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        """*url*: ``https://api.x.com``, or a stand-in on the own machine. *account*: ``@user``, the only
        one that anything is done with; '' for whichever the keys belong to. *threads*: whether X lets the
        account answer its own posts. *prices*: of a post without and with an address.

        Raises ValueError, without a secret in it, when the address or a key cannot be one.
        """
        keys = Keys(consumer_key, consumer_secret, access_token, access_secret)
        self.name = name
        self._client = Client(url, keys, read_time, now)
        self._expected = account
        self._prices = prices
        self._sleep = sleep
        self._now = now
        self.abilities: Abilities = abilities('x', threads=threads)
        self._limits = counting.usual_limits('x') or _LIMITS
        self._made: set[str] = set()

    def secrets(self) -> Sequence[str]:
        """The keys of the app and of the account."""
        return self._client.secrets

    def limits(self) -> Limits | CannotLook:
        """What X takes; it does not tell by itself."""
        return self._limits

    def weigh(self, text: str, warning: str = '') -> int:
        """The weighted length of twitter-text. A content warning is no text here."""
        return counting.weigh('x', text, warning)

    def cost(self, post: Post) -> float:
        """The price of a post, which is another where it holds an address."""
        return self._prices[has_address(post.text)]

    # -- who we are --------------------------------------------------------------------------------

    def account(self) -> Account | Refused | TryLater:
        """Whose keys they are, asked anew: ``@user``."""
        us = self._client.us(anew=True)
        if not isinstance(us, Us):
            return us
        level = self._client.level
        may_post = level.startswith('read-write') if level else None
        return Account(f'@{us.name}', f'https://x.com/{us.name}', may_post)

    def _us(self) -> Us | Refused | TryLater:
        """Who we are, if that is who the configuration names."""
        us = self._client.us()
        expected = self._expected.strip().lstrip('@').casefold()
        if isinstance(us, Us) and expected and us.name.casefold() != expected:
            names = (self.name, f'@{us.name}', self._expected)
            return Refused(Reason('channels-other-account', names))
        return us

    # -- our own posts -----------------------------------------------------------------------------

    def post(self, post: Post) -> Outcome:
        """Create one post. What can be known to be wrong is refused before X is asked.

        Where X says that the words stand there already, the outcome is ``Unknown``: look for it.
        """
        wrong = posting.wrong_post(post, self._limits, threads=self.abilities.threads)
        if wrong:
            return Refused(wrong)
        us = self._us()
        return self._poster(us).post(post, self._sleep) if isinstance(us, Us) else us

    def find(self, post: Post, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look for *post* among our posts since *since* (UTC, by the wiki's clock, with ten minutes
        more for the difference to X's). Of several that match, the oldest.
        """
        us = self._us()
        if not isinstance(us, Us):
            return CannotLook(us.reason)
        return Own(self._client, us).find(post, since, ignoring)

    def edit(self, url: str, post: Post) -> Outcome:
        """X offers no edit to this account."""
        return Refused(Reason('x-no-edit'))

    def delete(self, url: str) -> Removal:
        """Take our post at *url* down, or our repost where the post is somebody else's."""
        us = self._us()
        return self._poster(us).delete(url) if isinstance(us, Us) else us

    def spent(self, since: datetime) -> float | CannotLook:
        """What our posts, answers and reposts since *since* cost by the prices of posts, as far as they
        still stand. X charges less for an answer, and for what it calls a read.
        """
        us = self._us()
        if not isinstance(us, Us):
            return CannotLook(us.reason)
        posts = Own(self._client, us).since(since)
        if isinstance(posts, CannotLook):
            return posts
        return sum(self._prices[one.linked and not one.reposts] for one in posts)

    def ours(self, since: datetime) -> Sequence[OwnPost] | CannotLook:
        """Our posts and answers since *since* (UTC), oldest first. X takes its price for each."""
        us = self._us()
        return Own(self._client, us).posts(since) if isinstance(us, Us) else CannotLook(us.reason)

    # -- posts of others ---------------------------------------------------------------------------

    def look_up(self, url: str) -> Seen | Refused | TryLater:
        """The post at ``https://x.com/USER/status/ID`` (or twitter.com)."""
        us = self._us()
        if not isinstance(us, Us):
            return TryLater(us.reason)  # no word about the post
        return self._others(us).look_up(url)

    def share(self, seen: Seen, key: str) -> Outcome:
        """Repost a public post."""
        us = self._us()
        return self._poster(us).share(seen) if isinstance(us, Us) else us

    def find_share(self, seen: Seen, since: datetime) -> Lookup:
        """Look whether we have reposted it, since *since* or in the month before."""
        us = self._us()
        if not isinstance(us, Us):
            return CannotLook(us.reason)
        own = Own(self._client, us)
        return own.find_share(seen.remote_id, seen.created, since, seen.url)

    def shares_since(self, since: datetime) -> int | CannotLook:
        """How many posts of others we have reposted since *since*."""
        us = self._us()
        if not isinstance(us, Us):
            return CannotLook(us.reason)
        posts = Own(self._client, us).since(since)
        return posts if isinstance(posts, CannotLook) else sum(bool(one.reposts) for one in posts)

    def point(self, seen: Seen, pointer: Pointer) -> Outcome:
        """Answer a post that speaks to us with a pre-written sentence, once in its conversation."""
        wrong = posting.wrong_text(pointer.sentence, self._limits)
        if wrong:
            return Refused(wrong)
        us = self._us()
        return self._poster(us).point(seen, pointer) if isinstance(us, Us) else us

    def find_point(self, seen: Seen, pointer: Pointer, since: datetime) -> Lookup:
        """Look for our answer with this sentence to this post."""
        us = self._us()
        if not isinstance(us, Us):
            return CannotLook(us.reason)
        return Own(self._client, us).find_point(seen.remote_id, pointer, since)

    def mentions(self, cursor: str) -> Batch | Refused | TryLater:
        """Posts that mention or answer us, or quote a post of ours."""
        us = self._us()
        return self._others(us).mentions(cursor) if isinstance(us, Us) else us

    def timeline(self, cursor: str) -> Batch | Refused | TryLater:
        """Posts of the accounts that we follow. X takes the full price for each."""
        us = self._us()
        return self._others(us).timeline(cursor) if isinstance(us, Us) else us

    def search(self, words: str, cursor: str) -> Batch | Refused | TryLater:
        """Posts of the last seven days that hold *words*. X takes the full price for each."""
        us = self._us()
        return self._others(us).search(words, cursor) if isinstance(us, Us) else us

    def follow(self, account: str) -> Followed | Refused | TryLater:
        """Follow ``@user``, where the app's plan has that."""
        us = self._us()
        if not isinstance(us, Us):
            return us
        target = self._others(us).person_id(account)
        if not isinstance(target, str):
            return target
        path = f'/2/users/{us.id}/following'
        exchange = self._client.change('POST', path, {'target_user_id': target})
        data = verdicts.data_of(exchange)
        if data.get('following') is True or data.get('pending_follow') is True:
            return Followed(account)
        found = self._client.not_done(exchange)
        if isinstance(found, Refused) and exchange.status == 403:
            return Refused(Reason('x-no-follow', (account, found.reason.args[-1])))
        return found

    def following(self) -> Sequence[str] | Refused | TryLater:
        """The accounts that we follow, as ``@user``."""
        us = self._us()
        return self._others(us).following() if isinstance(us, Us) else us

    def counts(self) -> Counts | Refused | TryLater:
        """Followers, followed accounts and posts of ours."""
        exchange = self._client.read('/2/users/me', {'user.fields': 'public_metrics'})
        data = verdicts.data_of(exchange)
        if not words.person_of(data):
            return self._client.not_done(exchange)
        return words.counts_of(data)

    # -- parts -------------------------------------------------------------------------------------

    def _poster(self, us: Us) -> posting.Poster:
        return posting.Poster(self._client, us, self._now, self._made)

    def _others(self, us: Us) -> Others:
        return Others(self._client, us, self._now)
