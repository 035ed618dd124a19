"""Lengths on X against what the official twitter-text said, and all lengths on hostile texts."""

from __future__ import annotations

import json
import random
import unicodedata
from pathlib import Path

import pytest

from mwsocial.channels import counting
from mwsocial.channels.lengths.domains import has_good_labels, top_level_domains
from mwsocial.channels.lengths.x_emoji import sequences
from tests.channels.texts import HOSTILE

TABLE = json.loads((Path(__file__).parents[1] / 'cases/lengths.json').read_text('utf-8'))
LENGTHS: list[tuple[str, int]] = TABLE['lengths']
NEWER: list[tuple[str, int, int]] = TABLE['newer']
NETWORKS = ('mastodon', 'x', 'bluesky', 'facebook')


def test_lengths_are_those_of_twitter_text() -> None:
    assert len(LENGTHS) > 500
    wrong = [
        (text, length, counting.x_length(text))
        for text, length in LENGTHS
        if counting.x_length(text) != length
    ]
    assert wrong == []


def test_newer_top_level_domains_count_the_greater_length() -> None:
    assert [(text, counting.x_length(text)) for text, _, _ in NEWER] == [
        (text, ours) for text, _, ours in NEWER
    ]
    assert all(ours >= theirs for _, theirs, ours in NEWER)
    assert top_level_domains() < top_level_domains(newer=True)


def test_every_emoji_of_a_known_sequence_weighs_two() -> None:
    known = list(sequences())
    assert len(known) == len(set(known)) > 1900
    assert {counting.x_length(one) for one in known} == {2}
    assert counting.x_length(''.join(known)) <= 2 * len(known)


def test_a_newer_sequence_weighs_as_its_parts() -> None:
    assert counting.x_length('🧑\u200d🚀') == 5  # X may take it for one, and count 2
    assert counting.x_length('🫶🏽') == 4


def test_a_warning_is_no_text_on_x() -> None:
    assert counting.weigh('x', 'text', 'warning') == 4


@pytest.mark.parametrize(
    ('text', 'addresses'),
    [
        ('', []),
        ('no address: 127.0.0.1, node.js, a@b.de', []),
        ('See mediawiki.org.', ['mediawiki.org']),
        ('🎉 https://a.de/b?c=d, e.f 🎉 php.net/x', ['https://a.de/b?c=d', 'php.net/x']),
        ('e\u0301 a.de', ['a.de']),
        ('a.music', ['a.music']),
        ('日本a.jp/日', ['a.jp/']),
        ('a.com日é.com日.b.de/x', ['a.com', 'é.com', 'b.de/x']),
    ],
)
def test_addresses(text: str, addresses: list[str]) -> None:
    normal = unicodedata.normalize('NFC', text)
    assert [normal[start:end] for start, end in counting.x_addresses(text)] == addresses


def test_addresses_never_overlap() -> None:
    choose = random.Random(3)
    pieces = [
        'a', 'é', '日', '🎉', '.', '.de', '.한국', 'https://', '/', '?a', '(', ')', ' ', '-', '_', '@',
    ]  # fmt: skip
    for _ in range(3000):
        text = ''.join(choose.choices(pieces, k=choose.randint(1, 12)))
        last = 0
        for start, end in counting.x_addresses(text):
            assert last <= start < end <= len(unicodedata.normalize('NFC', text))
            last = end


@pytest.mark.parametrize(
    ('good', 'domain'),
    [
        (True, 'a.de'),
        (True, 'a' * 63 + '.de'),
        (False, 'a' * 64 + '.de'),
        (False, 'a..de'),
        (True, 'bücher.example'),
        (True, 'é' * 57),
        (False, 'é' * 58),
        (True, '日本語。' * 3),
        (False, '\U0001d538' * 63),
        (False, '\ud800' * 64),
    ],
)
def test_labels_are_measured_as_they_are_asked_for(good: bool, domain: str) -> None:
    assert has_good_labels(domain) is good


@pytest.mark.parametrize('letters', ['ü', 'üa', 'é日', '日本語', 'aмир', '\U0001d538b', 'ελλάδα'])
def test_labels_are_as_long_as_pythons_punycode(letters: str) -> None:
    for times in range(1, 40):
        label = letters * times
        encoded = 4 + len(label.encode('punycode'))
        assert has_good_labels(label) is (encoded <= 63)


@pytest.mark.parametrize('network', NETWORKS)
def test_hostile_texts_are_counted_at_once(network: str) -> None:
    """Backtracking expressions take minutes for most of these. ``tests.bench`` takes longer ones."""
    for unit in HOSTILE:
        text = unit * (25_000 // len(unit.encode())) + '.de'
        assert counting.weigh(network, text) > 0


def test_half_a_character_is_counted_too() -> None:
    for network in NETWORKS:
        assert counting.weigh(network, '\ud83d a.de \udc4d') >= 8
