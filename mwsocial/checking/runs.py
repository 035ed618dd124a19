"""What is to be said of the runs themselves, from what the bot said last on its status page. Pure."""

from __future__ import annotations

from collections.abc import Collection
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
#: What cannot be true of a channel whose network has just said whose credential it is.
_REFUTED = frozenset({
    'channels-token-refused', 'channels-other-account', 'channels-no-variables',
    'channels-bad-variables', 'x-token-refused', 'facebook-token-expired', 'facebook-token-password',
    'facebook-token-app', 'facebook-no-page', 'facebook-other-page', 'bluesky-password-refused',
    'bluesky-main-password', 'bluesky-sign-in-code',
})  # fmt: skip


def judge_runs(
    status: Status | None, title: str, now: datetime, fine: Collection[str] = ()
) -> list[Finding]:
    """The findings about the last run at *now* (UTC, the wiki's clock).

    *title*: of the status page; *fine*: the channels that the check has found in order by itself. What
    that refutes is left out: a token may have been mended since the run.
    """
    if status is None or status.good is None:
        return [Finding('runs', Level.PERSON, Reason('checking-never-run', (title,)))]
    when = moment(status.good)
    if now - status.good > LATE:
        return [Finding('runs', Level.PERSON, Reason('checking-no-run', (when, title)))]
    findings = [Finding('runs', Level.FINE, Reason('checking-last-run', (when,)))]
    for one in status.health:
        if one.kind in _KINDS and one.state is State.PERSON and one.reason:
            step = one.name if one.kind == 'step' else 'sources'
            since = one.since or status.ran
            findings.append(Finding(one.kind, Level.PERSON, one.reason, one.name, step, since))
    findings += [
        Finding('step', Level.PERSON, one.reason, one.name, one.step, one.since or status.ran)
        for one in status.needs
        if one.step not in _SEEN and not (one.name in fine and one.reason.key in _REFUTED)
    ]
    return findings
