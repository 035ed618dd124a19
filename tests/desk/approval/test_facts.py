"""Files and posts that changed after the approval."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mwsocial.desk.approval import (
    Approved,
    FileChange,
    FileFact,
    PostFact,
    files_unchanged,
    post_unchanged,
)  # fmt: skip
from mwsocial.desk.item import Item
from mwsocial.wiki.revision import Revision
from tests.desk.approval.histories import START

SECOND = timedelta(seconds=1)
FILE = 'File:Flower 2.png'
POST = 'https://social.example/@a/1'


def approved(**content: str) -> Approved:
    item = Item(0, {'id': 'one', **content})
    return Approved(Revision(7, 6, 'Alice', 1, START), item, 'x', 'Alice')


@pytest.mark.parametrize(
    ('fact', 'words'),
    [
        (FileFact(FILE, 'local'), None),
        (FileFact('File:Flower_2.png', 'shared'), None),
        (FileFact(FILE, 'shared', changes=[FileChange('upload', START - SECOND)]), None),
        (FileFact(FILE, ''), f'There is no file {FILE}.'),
        (FileFact(FILE, 'local', redirect=True), f'{FILE} leads to'),
        (FileFact('File:Evil.png', 'local'), f'{FILE} leads to File:Evil.png'),
        (FileFact(FILE, 'local', changes=[FileChange('upload', START, 'Eve')]), 'Eve uploaded'),
        (FileFact(FILE, 'local', changes=[FileChange('move', START, 'Eve')]), 'Eve moved'),
        (FileFact(FILE, 'shared', changes=[FileChange('delete', START, 'Eve')]), 'Eve deleted'),
        (FileFact(FILE, 'shared', changes=[FileChange('restore', START, 'Eve')]), 'Eve restored'),
    ],
)
@pytest.mark.parametrize('parameter', ['image', 'image4'])
def test_files(parameter: str, fact: FileFact, words: str | None) -> None:
    reason = files_unchanged(approved(**{parameter: FILE}), {FILE: fact})
    assert (reason is None) == (words is None)
    if reason and words:
        assert reason.text().startswith(words)


def test_a_file_that_nobody_looked_at_is_no_file_that_is_unchanged() -> None:
    with pytest.raises(KeyError):
        files_unchanged(approved(image=FILE), {})
    assert files_unchanged(approved(text='Hello'), {}) is None


@pytest.mark.parametrize(
    ('fact', 'words'),
    [
        (PostFact(public=True), None),
        (PostFact(public=True, edited=START - SECOND), None),
        (PostFact(public=False), f'The post {POST} is no longer public.'),
        (PostFact(public=True, edited=START), f'The post {POST} was edited after Alice'),
    ],
)
@pytest.mark.parametrize('parameter', ['share', 'point'])
def test_posts(parameter: str, fact: PostFact, words: str | None) -> None:
    reason = post_unchanged(approved(**{parameter: POST}), {POST: fact})
    assert (reason is None) == (words is None)
    if reason and words:
        assert reason.text().startswith(words)
