"""Ten editors at full speed on the queue and the News, while the desk works there, on the real wiki."""

from __future__ import annotations

import random
import secrets
import threading
from collections.abc import Callable

import pytest

from mwsocial.sandbox import Person
from mwsocial.sandbox.person import WikiError
from tests.real.conftest import NewDesk
from tests.real.desk import NEWS, QUEUE, Desk

pytestmark = pytest.mark.real

EDITORS, EDITS, ITEMS = 10, 4, 3


def editor(desk: Desk, name: str) -> Person:
    """Somebody with an account and a session of their own."""
    password = secrets.token_hex(16)
    desk.person('Admin').create_account(name, password)
    return Person(desk.sandbox.url, name, password)


def change(person: Person, title: str, made: Callable[[str], str], summary: str) -> None:
    """An edit as a careful human makes it: from the newest text, again after a conflict."""
    while True:
        text, revid = person.page(title)
        try:
            person.edit(title, made(text), summary, base=revid)
        except WikiError as error:
            if error.code != 'editconflict':
                raise
        else:
            return


def busy(person: Person, number: int, done: list[str], failed: list[BaseException]) -> None:
    """Remarks between the items, words in the person's own item, and entries in the News."""
    dice = random.Random(number)
    try:
        for edit in range(EDITS):
            line = f'Remark {edit} of editor {number}.'
            where = dice.choice((QUEUE, QUEUE, NEWS))
            if where == NEWS:
                change(person, NEWS, lambda text, line=line: f'{text}\n* {line}', line)  # type: ignore[misc]
            elif dice.random() < 0.5:
                person.append_section(QUEUE, line, line)
            else:
                change(person, QUEUE, lambda text, line=line: f'{text}\n\n{line}', line)  # type: ignore[misc]
            done.append(f'{where}: {line}')
    except BaseException as error:
        failed.append(error)


def test_nobody_loses_an_edit_and_every_item_goes_out_once(new_desk: NewDesk) -> None:
    desk = new_desk()
    people = [editor(desk, f'Editor {number}') for number in range(EDITORS)]
    for number in range(ITEMS):
        desk.propose(f'storm-{number}', text=f'In the storm, {number}!', news=f'News of {number}.')
        desk.approve(f'storm-{number}')
    done: list[str] = []
    failed: list[BaseException] = []
    threads = [
        threading.Thread(target=busy, args=(person, number, done, failed))
        for number, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    codes = []
    while any(thread.is_alive() for thread in threads):
        codes.append(desk.run('run_desk').code)
    for thread in threads:
        thread.join()
    for _ in range(4):
        if all(item.bot.get('state') == 'posted' for item in desk.items().values()):
            break
        desk.sandbox.clock.advance(700)
        codes.append(desk.run('run_desk').code)
    assert not failed, failed
    assert set(codes) <= {0, 1, 75}, codes
    assert len(done) == EDITORS * EDITS
    texts = {QUEUE: desk.text(), NEWS: desk.news()}
    for one in done:
        where, _, line = one.partition(': ')
        lines = [found.strip('*= ') for found in texts[where].splitlines()]
        assert line in lines, (one, texts[where])
    for number in range(ITEMS):
        posts = [one for one in desk.posts() if f'In the storm, {number}!' in one['content']]
        assert len(posts) == 1, number
        assert texts[NEWS].count(f'News of {number}.') == 1
        assert desk.item(f'storm-{number}').bot['state'] == 'posted'
