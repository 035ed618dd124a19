"""Logging in to a real MediaWiki: how few requests it takes, and what happens when it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mwsocial.sandbox import Gate, Sandbox
from mwsocial.sandbox.faults import Answer, Rule
from mwsocial.sandbox.pywikibot_folder import write
from mwsocial.wiki.save import Saved, save
from tests.wiki.desks import BOT, CONFIG, CONFIG_TEXT, real_desk

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
OPEN = """
import sys
from mwsocial.errors import DeskError
from mwsocial.wiki.site import handle_global_options, open_desk
try:
    handle_global_options(sys.argv[1:])
    print(open_desk().config.bot)
except DeskError as error:
    print(error)
    raise SystemExit(error.exit_code)
"""


@pytest.fixture(scope='module')
def ready(wiki: Sandbox) -> Sandbox:
    wiki.person('Admin').edit(CONFIG, CONFIG_TEXT)
    return wiki


@pytest.fixture
def gate(ready: Sandbox) -> Iterator[Gate]:
    with Gate(ready.url) as gate:
        yield gate


def run(folder: Path, gate: Gate, *rules: Rule) -> subprocess.CompletedProcess[str]:
    gate.reset()
    gate.rules += rules
    return subprocess.run(
        [sys.executable, '-c', OPEN], cwd=folder, capture_output=True, text=True, check=False,
        timeout=120, stdin=subprocess.DEVNULL,
        env={'PATH': os.environ['PATH'], 'HOME': str(folder), 'PYTHONPATH': str(ROOT),
             'PYWIKIBOT_DIR': str(folder), 'MWSOCIAL_WIKI': gate.host},
    )  # fmt: skip


def requests(gate: Gate) -> int:
    return sum(event.when == 'before' for event in gate.events)


def test_an_empty_home_takes_five_requests_and_a_known_one_two(
    tmp_path: Path, ready: Sandbox, gate: Gate
) -> None:
    write(tmp_path, gate.host, ready.bot)
    done = run(tmp_path, gate)
    assert (done.returncode, done.stdout) == (0, f'{BOT}\n'), done.stderr
    assert requests(gate) == 5
    done = run(tmp_path, gate)
    assert (done.returncode, done.stdout) == (0, f'{BOT}\n'), done.stderr
    assert requests(gate) == 2
    for path in tmp_path.glob('*.lwp'):
        assert path.stat().st_mode & 0o077 == 0


def test_a_wrong_password(tmp_path: Path, ready: Sandbox, gate: Gate) -> None:
    write(tmp_path, gate.host, {**ready.bot, 'password': 'wrong-secret-0123456789abcdef012345'})
    done = run(tmp_path, gate)
    assert done.returncode == 2, done.stdout + done.stderr
    assert 'login' in done.stdout.lower()
    assert 'PWB_USERNAME' in done.stdout and 'password_file' in done.stdout, 'where to look'
    assert 'wrong-secret' not in done.stdout + done.stderr
    assert requests(gate) <= 4


@pytest.mark.parametrize(('line', 'needle'), [
    ("('Another bot', BotPassword('desk', 'hunter2'))\n", 'no login'),
    ("('MediaWiki News bot', BotPassword('desk', 'hunter2)\n", 'cannot be read'),
    ('', 'no login'),
    (None, 'does not exist'),
])  # fmt: skip
def test_a_password_file_that_does_not_help(
    tmp_path: Path, ready: Sandbox, gate: Gate, line: str | None, needle: str
) -> None:
    write(tmp_path, gate.host, ready.bot)
    path = tmp_path / 'user-password.py'
    if line is None:
        path.unlink()
    else:
        path.write_text(line)
    done = run(tmp_path, gate)
    assert done.returncode == 2, done.stdout + done.stderr
    assert needle in done.stdout
    assert 'PWB_ACCESS_SECRET' in done.stdout or needle == 'cannot be read', 'the other way in'
    assert 'hunter2' not in done.stdout + done.stderr


def test_cookies_that_the_wiki_has_forgotten(tmp_path: Path, ready: Sandbox, gate: Gate) -> None:
    write(tmp_path, gate.host, ready.bot)
    assert run(tmp_path, gate).returncode == 0
    for path in tmp_path.glob('*.lwp'):
        text = path.read_text()
        path.write_text(text.replace('_session=', '_session=gone'))
    done = run(tmp_path, gate)
    assert (done.returncode, done.stdout) == (0, f'{BOT}\n'), done.stderr


def login_answer(**said: str) -> Answer:
    return Answer(200, [('Content-Type', 'application/json')], json.dumps({'login': said}).encode())


def test_a_wiki_that_keeps_no_session_is_asked_twenty_times(
    tmp_path: Path, ready: Sandbox, gate: Gate
) -> None:
    write(tmp_path, gate.host, ready.bot)
    done = run(
        tmp_path,
        gate,
        Rule(action='login', times=None, answer=login_answer(result='NeedToken', token='no+\\')),
    )
    assert done.returncode == 75, done.stdout + done.stderr
    assert 'again and again' in done.stdout
    assert requests(gate) == 21  # Pywikibot’s own options make one before


def test_a_session_lost_within_the_login_is_no_fault_of_the_configuration(
    tmp_path: Path, ready: Sandbox, gate: Gate
) -> None:
    write(tmp_path, gate.host, ready.bot)
    sentence = 'Unable to continue login. Your session most likely timed out.'
    done = run(
        tmp_path, gate, Rule(action='login', answer=login_answer(result='Failed', reason=sentence))
    )
    assert done.returncode == 75, done.stdout + done.stderr
    assert 'forgot the session' in done.stdout
    assert run(tmp_path, gate).returncode == 0


def test_a_session_that_ends_within_a_run(tmp_path: Path, ready: Sandbox) -> None:
    from pywikibot.comms import http

    desk = real_desk(ready, tmp_path)
    first = save(desk.api, 'Sandbox/session', 'a', base=0, summary='a')
    assert isinstance(first, Saved)
    http.cookie_jar.clear()
    second = save(desk.api, 'Sandbox/session', 'b', base=first.revid, summary='b')
    assert isinstance(second, Saved)
    assert ready.person('Carol').history('Sandbox/session')[0]['user'] == BOT
