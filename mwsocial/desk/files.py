"""What is known of a file of the wiki: values, no wikitext, no request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mwsocial.desk.item import Item
from mwsocial.desk.titles import capitalized
from mwsocial.reason import Reason

#: The parameters that name images, each with the one that describes it.
IMAGES = (('image', 'alt'), ('image2', 'alt2'), ('image3', 'alt3'), ('image4', 'alt4'))
#: The repository of the wiki's own files.
LOCAL = 'local'

# A title cannot hold these (MediaWikiTitleCodec), and a file's name holds no slash or colon.
_FILE = re.compile(
    r'(?:file|image):[ _]*([^#<>\[\]|{}\x00-\x1f\x7f/:\\]+\.[a-z0-9]{2,5})', re.I | re.A
)
_LONGEST_TITLE = 240


@dataclass(frozen=True)
class FileChange:
    """Something that happened to a file: ``kind`` is ``upload`` (also over an older one, or back to
    it), ``move``, ``delete`` or ``restore``; ``when`` is UTC by the wiki's clock. ``logid`` is the entry
    of this wiki's log, 0 for one of another repository or where no entry tells.
    """

    kind: str
    when: datetime
    user: str = ''
    logid: int = 0


@dataclass(frozen=True)
class FileFacts:
    """What the wiki says of a file now.

    ``title`` is the title that the name leads to ('' where there is no such file), ``repository`` is
    ``local``, the name of the shared one, or '' where there is no such file; ``place`` is its name for
    people. ``uploaded`` (UTC), ``sha1`` (hex), ``size`` (bytes), ``width``, ``height`` (pixels, 0 where
    it has none), ``mime`` and ``url`` are those of the newest version; ``moving`` says that it is an
    animation.

    ``since``: from when on ``changes`` (oldest first) are known, None where nobody asked. ``trouble``:
    why they are not, though somebody asked: then nothing can be said of the file.
    """

    title: str = ''
    repository: str = ''
    place: str = ''
    redirect: bool = False
    uploaded: datetime | None = None
    sha1: str = ''
    size: int = 0
    width: int = 0
    height: int = 0
    mime: str = ''
    url: str = ''
    moving: bool = False
    since: datetime | None = None
    changes: tuple[FileChange, ...] = ()
    trouble: Reason | None = None


#: Facts by the title as ``image_title`` gives it.
Files = Mapping[str, FileFacts]


def image_title(value: str) -> str:
    """The wiki's title ``File:Name.png`` for an ``image`` value; '' where it is none.

    The prefix is needed: a bare name may be a page, and the wiki itself would not take it for a file.
    """
    named = _FILE.fullmatch(value)
    if not named:
        return ''
    name = ' '.join(named[1].replace('_', ' ').split())
    if not name or len(name.encode('utf-8', 'surrogatepass')) > _LONGEST_TITLE:
        return ''
    return f'File:{capitalized(name)}'


def titles_of(item: Item) -> tuple[str, ...]:
    """The titles of the files that an item names, without those that are no names of files."""
    values = (item.content.get(image, '') for image, _ in IMAGES)
    return tuple(dict.fromkeys(filter(None, map(image_title, values))))


def same_title(one: str, other: str) -> bool:
    """Whether two titles of files are the same: the namespace has another name in each language."""
    return _name(one) == _name(other)


def _name(title: str) -> str:
    name = title.partition(':')[2] or title
    name = ' '.join(name.replace('_', ' ').split())
    return capitalized(name)
