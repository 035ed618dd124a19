"""What a parameter of an item says: from its wikitext to the value that is approved and posted.

``Module:Social media/values`` does the same on the wiki, from the arguments that MediaWiki gives to a
module. Where this module finds no fault, that one finds none either and has the same value: a shared
table of cases runs through both. So the rules are MediaWiki's own (includes/parser/
Preprocessor_Hash.php, Sanitizer.php, CoreTagHooks.php), read in one pass: mwparserfromhell keeps the
line of a comment that stands alone, guesses at what is left open, and takes bare addresses and list
signs for markup; its time also grows with the square of what is left open.
"""

from __future__ import annotations

import html.entities
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from mwsocial.normal import nfc
from mwsocial.reason import Reason

#: Tags that MediaWiki takes out of the text before all else: core's, those of extensions in use at
#: Wikimedia, the include tags and those of Extension:Translate.
EXTENSION_TAGS = frozenset({
    'pre', 'gallery', 'indicator', 'langconvert', 'includeonly', 'noinclude', 'onlyinclude',
    'translate', 'tvar', 'languages', 'categorytree', 'ce', 'charinsert', 'chart', 'chem',
    'choose', 'doctree', 'dynamicpagelist', 'feedback', 'forum', 'graph', 'hiero', 'html',
    'imagemap', 'inputbox', 'listing', 'mapframe', 'maplink', 'math', 'pagelist', 'pagequality',
    'pages', 'phonos', 'poem', 'quiz', 'randomimage', 'ref', 'references', 'rss', 'score',
    'section', 'seo', 'source', 'syntaxhighlight', 'talkpage', 'templatedata', 'templatestyles',
    'thread', 'timeline', 'widget',
})  # fmt: skip
#: HTML tags that MediaWiki lets through (Sanitizer::getRecognizedTagData), and those that can only
#: be meant as HTML.
HTML_TAGS = frozenset({
    'abbr', 'b', 'bdi', 'bdo', 'big', 'blockquote', 'br', 'caption', 'center', 'cite', 'code',
    'data', 'dd', 'del', 'dfn', 'div', 'dl', 'dt', 'em', 'font', 'h1', 'h2', 'h3', 'h4', 'h5',
    'h6', 'hr', 'i', 'ins', 'kbd', 'li', 'link', 'mark', 'meta', 'ol', 'p', 'q', 'rb', 'rp', 'rt',
    'rtc', 'ruby', 's', 'samp', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'table', 'td',
    'th', 'time', 'tr', 'tt', 'u', 'ul', 'var', 'wbr', 'a', 'iframe', 'img', 'script', 'style',
})  # fmt: skip
#: Behaviour switches that count only in capitals, and those that count in any case.
SWITCHES = frozenset({
    'EXPECTUNUSEDCATEGORY', 'EXPECTUNUSEDTEMPLATE', 'HIDDENCAT', 'INDEX', 'NEWSECTIONLINK',
    'NOINDEX', 'NONEWSECTIONLINK', 'STATICREDIRECT',
})  # fmt: skip
SWITCHES_ANY_CASE = frozenset({
    'ARCHIVEDTALK', 'DISAMBIG', 'EXPECTED_UNCONNECTED_PAGE', 'FORCETOC', 'NOCC',
    'NOCONTENTCONVERT', 'NOEDITSECTION', 'NOGALLERY', 'NOGLOBAL', 'NOTC', 'NOTITLECONVERT',
    'NOTOC', 'TOC',
})  # fmt: skip
#: What begins an address in single brackets ($wgUrlProtocols).
PROTOCOLS = frozenset({
    'bitcoin:', 'ftp://', 'ftps://', 'geo:', 'git://', 'gopher://', 'http://', 'https://',
    'irc://', 'ircs://', 'magnet:', 'mailto:', 'matrix:', 'mms://', 'news:', 'nntp://',
    'redis://', 'sftp://', 'sip:', 'sips:', 'sms:', 'ssh://', 'svn://', 'tel:', 'telnet://',
    'urn:', 'worldwind://', 'xmpp:', '//',
})  # fmt: skip

#: The named entities that are resolved in plain text.
ENTITIES = {'lt': '<', 'gt': '>', 'amp': '&', 'quot': '"', 'nbsp': '\u00a0'}

#: What is quoted of a fault, in characters.
_QUOTED = 40
# Stands for the content of a <nowiki> while markup is looked for; it cannot occur itself.
_HIDDEN = '\0'

# ASCII, as in PHP: a Kelvin sign is no k, a no-break space no space.
_MARK = re.compile(r'<!--|<(?i:nowiki)(?=\s|/?>)|\{{2,}|\}+|\[{2,}|\]+|\||\n', re.ASCII)
_MAGIC = re.compile(r'\{\{(?:[ \t\n]*(!)|[ \t]*(=))[ \t\n]*\}\}')
_NOWIKI_END = re.compile(r'</nowiki\s*>', re.IGNORECASE | re.ASCII)
_BLANKS = re.compile(r'[ \t]*')
# A value ends where a blank or a line end may follow.
_TAG = re.compile(r'<(/?)([A-Za-z][A-Za-z0-9-]*)(?=[\s/>]|\Z)([^<>]*>)?', re.ASCII)
_LINK = re.compile(
    rf'\[(?i:{"|".join(map(re.escape, sorted(PROTOCOLS)))})[^\]<>"\0-\x20\x7f]', re.ASCII
)
_SWITCH = re.compile(
    rf'__(?:{"|".join(sorted(SWITCHES))}|(?i:{"|".join(sorted(SWITCHES_ANY_CASE))}))__', re.ASCII
)
# MediaWiki needs the semicolon, and takes any letters of any script for a name.
_ENTITY = re.compile(
    '&(?:([A-Za-z0-9\x80-\U0010ffff]+)|#([0-9]+)|#[xX]([0-9A-Fa-f]+));'
)  # fmt: skip
_FORBIDDEN = re.compile(
    '[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]'
)  # fmt: skip


@dataclass(frozen=True)
class Resolved:
    """The value of a parameter; with ``faults`` it is only what could be made of it."""

    value: str
    faults: tuple[Reason, ...] = ()


def resolve(wikitext: str) -> Resolved:
    """The plain text in *wikitext*: all that stands between a parameter's ``=`` and its end.

    Comments go (one that is alone on its line takes the line along), ``{{!}}`` and ``{{=}}`` become
    ``|`` and ``=``, what is in ``<nowiki>`` is text, entities are decoded once; then NFC, and space,
    tab and newline are trimmed. All else that MediaWiki would not show as it stands is a fault.
    """
    scan = _Scan(wikitext)
    faults = [*scan.faults, *_risks(scan.text), *_tags(scan.text, HTML_TAGS)]
    faults += _markup(scan.text)
    decoded, wrong = _decode(scan.filled(scan.hidden))
    faults += [*wrong, *_characters(decoded)]
    return _resolved(decoded, faults)


def resolve_wikitext(wikitext: str) -> Resolved:
    """The wikitext in *wikitext*, for a parameter that stays wikitext (``news``).

    As ``resolve``, but markup and entities stay, and so does ``<nowiki>``, in one fixed form.
    """
    scan = _Scan(wikitext)
    value = scan.filled([_nowiki(inside) for inside in scan.hidden])
    faults = [*scan.faults, *scan.open_links(), *_risks(scan.text), *_tags(scan.text)]
    faults += [*_signature(scan.text), *_characters(_decode(value)[0])]
    resolved = _resolved(value, faults)
    if not resolved.faults:
        # What only a removed comment kept apart must not become markup where the value is used.
        again = _Scan(resolved.value)
        same = again.filled([_nowiki(inside) for inside in again.hidden]) == resolved.value
        new = [fault for fault in again.faults if fault.key != 'values-pipe']
        if new or not same or again.open_links():
            return Resolved(resolved.value, (Reason('values-composed', ('<!--', '-->')),))
    return resolved


def _resolved(value: str, faults: list[Reason]) -> Resolved:
    first = {fault.key: fault for fault in reversed(faults)}
    if first.keys() & {'values-template', 'values-argument'}:
        # Said already.
        faults = [fault for fault in faults if fault.key != 'values-braces']
    value = nfc(value).strip(' \t\n')
    return Resolved(value, tuple(first[key] for key in dict.fromkeys(f.key for f in faults)))


def _nowiki(inside: str) -> str:
    # As MediaWiki's own tag hook hands it on: a module cannot see more (CoreTagHooks::nowiki).
    for sign, entity in (('<', '&lt;'), ('>', '&gt;'), ('-{', '-&#123;'), ('}-', '&#125;-')):
        inside = inside.replace(sign, entity)
    return f'<nowiki>{inside}</nowiki>' if inside else '<nowiki/>'


@dataclass
class _Scan:
    # One pass of MediaWiki's preprocessor over a value. Afterwards text holds what is left, with
    # _HIDDEN for each <nowiki>, whose contents are in hidden.
    raw: str
    text: str = ''
    hidden: list[str] = field(default_factory=list)
    faults: list[Reason] = field(default_factory=list)
    # What is open: ('{' or '[', how many), or ('=', 0) for a line that may be a heading.
    stack: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        # A forged strip marker would matter even where nobody sees it, such as in a tag's attribute.
        for sign in (_HIDDEN, '\x7f'):
            self.faults += _characters(sign) if sign in self.raw else ()
        self.raw = self.raw.replace(_HIDDEN, '\ufffd').replace('\r\n', '\n').replace('\r', '\n')
        self.out: list[str] = []
        # Where the next > is (-1: nowhere), and whether there may be a closing tag further on: what is
        # far away, or not there, is sought once.
        self.bracket = 0
        self.closings = True
        pos = 0
        while mark := _MARK.search(self.raw, pos):
            self.out.append(self.raw[pos : mark.start()])
            pos = self.take(mark.group(), mark.start(), mark.end())
        self.out.append(self.raw[pos:])
        self.text = ''.join(self.out)
        if any(kind == '{' for kind, _ in self.stack):
            self.faults.append(Reason('values-braces', ('{{', '}}', '<nowiki>')))

    def filled(self, hidden: list[str]) -> str:
        pieces = self.text.split(_HIDDEN)
        for number, inside in enumerate(hidden):
            pieces[number] += inside
        return ''.join(pieces)

    def open_links(self) -> list[Reason]:
        found = any(kind == '[' for kind, _ in self.stack)
        return [Reason('values-brackets', ('[[', ']]'))] if found else []

    def take(self, mark: str, start: int, end: int) -> int:
        # Deals with one mark; returns where to go on.
        if mark == '<!--':
            return self.comment(start, end)
        if mark[0] == '<':
            return self.nowiki(start, end)
        if mark[0] == '{' and (magic := _MAGIC.match(self.raw, start)) and len(mark) == 2:
            self.out.append('|' if magic[1] else '=')
            return magic.end()
        self.out.append(mark)
        if mark == '\n':
            if self.stack and self.stack[-1][0] == '=':
                self.stack.pop()
            self.line_start(end)
        elif mark == '|':
            if not self.stack:
                self.faults.append(Reason('values-pipe', ('|', '{{!}}')))
        elif mark[0] in '}]':
            self.close('{' if mark[0] == '}' else '[', len(mark))
        else:
            self.stack.append((mark[0], len(mark)))
            if mark[0] == '{':
                self.braces(start, end)
        return end

    def line_start(self, pos: int) -> None:
        # In a line that may be a heading, neither | nor }} ends anything.
        if self.raw.startswith('=', pos):
            self.stack.append(('=', 0))

    def braces(self, start: int, end: int) -> None:
        name = re.split(r'[{}|\n]', self.raw[end : end + _QUOTED], maxsplit=1)[0].strip()
        if end - start == 2:
            args = (f'{{{{{name}}}}}', '{{!}}', '{{=}}')
            self.faults.append(Reason('values-template', args))
        else:
            self.faults.append(Reason('values-argument', ('{{{', '<nowiki>')))

    def close(self, kind: str, many: int) -> None:
        most = 3 if kind == '{' else 2
        while self.stack and self.stack[-1][0] == kind:
            opened = self.stack[-1][1]
            count = min(many, opened, most)
            if count < 2:
                return
            many -= count
            self.stack.pop()
            if opened - count >= 2:
                self.stack.append((kind, opened - count))
        if kind == '{' and many >= 2 and not self.stack:
            self.faults.append(Reason('values-braces', ('{{', '}}', '<nowiki>')))

    def comment(self, start: int, end: int) -> int:
        raw = self.raw
        close = raw.find('-->', end)
        if close < 0:
            self.faults.append(Reason('values-comment', ('<!--', '-->')))
            return len(raw)
        before = self.out[-1]
        kept = before.rstrip(' \t')
        begin = start - len(before) + len(kept)
        if begin == 0 or raw[begin - 1] != '\n':
            return close + 3
        after = _blanks(raw, close + 3)
        while raw.startswith('<!--', after):
            # MediaWiki lets a following comment's dashes be those of its beginning.
            next_close = raw.find('-->', after + 3)
            if next_close < 0:
                break
            after = _blanks(raw, next_close + 3)
        if not raw.startswith('\n', after):
            return close + 3
        self.out[-1] = kept
        self.line_start(after + 1)
        return after + 1

    def nowiki(self, start: int, end: int) -> int:
        raw = self.raw
        if 0 <= self.bracket < end:
            self.bracket = raw.find('>', end)
        bracket = self.bracket
        inside, after = '', bracket + 1
        if bracket >= 0 and raw[bracket - 1] != '/':
            close = _NOWIKI_END.search(raw, after) if self.closings else None
            self.closings = close is not None
            if close:
                inside, after = raw[after : close.start()], close.end()
            else:
                bracket = -1
        if bracket < 0:
            # Where it ends depends on the rest of the page: _tags reports it.
            self.out.append(raw[start:end])
            return end
        self.out.append(_HIDDEN)
        self.hidden.append(inside)
        return after


def _blanks(text: str, pos: int) -> int:
    found = _BLANKS.match(text, pos)
    return found.end() if found else pos


def _tags(text: str, known: frozenset[str] = frozenset()) -> Iterator[Reason]:
    for tag in _TAG.finditer(text):
        slash, name, rest = tag.groups()
        shown = f'<{slash}{name}>'
        if name.lower() == 'nowiki':
            yield Reason('values-nowiki', (shown, '<nowiki>', '</nowiki>'))
        elif name.lower() in EXTENSION_TAGS:
            yield Reason('values-extension', (shown, '<nowiki>', '</nowiki>'))
        elif rest and name.lower() in known:
            yield Reason('values-tag', (shown, '<nowiki>', '</nowiki>'))


def _markup(text: str) -> Iterator[Reason]:
    # Markup that plain text may not hold.
    if '[[' in text:
        yield Reason('values-link', ('[[', ']]'))
    if '[' in text:
        for line in text.split('\n'):
            # Only the first can tell: what ends after a later one ends after the first, too.
            found = _LINK.search(line)
            if found and line.find(']', found.end()) >= 0:
                yield Reason('values-address', ('[', ']'))
                break
    if "''" in text:
        yield Reason('values-quotes', ("''",))
    if '{|' in text:
        yield Reason('values-table', ('{|', '<nowiki>', '</nowiki>'))
    switch = _SWITCH.search(text)
    if switch:
        yield Reason('values-switch', (switch[0], '<nowiki>', '</nowiki>'))


def _risks(text: str) -> Iterator[Reason]:
    # What may stand neither in plain text nor in wikitext: it would act where the value is used.
    if '{{' in text or '}}' in text:
        yield Reason('values-braces', ('{{', '}}', '<nowiki>'))
    if '-{' in text:
        yield Reason('values-conversion', ('-{', '<nowiki>', '</nowiki>'))
    if '<!--' in text:
        yield Reason('values-comment', ('<!--', '-->'))


def _signature(text: str) -> Iterator[Reason]:
    if '~~~' in text:
        yield Reason('values-signature', ('~~~', '<nowiki>', '</nowiki>'))


def _decode(text: str) -> tuple[str, list[Reason]]:
    faults: list[Reason] = []

    def one(found: re.Match[str]) -> str:
        name, decimal, hexadecimal = found.groups()
        if name:
            if name not in ENTITIES:
                meant = html.entities.html5.get(f'{name};', '')
                faults.append(Reason('values-entity', (found[0][:_QUOTED], meant, '&amp;')))
            return ENTITIES.get(name, found[0])
        digits = (decimal or hexadecimal).lstrip('0')
        code = int(digits or '0', 10 if decimal else 16) if len(digits) <= 7 else 0
        if 0 < code < 0xD800 or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF:
            return chr(code)
        faults.append(Reason('values-number', (found[0][:_QUOTED],)))
        return found[0]

    return _ENTITY.sub(one, text), faults


def _characters(text: str) -> list[Reason]:
    found = _FORBIDDEN.search(text)
    if not found:
        return []
    name = unicodedata.name(found[0], '')
    return [Reason('values-character', (f'U+{ord(found[0]):04X} {name}'.rstrip(),))]
