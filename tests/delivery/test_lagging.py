"""Answers of a database server that lags, after this run has seen or saved something newer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mwsocial.channels.base import TryLater
from mwsocial.delivery.brakes import STOP, brake
from mwsocial.delivery.reading import QueueReader, Reading
from mwsocial.desk.item import Queue
from mwsocial.errors import TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki.save import Conflict, Lost
from tests.delivery.world import MINUTE, NOW, Desk
from tests.wiki.desks import CONFIG, json_answer, page, stub_desk

QUEUE = 'Social media/Queue'


def shows(revid: int) -> Any:
    pages = [page(QUEUE, 'Words.', revid), page(CONFIG, '{}')]
    return json_answer({'query': {'pages': pages, 'userinfo': {'id': 9, 'name': 'Bot'}}})


@pytest.fixture
def seen(tmp_path: Path) -> Any:
    """A stub of a wiki, a reader of its queue, and a reading of revision 9."""
    with stub_desk(tmp_path) as (stub, desk):
        reader = QueueReader(desk, cast(Any, None), {})
        reading = Reading(reader.title, 'Words.', 9, 7, NOW, Queue(()), (), cast(Any, None), None)
        stub.says(shows(9), titles=f'{reader.title}|{desk.config_title}')
        reader.refresh(reading)
        yield stub, reader, reading


def test_an_older_page_is_asked_for_again(seen: Any) -> None:
    stub, reader, reading = seen
    stub.gate.events.clear()
    stub.says(shows(7), shows(7), shows(9), titles=f'{reader.title}|{CONFIG}')
    assert reader.refresh(reading).revid == 9
    assert stub.count('query') == 3


def test_nothing_is_decided_on_an_older_page(seen: Any) -> None:
    """It may be older for good: an administrator deleted the page and restored a part of it."""
    stub, reader, reading = seen
    stub.says(shows(7), titles=f'{reader.title}|{CONFIG}')
    with pytest.raises(TemporaryError, match='older than revision 9'):
        reader.refresh(reading)


@pytest.mark.parametrize('tries', [1, 3])
def test_a_claim_that_comes_late_is_acted_on(tries: int) -> None:
    """The answer to its save is lost, and only after a conflict or two it stands on the page."""
    desk = Desk()
    desk.put('a', text='One.')
    reader = cast(Any, desk.reader)
    save: Callable[..., Any] = reader.save_changes
    come: list[Callable[[], Any]] = []
    asked = 0

    def save_changes(*args: Any, **more: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            come.append(lambda: save(*args, **more))
            return Lost(Reason('wiki-lost', ('gone',)))
        if asked == 1 + tries:
            come.pop()()
        return Conflict() if asked <= 1 + tries else save(*args, **more)

    reader.save_changes = save_changes
    desk.run()
    assert desk.shown('a', 'one').startswith('posted ')
    assert len(desk.accounts['one'].asked) == 1


@pytest.mark.parametrize('stopped', [False, True])
def test_a_stop_lifts_no_other_brake(stopped: bool) -> None:
    """A stop lets posts be taken down, and anybody can set it; a pause lets nothing be done."""
    page: Any = SimpleNamespace(title='Config', revid=1)
    moment: Any = SimpleNamespace(blocked='', pages={'Config': page})
    config: Any = SimpleNamespace(paused=True, bot='Bot')
    desk = Desk()
    entry = desk.put('a', text='One.')
    desk.record('a', 'one', 'posted', rest='https://one.example/1')
    desk.accounts['one'].made['https://one.example/1'] = 'One.'
    entry.takedown = 60
    desk.stopped = brake(config, page, moment, *['Queue'] * stopped)
    desk.run()
    assert not desk.accounts['one'].asked
    config.paused = False
    desk.stopped = brake(config, page, moment, 'Queue')
    assert desk.stopped is not None and desk.stopped.key == STOP
    desk.run()
    assert [one[0] for one in desk.accounts['one'].asked] == ['delete']


def test_a_network_that_is_busy_once_after_a_run_died() -> None:
    """Its claim is looked into; that nothing can be sent at this moment is no fault of the approval."""
    desk = Desk()
    desk.put('a', text='One.')
    desk.record('a', 'one', 'sending')
    account = desk.accounts['one']
    know, told = account.account, [Reason('channels-rate-limit', ('one',))]

    def asked() -> Any:
        return TryLater(told.pop()) if told else know()

    account.account = asked  # type: ignore[method-assign]
    desk.run()
    assert 'approv' not in desk.shown('a', 'one')
    desk.clock += 11 * MINUTE
    desk.run()
    assert desk.shown('a', 'one').startswith('posted ')
    assert len(account.asked) == 1
