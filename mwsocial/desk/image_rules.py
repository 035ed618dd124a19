"""What is wrong with the files that an item names, by what the wiki says of them. Pure.

Why no SVG: what an approver sees is the wiki's rendering of it, which changes with the wiki's software
and fonts and is no file that could be compared. A PNG of it, uploaded, is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mwsocial.channels.base import Limits
from mwsocial.channels.originals import MEDIA_TYPES, MOST_BYTES, media_type, most_pixels
from mwsocial.desk.files import FileFacts, same_title
from mwsocial.reason import Reason

_ENDINGS = ', '.join(sorted(MEDIA_TYPES))


def name_problem(title: str) -> Reason | None:
    """Why a file of this title is no image that can be posted, whatever is in it."""
    if media_type(title):
        return None
    if title.lower().endswith('.svg'):
        return Reason('validity-file-svg', (title,))
    return Reason('validity-file-type', (title, _ENDINGS))


def file_problems(
    title: str, facts: FileFacts, channels: Mapping[str, Limits | None]
) -> Iterator[Reason]:
    """Why the file cannot be posted: on any channel, or on one of *channels* (by name, with limits).

    *title* is of an image by its name. The sizes are those that the wiki tells; the bytes are looked at
    before they are sent.
    """
    if not facts.repository:
        yield Reason('validity-file-missing', (title,))
        return
    if facts.redirect or not same_title(facts.title, title):
        yield Reason('validity-file-redirect', (title, facts.title or '–'))
        return
    if facts.mime != media_type(title) or not facts.width or not facts.height:
        yield Reason('validity-file-type', (title, _ENDINGS))
        return
    if facts.size > MOST_BYTES:
        yield Reason('validity-file-bytes', (title, _megabytes(MOST_BYTES)))
    if facts.width * facts.height > most_pixels(facts.mime):
        most = f'{most_pixels(facts.mime) // 1_000_000}'
        yield Reason('validity-file-pixels', (title, most))
    if facts.moving:
        for name, limits in channels.items():
            if limits is not None and not fits(facts, limits):
                yield Reason('validity-file-moving', (title, name))


def fits(facts: FileFacts, limits: Limits) -> bool:
    """Whether the network takes the file as it is."""
    return (
        facts.mime in limits.media_types
        and facts.size <= limits.image_bytes
        and max(facts.width, facts.height) <= limits.image_side
    )


def _megabytes(size: int) -> str:
    return f'{size // 1_000_000}'
