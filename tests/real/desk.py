"""A whole desk for tests: real servers, real people, and the scripts run as an operator runs them."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Self

from mwsocial.desk.fingerprint import SHOWN, fingerprint
from mwsocial.desk.item import Item, Queue
from mwsocial.onwiki.manifest import pages
from mwsocial.sandbox import Sandbox, mediawiki, process, pywikibot_folder
from mwsocial.wiki.items import read_queue
from tests.real.preloaded import Process, preloaded

QUEUE = 'Social media/Queue'
NEWS = 'Template:MediaWiki News'
CONFIG = 'MediaWiki:Social-media.json'
BOT = 'MediaWiki News bot'


class Run:
    """What a script printed and how it ended."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code = done.returncode
        self.out = done.stdout
        self.text = done.stdout + done.stderr

    def __repr__(self) -> str:
        return f'exit code {self.code}\n{self.text}'


class Desk:
    """The desk on one sandbox; as a context manager it ends the scripts that it has started."""

    def __init__(self, sandbox: Sandbox) -> None:
        """*sandbox*: one that has the desk's pages (``mwsocial.sandbox.desk.scratch``)."""
        self.sandbox = sandbox
        self.queue_title = QUEUE
        self.config = json.loads(self.text(CONFIG))
        self._started: list[Started] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for started in self._started:
            started.end()

    def configure(self, **settings: Any) -> None:
        """Change keys of the configuration page (as an administrator)."""
        self.config |= {key.replace('_', ' '): value for key, value in settings.items()}
        self.person('Admin').edit(CONFIG, json.dumps(self.config, indent='\t'), 'settings')

    def person(self, name: str) -> Any:
        """Somebody on the wiki."""
        return self.sandbox.person(name)

    def text(self, title: str = '') -> str:
        """The current wikitext of a page; of the queue if none is named."""
        return str(self.person('Admin').text(title or self.queue_title))

    def installed(self, title: str) -> str:
        """The text of one of the desk's pages as the installer writes it."""
        return next(page.stamped() for page in pages() if page.title == title)

    def queue(self) -> Queue:
        """What the queue page holds."""
        return read_queue(self.text())

    def items(self) -> dict[str, Item]:
        """The items of the queue page by id."""
        return self.queue().by_id()

    def item(self, item_id: str) -> Item:
        """One item, as the page shows it."""
        return self.items()[item_id]

    def propose(self, item_id: str, *, by: str = 'Carol', **parameters: str) -> int:
        """Add an item in a section of its own; ``text_x`` stands for ``text-x``."""
        lines = [f'| {name.replace("_", "-")} = {value}' for name, value in parameters.items()]
        lines = [f'| id = {item_id}'] * bool(item_id) + lines
        wikitext = '\n'.join(['{{Social media item', *lines, '}}'])
        return int(self.person(by).append_section(self.queue_title, item_id or 'New', wikitext))

    def fingerprint(self, item_id: str) -> str:
        """What an approval of this item must show now."""
        return self.mark(self.item(item_id))

    def change(self, old: str, new: str, *, by: str, summary: str = '') -> int:
        """Replace a piece of the queue page's wikitext, as somebody."""
        text, revid = self.person(by).page(self.queue_title)
        assert text.count(old) == 1, (old, text)
        return int(
            self.person(by).edit(self.queue_title, text.replace(old, new), summary, base=revid)
        )

    def approve(self, item_id: str, *, by: str = 'Alice', value: str = '') -> int:
        """Add the line that the card shows, as somebody."""
        line = f'| approved = {value or self.fingerprint(item_id)} ~~~~'
        return self.change(f'| id = {item_id}\n', f'| id = {item_id}\n{line}\n', by=by)

    def decide(self, item_id: str, *, by: str = 'Alice') -> int:
        """Add a decision in a section of its own, as the card's link does."""
        words = (
            f'{{{{Social media decision|id={item_id}|approved={self.fingerprint(item_id)} ~~~~}}}}'
        )
        return int(self.person(by).append_section(self.queue_title, f'Approve {item_id}', words))

    def mark(self, item: Item) -> str:
        """The fingerprint of an item, as far as an approval must show it."""
        channels = sorted(n for n, c in self.config['channels'].items() if c.get('enabled', True))
        return fingerprint(item.content, channels, self.config.get('language', 'en'))[:SHOWN]

    def other_bot(self, name: str) -> None:
        """Let the scripts log in as another account, made a bot with a bot password."""
        password = secrets.token_hex(16)
        admin = self.person('Admin')
        admin.create_account(name, secrets.token_hex(16))
        admin.user_rights(name, add=['bot'])
        grants = ','.join(mediawiki.BOT_GRANTS)
        self.sandbox.maintenance(
            'createBotPassword.php', '--appid', 'desk', '--grants', grants, name, password
        )
        bot = {'name': name, 'login': f'{name}@desk', 'password': password}
        pywikibot_folder.write(self.sandbox.pywikibot, self.sandbox.host, bot)

    def log_out(self) -> None:
        """Let the next run of a script log in anew."""
        for cookies in self.sandbox.pywikibot.glob('*.lwp'):
            cookies.unlink()

    def environment(self, **changes: str) -> dict[str, str]:
        """What an operator's job has in its environment."""
        kept = {name: os.environ[name] for name in ('PATH', 'HOME', 'LANG') if name in os.environ}
        owner = {process.OWNER: process.own_identity()}
        return kept | owner | self.sandbox.environment | changes

    def run(self, script: str = 'post_queue', *args: str, **environment: str) -> Run:
        """Run a script as a job does."""
        return self.start(script, *args, **environment)()

    def start(self, script: str, *args: str, apart: bool = False, **environment: str) -> Started:
        """Start a script; call the result to wait for its end. ``.process`` is the process; *apart* as in
        ``Started``.
        """
        started = Started(
            [f'scripts.{script}', *args], self.environment(**environment), apart=apart
        )
        self._started.append(started)
        return started

    def posts(self) -> list[dict[str, Any]]:
        """What the account really has on the network, oldest first."""
        return self.sandbox.statuses('mediawiki')

    def news(self) -> str:
        """The wikitext of the news template."""
        return self.text(NEWS)

    def archives(self) -> str:
        """All pages of the archive, one after the other."""
        found = self.person('Admin').api(
            action='query', list='allpages', apprefix='Social media/Archive/', aplimit='max'
        )
        return '\n'.join(self.text(page['title']) for page in found['query']['allpages'])

    def edits(self, title: str = '') -> list[Mapping[str, Any]]:
        """The revisions of a page (of the queue if none is named) by the bot, newest first."""
        history = self.person('Admin').history(title or self.queue_title)
        return [one for one in history if one.get('user') == BOT]

    def bot_writes(self, title: str, text: str, summary: str) -> int:
        """An edit from the bot's account that no run of a script made."""
        return int(self.person(BOT).edit(title, text, summary, bot=True))

    def new_queue(self, title: str) -> None:
        """Let another page, which has no history, be the queue; protected as the rules want it."""
        admin = self.person('Admin')
        for page in pages(title):
            if page.title.startswith(title):
                admin.edit(page.title, page.stamped())
                admin.protect(page.title, **page.protection)
        self.configure(pages={**self.config['pages'], 'queue': title})
        self.queue_title = title


class Started:
    """A script that runs."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], *, apart: bool = False
    ) -> None:
        """*arguments*: those of ``python -m``. *apart*: by an interpreter of its own, from the beginning
        (as under another loader, always); otherwise see ``preloaded``.
        """
        self._arguments = [*arguments]
        self.process: Process | subprocess.Popen[str]
        if not apart and 'LD_PRELOAD' not in environment:
            self.process = preloaded().start(arguments, environment)
            return
        self.process = subprocess.Popen(
            [sys.executable, '-m', *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self) -> Run:
        """Wait for its end."""
        try:
            out, err = self.process.communicate(timeout=240)
        finally:
            self.end()
        code = self.process.returncode
        assert code is not None
        return Run(subprocess.CompletedProcess(self._arguments, code, out, err))

    def end(self) -> None:
        """End it if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
