"""HTML of the fediverse as plain text, and comparing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mwsocial.channels import plaintext
from tests.channels.mastodon_stub import render

LINK = (
    '<a href="https://www.mediawiki.org/wiki/MediaWiki_1.47?a=b&amp;c=d" target="_blank" '
    'rel="nofollow noopener" translate="no"><span class="invisible">https://www.</span>'
    '<span class="ellipsis">mediawiki.org/wiki/MediaWiki_1</span>'
    '<span class="invisible">.47?a=b&amp;c=d</span></a>'
)


@pytest.mark.parametrize(
    ('html', 'text'),
    [
        ('<p>Hello</p>', 'Hello'),
        ('<p>a<br>b</p><p>c</p>', 'a b c'),
        ('<p>a<br />b</p>', 'a b'),
        ('one<br>two<br>', 'one two'),
        (f'<p>see {LINK}, yes</p>', 'see https://www.mediawiki.org/wiki/MediaWiki_1.47?a=b&c=d, yes'),
        ('<a href="https://a.example/long/path">a.example/lo…</a>', 'https://a.example/long/path'),
        ('<a href="https://a.example/long/path">https://a.example/l...</a>', 'https://a.example/long/path'),
        ('<a href="https://www.a.example/x">a.example/x</a>', 'https://www.a.example/x'),
        ('<a href="https://a.example/x">the label</a>', 'the label'),
        ('<a href="https://a.example/x"></a>', ''),
        (
            '<span class="h-card"><a href="https://b.example/@alice" class="u-url mention">@<span>alice'
            '</span></a></span> hi', '@alice hi',
        ),
        ('<a href="http://h:80/m" class="u-url mention">@Media@h:80</a>', '@media'),
        ('<a href="https://a.example/tags/X" class="mention hashtag">#<span>X</span></a>', '#X'),
        ('&lt;b&gt; &amp;amp; &quot;x&quot; &#39;y&#39; &#128578; &nbsp;z', '<b> &amp; "x" \'y\' 🙂 z'),
        ('x <img src="e.png" alt=":wiki:" class="emoji"> y', 'x :wiki: y'),
        ('<script>alert(1)</script><style>p {}</style>x', 'x'),
        ('<ul><li>a</li><li>b</li></ul>c', 'a b c'),
        ('<blockquote>q</blockquote>r', 'q r'),
        ('<a href="https://a.example">one <a href="https://b.example">two</a>', 'one two'),
        ('a < b & c > d', 'a < b & c > d'),
        ('<p>never closed <b>bold', 'never closed bold'),
        ('', ''),
    ],
)  # fmt: skip
def test_from_html(html: str, text: str) -> None:
    assert plaintext.canonical(plaintext.from_html(html)) == text


@pytest.mark.parametrize(
    ('one', 'other', 'same'),
    [
        ('e\u0301', 'é', True),
        ('a\n\n b\t', 'a b', True),
        ('a\u00a0b', 'a b', True),
        ('@Alice@example.com hi', '@alice hi', True),
        ('@alice@localhost:8075, hi', '@alice, hi', True),
        ('mail bob@example.com', 'mail bob', False),
        ('https://a.example/@alice@b.example', 'https://a.example/@alice', False),
        ('Word', 'word', False),
        ('👩‍💻', '👩💻', False),
        ('a b', 'ab', False),
        ('a.', 'a', False),
    ],
)
def test_canonical(one: str, other: str, same: bool) -> None:
    assert (plaintext.canonical(one) == plaintext.canonical(other)) is same


@given(st.text())
def test_any_html_has_a_text(html: str) -> None:
    plaintext.from_html(html)


@given(st.text(st.characters(exclude_categories=['Cs', 'Cc'])))
def test_what_is_rendered_is_read(text: str) -> None:
    read = plaintext.canonical(plaintext.from_html(render(text, 'https://a.example')))
    assert read == plaintext.canonical(text)
