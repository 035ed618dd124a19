"""Attacks on the approval, by real users on the real wiki: nothing of it may go out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.real.desk import BOT, QUEUE, Desk

pytestmark = pytest.mark.real


def posted(desk: Desk, words: str) -> list[dict[str, Any]]:
    """The account's posts that hold *words*."""
    return [one for one in desk.posts() if words in one['content']]


def refused(desk: Desk, item_id: str, words: str, *reasons: str) -> None:
    """A run posts nothing of *words*, and the item says why."""
    run = desk.run()
    assert run.code in (0, 1), run
    assert not posted(desk, words), run
    note = desk.item(item_id).bot.get('note', '')
    for reason in reasons:
        assert reason in note, (note, run)


def test_forged_signature(desk: Desk) -> None:
    """An outsider writes the right fingerprint and signs with an approver's name."""
    desk.propose('forged', text='forged signature')
    value = f'{desk.fingerprint("forged")} [[User:Alice|Alice]] 12:00, 1 January 2030 (UTC)'
    desk.change('| id = forged\n', f'| id = forged\n| approved = {value}\n', by='Mallory')
    refused(desk, 'forged', 'forged signature', 'No edit by somebody who may approve')


def test_edit_after_approval(desk: Desk) -> None:
    """The words are changed after the approval; putting them back by hand does not help an attacker."""
    desk.configure(quiet_minutes=10)
    desk.propose('edited', text='approved words')
    desk.approve('edited')
    desk.change('approved words', 'changed words', by='Mallory')
    desk.configure(quiet_minutes=0)
    refused(desk, 'edited', 'changed words', 'approve')
    assert not posted(desk, 'approved words')


def test_only_a_small_parameter_changes(desk: Desk) -> None:
    """Language, channels, times and news are content too."""
    for number, line in enumerate(
        (
            '| language = de',
            '| channels = mastodon',
            '| not-before = 2020-01-01 00:00',
            '| news = x',
        )
    ):
        item_id = f'small-{number}'
        desk.propose(item_id, text=f'small parameter {number}')
        desk.approve(item_id)
        desk.change(f'| id = {item_id}\n', f'| id = {item_id}\n{line}\n', by='Mallory')
    run = desk.run()
    assert not posted(desk, 'small parameter'), run


def test_copied_approval(desk: Desk) -> None:
    """An approval is copied to another item, by an outsider and by an approver."""
    desk.propose('source', text='the approved one', not_before='2036-01-01 00:00')
    desk.approve('source')
    value = desk.item('source').editors['approved']
    for item_id, by in (('copy-1', 'Mallory'), ('copy-2', 'Bob')):
        desk.propose(item_id, text=f'the {item_id} one')
        desk.change(f'| id = {item_id}\n', f'| id = {item_id}\n| approved = {value}\n', by=by)
    run = desk.run()
    assert not posted(desk, 'the copy-'), run


def test_self_approval(desk: Desk) -> None:
    """Who wrote the words does not approve them."""
    desk.propose('own', by='Alice', text='my own words')
    desk.approve('own', by='Alice')
    refused(desk, 'own', 'my own words', 'Alice')


def test_added_and_approved_in_one_edit(desk: Desk) -> None:
    """Adding and approving are two edits, whoever does both."""
    words = 'all in one edit'
    desk.propose('at-once', text=words)
    value = desk.fingerprint('at-once')
    text = desk.text()
    start = text.index('== at-once ==')
    desk.person('Alice').edit(QUEUE, text[:start], 'taken out')
    item = text[start:].replace('| id = at-once\n', f'| id = at-once\n| approved = {value} ~~~~\n')
    desk.person('Alice').edit(QUEUE, text[:start] + item, 'added and approved')
    refused(desk, 'at-once', words)


def test_blocked_approver(desk: Desk) -> None:
    """An approver who is blocked now has approved nothing; unblocked, the approval counts again."""
    desk.propose('blocked', text='approved by a blocked one')
    desk.approve('blocked', by='Bob')
    desk.person('Admin').block('Bob')
    refused(desk, 'blocked', 'approved by a blocked one', 'Bob')
    desk.person('Admin').unblock('Bob')
    desk.run()
    assert len(posted(desk, 'approved by a blocked one')) == 1


def test_reverted_text(desk: Desk) -> None:
    """Restoring an old version of the page, by hand or by undo, never approves."""
    desk.propose('restored', text='restored words')
    desk.approve('restored')
    approved = desk.text()
    value = desk.item('restored').editors['approved']
    desk.change(f'| approved = {value}\n', '', by='Bob', summary='no, not yet')
    refused(desk, 'restored', 'restored words')
    desk.person('Bob').edit(QUEUE, approved, 'back to an older version')
    refused(desk, 'restored', 'restored words')


def test_undo_of_a_vandal_by_an_approver(desk: Desk) -> None:
    """An approver undoes a vandal who removed an approval that a vandal had planted before."""
    desk.propose('planted', text='planted words')
    value = f'{desk.fingerprint("planted")} [[User:Alice]] 12:00, 1 January 2030 (UTC)'
    desk.change('| id = planted\n', f'| id = planted\n| approved = {value}\n', by='Mallory')
    revid = desk.change(f'| approved = {value}\n', '', by='Dave')
    desk.person('Alice').undo(QUEUE, revid)
    assert 'approved' in desk.item('planted').editors
    refused(desk, 'planted', 'planted words')


def test_duplicate_id(desk: Desk) -> None:
    """A copy with other words above the real item neither goes out nor takes its approval."""
    desk.propose('twice', text='the real words')
    text = desk.text()
    start = text.index('== twice ==')
    fake = '== fake ==\n{{Social media item\n| id = twice\n| text = the fake words\n}}\n\n'
    desk.person('Mallory').edit(QUEUE, text[:start] + fake + text[start:], 'a copy')
    run = desk.run()
    assert not posted(desk, 'the fake words'), run
    assert 'id' in next(
        item.bot.get('note', '') for item in desk.queue().items
        if item.content.get('text') == 'the fake words'
    )  # fmt: skip


def test_outsider_adds_bot_parameters(desk: Desk) -> None:
    """States and records that anyone wrote are put right, and do not keep an item from going out."""
    desk.propose('false', text='falsely posted', state='posted')
    desk.change(
        '| text = falsely posted\n',
        '| text = falsely posted\n| sent-mastodon = posted 2026-01-01T00:00:00Z 1 https://evil.example\n',
        by='Mallory',
    )
    run = desk.run()
    assert desk.item('false').bot == {}, (run, desk.text())
    desk.approve('false')
    run = desk.run()
    assert len(posted(desk, 'falsely posted')) == 1, run


def test_outsider_removes_a_record(desk: Desk) -> None:
    """Taking the record off a posted item does not post it again; the record comes back."""
    desk.propose('record', text='posted only once')
    desk.approve('record')
    desk.run()
    item = desk.item('record')
    sent = item.bot['sent-mastodon']
    assert sent.startswith('posted ')
    desk.change(f'| sent-mastodon = {sent}\n', '', by='Mallory')
    run = desk.run()
    assert len(posted(desk, 'posted only once')) == 1, run
    assert desk.item('record').bot['sent-mastodon'] == sent
    # All bot lines gone, and the item approved afresh.
    text = desk.text()
    lines = [line for line in text.split('\n') if 'posted only once' not in line]
    assert len(lines) == text.count('\n')
    value = desk.item('record').editors['approved']
    for name, shown in desk.item('record').bot.items():
        text = text.replace(f'| {name:<10} = {shown}\n', '')
    desk.person('Mallory').edit(QUEUE, text.replace(f'| approved = {value}\n', ''), 'gone')
    desk.approve('record', by='Bob')
    run = desk.run()
    assert len(posted(desk, 'posted only once')) == 1, run


def test_forged_record_carried_by_the_bot(desk: Desk) -> None:
    """A forged record that stands on the page while the bot edits there is no record of the bot's."""
    desk.propose('carried', text='carried along')
    forged = 'posted 2026-01-01T00:00:00Z 1 https://evil.example/1'
    line = '| text = carried along\n'
    desk.change(line, f'{line}| sent-mastodon = {forged}\n', by='Mallory')
    desk.propose('other', text='the other one')
    desk.approve('other')
    desk.approve('carried')
    run = desk.run()
    assert len(posted(desk, 'carried along')) == 1, run
    assert len(posted(desk, 'the other one')) == 1, run


def test_text_merged_under_an_open_form(desk: Desk) -> None:
    """The approver's form was open while the text changed: the wiki merges, nobody approves unseen."""
    desk.propose('merged', text='seen words\n| comment = a line between\n| language = en')
    person = desk.person('Alice')
    text, base = person.page(QUEUE)
    line = f'| approved = {desk.fingerprint("merged")} ~~~~'
    desk.change('seen words', 'unseen words', by='Mallory')
    form = text.replace('| language = en\n}}', f'| language = en\n{line}\n}}}}', 1)
    person.edit(QUEUE, form, 'approved', base=base)
    assert 'unseen words' in desk.text(), 'the wiki should have merged both edits'
    refused(desk, 'merged', 'seen words')


def test_decision_section(desk: Desk) -> None:
    """A decision by an approver approves, and is folded into the item; one by an outsider does not."""
    desk.propose('decided', text='decided words')
    desk.decide('decided', by='Mallory')
    refused(desk, 'decided', 'decided words')
    desk.decide('decided', by='Bob')
    run = desk.run()
    assert len(posted(desk, 'decided words')) == 1, run
    assert 'Bob' in desk.item('decided').editors['approved']


def test_hold(desk: Desk) -> None:
    """Anyone holds an item; an approver's hold is lifted only by an approver."""
    desk.propose('held', text='held words')
    desk.approve('held')
    desk.change('| id = held\n', '| id = held\n| hold = wait for the date ~~~~\n', by='Bob')
    refused(desk, 'held', 'held words')
    assert desk.item('held').bot['state'] == 'held'
    hold = desk.item('held').editors['hold']
    desk.change(f'| hold = {hold}\n', '', by='Mallory')
    refused(desk, 'held', 'held words')


def test_stop(desk: Desk) -> None:
    """Anyone stops everything; taking the stop away lets it go on."""
    desk.propose('stopped', text='stopped words')
    desk.approve('stopped')
    desk.person('Mallory').edit(QUEUE, '{{Social media stop}}\n' + desk.text(), 'stop')
    run = desk.run()
    assert not posted(desk, 'stopped words'), run
    desk.person('Carol').edit(QUEUE, desk.text().replace('{{Social media stop}}\n', ''), 'go on')
    desk.run()
    assert len(posted(desk, 'stopped words')) == 1


def test_unprotected_module(desk: Desk) -> None:
    """Where anyone can change what approvers are shown, nothing is posted."""
    desk.propose('unsafe', text='shown by an unprotected module')
    desk.approve('unsafe')
    desk.person('Admin').protect('Module:Social media', edit='all', move='all')
    run = desk.run()
    assert run.code == 2, run
    assert 'Module:Social media' in run.text
    assert not posted(desk, 'shown by an unprotected module')
    desk.person('Admin').protect('Module:Social media', edit='sysop', move='sysop')
    desk.run()
    assert len(posted(desk, 'shown by an unprotected module')) == 1


def test_hidden_approval(desk: Desk) -> None:
    """A revision whose text or author is hidden approves nothing."""
    desk.propose('hidden', text='approved in hiding')
    revid = desk.approve('hidden')
    desk.person('Carol').edit(QUEUE, desk.text() + '\nA remark.\n', 'remark')
    desk.person('Admin').hide_revision(revid, user=True)
    refused(desk, 'hidden', 'approved in hiding')


def test_bot_account_does_not_approve(desk: Desk) -> None:
    """Whoever gets hold of the bot's account cannot approve with it."""
    desk.propose('robot', text='approved by a robot')
    desk.approve('robot', by=BOT)
    refused(desk, 'robot', 'approved by a robot')
