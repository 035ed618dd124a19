"""Texts without secrets. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

#: No real credential is shorter. A trial value of one letter would be struck out of every other word.
SHORTEST = 8


def hide(text: str, secrets: Collection[str], mark: str) -> str:
    """*text* with *mark* for each of the *secrets* that is long enough to be one.

    In one pass, the longest first: one secret may hold another one, and *mark* itself is not looked at.
    """
    real = sorted((one for one in secrets if len(one) >= SHORTEST), key=len, reverse=True)
    if not real:
        return text
    return re.sub('|'.join(map(re.escape, real)), lambda _: mark, text)
