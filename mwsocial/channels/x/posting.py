"""What the desk does on X: posts, parts of threads, pre-written answers, reposts, and taking down.

The only requests of the channel that create anything visible are made here, one for each call. A reply
is made in two cases: to our own post, as the next part of a thread, and to a post that speaks to us,
with a sentence of the desk's configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from mwsocial.channels import counting
from mwsocial.channels.base import (
    CannotLook,
    Deleted,
    Limits,
    Outcome,
    Pointer,
    Post,
    Posted,
    Refused,
    Removal,
    Seen,
    TryLater,
    Unknown,
)
from mwsocial.channels.transport import Exchange
from mwsocial.channels.x import media, verdicts, words
from mwsocial.channels.x.addresses import address_of, id_of, name_in
from mwsocial.channels.x.client import Client, Us
from mwsocial.channels.x.others import Others
from mwsocial.channels.x.own import Own
from mwsocial.reason import Reason

# A post that is younger may not be told everywhere yet.
_NEW = timedelta(minutes=10)


def wrong_post(post: Post, limits: Limits, *, threads: bool) -> Reason | None:
    """Why X would not take *post*, as far as that can be known without asking it."""
    if post.after and not threads:
        return Reason('x-no-threads')
    return wrong_text(post.text, limits) or media.trouble(post.images, limits)


def wrong_text(text: str, limits: Limits) -> Reason | None:
    """Why *text* is none for X: an account that has paid may post longer ones, but not from here."""
    weight = counting.weigh('x', text)
    if weight > limits.length:
        return Reason('x-too-long', (str(weight), str(limits.length)))
    return None


class Poster:
    """Acts as the account *us*."""

    def __init__(self, client: Client, us: Us, now: Callable[[], datetime], made: set[str]) -> None:
        """*made*: the ids of what was posted with it, which is known to be ours."""
        self._client = client
        self._us = us
        self._now = now
        self._made = made

    def post(self, post: Post, sleep: Callable[[float], None]) -> Outcome:
        """Create *post*, after its pictures and what it follows in a thread."""
        parent = ''
        if post.after:
            found = self._part_before(post.after)
            if not isinstance(found, str):
                return found
            parent = found
        numbers = media.Uploader(self._client, sleep).send(post.images)
        if not isinstance(numbers, list):
            return numbers
        return self._create(post.text, parent, numbers)

    def point(self, seen: Seen, pointer: Pointer) -> Outcome:
        """Answer a post that speaks to us, once in its conversation. X is asked anew about the post."""
        if id_of(seen.url) != seen.remote_id:
            return Refused(Reason('x-no-post', (seen.url,)))
        fresh = Others(self._client, self._us, self._now).look_up(seen.url)
        if not isinstance(fresh, Seen):
            return fresh
        if fresh.ours or not (fresh.mentions_us or fresh.reply_to_us):
            return Refused(Reason('x-not-to-us', (fresh.url,)))
        if not fresh.conversation:
            return TryLater(Reason('x-fields-missing', ('conversation_id',)))
        own = Own(self._client, self._us)
        posts = own.since(words.born(fresh.conversation))
        if isinstance(posts, CannotLook):
            return TryLater(posts.reason)
        answer = own.answers(posts).get(fresh.conversation)
        if answer:
            place = address_of(self._us.name, answer.id)
            return Refused(Reason('x-answered', (fresh.url, place)))
        return self._create(pointer.sentence, fresh.remote_id, ())

    def share(self, seen: Seen) -> Outcome:
        """Repost. Doing it twice is the same as doing it once."""
        number = words.sane_id(seen.remote_id)
        if not number:
            return Refused(Reason('x-no-post', (seen.url,)))
        if not seen.public:
            return Refused(Reason('x-private', (seen.url,)))
        path = f'/2/users/{self._us.id}/retweets'
        exchange = self._client.change('POST', path, {'tweet_id': number})
        done = verdicts.data_of(exchange).get('retweeted') is True
        if done or verdicts.is_shared_already(exchange):
            return Posted(number, seen.url)
        return self._changed(exchange)

    def delete(self, url: str) -> Removal:
        """Take our post at *url* down, or our repost of the post of somebody else there."""
        number = id_of(url)
        if not number:
            return Refused(Reason('x-no-post', (url,)))
        found = self._client.post(number, url, people=False)
        if isinstance(found, TryLater):
            return found
        if isinstance(found, Refused):
            # X may not know it yet, or not any more: then it is asked all the same.
            ours = name_in(url).casefold() == self._us.name.casefold()
        else:
            ours = found.post.author == self._us.id
        path = f'/2/tweets/{number}' if ours else f'/2/users/{self._us.id}/retweets/{number}'
        exchange = self._client.change('DELETE', path)
        data = verdicts.data_of(exchange)
        if data.get('deleted') is True or data.get('retweeted') is False:
            return Deleted()
        if exchange.status == 404 and isinstance(found, Refused):
            return Deleted()
        return self._changed(exchange)

    # -- how it is done ----------------------------------------------------------------------------

    def _create(self, text: str, parent: str, numbers: Sequence[str]) -> Outcome:
        body: dict[str, Any] = {'text': text}
        if parent:
            body['reply'] = {'in_reply_to_tweet_id': parent}
        if numbers:
            body['media'] = {'media_ids': list(numbers)}
        exchange = self._client.change('POST', '/2/tweets', body)
        if verdicts.is_duplicate(exchange):
            # This request has made nothing. An earlier one of the same item may have, or another item
            # has: that is seen by who knows when it was first tried, and which posts are others'.
            said = verdicts.words_of(exchange, self._client.secrets)
            return Unknown(Reason('x-duplicate', (said,)))
        secrets = self._client.secrets
        found = verdicts.created(exchange, self._client.host, self._now(), secrets)
        if not isinstance(found, str):
            return found
        self._made.add(found)
        return Posted(found, address_of(self._us.name, found))

    def _changed(self, exchange: Exchange) -> Refused | TryLater | Unknown:
        return verdicts.changed(exchange, self._client.host, self._now(), self._client.secrets)

    def _part_before(self, url: str) -> str | Refused | TryLater:
        """The id of our post at *url*, which X says is ours: nobody else is answered by a thread."""
        number = id_of(url)
        strange = Refused(Reason('x-strange-part', (url,)))
        if not number or name_in(url).casefold() != self._us.name.casefold():
            return strange
        if number in self._made:
            return number
        found = self._client.post(number, url, people=False)
        if isinstance(found, Refused) and words.born(number) > self._now() - _NEW:
            return TryLater(found.reason)
        if isinstance(found, Refused | TryLater):
            return found
        return number if found.post.author == self._us.id else strange
