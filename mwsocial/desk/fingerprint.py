"""The fingerprint of an item's content: what an approval is bound to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from mwsocial.desk.item import content_place

#: How many hexadecimal digits an approval must show: fewer can be forged in minutes.
SHOWN = 40


def channel_names(value: str) -> tuple[str, ...]:
    """The names in a ``channels`` value, sorted bytewise, each once.

    Only what is trimmed of any value is trimmed: a no-break space is part of a (wrong) name.
    """
    return tuple(sorted({name.strip(' \t\n') for name in value.split(',')} - {''}))


def effective(content: Mapping[str, str], channels: Sequence[str], language: str) -> dict[str, str]:
    """The content with the configuration's defaults where it leaves channels or language open.

    *content*: resolved values by name; *channels*: names of the enabled ones, in any order;
    *language*: a code. Empty values are left out.
    """
    listed = channel_names(content.get('channels', '')) or channel_names(','.join(channels))
    full = {name: value for name, value in content.items() if value}
    full['channels'] = ','.join(listed)
    full['language'] = content.get('language', '') or language
    return {name: value for name, value in full.items() if value}


def fingerprint(
    content: Mapping[str, str], channels: Sequence[str] = (), language: str = ''
) -> str:
    """SHA-256 in 64 hexadecimal digits over the effective, resolved content (see ``effective``).

    ``Module:Social media/values`` computes the same on the wiki.
    """
    full = effective(content, channels, language)
    digest = hashlib.sha256(b'mwsocial 1\n')
    for name in sorted(full, key=lambda name: content_place(name) or (999, name)):
        value = full[name].encode('utf-8', 'surrogatepass')
        digest.update(f'{name}:{len(value)}:'.encode() + value + b'\n')
    return digest.hexdigest()
