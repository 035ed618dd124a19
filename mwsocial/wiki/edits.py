"""Changing items in the page's wikitext: what is meant to change, and not one byte more."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from mwsocial.desk.item import ID, Item, bot_place, is_bot
from mwsocial.wiki.escape import (
    LINE,
    inert_line,
    read_value,
    safe_address,
    safe_value,
    shortened,
)
from mwsocial.wiki.items import (
    MOST_PARAMETERS,
    SPACE,
    WANTED,
    Parameter,
    Placed,
    find_decisions,
    find_items,
    parameters,
    read_queue,
)
from mwsocial.wiki.skeleton import Skeleton, Template, cut

__all__ = ['Change', 'Gone', 'apply', 'read_value', 'remove_decision', 'safe_address', 'safe_value']


#: An item's content, its id among it, as a value that can be looked up.
Content = frozenset[tuple[str, str]]


class Wanted(Protocol):
    """What is to stand on one item: the attributes of ``Change``."""

    @property
    def item(self) -> Item:
        """The item as it was read."""

    @property
    def bot(self) -> Mapping[str, str | None]:
        """Parameters of the bot to set; None or '' removes."""

    @property
    def new_id(self) -> str:
        """An id for an item that has none, or ''."""

    @property
    def fold(self) -> str:
        """The ``approved`` value of a decision to fold in, or ''."""


@dataclass(frozen=True)
class Change:
    """What is to stand on one item; see ``Wanted``.

    An item that has an id is found by it; one without, or one of several with the same id, by its
    number and its content.
    """

    item: Item
    bot: Mapping[str, str | None] = field(default_factory=dict)
    new_id: str = ''
    fold: str = ''


class Gone(LookupError):
    """Items that were to be changed are not on the page any more; ``changes`` are theirs."""

    def __init__(self, changes: Sequence[Wanted]) -> None:
        """*changes*: those that found no item."""
        self.changes = tuple(changes)
        names = ', '.join(one.item.id or f'number {one.item.number}' for one in changes)
        super().__init__(f'not on the page any more: {names}')


def apply(text: str, changes: Sequence[Wanted]) -> str:
    """The page with *changes* made.

    The bot's parameters come to stand last in their item, in their order, one a line; duplicates and
    misplaced ones go. Everything else stays byte for byte. An item that is never closed is left alone
    (nobody can say where it ends), and so is one of a thousand bars or one that would not read back.
    Values must be safe (``safe_value``, ``safe_address``); what could still break out is escaped.

    Raises ``Gone`` where an item is not there, ``ValueError`` for a parameter that is not the bot's, for
    an id of a wrong form, and where the page would not read back as it should.
    """
    placed = find_items(text)
    by_id: dict[str, list[Item]] = {}
    by_form: dict[Content, set[int]] = {}
    for here in placed:
        by_id.setdefault(here.item.id, []).append(here.item)
        by_form.setdefault(_content(here.item), set()).add(here.item.number)
    wanted: dict[int, Change] = {}
    gone: list[Wanted] = []
    for one in changes:
        number = _find(one.item, by_id.get(one.item.id, []), by_form.get(_content(one.item), ()))
        if number is None:
            gone.append(one)
            continue
        was = wanted.get(number, Change(one.item))
        wanted[number] = Change(
            one.item,
            {**was.bot, **{name: _line(name, value) for name, value in one.bot.items()}},
            _checked_id(one.new_id) or was.new_id,
            one.fold or was.fold,
        )
    if gone:
        raise Gone(gone)
    pieces: list[str] = []
    expected: list[Item] = []
    pos = 0
    for number, here in enumerate(placed):
        template, item = here.template, here.item
        if number in wanted and template.closed and len(template.parts) <= MOST_PARAMETERS:
            raw = text[template.start : template.end]
            new, item = _rewrite(raw, here, wanted[number])
            pieces += [text[pos : template.start], new]
            pos = template.end
        expected.append(item)
    page = ''.join([*pieces, text[pos:]])
    if [one.item for one in find_items(page)] != expected:
        raise ValueError('the page would not read back as it was written')
    return page


def _line(name: str, value: str | None) -> str | None:
    if not is_bot(name):
        raise ValueError(f'{name!r} is no parameter of the bot')
    return inert_line(value or '') or None


def _checked_id(new_id: str) -> str:
    if new_id and not ID.fullmatch(new_id):
        raise ValueError(f'{new_id!r} is no id')
    return new_id


def _content(item: Item) -> Content:
    return frozenset(item.content.items())


def _find(item: Item, same: Sequence[Item], alike: Collection[int]) -> int | None:
    # same: the items of its id; alike: the numbers of those that have its content, too
    if item.id and len(same) == 1:
        return same[0].number
    if item.number in alike:
        return item.number
    return next(iter(alike)) if len(alike) == 1 else None


def _rewrite(raw: str, placed: Placed, change: Change) -> tuple[str, Item]:
    # What somebody signed may not fit into the item (its bars): the decision then stays apart.
    params = parameters(raw, placed.template.parts)
    for attempt in (change, replace(change, fold='')):
        new, item = _Rewriting(raw, params, placed.item).make(attempt)
        alone = find_items(new)
        if len(alone) == 1 and alone[0].template.end == len(new):
            # Braces too many are a fault of what follows the item, which is not here.
            faults = tuple(one for one in item.faults if one.key != 'validity-stray')
            if alone[0].item == replace(item, number=0, faults=faults):
                return new, item
    return raw, placed.item


class _Rewriting:
    """One item's template on its way to the new text."""

    def __init__(self, raw: str, params: Sequence[Parameter], item: Item) -> None:
        self.raw = raw
        self.params = params
        self.item = item
        self.head = raw[: params[0].start] if params else raw[:-2]
        #: (kind, text) of each parameter
        self.rows = [(one.kind, raw[one.start : one.end]) for one in params]

    def make(self, change: Change) -> tuple[str, Item]:
        """The new text, and the item it must spell."""
        item = self.item
        # The id comes second: it may add a row before the others.
        if change.fold and self._fold(change.fold):
            item = replace(item, editors={**item.editors, 'approved': change.fold})
        if change.new_id and not item.id and self._give_id(change.new_id):
            item = replace(item, content={**item.content, 'id': change.new_id})
        # Of two, the one that the wiki shows: the last.
        own = {one.name: one.value for one in self.params if one.kind == 'bot'}
        lines = {name: value for name, value in {**own, **change.bot}.items() if value}
        if lines == item.bot and not item.disorder:
            return f'{self.head}{"".join(text for _, text in self.rows)}}}}}', item
        # What others put there moves now, and might meet its other half; it may be of any length.
        lines = {name: inert_line(shortened(value, LINE)) for name, value in lines.items()}
        return self._with_lines(lines), replace(item, bot=lines, disorder=False)

    def _with_lines(self, lines: Mapping[str, str]) -> str:
        _, indent = _line_end(self.raw[:-2])
        before, last = self.head, ''
        for kind, text in self.rows:
            # What a bar split off from a line of the bot must not become somebody's signature.
            if last == 'bot' and kind in ('positional', 'unknown') and not _ends_line(before):
                before += '\n'
            before += '' if kind == 'bot' else text
            last = kind
        before, _ = _line_end(before)
        written = ''.join(
            f'| {name:<10} = {lines[name]}\n' for name in sorted(lines, key=bot_place)
        )
        if written and not before.endswith('\n'):
            before += '\n'
        return f'{before}{written}{indent}}}}}'

    def _give_id(self, new_id: str) -> bool:
        places = [n for n, one in enumerate(self.params) if one.name == 'id']
        if places:
            (kind, text), one = self.rows[places[0]], self.params[places[0]]
            at = one.value_start - one.start
            rest = text[at:].lstrip(' \t')
            space = text[at : len(text) - len(rest)] or ' '
            gap = ' ' if rest.startswith('<') else ''
            self.rows[places[0]] = (kind, f'{text[:at]}{space}{new_id}{gap}{rest}')
            return len(places) == 1
        blank = self.head[len(self.head.rstrip(SPACE)) :]
        self.rows.insert(0, ('content', self._styled('id', new_id) + blank))
        return True

    def _fold(self, value: str) -> bool:
        places = [n for n, one in enumerate(self.params) if one.name == 'approved']
        if len(places) > 1:
            return False
        if places:
            (kind, text), one = self.rows[places[0]], self.params[places[0]]
            at = one.value_start - one.start
            old = text[at:]
            blank = old[len(old.rstrip(SPACE)) :] if old.strip(SPACE) else old.lstrip(' \t')
            space = old[: len(old) - len(old.lstrip(' \t'))] or ('' if old.strip(SPACE) else ' ')
            self.rows[places[0]] = (kind, f'{text[:at]}{space}{value}{blank}')
            return True
        content = [n for n, one in enumerate(self.params) if one.kind == 'content']
        if not content:
            return False
        text = self.rows[content[-1]][1]
        blank = text[len(text.rstrip(SPACE)) :]
        self.rows.insert(content[-1] + 1, ('editors', self._styled('approved', value) + blank))
        return True

    def _styled(self, name: str, value: str) -> str:
        # As the item's first parameter of the content is written, or as the bot's are.
        for one in self.params:
            if one.kind == 'content':
                label = self.raw[one.start + 1 : one.value_start - 1]
                before = label[: len(label) - len(label.lstrip(' \t'))]
                bare = label.rstrip(' \t')
                padded = len(label) > len(bare)
                # One space is no column to keep to.
                width = len(label) - len(before) if len(label) > len(bare) + 1 else 0
                shown = f'{name} '.ljust(width) if padded else name
                after = self.raw[one.value_start : one.end]
                after = after[: len(after) - len(after.lstrip(' '))] or (' ' if padded else '')
                return f'|{before}{shown}={after}{value}'
        return f'| {name:<10} = {value}'


def _ends_line(text: str) -> bool:
    return text.rstrip(' \t').endswith('\n')


def _line_end(text: str) -> tuple[str, str]:
    # The text and the blanks after its last line's end, if there is nothing but blanks.
    bare = text.rstrip(' \t')
    return (bare, text[len(bare) :]) if bare.endswith('\n') else (text, '')


def remove_decision(text: str, *numbers: int) -> str:
    """The page without these decisions, as ``Queue.decisions`` counts them.

    A section in which nothing but its heading would be left goes with it. What is not there or never
    closed is left out; so is everything, if an item would not be the same afterwards.
    """
    skeleton = cut(text, WANTED)
    wanted = set(numbers)
    gone = [one for number, one in enumerate(find_decisions(skeleton)) if number in wanted]
    new = remove_templates(text, skeleton, gone)
    return new if read_queue(new).items == read_queue(text).items else text


def remove_templates(text: str, skeleton: Skeleton, templates: Sequence[Template]) -> str:
    """The page without some *templates* of its *skeleton*; one that is never closed stays.

    A section in which nothing but its heading would be left goes with it.
    """
    gone = sorted((one for one in templates if one.closed), key=_start)
    if not gone:
        return text
    starts = [0, *(heading.start for heading in skeleton.headings), len(text)]
    ends = [0, *(heading.end for heading in skeleton.headings)]
    pieces = []
    for start, words, end in zip(starts, ends, starts[1:], strict=False):
        first, last = (bisect_left(gone, place, key=_start) for place in (start, end))
        pieces.append(_without(text, start, words, end, gone[first:last]))
    return ''.join(pieces)


def _start(template: Template) -> int:
    return template.start


def _without(text: str, start: int, words: int, end: int, gone: Sequence[Template]) -> str:
    # One section, its heading ending at words, without some templates.
    if not gone:
        return text[start:end]
    kept = []
    pos = words
    for one in gone:
        kept.append(text[pos : one.start])
        pos = one.end
    kept.append(text[pos:end])
    if words > start and not ''.join(kept).strip():
        return ''
    # What is kept, and the blanks at its end, which go where a line holds nothing else.
    done: list[str] = []
    blanks: list[str] = []
    for number, after in enumerate([text[start:words] + kept[0], *kept[1:]]):
        follows = after.lstrip(' \t')
        if number and (not done or done[-1].endswith('\n')) and follows[:1] in ('\n', ''):
            # It had its line for itself.
            blanks, after = [], follows.removeprefix('\n')
        bare = after.rstrip(' \t')
        if bare:
            done += [*blanks, bare]
            blanks = []
        blanks.append(after[len(bare) :])
    return ''.join([*done, *blanks])
