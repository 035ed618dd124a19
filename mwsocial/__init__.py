"""mwsocial: a social media desk that lives on a wiki."""

from __future__ import annotations

__version__ = '0.1.0'
