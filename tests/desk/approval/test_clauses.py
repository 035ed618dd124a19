"""Every rule of an approval: a history that it alone refuses, and the same without the offence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from mwsocial.desk.approval import Approved, NotApproved, approval, decision, people
from mwsocial.desk.approval.clauses import AUTHOR, CHEAP, READ
from mwsocial.desk.approval.people import approvers
from mwsocial.desk.files import FileChange, FileFacts
from mwsocial.desk.fingerprint import fingerprint
from mwsocial.reason import Reason
from tests.desk.approval.histories import (
    ALICE,
    BOB,
    BOT,
    CAROL,
    DAVE,
    ERIN,
    RULES,
    It,
    Memory,
    Page,
    World,
)  # fmt: skip
from tests.desk.approval.oracle import oracle

Patch = pytest.MonkeyPatch
Story = Callable[[bool], World]


def proposed(world: World | None = None) -> World:
    """Carol has proposed an item."""
    world = world or World()
    world.save(CAROL, Page((It(),)))
    return world


def approved(*, by: str = ALICE) -> World:
    """Carol has proposed an item, and an approver has approved it, over the quiet time ago."""
    world = proposed()
    world.approve(by)
    return world.wait(minutes=20)


def not_by_approver(bad: bool) -> World:
    return approved(by=ERIN if bad else ALICE)


def blocked(bad: bool) -> World:
    world = approved()
    world.blocked |= {1} if bad else set()
    return world


def locked(bad: bool) -> World:
    world = approved()
    world.locked |= {1} if bad else set()
    return world


def demoted(bad: bool) -> World:
    world = approved()
    if bad:
        world.demote(ALICE)
    return world


def foreign_account(bad: bool) -> World:
    """An edit under an approver's name that is not by the account of that name here."""
    world = proposed()
    world.approve(ALICE).userid = 77 if bad else 1
    return world.wait(minutes=20)


def name_taken_over(bad: bool) -> World:
    """Bob is listed with his user id; somebody else has his name now."""
    world = proposed()
    if bad:
        world.rename(BOB, 'Robert')
        world.names[102] = BOB
    world.approve(BOB)
    return world.wait(minutes=20)


def by_the_bot(bad: bool) -> World:
    world = proposed()
    world.sysops |= {9}
    world.approve(BOT if bad else ALICE)
    return world.wait(minutes=20)


def by_a_former_bot(bad: bool) -> World:
    """The account was the bot before; it may have kept a group of approvers."""
    world = approved(by='Frank')
    world.rules = replace(world.rules, former_bots=frozenset({'Frank'} if bad else ()))
    return world


def hidden(bad: bool) -> World:
    """The bot's account may see hidden texts: that makes them no evidence."""
    world = approved()
    world.sees_hidden = True
    world.chain[-1].text_hidden = bad
    world.save(CAROL, world.page)
    return world


def hidden_before(bad: bool) -> World:
    world = approved()
    world.sees_hidden = True
    world.chain[-2].text_hidden = bad
    return world


def imported(bad: bool) -> World:
    """An import's file says that an approver has made the edit, and when."""
    world = approved()
    world.chain[-1].imported = bad
    return world


def hold_lifted_by_an_import(bad: bool) -> World:
    world = approved()
    world.change(BOB, lambda item: item.put(hold='wait'))
    world.change(BOB, lambda item: item.put(hold='')).imported = bad
    return world.wait(minutes=20)


def alone_but_for_an_import(bad: bool) -> World:
    """The file says, too, that somebody else had proposed it before."""
    world = World(replace(RULES, second_person=True))
    world.save(CAROL, Page((It(),))).imported = bad
    world.approve(ALICE)
    return world.wait(minutes=20)


def too_old(bad: bool) -> World:
    return approved().wait(days=30 if bad else 29)


def forged(bad: bool) -> World:
    """The signature says Alice, and she edits the page; but another has set it."""
    world = proposed()
    world.save(ALICE, replace(world.page, extra='a comment'))
    value = world.value(ALICE, world.page.items[0])
    world.change(CAROL if bad else ALICE, lambda item: item.put(approved=value))
    return world.wait(minutes=20)


def reverted(tag: str) -> Story:
    def story(bad: bool) -> World:
        world = proposed()
        world.approve(ALICE, tags=[tag] if bad else [])
        return world.wait(minutes=20)

    return story


def left_to_be_saved(words: str, harmless: str = 'x') -> Story:
    """Erin leaves something on the page that whoever saves next completes."""

    def story(bad: bool) -> World:
        world = proposed()
        world.save(ERIN, replace(world.page, extra=words if bad else harmless))
        value = world.value(ALICE, world.page.items[0])
        page = replace(world.page, items=(world.page.items[0].put(approved=value),))
        # What is still to be substituted may have left itself behind; a signature is one now.
        world.save(ALICE, page if 'subst' in words else replace(page, extra='done'))
        return world.wait(minutes=20)

    return story


def alone_by_way_of_a_save(bad: bool) -> World:
    """Alice leaves a call of a page that she makes later; with Carol's next edit stands an item there."""
    world = World()
    world.save(ALICE, Page(extra='{{subst:User:Alice/words}}' if bad else 'Hello.'))
    world.save(CAROL, Page((It(),)))
    world.approve(ALICE)
    return world.wait(minutes=20)


def hold_lifted_by_what_others_left(bad: bool) -> World:
    """``| hold =``, saved by an approver who changed something else."""
    world = approved()
    trap = '{{subst:User:Erin/x}}' if bad else 'x'
    world.save(ERIN, replace(world.page, extra=trap))
    world.change(BOB, lambda item: item.put(hold='the lawyers are looking'))
    world.change(DAVE, lambda item: item.put(hold=''))
    return world.wait(minutes=20)


def double_before(bad: bool) -> World:
    """Which of the two was looked at, nobody can tell."""
    world = proposed()
    if bad:
        world.items(ERIN, It(), It().say('Other'))
    world.items(ALICE, It().put(approved=world.value(ALICE, It())))
    return world.wait(minutes=20)


def mended_while_approving(bad: bool) -> World:
    world = World()
    world.save(CAROL, Page((replace(It(), faulty=bad),)))
    world.items(ALICE, It().put(approved=world.value(ALICE, It())))
    return world.wait(minutes=20)


def changed_while_approving(bad: bool) -> World:
    """The words are Carol's of before; nobody has looked at them since they came back."""
    world = proposed()
    if bad:
        world.items(CAROL, It().say('Other'))
    world.items(ALICE, It().put(approved=world.value(ALICE, It())))
    return world.wait(minutes=20)


def same_fingerprint(bad: bool) -> World:
    """What the configuration says anyway is written out: other content, though it means the same."""
    world = approved()
    if bad:
        world.change(CAROL, lambda item: item.say('Hello', channels='mastodon,x'))
    return world


def away_and_back(by: str, change: Callable[[It], It]) -> Story:
    """Somebody takes it back; Carol restores the exact form."""

    def story(bad: bool) -> World:
        world = approved()
        before = world.page
        world.change(by if bad else ERIN, change)
        world.save(CAROL, before)
        return world

    return story


def removed_and_back(by: str) -> Story:
    def story(bad: bool) -> World:
        world = approved()
        before = world.page
        world.save(by if bad else ERIN, Page())
        world.save(CAROL, before)
        return world

    return story


def decision_taken_back(bad: bool) -> World:
    world = proposed()
    world.decide(ALICE)
    before = world.page
    world.save(BOB if bad else ERIN, replace(world.page, decisions=()))
    world.save(CAROL, before)
    return world.wait(minutes=20)


def was_one_then(bad: bool) -> World:
    """Alice took it back, and has lost the group since."""
    world = approved(by=BOB)
    before = world.page
    if not bad:
        world.demote(ALICE)
        world.wait(minutes=1)
    world.change(ALICE, lambda item: item.put(approved=''))
    world.save(CAROL, before)
    world.wait(minutes=1).demote(ALICE)
    return world


def hidden_later(bad: bool) -> World:
    world = approved()
    world.save(BOB, replace(world.page, extra='unrelated')).text_hidden = bad
    world.save(CAROL, world.page)
    return world


def held(bad: bool) -> World:
    world = approved()
    if bad:
        world.change(CAROL, lambda item: item.put(hold='draft'))
    return world


def hold_taken_away(bad: bool) -> World:
    world = approved()
    world.change(BOB, lambda item: item.put(hold='the lawyers are looking'))
    world.change(CAROL if bad else DAVE, lambda item: item.put(hold=''))
    return world.wait(minutes=20)


def older_hold_taken_away(bad: bool) -> World:
    """The hold stood already when Alice approved."""
    world = proposed()
    world.change(BOB if bad else ERIN, lambda item: item.put(hold='wait'))
    world.save(CAROL, replace(world.page, extra='unrelated'))
    world.approve(ALICE)
    world.change(CAROL, lambda item: item.put(hold=''))
    return world.wait(minutes=20)


def hold_of_one_then(bad: bool) -> World:
    world = approved(by=BOB)
    world.change(ALICE if bad else ERIN, lambda item: item.put(hold='wait'))
    world.wait(minutes=1).demote(ALICE)
    world.change(CAROL, lambda item: item.put(hold=''))
    return world.wait(minutes=20)


def alone(bad: bool) -> World:
    world = World()
    world.save(ALICE if bad else CAROL, Page((It(),)))
    world.approve(ALICE)
    return world.wait(minutes=20)


def alone_before_the_id(bad: bool) -> World:
    """The bot gave the id; that makes it no author."""
    world = World()
    world.save(ALICE if bad else CAROL, Page((It(''),)))
    world.save(BOT, Page((It(),)))
    world.approve(ALICE)
    return world.wait(minutes=20)


def alone_by_way_of_the_bot(bad: bool) -> World:
    """The bot put it on the queue for who decided so."""
    world = World()
    who = ALICE if bad else CAROL
    world.save(BOT, Page((It(),)), summary=f'mwsocial:propose zwei, one by [[User:{who}]]')
    world.approve(ALICE)
    return world.wait(minutes=20)


def alone_too_soon(bad: bool) -> World:
    world = World(replace(RULES, second_person=2.0))
    world.save(ALICE, Page((It(),)))
    world.wait(hours=1 if bad else 3)
    world.approve(ALICE)
    return world.wait(minutes=20)


def old_approval_restored(bad: bool) -> World:
    """Bob took it back; Alice pastes the old text by hand."""
    world = approved()
    before = world.page
    world.change(BOB, lambda item: item.put(approved=''))
    if bad:
        world.save(ALICE, before)
    else:
        world.approve(ALICE)
    return world.wait(minutes=20)


def laid_out_before(bad: bool) -> World:
    """A stranger has laid out the approval in a comment; an approver only opens the comment."""
    world = proposed()
    value = world.value(ALICE, It())
    if bad:
        world.save(ERIN, replace(world.page, extra=f'<!-- {value} -->'))
    world.change(ALICE, lambda item: item.put(approved=value))
    return world.wait(minutes=20)


def too_young(bad: bool) -> World:
    world = proposed()
    world.approve(ALICE)
    return world.wait(minutes=9 if bad else 10)


def hold_just_lifted(bad: bool) -> World:
    world = approved()
    world.change(CAROL, lambda item: item.put(hold='draft'))
    world.change(CAROL, lambda item: item.put(hold=''))
    return world.wait(minutes=9 if bad else 10)


def few_digits(bad: bool) -> World:
    world = proposed()
    value = world.value(ALICE, It(), 39 if bad else 40)
    world.change(ALICE, lambda item: item.put(approved=value))
    return world.wait(minutes=20)


def wrong_digits_at_the_end(bad: bool) -> World:
    world = proposed()
    value = world.value(ALICE, It(), 64)
    wrong = value[:63] + ('0' if value[63] != '0' else '1') + value[64:]
    world.change(ALICE, lambda item: item.put(approved=wrong if bad else value))
    return world.wait(minutes=20)


def not_plain(bad: bool) -> World:
    world = proposed()
    value = world.value(ALICE, It()) + ('<!-- -->' if bad else '')
    world.change(ALICE, lambda item: item.put(approved=value))
    return world.wait(minutes=20)


def faulty(bad: bool) -> World:
    world = approved()
    world.change(CAROL, lambda item: replace(item, faulty=bad))
    return world


FLOWER = 'File:Flower 2.png'


def with_picture(*, by: str = ALICE) -> World:
    """Carol has proposed an item with a picture that was there before, and it was approved."""
    world = World()
    world.files[FLOWER] = FileFacts(FLOWER, 'local', uploaded=world.now)
    world.save(CAROL, Page((It().say('Hello', image=FLOWER, alt='A flower'),)))
    world.approve(by)
    return world.wait(minutes=20)


def file_now(world: World, **changes: object) -> World:
    world.files[FLOWER] = replace(world.files[FLOWER], **changes)  # type: ignore[arg-type]
    return world


def file_changed(kind: str, logid: int) -> Story:
    def story(bad: bool) -> World:
        world = with_picture()
        when = world.chain[-1].time - timedelta(seconds=0 if bad else 1)
        return file_now(world, changes=(FileChange(kind, when, 'Eve', logid),))

    return story


def file_gone(bad: bool) -> World:
    return file_now(with_picture(), repository='' if bad else 'local')


def file_redirected(bad: bool) -> World:
    return file_now(with_picture(), redirect=bad)


def file_leads_elsewhere(bad: bool) -> World:
    """The namespace has a name of its own in each language; the rest of the title does not."""
    return file_now(with_picture(), title='File:Evil.png' if bad else 'Datei:Flower 2.png')


def file_newer_than_its_log(bad: bool) -> World:
    world = with_picture()
    return file_now(world, uploaded=world.chain[-1].time - timedelta(seconds=0 if bad else 1))


def file_unknown(bad: bool) -> World:
    trouble = Reason('images-repository-silent', ('Commons', 'Timeout')) if bad else None
    return file_now(with_picture(), repository='shared', trouble=trouble)


def clause(name: str) -> Callable[[Patch], None]:
    """Take the rule out."""
    table = next(one for one in (CHEAP, AUTHOR, READ) if name in one)
    return lambda patch: patch.setitem(table, name, lambda case: None)


def all_named(patch: Patch) -> None:
    """Let every approval name its item."""
    patch.setattr(decision, 'naming', lambda values, *_: list(values))


def function(module: object, name: str, answer: object) -> Callable[[Patch], None]:
    """Let a question always be answered in the same way."""
    return lambda patch: patch.setattr(module, name, lambda *args: answer)


VOID = clause('not void')
#: The offence, the reason that it gives, and how to take out the rule that refuses it.
TABLE = [
    (not_by_approver, 'not-by-approver', clause('by an approver')),
    (blocked, 'approver-blocked', function(people, 'kept_out', False)),
    (locked, 'approver-blocked', function(people, 'kept_out', False)),
    (demoted, 'not-by-approver', function(people, 'listed', True)),
    (foreign_account, 'not-by-approver', function(people, 'same_account', True)),
    (name_taken_over, 'not-by-approver', function(people, 'listed', True)),
    (by_the_bot, 'not-by-approver', function(people, 'is_bot', False)),
    (by_a_former_bot, 'not-by-approver', function(people, 'is_bot', False)),
    (hidden, 'hidden', clause('visible')),
    (hidden_before, 'hidden', clause('visible')),
    (imported, 'imported', clause('not imported')),
    (hold_lifted_by_an_import, 'hold-removed', clause('no hold')),
    (alone_but_for_an_import, 'second-person-imported', clause('second person')),
    (too_old, 'too-old', clause('not too old')),
    (forged, 'not-by-approver', clause('introduced')),
    (reverted('mw-undo'), 'revert', clause('no revert')),
    (reverted('mw-rollback'), 'revert', clause('no revert')),
    (reverted('mw-manual-revert'), 'revert', clause('no revert')),
    *(
        (left_to_be_saved(words), 'others-words', clause('own words'))
        for words in (
            '{{subst:User:Erin/x}}',
            '<nowiki>{{ SafeSubst:User:Erin/x}}</nowiki>',
            '{{ERS:x}}',
            '{{<!-- -->subst:x}}',
            '<!-- ~~~~',
            '<nowiki>~~~</nowiki>',
            '<!-- [[User:Alice|]] -->',
        )
    ),
    (hold_lifted_by_what_others_left, 'hold-removed', clause('no hold')),
    (double_before, 'twice-then', clause('one item')),
    (mended_while_approving, 'twice-then', clause('one item')),
    (changed_while_approving, 'one-edit', clause('two edits')),
    (same_fingerprint, 'stale-by', clause('same content')),
    (away_and_back(BOB, lambda item: item.say('Other')), 'void-content', VOID),
    (away_and_back(ALICE, lambda item: item.say('Other')), 'void-content', VOID),
    (away_and_back(BOB, lambda item: item.put(approved='')), 'void-approved', VOID),
    (away_and_back(DAVE, lambda item: item.put(approved='no')), 'void-approved', VOID),
    (away_and_back(BOB, lambda item: item.put(decline='no')), 'void-declined', VOID),
    (away_and_back(BOB, lambda item: item.put(delete_posts='wrong')), 'void-taken-down', VOID),
    (away_and_back(BOB, lambda item: replace(item, id='other')), 'void-item', VOID),
    (removed_and_back(BOB), 'void-item', VOID),
    (decision_taken_back, 'void-approved', VOID),
    (hidden_later, 'void-hidden', VOID),
    (was_one_then, 'void-approved', function(people, 'was_approver', False)),
    (held, 'held', function(decision, 'on_hold', False)),
    (hold_taken_away, 'hold-removed', clause('no hold')),
    (older_hold_taken_away, 'hold-removed', clause('no hold')),
    (hold_of_one_then, 'hold-removed', function(people, 'was_approver', False)),
    (alone, 'second-person', clause('second person')),
    (alone_before_the_id, 'second-person', clause('second person')),
    (alone_by_way_of_the_bot, 'second-person', clause('second person')),
    (alone_too_soon, 'second-person', clause('second person')),
    (alone_by_way_of_a_save, 'second-person-others', clause('second person')),
    (old_approval_restored, 'seen-before', clause('fresh')),
    (laid_out_before, 'seen-before', clause('fresh')),
    *(
        (file_changed(kind, logid), f'file-{kind}{place}', clause('same files'))
        for kind in ('upload', 'move', 'delete', 'restore')
        for logid, place in ((77, ''), (0, '-there'))
    ),
    (file_gone, 'file-missing', clause('same files')),
    (file_redirected, 'file-redirect', clause('same files')),
    (file_leads_elsewhere, 'file-redirect', clause('same files')),
    (file_newer_than_its_log, 'file-upload-there', clause('same files')),
    (file_unknown, 'file-unknown', clause('same files')),
    (too_young, 'quiet', clause('quiet')),
    (hold_just_lifted, 'quiet', clause('quiet')),
    (few_digits, 'short', all_named),
    (wrong_digits_at_the_end, 'stale', all_named),
    (not_plain, 'not-plain', function(decision, 'is_plain', True)),
    (faulty, 'faults', function(decision, 'in_order', True)),
]
NAMES = [f'{number}-{row[0].__qualname__.partition(".")[0]}' for number, row in enumerate(TABLE)]


@pytest.mark.parametrize(('story', 'key', 'without'), TABLE, ids=NAMES)
def test_a_rule(
    story: Story, key: str, without: Callable[[Patch], None], monkeypatch: Patch
) -> None:
    good, bad = story(False), story(True)
    verdict = good.verdict()
    assert isinstance(verdict, Approved), verdict
    assert verdict.revision.revid == oracle(good, 'one', good.now)
    refusal = bad.verdict()
    assert isinstance(refusal, NotApproved)
    assert refusal.reason.key.removeprefix('approval-') in key.split('|')
    if not bad.sees_hidden and not any(edit.imported for edit in bad.chain):
        assert oracle(bad, 'one', bad.now) is None
    # Without the rule, what it refuses would go out: no other rule does its work.
    without(monkeypatch)
    assert isinstance(bad.verdict(), Approved)


def test_every_rule_has_its_story() -> None:
    used = Patch()
    before = {name: rule for table in (CHEAP, AUTHOR, READ) for name, rule in table.items()}
    with used.context() as patch:
        for _, _, without in TABLE:
            without(patch)
        left = [name for t in (CHEAP, AUTHOR, READ) for name in t if t[name] is before[name]]
    assert left == []


def test_what_is_sent_is_taken_from_the_approving_revision() -> None:
    world = approved()
    approving = world.chain[-1]
    world.change(BOT, lambda item: item)
    verdict = world.verdict()
    assert isinstance(verdict, Approved)
    assert verdict.revision.revid == approving.revid
    assert verdict.item.content == {'id': 'one', 'text': 'Hello'}
    assert verdict.value == approving.page.items[0].editors['approved']
    assert verdict.approver == ALICE


def test_a_renamed_approver_is_known_by_the_id() -> None:
    world = approved(by=BOB)
    world.rename(BOB, 'Robert')
    verdict = world.verdict()
    assert isinstance(verdict, Approved)
    assert verdict.approver == 'Robert'


def test_the_bot_folding_a_decision_changes_nothing() -> None:
    world = proposed()
    decided = world.decide(ALICE)
    world.wait(minutes=20)
    first = world.verdict()
    world.fold()
    second = world.verdict()
    assert isinstance(first, Approved)
    assert isinstance(second, Approved)
    assert first == second
    assert first.revision.revid == decided.revid


def test_a_later_approval_takes_the_place_of_a_folded_one() -> None:
    world = approved()
    world.decide(BOB)
    assert world.verdict().revision.user == ALICE  # type: ignore[union-attr]
    world.fold()
    waiting = world.verdict()
    assert isinstance(waiting, NotApproved)
    assert waiting.kind == 'waiting'
    assert waiting.until == world.chain[-2].time + RULES.quiet
    world.wait(minutes=20)
    assert world.verdict().revision.user == BOB  # type: ignore[union-attr]


def test_an_approval_lasts_until_the_planned_time_and_its_grace() -> None:
    world = World()
    item = It().say('Hello', not_before='2026-12-24 14:00')
    world.save(CAROL, Page((item,)))
    world.approve(ALICE)
    world.now = world.now.replace(month=12, day=25, hour=14, minute=0)
    assert isinstance(world.verdict(), Approved)
    world.wait(minutes=1)
    assert isinstance(world.verdict(), NotApproved)


def test_a_planned_time_at_the_end_of_days_is_no_trouble() -> None:
    world = World()
    world.save(CAROL, Page((It().say('Hello', not_before='9999-12-31 23:59'),)))
    world.approve(ALICE)
    assert isinstance(world.wait(days=29).verdict(), Approved)


def test_a_changed_default_means_approving_again() -> None:
    world = approved()
    world.rules = replace(world.rules, channels=('mastodon',))
    verdict = world.verdict()
    assert isinstance(verdict, NotApproved)
    assert verdict.kind == 'stale'


def test_an_approver_who_approves_after_a_lifted_hold_has_decided() -> None:
    world = hold_taken_away(True)
    world.approve(ALICE)
    assert isinstance(world.wait(minutes=20).verdict(), Approved)


@pytest.mark.parametrize(
    ('logid', 'repository', 'words'),
    [
        (77, 'local', 'Eve deleted File:Flower 2.png after Alice had approved it ([[Special:Redirect/logid/77]])'),
        (0, 'shared', 'Eve deleted File:Flower 2.png after Alice had approved it (see the history of [[:File:Flower 2.png]]; repository: Commons)'),
        (0, 'local', 'repository: –)'),
    ],
)  # fmt: skip
def test_the_reason_names_the_file_and_its_log(logid: int, repository: str, words: str) -> None:
    world = with_picture()
    change = FileChange('delete', world.now, 'Eve', logid)
    file_now(world, repository=repository, place='Commons', changes=(change,))
    assert words in world.verdict().reason.text()  # type: ignore[union-attr]


def test_every_image_counts_and_all_are_asked_for_at_once() -> None:
    world = World()
    names = {f'image{n}' if n else 'image': f'File:{n}.png' for n in (0, 2, 3, 4)}
    world.files = {title: FileFacts(title, 'local') for title in names.values()}
    world.save(CAROL, Page((It(content={'text': 'Hello', **names}),)))
    content = world.page.items[0].full()
    value = fingerprint(content, RULES.channels, RULES.language) + ' [[User:Alice]] now'
    approving = world.change(ALICE, lambda item: item.put(approved=value))
    world.wait(minutes=20)
    memory = Memory(world)
    verdict = memory.ask(lambda: approval('one', memory, RULES, world.now))
    assert isinstance(verdict, Approved)
    assert memory.files == dict.fromkeys(names.values(), approving.time)
    whole = memory.rounds
    bare = approved()
    memory = Memory(bare)
    memory.ask(lambda: approval('one', memory, RULES, bare.now))
    assert whole == memory.rounds + 1
    for title in names.values():
        before = world.files[title]
        world.files[title] = replace(before, changes=(FileChange('move', world.now),))
        assert isinstance(world.verdict(), NotApproved), title
        world.files[title] = before


def test_a_silent_repository_holds_up_only_what_is_due() -> None:
    world = file_unknown(True)
    trouble = world.files[FLOWER]
    world = World()
    world.files[FLOWER] = replace(trouble, uploaded=world.now)
    item = It().say('Hello', image=FLOWER, alt='A flower', not_before='2026-11-10 14:00')
    world.save(CAROL, Page((item,)))
    world.approve(ALICE)
    assert isinstance(world.wait(minutes=20).verdict(), Approved)
    world.now = world.now.replace(day=10, hour=14, minute=0)
    assert world.verdict().reason.key == 'approval-file-unknown'  # type: ignore[union-attr]


def test_files_are_not_asked_for_before_all_else_is_in_order() -> None:
    for world in (approved(), not_with_picture()):
        memory = Memory(world)
        memory.ask(lambda memory=memory, world=world: approval('one', memory, RULES, world.now))
        assert memory.files == {}


def not_with_picture() -> World:
    """Erin, who may not approve, has approved an item with a picture."""
    return with_picture(by=ERIN)


def test_the_reason_names_who_and_where() -> None:
    world = approved()
    before = world.page
    world.change(DAVE, lambda item: item.say('Other'))
    verdict = world.verdict()
    assert isinstance(verdict, NotApproved)
    world.save(CAROL, before)
    words = world.verdict().reason.text()  # type: ignore[union-attr]
    assert 'approved by Alice ([[Special:Diff/2]]); Dave changed it ([[Special:Diff/3]])' in words
    assert 'the group sysop; Bob; Dave' in words


def words(world: World) -> str:
    """Why the item is not approved."""
    verdict = world.verdict()
    assert isinstance(verdict, NotApproved), verdict
    return verdict.reason.text()


def many_remarks(world: World, count: int) -> None:
    """Edits that have nothing to do with the item."""
    for number in range(count):
        world.save((CAROL, DAVE, ERIN)[number % 3], replace(world.page, extra=f'{number}'))


@pytest.mark.parametrize('after', [0, 1, 7, 100, 1000])
@pytest.mark.parametrize('between', [0, 1, 60])
def test_who_changed_it_is_said(between: int, after: int) -> None:
    world = approved()
    many_remarks(world, between)
    changed = world.change(CAROL, lambda item: item.say('Other'))
    many_remarks(world, after)
    assert words(world).startswith(
        f'Carol changed it after it was approved ([[Special:Diff/{changed.revid}]]).'
    )
    assert words(world).endswith('Who may approve: the group sysop; Bob; Dave.')


NAMED = replace(RULES, users={ALICE: 0, BOT: 9, BOB: 2, DAVE: 0})


def test_who_may_not_approve_is_not_named() -> None:
    """The author of the words, whoever is blocked, and the bot; under whatever name."""
    others = 'Who may approve: the group sysop; Bob; Dave.'
    world = World(NAMED)
    world.save(ALICE, Page((It(),)))
    world.approve(ALICE)
    assert words(world.wait(minutes=20)).endswith(others)
    world = World(NAMED)
    world.save(CAROL, Page((It(),)))
    world.approve(ALICE)
    changed = world.change(ALICE, lambda item: item.say('Other'))
    assert f'Alice changed it after it was approved ([[Special:Diff/{changed.revid}]])' in words(
        world
    )
    assert words(world).endswith(others)
    world = blocked(True)
    world.rules = NAMED
    assert words(world).endswith(others)
    assert approvers(NAMED, 'Robert', 2) == 'the group sysop; Alice; Dave'
    assert 'administrator' in approvers(replace(NAMED, groups=frozenset(), users={BOB: 2}), BOB)


@pytest.mark.parametrize('after', [0, 1, 7, 100, 1000])
@pytest.mark.parametrize('before', [0, 1, 60])
def test_who_forged_an_approval_is_said(before: int, after: int) -> None:
    world = World()
    world.save(CAROL, Page((It(),)))
    many_remarks(world, before)
    value = world.value(ALICE, It())
    forged = world.change(ERIN, lambda item: item.put(approved=value))
    many_remarks(world, after)
    assert words(world) == (
        f'The approval that it shows was set by Erin ([[Special:Diff/{forged.revid}]]), who may not '
        'approve. Who may approve: the group sysop; Bob; Dave.'
    )


def test_an_approval_that_was_taken_away_and_forged_again() -> None:
    """The edit that put it where it stands is to blame, or an earlier one that did the same."""
    world = World()
    world.save(CAROL, Page((It(),)))
    value = world.value(ALICE, It())
    first = world.change(ERIN, lambda item: item.put(approved=value))
    world.change(CAROL, lambda item: item.put(approved=''))
    second = world.change(ERIN, lambda item: item.put(approved=value))
    assert 'set by Erin' in words(world)
    assert any(f'Diff/{one.revid}]' in words(world) for one in (first, second))


def test_a_page_that_does_not_tell_who_set_it() -> None:
    """The oldest revision that is left shows it already."""
    world = World()
    world.save(CAROL, Page((It(),)))
    world.save(CAROL, Page((It().put(approved=world.value(ALICE, It())),)))
    many_remarks(world, 20)
    del world.chain[:2]
    assert words(world).startswith('The page’s history does not tell who set the approval')


def test_changed_in_hiding() -> None:
    """Nobody is blamed for what a hidden edit may have done; who approved it is said."""
    world = approved()
    world.change(ERIN, lambda item: item.say('Other'))
    world.chain[-1].text_hidden = True
    world.save(CAROL, world.page)
    assert words(world).startswith('The approval that Alice set ([[Special:Diff/2]]) is for other')


def test_forged_in_hiding() -> None:
    world = World()
    world.save(CAROL, Page((It(),)))
    hidden = world.change(ERIN, lambda item: item.put(approved=world.value(ALICE, item)))
    hidden.text_hidden = True
    world.save(CAROL, world.page)
    assert words(world).startswith(
        f'The edit that approved it is hidden ([[Special:Diff/{hidden.revid}]]), or the one before.'
    )


def test_digits_and_signs_that_approve_nothing_are_traced() -> None:
    for value in (mark_of(20) + ' ~~~~', mark_of(40) + '{{x}} ~~~~', 'yes ~~~~'):
        world = World()
        world.save(CAROL, Page((It(),)))
        forged = world.change(ERIN, lambda item, value=value: item.put(approved=value))
        many_remarks(world, 9)
        assert f'Erin set ([[Special:Diff/{forged.revid}]])' in words(world), value
        assert 'the group sysop; Bob; Dave' in words(world)


def mark_of(digits: int) -> str:
    """The first digits of the usual item's fingerprint."""
    return World().value(ALICE, It(), digits).split()[0]


@pytest.mark.parametrize('days', [0, 400])
def test_approving_again_works(days: int) -> None:
    world = away_and_back(BOB, lambda item: item.say('Other'))(True)
    world.wait(days=days)
    world.approve(ALICE)
    assert isinstance(world.wait(minutes=20).verdict(), Approved)
    assert world.now - world.chain[-1].time == timedelta(minutes=20)
