"""The wiki as the delivery sees it: moments of pages, histories, and saves that never overwrite."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from mwsocial.desk.item import Queue
from mwsocial.desk.knowledge import Need, Person, Rights
from mwsocial.errors import TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.revision import Revision

_PROPS = 'ids|timestamp|user|userid|comment|tags|flags|size|sha1'
_EMPTY = Queue(())


@dataclass(frozen=True)
class PageState:
    """A page at one moment; text and revision id come from the same answer.

    ``protection`` maps ``edit``, ``move``, … to the levels in force (with cascading ones).
    """

    title: str
    pageid: int = 0
    revid: int = 0
    text: str = ''
    user: str = ''
    protection: Mapping[str, frozenset[str]] = field(default_factory=dict)
    missing: bool = False
    redirect: bool = False
    model: str = 'wikitext'


@dataclass(frozen=True)
class Snapshot:
    """Several pages at one moment. ``now`` is UTC by the wiki's clock; ``blocked``: the own account."""

    now: datetime
    pages: Mapping[str, PageState]
    blocked: bool = False


@dataclass(frozen=True)
class Saved:
    """Saved: what really stands in the new revision (the wiki merges edits that do not overlap)."""

    revid: int
    text: str


@dataclass(frozen=True)
class Conflict:
    """Somebody else saved the page meanwhile, and nothing of ours was saved."""


@dataclass(frozen=True)
class Declined:
    """The wiki does not take this edit; the reason holds its own words."""

    reason: Reason


@dataclass(frozen=True)
class Lost:
    """The answer to the save was lost: it may have been saved."""

    reason: Reason


SaveOutcome = Saved | Conflict | Declined | Lost


class Asking(Protocol):
    """The way to the wiki's API; see ``mwsocial.wiki.api``."""

    def ask(self, **params: Any) -> dict[str, Any]:
        """A reading request (formatversion 2); TemporaryError where the wiki cannot answer now."""
        ...

    def save(self, **params: Any) -> SaveOutcome:
        """One ``action=edit``, never sent twice; ``Saved`` without its text."""
        ...


class PageHistory:
    """The history of one page, read as far as somebody asks. Implements ``Knowledge``."""

    def __init__(self, wiki: Wiki, page: PageState) -> None:
        self._wiki = wiki
        self._page = page
        self._chain: list[Revision] | None = None
        self._people: dict[str, Person] = {}
        self._former: dict[str, Sequence[Rights]] = {}

    @property
    def chain(self) -> Sequence[Revision]:
        """The current revision and its parents, newest first."""
        if self._chain is None:
            self._chain = chain_of(self._wiki.revisions(self._page.title), self._page.revid)
        return self._chain

    def text(self, revid: int) -> str:
        """The wikitext of a revision that has been read."""
        text = self._wiki.known_text(revid)
        if text is None:
            raise Need(texts=[revid])
        return text

    def queue(self, revid: int) -> Queue:
        """What the page held in a revision that has been read."""
        return self._wiki.parsed(revid, self.text(revid))

    def person(self, name: str) -> Person:
        """A user as of now."""
        if name not in self._people:
            raise Need(people=[name])
        return self._people[name]

    def former_rights(self, name: str) -> Sequence[Rights]:
        """When a user was an approver."""
        if name not in self._former:
            raise Need(former=[name])
        return self._former[name]

    def fetch(self, need: Need) -> None:
        """Read what a decision needs."""
        if need.texts:
            self._wiki.texts(need.texts)
        if need.people:
            self._people |= self._wiki.people(need.people, self._page.title)
        for name in need.former:
            self._former[name] = self._wiki.former_rights(name)


def chain_of(revisions: Iterable[Revision], current: int) -> list[Revision]:
    """The chain of parents from the revision *current*; what is not in it was imported or merged."""
    known = {revision.revid: revision for revision in revisions}
    chain: list[Revision] = []
    while current in known:
        chain.append(known.pop(current))
        current = chain[-1].parentid
    return chain


class Wiki:
    """One wiki, with what this run has read of it."""

    def __init__(self, api: Asking, bot: str) -> None:
        """*bot*: the account that the run is logged in as."""
        self._api = api
        self.bot = bot
        self._texts: dict[int, str] = {}
        self._parsed: dict[int, Queue] = {}
        self._clock: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """The wiki's clock (UTC), as of its last answer plus the time since; whole seconds."""
        if self._clock is None:
            raise RuntimeError('nothing has been read yet')
        told, at = self._clock
        return (told + timedelta(seconds=time.monotonic() - at)).replace(microsecond=0)

    def read(self, titles: Sequence[str]) -> Snapshot:
        """Some pages as they are now, with one request."""
        answer = self._api.ask(
            action='query',
            titles=titles,
            prop=['revisions', 'info'],
            rvprop=['ids', 'content', 'user', 'contentmodel'],
            rvslots='main',
            inprop='protection',
            meta='userinfo',
            uiprop='blockinfo',
            curtimestamp=True,
        )
        now = _time(answer['curtimestamp'])
        self._clock = (now, time.monotonic())
        query = answer['query']
        renamed = {one['to']: one['from'] for one in query.get('normalized', [])}
        pages = {}
        for page in query['pages']:
            title = renamed.get(page['title'], page['title'])
            pages[title] = state = _page_state(page)
            if state.revid and not state.missing:
                self._texts[state.revid] = state.text
        blocked = 'blockid' in query['userinfo'] and not query['userinfo'].get('blockpartial')
        return Snapshot(now, pages, blocked)

    def known_text(self, revid: int) -> str | None:
        """A text that has been read in this run."""
        return self._texts.get(revid)

    def parsed(self, revid: int, text: str) -> Queue:
        """What a queue page of this text holds; parsed once for each revision."""
        if revid not in self._parsed:
            self._parsed[revid] = read_queue(text) if text else _EMPTY
        return self._parsed[revid]

    def texts(self, revids: Iterable[int]) -> dict[int, str]:
        """The texts of revisions; '' where one is hidden or not to be had."""
        wanted = sorted({revid for revid in revids if revid and revid not in self._texts})
        for start in range(0, len(wanted), 50):
            batch = wanted[start : start + 50]
            for page in self._query('pages', action='query', revids=batch, prop='revisions',
                                    rvprop=['ids', 'content'], rvslots='main'):  # fmt: skip
                for revision in page.get('revisions', []):
                    slot = revision.get('slots', {}).get('main', {})
                    self._texts[revision['revid']] = slot.get('content', '')
            for revid in batch:
                self._texts.setdefault(revid, '')
        return {revid: self._texts.get(revid, '') for revid in revids}

    def revisions(self, title: str) -> list[Revision]:
        """The metadata of a page's whole history, newest first."""
        return self._revisions(title)

    def bot_revisions(self, title: str) -> list[Revision]:
        """The metadata of the bot's own revisions of a page, newest first."""
        return self._revisions(title, rvuser=self.bot)

    def _revisions(self, title: str, **params: Any) -> list[Revision]:
        pages = self._query('pages', action='query', titles=[title], prop='revisions',
                            rvprop=_PROPS.split('|'), rvlimit='max', **params)  # fmt: skip
        return [_revision(one) for page in pages for one in page.get('revisions', [])]

    def people(self, names: Iterable[str], title: str) -> dict[str, Person]:
        """Users as of now: explicit groups, blocks (sitewide or from *title*), global locks."""
        wanted = sorted(set(names))
        found = {}
        users = self._query('users', action='query', list='users', ususers=wanted,
                            usprop=['groupmemberships', 'blockinfo'])  # fmt: skip
        for user in users:
            name = user['name']
            blocked = 'blockid' in user and (
                not user.get('blockpartial') or self._blocked_from(name, title)
            )
            groups = {
                one['group']
                for one in user.get('groupmemberships', [])
                if one['expiry'] == 'infinity' or _time(one['expiry']) > self.now()
            }
            found[name] = Person(
                name, user.get('userid', 0), frozenset(groups), blocked, self._locked(name)
            )
        return {name: found.get(name, Person(name, 0)) for name in wanted}

    def _blocked_from(self, name: str, title: str) -> bool:
        blocks = self._query('blocks', action='query', list='blocks', bkusers=[name],
                             bkprop=['restrictions'])  # fmt: skip
        return any(
            not block.get('restrictions')
            or block['restrictions'].get('namespaces')
            or title in [page['title'] for page in block['restrictions'].get('pages', [])]
            for block in blocks
        )

    def _locked(self, name: str) -> bool:
        answer = self._api.ask(action='query', meta='globaluserinfo', guiuser=name)
        return bool(answer.get('query', {}).get('globaluserinfo', {}).get('locked'))

    def _query(self, key: str, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        more: Mapping[str, Any] = {}
        while True:
            answer = self._api.ask(**params, **more)
            found += answer.get('query', {}).get(key, [])
            if 'continue' not in answer:
                return found
            more = answer['continue']


def _time(value: str) -> datetime:
    return datetime.strptime(value, '%Y-%m-%dT%H:%M:%SZ').replace(tzinfo=UTC)
