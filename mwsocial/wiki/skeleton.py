"""Where templates begin and end on a page, and where their parameters do.

mwparserfromhell is not asked: it guesses where MediaWiki does not (it hides a ``|`` that stands inside a
tag or an external link, and lets a template that is never closed swallow those after it), and its time
grows with the square of what is left open: a vandal's forty kilobytes of ``{{a|`` cost it minutes. Here
the rules are those of MediaWiki's own preprocessor (includes/parser/Preprocessor_Hash.php), in one pass,
in time linear in the page: a template is for the bot exactly what it is for the reader.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property

from mwsocial.wiki.values import EXTENSION_TAGS

#: Tags in which no template counts, though MediaWiki reads on inside them.
APART = ('noinclude', 'onlyinclude', 'translate', 'tvar', 'table')

#: Tags whose content MediaWiki leaves alone.
OPAQUE = tuple(sorted((EXTENSION_TAGS | {'nowiki'}) - set(APART)))

#: A broken page may open this many braces; what is opened beyond is text.
DEEPEST = 20_000
_LONGEST_NAME = 500
# What MediaWiki takes for a space in a title (MediaWikiTitleCodec).
_SPACES = re.compile('[ _\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+')

_BASE = (
    r'^=+|^[ \t:]*\{\||^[ \t]*\|\}'
    rf'|<(?:!--|(?i:{"|".join(OPAQUE)})(?=\s|/?>)|/?(?i:{"|".join(APART)})(?=\s|/?>))'
    r'|-\{(?!\{)|-?\{{2,}|\}{2,}|\}-|\[{2,}|\]{2,}|\|'
)
# ASCII, as in PHP: a long s is no s, and a no-break space no space.
_FLAGS = re.MULTILINE | re.ASCII
_TOKEN = re.compile(_BASE, _FLAGS)
_TOKEN_OR_EQUALS = re.compile(_BASE + '|=', _FLAGS)
_TOKEN_OR_LINE_END = re.compile(_BASE + r'|\n', _FLAGS)
_CLOSING = {tag: re.compile(rf'</{tag}\s*>', re.IGNORECASE | re.ASCII) for tag in OPAQUE}


@dataclass(frozen=True, slots=True)
class Template:
    """One template that counts: ``text[start:end]``.

    ``parts`` are the positions of each parameter's ``|`` and of the ``=`` after its name (-1: it has
    none), counted from ``start``. Without ``closed``, nothing ends it and ``end`` is where its
    name ends. ``stray``: braces follow that close nothing, so it probably ends too early.
    """

    start: int
    end: int
    name: str
    parts: tuple[tuple[int, int], ...] = ()
    closed: bool = True
    stray: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line, ``text[start:end]``, the line's end not included."""

    start: int
    end: int


@dataclass(frozen=True)
class Skeleton:
    """What a page is built of: templates at the top level, headings, and ``used``: the names asked
    for of which some template stands anywhere, even inside another.
    """

    templates: tuple[Template, ...]
    headings: tuple[Heading, ...]
    used: frozenset[str]


def without_comments(text: str) -> str:
    """*text* without its comments; one that is not closed goes to the end. In linear time."""
    kept, pos = [], 0
    while (start := text.find('<!--', pos)) >= 0:
        kept.append(text[pos:start])
        end = text.find('-->', start + 4)
        if end < 0:
            return ''.join(kept)
        pos = end + 3
    return ''.join([*kept, text[pos:]])


def template_name(words: str) -> str:
    """The name in *words* as the wiki understands it: without comments and ``Template:``, ``_`` as a
    space, the first letter a capital.
    """
    name = _SPACES.sub(' ', without_comments(words).strip(' \t\n\r\v\0')).strip(' ')
    prefix, colon, rest = name.partition(':')
    if colon and prefix.rstrip(' ').lower() == 'template':
        name = rest.lstrip(' ')
    return name[:1].upper() + name[1:]


@dataclass(slots=True)
class _Open:
    # Something opened and not yet closed. kind: '{', '[', '-' (for '-{') or '=' (a heading line).
    kind: str
    start: int
    count: int
    prefix: bool = False
    name: str | None = None
    piped: bool = False
    parts: list[tuple[int, int]] = field(default_factory=list)
    seeks_equals: bool = False
    inside: list[Template] = field(default_factory=list)


class _Comments:
    """Where a line ends without the comments at its end, each answer in a moment.

    For every ``<!--``, in one pass, where the text before it ends once the blanks there are gone and
    the comments that end it.
    """

    def __init__(self, text: str) -> None:
        self.starts = [one.start() for one in re.finditer('<!--', text)]
        self.bare: list[int] = []
        self.text = text
        for start in self.starts:
            self.bare.append(self.before(_rstrip(text, start)))

    def before(self, end: int) -> int:
        """The end of ``text[:end]`` without its last comments; 0 where one of them begins nowhere."""
        if not self.text.endswith('-->', 0, end):
            return end
        last = bisect_left(self.starts, end - 3) - 1
        return self.bare[last] if last >= 0 else 0


def _rstrip(text: str, end: int) -> int:
    # The end of text[:end] without its last blanks.
    while end and text[end - 1] in ' \t':
        end -= 1
    return end


def cut(text: str, wanted: Collection[str]) -> Skeleton:
    """Find the templates named in *wanted* (as ``template_name`` gives it) and all headings."""
    return _Cutter(text, frozenset(wanted)).run()


class _Cutter:
    def __init__(self, text: str, wanted: frozenset[str]) -> None:
        self.text = text
        self.wanted = wanted
        self.stack: list[_Open] = []
        self.top: list[Template] = []
        self.headings: list[Heading] = []
        self.used: set[str] = set()
        self.no_more: set[str] = set()
        # Where tables and the like were opened at the top level: (what, len(self.top) then).
        self.apart: list[tuple[str, int]] = []
        # How many of each are open: a page may close a million of what it never opened.
        self.open_apart: Counter[str] = Counter()
        self.heading_since = True

    def run(self) -> Skeleton:
        text = self.text
        pos = 0
        while True:
            last = self.stack[-1] if self.stack else None
            if last is not None and last.kind == '=':
                token = _TOKEN_OR_LINE_END.search(text, pos)
            elif last is not None and last.seeks_equals:
                token = _TOKEN_OR_EQUALS.search(text, pos)
            else:
                token = _TOKEN.search(text, pos)
            if token is None:
                break
            pos = self.take(token.group(), token.start(), token.end(), last)
        if self.stack and self.stack[-1].kind == '=':
            self.end_heading(len(text))
        for broken in self.stack:
            self.top += self.unclosed(broken) + broken.inside
        return Skeleton(tuple(self.top), tuple(self.headings), frozenset(self.used))

    def take(self, mark: str, start: int, end: int, last: _Open | None) -> int:
        # One mark, such as {{ or |: changes the state, returns where to go on.
        first = mark[0]
        if mark == '\n':
            self.end_heading(start)
            return start + 1
        if mark[-1] == '{' and first in '{-':
            return self.open_braces(mark, start, end)
        if first == '[':
            return self.push(_Open('[', start, end - start), end)
        if mark == '|':
            return self.pipe(start, last)
        if first == '<':
            return self.tag(mark, start, end)
        if first == '}':
            return self.close_braces(mark, start, end)
        if first == ']':
            return self.close_links(start, end)
        if first == '=':
            return self.equals(start, end, last)
        # What is left opens or closes a table, or only looks so.
        if last is None:
            if mark.endswith('{|'):
                self.stand_apart('{|')
            else:
                self.leave('{|')
            return end
        bar = start + mark.index('|')
        return self.pipe(bar, last)

    def push(self, opened: _Open, end: int) -> int:
        if len(self.stack) < DEEPEST:
            self.stack.append(opened)
        return end

    def open_braces(self, mark: str, start: int, end: int) -> int:
        if mark == '-{':
            return self.push(_Open('-', start, 2), end)
        prefix = mark[0] == '-'
        return self.push(_Open('{', start + prefix, end - start - prefix, prefix=prefix), end)

    def pipe(self, start: int, last: _Open | None) -> int:
        if last is not None and last.kind in '{-':
            if not last.piped:
                last.piped = True
                if last.name is None and last.kind == '{':
                    last.name = self.wanted_name(last.start + last.count, start)
            # Positions are kept for what is wanted alone: a page may hold a million bars.
            if last.name:
                last.parts.append((start, -1))
            last.seeks_equals = True
        return start + 1

    def equals(self, start: int, end: int, last: _Open | None) -> int:
        at_line_start = start == 0 or self.text[start - 1] == '\n'
        seeks = last is not None and last.seeks_equals
        if seeks and last is not None and (not at_line_start or end - start == 1):
            last.seeks_equals = False
            if last.parts:
                last.parts[-1] = (last.parts[-1][0], start)
            return start + 1
        if at_line_start:
            return self.push(_Open('=', start, end - start), end)
        return end

    def end_heading(self, end: int) -> None:
        # Headings may stand in each other by the thousand: nothing here may cost more for a longer one.
        heading = self.stack.pop()
        bare = _rstrip(self.text, end)
        if self.text.endswith('-->', heading.start, bare):
            bare = self.comments.before(bare)
        real = bare - heading.start > 2 and self.text[bare - 1] == '='
        if real and not self.stack:
            self.headings.append(Heading(heading.start, end))
            self.heading_since = True
        if not real:
            self.home().extend(heading.inside)

    def home(self) -> list[Template]:
        return self.stack[-1].inside if self.stack else self.top

    def close_links(self, start: int, end: int) -> int:
        # A whole run of ]: looked at again after each pair, a long one would take its square.
        while end - start >= 2 and self.stack and self.stack[-1].kind == '[':
            last = self.stack.pop()
            pairs = min(end - start, last.count) // 2
            if last.count - 2 * pairs >= 2:
                self.stack.append(_Open('[', last.start, last.count - 2 * pairs))
            start += 2 * pairs
        return end

    def close_braces(self, mark: str, start: int, end: int) -> int:
        # A whole run of }, for the same reason; of what is left over, one may begin }-.
        start = self.close_some(mark, start, end)
        while end - start >= 2:
            start = self.close_some(mark, start, end)
        return start

    def close_some(self, mark: str, start: int, end: int) -> int:
        # What the next braces of a run close; returns where to go on.
        last = self.stack[-1] if self.stack else None
        if last is None:
            if mark[-1] == '}' and self.top and not self.heading_since:
                self.top[-1] = replace(self.top[-1], stray=True)
                self.heading_since = True
            return end if mark[-1] == '}' else start + 1
        if last.kind == '-':
            if mark[-1] == '-' or self.text[end : end + 1] == '-':
                self.stack.pop()
                return end + (mark[-1] != '-')
            return end
        if last.kind != '{' or mark[-1] == '-':
            return end if mark[-1] == '}' else start + 1
        count = min(end - start, last.count, 3)
        self.stack.pop()
        found = self.template(last, count, start + count) if count == 2 else None
        left = last.count - count
        if found and not self.stack and not left:
            self.heading_since = False
        if left >= 2 or (left == 1 and last.prefix):
            kind, begin, left = ('{', last.start, left) if left >= 2 else ('-', last.start - 1, 2)
            rest = _Open(kind, begin, left, prefix=last.prefix and kind == '{', name='')
            rest.inside += [found] if found else []
            self.stack.append(rest)
        elif found:
            self.home().append(found)
        return start + count

    def template(self, opened: _Open, count: int, end: int) -> Template | None:
        name = opened.name
        if name is None:
            name = self.wanted_name(opened.start + opened.count, end - count)
        if not name:
            return None
        self.used.add(name)
        start = opened.start + opened.count - count
        parts = tuple(
            (bar - start, mark - start if mark >= 0 else -1) for bar, mark in opened.parts
        )
        return Template(start, end, name, parts)

    def wanted_name(self, start: int, end: int) -> str:
        if end - start > _LONGEST_NAME:
            return ''
        name = template_name(self.text[start:end])
        return name if name in self.wanted else ''

    def unclosed(self, opened: _Open) -> list[Template]:
        if opened.kind != '{' or opened.count == 3 or opened.name == '':
            return []
        start = opened.start + opened.count
        line_end = self.text.find('\n', start, start + _LONGEST_NAME)
        end = line_end if line_end >= 0 else start + _LONGEST_NAME
        for bracket in '|{}[]':
            at = self.text.find(bracket, start, end)
            end = at if at >= 0 else end
        end = min(end, len(self.text))
        name = opened.name or self.wanted_name(start, end)
        begin = start - 2
        return [Template(begin, end, name, closed=False)] if name else []

    def stand_apart(self, what: str) -> None:
        self.apart.append((what, len(self.top)))
        self.open_apart[what] += 1

    def leave(self, what: str) -> None:
        if not self.open_apart[what]:
            return
        opened = ''
        while opened != what:
            opened, before = self.apart.pop()
            self.open_apart[opened] -= 1
            del self.top[before:]
        self.heading_since = True

    @cached_property
    def comments(self) -> _Comments:
        return _Comments(self.text)

    def tag(self, mark: str, start: int, end: int) -> int:
        text = self.text
        if mark == '<!--':
            close = text.find('-->', end)
            return len(text) if close < 0 else close + 3
        name = mark.strip('</').lower()
        bracket = -1 if '>' in self.no_more else text.find('>', end)
        if bracket < 0:
            self.no_more.add('>')
            return start + 1
        if name in APART:
            if not self.stack and mark[1] == '/':
                self.leave(name)
            elif not self.stack and text[bracket - 1] != '/':
                self.stand_apart(name)
            return bracket + 1
        if text[bracket - 1] == '/':
            return bracket + 1
        closing = None if name in self.no_more else _CLOSING[name].search(text, bracket + 1)
        if closing:
            return closing.end()
        if name == 'includeonly':
            return len(text)
        self.no_more.add(name)
        return bracket + 1
