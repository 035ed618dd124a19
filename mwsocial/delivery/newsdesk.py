"""Entries in Template:MediaWiki News: one edit for all that is due, each entry once.

Whether an entry was made is known from the bot's own revisions of the template, whose summaries name
the ids: an entry that people removed later is never put back.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence

from mwsocial.channels.base import CannotLook, Lookup, NotFound, Outcome, Posted, Refused, Unknown
from mwsocial.desk.records import names, summary_of_ids
from mwsocial.errors import TemporaryError
from mwsocial.news.shapes import Entry, find, insert, introduced
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.save import Conflict, Lost, Saved
from mwsocial.wiki.save import Refused as SaveRefused
from mwsocial.wiki.wiki import Wiki

MARK = 'mwsocial:news'
TRIES = 5


class NewsDesk:
    """The news template of one wiki, as a place to deliver to."""

    def __init__(self, wiki: Wiki, title: str, bot: str, groups: int) -> None:
        """*title*: the template; *groups*: how many date groups it keeps."""
        self._wiki = wiki
        self._title = title
        self._bot = bot
        self._groups = groups

    def deliver(
        self, entries: Mapping[str, str], may_send: Callable[[], bool]
    ) -> dict[str, Outcome]:
        """Put *entries* (wikitext by item id) into the template, in one edit, and say what became of each.

        *may_send* is asked right before each edit; once it says no, what is open stays unknown.
        """
        outcomes: dict[str, Outcome] = {}
        for _ in range(TRIES):
            page = self._wiki.read([self._title]).pages[self._title]
            if page.missing or page.redirect:
                key = 'news-page-missing' if page.missing else 'news-page-redirect'
                refused = Refused(Reason(key, (self._title,)))
                return outcomes | {i: refused for i in entries if i not in outcomes}
            own = self._own_revisions()
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
            saved = self._wiki.save(
                self._title,
                text,
                base=page.revid,
                summary=summary_of_ids(MARK, 'added', fresh),
                minor=False,
            )
            if isinstance(saved, Saved):
                posted = Posted(str(saved.revid), f'Special:Diff/{saved.revid}')
                return outcomes | {item_id: posted for item_id in fresh}
            if isinstance(saved, SaveRefused):
                return outcomes | {item_id: Refused(saved.reason) for item_id in fresh}
            if isinstance(saved, Lost):
                lost = Unknown(saved.reason)
                looked = {i: self.find(i, entries[i]) for i in fresh}
                return outcomes | {
                    i: found if isinstance(found, Posted) else lost for i, found in looked.items()
                }
            assert isinstance(saved, Conflict)
            time.sleep(random.uniform(0.2, 1.0))  # noqa: S311 - jitter, no secret
        busy = Unknown(Reason('news-busy', (self._title,)))
        return {item_id: outcomes.get(item_id, busy) for item_id in entries}

    def find(self, item_id: str, text: str) -> Lookup:
        """Look whether the bot has made this item's entry before."""
        try:
            page = self._wiki.read([self._title]).pages[self._title]
            if page.missing:
                return NotFound()
            return self._found(item_id, text, self._own_revisions(), '', 0) or NotFound()
        except TemporaryError as error:
            return CannotLook(Reason('news-unreadable', (str(error),)))

    def _own_revisions(self) -> list[Revision]:
        return [
            revision
            for revision in self._wiki.bot_revisions(self._title)
            if revision.summary_hidden or MARK in revision.summary.split()
        ]

    def _found(
        self, item_id: str, text: str, own: Sequence[Revision], page: str, revid: int
    ) -> Posted | None:
        for revision in own:
            if names(revision, item_id) and self._brought(revision, text):
                return Posted(str(revision.revid), f'Special:Diff/{revision.revid}')
        if page and find(page, Entry(item_id, text)) is not None:
            # Somebody has announced it by hand: announcing it twice helps nobody.
            return Posted(str(revid), f'Special:PermanentLink/{revid}')
        return None

    def _brought(self, revision: Revision, text: str) -> bool:
        if not (revision.summary_hidden or '+more' in revision.summary.split()):
            return True
        texts = self._wiki.texts([revision.revid, revision.parentid])
        return introduced(
            texts.get(revision.parentid, ''), texts.get(revision.revid, ''), Entry('', text)
        )

    def _with_entries(
        self, page: str, entries: Mapping[str, str], outcomes: dict[str, Outcome]
    ) -> tuple[str, list[str]]:
        """The page with all entries that it takes; one that it refuses does not stop the others."""
        today = self._wiki.now().date()
        fresh = []
        for item_id, text in entries.items():
            if item_id in outcomes:
                continue
            done = insert(page, [Entry(item_id, text)], today, self._groups)
            if hasattr(done, 'reason'):
                outcomes[item_id] = Refused(done.reason)
            else:
                page = done.text
                fresh.append(item_id)
        return page, fresh

