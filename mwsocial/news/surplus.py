"""Old news: the date groups that a page is not to keep, and the page without them.

A translation unit goes whole, with its marker, or not at all (Help:Extension:Translate/Page translation
administration: a marker is deleted together with its text). What stands between groups stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mwsocial.news.read import read_with_structure
from mwsocial.news.rules import check_entry
from mwsocial.news.structure import Structure
from mwsocial.news.units import marked, read_units
from mwsocial.news.values import Entry, Group, NewsPage, Refused
from mwsocial.reason import Reason

_MARKUP = re.compile(
    r'<!--.*?-->|</?translate(?: nowrap)?>|</?tvar\b[^<>]*>|<tvar\|[^<>]*>|</>', re.DOTALL
)
_NOWIKI = re.compile(r'(<nowiki>.*?</nowiki>)', re.DOTALL)


@dataclass(frozen=True)
class Taken:
    """The page without its oldest groups, and their entries, oldest day first, as wikitext without
    translation markup; of one day the last on the page first, so that put in one after another above
    each other they stand as they stood.
    """

    text: str
    entries: tuple[Entry, ...]


def take_surplus(text: str, groups: int) -> Taken | Refused:
    """Take the date groups of *text* beyond the newest *groups* out; nothing to take is an empty
    ``Taken``.

    Refused where the page is not recognised, where its newest group does not stand first, where an
    entry has lines of its own below it, and where a translation unit holds more than what goes.
    Raises ValueError if *groups* < 1.
    """
    if groups < 1:
        raise ValueError(f'groups must be 1 or more, not {groups}')
    page, structure = read_with_structure(text)
    if page.trouble:
        return Refused(page.trouble)
    gone = page.groups[groups:]
    if not gone:
        return Taken(text, ())
    dates = [group.date for group in page.groups]
    if dates != sorted(dates, reverse=True):
        return Refused(Reason('news-order', (gone[0].date.isoformat(),)))
    entries: list[Entry] = []
    for group in reversed(gone):
        found = _entries(group)
        if isinstance(found, Reason):
            return Refused(found)
        entries += found
    spans = []
    for group in gone:
        span = _span(structure, group)
        if span is None:
            return Refused(Reason('news-surplus-unit', (group.date.isoformat(),)))
        spans.append(span)
    after = text
    for start, end in reversed(spans):
        after = _without(after, start, end)
    if not _sound(page, after, groups, [text[start:end] for start, end in spans]):
        return Refused(Reason('news-unsafe'))
    return Taken(after, tuple(entries))


def bare(wikitext: str) -> str:
    """*wikitext* without comments and translation markup; emphasis, links and all else stay."""
    pieces = _NOWIKI.split(wikitext)
    pieces[::2] = [_MARKUP.sub('', piece) for piece in pieces[::2]]
    return ' '.join(''.join(pieces).split(' ')).strip(' \t\n')


def _entries(group: Group) -> list[Entry] | Reason:
    found = []
    day = group.date.isoformat()
    if group.date != group.last:
        return Reason('news-surplus-range', (day, group.last.isoformat()))
    for item in reversed(group.items):
        words = bare(item.content)
        if '\n' in words:
            return Reason('news-surplus-lines', (day,))
        trouble = check_entry(words)
        if trouble:
            return trouble
        found.append(Entry(day, words, group.date))
    return found


def _span(structure: Structure, group: Group) -> tuple[int, int] | None:
    """What goes with *group*: whole lines, and each translation unit whole; None where one of them
    holds something else.
    """
    text = structure.text
    start, end = group.start, group.end
    for unit in structure.units:
        if unit.end <= start or unit.start >= end:
            continue
        if unit.start < start and not structure.hidden(unit.start, start):
            return None
        if unit.end > end and not structure.hidden(end, unit.end):
            return None
        start, end = min(start, unit.start), max(end, unit.end)
    for inner, stop in structure.regions:
        if stop < start or inner > end:
            continue
        before = inner >= start or structure.hidden(inner, start)
        after = stop <= end or structure.hidden(end, stop)
        if before and after:
            # Nothing else is in these tags.
            start = min(start, text.rfind('<translate', 0, inner))
            end = max(end, stop + len('</translate>'))
        elif inner > start or stop < end:
            return None
    # Whole lines, where nothing else stands on them.
    line, stop = text.rfind('\n', 0, start) + 1, text.find('\n', end)
    stop = len(text) if stop < 0 else stop
    if not text[line:start].strip(' \t') and not text[end:stop].strip(' \t'):
        return line, stop
    return start, end


def _without(text: str, start: int, end: int) -> str:
    """*text* without a span of whole lines, and without the blank line that would be left twice."""
    before, after = text[:start], text[end:]
    if before.endswith('\n') or not before:
        after = after.removeprefix('\n')
    if before.endswith('\n\n') and after.startswith(('\n', '</translate>')):
        before = before[:-1]
    if not after.strip('\n') and not text.endswith('\n'):
        before, after = before.rstrip('\n'), ''
    return before + after


def _sound(page: NewsPage, after: str, groups: int, spans: list[str]) -> bool:
    """Whether *after* holds just the newest groups, byte for byte, and all markers but those that
    went.
    """
    found = read_with_structure(after)[0]
    if found.trouble or found.shape != page.shape or read_units(after)[2]:
        return False
    kept = [(one.date, one.last, [item.raw for item in one.items]) for one in page.groups[:groups]]
    if kept != [(one.date, one.last, [item.raw for item in one.items]) for one in found.groups]:
        return False
    whole = '\n'.join(spans)
    old = [one for one in marked(page.text) if one[0] not in whole]
    return old == marked(after)
