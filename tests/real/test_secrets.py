"""No credential shows anywhere: every variable holds a canary, and everything that a desk leaves behind is searched."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.real.conftest import NewDesk
from tests.real.desk import CONFIG, Desk, Run

pytestmark = pytest.mark.real

SECRET = re.compile(r'TOKEN|SECRET|PASSWORD|CONSUMER_KEY')
NETWORKS = ('x', 'facebook', 'bluesky')


def secrets_of(desk: Desk) -> dict[str, str]:
    """What the sandbox's environment and Pywikibot's folder hold that nobody may see."""
    found = {
        name: value
        for name, value in desk.sandbox.environment.items()
        if SECRET.search(name) and len(value) >= 8
    }
    for file in desk.sandbox.pywikibot.glob('*password*'):
        for word in re.findall(r"'([^']{16,})'", file.read_text('utf-8')):
            found[file.name] = word
    return found


def left_behind(desk: Desk) -> Iterator[tuple[str, str]]:
    """Every revision of every page with its summary, and every file of the desk but those that have to
    hold its credentials.
    """
    admin = desk.person('Admin')
    for namespace in (0, 1, 4, 8, 10, 828):
        answer = admin.api(
            action='query',
            generator='allpages',
            gapnamespace=namespace,
            gaplimit='max',
            prop='info',
        )
        for page in answer.get('query', {}).get('pages', []):
            for revision in admin.api(
                action='query', titles=page['title'], prop='revisions', rvlimit=50,
                rvprop=['content', 'comment'], rvslots='main',
            )['query']['pages'][0]['revisions']:  # fmt: skip
                yield page['title'], json.dumps(revision, ensure_ascii=False)
    kept = {'user-config.py', 'user-password.py'}
    for file in desk.sandbox.pywikibot.rglob('*'):
        # Cookies and sessions are kept in files that only the operator can read.
        if file.is_file() and file.name not in kept and file.suffix != '.lwp':
            yield str(file.name), file.read_bytes().decode('latin-1')


def titles(pid: int) -> str:
    """How a process and its children are called, as everybody on the machine can see."""
    try:
        return Path(f'/proc/{pid}/cmdline').read_bytes().decode('latin-1')
    except OSError:
        return ''


def watched(desk: Desk, script: str, *args: str, **environment: str) -> tuple[Run, str]:
    """A run, and what its process was called while it lived."""
    started = desk.start(script, *args, apart=True, **environment)
    seen = set()
    while started.process.poll() is None and len(seen) < 50:
        seen.add(titles(started.process.pid))
        time.sleep(0.05)
    return started(), '\n'.join(seen)


def none_in(canaries: Mapping[str, str], where: str, text: str) -> None:
    """None of them, plain or as it stands in an address or in JSON."""
    for name, value in canaries.items():
        shown = {value, json.dumps(value)[1:-1], value.replace('|', '%7C').replace(':', '%3A')}
        assert not any(one in text for one in shown), (name, where)


def test_no_credential_shows_anywhere(new_desk: NewDesk, tmp_path: Path) -> None:
    """Posting, refusals, wrong and missing credentials, faults, simulation and explanations."""
    desk = new_desk(NETWORKS)
    canaries = secrets_of(desk)
    assert len(canaries) >= 8, canaries.keys()
    desk.propose('all', text='To four networks')
    desk.approve('all')
    seen: list[tuple[str, str]] = []

    def note(run: Run, called: str) -> Run:
        seen.extend([('output', run.text), ('process title', called)])
        return run

    assert note(*watched(desk, 'run_desk', '-simulate')).code in (0, 1)
    run = note(*watched(desk, 'run_desk'))
    assert run.code in (0, 1), run
    assert desk.item('all').bot['state'] == 'posted'
    for args in ((), ('-json',), ('-explain:all',), ('-explain:all', '-json')):
        note(*watched(desk, 'check_desk', *args))
    # Wrong ones, each a canary of its own: refusals quote what networks say.
    wrong = {
        name: f'canary-{number}-{os.urandom(6).hex()}' for number, name in enumerate(canaries)
        if name.startswith('MWSOCIAL_')
    }  # fmt: skip
    canaries |= {f'wrong {name}': value for name, value in wrong.items()}
    desk.propose('wrong', text='With wrong credentials')
    desk.approve('wrong')
    assert note(*watched(desk, 'run_desk', **wrong)).code in (1, 2)
    note(*watched(desk, 'check_desk', '-json', **wrong))
    # An address with a password in it, where only an address belongs.
    inside = {'MWSOCIAL_MASTODON_URL': 'https://user:canary-in-an-address@127.0.0.1:1'}
    canaries['address'] = 'canary-in-an-address'
    note(*watched(desk, 'run_desk', **inside))
    note(*watched(desk, 'check_desk', **inside))
    # A broken configuration, and one that names other servers: where credentials go is not for a page to say.
    whole = desk.text(CONFIG)
    value = json.loads(whole)
    value['channels']['mastodon']['url'] = 'https://evil.example'
    desk.person('Admin').edit(CONFIG, json.dumps(value))
    run = note(*watched(desk, 'run_desk'))
    assert run.code == 2 and 'url' in run.text, run
    desk.person('Admin').edit(CONFIG, whole)
    for where, text in [*seen, *left_behind(desk)]:
        none_in(canaries, where, text)
    # The search can find something.
    with pytest.raises(AssertionError):
        none_in(canaries, 'it', f'a line with {next(iter(canaries.values()))}')
