"""What a wiki's log and the history of a file's page say has happened to the file. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mwsocial.desk.files import FileChange
from mwsocial.wiki.api import read_timestamp

#: What is asked about the newest version of a file.
IMAGE = {
    'iiprop': 'timestamp|url|size|mime|sha1|canonicaltitle|metadata',
    'iimetadataversion': 'latest',
}
#: What is asked of a log.
LOG = {
    'list': 'logevents',
    'leprop': 'ids|title|type|user|timestamp|details',
    'lelimit': 'max',
}
#: Log type and action to what happened; '' stands for every action. An import can bring a file with a
#: time of long ago, which its upload is then logged under; only the import's own entry shows when.
_KINDS = {
    ('upload', ''): 'upload',
    ('import', ''): 'upload',
    ('move', ''): 'move',
    ('delete', 'delete'): 'delete',
    ('delete', 'delete_redir'): 'delete',
    ('delete', 'delete_redir2'): 'delete',
    ('delete', 'restore'): 'restore',
}
_AT_ONCE = timedelta(seconds=2)


def show(time: datetime) -> str:
    """A time (UTC) as the API takes it."""
    return time.strftime('%Y-%m-%dT%H:%M:%SZ')


def has_more(answer: Mapping[str, Any]) -> bool:
    """Whether an answer goes on with more than older versions of a file, which nobody has asked for."""
    return bool(answer.get('continue', {}).keys() - {'continue', 'iistart'})


def change_of(entry: Mapping[str, Any]) -> FileChange | None:
    """What an entry of the log (formatversion 2) says has happened; None if nothing to the file."""
    kind = str(entry.get('type', ''))
    what = _KINDS.get((kind, '')) or _KINDS.get((kind, str(entry.get('action', ''))))
    if what is None or 'timestamp' not in entry:
        return None
    return FileChange(
        what,
        read_timestamp(str(entry['timestamp'])),
        str(entry.get('user', '')) if 'userhidden' not in entry else '',
        int(entry.get('logid', 0)),
    )


def changes_of(entry: Mapping[str, Any]) -> Iterator[tuple[str, FileChange]]:
    """What an entry says has happened, with the title it happened to: a move concerns two."""
    change = change_of(entry)
    if change is None:
        return
    yield str(entry.get('title', '')), change
    target = entry.get('params', {}).get('target_title')
    if change.kind == 'move' and target:
        yield str(target), change


def one_file(title: str, since: datetime) -> dict[str, Any]:
    """The question about one file: its newest version, its page's history, and its log from *since*."""
    return {
        'titles': title,
        'prop': 'info|imageinfo|revisions',
        **IMAGE,
        'rvprop': 'ids|timestamp|user|sha1|size',
        'rvlimit': 'max',
        **LOG,
        'letitle': title,
        'leend': show(since),
    }


def changes_in(
    answers: Iterable[Mapping[str, Any]], since: datetime
) -> tuple[str, list[FileChange]]:
    """What the answers to ``one_file`` say: the newest version's SHA-1 ('' without a file), and what
    has happened from *since* on, oldest first.

    A move is logged under the title it came from, so what was moved *to* this title shows in its page's
    history only: as a revision that changes nothing. Raises ValueError, TypeError, KeyError or
    AttributeError for answers that are none.
    """
    sha1 = ''
    revisions: list[Mapping[str, Any]] = []
    log: list[Mapping[str, Any]] = []
    for answer in answers:
        query = answer['query']
        log += query.get('logevents', ())
        for page in query['pages']:
            for image in page.get('imageinfo', ())[:1]:
                sha1 = sha1 or str(image.get('sha1') or '')
            revisions += page.get('revisions', ())
        whole = 'lecontinue' not in answer.get('continue', {}) and _goes_back(revisions, since)
        if whole or not has_more(answer):
            break
    changes = [change for change in map(change_of, log) if change and change.when >= since]
    if not changes:
        changes = list(_moved_here(revisions, log, since))
    return sha1, sorted(changes, key=lambda one: (one.when, one.logid))


def _goes_back(revisions: Sequence[Mapping[str, Any]], since: datetime) -> bool:
    return any(read_timestamp(one['timestamp']) < since for one in revisions[-1:])


def _moved_here(
    revisions: Sequence[Mapping[str, Any]], log: Iterable[Mapping[str, Any]], since: datetime
) -> Iterator[FileChange]:
    known = {one['revid']: one for one in revisions}
    # Protecting a page makes such a revision, too.
    protected = [
        (one.get('user'), read_timestamp(one['timestamp']))
        for one in log
        if one.get('type') == 'protect'
    ]
    for one in revisions:
        when = read_timestamp(one['timestamp'])
        parent = known.get(one['parentid'])
        if when < since or not one['parentid']:
            continue
        if parent and 'sha1' in parent and 'sha1' in one and one['sha1'] != parent['sha1']:
            continue
        if any(user == one.get('user') and abs(at - when) <= _AT_ONCE for user, at in protected):
            continue
        yield FileChange('move', when, str(one.get('user', '')))
