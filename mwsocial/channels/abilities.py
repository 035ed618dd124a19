"""What each network can do at all, without asking it: for validity, previews and channels alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mwsocial.channels.base import Abilities

#: By network. Facebook's API offers no native share, and we answer nobody there. On X a thread is a
#: reply to ourselves, which the network may refuse: it is off unless the configuration says otherwise.
#: Following by API is in none of X's self-serve tiers any more (since April 2026).
ABILITIES: Mapping[str, Abilities] = {
    'mastodon': Abilities(edit=True, edit_images=True, warning=True),
    'x': Abilities(threads=False, follow=False),
    'facebook': Abilities(threads=False, share=False, point=False, edit=True, follow=False),
    'bluesky': Abilities(),
}


def abilities(network: str, *, threads: bool | None = None) -> Abilities:
    """The abilities of *network*; *threads*: what the configuration says of threads on X."""
    usual = ABILITIES[network]
    if network == 'x' and threads is not None:
        return replace(usual, threads=threads)
    return usual
