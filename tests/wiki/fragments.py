"""Wikitext made of pieces that have a meaning for MediaWiki, or had one for somebody's parser."""

from __future__ import annotations

from hypothesis import strategies as st

#: Pieces that spoil a value.
_WRONG = (
    '|', '{{', '}}', '{{{', '[[', '-{', '<!--', "''", '<b>', '</b>', '<ref>', '</ref>', '<pre', '&copy;',
    '<includeonly>', '</nowiki>', '__TOC__', '~~~', '&#13;', '\u202e', '\x7f',
    '\x7f\'"`UNIQ--nowiki-00000000-QINU`"\'\x7f',
)  # fmt: skip
#: Pieces that are harmless alone.
_RIGHT = (
    'a', 'b', 'x', '0', '41', ' ', '\t', '\n', '\r\n', '\u00a0', '=', '==', '{', '}', '[', ']', ']]', '}-', '-',
    '<', '>', '/', '!', '--', '-->', '<br', '<foo>', 'noinclude', "'", '"', '&', ';', '&#', 'lt', 'amp', '_',
    '__', 'TOC', 'toc', 'https://x.org/', '//', 'mailto:', '#', '*', ':', '~', 'e', '\u0301', 'é', '😀', '\u200d',
)  # fmt: skip
#: Pieces that are resolved.
_RESOLVED = (
    '{{!}}', '{{=}}', '{{ ! }}', '<!-- x -->', '<!---->', '\n<!-- y -->\n', '\n <!-- z --> ', '<nowiki/>',
    '<nowiki>', '<nowiki>[[a]]</nowiki>', '<NOWIKI >{{b}}</NOWIKI\n>', '<nowiki>&lt;<</nowiki>',
    '<nowiki a="', '"/>', '<nowiki>-{a}-</nowiki>', '&lt;', '&amp;', '&nbsp;', '&#65;', '&#x301;',
)  # fmt: skip

_PIECES = st.one_of(
    st.sampled_from(_RIGHT), st.sampled_from(_RIGHT), st.sampled_from(_RESOLVED),
    st.sampled_from(_RESOLVED), st.sampled_from(_RIGHT + _RESOLVED + _WRONG),
)  # fmt: skip
WIKITEXT = st.lists(_PIECES, min_size=1, max_size=8).map(''.join)
