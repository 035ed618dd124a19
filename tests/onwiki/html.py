"""Reading the HTML of cards."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class _Reader(HTMLParser):
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or '' for name, value in attrs}))
        if tag in ('br', 'li', 'div'):
            self.words.append('\n')

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def text(html: str) -> str:
    """What a reader sees, without markup."""
    return ''.join(_read(html).words)


def tags(html: str, name: str = '') -> list[dict[str, str]]:
    """The attributes of all elements, or of those called *name*."""
    return [attrs for tag, attrs in _read(html).tags if name in ('', tag)]


def names(html: str) -> set[str]:
    """The names of all elements."""
    return {tag for tag, _ in _read(html).tags}


def links(html: str) -> list[str]:
    """Where all links lead."""
    return [attrs['href'] for attrs in tags(html, 'a')]
