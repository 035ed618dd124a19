"""The world outside the desk: somebody on another account, whose words take their way to us."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from mwsocial.sandbox import Sandbox

_AGAIN = 15


def say(sandbox: Sandbox, *words: str, **how: Any) -> list[str]:
    """Let somebody in the world say things to us; returns the addresses, once all have come."""
    client = sandbox.mastodon('reader')
    urls = [str(client.status_post(f'@mediawiki {one}', **how)['url']) for one in words]
    arrive(sandbox, urls)
    return urls


def arrive(sandbox: Sandbox, urls: Sequence[str]) -> None:
    """Wait until these mentions have come. They go through the server's queue, which loses one now and then:
    what has not come after some seconds is delivered again.
    """
    ours = sandbox.mastodon('mediawiki')

    def missing() -> set[str]:
        notices: Any = ours.notifications(limit=100)
        return {*urls} - {one['status']['url'] for one in notices if one['status']}

    end = time.monotonic() + 240
    again = time.monotonic() + _AGAIN
    while left := missing():
        assert time.monotonic() < end, left
        if time.monotonic() > again:
            sandbox.deliver_again('reader', left)
            again = time.monotonic() + _AGAIN
        time.sleep(0.2)
