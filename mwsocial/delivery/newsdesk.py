"""Entries in Template:MediaWiki News: one edit for all that is due, each entry once.

Whether an entry was made is known from the bot's own revisions of the template, whose summaries name
the ids: an entry that people removed later is never put back.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mwsocial.channels.base import (
    CannotLook,
    Deleted,
    Lookup,
    NotFound,
    Outcome,
    Posted,
    Refused,
    Removal,
    Unknown,
)
from mwsocial.desk.records import names, summary_of_ids
from mwsocial.errors import TemporaryError
from mwsocial.news.shapes import (
    Entry,
    Inserted,
    Replaced,
    find,
    insert,
    introduced,
    remove,
    replace,
)
from mwsocial.reason import Reason
from mwsocial.wiki.api import Api
from mwsocial.wiki.history import bot_revisions
from mwsocial.wiki.read import snapshot, texts
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.save import Lost, Saved, save
from mwsocial.wiki.save import Refused as SaveRefused

MARK = 'mwsocial:news'
TRIES = 5


class NewsDesk:
    """The news template of one wiki, as a place to deliver to."""

    def __init__(self, api: Api, title: str, bots: Collection[str], groups: int) -> None:
        """*title*: the template; *bots*: the bot's accounts, former ones too; *groups*: how many date
        groups it keeps.
        """
        self._api = api
        self._title = title
        self._bots = bots
        self._groups = groups

    def deliver(
        self, entries: Mapping[str, str], may_send: Callable[[], bool]
    ) -> dict[str, Outcome]:
        """Put *entries* (wikitext by item id) into the template, in one edit; what became of each.

        *may_send* is asked right before each edit; once it says no, what is open stays unknown.
        """
        outcomes: dict[str, Outcome] = {}
        for _ in range(TRIES):
            page = snapshot(self._api, [self._title]).pages[self._title]
            if page.missing or page.redirect:
                key = 'news-page-missing' if page.missing else 'news-page-redirect'
                refused = Refused(Reason(key, (self._title,)))
                return outcomes | {i: refused for i in entries if i not in outcomes}
            own = self._own_revisions(page.revid)
            for item_id, text in entries.items():
                if item_id not in outcomes:
                    found = self._found(item_id, text, own, page.text, page.revid)
                    if found:
                        outcomes[item_id] = found
            text, fresh = self._with_entries(page.text, entries, outcomes)
            if not fresh:
                return outcomes
            if not may_send():
                break
            saved = save(
                self._api,
                self._title,
                text,
                base=page.revid,
                summary=summary_of_ids(MARK, Reason('summaries-news-added').said(), fresh),
                minor=False,
            )
            if isinstance(saved, Saved):
                posted = Posted(str(saved.revid), f'Special:Diff/{saved.revid}')
                return outcomes | dict.fromkeys(fresh, posted)
            if isinstance(saved, SaveRefused):
                if len(fresh) == 1:
                    return outcomes | {fresh[0]: Refused(saved.reason)}
                # Words that the wiki refuses in one entry must not cost the others theirs.
                for item_id in fresh:
                    outcomes |= self.deliver({item_id: entries[item_id]}, may_send)
                return outcomes
            if isinstance(saved, Lost):
                lost = Unknown(saved.reason)
                looked = {i: self.find(i, entries[i]) for i in fresh}
                return outcomes | {
                    i: found if isinstance(found, Posted) else lost for i, found in looked.items()
                }
            time.sleep(random.uniform(0.2, 1.0))  # noqa: S311 - jitter, no secret
        busy = Unknown(Reason('news-busy', (self._title,)))
        return {item_id: outcomes.get(item_id, busy) for item_id in entries}

    def find(self, item_id: str, text: str) -> Lookup:
        """Look whether the bot has made this item's entry before."""
        try:
            page = snapshot(self._api, [self._title]).pages[self._title]
            if page.missing:
                return NotFound()
            own = self._own_revisions(page.revid)
            return self._found(item_id, text, own, '', 0) or NotFound()
        except TemporaryError as error:
            return CannotLook(Reason('news-unreadable', (str(error),)))

    def change(
        self, item_id: str, old: str, new: str, may_send: Callable[[], bool]
    ) -> Outcome | Removal:
        """Put *new* in the place of the entry *old*, or take it out where *new* is empty.

        Doing it twice does no harm: an entry that people have changed or taken out since stays so.
        """
        for _ in range(TRIES):
            page = snapshot(self._api, [self._title]).pages[self._title]
            if page.missing or page.redirect:
                key = 'news-page-missing' if page.missing else 'news-page-redirect'
                return Refused(Reason(key, (self._title,)))
            if not old.strip():
                return Refused(Reason('news-words-hidden'))
            # One that people have reworded still says it: taking it out is for them.
            if not new and find(page.text, Entry('', old)) is None:
                return Deleted()
            if new and _stands(page.text, new):
                return Posted(str(page.revid), f'Special:PermanentLink/{page.revid}')
            entry = Entry(item_id, old)
            changed = (
                replace(page.text, entry, Entry(item_id, new)) if new else remove(page.text, entry)
            )
            if not isinstance(changed, Replaced):
                return Refused(changed.reason)
            if not may_send():
                break
            saved = save(
                self._api, self._title, changed.text, base=page.revid, minor=False,
                summary=summary_of_ids(
                    MARK, Reason(f'summaries-news-{"corrected" if new else "removed"}').said(), [item_id]
                ),
            )  # fmt: skip
            if isinstance(saved, Saved):
                return Posted(str(saved.revid), f'Special:Diff/{saved.revid}') if new else Deleted()
            if isinstance(saved, SaveRefused):
                return Refused(saved.reason)
            if isinstance(saved, Lost):
                return Unknown(saved.reason)
            time.sleep(random.uniform(0.2, 1.0))  # noqa: S311 - jitter, no secret
        return Unknown(Reason('news-busy', (self._title,)))

    def shown(self, text: str, *, gone: bool) -> Lookup | Removal:
        """Whether the entry *text* stands in the template now; *gone*: ``Deleted`` if it does not."""
        try:
            page = snapshot(self._api, [self._title]).pages[self._title]
        except TemporaryError as error:
            return CannotLook(Reason('news-unreadable', (str(error),)))
        if not text.strip():
            return CannotLook(Reason('news-words-hidden'))
        if _stands(page.text, text):
            return Posted(str(page.revid), f'Special:PermanentLink/{page.revid}')
        if find(page.text, Entry('', text)):
            return CannotLook(Reason('news-replace-missing'))
        return Deleted() if gone else NotFound()

    def _own_revisions(self, newest: int) -> list[Revision]:
        return [
            revision
            for revision in bot_revisions(self._api, self._title, self._bots, at_least=newest)
            if revision.summary_hidden or MARK in revision.summary.split()
        ]

    def _found(
        self, item_id: str, text: str, own: Sequence[Revision], page: str, revid: int
    ) -> Posted | None:
        for revision in own:
            if names(revision, item_id) and self._brought(revision, text):
                return Posted(str(revision.revid), f'Special:Diff/{revision.revid}')
        match = find(page, Entry(item_id, text)) if page else None
        if match and match.strength == 'same':
            # Somebody has announced it by hand: announcing it twice helps nobody.
            return Posted(str(revid), f'Special:PermanentLink/{revid}')
        return None

    def _brought(self, revision: Revision, text: str) -> bool:
        both = texts(self._api, [revision.revid, revision.parentid], seen=revision.revid)
        return introduced(
            both.get(revision.parentid, ''), both.get(revision.revid, ''), Entry('', text)
        )

    def _with_entries(
        self, page: str, entries: Mapping[str, str], outcomes: dict[str, Outcome]
    ) -> tuple[str, list[str]]:
        """The page with all entries that it takes; one that it refuses does not stop the others."""
        today = self._api.now().date()
        fresh = []
        for item_id, text in entries.items():
            if item_id in outcomes:
                continue
            done = insert(page, [Entry(item_id, text)], today, self._groups)
            if isinstance(done, Inserted):
                page = done.text
                fresh.append(item_id)
            else:
                outcomes[item_id] = Refused(done.reason)
        return page, fresh


def _stands(page: str, text: str) -> bool:
    match = find(page, Entry('', text)) if page and text else None
    return match is not None and match.strength == 'same'


class NewsPlace:
    """The template as a place where deeds are looked for: an edit is in the history once it is saved."""

    key_lifetime = None
    settled_after = timedelta()


@dataclass(frozen=True)
class NewsEntry:
    """One item's entry, as something that can be looked for like a post on a network.

    ``kind`` is the claim's: ``sending``, ``editing`` or ``deleting``.
    """

    desk: NewsDesk
    item_id: str
    text: str
    kind: str

    def find(self, since: datetime, ignoring: Collection[str]) -> Lookup | Removal:
        """Look whether the bot, or somebody by hand, has made the entry; for one that is to go, whether
        it still stands.
        """
        if self.kind == 'sending':
            return self.desk.find(self.item_id, self.text)
        return self.desk.shown(self.text, gone=self.kind == 'deleting')
