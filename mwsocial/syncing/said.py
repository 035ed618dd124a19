"""What a text says, be it wikitext or a post, in one spelling so that it can be compared. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from mwsocial.desk.item import Item
from mwsocial.news.match import Said, likeness
from mwsocial.news.words import address_key, links_of, plain, title_key, words_of

__all__ = ['Said', 'Site', 'alike', 'of_item', 'of_post', 'of_wikitext']

#: Longer posts are compared by their beginning.
LONGEST = 4000

_ADDRESS = re.compile(r'https?://[^\s<>"“”‘’«»]+', re.IGNORECASE)
_NOT_LAST = ".,;:!?'…*_~)]"


@dataclass(frozen=True)
class Site:
    """The desk's wiki: ``base`` is what stands before a title in the addresses of its pages."""

    base: str = ''

    def key(self, link: str) -> str:
        """A link (``words.links_of``) as links are compared here: our own pages by their titles."""
        base = address_key(self.base) if self.base else ''
        if base and link.startswith(f'{base}/'):
            return title_key(unquote(link[len(base) + 1 :]))
        return link


def of_wikitext(text: str, site: Site) -> Said:
    """What a piece of wikitext says."""
    words = plain(text)
    return frozenset(site.key(link) for link in links_of(words)), words_of(
        _without_addresses(words)
    )


def of_post(text: str, site: Site) -> Said:
    """What a post says: its words without addresses, and where these lead."""
    text = text[:LONGEST]
    links = (address_key(one) for one in addresses(text))
    return frozenset(map(site.key, links)), words_of(_escaped(_without_addresses(text)))


def of_item(item: Item, site: Site) -> Iterator[Said]:
    """What an item says: each of its texts, and its news."""
    for name, value in item.content.items():
        if name == 'text' or name.startswith('text-'):
            yield of_post(value, site)
        elif name == 'news':
            yield of_wikitext(value, site)


def addresses(text: str) -> list[str]:
    """The addresses in a post, without the signs that end a sentence."""
    return [found.rstrip(_NOT_LAST) for found in _ADDRESS.findall(text)]


def alike(one: Said, others: Iterable[Said]) -> bool:
    """Whether any of *others* says the same or nearly the same."""
    return any(one == other or likeness(one, other) > 0 for other in others)


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(' ', text)


def _escaped(text: str) -> str:
    # Nothing in a post is markup.
    return re.sub(r"[\[\]{}<>|']", ' ', text)
