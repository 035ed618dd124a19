"""The status page on the wiki: what the bot said there last, and one edit where it says something new."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from mwsocial.reason import Reason
from mwsocial.status.page import read, render, same
from mwsocial.status.values import Status
from mwsocial.wiki.api import Api
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.history import bot_revisions
from mwsocial.wiki.read import PageState, texts
from mwsocial.wiki.save import Conflict, Outcome, Refused, bots_welcome, save

MARK = 'mwsocial:status'
#: While nothing else changes, the time of the last good run is written down so often: at most 24 edits a
#: day, and half of what ``page.LATE`` allows.
HEARTBEAT = timedelta(hours=1)


@dataclass(frozen=True)
class Said:
    """The status page as it stands there, and what the bot itself said there last (None: nothing)."""

    page: PageState
    status: Status | None


def last_said(api: Api, config: DeskConfig, page: PageState) -> Said:
    """What the bot said last on its status *page*: what others made of it is not believed.

    One more request where somebody else has edited it last. Raises TemporaryError.
    """
    if page.missing or page.user in config.bots:
        return Said(page, read(page.text) if not page.missing else None)
    own = [
        one for one in bot_revisions(api, page.title, config.bots, at_least=page.revid)
        if not one.text_hidden and MARK in one.summary.split()
    ]  # fmt: skip
    if not own:
        return Said(page, None)
    return Said(page, read(texts(api, [own[0].revid])[own[0].revid]))


def say_it(
    api: Api, config: DeskConfig, said: Said, status: Status, *, good: bool
) -> Outcome | None:
    """Write *status* (with ``ran`` as of now), if it says something new; None where it does not.

    *good*: every step of this run has worked. Raises TemporaryError.
    """
    old, page = said.status, said.page
    assert status.ran is not None
    titles = config.pages.model_dump(by_alias=True)
    before = old.good if old else None
    beat = good and (before is None or status.ran - before >= HEARTBEAT)
    if old and same(status, old) and not beat and page.text == render(old, titles):
        return None
    if page.redirect or page.text_hidden:
        return Refused(Reason('wiki-redirect' if page.redirect else 'wiki-hidden', (page.title,)))
    if not bots_welcome(page.text, api.user):
        return Refused(Reason('wiki-nobots', (page.title,)))
    status = replace(status, good=status.ran if good else before)
    problem = set(_names(status)) - set(_names(old))
    return save(
        api, page.title, render(status, titles), base=page.revid, minor=not problem,
        bot=not problem, summary=f'{MARK} {_words(status)}',
    )  # fmt: skip


def written(outcome: Outcome | None) -> str:
    """What to tell the operator of an edit of the page."""
    if outcome is None:
        return 'nothing new'
    if isinstance(outcome, Conflict):
        return 'somebody else edited the page meanwhile: the next run writes it'
    if isinstance(outcome, Refused):
        return f'the wiki does not take the page: {outcome.reason.text()}'
    return 'the page is written' if not hasattr(outcome, 'reason') else outcome.reason.text()


def _names(status: Status | None) -> list[tuple[str, str]]:
    if status is None:
        return []
    found = [(one.name, one.reason.key) for one in status.needs]
    return found + [(one.kind, one.name) for one in status.health if one.state.value == 'person']


def _words(status: Status) -> str:
    number = len(_names(status))
    return (
        Reason('summaries-needs', (str(number),)) if number else Reason('summaries-in-order')
    ).said()
