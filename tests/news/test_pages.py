"""Every fixture page: what is read from it, and what an insertion makes of it."""

from __future__ import annotations

import datetime as dt

import pytest

from mwsocial.news.shapes import Entry, find, insert, introduced, read, replace
from mwsocial.news.values import Replaced
from tests.news.corpus import ENTRY, PAGES, TODAY, inserted, refused

#: Page: shape, first days of its groups, number of entries in each.
READ = {
    'a_plain': ('A', ['2015-09-16', '2015-08-11', '2015-05-25'], [2, 1, 1]),
    'a_blank_lines': ('A', ['2026-11-20', '2026-11-11', '2026-10-30'], [2, 1, 1]),
    'a_no_newline': ('A', ['2015-09-16'], [1]),
    'a_noinclude_before_after': ('A', ['2015-09-16', '2015-08-11'], [1, 1]),
    'a_includeonly_around': ('A', ['2015-09-16', '2015-08-11'], [1, 1]),
    'a_onlyinclude': ('A', ['2015-09-16'], [1]),
    'a_noinclude_around': ('A', ['2015-09-16', '2015-08-11'], [1, 1]),
    'a_comments': ('A', ['2015-09-16', '2015-08-11'], [2, 1]),
    'a_nested_lists': ('A', ['2015-09-16', '2015-08-11'], [2, 1]),
    'a_templates': ('A', ['2015-09-16', '2015-08-11'], [2, 1]),
    'a_ranges_nbsp': ('A', ['2013-05-24', '2013-04-30', '2013-04-01'], [1, 1, 1]),
    'a_table_around': ('A', ['2015-09-16', '2015-08-11'], [1, 1]),
    'a_div_around': ('A', ['2015-09-16', '2015-08-11'], [1, 1]),
    'a_bold_dates': ('A', ['2015-09-16', '2015-08-11'], [1, 1]),
    'a_long_dates': ('A', ['2015-09-16', '2015-08-01'], [1, 1]),
    'a_nowiki': ('A', ['2015-09-16', '2015-08-11'], [2, 1]),
    'b_inline': ('B', ['2015-09-16', '2015-08-11'], [2, 1]),
    'b_old_tvar': ('B', ['2015-09-16', '2015-08-11'], [1, 1]),
    'b_multiline': ('B', ['2015-09-16', '2015-08-11'], [1, 1]),
    'b_some_untranslated': ('B', ['2015-09-16', '2015-08-11'], [1, 1]),
    'c_block': ('C', ['2015-09-16', '2015-08-11'], [1, 1]),
    'c_noinclude_same_line': ('C', ['2015-09-16', '2015-08-11'], [1, 1]),
    'c_unmarked': ('C', ['2015-09-16', '2015-08-11'], [1, 1]),
    'c_one_unit': ('C', ['2015-09-16', '2015-08-11'], [1, 1]),
    'c_date_units': ('C', ['2015-09-16', '2015-08-11'], [2, 1]),
    'c_region_per_list': ('C', ['2015-09-16', '2015-08-11'], [2, 1]),
    'c_heading_and_footer': ('C', ['2015-09-16', '2015-08-11'], [1, 1]),
    'c_after_own_edit': ('C', ['2015-09-16', '2015-08-11'], [2, 1]),
    'd_term_text': ('D', ['2015-09-16', '2015-08-11', '2015-08-11'], [1, 1, 1]),
    'd_term_lines': ('D', ['2015-09-16', '2015-08-11'], [2, 1]),
    'e_bold': ('E', ['2015-09-16', '2015-08-11'], [2, 1]),
    'e_plain': ('E', ['2015-09-16', '2015-08-11', '2015-07-01'], [1, 1, 1]),
    'e_translate': ('E', ['2015-09-16', '2015-08-11'], [1, 1]),
    'e_translate_line': ('E', ['2015-09-16', '2015-08-11'], [1, 1]),
}
REFUSED = {
    'x_no_dates': 'news-no-dates',
    'x_in_template': 'news-no-dates',
    'x_unclear_date': 'news-date-unclear',
    'x_template_date': 'news-date-unclear',
    'x_impossible_date': 'news-date-unclear',
    'x_two_ways': 'news-two-ways',
    'x_oldest_first': 'news-oldest-first',
    'x_translate_open': 'news-tags-open',
    'x_translate_nested': 'news-tags-nested',
    'x_translate_close': 'news-tags-close',
    'x_documentation_only': 'news-no-dates',
    'x_empty': 'news-no-dates',
}


def test_each_page_is_in_a_table() -> None:
    assert PAGES.keys() == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize('name', PAGES)
def test_reading_loses_nothing(name: str) -> None:
    assert ''.join(piece for _, piece in read(PAGES[name]).pieces) == PAGES[name]


@pytest.mark.parametrize('name', READ)
def test_what_is_read(name: str) -> None:
    page = read(PAGES[name])
    letter, days, counts = READ[name]
    assert page.trouble is None
    assert page.letter == letter
    assert [str(group.date) for group in page.groups] == days
    assert [len(group.items) for group in page.groups] == counts
    for item in page.items:
        assert page.text[item.start : item.end] == item.raw
        assert item.content in item.raw


@pytest.mark.parametrize('name', REFUSED)
def test_what_is_refused(name: str) -> None:
    assert refused(insert(PAGES[name], [ENTRY], TODAY, 6)) == REFUSED[name]


@pytest.mark.parametrize('name', READ)
def test_a_new_day_goes_above_all_older_ones(name: str) -> None:
    old = PAGES[name]
    new = inserted(old, [ENTRY])
    page = read(new)
    assert page.groups[0].date == TODAY
    assert [item.content.count(ENTRY.text) for item in page.groups[0].items] == [1]
    match = find(new, ENTRY)
    assert match is not None and match.strength == 'same' and match.date == TODAY
    assert find(old, ENTRY) is None
    assert introduced(old, new, ENTRY)
    assert not introduced(new, new, ENTRY)


@pytest.mark.parametrize('name', READ)
def test_several_entries_at_once_are_as_one_after_another(name: str) -> None:
    second = Entry('second', 'A [[second]] piece of news, quite another one.')
    both = inserted(PAGES[name], [ENTRY, second])
    assert both == inserted(inserted(PAGES[name], [ENTRY]), [second])
    assert read(both).groups[0].date == TODAY


@pytest.mark.parametrize('name', READ)
def test_a_correction_undoes_to_the_same_page(name: str) -> None:
    new = inserted(PAGES[name], [ENTRY])
    better = Entry('release', 'Better words.')
    done = replace(new, ENTRY, better)
    assert isinstance(done, Replaced)
    assert done.text == new.replace(ENTRY.text, better.text)
    assert replace(done.text, better, ENTRY) == Replaced(new)


@pytest.mark.parametrize('name', sorted(READ.keys() - {'c_one_unit'}))
def test_a_day_that_is_there_gets_no_second_date_line(name: str) -> None:
    """... except where each entry carries its own date."""
    before = read(PAGES[name])
    group = next((g for g in before.groups if g.date == g.last), None)
    if group is None:
        pytest.fail('a page needs one plain day')
    after = read(inserted(PAGES[name], [Entry('k', 'Quite new.', group.date)]))
    if before.letter != 'E' and not group.own_dates:
        assert len(after.groups) == len(before.groups)
    grown = [g for g in after.groups if any(i.headline_is('Quite new.') for i in g.items)]
    assert [g.date for g in grown] == [group.date]


@pytest.mark.parametrize('name', READ)
def test_oldest_goes_below_all(name: str) -> None:
    page = read(inserted(PAGES[name], [Entry('k', 'Of old.', dt.date(2001, 2, 3))]))
    assert page.groups[-1].date == dt.date(2001, 2, 3)


def test_surplus_groups_are_counted_and_stay() -> None:
    done = insert(PAGES['a_plain'], [ENTRY], TODAY, 3)
    assert getattr(done, 'surplus', None) == 1
    assert PAGES['a_plain'] in getattr(done, 'text', '')
