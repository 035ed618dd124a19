"""A suggestion that somebody wants to use goes onto the queue: target first, then off the source.

Whether it was put there is known from the bot's own edits of the queue since it was suggested, so a run
that dies between the two pages loses nothing and doubles nothing, and neither does somebody who takes
the item off the queue meanwhile or puts another one there under its id.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mwsocial.desk.approval.authors import PROPOSE, proposal_summary
from mwsocial.desk.item import Item
from mwsocial.errors import TemporaryError
from mwsocial.proposing.wikitext import item_wikitext, items_of, reads_back, section, title_of
from mwsocial.reason import Reason
from mwsocial.wiki.api import Api
from mwsocial.wiki.escape import LINE, shortened
from mwsocial.wiki.history import bot_revisions
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.read import PageState, snapshot, texts
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.save import Conflict, Lost, Outcome, Refused, Saved, save

TRIES = 5
#: An id that somebody else has taken on the queue meanwhile gets one of these behind it.
_OTHERS = ('', '-2', '-3', '-4')
_WORDS = re.compile(r'[a-z0-9][a-z0-9-]*')


@dataclass(frozen=True)
class Used:
    """What is to be proposed, by the revision in which somebody decided so (its ``revid`` is 0 where
    nobody did). ``since``: when it came onto the page (UTC). ``title``: of its section on the queue; ''
    for its first words. ``how``: the key of the sentence that says so, with a link to the revision.
    """

    item: Item
    decision: Revision
    since: datetime
    title: str = ''
    how: str = 'proposing-decided'

    @property
    def user(self) -> str:
        """Whom the summary names: '' for somebody without an account, who cannot approve either."""
        return self.decision.user if self.decision.userid else ''


@dataclass
class Moved:
    """What became of the suggestions, by id: ``done`` are on the queue (under which id), ``left`` are
    not, and why.
    """

    done: dict[str, str] = field(default_factory=dict)
    left: dict[str, Reason] = field(default_factory=dict)
    edits: int = 0


class Mover:
    """Puts used suggestions onto the queue."""

    def __init__(self, api: Api, queue: str, bots: Iterable[str], source: str) -> None:
        """*queue* and *source*: titles; *bots*: the accounts whose edits count as ours."""
        self._api = api
        self._queue = queue
        self._bots = frozenset(bots)
        self._source = source

    def move(self, used: Sequence[Used]) -> Moved:
        """Propose all of *used*, in as few edits as their summaries allow. Raises TemporaryError."""
        moved = Moved()
        waiting = list(used)
        for attempt in range(TRIES):
            if not waiting:
                return moved
            waiting = self._try(waiting, moved)
            if waiting:
                time.sleep(random.uniform(0.2, 0.6) * (attempt + 1))  # noqa: S311 - jitter
        if waiting:
            raise TemporaryError(
                f'The page “{self._queue}” was changed by others {TRIES} times while this run tried '
                'to save it.'
            )
        return moved

    def _try(self, used: Sequence[Used], moved: Moved) -> list[Used]:
        """One reading of the queue; returns what somebody else's edit kept from it."""
        page = snapshot(self._api, [self._queue]).pages[self._queue]
        if page.missing or page.redirect or page.text_hidden:
            moved.left |= {
                one.item.id: Reason('proposing-no-queue', (self._queue,)) for one in used
            }
            return []
        since = min(one.since for one in used)
        own = bot_revisions(self._api, self._queue, self._bots, at_least=page.revid, since=since)
        fresh = []
        for one in used:
            before = self._moved_before(one, own)
            if before is None:
                moved.left[one.item.id] = Reason('proposing-queue-hidden', (self._queue,))
            elif before:
                moved.done[one.item.id] = before
            else:
                fresh.append(one)
        while fresh:
            chunk = _fitting(fresh)
            fresh = fresh[len(chunk) :]
            outcome = self._put(page, chunk, moved)
            if isinstance(outcome, Conflict | Lost):
                # After a lost answer too: whether it was saved, the history tells by now or later.
                if isinstance(outcome, Lost):
                    raise TemporaryError(
                        f'Nobody knows whether the page “{self._queue}” was saved: '
                        f'{outcome.reason.text()}'
                    )
                return [*chunk, *fresh]
            if isinstance(outcome, Saved):
                moved.edits += 1
                page = replace(page, text=outcome.text, revid=outcome.revid)
        return []

    def _moved_before(self, used: Used, own: Sequence[Revision]) -> str | None:
        """Under which id the bot has proposed it already; '' if it has not, None if nobody can see."""
        hidden = [one for one in own if one.summary_hidden]
        shown = texts(self._api, [one.revid for one in hidden if not one.text_hidden])
        for other in _OTHERS:
            item_id = f'{used.item.id}{other}'
            for revision in own:
                if not revision.summary_hidden:
                    if proposes(revision.summary, item_id):
                        return item_id
                elif revision.timestamp >= used.since:
                    if revision.text_hidden:
                        return None
                    text = shown.get(revision.revid, '')
                    if item_id in read_queue(text).by_id() and not other:
                        return item_id
        return ''

    def _put(self, page: PageState, chunk: Sequence[Used], moved: Moved) -> Outcome | None:
        """Save the queue with the items of *chunk*; None where none of them can be put there."""
        # Where a filter does not like an address, the words still get there.
        for addresses in (True, False):
            text, proposals, targets = self._with(page.text, chunk, addresses, moved)
            if not proposals:
                return None
            outcome = save(
                self._api,
                self._queue,
                text,
                base=page.revid,
                summary=f'{proposal_summary(proposals)} from [[{self._source}]]',
                minor=False,
            )
            if isinstance(outcome, Saved):
                moved.done |= targets
            if not isinstance(outcome, Refused):
                return outcome
            if not addresses:
                moved.left |= dict.fromkeys(targets, outcome.reason)
        return None

    def _with(
        self, text: str, chunk: Sequence[Used], addresses: bool, moved: Moved
    ) -> tuple[str, dict[str, str], dict[str, str]]:
        """The queue with the items of *chunk*; who proposes which id, and the ids by suggestion."""
        proposals: dict[str, str] = {}
        targets: dict[str, str] = {}
        for one in chunk:
            there = {item.id for item in items_of(text)}
            free = [f'{one.item.id}{other}' for other in _OTHERS]
            target = next((name for name in free if name not in there and len(name) <= 64), '')
            longer, content = text, {**one.item.content, 'id': target}
            if target:
                wikitext = item_wikitext(
                    content,
                    comment=_comment(one),
                    hold=one.item.editors.get('hold', ''),
                    addresses=addresses,
                )
                longer = text.rstrip() + section(one.title or title_of(content), wikitext)
            if not target or not reads_back(text, longer, content):
                moved.left[one.item.id] = Reason('proposing-not-movable', (one.item.id,))
                continue
            text = longer
            proposals[target] = one.user
            targets[one.item.id] = target
        return text, proposals, targets


def proposes(summary: str, item_id: str) -> bool:
    """Whether an edit with this summary put the item onto the queue."""
    # Names of users and pages are not ids, whatever they are called.
    words = re.sub(r'\[\[[^\[\]]*\]\]', '', summary)
    return summary.split()[:1] == [PROPOSE] and item_id in _WORDS.findall(words)


def _comment(used: Used) -> str:
    # What somebody wrote leaves room for who decided.
    said = shortened(used.item.editors.get('comment', ''), LINE // 2)
    if not used.decision.revid:
        return said
    link = f'[[Special:Diff/{used.decision.revid}]]'
    return ' · '.join(filter(None, (said, Reason(used.how, (link,)).said())))


def _fitting(used: Sequence[Used]) -> Sequence[Used]:
    """As many of the first ones as one summary can name; at least one."""
    proposals: dict[str, str] = {}
    for number, one in enumerate(used):
        # An id may still get longer, and the source is named behind.
        proposals[f'{one.item.id}-x'] = one.user
        try:
            proposal_summary(proposals)
        except ValueError:
            return used[: max(1, number)]
    return used
