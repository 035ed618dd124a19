"""Is this piece of news there already? Deterministic, and able to say why."""

from __future__ import annotations

from mwsocial.news.read import read
from mwsocial.news.values import Entry, Match
from mwsocial.news.words import contains, links_of, numbers_of, plain, words_of

#: How many of all words two entries must share to be alike: with a link in common, with a link and
#: a number (version, date) in common, and with neither.
WITH_LINK, WITH_LINK_AND_NUMBER, WORDS_ALONE = 0.6, 0.4, 0.8
#: With fewer words than this, words alone say nothing.
MIN_WORDS = 4


def find(text: str, entry: Entry) -> Match | None:
    """The entry of the page *text* that says what *entry* says, or None.

    ``same``: the same wikitext but for white space, emphasis and translation markup. ``alike``:
    a common link target and enough words in common, or nearly all words; never when both name
    numbers (versions, dates) and neither has all of the other's. The best match counts, on a tie
    the upper one.
    """
    wanted = plain(entry.text)
    if not wanted:
        return None
    links, words = links_of(wanted), words_of(wanted)
    numbers = numbers_of(words)
    best: Match | None = None
    best_share = 0.0
    for group in read(text).groups:
        for item in group.items:
            if item.headline_is(wanted):
                return Match('same', item, group.date, 'the same text')
            if contains(words, item.plain) < WITH_LINK_AND_NUMBER * len(words):
                continue
            theirs = numbers_of(item.words)
            if numbers and theirs and not (numbers <= theirs or theirs <= numbers):
                continue
            both = words & item.words
            share = len(both) / max(1, len(words | item.words))
            common = sorted(links & item.links)
            if common:
                needed = WITH_LINK_AND_NUMBER if numbers & theirs else WITH_LINK
            else:
                needed = WORDS_ALONE if len(both) >= MIN_WORDS else 2.0
            if share >= needed and share > best_share:
                best_share = share
                why = f'{len(both)} of {len(words | item.words)} words in common'
                if common:
                    why += f', and the link to {common[0]}'
                best = Match('alike', item, group.date, why)
    return best


def introduced(parent_text: str, text: str, entry: Entry) -> bool:
    """Whether the revision *text* brought *entry*, which its parent *parent_text* had less often.

    Only the same text counts: a revision that rewords or moves an entry does not introduce it.
    """
    return _count(text, entry) > _count(parent_text, entry)


def _count(text: str, entry: Entry) -> int:
    wanted = plain(entry.text)
    return sum(item.headline_is(wanted) for item in read(text).items) if wanted else 0
