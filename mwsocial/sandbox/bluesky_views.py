"""What the Bluesky stand-in shows of its records: the reads of an AppView, for one viewer.

Everything is sorted by ``min(createdAt, indexed)``, newest first, as the real one does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from .bluesky_lexicon import FOLLOW, POST, REPOST, invalid

Record = dict[str, Any]


class Views:
    """The view that the account *did* has at the time *now*. *records*: by address."""

    def __init__(
        self, accounts: Mapping[str, Any], records: Mapping[str, Record], did: str, now: datetime
    ) -> None:
        self.accounts = accounts
        self.did = did
        # Records of suspended accounts, and those that are not indexed yet, are shown to nobody.
        self.records = {
            uri: one
            for uri, one in records.items()
            if datetime.fromisoformat(one['visible']) <= now
            and accounts[one['did']]['status'] == 'active'
        }
        self._replies = Counter(_parent(one) for one in self._of(POST))
        self._reposts = Counter(_subject(one) for one in self._of(REPOST))
        # What the viewer has reposted and followed: the record's address by its subject.
        self._mine = {
            (one['collection'], _subject(one) or str(one['value']['subject'])): str(one['uri'])
            for one in self.records.values()
            if one['did'] == did and one['collection'] in (REPOST, FOLLOW)
        }

    # -- single things ----------------------------------------------------------------------------

    def author(self, did: str) -> dict[str, Any]:
        """A profileViewBasic."""
        account = self.accounts[did]
        viewer: dict[str, Any] = {'muted': False, 'blockedBy': False}
        follow = self._mine.get((FOLLOW, did))
        if follow:
            viewer['following'] = follow
        return {
            'did': did,
            'handle': account['handle'],
            'displayName': account['handle'].partition('.')[0].title(),
            'viewer': viewer,
            'labels': [{'src': did, 'uri': did, 'val': one} for one in account['labels']],
        }

    def post(self, record: Record) -> dict[str, Any]:
        """A postView."""
        viewer: dict[str, Any] = {'threadMuted': False, 'embeddingDisabled': False}
        mine = self._mine.get((REPOST, record['uri']))
        if mine:
            viewer['repost'] = mine
        if record['uri'] in self.accounts[record['did']]['closed']:
            viewer['replyDisabled'] = True
        return {
            'uri': record['uri'],
            'cid': record['cid'],
            'author': self.author(record['did']),
            'record': record['value'],
            'replyCount': self._replies[record['uri']],
            'repostCount': self._reposts[record['uri']],
            'likeCount': 0,
            'quoteCount': 0,
            'indexedAt': record['indexed'],
            'viewer': viewer,
            'labels': [],
        }

    def profile(self, did: str) -> dict[str, Any]:
        """A profileViewDetailed."""
        return self.author(did) | {
            'followersCount': sum(one['value']['subject'] == did for one in self._of(FOLLOW)),
            'followsCount': sum(one['did'] == did for one in self._of(FOLLOW)),
            'postsCount': sum(one['did'] == did for one in self._of(POST)),
        }

    # -- lists ------------------------------------------------------------------------------------

    def notifications(self, reasons: Iterable[str]) -> list[tuple[str, dict[str, Any]]]:
        """What speaks to the viewer: pairs of the key that it is sorted by, and a notification."""
        wanted = set(reasons)
        found = []
        for one in self.records.values():
            reason = self._reason(one)
            if one['did'] == self.did or not reason or (wanted and reason not in wanted):
                continue
            view = {
                'uri': one['uri'], 'cid': one['cid'], 'author': self.author(one['did']),
                'reason': reason, 'record': one['value'], 'isRead': False,
                'indexedAt': sort_time(one), 'labels': [],
            }  # fmt: skip
            if reason in ('reply', 'quote', 'repost'):
                view['reasonSubject'] = _parent(one) or _quoted(one) or _subject(one)
            found.append((key_of(one), view))
        return _newest_first(found)

    def _reason(self, record: Record) -> str:
        collection, value = record['collection'], record['value']
        mine = f'at://{self.did}/'
        if collection == FOLLOW:
            return 'follow' if value['subject'] == self.did else ''
        if collection == REPOST:
            return 'repost' if _subject(record).startswith(mine) else ''
        if collection != POST:
            return 'like' if _subject(record).startswith(mine) else ''
        if _parent(record).startswith(mine) or _root(record).startswith(mine):
            return 'reply'
        if _quoted(record).startswith(mine):
            return 'quote'
        dids = {
            feature.get('did') for facet in value.get('facets', []) for feature in facet['features']
        }
        return 'mention' if self.did in dids else ''

    def timeline(self) -> list[tuple[str, dict[str, Any]]]:
        """Posts and reposts of the viewer and of those that the viewer follows."""
        shown = {self.did} | {
            one['value']['subject'] for one in self._of(FOLLOW) if one['did'] == self.did
        }
        return self._feed(shown, reposts=True)

    def author_feed(self, did: str, what: str) -> list[tuple[str, dict[str, Any]]]:
        """Posts of *did*: with replies, or without."""
        if what not in ('posts_with_replies', 'posts_no_replies'):
            raise invalid(f'no filter of ours: {what}')
        found = self._feed({did}, reposts=True)
        if what == 'posts_no_replies':
            found = [one for one in found if 'reply' not in one[1]['post']['record']]
        return found

    def _feed(self, dids: set[str], *, reposts: bool) -> list[tuple[str, dict[str, Any]]]:
        found: list[tuple[str, dict[str, Any]]] = []
        for one in self.records.values():
            if one['did'] not in dids:
                continue
            if one['collection'] == POST:
                found.append((key_of(one), {'post': self.post(one)}))
            elif one['collection'] == REPOST and reposts and _subject(one) in self.records:
                reason = {
                    '$type': 'app.bsky.feed.defs#reasonRepost', 'by': self.author(one['did']),
                    'uri': one['uri'], 'cid': one['cid'], 'indexedAt': one['indexed'],
                }  # fmt: skip
                post = self.post(self.records[_subject(one)])
                found.append((key_of(one), {'post': post, 'reason': reason}))
        return _newest_first(found)

    def search(self, words: str, since: str) -> list[tuple[str, dict[str, Any]]]:
        """Posts that hold all *words*."""
        wanted = words.casefold().split()
        return _newest_first([
            (key_of(one), self.post(one))
            for one in self._of(POST)
            if all(word in one['value']['text'].casefold() for word in wanted)
            and sort_time(one) >= since
        ])  # fmt: skip

    def follows(self, did: str) -> list[tuple[str, dict[str, Any]]]:
        """Whom *did* follows."""
        return _newest_first([
            (key_of(one), self.author(one['value']['subject']))
            for one in self._of(FOLLOW) if one['did'] == did
        ])  # fmt: skip

    def thread(self, uri: str) -> dict[str, Any]:
        """A threadViewPost: the post with its answers."""
        kind = 'app.bsky.feed.defs#threadViewPost'
        answers = [one['uri'] for one in self._of(POST) if _parent(one) == uri]
        return {
            '$type': kind,
            'post': self.post(self.records[uri]),
            'replies': [self.thread(one) for one in answers],
        }

    def _of(self, collection: str) -> list[Record]:
        return [one for one in self.records.values() if one['collection'] == collection]


def sort_time(record: Record) -> str:
    """What lists are sorted by, in one form that sorts as text."""
    said = datetime.fromisoformat(record['value']['createdAt'].replace('Z', '+00:00'))
    known = datetime.fromisoformat(record['indexed'].replace('Z', '+00:00'))
    return min(said, known).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def key_of(record: Record) -> str:
    """Where a record stands in a list: the time, and of one time in any steady order."""
    return f'{sort_time(record)}__{record["cid"]}'


def _newest_first(
    found: list[tuple[str, dict[str, Any]]],
) -> list[tuple[str, dict[str, Any]]]:
    return sorted(found, key=lambda one: one[0], reverse=True)


def _subject(record: Record) -> str:
    subject = record['value'].get('subject')
    return str(subject['uri']) if isinstance(subject, dict) else ''


def _parent(record: Record) -> str:
    return str(record['value'].get('reply', {}).get('parent', {}).get('uri', ''))


def _root(record: Record) -> str:
    return str(record['value'].get('reply', {}).get('root', {}).get('uri', ''))


def _quoted(record: Record) -> str:
    embed = record['value'].get('embed', {})
    return str(embed.get('record', {}).get('uri', ''))
