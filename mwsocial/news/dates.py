"""Dates as the news template writes them: ISO days, ranges of days, English long dates."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_MONTHS = (
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
)
_SPACE = r'(?:[ \t\u00a0]|&nbsp;|&\#160;)'
_DASH = r'(?:-|–|—|&ndash;|&mdash;)'
_MONTH = '(?P<{}>' + '|'.join(_MONTHS) + ')'
_DATE = re.compile(
    rf"""
    (?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)
        (?:{_SPACE}*{_DASH}{_SPACE}*
           (?:(?:(?P<year2>\d{{4}})-)?(?P<month2>\d\d)-)?(?P<day2>\d\d)(?!\d))?(?!\d)
    | (?P<dmy_day>\d\d?){_SPACE}{_MONTH.format('dmy_month')}{_SPACE}(?P<dmy_year>\d{{4}})(?!\d)
    | {_MONTH.format('mdy_month')}{_SPACE}(?P<mdy_day>\d\d?),{_SPACE}(?P<mdy_year>\d{{4}})(?!\d)
    """,
    re.VERBOSE | re.ASCII,
)
_SPACES = re.compile(rf'{_SPACE}*', re.VERBOSE)
_QUOTES = re.compile("'{2,5}")
_COLON = re.compile(':')
_SEPARATOR = re.compile(f':|{_DASH}')


@dataclass(frozen=True)
class Found:
    """A date in a line: the days, where it stands in the line, and where its text begins.

    *text* is None on a line that holds the date alone.
    """

    first: dt.date
    last: dt.date
    start: int
    end: int
    text: int | None
    form: str


def read_term(line: str, at: int) -> Found | None:
    """The date of a term line (``; 2015-09-16 : text``), whose ``;`` is before *at*.

    None if the line holds anything else besides date, emphasis, colon and text.
    """
    found, quotes = _date(line, at)
    if found is None:
        return None
    end, _, separated = _after(line, found.end, quotes, _COLON)
    if end == len(line):
        return found
    if not separated:
        return None
    return Found(found.first, found.last, found.start, found.end, end, found.form)


def read_dated(line: str, at: int) -> Found | None:
    """The date of an entry that begins with it (``* '''2015-09-16''': text``), or None."""
    found, quotes = _date(line, at)
    if found is None:
        return None
    end, closed, separated = _after(line, found.end, quotes, _SEPARATOR)
    if not separated and found.last != found.first:
        # "2015-09-16 – 26 new skins": no range, but a day, a dash and the text.
        found = Found(found.first, found.first, found.start, found.start + 10, None, 'iso')
        end, closed, separated = _after(line, found.end, quotes, _SEPARATOR)
    if not (separated and closed and line[end:].strip()):
        return None
    return Found(found.first, found.last, found.start, found.end, end, found.form)


def write(day: dt.date, form: str) -> str:
    """*day* in one of the forms that :func:`read_term` and :func:`read_dated` name."""
    month = _MONTHS[day.month - 1]
    if form == 'dmy':
        return f'{day.day} {month} {day.year:04}'
    if form == 'mdy':
        return f'{month} {day.day}, {day.year:04}'
    return day.isoformat()


def _after(line: str, at: int, quotes: str, separator: re.Pattern[str]) -> tuple[int, bool, bool]:
    """What follows a date: where it ends, whether it closes *quotes*, whether it separates.

    The emphasis may end before or after the separator; quotes that open emphasis in the text after
    it belong to the text.
    """
    at = _skip(line, at)
    closed = not quotes
    if not closed and line.startswith(quotes, at):
        at, closed = _skip(line, at + len(quotes)), True
    sign = separator.match(line, at)
    if sign:
        at = sign.end()
        if not closed and line.startswith(quotes, at):
            at, closed = at + len(quotes), True
        at = _skip(line, at)
    return at, closed, sign is not None


def _skip(line: str, at: int) -> int:
    spaces = _SPACES.match(line, at)
    return spaces.end() if spaces else at


def _date(line: str, at: int) -> tuple[Found | None, str]:
    """The date that *line* holds after *at*, and the quotes that open emphasis before it."""
    at = _skip(line, at)
    opening = _QUOTES.match(line, at)
    quotes = opening[0] if opening else ''
    match = _DATE.match(line, _skip(line, at + len(quotes)))
    return _found(match) if match else None, quotes


def _found(match: re.Match[str]) -> Found | None:
    part = match.groupdict()
    try:
        if part['year']:
            first = dt.date(int(part['year']), int(part['month']), int(part['day']))
            last = first
            if part['day2']:
                last = dt.date(
                    int(part['year2'] or part['year']),
                    int(part['month2'] or part['month']),
                    int(part['day2']),
                )
            form = 'iso'
        else:
            form = 'dmy' if part['dmy_day'] else 'mdy'
            month = _MONTHS.index(part[f'{form}_month']) + 1
            first = last = dt.date(int(part[f'{form}_year']), month, int(part[f'{form}_day']))
    except ValueError:
        return None
    if last < first:
        return None
    return Found(first, last, match.start(), match.end(), None, form)
