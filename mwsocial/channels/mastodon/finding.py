"""From an address to the post that stands there, on our server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mwsocial.channels import answers
from mwsocial.channels.base import Refused, TryLater
from mwsocial.channels.mastodon import statuses
from mwsocial.channels.mastodon.client import Client
from mwsocial.channels.mastodon.statuses import Status
from mwsocial.reason import Reason

#: What a server says of a post that is not there (any more), or not for us.
_GONE = (404, 410)


def by_id(client: Client, status_id: str) -> Status | Refused | TryLater | None:
    """The post with the local id *status_id*; None where the server has none."""
    exchange = client.ask(lambda: client.library.status(status_id))
    if exchange.status in _GONE:
        return None
    found = exchange.json() if exchange.status == 200 else None
    if statuses.is_status(found):
        return statuses.unwrapped(found)
    return client.not_done(exchange)


def by_address(client: Client, url: str) -> Status | Refused | TryLater | None:
    """The post at the address *url*, which may be anywhere in the fediverse; None where the server
    finds none: it may be gone, or not to be reached now.

    Refused where *url* is no address, or that of something else than a post, or where the server
    gives a post of another address.
    """
    if not answers.sane_address(url):
        return Refused(Reason('mastodon-no-address', (answers.plain(url),)))
    exchange = client.ask(lambda: client.library.search_v2(url, resolve=True))
    answer = exchange.json() if exchange.status == 200 else None
    if not isinstance(answer, dict) or not isinstance(answer.get('statuses'), list):
        return client.not_done(exchange)
    found = [statuses.unwrapped(one) for one in answer['statuses'] if statuses.is_status(one)]
    for one in found:
        if statuses.has_address(one, url):
            return one
    for one in found:
        if other := statuses.address(one):
            return Refused(Reason('mastodon-other-address', (url, client.host, other)))
    if answer.get('accounts'):
        return Refused(Reason('mastodon-no-post', (url,)))
    return None


def at(client: Client, url: str) -> Status | Refused | TryLater | None:
    """As ``by_address``, in the first place for posts of our own server.

    There most addresses end in the id. That is tried first, but what counts is the address that the
    server then tells, never the digits alone.
    """
    last = answers.sane_id(url.rstrip('/').rpartition('/')[2])
    if last and is_here(client, url) and answers.sane_address(url):
        found = by_id(client, last)
        if isinstance(found, TryLater):
            return found
        if isinstance(found, Mapping) and statuses.has_address(found, url):
            return found
    return by_address(client, url)


def own(client: Client, own_id: str, url: str) -> Status | Refused | TryLater | None:
    """Our post at the address *url*; None where it is gone. Refused for a post of others."""
    found = at(client, url)
    if isinstance(found, Mapping) and not statuses.same_id(statuses.author_id(found), own_id):
        return Refused(Reason('mastodon-not-ours', (url,)))
    return found


def is_here(client: Client, url: str) -> bool:
    """Whether *url* is an address of our own server, where what is not found is not there."""
    return statuses.host(url) == client.host.casefold()


def conversation(client: Client, status: Status) -> Sequence[Status] | Refused | TryLater:
    """All posts of the conversation that *status* belongs to and that we may see, the first one
    first; *status* is among them.
    """
    around = _context(client, status)
    if not isinstance(around, tuple):
        return around
    before, after = around
    posts = [*before, status, *after]
    if before:  # what hangs on other branches is told with the first post only
        whole = _context(client, before[0])
        if not isinstance(whole, tuple):
            return whole
        posts += whole[1]
    return posts


def _context(
    client: Client, status: Status
) -> tuple[list[Status], list[Status]] | Refused | TryLater:
    status_id = answers.sane_id(status.get('id'))
    exchange = client.ask(lambda: client.library.status_context(status_id))
    answer = exchange.json() if exchange.status == 200 else None
    if not isinstance(answer, dict):
        return client.not_done(exchange)
    before, after = answer.get('ancestors'), answer.get('descendants')
    if not isinstance(before, list) or not isinstance(after, list):
        return client.not_done(exchange)
    return (
        [one for one in before if statuses.is_status(one)],
        [one for one in after if statuses.is_status(one)],
    )
