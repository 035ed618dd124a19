"""Old groups leave the page whole; Translate's rules are kept, told by an independent checker."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given

from mwsocial.news.insert import insert
from mwsocial.news.read import read
from mwsocial.news.surplus import Taken, bare, take_surplus
from mwsocial.news.values import Inserted, Refused
from tests.news.corpus import PAGES, is_sorted, refused
from tests.news.test_properties import QUIET, pages
from tests.news.translate_rules import errors, units

REFUSED = {
    ('a_ranges_nbsp', 1): 'news-surplus-range',
    ('e_plain', 1): 'news-surplus-range',
    ('c_one_unit', 1): 'news-surplus-unit',
}


def checked(text: str, done: Taken, groups: int) -> None:
    """Kept groups are there byte for byte; units went whole, with their markers, or not at all."""
    assert errors(done.text) == errors(text) == ''
    old, new = read(text), read(done.text)
    assert (new.shape, new.trouble) == (old.shape, None)
    assert [[item.raw for item in group.items] for group in new.groups] == [
        [item.raw for item in group.items] for group in old.groups[:groups]
    ]
    before = [unit for unit in units(text) if unit.ident]
    after = [unit for unit in units(done.text) if unit.ident]
    assert [unit for unit in before if unit in after] == after
    gone = [unit.text for unit in before if unit not in after]
    for group in old.groups[:groups]:
        for item in group.items:
            assert not any(item.plain and item.raw in one for one in gone)
    # Nothing is added: what is left is the page without some pieces.
    signs = iter(text)
    assert all(sign in signs for sign in done.text)
    assert len(done.entries) == sum(len(group.items) for group in old.groups[groups:])


@pytest.mark.parametrize('groups', [1, 2])
@pytest.mark.parametrize('name', [name for name in PAGES if not name.startswith('x_')])
def test_corpus(name: str, groups: int) -> None:
    """Every known shape gives its old groups, or says why not."""
    text = PAGES[name]
    done = take_surplus(text, groups)
    if (name, groups) in REFUSED:
        assert refused(done) == REFUSED[name, groups]
        return
    assert isinstance(done, Taken), done
    checked(text, done, groups)
    if len(read(text).groups) <= groups:
        assert done == Taken(text, ())


@pytest.mark.parametrize('name', [name for name in PAGES if name.startswith('x_')])
def test_unknown_shapes(name: str) -> None:
    assert refused(take_surplus(PAGES[name], 1)).startswith('news-')


@QUIET
@given(pages())
def test_any_page(text: str) -> None:
    """Generated pages: taken and sound, or refused with a reason."""
    done = take_surplus(text, 1)
    if isinstance(done, Refused):
        assert '$' not in done.reason.text()
        return
    if done.entries:
        checked(text, done, 1)


def test_entries_come_in_the_order_in_which_they_are_put_in() -> None:
    """Put into an archive one after another, they stand as they stood."""
    text = '; 2026-03-02\n* New.\n; 2026-03-01\n* Second.\n* First.\n; 2026-02-01\n* Old.'
    done = take_surplus(text, 1)
    assert isinstance(done, Taken)
    archive = '; 2026-01-01\n* Oldest.'
    for entry in done.entries:
        put = insert(archive, [entry], dt.date(2026, 4, 1), 1000)
        assert isinstance(put, Inserted)
        archive = put.text
    assert (
        archive
        == '; 2026-03-01\n* Second.\n* First.\n; 2026-02-01\n* Old.\n; 2026-01-01\n* Oldest.'
    )
    assert is_sorted(read(archive))


def test_lines_below_an_entry_are_left_to_people() -> None:
    text = '; 2026-03-02\n* New.\n; 2026-03-01\n* Old.\n** More of it.'
    assert refused(take_surplus(text, 1)) == 'news-surplus-lines'


def test_out_of_order() -> None:
    text = '; 2026-03-02\n* A.\n; 2026-01-01\n* B.\n; 2026-02-01\n* C.'
    assert refused(take_surplus(text, 1)) == 'news-order'


@pytest.mark.parametrize(
    ('wikitext', 'words'),
    [
        ("<!--T:1--> '''[[<tvar name=\"1\">X</tvar>|x]]'''.", "'''[[X|x]]'''."),
        ('[[<tvar|rel>X</>|x]] <nowiki><tvar></nowiki>', '[[X|x]] <nowiki><tvar></nowiki>'),
        ('<translate>\n<!--T:5-->\nWords.\n</translate>', 'Words.'),
    ],
)
def test_bare(wikitext: str, words: str) -> None:
    """Markup of the translation goes, all else stays."""
    assert bare(wikitext) == words


def test_at_least_one() -> None:
    with pytest.raises(ValueError, match='groups'):
        take_surplus('; 2026-03-02\n* A.', 0)
