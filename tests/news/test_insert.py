"""Where an entry goes, exactly."""

from __future__ import annotations

import datetime as dt

import pytest

from mwsocial.news.shapes import Entry, Inserted, insert
from tests.news.corpus import ENTRY, PAGES, TODAY, inserted, refused

DAY = dt.date(2015, 9, 16)
NEW = Entry('n', 'New.')
#: Page: what is put in for a day that has no group yet.
NEW_DAY = {
    'a_plain': '; 2026-11-24\n* New.\n',
    'a_blank_lines': '; 2026-11-24\n* New.\n\n',
    'a_noinclude_before_after': '; 2026-11-24\n* New.\n',
    'a_bold_dates': "; '''2026-11-24'''\n* New.\n",
    'a_long_dates': '; November 24, 2026\n* New.\n',
    'a_ranges_nbsp': '; 2026-11-24\n* New.\n',
    'b_inline': '; 2026-11-24\n* <translate>New.</translate>\n',
    'b_multiline': '; 2026-11-24\n* <translate>New.</translate>\n',
    'b_some_untranslated': '; 2026-11-24\n* <translate>New.</translate>\n',
    'c_block': '; 2026-11-24\n* New.\n\n',
    'c_noinclude_same_line': '; 2026-11-24\n* New.\n\n',
    'c_unmarked': '; 2026-11-24\n* New.\n\n',
    'c_one_unit': '; 2026-11-24\n* New.\n\n',
    'c_date_units': '; 2026-11-24\n* New.\n\n',
    'c_heading_and_footer': '; 2026-11-24\n* New.\n\n',
    'c_region_per_list': '; 2026-11-24\n* New.\n',
    'd_term_text': '; 2026-11-24 : New.\n',
    'd_term_lines': '; 2026-11-24\n: New.\n',
    'e_bold': "* '''2026-11-24''': New.\n",
    'e_plain': '* 2026-11-24: New.\n',
    'e_translate': "* '''2026-11-24''': <translate>New.</translate>\n",
    'e_translate_line': "* <translate>'''2026-11-24''': New.</translate>\n",
}
#: Page: what stands around the new bullet of a day that is there.
SAME_DAY = {
    'a_plain': '; 2015-09-16\n* New.\n* [[MediaWiki 1.26]]',
    'a_no_newline': '; 2015-09-16\n* New.\n* Item without',
    'a_comments': '<!-- put new items here -->\n* New.\n* Item <!-- keep -->',
    'a_nested_lists': '; 2015-09-16\n* New.\n* Releases:\n** 1.25.2',
    'a_table_around': '; 2015-09-16\n* New.\n* Item.\n; 2015-08-11',
    'b_inline': '; 2015-09-16\n* <translate>New.</translate>\n* <translate><!--T:12--> Item',
    'b_multiline': '; 2015-09-16\n* <translate>New.</translate>\n* <translate>\n<!--T:5-->',
    'c_block': '<!--T:12-->\n; 2015-09-16\n* Item.\n\n* New.\n\n<!--T:11-->',
    'c_unmarked': '<translate>\n; 2015-09-16\n* New.\n* Item.\n\n; 2015-08-11',
    'c_date_units': '<!--T:3-->\n; 2015-09-16\n\n* New.\n\n<!--T:4-->\n* Item.\n\n<!--T:5-->',
    'c_region_per_list': '; 2015-09-16\n<translate>\n* New.\n\n<!--T:4-->\n* Item.\n* Second.\n',
    'c_heading_and_footer': '** detail\n\n* New.\n\n<!--T:3-->',
    'c_after_own_edit': '* Item.\n\n* New.\n* Put in later, not marked yet.\n\n<!--T:11-->',
    'd_term_text': '; 2015-09-16 : New.\n; 2015-09-16 : Text',
    'd_term_lines': '; 2015-09-16\n: New.\n: Text.',
    'e_bold': "* '''2015-09-16''': New.\n* '''2015-09-16''': Text.",
    'e_translate': "* '''2015-09-16''': <translate>New.</translate>\n* '''2015-09-16''': <tr",
}


@pytest.mark.parametrize('name', NEW_DAY)
def test_new_day(name: str) -> None:
    old, new = PAGES[name], inserted(PAGES[name], [NEW])
    assert new.count(NEW_DAY[name]) == 1
    assert new.replace(NEW_DAY[name], '') == old


@pytest.mark.parametrize('name', SAME_DAY)
def test_same_day(name: str) -> None:
    assert SAME_DAY[name] in inserted(PAGES[name], [NEW], DAY)


def test_a_new_day_in_between() -> None:
    between = Entry('n', 'New.', dt.date(2015, 9, 1))
    assert '; 2015-09-01\n* New.\n; 2015-08-11\n' in inserted(PAGES['a_plain'], [between])
    assert '* Item.\n\n; 2015-09-01\n* New.\n\n<!--T:11-->' in inserted(PAGES['c_block'], [between])


def test_below_the_last_day_in_a_block() -> None:
    old = Entry('n', 'New.', dt.date(2001, 1, 1))
    assert '* Older.\n\n; 2001-01-01\n* New.\n</translate>' in inserted(PAGES['c_block'], [old])
    assert '* Older.\n\n; 2001-01-01\n* New.</translate>' in inserted(
        PAGES['c_noinclude_same_line'], [old]
    )


@pytest.mark.parametrize('day', [DAY, dt.date(2015, 9, 1)])
def test_refuses_a_place_inside_a_marked_unit(day: dt.date) -> None:
    done = insert(PAGES['c_one_unit'], [Entry('n', 'New.', day)], TODAY, 6)
    assert refused(done) == 'news-in-unit'


def test_the_last_day_of_a_marked_unit_goes_on_below_it() -> None:
    new = inserted(PAGES['c_one_unit'], [NEW], dt.date(2015, 8, 11))
    assert new.endswith('* Older.\n\n* New.\n</translate>\n')


def test_a_day_within_a_range_is_a_day_of_its_own() -> None:
    new = inserted(PAGES['a_ranges_nbsp'], [NEW], dt.date(2013, 5, 25))
    assert new.startswith('; 2013-05-25\n* New.\n; 2013-05-24&nbsp;– 26\n')


def test_a_range_stands_above_its_first_day() -> None:
    new = inserted(PAGES['a_ranges_nbsp'], [NEW], dt.date(2013, 5, 24))
    assert '* [[Amsterdam Hackathon 2013]].\n; 2013-05-24\n* New.\n;2013-04-30' in new


def test_entries_of_several_days_in_one_go() -> None:
    entries = [Entry('a', 'A.'), Entry('b', 'B.', DAY), Entry('c', 'C.')]
    new = inserted(PAGES['c_block'], entries)
    assert new.startswith('<translate>\n; 2026-11-24\n* C.\n* A.\n\n<!--T:12-->\n; 2015-09-16\n')
    assert '* Item.\n\n* B.\n\n<!--T:11-->' in new


def test_one_bad_entry_stops_all_and_is_named() -> None:
    done = insert(PAGES['a_plain'], [NEW, Entry('bad', '{{x')], TODAY, 6)
    assert refused(done) == 'news-entry-braces'
    assert getattr(done, 'key', '') == 'bad'


def test_what_stands_there_that_day_is_not_put_in_again() -> None:
    new = inserted(PAGES['b_inline'], [ENTRY])
    assert insert(new, [ENTRY], TODAY, 6) == Inserted(new, (), ('release',))


def test_unsorted_pages_take_only_what_is_newer_than_all() -> None:
    page = '; 2015-09-16\n* A.\n; 2015-01-01\n* B.\n; 2015-08-11\n* C.\n'
    assert insert(page, [NEW], TODAY, 6) == Inserted(f'; 2026-11-24\n* New.\n{page}', ('n',))
    done = insert(page, [Entry('n', 'New.', dt.date(2015, 5, 5))], TODAY, 6)
    assert refused(done) == 'news-order'


def test_an_unclosed_nowiki_above_refuses() -> None:
    page = 'See <nowiki> for\n; 2015-09-16\n* Item.\n'
    entry = Entry('n', 'Use <nowiki>x</nowiki>.', dt.date(2015, 1, 1))
    assert refused(insert(page, [entry], TODAY, 6)) == 'news-unsafe'


def test_a_day_without_entries() -> None:
    assert inserted('; 2026-11-24\n', [NEW]) == '; 2026-11-24\n* New.\n'
    assert inserted('<translate>\n<!--T:1-->\n; 2026-11-24\n</translate>', [NEW]) == (
        '<translate>\n<!--T:1-->\n; 2026-11-24\n\n* New.\n</translate>'
    )


def test_needs_a_number_of_groups() -> None:
    with pytest.raises(ValueError, match='groups'):
        insert(PAGES['a_plain'], [NEW], TODAY, 0)
