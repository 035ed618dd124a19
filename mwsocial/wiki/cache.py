"""Where files may be kept that can be wiped at any time: all that counts is on the wiki."""

from __future__ import annotations

from pathlib import Path

#: Beside ``user-config.py``. Not ``mwsocial``: in a clone of this repository that is the package.
FOLDER = 'mwsocial-cache'


def cache_folder() -> Path:
    """The folder, which may not exist yet."""
    import pywikibot  # importing it reads user-config.py, which has been checked by now

    return Path(pywikibot.config.base_dir) / FOLDER
