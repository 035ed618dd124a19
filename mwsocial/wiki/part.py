"""What all parts of the configuration page are made of."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

# MediaWiki's illegal title characters, and sequences that no title may hold (Manual:Page title).
ILLEGAL = re.compile(r'[\x00-\x1f\x7f#<>\[\]{}|\ufffd]|%[0-9A-Fa-f]{2}|~~~')


class Part(BaseModel):
    """One object of the page: its keys stand there in words (``quiet minutes`` for ``quiet_minutes``);
    an unknown key and a value of another kind are errors.
    """

    model_config = ConfigDict(
        extra='forbid',
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        alias_generator=lambda name: name.replace('_', ' '),
    )


def page_title(value: str) -> str:
    """A title with spaces for underscores; raises ValueError where no page can have it."""
    title = ' '.join(value.replace('_', ' ').split(' ')).strip()
    title = re.sub(' +', ' ', title)
    bad = ILLEGAL.search(title)
    if bad:
        raise ValueError(f'a page title cannot hold “{bad.group()!s}”')
    if not title or title.startswith(':') or title.endswith(':'):
        raise ValueError('expected the title of a page')
    if any(part in ('.', '..') for part in title.split('/')):
        raise ValueError('a page title cannot hold “.” or “..” between slashes')
    if len(title.encode()) > 255:
        raise ValueError('this title is too long: MediaWiki allows 255 bytes')
    return title
