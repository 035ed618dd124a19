from __future__ import annotations

import pytest

from mwsocial.desk.item import Item
from mwsocial.wiki.items import find_items, read_queue

EXAMPLE = """\
== MediaWiki 1.47 ==
{{Social media item
| id         = mediawiki-1-47
| text       = MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki
* a list
; no: markup
| text-x     = MediaWiki 1.47 is out
| image      = File:MediaWiki 1.47.png
| alt        = The MediaWiki flower<!-- nice --> with the number 1.47
| language   =
| channels   = mastodon, x
| news       = '''[[MediaWiki 1.47]]''' has been released.
| approved   = 3f9a [[User:A|A]] ([[User talk:A|talk]]) 14:00, 25 November 2026 (UTC)
| comment    = for the release &amp; so on<!-- x --> ~~~~
| state      = posted
| approved-in = Special:Diff/7000120
| sent-mastodon = posted 2026-11-25T14:00:07Z 7000120 https://wikis.world/@mediawiki/1154
| sent-news  = posted 2026-11-25T14:00:11Z 7000120 Special:Diff/7000123
}}
"""


def one(text: str) -> Item:
    (item,) = read_queue(text).items
    return item


def faults(text: str) -> list[tuple[str, ...]]:
    return [
        (fault.key.partition('-')[2], *fault.args, *([fault.where] if fault.where else []))
        for fault in one(text).faults
    ]


def test_the_example() -> None:
    item = one(EXAMPLE)
    assert item.content == {
        'id': 'mediawiki-1-47',
        'text': 'MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki\n'
        '* a list\n; no: markup',
        'text-x': 'MediaWiki 1.47 is out',
        'image': 'File:MediaWiki 1.47.png',
        'alt': 'The MediaWiki flower with the number 1.47',
        'channels': 'mastodon, x',
        'news': "'''[[MediaWiki 1.47]]''' has been released.",
    }
    assert item.editors == {
        'approved': '3f9a [[User:A|A]] ([[User talk:A|talk]]) 14:00, 25 November 2026 (UTC)',
        'comment': 'for the release &amp; so on<!-- x --> ~~~~',
    }
    assert list(item.bot) == ['state', 'approved-in', 'sent-mastodon', 'sent-news']
    assert (item.id, item.faults, item.disorder, item.line) == ('mediawiki-1-47', (), False, 2)


@pytest.mark.parametrize(
    'text',
    [
        '{{Social media item|text=a}}',
        '{{social_media item|text=a}}',
        '{{ template:Social media_item\n|text=a}}',
        '{{<!-- x -->Social media item<!-- y -->|text=a}}',
        '<div class="a">\n{{Social media item|text=a}}\n</div>',
        '<div>{{Social media item|text=a}}',
        '* {{Social media item|text=a}}',
        '[[a {{Social media item|text=a}}',
        '{{y| {{Social media item|text=a}}',
    ],
)
def test_is_an_item(text: str) -> None:
    assert one(text).content == {'text': 'a'}
    assert not one(text).faults


@pytest.mark.parametrize(
    'text',
    [
        '',
        '{{Social Media item|text=a}}',
        '{{Social media items|text=a}}',
        '{{User:Social media item|text=a}}',
        '{{subst:Social media item|text=a}}',
        '{{{Social media item|text=a}}}',
        '<!-- {{Social media item|text=a}} -->',
        '<nowiki>{{Social media item|text=a}}</nowiki>',
        '<pre>{{Social media item|text=a}}</pre>',
        '<ref>{{Social media item|text=a}}</ref>',
        '<noinclude>{{Social media item|text=a}}</noinclude>',
        '[[File:a.png|{{Social media item|text=a}}]]',
        '{|\n|-\n| {{Social media item|text=a}}\n|}',
        '{{y|{{Social media item|text=a}}}}',
        '== {{Social media item|text=a}} ==',
        '[[Social media item|text=a]]',
        'Social media item|text=a',
    ],
)
def test_is_no_item(text: str) -> None:
    assert read_queue(text).items == ()


@pytest.mark.parametrize(
    ('params', 'expected'),
    [
        ('text=a?q=b|c=d', [('unknown', 'c', '|', '{{!}}')]),
        ('text=a|b', [('bar', '|', '{{!}}', 'text')]),
        ('text=a|', [('bar', '|', '{{!}}', 'text')]),
        ('b|text=a', [('bar', '|', '{{!}}')]),
        ('text=[http://a b|c]', [('bar', '|', '{{!}}', 'text')]),
        ('1=a', [('unknown', '1', '|', '{{!}}')]),
        ('Text=a', [('unknown', 'Text', '|', '{{!}}')]),
        ('text-=a', [('unknown', 'text-', '|', '{{!}}')]),
        ('text=a|foo=', [('unknown', 'foo', '|', '{{!}}')]),
        ('text=a|text=a', [('twice', 'text')]),
        ('text=a|text=', [('twice', 'text')]),
        ('text=a|hold=a|hold=b', [('twice', 'hold')]),
        ('id=A b|text=a', [('id', 'A b')]),
        ('id=-a|text=a', [('id', '-a')]),
        (f'id={"a" * 65}|text=a', [('id', 'a' * 65)]),
        ('text=a|comment=b\n|c', [('bar', '|', '{{!}}', 'comment')]),
        ('text=a|comment=b\n|c=d', [('unknown', 'c', '|', '{{!}}')]),
        ('text=a|state=b|c', [('bar', '|', '{{!}}', 'text')]),
    ],
)
def test_faults(params: str, expected: list[tuple[str, ...]]) -> None:
    assert faults(f'{{{{Social media item|{params}}}}}') == expected


def test_the_faults_of_a_value_name_its_parameter() -> None:
    item = one('{{Social media item|text=[[a]]|alt={{b}}|news={{c}}}}')
    assert list(dict.fromkeys(fault.where for fault in item.faults)) == ['text', 'alt', 'news']
    assert item.faults[0].text().startswith('text: ')


def test_a_bad_id_is_none() -> None:
    item = one('{{Social media item|id=[[Evil]]|text=a}}')
    assert item.id == ''
    assert item.faults


def test_signatures_may_hold_bars() -> None:
    item = one(
        '{{Social media item|text=a|approved=3f [[User:A|A]] | <span style="color:red">t</span>|c\n'
        '|hold=wait|x=y|comment=z|settle-x=again | b}}'
    )
    assert item.faults == ()
    assert item.editors == {
        'approved': '3f [[User:A|A]] | <span style="color:red">t</span>|c',
        'hold': 'wait|x=y',
        'comment': 'z',
        'settle-x': 'again | b',
    }


def test_an_approval_stays_raw() -> None:
    value = '3f9a<!-- c --> <nowiki>x</nowiki> &#51; {{!}} ~~~~'
    assert one(f'{{{{Social media item|text=a|approved= {value} }}}}').editors['approved'] == value


def test_the_bots_parameters_are_never_a_fault() -> None:
    item = one(
        '{{Social media item|state=posted|text=a|sent-x=posted 1|sent-x=posted 2|note=n|note=n|sent-y=}}'
    )
    assert item.faults == ()
    assert item.disorder
    assert item.bot == {'state': 'posted', 'sent-x': 'twice: posted 1 / posted 2', 'note': 'n'}


@pytest.mark.parametrize(
    ('params', 'disorder'),
    [
        ('text=a|state=b|note=c', False),
        ('text=a|note=c|state=b', False),
        ('state=b|text=a', True),
        ('text=a|state=b|comment=c', True),
        ('text=a|state=b|state=b', True),
        ('text=a|state=|state=', True),
        ('text=a|state=', False),
    ],
)
def test_disorder(params: str, disorder: bool) -> None:
    assert one(f'{{{{Social media item|{params}}}}}').disorder is disorder


GOOD = '\n\n== b ==\n{{Social media item\n| id = b\n| text = good [[\n}}\n'.replace(' [[', '')


@pytest.mark.parametrize(
    'bad',
    [
        '{{Social media item\n| text = a',
        '{{Social media item\n| text = a {{b\n}}',
        '{{Social media item\n| text = a [[b\n}}',
        '{{Social media item\n| text = a\n}',
        '{{Social media item',
    ],
)
def test_an_item_that_never_ends_is_a_fault_and_the_rest_goes_on(bad: str) -> None:
    for text, places in ((f'== a ==\n{bad}{GOOD}', (0, 1)), (f'{GOOD}\n== a ==\n{bad}', (1, 0))):
        items = read_queue(text).items
        broken, good = items[places[0]], items[places[1]]
        assert [fault.key for fault in broken.faults] == ['validity-unclosed']
        assert broken.content == {}
        assert text.split('\n')[broken.line - 1].startswith('{{Social media item')
        assert good.content == {'id': 'b', 'text': 'good'}
        assert good.faults == ()
        assert [item.number for item in items] == [0, 1]


def test_braces_too_many_are_a_fault_and_the_rest_goes_on() -> None:
    first, second = read_queue(f'{{{{Social media item|text=a }}}} b\n|alt=c\n}}}}{GOOD}').items
    assert [fault.key for fault in first.faults] == ['validity-stray']
    assert second.faults == ()


def test_a_comment_or_nowiki_without_end_takes_what_mediawiki_gives_it() -> None:
    items = read_queue(f'{{{{Social media item|text=a <!-- }}}}{GOOD}').items
    assert [fault.key for fault in items[0].faults] == ['validity-unclosed']
    assert len(items) == 1
    items = read_queue(f'{{{{Social media item|text=a <nowiki> }}}}{GOOD}').items
    assert items[0].faults
    assert items[1].faults == ()


def test_a_decision_may_show_the_words_of_its_item() -> None:
    """As the form puts them there; other words, or words of no item, are a fault."""
    item = '{{Social media item|id=a|text=A {{!}} b|channels=x}}'
    for shown, faults in {
        '|text=A {{!}} b|channels=x': [],
        '|channels= x|text= A &#124; b |news=': [],
        '|text=A {{!}} b': ['validity-decision-words'],
        '|text=A {{!}} b|channels=x|news=y': ['validity-decision-words'],
        '|text=evil|channels=x': ['validity-decision-words'],
        '|text=evil|text=A {{!}} b|channels=x': ['validity-twice'],
        '|text=A {{!}} b|channels=x|who=1': ['validity-decision-parameter'],
    }.items():
        decision = f'{{{{Social media decision|id=a|approved=3f ~\n{shown}}}}}'
        for text in (f'{item}{decision}', f'{decision}{item}'):
            (found,) = read_queue(text).decisions
            assert (found.id, found.approved) == ('a', '3f ~'), text
            assert [one.key for one in found.faults] == faults, text


def test_decisions() -> None:
    text = (
        '== x ==\n{{social_media decision|id=a|approved=3f [[User:A|A]] | t}}\n'
        '{{Social media decision|id=|approved=3f}}{{Social media decision|id=b|approved=3f|text=evil}}'
        '{{Social media decision|id=c|approved=1|approved=2}}<!--{{Social media decision|id=a}}-->'
        '{{Social media decision|id=a'
    )
    found = read_queue(text).decisions
    assert [(one.number, one.id, one.approved, [f.key for f in one.faults]) for one in found] == [
        (0, 'a', '3f [[User:A|A]] | t', []),
        (1, '', '3f', ['validity-id']),
        (2, 'b', '3f', ['validity-decision-words']),
        (3, 'c', '1', ['validity-twice']),
        (4, '', '', ['validity-unclosed']),
    ]


@pytest.mark.parametrize(
    ('text', 'stopped'),
    [
        ('{{stop}}', True),
        ('{{Stop|why}}', True),
        ('{{Social media stop}}', True),
        ('{{template:social_media_stop}}', True),
        ('<div>{{stop}}</div>', True),
        ('{|\n| {{stop}}\n|}', True),
        ('{{y|{{stop}}}}', True),
        ('<!-- {{stop}} -->', False),
        ('<nowiki>{{stop}}</nowiki>', False),
        ('{{stop', False),
        ('{{stops}}', False),
        ('stop', False),
    ],
)
def test_stop(text: str, stopped: bool) -> None:
    assert read_queue(f'{text}\n{EXAMPLE}').stopped is stopped


def test_places() -> None:
    text = f'ü\n{EXAMPLE}\n{{{{Social media item|text=b}}}}'
    first, second = find_items(text)
    assert text[first.template.start :].startswith('{{Social media item\n| id')
    assert text[second.template.start : second.template.end] == '{{Social media item|text=b}}'
    assert (second.item.number, second.item.line) == (1, EXAMPLE.count('\n') + 3)


def test_the_same_item_is_equal_wherever_its_line() -> None:
    assert read_queue(EXAMPLE) == read_queue('\n\n' + EXAMPLE)


def test_an_item_of_bars_alone_is_a_fault() -> None:
    text = '{{Social media item|text=a' + '|' * 5000 + '}}' + GOOD
    bars, good = read_queue(text).items
    assert [fault.key for fault in bars.faults] == ['validity-bar']
    assert bars.content == {}
    assert good.content == {'id': 'b', 'text': 'good'}


def test_a_parameters_name_full_of_comments_is_no_harm() -> None:
    many = 80_000
    item = one('{{Social media item|' + '<!---->' * many + 'id' + '<!---->' * many + '=a}}')
    assert (item.id, item.faults) == ('a', ())


def test_a_comment_is_none_that_only_another_one_makes() -> None:
    # MediaWiki reads a text once.
    assert faults('{{Social media item|<!<!-- -->-- a -->id=a}}') == [
        ('unknown', '<!-- a -->id', '|', '{{!}}')
    ]
