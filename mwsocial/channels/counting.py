"""Lengths as the networks count them, without asking a network."""

from __future__ import annotations

from collections.abc import Callable

from mastodon import Mastodon

from mwsocial.channels.base import Limits


def weigher(network: str) -> Callable[[str, str], int]:
    return lambda text, warning='': Mastodon.get_status_length(text, warning or '')


def usual_limits(network: str, characters: int | None = None) -> Limits:
    return Limits(characters or 500)
