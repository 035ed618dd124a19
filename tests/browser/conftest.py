"""One desk and one Chromium for the tests of this folder, which see the pages as people do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mwsocial.sandbox import desk as sandbox_desk
from tests.browser.driver import chromium
from tests.real.desk import Desk

GADGETS = 'MediaWiki:Gadgets-definition'
#: On for everybody: the tests are about what it does, not about switching it on.
DEFINITION = (
    '* SocialMediaDesk[ResourceLoader|default|dependencies=mediawiki.api,mediawiki.util,'
    'oojs-ui-windows]|SocialMediaDesk.js|SocialMediaDesk.css'
)


@pytest.fixture(scope='module')
def desk(sandbox_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose wiki has the gadget switched on."""
    folder = tmp_path_factory.mktemp('browser') / 'it'
    with (
        sandbox_desk.scratch(folder, sandbox_base, **{'quiet minutes': 0}) as box,
        Desk(box) as running,
    ):
        running.person('Admin').edit(GADGETS, DEFINITION)
        yield running


@pytest.fixture(scope='module', name='chromium')
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium that asks no server but those of this machine."""
    with chromium(tmp_path_factory.mktemp('chromium')) as driver:
        yield driver
