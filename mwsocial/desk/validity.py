"""What is wrong with an item before anything is sent: everything that can be known beforehand. Pure.

The rules about the template itself (unknown parameters, braces, markup) are in ``Item.faults``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from mwsocial.channels.base import Abilities, Limits
from mwsocial.desk.files import IMAGES, Files, image_title
from mwsocial.desk.fingerprint import channel_names
from mwsocial.desk.image_rules import file_problems, name_problem
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.times import BadTime, parse_time
from mwsocial.reason import Reason

#: A language code as networks take it: a simple form of BCP 47.
LANGUAGE = re.compile(r'[a-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}')
#: A line that holds only this splits a text into a thread.
SPLIT = '----'
#: The longest thread: each part is a post of its own, with a record and a price of its own.
MOST_PARTS = 25

_BLANK = ' \t\n'
_TOO_LONG = frozenset({'validity-too-long', 'validity-part-too-long'})


@dataclass(frozen=True)
class ChannelFacts:
    """What the rules need to know of an enabled channel.

    ``limits`` is None while the network does not tell them. ``weigh(text, warning)`` is the length as
    the network counts it. ``takes(address)``: whether a post on this network can have that address.
    """

    network: str
    limits: Limits | None
    weigh: Callable[[str, str], int]
    takes: Callable[[str], bool] = lambda address: True
    abilities: Abilities = field(default_factory=Abilities)

    def can(self, kind: str, address: str) -> bool:
        """Whether the post at *address* can be shared (``share``) or answered (``point``) here."""
        able = self.abilities.share if kind == 'share' else self.abilities.point
        return able and self.takes(address)


@dataclass(frozen=True)
class Desk:
    """The desk as the rules see it: enabled channels by name, the names of those switched off, and the
    pre-written sentences by key.
    """

    channels: Mapping[str, ChannelFacts]
    switched_off: frozenset[str] = frozenset()
    pointers: Mapping[str, str] = field(default_factory=dict)
    language: re.Pattern[str] = LANGUAGE


def problems(item: Item, desk: Desk, files: Files | None = None) -> tuple[Reason, ...]:
    """Everything that keeps the whole item from being posted, the most basic first.

    *files*: what the wiki says of the files that it names, as far as that is known.
    """
    rules = (_kinds, _channels, _pointer, _addresses, _texts, _lengths, _images, _times, _language)
    found = [reason for rule in rules for reason in rule(item, desk)]
    return tuple(dict.fromkeys([*found, *_files(item, files or {})]))


def foremost(found: Sequence[Reason]) -> Reason:
    """The one to tell of *found* (not empty): the first.

    Of texts that are too long it is one for each channel: nobody who has shortened a text for the first
    one is to be told of the next.
    """
    first = found[0]
    if first.key not in _TOO_LONG:
        return first
    # Of a thread the first part that is too long will do.
    each: dict[tuple[str, str], Reason] = {}
    for one in found:
        if one.key in _TOO_LONG:
            each.setdefault((one.args[0], one.where), one)
    _, *more = each.values()
    before = first.where
    for number, one in enumerate(more):
        # The name goes before what is said of it once.
        more[number] = replace(one, where='') if one.where == before else one
        before = one.where
    return replace(first, more=tuple(more))


def remarks(item: Item, desk: Desk) -> tuple[Reason, ...]:
    """What an editor may want to know, though the item can be posted."""
    return tuple(dict.fromkeys(_remarks(item, desk)))


def duplicate_ids(queue: Queue) -> frozenset[str]:
    """Ids that more than one item of the page has; which of them keeps it, the history tells."""
    return queue.doubled()


def parts(text: str) -> list[str]:
    """The posts of a thread: *text* split at each line that holds only ``----``, each part trimmed.

    A text without such a line is one part. Parts may be empty: that is a fault (see ``problems``).
    """
    found: list[list[str]] = [[]]
    for line in text.split('\n'):
        if line.strip(' \t') == SPLIT:
            found.append([])
        else:
            found[-1].append(line)
    return ['\n'.join(lines).strip(_BLANK) for lines in found]


def text_for(item: Item, channel: str) -> str:
    """The item's text for one channel: its own where it has one; '' where there is none."""
    return item.content.get(f'text-{channel}') or item.content.get('text', '')


def channels_of(item: Item, desk: Desk) -> tuple[str, ...]:
    """The enabled channels an item goes to, by name: those it lists, or all; for the address of a post,
    those that can share or answer it. None for news alone.
    """
    if not kinds(item):
        return ()
    listed = channel_names(item.content.get('channels', ''))
    names = [name for name in sorted(desk.channels) if not listed or name in listed]
    for kind in ('share', 'point'):
        if address := item.content.get(kind):
            names = [name for name in names if desk.channels[name].can(kind, address)]
    return tuple(names)


def parts_of(item: Item, channel: str) -> list[str]:
    """The posts that the item makes on a channel, in order; one without words for a share or pointer."""
    return parts(text_for(item, channel)) if kinds(item) == ('text',) else ['']


def kinds(item: Item) -> tuple[str, ...]:
    """Which of ``text``, ``share`` and ``point`` the item is; a valid one is one of them at most."""
    content = item.content
    has_text = any(
        name == 'text' or name.startswith('text-') for name, value in content.items() if value
    )
    return (
        *(('text',) if has_text else ()),
        *(one for one in ('share', 'point') if content.get(one)),
    )


def _names(names: Iterable[str]) -> str:
    return ', '.join(sorted(names)) or '–'


def _kinds(item: Item, desk: Desk) -> Iterator[Reason]:
    found = kinds(item)
    if len(found) > 1:
        yield Reason('validity-kinds', (', '.join(found),))
    if not found and not item.content.get('news'):
        yield Reason('validity-nothing')


def _channels(item: Item, desk: Desk) -> Iterator[Reason]:
    known = _names({*desk.channels, *desk.switched_off})
    value = item.content.get('channels', '')
    listed = channel_names(value)
    if value and not listed:
        yield Reason('validity-channels-empty')
    asked = [(name, 'channels') for name in listed]
    asked += [
        (name[len('text-') :], name) for name in sorted(item.content) if name.startswith('text-')
    ]
    for name, where in asked:
        if name == 'news' and where == 'channels':
            yield Reason('validity-channel-news', where=where)
        elif name not in desk.channels and name not in desk.switched_off:
            yield Reason('validity-channel-unknown', (name, known), where)
    on = [name for name in listed if name in desk.channels]
    if kinds(item) and not on and (not desk.channels or set(listed) & desk.switched_off):
        yield Reason('validity-channels-off', (_names(desk.channels),))


def _pointer(item: Item, desk: Desk) -> Iterator[Reason]:
    content = item.content
    pointer = content.get('pointer', '')
    if pointer and not content.get('point'):
        yield Reason('validity-pointer-alone')
    if content.get('point') and not pointer:
        yield Reason('validity-pointer-missing', (_names(desk.pointers),))
    if pointer and pointer not in desk.pointers:
        yield Reason('validity-pointer-unknown', (pointer, _names(desk.pointers)))


def _addresses(item: Item, desk: Desk) -> Iterator[Reason]:
    listed = channel_names(item.content.get('channels', ''))
    for kind in ('share', 'point'):
        address = item.content.get(kind, '')
        if not address:
            continue
        if not _is_address(address):
            yield Reason('validity-address', (address, 'https://'), kind)
            continue
        for name in listed:
            if name in desk.channels and not desk.channels[name].can(kind, address):
                yield Reason('validity-share-channel', (name,), kind)
        if desk.channels and not any(one.can(kind, address) for one in desk.channels.values()):
            yield Reason('validity-share-nowhere', where=kind)


def _is_address(value: str) -> bool:
    if any(character.isspace() or unicodedata.category(character) == 'Cc' for character in value):
        return False
    try:
        address = urlsplit(value)
        _ = address.port
    except ValueError:
        return False
    return (
        address.scheme in ('http', 'https')
        and bool(address.hostname)
        and address.username is None
        and (address.path not in ('', '/') or bool(address.query))
    )


def _texts(item: Item, desk: Desk) -> Iterator[Reason]:
    if kinds(item) == ('text',):
        for channel in channels_of(item, desk):
            if not text_for(item, channel):
                yield Reason('validity-no-text', (channel,))
    for name in sorted(item.content):
        if name == 'text' or name.startswith('text-'):
            thread = parts(item.content[name])
            if len(thread) > MOST_PARTS:
                yield Reason('validity-parts-many', (str(len(thread)), str(MOST_PARTS)), name)
            elif len(thread) > 1 and not all(map(_is_visible, thread)):
                yield Reason('validity-empty-part', where=name)
            elif not any(map(_is_visible, thread)):
                yield Reason('validity-empty-text', where=name)
    if item.content.get('warning') and 'text' not in kinds(item):
        yield Reason('validity-warning-no-text')


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(character)[0] not in 'ZC' for character in text)


def _lengths(item: Item, desk: Desk) -> Iterator[Reason]:
    content = item.content
    for channel in channels_of(item, desk):
        facts = desk.channels[channel]
        if facts.limits is None:
            continue
        where = f'text-{channel}' if content.get(f'text-{channel}') else 'text'
        thread = parts_of(item, channel)
        if len(thread) > 1 and not facts.abilities.threads:
            yield Reason('validity-no-threads', (channel,), where)
        if 'point' in kinds(item):
            where, thread = 'pointer', [desk.pointers.get(content.get('pointer', ''), '')]
        for number, part in enumerate(thread[:MOST_PARTS], 1):
            surplus = facts.weigh(part, content.get('warning', '')) - facts.limits.length
            if surplus > 0 and part:
                key = 'validity-part-too-long' if len(thread) > 1 else 'validity-too-long'
                args = (channel, str(surplus), str(facts.limits.length))
                yield Reason(key, (*args, str(number)) if len(thread) > 1 else args, where)
        for _, alt in IMAGES:
            surplus = len(content.get(alt, '')) - facts.limits.alt_length
            if content.get(alt) and surplus > 0:
                args = (channel, str(surplus), str(facts.limits.alt_length))
                yield Reason('validity-too-long', args, alt)


def _images(item: Item, desk: Desk) -> Iterator[Reason]:
    content = item.content
    given = [image for image, _ in IMAGES if content.get(image)]
    if given and 'text' not in kinds(item):
        yield Reason('validity-image-no-text')
    for place, (image, alt) in enumerate(IMAGES):
        value = content.get(image, '')
        if value and place and not content.get(IMAGES[place - 1][0]):
            yield Reason('validity-image-gap', (image, IMAGES[place - 1][0]))
        if value and not image_title(value):
            yield Reason('validity-image-name', (value, 'File:MediaWiki 1.47.png'), image)
        if value and not _is_visible(content.get(alt, '')):
            yield Reason('validity-alt-missing', (image, alt))
        if content.get(alt) and not value:
            yield Reason('validity-alt-alone', (alt, image))
    for channel in channels_of(item, desk):
        limits = desk.channels[channel].limits
        if limits is not None and len(given) > limits.images:
            yield Reason('validity-images-many', (channel, str(limits.images)))


def _files(item: Item, files: Files) -> Iterator[Reason]:
    for image, _ in IMAGES:
        title = image_title(item.content.get(image, ''))
        wrong = name_problem(title) if title else None
        if wrong:
            yield replace(wrong, where=image)
        elif title in files:
            for reason in file_problems(title, files[title]):
                yield replace(reason, where=image)


def _times(item: Item, desk: Desk) -> Iterator[Reason]:
    times = {}
    for name in ('not-before', 'not-after'):
        if item.content.get(name):
            try:
                times[name] = parse_time(item.content[name])
            except BadTime as bad:
                yield replace(bad.reason, where=name)
    if len(times) > 1 and times['not-before'] >= times['not-after']:
        yield Reason('validity-times-order')


def _language(item: Item, desk: Desk) -> Iterator[Reason]:
    value = item.content.get('language', '')
    if value and not desk.language.fullmatch(value):
        yield Reason('validity-language', (value, 'en'), 'language')


def _remarks(item: Item, desk: Desk) -> Iterator[Reason]:
    listed = channel_names(item.content.get('channels', ''))
    going = channels_of(item, desk)
    for name in sorted(item.content):
        channel = name.removeprefix('text-')
        if name != channel and channel in desk.channels and channel not in going:
            yield Reason('validity-text-unused', (name, channel))
    named = {*listed, *(name[len('text-') :] for name in item.content if name.startswith('text-'))}
    for channel in sorted(named & desk.switched_off):
        yield Reason('validity-channel-off', (channel,))
