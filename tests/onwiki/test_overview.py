"""The overview on top of the queue, on a real wiki: what waits for whom, and the coming two weeks."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from mwsocial.sandbox import Person, Sandbox
from tests.onwiki import html
from tests.onwiki.conftest import Show
from tests.onwiki.desk import STATES, in_state, item

pytestmark = pytest.mark.real

OVERVIEW = '{{Social media overview}}\n'


def _count(page: str, heading: str) -> int:
    found = re.search(rf'{heading}: (\d+)', html.text(page))
    assert found, html.text(page)
    return int(found[1])


def test_every_state_is_where_its_people_look(show: Show) -> None:
    page = show(OVERVIEW + '\n'.join(in_state(state) for state in STATES))
    assert _count(page, 'Needs a person') == 3
    assert _count(page, 'Need a correction') == 2
    assert _count(page, 'Wait for an approver') == 1
    assert _count(page, 'Go out today') == 2
    assert _count(page, 'On hold') == 1
    assert _count(page, 'Posted') == 1
    # Each leads to its card; what was declined or taken down waits for nobody.
    ids = {one['id'] for one in html.tags(page) if one.get('id', '').startswith('social-media-')}
    assert ids == {f'social-media-it-is-{state.replace(" ", "-")}' for state in STATES}
    linked = {one[1:] for one in html.links(page) if one.startswith('#social-media-')}
    assert ids - linked == {'social-media-it-is-declined', 'social-media-it-is-deleted'}


def test_only_what_needs_a_person_is_said_to(show: Show) -> None:
    """As the status page and check_desk have it: who wrote an item corrects it."""
    late = item(id='late', text='Late', not_after='2020-01-01 10:00')
    held = item(id='held', text='Held', not_after='2020-01-01 10:00', hold='draft')
    page = show(OVERVIEW + in_state('invalid') + in_state('missed') + late + held)
    assert 'Needs a person' not in html.text(page)
    assert _count(page, 'Need a correction') == 3
    assert _count(page, 'Wait for an approver') == 0
    assert _count(page, 'On hold') == 1


def test_an_empty_queue_says_so(show: Show) -> None:
    page = show(OVERVIEW)
    assert _count(page, 'Wait for an approver') == 0
    assert _count(page, 'Go out today') == 0
    assert 'Needs a person' not in html.text(page)


def test_the_calendar_shows_gaps_and_piles(show: Show, desk: Sandbox) -> None:
    day = desk.clock.now() + timedelta(days=3)
    due = f'{day:%Y-%m-%d}'
    page = show(
        OVERVIEW
        + '\n'.join(
            [
                item(id='sure', text='One', state='approved', not_before=f'{due} 14:00'),
                item(id='maybe', text='Two', channels='x', not_before=f'{due}T15:30Z'),
                item(id='soon', text='Three', channels='mastodon', state='approved'),
                item(id='never', text='Four', state='declined', not_before=f'{due} 16:00'),
                item(id='far', text='Five', state='approved', not_before='2099-01-01 10:00'),
            ]
        )
    )
    table = page[page.index('<table') : page.index('</table>')]
    rows = table.split('<tr')[1:]
    assert len(rows) == 15
    assert [cell for cell in ('Bluesky', 'Mastodon', 'X') if cell in html.text(rows[0])] == [
        'Bluesky', 'Mastodon', 'X',
    ]  # fmt: skip
    assert html.text(f'<tr{rows[1]}').count('soon') == 1
    assert f'{day.day} {day:%b}' in rows[4]
    words = html.text(f'<tr{rows[4]}')
    assert words.count('✓ 14:00') == 3 and words.count('15:30\xa0?') == 1 and '16:00' not in words
    assert 'scope="row"' in rows[4] and 'scope="col"' in rows[0] and '<caption' in table


def test_a_long_list_is_cut(show: Show) -> None:
    page = show(OVERVIEW + '\n'.join(item(id=f'i-{n}', text=f'Item {n}') for n in range(9)))
    assert _count(page, 'Wait for an approver') == 9
    assert 'and 3 more' in html.text(page)


@pytest.mark.parametrize(
    'value',
    [
        'row;evil;posted;;;;;end',
        '<b style="position:fixed">x</b> <script>alert(1)</script>',
        '[[Special:UserLogout|Approve these words]]',
        '[https://evil.example Approve these words]',
        "'''bold''' {{Social media item|id=inner|text=x}}",
        '<nowiki>[[File:MediaWiki 1.47.png]]</nowiki>',
        '{{{1}}} {{!}} {{!}}',
        '\n* list\n{{{!}}\n| table\n|}',
    ],
)
def test_words_of_strangers_stay_words(show: Show, value: str) -> None:
    """An item is shown as its own words, and changes nothing around it."""
    page = show(f'{OVERVIEW}{item(id="evil", text=value)}\n{item(id="good", text="Good words")}')
    overview = page[: page.index('</table>')]
    assert html.names(overview) <= {'div', 'b', 'ul', 'li', 'bdi', 'span', 'a', 'table', 'caption', 'tbody', 'tr', 'th', 'td', 'br', 'p'}  # fmt: skip
    assert all(one.startswith('#social-media-') for one in html.links(overview))
    assert 'position:fixed' not in ''.join(one.get('style', '') for one in html.tags(overview))
    assert 'Good words' in html.text(overview)
    assert _count(page, 'Wait for an approver') == 2
    assert 'Posted' not in html.text(overview)


def test_what_is_no_item_is_not_counted(show: Show) -> None:
    commented = f'<!-- {item(id="a", text="A")} --><nowiki>{item(id="b", text="B")}</nowiki>'
    page = show(f'{OVERVIEW}{commented}{item(id="c", text="C")}')
    assert _count(page, 'Wait for an approver') == 1


def test_an_unclosed_item_hides_only_what_follows_it(show: Show) -> None:
    page = show(OVERVIEW + item(id='a', text='A') + '\n{{Social media item\n| id = b\n| text = B')
    assert _count(page, 'Wait for an approver') == 1


def test_the_pages_of_the_desk_are_joined(admin: Person) -> None:
    page = admin.parse('{{Social media head}}', 'Social media/Mentions')
    assert re.findall('<b [^>]*>([^<]*)</b>', page) == ['Mentions']
    linked = html.text(page)
    for name in (
        'Queue',
        'Suggestions',
        'Status',
        'Statistics',
        'Accounts',
        'Archive of this month',
    ):
        assert name in linked


def test_a_hundred_items_stay_within_the_limits(show: Show, admin: Person) -> None:
    """Lua time and memory, and the size of what is included (Manual:$wgMaxArticleSize, Extension:Scribunto)."""
    long = 'A post of usual length about MediaWiki: https://www.mediawiki.org/wiki/MediaWiki ' * 2
    show(
        OVERVIEW
        + '\n'.join(f'== {n} ==\n' + item(id=f'i-{n}', text=f'{long} {n}') for n in range(100))
    )
    parsed = admin.api(action='parse', page='Social media/Queue', prop='text|limitreportdata')[
        'parse'
    ]
    report = {one['name']: one for one in parsed['limitreportdata']}
    for name in ('limitreport-postexpandincludesize', 'scribunto-limitreport-memusage'):
        used, limit = (int(report[name][key]) for key in ('0', '1'))
        assert used < limit, (name, json.dumps(report[name]))
    text = parsed['text']
    assert text.count('Approve these words') == 100
    assert _count(text, 'Wait for an approver') == 100
