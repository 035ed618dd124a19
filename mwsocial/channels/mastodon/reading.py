"""What others say: one post by its address, and mentions, timeline and searches as they come in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mwsocial.channels import answers
from mwsocial.channels.base import Account, Batch, CannotLook, Refused, Seen, TryLater
from mwsocial.channels.mastodon import finding, statuses, walking
from mwsocial.channels.mastodon.client import Client
from mwsocial.channels.mastodon.statuses import Status
from mwsocial.channels.transport import Exchange
from mwsocial.reason import Reason

_TAG = re.compile(r'#\w{1,200}')
#: The server says no more about the account than that it is there.
_NO_SUCH_REQUEST = (404, 405, 501)


def look_up(client: Client, url: str) -> Seen | Refused | TryLater:
    """The post at the address *url*, anywhere in the fediverse, with its conversation."""
    own = client.own()
    if not isinstance(own, tuple):
        return own
    found = finding.at(client, url)
    if found is None:
        return Refused(Reason('mastodon-not-found', (client.host, url)))
    if not isinstance(found, Mapping):
        return found
    closed = _closed(found, url)
    if closed:
        return Refused(closed)
    seen = _seen(client, found, own)
    if not isinstance(seen, Seen):
        return seen or Refused(Reason('mastodon-no-post', (url,)))
    blocked = None if seen.ours else _blocked(client, found, seen)
    if blocked:
        return blocked
    conversation = finding.conversation(client, found)
    if isinstance(conversation, Refused | TryLater):
        return conversation
    return replace(
        seen, answered=statuses.answered(conversation, own[0]),
        conversation=statuses.address(statuses.unwrapped(conversation[0])),
    )  # fmt: skip


def _closed(status: Status, url: str) -> Reason | None:
    """Why a post is not for everybody."""
    if status.get('reblog'):
        return Reason('mastodon-is-share', (url,))
    if status.get('visibility') == 'direct':
        return Reason('mastodon-direct', (url,))
    return None if statuses.is_open(status) else Reason('mastodon-private', (url,))


def _blocked(client: Client, status: Status, seen: Seen) -> Refused | TryLater | None:
    """Whether we have blocked the author, or the author us."""
    author = statuses.author_id(status)
    exchange = client.ask(lambda: client.library.account_relationships(author))
    if exchange.status in _NO_SUCH_REQUEST:
        return None
    answer = exchange.json() if exchange.status == 200 else None
    if not isinstance(answer, list):
        return client.not_done(exchange)
    kinds = ('blocking', 'blocked_by', 'domain_blocking')
    for one in answer:
        it_is = isinstance(one, dict) and statuses.same_id(one.get('id'), author)
        if it_is and any(one.get(kind) is True for kind in kinds):
            return Refused(Reason('mastodon-blocked', (seen.author, seen.url)))
    return None


def _seen(client: Client, status: Status, own: tuple[str, Account]) -> Seen | TryLater | None:
    author = client.account_name(statuses.acct(status))
    if isinstance(author, CannotLook):
        return TryLater(author.reason)
    return statuses.seen(status, author, own)


# -- what comes in ----------------------------------------------------------------------------------


def mentions(client: Client, cursor: str) -> Batch | Refused | TryLater:
    """Posts that mention or answer us since *cursor*: the server's notifications, including those of
    people whom the account's settings filter out. Followers-only and direct posts are left out here
    and go no further.
    """

    def fetch(min_id: str, max_id: str) -> list[Any] | Refused | TryLater:
        # The library cannot ask for what is filtered. snac2 knows no types, and needs a limit.
        answer = client.send('GET', '/api/v1/notifications', params=_present({
            'types[]': 'mention', 'limit': str(walking.PAGE), 'include_filtered': 'true',
            'min_id': min_id, 'max_id': max_id,
        }))  # fmt: skip
        return _listed(client, answer)

    def of(entry: Mapping[str, Any]) -> object:
        return entry.get('status') if entry.get('type') == 'mention' else None

    return _batch(client, fetch, of, cursor, to_us=True)


def timeline(client: Client, cursor: str) -> Batch | Refused | TryLater:
    """Posts of the accounts that we follow since *cursor*, without what they only share."""

    def fetch(min_id: str, max_id: str) -> list[Any] | Refused | TryLater:
        return _listed(client, client.ask(lambda: client.library.timeline_home(
            min_id=min_id or None, max_id=max_id or None, limit=walking.PAGE
        )))  # fmt: skip

    return _batch(client, fetch, _itself, cursor)


def search(client: Client, words: str, cursor: str) -> Batch | Refused | TryLater:
    """Posts with the hashtag *words* (``#MediaWiki``), or that the server's search finds for *words*;
    a server without such a search finds nothing.
    """
    words = words.strip()
    if words.startswith('#'):
        if not _TAG.fullmatch(words):
            return Refused(Reason('mastodon-no-words', (answers.plain(words),)))
        return _batch(client, lambda low, high: _listed(client, client.ask(
            lambda: client.library.timeline_hashtag(
                words[1:], min_id=low or None, max_id=high or None, limit=walking.PAGE
            )
        )), _itself, cursor)  # fmt: skip
    if not words:
        return Refused(Reason('mastodon-no-words', ('',)))
    return _batch(client, lambda low, high: _listed(client, client.ask(
        lambda: client.library.search_v2(
            words, resolve=False, result_type='statuses', limit=walking.PAGE,
            min_id=low or None, max_id=high or None,
        )
    ), 'statuses'), _itself, cursor)  # fmt: skip


def _batch(
    client: Client, fetch: walking.Fetch, status_of: Callable[[Mapping[str, Any]], object],
    cursor: str, *, to_us: bool = False,
) -> Batch | Refused | TryLater:  # fmt: skip
    """What *fetch* gives since *cursor*, as far as everybody may see it and it is not by us. *to_us*:
    all of it mentions us, since the server has told us so.
    """
    own = client.own()
    if not isinstance(own, tuple):
        return own
    if cursor and not answers.sane_id(cursor):
        return Refused(Reason('mastodon-bad-cursor', (client.host, answers.plain(cursor))))
    walk = walking.forward(fetch, cursor)
    if not isinstance(walk, walking.Walk):
        return walk
    posts: dict[str, Seen] = {}
    for entry in walk.entries:
        told = status_of(entry)
        if not statuses.is_status(told):
            continue
        status = statuses.unwrapped(told)
        if status.get('reblog') or not statuses.is_open(status):
            continue
        seen = _seen(client, status, own)
        if isinstance(seen, TryLater):
            return seen
        if seen and not seen.ours:
            posts[seen.url] = replace(seen, mentions_us=seen.mentions_us or to_us)
    ordered = sorted(posts.values(), key=lambda seen: seen.created)
    # How many a gap held that was too long to be read is not known: one at the least.
    return Batch(tuple(ordered), walk.cursor, skipped=int(walk.cut))


def _itself(entry: Mapping[str, Any]) -> object:
    return entry


def _listed(client: Client, exchange: Exchange, key: str = '') -> list[Any] | Refused | TryLater:
    """The list that was asked for, alone or under *key*."""
    answer = exchange.json() if exchange.status == 200 else None
    found = answer.get(key) if key and isinstance(answer, dict) else answer
    return found if isinstance(found, list) else client.not_done(exchange)


def _present(params: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in params.items() if value}
