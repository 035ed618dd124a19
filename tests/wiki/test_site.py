"""The way onto the wiki: wrong wikis, wrong accounts and wrong pages stop a run before it begins."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mwsocial.errors import ConfigurationError, TemporaryError
from mwsocial.sandbox import Gate
from mwsocial.sandbox.faults import Answer, Rule, html_error
from mwsocial.wiki.config_errors import load_json
from mwsocial.wiki.site import open_desk
from mwsocial.wiki.userconfig import loopback, plain_host
from tests.wiki.desks import BOT, CONFIG, Stub, json_answer, page, point_pywikibot

ROOT = Path(__file__).parents[2]
OPEN = """
import sys
from mwsocial.errors import DeskError
from mwsocial.wiki.site import handle_global_options, open_desk
try:
    print(handle_global_options(sys.argv[1:]))
    print(open_desk().config.bot)
except DeskError as error:
    print(error)
    raise SystemExit(error.exit_code)
"""


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A wiki that is not there, and that says what a test tells it."""
    with Gate('http://127.0.0.1:9') as gate:
        yield gate


def run(folder: Path, host: str, *args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A script in a process of its own, which no proxy lets out of this machine."""
    env = {
        'PATH': os.environ['PATH'], 'HOME': str(folder), 'PYTHONPATH': str(ROOT),
        'PYWIKIBOT_DIR': str(folder), 'MWSOCIAL_WIKI': host,
        'https_proxy': 'http://127.0.0.1:9', 'http_proxy': '', 'no_proxy': '127.0.0.1',
    } | environ  # fmt: skip
    return subprocess.run(
        [sys.executable, '-c', OPEN, *args], cwd=folder, capture_output=True, text=True,
        timeout=120, env={name: value for name, value in env.items() if value}, check=False,
    )  # fmt: skip


def user_config(folder: Path, gate: Gate, more: str = '') -> Path:
    point_pywikibot(folder, gate.host)
    name = 'wiki' + ''.join(c for c in gate.host if c.isdigit())
    path = folder / 'user-config.py'
    path.write_text(
        f'family = mylang = {name!r}\n'
        f'family_files[{name!r}] = {str(folder / f"{name}_family.py")!r}\n'
        f'usernames[{name!r}][{name!r}] = {BOT!r}\n'
        f'authenticate[{gate.host!r}] = ("a", "b", "c", "d")\n{more}'
    )
    path.chmod(0o600)
    return path


def refused(done: subprocess.CompletedProcess[str], *needles: str, gate: Gate | None) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    for needle in needles:
        assert needle in done.stdout
    if gate:
        assert gate.events == []


def test_the_desk_opens_in_two_requests(tmp_path: Path, gate: Gate) -> None:
    Stub(gate)
    user_config(tmp_path, gate)
    done = run(tmp_path, gate.host, '-own')
    assert (done.returncode, done.stdout) == (0, f"['-own']\n{BOT}\n"), done.stderr
    assert len(gate.events) == 4


def test_no_user_config(tmp_path: Path, gate: Gate) -> None:
    done = run(tmp_path, gate.host, PYWIKIBOT_DIR='')
    refused(done, 'There is no user-config.py', 'user-config.py.sample', gate=gate)


def test_no_user_config_where_it_should_be_but_another_one_nearby(
    tmp_path: Path, gate: Gate
) -> None:
    user_config(tmp_path, gate)
    (tmp_path / 'empty').mkdir()
    done = run(tmp_path, gate.host, PYWIKIBOT_DIR=str(tmp_path / 'empty'))
    refused(done, 'PYWIKIBOT_DIR names', 'empty', gate=gate)


def test_a_user_config_that_everybody_may_write(tmp_path: Path, gate: Gate) -> None:
    user_config(tmp_path, gate).chmod(0o666)
    refused(run(tmp_path, gate.host), 'Everybody may write', 'chmod 600', gate=gate)


def test_a_user_config_of_somebody_else(tmp_path: Path, gate: Gate) -> None:
    path = user_config(tmp_path, gate)
    code = f"""
import os, pathlib
real = pathlib.Path.stat
def stat(self, **more):
    found = real(self, **more)
    if self.name == 'user-config.py':
        found = os.stat_result([*found[:4], found.st_uid + 4711, *found[5:]])
    return found
pathlib.Path.stat = stat
{OPEN}"""
    if os.getuid() == 0:
        os.chown(path, 4711, 4711)
        code = f'import os\nos.setuid(0)\n{OPEN}'
    done = subprocess.run(
        [sys.executable, '-c', code], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={'PATH': os.environ['PATH'], 'HOME': str(tmp_path), 'PYTHONPATH': str(ROOT),
             'PYWIKIBOT_DIR': str(tmp_path), 'MWSOCIAL_WIKI': gate.host},
    )  # fmt: skip
    refused(done, 'belongs to somebody else', gate=gate)


def test_a_user_config_with_a_mistake_shows_no_line_of_it(tmp_path: Path, gate: Gate) -> None:
    user_config(tmp_path, gate, 'secret = "hunter2" +\n')
    done = run(tmp_path, gate.host)
    refused(done, 'line 5', 'SyntaxError', gate=gate)
    assert 'hunter2' not in done.stdout + done.stderr
    user_config(tmp_path, gate, 'import os as _os\n_os.environ["PWB_USERNAME"]\n')
    refused(run(tmp_path, gate.host), "'PWB_USERNAME' is not set", 'line 6', gate=gate)


def test_another_wiki_than_named(tmp_path: Path, gate: Gate) -> None:
    user_config(tmp_path, gate)
    refused(run(tmp_path, 'www.mediawiki.org'), 'leads to', gate.host, gate=gate)
    user_config(tmp_path, gate, "family = 'wikipedia'\nmylang = 'test'\n")
    refused(run(tmp_path, gate.host), 'test.wikipedia.org', gate=gate)
    user_config(tmp_path, gate, "family = 'nonsense'\n")
    refused(run(tmp_path, gate.host), 'does not know', gate=gate)


@pytest.mark.parametrize(
    'option', ['-family:wikipedia', '-site:wikipedia:test', '-lang:de', '-code:en']
)
def test_options_cannot_lead_elsewhere(tmp_path: Path, gate: Gate, option: str) -> None:
    user_config(tmp_path, gate)
    refused(run(tmp_path, gate.host, option), option.partition(':')[0], gate=gate)


def test_an_unencrypted_wiki_gets_no_password(tmp_path: Path, gate: Gate) -> None:
    path = user_config(tmp_path, gate)
    family = next(tmp_path.glob('*_family.py'))
    family.write_text(family.read_text().replace(gate.host, 'wiki.example.org'))
    assert path.exists()
    refused(run(tmp_path, 'wiki.example.org'), 'without encryption', gate=gate)


@pytest.mark.parametrize('value', [
    '', 'https://www.mediawiki.org', 'www.mediawiki.org/wiki', 'a b', 'host:', 'host:123456',
    'user@host', 'host?x', '-x',
])  # fmt: skip
def test_mwsocial_wiki_is_a_plain_host(value: str) -> None:
    with pytest.raises(ConfigurationError, match='MWSOCIAL_WIKI'):
        plain_host(value)


def test_hosts() -> None:
    assert plain_host(' WWW.mediawiki.org ') == 'www.mediawiki.org'
    assert plain_host('127.0.0.1:8931') == '127.0.0.1:8931'
    assert loopback('127.0.0.1:80') and loopback('localhost') and loopback('[::1]:8')
    assert not loopback('127.0.0.1.example.org') and not loopback('localhost.example.org')


def test_the_sample_is_read(tmp_path: Path) -> None:
    sample = (ROOT / 'user-config.py.sample').read_text()
    (tmp_path / 'user-config.py').write_text(sample)
    (tmp_path / 'user-config.py').chmod(0o600)
    names = ('PWB_CONSUMER_TOKEN', 'PWB_CONSUMER_SECRET', 'PWB_ACCESS_TOKEN', 'PWB_ACCESS_SECRET')
    tokens = {name: f'secret-{name}' for name in names}
    code = (
        'import os\nfrom mwsocial.wiki.userconfig import check_user_config\n'
        'check_user_config(os.environ, "www.mediawiki.org")\n'
        'from pywikibot import config\n'
        'print(config.authenticate, config.usernames["mediawiki"]["mediawiki"])'
    )
    env = {
        'PATH': os.environ['PATH'], 'HOME': str(tmp_path), 'PYTHONPATH': str(ROOT),
        'PYWIKIBOT_DIR': str(tmp_path), 'MWSOCIAL_WIKI': 'www.mediawiki.org', 'PWB_USERNAME': 'News bot',
    }  # fmt: skip
    for more in (tokens, {}):
        done = subprocess.run(
            [sys.executable, '-W', 'error', '-c', code], cwd=tmp_path, capture_output=True,
            text=True, env=env | more, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, '')
        assert done.stdout.endswith('News bot\n')
        assert all(value in done.stdout for value in more.values())


def opening(tmp_path: Path, gate: Gate, **environ: str) -> str:
    """What ``open_desk`` says in this process."""
    variables = point_pywikibot(tmp_path, gate.host, oauth=True) | environ
    with pytest.raises(ConfigurationError) as caught:
        open_desk(variables)
    return str(caught.value)


def test_the_account_is_the_configured_bot(tmp_path: Path, gate: Gate) -> None:
    stub = Stub(gate)
    other = stub.config['revisions'][0]['slots']['main']
    other['content'] = other['content'].replace(BOT, 'Other bot')
    gate.rules.clear()
    stub.opening()
    words = opening(tmp_path, gate)
    assert BOT in words and 'Other bot' in words


def test_oauth_of_another_account(tmp_path: Path, gate: Gate) -> None:
    stub = Stub(gate)
    gate.rules.clear()
    stub.opening(name='Somebody')
    assert 'Somebody' in opening(tmp_path, gate)


@pytest.mark.parametrize(('config', 'needle'), [
    ({'missing': True, 'revisions': []}, 'does not exist'),
    ({'redirect': True}, 'is a redirect'),
    ({'ns': 0, 'title': 'Social media.json'}, 'Anyone may edit'),
    ({'ns': 0, 'title': 'Social media.json',
      'protection': [{'type': 'edit', 'level': 'autoconfirmed', 'expiry': 'infinity'}]},
     'Anyone may edit'),
    ({'ns': 0, 'title': 'Social media.json',
      'protection': [{'type': 'move', 'level': 'sysop', 'expiry': 'infinity'}]}, 'Anyone may edit'),
    ({'ns': 2, 'title': 'User:Mallory/Social-media.json'}, 'Anyone may edit'),
    ({'ns': 2, 'title': f'User:{BOT}/Social-media.json'}, 'Anyone may edit'),
    ({'ns': 3, 'title': f'User talk:{BOT}/Social-media.json'}, 'Anyone may edit'),
])  # fmt: skip
def test_a_configuration_that_cannot_be_trusted(
    tmp_path: Path, gate: Gate, config: dict[str, object], needle: str
) -> None:
    stub = Stub(gate)
    stub.config |= config
    gate.rules.clear()
    stub.opening()
    assert needle in opening(tmp_path, gate, MWSOCIAL_CONFIG=str(stub.config['title']))


def test_configurations_that_can_be_trusted(tmp_path: Path, gate: Gate) -> None:
    stub = Stub(gate)
    variables = point_pywikibot(tmp_path, gate.host, oauth=True)
    protected = {'type': 'edit', 'level': 'sysop', 'expiry': 'infinity'}
    own = page(
        f'User:{BOT}/Social-media.json', stub.config['revisions'][0]['slots']['main']['content']
    )
    own['ns'] = 2
    own['revisions'][0]['slots']['main']['contentmodel'] = 'json'
    for config in (
        own,
        own | {'ns': 4, 'title': 'Project:Desk', 'protection': [protected]},
        own | {'ns': 8, 'title': CONFIG},
    ):
        stub.config = config
        gate.rules.clear()
        stub.opening()
        desk = open_desk(variables | {'MWSOCIAL_CONFIG': config['title'].replace(' ', '_')})
        assert desk.config_title == config['title']
        assert desk.config_page.revid == 7 and desk.api.batch == 500


def test_a_bad_title_for_the_configuration(tmp_path: Path, gate: Gate) -> None:
    assert 'MWSOCIAL_CONFIG' in opening(tmp_path, gate, MWSOCIAL_CONFIG='A|B')


def test_revoked_oauth(tmp_path: Path, gate: Gate) -> None:
    revoked = {'error': {'code': 'mwoauth-invalid-authorization', 'info': 'No such token'}}
    gate.rules.append(Rule(answer=json_answer(revoked), times=None))
    words = opening(tmp_path, gate)
    assert 'No such token' in words


@pytest.mark.parametrize('answer', [
    html_error(503), html_error(502), html_error(200, 'Maintenance'),
    Answer(429, [('Retry-After', '3600')], b'Too many'),
    json_answer({'error': {'code': 'readonly', 'info': 'for maintenance'}}),
])  # fmt: skip
def test_a_wiki_that_is_down(tmp_path: Path, gate: Gate, answer: Answer) -> None:
    gate.rules.append(Rule(answer=answer, times=None))
    variables = point_pywikibot(tmp_path, gate.host, oauth=True)
    with pytest.raises(TemporaryError):
        open_desk(variables)


def test_an_answer_that_no_wiki_gives(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pywikibot believes that an answer has its parts, and says so with errors of all kinds."""

    def log_in(*_: object, **__: object) -> None:
        raise RuntimeError('Unexpected API login response key.')

    monkeypatch.setattr('pywikibot.Site', object)
    monkeypatch.setattr('mwsocial.wiki.site.log_in', log_in)
    variables = point_pywikibot(tmp_path, gate.host, oauth=True)
    with pytest.raises(TemporaryError, match='makes no sense to Pywikibot'):
        open_desk(variables)


def test_no_wiki_at_all(tmp_path: Path) -> None:
    with Gate('http://127.0.0.1:9') as gate:
        host = gate.host
        folder = user_config(tmp_path, gate).parent
    done = run(folder, host)
    assert done.returncode == 75, done.stdout + done.stderr
    assert 'cannot be reached' in done.stdout
    assert 'Traceback' not in done.stderr


def test_duplicates_are_found_at_any_depth() -> None:
    with pytest.raises(ConfigurationError, match='"b" stands twice'):
        load_json('{"a": [{"b": 1, "b": 2}]}', 'The page')
