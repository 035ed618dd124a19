"""The decision and the oracle agree on random histories of a page."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from mwsocial.desk.approval import Approved, NotApproved, approval, people
from mwsocial.desk.approval.history import BATCH
from mwsocial.desk.files import FileChange, FileFacts
from tests.desk.approval.histories import (
    ALICE,
    BOB,
    BOT,
    CAROL,
    DAVE,
    ERIN,
    IP,
    RULES,
    START,
    It,
    Memory,
    Page,
    World,
)  # fmt: skip
from tests.desk.approval.oracle import oracle

HISTORIES = int(os.environ.get('MWSOCIAL_HISTORIES', '1200'))
USERS = (ALICE, BOB, DAVE, CAROL, ERIN, IP)
TEXTS = ('Hello', 'World', 'Other')
FILE = 'File:A.png'
KINDS = ('upload', 'move', 'delete', 'restore')
PICTURES = ({}, {'image': FILE, 'alt': 'An A'})
#: Minutes that pass before an edit.
WAITS = (0, 0, 0, 2, 12, 12, 90, 60 * 30, 60 * 24 * 11)
SECOND = (True, True, True, False, 2.0)
#: What may happen, and how often.
WEIGHTS = {
    3: 'text hold unhold decide fold by_hand item_by_hand restore no_edit first_away',
    2: 'add copied mend bot_gives_id hold_approve hide_text',
    1: 'short decide_old undo rollback decline undecline remove double double_other take_back '
    'approve_and_change pre_place leave fault bot_proposes without_id block unblock lock demote promote '
    'rename hide_user hide_summary configure off_chain approve_tagged approve_alone spell_out '
    'bot_approves foreign_approves change_file lead_elsewhere',
    9: 'approve',
}
OPERATIONS = [name for times, names in WEIGHTS.items() for name in names.split() * times]
#: The end: none; Carol leaves the page as it was when it was approved; a new approval; a hold that
#: comes and goes.
ENDINGS = ('', '', 'as approved', 'as approved', 'approved again', 'held for a time')


Steps = list[tuple[str, int, int, int]]
Change = Callable[[It], It]


class Play:
    """Turns numbers into what happens on the wiki."""

    def __init__(self, second: bool | float) -> None:
        self.world = World(replace(RULES, second_person=second))
        self.old: list[str] = []
        self.world.files[FILE] = FileFacts(FILE, 'local', uploaded=START)

    def names(self) -> tuple[str, ...]:
        known = self.world.names
        userids = {ALICE: 1, BOB: 2, DAVE: 4, CAROL: 3, ERIN: 5}
        return tuple(known[userids[user]] if user in userids else user for user in USERS)

    def step(self, operation: str, user: int, arg: int, wait: int) -> None:
        self.world.wait(minutes=WAITS[wait % len(WAITS)])
        name = self.names()[user % len(USERS)]
        getattr(self, operation)(name, arg)

    def first(self, user: str, change: Change, **more: object) -> None:
        if self.world.page.items:
            self.world.change(user, change, **more)

    def earlier(self, arg: int) -> Page:
        chain = self.world.chain
        return chain[-1 - arg % len(chain)].page if chain else Page()

    def text(self, user: str, arg: int) -> None:
        self.first(user, lambda item: item.say(TEXTS[arg % 3], **PICTURES[arg % 2]))

    def change_file(self, user: str, arg: int) -> None:
        """What stands in its log, whoever edits the page; some of it is of before."""
        kind = KINDS[arg % 4]
        when = self.world.now - timedelta(minutes=arg % 3)
        file = self.world.files[FILE]
        changes = (*file.changes, FileChange(kind, when, user, arg % 2))
        self.world.files[FILE] = replace(file, changes=changes)

    def lead_elsewhere(self, user: str, arg: int) -> None:
        """The file's name leads to another file, or to none, or back to it."""
        change = (
            {'redirect': True},
            {'repository': ''},
            {'redirect': False, 'repository': 'local'},
        )
        self.world.files[FILE] = replace(self.world.files[FILE], **change[arg % 3])  # type: ignore[arg-type]

    def add(self, user: str, arg: int) -> None:
        item = It('one' if arg % 4 else 'two').say(TEXTS[arg % 3], **PICTURES[arg // 3 % 2])
        if not self.world.page.of(item.id):
            self.world.items(user, *self.world.page.items, item)

    def without_id(self, user: str, arg: int) -> None:
        if not self.world.page.items:
            self.world.items(user, It('').say(TEXTS[arg % 3]))

    def bot_gives_id(self, user: str, arg: int) -> None:
        if not self.world.page.of('one'):
            self.first(BOT, lambda item: item if item.id else replace(item, id='one'))

    def bot_proposes(self, user: str, arg: int) -> None:
        if not self.world.page.of('one'):
            who = f' by [[User:{user}]]' if arg % 3 else ''
            item = It().say(TEXTS[arg % 3])
            summary = f'mwsocial:propose one{who}'
            self.world.items(BOT, item, *self.world.page.items, summary=summary)

    def approve(self, user: str, arg: int) -> None:
        self.set_approval(user, 40 if arg % 3 else 64)

    def approve_tagged(self, user: str, arg: int) -> None:
        self.approve(user, 1)
        if self.world.chain:
            self.world.chain[-1].tags |= {('mw-undo', 'mw-rollback', 'mw-manual-revert')[arg % 3]}

    def approve_alone(self, user: str, arg: int) -> None:
        """In one edit, set the approval and put the page in order."""
        if self.world.page.items:
            item = replace(self.world.page.items[0], faulty=False)
            self.world.items(user, item.put(approved=self.world.value(user, item)))

    def bot_approves(self, user: str, arg: int) -> None:
        self.world.sysops |= {9}
        self.approve(BOT, 1)

    def foreign_approves(self, user: str, arg: int) -> None:
        self.approve(ALICE, 1)
        if self.world.chain:
            self.world.chain[-1].userid = 77

    def spell_out(self, user: str, arg: int) -> None:
        """Write out what the configuration says anyway."""
        self.first(user, lambda item: item.say(item.content['text'], channels='mastodon,x'))

    def short(self, user: str, arg: int) -> None:
        self.set_approval(user, 39)

    def set_approval(
        self, user: str, digits: int, change: Change = lambda item: item, **more: str
    ) -> None:
        if self.world.page.items:
            item = change(self.world.page.items[0])
            value = self.world.value(user, item, digits)
            self.old.append(value)
            self.first(user, lambda _: item.put(approved=value, **more))

    def approve_and_change(self, user: str, arg: int) -> None:
        self.set_approval(user, 40, lambda item: item.say(TEXTS[arg % 3]))

    def hold_approve(self, user: str, arg: int) -> None:
        self.set_approval(user, 40, hold=f'wait {arg % 2}')

    def copied(self, user: str, arg: int) -> None:
        if self.old:
            self.first(user, lambda item: item.put(approved=self.old[arg % len(self.old)]))

    def decide(self, user: str, arg: int) -> None:
        if self.world.page.of('one'):
            self.old.append(self.world.decide(user).page.decisions[-1][1])

    def decide_old(self, user: str, arg: int) -> None:
        if self.old:
            self.world.decide(user, self.old[arg % len(self.old)])

    def fold(self, user: str, arg: int) -> None:
        if self.world.page.decisions:
            self.world.fold()

    def pre_place(self, user: str, arg: int) -> None:
        if self.world.page.items:
            value = self.world.value(self.names()[arg % 3], self.world.page.items[0])
            self.old.append(value)
            self.world.save(user, replace(self.world.page, extra=f'<!-- {value} -->'))

    def leave(self, user: str, arg: int) -> None:
        """Something that the next save completes, or words that take it away again."""
        extra = ('{{subst:User:Erin/x}}', '<!-- ~~~~ -->', 'done', '')[arg % 4]
        self.world.save(user, replace(self.world.page, extra=extra))

    def undo(self, user: str, arg: int) -> None:
        self.world.save(user, self.earlier(1), tags=['mw-undo'])

    def rollback(self, user: str, arg: int) -> None:
        self.world.save(user, self.earlier(arg), tags=['mw-rollback'])

    def by_hand(self, user: str, arg: int) -> None:
        self.world.save(user, self.earlier(arg))

    def item_by_hand(self, user: str, arg: int) -> None:
        old = [item for item in self.earlier(arg).items if item.id == 'one'][:1]
        rest = [item for item in self.world.page.items if item.id != 'one']
        self.world.items(user, *old, *rest)

    def hold(self, user: str, arg: int) -> None:
        self.first(user, lambda item: item.put(hold=f'wait {arg % 2}'))

    def unhold(self, user: str, arg: int) -> None:
        items = [item.put(hold='') for item in self.world.page.items]
        self.world.items(user, *items)

    def decline(self, user: str, arg: int) -> None:
        self.first(user, lambda item: item.put(**{('decline', 'delete_posts')[arg % 2]: 'no'}))

    def undecline(self, user: str, arg: int) -> None:
        self.first(user, lambda item: item.put(decline='', delete_posts=''))

    def take_back(self, user: str, arg: int) -> None:
        self.first(user, lambda item: item.put(approved=''))

    def remove(self, user: str, arg: int) -> None:
        self.world.items(user, *self.world.page.items[1:])

    def restore(self, user: str, arg: int) -> None:
        if not self.world.page.items:
            self.by_hand(user, arg)

    def double(self, user: str, arg: int) -> None:
        items = self.world.page.items
        self.world.items(user, *items[:1], *items)

    def double_other(self, user: str, arg: int) -> None:
        items = self.world.page.items
        copies = [item.say(TEXTS[arg % 3]) for item in items[:1]]
        self.world.items(user, *([*copies, *items] if arg % 2 else [*items, *copies]))

    def first_away(self, user: str, arg: int) -> None:
        if len(self.world.page.items) > 1:
            self.remove(user, arg)

    def fault(self, user: str, arg: int) -> None:
        self.first(user, lambda item: replace(item, faulty=True))

    def mend(self, user: str, arg: int) -> None:
        self.first(user, lambda item: replace(item, faulty=False))

    def no_edit(self, user: str, arg: int) -> None:
        self.world.save(user, self.world.page)

    def off_chain(self, user: str, arg: int) -> None:
        edit = self.world.save(user, self.earlier(arg))
        self.world.chain.remove(edit)  # it is in no chain: the next edit follows the one before

    def block(self, user: str, arg: int) -> None:
        self.world.blocked |= {arg % 5 + 1}

    def lock(self, user: str, arg: int) -> None:
        self.world.locked |= {arg % 5 + 1} if arg % 3 == 0 else set()

    def unblock(self, user: str, arg: int) -> None:
        self.world.blocked.clear()

    def demote(self, user: str, arg: int) -> None:
        self.world.demote(ALICE)

    def promote(self, user: str, arg: int) -> None:
        self.world.promote((ALICE, ERIN)[arg % 2])

    def rename(self, user: str, arg: int) -> None:
        userid = arg % 5 + 1
        if user != IP and self.world.names[userid] in USERS:
            self.world.rename(self.world.names[userid], f'Renamed {userid}')
            if arg % 2:
                self.world.names[100 + userid] = {1: ALICE, 2: BOB, 3: CAROL, 4: DAVE, 5: ERIN}[
                    userid
                ]

    def hide_text(self, user: str, arg: int) -> None:
        if len(self.world.chain) > 1 and arg % 3 == 0:
            self.world.chain[-2 - arg % (len(self.world.chain) - 1)].text_hidden = True

    def hide_user(self, user: str, arg: int) -> None:
        if self.world.chain and arg % 3 == 0:
            self.world.chain[arg % len(self.world.chain)].user_hidden = True

    def hide_summary(self, user: str, arg: int) -> None:
        if self.world.chain:
            self.world.chain[arg % len(self.world.chain)].summary_hidden = True

    def configure(self, user: str, arg: int) -> None:
        rules = self.world.rules
        self.world.rules = replace(rules, language=('en', 'de')[arg % 2])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(OPERATIONS),
        st.integers(0, 5),
        st.integers(0, 11),
        st.integers(0, len(WAITS) - 1),
    ),
    max_size=27,
)


def played(steps: Steps, second: int, ending: str) -> World:
    """The history: mostly it begins as most do, with somebody's item that an approver approves."""
    play = Play(SECOND[second % len(SECOND)])
    if second < 8:
        play.step('add', (0, 2, 3, 4)[second % 4], (3, 5)[second // 4], 0)
        play.step('approve', second % 3, 1, 0)
    for step in steps:
        play.step(*step)
    world = play.world
    approved = [edit for edit in world.chain if world.page.items and edit.page.approvals('one')]
    if ending == 'as approved' and approved:
        world.save(CAROL, replace(approved[second % len(approved)].page, extra=''))
    if ending == 'approved again':
        play.step('approve', second % 3, 1, 0)
    if ending == 'held for a time':
        play.step('hold', second % 6, 0, 0)
        play.step('unhold', 5 - second % 6, 0, 0)
    return world


#: The histories are dealt out to so many tests, which two workers share.
PARTS = 6
SETTINGS = settings(
    max_examples=HISTORIES // PARTS,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
HISTORY = given(STEPS, st.integers(0, 9), st.sampled_from(ENDINGS))


def verdicts(world: World) -> Iterator[tuple[str, datetime, Approved | NotApproved]]:
    """What is said of each item at the end of the history, soon after, and late."""
    for later in (timedelta(), timedelta(minutes=11), timedelta(days=25)):
        now = world.now + later
        for item_id in sorted({'one', *(item.id for item in world.page.items if item.id)}):
            memory = Memory(world)
            yield item_id, now, memory.ask(partial(approval, item_id, memory, world.rules, now))
            assert memory.most <= BATCH


@pytest.mark.parametrize('part', range(PARTS))
def test_the_decision_is_that_of_the_oracle(part: int) -> None:
    """Each part has histories of its own, the same ones every time."""

    @seed(part)
    @settings(SETTINGS, derandomize=False)
    @HISTORY
    def play(steps: Steps, second: int, ending: str) -> None:
        world = played(steps, second, ending)
        for item_id, now, verdict in verdicts(world):
            found = verdict.revision.revid if isinstance(verdict, Approved) else None
            assert found == oracle(world, item_id, now), verdict
            if isinstance(verdict, NotApproved):
                assert verdict.reason.text()
                assert not re.search(r'[$]\d', verdict.reason.text())

    play()


@pytest.mark.parametrize('quiet', [0, 10])
def test_nothing_goes_out_for_a_large_page_that_would_not_else(
    quiet: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every page is large, the decision is the same but for the quiet time, which may begin anew."""
    monkeypatch.setattr(people, 'LARGE', -1)

    @seed(quiet)
    @settings(SETTINGS, max_examples=800, derandomize=False)
    @HISTORY
    def play(steps: Steps, second: int, ending: str) -> None:
        world = played(steps, second, ending)
        world.rules = replace(world.rules, quiet=timedelta(minutes=quiet))
        for item_id, now, verdict in verdicts(world):
            found = verdict.revision.revid if isinstance(verdict, Approved) else None
            expected = oracle(world, item_id, now)
            waits = isinstance(verdict, NotApproved) and verdict.kind == 'waiting'
            assert found == expected or (quiet and waits), verdict

    play()


def test_the_histories_reach_every_verdict() -> None:
    reached: Counter[str] = Counter()

    @settings(SETTINGS, max_examples=1000)
    @HISTORY
    def play(steps: Steps, second: int, ending: str) -> None:
        for _, _, verdict in verdicts(played(steps, second, ending)):
            approved = isinstance(verdict, Approved)
            reached['approved' if approved else verdict.reason.key.removeprefix('approval-')] += 1

    play()
    assert set(reached) >= {
        'approved', 'none', 'held', 'hold-removed', 'id-twice', 'faults', 'stale', 'stale-by',
        'not-by-approver', 'second-person', 'void-approved', 'quiet', 'file-redirect',
    }, reached  # fmt: skip
    # What happened to a file is refused by its kind.
    assert reached.keys() & {f'file-{kind}{place}' for kind in KINDS for place in ('', '-there')}
    assert reached['approved'] > 100
