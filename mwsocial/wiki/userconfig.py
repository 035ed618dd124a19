"""Does Pywikibot's configuration lead to the desk's wiki? Found out before anything is sent.

Pywikibot only warns, or says nothing, when user-config.py is missing, belongs to somebody else or can
be written by everybody, and then works on test.wikipedia.org (Manual:Pywikibot/user-config.py).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from mwsocial.errors import ConfigurationError

_HOST = re.compile(r'(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?')
_SEE = 'See user-config.py.sample.'


def plain_host(value: str) -> str:
    """The host (with its port, if any) that MWSOCIAL_WIKI names; raises ConfigurationError."""
    host = value.strip().lower()
    if not host:
        raise ConfigurationError(
            "The environment variable MWSOCIAL_WIKI is not set: it must name the wiki's host, for "
            'example MWSOCIAL_WIKI=www.mediawiki.org.'
        )
    if not _HOST.fullmatch(host):
        raise ConfigurationError(
            f'MWSOCIAL_WIKI must be a host alone, such as www.mediawiki.org or 127.0.0.1:8931, '
            f'without https:// and without a path; it is “{value.strip()[:100]}”.'
        )
    return host


def loopback(host: str) -> bool:
    """Whether *host* (with or without a port) is this machine."""
    name = urlsplit(f'//{host}').hostname or ''
    return name == 'localhost' or name == '::1' or bool(re.fullmatch(r'127(\.\d{1,3}){3}', name))


def check_user_config(environ: Mapping[str, str], host: str) -> None:
    """Raise ConfigurationError unless Pywikibot has read a user-config.py that leads to *host*."""
    try:
        from pywikibot import config
    except Exception as error:
        raise ConfigurationError(_why_unreadable(error)) from None
    except SystemExit:
        raise ConfigurationError(
            'Pywikibot does not run with this user-config.py; its reason stands above.'
        ) from None
    path = Path(config.base_dir) / config.user_config_file
    _check_place(environ, path)
    _check_file(path)
    _check_wiki(str(config.family), str(config.mylang), path, host)


def _check_place(environ: Mapping[str, str], path: Path) -> None:
    wanted = environ.get('PYWIKIBOT_DIR')
    if any(word.startswith('-dir:') for word in sys.argv[1:]) or not wanted:
        return
    # Where the named folder holds no user-config.py, Pywikibot takes another one without a word.
    if Path(wanted).resolve() != path.parent.resolve():
        raise ConfigurationError(
            f'PYWIKIBOT_DIR names {wanted}, but there is no {path.name} in it. {_SEE}'
        )


def _check_file(path: Path) -> None:
    try:
        status = path.stat()
    except OSError:
        raise ConfigurationError(
            f'There is no {path.name} in {path.parent}. Copy user-config.py.sample there under that '
            'name, or set PYWIKIBOT_DIR to the folder that holds it.'
        ) from None
    if status.st_uid not in (os.getuid(), 0):
        raise ConfigurationError(
            f'{path} belongs to somebody else (user number {status.st_uid}), so Pywikibot does not '
            'read it. Make it your own (on Toolforge: take).'
        )
    if status.st_mode & 0o002:
        raise ConfigurationError(
            f'Everybody may write {path}, so Pywikibot does not read it: chmod 600 {path}'
        )


def _check_wiki(family: str, code: str, path: Path, host: str) -> None:
    from pywikibot import exceptions
    from pywikibot.family import Family

    try:
        known = Family.load(family)
        known.langs[code]
        base = urlsplit(known.base_url(code, ''))
    except (exceptions.Error, KeyError, AttributeError):
        raise ConfigurationError(
            f'{path} says family = {family!r}, mylang = {code!r}, which Pywikibot does not know. {_SEE}'
        ) from None
    if _without_usual_port(base.netloc, base.scheme) != _without_usual_port(host, base.scheme):
        raise ConfigurationError(
            f'MWSOCIAL_WIKI is {host}, but {path} leads to {base.netloc} (family = {family!r}, '
            f'mylang = {code!r}). Correct the one that is wrong.'
        )
    if base.scheme != 'https' and not loopback(base.netloc):
        raise ConfigurationError(
            f'{path} leads to {base.netloc} without encryption; the credentials would be readable on '
            'the way. Let the family use https.'
        )


def _without_usual_port(netloc: str, scheme: str) -> str:
    usual = {'https': ':443', 'http': ':80'}.get(scheme, '')
    return netloc.lower().removesuffix(usual) if usual else netloc.lower()


def _why_unreadable(error: Exception) -> str:
    # The words of an error in that file may quote a line of it, and so a secret: only its kind.
    place = getattr(error, 'lineno', None)
    trace = error.__traceback__
    while place is None and trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).name == 'user-config.py':
            place = trace.tb_lineno
        trace = trace.tb_next
    where = f', line {place}' if place else ''
    what = f': {error.args[0]!r} is not set' if isinstance(error, KeyError) and error.args else ''
    if isinstance(error, RuntimeError):
        what = f': {error}'
    return f'Pywikibot cannot read its user-config.py{where} ({type(error).__name__}{what}). {_SEE}'
