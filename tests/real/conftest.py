"""A desk of its own for each module: a fresh wiki and a fresh Mastodon-API server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mwsocial.sandbox import Sandbox
from tests.real.desk import Desk


@pytest.fixture(scope='module')
def desk(sandbox_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with quiet minutes 0, stopped at the end of the module."""
    with Sandbox.scratch(tmp_path_factory.mktemp('desk') / 'it', sandbox_base) as sandbox:
        yield Desk(sandbox)
