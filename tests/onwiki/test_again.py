"""Proposing an old item again: a form with its words, without its id, its times and its records."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mwsocial.desk.item import Item
from mwsocial.sandbox import Person, Sandbox
from mwsocial.wiki.items import read_queue
from tests.onwiki import html
from tests.onwiki.conftest import Show
from tests.onwiki.desk import QUEUE, RELEASE, STATES, in_state, item

pytestmark = pytest.mark.real

CASES = json.loads((Path(__file__).parents[1] / 'cases/values.json').read_text('utf-8'))['values']
# Tildes become a signature when the page is saved.
FAULTLESS = [
    case for case in CASES if not case['faults'] and case['value'] and '~~~' not in case['wikitext']
]
LEFT = ('id', 'not-before', 'not-after')


def _again(page: str) -> list[str]:
    return [one for one in html.links(page) if 'Preload+again' in one]


def _content(item_: Item) -> dict[str, str]:
    return {name: value for name, value in item_.content.items() if name not in LEFT}


def _form(person: Person, url: str) -> str:
    """What stands in the form that a link opens."""
    person.api(action='query', meta='userinfo')
    page = person._session.get(url, timeout=60).text
    box = re.search(r'<textarea[^>]*name="wpTextbox1"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert box, page
    return unescape(box[1]).strip()


@pytest.mark.parametrize('state', STATES)
def test_what_is_over_can_be_proposed_again(show: Show, state: str) -> None:
    over = state in ('posted', 'declined', 'deleted', 'missed', 'failed', 'partly posted')
    assert bool(_again(show(in_state(state)))) is over


def test_the_form_has_the_words_and_a_new_id(desk: Sandbox, show: Show) -> None:
    thread = 'One {{!}} two\n----\nthree <nowiki>[[four]]</nowiki> &amp;amp; 5 &lt; 6'
    old = item(**{**RELEASE, 'text': thread, 'not-after': '2026-11-27 14:00', **STATES['posted']})
    (link,) = _again(show(old))
    carol = desk.person('Carol')
    text = _form(carol, link)
    carol.append_section(QUEUE, 'Again', text)
    first, second = read_queue(carol.text(QUEUE)).items
    assert _content(second) == _content(first)
    assert re.fullmatch(r'[0-9]{8}-[0-9]{6}-[0-9a-f]{4}', second.id) and second.id != first.id
    assert not second.bot and not {'not-before', 'not-after'} & {*second.content}
    assert '[[User:Carol|Carol]]' in second.editors['comment']


def test_every_value_survives_the_copy(show: Show) -> None:
    """The shared table of cases, all of them as one page of posted items."""
    texts = [case for case in FAULTLESS if case['kind'] == 'text']
    news = [case for case in FAULTLESS if case['kind'] != 'text']
    assert len(texts) > 50 and len(news) > 5
    seen = 0
    for name, cases in (('text', texts), ('news', news)):
        for start in range(0, len(cases), 20):
            some = cases[start : start + 20]
            page = show(
                '\n'.join(
                    item(**{'id': f'c-{n}', name: case['wikitext'], **STATES['posted']})
                    for n, case in enumerate(some)
                )
            )
            for card in page.split('id="social-media-c-')[1:]:
                case = some[int(card.partition('"')[0])]
                for link in _again(card):
                    lines = parse_qs(urlsplit(link).query, keep_blank_values=True)[
                        'preloadparams[]'
                    ][0]
                    (copy,) = read_queue(f'{{{{Social media item\n| id = x\n{lines}\n}}}}').items
                    assert copy.content[name] == case['value'], (case, lines)
                    assert not copy.faults, (case, copy.faults)
                    seen += 1
    assert seen > 0.9 * len(FAULTLESS)


def test_the_lines_of_other_decisions(show: Show) -> None:
    def offered(**values: Any) -> str:
        return html.text(show(item(id='a', text='A', **values)))

    waits = offered()
    assert '| hold = REASON ~~~~' in waits and '| decline = REASON ~~~~' in waits
    posted = offered(**STATES['posted'])
    assert '| delete-posts = REASON ~~~~' in posted and 'hold = REASON' not in posted
    unsure = offered(**STATES['unconfirmed'])
    assert '| settle-x = posted ADDRESS ~~~~' in unsure and '| settle-x = again ~~~~' in unsure
    assert 'settle-mastodon' not in unsure
    page = show(item(id='a', text='A'))
    assert any('action=history' in one for one in html.links(page))
    assert any(
        'Talk:' in unescape(one) or '_talk:' in one or 'Talk%3A' in one for one in html.links(page)
    )


def test_an_archive_offers_it_too_but_no_decisions(admin: Person) -> None:
    title = 'Social media/Archive/2026-11'
    admin.edit(title, in_state('posted'))
    page = admin.api(action='parse', page=title, prop='text')['parse']['text']
    assert _again(page) and 'delete-posts =' not in html.text(page)
    elsewhere = admin.parse(in_state('posted'), 'Somewhere')
    assert not _again(elsewhere)
