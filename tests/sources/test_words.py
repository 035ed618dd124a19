"""Words of strangers: tame, short enough, and without effect as wikitext."""

from __future__ import annotations

import json
import re
import unicodedata
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import mwsocial.sources as package
from mwsocial.channels import counting
from mwsocial.desk.item import Item
from mwsocial.desk.validity import ChannelFacts, Desk, problems
from mwsocial.proposing.wikitext import encode, item_wikitext, section
from mwsocial.reason import Reason
from mwsocial.sources.base import Suggestion
from mwsocial.sources.ledger import ROOM, summary
from mwsocial.sources.page import CLOSE, OPEN, Changes, New, changed, read_cursors, suggestions
from mwsocial.sources.tree import DEEPEST, read, rows
from mwsocial.sources.words import of_html, post_text, tame
from mwsocial.wiki.escape import LINE, plain
from mwsocial.wiki.items import find_items, read_queue
from mwsocial.wiki.values import resolve
from tests.sources.worlds import DESK, NOW
from tests.wiki.fragments import WIKITEXT

STEADY = settings(deadline=None, derandomize=True, max_examples=300)
LINK = 'https://www.mediawiki.org/wiki/MediaWiki_1.47?a=1&b=2#c'


@given(WIKITEXT | st.text(max_size=80), st.booleans())
@example('__TOC__ \uff3f\uff3fTOC\uff3f\uff3f', True)
@example(f'a {LINK} b {LINK}', True)
@example('https://a.example/__TOC__ https://a.example/{{x}} https://a.example/~~~~', True)
@STEADY
def test_what_is_encoded_is_read_back(words: str, addresses: bool) -> None:
    value = '\n'.join(plain(line) for line in words.split('\n')).strip()
    wikitext = encode(value, addresses=addresses)
    resolved = resolve(wikitext)
    assert (resolved.value, resolved.faults) == (
        unicodedata.normalize('NFC', value).strip(' \t\n'),
        (),
    )
    assert not re.search(r"[{}<>|\[\]'~]|__|^[*#:;-]", wikitext, re.MULTILINE)
    if not addresses:
        assert not re.search(r'\w:\S|//\w*:', wikitext)


def test_what_stands_beside_an_item_is_cut() -> None:
    """A suggestion's hold and comment may be of any length."""
    wikitext = item_wikitext({'text': 'a'}, comment='b' * 50_000, hold='c' * 50_000)
    (item,) = read_queue(wikitext).items
    assert {name: len(value) for name, value in item.editors.items()} == {
        'comment': LINE,
        'hold': LINE,
    }


def test_an_address_holds_no_other_that_could_be_tried_from_its_parenthesis() -> None:
    """So each is looked at once, however many stand in a row."""
    assert encode('https://a.example/(b)') == 'https://a.example/(b)'
    assert encode('(https://a.example/b c') == '(https://a.example/b c'
    assert encode('https://a.example/(https://b.example/c') == (
        'https&#58;//a.example/(https://b.example/c'
    )


@given(WIKITEXT | st.text(max_size=80))
@STEADY
def test_an_item_reads_back_wherever_it_stands(words: str) -> None:
    value = plain(words) or 'x'
    content = {'id': 'a-1', 'text': value, 'not-before': '2026-11-25 14:00'}
    before = 'Intro.\n\n== A ==\n{{Social media item|id=b|text=y}}'
    text = before + section(value, item_wikitext(content, comment=words, hold=words, decision=True))
    one, two = (placed.item for placed in find_items(text))
    assert one.id == 'b' and dict(two.content) == content and not two.faults
    assert not read_queue(text).stopped


def test_addresses_stay_readable() -> None:
    assert encode(f'See {LINK}.') != f'See {LINK}.'
    assert (
        encode(f'See {LINK}') == 'See https://www.mediawiki.org/wiki/MediaWiki_1.47?a=1&amp;b=2#c'
    )
    assert encode(LINK, addresses=False).startswith('https&#58;//')


@pytest.mark.parametrize(
    ('words', 'wanted'),
    [
        ('@alice and @bob@b.example, a@b.example', 'alice and bob@b.example, a@b.example'),
        ('See https://evil.example/x now', 'See now'),
        ('a\nb\t c\u202e\u200b\x00', 'a b c'),
        ('@@＠all', 'all'),
        ('ftp://a.example', ''),
        ('1 @ 2', '1 @ 2'),
    ],
)
def test_tame(words: str, wanted: str) -> None:
    assert tame(words) == wanted


def test_of_html() -> None:
    assert of_html('<p>a<br>b &amp; <i>c</i><style>x</style></p>') == 'a b & c'
    assert len(of_html('<b>' * 100_000 + 'x')) < 10


SHORT = Desk({'m': ChannelFacts('mastodon', None, counting.weigher('mastodon'))})


@given(
    st.text(min_size=1, max_size=900),
    st.sampled_from(['', LINK]),
    st.sampled_from(['', 'sources-post-week']),
)
@STEADY
def test_a_text_fits_every_channel(words: str, link: str, sentence: str) -> None:
    one = Suggestion(
        'feed-1',
        words,
        link,
        Reason('sources-why-fact', ('x',)),
        NOW,
        sentence,
        ('today',) if sentence else (),
    )
    text = post_text(one, DESK, 'en')
    if text is None:
        assert (
            not any(unicodedata.category(sign)[0] not in 'ZC' for sign in tame(words))
            or len(tame(words)) > 200
        )
        return
    assert not problems(Item(0, {'id': 'feed-1', 'text': text}), DESK)
    assert (
        text.endswith(link) and '@' not in text.replace('@ ', '').replace(' @', '')
    ) or '@' in tame(words)


def test_shortening_is_between_words() -> None:
    words = ' '.join(['Wikimedia'] * 200)
    one = Suggestion('feed-1', words, LINK, Reason('sources-why-fact', ('x',)), NOW)
    text = post_text(one, DESK, 'en') or ''
    assert re.fullmatch(r'(Wikimedia )+Wikimedia… ' + re.escape(LINK), text)
    longer = text.replace('… ', ' Wikimedia… ')
    assert problems(Item(0, {'id': 'x', 'text': longer}), DESK), 'not one word less than needed'
    word = Suggestion('feed-1', 'é' * 2000, LINK, Reason('sources-why-fact', ('x',)), NOW)
    assert (post_text(word, DESK, 'en') or '').startswith('ééé')
    none = Suggestion(
        'feed-1', 'a', 'https://a.example/' + 'x' * 600, Reason('sources-why-fact', ('x',)), NOW
    )
    assert post_text(none, DESK, 'en') is None


# -- the page --------------------------------------------------------------------------------------


def new(number: int, text: str = 'Hello') -> New:
    return New(f'feed-{number}', text, {'id': f'feed-{number}', 'text': text}, 'why')


def test_cursors_keep_their_place_and_are_bounded() -> None:
    text = changed('Intro.\n\n== A ==\nx', Changes(cursors={'metric-a': '1'}))
    assert (
        text == f'Intro.\n\n{OPEN}\nWhere the sources stand:\n* metric-a: 1\n{CLOSE}\n\n== A ==\nx'
    )
    again = changed(text, Changes(cursors={'metric-b': '2', 'evil': '{{x}}'}))
    assert read_cursors(again) == {'metric-a': '1', 'metric-b': '2'}
    many = changed(
        again, Changes(cursors={f'refused-feed-{n}': f'2026-11-{n:02}' for n in range(1, 20)})
    )
    names = [name for name in read_cursors(many) if name.startswith('refused-')]
    assert names == [f'refused-feed-{n}' for n in (15, 16, 17, 18, 19)]
    assert changed(many, Changes()) == many
    assert read_cursors(OPEN) == {} == read_cursors(CLOSE + OPEN)


def test_what_stands_there_is_not_added() -> None:
    text = changed('', Changes(add=(new(1), new(1), new(2))))
    assert [item.id for item in suggestions(text)] == ['feed-1', 'feed-2']
    assert changed(text, Changes(add=(new(1),))) == text


@pytest.mark.parametrize(
    'tail', ['<!-- open', '<nowiki>', '{{Social media item|text=', '{|', '[[', '<pre>', '{{x|']
)
def test_nothing_is_added_where_it_would_not_be_read(tail: str) -> None:
    text = changed(f'Intro. {tail}', Changes(add=(new(1),)))
    assert text == f'Intro. {tail}' or [item.id for item in suggestions(text)][-1:] == ['feed-1']


def test_summaries() -> None:
    assert summary(['feed-1', 'feed-2'], ['feed-3'], ['feed-4']) == (
        'mwsocial:suggest new: feed-1, feed-2; to the queue: feed-3; removed: feed-4'
    )
    assert summary(removed=['feed-4']) == 'mwsocial:suggest removed: feed-4'
    assert summary(refused=['feed-4']) == 'mwsocial:suggest refused by this wiki: feed-4'
    assert summary() == 'mwsocial:suggest where the sources stand'
    many = [f'feed-{n:012}' for n in range(100)]
    assert len(summary(many[:10], many, many)) <= ROOM
    with pytest.raises(ValueError):
        summary(many)


# -- HTML ------------------------------------------------------------------------------------------


@given(st.text(alphabet='<>/abtdrh="\' !-', max_size=300))
@STEADY
def test_any_html_is_a_tree(html: str) -> None:
    assert isinstance(read(html).text(), str)


def test_deep_and_large_html() -> None:
    root = read('<div>' * 5000 + 'x' + '</div>' * 5000)
    assert root.text() == 'x'
    depth, node = 0, root
    while node.all():
        node = next(one for one in node.inside if not isinstance(one, str))  # type: ignore[assignment]
        depth += 1
    assert depth <= DEEPEST


def test_rows_without_those_of_inner_tables() -> None:
    table = read('<table><tr><td>a<td>b<tr><th>c<td><table><tr><td>x</table></table>').first(
        'table'
    )
    assert table is not None
    assert [[cell.text() for cell in row] for row in rows(table)] == [['a', 'b'], ['c', 'x']]


# -- messages --------------------------------------------------------------------------------------

FOLDER = resources.files('mwsocial').joinpath('i18n/sources')
ENGLISH = json.loads(FOLDER.joinpath('en.json').read_text('utf-8'))
ABOUT = json.loads(FOLDER.joinpath('qqq.json').read_text('utf-8'))
SOURCE = ''.join(file.read_text('utf-8') for file in Path(package.__path__[0]).glob('*.py'))


def test_every_sentence_is_documented_with_its_arguments() -> None:
    assert list(ENGLISH) == list(ABOUT)
    for key, words in ENGLISH.items():
        if key != '@metadata':
            said = set(re.findall(r'\$\d', words))
            # A sentence need not use all that it is given.
            assert said <= set(re.findall(r'\$\d', ABOUT[key])), key


def test_every_sentence_is_used_and_every_key_has_one() -> None:
    used = set(re.findall(r'[\'"](sources-[a-z-]*[a-z])[\'"]', SOURCE))
    used |= {f'sources-post-{kind}' for kind in ('week', 'day', 'hour')}
    used |= {f'sources-why-new-{kind}' for kind in ('section', 'page')}
    kinds = ('articles', 'pages', 'edits', 'users', 'images', 'activeusers')
    used |= {f'sources-count-{kind}' for kind in kinds}
    assert used == {key for key in ENGLISH if key != '@metadata'}
