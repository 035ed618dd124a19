"""Putting a run together: the wiki, the configuration, the channels that are live."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial

from mwsocial.channels import counting
from mwsocial.channels.abilities import abilities
from mwsocial.channels.addresses import takes
from mwsocial.channels.base import Channel
from mwsocial.channels.registry import live_channels, secret_variables
from mwsocial.delivery.images import Gallery
from mwsocial.delivery.newsdesk import NewsDesk
from mwsocial.delivery.passing import Pass
from mwsocial.delivery.protection import unsafe_pages
from mwsocial.delivery.reading import QueueReader
from mwsocial.delivery.tools import Tools
from mwsocial.desk.validity import ChannelFacts, Desk
from mwsocial.errors import ConfigurationError
from mwsocial.onwiki.manifest import pages
from mwsocial.reason import Reason
from mwsocial.wiki.cache import cache_folder
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.deletions import deleted_ones
from mwsocial.wiki.read import PageState, page_states
from mwsocial.wiki.site import OpenDesk, open_desk


def say(line: str) -> None:
    """One line for the operator, at once (a job's log is read while it runs)."""
    sys.stdout.write(line + '\n')
    sys.stdout.flush()


def secrets(environ: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """Every value of the environment that must never be printed, by the name of its variable."""
    words = ('TOKEN', 'SECRET', 'PASSWORD')
    own = {
        name: value
        for name, value in environ.items()
        if name.startswith('PWB_') and value and any(word in name for word in words)
    }
    return secret_variables(environ) | own


def check_protection(desk: OpenDesk) -> None:
    """Raise ConfigurationError unless what approvers are shown is as safe as the rules."""
    config = desk.config
    wanted = pages(
        config.pages.queue, desk.config_title, config.protection, config.pages.mentions,
        extensions={'TemplateStyles'},
    )  # fmt: skip
    titles = [page.title for page in wanted if page.checked]
    states: dict[str, PageState] = {}
    for start in range(0, len(titles), desk.api.batch):
        batch = titles[start : start + desk.api.batch]
        answer = desk.api.query({'titles': batch, 'prop': 'info', 'inprop': 'protection'})
        states |= page_states(answer, batch)
    gone = [
        page.title
        for page in wanted
        if page.irreplaceable and page.title in states and states[page.title].missing
    ]
    troubles = unsafe_pages(wanted, states, deleted_ones(desk.api, gone))
    if troubles:
        raise ConfigurationError(
            'Nothing is posted while a page of the desk is missing, or others than administrators can '
            'change what approvers are shown (setup_desk prints the links with which an administrator '
            'makes, protects or restores them):\n'
            + '\n'.join(f'- {trouble}.' for trouble in troubles)
        )


def validity_desk(config: DeskConfig) -> Desk:
    """What the validity rules need to know of the channels, without asking any network."""
    return Desk(
        channels={
            name: ChannelFacts(
                one.network,
                counting.usual_limits(one.network, one.characters),
                counting.weigher(one.network),
                takes=partial(takes, one.network),
                abilities=abilities(one.network, threads=one.threads),
            )
            for name, one in config.enabled_channels.items()
        },
        switched_off=frozenset(config.channels) - frozenset(config.enabled_channels),
        pointers=config.pointers,
    )


def open_channels(config: DeskConfig) -> tuple[dict[str, Channel], dict[str, Reason]]:
    """The live channels of the desk, and why each other enabled one is not (no network is asked)."""
    prices = config.x_prices.post, config.x_prices.post_with_link
    return live_channels(config.enabled_channels, os.environ, prices, cache_folder())


def post_queue(options: argparse.Namespace) -> int:
    """The body of ``post_queue``: one pass; returns the exit code."""
    desk = open_desk()
    check_protection(desk)
    report = Pass(tools_of(desk)).run(simulate=options.simulate)
    say(f'done: {desk.session.count} requests to the wiki')
    return report.exit_code


def tools_of(
    desk: OpenDesk,
    ending: Callable[[], bool] = lambda: False,
    tell: Callable[[str], None] = say,
) -> Tools:
    """The means of one run on an open desk; *ending*: whether it was told to end; *tell*: one line for
    the operator.
    """
    channels, not_live = open_channels(desk.config)
    reader = QueueReader(desk, validity_desk(desk.config), not_live)
    news = NewsDesk(desk.api, desk.config.pages.news, desk.config.bots, desk.config.news_groups)
    return Tools(reader, channels, news, Gallery(), tell, cache=cache_folder(), ending=ending)
