"""The world outside the desk: somebody on another account, whose words take their way to us."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.real.desk import Desk


def eventually(check: Callable[[], object], seconds: float = 240) -> None:
    """Delivery between accounts goes through a queue: wait until it has come."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not check():
        time.sleep(0.2)
    assert check()


def say(desk: Desk, *words: str, **how: Any) -> list[str]:
    """Let somebody in the world say things to us; returns the addresses, once all have come."""
    client = desk.sandbox.mastodon('reader')
    urls = [str(client.status_post(f'@mediawiki {one}', **how)['url']) for one in words]
    ours = desk.sandbox.mastodon('mediawiki')

    def come() -> bool:
        notices: Any = ours.notifications(limit=100)
        return {*urls} <= {one['status']['url'] for one in notices if one['status']}

    eventually(come)
    return urls
