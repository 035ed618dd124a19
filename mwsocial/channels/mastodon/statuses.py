"""What a status of the API says (Mastodon documentation, entities "Status"): pure decisions.

Nothing in a status is trusted to be there or to be of the right type: it may come from any server of
the fediverse through ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from typing import Any, TypeGuard

from mwsocial.channels import answers, plaintext
from mwsocial.channels.base import Account, Seen

Status = Mapping[str, Any]
#: What everybody may see. "Unlisted" ones are only left out of public lists.
OPEN = frozenset({'public', 'unlisted'})
_TIMED_ID = re.compile(r'[0-9]{10}([0-9a-f]{32})')
_AUTHOR = re.compile(r'@[^\s@]+@[^\s@]+')


def is_status(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether *value* can be a status at all."""
    return isinstance(value, dict) and bool(answers.sane_id(value.get('id')))


def unwrapped(status: Status) -> Status:
    """The post itself, where a server shows it inside a share of the same id.

    snac2 shows a post that somebody has shared in that way wherever it shows it; on Mastodon a share
    has an id of its own and stays what it is.
    """
    inner = status.get('reblog')
    if not isinstance(inner, dict) or not same_id(inner.get('id'), status.get('id')):
        return status
    return {**inner, 'reblogged': bool(inner.get('reblogged') or status.get('reblogged'))}


def same_id(one: object, other: object) -> bool:
    """Whether two ids are the same; snac2 writes them in either case, and with a time before them that
    changes with the post.
    """
    first, second = _bare_id(one), _bare_id(other)
    return bool(first) and first == second


def _bare_id(value: object) -> str:
    plain = answers.sane_id(value).casefold()
    timed = _TIMED_ID.fullmatch(plain)
    return timed[1] if timed else plain


def has_address(status: Status, url: str) -> bool:
    """Whether *url* is an address of the post.

    Its ``uri`` is where it was fetched from; its ``url`` is what its server says, so it counts only on
    the same host: nobody can give a post of his the address of another's.
    """
    return bool(url) and url in _addresses(status)


def address(status: Status) -> str:
    """The post's address for people; '' where it has none."""
    return next(iter(_addresses(status)), '')


def _addresses(status: Status) -> list[str]:
    url, uri = answers.sane_address(status.get('url')), answers.sane_address(status.get('uri'))
    if not uri:
        return [url] if url else []
    return [url, uri] if url and host(url) == host(uri) else [uri]


def host(address: str) -> str:
    """The host in *address*, with port and whatever else stands before its path; '' for none. Unlike
    the standard library's, this raises for no address.
    """
    parts = address.split('/', 3)
    return parts[2].casefold() if len(parts) > 2 else ''


def author_id(status: Status) -> str:
    """The id of the account that posted it; '' where it is not told."""
    account = status.get('account')
    return answers.sane_id(account.get('id')) if isinstance(account, dict) else ''


def acct(status: Status) -> str:
    """The ``acct`` of the account that posted it; '' where it is not told."""
    account = status.get('account')
    name = account.get('acct') if isinstance(account, dict) else None
    return name if isinstance(name, str) else ''


def is_open(status: Status) -> bool:
    """Whether everybody may see it; what a server does not call public is not."""
    visibility = status.get('visibility')
    return isinstance(visibility, str) and visibility in OPEN


def seen(status: Status, author: str, own: tuple[str, Account]) -> Seen | None:
    """The post as the desk shows it; None where it is no whole post.

    *author* is ``@user@host``; *own* our id and account. A content warning stands before the text.
    ``answered`` and ``conversation`` are not known from a status alone.
    """
    url, created = address(status), answers.sane_time(status.get('created_at'))
    html = status.get('content')
    if not url or created is None or not isinstance(html, str) or not author_id(status):
        return None
    if not _AUTHOR.fullmatch(author) or not author.isprintable():
        return None
    warning = status.get('spoiler_text')
    words = [warning] if isinstance(warning, str) and warning.strip() else []
    return Seen(
        answers.sane_id(status.get('id')), url, author,
        '\n\n'.join([*words, plaintext.from_html(html).strip()]), created, is_open(status),
        ours=same_id(author_id(status), own[0]),
        edited=answers.sane_time(status.get('edited_at')),
        mentions_us=_mentions(status, own),
        reply_to_us=same_id(status.get('in_reply_to_account_id'), own[0]),
        shared=status.get('reblogged') is True,
    )  # fmt: skip


def reactions(status: Status) -> int | None:
    """How often people have liked, shared or answered it; None where none of that is told."""
    told = [
        count
        for name in ('favourites_count', 'reblogs_count', 'replies_count')
        if (count := answers.count(status.get(name))) is not None
    ]
    return sum(told) if told else None


def _mentions(status: Status, own: tuple[str, Account]) -> bool:
    mentions = status.get('mentions')
    named = [one for one in mentions if isinstance(one, dict)] if isinstance(mentions, list) else []
    if named:
        return any(same_id(one.get('id'), own[0]) for one in named)
    # snac2 leaves the list empty; in the text, mentions are links of their own class.
    parser = _Mentions()
    parser.feed(plaintext.tame(str(status.get('content') or '')))
    parser.close()
    return bool(own[1].url) and own[1].url in parser.found


class _Mentions(HTMLParser):
    """The addresses of accounts that a text mentions ("HTML structure guidelines")."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or '' for name, value in attrs}
        classes = named.get('class', '').split()
        if tag == 'a' and 'mention' in classes and 'hashtag' not in classes:
            self.found.add(named.get('href', ''))


def answered(conversation: Iterable[Status], own_id: str) -> bool:
    """Whether we have answered somebody in this conversation.

    Our own posts that others answer, and the parts of a thread of ours, are no answers to anybody.
    Where it is not told whom a post of ours answers, it counts as an answer.
    """
    posts = [unwrapped(one) for one in conversation]
    authors = {_bare_id(one.get('id')): author_id(one) for one in posts}
    for one in posts:
        parent = one.get('in_reply_to_id')
        if not same_id(author_id(one), own_id) or parent is None:
            continue
        to = one.get('in_reply_to_account_id') or authors.get(_bare_id(parent))
        if not same_id(to, own_id):
            return True
    return False
