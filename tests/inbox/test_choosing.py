"""Who gets room, and reading cursors, caches and lists of any kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.channels.base import Batch
from mwsocial.inbox.asking import Wish, ask_all
from mwsocial.inbox.cache import Cache
from mwsocial.inbox.choosing import Filter, Found, collect, holds, keep
from mwsocial.inbox.ledger import summary
from mwsocial.inbox.pulling import wishes
from mwsocial.wiki.config import ChannelConfig
from tests.inbox.worlds import ACCOUNT, NOW, Channel, post

STEADY = settings(deadline=None, derandomize=True)


@STEADY
@given(st.lists(st.sampled_from('abcd')), st.integers(0, 12))
def test_nobody_crowds_out_the_others(authors: list[str], room: int) -> None:
    things = list(enumerate(authors))
    kept = keep(things, room, lambda one: one[1])
    assert len(kept) == min(room, len(things))
    assert kept == [one for one in things if one in kept], 'in their order'
    counts = {who: sum(one[1] == who for one in kept) for who in set(authors)}
    for who in set(authors):
        mine = [one for one in things if one[1] == who]
        assert [one for one in kept if one[1] == who] == mine[len(mine) - counts[who] :], (
            'the newest'
        )
        for other in set(authors):
            # Nobody has two more than somebody who would have had one more.
            assert counts[other] <= counts[who] + 1 or counts[who] == len(mine)


def test_words_in_any_case() -> None:
    assert holds('I like MEDIAWIKI', ['mediawiki']) and holds('x', []) and not holds('x', ['y'])


def test_a_post_found_twice_has_its_best_kind() -> None:
    found = [
        Found('mastodon', kind, post(1, 'MediaWiki', mentions_us=False))
        for kind in ('timeline', 'search', 'hashtag', 'search')
    ]
    assert [one.kind for one in collect(found, Filter(('MediaWiki',)), NOW)] == ['hashtag']


def test_wishes() -> None:
    assert wishes(['a'], ['b', 'c']) == [Wish('mention')]
    assert wishes(['a'], ['b', 'c'], timeline=True, hashtag=True, search=True) == [
        Wish('mention'), Wish('timeline'), Wish('hashtag', 'a'), Wish('search', 'b'),
        Wish('search', 'c'),
    ]  # fmt: skip
    assert Wish('search', 'a: [b]').name('x') == 'x search a: &#91;b&#93;'


def test_a_list_that_never_ends_is_left_for_the_next_run() -> None:
    channel = Channel()
    settings_ = {'mastodon': ChannelConfig(network='mastodon', account=ACCOUNT)}
    channel.answers = [Batch((post(number),), str(number)) for number in range(1, 100)]
    (heard,) = ask_all(
        {'mastodon': channel}, settings_, [Wish('mention')], {'mastodon mention': '0'}
    )  # type: ignore[dict-item]
    assert len(heard.found) == 8 and heard.much
    assert heard.cursors == {'mastodon mention': '8'}


def test_the_summary_has_room_or_says_that_there_is_more() -> None:
    digests = [f'{number:010x}' for number in range(100)]
    for count in range(100):
        said = summary('mwsocial:mentions', f'{count} new', digests[:count])
        assert len(said) <= 480
        assert said.endswith('+more') == (said.count(' 0') < count)


@pytest.mark.parametrize(
    'text',
    ['', '[]', '{', '{"read": 7, "looked": "x"}', '[' * 100_000, '{"read": {"a": ["b", "c d"]}}', 'x' * 2_000_000],
)  # fmt: skip
def test_a_broken_cache_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / 'cache.json'
    path.write_text(text)
    cache = Cache(path)
    assert cache.on({'a': 'b'}) == {'a': 'b'} and cache.looked == {}
    cache.in_vain({'a': 'b'}, {'a': 'c'})
    cache.keep()
    assert Cache(path).on({'a': 'b'}) == {'a': 'c'}
    assert Cache(path).on({'a': 'x'}) == {'a': 'x'}


def test_nothing_that_was_said_is_in_the_cache(tmp_path: Path) -> None:
    path = tmp_path / 'cache.json'
    cache = Cache(path)
    cache.looked = {f'{number:010x}': float(number) for number in range(2000)}
    cache.keep()
    value: dict[str, Any] = json.loads(path.read_text())
    assert set(value) == {'read', 'looked'} and len(value['looked']) == 1000
    Cache(tmp_path / 'no' / 'such' / 'folder.json').keep()
    (tmp_path / 'file').write_text('')
    Cache(tmp_path / 'file' / 'cache.json').keep()
