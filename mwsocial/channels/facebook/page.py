"""The Page behind a token: its names, and what the token may do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mwsocial.channels import answers
from mwsocial.channels.base import Account
from mwsocial.channels.facebook import posts

_POSTING = 'pages_manage_posts'


def same_name(found: str, expected: str) -> bool:
    """Whether two spellings name the same Page; case, white space and a leading @ do not count."""
    words = [' '.join(one.split()).lstrip('@').casefold() for one in (found, expected)]
    return bool(words[1]) and words[0] == words[1]


def account_of(page: Mapping[str, Any], expected: str) -> Account | None:
    """The account that *page* (``id,name,username,link``) is; None where it has no number.

    A Page has three names: a user name (not each has one), a name and a number. Any of them may stand
    in the configuration (*expected*), and the one that does is the account's name; else the first.
    """
    number = posts.number_of(page.get('id'))
    if not number:
        return None
    given = (page.get('username'), page.get('name'), number)
    names = [answers.plain(one) for one in given if isinstance(one, str) and one.strip()]
    meant = any(same_name(one, expected) for one in names)
    return Account(
        expected.strip() if meant else names[0], answers.sane_address(page.get('link'))
    )  # fmt: skip


def may_post(about: Mapping[str, Any], page: str) -> bool | None:
    """Whether ``debug_token`` says that posts may be made on the Page; None where it says nothing."""
    scopes = about.get('scopes')
    if not isinstance(scopes, list):
        return None
    if about.get('is_valid') is not True or _POSTING not in scopes:
        return False
    granular = about.get('granular_scopes')
    for one in granular if isinstance(granular, list) else ():
        if isinstance(one, Mapping) and one.get('scope') == _POSTING:
            targets = one.get('target_ids')
            return not isinstance(targets, list) or page in map(str, targets)
    return True


def expires(about: Mapping[str, Any]) -> datetime | None:
    """When the token ends (UTC); None for never (0), and where nothing is said."""
    moment = about.get('expires_at')
    if not isinstance(moment, int) or isinstance(moment, bool) or moment <= 0:
        return None
    try:
        return datetime.fromtimestamp(moment, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def count(value: object) -> int | None:
    """*value* as a number of people; None where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
