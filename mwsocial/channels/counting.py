"""How long a text is on each network and what each takes, without a network: for previews and validity.

The one place for limits; how each network counts is in ``lengths``. The wiki's preview counts with
the same rules (``Module:Social media/limits``), which a shared table of texts shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mwsocial.channels.base import Limits
from mwsocial.channels.lengths.bluesky import bluesky_length
from mwsocial.channels.lengths.facebook import facebook_length
from mwsocial.channels.lengths.mastodon import mastodon_length
from mwsocial.channels.lengths.x import x_addresses, x_length

__all__ = [
    'Weigher', 'bluesky_length', 'facebook_length', 'mastodon_length', 'usual_limits', 'weigh',
    'weigher', 'x_addresses', 'x_length',
]  # fmt: skip

Weigher = Callable[[str, str], int]

_WEIGHERS: dict[str, Weigher] = {
    'mastodon': mastodon_length,
    'x': x_length,
    'facebook': facebook_length,
    'bluesky': bluesky_length,
}
_STILL = ('image/jpeg', 'image/png', 'image/gif', 'image/webp')
_LIMITS = {
    # Mastodon, Instance entity: what a server says that has changed nothing. An image may have
    # 33,177,600 pixels: a square has this side, and none with it has more.
    'mastodon': Limits(500, 4, 1500, 16_777_216, 5760, _STILL),
    # X, "Media best practices" and the specification's POST /2/media/metadata.
    'x': Limits(280, 4, 1000, 5_000_000, 4096, _STILL),
    # Graph API, Page photos: files under 4 MB, and PNG better under 1 MB (it gets blurred). The length
    # of an alternative text is not in Meta's documents: the shortest that others ask for.
    'facebook': Limits(63_206, 4, 1000, 4_000_000, 2048, ('image/jpeg', 'image/png', 'image/gif')),
    # Lexicon app.bsky.embed.images: 1,000,000 bytes; the app itself sends 2,000 pixels at most.
    'bluesky': Limits(300, 4, 2000, 1_000_000, 2000, ('image/jpeg', 'image/png', 'image/webp')),
}


def weigh(network: str, text: str, warning: str = '') -> int:
    """The length of *text* on *network*, in that network's own weight."""
    return weigher(network)(text, warning)


def weigher(network: str) -> Weigher:
    """The counting of *network*: a function of text and content warning. A network that is not known
    here is counted in characters; ``usual_limits`` then gives no limit to hold it against.
    """
    return _WEIGHERS.get(network, lambda text, warning: len(text))


def usual_limits(network: str, characters: int | None = None) -> Limits | None:
    """What *network* takes when nobody says otherwise; None where that is not known here.

    *characters*: the limit of an instance that has its own, from the configuration.
    """
    usual = _LIMITS.get(network)
    if characters is None or usual is None:
        return usual
    return replace(usual, length=characters)
