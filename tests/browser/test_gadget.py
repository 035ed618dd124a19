"""The gadget in a real browser on a real wiki: one click, one question, never words that nobody saw."""

from __future__ import annotations

from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from mwsocial.onwiki.manifest import pages
from tests.browser.reader import NARROW, WIDE, Reader
from tests.real.desk import QUEUE, Desk

pytestmark = pytest.mark.real

APPROVE = 'Approve these words'
UNSURE = 'unconfirmed 2026-11-25T14:00:07Z 7 no answer'
SIZES = pytest.mark.parametrize('size', [WIDE, NARROW], ids=['wide', 'phone'])


@SIZES
def test_an_approver_approves_with_one_click(
    desk: Desk, chromium: Any, size: tuple[int, int]
) -> None:
    item_id = f'one-click-{size[0]}'
    desk.person('Admin').edit(QUEUE, '')
    desk.propose(item_id, text=f'The words of {item_id}')
    alice = Reader(chromium, desk, 'Alice', size)
    alice.open(QUEUE)
    alice.link(APPROVE).send_keys(Keys.ENTER)
    asked = alice.dialog()
    assert (
        f'Approve {item_id}?' in asked and f'The words of {item_id}' in asked and 'Matches' in asked
    )
    alice.press(APPROVE)
    assert 'Saved.' in alice.told()
    run = desk.run()
    assert run.code == 0, run
    assert desk.item(item_id).bot['state'] == 'posted'
    assert '[[User:Alice|Alice]]' in desk.item(item_id).editors['approved']


@SIZES
def test_words_that_changed_meanwhile_are_not_approved(
    desk: Desk, chromium: Any, size: tuple[int, int]
) -> None:
    """Before the click and between the question and the answer."""
    desk.person('Admin').edit(QUEUE, '')
    desk.propose('changed', text='Good words')
    alice = Reader(chromium, desk, 'Alice', size)
    alice.open(QUEUE)
    desk.change('Good words', 'Evil words', by='Mallory')
    alice.link(APPROVE).click()
    assert 'Somebody has changed this meanwhile' in alice.told()
    alice.open(QUEUE)
    alice.link(APPROVE).click()
    assert 'Evil words' in alice.dialog()
    desk.change('Evil words', 'Worse words', by='Mallory')
    alice.press(APPROVE)
    assert 'Somebody has changed this meanwhile' in alice.told()
    assert 'approved' not in desk.text()


def test_no_style_of_the_page_changes_what_is_asked(desk: Desk, chromium: Any) -> None:
    """Whoever may write on the page may bring a style sheet, which can hide words and show others. (The
    extension is the sandbox's stand-in.)
    """
    desk.sandbox.configure(sandboxTemplateStyles=True)
    try:
        evil = '.mw-parser-output [dir=auto], .mw-parser-output bdi { display: none }'
        desk.person('Mallory').edit('Template:Evil/styles.css', evil)
        desk.person('Admin').edit(QUEUE, '<templatestyles src="Template:Evil/styles.css" />')
        desk.propose('styled', text='The true words')
        alice = Reader(chromium, desk, 'Alice', WIDE)
        alice.open(QUEUE)
        assert 'The true words' not in alice.driver.find_element('id', 'mw-content-text').text
        alice.link(APPROVE).click()
        assert 'The true words' in alice.dialog()
    finally:
        desk.sandbox.configure(sandboxTemplateStyles=None)


@pytest.mark.parametrize(('name', 'size'), [('Mallory', WIDE), ('', WIDE), ('Mallory', NARROW)])
def test_who_may_not_approve_sees_why(
    desk: Desk, chromium: Any, name: str, size: tuple[int, int]
) -> None:
    desk.person('Admin').edit(QUEUE, '')
    desk.propose('outsider', text='Words')
    before = desk.text()
    outsider = Reader(chromium, desk, name, size)
    outsider.open(QUEUE)
    outsider.link(APPROVE).click()
    told = outsider.told()
    assert ('you are no approver' in told and 'Alice' in told) if name else 'Log in first' in told
    assert desk.text() == before


def test_nothing_is_saved_without_a_yes(desk: Desk, chromium: Any) -> None:
    desk.person('Admin').edit(QUEUE, '')
    desk.propose('escape', text='Words')
    before = desk.text()
    alice = Reader(chromium, desk, 'Alice')
    alice.open(QUEUE)
    alice.link(APPROVE).click()
    alice.dialog()
    alice.escape()
    assert desk.text() == before


def test_the_error_of_the_wiki_is_shown(desk: Desk, chromium: Any) -> None:
    desk.person('Admin').edit(QUEUE, '')
    desk.propose('blocked', text='Words')
    before = desk.text()
    alice = Reader(chromium, desk, 'Alice')
    alice.open(QUEUE)
    desk.person('Admin').block('Alice')
    try:
        alice.link(APPROVE).click()
        alice.dialog()
        alice.press(APPROVE)
        told = alice.told()
    finally:
        desk.person('Admin').unblock('Alice')
    assert 'Nothing was saved. The wiki says:' in told and 'block' in told
    assert desk.text() == before


def buttons_of(reader: Reader, item_id: str, line: str) -> Any:
    """The buttons that write a line into an item, once its other decisions are unfolded."""
    card = f'#social-media-{item_id}'
    reader.wait(lambda: reader.all(f'{card} .mw-collapsible-toggle a'))[0].click()
    return reader.wait(
        lambda: [
            one
            for one in reader.all(f'{card} .mwsocial-do')
            if one.text == f'Do this: {line}' and one.is_displayed()
        ]
    )


@SIZES
def test_anyone_holds_with_a_reason(desk: Desk, chromium: Any, size: tuple[int, int]) -> None:
    # The page as it is installed, and a comment that looks like the item.
    (queue,) = [page for page in pages() if page.title == QUEUE]
    desk.person('Admin').edit(QUEUE, f'{queue.text}\n<!--\n| id = held\n-->\n')
    desk.propose('held', text='Words')
    desk.propose('other', text='Other words')
    bob = Reader(chromium, desk, 'Bob', size)
    bob.open(QUEUE)
    button = buttons_of(bob, 'held', 'hold')[0]
    before = desk.text()
    button.click()
    bob.wait(lambda: bob.all('.oo-ui-window-ready input'))[0].send_keys('not yet')
    bob.press('OK')
    assert 'Saved.' in bob.told()
    added = [line for line in desk.text().split('\n') if line not in before.split('\n')]
    assert len(added) == 1 and added[0].startswith('| hold = not yet [[User:Bob|Bob]]')
    assert 'hold' in desk.item('held').editors and 'hold' not in desk.item('other').editors


def test_settling_takes_an_address_or_again(desk: Desk, chromium: Any) -> None:
    """The question says what is wanted, and anything else is not saved."""
    desk.propose('unsure', text='Words', state='unconfirmed', sent_x=UNSURE)
    before = desk.text()
    alice = Reader(chromium, desk, 'Alice', WIDE)
    alice.open(QUEUE)
    buttons = buttons_of(alice, 'unsure', 'settle-x')
    buttons[0].click()
    field = alice.wait(lambda: alice.all('.oo-ui-window-ready input'))[0]
    assert 'or “again” if it is not there' in alice.dialog()
    field.send_keys('I looked, it is there')
    alice.press('OK')
    assert 'Write “posted” and the address of the post' in alice.told()
    assert desk.text() == before
    buttons[0].click()
    alice.wait(lambda: alice.all('.oo-ui-window-ready input'))[0].send_keys(
        'https://x.com/mediawiki/status/1'
    )
    alice.press('OK')
    alice.wait(lambda: desk.text() != before)
    settled = desk.item('unsure').editors['settle-x']
    assert settled.startswith('posted https://x.com/mediawiki/status/1 [[User:Alice|Alice]]')


@SIZES
def test_a_mention_is_decided(desk: Desk, chromium: Any, size: tuple[int, int]) -> None:
    page = 'Social media/Mentions'
    words = (
        '{{Social media mention\n| url = https://mastodon.social/@alice/1234\n| channel = mastodon\n'
        '| kind = mention\n| author = @alice@mastodon.social\n| date = 2026-11-23T10:00:00Z\n'
        '| excerpt = <nowiki>I love it</nowiki>\n| decision =\n}}'
    )
    desk.person('Admin').edit(page, words)
    carol = Reader(chromium, desk, 'Carol', size)
    carol.open(page)
    carol.link('Propose to share').click()
    assert 'somebody else has to approve it' in carol.dialog()
    carol.press('Save the decision')
    assert 'Saved.' in carol.told()
    assert '|decision=share [[User:Carol|Carol]]' in desk.text(page)


@pytest.mark.parametrize(
    ('word', 'item_id'),
    [('use', 'feed-000000000001'), ('ignore', 'feed-000000000001'), ('use', 'feed-000000000000')],
)
def test_a_suggestion_is_decided(desk: Desk, chromium: Any, word: str, item_id: str) -> None:
    """The empty line is filled in, whoever's comment looks like it; what is decided already is left alone."""
    page = 'Social media/Suggestions'
    words = (
        '{{Social media item\n| id = feed-000000000000\n| text = One that ends on its line}}\n'
        '{{Social media item\n| id         = feed-000000000001\n| text       = From {{!}} a feed\n'
        '| decision   =\n| comment    = From the feed\n}}\n'
        '{{Social media item\n| id = feed-000000000002\n| text = Other\n| decision =\n}}'
    )
    desk.person('Admin').edit(page, words)
    carol = Reader(chromium, desk, 'Carol')
    carol.open(page)
    for toggle in carol.wait(lambda: carol.all('.mw-collapsible-toggle a')):
        toggle.click()
    carol.click(
        f'[data-desk-id="{item_id}"] li:nth-child({1 if word == "use" else 2}) .mwsocial-do'
    )
    told = carol.dialog()
    assert ('somebody else approves it' in told) is (word == 'use')
    carol.press('Save the decision')
    assert 'Saved.' in carol.told()
    signed = f'| decision = {word} [[User:Carol|Carol]]'
    # In the line that is there, else in one of its own; never in that of another item.
    here = f'= {item_id}\n'
    before, _, after = words.partition(here)
    if item_id.endswith('1'):
        between, _, after = after.partition('| decision   =')
        before, here = before + here + between, ''
    assert desk.text(page).startswith(before + here + signed), desk.text(page)
    assert desk.text(page).endswith(after.removeprefix('\n'))


def test_a_forged_link_shows_what_it_would_approve(desk: Desk, chromium: Any) -> None:
    """Somebody writes a link of the desk's own kind, with other words around it."""
    desk.person('Admin').edit(QUEUE, '')
    desk.propose('evil', text='Evil words')
    mark = desk.fingerprint('evil')
    forged = (
        f'{desk.sandbox.url}/index.php?title=Social_media/Queue&action=edit&section=new'
        '&preload=Social+media%2FQueue%2FDecision+preload&preloadparams%5B%5D={}&preloadparams%5B%5D={}'
    )
    links = {
        'Good words': forged.format('evil', mark),
        'Wrong mark': forged.format('evil', 'a' * 40),
        'Injected': forged.format('evil%7Dx', mark),
    }
    text = '\n'.join(f'<div>Good words [{url} {words}]</div>' for words, url in links.items())
    desk.person('Mallory').edit(QUEUE, f'{text}\n{desk.text()}')
    alice = Reader(chromium, desk, 'Alice')
    alice.open(QUEUE)
    alice.link('Good words').click()
    assert 'Evil words' in alice.dialog()
    alice.escape()
    alice.link('Wrong mark').click()
    assert 'Somebody has changed this meanwhile' in alice.told()
    # What no card writes is left to the wiki's own form.
    alice.link('Injected').click()
    alice.wait(lambda: alice.all('#wpTextbox1'))
    assert 'approved=' not in desk.text()


def test_hostile_words_do_nothing(desk: Desk, chromium: Any) -> None:
    """No script runs, nothing is asked of other hosts, nothing lies over the page."""
    hostile = (
        '<script>document.title = "owned"</script><img src=x onerror="document.title=1">'
        '&lt;iframe src="https://evil.example"&gt; javascript:alert(1) <b style="position:fixed;inset:0">x</b>'
    )
    desk.person('Admin').edit(QUEUE, '{{Social media overview}}')
    desk.propose('nasty', text=f'<nowiki>{hostile}</nowiki>', comment=hostile, text_x=hostile)
    mention = (
        '{{Social media mention\n| url = https://mastodon.social/@alice/1"onclick="alert(1)\n'
        f'| channel = mastodon\n| kind = mention\n| author = {hostile}\n| date = 2026-11-23T10:00:00Z\n'
        f'| excerpt = <nowiki>{hostile}</nowiki>\n| note = {hostile}\n| decision =\n}}}}'
    )
    desk.person('Admin').edit(QUEUE, f'{desk.text()}\n{mention}')
    alice = Reader(chromium, desk, 'Alice')
    alice.driver.get_log('browser')
    alice.open(QUEUE)
    assert 'owned' not in alice.driver.title and 'Social media/Queue' in alice.driver.title
    hosts = alice.driver.execute_script(
        'return performance.getEntriesByType("resource").map(e => new URL(e.name).host)'
    )
    assert set(hosts) <= {desk.sandbox.host}
    over = alice.driver.execute_script(
        'return [...document.querySelectorAll("#mw-content-text *")].filter('
        'e => ["fixed", "sticky"].includes(getComputedStyle(e).position)).length'
    )
    assert over == 0
    # None of the desk's own buttons but those of the one real item.
    assert len([one for one in alice.all('#mw-content-text a') if one.text == APPROVE]) <= 1
    assert not alice.all('#mw-content-text [onclick], #mw-content-text [onerror]')
    assert not alice.all(
        '#mw-content-text iframe, #mw-content-text script, #mw-content-text img[src="x"]'
    )
