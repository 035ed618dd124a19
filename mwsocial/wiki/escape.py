"""Words of strangers made inert, so that they can stand in a template on the wiki."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import urlsplit

from mwsocial.normal import nfc

#: Longer foreign words are cut, with an ellipsis.
LONGEST = 300
#: No line that stands beside an item's content is longer once the bot has written it. A sentence with
#: some ``safe_value`` in it is never as long.
LINE = 10_000
#: So many characters of a stranger's post are shown.
EXCERPT = 200
#: And so many of a sentence of ours that may list pages.
_SENTENCE = 2000

#: What has, or may begin, an effect in wikitext. The underscores are those of ``__TOC__``.
_ACTIVE = re.compile(r"[&<>\[\]{}|'~_\uff3f=]|(?<=\w):(?=\S)|^[*#:;\-]|(?<=ISBN|PMID) |(?<=RFC) ")
_LINK = re.compile(r'(\[\[[^\[\]{}<>|~\n]+(?:\|[^\[\]{}<>|~\n]*)?\]\])')
# A magic word (``__TOC__``, in Japanese with wide underscores) is broken by its first character. In the
# scripts of India its name has marks that are no word characters for Python. The longest one of MediaWiki
# has 32 characters, in Franco-Provençal; without a bound, a run of underscores takes the square of its
# length.
_NAME = r'[\w\x80-\U0010ffff]{1,60}'
_MAGIC = rf'_(?=_{_NAME}__)|\uff3f(?=\uff3f{_NAME}\uff3f\uff3f)'
_BREAKS = re.compile(rf'[{{}}<|\[\]]|~{{3,}}|{_MAGIC}')
_ADDRESS_BREAKS = re.compile(rf'[ |{{}}\[\]<>"\']|~(?=~)|(?<=~)~|{_MAGIC}')
_KEPT_FORMAT = '\u200c\u200d'
_ENTITY = re.compile(r'&(?:#\d+|amp|lt|gt);')


def plain(words: str) -> str:
    """*words* on one line, NFC, without control, format, private and unassigned characters."""
    shown = (
        ' ' if character.isspace() or unicodedata.category(character) == 'Cc' else character
        for character in words
        if unicodedata.category(character) not in ('Cf', 'Cs', 'Cn', 'Co')
        or character in _KEPT_FORMAT
    )
    return nfc(' '.join(''.join(shown).split()))


def safe_value(words: str) -> str:
    """Foreign *words* as wikitext that shows just them: no template, link, tag, signature or heading,
    no address a spam filter would find, on one line, at most ``LONGEST`` characters of them.

    For the arguments of a sentence: ``reason.text(escape=safe_value)``. ``read_value`` is the way back.
    """
    return _ACTIVE.sub(lambda found: _entity(found.group()), shortened(words, LONGEST))


def safe_sentence(words: str) -> str:
    """A sentence of ours with foreign *words* in it, as ``safe_value`` gives them, only longer, and with
    links that work: to pages, not to files or categories, and under their own names.
    """
    pieces = _LINK.split(shortened(words, _SENTENCE))
    for place, piece in enumerate(pieces):
        link = place % 2 == 1 and '|' not in piece
        pieces[place] = (
            f'[[:{piece[2:-2].lstrip(":")}]]'
            if link
            else _ACTIVE.sub(lambda found: _entity(found.group()), piece)
        )
    return ''.join(pieces)


def shortened(words: str, longest: int) -> str:
    """*words* as ``plain`` gives them, at most *longest* characters, an ellipsis for the rest."""
    # What is dropped anyway must not cost time: a stranger's text may be of any length.
    line = plain(words[: 50 * longest])
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + '…'
    return line


def safe_excerpt(words: str) -> str:
    """How a stranger's post begins, as wikitext in ``<nowiki>`` that shows just that: at most
    ``EXCERPT`` characters, inert twice over; '' where there are no words.
    """
    line = shortened(words, EXCERPT)
    inert = _ACTIVE.sub(lambda found: _entity(found.group()), line)
    return f'<nowiki>{inert}</nowiki>' if inert else ''


def read_value(value: str) -> str:
    """The words that ``safe_value`` was given, apart from what it had to drop."""
    return _ENTITY.sub(lambda found: html.unescape(found.group()), value)


def safe_address(address: str) -> str:
    """A network's address of a post, still clickable on the wiki; anything that is no plain http(s)
    address comes back as inert words.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return safe_value(address)
    if parts.scheme not in ('http', 'https') or not parts.netloc or plain(address) != address:
        return safe_value(address)
    # A combining mark would melt into the percent code before it.
    marks = ''.join(c for c in set(address) if unicodedata.combining(c))
    breaks = re.compile(f'{_ADDRESS_BREAKS.pattern}|[{marks}]') if marks else _ADDRESS_BREAKS
    return breaks.sub(
        lambda found: ''.join(f'%{byte:02X}' for byte in found.group().encode()), address
    )


def inert_line(value: str) -> str:
    """A line the bot is about to write, with nothing in it that could end its parameter or start
    another; our own sentences keep their links. Changes nothing in what is safe already.
    """
    pieces = _LINK.split(plain(value))
    pieces[::2] = [
        _BREAKS.sub(lambda found: ''.join(map(_entity, found.group())), text)
        for text in pieces[::2]
    ]
    return ''.join(pieces)


def _entity(characters: str) -> str:
    return {'&': '&amp;', '<': '&lt;', '>': '&gt;'}.get(characters, f'&#{ord(characters)};')
