"""The fixture pages, and checks that hold for every insertion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from mwsocial.news.shapes import Entry, Inserted, NewsPage, Refused, insert, read
from tests.news.translate_rules import damage, errors

TODAY = dt.date(2026, 11, 24)
PAGES = {
    path.stem: path.read_text('utf-8')
    for path in sorted(Path(__file__).parent.glob('pages/*.wiki'))
}
ENTRY = Entry('release', "'''[[MediaWiki 1.47]]''' has been [[mw:Download|released]].")


def inserted(text: str, entries: Sequence[Entry], today: dt.date = TODAY) -> str:
    """The page after insertion, checked in every way that holds for any page and any entry."""
    done = insert(text, entries, today, 6)
    assert isinstance(done, Inserted), done
    check(text, done, entries, today)
    return done.text


def check(text: str, done: Inserted, entries: Sequence[Entry], today: dt.date) -> None:
    """Nothing of the page is lost, changed or moved; each entry stands there once, on its day."""
    assert errors(done.text) == ''
    assert damage(text, done.text) == []
    if len(done.added) == 1:
        assert is_one_span_longer(text, done.text)
    else:
        signs = iter(done.text)
        assert all(sign in signs for sign in text)
    old, new = read(text), read(done.text)
    assert (new.shape, new.translation, new.trouble) == (old.shape, old.translation, None)
    for entry in entries:
        days = [
            group.date
            for group in new.groups
            for item in group.items
            if item.headline_is(entry.text)
        ]
        assert days.count(entry.date or today) == 1
    kept = [item.raw for item in old.items]
    rest = [item.raw for item in new.items]
    for raw in kept:
        rest.remove(raw)
    assert len(rest) == len(done.added)
    if is_sorted(old):
        assert is_sorted(new)


def is_sorted(page: NewsPage) -> bool:
    """Whether the newest date stands first."""
    dates = [group.date for group in page.groups]
    return dates == sorted(dates, reverse=True)


def refused(done: object) -> str:
    """The key of the reason for a refusal, whose sentence must be fit for people."""
    assert isinstance(done, Refused), done
    sentence = done.reason.text()
    assert sentence.endswith(('.', ')'))
    assert '$' not in sentence
    return done.reason.key


def is_one_span_longer(old: str, new: str) -> bool:
    """Whether *old* is left when one span is taken out of *new*."""
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most)
    return len(new) > len(old) and new.endswith(old[start:])
