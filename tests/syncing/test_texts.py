"""From entries to posts and back, and what says the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.channels import counting
from mwsocial.channels.abilities import abilities
from mwsocial.desk.item import Item
from mwsocial.desk.validity import ChannelFacts, Desk, problems
from mwsocial.news.rules import check_entry
from mwsocial.proposing.wikitext import item_wikitext, reads_back
from mwsocial.syncing.said import Site, alike, of_item, of_post, of_wikitext
from mwsocial.syncing.texts import Target, Text, entry_for, first_link, text_for, words_of_entry

DESK = Desk(
    {
        name: ChannelFacts(
            name, counting.usual_limits(name, None), counting.weigher(name),
            abilities=abilities(name),
        )
        for name in ('mastodon', 'x', 'bluesky')
    }
)  # fmt: skip
SITE = Site('https://wiki.example/w')


@pytest.mark.parametrize(
    ('wikitext', 'target'),
    [
        ("'''[[MediaWiki 1.47]]''' is [[out]].", Target('MediaWiki 1.47')),
        ('<!--T:1--> [[<tvar name="1">Special:MyLanguage/Help:X_y#Part one</tvar>|x]]',
         Target('Help:X y', 'Part one')),
        ('[[File:A.png]] [[Category:A]] [[m:Tech/News|news]]', Target('m:Tech/News')),
        ('See [https://a.example/b c] and [[d]]', Target(address='https://a.example/b')),
        ('See [//a.example/b c]', Target(address='https://a.example/b')),
        ('See https://a.example/b.', Target(address='https://a.example/b')),
        ('[[#Part]] [[a|b]]', Target('a')),
        ('No link <nowiki>[[x]]</nowiki>', None),
        ('[[' * 40 + 'x', None),
        ('mailto: [mailto:a@b.example c]', None),
    ],
)  # fmt: skip
def test_first_link(wikitext: str, target: Target | None) -> None:
    assert first_link(wikitext) == target


@pytest.mark.parametrize(
    ('wikitext', 'words'),
    [
        ("'''[[MediaWiki 1.47]]''' has been [[mw:Download|released]] &amp; more.",
         'MediaWiki 1.47 has been released & more.'),
        ('Ask @somebody@host.example at [https://a.example the page].',
         'Ask somebody@host.example at the page.'),
        ('<translate><!--T:3--> [[<tvar|a>X</>|Words]].</translate>', 'Words.'),
        ('Look: https://a.example/b', 'Look:'),
    ],
)  # fmt: skip
def test_words(wikitext: str, words: str) -> None:
    assert words_of_entry(wikitext) == words


def test_text_fits_or_is_shortened() -> None:
    found = text_for('news-1', "'''A''' is out.", 'https://a.example/A', DESK, 'en')
    assert found == Text('A is out. https://a.example/A', short=False)
    found = text_for('news-1', 'word ' * 100, 'https://a.example/A', DESK, 'en')
    assert found
    assert found.short
    assert found.text.endswith('word… https://a.example/A')
    assert not problems(Item(0, {'id': 'news-1', 'text': found.text}), DESK)
    assert text_for('news-1', '<!-- nothing -->', '', DESK, 'en') is None


@pytest.mark.parametrize(
    ('post', 'entry'),
    [
        ('X is out: https://wiki.example/w/MediaWiki_1.47 #MediaWiki', 'X is out: [[MediaWiki 1.47]]'),
        ('X is out! See https://www.a.example/b.', 'X is out! See. [https://www.a.example/b a.example/b]'),
        ('Join #MediaWiki now.', 'Join MediaWiki now.'),
        ('https://a.example/b #x', ''),
        ('', ''),
    ],
)  # fmt: skip
def test_entry(post: str, entry: str) -> None:
    assert entry_for(post, SITE) == entry


SIGNS = st.sampled_from(
    [
        *"ab .,:;*#[]{}|<>&'~_=-\n@/",
        'https://a.example/x',
        '</nowiki>',
        '-->',
        '{{x}}',
        '~~~~',
        '\u202e',
    ]
)


@settings(deadline=None, derandomize=True)
@given(st.lists(SIGNS, max_size=40).map(''.join))
def test_any_post_makes_an_inert_entry(post: str) -> None:
    """Whatever somebody has posted: an entry of one line that reads back as just that item."""
    entry = entry_for(post, SITE)
    if not entry:
        return
    assert check_entry(entry) is None, entry
    content = {'id': 'post-1', 'news': entry}
    text = f'Page\n\n== x ==\n{item_wikitext(content)}'
    assert reads_back('Page', text, content), text


def test_alike_across_forms() -> None:
    """An entry, the item made of it, and a post of it are known as the same; other versions are not."""
    entry = "'''[[MediaWiki 1.47]]''' has been [[mw:Download|released]], with many new things."
    said = of_wikitext(entry, SITE)
    address = 'https://wiki.example/w/MediaWiki_1.47'
    post = f'MediaWiki 1.47 has been released, with many new things! {address} #MediaWiki'
    assert alike(said, [of_post(post, SITE)])
    assert alike(said, of_item(Item(0, {'text': post}), SITE))
    assert alike(said, of_item(Item(0, {'text-x': 'no', 'news': entry}), SITE))
    assert not alike(said, [of_post(post.replace('1.47', '1.46'), SITE)])
    assert not alike(said, [of_post(f'Something else entirely. {address}', SITE)])
    assert of_post(f'({address}).', SITE)[0] == frozenset({'MediaWiki 1.47'})
    assert of_post('[[no]] {{link}}', SITE)[0] == frozenset()
