"""The sandbox from the command line: ``python -m mwsocial.sandbox up``."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from mwsocial.errors import EXIT_DONE, EXIT_PERSON, ConfigurationError, DeskError

from . import story
from .gate import Gate
from .instance import DEFAULT_FOLDER, Sandbox
from .networks import NETWORKS

_DESCRIPTION = (
    'Servers on this machine to try the desk out: a real MediaWiki, a real server with a Mastodon '
    'API, and the project’s own stand-ins for X, Facebook and Bluesky, which check requests and keep '
    'a ledger. All of them listen on 127.0.0.1 only and keep their data in one folder.'
)


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f'{text} is no port: a port is from 1 to 65535')
    return number


def _seconds(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f'{text!r} is no number of seconds, such as +660'
        ) from None


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    top = argparse.ArgumentParser(
        prog='python -m mwsocial.sandbox',
        description=_DESCRIPTION,
    )
    commands = top.add_subparsers(dest='command', required=True, metavar='COMMAND')
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        '--folder',
        '-folder',
        type=Path,
        default=Path(DEFAULT_FOLDER),
        help=f'where the data is kept (default: {DEFAULT_FOLDER} below the current folder)',
    )
    for name, text in (
        ('up', 'start the servers, if they do not run'),
        ('story', 'play one item from proposal to post, and print where to look'),
    ):
        command = commands.add_parser(name, parents=[common], help=text)
        command.add_argument('--wiki-port', type=_port, help='the port of the wiki')
        command.add_argument('--mastodon-port', type=_port, help='the port of the Mastodon API')
    command = commands.add_parser('status', parents=[common], help='addresses and passwords')
    command.add_argument('--json', '-json', action='store_true', help='the same as JSON')
    commands.add_parser(
        'environment', parents=[common], help='what to export to run the scripts against it'
    )
    command = commands.add_parser(
        'clock', parents=[common], help='move the clock of the servers forward'
    )
    command.add_argument('seconds', type=_seconds, nargs='?', default=0, help='such as +660')
    command = commands.add_parser('gate', parents=[common], help='record requests to a server')
    command.add_argument('upstream', help='the address of the server behind it')
    commands.add_parser('down', parents=[common], help='end the servers')
    return top


def _install_desk(sandbox: Sandbox) -> None:
    """Put the desk's pages on the wiki, where the package brings them."""
    if importlib.util.find_spec('mwsocial.sandbox.desk') is not None:
        importlib.import_module('mwsocial.sandbox.desk').install(sandbox)


def _up(sandbox: Sandbox, options: argparse.Namespace) -> None:
    if not (sandbox.folder / 'credentials.json').exists():
        print('Setting up a wiki and a Mastodon API server: less than a minute.', flush=True)
    sandbox.up(options.wiki_port, options.mastodon_port)
    _install_desk(sandbox)


def _print_status(sandbox: Sandbox) -> None:
    status = sandbox.status()
    if 'wiki' not in status:
        print(f'There is no sandbox in {sandbox.folder} yet: python -m mwsocial.sandbox up')
        return
    print('The sandbox is running.' if status['running'] else 'The sandbox does not run.')
    print(f'\nWiki       {status["wiki"]["url"]}/index.php')
    notes = {
        'Admin': 'administrator and interface administrator',
        'Alice': 'approver, by name',
        'Bob': 'approver, by the group social-approver',
        'Mallory': 'a new account that nobody trusts',
        sandbox.bot['name']: "the desk's bot",
    }
    for name, password in status['wiki']['users'].items():
        print(f'  {name:20} {password:24} {notes.get(name, "editor")}')
    print(f'  {sandbox.bot["login"]:20} {sandbox.bot["password"]}   bot password')
    print(f'\nMastodon   {status["mastodon"]["url"]}')
    for name, account in status['mastodon']['accounts'].items():
        print(f'  {name:20} {account["password"]:24} {account["url"]}')
    for name, about in status['networks'].items():
        print(f'\n{name.capitalize():10} {about["url"]}   (a stand-in of this project)')
        print(f'  ledger               {about["ledger"]}')
    if status['clock']:
        print(f'\nThe clock of the servers is {status["clock"]} seconds ahead.')
    print(f'\nFolder     {status["folder"]}')
    for name, path in status['logs'].items():
        print(f'  log of {name:13} {path}')
    print(
        '\nTo run a script against it:\n'
        '  eval "$(python -m mwsocial.sandbox environment)"\n'
        'To stop it:\n  python -m mwsocial.sandbox down'
    )


def _status(sandbox: Sandbox, options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps(sandbox.status(), indent=2))
    else:
        _print_status(sandbox)
    return EXIT_DONE if sandbox.is_up else EXIT_PERSON


def _environment(sandbox: Sandbox) -> None:
    if not sandbox.credentials.get('mastodon'):
        raise ConfigurationError(
            f'There is no sandbox in {sandbox.folder} yet: python -m mwsocial.sandbox up'
        )
    for name, value in sandbox.environment.items():
        print(f'export {name}={shlex.quote(value)}')


def _gate(upstream: str) -> None:
    with Gate(upstream) as gate:
        print(f'{gate.url} leads to {upstream}; stop it with Ctrl-C.', flush=True)
        seen = 0
        while True:
            time.sleep(0.2)
            for request in gate.requests[seen:]:
                seen += 1
                print(request, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out the command line; returns the exit code."""
    options = parser().parse_args(arguments)
    starts = options.command in ('up', 'story')
    sandbox = Sandbox(options.folder, networks=tuple(NETWORKS) if starts else ())
    try:
        match options.command:
            case 'up':
                _up(sandbox, options)
                _print_status(sandbox)
            case 'story':
                _up(sandbox, options)
                story.play(sandbox)
            case 'status':
                return _status(sandbox, options)
            case 'environment':
                _environment(sandbox)
            case 'clock':
                offset = sandbox.clock.advance(options.seconds)
                print(f'The clock of the servers is {offset} seconds ahead: {sandbox.clock.now()}')
            case 'gate':
                _gate(options.upstream)
            case 'down':
                sandbox.down()
                print('The sandbox is stopped.')
    except DeskError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_DONE
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python is not to complain when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    return EXIT_DONE


if __name__ == '__main__':
    sys.exit(main())
