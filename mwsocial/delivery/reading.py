"""The queue page as one run sees it: what it shows, how each item stands, and what has been proved."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from mwsocial.desk.fingerprint import SHOWN, fingerprint
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.judge import Bench, judge, until_known
from mwsocial.desk.knowledge import Knowledge
from mwsocial.desk.plan import HANDS_OFF, Claim, ItemChange, Pace
from mwsocial.desk.records import Proven, Record, marked, record_summary_for_archive
from mwsocial.desk.standing import Standing
from mwsocial.desk.validity import Desk
from mwsocial.errors import ConfigurationError
from mwsocial.reason import Reason
from mwsocial.wiki.edits import Change, apply, safe_value
from mwsocial.wiki.items import read_queue

T = TypeVar('T')


@dataclass(frozen=True)
class Reading:
    """One moment of the queue page. ``now`` is UTC by the wiki's clock."""

    text: str
    revid: int
    config_revid: int
    now: datetime
    queue: Queue
    standings: Sequence[Standing]
    knowledge: Knowledge
    stopped: Reason | None
    folds: Mapping[str, str] = field(default_factory=dict)

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
        """The item as a revision holds it, if that has been read."""
        return self.knowledge.queue(revid).by_id().get(item_id)

    def addresses(self, channel: str, but: str) -> frozenset[str]:
        """Where the other items of the page were posted on this channel."""
        return frozenset(
            proven.record.rest
            for item_id, standing in self.by_id.items()
            for name, proven in standing.situation.records.items()
            if name == channel and item_id != but and proven.record.kind == 'posted'
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

    def __init__(self, wiki: Wiki, config: DeskConfig, desk: Desk, live: Mapping[str, Reason]) -> None:
        """*desk*: channels and limits for the validity rules; *live*: why an enabled channel is not."""
        self.wiki = wiki
        self.config = config
        self.paces = {
            name: Pace(timedelta(minutes=one.minutes_between_posts), one.posts_per_day)
            for name, one in config.live_channels.items()
        }
        self._desk = desk
        self._not_live = live

    def read(self) -> Reading:
        """The page as it is now, with every item judged."""
        title = self.config.pages.queue
        snapshot = self.wiki.read([title, self.wiki.config_title])
        page = snapshot.pages[title]
        if page.missing or page.redirect:
            what = 'does not exist' if page.missing else 'is a redirect'
            raise ConfigurationError(
                f'The queue page “{title}” {what}. Run setup_desk, or name the right page under '
                f'"pages" on [[{self.wiki.config_title}]].'
            )
        queue = read_queue(page.text)
        history = self.wiki.history(title, page)
        bench = Bench(
            rules=self.config.rules(),
            desk=self._desk,
            ledger=marked(self.wiki.bot_revisions(title), self.config.bot),
            not_live=self._not_live,
        )
        standings = until_known(
            lambda: judge(queue, history, bench, snapshot.now), history.fetch
        )
        return Reading(
            text=page.text,
            revid=page.revid,
            config_revid=snapshot.pages[self.wiki.config_title].revid,
            now=snapshot.now,
            queue=queue,
            standings=standings,
            knowledge=history,
            stopped=self.wiki.stopped(snapshot, queue),
            folds={
                s.item.id: s.approved.value
                for s in standings
                if s.approved and s.item.editors.get('approved') != s.approved.value
            },
        )

    def refresh(self, reading: Reading) -> Reading:
        """The same reading while neither the page nor the configuration has changed, else a new one.

        One request, made before each send: this is where the brakes are looked at.
        """
        title = self.config.pages.queue
        snapshot = self.wiki.read([title, self.wiki.config_title])
        same = (
            snapshot.pages[title].revid == reading.revid
            and snapshot.pages[self.wiki.config_title].revid == reading.config_revid
        )
        if not same:
            return self.read()
        return replace(
            reading, now=snapshot.now, stopped=self.wiki.stopped(snapshot, reading.queue)
        )

    def ask(self, reading: Reading, decision: Callable[[Knowledge], T]) -> T:
        """What *decision* says of the page's history; what it needs is read."""
        return until_known(lambda: decision(reading.knowledge), reading.fetch)

    def touched_lately(self, reading: Reading) -> Callable[[Item], bool]:
        """Tells of an item whether a person has edited it within the last minutes."""
        span = min(HANDS_OFF, self.config.rules().quiet)
        cutoff = reading.now - span
        bot = self.config.bot

        def touched(item: Item) -> bool:
            lately = []
            for revision in reading.knowledge.chain:
                if revision.timestamp <= cutoff:
                    break
                lately.append(revision)
            if all(revision.user == bot for revision in lately):
                return False
            before = lately[-1].parentid
            if not before:
                return True
            old = self.ask(reading, lambda knowledge: knowledge.queue(before))
            mine = (item.content, item.editors)
            return all((one.content, one.editors) != mine for one in old.items)

        return touched
