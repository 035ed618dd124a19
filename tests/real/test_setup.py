"""``setup_desk`` on a wiki that knows nothing of the desk, run by the bot, which is no administrator."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mwsocial.onwiki.manifest import pages
from mwsocial.sandbox import Sandbox
from mwsocial.sandbox import desk as sandbox_desk
from mwsocial.sandbox.mediawiki import BOT
from tests.real.desk import CONFIG, QUEUE, Run, Started

pytestmark = pytest.mark.real


def setup(sandbox: Sandbox, *args: str) -> Run:
    """Run the script as the bot's operator does."""
    environment = {'PATH': os.environ['PATH'], 'HOME': os.environ.get('HOME', '/')}
    command = ['scripts.setup_desk', *args]
    return Started(command, environment | sandbox.environment)()


def test_from_nothing_to_all_in_place(
    sandbox_base: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What the bot may not write is told to administrators; nothing that people changed is touched."""
    with Sandbox.scratch(tmp_path_factory.mktemp('setup') / 'it', sandbox_base) as sandbox:
        admin = sandbox.person('Admin')
        run = setup(sandbox, '-simulate')
        assert run.code == 1, run
        assert 'would create' in run.text
        assert not admin.text(QUEUE)

        run = setup(sandbox)
        assert run.code == 1, run
        assert 'created Template:Social media item' in run.text
        assert 'an administrator' in run.text
        assert CONFIG in run.text
        assert not admin.text(CONFIG), 'the bot is no administrator'
        assert admin.text(QUEUE)

        queue = admin.text(QUEUE) + '\n== By people ==\n'
        sandbox.person('Carol').edit(QUEUE, queue, 'ours')
        edits = len(admin.history('Template:Social media item'))
        run = setup(sandbox)
        assert run.code == 1, run
        assert len(admin.history('Template:Social media item')) == edits
        assert admin.text(QUEUE) == queue.rstrip()

        sandbox_desk.install(sandbox)
        changed = admin.text('Template:Social media stop') + '<!-- by an administrator -->'
        admin.edit('Template:Social media stop', changed, 'a remark')
        run = setup(sandbox)
        assert run.code == 1, run
        assert 'Template:Social media stop was changed here' in run.text, run
        assert '<!-- by an administrator -->' in run.text, 'the difference is shown'
        assert admin.text('Template:Social media stop') == changed

        stop = next(one for one in pages() if one.title == 'Template:Social media stop')
        doc = 'Template:Social media stop/doc'
        sandbox.person('Carol').edit(doc, admin.text(doc) + '\nBy Carol.', 'a remark')
        run = setup(sandbox, f'-overwrite:{doc}', f'-overwrite:{stop.title}')
        assert run.code == 1, run
        assert f'overwrote {doc}' in run.text and '-By Carol.' in run.text, run
        assert (
            f'replace {stop.title} with what  setup_desk "-print:{stop.title}"  prints' in run.text
        ), 'for an administrator'
        assert 'By Carol' not in admin.text(doc) and admin.text(stop.title) == changed
        run = setup(sandbox, '-overwrite:Main Page')
        assert run.code == 2 and 'no page “Main Page”' in run.text, run

        admin.edit(stop.title, stop.stamped(), 'as it was')
        run = setup(sandbox)
        assert run.code == 0, run
        assert 'in place' in run.text
        assert 'MediaWiki:Gadgets-definition: * SocialMediaDesk[' in run.text, 'a hint'

        run = setup(sandbox, '-print:Social media')
        assert run.code == 0, run
        shown = admin.parse(''.join(run.out.partition('<inputbox')[1:]))
        assert 'Propose a post' in shown and 'Main accounts' in shown
        assert '&lt;translate' not in shown and 'mediawiki' in shown

        admin.edit(CONFIG, next(one.text for one in pages() if one.title == CONFIG))
        run = setup(sandbox)
        assert run.code == 1, run
        assert '"bot": ' in run.text, run
        assert 'an administrator has something to fill in or correct' in run.text

        named = {'groups': ['sysopp'], 'users': ['Alice', 'Alise']}
        config = {'bot': BOT, 'approvers': named}
        config['channels'] = {'mastodon': {}}
        admin.edit(CONFIG, json.dumps(config))
        admin.delete(QUEUE, 'by mistake')
        run = setup(sandbox)
        assert run.code == 1, run
        assert 'this wiki has no group “sysopp”' in run.text, run
        assert 'there is no user “Alise”' in run.text and '“Alice”' not in run.text, run
        assert '"channels" → "mastodon"' in run.text, run
        assert f'* restore {QUEUE}, which was deleted' in run.text, run
        assert not admin.text(QUEUE), 'no new page over the history'
        check = Started(['scripts.post_queue'], os.environ | sandbox.environment)()
        assert check.code == 2 and f'[[{QUEUE}]] was deleted' in check.text, check
        admin.undelete(QUEUE)
        run = setup(sandbox)
        assert 'was deleted' not in run.text, run


def test_help_and_wrong_options() -> None:
    """``-help`` needs no wiki; a wrong option is a sentence and exit code 2."""
    for script in ('post_queue', 'pull_sources', 'setup_desk', 'check_desk'):
        environment = {'PATH': os.environ['PATH'], 'HOME': '/nonexistent'}
        run = Started([f'scripts.{script}', '-help'], environment, apart=True)()
        assert run.code == 0, run
        assert 'Exit codes' in run.text
        run = Started([f'scripts.{script}'], environment, apart=True)()
        assert run.code == 2, run
        assert 'MWSOCIAL_WIKI' in run.text
        assert 'Traceback' not in run.text
