"""A cycle without a wiki."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from mwsocial.running.step import Cycle

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)


def cycle(**more: Any) -> tuple[Cycle, list[str]]:
    """A cycle at NOW, and the lines that it prints."""
    lines: list[str] = []
    desk: Any = SimpleNamespace(
        api=SimpleNamespace(now=lambda: NOW), session=SimpleNamespace(count=0)
    )
    return Cycle(desk, lines.append, **more), lines
