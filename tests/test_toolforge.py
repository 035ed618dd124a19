"""The files for Toolforge, read by its own jobs client (toolforge-jobs-cli, pinned: its inside may change)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mwsocial.running.assemble import ALIVE
from mwsocial.wiki.cache import FOLDER

ROOT = Path(__file__).parents[1]
CLIENT = '16.2.3'
#: What ``toolforge jobs load`` does with each job of a file, up to the request.
READ = """
import json, sys, yaml
from jobs_cli import cli
jobs = yaml.safe_load(sys.stdin.read())
found = []
for job in jobs:
    arguments = cli.arg_parser(['run', *cli._job_to_arg_parser_args(dict(job))])
    found.append(cli.get_api_payload(arguments) | {'given': job})
print(json.dumps(found, default=str))
"""
FILES = ('jobs.yaml', 'jobs-build.yaml')


@pytest.fixture(scope='module')
def client(sandbox_base: Path) -> Path:
    """The client in a folder of its own: it brings a package named ``tests``."""
    folder = sandbox_base / f'jobs-cli-{CLIENT}'
    if not (folder / 'jobs_cli').is_dir():
        command = [sys.executable, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
        command += ['--target', str(folder), f'toolforge-jobs-cli=={CLIENT}']
        subprocess.run(command, check=True, timeout=300, capture_output=True)
    return folder


def jobs(client: Path, text: str) -> list[dict[str, Any]]:
    """The jobs as the client would send them."""
    done = subprocess.run(
        [sys.executable, '-c', READ], input=text, capture_output=True, text=True, timeout=60,
        env={**os.environ, 'PYTHONPATH': str(client)}, cwd=client,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def with_watch(text: str) -> str:
    """The file with the job for a desk that stays up, in place of the scheduled one."""
    head, _, rest = text.partition('# Instead of run-desk')
    watch = '\n'.join(line.removeprefix('# ') for line in rest.splitlines()[1:])
    assert watch.startswith('- name: watch-desk')
    check = head[head.index('- name: check-desk') :]
    return f'{check}\n{watch}\n'


@pytest.mark.parametrize('file', FILES)
def test_the_client_takes_the_jobs(client: Path, file: str) -> None:
    text = (ROOT / file).read_text('utf-8')
    scheduled = {one['given']['name']: one['given'] for one in jobs(client, text)}
    assert scheduled.keys() == {'run-desk', 'check-desk'}
    # The frequent job sends no mail, is not tried again by itself, and cannot block the next one for ever.
    run, check = scheduled['run-desk'], scheduled['check-desk']
    assert (run['emails'], run['retry'], check['emails'], check['retry']) == (
        'none',
        0,
        'onfailure',
        0,
    )
    assert 0 < run['timeout'] <= 900 and 0 < check['timeout'] <= 900
    assert check['schedule'] == '@daily'
    watch = {one['given']['name']: one['given'] for one in jobs(client, with_watch(text))}
    assert watch.keys() == {'check-desk', 'watch-desk'}
    assert watch['watch-desk']['continuous'] is True
    assert f'/{FOLDER}/{ALIVE} ' in watch['watch-desk']['health-check-script']


@pytest.mark.parametrize('file', FILES)
def test_a_wrong_key_is_seen(client: Path, file: str) -> None:
    """The client refuses what it does not know: so the test above can fail."""
    text = (ROOT / file).read_text('utf-8').replace('retry: 0', 'retries: 0', 1)
    with pytest.raises(AssertionError, match='retries'):
        jobs(client, text)


def test_commands_are_there() -> None:
    """Every command is an entry of Procfile, or runs a script; every script exists."""
    entries = dict(
        line.split(': ', 1) for line in (ROOT / 'Procfile').read_text('utf-8').splitlines() if line
    )
    build = (ROOT / 'jobs-build.yaml').read_text('utf-8')
    assert set(re.findall(r'command: (\S+)', build)) <= entries.keys()
    commands = [
        *entries.values(),
        *re.findall(r'command: (.+)', (ROOT / 'jobs.yaml').read_text('utf-8')),
    ]
    for command in commands:
        (script,) = re.findall(r'python -m scripts\.(\w+)', command)
        assert (ROOT / f'scripts/{script}.py').is_file(), command


def test_the_schedule_is_the_same_both_ways(client: Path) -> None:
    kept = ('schedule', 'timeout', 'retry', 'emails', 'mem')
    both = [
        {
            one['given']['name']: [one['given'].get(key) for key in kept]
            for one in jobs(client, (ROOT / file).read_text('utf-8'))
        }
        for file in FILES
    ]
    assert both[0] == both[1]
