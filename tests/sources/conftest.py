"""What the tests of sources share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """A web server of the test's own."""
    with Server() as running:
        yield running


@pytest.fixture
def pages_folder() -> Path:
    """Where the fixture pages are."""
    return Path(__file__).parent / 'pages'
