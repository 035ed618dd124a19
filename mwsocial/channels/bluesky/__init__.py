"""Bluesky: one account on one server (PDS) of the AT Protocol."""

from __future__ import annotations

from mwsocial.channels.bluesky.channel import BlueskyChannel

__all__ = ['BlueskyChannel']
