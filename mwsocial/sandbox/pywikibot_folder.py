"""The folder that Pywikibot is pointed at to be the desk's bot on the sandbox's wiki."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from . import files

_FAMILY = '''\
"""The sandbox's wiki, where the environment variable MWSOCIAL_WIKI says it is."""
import os

from pywikibot import family


class Family(family.SingleSiteFamily):
    """One wiki on this machine."""

    name = 'sandbox'
    domain = os.environ.get('MWSOCIAL_WIKI') or {host!r}

    def protocol(self, code):
        """No encryption on the loopback."""
        return 'http'

    def scriptpath(self, code):
        """The API stands at the top."""
        return ''
'''

_CONFIG = """\
family = 'sandbox'
mylang = 'sandbox'
usernames['sandbox']['sandbox'] = {name!r}
password_file = 'user-password.py'
# The wiki is ours alone: no politeness towards other users, and errors are to show soon.
put_throttle = 0
minthrottle = 0
max_retries = 2
retry_wait = 1
retry_max = 2
user_agent_description = 'mwsocial sandbox'
"""


def write(folder: Path, host: str, bot: Mapping[str, str]) -> None:
    """Write Pywikibot's configuration for ``bot`` (``name``, ``login``, ``password``).

    ``host`` is used when the environment names no wiki. Files hold secrets: mode 0600.
    """
    (folder / 'families').mkdir(parents=True, exist_ok=True, mode=0o700)
    app = bot['login'].rpartition('@')[2]
    for path, text in {
        folder / 'families' / 'sandbox_family.py': _FAMILY.format(host=host),
        folder / 'user-config.py': _CONFIG.format(name=bot['name']),
        folder / 'user-password.py': (
            f'({bot["name"]!r}, BotPassword({app!r}, {bot["password"]!r}))\n'
        ),
    }.items():
        # Unchanged files keep their date, on which Pywikibot's and Python's caches rely.
        if not path.exists() or path.read_text('utf-8') != text:
            files.write(path, text)
