"""A page's HTML as a tree, for the few things that are looked for in it.

Forgiving like a browser and bounded like nothing a stranger can stretch: what is nested too deeply is
kept flat, what is too much is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

DEEPEST = 200
MOST = 100_000

_VOID = frozenset({
    'area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track',
    'wbr',
})  # fmt: skip
_SILENT = frozenset({'script', 'style', 'template'})
#: What the start of one of these ends, if it is still open.
_CLOSES = {
    'tr': ('tr', 'td', 'th'), 'td': ('td', 'th'), 'th': ('td', 'th'), 'li': ('li',), 'p': ('p',),
    'dt': ('dt', 'dd'), 'dd': ('dt', 'dd'),
}  # fmt: skip
_BOUNDS = frozenset({'table', 'ul', 'ol', 'dl', 'div', 'body'})


@dataclass
class Node:
    """An element with what is in it: other elements and texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        """The element's classes."""
        return frozenset(self.attributes.get('class', '').split())

    def walk(self) -> Iterator[Node]:
        """All elements in it, in order."""
        stack = [one for one in reversed(self.inside) if isinstance(one, Node)]
        while stack:
            node = stack.pop()
            yield node
            stack += [one for one in reversed(node.inside) if isinstance(one, Node)]

    def all(self, *tags: str, of: str = '') -> list[Node]:
        """The elements of these tags (any, if none is named) and of the class *of* ('' for any)."""
        return [
            one
            for one in self.walk()
            if (not tags or one.tag in tags) and (not of or of in one.classes)
        ]

    def first(self, *tags: str, of: str = '') -> Node | None:
        """The first of ``all``."""
        return next(iter(self.all(*tags, of=of)), None)

    def text(self) -> str:
        """Its words, on one line."""
        pieces: list[str] = []
        stack: list[Node | str] = [self]
        while stack:
            one = stack.pop()
            if isinstance(one, str):
                pieces.append(one)
            elif one.tag == 'br':
                pieces.append(' ')
            elif one.tag not in _SILENT:
                stack += reversed(one.inside)
        return ' '.join(''.join(pieces).split())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node('')
        self.open = [self.root]
        self.count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for place in range(len(self.open) - 1, 0, -1) if tag in _CLOSES else ():
            if self.open[place].tag in _CLOSES[tag]:
                del self.open[place:]
            elif self.open[place].tag in _BOUNDS:
                break
        self.count += 1
        if self.count > MOST:
            return
        node = Node(tag, {name: value or '' for name, value in reversed(attrs)})
        self.open[-1].inside.append(node)
        if tag not in _VOID and len(self.open) < DEEPEST:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.open) - 1, 0, -1):
            if self.open[place].tag == tag:
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        if self.count <= MOST:
            self.open[-1].inside.append(data)


def read(html: str) -> Node:
    """The tree of *html*; its root is an element without a tag."""
    builder = _Builder()
    builder.feed(_without_declarations(html))
    builder.close()
    return builder.root


def _without_declarations(html: str) -> str:
    """*html* without comments and declarations: older versions of Python's parser take time that grows
    with the square of what is never closed (CVE-2025-6069), or give up.
    """
    pieces = []
    start = 0
    while (begin := html.find('<!--', start)) >= 0:
        end = html.find('-->', begin + 4)
        if end < 0:
            break
        pieces.append(html[start:begin])
        start = end + 3
    pieces.append(html[start:])
    bare = ''.join(pieces).replace('<!', '&lt;!').replace('<?', '&lt;?')
    # What opens a tag but is followed by no ">" any more is text.
    last = bare.rfind('>') + 1
    return bare[:last] + bare[last:].replace('<', '&lt;')


def rows(table: Node) -> list[list[Node]]:
    """The cells of a table's rows, without those of tables inside it."""
    return [
        [cell for cell in _own(row) if cell.tag in ('td', 'th')]
        for row in _own(table)
        if row.tag == 'tr'
    ]


def _own(node: Node) -> Iterator[Node]:
    """All elements in it but those in tables in it: looked through again and again, many tables in each
    other would take for ever.
    """
    stack = [one for one in reversed(node.inside) if isinstance(one, Node)]
    while stack:
        one = stack.pop()
        yield one
        if one.tag != 'table':
            stack += [each for each in reversed(one.inside) if isinstance(each, Node)]
