"""One sandbox: a wiki, a Mastodon API server and stand-ins for other networks in one folder."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import requests

from mwsocial.errors import DeskError

from . import (
    clock,
    files,
    loopback_process,
    mediawiki,
    networks,
    packages,
    process,
    pywikibot_folder,
    snac,
)
from .clock import Clock
from .loopback_process import Control
from .networks import NETWORKS
from .replica import Replica

if TYPE_CHECKING:
    import mastodon

    from .person import Person

DEFAULT_FOLDER = '.sandbox'
_WIKI_PORT = 8931
_MASTODON_PORT = 8075
#: Seconds for which a template is kept that nobody uses.
_KEPT = 86400
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Furnishing:
    """Pages that new wikis are to have from the start.

    ``name`` names the template that is kept; ``recipe`` changes whenever ``work`` would make
    something else; ``work`` puts the pages on a running sandbox.
    """

    name: str
    recipe: str
    work: Callable[[Sandbox], None]


class Sandbox:
    """A wiki, a Mastodon API server and other networks that belong together.

    ``folder`` holds all their data. ``base`` is the folder with the unpacked programs and the
    template that new wikis are copied from. ``furnishing``: what a new wiki has beside its people.
    ``networks``: the stand-ins that run beside (``mwsocial.sandbox.networks``), by name.
    """

    def __init__(
        self,
        folder: Path | str,
        base: Path | str | None = None,
        furnishing: Furnishing | None = None,
        networks: Sequence[str] = (),
    ) -> None:
        self._furnishing = furnishing
        self._wanted = tuple(networks)
        self.folder = Path(folder).resolve()
        self.base = Path(base).resolve() if base is not None else self.folder
        self.wiki_folder = self.folder / 'wiki'
        self.mastodon_folder = self.folder / 'mastodon'
        self.pywikibot = self.folder / 'pywikibot'
        self.logs = self.folder / 'logs'
        self.clock = Clock([self.wiki_folder / 'clock', self.mastodon_folder / 'clock'])
        self._owner: dict[str, str] = {}
        self._people: dict[str, Person] = {}

    # -- how to get one ---------------------------------------------------------------------

    @classmethod
    def running(cls, folder: Path | str = DEFAULT_FOLDER) -> Self:
        """The sandbox in ``folder``, started if it does not run."""
        sandbox = cls(folder, networks=tuple(NETWORKS))
        sandbox.up()
        return sandbox

    @classmethod
    def scratch(
        cls,
        folder: Path | str,
        base: Path | str = DEFAULT_FOLDER,
        furnishing: Furnishing | None = None,
        networks: Sequence[str] = (),
    ) -> Self:
        """A new, isolated sandbox in the new folder ``folder``, running on free ports.

        ``base`` is where programs and templates are kept; they are made at the first use.
        Stop it with ``down``, or use ``with``. However this process ends, its servers end too.
        """
        process.end_with_me()
        sandbox = cls(folder, base, furnishing, networks)
        sandbox._owner = {process.OWNER: process.own_identity()}
        sandbox.up(wiki_port=0, mastodon_port=0)
        return sandbox

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.down(at_once=True)

    # -- state --------------------------------------------------------------------------------

    @property
    def _state(self) -> dict[str, Any]:
        return files.read_json(self.folder / 'state.json') or {}

    @property
    def networks(self) -> tuple[str, ...]:
        """The stand-ins that belong to it: those asked for, or those it was started with."""
        return self._wanted or tuple(self._state.get('networks', ()))

    def _record(self, **changes: Any) -> None:
        files.write_json(self.folder / 'state.json', {**self._state, **changes})

    def _marker(self, name: str) -> str:
        return f'{self._state["marker"]}-{name}'

    def _server(self, name: str) -> process.Server | None:
        return process.Server.from_json(self._state.get(name, {}).get('server'))

    def _port(self, name: str) -> int:
        return int(self._state.get(name, {}).get('port') or 0)

    @property
    def credentials(self) -> dict[str, Any]:
        """Passwords and tokens, as kept in the folder."""
        return files.read_json(self.folder / 'credentials.json') or {}

    @property
    def is_up(self) -> bool:
        """Whether all servers run."""
        return all(process.alive(self._server(name)) for name in self._names)

    @property
    def _names(self) -> tuple[str, ...]:
        return ('wiki', 'mastodon', *self.networks)

    @property
    def host(self) -> str:
        """The wiki's host with its port, as ``MWSOCIAL_WIKI`` has it."""
        return f'127.0.0.1:{self._port("wiki")}'

    @property
    def url(self) -> str:
        """The wiki's address, without a slash at its end."""
        return f'http://{self.host}'

    @property
    def api(self) -> str:
        """The address of the wiki's API."""
        return f'{self.url}/api.php'

    @property
    def mastodon_url(self) -> str:
        """The address of the Mastodon API server."""
        return f'http://localhost:{self._port("mastodon")}'

    @property
    def users(self) -> dict[str, str]:
        """Account name on the wiki -> password."""
        return dict(self.credentials['wiki']['users'])

    @property
    def bot(self) -> dict[str, str]:
        """The desk's bot: ``name``, ``login`` (of its bot password) and ``password``."""
        return {
            'name': mediawiki.BOT,
            'login': f'{mediawiki.BOT}@{mediawiki.BOT_APP}',
            'password': self.credentials['wiki']['bot_password'],
        }

    @property
    def accounts(self) -> dict[str, dict[str, str]]:
        """Account name on the Mastodon API server -> ``token``, ``password``, ``url``."""
        return {
            name: {**known, 'url': f'{self.mastodon_url}/{name}'}
            for name, known in self.credentials.get('mastodon', {}).items()
        }

    @property
    def environment(self) -> dict[str, str]:
        """What an operator exports to run the scripts against this sandbox."""
        return {
            'PYWIKIBOT_DIR': str(self.pywikibot),
            'MWSOCIAL_WIKI': self.host,
            'MWSOCIAL_MASTODON_URL': self.mastodon_url,
            'MWSOCIAL_MASTODON_TOKEN': self.accounts['mediawiki']['token'],
            **{
                name: value
                for network in self.networks
                for name, value in networks.environment(
                    network, self.network(network).folder
                ).items()
            },
        }

    def network(self, name: str) -> Control:
        """The stand-in of that name: its address, its ledger, its faults."""
        return Control(self.folder / 'networks' / name)

    # -- up and down ----------------------------------------------------------------------------

    def up(self, wiki_port: int | None = None, mastodon_port: int | None = None) -> None:
        """Have all servers running; what runs already is left alone.

        A port of 0 means any free one; ``None`` the one used before, else the usual one.
        Raises ConfigurationError when something is missing that this user may not install.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with files.locked(self.folder / 'lock'):
            if self.is_up and self._asked(wiki_port, mastodon_port) and self._is_whole():
                return
            programs = self._programs()
            self._make_data(programs)
            if not (self._running_on('wiki', wiki_port) and self._wiki_answers()):
                self._start_wiki(programs, wiki_port)
            if not (self._running_on('mastodon', mastodon_port) and self._mastodon_answers()):
                self._start_mastodon(programs, mastodon_port)
            self._record(networks=list(self.networks))
            for name in self.networks:
                if not (process.alive(self._server(name)) and self._network_answers(name)):
                    self._start_network(name, anywhere=wiki_port == 0)
            self._fetch_tokens()
            pywikibot_folder.write(self.pywikibot, self.host, self.bot)

    def down(self, at_once: bool = False) -> None:
        """End all servers and wait until none of their processes is left.

        ``at_once`` kills them: right for what is thrown away afterwards.
        """
        if not self.folder.is_dir():
            return
        with files.locked(self.folder / 'lock'):
            for name in ('wiki', 'mastodon', *NETWORKS):
                self._stop(name, at_once)

    def restart(self) -> None:
        """End all servers and start them again on the same ports."""
        self.down()
        self.up()

    def _stop(self, name: str, at_once: bool = False) -> None:
        server = self._server(name)
        if server is not None:
            process.stop(server, at_once=at_once)
        if 'marker' in self._state:
            process.end_marked(self._marker(name))
        if server is not None:
            # What snac leaves behind when it is killed.
            Path(f'/dev/shm/localhost:{self._port(name)}_snac_state').unlink(missing_ok=True)
            self._record(**{name: {'port': self._port(name)}})

    def _asked(self, wiki_port: int | None, mastodon_port: int | None) -> bool:
        return all(
            not port or port == self._port(name)
            for name, port in (('wiki', wiki_port), ('mastodon', mastodon_port))
        )

    def _running_on(self, name: str, port: int | None) -> bool:
        return process.alive(self._server(name)) and (not port or port == self._port(name))

    def _is_whole(self) -> bool:
        return (
            self._wiki_answers()
            and self._mastodon_answers()
            and all(self._network_answers(name) for name in self.networks)
            and all(account.get('token') for account in self.accounts.values())
            and (self.pywikibot / 'user-password.py').is_file()
        )

    def _wiki_answers(self) -> bool:
        with suppress(requests.RequestException):
            answer = requests.get(f'{self.url}/sandbox-alive', timeout=10)
            return answer.text == self._marker('wiki')
        return False

    def _mastodon_answers(self) -> bool:
        for _ in range(3):  # it sometimes drops a connection
            with suppress(requests.RequestException):
                return requests.get(f'{self.mastodon_url}/api/v1/instance', timeout=10).ok
        return False

    def _network_answers(self, name: str) -> bool:
        return self.network(name).alive() == self._marker(name)

    def _start_network(self, name: str, *, anywhere: bool) -> None:
        self._stop(name)
        for attempt in range(3):
            wanted = 0 if anywhere or attempt else None
            port = self._choose(name, wanted, NETWORKS[name].port)
            server = loopback_process.start(
                NETWORKS[name].module,
                self.network(name).folder,
                port,
                self._marker(name),
                self.logs / f'{name}.log',
                self._owner,
                self.wiki_folder / 'clock',
            )
            self._record(**{name: {'port': port, 'server': server.to_json()}})
            if self._wait(server, lambda: self._network_answers(name)):
                return
            self._stop(name)
        raise DeskError(f'The stand-in for {name} did not start. Look at {self.logs / name}.log.')

    def _programs(self) -> packages.Programs:
        self.base.mkdir(parents=True, exist_ok=True, mode=0o700)
        with files.locked(self.base / 'base.lock'):
            return packages.provide(self.base / 'programs')

    def _template(self, programs: packages.Programs) -> Path:
        """The folder that new servers are copied from; made when it or its recipe is new."""
        recipe = sha256()
        for name in ('LocalSettings.php', 'users.php', 'mediawiki.py', 'snac.py'):
            recipe.update((_HERE / name).read_bytes())

        def make(draft: Path) -> None:
            draft.mkdir(mode=0o700)
            credentials = mediawiki.new_credentials()
            mediawiki.create(programs, draft / 'wiki', credentials)
            passwords = snac.create(programs, draft / 'mastodon', _MASTODON_PORT)
            known = {name: {'password': word} for name, word in passwords.items()}
            files.write_json(draft / 'credentials.json', {'wiki': credentials, 'mastodon': known})

        return self._kept(f'template-{recipe.hexdigest()[:16]}', make)

    def _furnished(self, plain: Path) -> Path:
        """The folder that new wikis are copied from, with what they are to have from their start."""
        furnishing = self._furnishing
        if furnishing is None:
            return plain
        recipe = sha256(f'{plain.name} {furnishing.recipe}'.encode())

        def furnish(draft: Path) -> None:
            with Sandbox.scratch(draft, self.base) as one:
                furnishing.work(one)
                one.run_jobs()
                one.down()
            mediawiki.close_books(one.wiki_folder)

        return self._kept(f'template-{furnishing.name}-{recipe.hexdigest()[:16]}', furnish)

    def _kept(self, name: str, make: Callable[[Path], None]) -> Path:
        """The folder of that name, made if it is not there; those unused for a day are removed.

        The name holds the recipe: whoever copies from a folder never sees it change.
        """
        folder = self.base / name
        with files.locked(self.base / f'{name}.lock'):
            if not folder.is_dir():
                draft = self.base / f'{name}.new'
                shutil.rmtree(draft, ignore_errors=True)
                make(draft)
                draft.rename(folder)
                for other in self.base.glob('template*/'):
                    with suppress(OSError):  # somebody else removes it, too
                        if time.time() - other.stat().st_mtime > _KEPT:
                            shutil.rmtree(other)
            os.utime(folder)
        return folder

    def _make_data(self, programs: packages.Programs) -> None:
        self.logs.mkdir(exist_ok=True, mode=0o700)
        if 'marker' not in self._state:
            self._record(marker=secrets.token_hex(12))
        if self.wiki_folder.is_dir() and self.mastodon_folder.is_dir():
            self.clock.write(self.clock.offset)
            return
        template = self._template(programs)
        known = files.read_json(template / 'credentials.json')
        if not self.wiki_folder.is_dir():
            draft = self.folder / 'wiki.new'
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(self._furnished(template) / 'wiki', draft, symlinks=True)
            (draft / 'wiki.json').unlink()
            mediawiki.identify(draft, 0)
            self._keep_credentials(wiki=known['wiki'])
            draft.rename(self.wiki_folder)
        if not self.mastodon_folder.is_dir():
            draft = self.folder / 'mastodon.new'
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(template / 'mastodon', draft, symlinks=True)
            self._keep_credentials(mastodon=known['mastodon'])
            draft.rename(self.mastodon_folder)
        self.clock.write(self.clock.offset)

    def _keep_credentials(self, **known: Any) -> None:
        files.write_json(self.folder / 'credentials.json', {**self.credentials, **known})

    def _choose(self, name: str, wanted: int | None, usual: int) -> int:
        for port in (wanted if wanted is not None else self._port(name) or usual,):
            if port and process.port_is_free(port):
                return port
        return process.free_port()

    def _start_wiki(self, programs: packages.Programs, wanted: int | None) -> None:
        self._stop('wiki')
        mediawiki.renew_outsider(self.wiki_folder, self.clock.now())
        for attempt in range(3):
            port = self._choose('wiki', wanted if attempt == 0 else 0, _WIKI_PORT)
            server = mediawiki.start(
                programs,
                self.wiki_folder,
                port,
                self._marker('wiki'),
                self.logs / 'wiki.log',
                self.base / 'compiled',
                self._owner,
            )
            self._record(wiki={'port': port, 'server': server.to_json()})
            if self._wait(server, self._wiki_answers):
                return
            self._stop('wiki')
        raise DeskError(f'The wiki did not start. Look at {self.logs / "wiki.log"}.')

    def _start_mastodon(self, programs: packages.Programs, wanted: int | None) -> None:
        self._stop('mastodon')
        for attempt in range(3):
            port = self._choose('mastodon', wanted if attempt == 0 else 0, _MASTODON_PORT)
            server = snac.start(
                programs,
                self.mastodon_folder,
                port,
                self._marker('mastodon'),
                self.logs / 'mastodon.log',
                self._owner,
            )
            self._record(mastodon={'port': port, 'server': server.to_json()})
            if self._wait(server, self._mastodon_answers):
                return
            self._stop('mastodon')
        raise DeskError(
            f'The Mastodon API server did not start. Look at {self.logs / "mastodon.log"}.'
        )

    @staticmethod
    def _wait(server: process.Server, ready: Any, seconds: float = 20) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and process.alive(server):
            if ready():
                return True
            time.sleep(0.02)
        return False

    def _fetch_tokens(self) -> None:
        known = self.credentials
        if all(account.get('token') for account in known['mastodon'].values()):
            return
        for name, account in known['mastodon'].items():
            for _ in range(5):
                if account.get('token'):
                    break
                with suppress(requests.ConnectionError):
                    account['token'] = snac.new_token(self.mastodon_url, name, account['password'])
        files.write_json(self.folder / 'credentials.json', known)

    # -- what tests and demonstrations use ------------------------------------------------------

    def person(self, name: str) -> Person:
        """A logged-in human (or the bot's account with its main password) on the wiki."""
        from .person import Person

        known = self._people.get(name)
        if known is None or known.url != self.url:
            known = self._people[name] = Person(self.url, name, self.users[name])
        return known

    def mastodon(self, account: str = 'reader') -> mastodon.Mastodon:
        """A Mastodon.py client that survives dropped connections (never for the desk itself)."""
        from .fediverse import client

        return client(self.mastodon_url, self.accounts[account]['token'])

    def statuses(self, account: str = 'mediawiki') -> list[dict[str, Any]]:
        """What the account posted, oldest first, as the server's own files know it."""
        return snac.statuses(self.mastodon_folder, account)

    def deliver_again(self, account: str, urls: Iterable[str]) -> None:
        """Let the Mastodon API server deliver posts of the account once more (see ``snac``)."""
        snac.deliver_again(self.mastodon_folder, account, urls)

    def configure(self, **settings: Any) -> None:
        """Switch settings of the running wiki, such as ``wgReadOnly='for a test'``.

        A value of ``None`` takes the switch back.
        """
        path = self.wiki_folder / 'switches.json'
        values = {**(files.read_json(path) or {}), **settings}
        files.write_json(path, {name: value for name, value in values.items() if value is not None})

    def maintenance(self, script: str, *arguments: str) -> str:
        """Run a maintenance script of MediaWiki, for example ``runJobs.php``."""
        return mediawiki.run_maintenance(self._programs(), self.wiki_folder, script, *arguments)

    def edit_often(self, user: str, title: str, texts: Sequence[str], summary: str = '') -> None:
        """Give a page one revision more for each text, without a request for each."""
        mediawiki.edit_often(self._programs(), self.wiki_folder, user, title, texts, summary)

    def run_jobs(self) -> None:
        """Do all that waits in the wiki's job queue (it also works at the end of requests)."""
        self.maintenance('runJobs.php')

    def replica(self, folder: Path) -> Replica:
        """A server with a copy of the wiki as it is when the context is entered, in the new *folder*."""
        return Replica(self._programs(), self.wiki_folder, folder, self.base / 'compiled')

    def clock_environment(self, path: Path) -> Mapping[str, str]:
        """What puts another program under a clock of its own: *path* holds seconds, such as ``+7200``."""
        return clock.environment(str(self._programs().clock), str(path))

    def sql(self, query: str, *values: str | int | None) -> list[tuple[Any, ...]]:
        """Ask or change the wiki's database directly (what no API can do, such as a lost row)."""
        path = self.wiki_folder / 'data' / 'wiki.sqlite'
        with closing(sqlite3.connect(path, timeout=30)) as database, database:
            return list(database.execute(query, values))

    def status(self) -> dict[str, Any]:
        """Everything about this sandbox as plain values; the keys are stable."""
        if not self.credentials.get('wiki') or not self.credentials.get('mastodon'):
            return {'running': False, 'folder': str(self.folder)}
        return {
            'running': self.is_up,
            'folder': str(self.folder),
            'clock': self.clock.offset,
            'wiki': {
                'url': self.url,
                'api': self.api,
                'host': self.host,
                'users': self.users,
                'bot': self.bot,
                'folder': str(self.wiki_folder),
                'pywikibot': str(self.pywikibot),
            },
            'mastodon': {'url': self.mastodon_url, 'accounts': self.accounts},
            'networks': {
                name: {
                    'url': self.network(name).url,
                    'ledger': str(self.network(name).folder / 'ledger.json'),
                    'faults': 'mwsocial.sandbox.loopback_process.Control(folder).fault(how, kind=…)',
                    'folder': str(self.network(name).folder),
                }
                for name in self.networks
            },
            'environment': self.environment,
            'gate': {
                'python': 'mwsocial.sandbox.Gate(upstream)',
                'wiki': f'python -m mwsocial.sandbox gate {self.url}',
                'mastodon': f'python -m mwsocial.sandbox gate {self.mastodon_url}',
            },
            'faults': {
                'wiki settings': str(self.wiki_folder / 'switches.json'),
                'example': json.dumps({'wgReadOnly': 'for maintenance'}),
                'requests': 'mwsocial.sandbox.Rule, in a Gate',
            },
            'ledgers': {
                'mastodon': str(self.mastodon_folder / 'data' / 'object'),
                **{name: str(self.network(name).folder / 'ledger.json') for name in self.networks},
            },
            'logs': {
                name: str(self.logs / f'{name}.log')
                for name in ('wiki', 'wiki-database', 'wiki-exceptions', 'mastodon', *self.networks)
            },
        }
