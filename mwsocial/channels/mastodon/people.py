"""Whom we follow, how the account stands, and what the token may."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mwsocial.channels import answers
from mwsocial.channels.base import (
    Counts,
    Followed,
    Refused,
    TryLater,
)
from mwsocial.channels.mastodon.client import Client
from mwsocial.channels.registry import same_account
from mwsocial.channels.transport import Exchange
from mwsocial.reason import Reason

_PAGE = 80
_PAGES = 100
_NAME = re.compile(r'@?[^\s@/?#]{1,200}@[^\s@/?#]{1,253}')
_NEXT = re.compile(r'<[^<>]*[?&]max_id=([A-Za-z0-9_.-]+)[^<>]*>;\s*rel="next"', re.A)
_MAY_POST = frozenset({'write', 'write:statuses'})


def may_post(client: Client) -> bool | None:
    """Whether the token may post, by the scopes of the application that it belongs to (Mastodon 4.3
    and later; a token has no more than these); None where they are not told.
    """
    exchange = client.ask(client.library.app_verify_credentials)
    answer = exchange.json() if exchange.status == 200 else None
    scopes = answer.get('scopes') if isinstance(answer, dict) else None
    if not isinstance(scopes, list) or not all(isinstance(one, str) for one in scopes):
        return None
    return bool(_MAY_POST & set(scopes))


def counts(client: Client) -> Counts | Refused | TryLater:
    """Followers, followed accounts and posts, as the server tells them now."""
    own = client.own()
    if not isinstance(own, tuple):
        return own
    found = client.credentials()
    if isinstance(found, Refused | TryLater):
        return found
    names = ('followers_count', 'following_count', 'statuses_count')
    return Counts(*(_count(found.get(name)) for name in names))


def _count(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None


def follow(client: Client, account: str) -> Followed | Refused | TryLater:
    """Follow *account* (``@user@host``). An account that lets nobody follow without being asked is
    asked, and counts as followed.
    """
    own = client.own()
    if not isinstance(own, tuple):
        return own
    name = account.strip()
    if not _NAME.fullmatch(name) or not name.isprintable():
        return Refused(Reason('mastodon-no-account', (answers.plain(account),)))
    name = '@' + name.removeprefix('@')
    if same_account(own[1].name, name):
        return Refused(Reason('mastodon-own-account', (name,)))
    found = _account(client, name)
    if not isinstance(found, str):
        return found
    exchange = client.ask(lambda: client.library.account_follow(found))
    answer = exchange.json() if exchange.status == 200 else None
    if isinstance(answer, dict) and (answer.get('following') or answer.get('requested')):
        return Followed(name)
    return client.not_done(exchange)


def _account(client: Client, name: str) -> str | Refused | TryLater:
    """The local id of the account *name*, which the server may have to look for elsewhere."""
    known = client.ask(lambda: client.library.account_lookup(name[1:]))
    found = _id_of(client, [known.json()], name) if known.status == 200 else ''
    if found:
        return found
    exchange = client.ask(
        lambda: client.library.search_v2(name, resolve=True, result_type='accounts')
    )
    answer = exchange.json() if exchange.status == 200 else None
    accounts = answer.get('accounts') if isinstance(answer, dict) else None
    if not isinstance(accounts, list):
        return client.not_done(exchange)
    no_account = Refused(Reason('mastodon-account-unknown', (client.host, name)))
    return _id_of(client, accounts, name) or no_account


def _id_of(client: Client, accounts: Sequence[Any], name: str) -> str:
    for one in accounts:
        found = _name_of(client, one)
        if found and same_account(found, name):
            return answers.sane_id(one['id'])
    return ''


def _name_of(client: Client, account: object) -> str:
    """``@user@host`` of an account as the API gives it; '' where it is none."""
    if not isinstance(account, dict) or not answers.sane_id(account.get('id')):
        return ''
    acct = account.get('acct')
    name = client.account_name(acct) if isinstance(acct, str) else ''
    return name if isinstance(name, str) and _NAME.fullmatch(name) else ''


def following(client: Client) -> Sequence[str] | Refused | TryLater:
    """The accounts that we follow, ``@user@host`` each, as the server lists them."""
    own = client.own()
    if not isinstance(own, tuple):
        return own
    names: list[str] = []
    before = ''
    for _ in range(_PAGES):
        exchange = _followed(client, own[0], before)
        answer = exchange.json() if exchange.status == 200 else None
        if not isinstance(answer, list):
            return client.not_done(exchange)
        names += [name for one in answer if (name := _name_of(client, one))]
        before = _next(exchange)
        if not before:
            return names
    return TryLater(Reason('mastodon-following-long', (client.host, str(len(names)))))


def _followed(client: Client, own_id: str, before: str) -> Exchange:
    return client.ask(
        lambda: client.library.account_following(own_id, limit=_PAGE, max_id=before or None)
    )


def _next(exchange: Exchange) -> str:
    """Where the next page begins: an id that only the answer's ``Link`` tells."""
    found = _NEXT.search(exchange.headers.get('Link', ''))
    return found[1] if found else ''
