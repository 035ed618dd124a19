"""Mentions that are done go to the month's archive first, and only then off the page.

What was put there is known from the summaries of the bot's own edits, so a run that dies between the two
pages loses nothing and doubles nothing.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mwsocial.errors import TemporaryError
from mwsocial.inbox.ledger import ARCHIVED, Ledger, summary
from mwsocial.inbox.mentions import digest, read_inbox
from mwsocial.reason import Reason
from mwsocial.wiki.api import Api
from mwsocial.wiki.archive_head import begun
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.read import PageState, snapshot
from mwsocial.wiki.save import Conflict, Lost, Saved, save

TRIES = 5
#: So many go at once: one summary names them all.
MOST = 35
#: How many months are looked through for what went there before.
_MONTHS = 3


@dataclass
class Archived:
    """What is in the archive now: by address, the text that stands there, '' where it reads otherwise.
    ``trouble``: why the others could not be put there.
    """

    done: dict[str, str] = field(default_factory=dict)
    trouble: Reason | None = None
    edits: int = 0


class Archive:
    """The archive's pages."""

    def __init__(self, api: Api, config: DeskConfig) -> None:
        """Nothing is asked before ``put``."""
        self._api = api
        self._config = config

    def titles(self, since: datetime, now: datetime) -> list[str]:
        """The pages for what may have gone there from *since* to *now* (UTC), the last one last."""
        months: list[str] = []
        month = now
        while len(months) < _MONTHS and (month.year, month.month) >= (since.year, since.month):
            months.append(self._config.pages.archive_of(month.year, month.month))
            month = month.replace(day=1) - timedelta(days=1)
        return months[::-1] or [self._config.pages.archive_of(now.year, now.month)]

    def known(self, since: datetime, now: datetime, digests: set[str]) -> frozenset[str]:
        """Those of *digests* that went to the archive since a time."""
        found: set[str] = set()
        for title in self.titles(since, now):
            ledger = Ledger(self._api, title, self._config.bots, ARCHIVED)
            found |= ledger.first(digests, since).keys()
        return frozenset(found)

    def put(self, pieces: Mapping[str, str], since: datetime) -> Archived:
        """Put *pieces* (by address) there, at most ``MOST`` of them; *since*: when the first of them came
        onto the page (UTC). Raises TemporaryError.
        """
        archived = Archived()
        for attempt in range(TRIES):
            now = self._api.now()
            titles = self.titles(since, now)
            pages = snapshot(self._api, titles).pages
            there = self.known(since, now, {digest(url) for url in pieces})
            texts = '\n'.join(page.text for page in pages.values())
            for url, wikitext in pieces.items():
                if digest(url) in there:
                    archived.done[url] = wikitext if wikitext in texts else ''
            left = {url: text for url, text in pieces.items() if url not in archived.done}
            fresh = dict(list(left.items())[:MOST])
            if not fresh or self._save(pages[titles[-1]], titles[-1], fresh, archived):
                return archived
            time.sleep(random.uniform(0.2, 0.6) * (attempt + 1))  # noqa: S311 - jitter
        raise TemporaryError(
            f'The archive was changed by others {TRIES} times while this run tried to save it.'
        )

    def _save(
        self, page: PageState, title: str, fresh: Mapping[str, str], archived: Archived
    ) -> bool:
        """Save; False where somebody else was faster."""
        if page.redirect or page.text_hidden:
            archived.trouble = Reason('inbox-archive', (title,))
            return True
        text = '\n\n'.join(filter(None, (begun(page.text).rstrip(), *fresh.values())))
        before = read_inbox(page.text).mentions
        after = read_inbox(text).mentions
        if [one.url for one in after[len(before) :]] != list(fresh):
            # Something is left open on that page, and what comes behind it is swallowed.
            archived.trouble = Reason('inbox-archive-open', (title,))
            return True
        args = (str(len(fresh)), f'[[{self._config.pages.mentions}]]')
        words = Reason('summaries-mentions-from', args).said()
        said = summary(ARCHIVED, words, [digest(url) for url in fresh])
        outcome = save(self._api, title, text, base=page.revid, summary=said, minor=True)
        if isinstance(outcome, Conflict):
            return False
        if isinstance(outcome, Lost):
            raise TemporaryError(
                f'Nobody knows whether the page “{title}” was saved: {outcome.reason.text()}'
            )
        if isinstance(outcome, Saved):
            archived.edits += 1
            archived.done |= fresh
        else:
            archived.trouble = outcome.reason
        return True
