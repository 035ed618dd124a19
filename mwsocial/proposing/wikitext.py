"""An item as wikitext: whatever strangers have written in it stays words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mwsocial.desk.item import Item, content_place
from mwsocial.wiki.escape import LINE, inert_line, safe_value, shortened
from mwsocial.wiki.items import find_items, read_queue

#: Characters of a section's title.
TITLE = 60

_ACTIVE = r"[&<>\[\]{}|'~_＿=]|(?<=\w):(?=\S)|^[*#:;\-]|(?<=ISBN|PMID) |(?<=RFC) "
# An address in which nothing has an effect but being an address. It holds no other one that could be
# tried from its parenthesis on: ten thousands of them in a row would take the square of their number.
_ADDRESS = (
    r'(?<![^\s(])https?://'
    r'(?:[A-Za-z0-9./:%?#+,@!$)*;=&-]|\((?!https?://)|_(?!_))+(?=\s|$)'
)
_SOME = re.compile(_ACTIVE, re.MULTILINE)
_BOTH = re.compile(f'({_ADDRESS})|(?:{_ACTIVE})', re.MULTILINE)
_ENTITIES = {'&': '&amp;', '<': '&lt;', '>': '&gt;'}


def encode(value: str, *, addresses: bool = True) -> str:
    """Plain text as wikitext that ``values.resolve`` reads back as just that text, and that has no
    effect where it stands. Without *addresses*, nothing in it is one that a spam filter would find.
    """
    if addresses:
        return _BOTH.sub(
            lambda found: found[1].replace('&', '&amp;') if found[1] else _entity(found[0]), value
        )
    return _SOME.sub(lambda found: _entity(found[0]), value)


def _entity(sign: str) -> str:
    return _ENTITIES.get(sign, f'&#{ord(sign)};')


def item_wikitext(
    content: Mapping[str, str],
    *,
    comment: str = '',
    hold: str = '',
    decision: bool = False,
    addresses: bool = True,
) -> str:
    """An item's template: *content* by name in plain text, but ``news`` in wikitext.

    *comment* and *hold* may hold links of the wiki, and nothing else that has an effect; they are cut at
    ``LINE`` characters. *decision*: with an empty line to decide on.
    """
    lines = []
    for name in sorted(content, key=lambda name: content_place(name) or (999, name)):
        value = content[name]
        lines.append((name, value if name == 'news' else encode(value, addresses=addresses)))
    beside = (('comment', comment), ('hold', hold))
    lines += [(name, inert_line(shortened(value, LINE))) for name, value in beside]
    rows = [f'| {name:<10} = {value}' for name, value in lines if value]
    rows += ['| decision   ='] * decision
    return '\n'.join(['{{Social media item', *rows, '}}'])


def section(title: str, item: str) -> str:
    """A section with one item, to stand at the end of a page. *title*: plain words."""
    words = title if len(title) <= TITLE else title[: TITLE - 1].rstrip() + '…'
    return f'\n\n== {safe_value(words)} ==\n{item}'


def title_of(content: Mapping[str, str]) -> str:
    """A section's title for an item: the first words of its text, without addresses."""
    words = content.get('text') or next(
        (value for name, value in content.items() if name.startswith('text-')), ''
    )
    bare = ' '.join(re.sub(r'https?://\S+', '', words).split())
    return bare or content.get('id', '') or 'Item'


def items_of(text: str) -> list[Item]:
    """The items of a page."""
    return [placed.item for placed in find_items(text)]


def reads_back(before: str, after: str, content: Mapping[str, str]) -> bool:
    """Whether *after* is *before* with one more item at its end, of just this content."""
    old, new = items_of(before), items_of(after)
    return (
        len(new) == len(old) + 1
        and new[:-1] == old
        and dict(new[-1].content) == dict(content)
        and not new[-1].faults
        and read_queue(after).stopped == read_queue(before).stopped
    )
