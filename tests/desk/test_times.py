from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.desk.times import BadTime, parse_time, read_shown, show_time

# The same pages in every run, however busy the machine.
STEADY = settings(deadline=None, derandomize=True)

TWO = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize('value', ['2026-11-25 14:00', '2026-11-25 14:00 UTC', '2026-11-25T14:00Z'])
def test_the_three_forms_are_the_same_time(value: str) -> None:
    assert parse_time(value) == TWO
    assert parse_time(value).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    'value',
    [
        '', '2026-11-25', '14:00', '2026-11-25 14:00:00', '2026-11-25T14:00:00Z', '2026-11-25T14:00',
        '2026-11-25 14:00Z', '2026-11-25T14:00 UTC', '2026-11-25  14:00', '2026-11-25 14:00 CET',
        '2026-11-25 14:00+01:00', '2026-13-25 14:00', '2026-02-30 14:00', '2026-11-25 24:00',
        '2026-11-25 14:60', '25.11.2026 14:00', '11/25/2026 14:00', '2026-11-25 2pm', 'tomorrow',
        '２０２６-11-25 14:00', '2026-11-25 14:00\n', ' 2026-11-25 14:00', '2026-11-25 14:00 utc',
        '0000-01-01 00:00',
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_told_how(value: str) -> None:
    with pytest.raises(BadTime) as caught:
        parse_time(value)
    assert '2026-11-25 14:00' in caught.value.reason.text()
    assert caught.value.reason.args[0] == value
    assert isinstance(caught.value, ValueError)


def test_shown_to_the_second_and_in_utc() -> None:
    assert show_time(datetime(2026, 11, 25, 14, 0, 7, 999, tzinfo=UTC)) == '2026-11-25T14:00:07Z'
    berlin = timezone(timedelta(hours=1))
    assert show_time(datetime(2026, 11, 25, 0, 30, tzinfo=berlin)) == '2026-11-24T23:30:00Z'
    with pytest.raises(ValueError, match='time zone'):
        show_time(datetime(2026, 11, 25))


@STEADY
@given(st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)))
def test_what_is_shown_is_read_again(time: datetime) -> None:
    time = time.replace(microsecond=0, tzinfo=UTC)
    assert read_shown(show_time(time)) == time


@pytest.mark.parametrize(
    'value', ['2026-11-25 14:00', '2026-11-25T14:00Z', '2026-02-30T00:00:00Z', '-']
)
def test_only_the_shown_form_is_read_as_shown(value: str) -> None:
    with pytest.raises(BadTime):
        read_shown(value)
