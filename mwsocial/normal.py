"""Unicode's normal form C in time that does not grow with the square of a run of marks."""

from __future__ import annotations

import unicodedata
from itertools import groupby

#: Python sorts the marks on one letter by insertion. In texts no longer than this that is nothing;
#: a million of them, which anybody can write, would take it days.
_SHORT = 1000


def nfc(text: str) -> str:
    """*text* in NFC: what ``unicodedata.normalize`` gives for it."""
    if len(text) > _SHORT and not text.isascii():
        text = _in_order(''.join(unicodedata.normalize('NFD', character) for character in text))
    return unicodedata.normalize('NFC', text)


def _in_order(decomposed: str) -> str:
    # Unicode's canonical ordering: each run of marks by class, those of one class as they stand.
    return ''.join(
        ''.join(sorted(run, key=unicodedata.combining) if marks else run)
        for marks, run in groupby(decomposed, lambda one: unicodedata.combining(one) > 0)
    )
