"""The body of ``check_desk``: asks the wiki and the networks, and changes nothing anywhere."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime

from mwsocial.channels.base import Account, Channel
from mwsocial.channels.registry import ChannelSettings, same_account
from mwsocial.checking import report as reports
from mwsocial.checking.approvers import ask_approvers
from mwsocial.checking.channels import Asked, judge_channel
from mwsocial.checking.findings import Finding, Level, worst
from mwsocial.checking.items import Page, explain, judge_queue, named
from mwsocial.checking.report import Pacing, Report
from mwsocial.checking.runs import judge_runs
from mwsocial.delivery.assemble import (
    check_protection,
    open_channels,
    say,
    secrets,
    validity_desk,
)
from mwsocial.delivery.reading import QueueReader, Reading
from mwsocial.desk.plan import NOTE
from mwsocial.desk.records import CLAIM, RECORD, Index, marked
from mwsocial.errors import ConfigurationError, DeskError
from mwsocial.reason import Reason
from mwsocial.script import censor
from mwsocial.status.store import last_said
from mwsocial.wiki.read import snapshot
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.site import OpenDesk, open_desk


def check_desk(options: argparse.Namespace) -> int:
    """Check everything, or explain one item; print it; return the exit code.

    *options*: ``explain`` (an id, or ''), ``json``.
    """
    host = os.environ.get('MWSOCIAL_WIKI', '')
    try:
        desk = open_desk()
        found = _explain(desk, host, options.explain) if options.explain else _check(desk, host)
    except DeskError as error:
        if not options.json:
            raise
        found = Report(host, failed=(str(error), error.exit_code))
    # No secret can have got into a report. Should one have, all the same, it goes no further.
    hidden = secrets().values()
    printed = [reports.as_json(found)] if options.json else reports.lines(found)
    for line in printed:
        say(censor(line, hidden))
    return found.exit_code


def _check(desk: OpenDesk, host: str) -> Report:
    config = desk.config
    findings = [
        Finding('wiki', Level.FINE, Reason('checking-wiki', (config.bot,))),
        *(
            Finding('approvers', Level.PERSON, reason)
            for reason in ask_approvers(desk.api, config, desk.config_title)
        ),
        _protection(desk),
    ]
    live, not_live = open_channels(config)
    asked = [
        ask_channel(name, settings, live.get(name), not_live.get(name))
        for name, settings in config.enabled_channels.items()
    ]
    fine = set()
    for one in asked:
        judged = judge_channel(one, datetime.now(UTC))
        findings += judged
        if worst(judged) is Level.FINE:
            fine.add(one.name)
    queue = None
    try:
        reader = QueueReader(desk, validity_desk(config), not_live)
        reading = reader.read()
        queue = judge_queue(
            Page(reading.standings, reading.now, reading.stopped, _written(desk, reading))
        )
        findings += queue.findings
        title = config.pages.status
        said = last_said(desk.api, config, snapshot(desk.api, [title]).pages[title])
        findings += judge_runs(said.status, title, reading.now, fine)
    except DeskError as error:
        words = Reason('checking-queue-unread', (str(error),))
        findings.append(Finding('queue', Level(error.exit_code), words))
    pacing = {
        name: Pacing(one.posts_per_day, one.minutes_between_posts, one.shares_per_month)
        for name, one in config.enabled_channels.items()
    }
    return Report(host, tuple(findings), asked, pacing, queue)


def _explain(desk: OpenDesk, host: str, item_id: str) -> Report:
    """One item, without asking any network."""
    _, not_live = open_channels(desk.config)
    reader = QueueReader(desk, validity_desk(desk.config), not_live)
    reading = reader.read()
    standing = named(item_id, reading.standings)
    if standing is None:
        reason = Reason('checking-no-item', (item_id, desk.config.pages.queue))
        return Report(host, (Finding('item', Level.PERSON, reason, item_id),))
    written = _written(desk, reading).get(item_id)
    found = explain(standing, reading.stopped, reading.now, written)
    # While the pages are open to all, nothing at all goes out.
    protection = _protection(desk)
    findings = () if protection.level is Level.FINE else (protection,)
    return Report(host, findings, explained=found)


def _written(desk: OpenDesk, reading: Reading) -> dict[str, Revision]:
    """The bot's newest revision that may have written on an item, by id: without any request."""
    history = reading.knowledge.revisions.values()
    own = marked(history, desk.config.bots, (CLAIM, RECORD, NOTE))
    # Where name or summary are hidden it may be anybody's.
    index = Index([one for one in own if not one.user_hidden and not one.summary_hidden])
    found = {item_id: index.naming(item_id) for item_id in reading.by_id}
    return {item_id: revisions[0] for item_id, revisions in found.items() if revisions}


def _protection(desk: OpenDesk) -> Finding:
    try:
        check_protection(desk)
    except ConfigurationError as error:
        return Finding(
            'protection', Level.CONFIGURATION, Reason('checking-unprotected', (str(error),))
        )
    return Finding('protection', Level.FINE, Reason('checking-protected'))


def ask_channel(
    name: str, settings: ChannelSettings, channel: Channel | None, not_live: Reason | None
) -> Asked:
    """What one channel says of itself: two questions to its network."""
    if channel is None:
        return Asked(name, settings.network, settings.account, not_live)
    account = channel.account()
    other = None
    if isinstance(account, Account) and not same_account(account.name, settings.account):
        names = (name, account.name, settings.account)
        other = Reason('channels-other-account', names)
    limits = channel.limits() if isinstance(account, Account) else None
    return Asked(name, settings.network, settings.account, None, account, limits, other)
