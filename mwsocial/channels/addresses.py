"""Which network the post at an address is on, and what its address says. Pure and strict.

An address that a network may take is looked up there before anything is done with it: here nothing is
promised, but what cannot be is known at once, and the card says so (``Module:Social media/addresses``
has the same rules, shown by ``tests/cases/addresses.json``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# A scheme, a host without anybody's name before it, a port, and the rest.
_ADDRESS = re.compile(
    r'([hH][tT][tT][pP][sS]?)://([^/?#@:\\\s\x00-\x20\x7f-\x9f]+)(?::([0-9]{1,5}))?'
    r'([/?][^\s\x00-\x20\x7f-\x9f]*)'
)
_X_HOSTS = frozenset(
    {'x.com', 'www.x.com', 'mobile.x.com', 'twitter.com', 'www.twitter.com', 'mobile.twitter.com'}
)
_BLUESKY_HOSTS = frozenset({'bsky.app', 'www.bsky.app'})
_FACEBOOK_HOSTS = frozenset({'facebook.com', 'fb.com', 'fb.watch', 'fb.me'})
#: Where nobody speaks ActivityPub, these and all hosts below: never an address of Mastodon's.
_OTHERS = _FACEBOOK_HOSTS | {'x.com', 'twitter.com', 't.co', 'bsky.app'}
_LOOPBACK = frozenset({'localhost', '127.0.0.1'})
_LONGEST = 2000

_X_POST = re.compile(
    r'/(?:[A-Za-z0-9_]{1,15}|i/web)/status(?:es)?/([0-9]{1,19})(?:/(?:photo|video)/[1-4])?/?(?:[?#].*)?'
)
_BLUESKY_POST = re.compile(r'/profile/([^/?#]{1,300})/post/([A-Za-z0-9._~:-]{1,512})/?(?:[?#].*)?')
_DID = re.compile(r'did:[a-z]{1,16}:[A-Za-z0-9._:-]{1,200}')
_HANDLE = re.compile(
    r'(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]'
)


@dataclass(frozen=True)
class BlueskyPost:
    """What the address of a post on Bluesky names: ``who`` is a handle (in lower case) or a DID."""

    who: str
    key: str


@dataclass(frozen=True)
class _Parts:
    scheme: str
    host: str
    port: str
    rest: str

    @property
    def usual(self) -> bool:
        """Whether it is an address as networks give it out: https, without a port."""
        return self.scheme == 'https' and not self.port


def takes(network: str, address: str) -> bool:
    """Whether *address* may be that of a post on *network*.

    On Mastodon it may be any page of any host that belongs to no other network; plain http only on this
    machine, for servers that are tried out. For an unknown network it is False.
    """
    if network == 'x':
        return bool(x_post_id(address))
    if network == 'bluesky':
        return bluesky_post(address) is not None
    parts = _split(address)
    if parts is None or parts.rest == '/':
        return False
    if network == 'facebook':
        return parts.usual and _belongs(parts.host, _FACEBOOK_HOSTS)
    return (
        network == 'mastodon'
        and (parts.scheme == 'https' or parts.host in _LOOPBACK)
        and not _belongs(parts.host.rstrip('.'), _OTHERS)
    )


def x_post_id(address: str) -> str:
    """The id of the post on X at *address*, in digits; '' where it is no address of one."""
    parts = _split(address)
    if parts is None or not parts.usual or parts.host not in _X_HOSTS:
        return ''
    found = _X_POST.fullmatch(parts.rest)
    return found[1] if found else ''


def bluesky_post(address: str) -> BlueskyPost | None:
    """Whose post on Bluesky is at *address* and its record's key; None where it is no address of one."""
    parts = _split(address)
    if parts is None or not parts.usual or parts.host not in _BLUESKY_HOSTS:
        return None
    found = _BLUESKY_POST.fullmatch(parts.rest)
    if found is None:
        return None
    who = found[1].replace('%3A', ':').replace('%3a', ':')
    if _DID.fullmatch(who):
        return BlueskyPost(who, found[2])
    return BlueskyPost(who.lower(), found[2]) if _HANDLE.fullmatch(who.lower()) else None


def _split(address: str) -> _Parts | None:
    found = _ADDRESS.fullmatch(address) if len(address) <= _LONGEST else None
    if found is None or int(found[3] or 0) > 65535:
        return None
    # Host names know no case; only letters of ASCII are looked at, so no other letter becomes one.
    host = re.sub('[A-Z]', lambda letter: letter[0].lower(), found[2])
    return _Parts(found[1].lower(), host, found[3] or '', found[4])


def _belongs(host: str, names: frozenset[str]) -> bool:
    """Whether *host* is one of *names*, or below one of them."""
    return any(host == name or host.endswith('.' + name) for name in names)
