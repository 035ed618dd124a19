"""Where networks see the domain of an address in a text: the rule of twitter-text, which X and Mastodon
both use. Pure, and linear whatever the text: anybody may put any text on a wiki page.

A domain is labels with dots between them that end in a known top-level domain. Twitter-text says it as
one regular expression that tries every start with every end; here a run of characters that can
belong to a domain is looked at once, from its end to its start, and then answers for every start.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from importlib import resources

SPACES = (
    '\\x09-\\x0d\\x20\\x85\\xa0\\u1680\\u180e\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
)
_PUNCTUATION = "!'#%&()*+,\\\\:;<=>?@\\[\\]^{|}~$/"
_INVALID = '\\ufffe\\ufeff\\uffff'
_DIRECTIONS = '\\u202a-\\u202e\\u061c\\u200e\\u200f\\u2066-\\u2069'
#: What must not stand before an address: letters and digits of ASCII, and what makes it something else.
PRECEDING = f'[^A-Za-z0-9@＠$#＃{_INVALID}]'

_CHAIN = re.compile(f'[^{_PUNCTUATION}{SPACES}{_INVALID}{_DIRECTIONS}]+')
_LETTERS = re.compile('[A-Za-z]*')
_PUNYCODE = re.compile('[xX][nN]--[-0-9a-zA-Z]+')
_GOES_ON = re.compile('[0-9a-zA-Z@+-]')
_SEPARATORS = re.compile('[.\u3002\uff0e\uff61]')
_LONGEST_LABEL = 63


def canonical(char: str) -> str:
    """How a regular expression of JavaScript compares a character without regard to case."""
    upper = char.upper()
    return char if len(upper) != 1 or (ord(char) > 127 > ord(upper)) else upper


@cache
def top_level_domains(newer: bool = False) -> frozenset[str]:
    """The top-level domains, each character in its canonical form; *newer*: with those that twitter-text
    3.1.0 does not know yet.
    """
    file = resources.files('mwsocial.channels.lengths').joinpath('domains.json')
    lists: dict[str, str] = json.loads(file.read_text('utf-8'))
    names = (lists['known'] + (' ' + lists['newer'] if newer else '')).split()
    return frozenset(''.join(map(canonical, name)) for name in names)


@cache
def newer_pattern() -> re.Pattern[str]:
    """What a text must hold for the newer top-level domains to make a difference."""
    names = sorted(top_level_domains(True) - top_level_domains())
    return re.compile(rf'\.(?:{"|".join(names)})', re.I)


def _top_level(text: str, at: int, newer: bool) -> int:
    """Where the top-level domain ends that begins at *at*; 0 where none does."""
    known = top_level_domains(newer)
    letters = _LETTERS.match(text, at)
    end = letters.end() if letters else at
    if text[end : end + 1] > '\x7f':
        name = ''.join(map(canonical, text[at : at + _longest()]))
        for size in range(len(name), 0, -1):
            if name[:size] in known and not _GOES_ON.match(text, at + size):
                return at + size
    elif text[at:end].upper() in known and not _GOES_ON.match(text, end):
        return end
    punycode = _PUNYCODE.match(text, at)
    return punycode.end() if punycode else 0


@cache
def _longest() -> int:
    return max(map(len, top_level_domains(True)))


class Chain:
    """A run of characters that can belong to a domain: *start* to *end* in *text*.

    ``dots`` are the places of its dots; for each of them ``tops`` is where the top-level domain after it
    ends, or 0, and ``farthest`` the number of the last dot that a domain can go on to from there, or -1.
    """

    def __init__(self, text: str, start: int, end: int, newer: bool) -> None:
        self.text, self.start, self.end = text, start, end
        self.dots = [found.start() for found in re.compile(r'\.').finditer(text, start, end)]
        self.tops = [_top_level(text, dot + 1, newer) for dot in self.dots]
        self.farthest = [-1] * len(self.dots)
        for number in range(len(self.dots) - 2, -1, -1):
            if not self._is_label(self.dots[number] + 1, number + 1):
                continue
            onward = self.farthest[number + 1]
            if onward < 0 and self._ends(self.dots[number] + 1, number + 1):
                onward = number + 1
            self.farthest[number] = onward

    def last_dot(self, at: int) -> tuple[int, int]:
        """The numbers of the first and the last dot of the domain that begins at *at*; the last one is
        -1 where none begins.
        """
        first = bisect_left(self.dots, at)
        if first == len(self.dots) or not self._is_label(at, first):
            return first, -1
        if self.farthest[first] >= 0:
            return first, self.farthest[first]
        return first, first if self._ends(at, first) else -1

    def is_hopeless(self, number: int) -> bool:
        """Whether no domain begins in the label before this dot, wherever in it."""
        nowhere = self.farthest[number] < 0 and not self.tops[number]
        return nowhere or self.text[self.dots[number] - 1] in '._-'

    def _is_label(self, at: int, number: int) -> bool:
        dot = self.dots[number]
        return at < dot and self.text[at] not in '._-' and self.text[dot - 1] not in '_-'

    def _ends(self, at: int, number: int) -> bool:
        """Whether the label from *at* to this dot may stand before a top-level domain that is there."""
        if not self.tops[number]:
            return False
        return self.text.find('_', at, self.dots[number]) < 0


def chains(text: str, newer: bool = False) -> Iterator[Chain]:
    """The runs of *text* in which a domain can be."""
    for found in _CHAIN.finditer(text):
        if '.' in found[0]:
            chain = Chain(text, found.start(), found.end(), newer)
            if any(chain.tops):
                yield chain


def has_good_labels(domain: str) -> bool:
    """Whether every label of *domain* has 1 to 63 characters as it would be asked for (RFC 3492)."""
    return all(0 < _asked_for(label) <= _LONGEST_LABEL for label in domain.split('.'))


def _asked_for(label: str) -> int:
    # A character is one or two units; a name never gets shorter.
    if len(label) > 2 * _LONGEST_LABEL:
        return len(label)
    parts = _SEPARATORS.split(label)
    return sum(_encoded(part) for part in parts) + len(parts) - 1


def _encoded(label: str) -> int:
    """The length of a label in ASCII: as it is, or in punycode with its prefix."""
    if all(char < '\x7f' for char in label):
        return len(label)
    joined = label.encode('utf-16-le', 'surrogatepass').decode('utf-16-le', 'surrogatepass')
    if len(joined) > _LONGEST_LABEL:
        return len(joined)
    return len('xn--') + _punycode(list(map(ord, joined)))


def _punycode(points: list[int]) -> int:
    """The length of the encoding of *points* (RFC 3492, section 6.3)."""
    done = sum(point < 0x80 for point in points)
    length = done + (1 if done else 0)
    basic, current, delta, bias = done, 0x80, 0, 72
    while done < len(points):
        following = min(point for point in points if point >= current)
        delta += (following - current) * (done + 1)
        current = following
        for point in points:
            if point < current:
                delta += 1
            elif point == current:
                digits, rest, base = 1, delta, 36
                while rest >= (least := min(max(base - bias, 1), 26)):
                    rest = (rest - least) // (36 - least)
                    base += 36
                    digits += 1
                length += digits
                bias = _adapted(delta, done + 1, done == basic)
                delta = 0
                done += 1
        delta += 1
        current += 1
    return length


def _adapted(delta: int, count: int, first: bool) -> int:
    delta = delta // 700 if first else delta // 2
    delta += delta // count
    steps = 0
    while delta > 455:
        delta //= 35
        steps += 36
    return steps + 36 * delta // (delta + 38)
