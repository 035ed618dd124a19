"""Correcting an entry that was put in before."""

from __future__ import annotations

from mwsocial.news.read import read_with_structure
from mwsocial.news.rules import check_entry
from mwsocial.news.structure import Structure
from mwsocial.news.units import marked
from mwsocial.news.values import Entry, Item, Refused, Replaced
from mwsocial.reason import Reason


def replace(text: str, old: Entry, new: Entry) -> Replaced | Refused:
    """*text* with *new*'s words where *old*'s stand, its date and everything else as they are.

    Refused unless *old* stands there exactly once and byte for byte, and when a translation marker
    covers it: a changed unit makes every translation outdated, which is a person's decision.
    """
    page, structure = read_with_structure(text)
    if page.trouble:
        return Refused(page.trouble)
    words, wanted = new.text.strip(' \t'), old.text.strip(' \t')
    trouble = check_entry(words)
    if trouble:
        return Refused(trouble, new.key)
    places = [at for i in page.items if (at := place_of(structure, i, wanted)) is not None]
    if len(places) != 1:
        key = 'news-replace-twice' if places else 'news-replace-missing'
        return Refused(Reason(key), old.key)
    start, end = places[0], places[0] + len(wanted)
    if any(unit.marker and unit.start <= start <= unit.end for unit in structure.units):
        return Refused(Reason('news-replace-marked'), old.key)
    after = text[:start] + words + text[end:]
    found = read_with_structure(after)[0]
    before_items = [i.plain for i in page.items if place_of(structure, i, wanted) is None]
    after_items = [i.plain for i in found.items]
    if (
        found.trouble
        or marked(after) != marked(text)
        or len(after_items) != len(before_items) + 1
        or not any(i.headline_is(words) for i in found.items)
        or not set(before_items) <= set(after_items)
    ):
        return Refused(Reason('news-unsafe'), new.key)
    return Replaced(after)


def place_of(structure: Structure, item: Item, wanted: str) -> int | None:
    """Where *wanted* (trimmed) stands as the whole text of *item*'s line, or None."""
    if not wanted:
        return None
    start = structure.text.find(wanted, item.content_start, item.end)
    if start < 0 or not structure.hidden(item.content_start, start):
        return None
    end = start + len(wanted)
    line_end = structure.mask.find('\n', end, item.end)
    rest = item.end if line_end < 0 else line_end
    return start if structure.hidden(end, rest) else None
