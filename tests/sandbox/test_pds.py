"""How the real Bluesky server is installed, and what is said where it cannot be.

What it does once it runs: ``tests/channels/test_bluesky_real.py``.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mwsocial.errors import ConfigurationError, TemporaryError
from mwsocial.sandbox import pds


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is searched for programs before the machine's own."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    monkeypatch.setenv('PATH', f'{folder}:/bin')
    monkeypatch.setattr(pds.shutil, 'which', lambda name: _which(folder, name))
    return folder


def _which(folder: Path, name: str) -> str | None:
    return str(folder / name) if (folder / name).exists() else None


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f'#!/bin/sh\n{script}\n')
    (folder / name).chmod(0o755)


#: Leaves what an installation leaves, all but what is compiled; and that, too.
_BUILDS_NOTHING = (
    'mkdir -p node_modules/@atproto/pds node_modules/better-sqlite3/build/Release\n'
    f'echo \'{{"version": "{pds.VERSION}"}}\' > node_modules/@atproto/pds/package.json\n'
)
_INSTALLS = (
    _BUILDS_NOTHING
    + '[ "$1" = install ] || touch node_modules/better-sqlite3/build/Release/better_sqlite3.node\n'
    'echo "$*" >> ../calls'
)


def test_missing_programs_are_named(programs: Path, tmp_path: Path) -> None:
    assert 'Missing: node and npm.' in pds.missing()
    program(programs, 'npm', '')
    assert 'Missing: node.' in pds.missing()
    for said in ('echo v18.19.0', 'echo nonsense', ''):
        program(programs, 'node', said)
        assert 'Node.js 20 or newer' in pds.missing()
        with pytest.raises(ConfigurationError, match=r'Node\.js 20'):
            pds.provide(tmp_path / 'it')
    program(programs, 'node', 'echo v20.1.0')
    assert pds.missing() == ''
    assert not (tmp_path / 'it').exists()


def test_installed_once(programs: Path, tmp_path: Path) -> None:
    program(programs, 'node', 'echo v22.1.0')
    program(programs, 'npm', _INSTALLS)
    for _ in range(2):
        assert pds.provide(tmp_path / 'it') == tmp_path / 'it'
    first, second = (tmp_path / 'calls').read_text().splitlines()
    assert first.startswith(f'install @atproto/pds@{pds.VERSION} ')
    assert '--ignore-scripts' in first
    assert second.startswith('rebuild better-sqlite3')
    assert pds.is_installed(tmp_path / 'it')


@pytest.mark.parametrize(
    ('script', 'says'),
    [
        ('echo "no such package"; exit 1', 'no such package'),
        ('sleep 60', 'too long'),
        (_BUILDS_NOTHING, 'compiler'),
    ],
)
def test_failures_are_told_and_remembered(
    programs: Path, tmp_path: Path, script: str, says: str
) -> None:
    program(programs, 'node', 'echo v20.1.0')
    program(programs, 'npm', script)
    with pytest.raises(TemporaryError, match=says):
        pds.provide(tmp_path / 'it', seconds=1.5)
    assert not (tmp_path / 'it').exists()
    assert not (tmp_path / 'it.new').exists()
    program(programs, 'npm', _INSTALLS)
    with pytest.raises(TemporaryError, match=says):
        pds.provide(tmp_path / 'it')
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(tmp_path / 'it.failed', (long_ago, long_ago))
    assert pds.provide(tmp_path / 'it') == tmp_path / 'it'
    assert not (tmp_path / 'it.failed').exists()


def test_a_half_installation_is_made_anew(programs: Path, tmp_path: Path) -> None:
    program(programs, 'node', 'echo v20.1.0')
    program(programs, 'npm', _INSTALLS)
    for name in ('it', 'it.new'):
        (tmp_path / name / 'node_modules').mkdir(parents=True)
    assert pds.is_installed(pds.provide(tmp_path / 'it'))


def test_secrets_of_the_server_are_private(tmp_path: Path) -> None:
    assert 'jwt' not in repr(pds.Pds(tmp_path, tmp_path))
