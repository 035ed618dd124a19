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
#: What a text says: the targets of its links, and its words (``words.links_of``, ``words_of``).
Said = tuple[frozenset[str], frozenset[str]]


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
    best: Match | None = None
    best_share = 0.0
    for group in read(text).groups:
        for item in group.items:
            if item.headline_is(wanted):
                return Match('same', item, group.date, 'the same text')
            if contains(words, item.plain) < WITH_LINK_AND_NUMBER * len(words):
                continue
            share = likeness((links, words), (item.links, item.words))
            if share > best_share:
                best_share = share
                both = len(words & item.words)
                why = f'{both} of {len(words | item.words)} words in common'
                if links & item.links:
                    why += f', and the link to {min(links & item.links)}'
                best = Match('alike', item, group.date, why)
    return best


def likeness(one: Said, other: Said) -> float:
    """How much of all words two texts share if they say nearly the same; 0 if they do not."""
    (links, words), (their_links, their_words) = one, other
    numbers, theirs = numbers_of(words), numbers_of(their_words)
    if numbers and theirs and not (numbers <= theirs or theirs <= numbers):
        return 0.0
    both = words & their_words
    share = len(both) / max(1, len(words | their_words))
    if links & their_links:
        needed = WITH_LINK_AND_NUMBER if numbers & theirs else WITH_LINK
    else:
        needed = WORDS_ALONE if len(both) >= MIN_WORDS else 2.0
    return share if share >= needed else 0.0


def introduced(parent_text: str, text: str, entry: Entry) -> bool:
    """Whether the revision *text* brought *entry*, which its parent *parent_text* had less often.

    Only the same text counts: a revision that rewords or moves an entry does not introduce it.
    """
    return _count(text, entry) > _count(parent_text, entry)


def _count(text: str, entry: Entry) -> int:
    wanted = plain(entry.text)
    return sum(item.headline_is(wanted) for item in read(text).items) if wanted else 0
