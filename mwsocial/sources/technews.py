"""Tech News of Meta: each issue, and its news that are about our words.

Pages are named by ISO week and ISO week-year. Section names have changed over the years, so an issue
is read as what it is: titles with bullets under them (Meta, Tech/News).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import mwparserfromhell

from mwsocial.reason import Reason
from mwsocial.sources.base import Found, Suggestion, World, digest, wanted
from mwsocial.sources.settings import TechNews
from mwsocial.sources.trouble import Trouble

#: An issue is out on Monday evening, UTC. Before that its page is a draft.
OUT = timedelta(hours=22)
#: A bullet of more characters is none: nothing longer is parsed.
LONGEST = 3000

_BEGIN = re.compile(
    r'<section\s+begin\s*=\s*["\']?(tech-newsletter-content|technews-\d{4}-W\d\d)["\']?\s*/>'
)
_END = re.compile(r'<section\s+end\s*=')
_TRANSLATE = re.compile(
    r'</?translate(?:\s[^<>]*)?>|<tvar[|\s][^<>]*>|</tvar>|</>|<!--T:[^<>]*?-->|</?languages\s*/?>'
)
# Anybody may write these pages: nothing here may take time in the square of what is never closed.
_COMMENT = re.compile(r'<!--.*?(?:-->|\Z)', re.DOTALL)
_APART = re.compile(r'<(noinclude)\b.*?(?:</\1\s*>|\Z)', re.DOTALL | re.IGNORECASE)
_BOLD = re.compile(r"^;?\s*'''(.+?)'''\s*+:?\s*+$")
_TERM = re.compile(r'^;([^:]+)$')
_NOTHING = re.compile(r'there is no technical newsletter this week', re.IGNORECASE)
_FOOTNOTE = re.compile(r'\[https?://[^\s\[\]]+(?:\s+\[?\d{0,3}\]?)?\]')


@dataclass(frozen=True)
class Section:
    """A title ('' before the first one) and the bullets under it, in plain words."""

    title: str
    bullets: tuple[str, ...]


def issue(wikitext: str, ignore: Sequence[str] = ()) -> tuple[Section, ...] | None:
    """The sections of an issue; None for a week without one. Raises ``Trouble`` for another shape.

    *ignore*: what begins a title or bullet that is none.
    """
    if _NOTHING.search(wikitext):
        return None
    sections: list[tuple[str, list[str]]] = [('', [])]
    for line in _lines(_content(wikitext)):
        title = _title(line)
        if title:
            sections.append((plain_line(title), []))
        elif line.startswith('*') and not line.startswith(('**', '*:')):
            words = plain_line(line.lstrip('* '))
            if words and not words.startswith(tuple(ignore)):
                sections[-1][1].append(words)
    found = tuple(
        Section(title, tuple(bullets))
        for title, bullets in sections
        if bullets and not (title and title.startswith(tuple(ignore)))
    )
    if not found:
        raise Trouble('sources-technews-shape')
    return found


def _content(wikitext: str) -> str:
    begin = _BEGIN.search(wikitext)
    if begin:
        end = _END.search(wikitext, begin.end())
        text = wikitext[begin.end() : end.start() if end else len(wikitext)]
    else:
        text = _APART.sub('', wikitext)
    return _COMMENT.sub('', _TRANSLATE.sub('', text))


def _lines(text: str) -> list[str]:
    """The lines; a bullet that stands alone is joined with what follows it."""
    found: list[str] = []
    waiting = ''
    for line in text.split('\n'):
        bare = line.strip()
        if re.fullmatch(r'\*+', bare):
            waiting = bare
        elif bare:
            found.append(f'{waiting} {bare}' if waiting else bare)
            waiting = ''
    return found


def _title(line: str) -> str:
    if found := _BOLD.match(line):
        return found[1]
    bare = line.strip('=')
    before = len(line) - len(line.lstrip('='))
    level = min(before, len(line) - before - len(bare), 6)
    if bare.strip() and level >= 2:
        return line[level:-level].strip()
    found = _TERM.match(line)
    return found[1].strip() if found else ''


def plain_line(wikitext: str) -> str:
    """The words of one line of wikitext, as readers see them; '' for one that is too long."""
    if len(wikitext) > LONGEST or wikitext.count('{{') + wikitext.count('[[') > 100:
        return ''
    code = mwparserfromhell.parse(_FOOTNOTE.sub('', wikitext))
    for link in code.filter_wikilinks():
        if re.match(r'\s*(file|image)\s*:', str(link.title), re.IGNORECASE):
            _remove(code, link)
    words = ' '.join(str(code.strip_code(normalize=True, collapse=True)).split())
    return re.sub(r'\s+([.,;:])', r'\1', words).strip()


def _remove(code: Any, node: Any) -> None:
    try:
        code.remove(node)
    except ValueError:  # it stood in another one that has gone
        return


class TechNewsSource:
    """The issues of the last weeks."""

    name = 'tech news'

    def __init__(self, settings: TechNews) -> None:
        """*settings*: of the configuration."""
        self._settings = settings

    def look(self, world: World) -> Found:
        """The issues that are out. Raises ``Trouble`` where the newest cannot be read."""
        wiki = world.wiki(self._settings.wiki)
        suggestions: list[Suggestion] = []
        remarks: list[Reason] = []
        for monday in weeks(world.now, self._settings.weeks):
            year, week, _ = monday.isocalendar()
            title = self._settings.page.replace('{year}', f'{year:04}')
            page = wiki.page(title.replace('{week}', f'{week:02}'), missing=True)
            if not page.revid:
                continue
            try:
                sections = issue(page.text, self._settings.ignore)
            except Trouble as trouble:
                remarks.append(Reason('sources-technews-unread', (page.title,)))
                if len(remarks) == self._settings.weeks:
                    raise Trouble('sources-technews-unread', page.title) from trouble
                continue
            if sections:
                suggestions += suggest(sections, monday, page.address, self._settings, world.words)
        return Found(tuple(suggestions), remarks=tuple(remarks))


def weeks(now: datetime, count: int) -> list[date]:
    """The Mondays of the last *count* issues that may be out, oldest first. *now*: UTC."""
    moment = now - OUT
    monday = moment.date() - timedelta(days=moment.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(count))]


def suggest(
    sections: Sequence[Section], monday: date, link: str, settings: TechNews, words: Sequence[str]
) -> list[Suggestion]:
    """The suggestions of one issue: itself, and its first news that hold one of *words*."""
    year, week, _ = monday.isocalendar()
    number = f'{year}/{week:02}'
    moment = datetime.combine(monday, datetime.min.time(), UTC) + OUT
    bullets = [bullet for section in sections for bullet in section.bullets]
    found = [
        Suggestion(
            id=f'technews-{year}-{week:02}',
            words=bullets[0],
            link=link,
            why=Reason('sources-why-technews', (number, str(len(bullets)))),
            moment=moment,
            sentence='sources-post-technews',
            more=(number,),
        )
    ]
    about = [bullet for bullet in bullets if wanted(bullet, words)]
    for bullet in about[: settings.bullets]:
        found.append(
            Suggestion(
                id=f'technews-{year}-{week:02}-{digest(bullet)}',
                words=bullet,
                link=link,
                why=Reason('sources-why-technews-item', (number,)),
                moment=moment,
            )
        )
    return found
