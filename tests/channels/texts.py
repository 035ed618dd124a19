"""Texts that a post may have, among them those that servers render in their own ways."""

from __future__ import annotations

_FILL = 'All work and no play makes a wiki a dull place; so here is a line about nothing, again. '

TEXTS = (
    'Plain words.',
    'MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki',
    'A long link https://www.mediawiki.org/wiki/Special:MyLanguage/Help:Extension:Translate/Page_'
    'translation_administration?action=edit&section=1#Preparing_a_page and on',
    'https://ja.wikipedia.org/wiki/メインページ (日本語) 你好，世界。',
    'Thanks to @reader and @somebody@other.example, and #Wikimedia #日本語 #a11y!',
    'Family 👩‍👩‍👧‍👦, flag 🏳️‍🌈, thumbs 👍🏽, e\u0301 and é',
    'Quotes "double" \'single\' “curly” — and <b>tags</b> & &amp; entities; 1 < 2 > 0',
    'First line\nsecond line\n\nsecond paragraph\n\n\nthird   with   spaces\tand a tab',
    'Not *bold* or _under_ or `code` or ~~gone~~ :-) ;-) <3',
    '> a quote\n* a list\n- another\n# no heading\n1. one',
    'مرحبا بالعالم \u200f#ويكي שלום \u200fעולם',
    'Write to a@example.org; see example.org/path, HTTPS://EXAMPLE.ORG/Path.',
    'Template {{tlx|x}} [[link]] {| table |} $1 %s \\n \\ /',
    (_FILL * 6)[:480],
    '字' * 480,
)

#: What hostile texts are made of, over and over: each has made some expression take for ever.
HOSTILE = (
    'a.', '.', '(', 'é', 'é-', '日.', 'a.é', 'a_.', '.xn--', 'https://', 'https://a.de/(', '(a)', 'a.de ',
    'https://a.de/((', '–.한국/', 'é.com日.', 'a.de?!', 'a.de/,', 'a.com-', '𝔸.', '?', 'é' * 57 + '.한국 ',
    'a.music ', '＠a', '@a.', '@a@b.de ', '@', '@a@', '\u0301', 'a\u0323\u0301', '\u0600', '\u200d',
    '\ufe0f', '1\ufe0f', '👩‍👩‍👧‍👦', '🇩', '🏴\U000e0067', '\u1100\u1161', 'क\u094d', '#', '----\n', ' ', '\n',
)  # fmt: skip
