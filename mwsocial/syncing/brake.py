"""The brakes that stop what is sent stop what is followed and proposed, too."""

from __future__ import annotations

from mwsocial.reason import Reason
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.read import PageState


def brake(config: DeskConfig, *pages: PageState) -> Reason | None:
    """Why nothing may be done now; None if it may. A stop on any of *pages* counts."""
    for page in pages:
        if read_queue(page.text).stopped:
            return Reason('syncing-stopped', (page.title,))
    return Reason('syncing-paused') if config.paused else None
