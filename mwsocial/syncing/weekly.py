"""One line a week on the page of statistics."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mwsocial.channels.base import CannotLook, Channel, Counts, OwnPost
from mwsocial.channels.registry import wrong_account
from mwsocial.checking.findings import Level
from mwsocial.delivery.brakes import brake_for, pages_for
from mwsocial.reason import Reason
from mwsocial.syncing.report import Report
from mwsocial.syncing.statistics import Numbers, Row, Week, last_week, weeks_of, with_row
from mwsocial.wiki.api import Api
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.items import find_items
from mwsocial.wiki.read import PageState, snapshot
from mwsocial.wiki.save import Refused, Saved, save

#: Marks the summary.
MARK = 'mwsocial:statistics'
_SENT = re.compile(r'posted \S+ \d+ (\S+)')


def count(
    api: Api,
    config: DeskConfig,
    config_page: PageState,
    channels: Mapping[str, Channel],
    report: Report,
    *,
    simulate: bool = False,
) -> None:
    """Write the line of the last whole week, if the page has none. Raises TemporaryError."""
    title, now = config.pages.statistics, api.now()
    month = config.pages.archive_of(now.year, now.month)
    moment = snapshot(api, [*pages_for(config, config_page, title), month])
    page, week = moment.pages[title], last_week(moment.now)
    stopped = brake_for(config, config_page, moment, title)
    if stopped:
        report.stop(stopped)
        return
    if page.missing or page.redirect or page.text_hidden:
        report.find(Reason('syncing-page-missing', (title,)))
        return
    weeks = weeks_of(page.text)
    if isinstance(weeks, Reason):
        report.find(weeks)
        return
    if week.name in weeks:
        report.tell(f'{week.name} is there already')
        return
    texts = [moment.pages[one].text for one in (config.pages.queue, month)]
    row = _row(config, channels, week, item_addresses(texts), report)
    if all(one == Numbers() for one in row.channels.values()):
        # Nobody could be asked: another run may do better.
        report.tell('no channel could be asked')
        return
    text = with_row(page.text, row)
    if isinstance(text, Reason):
        report.find(text)
        return
    if simulate:
        report.tell(f'would write {week.name}: {row.text()}')
        return
    saved = save(api, title, text, base=page.revid, summary=f'{MARK} {week.name}')
    if isinstance(saved, Saved):
        report.edits += 1
        report.tell(f'saved {title}, revision {saved.revid}: {week.name}: {row.text()}')
    elif isinstance(saved, Refused):
        report.find(Reason('syncing-not-saved', (title, saved.reason.text())))
    else:
        report.tell(f'{title} was changed by others meanwhile: the next run tries again')


def _row(
    config: DeskConfig,
    channels: Mapping[str, Channel],
    week: Week,
    items: Mapping[str, str],
    report: Report,
) -> Row:
    numbers: dict[str, Numbers] = {}
    by_item: dict[str, int] = {}
    for name, settings in config.enabled_channels.items():
        channel = channels.get(name)
        reason = wrong_account(channel, settings) if channel else None
        if channel is None or reason:
            if reason:
                report.find(reason, name)
            numbers[name] = Numbers()
            continue
        numbers[name], posts = _ask(channel, week, report)
        for post in posts:
            if post.url in items and post.reactions is not None:
                item_id = items[post.url]
                by_item[item_id] = by_item.get(item_id, 0) + post.reactions
    return Row(week, numbers, {name: value for name, value in by_item.items() if value})


def _ask(channel: Channel, week: Week, report: Report) -> tuple[Numbers, list[OwnPost]]:
    counts = channel.counts()
    followers = counts.followers if isinstance(counts, Counts) else None
    if not isinstance(counts, Counts):
        report.find(counts.reason, channel.name, Level.TEMPORARY)
    ours = channel.ours(week.start)
    if isinstance(ours, CannotLook):
        report.find(ours.reason, channel.name, Level.TEMPORARY)
        return Numbers(followers), []
    posts = [one for one in ours if week.start <= one.created < week.end]
    told = [one.reactions for one in posts if one.reactions is not None]
    reactions = sum(told) if told or not posts else None
    return Numbers(followers, len(posts), reactions), posts


def item_addresses(texts: list[str]) -> dict[str, str]:
    """Which item a post belongs to, by its address, as pages show it. (It is only a number: nothing is
    decided by it.)
    """
    found: dict[str, str] = {}
    for text in texts:
        for placed in find_items(text):
            for name, value in placed.item.bot.items():
                sent = _SENT.match(value)
                if name.startswith('sent-') and sent and placed.item.id:
                    found.setdefault(sent[1], placed.item.id)
    return found
