"""Fixtures that all tests may use, and which tests a run has."""

from __future__ import annotations

import pytest

pytest_plugins = ['mwsocial.sandbox.fixtures']


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--trust``: the long proofs too, which try every boundary one after the other."""
    parser.addoption('--trust', action='store_true', help='run the long proofs, too')


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without ``--trust`` a run has the short selection of each proof only."""
    if config.getoption('--trust'):
        return
    long = [item for item in items if item.get_closest_marker('trust')]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker('trust')]
