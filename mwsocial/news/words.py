"""An entry's links and words, in one spelling, so that two entries can be compared."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

import mwparserfromhell

from mwsocial.desk.titles import capitalized
from mwsocial.normal import nfc

#: Longer texts, or ones with more openers, are no news lines: they are compared by words alone.
#: (The parser takes time in the square of unclosed openers, and anyone can edit the page.)
MAX_PARSED = 4000
MAX_OPENERS = 30

_MARKUP = re.compile(r'<!--.*?(?:-->|\Z)|</?translate(?: nowrap)?>|</?tvar\b[^<>]*>|</>', re.DOTALL)
_SPACE = re.compile(r'(?:\s|&nbsp;|&\#160;|&\#xa0;)+', re.IGNORECASE)
_EMPHASIS = re.compile("'{2,}")
_WORD = re.compile(r'\w+(?:[.\-]\w+)*')
_COMMON = frozenset(
    (
        'a',
        'an',
        'and',
        'are',
        'as',
        'at',
        'be',
        'been',
        'by',
        'for',
        'from',
        'has',
        'have',
        'in',
        'is',
        'it',
        'its',
        'now',
        'of',
        'on',
        'or',
        'our',
        'that',
        'the',
        'this',
        'to',
        'was',
        'we',
        'were',
        'will',
        'with',
        'you',
        'your',
    )
)


def plain(wikitext: str) -> str:
    """*wikitext* without comments, translation markup and emphasis, white space made single, NFC.

    What translation variables stand for is kept.
    """
    text = _EMPHASIS.sub('', _MARKUP.sub('', wikitext))
    return nfc(_SPACE.sub(' ', text)).strip()


def links_of(text: str) -> frozenset[str]:
    """The targets of links in *text*, internal and external ones in comparable spelling."""
    if not _readable(text):
        return frozenset()
    code = mwparserfromhell.parse(text, skip_style_tags=True)
    found = {title_key(str(link.title)) for link in code.filter_wikilinks()}
    found |= {address_key(str(link.url)) for link in code.filter_external_links()}
    return frozenset(found - {''})


def words_of(text: str) -> frozenset[str]:
    """The words that a reader of *text* sees, in small letters, without the most common ones."""
    if _readable(text):
        code = mwparserfromhell.parse(text, skip_style_tags=True)
        text = str(code.strip_code(keep_template_params=True))
    text = html.unescape(text).casefold()
    return frozenset(_WORD.findall(text)) - _COMMON


def contains(words: frozenset[str], text: str) -> int:
    """How many of *words* occur in *text* at all: a cheap upper bound, before it is parsed."""
    raw = html.unescape(text).casefold().replace('[', '').replace(']', '')
    return sum(word in raw for word in words)


def numbers_of(words: frozenset[str]) -> frozenset[str]:
    """Those of *words* that hold a digit: versions, years, dates."""
    return frozenset(word for word in words if any(sign.isdecimal() for sign in word))


def _readable(text: str) -> bool:
    return len(text) <= MAX_PARSED and text.count('{{') + text.count('[') <= MAX_OPENERS


def title_key(title: str) -> str:
    """A page's title as links are compared by it."""
    title = title.partition('#')[0].replace('_', ' ').strip().lstrip(':').strip()
    for prefix in ('special:mylanguage/', 'mw:', 'mediawikiwiki:'):
        if title.lower().startswith(prefix):
            title = title[len(prefix) :].lstrip(': ')
    return capitalized(title)


def address_key(url: str) -> str:
    """An address as links are compared by it: without scheme and fragment; the title of a page of
    www.mediawiki.org.
    """
    bare = re.sub(r'^(?:https?:)?//(?:www\.)?', '', url.strip(), flags=re.IGNORECASE)
    if bare.lower().startswith('mediawiki.org/wiki/'):
        return title_key(unquote(bare[len('mediawiki.org/wiki/') :]))
    host, slash, path = bare.partition('/')
    return (host.lower() + slash + path.partition('#')[0]).rstrip('/')
