"""One desk and one Chromium for the tests of this folder, which see the pages as people do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from mwsocial.sandbox import desk as sandbox_desk
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


@pytest.fixture(scope='module')
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium that asks no server but those of this machine."""
    options = webdriver.ChromeOptions()
    options.binary_location = '/usr/bin/chromium'
    for argument in (
        '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
        f'--user-data-dir={tmp_path_factory.mktemp("chromium")}',
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    driver = webdriver.Chrome(options=options, service=Service('/usr/bin/chromedriver'))
    yield driver
    driver.quit()
