"""Desks for tests: Pywikibot in this process, pointed at a wiki or a gate on this machine."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mwsocial.sandbox import Gate, Sandbox
from mwsocial.sandbox.faults import Answer, Request, Rule
from mwsocial.sandbox.pywikibot_folder import write
from mwsocial.wiki.site import OpenDesk, open_desk

BOT = 'MediaWiki News bot'
CONFIG = 'MediaWiki:Social-media.json'
CONFIG_TEXT = json.dumps({
    'bot': BOT,
    'approvers': {'groups': ['social-approver'], 'users': ['Alice']},
})  # fmt: skip

_FAMILY = """
from pywikibot import family


class Family(family.SingleSiteFamily):
    name = {name!r}
    domain = {host!r}

    def protocol(self, code):
        return 'http'

    def scriptpath(self, code):
        return ''
"""


def point_pywikibot(folder: Path, host: str, *, oauth: bool = False) -> dict[str, str]:
    """Let Pywikibot in this process go to *host*; returns the environment for ``open_desk``."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault('PYWIKIBOT_DIR', str(folder))
    name = 'wiki' + ''.join(c for c in host if c.isdigit())
    (folder / f'{name}_family.py').write_text(_FAMILY.format(name=name, host=host))
    if not (folder / 'user-config.py').exists():
        (folder / 'user-config.py').write_text(f'family = mylang = {name!r}\n')
    (folder / 'user-config.py').chmod(0o600)
    # Another test of this process may have begun in another folder.
    (folder / 'throttle.ctrl').touch()

    import pywikibot
    from pywikibot import config
    from pywikibot.comms import http
    from pywikibot.data.api import CachedRequest

    config.base_dir = str(folder)
    config.family_files[name] = str(folder / f'{name}_family.py')
    config.family = config.mylang = name
    config.usernames[name][name] = BOT
    config.put_throttle = 0.01
    config.minthrottle = 0.001
    config.authenticate = {host: ('a', 'b', 'c', 'd')} if oauth else {}
    config.password_file = 'user-password.py'
    config.simulate = False
    CachedRequest._get_cache_dir = classmethod(lambda cls: folder)
    pywikibot._sites.clear()
    http.cookie_jar.clear()
    return {'MWSOCIAL_WIKI': host, 'PYWIKIBOT_DIR': str(folder)}


def real_desk(sandbox: Sandbox, folder: Path, host: str = '') -> OpenDesk:
    """The desk on a real wiki, logged in with the bot's password; made where it is missing."""
    admin = sandbox.person('Admin')
    if admin.text(CONFIG) == '':
        admin.edit(CONFIG, CONFIG_TEXT)
    write(folder, sandbox.host, sandbox.bot)
    environ = point_pywikibot(folder, host or sandbox.host)
    desk = open_desk(environ)
    desk.api.pause = 0.05
    return desk


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    """An answer of an API; one to a query tells the wiki's time."""
    if isinstance(value, dict) and 'query' in value:
        value = {'curtimestamp': '2026-11-25T14:00:00Z', **value}
    lines = [(name.replace('_', '-'), words) for name, words in headers.items()]
    content = ('Content-Type', 'application/json; charset=utf-8')
    return Answer(status, [content, *lines], json.dumps(value).encode())


def page(title: str, text: str, revid: int = 7, **more: Any) -> dict[str, Any]:
    """A page as ``prop=info|revisions`` tells it."""
    revision = {
        'revid': revid,
        'parentid': revid - 1,
        'user': BOT,
        'timestamp': '2026-11-25T14:00:00Z',
        'slots': {'main': {'contentmodel': 'wikitext', 'content': text}},
    }
    return {'pageid': 1, 'ns': 8, 'title': title, 'protection': [], 'revisions': [revision]} | more


class Stub:
    """A wiki that says what a test tells it, behind a gate; the account is known by OAuth."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.rights = ['edit', 'apihighlimits']
        self.config: dict[str, Any] = page(CONFIG, CONFIG_TEXT)
        self.opening()

    def opening(self, **userinfo: Any) -> None:
        """Answer the questions with which every run begins."""
        info = {
            'id': 9, 'name': BOT, 'groups': ['bot'], 'rights': self.rights, 'ratelimits': {},
            **userinfo,
        }  # fmt: skip
        value = {
            'curtimestamp': '2026-11-25T14:00:00Z',
            'query': {
                'userinfo': info,
                'general': {
                    'maxarticlesize': 2097152,
                    'server': self.gate.url,
                    'script': '/index.php',
                },
                'tokens': {'csrftoken': 'token+\\'},
                'pages': [self.config],
            },
        }
        rule = Rule(
            action='query', answer=json_answer(value), times=None,
            when=lambda request: 'userinfo' in request.fields.get('meta', '')
            or request.fields.get('meta') == 'tokens',
        )  # fmt: skip
        self.gate.rules[:] = [*self.gate.rules, rule]

    def says(self, *answers: Answer | Rule, **fields: str) -> None:
        """Answer requests that have these fields, one after the other, the last one for ever."""
        action = fields.pop('action', 'query')
        rules = []
        for number, answer in enumerate(answers, 1):
            rule = answer if isinstance(answer, Rule) else Rule(answer=answer)
            rule.action = action
            rule.fields = fields
            rule.nth = number
            rule.times = None if number == len(answers) else 1
            rules.append(rule)
        # Rules before count requests they do not take, so each takes its own turn.
        self.gate.rules[:0] = rules[::-1]

    @property
    def sent(self) -> list[Request]:
        """The requests that have come, in their order."""
        return [event.request for event in self.gate.events if event.when == 'before']

    def count(self, action: str = 'edit') -> int:
        """How many requests of that action have come."""
        return sum(request.action == action for request in self.sent)


@contextlib.contextmanager
def stub_desk(folder: Path) -> Any:
    """A stub and a desk that is opened on it: ``with stub_desk(path) as (stub, desk)``."""
    with Gate('http://127.0.0.1:9') as gate:
        stub = Stub(gate)
        desk = open_desk(point_pywikibot(folder, gate.host, oauth=True))
        desk.api.pause = 0.01
        gate.events.clear()
        yield stub, desk


def host_of(url: str) -> str:
    """Host and port of an address."""
    return urlsplit(url).netloc


def error(code: str, text: str = '', **more: Any) -> Answer:
    """An API error in the format that the desk asks for (``errorformat=plaintext``)."""
    headers: Mapping[str, str] = more.pop('headers', {})
    return json_answer({'errors': [{'code': code, 'text': text or code, **more}]}, **headers)
