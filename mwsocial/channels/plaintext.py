"""The words of a post, as plain text, and whether two posts have the same.

Networks of the fediverse give posts as HTML (Mastodon documentation, "HTML structure guidelines").
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from html.parser import HTMLParser

from mwsocial.normal import nfc

_BLOCKS = frozenset({
    'p', 'div', 'li', 'ul', 'ol', 'blockquote', 'pre', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr',
})  # fmt: skip
_SILENT = frozenset({'script', 'style', 'template'})
# What stands for @user@host: some servers show the host, others do not, others look up the case.
_MENTION = re.compile(r'(?<![\w@/=])@(\w+(?:[.-]+\w+)*)(?:@\w+(?:[.-]+\w+)*(?::\d+)?)?', re.A)
#: More is not looked at.
_LONGEST = 200_000
_ADDRESS = re.compile(r'https?://\S+', re.I)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._link: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or '' for name, value in attrs}
        if tag in _SILENT:
            self._silent += 1
        elif tag == 'br' or tag in _BLOCKS:
            self._add('\n')
        elif tag == 'img':
            self._add(named.get('alt', ''))
        elif tag == 'a':
            self.end_link()
            self._link = (named.get('href', ''), [])

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self._add('\n')
        elif tag == 'a':
            self.end_link()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._add(data)

    def _add(self, words: str) -> None:
        (self._link[1] if self._link else self.pieces).append(words)

    def end_link(self) -> None:
        """A link that shows its address shortened counts with the address it leads to."""
        if self._link is None:
            return
        target, pieces = self._link
        self._link = None
        shown = ''.join(pieces)
        if _shortens(shown.strip(), target):
            shown = target
        self._add(shown)


def _shortens(shown: str, target: str) -> bool:
    """Whether *shown* is the address *target* with its beginning or its end left out."""
    start = shown.rstrip('…').removesuffix('...')
    bare = re.sub(r'^https?://(www\.)?', '', target, flags=re.I)
    return bool(start) and (
        (start != shown and start in target) or start.removeprefix('www.') == bare
    )


def from_html(html: str) -> str:
    """The words of *html*: addresses whole, paragraphs and line breaks as line ends."""
    parser = _Text()
    parser.feed(tame(html))
    parser.close()
    parser.end_link()
    return ''.join(parser.pieces)


def tame(html: str) -> str:
    """*html* without what makes Python's parser fail, or read to the end again and again: it may be
    anybody's, and no text of a network has such things.
    """
    html = html.replace('<!', '&lt;!').replace('<?', '&lt;?')
    # What comes after the last sign that ends a tag is no tag.
    whole, end, rest = html[:_LONGEST].rpartition('>')
    return whole + end + rest.replace('<', '&lt;')


def canonical(text: str) -> str:
    """*text* for comparing: NFC, white space collapsed, mentions without their host."""
    text = nfc(text)
    text = _MENTION.sub(lambda found: '@' + found[1].lower(), text)
    return ' '.join(text.split())


def skeleton(text: str) -> str:
    """What any rendering leaves alone of *text*: its letters and digits, without addresses."""
    text = _ADDRESS.sub(' ', canonical(text))
    return ''.join(sign for sign in text if sign.isalnum()).casefold()


def may_render(text: str, shown: str) -> bool:
    """Whether a server may have made *shown* of *text*, which may have held what it takes for markup,
    HTML or emoticons: at least half of the letters are the same.
    """
    found = skeleton(shown)
    return any(
        not wanted or not found or SequenceMatcher(None, wanted, found, False).quick_ratio() >= 0.5
        for wanted in (skeleton(text), skeleton(from_html(text)))
    )
