"""Generated pages in every shape, with noise."""

from __future__ import annotations

import datetime as dt

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mwsocial.news.shapes import Entry, Inserted, Refused, find, insert, introduced, read, replace
from mwsocial.news.values import Replaced
from tests.news.corpus import TODAY, check
from tests.news.translate_rules import errors

#: The same examples each time, and no clock: a busy machine must not fail a test.
QUIET = settings(deadline=None, derandomize=True)
WORDS = st.sampled_from(
    [
        'MediaWiki',
        '1.47',
        'released',
        '[[Help:Contents|help]]',
        '{{tracked|T1}}',
        "'''bold'''",
        '&nbsp;',
        '<nowiki>{{</nowiki>',
        '<!-- note -->',
        'ünïcode',
        '24 – 26',
        '<b>b</b>',
        '[https://example.org/a?b=c:d text]',
        '2015-09-16',
    ]
)
TVARS = st.sampled_from(['<tvar name="1">v</tvar>', '<tvar|x>[[Y]]</>'])
TEXTS = st.lists(WORDS, min_size=1, max_size=4).map(lambda words: 'On ' + ' '.join(words))
NESTED = st.sampled_from(['', '', '\n** nested', '\n*: indented', '\n** a\n** b'])
NOISE = st.sampled_from(
    [
        '',
        '',
        '<!-- comment -->\n',
        '<!--\n; 2000-01-01\n* x\n-->\n',
        '{{Header}}\n',
        '{{Box\n| a = b\n}}\n',
        '<div>\n',
        'A paragraph.\n',
        '== Heading ==\n',
        '\n',
        '<noinclude>\n; 2000-01-01\n* doc\n</noinclude>\n',
        '<languages/>\n',
        '; Term\n* of no day\n',
    ]
)
BEFORE = st.sampled_from(['', '<noinclude>{{doc}}</noinclude>', '<includeonly>', '<onlyinclude>'])
DAYS = st.lists(st.dates(dt.date(2014, 1, 1), TODAY), min_size=1, max_size=5, unique=True).map(
    lambda days: sorted(days, reverse=True)
)
ENTRIES = st.lists(
    st.builds(
        Entry,
        st.just('k'),
        st.sampled_from(['Announcing ', 'News about ']).flatmap(
            lambda start: st.text('abcdefgh ', min_size=1).map(lambda rest: f'{start}{rest}.')
        ),
        st.none() | st.dates(dt.date(2013, 1, 1), dt.date(2027, 1, 1)),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda entry: ' '.join(entry.text.split()),
)


@st.composite
def pages(draw: st.DrawFn) -> str:
    """A page in a random shape; the text of its entries begins with "On"."""
    shape = draw(st.sampled_from('AABBCCCCDdEeF'))
    serial = draw(st.permutations(range(1, 60)))
    number = iter(serial)

    def marker(end: str) -> str:
        return f'<!--T:{next(number)}-->{end}' if draw(st.booleans()) else ''

    def item() -> str:
        return draw(TEXTS) + draw(NESTED if shape in 'AC' else st.just(''))

    def inline() -> str:
        text = draw(TEXTS) + draw(TVARS | st.just(''))
        return f'<translate>{marker(" ")}{text}</translate>'

    blocks = []
    for day in draw(DAYS):
        count = draw(st.integers(0 if shape in 'AB' else 1, 3))
        rows = range(count)
        block = ''
        if shape == 'A':
            block = f'; {day}\n' + ''.join(f'* {item()}\n' for _ in rows)
        elif shape == 'B':
            block = f'; {day}\n' + ''.join(f'* {inline()}\n' for _ in rows)
        elif shape == 'C':
            gaps = st.sampled_from(['', '', '\n'])
            block = f'{marker(chr(10))}; {day}\n'
            for _ in rows:
                if draw(gaps):
                    block += '\n' + marker('\n')
                block += f'* {item()}\n'
            block += draw(st.sampled_from(['\n', '\n', '\n', '']))
        elif shape == 'D':
            block = f'; {day} : {draw(TEXTS)}\n'
        elif shape == 'd':
            block = f'; {day}\n' + ''.join(f': {draw(TEXTS)}\n' for _ in rows)
        elif shape == 'E':
            block = ''.join(f"* '''{day}''': {draw(TEXTS)}\n" for _ in rows)
        elif shape == 'e':
            block = ''.join(f'* {day}: {inline()}\n' for _ in rows)
        else:
            block = ''.join(
                f"* <translate>{marker(' ')}'''{day}''': {draw(TEXTS)}</translate>\n" for _ in rows
            )
        blocks.append(block)
    body = ''.join(blocks)
    if shape == 'C':
        body = f'<translate>\n{body.rstrip()}{draw(st.sampled_from(["", chr(10)]))}</translate>'
    before = draw(BEFORE)
    after = {'<includeonly>': '</includeonly>', '<onlyinclude>': '</onlyinclude>'}.get(before, '')
    lines = draw(NOISE)
    opening = before if lines or not before.endswith('only>') else before + '\n'
    return (
        opening
        + lines
        + body.rstrip('\n')
        + after
        + draw(st.sampled_from(['', '\n']))
        + ('\n' + draw(NOISE) if not after else '')
    )


@QUIET
@given(st.text() | pages() | st.lists(NOISE | pages(), max_size=6).map(''.join))
def test_reading_loses_nothing(text: str) -> None:
    page = read(text)
    assert ''.join(piece for _, piece in page.pieces) == text
    assert (page.shape is None) == (not page.groups)
    if not page.groups:
        assert page.trouble is not None


@QUIET
@given(st.text(st.sampled_from("*;:#\n -0123456789'<>!T/translate|{}[]"), max_size=200))
def test_reading_never_fails(text: str) -> None:
    assert ''.join(piece for _, piece in read(f'; 2015-09-16\n* {text}').pieces).endswith(text)


@QUIET
@given(pages(), ENTRIES)
def test_inserting_keeps_all_and_adds_each_once(text: str, entries: list[Entry]) -> None:
    assume(errors(text) == '')
    done = insert(text, entries, TODAY, 6)
    if isinstance(done, Refused):
        assert done.reason.key in ('news-in-unit', 'news-no-dates'), done
        if done.reason.key == 'news-in-unit':
            assert '<!--T:' in text
        return
    check(text, done, entries, TODAY)
    for entry in entries:
        match = find(done.text, entry)
        assert match is not None and match.strength == 'same'
        assert introduced(text, done.text, entry)
    again = insert(done.text, entries, TODAY, 6)
    assert isinstance(again, Inserted)
    assert (again.text, again.added) == (done.text, ())


@QUIET
@given(pages())
def test_todays_news_always_has_a_place(text: str) -> None:
    """Above all groups there is always room, whatever is marked."""
    assume(errors(text) == '')
    page = read(text)
    assume(page.groups and page.groups[0].date < TODAY)
    done = insert(text, [Entry('k', 'Fresh.')], TODAY, 6)
    assert isinstance(done, Inserted), done
    assert read(done.text).groups[0].items[0].headline_is('Fresh.')


@QUIET
@given(pages(), ENTRIES)
def test_correcting_what_was_inserted(text: str, entries: list[Entry]) -> None:
    assume(errors(text) == '')
    done = insert(text, entries, TODAY, 6)
    assume(isinstance(done, Inserted))
    assert isinstance(done, Inserted)
    better = Entry('k', 'Corrected [[words]].')
    fixed = replace(done.text, entries[0], better)
    assert isinstance(fixed, Replaced), fixed
    back = replace(fixed.text, better, entries[0])
    assert back == Replaced(done.text)


@QUIET
@given(pages(), st.text(max_size=30))
def test_hostile_entries_never_damage_a_page(text: str, words: str) -> None:
    assume(errors(text) == '')
    entry = Entry('k', f'x{words}')
    done = insert(text, [entry], TODAY, 6)
    if isinstance(done, Inserted) and done.added:
        check(text, done, [entry], TODAY)


HOSTILE = st.lists(
    st.sampled_from(
        [
            '<translate>',
            '</translate>',
            '<!--T:1-->',
            '<!--',
            '-->',
            '{{',
            '}}',
            '[[',
            ']]',
            '{{{',
            '|',
            '<nowiki>',
            '</nowiki>',
            '</noinclude>',
            '<noinclude>',
            "'''",
            '* ',
            '; 2015-09-16',
            '\n',
            ' ',
            'x',
            '<tvar|a>',
            '</>',
            '<b>',
            '</b>',
            '{|',
            '~~~~',
            '<pre>',
            '</pre>',
            ':',
            '#',
            '=',
        ]
    ),
    min_size=1,
    max_size=8,
).map(''.join)


@QUIET
@given(pages(), HOSTILE)
def test_markup_in_entries_never_damages_a_page(text: str, words: str) -> None:
    assume(errors(text) == '')
    entry = Entry('k', words)
    done = insert(text, [entry], TODAY, 6)
    if isinstance(done, Inserted) and done.added:
        check(text, done, [Entry('k', words.strip(' \t'))], TODAY)
