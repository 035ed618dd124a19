"""Putting a run of ``pull_mentions`` together: the wiki, the channels that are live, a cache."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from mwsocial.delivery.assemble import open_channels, say
from mwsocial.inbox.cache import Cache
from mwsocial.inbox.pulling import Pull, wishes
from mwsocial.inbox.report import Report
from mwsocial.wiki.cache import cache_folder
from mwsocial.wiki.site import OpenDesk, open_desk


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the script."""
    for name in ('timeline', 'hashtag', 'search'):
        parser.add_argument(f'-{name}', action='store_true')


def pull_mentions(options: argparse.Namespace) -> int:
    """The body of ``pull_mentions``: one run; returns the exit code."""
    desk = open_desk()
    report = pull(
        desk, timeline=options.timeline, hashtag=options.hashtag, search=options.search,
        simulate=options.simulate,
    )  # fmt: skip
    asked = sum(one.requests for one in report.channels)
    say(f'done: {desk.session.count} requests to the wiki, {asked} to the channels')
    return report.exit_code


def pull(
    desk: OpenDesk,
    *,
    timeline: bool = False,
    hashtag: bool = False,
    search: bool = False,
    simulate: bool = False,
    tell: Callable[[str], None] = say,
) -> Report:
    """One run on an open desk; *tell*: one line for the operator."""
    channels, not_live = open_channels(desk.config)
    for name, reason in not_live.items():
        tell(f'{name} is not asked: {reason.text()}')
    wanted = wishes(
        desk.config.hashtags, desk.config.searches,
        timeline=timeline, hashtag=hashtag, search=search,
    )  # fmt: skip
    cache = Cache(cache_folder() / 'mentions.json')
    return Pull(desk, channels, wanted, cache, tell).run(simulate=simulate)
