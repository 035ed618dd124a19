"""An entry of the News and its item that have come to say different things: said once, below the item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mwsocial.desk.item import Item
from mwsocial.desk.records import names, summary_of_ids
from mwsocial.news.match import likeness
from mwsocial.news.words import numbers_of
from mwsocial.proposing.moving import proposes
from mwsocial.reason import Reason
from mwsocial.syncing.entries import Placed
from mwsocial.syncing.said import Said, of_post, of_wikitext
from mwsocial.syncing.world import World
from mwsocial.wiki.items import WANTED, find_items, read_queue
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.skeleton import cut

#: Marks the summary of an edit that says what has drifted apart.
DRIFT = 'mwsocial:drift'
#: So many remarks are made with one edit.
MOST = 5
_DONE = frozenset({'declined', 'deleted', 'missed'})


@dataclass(frozen=True)
class Drift:
    """One remark. ``mark`` is what the summary names, so that it is made once."""

    item_id: str
    mark: str
    reason: Reason


def drifts(world: World) -> list[Drift]:
    """What has drifted apart and was not said yet."""
    on_queue = [one.item for one in find_items(world.queue.text)]
    if not any(_may_drift(item) for item in on_queue) or not world.page.groups:
        return []
    said = {
        word for one in world.own if DRIFT in one.summary.split() for word in one.summary.split()
    }
    if any(one.summary_hidden for one in world.own):
        return []
    found = []
    for item, entry in _pairs(on_queue, world):
        drift = _drift(item, entry, world)
        if drift and drift.mark not in said:
            found.append(drift)
    return found[:MOST]


def _may_drift(item: Item) -> bool:
    return item.bot.get('state') not in _DONE and (
        item.id.startswith('news-') or item.bot.get('sent-news', '').startswith('posted ')
    )


def _pairs(items: Sequence[Item], world: World) -> Iterator[tuple[Item, Placed]]:
    """Each item with the entry that it was made from, or that was made from it."""
    for item in items:
        if not _may_drift(item):
            continue
        news = item.content.get('news', '')
        for entry in world.entries:
            origin = entry.origin
            own = origin.revision is not None and origin.revision.user in world.config.bots
            if origin.id == item.id and not own:
                yield item, entry
                break
            if own and news and origin.revision and names(origin.revision, item.id):
                first = of_wikitext(origin.first[1], world.site)
                if likeness(first, of_wikitext(news, world.site)) > 0 or first[1] == set():
                    yield item, entry
                    break


def _drift(item: Item, entry: Placed, world: World) -> Drift | None:
    changed = entry.origin.changed
    if changed and changed.user in world.config.bots:
        changed = None  # the bot corrects an entry as its item was approved
    if changed and changed.timestamp > _since(item, world.own, world):
        reason = Reason('syncing-entry-changed', (f'[[Special:Diff/{changed.revid}]]',))
        return Drift(item.id, _mark(item.id, entry.words), reason)
    if entry.origin.id != item.id:
        return None  # an item's own news is corrected by delivery
    there = of_wikitext(entry.item.content, world.site)
    for name, value in item.content.items():
        if (name == 'text' or name.startswith('text-')) and _at_odds(
            of_post(value, world.site), there
        ):
            return Drift(item.id, _mark(item.id, value), Reason('syncing-item-changed', (name,)))
    return None


def _since(item: Item, own: Iterable[Revision], world: World) -> datetime:
    """When the bot put the item onto the queue, as far as is known (UTC)."""
    times = [one.timestamp for one in own if proposes(one.summary, item.id)]
    return min(times, default=world.since)


def _at_odds(one: Said, other: Said) -> bool:
    """Whether two texts name other versions or dates, or lead elsewhere."""
    (links, words), (their_links, their_words) = one, other
    numbers, theirs = numbers_of(words), numbers_of(their_words)
    if numbers and theirs and not (numbers <= theirs or theirs <= numbers):
        return True
    return bool(links and their_links) and not links & their_links


def _mark(item_id: str, words: str) -> str:
    digest = hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:10]
    return f'{item_id}/{digest}'


def with_remarks(text: str, found: Sequence[Drift]) -> str:
    """The queue with a remark at the end of the section of each item; all else byte for byte. An item
    that cannot be told from another one gets none.
    """
    for one in found:
        longer = _with_remark(text, one)
        if read_queue(longer) == read_queue(text):
            text = longer
    return text


def _with_remark(text: str, one: Drift) -> str:
    here = [placed for placed in find_items(text) if placed.item.id == one.item_id]
    if len(here) != 1 or not here[0].template.closed:
        return text
    end = here[0].template.end
    headings = (heading.start for heading in cut(text, WANTED).headings)
    stop = next((start for start in headings if start >= end), len(text))
    items = (placed.template.start for placed in find_items(text))
    stop = min([stop, *(start for start in items if start >= end)])
    words = text[:stop].rstrip()
    return f'{words}\n: {one.reason.said()} ~~~~{text[len(words) :]}'


def summary(found: Sequence[Drift]) -> str:
    """The summary of the edit that makes the remarks: it names what keeps them from being made again."""
    ids = [one.item_id for one in found]
    marks = ' '.join(one.mark for one in found)
    return f'{summary_of_ids(DRIFT, Reason("summaries-drift").said(), ids, 200)} {marks}'
