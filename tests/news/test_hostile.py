"""Pages that somebody wrote to stop the desk: they end, and nothing is lost.

Each is large enough that anything but linear work would not come back.
"""

from __future__ import annotations

import pytest

from mwsocial.news.shapes import Entry, find, insert, introduced, read
from tests.news.corpus import TODAY

LINE, PAGE = 100_000, 1_000_000
UNITS = [
    '{{a|',
    '{{',
    '}}',
    '[[',
    '[[a|',
    '[http://a ',
    '<!--',
    '<!--T:',
    '<!--T:1-->',
    '<nowiki>',
    '<pre>',
    '<translate>',
    '<translate>a</translate>',
    '<noinclude>',
    '<onlyinclude>',
    '<b',
    '<tvar|',
    '<tvar|a>',
    '</>',
    ' ',
    '&nbsp;',
    "'",
    "''",
    '*',
    ':',
    '-',
    '–',
    '0',
    '2015-09-16 ',
    '&',
    '<',
    '{{{',
    '{{a}}',
    '\n\n',
    '\n',
    ' \n',
    '\t',
    '.a',
    'a-',
    '~',
    '=',
    '__',
    '<!--\n-->',
]
ENTRY = Entry('k', 'New [[MediaWiki 1.47]].')


def _all(text: str) -> None:
    page = read(text)
    assert ''.join(piece for _, piece in page.pieces) == text
    done = insert(text, [ENTRY], TODAY, 6)
    new = getattr(done, 'text', text)
    assert len(new) >= len(text)
    match = find(new, ENTRY)
    assert (match is not None) == (new != text)
    assert introduced(text, new, ENTRY) == (new != text)


@pytest.mark.parametrize('unit', UNITS)
def test_a_long_line(unit: str) -> None:
    nasty = unit * (LINE // len(unit))
    _all(f'; 2015-09-16\n* x{nasty}\n; 2015-09-15{nasty}\n* 2015-09-14{nasty}\n')
    _all(f'{nasty}\n; 2015-09-16\n* Item.\n')
    _all(f'* 2015-09-14{nasty}')
    _all(f'<translate>\n<!--T:1-->\n; 2015-09-16\n* x{nasty}\n</translate>')


@pytest.mark.parametrize(
    'line',
    [
        '* x\n',
        '; 2015-09-16\n',
        '; 2015-09-16\n* [[x]]\n',
        '* 2015-09-16: x\n',
        '; x 2015\n',
        '** x\n',
        '\n<!--T:1-->\n* x\n',
        '* <translate>x</translate>\n',
        '{{x\n',
        '<noinclude>\n</noinclude>\n',
        '* {{a|{{a|{{a|{{a|{{a|\n',
        '* [[a|[[b|\n',
        '; 2015-09-16 : x\n',
        '<translate>\n* x\n</translate>\n',
    ],
)
@pytest.mark.parametrize('around', ['{}', '<translate>\n<!--T:9-->\n{}</translate>'])
def test_a_large_page(line: str, around: str) -> None:
    _all(around.format('; 2015-09-16\n' + line * (PAGE // 8 // len(line))))


def test_a_page_of_the_largest_size() -> None:
    group = '; 2015-09-16\n' + '* Item with [[a link|to it]] and {{a template|with=words}}.\n' * 3
    _all(group * (PAGE // len(group)))
