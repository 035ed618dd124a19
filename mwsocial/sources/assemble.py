"""Putting a run of ``pull_sources`` together: the wiki, the sources of the configuration, a fetcher."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import mwsocial
from mwsocial.channels.transport import is_loopback
from mwsocial.delivery.assemble import say, validity_desk
from mwsocial.sources.fetch import Fetcher
from mwsocial.sources.pulling import Pull, only
from mwsocial.sources.registry import sources
from mwsocial.sources.report import Report
from mwsocial.wiki.cache import cache_folder
from mwsocial.wiki.site import OpenDesk, open_desk


def pull_sources(options: argparse.Namespace) -> int:
    """The body of ``pull_sources``: one run; returns the exit code."""
    desk = open_desk()
    report = pull(desk, options.source, simulate=options.simulate)
    say(f'done: {desk.session.count} requests to the wiki')
    return report.exit_code


def pull(
    desk: OpenDesk,
    source: str = '',
    *,
    simulate: bool = False,
    tell: Callable[[str], None] = say,
) -> Report:
    """One run on an open desk; *source*: only the sources of that name or kind; *tell*: one line for the
    operator.
    """
    wanted = only(sources(desk.config.sources), source)
    if not wanted:
        tell(f'no sources are named under "sources" on [[{desk.config_title}]]')
    return Pull(
        desk, validity_desk(desk.config), wanted, fetcher(desk, simulate=simulate), tell
    ).run(simulate=simulate)


def fetcher(
    desk: OpenDesk, environ: Mapping[str, str] = os.environ, *, simulate: bool = False
) -> Fetcher:
    """What fetches for this desk: says who it is, and keeps a cache beside Pywikibot's own files. Only a
    desk on the own machine (a sandbox) may ask the own machine. A simulation keeps nothing.
    """
    wiki = environ.get('MWSOCIAL_WIKI', '')
    agent = (
        f'mwsocial/{mwsocial.__version__} (social media desk of {wiki}; '
        f'User:{desk.config.bot.replace(" ", "_")})'
    )
    folder = None if simulate else cache_folder() / 'sources'
    return Fetcher(
        agent.encode('ascii', 'replace').decode(),
        folder=folder,
        local=is_loopback(urlsplit(f'//{wiki}').hostname or ''),
    )
