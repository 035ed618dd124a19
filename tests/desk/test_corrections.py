"""What is to be corrected where: only what really says something else, and only where an edit mends it."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import Mock

import pytest

from mwsocial.channels.abilities import ABILITIES
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.judge import Bench, changed_places
from mwsocial.desk.records import Proven, Record
from mwsocial.desk.rules import Rules
from mwsocial.desk.validity import ChannelFacts, Desk
from mwsocial.wiki.revision import Revision

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
OLD = 10
DESK = Desk({
    name: ChannelFacts(name, None, lambda text, warning: len(text), abilities=ABILITIES[name])
    for name in ('mastodon', 'facebook', 'x', 'bluesky')
})  # fmt: skip
POSTED = {
    name: Proven(Record('posted', NOW, OLD, f'https://{name}/1'), Revision(11, 10, 'Bot', 9, NOW))
    for name in ('mastodon', 'mastodon-2', 'facebook', 'x', 'news')
}


def changes(
    before: dict[str, str],
    now: dict[str, str],
    *places: str,
    language: str = 'en',
    approved: int = 50,
) -> tuple[set[str], set[str]]:
    knowledge = Mock()
    knowledge.queue = lambda revid: Queue((Item(0, {'id': 'a', **before}),) if before else ())
    item = Item(0, {'id': 'a', **now})
    records = {name: POSTED[name] for name in places}
    bench = Bench(Rules(bot='Bot'), DESK, languages={'mastodon': language})
    changed, fixed = changed_places(item, records, knowledge, bench, approved)
    return set(changed), set(fixed)


TEXT = {'text': 'Words'}
IMAGE = {'text': 'Words', 'image': 'File:A.png', 'alt': 'A'}


@pytest.mark.parametrize(
    ('before', 'now', 'places', 'changed', 'fixed'),
    [
        (TEXT, TEXT, ('mastodon', 'x'), set(), set()),
        (TEXT, {'text': 'Other'}, ('mastodon', 'x'), {'mastodon', 'x'}, set()),
        # A text of its own for one channel touches no other.
        (TEXT, {**TEXT, 'text-x': 'Other'}, ('mastodon', 'x'), {'x'}, set()),
        # What is not said on a network is no correction.
        (TEXT, {**TEXT, 'not-before': '2026-01-01 00:00', 'channels': 'mastodon'}, ('mastodon',), set(), set()),
        (TEXT, {**TEXT, 'news': 'Entry'}, ('mastodon',), set(), set()),
        ({**TEXT, 'news': 'Old'}, {**TEXT, 'news': 'New'}, ('mastodon', 'news'), {'news'}, set()),
        (TEXT, {**TEXT, 'language': 'de'}, ('mastodon',), {'mastodon'}, set()),
        # The language that is the usual one there anyway changes nothing.
        (TEXT, {**TEXT, 'language': 'en'}, ('mastodon',), set(), set()),
        # Of a thread only the part that differs.
        ({'text': 'One\n----\nTwo'}, {'text': 'One\n----\nTwo!'}, ('mastodon', 'mastodon-2'), {'mastodon-2'}, set()),
        # Other images: Mastodon can change them, Facebook cannot, whatever it does with the words.
        (IMAGE, {**IMAGE, 'alt': 'B'}, ('mastodon', 'facebook'), {'mastodon', 'facebook'}, {'facebook'}),
        (IMAGE, {**IMAGE, 'text': 'Other'}, ('mastodon', 'facebook'), {'mastodon', 'facebook'}, set()),
        # A share is no text that could be edited, nor the other way round.
        ({'share': 'https://a/1'}, {'share': 'https://a/2'}, ('mastodon',), {'mastodon'}, {'mastodon'}),
        ({'share': 'https://a/1'}, TEXT, ('mastodon',), {'mastodon'}, {'mastodon'}),
        (TEXT, {'share': 'https://a/1'}, ('mastodon',), {'mastodon'}, {'mastodon'}),
    ],
)  # fmt: skip
def test_what_changed(
    before: dict[str, str], now: dict[str, str], places: tuple[str, ...],
    changed: set[str], fixed: set[str],
) -> None:  # fmt: skip
    assert changes(before, now, *places) == (changed, fixed)


def test_the_usual_language_of_a_channel_counts() -> None:
    assert changes(TEXT, {**TEXT, 'language': 'de'}, 'mastodon', language='de') == (set(), set())


def test_words_that_nobody_can_see_are_replaced_by_what_is_approved_later() -> None:
    """The revision is hidden, since what it holds must not stay; the post must not either."""
    assert changes({}, TEXT, 'mastodon', 'x') == ({'mastodon', 'x'}, set())
    assert changes({}, IMAGE, 'facebook') == ({'facebook'}, set())
    assert changes({}, {'share': 'https://a/1'}, 'mastodon') == ({'mastodon'}, {'mastodon'})
    assert changes({}, TEXT, 'mastodon', approved=POSTED['mastodon'].revision.revid) == (
        set(),
        set(),
    )
    # Without an approval nobody knows whether the page says something else.
    assert changes({}, TEXT, 'mastodon', approved=0) == (set(), set())
