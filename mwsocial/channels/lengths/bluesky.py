"""How long a text is on Bluesky: lexicon app.bsky.feed.post, 300 graphemes and 3,000 bytes. Pure."""

from __future__ import annotations

import grapheme

#: So many bytes may be there for each grapheme that the limit allows.
_BYTES_EACH = 10


def bluesky_length(text: str, warning: str = '') -> int:
    """The length of a post on Bluesky, of at most 300: its graphemes, or a tenth of its bytes, whichever
    is more. Addresses count whole. A content warning is no text there.
    """
    return max(
        int(grapheme.length(text)), -(-len(text.encode('utf-8', 'surrogatepass')) // _BYTES_EACH)
    )
