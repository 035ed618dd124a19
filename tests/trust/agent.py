"""A script of the desk as a job runs it, with a shorter lease or without one of its guards.

``python -m tests.trust.agent [-lease:SECONDS] [-without:GUARD] [-sleep] SCRIPT [OPTION …]``: five minutes are too
long to wait for in a test; and a proof is worth something only if it fails where a guard is missing. ``-sleep``
waits by another call of the system: libfaketime breaks ``time.sleep`` once its clock has been set. The product
has no such switches.
"""

from __future__ import annotations

import importlib
import secrets
import select
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from mwsocial.channels.base import NotFound
from mwsocial.delivery import acting, deeds, handmade, lease, passing, reading, sending, settling
from mwsocial.delivery.sending import Settled
from mwsocial.desk import judge
from mwsocial.wiki.api import Api
from mwsocial.wiki.save import Saved


def main() -> int:
    """Patch, and run."""
    arguments = sys.argv[1:]
    while arguments and arguments[0].startswith('-'):
        name, _, value = arguments.pop(0)[1:].partition(':')
        if name == 'sleep':
            time.sleep = lambda seconds: select.select([], [], [], seconds) and None
        elif name == 'lease':
            lease.Lease.__init__.__defaults__ = (timedelta(seconds=float(value)),)
        else:
            GUARDS[value]()
    # Pywikibot reads the command line itself.
    sys.argv = [arguments[0], *arguments[1:]]
    script = importlib.import_module(f'scripts.{arguments[0]}')
    return int(script.main(*arguments[1:]))


def _always(*_: object, **__: object) -> bool:
    return True


def _without_claim() -> None:
    """Nothing is written before the deed."""
    saving = reading.QueueReader.save_changes

    def save_changes(self: Any, found: Any, changes: Any, summary: str, **how: Any) -> Any:
        if summary.startswith('mwsocial:claim'):
            return Saved(found.revid, found.text, changed=False)
        return saving(self, found, changes, summary, **how)

    reading.QueueReader.save_changes = save_changes  # type: ignore[method-assign]
    _without_read_back()


def _without_read_back() -> None:
    """Whether the claim stands on the saved page is not looked at."""
    passing.stands = acting.stands = acting.holds = _always  # type: ignore[assignment]


def _without_base() -> None:
    """Edits do not name the revision that they are made from."""
    writing = Api.write

    def write(self: Any, params: Any, *more: Any, **how: Any) -> Any:
        return writing(self, {**params, 'baserevid': None}, *more, **how)

    Api.write = write  # type: ignore[method-assign]


def _without_key() -> None:
    """Each try has a key of its own."""
    deeds.key_for = lambda *_: secrets.token_hex(32)


def _without_looking() -> None:
    """What is unknown is tried again at once."""
    settling.look = lambda *_, **__: Settled(again=True)
    sending.find = lambda *_: NotFound()


def _without_lease() -> None:
    """A run sends however late it is."""
    lease.Lease.open = _always  # type: ignore[method-assign]


def _without_parts() -> None:
    """Of a thread only the beginning has a record."""
    _believe(lambda item, name: '-' not in name)


def _without_history() -> None:
    """Records are believed as the page shows them."""
    _believe(lambda item, name: f'sent-{name}' in item.bot)


def _believe(wanted: Callable[[Any, str], bool]) -> None:
    situation, proving = judge._situation, judge.proven_records
    item: Any = None

    def of(one: Any, *more: Any, **how: Any) -> Any:
        nonlocal item
        item = one
        return situation(one, *more, **how)

    def proven(*more: Any) -> Any:
        found = proving(*more)
        return {name: record for name, record in found.items() if wanted(item, name)}

    judge._situation, judge.proven_records = of, proven


def _without_hand() -> None:
    """Posts of the account that no item made do not stop an item that says the same."""
    handmade.Handmade.check = lambda *_: iter(())  # type: ignore[method-assign]


GUARDS: dict[str, Callable[[], None]] = {
    'claim': _without_claim,
    'read-back': _without_read_back,
    'base': _without_base,
    'key': _without_key,
    'looking': _without_looking,
    'lease': _without_lease,
    'parts': _without_parts,
    'history': _without_history,
    'hand': _without_hand,
}

if __name__ == '__main__':
    raise SystemExit(main())
