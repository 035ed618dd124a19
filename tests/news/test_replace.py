"""Corrections."""

from __future__ import annotations

import pytest

from mwsocial.news.shapes import Entry, Replaced, replace
from tests.news.corpus import PAGES, refused
from tests.news.translate_rules import damage

NEW = Entry('k', 'Corrected.')


def old(text: str) -> Entry:
    return Entry('k', text)


@pytest.mark.parametrize(
    ('name', 'text'),
    [
        ('a_plain', "'''[[MediaWiki 1.25]]''' has been released."),
        ('a_nested_lists', 'Releases:'),
        ('a_comments', 'Second item'),
        ('a_ranges_nbsp', 'No space after the bullet.'),
        ('b_some_untranslated', 'Added by hand.'),
        ('c_unmarked', 'Item.'),
        ('c_after_own_edit', 'Put in later, not marked yet.'),
        ('d_term_text', 'Text with a [[link: colon]].'),
        ('e_bold', 'Second text.'),
    ],
)
def test_changes_the_words_only(name: str, text: str) -> None:
    done = replace(PAGES[name], old(text), NEW)
    assert done == Replaced(PAGES[name].replace(text, 'Corrected.'))
    assert isinstance(done, Replaced)
    assert damage(PAGES[name], done.text) == []


@pytest.mark.parametrize(
    ('name', 'text', 'new', 'key'),
    [
        ('a_plain', 'Never there.', 'x', 'news-replace-missing'),
        ('a_plain', '', 'x', 'news-replace-missing'),
        (
            'a_noinclude_before_after',
            'An example in the documentation.',
            'x',
            'news-replace-missing',
        ),
        ('b_inline', 'Older.', 'x', 'news-replace-marked'),
        ('b_multiline', 'Older.', 'x', 'news-replace-marked'),
        ('c_block', 'Item.', 'x', 'news-replace-marked'),
        ('e_translate_line', 'Text.', 'x', 'news-replace-marked'),
        (
            'a_plain',
            'The [[Reading]] team published its quarterly plan.',
            'x}}',
            'news-entry-braces',
        ),
        ('x_two_ways', 'Item.', 'x', 'news-two-ways'),
    ],
)
def test_refuses(name: str, text: str, new: str, key: str) -> None:
    done = replace(PAGES[name], old(text), Entry('k', new))
    assert refused(done) == key


def test_refuses_when_it_stands_there_twice() -> None:
    page = '; 2026-11-24\n* Twice.\n; 2026-11-01\n* Twice.\n'
    assert refused(replace(page, old('Twice.'), NEW)) == 'news-replace-twice'


def test_refuses_what_somebody_has_reworded() -> None:
    page = '; 2026-11-24\n* Our words, and more.\n'
    assert refused(replace(page, old('Our words'), NEW)) == 'news-replace-missing'


def test_keeps_a_comment_after_the_words() -> None:
    done = replace(PAGES['a_comments'], old('Item'), NEW)
    assert done == Replaced(PAGES['a_comments'].replace('* Item <', '* Corrected. <'))
