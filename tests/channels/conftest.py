"""Servers and channels for the tests of the channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mwsocial.channels.mastodon import MastodonChannel
from tests.channels.mastodon_stub import TOKEN, Stub


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A strict server of the tests, with an empty ledger."""
    with Stub() as running:
        yield running


@pytest.fixture
def channel(stub: Stub) -> MastodonChannel:
    """The desk's account on it."""
    return make(stub)


def make(stub: Stub, **more: Any) -> MastodonChannel:
    """A channel to *stub* that never really waits."""
    options: dict[str, Any] = {'sleep': lambda seconds: None, 'now': lambda: stub.now} | more
    account = options.pop('account', '@desk@stub.example')
    url: Callable[[], str] | str = options.pop('url', stub.url)
    return MastodonChannel('mastodon', str(url), options.pop('token', TOKEN), account, **options)
