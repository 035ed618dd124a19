"""The programs the sandbox runs, from the machine's own Debian package sources.

PHP and diff3 are installed for the whole machine (by root, or with a sudo that asks for no
password). MediaWiki, snac2 and libfaketime are only unpacked into the sandbox's folder: their
packages would bring a web server and a system service along, which nobody needs here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mwsocial.errors import ConfigurationError, TemporaryError

from . import files

#: Debian package -> the PHP modules or the program that show it is there.
PHP_PACKAGES = {
    'php-sqlite3': ('pdo_sqlite',),
    'php-mbstring': ('mbstring',),
    'php-xml': ('dom', 'xmlreader', 'SimpleXML'),
    'php-intl': ('intl',),
    'php-curl': ('curl',),
    'php-gd': ('gd',),
    # what Wikimedia's wikis run modules with: no interpreter is started for each page
    'php-luasandbox': ('luasandbox',),
}
TOOLS = {'php-cli': 'php', 'diffutils': 'diff3'}

_SYSTEM_MEDIAWIKI = Path('/usr/share/mediawiki')


@dataclass(frozen=True)
class Programs:
    """Where MediaWiki's code, the snac program and the two clock libraries are."""

    mediawiki: Path
    snac: Path
    clock: Path
    clock_threads: Path


def missing_packages() -> list[str]:
    """Names of the Debian packages that the sandbox needs and the machine lacks."""
    missing = [package for package, program in TOOLS.items() if shutil.which(program) is None]
    modules: set[str] = set()
    if 'php-cli' not in missing:
        answer = subprocess.run(['php', '-m'], capture_output=True, text=True, check=False)
        modules = {line.strip().lower() for line in answer.stdout.splitlines()}
    for package, wanted in PHP_PACKAGES.items():
        if not all(name.lower() in modules for name in wanted):
            missing.append(package)
    return missing


def _run(arguments: Sequence[str], what: str, folder: Path | None = None) -> None:
    environment = {**os.environ, 'DEBIAN_FRONTEND': 'noninteractive', 'LC_ALL': 'C.UTF-8'}
    answer = subprocess.run(
        list(arguments),
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        words = '\n'.join((answer.stdout + answer.stderr).strip().splitlines()[-8:])
        raise TemporaryError(f'{what} did not work. What apt or dpkg said:\n{words}')


def _become_root() -> list[str] | None:
    """What to put before a command to run it as root; ``None`` when that is impossible."""
    if os.geteuid() == 0:
        return []
    if shutil.which('sudo') is None:
        return None
    answer = subprocess.run(['sudo', '-n', 'true'], capture_output=True, check=False)
    return ['sudo', '-n'] if answer.returncode == 0 else None


def install(packages: Sequence[str]) -> None:
    """Install Debian packages for the whole machine.

    Raises ConfigurationError, with the line to type, when this user may not.
    """
    if not packages:
        return
    line = 'apt-get install --no-install-recommends ' + ' '.join(packages)
    if shutil.which('apt-get') is None:
        raise ConfigurationError(
            f'The sandbox needs the programs of these Debian packages: {" ".join(packages)}. '
            'This machine has no apt-get: install them in its own way.'
        )
    root = _become_root()
    if root is None:
        raise ConfigurationError(
            f'The sandbox needs these Debian packages: {" ".join(packages)}. '
            f'Let somebody with root rights type:\n  sudo {line}'
        )
    _run([*root, 'apt-get', 'update', '-q'], 'Reading the package lists')
    _run(
        [*root, 'env', 'DEBIAN_FRONTEND=noninteractive', *line.split(), '-y', '-q'],
        'Installing packages',
    )


def codename() -> str:
    """The name of the Debian release, such as ``bookworm`` (os-release(5))."""
    text = Path('/etc/os-release').read_text('utf-8')
    found = re.search(r'^VERSION_CODENAME="?([a-z]+)"?$', text, re.MULTILINE)
    if found is None:
        raise ConfigurationError('The sandbox needs Debian: /etc/os-release names no release.')
    return found[1]


def _stanza_with_suite(stanza: str, release: str, suite: str) -> str | None:
    """A deb822 stanza (sources.list(5)) of this release, cut down to one other suite."""
    lines = [line for line in stanza.splitlines() if not line.startswith('#')]
    fields = {
        line.partition(':')[0].lower(): line.partition(':')[2].split()
        for line in lines
        if ':' in line and not line[0].isspace()
    }
    suites = fields.get('suites', [])
    if 'deb' not in fields.get('types', []) or fields.get('enabled') == ['no']:
        return None
    # The security archive is another server, which has no such suite.
    if release not in suites and f'{release}-updates' not in suites:
        return None
    changed = [
        f'Suites: {suite}'
        if line.lower().startswith('suites:')
        else 'Types: deb'
        if line.lower().startswith('types:')
        else line
        for line in lines
    ]
    return '\n'.join(changed) + '\n'


def _line_with_suite(line: str, release: str, suite: str) -> str | None:
    """A one-line entry (sources.list(5)) of this release with another suite."""
    found = re.match(r'deb\s+(\[[^]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$', line.strip())
    if found is None or found[3] not in (release, f'{release}-updates'):
        return None
    return f'deb {found[1] or ""}{found[2]} {suite} {found[4]}\n'


def source_entries(etc: Path, release: str, suite: str) -> tuple[str, str]:
    """The machine's own source entries of ``release``, with the suite's name changed.

    ``etc`` is apt's configuration folder. Returned are the texts of a ``.sources`` file and of a
    ``.list`` file; each may be empty.
    """
    folder = etc / 'sources.list.d'
    modern = [
        entry
        for path in sorted(folder.glob('*.sources'))
        for stanza in re.split(r'\n[ \t]*\n', path.read_text('utf-8'))
        if (entry := _stanza_with_suite(stanza, release, suite)) is not None
    ]
    classic = [
        entry
        for path in [etc / 'sources.list', *sorted(folder.glob('*.list'))]
        if path.is_file()
        for line in path.read_text('utf-8').splitlines()
        if (entry := _line_with_suite(line, release, suite)) is not None
    ]
    return '\n'.join(dict.fromkeys(modern)), ''.join(dict.fromkeys(classic))


def _private_apt(folder: Path) -> list[str]:
    """A configuration of apt that uses ``folder`` for all it writes; returns apt's options."""
    release = codename()
    shutil.rmtree(folder, ignore_errors=True)
    for name in ('lists/partial', 'cache/archives/partial', 'sources.list.d'):
        (folder / name).mkdir(parents=True)
    found = False
    for suite in (release, f'{release}-updates', f'{release}-backports'):
        modern, classic = source_entries(Path('/etc/apt'), release, suite)
        if modern:
            files.write(folder / 'sources.list.d' / f'{suite}.sources', modern, 0o644)
        if classic:
            files.write(folder / 'sources.list.d' / f'{suite}.list', classic, 0o644)
        found = found or bool(modern or classic)
    if not found:
        raise ConfigurationError(
            f'The package sources in /etc/apt name no suite {release}: the sandbox takes '
            'MediaWiki and snac2 from there. Add the entry of your Debian mirror.'
        )
    quoted = str(folder).replace('"', '')
    # Hooks of the machine (caches, desktop indexes) are not for a private list.
    files.write(
        folder / 'apt.conf',
        ''.join(
            f'#clear {name};\n'
            for name in (
                'APT::Update::Pre-Invoke',
                'APT::Update::Post-Invoke',
                'APT::Update::Post-Invoke-Success',
                'DPkg::Pre-Invoke',
                'DPkg::Post-Invoke',
                'Acquire::IndexTargets::deb::Contents-deb',
                'Acquire::IndexTargets::deb::DEP-11',
                'Acquire::IndexTargets::deb::DEP-11-icons',
            )
        )
        + f'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "{quoted}/sources.list.d";\n'
        f'Dir::State::lists "{quoted}/lists";\nDir::Cache "{quoted}/cache";\n'
        'Acquire::Languages "none";\n'
        # The unprivileged download user cannot write to a private folder.
        'APT::Sandbox::User "root";\n',
        0o644,
    )
    return ['-c', str(folder / 'apt.conf')]


def _unpack(folder: Path, target: Path) -> None:
    for package in sorted(folder.glob('*.deb')):
        _run(['dpkg', '-x', str(package), str(target)], f'Unpacking {package.name}')


def _repair_mediawiki(code: Path) -> None:
    """Debian's package links to places that only its installation makes."""
    for name in ('images', 'config', 'LocalSettings.php', 'extensions'):
        if (code / name).is_symlink():
            (code / name).unlink()
    (code / 'extensions').symlink_to('extensions-core')


def _single(folder: Path, pattern: str) -> Path:
    found = sorted(folder.rglob(pattern))
    if not found:
        raise ConfigurationError(
            f'{folder} holds no {pattern}: remove that folder and start the sandbox again.'
        )
    return found[0]


def _download(folder: Path, mediawiki: bool) -> None:
    release = codename()
    options = _private_apt(folder.parent / 'apt')
    _run(['apt-get', *options, 'update', '-q'], 'Reading the package lists of the sandbox')
    wanted = ['libfaketime', *(['mediawiki', 'mediawiki-classes'] if mediawiki else [])]
    debs = folder / 'debs'
    debs.mkdir(parents=True)
    _run(['apt-get', *options, 'download', *wanted], f'Downloading {" ".join(wanted)}', debs)
    try:
        _run(
            ['apt-get', *options, 'download', f'snac2/{release}-backports'],
            'Downloading snac2',
            debs,
        )
    except TemporaryError:
        # Releases that have snac2 themselves need no backport of it.
        _run(['apt-get', *options, 'download', 'snac2'], 'Downloading snac2', debs)
    _unpack(debs, folder)
    shutil.rmtree(debs)
    shutil.rmtree(folder.parent / 'apt')
    if mediawiki:
        _repair_mediawiki(folder / 'usr/share/mediawiki')


def _missing_libraries(program: Path) -> list[str]:
    answer = subprocess.run(['ldd', str(program)], capture_output=True, text=True, check=False)
    return [line.split()[0] for line in answer.stdout.splitlines() if 'not found' in line]


def provide(folder: Path) -> Programs:
    """Have everything there that the sandbox runs; what is there already is left alone.

    ``folder`` holds what is unpacked. Raises ConfigurationError when something is missing that
    this user may not install, and TemporaryError when the package source does not answer.
    """
    install(missing_packages())
    system = (_SYSTEM_MEDIAWIKI / 'includes').is_dir()
    if not folder.is_dir():
        draft = folder.with_name(folder.name + '.new')
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        _download(draft, not system)
        draft.rename(folder)
    snac = _single(folder / 'usr/bin', 'snac')
    if _missing_libraries(snac):
        install(['libcurl4', 'libssl3'])
        left = _missing_libraries(snac)
        if left:
            raise ConfigurationError(f'snac needs these libraries: {" ".join(left)}.')
    unpacked = folder / 'usr/share/mediawiki'
    return Programs(
        unpacked if unpacked.is_dir() else _SYSTEM_MEDIAWIKI,
        snac,
        _single(folder / 'usr/lib', 'libfaketime.so.1'),
        _single(folder / 'usr/lib', 'libfaketimeMT.so.1'),
    )
