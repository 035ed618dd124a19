"""The page of suggestions: what stands on it, and a new text for it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from mwsocial.desk.item import Item
from mwsocial.proposing.wikitext import item_wikitext, items_of, reads_back, section
from mwsocial.wiki.edits import Change, apply, remove_templates
from mwsocial.wiki.items import ITEM, WANTED, Placed, find_items
from mwsocial.wiki.skeleton import cut

#: Around the lines that say where the sources stand.
OPEN = '<!-- mwsocial:cursors (the bot believes its own last version of these lines) -->'
CLOSE = '<!-- /mwsocial:cursors -->'
#: How many of the suggestions that the wiki refused are named there.
REFUSED = 5

_CURSOR = re.compile(r'^\* ([a-z0-9][a-z0-9-]{0,79}): ([A-Za-z0-9.:-]{1,40})$', re.MULTILINE)


@dataclass(frozen=True)
class New:
    """A suggestion as it goes onto the page."""

    id: str
    title: str
    content: Mapping[str, str]
    comment: str


@dataclass(frozen=True)
class Changes:
    """What is to change on the page. ``remove``: by id what had been decided about it (people's lines):
    what somebody decides meanwhile keeps it on the page. ``notes``: by id, '' takes one away.
    """

    add: tuple[New, ...] = ()
    remove: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    cursors: Mapping[str, str] = field(default_factory=dict)


def suggestions(text: str) -> list[Item]:
    """The items of the page."""
    return items_of(text)


def doubled(items: list[Item]) -> frozenset[str]:
    """The ids that more than one item has."""
    counted = Counter(item.id for item in items if item.id)
    return frozenset(one for one, count in counted.items() if count > 1)


def changed(text: str, changes: Changes, *, addresses: bool = True) -> str:
    """The page with *changes* made, as far as they still apply; all else stays byte for byte.

    Of a suggestion whose id stands there already, or that does not read back as it was meant, nothing
    is added. *addresses* as in ``wikitext.encode``.
    """
    text = _without(text, changes.remove)
    text = _noted(text, changes.notes)
    cursors = read_cursors(text)
    wanted = {**cursors, **changes.cursors}
    if wanted != cursors:
        text = _with_cursors(text, wanted)
    there = {item.id for item in suggestions(text)}
    for new in changes.add:
        if new.id in there:
            continue
        item = item_wikitext(new.content, comment=new.comment, decision=True, addresses=addresses)
        longer = text.rstrip() + section(new.title, item)
        if reads_back(text, longer, new.content):
            text = longer
            there.add(new.id)
    return text


def _without(text: str, ids: Mapping[str, Mapping[str, str]]) -> str:
    if not ids:
        return text
    skeleton = cut(text, WANTED)
    items = [one for one in skeleton.templates if one.name == ITEM]
    placed: list[Placed] = find_items(text)
    gone = [
        template
        for template, one in zip(items, placed, strict=True)
        if template.closed and one.item.id in ids and one.item.editors == ids[one.item.id]
    ]
    return remove_templates(text, skeleton, gone)


def _noted(text: str, notes: Mapping[str, str]) -> str:
    for item in suggestions(text):
        note = notes.get(item.id)
        if item.id and note is not None and item.bot.get('note', '') != note:
            try:
                text = apply(text, [Change(item, {'note': note})])
            except (LookupError, ValueError):
                continue
    return text


def read_cursors(text: str) -> dict[str, str]:
    """Where the sources stand, as a text of the page says it."""
    start = text.find(OPEN)
    end = text.find(CLOSE, start)
    if start < 0 or end < 0:
        return {}
    return dict(_CURSOR.findall(text[start:end]))


def _with_cursors(text: str, cursors: Mapping[str, str]) -> str:
    refused = sorted(
        (name for name in cursors if name.startswith('refused-')),
        key=lambda name: (cursors[name], name),
    )
    kept = {name: value for name, value in cursors.items() if name not in refused[:-REFUSED]}
    lines = [f'* {name}: {kept[name]}' for name in sorted(kept)]
    lines = [line for line in lines if _CURSOR.fullmatch(line)]
    block = '\n'.join([OPEN, 'Where the sources stand:', *lines, CLOSE])
    start = text.find(OPEN)
    end = text.find(CLOSE, start)
    if start >= 0 and end >= 0:
        return text[:start] + block + text[end + len(CLOSE) :]
    headings = cut(text, WANTED).headings
    place = headings[0].start if headings else len(text)
    before, after = text[:place].rstrip(), text[place:]
    return '\n\n'.join(filter(None, (before, block, after)))
