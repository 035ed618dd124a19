"""What becomes a link, a hashtag or a mention, to the byte."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mwsocial.channels.bluesky.facets import facets, handles, is_handle, spans, to_uri
from mwsocial.channels.bluesky.records import card, post_record, record_key
from tests.channels.texts import TEXTS

DIDS = {'alice.test': 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa'}


def found(text: str) -> list[tuple[str, str]]:
    """Kind and words of what is more than words, cut out by bytes as a reader's program does."""
    data = text.encode()
    dids = {handle: f'did:web:{handle}' for handle in handles(text)}
    return [
        (
            one['features'][0]['$type'].rpartition('#')[2],
            data[one['index']['byteStart'] : one['index']['byteEnd']].decode(),
        )
        for one in facets(text, dids)
    ]


@pytest.mark.parametrize(
    ('text', 'links'),
    [
        ('see https://www.mediawiki.org/wiki/MediaWiki_1.47.', ['https://www.mediawiki.org/wiki/MediaWiki_1.47']),
        ('(https://a.example/b_(c))', ['https://a.example/b_(c)']),
        ('[https://a.example/b]', ['https://a.example/b']),
        ('(see https://a.example/b).', ['https://a.example/b']),
        ('https://a.example/b?x=1&y=2#z!', ['https://a.example/b?x=1&y=2#z']),
        ('https://a.example, https://b.example; http://c.example', ['https://a.example', 'https://b.example', 'http://c.example']),
        ('HTTPS://EXAMPLE.ORG/Path', ['HTTPS://EXAMPLE.ORG/Path']),
        ('詳細はhttps://ja.wikipedia.org/wiki/メインページ。次', ['https://ja.wikipedia.org/wiki/メインページ']),
        ('“https://a.example/b”', ['https://a.example/b']),
        ('https://fa.wikipedia.org/wiki/نیم\u200cفاصله.', ['https://fa.wikipedia.org/wiki/نیم\u200cفاصله']),
        ('https://a.example/b\u200fx', ['https://a.example/b']),
        ('https://a.example/b\u202ex', ['https://a.example/b']),
        ('https://müller.example/ü', ['https://müller.example/ü']),
        ('https://a.example:8443/x', ['https://a.example:8443/x']),
        ('👩‍👩‍👧‍👦https://a.example/🏳️‍🌈 …', ['https://a.example/🏳️‍🌈']),
        ('https://', []),
        ('https://localhost/x', []),
        ('https://127.0.0.1/x', []),
        ('https://a.example:99999/', []),
        ('https://mediawiki.org@evil.example/', []),
        ('xhttps://a.example', []),
        ('mediawiki.org README.md ftp://a.example mailto:a@b.example', []),
        ('https://[::1', []),
        ('https://a..example/ https://-a.example/', []),
        ('https://a.example\\@b.example', ['https://a.example']),
    ],
)  # fmt: skip
def test_links(text: str, links: list[str]) -> None:
    assert [words for kind, words in found(text) if kind == 'link'] == links


@pytest.mark.parametrize(
    ('text', 'tags'),
    [
        ('#MediaWiki', ['#MediaWiki']),
        ("#MediaWiki's (#wiki), #a11y! #日本語 #ويكي_1", ['#MediaWiki', '#wiki', '#a11y', '#日本語', '#ويكي_1']),
        ('#हिन्दी and #e\u0301te\u0301', ['#हिन्दी', '#e\u0301te\u0301']),
        ('#नमस्\u200cते\u200d', ['#नमस्\u200cते']),
        ('＃タグ', ['＃タグ']),
        ('#47 #_ #1.47', []),
        ('#\ufe0f\u20e3 #️⃣1 #', []),
        ('a#b &#39; ##x @#y /#z', []),
        ('https://a.example/#frag #real', ['#real']),
        ('#' + 'x' * 64, ['#' + 'x' * 64]),
        ('#' + 'x' * 65, []),
        ('#' + '\U0002000b' * 64, ['#' + '\U0002000b' * 64]),
        ('#a' + '\u0301' * 330, []),
        ('C# is #1', []),
    ],
)  # fmt: skip
def test_tags(text: str, tags: list[str]) -> None:
    assert [words for kind, words in found(text) if kind == 'tag'] == tags


@pytest.mark.parametrize(
    ('text', 'mentions'),
    [
        ('Thanks @alice.test and (@Bob-1.bsky.social).', ['@alice.test', '@Bob-1.bsky.social']),
        ('@alice @alice@mastodon.example a@b.example', []),
        ('@alice.test@mastodon.example', []),
        ('@alice.test_x @alice.testé @alice.test/x', []),
        ('.@alice.test =@alice.test @@alice.test', []),
        ('@alice..test @-a.test @a.1 @handle.invalid @a.local', []),
        ('あ@alice.test', []),
        ('「@alice.test」', ['@alice.test']),
        ('https://a.example/@alice.test', []),
        ('@' + 'a.' * 127 + 'b', []),
    ],
)
def test_mentions(text: str, mentions: list[str]) -> None:
    assert [words for kind, words in found(text) if kind == 'mention'] == mentions


def test_only_resolved_handles_are_mentions() -> None:
    text = '👩‍💻 @Alice.test @nobody.test'
    (one,) = facets(text, DIDS)
    assert one['features'] == [
        {'$type': 'app.bsky.richtext.facet#mention', 'did': DIDS['alice.test']}
    ]
    assert handles('@a.test @A.test @b.test') == ('a.test', 'b.test')


@pytest.mark.parametrize(
    ('address', 'uri'),
    [
        ('https://ja.wikipedia.org/wiki/メイン', 'https://ja.wikipedia.org/wiki/%E3%83%A1%E3%82%A4%E3%83%B3'),
        ('https://bücher.example/%C3%BC?q=100%&x=é', 'https://xn--bcher-kva.example/%C3%BC?q=100%25&x=%C3%A9'),
        ('HTTPS://A.Example/B', 'https://a.example/B'),
        ('https://a.example:080/x', 'https://a.example:80/x'),
        ('https://straße.example/', 'https://xn--strae-oqa.example/'),
        ('https://a.example/' + 'é' * 3000, ''),
        ('https://\u2100.example/', ''),
        ('javascript:alert(1)', ''),
    ],
)  # fmt: skip
def test_addresses_in_ascii(address: str, uri: str) -> None:
    assert to_uri(address) == uri


_PIECES = st.one_of(
    st.sampled_from([
        'https://a.example/x', 'http://ü.example/ü(1)', '#tag', '#日本', '@alice.test', '#', '@', ' ', '.',
        '(', ')', '\n', '👩‍👩‍👧‍👦', 'e\u0301', '\u200f', '\u202e', '\u200d', '字', '𝔘', 'ﷺ', '\x00', '🏳️‍🌈',
        'https://', '://', '%', '&#39;', '-', '…', '\u3000', '。', '_', '\u0301',
    ]),
    st.text(max_size=6),
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30).map(''.join))
def test_bytes_cut_out_exactly_what_is_meant(text: str) -> None:
    """Of any text: ranges in order, apart, on whole characters, and on what they stand for."""
    data, done = text.encode(), 0
    dids = {handle: f'did:web:{handle}' for handle in handles(text)}
    for facet in facets(text, dids):
        start, end = facet['index']['byteStart'], facet['index']['byteEnd']
        assert done <= start < end <= len(data)
        piece, done = data[start:end].decode(), end
        (feature,) = facet['features']
        if 'uri' in feature:
            assert re.match('https?://', piece, re.I)
            assert to_uri(piece) == feature['uri']
            assert feature['uri'].isascii()
            assert not re.search(r'\s', piece)
        elif 'tag' in feature:
            assert piece[0] in '#＃'
            assert piece[1:] == feature['tag']
        else:
            assert piece[0] == '@'
            assert feature['did'] == f'did:web:{piece[1:].lower()}'
            assert is_handle(piece[1:].lower())


_WORDS = st.text(
    st.characters(exclude_categories=['Cs', 'Cc'], exclude_characters='#＃@/:'), max_size=12
)


@given(st.lists(st.tuples(_WORDS, st.sampled_from([
    ('link', 'https://www.mediawiki.org/wiki/MediaWiki_1.47'), ('tag', '#MediaWiki'),
    ('mention', '@alice.test'),
]))))  # fmt: skip
def test_all_is_found_between_any_words(pieces: list[tuple[str, tuple[str, str]]]) -> None:
    text = ''.join(f'{words} {piece} ' for words, (_, piece) in pieces)
    assert found(text) == [one for _, one in pieces]


@pytest.mark.parametrize(
    'hostile',
    ['https://a.example/' + '(' * 50_000, 'https://a.example/' + ')' * 50_000, '#' * 100_000,
     '@a.' * 40_000, '#a' * 50_000, 'https://' * 12_000, '@' + 'a.' * 50_000, '#' + 'é' * 100_000,
     'https://a.b/#x ' * 8_000, '\u0301' * 100_000 + '#x'],
)  # fmt: skip
def test_hostile_texts_end(hostile: str) -> None:
    assert isinstance(spans(hostile), list)


def test_text_is_never_changed() -> None:
    for text in TEXTS:
        record = post_record(text, 'en', datetime(2026, 11, 25, tzinfo=UTC), {})
        assert record['text'] == text
        assert json.loads(json.dumps(record)) == record


@pytest.mark.parametrize(
    ('text', 'title', 'description'),
    [
        ('x https://www.mediawiki.org/wiki/MediaWiki_1.47 y', 'MediaWiki 1.47', 'www.mediawiki.org'),
        ('https://www.mediawiki.org/wiki/Special:MyLanguage/Help:Extension:Translate', 'Special:MyLanguage/Help:Extension:Translate', 'www.mediawiki.org'),
        ('https://ja.wikipedia.org/wiki/メイン_ページ', 'メイン ページ', 'ja.wikipedia.org'),
        ('https://a.example/w/index.php?title=Caf%C3%A9_au+lait&action=edit', 'Café au lait', 'a.example'),
        ('https://a.example', 'a.example', 'a.example'),
        ('https://a.example/blog/2026/hello-world/', 'hello-world', 'a.example'),
        ('https://a.example/%FF%FE', '%FF%FE', 'a.example'),
        ('https://a.example/wiki/A%E2%80%AEB%0AC', 'A B C', 'a.example'),
    ],
)  # fmt: skip
def test_card(text: str, title: str, description: str) -> None:
    shown = card(text)
    assert shown is not None
    assert (shown['title'], shown['description']) == (title, description)


def test_no_card_without_a_link() -> None:
    assert card('mediawiki.org #tag') is None


@given(st.text(st.characters(), max_size=40))
def test_keys_are_valid_and_steady(key: str) -> None:
    found = record_key('post', key)
    assert found == record_key('post', key)
    assert re.fullmatch('[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}', found)
    number = 0
    for sign in found:
        number = number << 5 | '234567abcdefghijklmnopqrstuvwxyz'.index(sign)
    assert number >> 63 == 0
    assert 1_622_505_600 <= (number >> 10) / 1e6 < 1_764_000_000  # June 2021 to November 2025


def test_keys_differ() -> None:
    keys = {record_key('post', str(number)) for number in range(20_000)}
    assert len(keys | {record_key('repost', '1'), record_key('post', '1\n')}) == 20_002
