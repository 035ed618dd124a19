"""Decisions that a fuzzer takes by its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar('T')


class Choices:
    """Reads *data* as decisions. Where it is at its end, every decision is the first one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, below: int) -> int:
        """A number from 0; *below* at most 65536."""
        width = 1 if below <= 256 else 2
        piece = self._data[self._at : self._at + width]
        self._at += width
        return int.from_bytes(piece, 'big') % below

    def one_of(self, things: Sequence[T]) -> T:
        """One of *things*."""
        return things[self.number(len(things))]

    def bytes(self, most: int) -> bytes:
        """Some of the bytes themselves."""
        count = self.number(most + 1)
        piece = self._data[self._at : self._at + count]
        self._at += count
        return piece
