"""The queue page as items and decisions: from wikitext to values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from mwsocial.desk.item import ID, Decision, Item, Queue, content_place, is_bot, is_editors
from mwsocial.reason import Reason
from mwsocial.wiki.skeleton import Skeleton, Template, cut, without_comments
from mwsocial.wiki.values import Resolved, resolve, resolve_wikitext

ITEM = 'Social media item'
DECISION = 'Social media decision'
DECIDE = 'decision'
STOPS = frozenset({'Social media stop', 'Stop'})
WANTED = STOPS | {ITEM, DECISION}

#: MediaWiki trims these from a named parameter (PHP's trim).
SPACE = ' \t\n\r\v\0'

#: An item with more bars than this is not read: it is no item that somebody wrote.
MOST_PARAMETERS = 1000
#: Templates no longer than this are remembered from one revision to the next.
_REMEMBERED = 4000


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a template: ``raw[start:end]`` with its ``|``; ``name`` is '' for one without.

    ``kind``: ``content``, ``editors``, ``bot``, ``unknown`` or ``positional``. ``value`` is what
    stands from ``value_start`` on, trimmed, otherwise raw.
    """

    name: str
    kind: str
    start: int
    end: int
    value_start: int
    value: str


@dataclass(frozen=True, slots=True)
class Placed:
    """An item and where on the page it stands."""

    template: Template
    item: Item


def read_queue(text: str) -> Queue:
    """What a revision of the queue page holds.

    Items and decisions count at the top level of the page and inside plain HTML; not in comments,
    ``<nowiki>``, extension tags, links, tables, headings or other templates. A stop counts wherever
    the wiki shows it.
    """
    skeleton = cut(text, WANTED)
    items = tuple(placed.item for placed in _place(text, skeleton))
    known = {item.id: item for item in reversed(items)}
    decisions = tuple(
        replace(_read_decision(text[one.start : one.end], one, known), number=number)
        for number, one in enumerate(find_decisions(skeleton))
    )
    return Queue(items, decisions, bool(skeleton.used & STOPS))


def find_items(text: str) -> list[Placed]:
    """The page's items with their places, in the page's order."""
    return list(_place(text, cut(text, WANTED)))


def find_decisions(skeleton: Skeleton) -> list[Template]:
    """The page's decision templates, in the page's order."""
    return [one for one in skeleton.templates if one.name == DECISION]


def _place(text: str, skeleton: Skeleton) -> Iterator[Placed]:
    line, counted = 1, 0
    templates = (one for one in skeleton.templates if one.name == ITEM)
    for number, one in enumerate(templates):
        line += text.count('\n', counted, one.start)
        counted = one.start
        yield Placed(one, replace(_item(text, one), number=number, line=line))


def _item(text: str, template: Template) -> Item:
    if not template.closed:
        return Item(0, {}, faults=(Reason('validity-unclosed', ('}}',)),))
    if len(template.parts) > MOST_PARAMETERS:
        return Item(0, {}, faults=(Reason('validity-bar', ('|', '{{!}}')),))
    raw = text[template.start : template.end]
    read = _read_item_again if len(raw) <= _REMEMBERED else _read_item
    item = read(raw, template.parts)
    if template.stray:
        return replace(item, faults=(*item.faults, Reason('validity-stray', ('}}',))))
    return item


def _kind(name: str) -> str:
    if content_place(name) is not None:
        return 'content'
    # On the page of suggestions people decide with one more parameter; elsewhere it says nothing.
    if is_editors(name) or name == DECIDE:
        return 'editors'
    return 'bot' if is_bot(name) else 'unknown'


def parameters(raw: str, parts: tuple[tuple[int, int], ...]) -> list[Parameter]:
    """The parameters of the template ``raw``, which ``skeleton.cut`` has cut into *parts*.

    What a ``|`` splits off after a signed parameter belongs to it, as long as it stands on the same
    line: signatures hold bars.
    """
    ends = [*(bar for bar, _ in parts[1:]), len(raw) - 2]
    # name, kind, start, end, where the value begins
    found: list[tuple[str, str, int, int, int]] = []
    # Without a parameter there is still one end.
    for (start, equals), end in zip(parts, ends, strict=False):
        name = without_comments(raw[start + 1 : equals]).strip(SPACE) if equals >= 0 else ''
        kind = _kind(name) if equals >= 0 else 'positional'
        if kind in ('positional', 'unknown') and found and found[-1][1] == 'editors':
            signed = found[-1]
            if not _begins_line(raw, start, signed[4]):
                found[-1] = (*signed[:3], end, signed[4])
                continue
        found.append((name, kind, start, end, (equals if equals >= 0 else start) + 1))
    return [Parameter(*one, raw[one[4] : one[3]].strip(SPACE)) for one in found]


def _begins_line(raw: str, pos: int, first: int) -> bool:
    # Whether nothing but white space stands before pos on its line, from first on.
    while pos > first and raw[pos - 1] in SPACE:
        pos -= 1
        if raw[pos] == '\n':
            return True
    return False


def _read_item(raw: str, parts: tuple[tuple[int, int], ...]) -> Item:
    content: dict[str, str] = {}
    editors: dict[str, str] = {}
    bot: dict[str, list[str]] = {}
    faults: list[Reason] = []
    seen: set[str] = set()
    before = ''
    bot_seen = disorder = False
    for one in parameters(raw, parts):
        if one.kind == 'bot':
            disorder = disorder or one.name in bot
            bot.setdefault(one.name, []).append(one.value)
            bot_seen = True
            continue
        disorder = disorder or bot_seen
        if one.kind in ('unknown', 'positional'):
            faults.append(_foreign(one, before))
            continue
        if one.name in seen:
            faults.append(Reason('validity-twice', (one.name,)))
        seen.add(one.name)
        before = one.name
        if one.kind == 'editors':
            editors[one.name] = one.value
            continue
        resolved = _resolve(one)
        faults += [replace(fault, where=fault.where or one.name) for fault in resolved.faults]
        content[one.name] = resolved.value
    if content.get('id') and not ID.fullmatch(content['id']):
        # An id of another form is none: it must not get into summaries and links.
        faults.append(Reason('validity-id', (content.pop('id'),)))
    return Item(
        0,
        {name: value for name, value in content.items() if value},
        {name: value for name, value in editors.items() if value},
        {name: value for name, values in bot.items() if (value := _bot_value(values))},
        tuple(dict.fromkeys(faults)),
        disorder,
    )


_read_item_again = lru_cache(maxsize=4096)(_read_item)


def _resolve(one: Parameter) -> Resolved:
    return resolve_wikitext(one.value) if one.name == 'news' else resolve(one.value)


def _bot_value(values: list[str]) -> str:
    different = list(dict.fromkeys(value for value in values if value))
    if len(different) > 1:
        return 'twice: ' + ' / '.join(different)
    return different[0] if different else ''


def _foreign(one: Parameter, before: str) -> Reason:
    if one.kind == 'unknown':
        return Reason('validity-unknown', (one.name, '|', '{{!}}'))
    return Reason('validity-bar', ('|', '{{!}}'), where=before)


def _read_decision(raw: str, template: Template, known: Mapping[str, Item]) -> Decision:
    if not template.closed:
        return Decision(0, '', '', (Reason('validity-unclosed', ('}}',)),))
    if len(template.parts) > MOST_PARAMETERS:
        return Decision(0, '', '', (Reason('validity-bar', ('|', '{{!}}')),))
    values: dict[str, str] = {}
    faults: list[Reason] = []
    words: dict[str, str] = {}
    for one in parameters(raw, template.parts):
        if one.kind == 'content' and one.name != 'id':
            # The form puts them there for its preview.
            faults += [Reason('validity-twice', (one.name,))] * (one.name in words)
            words[one.name] = _resolve(one).value
        elif one.name not in ('id', 'approved'):
            faults.append(
                _foreign(one, '')
                if one.kind == 'positional'
                else Reason('validity-decision-parameter', (one.name,))
            )
        elif one.name in values:
            faults.append(Reason('validity-twice', (one.name,)))
        elif one.name == 'approved':
            values['approved'] = one.value
        else:
            resolved = _resolve(one)
            faults += [replace(fault, where=fault.where or 'id') for fault in resolved.faults]
            values['id'] = resolved.value
    item_id = values.get('id', '')
    if not ID.fullmatch(item_id):
        faults.append(Reason('validity-id', (item_id,)))
        item_id = ''
    if template.stray:
        faults.append(Reason('validity-stray', ('}}',)))
    if any(words.values()) and not _same(words, known.get(item_id)):
        faults.append(Reason('validity-decision-words', (item_id,)))
    return Decision(0, item_id, values.get('approved', ''), tuple(dict.fromkeys(faults)))


def _same(words: Mapping[str, str], item: Item | None) -> bool:
    """Whether the words that a decision shows are those of its item."""
    if item is None:
        return False
    shown = {name: value for name, value in words.items() if value}
    # A thousand decisions may name one item of a thousand parameters: the sizes are asked first.
    return len(shown) == len(item.content) - ('id' in item.content) and all(
        item.content.get(name) == value for name, value in shown.items()
    )
