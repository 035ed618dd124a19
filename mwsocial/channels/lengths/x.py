"""How long a text is on X: 280 at the most, weighed as twitter-text does (configuration 3, and X's page
"Counting characters"). Pure, and linear whatever the text.

The text is put into NFC; an address weighs 23, with or without a scheme; an emoji 2; of what is left,
characters of the ranges that configuration 3 names weigh 1, and all others 2. Where addresses begin and
end, twitter-text's own JavaScript is followed to the letter, in UTF-16 units as there.

The count is never less than that of twitter-text 3.1.0 (``tests/cases/lengths.json`` has what it says).
It can be more where X may know more by now: for emoji newer than Unicode 11, which weigh as their parts,
and for newer top-level domains: then it is the greater of the counts with them and without.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from mwsocial.channels.lengths.domains import (
    PRECEDING,
    Chain,
    chains,
    has_good_labels,
    newer_pattern,
)
from mwsocial.channels.lengths.x_emoji import SEQUENCE
from mwsocial.normal import nfc

ADDRESS_WEIGHT = 23
_EMOJI_WEIGHT = 2
_LONGEST_ADDRESS = 4096
_LONGEST_SLUG = 40
_SCHEME = 'https://'

_HEAVY = re.compile('[^\x00-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]')
#: Latin letters with accents, and what a JavaScript expression takes for one without regard to case.
ACCENTED = (
    '\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0260\u0263\u0268\u0269\u026f'
    '\u0272\u0275\u0280\u0283\u0288-\u028c\u0292\u02bb\u0300-\u036f\u0399\u03b9\u1e00-\u1eff\u1fbe'
    '\u2c65\u2c66\u2c7e\u2c7f\ua7dc'
)
_LETTERS = f'a-zA-Z0-9\u0400-\u04ff\u1c80-\u1c87{ACCENTED}'
# Signs that may stand within a path, but not at its end; nothing here ever backtracks far.
_WITHIN = "[!*';:,.$%\\[\\]~@|&\u2013]"
_AT_END = f'[+\\-=_#/{_LETTERS}]'
_SIGN = f"[!*';:,.$%\\[\\]~@|&\u2013+\\-=_#/{_LETTERS}]"
_BALANCED = rf'\({_SIGN}*+(?:(?<!\()\)|\({_SIGN}++\){_SIGN}*+\))'
# Brackets at the very end belong to the path only right after a sign that may end it.
_PATH = re.compile(rf'/(?:(?:{_WITHIN}|{_BALANCED})*+{_AT_END})*+(?:{_BALANCED})*+')
_QUERY = re.compile(r"\?(?:[!?*'@();:+$%\[\].,~|]*+[a-zA-Z0-9\-_&=#/]++)++")
_PORT = re.compile(':[0-9]+')
_TCO = re.compile(
    r"https?://t\.co/([a-z0-9]+)(?:\?(?:[!?*'@();:+$%\[\].,~|]*+[a-z0-9\-_&=#/]++)++)?", re.I | re.A
)
_START = re.compile(f'(?<={PRECEDING})[^._\\-]')
_PRECEDING = re.compile(PRECEDING)
_ASCII_NAME = re.compile(f'[-a-zA-Z0-9{ACCENTED}]+')


def x_length(text: str, warning: str = '') -> int:
    """The weighted length of a post on X. A content warning is no text there."""
    text = nfc(text)
    length = _weigh(text, newer=False)
    if newer_pattern().search(text):
        return max(length, _weigh(text, newer=True))
    return length


def x_addresses(text: str) -> list[tuple[int, int]]:
    """What X takes for addresses, as (start, end) in *text* after NFC, in order, each once. A post that
    holds one costs more.
    """
    text = nfc(text)
    newer = newer_pattern().search(text) is not None
    return [(start, end) for start, end, _ in _spans(text, newer)]


def _weigh(text: str, newer: bool) -> int:
    total, place = 0, 0
    events = [(start, end, ADDRESS_WEIGHT + extra) for start, end, extra in _spans(text, newer)]
    if not text.isascii() or '\u20e3' in text:
        events += [(*found.span(), _EMOJI_WEIGHT) for found in SEQUENCE.finditer(text)]
        events.sort()
    for start, end, weight in events:
        if start >= place:
            total += _plain(text[place:start]) + weight
            place = end
    return total + _plain(text[place:])


def _plain(text: str) -> int:
    return len(text) if text.isascii() else len(text) + len(_HEAVY.findall(text))


def _spans(text: str, newer: bool) -> list[tuple[int, int, int]]:
    """Addresses as (start, end, extra weight) in code points, none beginning within another."""
    if '.' not in text:
        return []
    units = text
    if astral := [place for place, char in enumerate(text) if char > '\uffff']:
        raw = text.encode('utf-16-le', 'surrogatepass')
        units = ''.join(map(chr, memoryview(raw).cast('H')))
    spans: list[tuple[int, int, int]] = []
    # Where the pairs of units are, each counted among the units before it.
    pairs = [place + number for number, place in enumerate(astral)]
    for start, length in _Finder(units, newer).all():
        if spans and start < spans[-1][1]:
            continue
        spans.append((start, start + length, 0))
    if not pairs:
        return spans
    return [_in_points(pairs, start, end) for start, end, _ in spans]


def _in_points(pairs: list[int], start: int, end: int) -> tuple[int, int, int]:
    """A span of units as one of code points. If it ends within a pair, the other half weighs 2 more."""
    before, until = bisect_left(pairs, start), bisect_left(pairs, end)
    if until and pairs[until - 1] + 1 == end:
        return start - before, end - until + 1, 2
    return start - before, end - until, 0


class _Finder:
    """Addresses in a text of UTF-16 units, each as (start, length)."""

    def __init__(self, units: str, newer: bool) -> None:
        self._text, self._newer = units, newer
        #: where the next match may begin
        self._done = 0

    def all(self) -> Iterator[tuple[int, int]]:
        """All addresses, in order."""
        for chain in chains(self._text, self._newer):
            while chain.end > self._done:
                start, at, dots = self._next(chain)
                if dots[1] < 0:
                    break
                yield from self._address(chain, start, at, dots)

    def _next(self, chain: Chain) -> tuple[int, int, tuple[int, int]]:
        """The next match in a chain: where it begins, where its domain does, and the domain's dots."""
        at = chain.start
        for scheme in (_SCHEME, 'http://'):
            start = at - len(scheme)
            if start < 0 or self._text[start:at].lower() != scheme:
                continue
            free = start == 0 == self._done or (
                start > self._done and _PRECEDING.match(self._text, start - 1)
            )
            if free and (dots := chain.last_dot(at))[1] >= 0:
                return start, at, dots
        if at == self._done == 0:
            # The expression tries the second character first.
            if _PRECEDING.match(self._text) and self._text[1:2] not in ('', '.', '_', '-'):
                dots = chain.last_dot(1)
                if dots[1] >= 0:
                    return 1, 1, dots
            if (dots := chain.last_dot(0))[1] >= 0:
                return 0, 0, dots
        place = max(at, self._done + 1)
        while found := _START.search(self._text, place, chain.end):
            place = found.start()
            dots = chain.last_dot(place)
            if dots[1] >= 0:
                return place, place, dots
            if dots[0] == len(chain.dots):
                break
            place = chain.dots[dots[0]] if chain.is_hopeless(dots[0]) else place + 1
        return 0, 0, (0, -1)

    def _address(
        self, chain: Chain, start: int, at: int, dots: tuple[int, int]
    ) -> Iterator[tuple[int, int]]:
        text, after = self._text, chain.tops[dots[1]]
        end, has_path = after, False
        if port := _PORT.match(text, end):
            end = port.end()
        if path := _PATH.match(text, end):
            end, has_path = path.end(), True
        if query := _QUERY.match(text, end):
            end = query.end()
        self._done = end
        scheme = at - start
        if (scheme or len(_SCHEME)) + end - start > _LONGEST_ADDRESS:
            return
        names = list(self._ascii(chain, at, after, dots))
        if not has_good_labels(text[at:after]) or (text.startswith('xn--', at) and not names):
            return
        if scheme:
            short = _TCO.match(text, start, end)
            if not short:
                yield start, end - start
            elif len(short[1]) <= _LONGEST_SLUG:
                yield start, short.end() - start
        elif not start or text[start - 1] not in '-_./':
            yield from ((first, last - first) for first, last in names[:-1])
            for first, last in names[-1:]:
                yield first, last - first + (end - after if has_path else 0)

    def _ascii(
        self, chain: Chain, at: int, after: int, dots: tuple[int, int]
    ) -> Iterator[tuple[int, int]]:
        """The domains of plain letters within a domain: only these are addresses without a scheme."""
        number, place, last = dots[0], at, dots[1]
        while number <= last:
            first = self._name_start(place, chain.dots[number])
            end = number
            if first < chain.dots[number]:
                while end < last and _ASCII_NAME.fullmatch(
                    self._text, chain.dots[end] + 1, chain.dots[end + 1]
                ):
                    end += 1
                for dot in range(end, number - 1, -1):
                    if chain.tops[dot]:
                        place, end = chain.tops[dot], dot
                        yield first, place
                        break
            number = end + 1
            if number <= last:
                place = max(place, chain.dots[end] + 1)

    def _name_start(self, place: int, dot: int) -> int:
        """Where the plain letters begin that stand right before a dot; the dot where there are none."""
        for found in _ASCII_NAME.finditer(self._text, place, dot):
            if found.end() == dot:
                return found.start()
        return dot
