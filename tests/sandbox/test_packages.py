"""Where the sandbox takes programs from, and what it says when it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from mwsocial.errors import ConfigurationError
from mwsocial.sandbox import packages

_MODERN = """\
# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://disabled.example/debian
Suites: bookworm
Components: main
"""


def test_modern_sources(tmp_path: Path) -> None:
    (tmp_path / 'sources.list.d').mkdir()
    (tmp_path / 'sources.list.d' / 'debian.sources').write_text(_MODERN)
    modern, classic = packages.source_entries(tmp_path, 'bookworm', 'bookworm-backports')
    assert classic == ''
    assert modern == (
        'Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm-backports\n'
        'Components: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n'
    )


def test_one_line_sources(tmp_path: Path) -> None:
    (tmp_path / 'sources.list').write_text(
        '# deb http://old.example bookworm main\n'
        'deb [signed-by=/key.gpg] http://mirror.example/debian bookworm main contrib\n'
        'deb http://mirror.example/debian bookworm-updates main\n'
        'deb-src http://mirror.example/debian bookworm main\n'
        'deb http://security.example bookworm-security main\n'
        'deb http://other.example nodistro main\n'
    )
    modern, classic = packages.source_entries(tmp_path, 'bookworm', 'bookworm-backports')
    assert modern == ''
    assert classic == (
        'deb [signed-by=/key.gpg] http://mirror.example/debian bookworm-backports main contrib\n'
        'deb http://mirror.example/debian bookworm-backports main\n'
    )


def test_no_sources(tmp_path: Path) -> None:
    assert packages.source_entries(tmp_path, 'bookworm', 'bookworm-backports') == ('', '')


def test_without_rights_the_line_to_type_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, '_become_root', lambda: None)
    with pytest.raises(ConfigurationError) as told:
        packages.install(['php-cli', 'diffutils'])
    assert told.value.exit_code == 2
    assert 'sudo apt-get install --no-install-recommends php-cli diffutils' in str(told.value)


def test_missing_programs_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv('PATH', str(tmp_path))
    missing = packages.missing_packages()
    assert set(missing) == {'php-cli', 'diffutils', *packages.PHP_PACKAGES}


def test_nothing_is_missing_here() -> None:
    assert packages.missing_packages() == []
