"""One wiki with the desk's pages for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mwsocial.sandbox import Person, Sandbox
from mwsocial.sandbox import desk as sandbox_desk
from tests.onwiki.desk import CONFIGURATION, QUEUE
from tests.pictures.scenes import flower

Show = Callable[..., str]


@pytest.fixture(scope='session')
def desk(sandbox_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A wiki of its own: these tests change the configuration and the queue."""
    folder = tmp_path_factory.mktemp('desk') / 'it'
    with sandbox_desk.scratch(folder, sandbox_base, **CONFIGURATION) as running:
        admin = running.person('Admin')
        admin.upload('MediaWiki 1.47.png', flower())
        yield running


@pytest.fixture(scope='session')
def admin(desk: Sandbox) -> Person:
    """The administrator who installed the desk."""
    return desk.person('Admin')


@pytest.fixture
def show(admin: Person) -> Show:
    """The HTML of wikitext on the queue, as a saved page shows it."""

    def shown(text: str) -> str:
        admin.edit(QUEUE, text)
        answer = admin.api(action='parse', page=QUEUE, prop='text', disablelimitreport=True)
        html: str = answer['parse']['text']
        return html

    return shown
