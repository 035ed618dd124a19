"""X: one account, through the API v2 with OAuth 1.0a (X documentation, "X API v2")."""

from mwsocial.channels.x.channel import XChannel

__all__ = ['XChannel']
