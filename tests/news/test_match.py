"""Is it there already?"""

from __future__ import annotations

import pytest

from mwsocial.news.shapes import Entry, find, introduced

RELEASE = "'''[[MediaWiki 1.47]]''' has been released."


def strength(page_entry: str, entry: str) -> str:
    match = find(f'; 2026-11-24\n* Other news.\n* {page_entry}\n', Entry('k', entry))
    return match.strength if match else ''


@pytest.mark.parametrize(
    'there',
    [
        RELEASE,
        '[[MediaWiki 1.47]]  has&nbsp;been released.',
        '<translate><!--T:5--> [[<tvar name="1">MediaWiki 1.47</tvar>]] has been released.</translate>',
        '<translate><!--T:5--> [[<tvar|1>MediaWiki 1.47</>]] has been released.</translate>',
        "[[MediaWiki 1.47]] <!-- yes --> has been ''released''.",
        '[[MediaWiki 1.47]] has been released.\n** with a note below',
    ],
)
def test_same(there: str) -> None:
    assert strength(there, RELEASE) == 'same'


@pytest.mark.parametrize(
    ('there', 'entry'),
    [
        ('[[MediaWiki 1.47]] is out!', RELEASE),
        ('[[Special:MyLanguage/MediaWiki_1.47|MediaWiki 1.47]] has been released today.', RELEASE),
        (
            '[https://www.mediawiki.org/wiki/MediaWiki_1.47 MediaWiki 1.47] has been released',
            RELEASE,
        ),
        (
            'Security releases [[MediaWiki 1.46.2]] and [[MediaWiki 1.45.4]]',
            'Security releases [[MediaWiki 1.46.2]], [[MediaWiki 1.45.4]] and [[MediaWiki 1.43.9]]',
        ),
        (
            'The developer satisfaction survey is open, please take part',
            'The developer satisfaction survey is open; please take part!',
        ),
    ],
)
def test_alike(there: str, entry: str) -> None:
    assert strength(there, entry) == 'alike'


@pytest.mark.parametrize(
    ('there', 'entry'),
    [
        ('[[MediaWiki 1.47]] has been released.', '[[MediaWiki 1.48]] has been released.'),
        (
            '[[Download|MediaWiki 1.47.1]] has been released.',
            '[[Download|MediaWiki 1.47.2]] has been released.',
        ),
        (
            'Security and maintenance release [[Download|MediaWiki 1.47.1]] can be downloaded',
            'Security and maintenance release [[Download|MediaWiki 1.47.2]] can be downloaded',
        ),
        (
            '[[Tech talks|Tech talk]] about the query service',
            '[[Tech talks|Tech talk]] about Parsoid',
        ),
        ('[[MediaWiki]] news', 'Volunteers wanted for [[MediaWiki]] documentation work'),
        ('Short news', 'Short news!'),
        ('[[', '[[ x'),
        ('Item', ''),
    ],
)
def test_different(there: str, entry: str) -> None:
    assert strength(there, entry) == ''


def test_says_which_and_why() -> None:
    page = '; 2026-11-24\n* Other.\n; 2026-11-01\n* [[MediaWiki 1.47]] is out.\n'
    match = find(page, Entry('k', RELEASE))
    assert match is not None
    assert (str(match.date), match.item.raw) == ('2026-11-01', '* [[MediaWiki 1.47]] is out.')
    assert match.why == '2 of 4 words in common, and the link to MediaWiki 1.47'


def test_the_same_text_wins_over_a_likeness_above() -> None:
    page = f'; 2026-11-24\n* [[MediaWiki 1.47]] is out.\n; 2026-11-01\n* {RELEASE}\n'
    match = find(page, Entry('k', RELEASE))
    assert match is not None
    assert (match.strength, str(match.date)) == ('same', '2026-11-01')


def test_introduced_counts_against_the_parent() -> None:
    without = '; 2026-11-24\n* Other.\n'
    once = f'; 2026-11-24\n* {RELEASE}\n* Other.\n'
    marked = once.replace(f'* {RELEASE}', f'* <translate><!--T:3--> {RELEASE}</translate>')
    entry = Entry('k', RELEASE)
    assert introduced(without, once, entry)
    assert introduced('', once, entry)
    assert not introduced(once, once, entry)
    assert not introduced(once, marked, entry)
    assert not introduced(once, without, entry)
    assert not introduced(without, once.replace('released', 'published'), entry)
    assert not introduced(without, without, Entry('k', ''))
