"""The brakes: why nothing may be done now. Whatever sends, follows or proposes looks at them first."""

from __future__ import annotations

from mwsocial.reason import Reason
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.items import STOPS, WANTED
from mwsocial.wiki.read import PageState, Snapshot
from mwsocial.wiki.skeleton import cut

#: The brake that anybody may set on a page: it stops what is sent, not what is taken down.
STOP = 'delivery-stopped'


def is_stopped(page: PageState) -> bool:
    """Whether a stop stands on the page."""
    return bool(cut(page.text, WANTED).used & STOPS)


def brake(
    config: DeskConfig, config_page: PageState, moment: Snapshot, *stopped: str
) -> Reason | None:
    """Why nothing may be done, or None. *config_page*: as *config* was read from it; *moment* holds it as
    it is now; *stopped*: titles of the pages on which a stop was found.

    A stop is told last: it is the weakest, since posts are taken down under it, and anybody can set it.
    """
    if config.paused:
        return Reason('delivery-paused', (config_page.title,))
    if moment.blocked:
        return Reason('delivery-blocked', (config.bot, moment.blocked))
    if moment.pages[config_page.title].revid != config_page.revid:
        return Reason('delivery-new-configuration')
    if stopped:
        return Reason(STOP, (stopped[0],))
    return None


def brake_for(
    config: DeskConfig, config_page: PageState, moment: Snapshot, title: str
) -> Reason | None:
    """The same for a run that keeps the page *title*: it obeys a stop on that page, too.

    *moment* holds the queue, that page and the configuration (``pages_for``).
    """
    found = [
        one for one in dict.fromkeys((config.pages.queue, title)) if is_stopped(moment.pages[one])
    ]
    return brake(config, config_page, moment, *found)


def pages_for(config: DeskConfig, config_page: PageState, title: str) -> list[str]:
    """The titles that ``brake_for`` asks for."""
    return [title, config.pages.queue, config_page.title]
