"""Which files can be posted as images at all, by what a wiki says of them. Pure.

A network gets the file itself where it fits, or a smaller copy; making one takes memory, which is
small where jobs run. A picture that cannot be had in bounds is refused before anything is sent.
"""

from __future__ import annotations

#: What an image may be, by the ending of its name (MediaWiki lets no file end otherwise than it is).
MEDIA_TYPES = {
    'gif': 'image/gif',
    'jpe': 'image/jpeg',
    'jpeg': 'image/jpeg',
    'jpg': 'image/jpeg',
    'png': 'image/png',
    'webp': 'image/webp',
}
#: The largest original that is fetched, in bytes.
MOST_BYTES = 20_000_000
# A decoded pixel takes 3 or 4 bytes, and scaling one with transparency takes a second copy; a JPEG can be
# decoded smaller. So a copy takes at most some 400 MB.
_MOST_PIXELS = {'image/jpeg': 40_000_000}
_MOST_PIXELS_OTHERWISE = 16_000_000


def media_type(title: str) -> str:
    """The media type that a title stands for; '' where it is none of ours."""
    return MEDIA_TYPES.get(title.rpartition('.')[2].lower(), '')


def most_pixels(kind: str) -> int:
    """How many pixels an image of the media type *kind* may have."""
    return _MOST_PIXELS.get(kind, _MOST_PIXELS_OTHERWISE)
