"""Axe, the checker of accessibility, finds nothing serious on any page of the desk.

It comes from npm; a machine without npm leaves these tests out, and says so.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mwsocial.onwiki.manifest import pages
from tests.browser.reader import NARROW, WIDE, Reader
from tests.onwiki import pictures
from tests.onwiki.desk import STATES, in_state, item
from tests.real.desk import QUEUE, Desk

pytestmark = pytest.mark.real

VERSION = '4.10.2'
PAGES = ('Queue', 'Mentions', 'Suggestions', 'Statistics', 'Accounts', 'Status')
RUN = """
const done = arguments[arguments.length - 1];
axe.run('#mw-content-text').then(found => done(found.violations
    .filter(one => ['serious', 'critical'].includes(one.impact))
    .map(one => [one.id, one.nodes.map(node => node.html)])));
"""


@pytest.fixture(scope='module')
def axe(sandbox_base: Path) -> str:
    """The text of axe-core."""
    folder = sandbox_base / f'axe-{VERSION}'
    script = folder / 'node_modules/axe-core/axe.min.js'
    if not script.exists():
        npm = shutil.which('npm')
        if npm is None:
            pytest.skip('Axe comes from npm, which this machine has not got.')
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, 'install', f'axe-core@{VERSION}', '--prefix', str(folder), '--no-audit']
        subprocess.run([*command, '--no-fund', '--loglevel=error'], check=True, timeout=120)
    return script.read_text('utf-8')


@pytest.fixture(scope='module')
def filled(desk: Desk) -> Desk:
    """Every page with something of each kind on it."""
    admin = desk.person('Admin')
    (queue,) = [page for page in pages() if page.title == QUEUE]
    cards = '\n'.join(f'== {state} ==\n{in_state(state)}' for state in STATES)
    long = item(id='long', text='Words ' * 90, news='[[News]]')
    admin.edit(QUEUE, f'{queue.text}\n{cards}\n{long}')
    for title, text in pictures._lists(admin).items():
        admin.edit(f'Social media/{title}', text)
    mentions = 'Social media/Mentions'
    admin.edit(mentions, admin.text(mentions) + pictures._others()['Mention'])
    suggestions = 'Social media/Suggestions'
    admin.edit(suggestions, admin.text(suggestions) + item(id='feed-1', text='A post', decision=''))
    desk.run('run_desk')
    return desk


@pytest.mark.parametrize('size', [WIDE, NARROW])
@pytest.mark.parametrize('title', PAGES)
def test_nothing_serious(
    filled: Desk, chromium: Any, axe: str, title: str, size: tuple[int, int]
) -> None:
    reader = Reader(chromium, filled, 'Alice', size)
    reader.open(f'Social media/{title}', gadget=False)
    reader.driver.execute_script(axe)
    assert reader.driver.execute_async_script(RUN) == []
