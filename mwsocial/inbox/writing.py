"""Saving the page of mentions: one edit, and more only where the wiki refuses one of the posts."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from mwsocial.errors import TemporaryError
from mwsocial.inbox.ledger import CLOCKS, PULLED, Ledger, summary
from mwsocial.inbox.mark import Mark
from mwsocial.inbox.mentions import digest, read_inbox
from mwsocial.inbox.page import Changes, New, changed
from mwsocial.reason import Reason
from mwsocial.wiki.api import Api
from mwsocial.wiki.read import PageState, snapshot
from mwsocial.wiki.save import Conflict, Lost, Refused, Saved, save

TRIES = 5
#: How many edits are tried to find out what the wiki does not take.
ATTEMPTS = 40


@dataclass
class Written:
    """What became of the changes. ``refused``: posts that the wiki does not take at all, by address;
    ``trouble``: why nothing more could be saved.
    """

    added: list[str] = field(default_factory=list)
    refused: dict[str, Reason] = field(default_factory=dict)
    trouble: Reason | None = None
    edits: int = 0


class _Halt(Exception):
    """Nothing more is to be tried: it is not that the wiki does not like a post."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason.text())


class Writer:
    """Saves changes into the page as it is at that moment."""

    def __init__(
        self,
        api: Api,
        title: str,
        bots: Iterable[str],
        base: int,
        unlisted: int,
        say: Callable[[str], None],
    ) -> None:
        """*base*: the revision on which the changes were decided; *unlisted*: how many posts found no
        room; *say*: one line for the operator.
        """
        self._base = base
        self._api = api
        self._title = title
        self._bots = frozenset(bots)
        self._unlisted = unlisted
        self._say = say
        self._left = ATTEMPTS
        self._done = Written()

    def write(self, changes: Changes, mark: Mark, before: Mark) -> Written:
        """Save *changes* with *mark*; *before* is the mark that stands until all is saved.

        Raises TemporaryError.
        """
        try:
            outcome = self._save(changes, mark)
            if isinstance(outcome, Refused) and changes.add:
                # A filter may not like an address: without links the words still get there.
                outcome = self._save(replace(changes, add=_plainer(changes.add, 1)), mark)
            if isinstance(outcome, Refused) and changes.add:
                outcome = self._one_by_one(changes, mark, before)
        except _Halt as halt:
            outcome = Refused(halt.reason)
        if isinstance(outcome, Refused):
            self._done.trouble = outcome.reason
        return self._done

    def _one_by_one(self, changes: Changes, mark: Mark, before: Mark) -> Refused | Saved | None:
        """The new posts in ever smaller parts, so that one that the wiki refuses harms no other. It is
        remembered like one that stands there: it is not tried again in every run.
        """
        rest = replace(changes, add=())
        outcome = self._save(rest, before) if rest else None
        if isinstance(outcome, Refused):
            return outcome
        parts: list[Sequence[New]] = list(_halves(changes.add))
        while parts:
            part = parts.pop(0)
            tried = self._part(part, before)
            if self._left <= 0:
                return tried if isinstance(tried, Refused) else Refused(Reason('inbox-refused'))
            if isinstance(tried, Refused) and len(part) > 1:
                parts[:0] = _halves(part)
            elif isinstance(tried, Refused):
                self._done.refused[part[0].url] = tried.reason
        return self._save(Changes(), replace(mark, alone=True), list(self._done.refused))

    def _part(self, part: Sequence[New], mark: Mark) -> Refused | Saved | None:
        for plainer in (0, 1, 2) if len(part) == 1 else (0,):
            outcome = self._save(Changes(add=_plainer(part, plainer)), mark)
            if not isinstance(outcome, Refused):
                break
        return outcome

    def _save(
        self, changes: Changes, mark: Mark, refused: Sequence[str] = ()
    ) -> Refused | Saved | None:
        """Save; None where nothing is to be saved."""
        self._left -= 1
        for attempt in range(TRIES):
            page = snapshot(self._api, [self._title]).pages[self._title]
            if page.missing or page.redirect or page.text_hidden:
                raise _Halt(Reason('inbox-page', (self._title,)))
            if read_inbox(page.text).stopped:
                raise _Halt(Reason('inbox-stopped', (self._title,)))
            if page.revid != self._base:
                changes = self._without_known(changes, page)
            text = changed(page.text, changes, mark)
            there = Counter(one.url for one in read_inbox(page.text).mentions)
            after = Counter(one.url for one in read_inbox(text).mentions)
            added = [one.url for one in changes.add]
            if any(after[url] <= there[url] for url in added):
                raise _Halt(Reason('inbox-page-open', (self._title,)))
            if text == page.text:
                return None
            removed = len(there.keys() - after.keys())
            said = self._summary(changes, added, removed, refused)
            outcome = save(
                self._api, self._title, text, base=page.revid, summary=said,
                minor=not (added or changes.notes),
            )  # fmt: skip
            if isinstance(outcome, Saved):
                self._base = outcome.revid
                self._done.edits += 1
                self._done.added += added
                self._say(f'saved revision {outcome.revid} of “{self._title}”')
                return outcome
            if isinstance(outcome, Lost):
                raise TemporaryError(
                    f'Nobody knows whether the page “{self._title}” was saved: '
                    f'{outcome.reason.text()}'
                )
            if not isinstance(outcome, Conflict):
                return outcome
            time.sleep(random.uniform(0.2, 0.6) * (attempt + 1))  # noqa: S311 - jitter
        raise TemporaryError(
            f'The page “{self._title}” was changed by others {TRIES} times while this run tried to '
            'save it.'
        )

    def _without_known(self, changes: Changes, page: PageState) -> Changes:
        """Without what another run of ours has brought meanwhile, by a history as new as *page*."""
        if not changes.add:
            return changes
        ledger = Ledger(self._api, self._title, self._bots)
        ledger.seen(page)
        since = min(one.created for one in changes.add) - CLOCKS
        known = ledger.first([digest(one.url) for one in changes.add], since)
        fresh = tuple(one for one in changes.add if digest(one.url) not in known)
        return replace(changes, add=fresh)

    def _summary(
        self, changes: Changes, added: Sequence[str], removed: int, refused: Sequence[str]
    ) -> str:
        counts = {
            'archived': removed,
            'blank': len(changes.blank),
            'noted': len(changes.notes),
            'unlisted': self._unlisted if added else 0,
            'refused': len(refused),
            'new': len(added),
        }
        words = ', '.join(
            Reason(f'summaries-mentions-{what}', (str(count),)).said()
            for what, count in counts.items()
            if count
        )
        digests = [digest(url) for url in (*added, *refused)]
        return summary(PULLED, words or Reason('summaries-cursors').said(), digests)


def _plainer(posts: Iterable[New], plainer: int) -> tuple[New, ...]:
    return tuple(replace(one, plainer=plainer) for one in posts)


def _halves(posts: Sequence[New]) -> list[Sequence[New]]:
    middle = len(posts) // 2
    return [part for part in (posts[:middle], posts[middle:]) if part]
