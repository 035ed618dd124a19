"""Extension:Translate's rules for page source, as an independent check of what we write.

Written from the extension's documented behaviour and sharing nothing with ``mwsocial``: text is cut
at tags by plain string search, units are gathered line by line. Two questions: would the wiki save
this page at all (:func:`errors`), and did an edit silently damage what is marked (:func:`damage`)?
"""

from __future__ import annotations

from dataclasses import dataclass

OPENERS = ('<translate>', '<translate nowrap>')
CLOSER = '</translate>'
SPACES = ' \t\n\r\f\v'


@dataclass(frozen=True)
class Unit:
    """A unit with its marker's id (None without one), and its exact text, marker included."""

    ident: str | None
    text: str


class Broken(Exception):
    """The wiki would not save the page; the message is the extension's error key."""


def units(text: str) -> list[Unit]:
    """The translation units of *text*; raises Broken with the first error."""
    found = []
    for content in _contents(text):
        found += [_unit(chunk) for chunk in _chunks(content)]
    return found


def errors(text: str) -> str:
    """The key of the error with which the wiki refuses *text*, or an empty string."""
    try:
        units(text)
    except Broken as error:
        return str(error)
    return ''


def damage(before: str, after: str) -> list[str]:
    """What an edit that only adds did to marked units: empty if nothing."""
    old = [unit for unit in units(before) if unit.ident is not None]
    new = [unit for unit in units(after) if unit.ident is not None]
    news = {unit.ident: unit.text for unit in new}
    found = []
    if len(news) != len(new):
        found.append('a marker stands twice')
    for unit in old:
        now = news.get(unit.ident)
        if now is None:
            found.append(f'marker {unit.ident} is gone')
        elif now != unit.text:
            swallowed = len(now) > len(unit.text) and _within(unit.text, now)
            found.append(f'unit {unit.ident} {"swallowed text" if swallowed else "changed"}')
    known = {unit.ident for unit in old}
    found += [f'marker {unit.ident} is new' for unit in new if unit.ident not in known]
    if not found and [unit.ident for unit in old] != [unit.ident for unit in new]:
        found.append('markers changed places')
    return found


def _contents(text: str) -> list[str]:
    """What stands between translate tags; tags in nowiki do not count, but markers there do."""
    found = []
    at = 0
    opened: int | None = None
    trouble = ''
    while at < len(text):
        if text[at] != '<':
            step = text.find('<', at)
            at = len(text) if step < 0 else step
            continue
        if text.startswith('<nowiki>', at) and '</nowiki>' in text[at:]:
            at = text.index('</nowiki>', at) + len('</nowiki>')
            continue
        opener = next((tag for tag in OPENERS if text.startswith(tag, at)), None)
        if opener:
            if opened is not None:
                raise Broken('pt-parse-nested')
            at += len(opener)
            opened = at
        elif text.startswith(CLOSER, at):
            if opened is None:
                trouble = 'pt-parse-close'
            else:
                found.append(text[opened:at])
            opened = None
            at += len(CLOSER)
        else:
            at += 1
    if opened is not None:
        raise Broken('pt-parse-open')
    if trouble:
        raise Broken(trouble)
    return found


def _chunks(content: str) -> list[str]:
    """Units are separated by white space with two line breaks in a row in it."""
    chunks = []
    chunk = ''
    gap = ''
    for sign in content:
        if sign in SPACES:
            gap += sign
            continue
        if chunk and '\n\n' in gap:
            chunks.append(chunk)
            chunk = ''
        elif chunk:
            chunk += gap
        gap = ''
        chunk += sign
    return [*chunks, chunk] if chunk else chunks


def _unit(chunk: str) -> Unit:
    markers = []
    for line in chunk.split('\n'):
        rest = line
        while '<!--T:' in rest:
            ident, close, after = rest.partition('<!--T:')[2].partition('-->')
            if not close:
                break
            markers.append(ident)
            rest = after
    if not markers:
        return Unit(None, chunk)
    if len(markers) > 1:
        raise Broken('pt-shake-multiple')
    ident = markers[0]
    if not ident:
        raise Broken('pt-shake-empty-marker')
    marker = f'<!--T:{ident}-->'
    left, _, right = chunk.partition(marker)
    first = not left and right[:1] in (' ', '\n')
    last_on_line = right == '' or right[0] == '\n'
    if not (first or last_on_line):
        raise Broken('pt-shake-position')
    if not (left + right).strip(SPACES):
        raise Broken('pt-shake-empty')
    return Unit(ident, chunk)


def _within(part: str, whole: str) -> bool:
    """Whether *part* is left when something is taken out of *whole*."""
    signs = iter(whole)
    return all(sign in signs for sign in part)
