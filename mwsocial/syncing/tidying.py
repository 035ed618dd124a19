"""Old news moves to the configured archive page: target first, then source."""

from __future__ import annotations

import re

from mwsocial.news.insert import insert
from mwsocial.news.read import read
from mwsocial.news.surplus import Taken, take_surplus
from mwsocial.news.values import Refused
from mwsocial.reason import Reason
from mwsocial.syncing.report import Report
from mwsocial.syncing.world import World
from mwsocial.wiki.api import Api
from mwsocial.wiki.read import PageState
from mwsocial.wiki.save import Refused as SaveRefused
from mwsocial.wiki.save import Saved, save

#: Marks the summaries of both edits.
MARK = 'mwsocial:old-news'
#: No page has so many date groups: nothing of the archive is surplus.
_ALL = 1_000_000
_YEAR = re.compile(
    r'^(={2,6})[ \t]*+(?:<!--.*?-->)?[ \t]*+(\d{4})[ \t]*+\1[ \t]*+(?:<!--.*?-->)?[ \t]*+$',
    re.MULTILINE,
)


def archived(text: str, taken: Taken) -> str | Reason:
    """The archive page *text* with the entries that were taken, or why it cannot take them.

    Entries that stand there on their day already are left as they are. A page with years for headings
    must have one for each day that comes.
    """
    for entry in taken.entries:
        assert entry.date is not None
        done = insert(text, [entry], entry.date, _ALL)
        if isinstance(done, Refused):
            return done.reason
        text = done.text
        for group in read(text).groups:
            if group.date == group.last == entry.date:
                years = _YEAR.findall(text[: group.start])
                if years and years[-1][1] != f'{entry.date.year:04}':
                    return Reason('syncing-archive-year', (entry.date.isoformat(), years[-1][1]))
    return text


def tidy(world: World, report: Report, *, simulate: bool) -> None:
    """Move the date groups that are too many; told is what keeps them from it. Two edits at most."""
    config, news, target = world.config, world.news, world.news_archive
    if len(world.page.groups) <= config.news_groups:
        return
    taken = take_surplus(news.text, config.news_groups)
    if isinstance(taken, Refused):
        report.find(Reason('syncing-not-archived', (news.title, taken.reason.text())))
        return
    reason = _unusable(target)
    text = archived(target.text, taken) if reason is None else reason
    if isinstance(text, Reason):
        report.find(Reason('syncing-not-archived', (target.title, text.text())))
        return
    days = sorted({entry.date.isoformat() for entry in taken.entries if entry.date})
    said = f'{days[0]} – {days[-1]}' if len(days) > 1 else days[0]
    if simulate:
        report.tell(f'would move the news of {said} to {target.title}')
        return
    if text != target.text and not _save(
        world.api, target, text, f'{MARK} old news of {said}, from [[{news.title}]]', report
    ):
        return
    _save(
        world.api, news, taken.text, f'{MARK} old news of {said}, now on [[{target.title}]]', report
    )


def _unusable(page: PageState) -> Reason | None:
    if page.missing:
        return Reason('news-page-missing', (page.title,))
    if page.redirect or page.text_hidden:
        return Reason('news-page-redirect', (page.title,))
    return None


def _save(api: Api, page: PageState, text: str, summary: str, report: Report) -> bool:
    saved = save(api, page.title, text, base=page.revid, summary=summary)
    if isinstance(saved, Saved):
        report.edits += 1
        report.tell(f'saved {page.title}, revision {saved.revid}')
        return True
    if isinstance(saved, SaveRefused):
        report.find(Reason('syncing-not-saved', (page.title, saved.reason.text())))
    else:
        report.tell(f'{page.title} was changed by others meanwhile: the next run tries again')
    return False
