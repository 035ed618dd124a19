"""Edit summaries that people read in a watchlist. They hold no address and no handle: spam filters
read summaries (Extension:SpamBlacklist).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mwsocial.desk.records import RECORD, Record, summary_of_ids
from mwsocial.reason import Reason

#: MediaWiki cuts a summary at 500 characters.
ROOM = 480
#: So many people are named (and so notified) by one summary.
MOST_NAMES = 5

_OPEN = frozenset({'sending', 'editing', 'deleting'})


def record_summary(records: Mapping[tuple[str, str], Record], proposers: Iterable[str] = ()) -> str:
    """What became of the claims of a run, for example ``posted mediawiki-1-47: mastodon (approved in
    [[Special:Diff/7]]), proposed by [[User:Carol]]``. Names every id, or says that there are more.
    """
    ids = list(dict.fromkeys(item_id for item_id, _ in records))
    long = f'{RECORD} ' + '; '.join(_phrase(item_id, records) for item_id in ids)
    named = list(dict.fromkeys(proposers))[:MOST_NAMES]
    users = ''
    if named:
        people = ', '.join(f'[[User:{name}]]' for name in named)
        users = f', {Reason("summaries-proposed-by", (people,)).said()}'
    if len(long + users) <= ROOM:
        return long + users
    if len(long) <= ROOM:
        return long
    return summary_of_ids(RECORD, _counts(records), ids)


def _phrase(item_id: str, records: Mapping[tuple[str, str], Record]) -> str:
    mine = {name: record for (one, name), record in records.items() if one == item_id}
    kinds = dict.fromkeys(record.kind for record in mine.values())
    phrases = []
    for kind in kinds:
        channels = ', '.join(name for name, record in mine.items() if record.kind == kind)
        phrases.append(f'{_word(kind)} {item_id}: {channels}')
    revid = max(record.revid for record in mine.values())
    approved = Reason('summaries-approved-in', (f'[[Special:Diff/{revid}]]',)).said()
    return f'{", ".join(phrases)} ({approved})'


def _counts(records: Mapping[tuple[str, str], Record]) -> str:
    kinds: Sequence[str] = [record.kind for record in records.values()]
    return ', '.join(f'{kinds.count(kind)} {_word(kind)}' for kind in dict.fromkeys(kinds)) + ':'


def _word(kind: str) -> str:
    """What became of a place, in a word."""
    return Reason(f'summaries-{"open" if kind in _OPEN else kind}').said()
