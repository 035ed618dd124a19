"""What the watch is made of: the stream, the lock, the end."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mwsocial.errors import EXIT_TEMPORARY, TemporaryError
from mwsocial.running import assemble, events
from mwsocial.running.ending import Ending
from mwsocial.running.events import Listener
from mwsocial.running.lock import Lock, touch
from mwsocial.running.rhythm import Rhythm
from mwsocial.running.step import Cycle, Result, Step
from mwsocial.running.watch import Means, Watch
from tests.running.fakes import cycle

PAGES = ('Social media/Queue', 'MediaWiki:Social-media.json')


def event(
    title: str, server: str = 'www.mediawiki.org', dt: str = '2026-11-25T14:00:00Z'
) -> dict[str, Any]:
    return {'title': title, 'server_name': server, 'type': 'edit', 'meta': {'dt': dt}}


def heard(monkeypatch: pytest.MonkeyPatch, *streams: object) -> tuple[list[str], int, list[str]]:
    """Listen to streams one after the other; since when each was opened, how often it woke, its lines."""
    monkeypatch.setattr(events, '_FIRST_PAUSE', 0.0)
    opened: list[str] = []
    woken: list[int] = []
    lines: list[str] = []
    over = threading.Event()
    waiting = list(streams)

    def open_stream(since: str) -> Iterator[Mapping[str, Any]]:
        opened.append(since)
        if not waiting:
            over.set()
            listener.stop()
            return iter(())
        stream = waiting.pop(0)
        if isinstance(stream, Exception):
            raise stream
        assert isinstance(stream, list)

        def each() -> Iterator[Mapping[str, Any]]:
            for one in stream:
                if isinstance(one, Exception):
                    raise one
                yield one

        return each()

    listener = Listener(
        open_stream, 'www.mediawiki.org', PAGES, lambda: woken.append(1), lines.append
    )
    listener.start()
    assert over.wait(20)
    return opened, len(woken), lines


def test_only_our_pages_wake_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = [
        event(PAGES[0]), event('Other page'), event(PAGES[0], 'de.wikipedia.org'), event(PAGES[1]),
        {}, {'meta': None}, {'title': PAGES[0]},
    ]  # fmt: skip
    _, woken, _ = heard(monkeypatch, stream)
    # Two events; and once, and perhaps twice, because the stream has ended.
    assert woken in (3, 4)


def test_a_lost_connection_is_taken_up_where_it_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, woken, lines = heard(
        monkeypatch,
        [event('x', dt='2026-11-25T14:00:01Z'), ConnectionError('gone')],
        OSError('no way'),
        [event(PAGES[0], dt='2026-11-25T14:00:09Z')],
    )
    assert opened == ['', '2026-11-25T14:00:01Z', '2026-11-25T14:00:01Z', '2026-11-25T14:00:09Z']
    assert woken >= 4, 'something may have happened while nobody listened'
    assert [line.partition(')')[0] for line in lines][:3] == [
        'the stream of changes was lost (ConnectionError',
        'the stream of changes was lost (OSError',
        'the stream of changes was lost (it has ended',
    ]


def test_one_copy_beside_one_folder(tmp_path: Path) -> None:
    file = tmp_path / 'new' / 'it.lock'
    with Lock(file):
        with pytest.raises(TemporaryError, match='Another copy'), Lock(file):
            pass
        again = f'from pathlib import Path; from mwsocial.running.lock import Lock; Lock(Path({str(file)!r})).__enter__()'
        done = subprocess.run(
            [sys.executable, '-c', again], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert 'Another copy' in done.stderr
    with Lock(file):
        pass


def test_where_no_lock_can_be(tmp_path: Path) -> None:
    """The work is done all the same: the lock only spares requests."""
    (tmp_path / 'folder').mkdir(mode=0o500)
    if os.geteuid():
        with Lock(tmp_path / 'folder' / 'it.lock'):
            pass
    touch(tmp_path / 'folder' / 'sub' / 'alive')
    (tmp_path / 'file').write_text('', 'ascii')
    touch(tmp_path / 'file' / 'alive')
    touch(tmp_path / 'alive')
    assert int((tmp_path / 'alive').read_text('ascii')) > 0


def test_told_once() -> None:
    left: list[int] = []
    ending = Ending(3600.0, left.append)
    assert not ending()
    ending.tell()
    ending.tell()
    assert ending()
    assert ending.wake.is_set()
    ending.done()
    assert left == []


def test_what_takes_too_long_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    gone = threading.Event()
    codes: list[int] = []

    def leave(code: int) -> None:
        codes.append(code)
        gone.set()

    Ending(0.0, leave).tell()
    assert gone.wait(20)
    assert codes == [EXIT_TEMPORARY]
    assert 'left to the next run' in capsys.readouterr().out


def test_told_while_the_main_thread_is_about_to_wait() -> None:
    """It holds the event's own lock then, and the handler runs in it: it ends in time all the same."""
    gone = threading.Event()
    ending = Ending(0.0, lambda code: gone.set())
    teller = threading.Thread(target=ending.tell, daemon=True)
    with ending.wake._cond:  # type: ignore[attr-defined]
        teller.start()
        assert gone.wait(20)
        assert ending()
    teller.join(20)
    assert ending.wake.is_set()


def test_signals() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    try:
        ending = Ending(3600.0, lambda code: None)
        ending.listen()
        signal.raise_signal(signal.SIGTERM)
        assert ending()
        ending.done()
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])


def test_it_says_that_it_lives_while_a_long_cycle_lasts() -> None:
    """A health check would end a first cycle that takes longer than it waits for its file."""
    happened: list[str] = []
    ending = Ending(3600.0, happened.append)

    def step(name: str) -> Step:
        def run(cycle: Cycle) -> Result:
            happened.append(name)
            return Result('done')

        return Step(name, run)

    def last(cycle: Cycle) -> Result:
        ending.tell()
        happened.append('status')
        return Result('done')

    desk = cycle()[0].desk
    means = Means(
        lambda: desk, [step('one'), step('two')], [], Step('status', last), Rhythm(None, 'desk'),
        lambda line: None, lambda: happened.append('alive'), lambda desk: False,
    )  # fmt: skip
    watch = Watch(means, ending)
    watch._after = lambda *rest: None  # type: ignore[method-assign]
    watch.run(desk)
    ending.done()
    assert happened[:6] == ['alive', 'one', 'alive', 'two', 'alive', 'status'], happened


def test_it_says_that_it_lives_before_it_logs_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A slow login is no reason to end it either; a single cycle says so at its end only."""

    def slow() -> None:
        raise TemporaryError('the wiki is slow')

    monkeypatch.setattr(assemble, 'cache_folder', lambda: tmp_path)
    monkeypatch.setattr(assemble, 'open_desk', slow)
    monkeypatch.setattr(Ending, 'listen', lambda self: None)
    for watching in (False, True):
        with pytest.raises(TemporaryError):
            assemble.run_desk(argparse.Namespace(simulate=False, watch=watching, poll=0.0))
        assert (tmp_path / assemble.ALIVE).exists() is watching
