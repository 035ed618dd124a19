"""What an entry must be so that it cannot break the page: the last line of defence.

Whether its templates and links are welcome is decided elsewhere; here only the page's structure
and Extension:Translate's rules count.
"""

from __future__ import annotations

import re
import unicodedata

import mwparserfromhell
from mwparserfromhell.nodes import Argument, Tag, Text, Wikilink

from mwsocial.reason import Reason

#: A news line is a sentence or two.
MAX_LENGTH = 2000

_TAG = re.compile(r'<(/?)([A-Za-z][A-Za-z0-9]*)(?:[ \t/|][^<>]*)?>')
_NOWIKI = re.compile(r'<nowiki>.*?</nowiki>|<nowiki ?/>')
#: Tags that belong to the page, to its translation, or to lists and tables.
_OF_THE_PAGE = frozenset(
    (
        'translate',
        'tvar',
        'languages',
        'noinclude',
        'includeonly',
        'onlyinclude',
        'section',
        'html',
        'body',
        'li',
        'ul',
        'ol',
        'dl',
        'dt',
        'dd',
        'table',
        'caption',
        'tbody',
        'thead',
        'tfoot',
        'tr',
        'td',
        'th',
        'p',
        'div',
        'center',
        'blockquote',
        'h1',
        'h2',
        'h3',
        'h4',
        'h5',
        'h6',
        'hr',
        'pre',
    )
)
_TRANSLATE = re.compile(r'</?\s*(?:translate|tvar)\b|</>', re.IGNORECASE)
_VOID = frozenset(('br', 'wbr', 'img'))
_SAVED_DIFFERENTLY = re.compile(r'~~~|\|\]\]|\[\[\||\{\{\s*(?:safe)?subst:', re.IGNORECASE)
#: A picture can be changed once the line is approved, and a category is nothing that a line shows. (By
#: the names that every wiki knows, whatever its language.)
_SHOWS = re.compile(r'[\s_]*(file|image|category)[\s_]*:', re.IGNORECASE)
_BRACES = re.compile(r'\{\{|\}\}|\[\[|\]\]')


def check_entry(text: str) -> Reason | None:
    """Why the wikitext *text* (one line, without its bullet) may not go on the page, or None."""
    if not text.strip(' \t'):
        return Reason('news-entry-empty')
    if '\n' in text or '\r' in text or '\u2028' in text or '\u2029' in text:
        return Reason('news-entry-lines')
    if len(text) > MAX_LENGTH:
        return Reason('news-entry-long', (str(len(text)), str(MAX_LENGTH)))
    for sign in text:
        if unicodedata.category(sign) in ('Cc', 'Cs') and sign != '\t':
            return Reason('news-entry-sign', (f'U+{ord(sign):04X}',))
    if text.lstrip(' \t')[0] in '*#:;' or text.lstrip(' \t').startswith(('{|', '|', '----')):
        return Reason('news-entry-begins', (text.lstrip(' \t')[0],))
    # A marker counts even in nowiki: Translate drops its guard over nowiki before it reads units.
    if '<!--' in text or '-->' in text:
        return Reason('news-entry-comment')
    open_text = _NOWIKI.sub('', text)
    if _TRANSLATE.search(open_text):
        return Reason('news-entry-translate')
    if 'nowiki' in (match[2].lower() for match in _TAG.finditer(open_text)):
        return Reason('news-entry-tag-open', ('nowiki',))
    return _tags(open_text) or _parts(text) or _saved_as_is(open_text)


def _tags(text: str) -> Reason | None:
    stack: list[str] = []
    for end, name, whole in ((m[1], m[2].lower(), m[0]) for m in _TAG.finditer(text)):
        if name in _OF_THE_PAGE:
            return Reason('news-entry-tag', (name,))
        if name in _VOID or whole.endswith('/>'):
            continue
        if not end:
            stack.append(name)
        elif not stack or stack.pop() != name:
            return Reason('news-entry-tag-open', (name,))
    return Reason('news-entry-tag-open', (stack[-1],)) if stack else None


def _parts(text: str) -> Reason | None:
    code = mwparserfromhell.parse(text, skip_style_tags=True)
    nowiki = {
        id(node)
        for tag in code.ifilter_tags(matches=lambda tag: str(tag.tag).strip().lower() == 'nowiki')
        for node in (tag.contents.nodes if tag.contents is not None else ())
    }
    for node in code.ifilter(recursive=True):
        if isinstance(node, Tag):
            if any(str(one.name).strip().lower() == 'style' for one in node.attributes):
                return Reason('news-entry-style')
            continue
        if isinstance(node, Wikilink) and id(node) not in nowiki:
            found = _SHOWS.match(str(node.title))
            if found:
                return Reason('news-entry-link', (found[1].strip(),))
        if isinstance(node, Argument) and id(node) not in nowiki:
            return Reason('news-entry-argument')
        if isinstance(node, Text) and id(node) not in nowiki:
            found = _BRACES.search(str(node.value))
            if found:
                return Reason('news-entry-braces', (found[0],))
    return None


def _saved_as_is(text: str) -> Reason | None:
    found = _SAVED_DIFFERENTLY.search(text)
    return Reason('news-entry-saved-otherwise', (found[0],)) if found else None
