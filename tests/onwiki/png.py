"""Just enough PNG (W3C, Portable Network Graphics) to make small pictures."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator

_HEAD = b'\x89PNG\r\n\x1a\n'


def _chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return struct.pack('>I', len(data)) + body + struct.pack('>I', zlib.crc32(body))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_HEAD)
    while at < len(png):
        (length,) = struct.unpack('>I', png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def write(width: int, height: int, rows: Iterable[bytes], palette: bytes = b'') -> bytes:
    """A picture of rows of pixels: RGB, or numbers of the colours in *palette*."""
    head = struct.pack('>IIBBBBB', width, height, 8, 3 if palette else 2, 0, 0, 0)
    data = zlib.compress(b''.join(b'\0' + row for row in rows), 9)
    colours = _chunk(b'PLTE', palette) if palette else b''
    return _HEAD + _chunk(b'IHDR', head) + colours + _chunk(b'IDAT', data) + _chunk(b'IEND', b'')


def _rows(png: bytes) -> tuple[int, list[bytes]]:
    """The width and the rows of an RGB picture."""
    chunks = list(_chunks(png))
    width, height, *rest = struct.unpack('>IIBBBBB', chunks[0][1])
    if rest != [8, 2, 0, 0, 0]:
        raise ValueError('not a picture as Chromium makes it')
    raw = zlib.decompress(b''.join(data for name, data in chunks if name == b'IDAT'))
    size = width * 3
    rows: list[bytes] = []
    above = bytearray(size)
    for number in range(height):
        start = number * (size + 1)
        row = bytearray(raw[start + 1 : start + 1 + size])
        how = raw[start]
        for i in range(size):
            left, up = (row[i - 3] if i > 2 else 0), above[i]
            if how == 1:
                row[i] = row[i] + left & 255
            elif how == 2:
                row[i] = row[i] + up & 255
            elif how == 3:
                row[i] = row[i] + (left + up) // 2 & 255
            elif how == 4:
                corner = above[i - 3] if i > 2 else 0
                guess = left + up - corner
                nearest = min((left, up, corner), key=lambda one: abs(guess - one))
                row[i] = row[i] + nearest & 255
        rows.append(bytes(row))
        above = row
    return width, rows


def small(png: bytes) -> bytes:
    """An RGB picture with no more than 256 colours: a third of its size, for a screen of text."""
    width, rows = _rows(png)
    pixels: Counter[bytes] = Counter()
    for row in rows:
        pixels.update(row[i : i + 3] for i in range(0, len(row), 3))
    rough: Counter[bytes] = Counter()
    for colour, count in pixels.items():
        rough[_rounded(colour)] += count
    palette = [colour for colour, _ in rough.most_common(256)]
    places = {colour: _nearest(_rounded(colour), palette) for colour in pixels}
    packed = (bytes(places[row[i : i + 3]] for i in range(0, len(row), 3)) for row in rows)
    return write(width, len(rows), packed, b''.join(palette))


def _rounded(colour: bytes) -> bytes:
    return bytes(min(255, (value + 5) // 11 * 11) if value < 250 else 255 for value in colour)


def _nearest(colour: bytes, palette: list[bytes]) -> int:
    def far(place: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(colour, palette[place], strict=True))

    return min(range(len(palette)), key=far)
