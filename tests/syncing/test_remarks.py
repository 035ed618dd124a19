"""A remark is decided on the page that it is saved on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mwsocial.reason import Reason
from mwsocial.syncing import sync
from mwsocial.syncing.drift import Drift
from mwsocial.syncing.report import Report
from mwsocial.syncing.world import World
from mwsocial.wiki.read import PageState
from mwsocial.wiki.save import Saved
from tests.syncing.worlds import CONFIG, Case, item

TITLE = CONFIG.pages.queue


@pytest.mark.parametrize('newer', [9, 10])
def test_what_another_run_has_said_meanwhile_is_not_said_again(
    monkeypatch: pytest.MonkeyPatch, newer: int
) -> None:
    case = Case(queue=item('a', 'Words.'))
    world = case.finder()._world
    said_in: list[int] = []
    page = PageState(TITLE, revid=newer, text=case.queue)

    def drifts(seen: World) -> list[Drift]:
        said_in.append(seen.queue.revid)
        new = seen.queue.revid == 9
        return [Drift('a', 'a/1', Reason('syncing-item-changed', ('text',)))] if new else []

    def save(*_: Any, **how: Any) -> Saved:
        saves.append(how['base'])
        return Saved(11, '')

    saves: list[int] = []
    monkeypatch.setattr(sync.drift, 'drifts', drifts)
    monkeypatch.setattr(sync, 'save', save)
    monkeypatch.setattr(sync, 'snapshot', lambda *_: SimpleNamespace(pages={TITLE: page}))
    sync._remark(world, Report('news'), simulate=False)
    assert (said_in, saves) == (([9], [9]) if newer == 9 else ([9, 10], []))
