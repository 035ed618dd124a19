"""What a month has cost is not asked in every run, and never believed for long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mwsocial.channels.base import CannotLook
from mwsocial.delivery.purse import Purse
from mwsocial.reason import Reason

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)


def test_a_sum_is_kept_for_an_hour_of_its_month(tmp_path: Path) -> None:
    purse = Purse(tmp_path / 'new')
    assert purse.known('x', NOW) is None
    purse.keep('x', 19.5, NOW)
    assert purse.known('x', NOW + timedelta(minutes=59)) == 19.5
    assert purse.known('x', NOW + timedelta(hours=1)) is None
    assert purse.known('x', NOW - timedelta(minutes=1)) is None, 'a clock that went back'
    assert purse.known('other', NOW) is None
    last = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)
    purse.keep('x', 19.5, last)
    assert purse.known('x', last + timedelta(minutes=20)) is None, 'another month'


@pytest.mark.parametrize(
    'text', ['', '[]', '{}', '{"asked": 5, "spent": 1}', 'null', '{"asked": "x"}']
)
def test_a_broken_file_is_no_sum(tmp_path: Path, text: str) -> None:
    (tmp_path / 'spent-x.json').write_text(text)
    assert Purse(tmp_path).known('x', NOW) is None


def test_what_cannot_be_told_is_not_kept(tmp_path: Path) -> None:
    purse = Purse(tmp_path)
    purse.keep('x', CannotLook(Reason('delivery-void')), NOW)
    assert purse.known('x', NOW) is None
    Purse(None).keep('x', 1.0, NOW)
