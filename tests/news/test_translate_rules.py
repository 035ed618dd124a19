"""The checker itself: it accepts what the wiki saves and catches every kind of damage."""

from __future__ import annotations

import pytest

from tests.news.translate_rules import Broken, damage, errors, units

BLOCK = (
    '<translate>\n<!--T:12-->\n; 2015-09-16\n* Item.\n\n'
    '<!--T:11-->\n; 2015-08-11\n* Old.\n</translate>'
)


@pytest.mark.parametrize(
    'text',
    [
        '',
        'no tags',
        BLOCK,
        '* <translate><!--T:1--> Inline.</translate>',
        '<translate nowrap>\n== Heading == <!--T:1-->\n\nNew.\n</translate>',
        'Write <nowiki><translate></nowiki> here.',
        '<translate>A <nowiki></translate></nowiki> b</translate>',
        '<translate>\n\n\n</translate>',
    ],
)
def test_accepts(text: str) -> None:
    assert errors(text) == ''


@pytest.mark.parametrize(
    ('text', 'key'),
    [
        ('<translate>a', 'pt-parse-open'),
        ('<translate>a</translate><translate>', 'pt-parse-open'),
        ('a</translate>', 'pt-parse-close'),
        ('<translate>a</translate> b</translate>', 'pt-parse-close'),
        ('<translate>a <translate>b</translate></translate>', 'pt-parse-nested'),
        ('<translate>a <!-- <translate> --> b</translate>', 'pt-parse-nested'),
        ('<translate><!--T:1--> a\n<!--T:2--> b</translate>', 'pt-shake-multiple'),
        ('<translate><!--T:1--> <nowiki><!--T:2--></nowiki></translate>', 'pt-shake-multiple'),
        ('<translate>a <!--T:1--> b</translate>', 'pt-shake-position'),
        ('<translate><!--T:1-->a</translate>', 'pt-shake-position'),
        ('<translate>\n<!--T:1-->\n\na\n</translate>', 'pt-shake-empty'),
        ('<translate>\n<!--T:1-->\n</translate>', 'pt-shake-empty'),
        ('<translate><!--T:--> a</translate>', 'pt-shake-empty-marker'),
    ],
)
def test_refuses(text: str, key: str) -> None:
    assert errors(text) == key
    with pytest.raises(Broken, match=f'^{key}$'):
        units(text)


@pytest.mark.parametrize(
    ('change', 'finding'),
    [
        (('* Item.', '* New.\n* Item.'), 'unit 12 swallowed text'),
        (('<!--T:11-->', '; 2015-09-01\n* New.\n<!--T:11-->'), 'unit 11 swallowed text'),
        (('* Item.\n\n', '* Item.\n* New.\n\n'), 'unit 12 swallowed text'),
        (('* Old.', '* Old!'), 'unit 11 changed'),
        (('* Old.\n', ''), 'unit 11 changed'),
        (('<!--T:12-->', '<!--T:13-->'), 'marker 12 is gone'),
        (('<!--T:12-->\n', ''), 'marker 12 is gone'),
        (('<!--T:12-->', '<!--T:13-->\n* New.\n\n<!--T:12-->'), 'marker 13 is new'),
        (('* Item.', '* Item.\n\n<!--T:11-->\n* New.'), 'a marker stands twice'),
    ],
)
def test_catches_damage(change: tuple[str, str], finding: str) -> None:
    after = BLOCK.replace(*change, 1)
    assert after != BLOCK
    assert finding in damage(BLOCK, after)


def test_catches_moved_markers() -> None:
    first, second = '<!--T:1-->\nA', '<!--T:2-->\nB'
    before = f'<translate>\n{first}\n\n{second}\n</translate>'
    after = f'<translate>\n{second}\n\n{first}\n</translate>'
    assert damage(before, after) == ['markers changed places']


def test_lets_a_unit_of_its_own_pass() -> None:
    after = BLOCK.replace('<!--T:12-->', '; 2015-09-20\n* New.\n\n<!--T:12-->')
    assert damage(BLOCK, after) == []
    assert [unit.ident for unit in units(after)] == [None, '12', '11']
