"""What must not have changed outside the page since the approval: files, and posts of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mwsocial.desk.approval.verdict import Approved
from mwsocial.reason import Reason

_IMAGES = ('image', 'image2', 'image3', 'image4')
_POSTS = ('share', 'point')


@dataclass(frozen=True)
class FileChange:
    """Something in the logs of the file's title, on the wiki or in the shared repository: ``kind`` is
    ``upload``, ``move``, ``delete`` or ``restore``; ``when`` is aware UTC by that wiki's clock.
    """

    kind: str
    when: datetime
    user: str = ''


@dataclass(frozen=True)
class FileFact:
    """What the wiki says of a file now. ``title`` is the title that the name leads to; ``repository``
    is ``local``, ``shared`` or '' where there is no such file. ``changes`` are those since the
    approval at least, from the logs of both repositories.
    """

    title: str
    repository: str
    redirect: bool = False
    changes: Sequence[FileChange] = ()


@dataclass(frozen=True)
class PostFact:
    """What the network says of somebody's post now: ``public`` (or unlisted), and when (UTC) it was
    last edited; None if never.
    """

    public: bool
    edited: datetime | None = None


def files_unchanged(approved: Approved, file_facts: Mapping[str, FileFact]) -> Reason | None:
    """Why a picture of the approved item may not be the one that was approved; None if each is.

    *file_facts* holds a fact for each value of an image parameter; a missing one raises ``KeyError``.
    A change within the second of the approval counts as after it. A file that moved from one
    repository to the other was uploaded, deleted or restored in one of them.
    """
    for name in _IMAGES:
        title = approved.item.content.get(name)
        if not title:
            continue
        fact = file_facts[title]
        if not fact.repository:
            return Reason('approval-file-missing', (title,))
        if fact.redirect or _same(fact.title) != _same(title):
            return Reason('approval-file-redirect', (title, fact.title))
        for change in sorted(fact.changes, key=lambda change: change.when):
            if change.when >= approved.revision.timestamp:
                key = f'approval-file-{change.kind}'
                return Reason(key, (title, change.user or '?', approved.approver))
    return None


def post_unchanged(approved: Approved, facts: Mapping[str, PostFact]) -> Reason | None:
    """Why somebody's post is no longer the one that was approved to be shared or pointed at; None if
    it is. *facts* holds a fact for each address; a missing one raises ``KeyError``.
    """
    for name in _POSTS:
        address = approved.item.content.get(name)
        if not address:
            continue
        fact = facts[address]
        if not fact.public:
            return Reason('approval-post-gone', (address,))
        if fact.edited and fact.edited >= approved.revision.timestamp:
            return Reason('approval-post-edited', (address, approved.approver))
    return None


def _same(title: str) -> str:
    # A title's first letter and its underscores are the wiki's affair; the namespace has synonyms.
    name = title.partition(':')[2] or title
    name = ' '.join(name.replace('_', ' ').split())
    return name[:1].upper() + name[1:]
