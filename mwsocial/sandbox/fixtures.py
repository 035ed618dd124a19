"""Pytest fixtures: an isolated sandbox for a session or a module, started in a second or two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .instance import DEFAULT_FOLDER, Sandbox


@pytest.fixture(scope='session')
def sandbox_base(pytestconfig: pytest.Config) -> Path:
    """The folder that keeps the unpacked programs and the template between test runs."""
    return pytestconfig.rootpath / DEFAULT_FOLDER


@pytest.fixture(scope='session')
def sandbox(sandbox_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for all tests that do not mind each other's pages."""
    with Sandbox.scratch(tmp_path_factory.mktemp('sandbox') / 'it', sandbox_base) as running:
        yield running


@pytest.fixture(scope='module')
def wiki(sandbox_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A fresh sandbox (wiki and Mastodon API server) for one test module."""
    with Sandbox.scratch(tmp_path_factory.mktemp('wiki') / 'it', sandbox_base) as running:
        yield running
