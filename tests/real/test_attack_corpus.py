"""A corpus of attacks, played on the real wiki by real users against one desk: nothing of it goes out, and each
item says why.

Each attack has an item of its own on the one queue page; all are played one after the other, then the bot runs
once, and again. Attacks that need a desk for themselves are in ``test_attacks``.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.pictures.scenes import flower
from tests.real.conftest import NewDesk
from tests.real.desk import Desk

pytestmark = pytest.mark.real

#: Stands in every text that nobody has approved.
EVIL = 'Buy now'
Play = Callable[[Desk, str], object]


@dataclass(frozen=True)
class Attack:
    """What somebody tries with an item (its id is the name), and what the item must say."""

    name: str
    play: Play
    reason: str


def swap(old: str, new: str, by: str = 'Mallory', approve: bool = True) -> Play:
    """Something in the approved item is replaced; ``ID`` stands for its id."""

    def play(desk: Desk, name: str) -> None:
        desk.propose(name, **CONTENT, text=f'Good words of {name}')
        if approve:
            desk.approve(name)
        here, there = old.replace('ID', name), new.replace('ID', name)
        desk.change(here, there, by=by)

    return play


CONTENT = {
    'image': 'File:Good.png', 'alt': 'A flower', 'language': 'en', 'channels': 'mastodon',
    'warning': 'flowers', 'not_before': '2026-01-01 10:00',
}  # fmt: skip


def line(name: str, value: str) -> Play:
    """One content parameter of the approved item gets another value."""

    def play(desk: Desk, item_id: str) -> None:
        desk.propose(item_id, **CONTENT, text=f'Good words of {item_id}')
        desk.approve(item_id)
        place = _lines(desk, item_id)
        desk.change(
            place, re.sub(rf'\| {name} = [^\n]*', f'| {name} = {value}', place), by='Mallory'
        )

    return play


def _lines(desk: Desk, item_id: str) -> str:
    """The wikitext of one item."""
    found = re.search(
        rf'\{{\{{Social media item\n\| id = {item_id}\n.*?\n\}}\}}', desk.text(), re.DOTALL
    )
    assert found, item_id
    return found[0]


def approved_text(text: str, by: str = 'Alice') -> Play:
    """Somebody proposes a trick; an approver presses the button all the same."""

    def play(desk: Desk, name: str) -> None:
        desk.propose(name, by='Mallory', text=text.replace('ID', name))
        value = f'{desk.mark(desk.item(name))} ~~~~'
        desk.change(f'| id = {name}\n', f'| id = {name}\n| approved = {value}\n', by=by)

    return play


def approved_value(made: Callable[[str], str], by: str = 'Alice') -> Play:
    """An approval whose value is not what the card shows."""

    def play(desk: Desk, name: str) -> None:
        desk.propose(name, by='Mallory', text=f'{EVIL} {name}')
        desk.approve(name, by=by, value=made(desk.fingerprint(name)))

    return play


def decision(wikitext: str, by: str = 'Alice', heading: str = 'Approve') -> Play:
    """A decision section of some kind; MARK is the right fingerprint."""

    def play(desk: Desk, name: str) -> None:
        desk.propose(name, by='Mallory', text=f'{EVIL} {name}')
        words = wikitext.replace('MARK', desk.fingerprint(name)).replace('ID', name)
        desk.person(by).append_section(desk.queue_title, f'{heading} {name}', words)

    return play


def id_swapped(desk: Desk, name: str) -> None:
    desk.propose(name, text=f'Good words of {name}')
    desk.propose(f'{name}-evil', by='Mallory', text=f'{EVIL} {name}')
    desk.approve(name)
    text = desk.text()
    for old, new in ((name, f'{name}-x'), (f'{name}-evil', name), (f'{name}-x', f'{name}-evil')):
        text = text.replace(f'| id = {old}\n', f'| id = {new}\n')
    desk.person('Mallory').edit(desk.queue_title, text, 'tidy')


def unseen_then_approved(desk: Desk, name: str) -> None:
    """Text is changed between the reading and the approval, which carries the old fingerprint."""
    desk.propose(name, text=f'Good words of {name}')
    old = desk.fingerprint(name)
    desk.change(f'Good words of {name}', f'{EVIL} {name}', by='Mallory')
    desk.approve(name, value=f'{old} ~~~~')


def changed_and_approved_by_an_approver(desk: Desk, name: str) -> None:
    desk.propose(name, text=f'Good words of {name}')
    item = _lines(desk, name)
    evil = item.replace('Good words of', EVIL)
    revid = desk.change(item, evil, by='Carol')
    assert revid
    value = f'{desk.fingerprint(name)} ~~~~'
    desk.change(
        f'Good words of {name}' if False else f'{EVIL} {name}', f'{EVIL} {name}!', by='Carol'
    )
    desk.change(f'| id = {name}\n', f'| id = {name}\n| approved = {value}\n', by='Alice')


def removed_and_restored(desk: Desk, name: str) -> None:
    """An approver takes the approval back; somebody restores the old wikitext."""
    desk.propose(name, text=f'{EVIL} {name}')
    desk.approve(name)
    approved = _lines(desk, name)
    without = re.sub(r'\| approved = [^\n]*\n', '', approved)
    desk.change(approved, without, by='Alice')
    desk.change(without, approved, by='Mallory')


def restored_by_an_approver(desk: Desk, name: str) -> None:
    """The same, and an approver is talked into restoring it: an old signature is no new approval."""
    desk.propose(name, text=f'{EVIL} {name}')
    desk.approve(name)
    approved = _lines(desk, name)
    without = re.sub(r'\| approved = [^\n]*\n', '', approved)
    desk.change(approved, without, by='Alice')
    desk.change(without, approved, by='Alice')


def declined_and_undone(desk: Desk, name: str) -> None:
    desk.propose(name, text=f'{EVIL} {name}')
    desk.approve(name)
    before = _lines(desk, name)
    declined = before.replace(f'| id = {name}\n', f'| id = {name}\n| decline = no ~~~~\n')
    desk.change(before, declined, by='Alice')
    desk.change(_lines(desk, name), before, by='Mallory')


def taken_off_and_back(desk: Desk, name: str) -> None:
    """An approver takes the item off the page; somebody puts it back, approval and all."""
    desk.propose(name, text=f'{EVIL} {name}')
    desk.approve(name)
    item = _lines(desk, name)
    desk.change(item, 'gone', by='Alice')
    text, base = desk.person('Mallory').page(desk.queue_title)
    desk.person('Mallory').edit(desk.queue_title, text.replace('gone', item, 1), 'back', base=base)


def hold_lifted_by_an_outsider(desk: Desk, name: str) -> None:
    desk.propose(name, text=f'{EVIL} {name}')
    desk.approve(name)
    before = _lines(desk, name)
    held = before.replace(f'| id = {name}\n', f'| id = {name}\n| hold = wait ~~~~\n')
    desk.change(before, held, by='Alice')
    desk.change(_lines(desk, name), before, by='Mallory')


def demoted(desk: Desk, name: str) -> None:
    """Somebody approves who is an approver no longer."""
    admin = desk.person('Admin')
    password = secrets.token_hex(16)
    admin.create_account('Former approver', password)
    admin.user_rights('Former approver', add=['social-approver'])
    desk.propose(name, text=f'{EVIL} {name}')
    former = type(admin)(desk.sandbox.url, 'Former approver', password)
    text, base = former.page(desk.queue_title)
    value = f'| approved = {desk.fingerprint(name)} ~~~~\n'
    former.edit(
        desk.queue_title, text.replace(f'| id = {name}\n', f'| id = {name}\n{value}'), base=base
    )
    admin.user_rights('Former approver', remove=['social-approver'])


def named_alike(desk: Desk, name: str) -> None:
    """An account whose name looks like the approver's (a Cyrillic А)."""
    admin = desk.person('Admin')
    password = secrets.token_hex(16)
    admin.create_account('Аlice', password)
    desk.propose(name, text=f'{EVIL} {name}')
    alike = type(admin)(desk.sandbox.url, 'Аlice', password)
    text, base = alike.page(desk.queue_title)
    value = f'| approved = {desk.fingerprint(name)} ~~~~\n'
    alike.edit(
        desk.queue_title, text.replace(f'| id = {name}\n', f'| id = {name}\n{value}'), base=base
    )


def file_overwritten(desk: Desk, name: str) -> None:
    desk.person('Carol').upload('Overwritten.png', flower(80, 40))
    desk.sandbox.clock.advance(2)
    desk.propose(name, text=f'{EVIL} {name}', image='File:Overwritten.png', alt='A flower')
    desk.approve(name)
    desk.sandbox.clock.advance(2)
    desk.person('Admin').upload('Overwritten.png', flower(90, 40))


def file_redirected(desk: Desk, name: str) -> None:
    desk.person('Carol').upload('Moved.png', flower(70, 40))
    desk.sandbox.clock.advance(2)
    desk.propose(name, text=f'{EVIL} {name}', image='File:Moved.png', alt='A flower')
    desk.approve(name)
    desk.sandbox.clock.advance(2)
    desk.person('Admin').move('File:Moved.png', 'File:Moved elsewhere.png')


def by_the_bot(desk: Desk, name: str) -> None:
    """An approval from the bot's own account, with the bot's own mark."""
    desk.propose(name, text=f'{EVIL} {name}')
    text = desk.text()
    value = f'| approved = {desk.fingerprint(name)} ~~~~\n'
    desk.bot_writes(
        desk.queue_title, text.replace(f'| id = {name}\n', f'| id = {name}\n{value}'),
        f'mwsocial:claim sending {name}',
    )  # fmt: skip


def merged_in_by_an_approver(desk: Desk, name: str) -> None:
    """An approver's edit of something else carries in an approval that somebody else prepared."""
    desk.propose(name, text=f'{EVIL} {name}')
    value = f'| approved = {desk.fingerprint(name)} [[User:Alice|Alice]] 12:00 (UTC)\n'
    desk.change(f'| id = {name}\n', f'| id = {name}\n{value}', by='Mallory')
    text, base = desk.person('Alice').page(desk.queue_title)
    desk.person('Alice').edit(
        desk.queue_title, f'{text}\nA remark of Alice.', 'a remark', base=base
    )


def substituted_by_an_approver(desk: Desk, name: str) -> None:
    """A page that is not there yet is called; once it holds an approval, whoever saves has written that."""
    desk.propose(name, text=f'{EVIL} {name}', by='Mallory')
    mark, trap = desk.fingerprint(name), f'User:Mallory/{name}'
    call = f'| approved = {{{{subst:{trap}}}}}\n'
    desk.change(f'| id = {name}\n', f'| id = {name}\n{call}', by='Mallory')
    desk.person('Mallory').edit(trap, f'{mark} [[User:Alice]] 00:00, 1 January 2030 (UTC)', 'x')
    desk.person('Alice').append_section(desk.queue_title, 'Remark', 'Hello all. ~~~~')
    assert f'| approved = {mark} [[User:Alice]]' in desk.text(), 'the trap has sprung'


def uncovered_by_an_approver(desk: Desk, name: str) -> None:
    """A signature in a comment is none; whoever takes the comment away has signed."""
    desk.propose(name, text=f'{EVIL} {name}', by='Mallory')
    decided = f'{{{{Social media decision|id={name}|approved={desk.fingerprint(name)} ~~~~}}}}'
    text, base = desk.person('Mallory').page(desk.queue_title)
    desk.person('Mallory').edit(desk.queue_title, f'{text}\n<!--\n{decided}\n', 'x', base=base)
    desk.person('Carol').append_section(desk.queue_title, 'Nothing', 'Why does this not show?')
    desk.change('\n<!--\n', '\n', by='Alice', summary='what came after this did not show')
    assert f'{desk.fingerprint(name)} [[User:Alice' in desk.text(), 'the trap has sprung'


def undone_by_an_approver(desk: Desk, name: str) -> None:
    """A vandal takes an outsider's approval out, and an approver undoes that."""
    desk.propose(name, text=f'{EVIL} {name}')
    value = f'| approved = {desk.fingerprint(name)} [[User:Alice|Alice]]\n'
    desk.change(f'| id = {name}\n', f'| id = {name}\n{value}', by='Mallory')
    revid = desk.change(value, '', by='Mallory')
    desk.person('Alice').undo(desk.queue_title, revid)


def settled_without_doubt(desk: Desk, name: str) -> None:
    """A settlement by an outsider on an item that was never sent."""
    desk.propose(name, text=f'{EVIL} {name}')
    desk.change(
        f'| id = {name}\n', f'| id = {name}\n| settle-mastodon = again ~~~~\n', by='Mallory'
    )


def forged_state(desk: Desk, name: str) -> None:
    desk.propose(name, text=f'{EVIL} {name}')
    lines = (
        '| state = approved\n| approved-in = Special:Diff/1\n| note = [[User:Alice]] approved it\n'
    )
    desk.change(f'| text = {EVIL} {name}\n', f'| text = {EVIL} {name}\n{lines}', by='Mallory')


def forged_claim(desk: Desk, name: str) -> None:
    """A claim that no run made: a run would look what became of it, and send."""
    desk.propose(name, text=f'{EVIL} {name}')
    lines = f'| state = sending\n| sent-mastodon = sending 2026-01-01T00:00:00Z 1 {"a" * 12}\n'
    desk.change(f'| text = {EVIL} {name}\n', f'| text = {EVIL} {name}\n{lines}', by='Mallory')


#: It only waits, as anything does that nobody has approved: the card says so, and the bot writes nothing.
NOBODY = ''
STALE, CHANGED = 'is for other content than it has now', 'changed it after it was approved'
ATTACKS = (
    Attack('only-alt', line('alt', EVIL), CHANGED),
    Attack('only-image', line('image', 'File:Evil.png'), CHANGED),
    Attack('only-language', line('language', 'de'), CHANGED),
    Attack('only-channels', line('channels', 'mastodon, news'), 'news'),
    Attack('only-warning', line('warning', EVIL), CHANGED),
    Attack('only-schedule', line('not-before', '2026-01-01 11:00'), CHANGED),
    Attack('only-a-space', swap('Good words of ID', 'Good  words of ID'), CHANGED),
    Attack('only-a-dot', swap('Good words of ID', 'Good words of ID.'), CHANGED),
    Attack('zero-width', swap('Good words of ID', 'Good\u200cwords of ID'), CHANGED),
    Attack('homoglyph', swap('Good words of ID', 'Gооd words of ID'), CHANGED),
    Attack('bidi', swap('Good words of ID', 'Good words\u202e of ID'), 'U+202E'),
    Attack('byte-order', swap('Good words of ID', '\ufeffGood words of ID'), 'U+FEFF'),
    Attack('entity', swap('Good words of ID', 'Good words of ID &#66;uy now'), CHANGED),
    Attack('news-added', swap('| text = Good words of ID', f'| news = {EVIL}\n| text = Good words of ID'), CHANGED),
    Attack('second-text', swap('| text = Good words of ID', f'| text = {EVIL}\n| text = Good words of ID'), 'twice'),
    Attack('text-for-one', swap('| text = Good words of ID', f'| text = Good words of ID\n| text-mastodon = {EVIL}'), CHANGED),
    Attack('bar', swap('Good words of ID', f'Good words of ID | {EVIL}'), '&#123;&#123;!&#125;&#125; instead'),
    Attack('other-id', swap('| id = ID\n', '| id = ID-other\n'), STALE),
    Attack('commented-out', swap('| text = Good words of ID', f'| text = <!-- Good words of ID -->{EVIL}'), CHANGED),
    Attack('hidden-in-nowiki', swap('Good words of ID', f'<nowiki>{EVIL}</nowiki> ID'), CHANGED),
    Attack('never-closed', swap('Good words of ID', 'Good words of ID {{'), NOBODY),
    Attack('include-only', swap('Good words of ID', f'Good words of ID<includeonly>{EVIL}</includeonly>'), 'includeonly'),
    Attack('transcluded', approved_text('{{User:Mallory/words}} ID'), 'A template cannot stand here'),
    Attack('magic-word', approved_text('ID {{CURRENTTIME}}'), 'CURRENTTIME'),
    Attack('argument', approved_text('{{{1|ID}}}'), 'Three or more braces'),
    Attack('invisible-only', approved_text('\u200b'), 'nothing'),
    Attack('by-an-outsider', approved_value(lambda mark: f'{mark} ~~~~', by='Mallory'), 'who may not approve'),
    Attack('by-a-stranger', approved_value(lambda mark: f'{mark} ~~~~', by='Carol'), 'who may not approve'),
    Attack('twelve-digits', approved_value(lambda mark: f'{mark[:12]} ~~~~'), 'too few digits'),
    Attack('thirty-nine', approved_value(lambda mark: f'{mark[:39]} ~~~~'), 'too few digits'),
    Attack('other-mark', approved_value(lambda mark: f'{"a" * 40} ~~~~'), STALE),
    Attack('capitals', approved_value(lambda mark: f'{mark.upper()} ~~~~'), STALE),
    Attack('braces', approved_value(lambda mark: f'{mark} {{{{subst:currenttime}}}}<!-- -->'), 'braces'),
    Attack('mark-behind', approved_value(lambda mark: f'yes {mark} ~~~~'), STALE),
    Attack('decision-by-outsider', decision('{{Social media decision|id=ID|approved=MARK ~~~~}}', by='Mallory'), 'who may not approve'),
    Attack('decision-commented', decision('<!-- {{Social media decision|id=ID|approved=MARK ~~~~}} -->'), NOBODY),
    Attack('decision-nowiki', decision('<nowiki>{{Social media decision|id=ID|approved=MARK}}</nowiki> ~~~~'), NOBODY),
    Attack('decision-nested', decision('{{Tl|1={{Social media decision|id=ID|approved=MARK ~~~~}}}}'), NOBODY),
    Attack('decision-twice', decision('{{Social media decision|id=ID|id=ID-x|approved=MARK ~~~~}}'), NOBODY),
    Attack('decision-other-words', decision('{{Social media decision|id=ID|approved=MARK ~~~~\n| text = Good words\n}}'), NOBODY),
    Attack('decision-short', decision('{{Social media decision|id=ID|approved=aaaaaaaaaaaa ~~~~}}'), STALE),
    Attack('decision-for-a-mention', decision('{{Social media decision|mention=ID|decision=share ~~~~}}', by='Mallory'), NOBODY),
    Attack('id-swapped', id_swapped, 'approve'),
    Attack('unseen', unseen_then_approved, STALE),
    Attack('changed-twice', changed_and_approved_by_an_approver, STALE),
    Attack('removed-restored', removed_and_restored, 'took the approval back'),
    Attack('restored-by-alice', restored_by_an_approver, 'approve'),
    Attack('declined-undone', declined_and_undone, 'declined it'),
    Attack('off-and-back', taken_off_and_back, 'took it off the page'),
    Attack('hold-lifted', hold_lifted_by_an_outsider, 'put it on hold'),
    Attack('demoted', demoted, 'who may not approve'),
    Attack('named-alike', named_alike, 'who may not approve'),
    Attack('overwritten', file_overwritten, 'a new version'),
    Attack('moved-file', file_redirected, 'Moved'),
    Attack('by-the-bot', by_the_bot, 'approve'),
    Attack('merged-in', merged_in_by_an_approver, 'who may not approve'),
    Attack('undone', undone_by_an_approver, 'approve'),
    Attack('substituted', substituted_by_an_approver, 'something that a save completes'),
    Attack('uncovered', uncovered_by_an_approver, 'something that a save completes'),
    Attack('settled', settled_without_doubt, NOBODY),
    Attack('forged-state', forged_state, NOBODY),
    Attack('forged-claim', forged_claim, NOBODY),
)  # fmt: skip


def test_the_corpus_is_large() -> None:
    assert len({one.name for one in ATTACKS}) == len(ATTACKS) >= 60


@pytest.mark.parametrize(
    'attacks',
    [
        pytest.param((*ATTACKS[5::12], *ATTACKS[-2:]), id='some'),
        pytest.param(ATTACKS, id='all', marks=pytest.mark.trust),
    ],
)
def test_nothing_goes_out_and_each_item_says_why(
    new_desk: NewDesk, attacks: tuple[Attack, ...]
) -> None:
    desk = new_desk()
    desk.person('Carol').upload('Good.png', flower(60, 40))
    desk.person('Mallory').upload('Evil.png', flower(61, 40))
    desk.sandbox.clock.advance(2)
    for attack in attacks:
        attack.play(desk, attack.name)
    # So that a page full of attacks is not simply left alone: one honest item among them goes out.
    desk.propose('honest', text='Good words, and honest ones')
    desk.approve('honest')
    desk.sandbox.clock.advance(400)
    for _ in range(2):
        run = desk.run()
        assert run.code in (0, 1), run
    posted = [one['content'] for one in desk.posts()]
    assert ['honest' in one for one in posted] == [True], posted
    assert EVIL not in desk.news()
    wrong = {}
    for attack in attacks:
        found = [one for one in desk.queue().items if one.id.startswith(attack.name)]
        said = ' / '.join(one.bot.get('note', '') for one in found)
        if attack.reason not in said or bool(attack.reason) != bool(said):
            wrong[attack.name] = (attack.reason, said)
    assert not wrong, '\n'.join(f'{name}: {why}' for name, why in wrong.items())
