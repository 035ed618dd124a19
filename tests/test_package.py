"""What ``pip install`` takes along: the project's own files, and nothing that lies beside them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from mwsocial.wiki.cache import FOLDER

ROOT = Path(__file__).parents[1]
BUILD = 'import setuptools; setuptools.setup()'
#: What runs leave, or people put, in the folder that is installed from.
STRAY = (
    f'{FOLDER}/bluesky-bluesky.json',
    f'{FOLDER}/sources/0123.json',
    'mwsocial/bluesky-bluesky.json',
    'mwsocial/run_desk.json',
    'mwsocial/sources/0123.json',
    'mwsocial/channels/lengths/token.json',
    'scripts/token.json',
    'mwsocial_of_mine/token.json',
)


def files(folder: Path) -> set[str]:
    """All files below a folder."""
    found = (one.relative_to(folder).as_posix() for one in folder.rglob('*') if one.is_file())
    return {one for one in found if '__pycache__' not in one}


def test_an_install_takes_no_stray_file_along(tmp_path: Path) -> None:
    """A session of Bluesky, or whatever a run keeps, must never get into an installed package."""
    copy, built = tmp_path / 'copy', tmp_path / 'built'
    kept = shutil.ignore_patterns('__pycache__', '*.pyc')
    for name in ('mwsocial', 'scripts'):
        shutil.copytree(ROOT / name, copy / name, ignore=kept)
    for name in ('setup.cfg', 'pyproject.toml', 'README.md', 'LICENSE'):
        shutil.copy(ROOT / name, copy / name)
    own = files(copy / 'mwsocial') | files(copy / 'scripts')
    assert len(own) > 400
    wanted = {one for one in files(copy) if one.startswith(('mwsocial/', 'scripts/'))}
    for stray in STRAY:
        (copy / stray).parent.mkdir(parents=True, exist_ok=True)
        (copy / stray).write_text('{"secret": 1}', 'ascii')
    subprocess.run(
        [sys.executable, '-c', BUILD, '--quiet', 'build', '--build-lib', str(built)],
        check=True, cwd=copy, capture_output=True, timeout=120,
    )  # fmt: skip
    assert files(built) == wanted


def test_git_takes_no_cache() -> None:
    """What a run keeps beside ``user-config.py`` is often in a clone."""
    assert f'{FOLDER}/' in (ROOT / '.gitignore').read_text('utf-8').splitlines()
    assert not (ROOT / FOLDER / '__init__.py').exists()
    # The folder must not be that of the code: the documented install has both beside each other.
    assert FOLDER not in {one.name for one in ROOT.iterdir() if (one / '__init__.py').exists()}
