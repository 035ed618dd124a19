"""A desk in memory: a page with items, accounts that keep what they accept, and a clock.

What is tested is the real pass, settling, acting and recording; only the wiki and the networks are played.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from mwsocial.channels.base import (
    Abilities,
    Account,
    CannotLook,
    Deleted,
    Image,
    Limits,
    Lookup,
    NotFound,
    Outcome,
    OwnPost,
    Pointer,
    Post,
    Posted,
    Refused,
    Removal,
    Seen,
    Unknown,
)
from mwsocial.delivery.passing import Pass, Report
from mwsocial.delivery.reading import Reading
from mwsocial.delivery.tools import Tools
from mwsocial.desk.approval import Approved
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.judge import said
from mwsocial.desk.plan import ItemChange, Pace
from mwsocial.desk.records import Proven, Record, read_record
from mwsocial.desk.rules import Rules
from mwsocial.desk.standing import Situation, stand
from mwsocial.desk.validity import kinds, parts_of
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.save import Refused as SaveRefused
from mwsocial.wiki.save import Saved

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DOUBT = Unknown(Reason('channels-no-answer', ('a server', 'reset')))


class Network:
    """One account. ``outcomes`` are given to what is asked of it, the first one first; ``made`` is what
    stands there, by address.
    """

    network = 'mastodon'
    key_lifetime: timedelta | None = None
    settled_after: timedelta | None = MINUTE

    def __init__(self, name: str, **able: bool) -> None:
        self.name = name
        self.abilities = Abilities(**{'edit': True, 'edit_images': True, **able})
        self.asked: list[tuple[Any, ...]] = []
        self.made: dict[str, str] = {}
        self.outcomes: list[Outcome | Removal | None] = []
        #: what happens on the way of a request that changes something
        self.meanwhile: Callable[[], None] = lambda: None
        self.spent_so_far = 0.0
        self.price = 0.0
        self.shares = 0
        self.theirs: dict[str, Seen] = {}

    def _next(self, *asked: Any) -> Outcome | Removal | None:
        self.asked.append(asked)
        self.meanwhile()
        return self.outcomes.pop(0) if self.outcomes else None

    def _make(self, text: str) -> Posted:
        url = f'https://{self.name}.example/{len(self.asked)}'
        self.made[url] = text
        return Posted(url[-1], url)

    def limits(self) -> Limits | CannotLook:
        return Limits(500)

    def weigh(self, text: str, warning: str = '') -> int:
        return len(text)

    def account(self) -> Account:
        return Account('@us')

    def post(self, post: Post) -> Outcome:
        told = self._next('post', post.text, post.after)
        return cast(Outcome, told) if told else self._make(post.text)

    def find(self, post: Post, since: datetime, ignoring: Collection[str]) -> Lookup:
        for url, text in self.made.items():
            if text == post.text and url not in ignoring:
                return Posted(url[-1], url)
        return NotFound()

    def edit(self, url: str, post: Post) -> Outcome:
        told = self._next('edit', url, post.text)
        if told:
            return cast(Outcome, told)
        self.made[url] = post.text
        return Posted(url[-1], url)

    def delete(self, url: str) -> Removal:
        told = self._next('delete', url)
        if told:
            return cast(Removal, told)
        self.made.pop(url, None)
        return Deleted()

    def cost(self, post: Post) -> float:
        return self.price

    def spent(self, since: datetime) -> float:
        return self.spent_so_far

    def look_up(self, url: str) -> Seen | Refused:
        if url in self.made:
            return Seen(url[-1], url, '@us', self.made[url], NOW, public=True, ours=True)
        return self.theirs.get(url) or Refused(Reason('x-gone', (url,)))

    def share(self, seen: Seen, key: str) -> Outcome:
        told = self._next('share', seen.url)
        return cast(Outcome, told) if told else Posted(seen.remote_id, seen.url)

    def find_share(self, seen: Seen, since: datetime) -> Lookup:
        return NotFound()

    def ours(self, since: datetime) -> list[OwnPost]:
        return []

    def shares_since(self, since: datetime) -> int:
        return self.shares

    def point(self, seen: Seen, pointer: Pointer) -> Outcome:
        told = self._next('point', seen.url, pointer.sentence)
        return cast(Outcome, told) if told else self._make(pointer.sentence)

    def find_point(self, seen: Seen, pointer: Pointer, since: datetime) -> Lookup:
        for url, text in self.made.items():
            if text == pointer.sentence:
                return Posted(url[-1], url)
        return NotFound()

    def secrets(self) -> Sequence[str]:
        return ()


class Config(SimpleNamespace):
    """What a pass asks of the configuration."""

    desk = 'd'
    pointers: Mapping[str, str] = {}
    x_prices = SimpleNamespace(cap_per_month=1.0)
    mention_proposers = False
    archive_after_days = 7.0
    bots = frozenset({'Bot'})

    def rules(self) -> Rules:
        return Rules(bot='Bot')

    def channel_language(self, name: str) -> str:
        return 'en'


@dataclass
class Entry:
    """One item: as it is approved (by *revid*; 0: not), and what stands on the page."""

    item: Item
    revid: int = 50
    ago: timedelta = 20 * MINUTE
    takedown: int | None = None
    settled: dict[str, str] = field(default_factory=dict)


class Desk:
    """The queue page, the bot's records, and the accounts."""

    def __init__(self, *names: str, **able: bool) -> None:
        self.accounts = {name: Network(name, **able) for name in names or ('one',)}
        self.entries: dict[str, Entry] = {}
        self.records: dict[tuple[str, str], list[Record]] = {}
        #: items as revisions hold them, by (id, revision)
        self.old: dict[tuple[str, int], Item] = {}
        self.clock = NOW
        self.revid = 100
        self.stopped: Reason | None = None
        self.sentences: dict[str, str | None] = {}
        self.breaks: Callable[[], None] = lambda: None
        self.kept: list[tuple[str, str]] = []
        self.lines: list[str] = []
        #: what the wiki says to a save, by the items that it changes; and those that it was asked for
        self.refuses: Callable[[Sequence[ItemChange]], str] = lambda changes: ''
        self.saves: list[list[str]] = []
        self.others: list[Revision] = []
        self.reader = Reader(self)
        self.config = self.reader.config
        self.news = News()

    def put(
        self, item_id: str, revid: int = 50, *, ago: timedelta = 20 * MINUTE, **content: str
    ) -> Entry:
        named = {name.replace('_', '-'): value for name, value in content.items()}
        item = Item(len(self.entries), {'id': item_id, **named})
        self.entries[item_id] = Entry(item, revid, ago)
        self.old[item_id, revid] = item
        return self.entries[item_id]

    def record(self, item_id: str, place: str, kind: str, *, ago: timedelta = 20 * MINUTE,
               revid: int = 50, rest: str = 'n0nce') -> None:  # fmt: skip
        self.records.setdefault((item_id, place), []).append(
            Record(kind, self.clock - ago, revid, rest)
        )

    def run(self) -> Report:
        tools = Tools(
            cast(Any, self.reader), cast(Any, self.accounts), cast(Any, self.news), cast(Any, Gallery()),
            self.lines.append,
        )  # fmt: skip
        self.reader.not_ready.clear()
        self.reader.troubles.clear()
        self.reader.not_live.clear()
        return Pass(tools).run()

    def shown(self, item_id: str, place: str) -> str:
        """The newest record, in words."""
        found = self.records.get((item_id, place))
        return found[-1].text() if found else ''

    def state(self, item_id: str) -> tuple[str, str]:
        standing = self.reader.read().by_id[item_id]
        return standing.state, standing.note.key if standing.note else ''


class Gallery:
    """No images."""

    def of(self, *_: object) -> tuple[Image, ...]:
        return ()


class News:
    """No news."""

    def find(self, *_: object) -> Lookup:
        return NotFound()


class Reader:
    """Plays ``QueueReader``: the page is what the desk holds."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        one = SimpleNamespace(shares_per_month=4, account='@us')
        self.config: Any = Config(channels=dict.fromkeys(desk.accounts, one))
        self.not_live: dict[str, Reason] = {}
        self.not_ready: dict[tuple[str, str], Reason] = {}
        self.troubles: dict[str, Reason] = {}
        self.unwritable: set[str] = set()
        self.paces: dict[str, Pace] = {}

    def now(self) -> datetime:
        return self._desk.clock

    def read(self) -> Reading:
        desk = self._desk
        desk.breaks()
        items = [entry.item for entry in desk.entries.values()]
        shown = [replace(item, bot=self._lines(item.id)) for item in items]
        return Reading(
            title='Queue', text=str(desk.records), revid=desk.revid, config_revid=1, now=desk.clock,
            queue=Queue(tuple(shown)), knowledge=cast(Any, Knowledge(desk)), stopped=desk.stopped,
            standings=[
                stand(self._situation(one, item), self.config.rules(), desk.clock)
                for one, item in zip(desk.entries.values(), shown, strict=True)
            ],
        )  # fmt: skip

    def refresh(self, reading: Reading) -> Reading:
        return self.read()

    def _lines(self, item_id: str) -> dict[str, str]:
        return {
            f'sent-{place}': found[-1].text()
            for (one, place), found in self._desk.records.items()
            if one == item_id
        }

    def _situation(self, entry: Entry, item: Item) -> Situation:
        desk = self._desk
        records = {
            place: Proven(_first(found), Revision(desk.revid, 0, 'Bot', 9, found[-1].time))
            for (one, place), found in desk.records.items()
            if one == item.id
        }
        made = desk.clock - entry.ago
        approval = Approved(Revision(entry.revid, 1, 'Alice', 1, made), entry.item, 'f', 'Alice')
        names = [n for n in desk.accounts if n in item.content.get('channels', n).split(',')]
        names = names if kinds(item) else []
        changed = set()
        for place, proven in records.items():
            before = desk.old.get((item.id, proven.record.words_of))
            stands = before and proven.record.address and proven.record.kind != 'deleted'
            if stands and said(before, place, 'en') != said(item, place, 'en'):
                changed.add(place)
        trouble = self.troubles.get(item.id)
        return Situation(
            item,
            problems=(trouble,) if trouble else (),
            approval=approval if entry.revid else None,
            records=records,
            settled=entry.settled,
            channels={n: self.not_live.get(n) or self.not_ready.get((item.id, n)) for n in names},
            parts={n: len(parts_of(item, n)) for n in names},
            changed=frozenset(changed) if entry.revid else frozenset(),
            abilities={n: one.abilities for n, one in desk.accounts.items()},
            takedown=entry.takedown,
        )

    def save_changes(
        self, reading: Reading, changes: Sequence[ItemChange], summary: str, **_: Any
    ) -> Any:
        desk = self._desk
        desk.breaks()
        desk.saves.append([change.item.id or str(change.item.number) for change in changes])
        if words := desk.refuses(changes):
            return SaveRefused(Reason(words, ('Queue', '2', '1')))
        for change in changes:
            for name, value in change.bot.items():
                record = read_record(value or '') if name.startswith('sent-') else None
                known = desk.records.setdefault((change.item.id, name.removeprefix('sent-')), [])
                if record and (not known or known[-1] != record):
                    known.append(record)
                if not known:
                    del desk.records[change.item.id, name.removeprefix('sent-')]
        desk.revid += 1
        return Saved(desk.revid, '')

    def pointer_at(self, name: str, moment: datetime) -> str | None:
        return self._desk.sentences.get(name, self.config.pointers.get(name))

    def text_of(self, reading: Reading, revid: int) -> str:
        return ''.join(
            '{{Social media item\n'
            + ''.join(f'| {name} = {value}\n' for name, value in item.content.items())
            + '}}\n'
            for (_, one), item in self._desk.old.items()
            if one == revid
        )

    def records_of(
        self, reading: Reading, item_id: str, names: Collection[str]
    ) -> dict[str, Record]:
        known = self._desk.records
        return {name: known[item_id, name][-1] for name in names if (item_id, name) in known}

    def orphans(self, reading: Reading) -> dict[str, dict[str, Record]]:
        return {}

    def keep(self, item_id: str, wikitext: str) -> Saved:
        self._desk.kept.append((item_id, wikitext))
        return Saved(1, wikitext)

    def touched_lately(self, reading: Reading) -> Callable[[Item], bool]:
        return lambda item: False

    def words(self, reason: Reason) -> str:
        return reason.text()


def _first(found: Sequence[Record]) -> Record:
    """The newest record, with when its attempt began (as ``proven_records`` tells it)."""
    about = {'editing', 'deleting', 'kept'}
    newest, first = found[-1], found[-1].time
    for one in reversed(found):
        if {one.kind, newest.kind} - about or one.revid != newest.revid:
            break
        first = one.time
    return replace(newest, first=first) if newest.kind in about else newest


class Knowledge:
    """The history: items as revisions hold them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def chain(self) -> Sequence[Revision]:
        return self._desk.others

    def decide(self, ask: Callable[[], Any]) -> Any:
        return ask()

    def unread(self, revids: Iterable[int]) -> set[int]:
        return set()

    def queue(self, revid: int) -> Queue:
        return Queue(tuple(item for (_, one), item in self._desk.old.items() if one == revid))
