"""Putting the runs of this folder together: the wiki, the channels that are live, the rules."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from mwsocial.channels.base import Channel
from mwsocial.delivery.assemble import open_channels, say, validity_desk
from mwsocial.syncing.following import follow
from mwsocial.syncing.report import Report
from mwsocial.syncing.sync import sync
from mwsocial.syncing.timelines import Timelines
from mwsocial.syncing.weekly import count
from mwsocial.wiki.cache import cache_folder
from mwsocial.wiki.site import OpenDesk, open_desk


def sync_news(options: argparse.Namespace) -> int:
    """The body of ``sync_news``: one run; returns the exit code."""
    return _run(options, step_news)


def follow_accounts(options: argparse.Namespace) -> int:
    """The body of ``follow_accounts``: one run; returns the exit code."""
    return _run(options, step_accounts)


def step_accounts(
    desk: OpenDesk,
    channels: Mapping[str, Channel],
    say: Callable[[str], None] = lambda line: None,
    *,
    simulate: bool = False,
) -> Report:
    """One run on an open desk, with the channels that are live."""
    report = Report('accounts', say)
    follow(desk.api, desk.config, desk.config_page, channels, report, simulate=simulate)
    return report


def update_statistics(options: argparse.Namespace) -> int:
    """The body of ``update_statistics``: one run; returns the exit code."""
    return _run(options, step_statistics)


def step_statistics(
    desk: OpenDesk,
    channels: Mapping[str, Channel],
    say: Callable[[str], None] = lambda line: None,
    *,
    simulate: bool = False,
) -> Report:
    """One run on an open desk, with the channels that are live."""
    report = Report('statistics', say)
    count(desk.api, desk.config, desk.config_page, channels, report, simulate=simulate)
    return report


def step_news(
    desk: OpenDesk,
    channels: Mapping[str, Channel],
    say: Callable[[str], None] = lambda line: None,
    *,
    simulate: bool = False,
) -> Report:
    """One run on an open desk, with the channels that are live."""
    report = Report('news', say)
    timelines = Timelines(channels, None if simulate else cache_folder())
    sync(
        desk.api, desk.config, desk.config_page, validity_desk(desk.config), timelines, report,
        simulate=simulate,
    )  # fmt: skip
    return report


Step = Callable[..., Report]


def _run(options: argparse.Namespace, step: Step) -> int:
    desk = open_desk()
    channels, not_live = open_channels(desk.config)
    for name, reason in not_live.items():
        say(f'{name} is not asked: {reason.text()}')
    report = step(desk, channels, say, simulate=options.simulate)
    say(f'done: {desk.session.count} requests to the wiki, {report.edits} edits')
    return report.exit_code
