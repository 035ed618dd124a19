"""From an entry of the News to the text of a post, and from a post to an entry. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import mwparserfromhell
from mwparserfromhell.nodes import ExternalLink, Wikilink

from mwsocial.desk.item import Item
from mwsocial.desk.validity import Desk, problems
from mwsocial.news.words import MAX_OPENERS, MAX_PARSED, address_key, plain
from mwsocial.proposing.wikitext import encode
from mwsocial.reason import Reason
from mwsocial.sources.base import Suggestion
from mwsocial.sources.words import post_text, tame
from mwsocial.syncing.said import Site, addresses
from mwsocial.wiki.escape import plain as one_line

_NO_PAGE = re.compile(r'(?:file|image|category|media|special:mypage)[ _]*:', re.IGNORECASE)
_OWN_LANGUAGE = re.compile(r'special:mylanguage/', re.IGNORECASE)
_TAIL = re.compile(r'(?:\s*[#＃]\w+)+\s*$')
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_TAG = re.compile(r'(?<!\S)[#＃](?=\w)')


@dataclass(frozen=True)
class Target:
    """Where an entry's first link leads: the title of a page (with its interwiki prefix, if any) and a
    fragment, or an address.
    """

    title: str = ''
    fragment: str = ''
    address: str = ''


@dataclass(frozen=True)
class Text:
    """A post's text. ``short``: words had to be left out, so a person must write it anew."""

    text: str
    short: bool


def first_link(wikitext: str) -> Target | None:
    """Where the first link of an entry leads that leads to something to read; None where none does."""
    text = plain(wikitext)
    if len(text) > MAX_PARSED or text.count('{{') + text.count('[') > MAX_OPENERS:
        return None
    for node in mwparserfromhell.parse(text, skip_style_tags=True).ifilter():
        if isinstance(node, ExternalLink):
            address = str(node.url).strip()
            if re.match(r'https?://\S+$', address):
                return Target(address=address)
            if address.startswith('//'):
                return Target(address=f'https:{address}')
            continue
        if not isinstance(node, Wikilink):
            continue
        title = ' '.join(str(node.title).replace('_', ' ').split())
        if _NO_PAGE.match(title):
            continue
        title, _, fragment = title.lstrip(':').strip().partition('#')
        title = _OWN_LANGUAGE.sub('', title).strip()
        if title and not re.search(r'[<>\[\]{}|]', title):
            return Target(title, fragment.strip())
    return None


def words_of_entry(wikitext: str) -> str:
    """An entry as a reader sees it, on one line, without addresses and calling nobody by an ``@``."""
    text = plain(wikitext)
    if len(text) <= MAX_PARSED and text.count('{{') + text.count('[') <= MAX_OPENERS:
        code = mwparserfromhell.parse(text, skip_style_tags=True)
        text = str(code.strip_code(keep_template_params=True))
    return tame(text)


def text_for(item_id: str, wikitext: str, address: str, desk: Desk, language: str) -> Text | None:
    """The text of a post that says what an entry says, with the *address* of its first link ('' for
    none), so that it fits every enabled channel; None where nothing does.
    """
    words = words_of_entry(wikitext)
    whole = f'{words} {address}'.strip()
    if words and not problems(Item(0, {'id': item_id, 'text': whole}), desk):
        return Text(whole, short=False)
    suggestion = Suggestion(item_id, words, address, Reason('syncing-from-news'), _LONG_AGO)
    found = post_text(suggestion, desk, language)
    return Text(found, short=True) if found else None


def entry_for(text: str, site: Site) -> str:
    """An entry of the News that says what a post of ours says: its words as words, and its first address
    as a link. '' where no words are left.
    """
    text = one_line(text)
    found = addresses(text)
    words = text
    for address in found:
        words = words.replace(address, '')
    words = _TAG.sub('', _TAIL.sub('', words))
    words = re.sub(r'\s+(?=[.,;:!?])', '', ' '.join(words.split())).strip(' :–—-')
    if not any(sign.isalnum() for sign in words):
        return ''
    link = _link(found[0], site) if found else ''
    gap = ' ' if words[-1] in '.!?…)' else ': '
    entry = encode(words[:1000], addresses=False)
    return f'{entry}{gap}{link}' if link else entry


def _link(address: str, site: Site) -> str:
    bare = address_key(address)
    title = site.key(bare)
    if title != bare and not re.search(r'[<>\[\]{}|#?&%~]', title):
        return f'[[{title}]]'
    if not re.fullmatch(r'[!#-&(-;=?-Z_a-z]+', address):
        return ''
    shown = bare if len(bare) <= 40 else bare[:39] + '…'
    return f'[{address} {encode(shown, addresses=False)}]'
