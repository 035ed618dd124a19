"""Records in the archive: of items that left the queue while they were being sent, and how they count."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from mwsocial.desk.binding import bound
from mwsocial.desk.plan import ItemChange
from mwsocial.desk.records import ARCHIVE, CLAIM, RECORD, Record, marked, names, summary_of_ids
from mwsocial.reason import Reason
from mwsocial.wiki.api import Api
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.edits import apply
from mwsocial.wiki.history import contributions, revisions
from mwsocial.wiki.items import find_items, read_queue
from mwsocial.wiki.presave import inert
from mwsocial.wiki.read import snapshot
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.save import SUMMARY, Outcome, Saved, save


def item_wikitext(page: str, item_id: str) -> str | None:
    """The template of an item as it stands on a page's text; None if it is not there."""
    for placed in find_items(page):
        if placed.item.id == item_id and placed.template.closed:
            return page[placed.template.start : placed.template.end]
    return None


def shown_records(wikitext: str) -> frozenset[str]:
    """The names of the records that one item's template shows, true or not."""
    lines = read_queue(wikitext).items[0].bot
    return frozenset(name.removeprefix('sent-') for name in lines if name.startswith('sent-'))


def with_records(wikitext: str, state: str | None, records: Mapping[str, Record]) -> str:
    """One item's template with its records (by channel) and its state, and no other line of the bot.

    Whatever else stands there anybody may have written; a revision of ours would prove it.
    """
    item = read_queue(wikitext).items[0]
    bot: dict[str, str | None] = dict.fromkeys(item.bot)
    bot |= {f'sent-{name}': one.text() for name, one in records.items()}
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
    wikitext = inert(wikitext)
    if wikitext in page.text:
        return Saved(page.revid, page.text, changed=False)
    summary = summary_of_ids(RECORD, Reason('summaries-recorded-here').said(), [item_id])
    return save(
        api,
        title,
        wikitext,
        base=page.revid,
        summary=bound(summary, read_queue(wikitext), read_queue(page.text), SUMMARY),
        nonce=wikitext,
        section='new',
        section_title=item_id,
        duty=True,
    )


class Archives:
    """What the archive pages know of ids, as long as one run lasts.

    A claim of an id whose history has been lost to the queue (the page was deleted, or another one
    became the queue), or whose record went to the archive, must not send it again.
    """

    def __init__(self, api: Api, config: DeskConfig) -> None:
        """Nothing is asked before ``seek``."""
        self._api = api
        self._config = config
        self._sought: set[str] = set()
        self._found: dict[int, Revision] = {}

    @property
    def ledger(self) -> list[Revision]:
        """The marked revisions of archive pages that name the ids sought so far: records of items that
        had left the queue, and what ``archive_queue`` has put there.
        """
        return list(self._found.values())

    def seek(self, ids: Collection[str], queue: str, now: datetime, at_least: int) -> bool:
        """Look for *ids* that were not sought before; whether something new was found.

        Metadata alone, in one request where no other page names them: every summary names its ids.
        *queue*: the page whose records are known anyway; *now* (UTC) names a month of the archive;
        *at_least*: the newest edit of the bot that is known (see ``history.contributions``).
        """
        fresh = set(ids) - self._sought
        if not fresh:
            return False
        bots = self._config.bots

        def may_bring(history: Iterable[Revision]) -> list[Revision]:
            return marked(history, bots, (CLAIM, RECORD, ARCHIVE))

        def naming(revision: Revision) -> bool:
            return any(names(one, item_id) for one in may_bring([revision]) for item_id in fresh)

        titles = contributions(self._api, bots, naming, at_least=at_least) - {queue}
        known = len(self._found)
        is_archive = self._pattern(now) if titles else None
        for title in sorted(titles):
            if is_archive and is_archive.fullmatch(title):
                # The whole history tells whether what stood before can be seen.
                for revision in may_bring(revisions(self._api, title)):
                    if naming(revision):
                        self._found[revision.revid] = revision
        self._sought |= fresh
        return len(self._found) > known

    def _pattern(self, now: datetime) -> re.Pattern[str]:
        """Matches the titles of archive pages as the wiki writes them (the namespace's own name)."""
        pages = self._config.pages
        title = pages.archive_of(now.year, now.month)
        page = snapshot(self._api, [title]).pages[title]
        before, *rest = re.split(r'\{(year|month)\}', pages.archive)
        digits = {'year': r'\d{4}', 'month': r'\d{2}'}
        after = ''.join(digits.get(part, re.escape(part)) for part in rest)
        written = len(title) - len(before)
        return re.compile(re.escape(page.title[: len(page.title) - written]) + after)
