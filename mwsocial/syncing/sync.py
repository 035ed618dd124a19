"""One run of ``sync_news``: News, queue and our own timelines in step, by proposals alone."""

from __future__ import annotations

from collections.abc import Sequence

from mwsocial.delivery.brakes import brake_for
from mwsocial.desk.validity import Desk
from mwsocial.news.read import read
from mwsocial.proposing.moving import Mover, Used
from mwsocial.reason import Reason
from mwsocial.syncing import drift
from mwsocial.syncing.proposals import Finder
from mwsocial.syncing.report import Report
from mwsocial.syncing.tidying import tidy
from mwsocial.syncing.timelines import Timelines
from mwsocial.syncing.world import World, open_world
from mwsocial.wiki.api import Api
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.read import PageState, snapshot
from mwsocial.wiki.save import Refused, Saved, save


def sync(
    api: Api,
    config: DeskConfig,
    config_page: PageState,
    rules: Desk,
    timelines: Timelines,
    report: Report,
    *,
    simulate: bool = False,
) -> None:
    """Bring them into step. Raises TemporaryError, ConfigurationError."""
    world = open_world(api, config, config_page.title)
    # The News themselves are everybody's, and templates are made of other templates: what stops the desk
    # stands on the queue.
    stopped = brake_for(config, config_page, world.moment, config.pages.queue)
    if stopped:
        report.stop(stopped)
        return
    trouble = _trouble(world)
    if trouble:
        report.find(trouble)
        return
    finder = Finder(world, rules, timelines, report)
    for used in (finder.from_news(), finder.from_posts()):
        _propose(world, used, report, simulate=simulate)
    _remark(world, report, simulate=simulate)
    tidy(world, report, simulate=simulate)


def _trouble(world: World) -> Reason | None:
    news = world.news
    if news.missing:
        return Reason('news-page-missing', (news.title,))
    if news.redirect or news.text_hidden:
        return Reason('news-page-redirect', (news.title,))
    found = read(news.text).trouble
    return Reason('syncing-news-unread', (news.title, found.text())) if found else None


def _propose(world: World, used: Sequence[Used], report: Report, *, simulate: bool) -> None:
    if not used:
        return
    if simulate:
        for one in used:
            words = one.item.content.get('text') or one.item.content.get('news', '')
            report.tell(f'would propose {one.item.id}: {words!r}')
        return
    config = world.config
    source = config.pages.news if used[0].decision.revid else config.pages.queue
    moved = Mover(world.api, config.pages.queue, config.bots, source).move(used)
    report.edits += moved.edits
    for old, new in moved.done.items():
        report.tell(f'proposed {new or old}')
    for item_id, reason in moved.left.items():
        report.find(reason, item_id)


def _remark(world: World, report: Report, *, simulate: bool) -> None:
    found = drift.drifts(world)
    if not found:
        return
    title = world.config.pages.queue
    page = snapshot(world.api, [title]).pages[title]
    if page.revid != world.queue.revid:
        # Another run may have said it meanwhile: what is saved is decided on what it is saved on.
        world.read_again(page)
        found = drift.drifts(world)
    for one in found:
        report.tell(f'{one.item_id}: {one.reason.text()}')
    if not found or simulate:
        return
    text = drift.with_remarks(page.text, found)
    if text == page.text:
        return
    saved = save(world.api, title, text, base=page.revid, summary=drift.summary(found))
    if isinstance(saved, Saved):
        report.edits += 1
        report.tell(f'saved {title}, revision {saved.revid}')
    elif isinstance(saved, Refused):
        report.find(Reason('syncing-not-saved', (title, saved.reason.text())))
