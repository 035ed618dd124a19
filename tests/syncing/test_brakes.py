"""A stop, a pause or a block holds for the runs that post nothing, too: above all for who is followed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from mwsocial.channels.base import Counts, Followed, OwnPost
from mwsocial.running.step import Cycle
from mwsocial.syncing import steps
from mwsocial.syncing.assemble import step_accounts, step_news, step_statistics
from mwsocial.syncing.report import Report
from mwsocial.wiki.config import parse_config
from mwsocial.wiki.read import PageState
from tests.sources.fakewiki import BOT, FakeWiki

QUEUE, ACCOUNTS, STATISTICS = (
    'Social media/Queue',
    'Social media/Accounts',
    'Social media/Statistics',
)
CONFIG, NEWS = 'MediaWiki:Social-media.json', 'Template:MediaWiki News'
SCRIPTS = {'accounts': step_accounts, 'statistics': step_statistics, 'news': step_news}
STOP = '{{Social media stop|why}}'


class Channel:
    """An account that follows whom it is told to."""

    name = network = 'mastodon'

    def __init__(self) -> None:
        self.followed: list[str] = []
        self.after: Callable[[], object] = lambda: None

    def following(self) -> list[str]:
        return self.followed

    def follow(self, account: str) -> Followed:
        self.followed.append(account)
        self.after()
        return Followed(account)

    def counts(self) -> Counts:
        return Counts(7)

    def ours(self, since: object) -> Sequence[OwnPost]:
        return []


class Place:
    """A desk with two accounts to follow, a week to count, and news to propose."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
        self.wiki, self.channel = FakeWiki(), Channel()
        for where in ('following', 'weekly'):
            monkeypatch.setattr(f'mwsocial.syncing.{where}.wrong_account', lambda *rest: None)
        monkeypatch.setattr('mwsocial.syncing.following._counts', lambda *rest: True)
        # What sync_news would do is tested elsewhere; here it matters that it does nothing.
        monkeypatch.setattr('mwsocial.syncing.sync.Finder', self._finder)
        monkeypatch.setattr('mwsocial.syncing.assemble.cache_folder', lambda: None)
        self.looked = 0
        self.wiki.edit(CONFIG, '{}', 'Admin')
        self.wiki.edit(QUEUE, 'Introduction.', 'Admin')
        rows = (f'{{{{Social media account|channel=mastodon|account=@{one}@a.b}}}}' for one in 'xy')
        self.wiki.edit(ACCOUNTS, '\n'.join(rows), 'Alice')
        self.wiki.edit(STATISTICS, '{{Social media statistics\n}}', 'Alice')
        self.wiki.edit(NEWS, '; 2026-11-20\n* An [[entry]].', 'Alice')
        values = {'bot': BOT, 'approvers': {'users': ['Alice']}, 'channels': {'mastodon': {}}}
        config = parse_config(json.dumps(values | settings), CONFIG)
        last = self.wiki.last(CONFIG)
        assert last
        page = PageState(CONFIG, revid=last.revid)
        self.desk: Any = SimpleNamespace(
            api=self.wiki, config=config, config_title=CONFIG, config_page=page,
            session=SimpleNamespace(count=0),
        )  # fmt: skip

    def _finder(self, *rest: object) -> Any:
        self.looked += 1
        return SimpleNamespace(from_news=list, from_posts=list)

    def run(self, name: str, *, simulate: bool = False) -> Report:
        channels: Any = {'mastodon': self.channel}
        return SCRIPTS[name](self.desk, channels, simulate=simulate)

    def did(self) -> tuple[int, int, int]:
        """Edits, follows, and looks at the news."""
        return self.wiki.edits, len(self.channel.followed), self.looked


DONE = {'accounts': (0, 2, 0), 'statistics': (1, 0, 0), 'news': (0, 0, 1)}


@pytest.mark.parametrize('name', SCRIPTS)
def test_without_a_brake_all_is_done(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """So that the other tests say something."""
    place = Place(monkeypatch)
    report = place.run(name)
    assert (place.did(), report.exit_code, report.stopped) == (DONE[name], 0, None), report.lines


@pytest.mark.parametrize('name', SCRIPTS)
def test_a_brake(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Nothing is done, the run says why, and ends as a stopped ``post_queue`` does: with 0."""
    for brake, words in (
        (lambda place: place.wiki.edit(QUEUE, f'{STOP}\nIntroduction.', 'Mallory'), QUEUE),
        (lambda place: place.wiki.blocked.add(BOT), 'is blocked'),
        (lambda place: place.wiki.edit(CONFIG, '{"paused": true}', 'Admin'), 'was changed'),
        (None, 'is paused'),
    ):
        place = Place(monkeypatch, **({} if brake else {'paused': True}))
        if brake:
            brake(place)
        for simulate in (True, False):
            report = place.run(name, simulate=simulate)
            assert (place.did(), report.exit_code) == ((0, 0, 0), 0), report.lines
            (line,) = report.lines
            assert line.startswith('stopped: ') and words in line


@pytest.mark.parametrize(('name', 'title'), [('accounts', ACCOUNTS), ('statistics', STATISTICS)])
def test_a_stop_on_the_page_itself(monkeypatch: pytest.MonkeyPatch, name: str, title: str) -> None:
    """As on the pages of mentions and of suggestions."""
    place = Place(monkeypatch)
    place.wiki.edit(title, f'{place.wiki.text(title)}\n{STOP}', 'Mallory')
    assert place.run(name).lines == [f'stopped: a stop is set on [[{title}]].']
    assert place.did() == (0, 0, 0)


def test_a_stop_while_accounts_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked for before each one."""
    place = Place(monkeypatch)
    place.channel.after = lambda: place.wiki.edit(QUEUE, STOP, 'Mallory')
    report = place.run('accounts')
    assert place.did() == (0, 1, 0)
    assert report.lines[-1] == f'stopped: a stop is set on [[{QUEUE}]].'


def test_what_was_stopped_is_done_in_the_next_cycle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a day after the brake was taken off."""
    place = Place(monkeypatch)
    channels: Any = {'mastodon': place.channel}
    cycle = Cycle(place.desk, lambda line: None, channels=channels)
    place.wiki.edit(QUEUE, STOP, 'Mallory')
    assert all(
        step(cycle).soon for step in (steps.follow_listed, steps.write_numbers, steps.compare_news)
    )
    place.wiki.edit(QUEUE, 'Introduction.', 'Carol')
    assert not steps.follow_listed(cycle).soon
