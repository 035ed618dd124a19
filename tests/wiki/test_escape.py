from __future__ import annotations

import re
import unicodedata

import mwparserfromhell
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.wiki.escape import LONGEST, inert_line, plain, read_value, safe_address, safe_value

# The same pages in every run, however busy the machine.
STEADY = settings(deadline=None, derandomize=True)

NASTY = st.lists(
    st.sampled_from(
        [
            '|',
            '{{',
            '}}',
            '{{{',
            '[[',
            ']]',
            '<',
            '>',
            '<!--',
            '-->',
            '<nowiki>',
            '</nowiki>',
            '~~~~',
            '_',
            '__TOC__',
            '-{',
            '}-',
            '\n',
            '\r',
            '\x00',
            '\x7f',
            'http://a.b',
            'mailto:a@b.c',
            '//a.b',
            '\u202e',
            '\u2028',
            '\u200b',
            '\ufeff',
            '&lt;',
            '&#123;',
            '&',
            ';',
            "''",
            "'",
            '=',
            '==',
            '*',
            '#',
            ':',
            'RFC 1',
            'ISBN 978',
            'PMID 1',
            '[[Category:A]]',
            '{{subst:a}}',
            '\ud800',
            'e\u0301',
            '\u0301',
            ' ',
            'é',
            '漢',
            'a',
            '＿＿目次＿＿',
            '\U0001f600',
        ]
    ),
    max_size=12,
).map(''.join)


@STEADY
@given(NASTY | st.text())
def test_foreign_words_have_no_effect(words: str) -> None:
    value = safe_value(words)
    for sign in ('|', '{', '}', '[', ']', '<', '>', '~', '_', "''", '\n', '=', '＿'):
        assert sign not in value
    assert not re.match('[*#:;-]', value)
    assert not re.search(r'\w:\S|(?:RFC|ISBN|PMID) ', value)
    assert not re.search('&(?!(?:amp|lt|gt|#[0-9]+);)', value)
    for node in mwparserfromhell.parse(f'| note = {value}').nodes:
        assert isinstance(node, (mwparserfromhell.nodes.Text, mwparserfromhell.nodes.HTMLEntity))
    assert all(unicodedata.category(c)[0] != 'C' or c in '\u200c\u200d' for c in value)
    assert unicodedata.is_normalized('NFC', value)


@STEADY
@given(NASTY | st.text())
def test_foreign_words_are_read_back(words: str) -> None:
    shown = plain(words)
    if len(shown) <= LONGEST:
        assert read_value(safe_value(words)) == shown
        assert plain(shown) == shown


def test_long_words_are_cut() -> None:
    shown = read_value(safe_value('<' * 1000))
    assert shown == '<' * (LONGEST - 1) + '…'


def test_examples() -> None:
    assert safe_value('HTTP 422: Text can’t be blank') == 'HTTP 422: Text can’t be blank'
    assert safe_value('see http://evil.example/') == 'see http&#58;//evil.example/'
    assert safe_value('a\n\n  b\tc\u00a0d') == 'a b c d'
    assert safe_value('a &lt; b') == 'a &amp;lt; b'


@pytest.mark.parametrize(
    ('address', 'expected'),
    [
        ('https://wikis.world/@mediawiki/1154', None),
        ('https://wikis.world/@media__wiki/1154?a=b&c=d#e', None),
        ('https://a.example/ü', None),
        ('http://a.example/x|y', 'http://a.example/x%7Cy'),
        ('https://a.example/{{x}}[y]<z>', 'https://a.example/%7B%7Bx%7D%7D%5By%5D%3Cz%3E'),
        ("https://a.example/~u/''~~~", 'https://a.example/~u/%27%27%7E%7E%7E'),
        ('https://a.example/__TOC__', 'https://a.example/%5F_TOC__'),
        ('javascript:alert(1)', 'javascript&#58;alert(1)'),
        ('https://a.example/x y|z', 'https://a.example/x%20y%7Cz'),
        ('https://a.example/x\ny', 'https&#58;//a.example/x y'),
        ('https://[a', 'https&#58;//&#91;a'),
        ('https:///x', 'https&#58;///x'),
        ('', ''),
    ],
)
def test_addresses(address: str, expected: str | None) -> None:
    assert safe_address(address) == (address if expected is None else expected)


@pytest.mark.parametrize(
    ('line', 'expected'),
    [
        ('Not yet: [[Special:Diff/7]] by [[User:A|A]].', None),
        ('posted 2026-11-25T14:00:07Z 7 https://a.example/@a__b/1', None),
        ('a | b', 'a &#124; b'),
        ('a }} {{b', 'a &#125;&#125; &#123;&#123;b'),
        ('a\n| text = b', 'a &#124; text = b'),
        ('<!-- a', '&lt;!-- a'),
        ('[[a', '&#91;&#91;a'),
        ('[[a|b|c]]', '&#91;&#91;a&#124;b&#124;c&#93;&#93;'),
        ('~~~~ ~', '&#126;&#126;&#126;&#126; ~'),
        ('__NOTOC__', '&#95;_NOTOC__'),
    ],
)
def test_a_line_of_ours(line: str, expected: str | None) -> None:
    assert inert_line(line) == (line if expected is None else expected)


# The longest ones of MediaWiki's, one with marks, and the one with wide underscores.
@pytest.mark.parametrize(
    'word',
    [
        '__SÈCCION_QUE_PÔT_PAS_ÉTRE_CHANGIÊ__',
        '__কোন_বিষয়বস্তু_রূপান্তরকারী_নয়__',
        '__নির্ঘণ্ট__',
        '__رده\u200cپنهان__',
        '＿＿目次＿＿',
    ],
)
def test_magic_words_of_all_languages_are_broken(word: str) -> None:
    assert inert_line(f'a {word} b') == f'a &#{ord(word[0])};{word[1:]} b'


def test_what_is_too_long_for_a_magic_word_is_left() -> None:
    """So each underscore of a hundred thousand is looked at with the sixty after it, not with all."""
    for sign in '_＿':
        line = f'{2 * sign}{"A" * 61}{2 * sign}'
        assert inert_line(line) == line
        assert safe_address(f'https://a.example/{line}') == f'https://a.example/{line}'


@STEADY
@given(NASTY | st.text())
def test_a_line_stays_as_it_is_the_second_time(words: str) -> None:
    once = inert_line(words)
    assert inert_line(once) == once
    assert inert_line(safe_value(words)) == safe_value(words)
    assert inert_line(safe_address(words)) == safe_address(words)
