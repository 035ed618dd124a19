"""Template:MediaWiki News as data: what the rest of the desk uses.

Pure functions over the page's wikitext: they read every known shape, write only where a date group
is recognised, and otherwise refuse with a reason for people.
"""

from __future__ import annotations

from mwsocial.news.insert import insert
from mwsocial.news.match import find, introduced
from mwsocial.news.read import read
from mwsocial.news.remove import remove
from mwsocial.news.replace import replace
from mwsocial.news.values import (
    Entry,
    Group,
    Inserted,
    Item,
    Match,
    NewsPage,
    Refused,
    Replaced,
    Shape,
    Translation,
)

__all__ = [
    'Entry',
    'Group',
    'Inserted',
    'Item',
    'Match',
    'NewsPage',
    'Refused',
    'Replaced',
    'Shape',
    'Translation',
    'find',
    'insert',
    'introduced',
    'read',
    'remove',
    'replace',
]
