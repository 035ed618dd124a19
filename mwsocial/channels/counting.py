"""How long a text is on each network, without a network: for previews and for validity.

Mastodon: ``StatusLengthValidator`` and ``Extractor`` of the server. Grapheme clusters of the content
warning and the text, after each address with http:// or https:// counts 23 and ``@user@host`` counts
``@user``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import grapheme
from mastodon._url_regex import url_regex

from mwsocial.channels.base import Limits

Weigher = Callable[[str, str], int]

_ADDRESS_LENGTH = 23
# twitter-text takes nothing longer for an address.
_LONGEST_ADDRESS = 4096
# The server's own rules for what follows the domain (config/initializers/twitter_regex.rb): unlike
# those of the library, they take any letter, so that addresses of wikis in all scripts count 23.
# Nothing here backtracks: anybody may put any text on a wiki page.
_SIGN = r'[^\s<>()?]'
_NESTED = rf'\({_SIGN}++\){_SIGN}*+'
_BALANCED = rf'\((?:{_SIGN}++(?:{_NESTED})?+|{_NESTED})\)'
_PATH = re.compile(rf'/(?:{_SIGN}++|{_BALANCED})*+')
_NOT_LAST = frozenset('!*"\'「」;:=,.$%[]~&|@')
_LETTERS = '\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\uffef\U00010000-\U0010fffd'
_QUERY = re.compile(
    rf"\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@^{_LETTERS}]*[a-z0-9_&=#/\-{_LETTERS}]", re.I
)
# Where an address may begin, and all that can belong to its domain; a name has 253 signs at most.
_START = re.compile(r'https?://[^/?#:()<>\s]{1,260}', re.I)
_PORT = re.compile(r':[0-9]+')
_WORD = re.compile(r'\S+')

# Account::MENTION_RE of the server, and what must not follow a mention.
_MENTION = re.compile(r'(?<![=/\w])@([A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)(@\w+(?:[.-]+\w+)*)?')
_NO_MENTION = re.compile(r'[@＠À-ÖØ-öø-ÿĀ-ɏɓɔɖɗəɛɣɨɯɲʉʋʻ̀-ͯḀ-ỿ]|://')
_LONGEST_DOMAIN = 253


def weigh(network: str, text: str, warning: str = '') -> int:
    """The length of *text* on *network*, in that network's own weight."""
    return weigher(network)(text, warning)


def weigher(network: str) -> Weigher:
    """The counting of *network*: a function of text and content warning.

    Networks whose own counting is not known here are counted in characters; ``usual_limits`` then
    gives no limit that this count could be held against.
    """
    return _WEIGHERS.get(network, lambda text, warning: len(text))


def usual_limits(network: str, characters: int | None = None) -> Limits | None:
    """What *network* takes when nobody says otherwise; None where that is not known here.

    *characters*: the limit of an instance that has its own, from the configuration.
    """
    usual = _LIMITS.get(network)
    if characters is None or usual is None:
        return usual
    return Limits(characters, usual.images, usual.alt_length)


def mastodon_length(text: str, warning: str = '') -> int:
    """The length of a post as a Mastodon server counts it."""
    return int(grapheme.length(warning + _countable(text)))


def bluesky_length(text: str, warning: str = '') -> int:
    """The length of a post on Bluesky: at most 300 graphemes and 3,000 bytes, whichever is fuller
    (lexicon app.bsky.feed.post). A content warning is no text there.
    """
    return max(int(grapheme.length(text)), -(-len(text.encode('utf-8', 'surrogatepass')) // 10))


def _countable(text: str) -> str:
    """*text* with addresses and mentions as long as they count; neither holds white space."""
    return _WORD.sub(lambda found: _countable_word(found[0]), text)


def _countable_word(word: str) -> str:
    if len(word) > _LONGEST_ADDRESS or ('@' not in word and '://' not in word):
        return word
    pieces: list[str] = []
    done = 0
    for start, end, counted in sorted(_addresses(word) + _mentions(word)):
        if start >= done:
            pieces += word[done:start], counted
            done = end
    return ''.join(pieces) + word[done:]


def _addresses(text: str) -> list[tuple[int, int, str]]:
    found = []
    place = 0
    while start := _START.search(text, place):
        # The library knows the top-level domains; it also looks at the sign before.
        before = max(0, start.start() - 1)
        place = text.index('//', start.start()) + 2
        if known := url_regex.search(text[before : start.end()]):
            place = _rest(text, before + known.end(5))
            found.append((before + known.start(3), place, 'x' * _ADDRESS_LENGTH))
    return found


def _rest(text: str, place: int) -> int:
    """Where an address ends whose domain ends at *place*."""
    if port := _PORT.match(text, place):
        place = port.end()
    if path := _PATH.match(text, place):
        end = path.end()
        while end > place + 1 and text[end - 1] in _NOT_LAST:
            end -= 1
        place = end
    query = _QUERY.match(text, place)
    return query.end() if query else place


def _mentions(text: str) -> list[tuple[int, int, str]]:
    return [
        (found.start(), found.end(), '@' + found[1])
        for found in _MENTION.finditer(text)
        if not _NO_MENTION.match(text, found.end()) and len(found[2] or '') <= _LONGEST_DOMAIN + 1
    ]


_WEIGHERS: dict[str, Weigher] = {
    'mastodon': mastodon_length,
    'bluesky': bluesky_length,
}
_LIMITS = {
    'mastodon': Limits(500, 4, 1500),
    'bluesky': Limits(300, 4, 2000),
    'facebook': Limits(63206),
}
