"""How accounts are followed: in bounds, and every outcome is told."""

from __future__ import annotations

import json
from typing import Any, cast

from mwsocial.channels.base import Followed, Refused, TryLater
from mwsocial.checking.findings import Level
from mwsocial.reason import Reason
from mwsocial.syncing.following import _follow, counting
from mwsocial.syncing.report import Report
from mwsocial.wiki.config import parse_config
from mwsocial.wiki.read import snapshot
from tests.sources.fakewiki import FakeWiki


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
    _follow(cast(Any, fake), names, report, lambda: None, simulate=simulate)
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


ROW = '{{Social media account\n| channel = %s\n| account = news\n}}\n'


def test_one_name_on_two_channels_is_two_rows() -> None:
    """That an approver listed it on one says nothing of the row that somebody else wrote beside it."""
    wiki = FakeWiki()
    title = 'Social media/Accounts'
    wiki.edit(title, 'The list.', 'Carol')
    wiki.edit(title, 'The list.\n' + ROW % 'x', 'Alice')
    wiki.edit(title, 'The list.\n' + ROW % 'mastodon' + ROW % 'x' + ROW % 'other', 'Mallory')
    config = parse_config(json.dumps({
        'bot': 'News bot', 'approvers': {'users': ['Alice']},
        'channels': {name: {'network': name} for name in ('mastodon', 'x')},
    }), 'x')  # fmt: skip
    api = cast(Any, wiki)
    page = snapshot(api, [title]).pages[title]
    report = Report('accounts')
    assert counting(api, config, 'x', page, wiki.time, report) == {'x': ['news']}
    assert report.lines == ['news waits for an approver to confirm it'] * 2
