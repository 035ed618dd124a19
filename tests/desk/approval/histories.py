"""Page histories for the tests: who made the page hold what, and when.

A ``World`` is a wiki with one page and some accounts. ``Memory`` shows it to the decision as the real
reader does: a text that was not asked for is not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from mwsocial.desk.approval import Approved, NotApproved, approval
from mwsocial.desk.files import FileFacts
from mwsocial.desk.item import Decision, Item, Queue
from mwsocial.desk.knowledge import Need, Person, Rights, Since, earliest
from mwsocial.desk.rules import Rules
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision

T = TypeVar('T')
START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
BOT = 'Desk bot'
ALICE, BOB, CAROL, DAVE, ERIN, IP = 'Alice', 'Bob', 'Carol', 'Dave', 'Erin', '192.0.2.7'
#: Alice and Frank approve by their group, Bob by name and id, Dave by name; the others do not.
IDS = {ALICE: 1, BOB: 2, CAROL: 3, DAVE: 4, ERIN: 5, IP: 0, 'Frank': 6, BOT: 9}
RULES = Rules(
    bot=BOT,
    groups=frozenset({'sysop'}),
    users={BOB: 2, DAVE: 0},
    channels=('mastodon', 'x'),
)


@dataclass(frozen=True)
class It:
    """An item of a test page."""

    id: str = 'one'
    content: Mapping[str, str] = field(default_factory=lambda: {'text': 'Hello'})
    editors: Mapping[str, str] = field(default_factory=dict)
    faulty: bool = False

    def put(self, **editors: str) -> It:
        """The item with editors' parameters set; '' removes (``_`` stands for ``-``)."""
        new = {**self.editors, **{name.replace('_', '-'): v for name, v in editors.items()}}
        return replace(self, editors={name: value for name, value in new.items() if value})

    def say(self, text: str, **more: str) -> It:
        """The item with other content."""
        content = {'text': text, **{name.replace('_', '-'): v for name, v in more.items()}}
        return replace(self, content=content)

    def form(self) -> tuple[tuple[tuple[str, str], ...], bool]:
        return tuple(sorted(self.content.items())), self.faulty

    def full(self) -> dict[str, str]:
        return {**({'id': self.id} if self.id else {}), **self.content}

    def text(self) -> str:
        lines = {**self.full(), **self.editors, **({'oops': 'x'} if self.faulty else {})}
        return (
            '{{Social media item\n' + ''.join(f'| {k} = {v}\n' for k, v in lines.items()) + '}}\n'
        )


@dataclass(frozen=True)
class Page:
    """What the page holds: items, decisions (id, value), and other words."""

    items: tuple[It, ...] = ()
    decisions: tuple[tuple[str, str], ...] = ()
    extra: str = ''

    def text(self) -> str:
        decided = (
            f'{{{{Social media decision|id={a}|approved={b}}}}}\n' for a, b in self.decisions
        )
        return ''.join(item.text() for item in self.items) + ''.join(decided) + self.extra

    def of(self, item_id: str) -> list[It]:
        return [item for item in self.items if item.id == item_id]

    def approvals(self, item_id: str) -> list[str]:
        own = self._editors('approved', item_id)
        return own + [value for one, value in self.decisions if one == item_id]

    def holds(self, item_id: str) -> list[str]:
        return self._editors('hold', item_id)

    def declines(self, item_id: str) -> list[str]:
        """Words by which it is not to be posted, or not any more."""
        return self._editors('decline', item_id) + self._editors('delete-posts', item_id)

    def forms(self, item_id: str) -> list[tuple[tuple[tuple[str, str], ...], bool]]:
        return [item.form() for item in self.of(item_id)]

    def _editors(self, name: str, item_id: str) -> list[str]:
        return [item.editors[name] for item in self.of(item_id) if name in item.editors]

    def queue(self) -> Queue:
        fault = (Reason('validity-unknown-parameter', ('oops',)),)
        items = [
            Item(number, item.full(), dict(item.editors), faults=fault if item.faulty else ())
            for number, item in enumerate(self.items)
        ]
        decisions = [Decision(number, a, b) for number, (a, b) in enumerate(self.decisions)]
        return Queue(tuple(items), tuple(decisions))


@dataclass
class Edit:
    """One revision of the world's page. ``userid`` stays when the account is renamed."""

    revid: int
    parentid: int
    user: str
    userid: int
    time: datetime
    page: Page
    summary: str = ''
    tags: frozenset[str] = frozenset()
    user_hidden: bool = False
    text_hidden: bool = False
    summary_hidden: bool = False
    imported: bool = False
    size: int = 0


class World:
    """A wiki with one page, told step by step."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules = rules
        self.now = START
        self.chain: list[Edit] = []
        self.newest = 0
        self.sees_hidden = False
        self.names = {userid: name for name, userid in IDS.items() if userid}
        self.sysops = {1, 6}
        self.blocked: set[int] = set()
        self.locked: set[int] = set()
        self.files: dict[str, FileFacts] = {}
        past = START - timedelta(days=900)
        self.rights: dict[int, list[tuple[datetime, datetime | None]]] = {
            userid: [(past, None)] for userid in (1, 2, 4, 6)
        }

    @property
    def page(self) -> Page:
        return self.chain[-1].page if self.chain else Page()

    def wait(self, **span: float) -> World:
        """Let time pass, for example ``minutes=11``."""
        self.now += timedelta(**span)
        return self

    def save(self, user: str, page: Page, *, summary: str = '', tags: Sequence[str] = ()) -> Edit:
        """An edit, one minute after the last thing that happened."""
        self.now += timedelta(minutes=1)
        last = self.chain[-1].revid if self.chain else 0
        self.newest += 1
        userid = next((one for one, name in self.names.items() if name == user), 0)
        edit = Edit(self.newest, last, user, userid, self.now, page, summary, frozenset(tags))
        self.chain.append(edit)
        return edit

    def items(self, user: str, *items: It, **more: object) -> Edit:
        """An edit after which the page holds these items, and the decisions it held."""
        return self.save(user, replace(self.page, items=items), **more)  # type: ignore[arg-type]

    def change(self, user: str, change: Callable[[It], It], **more: object) -> Edit:
        """An edit that changes the first item."""
        first, *rest = self.page.items
        return self.items(user, change(first), *rest, **more)

    def approve(self, user: str, **more: object) -> Edit:
        """An edit that approves the first item, as the card says."""
        value = self.value(user, self.page.items[0])
        return self.change(user, lambda item: item.put(approved=value), **more)

    def decide(self, user: str, value: str = '', item_id: str = 'one') -> Edit:
        """An edit that adds a decision on its own."""
        value = value or self.value(user, next(i for i in self.page.items if i.id == item_id))
        page = replace(self.page, decisions=(*self.page.decisions, (item_id, value)))
        return self.save(user, page)

    def fold(self) -> Edit:
        """The bot puts the newest decision on the item."""
        item_id, value = self.page.decisions[-1]
        items = tuple(i.put(approved=value) if i.id == item_id else i for i in self.page.items)
        rest = tuple(one for one in self.page.decisions if one[0] != item_id)
        return self.save(BOT, replace(self.page, items=items, decisions=rest))

    def value(self, user: str, item: It, digits: int = 40) -> str:
        """The approval that *user* would write now for *item*."""
        time = f'{self.now + timedelta(minutes=1):%H:%M, %d %B %Y} (UTC)'
        return f'{mark(item, self.rules)[:digits]} [[User:{user}|{user}]] {time}'

    def verdict(self, item_id: str = 'one') -> Approved | NotApproved:
        """What the decision says now."""
        memory = Memory(self)
        return memory.ask(lambda: approval(item_id, memory, self.rules, self.now))

    def demote(self, user: str) -> None:
        """Take the group away."""
        userid = IDS[user]
        self.sysops.discard(userid)
        self.rights[userid] = [(a, b or self.now) for a, b in self.rights.get(userid, [])]

    def promote(self, user: str) -> None:
        """Give the group."""
        self.sysops.add(IDS[user])
        self.rights.setdefault(IDS[user], []).append((self.now, None))

    def rename(self, old: str, new: str) -> None:
        """Rename an account: its edits show the new name."""
        userid = next(one for one, name in self.names.items() if name == old)
        self.names[userid] = new
        for edit in self.chain:
            if edit.userid == userid:
                edit.user = new


def mark(item: It, rules: Rules) -> str:
    """The fingerprint of a test item (its parameters stand in order)."""
    full = item.full()
    full.setdefault('language', rules.language)
    full['channels'] = full.get('channels') or ','.join(rules.channels)
    order = ('id', 'text', 'image', 'alt', 'language', 'channels', 'not-before', 'news')
    digest = hashlib.sha256(b'mwsocial 1\n')
    for name in order:
        if full.get(name):
            value = full[name].encode()
            digest.update(b'%s:%d:%s\n' % (name.encode(), len(value), value))
    return digest.hexdigest()


class Memory:
    """What has been read of a world so far."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.edits = {edit.revid: edit for edit in world.chain}
        self.chain = tuple(self._revision(edit) for edit in reversed(world.chain))
        self.texts: set[int] = set()
        self.people: set[str] = set()
        self.former: set[str] = set()
        self.files: Since = {}
        self.rounds = 0
        self.most = 0

    def _revision(self, edit: Edit) -> Revision:
        hidden = edit.user_hidden and not self.world.sees_hidden
        return Revision(
            edit.revid,
            edit.parentid,
            '' if hidden else edit.user,
            0 if hidden else edit.userid,
            edit.time,
            '' if edit.summary_hidden else edit.summary,
            edit.tags,
            size=edit.size,
            user_hidden=edit.user_hidden,
            text_hidden=edit.text_hidden,
            summary_hidden=edit.summary_hidden,
            imported=edit.imported,
        )

    def _page(self, revid: int) -> Page:
        if revid not in self.texts:
            raise Need(texts=[revid])
        edit = self.edits[revid]
        return Page() if edit.text_hidden and not self.world.sees_hidden else edit.page

    def queue(self, revid: int) -> Queue:
        return self._page(revid).queue()

    def unread(self, revids: Iterable[int]) -> set[int]:
        return set(revids) - self.texts

    def text(self, revid: int) -> str:
        return self._page(revid).text()

    def person(self, name: str) -> Person:
        if name not in self.people:
            raise Need(people=[name])
        world = self.world
        userid = next((one for one, other in world.names.items() if other == name), 0)
        groups = frozenset({'sysop'} if userid in world.sysops else ())
        return Person(name, userid, groups, userid in world.blocked, userid in world.locked)

    def former_rights(self, name: str) -> Sequence[Rights]:
        if name not in self.former:
            raise Need(former=[name])
        userid = next((one for one, other in self.world.names.items() if other == name), 0)
        return [Rights(since, until) for since, until in self.world.rights.get(userid, [])]

    def file(self, title: str, since: datetime | None = None) -> FileFacts:
        if earliest(self.files, {title: since}) != self.files:
            raise Need(files={title: since})
        return self.world.files.get(title, FileFacts())

    def ask(self, decision: Callable[[], T]) -> T:
        """Ask until nothing is missing; every round must bring something new."""
        while True:
            try:
                return decision()
            except Need as need:
                assert (
                    need.texts - self.texts
                    or need.people - self.people
                    or (need.former - self.former)
                    or earliest(self.files, need.files) != self.files
                ), 'asked for what it had'
                self.rounds += 1
                self.most = max(self.most, len(need.texts))
                self.texts |= need.texts
                self.people |= need.people
                self.former |= need.former
                self.files = earliest(self.files, need.files)
