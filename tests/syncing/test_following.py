"""How accounts are followed: in bounds, and every outcome is told."""

from __future__ import annotations

from typing import Any, cast

from mwsocial.channels.base import Followed, Refused, TryLater
from mwsocial.checking.findings import Level
from mwsocial.reason import Reason
from mwsocial.syncing.following import _follow
from mwsocial.syncing.report import Report


class Fake:
    """A channel whose outcomes are told beforehand."""

    name = 'mastodon'

    def __init__(self, *outcomes: Followed | Refused | TryLater) -> None:
        self.outcomes = list(outcomes)
        self.asked: list[str] = []

    def follow(self, account: str) -> Followed | Refused | TryLater:
        self.asked.append(account)
        return self.outcomes.pop(0)


def run(fake: Fake, *names: str, simulate: bool = False) -> Report:
    report = Report('accounts')
    _follow(cast(Any, fake), names, report, simulate=simulate)
    return report


def test_one_that_is_refused_stops_no_other() -> None:
    refused = Refused(Reason('mastodon-account-unknown', ('host', '@a@b')))
    report = run(Fake(refused, Followed('@c@d')), '@a@b', '@c@d')
    assert [(one.level, one.name) for one in report.findings] == [(Level.PERSON, 'mastodon')]
    assert report.lines[-1] == 'mastodon: follows @c@d'
    assert report.exit_code == 1


def test_later_means_later_for_all() -> None:
    """A network that asks for patience is not asked on."""
    later = TryLater(Reason('channels-timeline-short'))
    fake = Fake(later, Followed('@c@d'))
    report = run(fake, '@a@b', '@c@d')
    assert fake.asked == ['@a@b']
    assert report.exit_code == 75


def test_simulated() -> None:
    fake = Fake()
    report = run(fake, '@a@b', simulate=True)
    assert fake.asked == []
    assert report.lines == ['would follow @a@b on mastodon']
    assert report.exit_code == 0
