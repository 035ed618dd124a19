"""The history of a page, read as far as the decisions ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from mwsocial.desk.files import FileFacts
from mwsocial.desk.item import Queue
from mwsocial.desk.knowledge import Need, Person, Rights, earliest
from mwsocial.errors import TemporaryError
from mwsocial.wiki.api import Api, read_timestamp
from mwsocial.wiki.files import FileReader
from mwsocial.wiki.former import FormerRights
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.parsed import ParsedPages
from mwsocial.wiki.read import PageState, people, texts
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.textstore import TextStore

T = TypeVar('T')

#: How often a history is asked for that lags behind what was seen already.
_LOOKS = 4
#: Bytes of text that MediaWiki puts into one answer ($wgAPIMaxResultSize).
_ANSWER = 8 * 1024 * 1024
#: Between an import's entry in the log and the revision by which it ends.
_AT_ONCE = timedelta(seconds=5)
#: No web request takes longer, an import neither.
_IMPORTING = timedelta(hours=1)
_PROPS = 'ids|timestamp|user|userid|comment|tags|flags|size|sha1'


class PageHistory:
    """The history of one page as of the revision *page* shows. Implements ``Knowledge``.

    Metadata is read when ``chain`` is first asked for, texts and people with ``fetch``; both are asked
    for anew by each new object, so that what has been hidden since is not believed.
    """

    def __init__(
        self,
        api: Api,
        page: PageState,
        former: FormerRights,
        store: TextStore | None = None,
        parsed: ParsedPages | None = None,
        reading: Callable[[str], Queue] = read_queue,
    ) -> None:
        """*former* knows who was an approver; *store* and *parsed* may be shared between objects.
        *reading*: from a text of the page to what it holds, for pages that are no queue.
        """
        self._reading = reading
        self._api = api
        self._page = page
        self._former_rights = former
        self._store = store or TextStore()
        self._parsed = parsed or ParsedPages()
        self._revisions: dict[int, Revision] | None = None
        self._chain: tuple[Revision, ...] | None = None
        self._texts: set[int] = set()
        self._people: dict[str, Person] = {}
        self._former: dict[str, Sequence[Rights]] = {}
        self._files: dict[str, FileFacts] = {}
        self._file_reader = FileReader(api)
        if page.revid and not page.text_hidden:
            self._store.put(page.revid, page.text)
            self._texts.add(page.revid)

    @property
    def revisions(self) -> Mapping[int, Revision]:
        """Every revision in the page's history by id, imported ones too."""
        if self._revisions is None:
            found = revisions(self._api, self._page.title, at_least=self._page.revid)
            self._revisions = {revision.revid: revision for revision in found}
        return self._revisions

    @property
    def chain(self) -> Sequence[Revision]:
        """The current revision and its parents, newest first, without what was imported or merged."""
        if self._chain is None:
            self._chain = chain_of(self.revisions, self._page.revid)
            if self._page.revid and not self._chain:
                raise TemporaryError(
                    f'The history of “{self._page.title}” does not show its newest revision yet.'
                )
        return self._chain

    def text(self, revid: int) -> str:
        """The wikitext of a revision; '' where it is hidden. Raises Need where it was not read."""
        if self._hidden(revid):
            return ''
        if revid not in self._texts:
            raise Need(texts=[revid])
        return self._store.get(revid) or ''

    def queue(self, revid: int) -> Queue:
        """What the page held in a revision. Raises Need where it was not read."""
        if self._hidden(revid):
            return Queue(())
        found = self._parsed.get(revid) if revid in self._texts else None
        if found is None:
            text = self.text(revid)
            found = self._reading(text)
            self._parsed.put(revid, found, text)
        return found

    def unread(self, revids: Iterable[int]) -> set[int]:
        """Those of the revisions whose texts have to be read with ``fetch``."""
        return {revid for revid in revids if revid not in self._texts and not self._hidden(revid)}

    def person(self, name: str) -> Person:
        """A user as of now. Raises Need where it was not read."""
        if name not in self._people:
            raise Need(people=[name])
        return self._people[name]

    def former_rights(self, name: str) -> Sequence[Rights]:
        """When a user was an approver. Raises Need where it was not read."""
        if name not in self._former:
            raise Need(former=[name])
        return self._former[name]

    def file(self, title: str, since: datetime | None = None) -> FileFacts:
        """A file as of now. Raises Need where it was not read, or not as far back as *since*."""
        known = self._files.get(title)
        if known is None or (since and (known.since is None or known.since > since)):
            raise Need(files={title: since})
        return known

    def fetch(self, need: Need) -> None:
        """Read what a decision needs, in as few requests as there can be. Raises TemporaryError."""
        wanted = []
        for revid in need.texts - self._texts:
            if self._store.get(revid, self._sha1(revid)) is None:
                wanted.append(revid)
        for some in self._portions(wanted):
            for revid, text in texts(self._api, some, seen=self._page.revid).items():
                self._store.put(revid, text, self._sha1(revid))
        self._texts |= need.texts
        missing = need.people - self._people.keys()
        if missing:
            self._people |= people(self._api, missing, self._page.title)
        for name in need.former - self._former.keys():
            if name not in self._people:
                self._people |= people(self._api, [name], self._page.title)
            self._former[name] = self._former_rights.of(self._people[name])
        known = {title: self._files[title].since for title in need.files if title in self._files}
        self._files |= self._file_reader.read(earliest(need.files, known))

    def decide(self, ask: Callable[[], T], rounds: int = 1000) -> T:
        """Ask a decision until it needs nothing more, reading what it names in between."""
        before: Need | None = None
        for _ in range(rounds):
            try:
                return ask()
            except Need as need:
                if before and (need.texts, need.people, need.former, need.files) == (
                    before.texts, before.people, before.former, before.files,
                ):  # fmt: skip
                    break
                self.fetch(need)
                before = need
        raise RuntimeError('a decision goes on asking for what has been read')

    def _portions(self, wanted: Iterable[int]) -> Iterator[list[int]]:
        """As many texts as one answer has room for: whole ones are held only until they are packed."""
        known = self._revisions or {}
        portion: list[int] = []
        size = 0
        for revid in sorted(wanted):
            one = known[revid].size if revid in known else 0
            if portion and (len(portion) >= self._api.batch or size + one > _ANSWER):
                yield portion
                portion, size = [], 0
            portion.append(revid)
            size += one
        if portion:
            yield portion

    def _hidden(self, revid: int) -> bool:
        revision = self._revisions.get(revid) if self._revisions is not None else None
        return revision is not None and revision.text_hidden

    def _sha1(self, revid: int) -> str:
        revision = self._revisions.get(revid) if self._revisions is not None else None
        return '' if revision is None or revision.text_hidden else revision.sha1


def chain_of(known: Mapping[int, Revision], current: int) -> tuple[Revision, ...]:
    """The revision *current* and its parents, newest first, as far as they are *known*."""
    chain: list[Revision] = []
    seen: set[int] = set()
    while current in known and current not in seen:
        seen.add(current)
        chain.append(known[current])
        current = known[current].parentid
    return tuple(chain)


def revisions(
    api: Api, title: str, user: str = '', *, at_least: int = 0, since: datetime | None = None
) -> list[Revision]:
    """The metadata of a page's whole history, or of one user's part of it, newest first; since a time
    (UTC), or all. With a whole history come the imports into the page (``Revision.imported``), in the
    same request.

    *at_least*: a revision of the page that was seen before. A history is believed only if the same
    answer knows the page to be as new as that: another database server may lag behind, and would
    keep the newest claim from us. Raises TemporaryError where it goes on lagging.
    """
    params: dict[str, Any] = {
        'titles': title,
        'prop': 'info|revisions',
        'rvprop': _PROPS,
        'rvlimit': 'max',
        'rvuser': user or None,
        'rvend': since.strftime('%Y-%m-%dT%H:%M:%SZ') if since else None,
    }
    if not user:
        params |= {
            'list': 'logevents',
            'letype': 'import',
            'letitle': title,
            'leprop': 'type|timestamp|user|details',
            'lelimit': 'max',
        }
    for attempt in range(_LOOKS):
        if attempt:
            time.sleep(api.pause * 2**attempt / 2)
        newest = 0
        found: list[Revision] = []
        imports: list[Mapping[str, Any]] = []
        for answer in api.query_all(params):
            query = answer.get('query', {})
            imports += query.get('logevents', [])
            for page in query.get('pages', []):
                newest = max(newest, int(page.get('lastrevid', 0)))
                found += [read_revision(one) for one in page.get('revisions', [])]
        if newest >= at_least:
            suspects = _imported(found, imports)
            return [replace(one, imported=True) if one.revid in suspects else one for one in found]
    raise TemporaryError(f'The history of “{title}” does not show its newest revision yet.')


def _imported(
    found: Collection[Revision], imports: Collection[Mapping[str, Any]]
) -> frozenset[int]:
    """The revisions that one of the *imports* (entries of the log) may have made.

    Names and times of what is imported stand in its file, and with "assign edits to local users" it is
    linked to their accounts: it can be told from nothing else. But each import ends with a revision of
    its own that changes nothing, by who imported (Help:Import), and the log says how many it brought:
    these come right before, mixed with no more edits than were made meanwhile, by people and by other
    imports.
    """
    revids = sorted((one.revid for one in found), reverse=True)
    suspects: set[int] = set()
    for entry in imports:
        when, who = read_timestamp(entry['timestamp']), entry.get('user', '')
        ends = [
            one.revid
            for one in found
            if abs(one.timestamp - when) <= _AT_ONCE and (one.user == who or one.user_hidden)
        ]
        # Where that one is gone (the page was deleted since) or its author hidden, the time must do.
        until = when + _AT_ONCE
        end = max(ends or [one.revid for one in found if one.timestamp <= until], default=0)
        before = [revid for revid in revids if revid <= end]
        counts = [
            one.get('params', {}).get('count')
            for one in imports
            if abs(read_timestamp(one['timestamp']) - when) <= _IMPORTING
        ]
        if ends and all(isinstance(count, int) for count in counts):
            lately = sum(when - _IMPORTING <= one.timestamp <= until for one in found)
            before = before[: sum(counts) + lately]
        suspects.update(before)
    return frozenset(suspects)


def bot_revisions(
    api: Api,
    title: str,
    bots: Iterable[str],
    *,
    at_least: int,
    since: datetime | None = None,
) -> list[Revision]:
    """The metadata of the revisions that *bots* made on a page, newest first; since a time (UTC), or all.

    *at_least* as in ``revisions``: whoever saves on a page goes by a history that is no older. MediaWiki
    asks for one user's revisions at a time.
    """
    found = [
        revision
        for bot in sorted(set(bots))
        for revision in revisions(api, title, user=bot, at_least=at_least, since=since)
    ]
    return sorted(found, key=lambda revision: revision.revid, reverse=True)


def chain_since(api: Api, page: PageState, since: datetime) -> tuple[Revision, ...]:
    """The current revision of a page and its parents back to a time (UTC), newest first.

    Raises TemporaryError where the history does not show the newest revision yet.
    """
    params = {
        'titles': page.title,
        'prop': 'revisions',
        'rvprop': _PROPS,
        'rvlimit': 'max',
        'rvend': since.strftime('%Y-%m-%dT%H:%M:%SZ'),
    }
    known: dict[int, Revision] = {}
    for answer in api.query_all(params):
        for one in answer.get('query', {}).get('pages', []):
            for each in one.get('revisions', []):
                known[int(each['revid'])] = read_revision(each)
    chain = chain_of(known, page.revid)
    if not chain:
        raise TemporaryError(f'The history of “{page.title}” does not show its newest revision.')
    return chain


def contributions(
    api: Api, users: Iterable[str], wanted: Callable[[Revision], bool], *, at_least: int = 0
) -> set[str]:
    """The titles of the pages to which some users made an edit that is *wanted* by its metadata.

    *at_least*: an edit of theirs that was seen before; see ``revisions``.
    """
    params = {
        'list': 'usercontribs',
        'ucuser': sorted(set(users)),
        'ucprop': 'ids|title|timestamp|comment',
        'uclimit': 'max',
    }
    for attempt in range(_LOOKS):
        if attempt:
            time.sleep(api.pause * 2**attempt / 2)
        titles: set[str] = set()
        newest = 0
        for answer in api.query_all(params):
            for one in answer.get('query', {}).get('usercontribs', []):
                revision = read_revision(one)
                newest = max(newest, revision.revid)
                if wanted(revision):
                    titles.add(str(one['title']))
        if newest >= at_least:
            return titles
    raise TemporaryError('The wiki does not show the newest edits of the bot yet.')


def read_revision(one: Mapping[str, Any]) -> Revision:
    """A revision of an answer to ``prop=revisions`` (formatversion 2)."""
    hidden_user = 'userhidden' in one or 'user' not in one
    hidden_text = 'texthidden' in one or 'sha1hidden' in one
    return Revision(
        revid=int(one['revid']),
        parentid=int(one.get('parentid', 0)),
        user='' if hidden_user else str(one['user']),
        userid=0 if hidden_user else int(one.get('userid', 0)),
        timestamp=read_timestamp(one['timestamp']),
        summary='' if 'commenthidden' in one else str(one.get('comment', '')),
        tags=frozenset(one.get('tags', ())),
        minor=bool(one.get('minor', False)),
        size=int(one.get('size', 0)),
        sha1='' if hidden_text else str(one.get('sha1', '')),
        user_hidden=hidden_user,
        text_hidden=hidden_text,
        summary_hidden='commenthidden' in one,
    )
