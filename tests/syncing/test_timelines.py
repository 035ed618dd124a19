"""Our own posts are asked for as little as can be, and a broken file costs nothing but a request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mwsocial.channels.base import CannotLook, OwnPost
from mwsocial.reason import Reason
from mwsocial.syncing.timelines import Timelines

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=14)


class Fake:
    """A channel that notes what it was asked."""

    network = 'x'

    def __init__(self, posts: Sequence[OwnPost] = ()) -> None:
        self.posts = list(posts)
        self.asked: list[datetime] = []
        self.broken = False

    def ours(self, since: datetime) -> Sequence[OwnPost] | CannotLook:
        self.asked.append(since)
        if self.broken:
            return CannotLook(Reason('channels-timeline-short'))
        return [one for one in self.posts if one.created >= since]


def post(name: str, **back: float) -> OwnPost:
    return OwnPost(f'https://x.com/u/status/{name}', name, NOW - timedelta(**back))


def urls(found: Sequence[OwnPost] | CannotLook) -> list[str]:
    assert not isinstance(found, CannotLook)
    return [one.text for one in found]


def lines(fake: Fake, folder: Path | None) -> Timelines:
    return Timelines({'x': fake}, folder)  # type: ignore[dict-item]


def test_once_a_run_and_then_only_what_is_new(tmp_path: Path) -> None:
    fake = Fake([post('old', days=10), post('new', minutes=90)])
    first = lines(fake, tmp_path)
    assert urls(first.ours('x', SINCE, NOW)) == ['old', 'new']
    assert urls(first.ours('x', NOW - timedelta(days=1), NOW)) == ['new']
    assert fake.asked == [SINCE]
    fake.posts.append(post('newest', minutes=-5))
    later = NOW + timedelta(minutes=10)
    assert urls(lines(fake, tmp_path).ours('x', SINCE, later)) == ['old', 'new', 'newest']
    assert fake.asked[1:] == [NOW - timedelta(hours=1)]
    # What was taken down within the hour is gone at once, the rest within a day.
    fake.posts = [one for one in fake.posts if one.text != 'old']
    assert 'old' in urls(lines(fake, tmp_path).ours('x', SINCE, later))
    assert 'old' not in urls(lines(fake, tmp_path).ours('x', SINCE, NOW + timedelta(days=2)))


def test_a_longer_time_is_asked_anew(tmp_path: Path) -> None:
    fake = Fake([post('old', days=20)])
    assert urls(lines(fake, tmp_path).ours('x', SINCE, NOW)) == []
    earlier = NOW - timedelta(days=30)
    assert urls(lines(fake, tmp_path).ours('x', earlier, NOW)) == ['old']
    assert fake.asked == [SINCE, earlier]


@pytest.mark.parametrize(
    'content',
    [
        b'', b'{', b'[]', b'\xff\xfe', b'{"account": "x x"}', b'[' * 100_000,
        json.dumps({
            'account': 'x x', 'since': '2026-01-01', 'asked': 7, 'whole': None, 'posts': [[]],
        }).encode(),
        json.dumps({
            'account': 'x other', 'since': SINCE.isoformat(), 'asked': NOW.isoformat(),
            'whole': NOW.isoformat(), 'posts': [],
        }).encode(),
        json.dumps({
            'account': 'x x', 'since': SINCE.isoformat(), 'asked': '2036-01-01T00:00:00+00:00',
            'whole': '2036-01-01T00:00:00+00:00', 'posts': [],
        }).encode(),
    ],
)  # fmt: skip
def test_a_strange_file_is_no_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / 'own-posts-x.json').write_bytes(content)
    fake = Fake([post('old', days=10)])
    assert urls(lines(fake, tmp_path).ours('x', SINCE, NOW)) == ['old']
    assert fake.asked == [SINCE]


def test_what_cannot_be_read_is_not_kept(tmp_path: Path) -> None:
    fake = Fake()
    fake.broken = True
    assert isinstance(lines(fake, tmp_path).ours('x', SINCE, NOW), CannotLook)
    assert list(tmp_path.iterdir()) == []
    assert urls(lines(Fake([post('a', days=1)]), None).ours('x', SINCE, NOW)) == ['a']


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('')
    fake = Fake([post('a', days=1)])
    assert urls(lines(fake, tmp_path / 'file').ours('x', SINCE, NOW)) == ['a']
