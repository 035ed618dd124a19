"""Starting, stopping, crashes, ports: nothing is lost, left behind or taken from others."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from mwsocial.errors import DeskError
from mwsocial.sandbox import Sandbox, process, snac


@pytest.fixture
def own(sandbox_base: Path, tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox that the test may break."""
    with Sandbox.scratch(tmp_path / 'own', sandbox_base) as running:
        yield running


def _servers(sandbox: Sandbox) -> list[process.Server]:
    state = json.loads((sandbox.folder / 'state.json').read_text())
    servers = [process.Server.from_json(state[name].get('server')) for name in ('wiki', 'mastodon')]
    return [server for server in servers if server is not None]


def _marked(sandbox: Sandbox) -> list[int]:
    """Every process of the machine that carries the sandbox's mark."""
    marker = json.loads((sandbox.folder / 'state.json').read_text())['marker'].encode()
    found = []
    for folder in Path('/proc').iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                variables = (folder / 'environ').read_bytes()
                state = (folder / 'stat').read_text().rpartition(')')[2].split()[0]
            except OSError:
                continue
            if marker in variables and state != 'Z':
                found.append(int(folder.name))
    return found


def _listening(pids: list[int]) -> set[str]:
    """Local addresses, as /proc/net/tcp writes them, that these processes listen on."""
    sockets = set()
    for pid in pids:
        for link in Path(f'/proc/{pid}/fd').iterdir():
            try:
                sockets.add(str(link.readlink()))
            except OSError:
                continue
    found = set()
    for table in ('tcp', 'tcp6'):
        for line in Path(f'/proc/net/{table}').read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == '0A' and f'socket:[{fields[9]}]' in sockets:
                found.add(fields[1])
    return found


def test_servers_listen_on_the_loopback_only(own: Sandbox) -> None:
    pids = [pid for server in _servers(own) for pid in process.members(server)]
    ports = {int(own.host.split(':')[1]), int(own.mastodon_url.rsplit(':', 1)[1])}
    assert _listening(pids) == {f'0100007F:{port:04X}' for port in ports}


def test_the_mastodon_server_has_no_rights(own: Sandbox) -> None:
    server = _servers(own)[1]
    uid = Path(f'/proc/{server.pid}').stat().st_uid
    assert uid == (65534 if os.geteuid() == 0 else os.geteuid())


def test_second_up_changes_nothing(own: Sandbox) -> None:
    before = _servers(own)
    own.up()
    assert _servers(own) == before
    Sandbox.running(own.folder)
    assert _servers(own) == before


def test_down_leaves_no_process_and_up_finds_all_again(own: Sandbox) -> None:
    revision = own.person('Carol').edit('Kept', 'x')
    own.mastodon('mediawiki').status_post('kept')
    environment = own.environment
    own.down()
    assert _marked(own) == []
    assert not own.is_up
    assert own.status()['running'] is False
    own.down()
    own.up()
    assert own.environment == environment
    assert own.person('Carol').page('Kept') == ('x', revision)
    assert [status['content'] for status in own.statuses()] == ['kept<br>']
    assert own.mastodon('mediawiki').account_verify_credentials()


@pytest.mark.parametrize('whom', ['leaders', 'all', 'worker'])
def test_killed_servers_come_up_again(own: Sandbox, whom: str) -> None:
    revision = own.person('Carol').edit('Kept', 'x')
    for server in _servers(own):
        members = process.members(server)
        victims = {'leaders': [server.pid], 'all': members, 'worker': members[-1:]}[whom]
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
    own.up()
    assert own.is_up
    assert own.person('Carol').page('Kept') == ('x', revision)
    assert own.mastodon('mediawiki').account_verify_credentials()
    left = {pid for server in _servers(own) for pid in process.members(server)}
    assert set(_marked(own)) == left


def test_a_start_that_died_half_way_is_made_good(own: Sandbox) -> None:
    state = own.folder / 'state.json'
    known = json.loads(state.read_text())
    credentials = own.folder / 'credentials.json'
    tokens = json.loads(credentials.read_text())
    for name in ('wiki', 'mastodon'):
        # Started, but nobody wrote it down.
        del known[name]['server']
    for account in tokens['mastodon'].values():
        del account['token']
    state.write_text(json.dumps(known))
    credentials.write_text(json.dumps(tokens))
    own.up()
    assert own.mastodon('mediawiki').account_verify_credentials()
    left = {pid for server in _servers(own) for pid in process.members(server)}
    assert set(_marked(own)) == left


def test_a_taken_port_is_left_to_its_owner(own: Sandbox) -> None:
    revision = own.person('Carol').edit('Kept', 'x')
    old = own.host
    old_mastodon = own.mastodon_url
    own.down()
    with closing(socket.socket()) as wiki, closing(socket.socket()) as fediverse:
        for other, port in ((wiki, old), (fediverse, old_mastodon)):
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(('127.0.0.1', int(port.rsplit(':', 1)[1])))
            other.listen()
        own.up()
        assert own.host != old
        assert own.mastodon_url != old_mastodon
        assert own.person('Carol').page('Kept') == ('x', revision)
        general = own.person('Carol').api(action='query', meta='siteinfo')['query']['general']
        assert general['server'] == own.url
        posted = own.mastodon('mediawiki').status_post('on another port')
        assert posted['url'].startswith(own.mastodon_url)
        assert own.environment['MWSOCIAL_WIKI'] == own.host


def test_a_wanted_port_is_used(own: Sandbox) -> None:
    port = process.free_port()
    own.up(wiki_port=port)
    assert own.host == f'127.0.0.1:{port}'
    assert own.person('Carol').edit('Moved', 'x')


def test_a_foreign_process_with_our_number_is_not_touched(own: Sandbox) -> None:
    with subprocess.Popen(['sleep', '600'], start_new_session=True) as foreign:
        try:
            for server in _servers(own):
                forged = process.Server(foreign.pid, 1, server.boot, server.marker)
                assert not process.alive(forged)
                assert process.members(forged) == []
                process.stop(forged)
            assert foreign.poll() is None
        finally:
            foreign.kill()


@pytest.mark.parametrize('number', [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_servers_end_with_their_owner(
    own: Sandbox, sandbox_base: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """However it goes: nobody has to start another sandbox first."""
    folder = tmp_path / 'left'
    with subprocess.Popen(
        [
            sys.executable,
            '-c',
            # Whoever runs the tests may ignore Ctrl-C: nohup does.
            'import signal, sys, time; from mwsocial.sandbox import Sandbox; '
            'signal.signal(signal.SIGINT, signal.default_int_handler); '
            'Sandbox.scratch(*sys.argv[1:]); print(flush=True); time.sleep(60)',
            str(folder),
            str(sandbox_base),
        ],
        stdout=subprocess.PIPE,
    ) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        left = Sandbox(folder, sandbox_base)
        assert left.is_up
        process.end_orphans()
        assert left.is_up
        owner.send_signal(number)
    deadline = time.monotonic() + 20
    while _marked(left) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert _marked(left) == []
    assert own.is_up


def test_two_starts_at_once_make_one_sandbox(own: Sandbox) -> None:
    own.down()
    starts = [
        subprocess.Popen(
            [
                sys.executable,
                '-c',
                'import sys; from mwsocial.sandbox import Sandbox; Sandbox(*sys.argv[1:]).up()',
                str(own.folder),
                str(own.base),
            ]
        )
        for _ in range(2)
    ]
    assert [start.wait(60) for start in starts] == [0, 0]
    assert own.is_up
    left = {pid for server in _servers(own) for pid in process.members(server)}
    assert set(_marked(own)) == left


def test_two_scratch_sandboxes_do_not_meet(
    own: Sandbox, sandbox_base: Path, tmp_path: Path
) -> None:
    with Sandbox.scratch(tmp_path / 'other', sandbox_base) as other:
        own.person('Carol').edit('Here', 'x')
        assert other.person('Carol').text('Here') == ''
        session = requests.Session()
        session.cookies.update(own.person('Carol')._session.cookies)
        answer = session.get(
            other.api, params={'action': 'query', 'meta': 'userinfo', 'format': 'json'}, timeout=10
        )
        assert 'anon' in answer.json()['query']['userinfo']
    assert _marked(other) == []


def test_secrets_are_for_the_owner_only(own: Sandbox) -> None:
    secret = [
        'credentials.json',
        'state.json',
        'wiki/wiki.json',
        'pywikibot/user-config.py',
        'pywikibot/user-password.py',
        'wiki/data/wiki.sqlite',
    ]
    for name in secret:
        mode = stat.S_IMODE((own.folder / name).stat().st_mode)
        assert mode & 0o077 == 0, name
    assert stat.S_IMODE(own.folder.stat().st_mode) == 0o700
    words = [
        *own.users.values(),
        own.bot['password'],
        *(account['password'] for account in own.accounts.values()),
    ]
    for pid in _marked(own):
        line = Path(f'/proc/{pid}/cmdline').read_text()
        assert not any(word in line for word in words)


def _command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, '-m', 'mwsocial.sandbox', *arguments, '--folder', str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_commands(own: Sandbox) -> None:
    told = json.loads(_command(own.folder, 'status', '-json').stdout)
    assert told == own.status()
    assert told['running'] is True
    assert set(told['wiki']) == {
        'url',
        'api',
        'host',
        'users',
        'bot',
        'folder',
        'pywikibot',
    }
    assert set(told['wiki']['bot']) == {'name', 'login', 'password'}
    assert set(told['mastodon']['accounts']['reader']) == {'token', 'password', 'url'}
    words = _command(own.folder, 'status')
    assert words.returncode == 0
    assert own.url in words.stdout
    assert own.users['Alice'] in words.stdout
    lines = _command(own.folder, 'environment').stdout.splitlines()
    exported = dict(shlex.split(line)[1].split('=', 1) for line in lines)
    assert exported == own.environment
    moved = _command(own.folder, 'clock', '+660')
    assert '660 seconds ahead' in moved.stdout
    assert own.clock.offset == 660
    down = _command(own.folder, 'down')
    assert down.returncode == 0
    assert _marked(own) == []
    stopped = _command(own.folder, 'status')
    assert stopped.returncode == 1
    assert 'does not run' in stopped.stdout


def test_commands_without_a_sandbox(tmp_path: Path) -> None:
    folder = tmp_path / 'none'
    for name, code in (('status', 1), ('environment', 2), ('down', 0), ('clock', 2)):
        done = _command(folder, name, *(['+5'] if name == 'clock' else []))
        assert done.returncode == code, (name, done.stdout, done.stderr)
        assert 'Traceback' not in done.stderr
    assert not folder.exists()


def test_a_server_that_cannot_start_says_where_to_look(
    own: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.down()
    with monkeypatch.context() as broken:
        broken.setattr(snac, '_programs', lambda *_: None)
        program = own.mastodon_folder / 'snac'
        program.write_text('#!/bin/sh\necho no >&2\nexit 1\n')
        with pytest.raises(DeskError, match=r'mastodon\.log'):
            own.up()
    assert own.person('Carol').edit('The wiki works', 'x')
    own.up()
    assert own.is_up
