"""RSS and Atom feeds: Diff, Planet, or any other in the configuration."""

from __future__ import annotations

from datetime import timedelta

from mwsocial.reason import Reason
from mwsocial.sources.base import Found, Suggestion, World, digest, wanted
from mwsocial.sources.feedxml import Entry, entries, same_link
from mwsocial.sources.settings import Feed

#: An entry may be dated so far ahead: clocks differ.
_AHEAD = timedelta(minutes=10)


class FeedSource:
    """One feed."""

    def __init__(self, name: str, settings: Feed) -> None:
        """*name*: its key in the configuration."""
        self.name = f'feeds: {name}'
        self._called = name
        self._settings = settings

    def look(self, world: World) -> Found:
        """Its young entries. Raises ``Trouble``."""
        return read_entries(
            entries(world.fetch(self._settings.url)), self._called, self._settings, world
        )


def read_entries(found: list[Entry], called: str, settings: Feed, world: World) -> Found:
    """The suggestions of a feed's entries, newest last: the newest ``most`` of those that are young
    enough. One that has no time cannot be told to be new, and is left out.
    """
    remarks = []
    undated = [one for one in found if one.published is None]
    if undated:
        remarks.append(Reason('sources-undated', (called, str(len(undated)))))
    oldest = world.now - timedelta(days=settings.days)
    suggestions: dict[str, Suggestion] = {}
    for one in found:
        if one.published is None or not oldest <= one.published <= world.now + _AHEAD:
            continue
        if not wanted(one.title, settings.words):
            continue
        made = Suggestion(
            id=f'feed-{digest(same_link(one.link))}',
            words=one.title,
            link=one.link,
            why=Reason('sources-why-feed', (called, f'{one.published:%Y-%m-%d}')),
            moment=one.published,
            only=True,
        )
        suggestions.setdefault(made.id, made)
    newest = sorted(suggestions.values(), key=lambda one: (one.moment, one.id))[-settings.most :]
    return Found(tuple(newest), remarks=tuple(remarks))
