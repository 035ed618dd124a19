"""The first letter of titles and user names, as far as all wikis agree about it. Pure."""

from __future__ import annotations

import re

#: Letters that every wiki turns into the same capital. Others a wiki may leave alone, or change in a
#: way of its own ($wgOverrideUcfirstCharacters; Wikimedia's wikis do, for Georgian and circled letters
#: among others): there, two titles that we would take for one are two pages.
_AGREED = re.compile(
    r'[a-z\xe0-\xf6\xf8-\xfe\u0100-\u0130\u0132-\u0148\u014a-\u017eά-ία-ρσ-ώа-џ\u0460-\u0481\u048a-\u052f]'
)


def capitalized(name: str) -> str:
    """*name* with its first letter as the wiki writes it (Manual:$wgCapitalLinks), where that is certain;
    else as it is.
    """
    return name[:1].upper() + name[1:] if _AGREED.match(name) else name
