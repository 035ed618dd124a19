from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.desk.item import Item
from mwsocial.reason import Reason
from mwsocial.wiki.edits import Change, Gone, apply, remove_decision
from mwsocial.wiki.escape import LINE as LONGEST
from mwsocial.wiki.items import find_items, read_queue

# The same pages in every run, however busy the machine.
STEADY = settings(deadline=None, derandomize=True)

PAGE = """\
Intro {{y|z}}
== A ==
{{Social media item
| id         = a
| text       = Hello
| approved   = 3f9a ~~~~
}}

== B ==
{{Social media item
| id         = b
| text       = World
| state      = sending
| sent-x     = sending 2026-11-25T14:00:07Z 7 nonce
}}
{{unclosed
"""
RECORD = 'posted 2026-11-25T14:00:07Z 7000120 https://wikis.world/@mediawiki/1154'


def items(text: str) -> tuple[Item, ...]:
    return read_queue(text).items


def only(text: str, **wanted: object) -> str:
    (item,) = items(text)
    return apply(text, [replace(Change(item), **wanted)])  # type: ignore[arg-type]


def test_the_bots_lines_come_last_in_order() -> None:
    a, b = items(PAGE)
    new = apply(
        PAGE,
        [
            Change(
                b, {'state': 'posted', 'sent-x': RECORD, 'sent-news': 'n', 'sent-mastodon': 'm'}
            ),
            Change(a, {'note': 'Wait: [[Special:Diff/7]]', 'state': 'held', 'approved-in': 'x'}),
        ],
    )
    assert new == PAGE.replace(
        '| approved   = 3f9a ~~~~\n',
        '| approved   = 3f9a ~~~~\n| state      = held\n| note       = Wait: [[Special:Diff/7]]\n'
        '| approved-in = x\n',
    ).replace(
        '| state      = sending\n| sent-x     = sending 2026-11-25T14:00:07Z 7 nonce\n',
        f'| state      = posted\n| sent-mastodon = m\n| sent-x     = {RECORD}\n| sent-news  = n\n',
    )


def test_nothing_to_change_changes_nothing() -> None:
    a, b = items(PAGE)
    assert apply(PAGE, []) == PAGE
    assert (
        apply(PAGE, [Change(a, {'state': None, 'note': ''}), Change(b, {'state': 'sending'})])
        == PAGE
    )
    odd = '{{Social media item|text=a\n |  state=x   |note  =   y<!-- c -->}}'
    assert only(odd, bot={'state': 'x'}) == odd


def test_removing_the_lines_leaves_the_page_as_before() -> None:
    a, _ = items(PAGE)
    full = apply(PAGE, [Change(a, {'state': 'held', 'note': 'n'})])
    assert full != PAGE
    assert apply(full, [Change(items(full)[0], {'state': None, 'note': None})]) == PAGE


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        # misplaced
        (
            '{{Social media item\n| state = x\n| text = a\n| note = n\n| comment = c\n}}',
            '{{Social media item\n| text = a\n| comment = c\n| state      = S\n| note       = n\n}}',
        ),
        # doubled
        (
            '{{Social media item\n| text = a\n| sent-x = 1\n| state = x\n| sent-x = 2\n}}',
            '{{Social media item\n| text = a\n| state      = S\n| sent-x     = 2\n}}',
        ),
        # on one line
        (
            '{{Social media item|text=a|state=x|alt=b}}',
            '{{Social media item|text=a|alt=b\n| state      = S\n}}',
        ),
        ('{{Social media item}}', '{{Social media item\n| state      = S\n}}'),
        ('{{Social media item\n}}', '{{Social media item\n| state      = S\n}}'),
        # indented
        (
            '<div>\n {{Social media item\n  | text = a\n  | state = x\n }}</div>',
            '<div>\n {{Social media item\n  | text = a\n| state      = S\n }}</div>',
        ),
        # an open bar, a signature with bars, an invalid parameter
        (
            '{{Social media item\n| text = a\n|\n}}',
            '{{Social media item\n| text = a\n|\n| state      = S\n}}',
        ),
        (
            '{{Social media item\n| text = a\n| hold = b [[c|d]] | e ~~~~}}',
            '{{Social media item\n| text = a\n| hold = b [[c|d]] | e ~~~~\n| state      = S\n}}',
        ),
        # what is split off from a line of the bot is no part of a signature then
        (
            '{{Social media item|approved=a|state=x|c\n}}',
            '{{Social media item|approved=a\n|c\n| state      = S\n}}',
        ),
        # a heading line in which a bar is none
        (
            '{{Social media item\n| text = a\n== b | c }}\n}}',
            '{{Social media item\n| text = a\n== b | c }}\n| state      = S\n}}',
        ),
        (
            '{{Social media item\r\n| text = a\r\n}}',
            '{{Social media item\r\n| text = a\r\n| state      = S\n}}',
        ),
    ],
)
def test_forms(before: str, after: str) -> None:
    assert only(before, bot={'state': 'S'}) == after
    assert only(after, bot={'state': 'S'}) == after


def test_disorder_is_repaired_with_nothing_else_to_change() -> None:
    before = '{{Social media item\n| state = x\n| text = a\n| state = x\n}}'
    assert only(before) == '{{Social media item\n| text = a\n| state      = x\n}}'


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        ('{{Social media item\n| text = a\n}}', '{{Social media item\n| id = new\n| text = a\n}}'),
        (
            '{{Social media item\n| text       = a\n}}',
            '{{Social media item\n| id         = new\n| text       = a\n}}',
        ),
        ('{{Social media item|text=a}}', '{{Social media item|id=new|text=a}}'),
        ('{{Social media item |text= a}}', '{{Social media item |id= new |text= a}}'),
        ('{{Social media item\n|news=a\n}}', '{{Social media item\n|id=new\n|news=a\n}}'),
        (
            '{{Social media item\n| id         = \n| text = a\n}}',
            '{{Social media item\n| id         = new\n| text = a\n}}',
        ),
        (
            '{{Social media item\n| text = a\n| id=<!-- leave empty -->\n}}',
            '{{Social media item\n| text = a\n| id= new <!-- leave empty -->\n}}',
        ),
        ('{{Social media item|id=|text=a}}', '{{Social media item|id= new|text=a}}'),
        ('{{Social media item\n| id = old\n}}', '{{Social media item\n| id = old\n}}'),
    ],
)
def test_an_id_is_given(before: str, after: str) -> None:
    assert only(before, new_id='new') == after


def test_an_id_and_a_state_at_once() -> None:
    assert only('{{Social media item|text=a}}', new_id='new', bot={'state': 'S'}) == (
        '{{Social media item|id=new|text=a\n| state      = S\n}}'
    )


@pytest.mark.parametrize(
    ('before', 'fold', 'after'),
    [
        (
            '{{Social media item\n| id = a\n| text = b\n| comment = c\n}}',
            '3f [[User:A|A]] | t',
            '{{Social media item\n| id = a\n| text = b\n| approved = 3f [[User:A|A]] | t\n'
            '| comment = c\n}}',
        ),
        (
            '{{Social media item\n| id   = a\n| text = b\n\n| approved   = 9 ~~~~ | x\n}}',
            '3f B',
            '{{Social media item\n| id   = a\n| text = b\n\n| approved   = 3f B\n}}',
        ),
        (
            '{{Social media item\n| id = a\n| approved =\n| text = b\n}}',
            '3f B',
            '{{Social media item\n| id = a\n| approved = 3f B\n| text = b\n}}',
        ),
        (
            '{{Social media item|id=a|approved=9|text=b}}',
            '3f B',
            '{{Social media item|id=a|approved=3f B|text=b}}',
        ),
        # What would be more than an approval does not get in.
        ('{{Social media item|id=a|text=b}}', '3f|text=c', '{{Social media item|id=a|text=b}}'),
        ('{{Social media item|id=a|text=b}}', '3f }} c', '{{Social media item|id=a|text=b}}'),
        ('{{Social media item|id=a|text=b}}', '3f <!-- c', '{{Social media item|id=a|text=b}}'),
    ],
)
def test_a_decision_is_folded_in(before: str, fold: str, after: str) -> None:
    assert only(before, fold=fold) == after
    assert only(after, fold=fold) == after


def test_a_record_is_written_even_where_the_decision_does_not_fit() -> None:
    new = only('{{Social media item|id=a|text=b}}', fold='3f }} c', bot={'state': 'S'})
    assert new == '{{Social media item|id=a|text=b\n| state      = S\n}}'


def test_unsafe_values_stay_in_their_line() -> None:
    new = only(
        '{{Social media item|id=a|text=b}}', bot={'note': 'x }} | text = c\n{{stop}} ~~~~ <!--'}
    )
    (item,) = items(new)
    assert item.content == {'id': 'a', 'text': 'b'}
    assert not read_queue(new).stopped
    assert '~~~' not in new


def test_what_is_asked_must_make_sense() -> None:
    with pytest.raises(ValueError, match='text'):
        only(PAGE.split('== B')[0], bot={'text': 'x'})
    with pytest.raises(ValueError, match='no id'):
        only('{{Social media item|text=a}}', new_id='A|text=b')


def test_an_item_that_never_ends_is_left_alone() -> None:
    text = '{{Social media item\n| text = a {{\n' + PAGE
    broken, a, _ = items(text)
    assert apply(text, [Change(broken, {'state': 'invalid', 'note': 'n'})]) == text
    new = apply(text, [Change(broken, {'state': 'invalid'}), Change(a, {'state': 'held'})])
    assert items(new)[1].bot == {'state': 'held'}


def test_an_item_of_bars_alone_is_left_alone() -> None:
    text = '{{Social media item|text=a' + '|' * 5000 + '}}\n' + PAGE
    bars, a, _ = items(text)
    new = apply(text, [Change(bars, {'state': 'invalid'}), Change(a, {'state': 'held'})])
    assert new.startswith(text[:5020])
    assert items(new)[1].bot == {'state': 'held'}


def test_items_are_found_again() -> None:
    a, b = items(PAGE)
    moved = '{{Social media item|id=c|text=c}}\n' + PAGE.replace('Hello', 'Hallo')
    assert items(apply(moved, [Change(a, {'state': 'held'})]))[1].bot == {'state': 'held'}
    with pytest.raises(Gone) as caught:
        apply(
            PAGE.replace('= a\n', '= c\n'), [Change(a, {'state': 'x'}), Change(b, {'state': 'y'})]
        )
    assert [one.item for one in caught.value.changes] == [a]
    assert 'a' in str(caught.value)


def test_items_of_one_id_or_none_are_told_apart_by_number_and_content() -> None:
    text = '{{Social media item|text=a}}{{Social media item|text=a}}{{Social media item|text=b}}'
    first, second, third = items(text)
    assert [one.bot for one in items(apply(text, [Change(second, {'state': 'S'})]))] == [
        {}, {'state': 'S'}, {},
    ]  # fmt: skip
    later = '{{Social media item|text=c}}' + text
    assert [one.bot for one in items(apply(later, [Change(third, {'state': 'S'})]))] == [
        {}, {}, {}, {'state': 'S'},
    ]  # fmt: skip
    with pytest.raises(Gone):
        apply(later, [Change(first, {'state': 'S'})])
    twice = '{{Social media item|id=x|text=a}}{{Social media item|id=x|text=b}}'
    new = apply(twice, [Change(items(twice)[1], {'state': 'invalid'})])
    assert [one.bot for one in items(new)] == [{}, {'state': 'invalid'}]


def test_changes_to_one_item_add_up() -> None:
    a, _ = items(PAGE)
    new = apply(
        PAGE, [Change(a, {'state': 'x', 'note': 'n'}), Change(a, {'state': 'y'}, fold='9 B')]
    )
    assert items(new)[0].bot == {'state': 'y', 'note': 'n'}
    assert items(new)[0].editors == {'approved': '9 B'}


D = '{{Social media decision|id=a|approved=3f [[User:A|A]]}}'


@pytest.mark.parametrize(
    ('text', 'after'),
    [
        (f'== A ==\nx\n\n== Decision ==\n{D}\n\n== B ==\ny\n', '== A ==\nx\n\n== B ==\ny\n'),
        (f'x\n== Decision ==\n\n{D}', 'x\n'),
        (f'x\n== Decision ==\n{D}\nThanks!\n', 'x\n== Decision ==\nThanks!\n'),
        (f'== A ==\n{D}\n=== B ===\nx\n', '=== B ===\nx\n'),
        (f'a\n  {D}  \nb', 'a\nb'),
        (f'a {D} b\n', 'a  b\n'),
        (f'{D}', ''),
        (f'{D}\nx', 'x'),
        (f'<nowiki>\n== A ==\n</nowiki>\n{D}\nx', '<nowiki>\n== A ==\n</nowiki>\nx'),
        (f'== A ==\n<!-- c -->\n{D}\n', '== A ==\n<!-- c -->\n'),
        (f'== A ==\n<!-- {D} -->\n', f'== A ==\n<!-- {D} -->\n'),
        (f'== A ==\n{D[:-2]}', f'== A ==\n{D[:-2]}'),
        (f'{{{D}{{Social media item|text=a}}}}', f'{{{D}{{Social media item|text=a}}}}'),
    ],
)
def test_a_decision_goes_with_its_section(text: str, after: str) -> None:
    assert remove_decision(text, 0) == after


def test_several_decisions_go_at_once() -> None:
    text = f'== A ==\n{D}\n== B ==\n{D}\n{D}\n== C ==\n{D}\n'
    assert remove_decision(text, 0, 2, 3) == f'== B ==\n{D}\n'
    assert remove_decision(text, 1, 2) == f'== A ==\n{D}\n== C ==\n{D}\n'
    assert remove_decision(text) == text
    assert remove_decision(text, 7) == text


# Pages of rubble, with some items in it.

RUBBLE = st.lists(
    st.sampled_from(
        [
            '{{',
            '}}',
            '{{{',
            '}}}',
            '[[',
            ']]',
            '<!--',
            '-->',
            '<nowiki>',
            '</nowiki>',
            '<div>',
            '</div>',
            '\n',
            '\n{|\n',
            '\n|}\n',
            '\n== h ==\n',
            '\n=',
            '|',
            '=',
            "''",
            '<ref>',
            '</ref>',
            '-{',
            '}-',
            '{{stop}}',
            '{{y|z=1}}',
            'é',
            '漢',
            'e\u0301',
            '\U0001f600',
            ' ',
            '\t',
            '\r\n',
            'text',
            '{',
            '}',
            '[http://a b|c]',
            '__TOC__',
        ]
    ),
    max_size=6,
).map(''.join)
VALUES = st.one_of(
    st.sampled_from(
        ['', 'a', 'Hello\n* b', '[[a|b]]', 'x<!-- c -->y', '<nowiki>|}}</nowiki>', '{{!}}']
    ),
    RUBBLE,
)
NAMES = st.sampled_from(
    [
        'id',
        'text',
        'text-x',
        'alt',
        'news',
        'approved',
        'hold',
        'state',
        'note',
        'sent-x',
        'state',
        'foo',
    ]
)
ENDS = st.sampled_from(['\n', '', ' ', '\n  '])
LINES = st.builds(
    lambda name, space, value, end: f'|{space}{name}{space}={space}{value}{end}',
    NAMES, st.sampled_from(['', ' ', '  ']), VALUES, ENDS,
)  # fmt: skip
ITEMS = st.builds(
    lambda name, end, lines, braces: f'{{{{{name}{end}{"".join(lines)}{braces}',
    st.sampled_from(['Social media item', 'template:social_media item']),
    ENDS,
    st.lists(LINES, max_size=6),
    st.sampled_from(['}}', '}}', '}}', '']),
)
PAGES = st.lists(st.one_of(ITEMS, ITEMS, RUBBLE, st.just('\n\n')), max_size=8).map(''.join)
LINE = st.sampled_from(
    [
        'posted',
        RECORD,
        'Not yet: [[Special:Diff/7]]',
        '',
        None,
        'a | b }} {{c',
        'x\n| text = y',
        '<!-- ',
        '~~~~',
    ]
)
BOT = st.dictionaries(
    st.sampled_from(['state', 'note', 'sent-x', 'sent-news', 'approved-in']), LINE
)


def is_bar(fault: Reason) -> bool:
    return fault.key in ('validity-bar', 'validity-unknown')


def without_bot(text: str) -> str:
    """The page without the bot's lines and the white space they stand in."""
    pieces, pos = [], 0
    for placed in find_items(text):
        template = placed.template
        if template.closed:
            raw = text[template.start : template.end]
            ends = [*(bar for bar, _ in template.parts[1:]), len(raw) - 2]
            pieces.append(text[pos : template.start])
            start = template.parts[0][0] if template.parts else len(raw) - 2
            kept = raw[:start]
            for (bar, equals), end in zip(template.parts, ends, strict=False):
                name = raw[bar + 1 : equals].strip() if equals > 0 else ''
                if not re.fullmatch('state|note|approved-in|sent-.+', name):
                    # Between a bar too many and what goes before it, a line end may come in.
                    kept = kept.rstrip(' \t\n') if any(map(is_bar, placed.item.faults)) else kept
                    kept += raw[bar:end]
            pieces.append(kept.rstrip(' \t\n') + '}}')
            pos = template.end
    return ''.join([*pieces, text[pos:]])


@STEADY
@given(PAGES, st.data())
def test_only_what_is_meant_changes(page: str, data: st.DataObject) -> None:
    before = items(page)
    chosen = data.draw(st.sets(st.sampled_from(range(len(before)))) if before else st.just(set()))
    wanted = {n: data.draw(BOT) for n in sorted(chosen)}
    changes = [Change(before[n], bot) for n, bot in wanted.items()]
    new = apply(page, changes)
    after = items(new)
    assert len(after) == len(before)
    assert without_bot(new) == without_bot(page)
    for n, (old, one) in enumerate(zip(before, after, strict=True)):
        assert (one.content, one.editors, one.faults) == (old.content, old.editors, old.faults)
        if n not in chosen or any(f.key == 'validity-unclosed' for f in old.faults):
            assert one == old
            continue
        assert not one.disorder
        for name, value in wanted[n].items():
            assert bool(one.bot.get(name)) == bool(value)
        assert {name for name in one.bot if name not in wanted[n]} <= set(old.bot)
    assert apply(new, [Change(after[n], bot) for n, bot in wanted.items()]) == new
    assert read_queue(new).stopped == read_queue(page).stopped or '{{stop}}' in page


@STEADY
@given(PAGES, st.data())
def test_ids_are_given_on_any_page(page: str, data: st.DataObject) -> None:
    before = items(page)
    waiting = [one for one in before if not one.id and not one.faults]
    new = apply(page, [Change(one, new_id=f'new-{one.number}') for one in waiting])
    after = items(new)
    for old, one in zip(before, after, strict=True):
        if old in waiting:
            assert one.content == {**old.content, 'id': f'new-{old.number}'}
        else:
            assert one == old


@STEADY
@given(PAGES, st.sampled_from([D, f'\n== d ==\n{D}\n', f'\n{D}\n']), PAGES)
def test_removing_a_decision_keeps_the_items(before: str, decision: str, after: str) -> None:
    page = before + decision + after
    queue = read_queue(page)
    new = remove_decision(page, *range(len(queue.decisions)))
    assert read_queue(new).items == queue.items
    assert len(new) <= len(page)


def test_a_line_of_the_bot_that_somebody_forged_is_cut() -> None:
    page = f'{{{{Social media item\n| id = a\n| text = b\n| approved-in = {"x" * 50_000}\n}}}}\n'
    (item,) = items(apply(page, [Change(items(page)[0], {'state': 'held'})]))
    assert len(item.bot['approved-in']) == LONGEST
