"""The preview counts as the networks do: the module on a real wiki against the poster's library."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import grapheme
import pytest

from mwsocial.channels import counting
from mwsocial.channels.addresses import takes
from mwsocial.sandbox import Person
from tests.channels.test_addresses import CASES as ADDRESSES
from tests.channels.test_lengths import LENGTHS, NEWER
from tests.channels.texts import HOSTILE, TEXTS

pytestmark = pytest.mark.real

# Texts go in and out in hexadecimal digits: MediaWiki normalises what it saves and answers.
MODULE = """
local limits = require( 'Module:Social media/limits' )
local addresses = require( 'Module:Social media/addresses' )
local function from( hex )
    return ( hex:gsub( '%x%x', function ( digits )
        return string.char( tonumber( digits, 16 ) )
    end ) )
end
local function to( text )
    return ( text:gsub( '.', function ( char )
        return string.format( '%02x', char:byte() )
    end ) )
end
return { lengths = function ( frame )
    local warning, answers = from( frame.args[1] ), {}
    for n, hex in ipairs( mw.loadJsonData( 'MediaWiki:Texts.json' ) ) do
        local text, row = from( hex ), {}
        for i, network in ipairs( { 'mastodon', 'x', 'facebook', 'bluesky' } ) do
            row[i] = limits.count( network, text, warning )
            row[i + 5] = addresses.takes( network, text ) and 1 or 0
        end
        row[5] = limits.has_address( text ) and 1 or 0
        answers[n] = table.concat( row, ' ' )
    end
    return table.concat( answers, '|' )
end, run = function ( frame )
    local network, answers = frame.args[1], {}
    for n, hex in ipairs( mw.loadJsonData( 'MediaWiki:Texts.json' ) ) do
        local text, pieces, parts = from( hex ), {}, {}
        for i, piece in ipairs( limits.pieces( network, text ) ) do
            pieces[i] = { piece.kind, to( piece.text ) }
        end
        for i, part in ipairs( limits.parts( text ) ) do
            parts[i] = to( part )
        end
        answers[n] = {
            count = limits.count( network, text ), graphemes = limits.graphemes( text ),
            pieces = pieces, parts = parts
        }
    end
    return mw.text.jsonEncode( answers )
end }
"""


@dataclass(frozen=True)
class Counted:
    """What the module says about one text."""

    count: int
    graphemes: int
    pieces: list[tuple[str, str]]
    parts: list[str]


Count = Callable[[str, Sequence[str]], list[Counted]]
NETWORKS = ('mastodon', 'x', 'facebook', 'bluesky')


@pytest.fixture(scope='module')
def count(admin: Person) -> Count:
    """What the module makes of texts on a network."""
    admin.edit('Module:Limits test', MODULE)

    def text(digits: str) -> str:
        return bytes.fromhex(digits).decode()

    def counted(network: str, texts: Sequence[str]) -> list[Counted]:
        admin.edit('MediaWiki:Texts.json', json.dumps([one.encode().hex() for one in texts]))
        answer = admin.expand(f'{{{{#invoke:Limits test|run|{network}}}}}')
        return [
            Counted(
                one['count'], one['graphemes'],
                [(kind, text(words)) for kind, words in one['pieces']],
                [text(words) for words in one['parts']],
            )
            for one in json.loads(answer)
        ]  # fmt: skip

    return counted


SIMPLE = [
    'Hello', 'é', 'e\u0301', '한국어', '각', '\u1112\u1161\u11ab', 'नमस्ते', 'ক্ষ',
    '👩‍👩‍👧‍👦', '🏳️‍🌈', '🇩🇪🇫🇷', '🇩🇪🇫', '1️⃣', '✊🏽✊🏿', '☺', '☺️', '©', '©️', 'a\u200db', '\u0e33',
    '日本語', '…—“”', 'عربى', 'שלום', 'a\n\nb', '\u0600a',
]  # fmt: skip
LINKED = [
    'https://example.com', 'See https://example.com/a_(b)_c?d=e&f=#g, and http://example.org.',
    '(https://example.com/a)', 'https://example.com/a.(b)', 'https://example.com/a_(b)',
    'https://localhost/', 'https://example.invalidtld/a', 'http://example.com:8080/',
    'example.com', 'www.mediawiki.org', 'xhttps://example.com', '#https://example.com',
    '@https://example.com', 'https://example.com。', 'https://例え.jp/あ', 'https://münchen.de/ü',
    'https://a_b.example.com', 'https://a_b.com', 'https://-a.com', 'https://example.com/…',
    'https://xn--bcher-kva.example/', 'https://xn--p1ai.xn--p1ai', 'HTTPS://EXAMPLE.COM/A',
    'https://example.com/a–b', 'https://example.com//a//', 'https://example.com?a=b',
    'https://example.com/@alice', 'https://example.com/a/@alice@example.org/',
    'https://example.comhttps://example.org', 'https://example.com https://example.org',
    'https://example.com日本', 'https://co.uk', 'https://example.co.uk/a,b;c!d',
    "https://example.com/'a'", 'https://example.com/a|b', 'https://example.com/a*b*',
    'https://en.wikipedia.org/wiki/PHP_(disambiguation)', 'https://example.com/((a))',
    'https://example.com/(a', 'https://example.com/a)', 'https://example.com/%E2%9C%93',
    '@alice', '@alice@example.com', 'x@example.com', 'a/@alice@example.com', '.@alice@example.com',
    '@alice@example.com.', '@alice@example', '@alice@a', '@alice@@example.com', '@Ä@example.com',
    'é@alice@example.com', '@alice@example.com@bob@example.org', '@a@b.c @d@e.f', '🎉@a@b.cd',
    '@alice@example.com-', '@a_b@exam-ple.com…',
]  # fmt: skip


def _mixtures(number: int) -> list[str]:
    """Texts made of pieces that go badly together; the same in every run."""
    choose = random.Random(47)
    glue = [
        '',
        '',
        ' ',
        ' ',
        '\n',
        '.',
        ',',
        '(',
        ')',
        '/',
        '@',
        '#',
        ':',
        '-',
        '_',
        '。',
        '"',
        '?',
        '=',
    ]
    words = [*SIMPLE, *LINKED, 'http://', 'https://', 'a.b', '.com', 'example.org/a', '?q=1']
    texts = []
    for _ in range(number):
        words_now = [
            choose.choice(words) + choose.choice(glue) for _ in range(choose.randint(1, 6))
        ]
        texts.append(''.join(words_now))
    return texts


Lengths = Callable[..., list[tuple[int, ...]]]


@pytest.fixture(scope='module')
def lengths(admin: Person, count: Count) -> Lengths:
    """The module's lengths on the networks, whether there is an address, and where it may be a post."""

    def counted(texts: Sequence[str], warning: str = '') -> list[tuple[int, ...]]:
        admin.edit('MediaWiki:Texts.json', json.dumps([one.encode().hex() for one in texts]))
        answer = admin.expand(f'{{{{#invoke:Limits test|lengths|{warning.encode().hex()}}}}}')
        assert '<strong' not in answer, answer
        return [tuple(map(int, row.split())) for row in answer.split('|')]

    return counted


def _poster(text: str, warning: str = '') -> tuple[int, ...]:
    return (
        *(counting.weigh(network, text, warning) for network in NETWORKS),
        int(bool(counting.x_addresses(text))),
        *(int(takes(network, text)) for network in NETWORKS),
    )


def _assert_agreed(lengths: Lengths, texts: Sequence[str], warning: str = '') -> None:
    wrong = [
        (text, found, _poster(text, warning))
        for text, found in zip(texts, lengths(texts, warning), strict=True)
        if found != _poster(text, warning)
    ]
    assert wrong == []


def test_the_shared_table_counts_alike(lengths: Lengths) -> None:
    # A wiki page can hold neither half of a character nor nothing at all.
    texts = [text for text, *_ in (*LENGTHS, *NEWER) if text]
    assert len(texts) > 500
    _assert_agreed(lengths, texts)
    _assert_agreed(lengths, texts, '\u0301 warning of @a@b.de')


def test_any_text_counts_alike(lengths: Lengths) -> None:
    _assert_agreed(lengths, [*SIMPLE, *LINKED, *TEXTS, *_mixtures(1500)])


def test_addresses_of_posts_are_known_alike(lengths: Lengths) -> None:
    _assert_agreed(lengths, [address for address, _ in ADDRESSES if address])


def test_hostile_texts_count_alike(lengths: Lengths) -> None:
    # As much as a wiki's time limit lets one page do.
    _assert_agreed(lengths, [unit * (8000 // len(unit.encode())) + '.de' for unit in HOSTILE])


@pytest.mark.parametrize('unit', ['a.', '日.', 'https://a.de/((', '👩‍👩‍👧‍👦', '\u0301', '@a@b.de '])
def test_a_text_of_a_hundred_kilobytes_is_counted(lengths: Lengths, unit: str) -> None:
    _assert_agreed(lengths, [unit * (100_000 // len(unit.encode())) + '.de'])


def test_graphemes_are_those_of_unicode(count: Count) -> None:
    choose = random.Random(48)
    signs = [
        'a', '\r', '\n', '\u0300', '\u200d', '\ufe0f', '👩', '❤', '🇩', '🇫', '한', '하', '\u1100',
        '\u1161', '\u11a8', '\u0600',
        '\u0903', '\u094d', 'क', '\u0937', '🏽', '\u20e3', '1', '\u200c', '©', '\u0d4e',
    ]  # fmt: skip
    texts = [''.join(choose.choices(signs, k=choose.randint(1, 8))) for _ in range(1500)]
    found = [answer.graphemes for answer in count('bluesky', texts)]
    wanted = [grapheme.length(text) for text in texts]
    wrong = [row for row in zip(texts, found, wanted, strict=True) if row[1] != row[2]]
    assert wrong == []


@pytest.mark.parametrize('network', ['mastodon', 'x', 'bluesky', 'facebook'])
def test_pieces_are_the_whole_text(count: Count, network: str) -> None:
    texts = [*SIMPLE, *LINKED, *_mixtures(300)]
    for text, answer in zip(texts, count(network, texts), strict=True):
        assert ''.join(piece[1] for piece in answer.pieces) == text


def test_x_weighs_as_its_documentation_says(count: Count) -> None:
    cases = {
        'Hello': 5, '日本': 4, '한국': 4, '…': 2, '—“”': 3,
        '👩‍👩‍👧‍👦': 2, '🇩🇪': 2, '1️⃣': 2, '✊🏽': 2, '\u200e': 2,
        'https://www.mediawiki.org/wiki/MediaWiki_1.47': 23, 'a https://a.de b': 27,
        'mediawiki.org': 23, 'README.md': 23, 'foo.bar/baz?x=1': 23, 'php.net.': 24,
        'node.js': 7, 'LocalSettings.php': 17, 'user@example.com': 16, 'ftp://example': 13,
        '127.0.0.1': 9, 'localhost': 9, 'https://example.com/a_(b)': 23, '(https://example.com)': 25,
        'a.com b.com': 47,
    }  # fmt: skip
    found = count('x', list(cases))
    assert {text: one.count for text, one in zip(cases, found, strict=True)} == cases


def test_words_that_become_links_are_known(count: Count) -> None:
    text = '#MediaWiki @alice@example.com, @bob: https://mediawiki.org/#a x#y #12 #1a (#é)'

    def kinds(network: str) -> list[tuple[str, str]]:
        (answer,) = count(network, [text])
        return [(kind, words) for kind, words in answer.pieces if kind != 'text']

    tags = [('hashtag', '#MediaWiki')], [('url', 'https://mediawiki.org/#a')], [
        ('hashtag', '#1a'), ('hashtag', '#é')
    ]  # fmt: skip
    assert kinds('mastodon') == [
        *tags[0], ('mention', '@alice@example.com'), ('mention', '@bob'), *tags[1], *tags[2]
    ]  # fmt: skip
    assert kinds('facebook') == [*tags[0], *tags[1], *tags[2]]


def test_threads_are_split_as_the_poster_splits_them(count: Count) -> None:
    from mwsocial.desk.validity import parts

    texts = [
        'a', 'a\n----\nb', 'a\n ---- \nb', '----', '----\na', 'a\n-----\nb', 'a ----\nb',
        'a\n----\n----\nb', '\n\na\n\n----\n\t b\n', 'a\n----\n\u00a0\n----', '---- a\n----',
    ]  # fmt: skip
    assert [answer.parts for answer in count('mastodon', texts)] == [parts(t) for t in texts]
