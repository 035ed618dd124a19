"""How long texts are: by the rules of the Mastodon documentation and of its server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mwsocial.channels import counting
from mwsocial.channels.base import Limits

LONG_HOST = 'b' * 30


@pytest.mark.parametrize(
    ('length', 'text'),
    [
        (0, ''),
        (5, 'Hello'),
        (11, 'two\nlines\n\n'),
        (3, 'a b'),
        (1, 'é'),
        (1, 'e\u0301'),
        (4, 'naïv'),
        (5, '日本語です'),
        (2, '한글'),
        (2, '\u1112\u1161\u11ab\u1100\u1173\u11af'),
        (1, '👍'),
        (1, '👍🏽'),
        (1, '👩‍👩‍👧‍👦'),
        (1, '🏳️‍🌈'),
        (1, '🇩🇪'),
        (2, '🇩🇪🇫🇷'),
        (1, '1️⃣'),
        (4, 'a👩‍💻 b'),
        (7, 'مرحبا !'),
        (23, 'https://a.de'),
        (23, 'http://a.de'),
        (23, 'HTTPS://EXAMPLE.ORG/Path'),
        (23, 'https://www.mediawiki.org/wiki/MediaWiki_1.47'),
        (23, 'https://www.mediawiki.org/w/index.php?title=X&action=edit&section=1#top'),
        (23, 'https://www.mediawiki.org:8443/wiki/X'),
        (23, 'https://ja.wikipedia.org/wiki/メインページ'),
        (23, 'https://de.wikipedia.org/wiki/Größe'),
        (23, 'https://en.wikipedia.org/wiki/Wiki_(software)'),
        (23, 'https://en.wikipedia.org/wiki/A_(b_(c))'),
        (24, 'https://en.wikipedia.org/wiki/Wiki.'),
        (25, 'https://en.wikipedia.org/wiki/Wiki).'),
        (25, '(https://en.wikipedia.org/wiki/Wiki)'),
        (26, 'https://a.de/, b'),
        (24, 'https://a.de!'),
        (35, 'https://a.de and more, …'),
        (47, 'https://a.de https://b.de'),
        (23, 'https://münchen.de/'),
        (23, 'https://例え.jp/'),
        (17, 'https://localhost'),
        (21, 'https://a.notatld/pfx'),
        (16, 'http://127.0.0.1'),
        (13, 'mediawiki.org'),
        (18, 'www.mediawiki.org!'),
        (18, 'ftp://example.org/'),
        (13, 'mailto:a@b.de'),
        (28, 'see: https://a.de/looooooooong'),
        (19, 'xhttps://example.de'),
        (6, '@alice'),
        (6, '@alice@example.com'),
        (9, '@alice@example.com hi'),
        (9, '@john.doe@example.com'),
        (7, '@a-b_c9@mastodon.example'),
        (6, f'@alice@{LONG_HOST}.com'),
        (12, '@a@b.de @c@d.de @efg@h.de!!'),
        (17, 'alice@example.com'),
        (19, '/@alice@example.com'),
        (23, 'https://mastodon.social/@alice@example.com/1234567890'),
        (19, '@alice@example.com@'),
        (6, '@alice@' + 'b' * 250 + '.co'),
        (261, '@alice@' + 'b' * 251 + '.co'),
        (10, '#MediaWiki'),
        (10, '~~~~ {{x}}'),
        (500, 'a' * 476 + f' http://{LONG_HOST}.com/example'),
        (482, 'a' * 475 + f' @alice@{LONG_HOST}.com'),
        (520, 'a' * 520),
        (4120, 'https://a.de/' + 'x' * 4107),
    ],
)
def test_mastodon(length: int, text: str) -> None:
    assert counting.weigh('mastodon', text) == length


def test_the_warning_counts() -> None:
    assert counting.weigh('mastodon', 'text', 'warning') == 11
    assert counting.weigh('mastodon', '', 'https://a.de') == 12
    assert counting.weigh('mastodon', 'x' * 251, 'y' * 250) == 501
    assert counting.weigher('mastodon')('text', '') == 4


@pytest.mark.parametrize(
    ('length', 'text'),
    [(5, 'Hello'), (1, '👍'), (3, '👩‍👩‍👧‍👦'), (300, 'é' * 300), (300, '字' * 300)],
)
def test_bluesky(length: int, text: str) -> None:
    assert counting.weigh('bluesky', text, 'no text there') == length


def test_usual_limits() -> None:
    kinds = Limits(0).media_types
    usual = Limits(500, 4, 1500, 16_777_216, 5760, kinds)
    assert counting.usual_limits('mastodon') == usual
    assert counting.usual_limits('mastodon', 5000) == replace(usual, length=5000)
    assert counting.usual_limits('x') == Limits(280, 4, 1000, 5_000_000, 4096, kinds)
    bluesky = counting.usual_limits('bluesky')
    facebook = counting.usual_limits('facebook')
    assert bluesky and (bluesky.length, bluesky.images, bluesky.alt_length) == (300, 4, 2000)
    assert bluesky.image_bytes == 1_000_000
    assert facebook and (facebook.length, facebook.image_bytes) == (63_206, 4_000_000)
    assert counting.usual_limits('telegraph') is None
    # No side that is allowed makes more pixels than a Mastodon server takes.
    assert usual.image_side**2 <= 33_177_600


def test_an_unknown_network_is_counted_in_characters() -> None:
    assert counting.weigh('telegraph', '👩‍👩 a.de', 'warning') == 8


@pytest.mark.parametrize(
    ('length', 'text'), [(0, ''), (5, 'Hello'), (2, '👍'), (11, '👩‍👩‍👧‍👦'), (12, 'https://a.de')]
)
def test_facebook_counts_utf_16_units(length: int, text: str) -> None:
    assert counting.weigh('facebook', text, 'no text there') == length


@pytest.mark.parametrize(
    ('length', 'text'),
    [
        (60, 'é' * 57 + '.한국'),
        (23, 'https://' + 'é' * 57 + '.한국'),
        (69, 'https://' + 'é' * 58 + '.한국'),
        (75, 'https://' + 'a' * 64 + '.de'),
    ],
)
def test_names_that_nobody_could_ask_for_are_no_addresses(length: int, text: str) -> None:
    assert counting.weigh('mastodon', text) == length


def test_hostile_texts_are_counted_at_once() -> None:
    """Each of these took a backtracking expression minutes; here it is counted within the test."""
    for text in (
        'https://' + 'a.' * 50_000, 'https://a.de/' + '(a)' * 30_000 + '(', '@a.' * 30_000,
        'https://a.de/' + '(a' * 30_000, 'https://a.de/?' + '.' * 90_000, 'https://' * 10_000,
        ('https://a.de/' + '(a)' * 1000 + '. ') * 30,
    ):  # fmt: skip
        assert counting.weigh('mastodon', text) > 100
