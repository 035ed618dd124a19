"""Words of strangers for a post: made plain, tame, and so short that the post fits everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import grapheme

from mwsocial.desk.item import Item
from mwsocial.desk.validity import Desk, problems
from mwsocial.reason import Reason
from mwsocial.sources.base import Suggestion
from mwsocial.sources.tree import read
from mwsocial.wiki.escape import plain

#: Longer words are cut before anything else is done with them.
LONGEST = 2000

_ADDRESS = re.compile(r'\b[a-z][a-z0-9+.-]*://\S*', re.IGNORECASE)
# What a network would take for somebody to be called: the account is to call nobody by accident.
_HANDLE = re.compile(r'(?<![\w@＠])[@＠]+(?=\w)')


def of_html(html: str) -> str:
    """The words of a piece of HTML, without its tags."""
    return read(html[: LONGEST * 4]).text()


def tame(words: str) -> str:
    """*words* on one line, without addresses and without calling anybody by an ``@``."""
    line = plain(words[:LONGEST])
    return ' '.join(_HANDLE.sub('', _ADDRESS.sub('', line)).split())


def post_text(suggestion: Suggestion, desk: Desk, language: str) -> str | None:
    """The text of a suggestion's post that fits all enabled channels; None if none does.

    Only the strangers' words are shortened, between words where that can be; *language* is that of our
    own sentence around them.
    """

    def text(words: str) -> str:
        if suggestion.sentence:
            said = Reason(suggestion.sentence, (words, *suggestion.more)).text(language)
        else:
            said = words
        return f'{said} {suggestion.link}'.strip()

    def fits(words: str) -> bool:
        return not problems(Item(0, {'id': suggestion.id, 'text': text(words)}), desk)

    words = tame(suggestion.words)
    if not words:
        return None
    if fits(words):
        return text(words)
    pieces = words.split(' ')
    best = _most(len(pieces) - 1, lambda count: fits(_cut(' '.join(pieces[:count]))))
    if best:
        return text(_cut(' '.join(pieces[:best])))
    signs = list(grapheme.graphemes(pieces[0]))
    best = _most(len(signs) - 1, lambda count: fits(_cut(''.join(signs[:count]))))
    return text(_cut(''.join(signs[:best]))) if best else None


def _cut(words: str) -> str:
    return words.rstrip(' ,;:.–—-') + '…'


def _most(most: int, good: Callable[[int], bool]) -> int:
    """The largest number from 1 to *most* that is good, if smaller ones are good too; 0 if none is."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if good(middle):
            low = middle
        else:
            high = middle - 1
    return low
