"""The queue page as one run sees it: what it shows, how each item stands, and what has been proved."""

from __future__ import annotations

import hashlib
import re
import time
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from mwsocial.delivery.archive import Archives, keep_record
from mwsocial.delivery.archived import archived_items, left
from mwsocial.delivery.brakes import STOP, brake
from mwsocial.delivery.orphans import open_claims, still_open
from mwsocial.desk.binding import bound
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.judge import Bench, judge
from mwsocial.desk.places import channel_of
from mwsocial.desk.plan import HANDS_OFF, ItemChange, Pace
from mwsocial.desk.records import (
    ARCHIVE,
    CLAIMS,
    Proven,
    Record,
    marked,
    proven_records,
    read_record,
)
from mwsocial.desk.standing import Standing
from mwsocial.desk.validity import Desk
from mwsocial.errors import ConfigurationError, TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki.config import parse_config
from mwsocial.wiki.edits import Gone, apply, remove_decision, safe_value
from mwsocial.wiki.former import FormerRights
from mwsocial.wiki.history import PageHistory
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.parsed import ParsedPages
from mwsocial.wiki.presave import inert
from mwsocial.wiki.read import PageState, Snapshot, snapshot
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.save import SUMMARY, Conflict, Outcome, Saved, safe_summary, save
from mwsocial.wiki.site import OpenDesk
from mwsocial.wiki.textstore import TextStore

T = TypeVar('T')
#: What people wrote of an item, as a value that can be looked up.
Form = tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]

#: Characters of a summary beside the digests that it is bound by.
ROOM = SUMMARY - 18
#: What is done only after a look into the archive.
_TO_SEEK = frozenset({'send', 'settle', 'correct'})
#: Seconds to wait before each further look for the newest page: MediaWiki sends bots away (maxlag)
#: where its servers lag by more than five.
_LAGS = (1.0, 2.0, 4.0, 8.0, 8.0)


@dataclass(frozen=True)
class Reading:
    """One moment of the queue page. ``now`` is UTC by the wiki's clock. ``returned``: ids of items that
    were put back from the archive.
    """

    title: str
    text: str
    revid: int
    config_revid: int
    now: datetime
    queue: Queue
    standings: Sequence[Standing]
    knowledge: PageHistory
    stopped: Reason | None
    folds: Mapping[str, str] = field(default_factory=dict)
    returned: frozenset[str] = frozenset()

    @cached_property
    def by_id(self) -> dict[str, Standing]:
        """The standings of the items that are what their id says (no newcomers)."""
        return {
            standing.item.id: standing
            for standing in self.standings
            if standing.item.id and not standing.situation.newcomer
        }

    def proven(self, item_id: str, channel: str) -> Proven | None:
        """The newest record that counts."""
        standing = self.by_id.get(item_id)
        return standing.situation.records.get(channel) if standing else None

    def shown(self, item_id: str, name: str) -> str | None:
        """What the page shows; None also where it stands more than once."""
        standing = self.by_id.get(item_id)
        if standing is None or standing.item.disorder:
            return None
        return standing.item.bot.get(name)

    def item_in(self, item_id: str, revid: int) -> Item | None:
        """The item as a revision holds it."""
        queue = self.knowledge.decide(lambda: self.knowledge.queue(revid))
        return queue.first(item_id)

    def addresses(self, place: str, item_id: str) -> frozenset[str]:
        """Where everything else that the page knows was posted on this place's channel."""
        return frozenset(
            proven.record.address
            for one, standing in self.by_id.items()
            for name, proven in standing.situation.records.items()
            if channel_of(name) == channel_of(place)
            and (one, name) != (item_id, place)
            and proven.record.address
        )

    def new_id(self, item: Item) -> str:
        """An id for an item that has none: the day, its first words, and something of its own."""
        words = item.content.get('text') or item.content.get('news') or 'item'
        plain = unicodedata.normalize('NFKD', words).encode('ascii', 'ignore').decode().lower()
        slug = '-'.join(re.findall(r'[a-z0-9]+', plain.split('http')[0])[:4])[:32].strip('-')
        seed = f'{self.revid} {item.number} {sorted(item.content.items())}'
        tail = hashlib.sha256(seed.encode()).hexdigest()[:6]
        return '-'.join(filter(None, (f'{self.now:%Y-%m-%d}', slug, tail)))


class QueueReader:
    """Reads the queue page and judges it; saves changes of single items into it."""

    def __init__(self, desk: OpenDesk, rules: Desk, not_live: Mapping[str, Reason]) -> None:
        """*rules*: channels and limits for validity; *not_live*: why an enabled channel cannot send."""
        self.config = desk.config
        self.title = desk.config.pages.queue
        self.not_live = dict(not_live)
        #: why an item cannot go to a channel now, by id and channel; what is wrong with one, by id
        self.not_ready: dict[tuple[str, str], Reason] = {}
        self.troubles: dict[str, Reason] = {}
        #: items that nothing can be written on: their templates do not read back as they were written
        self.unwritable: set[str] = set()
        self.rules = rules
        self.paces = {
            name: Pace(timedelta(minutes=one.minutes_between_posts), one.posts_per_day)
            for name, one in desk.config.enabled_channels.items()
        }
        self._desk = desk
        self._api = desk.api
        self._former = FormerRights(desk.api, desk.config_title)
        self._archives = Archives(desk.api, desk.config)
        self._store = TextStore()
        self._parsed = ParsedPages()
        #: the newest revision of the page that this run has seen or saved
        self._seen = 0

    def now(self) -> datetime:
        """The wiki's clock (UTC), in whole seconds as records have it."""
        return self._api.now().replace(microsecond=0)

    def read(self) -> Reading:
        """The page as it is now, with every item judged."""
        page, moment = self._moment()
        queue = self._parsed.get(page.revid) or read_queue(page.text)
        self._parsed.put(page.revid, queue, page.text)
        history = PageHistory(self._api, page, self._former, self._store, self._parsed)
        # The records come with the history that is known to be as new as the page.
        own = marked(history.revisions.values(), self.config.bots)
        standings = self._judge(queue, history, own, moment.now)
        due = {standing.item.id for standing in standings if _matters(standing)}
        removals = marked(history.revisions.values(), self.config.bots, (ARCHIVE,))
        due |= left(queue, removals)
        new = bool(due) and self._archives.seek(due, page.title, moment.now, _listed(own))
        ledger = self._archives.ledger
        archived = history.decide(lambda: archived_items(due, ledger, removals, history))
        if new or archived:
            standings = self._judge(queue, history, own, moment.now, archived)
        return Reading(
            title=page.title,
            text=page.text,
            revid=page.revid,
            config_revid=moment.pages[self._desk.config_title].revid,
            now=moment.now,
            queue=queue,
            standings=standings,
            knowledge=history,
            stopped=self._brake(queue, moment),
            folds=_folds(queue, standings),
            returned=frozenset(archived),
        )

    def _judge(
        self,
        queue: Queue,
        history: PageHistory,
        own: Sequence[Revision],
        now: datetime,
        archived: Mapping[str, Item | None] | None = None,
    ) -> Sequence[Standing]:
        bench = Bench(
            rules=self.config.rules(),
            desk=self.rules,
            ledger=self._ledger(own),
            not_live=self.not_live,
            not_ready=self.not_ready,
            troubles=self.troubles,
            languages={name: self.config.channel_language(name) for name in self.config.channels},
            archived=archived or {},
        )
        return history.decide(lambda: judge(queue, history, bench, now))

    def _ledger(self, own: Sequence[Revision]) -> list[Revision]:
        """The revisions that may bring records, of the queue and of the archive, newest first."""
        found = {one.revid: one for one in (*own, *self._archives.ledger)}
        return [found[revid] for revid in sorted(found, reverse=True)]

    def records_of(
        self, reading: Reading, item_id: str, names: Collection[str]
    ) -> dict[str, Record]:
        """What the history proves of an item, whether it stands on the page or not; *names* as in
        ``sent-NAME``.
        """
        history = reading.knowledge
        own = marked(history.revisions.values(), self.config.bots)
        proven = history.decide(lambda: proven_records(item_id, names, self._ledger(own), history))
        return {name: proven[name].record for name in names if name in proven}

    def orphans(self, reading: Reading) -> dict[str, dict[str, Record]]:
        """Items that have left the page under a claim that nobody has finished, by id, with what the
        history proves of them by place.
        """
        history = reading.knowledge
        own = marked(history.revisions.values(), self.config.bots)
        there = {item.id for item in reading.queue.items}

        def claimed_by(revision: Revision) -> list[str]:
            held = history.decide(lambda: history.queue(revision.revid))
            return [item.id for item in held.items if _claimed(item)]

        claims = open_claims(own, there, reading.now, claimed_by)
        if not claims:
            return {}
        self._archives.seek(claims, reading.title, reading.now, _listed(own))
        found = {}
        for item_id, claim in claims.items():
            item = reading.item_in(item_id, claim.revid)
            names = [one for one in (item.bot if item else ()) if one.startswith('sent-')]
            places = [name.removeprefix('sent-') for name in names]
            records = self.records_of(reading, item_id, places)
            if still_open(records, reading.now):
                found[item_id] = records
        return found

    def refresh(self, reading: Reading) -> Reading:
        """The same reading while neither the page nor the configuration has changed, else a new one.

        One request, made before each send: this is where the brakes are looked at.
        """
        page, moment = self._moment()
        if page.revid != reading.revid:
            return self.read()
        stopped = self._brake(reading.queue, moment)
        return replace(reading, now=moment.now, stopped=stopped)

    def _moment(self) -> tuple[PageState, Snapshot]:
        """The page and the configuration, no older than this run has seen or saved the page before.

        What is asked of a wiki of several servers may be answered by one that lags (Manual:Maxlag
        parameter); on such a page this run's own claim would not stand. Raises TemporaryError.
        """
        for wait in (0.0, *_LAGS):
            time.sleep(self._api.pause * wait)
            moment = snapshot(self._api, [self.title, self._desk.config_title])
            page = moment.pages[self.title]
            if page.missing or page.revid >= self._seen:
                break
        else:
            raise TemporaryError(
                f'The wiki shows revision {page.revid} of “{self.title}”, which is older than revision '
                f'{self._seen} that this run has seen: the next run goes on.'
            )
        self._seen = page.revid
        if page.missing or page.redirect:
            what = 'does not exist' if page.missing else 'is a redirect'
            raise ConfigurationError(
                f'The queue page “{self.title}” {what}. Run setup_desk, or name the right page under '
                f'"pages" on [[{self._desk.config_title}]].'
            )
        if page.text_hidden:
            raise ConfigurationError(f'The text of the queue page “{self.title}” is hidden.')
        return page, moment

    def _brake(self, queue: Queue, moment: Snapshot) -> Reason | None:
        """Why nothing may be sent now, if so."""
        stopped = (self.title,) if queue.stopped else ()
        found = brake(self.config, self._desk.config_page, moment, *stopped)
        refusal = moment.pages[self.title].refusal
        if refusal and (found is None or found.key == STOP):
            return Reason('delivery-no-edit', (self.title, refusal))
        return found

    def save_changes(
        self,
        reading: Reading,
        changes: Sequence[ItemChange],
        summary: str,
        *,
        minor: bool,
        nonce: str = '',
        duty: bool = False,
    ) -> Outcome:
        """Save *changes* into the page that was read, if it is still the same.

        A decision that is folded into its item leaves the page with the same edit.
        """
        try:
            text, left_out = applied(reading.text, changes)
        except Gone:
            return Conflict()
        self.unwritable |= {name_of(item) for item in left_out}
        folded = {change.item.id: change.fold for change in changes if change.fold}
        text = remove_decision(
            text,
            *(
                decision.number
                for decision in reading.queue.decisions
                if folded.get(decision.id) == decision.approved
            ),
        )
        if text == reading.text:
            return Saved(reading.revid, text, changed=False)
        text = inert(text)
        queue = read_queue(text)
        saved = save(
            self._api, self.title, text, base=reading.revid, minor=minor, bot=True, nonce=nonce,
            duty=duty, summary=bound(safe_summary(summary, ROOM), queue, reading.queue, SUMMARY),
        )  # fmt: skip
        if isinstance(saved, Saved):
            self._seen = max(self._seen, saved.revid)
            if saved.text == text:
                self._parsed.put(saved.revid, queue, text)
        return saved

    def pointer_at(self, name: str, moment: datetime) -> str | None:
        """The sentence *name* of the configuration as it stood before *moment* (UTC); None if there was
        none, or it cannot be told. What was changed within that very second counts as after it.
        """
        before = moment - timedelta(seconds=1)
        answer = self._api.query(
            {
                'titles': [self._desk.config_title], 'prop': 'revisions', 'rvlimit': '1',
                'rvstart': before.strftime('%Y-%m-%dT%H:%M:%SZ'), 'rvdir': 'older',
                'rvprop': 'content', 'rvslots': 'main',
            }
        )  # fmt: skip
        for page in answer.get('query', {}).get('pages', []):
            for revision in page.get('revisions', []):
                text = revision.get('slots', {}).get('main', {}).get('content')
                if isinstance(text, str):
                    try:
                        return parse_config(text, self._desk.config_title).pointers.get(name)
                    except ConfigurationError:
                        return None
        return None

    def text_of(self, reading: Reading, revid: int) -> str:
        """The queue page's wikitext in a revision."""
        history = reading.knowledge
        return history.decide(lambda: history.text(revid))

    def keep(self, item_id: str, wikitext: str) -> Outcome:
        """Keep an item that has left the queue in the month's archive."""
        return keep_record(self._api, self.config, self.now(), item_id, wikitext)

    def touched_lately(self, reading: Reading) -> Callable[[Item], bool]:
        """Tells of an item whether a person has edited it within the last minutes."""
        span = min(HANDS_OFF, self.config.rules().quiet)
        cutoff = reading.now - span
        history = reading.knowledge
        forms: dict[int, set[Form]] = {}

        def touched(item: Item) -> bool:
            if not span:
                return False
            lately = []
            for revision in history.chain:
                if revision.timestamp <= cutoff:
                    break
                lately.append(revision)
            if all(revision.user in self.config.bots for revision in lately):
                return False
            before = lately[-1].parentid
            if not before:
                return True
            if before not in forms:
                old = history.decide(lambda: history.queue(before))
                forms[before] = {_form(one) for one in old.items}
            return _form(item) not in forms[before]

        return touched

    @staticmethod
    def words(reason: Reason) -> str:
        """A sentence as it may stand on the page: words of strangers in it are inert."""
        return reason.said(safe_value)


def _form(item: Item) -> Form:
    return frozenset(item.content.items()), frozenset(item.editors.items())


def name_of(item: Item) -> str:
    """What an item of the page is called for the operator: its id, or its place where it has none."""
    return item.id or f'item number {item.number + 1}'


def applied(text: str, changes: Sequence[ItemChange]) -> tuple[str, list[Item]]:
    """The page with all changes that it takes, and the items that take none.

    One broken item, which anybody can write, must not keep the others from theirs: what would not
    read back as it was written is left out, and its claim then does not stand.
    """
    try:
        return apply(text, changes), []
    except ValueError:
        if len(changes) == 1:
            return text, [changes[0].item]
        # By halves: each try reads the whole page, and there may be ten thousand changes.
        half = len(changes) // 2
        text, first = applied(text, changes[:half])
        text, second = applied(text, changes[half:])
        return text, first + second


def _matters(standing: Standing) -> bool:
    """Whether it matters what the archives know of an item: where something is to be sent, and where
    posts are to be taken down of which the page's own history does not know all.
    """
    situation = standing.situation
    if situation.takedown is not None and set(situation.places) - set(situation.records):
        return True
    return any(target.action in _TO_SEEK for target in standing.targets.values())


def _listed(own: Sequence[Revision]) -> int:
    """The newest of the bot's revisions that the list of its contributions shows: none whose author is
    hidden is there.
    """
    return next((one.revid for one in own if not one.user_hidden), 0)


def _claimed(item: Item) -> bool:
    """Whether an item shows a claim."""
    return any(
        name.startswith('sent-') and (record := read_record(value)) and record.kind in CLAIMS
        for name, value in item.bot.items()
    )


def _folds(queue: Queue, standings: Sequence[Standing]) -> dict[str, str]:
    """The decisions that approve an item, to be folded into it."""
    shown = {(decision.id, decision.approved) for decision in queue.decisions}
    return {
        standing.item.id: standing.approved.value
        for standing in standings
        if standing.approved and (standing.item.id, standing.approved.value) in shown
    }
