"""Addresses of posts on X, and names of accounts."""

from __future__ import annotations

import re
from collections.abc import Collection

_POST = re.compile(
    r'https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/'
    r'(?:(?P<name>[A-Za-z0-9_]{1,20})|i/web)/status(?:es)?/(?P<id>[0-9]{1,19})'
    r'(?:/(?:photo|video)/[0-9]+)?/?(?:[?#]\S*)?',
    re.A | re.I,
)
_NAME = re.compile(r'@?([A-Za-z0-9_]{1,15})', re.A)


def address_of(name: str, number: str) -> str:
    """Where people find the post with the id *number* of the account *name*."""
    return f'https://x.com/{name}/status/{number}'


def id_of(address: str) -> str:
    """The id of the post at *address*, '' where it is none. X leads from any name to the right one, so
    the name in an address proves nothing.
    """
    found = _POST.fullmatch(address.strip())
    return found['id'] if found else ''


def name_in(address: str) -> str:
    """The account that *address* of a post names, '' where it names none."""
    found = _POST.fullmatch(address.strip())
    return (found['name'] or '') if found else ''


def ids_of(addresses: Collection[str]) -> frozenset[str]:
    """The ids of all posts at *addresses*."""
    return frozenset(number for one in addresses if (number := id_of(one)))


def name_of(account: str) -> str:
    """The name in ``@user``, '' where it is none."""
    found = _NAME.fullmatch(account.strip())
    return found[1] if found else ''
