"""Taking an entry out that was put in before."""

from __future__ import annotations

from mwsocial.news.read import read_with_structure
from mwsocial.news.replace import place_of
from mwsocial.news.units import marked
from mwsocial.news.values import Entry, Refused, Replaced
from mwsocial.reason import Reason


def remove(text: str, old: Entry) -> Replaced | Refused:
    """*text* without *old*'s line; a date that has no other entry goes with it.

    Refused unless *old* stands there exactly once and byte for byte, when a translation marker covers it,
    and when anything else would change with it: then a person must do it.
    """
    page, structure = read_with_structure(text)
    if page.trouble:
        return Refused(page.trouble)
    wanted = old.text.strip(' \t')
    places = [
        (group, item)
        for group in page.groups
        for item in group.items
        if place_of(structure, item, wanted) is not None
    ]
    if len(places) != 1:
        key = 'news-replace-twice' if places else 'news-replace-missing'
        return Refused(Reason(key), old.key)
    group, item = places[0]
    if any(unit.marker and unit.start <= item.start <= unit.end for unit in structure.units):
        return Refused(Reason('news-replace-marked'), old.key)
    alone = len(group.items) == 1
    start = text.rfind('\n', 0, group.start if alone else item.start) + 1
    end = text.find('\n', item.end)
    # The last line of a page has no line end of its own: the one before it goes.
    cut = (start, end + 1) if end >= 0 else (max(0, start - 1), len(text))
    after = text[: cut[0]] + text[cut[1] :]
    found = read_with_structure(after)[0]
    kept = [one.plain for one in page.items if one is not item]
    if found.trouble or marked(after) != marked(text) or [one.plain for one in found.items] != kept:
        return Refused(Reason('news-unsafe'), old.key)
    return Replaced(after)
