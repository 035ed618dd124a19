"""Delivery records: what the bot wrote about an item and a channel, and which of it counts.

A record is believed only where a revision of the bot brought it (against the revision's parent) and
that revision's summary carries the tool's mark. What the page shows today proves nothing: anyone can
edit it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from mwsocial.desk.binding import meant, unbound
from mwsocial.desk.item import Queue
from mwsocial.desk.knowledge import Knowledge, Need
from mwsocial.desk.times import read_shown, show_time
from mwsocial.wiki.revision import Revision

CLAIM = 'mwsocial:claim'
RECORD = 'mwsocial:record'
#: Marks both edits by which an item that is done moves to the archive. What such an edit brings to the
#: archive says how things stood; it counts only where the history of the queue tells nothing any more.
ARCHIVE = 'mwsocial:archive'
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
#: After these, something may be sent again.
_SENT_NOTHING = frozenset({'released', 'waiting', 'failed', 'deleted'})
#: After these, something may stand on the network that nobody knows of.
_MAY_HAVE_SENT = frozenset({'sending', 'unconfirmed'})

_WORDS = re.compile(r'[a-z0-9][a-z0-9-]*|\+more')


@dataclass(frozen=True)
class Record:
    """One ``sent-CHANNEL`` value: ``KIND TIME REVID REST``.

    ``time`` is aware UTC by the wiki's clock; ``revid`` is the approving revision; ``rest`` is the
    nonce of a claim, the address of what was posted, or words. For ``editing``, ``deleting`` and ``kept``
    it is ``MARK OLDREVID ADDRESS [WORDS]``: the nonce (or until when it waits, or ``-``), the revision
    whose words the post holds, and its address; for ``deleted``, ``ADDRESS OLDREVID``.

    ``first`` is no part of what is written: when the first claim for the same approval was made under
    which something may have been sent, or by which the same change of a post was tried, where that is not
    this one.
    """

    kind: str
    time: datetime
    revid: int
    rest: str = ''
    first: datetime | None = field(default=None, compare=False)

    @property
    def since(self) -> datetime:
        """From when on something may have been sent: so old is the idempotency key, and so far back a
        post is looked for.
        """
        return self.first or self.time

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
    """A record that counts, with the revision of the bot that brought it.

    ``hidden``: the revision may have brought any record, but nobody can see which (it is hidden, or
    what stood before it is). Its record is ``unconfirmed`` then: a person must look.
    """

    record: Record
    revision: Revision
    hidden: bool = False


def may_stand(record: Record) -> bool:
    """Whether what the record tells of may stand on the network now."""
    if record.kind in _MAY_HAVE_SENT:
        return True
    return bool(record.address) and record.kind != 'deleted'


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


def marked(
    revisions: Iterable[Revision],
    bots: AbstractSet[str],
    marks: Collection[str] = (CLAIM, RECORD),
) -> list[Revision]:
    """The revisions that may bring records: by one of the bots, with one of the tool's *marks*, newest
    first.

    *revisions*: the whole history of a page. A hidden name may be the bot's and a hidden summary may
    have carried the mark, so they stay in. What a parent held that is hidden or gone, nobody can see
    (``parent_unseen``).
    """
    known = {revision.revid: revision for revision in revisions}
    found = []
    for revision in known.values():
        ours = revision.user in bots or revision.user_hidden
        if ours and (revision.summary_hidden or has_mark(revision, marks)):
            parent = known.get(revision.parentid)
            unseen = bool(revision.parentid) and (parent is None or parent.text_hidden)
            found.append(replace(revision, parent_unseen=unseen))
    return sorted(found, key=lambda revision: revision.revid, reverse=True)


def names(revision: Revision, item_id: str) -> bool:
    """Whether the summary names the id, or may stand for it."""
    return revision.summary_hidden or not named(revision).isdisjoint((item_id, MORE))


def named(revision: Revision) -> frozenset[str]:
    """The words of the summary, ids among them (and ``+more`` where not all had room); none if hidden."""
    return frozenset() if revision.summary_hidden else _words(revision.summary)


class Index:
    """Some revisions by what their summaries name, so that not each of them is asked for each id."""

    def __init__(self, revisions: Sequence[Revision]) -> None:
        """*revisions*: in any order, which the answers keep."""
        self._revisions = revisions
        self._any: list[int] = []
        self._by_word: dict[str, list[int]] = {}
        for place, revision in enumerate(revisions):
            words = named(revision)
            if revision.summary_hidden or MORE in words:
                self._any.append(place)
                continue
            for word in words:
                self._by_word.setdefault(word, []).append(place)

    def naming(self, item_id: str) -> list[Revision]:
        """Those of the revisions that name the id, or may stand for it (see ``names``)."""
        places = sorted([*self._any, *self._by_word.get(item_id, ())])
        return [self._revisions[place] for place in places]


@lru_cache(maxsize=100_000)
def _words(summary: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(summary))


def proven_records(
    item_id: str, channels: Collection[str], ledger: Sequence[Revision], knowledge: Knowledge
) -> dict[str, Proven]:
    """The newest record that counts for each channel of one item.

    *channels*: where the item goes now (and ``news``). *ledger*: the bot's marked revisions of the
    queue and of the archives, newest first (``marked``). Where the newest record of a channel may be
    one that nobody can see, that is what is given (``Proven.hidden``). Raises ``Need`` for texts.
    """
    own = [revision for revision in ledger if names(revision, item_id)]
    # What was copied into the archive comes last: it must not hide what was recorded meanwhile.
    own.sort(key=_is_copy)
    _load(own, knowledge)
    found: dict[str, Proven] = {}
    counting: set[str] = set()  # channels whose earlier claims may have sent the same post
    for revision in own:
        for name, record, certain in _said(item_id, channels, revision, knowledge):
            if name in found and _is_copy(revision):
                continue
            if name not in found:
                found[name] = Proven(record, revision, hidden=not certain)
                if certain and _tries(record.kind):
                    counting.add(name)
            elif name in counting:
                newest = found[name].record
                if record.kind in _tries(newest.kind) and record.revid in (newest.revid, 0):
                    found[name] = _earlier(found[name], record.time)
                elif certain:
                    counting.discard(name)
    return found


def _tries(kind: str) -> frozenset[str]:
    """The kinds of earlier records that belong to the same attempt as one of *kind*."""
    return next((kinds for kinds in (_MAY_HAVE_SENT, _ABOUT_A_POST) if kind in kinds), frozenset())


def _earlier(proven: Proven, time: datetime) -> Proven:
    first = min(proven.record.since, time)
    return replace(proven, record=replace(proven.record, first=first))


def _load(own: Iterable[Revision], knowledge: Knowledge) -> None:
    wanted: set[int] = set()
    for revision in own:
        wanted |= set() if revision.text_hidden else {revision.revid}
        wanted |= set() if revision.parent_unseen else {revision.parentid}
    missing = knowledge.unread(wanted - {0})
    if missing:
        raise Need(texts=missing)


def _said(
    item_id: str, channels: Collection[str], revision: Revision, knowledge: Knowledge
) -> Iterator[tuple[str, Record, bool]]:
    """What a marked revision says of an item: channel, record, and whether it is certain.

    A hidden text may have brought a record for any channel. Where the parent cannot be seen, what the
    revision shows was brought by it or stood there before, perhaps forged. Where the name is hidden it
    may be anybody's; so may be what was imported, which must not be the reason to send again. Nor is what
    the summary is not bound to (``binding``) the bot's word.
    """
    unclear = Record('unconfirmed', revision.timestamp, 0)
    if revision.text_hidden:
        if _may_name(item_id, revision, knowledge):
            for name in channels:
                yield name, unclear, False
        return
    now = knowledge.queue(revision.revid)
    before = Queue(())
    if revision.parentid and not revision.parent_unseen:
        before = knowledge.queue(revision.parentid)
    bound_to = None
    if not (revision.parent_unseen or revision.user_hidden or revision.summary_hidden):
        bound_to = meant(revision.summary, now, before)
    for name, value in _brought(item_id, now, before):
        record = read_record(value)
        if bound_to is not None and (item_id, name, value) not in bound_to:
            continue  # others brought it, by a merge or by what they had left to be completed
        if record:
            certain = bound_to is not None or revision.summary_hidden
            certain = certain and not revision.parent_unseen and not revision.user_hidden
            certain = certain and not (revision.imported and record.kind in _SENT_NOTHING)
            shown = record if certain else replace(unclear, revid=record.revid)
            yield name.removeprefix('sent-'), shown, certain


def _may_name(item_id: str, revision: Revision, knowledge: Knowledge) -> bool:
    """Whether a revision whose text is hidden may have brought a record of the item.

    Its summary says so; where that is hidden too, as it is where strangers wrote what nobody should
    read, what can be seen before and after it does: the bot writes records on what is approved, and
    they stay.
    """
    if not revision.summary_hidden:
        return True
    chain = knowledge.chain
    place = next((n for n, one in enumerate(chain) if one.revid == revision.revid), None)
    if place is None:
        return True
    seen = [
        next((one for one in side if not one.text_hidden), None)
        for side in (reversed(chain[:place]), chain[place + 1 :])
    ]
    missing = knowledge.unread(one.revid for one in seen if one)
    if missing:
        raise Need(texts=missing)
    return any(one and _at_work(item_id, knowledge.queue(one.revid)) for one in seen)


def _at_work(item_id: str, queue: Queue) -> bool:
    return bool(queue.decided(item_id)) or any(
        item.editors.get('approved') or any(name.startswith('sent-') for name in item.bot)
        for item in queue.of(item_id)
    )


def _brought(item_id: str, now: Queue, before: Queue) -> list[tuple[str, str]]:
    # Not only the first item of this id: somebody may have put a copy above the real one. What stood in
    # an item without an id, perhaps forged, the edit that gave it the id did not bring.
    old = {line for item in before.of(item_id) for line in item.bot.items()}
    return [
        line
        for item in now.of(item_id)
        for line in item.bot.items()
        if line[0].startswith('sent-') and line not in old and line not in before.loose_lines
    ]


def has_mark(revision: Revision, marks: Collection[str]) -> bool:
    """Whether the summary carries one of the *marks*."""
    return any(word in marks for word in revision.summary.split())


def _is_copy(revision: Revision) -> bool:
    return has_mark(revision, (ARCHIVE,))


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


def ids_in(summary: str) -> list[str]:
    """The ids that a summary made by ``summary_of_ids`` names."""
    first, *others = unbound(summary).removesuffix(f' {MORE}').split(', ')
    return [one for one in (first.rpartition(' ')[2], *others) if _WORDS.fullmatch(one)]
