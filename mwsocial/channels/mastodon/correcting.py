"""Editing posts of ours, and taking them or our shares down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from mwsocial.channels import answers, plaintext
from mwsocial.channels.base import (
    CannotLook,
    Deleted,
    Outcome,
    Post,
    Posted,
    Refused,
    Removal,
    TryLater,
    Unknown,
)
from mwsocial.channels.mastodon import finding, images, statuses, timeline
from mwsocial.channels.mastodon.client import Client
from mwsocial.channels.mastodon.posting import Reader
from mwsocial.channels.mastodon.statuses import Status
from mwsocial.channels.transport import Exchange
from mwsocial.reason import Reason

_EVER = datetime.min.replace(tzinfo=UTC)


def edit(client: Client, url: str, post: Post, sleep: Callable[[float], None]) -> Outcome:
    """Make our post at the address *url* read as *post* does; its address and visibility stay.

    Every field is sent, since servers differ in what they do with those left out. The images of *post*
    are uploaded anew: servers change the bytes they get, so nobody can tell from an old image whether
    it is the approved one. Mastodon makes nothing of an edit that changes nothing.
    """
    own = client.own()
    if not isinstance(own, tuple):
        return own
    there = finding.own(client, own[0], url)
    if there is None:
        return Refused(Reason('mastodon-gone', (client.host, url)))
    if not isinstance(there, Mapping):
        return there
    media = images.upload(client, post.images, sleep)
    if not isinstance(media, list):
        return media
    status_id = answers.sane_id(there.get('id'))
    # As JSON, because a form cannot say that there are no images. The library has no language here.
    exchange = client.send('PUT', f'/api/v1/statuses/{status_id}', json={
        'status': post.text,
        'spoiler_text': post.warning,
        'sensitive': _sensitive(there, post),
        'media_ids': media,
    } | ({'language': post.language} if post.language else {}))  # fmt: skip
    stopped = client.stopped(exchange)
    if stopped:
        return stopped
    if _reads(exchange, url, post):
        return Posted(status_id, url)
    problem = exchange.problem or client.words(exchange)
    return Unknown(Reason('mastodon-edit-unknown', (client.host, url, problem)))


def _sensitive(there: Status, post: Post) -> bool:
    """Whether the images are hidden at first: with a warning; without one as it was, since that is
    the account's own setting.
    """
    return bool(post.warning) or (there.get('sensitive') is True and not there.get('spoiler_text'))


def _reads(exchange: Exchange, url: str, post: Post) -> bool:
    """Whether the answer is our post, and as far as can be told with what was sent."""
    answer = exchange.json() if exchange.status == 200 else None
    if not statuses.is_status(answer):
        return False
    status = statuses.unwrapped(answer)
    media, warning = status.get('media_attachments'), status.get('spoiler_text') or ''
    return (
        statuses.has_address(status, url)
        and isinstance(warning, str)
        and plaintext.canonical(warning) == plaintext.canonical(post.warning)
        and isinstance(media, list)
        and len(media) == len(post.images)
    )


def delete(client: Client, url: str) -> Removal:
    """Take down our post, or our share of the post of others, at the address *url*.

    A post of others is never touched: where we have not shared it, there is nothing to take down.
    """
    own = client.own()
    if not isinstance(own, tuple):
        return own
    found = finding.at(client, url)
    if isinstance(found, Refused | TryLater):
        return found
    if found is None:
        return Deleted() if finding.is_here(client, url) else _delete_unseen(client, own[0], url)
    status_id = answers.sane_id(found.get('id'))
    if statuses.same_id(statuses.author_id(found), own[0]):
        return _delete(client, url, status_id)
    return Deleted() if found.get('reblogged') is False else _unshare(client, url, status_id)


def _delete(client: Client, url: str, status_id: str) -> Removal:
    exchange = client.ask(lambda: client.library.status_delete(status_id))
    if exchange.status == 200:
        return Deleted()
    stopped = client.stopped(exchange)
    if stopped and exchange.status != 404:
        return stopped
    # snac2 says 404, and the post stays; and after a lost answer, looking settles it.
    there = finding.by_id(client, status_id)
    if there is None:
        return Deleted()
    if stopped and isinstance(there, Mapping):
        return Refused(Reason('mastodon-not-deleted', (client.host, url)))
    return _unclear(client, url, exchange)


def _unshare(client: Client, url: str, status_id: str) -> Removal:
    exchange = client.ask(lambda: client.library.status_unreblog(status_id))
    if exchange.status == 404:  # the post is gone, and with it our share
        return Deleted()
    answer = exchange.json()
    if exchange.status == 200 and isinstance(answer, dict) and not answer.get('reblogged'):
        return Deleted()
    return client.stopped(exchange) or _unclear(client, url, exchange)


def _unclear(client: Client, url: str, exchange: Exchange) -> Unknown:
    problem = exchange.problem or client.words(exchange)
    return Unknown(Reason('mastodon-delete-unknown', (client.host, url, problem)))


def _delete_unseen(client: Client, own_id: str, url: str) -> Removal:
    """Take down our share of a post elsewhere that is not found by its address: its server may only be
    out of reach, and our own list still has it.
    """
    listed = timeline.since_time(Reader(client, own_id, shares=True), _EVER)
    if isinstance(listed, CannotLook):
        return TryLater(listed.reason)
    for status in listed:
        inner = status.get('reblog')
        if statuses.is_status(inner) and statuses.has_address(inner, url):
            return _unshare(client, url, answers.sane_id(inner['id']))
    return Deleted()
