"""How long a text is on a Facebook Page: 63,206 characters. Pure."""

from __future__ import annotations


def facebook_length(text: str, warning: str = '') -> int:
    """The length of a post on Facebook, in UTF-16 units.

    Meta's documents say "characters" and not which; of the two that are common, units of UTF-16 are never
    fewer than code points. Addresses count whole. A content warning is no text there.
    """
    return len(text) + sum(char > '\uffff' for char in text)
