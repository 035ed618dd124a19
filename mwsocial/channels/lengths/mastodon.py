"""How long a text is on Mastodon: ``StatusLengthValidator`` and ``Extractor`` of the server. Pure, and
linear.

Grapheme clusters of the content warning and the text, after each address with http:// or https:// counts
23 and ``@user@host`` counts ``@user``.
"""

from __future__ import annotations

import re

import grapheme

from mwsocial.channels.lengths.domains import PRECEDING, chains, has_good_labels

_ADDRESS_LENGTH = 23
# twitter-text takes nothing longer for an address, and no name of a host is longer than the second.
_LONGEST_ADDRESS = 4096
_LONGEST_DOMAIN = 253
# The server's own rules for what follows the domain (config/initializers/twitter_regex.rb): unlike
# twitter-text's, they take any letter, so that addresses of wikis in all scripts count 23.
# Nothing here backtracks: anybody may put any text on a wiki page.
_SIGN = r'[^\s<>()?]'
_NESTED = rf'\({_SIGN}++\){_SIGN}*+'
_BALANCED = rf'\((?:{_SIGN}++(?:{_NESTED})?+|{_NESTED})\)'
_PATH = re.compile(rf'/(?:{_SIGN}++|{_BALANCED})*+')
_NOT_LAST = frozenset('!*"\'「」;:=,.$%[]~&|@')
_LETTERS = 'a-zA-Z0-9\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\uffef\U00010000-\U0010fffd'
_QUERY = re.compile(rf"\?(?:[!?*'();:+$%\[\].,~|@\^]*+[_&=#/\-{_LETTERS}]++)++")
_PORT = re.compile(r':[0-9]+')
_WORD = re.compile(r'\S+')
_PRECEDING = re.compile(PRECEDING)
_SCHEMES = ('https://', 'http://')

# Account::MENTION_RE of the server, and what must not follow a mention.
_MENTION = re.compile(r'(?<![=/\w])@([A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)(@\w+(?:[.-]+\w+)*)?')
_NO_MENTION = re.compile(r'[@＠À-ÖØ-öø-ÿĀ-ɏɓɔɖɗəɛɣɨɯɲʉʋʻ̀-ͯḀ-ỿ]|://')


def mastodon_length(text: str, warning: str = '') -> int:
    """The length of a post as a Mastodon server counts it."""
    return int(grapheme.length(warning + _countable(text)))


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


def _addresses(word: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    done = 0
    for chain in chains(word) if '://' in word else ():
        start = _scheme_before(word, chain.start)
        if start < done or (start and not _PRECEDING.match(word, start - 1)):
            continue
        last = chain.last_dot(chain.start)[1]
        if last < 0:
            continue
        domain = word[chain.start : chain.tops[last]]
        if len(domain) <= _LONGEST_DOMAIN and has_good_labels(domain):
            done = _rest(word, chain.tops[last])
            found.append((start, done, 'x' * _ADDRESS_LENGTH))
    return found


def _scheme_before(word: str, place: int) -> int:
    """Where the scheme begins that ends at *place*; -1 where there is none."""
    for scheme in _SCHEMES:
        start = place - len(scheme)
        if start >= 0 and word[start:place].lower() == scheme:
            return start
    return -1


def _rest(word: str, place: int) -> int:
    """Where an address ends whose domain ends at *place*."""
    if port := _PORT.match(word, place):
        place = port.end()
    if path := _PATH.match(word, place):
        end = path.end()
        while end > place + 1 and word[end - 1] in _NOT_LAST:
            end -= 1
        place = end
    query = _QUERY.match(word, place)
    return query.end() if query else place


def _mentions(word: str) -> list[tuple[int, int, str]]:
    return [
        (found.start(), found.end(), '@' + found[1])
        for found in _MENTION.finditer(word)
        if not _NO_MENTION.match(word, found.end()) and len(found[2] or '') <= _LONGEST_DOMAIN + 1
    ]
