"""What comes from npm, kept beside the sandbox's programs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def package(base: Path, name: str, version: str) -> Path | None:
    """The folder of a package, installed under *base* if it is not there yet; None on a machine without
    npm.
    """
    folder = base / f'{name.rpartition("/")[2]}-{version}'
    place = folder / 'node_modules' / name
    if not (place / 'package.json').exists():
        npm = shutil.which('npm')
        if npm is None:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, 'install', f'{name}@{version}', '--prefix', str(folder), '--no-audit']
        subprocess.run([*command, '--no-fund', '--loglevel=error'], check=True, timeout=120)
    return place
