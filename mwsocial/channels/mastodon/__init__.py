"""Mastodon: one account on one server that speaks Mastodon's API.

``client`` makes requests and knows whose token it is; ``instance`` and ``statuses`` read what the
server says; ``finding`` turns addresses into posts; ``posting``, ``correcting``, ``sharing`` and
``pointing`` act; ``reading`` and ``people`` bring what others say and whom we follow; ``channel``
is the whole.
"""

from __future__ import annotations

from mwsocial.channels.mastodon.channel import MastodonChannel

__all__ = ['MastodonChannel']
