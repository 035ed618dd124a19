"""Saving the page of suggestions: one edit, and more only where the wiki refuses one of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from mwsocial.errors import ConfigurationError, TemporaryError
from mwsocial.proposing.moving import Moved
from mwsocial.reason import Reason
from mwsocial.sources.ledger import summary
from mwsocial.sources.page import Changes, changed, suggestions
from mwsocial.sources.report import Report
from mwsocial.wiki.api import Api
from mwsocial.wiki.read import PageState, snapshot
from mwsocial.wiki.save import Conflict, Lost, Outcome, Refused, Saved, save

TRIES = 5


def checked(page: PageState, config_title: str) -> PageState:
    """The page of suggestions, if it is there. Raises ConfigurationError."""
    what = {'is a redirect': page.redirect, 'does not exist': page.missing}
    what['has a hidden text'] = page.text_hidden
    for words, holds in what.items():
        if holds:
            raise ConfigurationError(
                f'The page of suggestions “{page.title}” {words}. Run setup_desk, or name the right '
                f'page under "pages" on [[{config_title}]].'
            )
    return page


class Writer:
    """Writes the page in one run, and reports what came of it."""

    def __init__(
        self, api: Api, title: str, config_title: str, report: Report, say: Callable[[str], None]
    ) -> None:
        """*title*: of the page; *say*: one line for the operator."""
        self._api = api
        self._title = title
        self._config_title = config_title
        self._report = report
        self._say = say

    def write(self, changes: Changes, moved: Moved) -> None:
        """One edit; more only where the wiki refuses one of the suggestions."""
        outcome = self._save(changes, moved, addresses=True)
        if isinstance(outcome, Refused) and changes.add:
            # A filter may not like an address: without any the words still get there.
            outcome = self._save(changes, moved, addresses=False)
        if isinstance(outcome, Refused) and changes.add:
            outcome = self._one_by_one(changes, moved)
        if isinstance(outcome, Refused):
            self._say(f'the wiki refuses to save “{self._title}”: {outcome.reason.text()}')
            self._report.person = True
        self._report.waiting += len(self._report.added)

    def _one_by_one(self, changes: Changes, moved: Moved) -> Outcome | None:
        """Each new suggestion alone, so that one that the wiki refuses harms no other. It is remembered
        like one that was made: it is not tried again in every run.
        """
        rest = Changes(remove=changes.remove, notes=changes.notes, cursors=changes.cursors)
        outcome = self._save(rest, moved, addresses=False) if _any(rest) else None
        if isinstance(outcome, Refused):
            return outcome
        refused: list[str] = []
        for one in changes.add:
            tried = self._save(Changes(add=(one,)), Moved(), addresses=False)
            if isinstance(tried, Refused):
                refused.append(one.id)
                self._report.left[one.id] = Reason('sources-refused', (tried.reason.text(),))
        today = f'{self._api.now():%Y-%m-%d}'
        cursors = {f'refused-{one}'[:80]: today for one in refused}
        return self._save(Changes(cursors=cursors), Moved(), addresses=False, refused=refused)

    def _save(
        self,
        changes: Changes,
        moved: Moved,
        *,
        addresses: bool,
        refused: Sequence[str] = (),
    ) -> Outcome | None:
        """Save *changes* into the page as it is now; None where nothing is to be saved."""
        for attempt in range(TRIES):
            page = checked(
                snapshot(self._api, [self._title]).pages[self._title], self._config_title
            )
            text = changed(page.text, changes, addresses=addresses)
            there = {item.id for item in suggestions(page.text)}
            after = {item.id for item in suggestions(text)}
            for one in changes.add:
                if one.id not in after:
                    self._report.left[one.id] = Reason('sources-no-room', (self._title,))
            if text == page.text:
                return None
            said = summary(
                [one.id for one in changes.add if one.id in after - there],
                sorted(there - after & moved.done.keys()),
                sorted((there - after) - moved.done.keys()),
                refused,
            )
            outcome = save(self._api, self._title, text, base=page.revid, summary=said, minor=False)
            if isinstance(outcome, Lost):
                raise TemporaryError(
                    f'Nobody knows whether the page “{self._title}” was saved: '
                    f'{outcome.reason.text()}'
                )
            if isinstance(outcome, Saved):
                self._report.edits += 1
                self._report.added += [one.id for one in changes.add if one.id in after - there]
                self._say(f'saved revision {outcome.revid}: {said}')
                return outcome
            if not isinstance(outcome, Conflict):
                return outcome
            time.sleep(0.3 * (attempt + 1))
        raise TemporaryError(
            f'The page “{self._title}” was changed by others {TRIES} times while this run tried to '
            'save it.'
        )


def _any(changes: Changes) -> bool:
    return bool(changes.remove or changes.notes or changes.cursors)
