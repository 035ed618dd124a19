"""What ever stood on the page of mentions, and what went to the archive: from the bot's own edits.

Their summaries name the digests of what they brought. What a page shows proves nothing: whoever writes
an address onto it, or takes one off, changes nothing of what counts as known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from mwsocial.inbox.mark import Mark, read_mark, read_marks
from mwsocial.inbox.mentions import Mention, introduced
from mwsocial.wiki.api import Api
from mwsocial.wiki.history import bot_revisions, read_revision
from mwsocial.wiki.read import PageState, texts
from mwsocial.wiki.revision import Revision

PULLED = 'mwsocial:mentions'
ARCHIVED = 'mwsocial:archive'
#: Stands in a summary in place of the digests that found no room there.
MORE = '+more'
#: MediaWiki cuts a summary at 500 characters.
ROOM = 480
#: A post was on the page at the earliest when it was made, by another clock.
CLOCKS = timedelta(days=1)
#: How many of the bot's edits are looked through for a mark that counts.
_LOOKS = 5
#: How many edits whose summaries could not name all are compared with what stood before.
_SHORT = 50

_DIGEST = re.compile(r'(?<![^\s])[0-9a-f]{10}(?![^\s])')


def summary(mark: str, words: str, digests: Sequence[str] = ()) -> str:
    """A summary that names as many digests as there is room for. *words* holds no digest."""
    taken = [mark, f'{words}:' if digests else words]
    length = sum(len(one) + 1 for one in taken) + len(MORE)
    for one in digests:
        length += len(one) + 1
        if length > ROOM:
            return ' '.join([*taken, MORE])
        taken.append(one)
    return ' '.join(taken)


class Ledger:
    """The bot's marked edits of one page, read back as far as it is asked for."""

    def __init__(self, api: Api, title: str, bots: Iterable[str], mark: str = PULLED) -> None:
        """*mark*: by which the summaries of the edits that count begin."""
        self._api = api
        self._title = title
        self._bots = frozenset(bots)
        self._mark = mark
        self._at_least = 0
        self._back_to: datetime | None = None
        self._own: list[Revision] | None = None
        self._brought: dict[str, Revision] = {}
        self._texts: dict[int, str] = {}
        self._compared: set[int] = set()

    def first(self, digests: Iterable[str], since: datetime | None) -> Mapping[str, Revision]:
        """The edits that brought those of *digests* that are known, as far back as a time (UTC), or as
        there are any. Raises TemporaryError.
        """
        wanted = set(digests) - {''}
        if not wanted <= self._brought.keys():
            self._read(since)
        if not wanted <= self._brought.keys():
            self._read_short(since)
        return {one: self._brought[one] for one in wanted if one in self._brought}

    def seen(self, page: PageState) -> None:
        """Take the text of *page*, which has been read anyway: what follows goes by a history as new."""
        self._at_least = max(self._at_least, page.revid)
        if page.revid and not page.text_hidden:
            self._texts[page.revid] = page.text

    def _read(self, since: datetime | None) -> None:
        if self._own is not None and (
            self._back_to is None or (since is not None and self._back_to <= since)
        ):
            return
        found = bot_revisions(
            self._api, self._title, self._bots, at_least=self._at_least, since=since
        )
        self._own = [
            one for one in found if one.summary_hidden or one.summary.split()[:1] == [self._mark]
        ]
        self._back_to = since
        for revision in self._own:
            self._bring(revision, _DIGEST.findall(revision.summary))

    def _read_short(self, since: datetime | None) -> None:
        """What is named by no summary is found in the texts."""
        short = [
            one
            for one in self._own or ()
            if _is_short(one) and not one.text_hidden and (since is None or one.timestamp >= since)
        ]
        short = [one for one in short if one.revid not in self._compared][:_SHORT]
        self._load(short)
        for revision in short:
            self._bring(revision, [one.digest for one in self._introduced(revision)])
        self._compared |= {one.revid for one in short}

    def _bring(self, revision: Revision, digests: Iterable[str]) -> None:
        for one in digests:
            known = self._brought.get(one)
            if known is None or known.revid > revision.revid:
                self._brought[one] = revision

    def _load(self, revisions: Collection[Revision]) -> None:
        wanted = {
            revid
            for one in revisions
            for revid in (0 if one.text_hidden else one.revid, one.parentid)
            if revid and revid not in self._texts
        }
        # What stood before may be gone with a page that was deleted; the edits themselves were seen.
        newest = max((one.revid for one in revisions), default=0)
        self._texts |= texts(self._api, wanted, seen=newest)

    def _introduced(self, revision: Revision) -> list[Mention]:
        before = self._texts.get(revision.parentid, '')
        return introduced(self._texts.get(revision.revid, ''), before)

    def own_words(self, brought: Mapping[str, Revision]) -> dict[str, Mention]:
        """Mentions, by address, as the bot itself wrote them: *brought* by its edits. Left out is what
        cannot be seen any more.
        """
        self._load(brought.values())
        found = {}
        for url, revision in brought.items():
            if revision.parentid and not self._texts.get(revision.parentid):
                continue  # nobody can see what stood there before, and who wrote it
            mine = [one for one in self._introduced(revision) if one.url == url]
            if len(mine) == 1:
                found[url] = mine[0]
        return found

    # -- where reading stands ----------------------------------------------------------------------

    @cached_property
    def mark(self) -> Mark:
        """What the bot's newest edit says; an empty one where there is none."""
        own = self._own or [one for bot in sorted(self._bots) for one in self._newest(bot)]
        own = [one for one in own if one.summary.split()[:1] == [self._mark]]
        for revision in sorted(own, key=lambda one: one.revid, reverse=True)[:_LOOKS]:
            self._load([revision])
            lines = read_marks(self._texts.get(revision.revid, ''))
            if len(lines) > 1:
                # Somebody put another one there while the bot saved.
                before = read_marks(self._texts.get(revision.parentid, ''))
                lines = [line for line in lines if line not in before]
            if len(lines) == 1:
                return read_mark(lines[0])
        return Mark()

    def _newest(self, bot: str) -> list[Revision]:
        answer = self._api.query({
            'titles': self._title,
            'prop': 'revisions',
            'rvprop': 'ids|timestamp|user|userid|comment|sha1',
            'rvlimit': '20',
            'rvuser': bot,
        })  # fmt: skip
        pages = answer.get('query', {}).get('pages', [])
        return [read_revision(one) for page in pages for one in page.get('revisions', [])]


def _is_short(revision: Revision) -> bool:
    return revision.summary_hidden or MORE in revision.summary.split()
