"""What is wrong with the files that an item names, by what the wiki says of them. Pure.

Why no SVG: what an approver sees is the wiki's rendering of it, which changes with the wiki's software
and fonts and is no file that could be compared. A PNG of it, uploaded, is one. Why no animation: one
network wants it alone in a post, another shows its first picture, a third takes none.
"""

from __future__ import annotations

from collections.abc import Iterator

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


def file_problems(title: str, facts: FileFacts) -> Iterator[Reason]:
    """Why the file cannot be posted anywhere: one that is only too large for a network is scaled down.

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
        yield Reason('validity-file-moving', (title,))


def _megabytes(size: int) -> str:
    return f'{size // 1_000_000}'
