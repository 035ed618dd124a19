"""Anybody can write a text of a hundred thousand parts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from mwsocial.desk.judge import Bench, judge
from mwsocial.desk.rules import Rules
from mwsocial.desk.validity import MOST_PARTS, ChannelFacts, Desk
from mwsocial.wiki.items import read_queue


def test_it_makes_no_places_without_end() -> None:
    text = '\n----\n'.join('a' * 50_000)
    queue = read_queue(f'{{{{Social media item\n| id = a\n| text = {text}\n}}}}')
    desk = Desk({'mastodon': ChannelFacts('mastodon', None, lambda text, warning: len(text))})
    bench = Bench(Rules(bot='Bot'), desk)
    (standing,) = judge(queue, cast(Any, None), bench, datetime.now(UTC))
    assert standing.state == 'invalid'
    assert len(standing.targets) == MOST_PARTS
