"""Axe, the checker of accessibility, finds nothing serious on any page of the desk.

It comes from npm; a machine without npm leaves these tests out, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mwsocial.sandbox import desk as sandbox_desk
from tests.browser import npm
from tests.browser.reader import NARROW, WIDE, Reader
from tests.onwiki.desk import STATES, in_state
from tests.pictures import scenes
from tests.real.desk import QUEUE, Desk

pytestmark = pytest.mark.real

VERSION = '4.10.2'
PAGES = (
    'queue', 'form', 'mentions', 'suggestions', 'status', 'statistics', 'accounts', 'archive',
)  # fmt: skip
RUN = """
const done = arguments[arguments.length - 1];
axe.run(arguments[0]).then(found => done(found.violations
    .filter(one => ['serious', 'critical'].includes(one.impact))
    .map(one => [one.id, one.nodes.map(node => node.html)])));
"""


@pytest.fixture(scope='module')
def axe(sandbox_base: Path) -> str:
    """The text of axe-core."""
    found = npm.package(sandbox_base, 'axe-core', VERSION)
    if found is None:
        pytest.skip('Axe comes from npm, which this machine has not got.')
    return (found / 'axe.min.js').read_text('utf-8')


@pytest.fixture(scope='module')
def worked(sandbox_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk that has been at work, and has an item in every state there is."""
    folder = tmp_path_factory.mktemp('axe') / 'it'
    settings = {'quiet minutes': 0, **scenes.SETTINGS}
    with (
        sandbox_desk.scratch(folder, sandbox_base, scenes.NETWORKS, **settings) as box,
        Desk(box) as desk,
    ):
        scenes.play(desk)
        cards = '\n'.join(f'== {state} ==\n{in_state(state)}' for state in STATES)
        desk.person('Carol').edit(QUEUE, f'{desk.text()}\n{cards}')
        yield desk


@pytest.mark.parametrize(
    'size', [WIDE, pytest.param(NARROW, marks=pytest.mark.trust)], ids=['wide', 'phone']
)
@pytest.mark.parametrize('name', PAGES)
def test_nothing_serious(
    worked: Desk, chromium: Any, axe: str, name: str, size: tuple[int, int]
) -> None:
    reader = Reader(chromium, worked, 'Alice', size)
    reader.visit(scenes.pages(worked)[name])
    # A form is MediaWiki's own, but for the rules above it.
    place = '.mw-editintro' if name == 'form' else '#mw-content-text'
    assert reader.all(place)
    reader.driver.execute_script(axe)
    assert reader.driver.execute_async_script(RUN, place) == []
