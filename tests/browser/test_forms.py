"""The desk's forms in a real browser, with JavaScript and without: from a proposal to the post."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
)

from tests.browser.reader import NARROW, WIDE, Reader
from tests.real.desk import QUEUE, Desk

pytestmark = pytest.mark.real

SCRIPTS = pytest.mark.parametrize('scripts', [True, False], ids=['scripts', 'no scripts'])


@pytest.fixture
def page(desk: Desk) -> None:
    """The queue page as it is installed."""
    desk.person('Admin').edit(QUEUE, desk.installed(QUEUE))


@pytest.fixture
def browser(chromium: Any, scripts: bool) -> Iterator[Any]:
    """Chromium, that runs the scripts of pages or does not."""
    chromium.execute_cdp_cmd('Emulation.setScriptExecutionDisabled', {'value': not scripts})
    yield chromium
    chromium.execute_cdp_cmd('Emulation.setScriptExecutionDisabled', {'value': False})


def fill(reader: Reader, name: str, value: str) -> None:
    """Write a parameter's value where the form has its line."""
    area = reader.all('#wpTextbox1')[0]
    lines = area.get_attribute('value').split('\n')
    (place,) = [n for n, line in enumerate(lines) if line.startswith(f'| {name} ')]
    head, _, _ = lines[place].partition('=')
    lines[place] = f'{head}= {value}'
    area.clear()
    area.send_keys('\n'.join(lines))


def submit(reader: Reader, name: str) -> None:
    """Press one of the form's buttons, and wait for what comes. Scripts make the form anew while it loads."""
    old = reader.all('html')[0]

    def press() -> bool:
        try:
            reader.all(f'[name={name}]')[0].click()
        except (IndexError, ElementNotInteractableException, ElementClickInterceptedException):
            return False
        return True

    reader.wait(press)
    reader.wait(lambda: (reader.all('html') or [old])[0] != old)
    reader.ready()


def press(reader: Reader, found: Any) -> None:
    """Press a link or a button that leads to another page, and wait for it."""
    old = reader.all('html')[0]
    found.send_keys('\n')
    reader.wait(lambda: (reader.all('html') or [old])[0] != old)
    reader.ready()


@pytest.mark.parametrize(
    ('scripts', 'size'), [(True, WIDE), (False, NARROW)], ids=['scripts wide', 'no scripts phone']
)
def test_from_the_form_to_the_post(
    desk: Desk, browser: Any, scripts: bool, size: tuple[int, int], page: None
) -> None:
    """Carol proposes, Alice approves, both by forms; the preview shows what will be posted."""
    words = f'Words by the form, {size[0]} {scripts}'
    carol = Reader(browser, desk, 'Carol', size)
    carol.open(QUEUE, gadget=scripts)
    press(carol, carol.all('input[value="Propose a post"]')[0])
    assert len(carol.all('.mw-editintro li')) == 5
    assert carol.all('#wpSummary')[0].get_attribute('value') == 'New post'
    fill(carol, 'text', words + ' | [[x]]')
    submit(carol, 'wpPreview')
    preview = carol.all('#wikiPreview')[0].text
    assert 'Needs a correction' in preview and 'write {{!}} instead' in preview
    fill(carol, 'text', words)
    submit(carol, 'wpPreview')
    preview = carol.all('#wikiPreview')[0].text
    assert 'Waits for approval' in preview and words in preview and f'{len(words)} / 500' in preview
    assert 'Save' in preview and not carol.all('#wikiPreview a[href*="preload"]')
    submit(carol, 'wpSave')
    assert words in carol.all('#mw-content-text')[0].text
    (item,) = desk.items().values()
    assert item.content['text'] == words and item.content['id']
    assert '== New post ==' in desk.text()
    assert '[[User:Carol|Carol]]' in item.editors['comment']

    alice = Reader(browser, desk, 'Alice', size)
    # The gadget would take the link; without it, it is the form's.
    alice.visit(f'title={QUEUE.replace(" ", "_")}&safemode=1')
    press(alice, alice.link('Approve these words'))
    assert len(alice.all('.mw-editintro li')) == 3
    submit(alice, 'wpPreview')
    (card,) = alice.all('#wikiPreview [data-desk-verdict]')
    assert card.get_attribute('data-desk-verdict') == 'given' and words in card.text
    submit(alice, 'wpSave')
    assert 'approved=' in desk.text()
    run = desk.run()
    assert run.code == 0, run
    assert [words in one['content'] for one in desk.posts()].count(True) == 1
    assert desk.item(item.content['id']).bot['state'] == 'posted'


@pytest.mark.parametrize(('scripts', 'size'), [(False, NARROW)], ids=['no scripts phone'])
def test_words_that_changed_under_the_form_are_not_approved(
    desk: Desk, browser: Any, scripts: bool, size: tuple[int, int], page: None
) -> None:
    """Somebody changes the item while the approver has the form open: the form still shows the words that
    were read, the saved page says that they have changed, and nothing is posted.
    """
    item_id = f'form-{size[0]}'
    desk.propose(item_id, text='Good words of the form')
    alice = Reader(browser, desk, 'Alice', size)
    alice.open(QUEUE, gadget=False)
    press(alice, alice.link('Approve these words'))
    desk.change('Good words of the form', 'Evil words of the form', by='Mallory')
    submit(alice, 'wpPreview')
    (card,) = alice.all('#wikiPreview [data-desk-verdict]')
    assert card.get_attribute('data-desk-verdict') == 'given'
    assert 'Good words of the form' in card.text and 'does not count' in card.text
    submit(alice, 'wpSave')
    assert 'approved=' in desk.text()
    alice.open(QUEUE, gadget=False)
    (card,) = alice.all('#mw-content-text [data-desk-verdict]')
    assert card.get_attribute('data-desk-verdict') == 'changed'
    run = desk.run()
    assert run.code == 0, run
    assert not [one for one in desk.posts() if 'words of the form' in one['content']]


@SCRIPTS
def test_proposed_again(desk: Desk, browser: Any, scripts: bool, page: None) -> None:
    """An old item's words come into the form; its id, times and records do not."""
    item_id = f'again-{scripts}'.lower()
    desk.propose(item_id, text=f'Once and again {scripts}', not_before='2026-01-01 10:00')
    desk.approve(item_id)
    run = desk.run()
    assert (run.code, desk.item(item_id).bot['state']) == (0, 'posted'), run
    carol = Reader(browser, desk, 'Carol')
    carol.open(QUEUE, gadget=False)
    press(carol, carol.link('Propose this again'))
    text = carol.all('#wpTextbox1')[0].get_attribute('value')
    assert f'Once and again {scripts}' in text
    assert item_id not in text and '2026-01-01' not in text and 'sent-' not in text
