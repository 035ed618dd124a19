"""What is to be said of the runs themselves, from what the bot said last on its status page. Pure."""

from __future__ import annotations

from datetime import datetime

from mwsocial.checking.findings import Finding, Level
from mwsocial.checking.words import moment
from mwsocial.reason import Reason
from mwsocial.status.page import LATE
from mwsocial.status.values import State, Status

#: Kinds of health that the check does not look at itself.
_KINDS = ('source', 'step')
#: Steps whose findings the check makes anew.
_SEEN = ('', 'post', 'channels')


def judge_runs(status: Status | None, title: str, now: datetime) -> list[Finding]:
    """The findings about the last run at *now* (UTC, the wiki's clock). *title*: of the status page."""
    if status is None or status.good is None:
        return [Finding('runs', Level.PERSON, Reason('checking-never-run', (title,)))]
    when = moment(status.good)
    if now - status.good > LATE:
        return [Finding('runs', Level.PERSON, Reason('checking-no-run', (when, title)))]
    findings = [Finding('runs', Level.FINE, Reason('checking-last-run', (when,)))]
    for one in status.health:
        if one.kind in _KINDS and one.state is State.PERSON and one.reason:
            findings.append(Finding(one.kind, Level.PERSON, one.reason, one.name))
    findings += [
        Finding('step', Level.PERSON, one.reason, one.name)
        for one in status.needs
        if one.step not in _SEEN
    ]
    return findings
