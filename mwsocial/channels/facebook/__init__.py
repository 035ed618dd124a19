"""The Facebook channel: one Page, through Meta's Graph API."""

from __future__ import annotations

from mwsocial.channels.facebook.channel import FacebookChannel

__all__ = ['FacebookChannel']
