"""The shared table of cases: how parameters are to be read, on the wiki and by the tool."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_TABLE = json.loads((Path(__file__).parent.parent / 'cases/values.json').read_text('utf-8'))


@dataclass(frozen=True)
class Case:
    """One value: ``value`` is None where there are faults."""

    name: str
    kind: str
    wikitext: str
    value: str | None
    faults: list[str]


@dataclass(frozen=True)
class ItemCase:
    """A whole item with the configuration's defaults, the text to be hashed, and its hash."""

    name: str
    params: dict[str, str]
    channels: list[str]
    language: str
    hashed: str
    fingerprint: str


CASES = [Case(**row) for row in _TABLE['values']]
ITEMS = [ItemCase(**row) for row in _TABLE['items']]
