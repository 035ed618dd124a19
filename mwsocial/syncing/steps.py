"""The runs of this folder as steps of a cycle."""

from __future__ import annotations

from collections.abc import Callable

from mwsocial.checking.findings import Level
from mwsocial.delivery.assemble import open_channels
from mwsocial.running.step import Cycle, Result
from mwsocial.status.values import Need
from mwsocial.syncing.assemble import step_accounts, step_news, step_statistics
from mwsocial.syncing.report import Report

#: So much of what a run tells stands on its line.
SHOWN = 3


def compare_news(cycle: Cycle) -> Result:
    """What ``sync_news`` does."""
    return _result(cycle, step_news, cycle.desk.config.pages.news)


def follow_listed(cycle: Cycle) -> Result:
    """What ``follow_accounts`` does."""
    return _result(cycle, step_accounts, cycle.desk.config.pages.accounts)


def write_numbers(cycle: Cycle) -> Result:
    """What ``update_statistics`` does."""
    return _result(cycle, step_statistics, cycle.desk.config.pages.statistics)


def _result(cycle: Cycle, step: Callable[..., Report], page: str) -> Result:
    channels = cycle.channels or open_channels(cycle.desk.config)[0]
    # A cycle prints one line for each step, a simulation all that would happen.
    said = {'say': cycle.say} if cycle.simulate else {}
    report = step(cycle.desk, channels, simulate=cycle.simulate, **said)
    needs = tuple(
        Need(one.name or page, one.reason, page)
        for one in report.findings
        if one.level in (Level.PERSON, Level.CONFIGURATION)
    )
    words = '; '.join(report.lines[:SHOWN]) or 'nothing new'
    words += f' (and {len(report.lines) - SHOWN} more)' if len(report.lines) > SHOWN else ''
    # Once the brake is taken off, the next cycle does what this one has not.
    return Result(words, report.exit_code, needs, soon=report.stopped is not None)
