"""RSS and Atom in their dialects, and all that only looks like it."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mwsocial.sources.feedxml import MOST, Entry, entries, is_address, same_link
from mwsocial.sources.fetch import Fetched
from mwsocial.sources.trouble import Trouble

WHEN = datetime(2026, 11, 23, 10, tzinfo=UTC)


def read(body: str | bytes, content_type: str = 'text/xml') -> list[Entry]:
    raw = body.encode() if isinstance(body, str) else body
    return entries(Fetched('https://feeds.example/x/feed', raw, content_type))


def key(body: str | bytes, content_type: str = 'text/xml') -> str:
    with pytest.raises(Trouble) as caught:
        read(body, content_type)
    return caught.value.reason.key


def rss(item: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return f'{head}<rss version="2.0"><channel><title>F</title>{item}</channel></rss>'


def atom(entry: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{entry}</feed>'


ITEM = '<item><title>A &amp;amp; B</title><link>https://a.example/1</link><pubDate>Mon, 23 Nov 2026 11:00:00 +0100</pubDate></item>'
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://a.example/"><title>F</title>'
    '</channel><item rdf:about="https://a.example/1"><title>A &amp; B</title><link>https://a.example/1</link>'
    '<dc:date>2026-11-23T10:00:00Z</dc:date></item></rdf:RDF>'
)


@pytest.mark.parametrize(
    'body',
    [
        rss(ITEM),
        rss(ITEM, ''),
        '\n ' + rss(ITEM),
        '\ufeff' + rss(ITEM),
        rss(ITEM, '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "file:///etc/hostname">'),
        atom(
            '<entry><title type="html">A &amp;amp; B</title><link href="https://a.example/1"/>'
            '<updated>2026-11-23T10:00:00Z</updated></entry>'
        ),
        atom(
            '<entry><title>A &amp; B</title><link rel="edit" href="https://e.example"/><link rel="alternate" '
            'href="https://a.example/1"/><published>2026-11-23T11:00:00+01:00</published>'
            '<updated>2026-11-24T10:00:00Z</updated></entry>'
        ),
        RDF,
    ],
)  # fmt: skip
def test_shapes(body: str) -> None:
    assert read(body) == [Entry('A & B', 'https://a.example/1', WHEN)]


def test_links_are_completed() -> None:
    body = rss(ITEM.replace('https://a.example/1', '/post'))
    assert read(body)[0].link == 'https://feeds.example/post'


def test_only_titles_with_a_usable_link_count() -> None:
    for link in (
        'javascript:alert(1)',
        'ftp://a.example/',
        'https://u:p@a.example/',
        '',
        'https://localhost/x',
    ):
        assert read(rss(ITEM.replace('https://a.example/1', link))) == [], link
    assert read(rss(ITEM.replace('A &amp;amp; B', ' '))) == []


@pytest.mark.parametrize(
    'when',
    [
        'Mon, 23 Nov 2026 11:00:00',
        '2026-11-23',
        'yesterday',
        '',
        '2026-11-23T10:00:00',
        '99999-01-01T00:00:00Z',
    ],
)
def test_times_without_a_zone_are_not_guessed(when: str) -> None:
    body = rss(ITEM.replace('Mon, 23 Nov 2026 11:00:00 +0100', when))
    assert read(body)[0].published is None


def test_titles_in_html_are_words() -> None:
    body = rss(
        ITEM.replace(
            'A &amp;amp; B',
            '&lt;b&gt;Bold&lt;/b&gt; &lt;script&gt;x()&lt;/script&gt; &amp;lt;i&amp;gt;',
        )
    )
    assert read(body)[0].title == 'Bold <i>'
    body = atom(
        '<entry><title>1 &lt; 2 &lt;b&gt;</title><link href="https://a.example/1"/></entry>'
    )
    assert read(body)[0].title == '1 < 2 <b>'


def test_encodings_that_are_named_rightly() -> None:
    text = rss(
        ITEM.replace('A &amp;amp; B', 'Äpfel'), '<?xml version="1.0" encoding="ISO-8859-1"?>'
    )
    assert read(text.encode('latin-1'))[0].title == 'Äpfel'
    text = rss(ITEM.replace('A &amp;amp; B', 'Äpfel'), '')
    assert read(text.encode('utf-16'))[0].title == 'Äpfel'
    assert read(text.encode('latin-1'), 'text/xml; charset=iso-8859-1')[0].title == 'Äpfel'
    assert read(text.encode('utf-8'), 'text/xml')[0].title == 'Äpfel'
    named = rss(ITEM.replace('A &amp;amp; B', 'Äpfel'))
    assert read(named.encode(), 'text/xml; charset=us-ascii')[0].title == 'Äpfel'


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><rss version="2.0"><channel><title>&c;</title></channel></rss>'
)


@pytest.mark.parametrize(
    ('body', 'wanted'),
    [
        (b'', 'sources-no-feed'),
        (b'   ', 'sources-no-feed'),
        ('<!DOCTYPE html><html><body>Sorry</body></html>', 'sources-html'),
        ('<HTML><p>Sorry<br></HTML>', 'sources-html'),
        ('{"error": "no"}', 'sources-feed-broken'),
        ('Not found', 'sources-feed-broken'),
        (rss(ITEM)[:-30], 'sources-feed-broken'),
        (rss('<item><title>a & b</title></item>'), 'sources-feed-broken'),
        (rss('<item><title>&nbsp;</title></item>'), 'sources-feed-broken'),
        (rss('<item><title>&#x110000;</title></item>'), 'sources-feed-broken'),
        (rss('<item><title>\x00</title></item>'), 'sources-feed-broken'),
        ('<opml version="2.0"><body/></opml>', 'sources-no-feed'),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', 'sources-no-feed'),
        (BOMB, 'sources-entities'),
        (BOMB.encode('utf-16'), 'sources-entities'),
        ('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss('<item><title>&x;</title></item>', ''), 'sources-entities'),
        ('<!DOCTYPE rss [<!ENTITY % x SYSTEM "https://e.example/x"> %x;]>' + rss('', ''), 'sources-entities'),
        (rss('<x>' * 200 + '</x>' * 200), 'sources-feed-deep'),
        (rss('Äpfel').encode('latin-1'), 'sources-encoding'),
        (rss('Äpfel', '<?xml version="1.0" encoding="utf-7"?>').encode(), 'sources-encoding'),
        (rss('Äpfel', '<?xml version="1.0" encoding="rot13"?>').encode(), 'sources-encoding'),
        (gzip.compress(rss(ITEM).encode()), 'sources-encoding'),
    ],
)  # fmt: skip
def test_what_is_no_feed(body: Any, wanted: str) -> None:
    assert key(body) == wanted


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read(rss('')) == []


def test_so_many_entries() -> None:
    assert len(read(rss(ITEM * 1000))) == MOST


@given(st.binary(max_size=400), st.sampled_from(['text/xml', 'text/xml; charset=utf-16', '']))
def test_any_bytes_are_a_feed_or_trouble(body: bytes, content_type: str) -> None:
    try:
        assert isinstance(read(body, content_type), list)
    except Trouble as trouble:
        assert trouble.reason.text()


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_in_a_feed(title: str, link: str) -> None:
    from xml.sax.saxutils import escape

    try:
        for entry in read(
            rss(f'<item><title>{escape(title)}</title><link>{escape(link)}</link></item>')
        ):
            assert is_address(entry.link)
    except (Trouble, UnicodeEncodeError):
        return


def test_the_same_link() -> None:
    one = same_link('https://www.a.example/post/?utm_source=rss&utm_medium=feed')
    assert one == same_link('http://A.example/post')
    assert one != same_link('https://a.example/post?p=1')


@pytest.mark.parametrize(
    'when',
    ['Mon, 23 Nov 2026 10:00:00 GMT', 'Mon, 23 Nov 2026 05:00 EST', '23 Nov 2026 10:00:00 UT', '2026-11-23T10:00:00.000Z',
     '2026-11-23t12:00:00+02:00', 'Mon, 23 Nov 2026 10:00:00 Z'],
)  # fmt: skip
def test_times_with_a_zone(when: str) -> None:
    body = rss(ITEM.replace('Mon, 23 Nov 2026 11:00:00 +0100', when))
    assert read(body)[0].published == WHEN
