"""Where reading stands, on the page itself: one line that everybody can read and nobody can misuse.

The bot writes the whole line with every edit, so the wiki merges nobody's change into it unseen; and it
believes only the line of its own newest edit. Whoever changes the line changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from mwsocial.desk.times import show_time
from mwsocial.wiki.skeleton import cut

END = '<!-- mwsocial:read (the bot believes only what it wrote here itself) -->'
#: What a cursor may be, to stand on a page.
CURSOR = re.compile(r'(?!.*(?:__|//))[A-Za-z0-9._:+/=,@%-]{1,400}')
#: After so long a count of posts that found no room begins anew.
FORGET = timedelta(days=7)

_LINE = re.compile(rf'^<div[^\n]*{re.escape(END)}$', re.MULTILINE)
_ENTRY = re.compile(r'<li>([^<>]*) <code>([^<>]*)</code></li>')
_UNLISTED = re.compile(r'<p>(\d{1,9}) posts since (\d{4}-\d{2}-\d{2}) ')


@dataclass(frozen=True)
class Mark:
    """``cursors``: by what is read (``mastodon mention``). ``unlisted``: how many posts found no room on
    the page since ``since``. ``time``: of the edit, aware UTC. ``alone``: write it though nothing else
    changes.
    """

    cursors: Mapping[str, str] = field(default_factory=dict)
    unlisted: int = 0
    since: date | None = None
    time: datetime | None = None
    alone: bool = False

    def moved(self, cursors: Mapping[str, str], unlisted: int, now: datetime) -> Mark:
        """The mark of an edit *now* (UTC), with these cursors changed and more posts unlisted."""
        kept = {**self.cursors, **cursors}
        old = self.since is not None and now.date() - self.since <= FORGET
        return replace(
            self,
            cursors={name: value for name, value in kept.items() if CURSOR.fullmatch(value)},
            unlisted=unlisted + (self.unlisted if old else 0),
            since=self.since if old else now.date() if unlisted else None,
            time=now,
        )


def read_marks(text: str) -> list[str]:
    """The lines of *text* that are such marks; more than one where somebody put another there."""
    return _LINE.findall(text)


def read_mark(line: str) -> Mark:
    """What a line says."""
    found = _UNLISTED.search(line)
    since = None
    if found:
        try:
            since = date.fromisoformat(found[2])
        except ValueError:
            found = None
    return Mark(
        {name: value for name, value in _ENTRY.findall(line) if CURSOR.fullmatch(value)},
        int(found[1]) if found else 0,
        since,
    )


def with_mark(text: str, mark: Mark) -> str:
    """The page with just this mark, where one stood, else before the first heading."""
    line = _line(mark)
    first = _LINE.search(text)
    if first:
        rest = _LINE.sub('', text[first.end() :])
        return text[: first.start()] + line + rest
    headings = cut(text, ()).headings
    place = headings[0].start if headings else len(text)
    before, after = text[:place].rstrip(), text[place:]
    return '\n\n'.join(filter(None, (before, line, after)))


def _line(mark: Mark) -> str:
    entries = ''.join(
        f'<li>{name} <code>{mark.cursors[name]}</code></li>' for name in sorted(mark.cursors)
    )
    said = f'Read on {show_time(mark.time)} up to:' if mark.time else 'Read up to:'
    unlisted = ''
    if mark.unlisted and mark.since:
        unlisted = (
            f'<p>{mark.unlisted} posts since {mark.since} were too many to be listed here: look at '
            'the accounts themselves.</p>'
        )
    style = 'font-size:.85em;max-width:60em'
    return f'<div style="{style}">{unlisted}{said}<ul>{entries}</ul></div>{END}'
