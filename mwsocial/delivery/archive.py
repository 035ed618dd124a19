"""Records of items that left the queue while they were being sent: they go to the month's archive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mwsocial.desk.plan import ItemChange
from mwsocial.desk.records import RECORD, Record, summary_of_ids
from mwsocial.wiki.api import Api
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.edits import apply
from mwsocial.wiki.items import find_items, read_queue
from mwsocial.wiki.read import snapshot
from mwsocial.wiki.save import Outcome, Saved, save


def item_wikitext(page: str, item_id: str) -> str | None:
    """The template of an item as it stands on a page's text; None if it is not there."""
    for placed in find_items(page):
        if placed.item.id == item_id and placed.template.closed:
            return page[placed.template.start : placed.template.end]
    return None


def with_records(wikitext: str, state: str, records: Mapping[str, Record]) -> str:
    """One item's template with its records (by channel) and its state."""
    item = read_queue(wikitext).items[0]
    bot: dict[str, str | None] = {f'sent-{name}': one.text() for name, one in records.items()}
    revid = max(record.revid for record in records.values())
    bot |= {'state': state, 'approved-in': f'Special:Diff/{revid}'}
    return apply(wikitext, [ItemChange(item, bot)])


def keep_record(
    api: Api, config: DeskConfig, now: datetime, item_id: str, wikitext: str
) -> Outcome:
    """Append an item with its records to the month's archive, unless it stands there already.

    *now* (UTC) is the moment of the record. A new section never conflicts with anybody's edit.
    """
    title = config.pages.archive_of(now.year, now.month)
    page = snapshot(api, [title]).pages[title]
    if wikitext in page.text:
        return Saved(page.revid, page.text, changed=False)
    return save(
        api,
        title,
        wikitext,
        base=page.revid,
        summary=summary_of_ids(RECORD, 'recorded here, since it left the queue:', [item_id]),
        section='new',
        section_title=item_id,
        duty=True,
    )
