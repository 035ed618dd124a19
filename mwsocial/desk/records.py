"""Delivery records: what the bot wrote about an item and a channel, and which of it counts.

A record is believed only where a revision of the bot brought it (against the revision's parent) and
that revision's summary carries the tool's mark. What the page shows today proves nothing: anyone can
edit it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mwsocial.desk.item import Queue
from mwsocial.desk.knowledge import Knowledge, Need
from mwsocial.desk.times import read_shown, show_time
from mwsocial.wiki.revision import Revision

CLAIM = 'mwsocial:claim'
RECORD = 'mwsocial:record'
#: Stands in a summary in place of the ids that found no room there.
MORE = '+more'

#: What a record can say. ``waiting``: nothing was created, a later run tries again. ``released``: the
#: claim was given back before anything was sent. ``editing``, ``deleting``: claims on a post that stands;
#: ``kept``: such a claim came to nothing, the post stands as it was.
KINDS = (
    'sending', 'posted', 'failed', 'unconfirmed', 'waiting', 'released', 'deleted',
    'editing', 'deleting', 'kept',
)  # fmt: skip
#: Claims: a run is at work, or has died.
CLAIMS = frozenset({'sending', 'editing', 'deleting'})
#: Records of a post that stands, as far as is known.
_ABOUT_A_POST = frozenset({'editing', 'deleting', 'kept'})

_WORDS = re.compile(r'[a-z0-9][a-z0-9-]*|\+more')


@dataclass(frozen=True)
class Record:
    """One ``sent-CHANNEL`` value: ``KIND TIME REVID REST``.

    ``time`` is aware UTC by the wiki's clock; ``revid`` is the approving revision; ``rest`` is the
    nonce of a claim, the address of what was posted, or words. For ``editing``, ``deleting`` and ``kept``
    it is ``MARK OLDREVID ADDRESS [WORDS]``: the nonce (or until when it waits, or ``-``), the revision
    whose words the post holds, and its address; for ``deleted``, ``ADDRESS OLDREVID``.
    """

    kind: str
    time: datetime
    revid: int
    rest: str = ''

    @property
    def mark(self) -> str:
        """The nonce of a claim; of a ``kept`` record until when it waits, or ``-``."""
        return self.rest.partition(' ')[0]

    @property
    def address(self) -> str:
        """Where the post stands or stood; '' where none is known."""
        if self.kind in ('posted', 'deleted'):
            return self.rest.partition(' ')[0]
        return self._word(2) if self.kind in _ABOUT_A_POST else ''

    @property
    def words_of(self) -> int:
        """The revision whose words the post holds or held."""
        old = self._word(1) if self.kind in _ABOUT_A_POST or self.kind == 'deleted' else ''
        return int(old) if old.isascii() and old.isdecimal() and len(old) < 19 else self.revid

    @property
    def words(self) -> str:
        """Why it was kept."""
        return self.rest.split(maxsplit=3)[3] if self.kind == 'kept' and self._word(3) else ''

    def _word(self, number: int) -> str:
        found = self.rest.split()
        return found[number] if len(found) > number else ''

    def text(self) -> str:
        """The value as it stands on the page."""
        return ' '.join(filter(None, (self.kind, show_time(self.time), str(self.revid), self.rest)))


@dataclass(frozen=True)
class Proven:
    """A record that counts, with the revision of the bot that brought it."""

    record: Record
    revision: Revision


class Hidden(Exception):
    """A revision of the bot that may hold a record of this item is hidden from the bot itself."""

    def __init__(self, revision: Revision) -> None:
        """*revision*: the hidden one."""
        self.revision = revision
        super().__init__(f'revision {revision.revid} is hidden')


def read_record(value: str) -> Record | None:
    """The record that *value* spells; None if it spells none."""
    words = value.split(maxsplit=3)
    if len(words) < 3 or words[0] not in KINDS:
        return None
    kind, time, revid = words[:3]
    if not revid.isdecimal() or not revid.isascii() or len(revid) > 18:
        return None
    try:
        when = read_shown(time)
    except ValueError:
        return None
    return Record(kind, when, int(revid), words[3] if len(words) > 3 else '')


def marked(revisions: Iterable[Revision], bot: str) -> list[Revision]:
    """The revisions that may bring records: by the bot, with the tool's mark, newest first.

    A hidden summary may have carried the mark, so it stays in.
    """
    found = [
        revision
        for revision in revisions
        if (revision.user == bot and (_is_marked(revision.summary) or revision.summary_hidden))
    ]
    return sorted(found, key=lambda revision: revision.revid, reverse=True)


def names(revision: Revision, item_id: str) -> bool:
    """Whether the summary names the id, or may stand for it."""
    if revision.summary_hidden:
        return True
    words = set(_WORDS.findall(revision.summary))
    return item_id in words or MORE in words


def proven_records(
    item_id: str, ledger: Sequence[Revision], knowledge: Knowledge
) -> dict[str, Proven]:
    """The newest record that counts for each channel of one item.

    *ledger*: the bot's marked revisions of the queue and of the archives, newest first (``marked``).
    Raises ``Need`` for texts that have not been read, ``Hidden`` where a record may be hidden: then
    nothing can be proved, and the item must wait for a person.
    """
    own = [revision for revision in ledger if names(revision, item_id)]
    missing: set[int] = set()
    for revision in own:
        for revid in (revision.revid, revision.parentid):
            try:
                if revid:
                    knowledge.queue(revid)
            except Need as need:
                missing |= need.texts
    if missing:
        raise Need(texts=missing)
    hidden = {revision.revid: revision for revision in knowledge.chain if revision.text_hidden}
    found: dict[str, Proven] = {}
    for revision in own:
        # With a hidden parent nobody can say whether this revision brought a value or carried it on.
        if revision.text_hidden or revision.parentid in hidden:
            raise Hidden(hidden.get(revision.parentid, revision))
        before = knowledge.queue(revision.parentid) if revision.parentid else Queue(())
        for name, value in _brought(item_id, knowledge.queue(revision.revid), before):
            record = read_record(value)
            if record:
                found.setdefault(name.removeprefix('sent-'), Proven(record, revision))
    return found


def _brought(item_id: str, now: Queue, before: Queue) -> list[tuple[str, str]]:
    # Not only the first item of this id: somebody may have put a copy above the real one.
    old = {
        (name, value) for item in before.items if item.id == item_id
        for name, value in item.bot.items()
    }  # fmt: skip
    return [
        (name, value)
        for item in now.items
        if item.id == item_id
        for name, value in item.bot.items()
        if name.startswith('sent-') and (name, value) not in old
    ]


def _is_marked(summary: str) -> bool:
    return any(word in (CLAIM, RECORD) for word in summary.split())


def summary_of_ids(mark: str, words: str, ids: Sequence[str], room: int = 480) -> str:
    """A summary that names as many ids as fit into *room* characters, then ``+more``.

    *words* goes before the ids and must hold no address and no handle (spam filters read summaries).
    """
    taken: list[str] = []
    length = len(f'{mark} {words} ') + len(MORE) + 1
    for item_id in ids:
        length += len(item_id) + 2
        if length > room:
            return f'{mark} {words} {", ".join(taken)} {MORE}'
        taken.append(item_id)
    return f'{mark} {words} {", ".join(taken)}'
