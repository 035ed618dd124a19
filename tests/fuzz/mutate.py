"""Inputs made of good ones, by number: the same number gives the same input."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.fuzz.targets import Target

TIMES = (2, 30, 1000)


def made(target: Target, seeds: Sequence[bytes], number: int) -> bytes:
    """The input of *number*: first the good ones as they are, then ever other changes of them."""
    if number < len(seeds):
        return seeds[number]
    dice = random.Random(number)
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.choice((1, 1, 2, 3, 5, 8, 20))):
        _change(dice, data, target.words)
    return bytes(data[: target.most])


def _change(dice: random.Random, data: bytearray, words: Sequence[str]) -> None:
    at = dice.randrange(len(data) + 1)
    word = dice.choice(words).encode() if dice.random() < 0.7 else bytes([dice.randrange(256)])
    what = dice.randrange(6)
    if what == 0:
        data[at:at] = word
    elif what == 1:
        data[at : at + len(word)] = word
    elif what == 2:
        del data[at : at + dice.randrange(1, 30)]
    elif what == 3:
        data[at:at] = word * dice.choice(TIMES)
    elif what == 4:
        other = dice.randrange(len(data) + 1)
        data[at:at] = data[min(at, other) : max(at, other)][:300]
    else:
        del data[at:]
