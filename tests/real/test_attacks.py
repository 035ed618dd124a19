"""Attacks on the approval, by real users on the real wiki: nothing of it may go out, and the item says
which edit is to blame and who can still approve.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest

from mwsocial.desk.binding import bound
from mwsocial.wiki.items import read_queue
from tests.pictures.scenes import flower
from tests.real.conftest import NewDesk
from tests.real.desk import BOT, QUEUE, Desk

pytestmark = pytest.mark.real

#: How every reason ends: whom the sandbox's configuration lets approve; and where Alice may not.
WHO = 'Who may approve: the group social-approver; Alice.'
OTHERS = 'Who may approve: the group social-approver.'


def refused(desk: Desk, item_id: str, *reasons: str) -> None:
    """A run posts nothing and needs nobody; the item says why (all of *reasons*)."""
    run = desk.run()
    assert run.code == 0, run
    assert desk.posts() == [], run
    note = desk.item(item_id).bot.get('note', '')
    for reason in reasons:
        assert reason in note, (note, run)


def goes_out(desk: Desk, words: str, code: int = 0) -> None:
    """A run posts *words*, and nothing else."""
    run = desk.run()
    assert run.code == code, run
    assert [words in one['content'] for one in desk.posts()] == [True], (desk.posts(), run)


def test_forged_signature(desk: Desk) -> None:
    """An outsider writes the right fingerprint and signs with an approver's name."""
    desk.propose('forged', text='forged signature')
    value = f'{desk.fingerprint("forged")} [[User:Alice|Alice]] 12:00, 1 January 2030 (UTC)'
    revid = desk.change('| id = forged\n', f'| id = forged\n| approved = {value}\n', by='Mallory')
    words = f'set by Mallory ([[Special:Diff/{revid}]]), who may not approve'
    refused(desk, 'forged', words, WHO)
    refused(desk, 'forged', words, WHO)
    assert len(desk.edits()) == 1, 'said once'


def test_edit_after_approval(desk: Desk) -> None:
    """The words are changed after the approval."""
    desk.propose('edited', text='approved words')
    desk.approve('edited')
    revid = desk.change('approved words', 'changed words', by='Mallory')
    words = f'Mallory changed it after it was approved ([[Special:Diff/{revid}]])'
    refused(desk, 'edited', words, WHO)


@pytest.mark.parametrize(
    'line',
    [
        '| language = de',
        *(
            pytest.param(line, marks=pytest.mark.trust)
            for line in ('| channels = mastodon', '| not-before = 2020-01-01 00:00', '| news = x')
        ),
    ],
)
def test_only_a_small_parameter_changes(desk: Desk, line: str) -> None:
    """Language, channels, times and news are content too.

    Naming all channels changes nothing of what goes out, so it may (DESIGN 3: effective values).
    """
    desk.propose('small', text='small parameter')
    desk.approve('small')
    revid = desk.change('| id = small\n', f'| id = small\n{line}\n', by='Mallory')
    refused(desk, 'small', 'Mallory changed it ', f'([[Special:Diff/{revid}]])', WHO)


@pytest.mark.parametrize('by', [pytest.param('Mallory', marks=pytest.mark.trust), 'Bob'])
def test_copied_approval(desk: Desk, by: str) -> None:
    """An approval is copied to another item, by an outsider and by an approver."""
    desk.propose('source', text='the approved one', not_before='2036-01-01 00:00')
    desk.approve('source')
    value = desk.item('source').editors['approved']
    desk.propose('copy', text='the copied one')
    revid = desk.change('| id = copy\n', f'| id = copy\n| approved = {value}\n', by=by)
    words = f'The approval that {by} set ([[Special:Diff/{revid}]]) is for other content'
    refused(desk, 'copy', words, WHO)


def test_self_approval(desk: Desk) -> None:
    """Who wrote the words does not approve them."""
    wrote = desk.propose('own', by='Alice', text='my own words')
    revid = desk.approve('own', by='Alice')
    words = f'Alice approved it ([[Special:Diff/{revid}]]), and was also the first to write it'
    refused(desk, 'own', words, f'([[Special:Diff/{wrote}]])', 'A second person', OTHERS)


def test_added_and_approved_in_one_edit(desk: Desk) -> None:
    """Adding and approving are two edits, whoever does both."""
    desk.propose('at-once', text='all in one edit')
    value = desk.fingerprint('at-once')
    text = desk.text()
    start = text.index('== at-once ==')
    desk.person('Alice').edit(QUEUE, text[:start], 'taken out')
    item = text[start:].replace('| id = at-once\n', f'| id = at-once\n| approved = {value} ~~~~\n')
    revid = desk.person('Alice').edit(QUEUE, text[:start] + item, 'added and approved')
    words = (
        f'Alice approved it in the same edit that added or changed it ([[Special:Diff/{revid}]])'
    )
    refused(desk, 'at-once', words, OTHERS)


@pytest.mark.trust
def test_blocked_approver(desk: Desk) -> None:
    """An approver who is blocked now has approved nothing; unblocked, the approval counts again."""
    desk.propose('blocked', text='approved by a blocked one')
    revid = desk.approve('blocked', by='Bob')
    desk.person('Admin').block('Bob')
    refused(desk, 'blocked', f'set by Bob ([[Special:Diff/{revid}]]), who is blocked', WHO)
    desk.person('Admin').unblock('Bob')
    goes_out(desk, 'approved by a blocked one')
    assert 'note' not in desk.item('blocked').bot


@pytest.mark.parametrize(
    'remark', ['', pytest.param('\nWith a remark.\n', marks=pytest.mark.trust)]
)
def test_reverted_text(desk: Desk, remark: str) -> None:
    """Restoring an old version of the page by hand, as it was or with something more, never approves."""
    desk.propose('restored', text='restored words')
    first = desk.approve('restored')
    approved = desk.text()
    value = desk.item('restored').editors['approved']
    taken = desk.change(f'| approved = {value}\n', '', by='Bob', summary='no, not yet')
    run = desk.run()
    assert (run.code, desk.posts(), desk.item('restored').bot) == (0, [], {}), run
    back = desk.person('Bob').edit(QUEUE, approved + remark, 'back to an older version')
    if remark:
        words = (
            f'Bob brought back an approval ([[Special:Diff/{back}]]) that stood on the page before'
        )
        refused(desk, 'restored', words, f'([[Special:PermanentLink/{taken - 1}]])', WHO)
    else:  # MediaWiki itself tells
        words = f'Bob brought the approval back by an undo or a rollback ([[Special:Diff/{back}]])'
        refused(desk, 'restored', words, WHO)
    assert first < taken < back


def test_undo_of_a_vandal_by_an_approver(desk: Desk) -> None:
    """An approver undoes a vandal who removed an approval that a vandal had planted before."""
    desk.propose('planted', text='planted words')
    value = f'{desk.fingerprint("planted")} [[User:Alice]] 12:00, 1 January 2030 (UTC)'
    desk.change('| id = planted\n', f'| id = planted\n| approved = {value}\n', by='Mallory')
    revid = desk.change(f'| approved = {value}\n', '', by='Dave')
    undone = desk.person('Alice').undo(QUEUE, revid)
    assert 'approved' in desk.item('planted').editors
    words = f'Alice brought the approval back by an undo or a rollback ([[Special:Diff/{undone}]])'
    refused(desk, 'planted', words, WHO)


def test_duplicate_id(desk: Desk) -> None:
    """A copy with other words above the real item neither goes out nor takes its approval."""
    desk.propose('twice', text='the real words')
    text = desk.text()
    start = text.index('== twice ==')
    fake = '== fake ==\n{{Social media item\n| id = twice\n| text = the fake words\n}}\n\n'
    desk.person('Mallory').edit(QUEUE, text[:start] + fake + text[start:], 'a copy')
    run = desk.run()
    assert (run.code, desk.posts()) == (0, []), run
    copy, real = desk.queue().items
    assert 'The id twice is in use' in copy.bot['note']
    assert real.bot == {}
    # While both stand there, nobody can say which of them an approval means.
    line = f'| approved = {desk.mark(real)} ~~~~\n'
    revid = desk.change('| text = the real words\n', f'| text = the real words\n{line}', by='Alice')
    run = desk.run()
    assert (run.code, desk.posts()) == (0, []), run
    real = desk.queue().items[1]
    assert f'When Alice approved it ([[Special:Diff/{revid}]]), the page held' in real.bot['note']
    text = desk.text()
    desk.person('Carol').edit(
        QUEUE, text[:start] + text[text.index('== twice ==') :], 'the copy goes'
    )
    value = desk.item('twice').editors['approved']
    line = f'| approved = {desk.fingerprint("twice")} ~~~~\n'
    desk.change(f'| approved = {value}\n', line, by='Bob')
    goes_out(desk, 'the real words')


def test_outsider_adds_bot_parameters(desk: Desk) -> None:
    """States and records that anyone wrote are put right, and do not keep an item from going out."""
    desk.propose('false', text='falsely posted', state='posted')
    forged = '| sent-mastodon = posted 2026-01-01T00:00:00Z 1 https://evil.example'
    desk.change('| text = falsely posted\n', f'| text = falsely posted\n{forged}\n', by='Mallory')
    run = desk.run()
    assert run.code == 0, run
    assert desk.item('false').bot == {}, (run, desk.text())
    desk.approve('false')
    goes_out(desk, 'falsely posted')


def test_outsider_removes_a_record(desk: Desk) -> None:
    """Taking the record off a posted item does not post it again; the record comes back."""
    desk.propose('record', text='posted only once')
    desk.approve('record')
    goes_out(desk, 'posted only once')
    sent = desk.item('record').bot['sent-mastodon']
    assert sent.startswith('posted ')
    desk.change(f'| sent-mastodon = {sent}\n', '', by='Mallory')
    goes_out(desk, 'posted only once')
    assert desk.item('record').bot['sent-mastodon'] == sent


@pytest.mark.trust
def test_all_of_a_posted_item_is_forged_away(desk: Desk) -> None:
    """All lines of the bot gone, and the item approved afresh: still posted once."""
    desk.propose('record', text='posted only once')
    desk.approve('record')
    goes_out(desk, 'posted only once')
    text = desk.text()
    for name, value in {**desk.item('record').bot, **desk.item('record').editors}.items():
        line = next(one for one in text.split('\n') if one.endswith(f'= {value}') and name in one)
        text = text.replace(line + '\n', '')
    desk.person('Mallory').edit(QUEUE, text, 'gone')
    assert desk.item('record').bot == desk.item('record').editors == {}
    desk.approve('record', by='Bob')
    goes_out(desk, 'posted only once')
    assert desk.item('record').bot['state'] == 'posted'


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
    assert run.code == 0, run
    assert sorted(one['content'] for one in desk.posts()) == [
        'carried along<br>',
        'the other one<br>',
    ]


def test_text_merged_under_an_open_form(desk: Desk) -> None:
    """The approver's form was open while the text changed: the wiki merges, nobody approves unseen."""
    desk.propose('merged', text='seen words\n| comment = a line between\n| language = en')
    person = desk.person('Alice')
    text, base = person.page(QUEUE)
    line = f'| approved = {desk.fingerprint("merged")} ~~~~'
    desk.change('seen words', 'unseen words', by='Mallory')
    form = text.replace('| language = en\n}}', f'| language = en\n{line}\n}}}}', 1)
    revid = person.edit(QUEUE, form, 'approved', base=base)
    assert 'unseen words' in desk.text(), 'the wiki should have merged both edits'
    words = f'The approval that Alice set ([[Special:Diff/{revid}]]) is for other content'
    refused(desk, 'merged', words, WHO)


def test_decision_section(desk: Desk) -> None:
    """A decision by an approver approves, and is folded into the item; one by an outsider does not."""
    desk.propose('decided', text='decided words')
    revid = desk.decide('decided', by='Mallory')
    refused(desk, 'decided', f'set by Mallory ([[Special:Diff/{revid}]])', WHO)
    desk.decide('decided', by='Bob')
    goes_out(desk, 'decided words')
    assert 'Bob' in desk.item('decided').editors['approved']
    assert [one.approved for one in desk.queue().decisions if 'Bob' in one.approved] == []


def test_hold(desk: Desk) -> None:
    """Anyone holds an item; an approver's hold is lifted only by an approver."""
    desk.propose('held', text='held words')
    desk.approve('held')
    line = '| hold = wait for the date ~~~~\n'
    revid = desk.change('| id = held\n', f'| id = held\n{line}', by='Bob')
    run = desk.run()
    assert (run.code, desk.posts(), desk.item('held').bot['state']) == (0, [], 'held'), run
    hold = desk.item('held').editors['hold']
    lifted = desk.change(f'| hold = {hold}\n', '', by='Mallory')
    run = desk.run()
    assert (run.code, desk.posts()) == (0, []), (lifted, run)
    item = desk.item('held')
    assert item.bot['state'] == 'held'
    assert f'Bob, who may approve, put it on hold ([[Special:Diff/{revid}]])' in item.bot['note']
    assert WHO in item.bot['note']
    value = item.editors['approved']
    desk.change(
        f'| approved = {value}\n', f'| approved = {desk.fingerprint("held")} ~~~~\n', by='Bob'
    )
    goes_out(desk, 'held words')


@pytest.mark.trust
def test_hold_by_anyone(desk: Desk) -> None:
    """A hold by somebody else goes with its line."""
    desk.propose('held', text='held words')
    desk.approve('held')
    desk.change('| id = held\n', '| id = held\n| hold = is it true? ~~~~\n', by='Mallory')
    run = desk.run()
    assert (run.code, desk.posts(), desk.item('held').bot['state']) == (0, [], 'held'), run
    hold = desk.item('held').editors['hold']
    desk.change(f'| hold = {hold}\n', '', by='Carol')
    goes_out(desk, 'held words')


def test_stop(desk: Desk) -> None:
    """Anyone stops everything; taking the stop away lets it go on."""
    desk.propose('stopped', text='stopped words')
    desk.approve('stopped')
    desk.person('Mallory').edit(QUEUE, '{{Social media stop}}\n' + desk.text(), 'stop')
    run = desk.run()
    assert (run.code, desk.posts()) == (0, []), run
    assert 'a stop is set on [[Social media/Queue]]' in run.text
    desk.person('Carol').edit(QUEUE, desk.text().replace('{{Social media stop}}\n', ''), 'go on')
    goes_out(desk, 'stopped words')


def test_unprotected_module(desk: Desk) -> None:
    """Where anyone can change what approvers are shown, nothing is posted."""
    desk.propose('unsafe', text='shown by an unprotected module')
    desk.approve('unsafe')
    before = desk.text()
    desk.person('Admin').protect('Module:Social media', edit='all', move='all')
    run = desk.run()
    assert run.code == 2, run
    assert '[[Module:Social media]] is not protected' in run.text
    assert (desk.posts(), desk.text()) == ([], before)
    desk.person('Admin').protect('Module:Social media', edit='sysop', move='sysop')
    goes_out(desk, 'shown by an unprotected module')


def test_hidden_approval(desk: Desk) -> None:
    """A revision whose text or author is hidden approves nothing."""
    desk.propose('hidden', text='approved in hiding')
    revid = desk.approve('hidden')
    desk.person('Carol').edit(QUEUE, desk.text() + '\nA remark.\n', 'remark')
    desk.person('Admin').hide_revision(revid, user=True)
    refused(desk, 'hidden', f'The edit that approved it is hidden ([[Special:Diff/{revid}]])', WHO)


def test_bot_account_does_not_approve(desk: Desk) -> None:
    """Whoever gets hold of the bot's account cannot approve with it."""
    desk.propose('robot', text='approved by a robot')
    revid = desk.approve('robot', by=BOT)
    run = desk.run()
    assert (run.code, desk.posts()) == (0, []), run
    note = desk.item('robot').bot['note']
    assert f'set by {BOT} ([[Special:Diff/{revid}]]), who may not approve' in note
    assert WHO in note


def test_former_account_of_the_bot(new_desk: NewDesk) -> None:
    """Its records count after a change of account, so nothing is sent again; it never approves."""
    desk = new_desk()
    desk.propose('old', text='posted by the former account')
    desk.approve('old')
    goes_out(desk, 'posted by the former account')
    sent = desk.item('old').bot['sent-mastodon']
    desk.other_bot('News desk bot')
    desk.change(f'| sent-mastodon = {sent}\n', '', by='Mallory')
    desk.configure(bot='News desk bot', former_bots=[BOT, 'Never seen here'])
    goes_out(desk, 'posted by the former account')
    assert desk.item('old').bot['sent-mastodon'] == sent
    desk.propose('new', text='approved by the former account')
    revid = desk.approve('new', by=BOT)
    run = desk.run()
    assert (run.code, len(desk.posts())) == (0, 1), run
    assert f'set by {BOT} ([[Special:Diff/{revid}]]), who may not' in desk.item('new').bot['note']


def test_a_file_whose_name_begins_with_another_letter(desk: Desk) -> None:
    """On Wikimedia's wikis ⓐ has no capital, so these are two files: the card shows the first one, and that
    one goes out.
    """
    desk.sandbox.configure(wgOverrideUcfirstCharacters={'ⓐ': 'ⓐ'})
    desk.person('Carol').upload('ⓐlogo.png', flower(80, 40))
    desk.person('Mallory').upload('Ⓐlogo.png', flower(90, 44))
    desk.sandbox.clock.advance(2)
    desk.propose('letter', text='Two files', image='File:ⓐlogo.png', alt='A flower')
    shown = desk.person('Alice').parse(desk.text(), QUEUE)
    assert quote('ⓐlogo.png') in shown and quote('Ⓐlogo.png') not in shown
    desk.approve('letter')
    goes_out(desk, 'Two files')
    (image,) = desk.posts()[0]['attachment']
    folder = desk.sandbox.mastodon_folder / 'data' / 'user' / 'mediawiki' / 'static'
    sent = (folder / image['url'].rpartition('/')[2]).read_bytes()
    assert sent == flower(80, 40)


IMPORT = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
<page><title>{title}</title><ns>0</ns><revision><timestamp>{time}</timestamp>
<contributor><username>{user}</username></contributor><comment>{summary}</comment>
<model>wikitext</model><format>text/x-wiki</format><text xml:space="preserve">{text}</text>
</revision></page></mediawiki>"""


def bring(desk: Desk, user: str, text: str, summary: str = '') -> int:
    """Import an edit of the queue page in a user's name, as of now; returns its number."""
    time = f'{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}'
    xml = IMPORT.format(
        title=QUEUE, time=time, user=user, summary=escape(summary), text=escape(text)
    )
    desk.person('Admin').import_xml(xml, known_users=True)
    found = [one for one in desk.person('Admin').history(QUEUE) if one['user'] == user]
    return max(int(one['revid']) for one in found)


def test_imported_approval(desk: Desk) -> None:
    """Whoever may import writes edits in every name and at every time."""
    desk.propose('imported', text='approved in a file')
    value = f'{desk.fingerprint("imported")} [[User:Alice|Alice]] 12:00, 1 January 2030 (UTC)'
    forged = desk.text().replace('| id = imported\n', f'| id = imported\n| approved = {value}\n')
    revid = bring(desk, 'Alice', forged)
    words = f'the import may have made the edit that approved it ([[Special:Diff/{revid}]], in the'
    refused(desk, 'imported', words, 'name of [[User:Alice]])', WHO)
    desk.change(f'| approved = {value}\n', '', by='Mallory')
    desk.approve('imported')
    refused(desk, 'imported', 'Nobody can tell who wrote it', 'as a new item', WHO)
    desk.propose('again', text='approved in a file')
    desk.approve('again')
    goes_out(desk, 'approved in a file')


@pytest.mark.trust
def test_imported_record(desk: Desk) -> None:
    """The file says that the bot gave its claim back after it had posted: a person must look."""
    desk.propose('given-back', text='given back in a file')
    desk.approve('given-back')
    goes_out(desk, 'given back in a file')
    line = desk.item('given-back').bot['sent-mastodon']
    revid = line.split()[2]
    forged = desk.text().replace(line, f'released {line.split()[1]} {revid}')
    bring(desk, BOT, forged, 'mwsocial:record given back: given-back')
    run = desk.run()
    assert len(desk.posts()) == 1, run
    assert desk.item('given-back').bot['state'] == 'unconfirmed', run


def test_record_that_the_bots_save_would_complete(desk: Desk) -> None:
    """What a stranger left to be substituted, in two steps: the edit with the bot's mark would bring it."""
    desk.propose('good', text='First words\n----\nSecond words')
    mallory = desk.person('Mallory')
    forged = (
        '{{Social media item\n| id = good\n| text = other\n'
        '| sent-mastodon-2 = released 2026-11-28T00:00:00Z 1 given back\n}}'
    )
    mallory.edit('User:Mallory/b', forged, 'x')
    desk.approve('good')
    mallory.edit(QUEUE, '{{subst:User:Mallory/c}}\n' + desk.text(), 'hello')
    later = '{<includeonly></includeonly>{subst:User:Mallory/b}}'
    mallory.edit('User:Mallory/c', later, 'x')
    for _ in range(2):
        run = desk.run()
        assert len(desk.posts()) == 2, run
        desk.sandbox.clock.advance(7200)
    assert desk.text().startswith('{&#123;subst:User:Mallory/c}}'), 'it shows what it was'
    assert desk.item('good').bot['state'] == 'posted'


def test_record_that_a_merge_brings(desk: Desk) -> None:
    """Hidden in Mallory's revision, shown by the one that the bot's edit was merged into."""
    desk.propose('good', text='First words\n----\nSecond words')
    desk.propose('zed', text='Words that wait')
    desk.approve('good')
    run = desk.run()
    assert run.code == 0 and len(desk.posts()) == 2, run
    # The bot's next edit takes this note off.
    desk.change('| id = zed\n', '| id = zed\n| note = <nowiki>\n', by='Mallory')
    forged = (
        '{{Social media item\n| id = good\n| text = other\n'
        '| sent-mastodon-2 = released 2026-11-28T00:00:00Z 1 given back\n}}</nowiki>'
    )
    base_text, base = desk.person(BOT).page(QUEUE)
    text = base_text.replace('| note = <nowiki>\n', '')
    words = bound('mwsocial:record found out: good', read_queue(text), read_queue(base_text), 500)
    desk.person('Mallory').append_section(QUEUE, 'x', forged)
    desk.person(BOT).edit(QUEUE, text, words, base=base, bot=True)
    assert len([one for one in desk.queue().items if one.id == 'good']) == 2, 'it was merged'
    desk.sandbox.clock.advance(7200)
    run = desk.run()
    assert len(desk.posts()) == 2, run


def test_a_page_filled_to_the_limit(desk: Desk) -> None:
    """There is room for the claim and the record, but not for an id on each of the vandal's items."""
    desk.propose('good', text='good words')
    desk.approve('good')
    text = desk.text()
    items = ''.join(f'{{{{Social media item|text=a{number}}}}}\n' for number in range(60))
    room = 2 * 1024 * 1024 - len(text.encode()) - len(items) - 400
    desk.person('Mallory').edit(QUEUE, f'{items}<!--{"x" * (room - 8)}-->\n{text}', 'filled')
    goes_out(desk, 'good words', 1)
    assert len(desk.edits()) == 2, 'the claim and the record'


@pytest.mark.trust
def test_a_page_filled_and_brought_back(desk: Desk) -> None:
    """What the vandal wrote is not read, nor what Carol brought back: the approval stands."""
    desk.propose('good', text='good words')
    desk.approve('good')
    text = desk.text()
    items = ''.join(f'{{{{Social media item|id=a{n}|text=a}}}}\n' for n in range(10_000))
    desk.person('Mallory').edit(QUEUE, items, 'filled')
    desk.person('Carol').edit(QUEUE, text, 'brought back')
    goes_out(desk, 'good words')
