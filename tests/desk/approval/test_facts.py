"""Posts of others that changed after the approval."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mwsocial.desk.approval import Approved, PostFact, post_unchanged
from mwsocial.desk.item import Item
from mwsocial.wiki.revision import Revision
from tests.desk.approval.histories import START

SECOND = timedelta(seconds=1)
POST = 'https://social.example/@a/1'


def approved(**content: str) -> Approved:
    item = Item(0, {'id': 'one', **content})
    return Approved(Revision(7, 6, 'Alice', 1, START), item, 'x', 'Alice')


@pytest.mark.parametrize(
    ('fact', 'words'),
    [
        (PostFact(public=True), None),
        (PostFact(public=True, since=START - SECOND), None),
        (
            PostFact(public=False),
            f'The post {POST} is no longer public, so it is not shared or answered. '
            'Decline the item, or name another post.',
        ),
        (PostFact(public=True, since=START), f'The post {POST} does not stand as Alice'),
    ],
)
@pytest.mark.parametrize('parameter', ['share', 'point'])
def test_posts(parameter: str, fact: PostFact, words: str | None) -> None:
    reason = post_unchanged(approved(**{parameter: POST}), {POST: fact})
    assert (reason is None) == (words is None)
    if reason and words:
        assert reason.text().startswith(words)
