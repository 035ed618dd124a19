"""A desk of its own for each test: a fresh wiki and a fresh Mastodon-API server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mwsocial.sandbox import desk as sandbox_desk
from tests.real.desk import Desk

NewDesk = Callable[..., Desk]


@pytest.fixture
def new_desk(sandbox_base: Path, tmp_path: Path) -> Iterator[NewDesk]:
    """Makes desks, with keys of the configuration that differ; all stop with the test."""
    with ExitStack() as stack:

        def make(networks: Sequence[str] = (), **settings: Any) -> Desk:
            folder = tmp_path / f'desk-{len(list(tmp_path.iterdir()))}'
            values = {name.replace('_', ' '): value for name, value in settings.items()}
            sandbox = sandbox_desk.scratch(
                folder, sandbox_base, networks, **{'quiet minutes': 0, **values}
            )
            stack.enter_context(sandbox)
            return stack.enter_context(Desk(sandbox))

        yield make


@pytest.fixture
def desk(new_desk: NewDesk) -> Desk:
    """A desk that nobody has used, with quiet minutes 0."""
    return new_desk()
