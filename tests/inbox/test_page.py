"""The page as text: what a stranger's words become, and that nothing else changes."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

import mwparserfromhell
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mwsocial.inbox.mark import END, Mark, read_mark, read_marks, with_mark
from mwsocial.inbox.mentions import Mention, digest, introduced, read_inbox, word_of
from mwsocial.inbox.page import Changes, New, archived, changed
from mwsocial.wiki.escape import EXCERPT, plain, safe_excerpt, shortened
from mwsocial.wiki.items import read_queue
from tests.wiki.fragments import WIKITEXT

STEADY = settings(deadline=None, derandomize=True)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = 'https://a.example/@alice/1'
HOSTILE = (
    '{{Social media stop}} {{subst:Evil}} {{{1|}}}', '[[Category:Evil]] [https://evil.example x]',
    '~~~~ ~~~~~', '</nowiki>[[Category:Evil]]<nowiki>', '<script>alert(1)</script> <ref>x</ref>',
    '--> <!-- <noinclude>', '__NOTOC__ __TOC__', '＿＿目次＿＿', '\u202eevil\u2066x\u200e\ufeff',
    'x' * 10_000, 'https://evil.example/ http://t.co/x mailto:a@b.c //evil.example', '== Heading ==',
    "'''bold''' | }} {{!}} = ]] -{zh-hans:x}-", '* a\n# b\n; c\n: d\n----', 'RFC 1 ISBN 9780000000000 PMID 1',
    '\x7f\'"`UNIQ--nowiki-00000000-QINU`"\'\x7f', '&lt;/nowiki&gt; &#60;b&#62;', '\ud800', '#REDIRECT [[Evil]]',
    '{|\n|x\n|}', 'e\u0301' * 500, '<translate><!--T:1--></translate>', '{{#invoke:Evil|evil}} {{int:x}}',
)  # fmt: skip
WORDS = st.one_of(WIKITEXT, st.text(), st.sampled_from(HOSTILE), st.lists(
    st.sampled_from(HOSTILE), min_size=2, max_size=4
).map(''.join))  # fmt: skip


def new(text: str = 'Hello', **more: object) -> New:
    """A post."""
    values: dict[str, object] = {
        'url': URL, 'channel': 'mastodon', 'kind': 'mention', 'author': '@alice@a.example',
        'created': NOW, 'text': text,
    }  # fmt: skip
    return New(**{**values, **more})  # type: ignore[arg-type]


@STEADY
@given(WORDS, WORDS, st.integers(0, 2))
@example('', '', 0)
def test_words_of_strangers_stay_words(text: str, author: str, plainer: int) -> None:
    """Whatever is in them, there is one section with one template and nothing else."""
    page = changed('Introduction.', Changes((new(text, author=author, plainer=plainer),)))
    inbox = read_inbox(page)
    (mention,) = inbox.mentions
    assert mention.url == URL
    assert mention.excerpt == ('' if plainer == 2 else shortened(text, EXCERPT))
    assert len(mention.excerpt) <= EXCERPT
    assert mention.author == plain(author)[:300] or len(plain(author)) > 300
    assert not inbox.stopped and not inbox.votes
    assert len(inbox.skeleton.headings) == 1
    assert '~~~' not in page
    code = mwparserfromhell.parse(page)
    assert [str(one.name).strip() for one in code.filter_templates()] == ['Social media mention']
    assert not code.filter_wikilinks() and not code.filter_comments()
    tags = [str(one.tag) for one in code.filter_tags()]
    assert tags == (['nowiki'] if mention.excerpt else [])
    assert len(code.filter_headings()) == 1
    # Only the address of the post itself looks like one to a filter.
    found = re.findall(r'\w+://(?=\S)|mailto:(?=\S)', page)
    assert found == (['https://'] if plainer == 0 else [])
    assert not [c for c in page if unicodedata.category(c) in ('Cc', 'Cs', 'Co') and c != '\n']
    assert not set(
        '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff'
    ) & set(page)
    # And it can be written into again.
    page = changed(page, Changes(notes={URL: 'note'}, blank=frozenset({URL})))
    (mention,) = read_inbox(page).mentions
    assert (mention.url, mention.note, mention.excerpt) == (URL, 'note', '')


@STEADY
@given(st.text(max_size=80).filter(lambda words: not re.search(r'[\s\x00-\x1f\x7f]', words)))
def test_any_address_is_read_back(tail: str) -> None:
    url = f'https://a.example/{plain(tail)}'
    page = changed('Introduction.', Changes((new(url=url), new(url=URL))))
    assert [one.url for one in read_inbox(page).mentions] == [url, URL]


@STEADY
@given(
    st.lists(st.one_of(WIKITEXT, st.sampled_from(('\n== A ==\n', new().wikitext()))), max_size=6)
)
def test_all_else_stays(pieces: list[str]) -> None:
    """On any page: what is taken away is gone, the rest of it is still there, in its order."""
    text = ''.join(pieces)
    before = read_inbox(text).mentions
    page = changed(text, Changes(remove={URL: ''}))
    assert not any(one.url == URL for one in read_inbox(page).mentions) or len(before) == 0
    left = iter(text)
    assert all(sign in left for sign in page), 'nothing new'
    assert read_queue(page).items == read_queue(text).items
    assert changed(text, Changes(notes={'https://other.example/': 'x'})) == text


def test_a_thousand_signs_are_cut_with_an_ellipsis() -> None:
    assert safe_excerpt('ä' * 1000) == '<nowiki>' + 'ä' * 199 + '…</nowiki>'
    assert safe_excerpt(' \n\u200b ') == ''


TEXT = f"""Introduction.

== One ==
{{{{Social media mention
| url        = {URL}
|channel=mastodon | kind = mention
| author = <!-- who --> @a
| excerpt    = <nowiki>Hi &lt; you</nowiki>
| decision   = <!-- share, point KEY or ignore -->
}}}}
Talk. ~~~~

=== More ===
Talk.

== Two ==
{{{{social media_mention|url=https://b.example/2|decision=share [[User:A|A]] | [[User talk:A|x]]}}}}
<!-- {{{{Social media mention|url=https://c.example/3}}}} -->
<nowiki>{{{{Social media mention|url=https://c.example/3}}}}</nowiki>
{{{{Social media mention|url=https://d.example/4"""


def test_reading() -> None:
    inbox = read_inbox(TEXT)
    one, two = inbox.mentions
    assert one == Mention(0, URL, 'mastodon', 'mention', '@a', '', 'Hi < you', '', '')
    assert (two.url, two.decision) == (
        'https://b.example/2', 'share [[User:A|A]] | [[User talk:A|x]]'
    )  # fmt: skip
    assert one.digest == digest(URL) and len(one.digest) == 10
    assert Mention(0, '').digest == ''
    assert introduced(TEXT, TEXT[: TEXT.index('== Two')]) == [two]
    assert [one.url for one in introduced(TEXT[:-5] + TEXT, TEXT)] == [one.url, two.url]


@pytest.mark.parametrize(
    ('decision', 'found'),
    [
        ('share ~~~~', ('share', '')),
        ('Share.', ('share', '')),
        ('point support [[User:A]]', ('point', 'support')),
        ('POINT support.', ('point', 'support')),
        ('point', ('point', '')),
        ('<!-- x --> ignore', ('ignore', '')),
        ('', ('', '')),
        ('[[User:A]] share', ('[[user:a]]', '')),
    ],
)
def test_word(decision: str, found: tuple[str, str]) -> None:
    assert word_of(decision) == found


def test_notes_and_words_are_set_and_nothing_else() -> None:
    page = changed(TEXT, Changes(notes={URL: 'No.'}, blank=frozenset({URL})))
    old = ('| excerpt    = <nowiki>Hi &lt; you</nowiki>\n', 'ignore -->\n}}')
    assert page == TEXT.replace(old[0], '| excerpt    =\n').replace(
        old[1], 'ignore -->\n| note       = No.\n}}'
    )
    assert changed(page, Changes(notes={URL: ''})) == TEXT.replace(old[0], '| excerpt    =\n')


def test_a_section_goes_whole_only_if_it_was_archived_so() -> None:
    inbox = read_inbox(TEXT)
    kept = archived(TEXT, inbox.placed[0], inbox, 'share-1')
    assert kept.startswith('== One ==\n') and kept.endswith('=== More ===\nTalk.')
    assert '| item       = share-1\n}}' in kept
    page = changed(TEXT, Changes(remove={URL: kept}))
    assert page == 'Introduction.\n\n' + TEXT[TEXT.index('== Two') :]
    page = changed(TEXT, Changes(remove={URL: ''}))
    assert page.startswith('Introduction.\n\n== One ==\nTalk. ~~~~\n\n=== More ===')
    # In the other one's section something is never closed.
    kept = archived(TEXT, inbox.placed[1], inbox)
    heading, template = kept.split('\n', 1)
    assert heading == f'== {inbox.placed[1].mention.digest} =='
    assert template.startswith('{{social media_mention|url=')
    assert kept.endswith('talk:A|x]]}}')


def test_a_button_is_folded_in() -> None:
    vote = f'== Decision ==\n{{{{Social media decision|mention={digest(URL)}|decision=ignore [[User:A]]}}}}\n\n'
    at = TEXT.index('== Two')
    page = changed(TEXT[:at] + vote + TEXT[at:], Changes())
    assert '| decision   = ignore [[User:A]]\n' in page and 'Social media decision' not in page
    unknown = vote.replace(digest(URL), '0123456789')
    assert changed(unknown + TEXT, Changes()) == unknown + TEXT


# -- the mark ---------------------------------------------------------------------------------------


def test_the_mark_is_one_line_that_reads_back() -> None:
    cursors = {'mastodon mention': '12', 'x search a&#58;b': '2026-11-25T14:00:00.000Z_0a1b2c3d'}
    mark = Mark(time=NOW).moved(cursors, 7, NOW)
    page = with_mark(TEXT, mark)
    (line,) = read_marks(page)
    assert read_mark(line) == Mark(cursors, 7, date(2026, 11, 23))
    assert page.index(line) < page.index('== One ==')
    assert page.replace(f'{line}\n\n', '') == TEXT
    assert read_inbox(page).mentions == read_inbox(TEXT).mentions
    assert with_mark(page + f'\n<div>evil</div>{END}', mark).count(END) == 1
    later = read_mark(line).moved({}, 3, NOW + timedelta(days=1))
    assert (later.unlisted, later.since) == (10, date(2026, 11, 23))
    later = read_mark(line).moved({}, 3, NOW + timedelta(days=9))
    assert (later.unlisted, later.since) == (3, date(2026, 12, 2))
    assert read_mark(line).moved({}, 0, NOW + timedelta(days=9)).unlisted == 0


@pytest.mark.parametrize(
    'cursor',
    ['', 'a b', '__TOC__', '{{x}}', '<b>', "''", 'https://evil.example', '~~~~', 'ä', 'x' * 500],
)
def test_a_cursor_that_could_do_something_is_not_written(cursor: str) -> None:
    assert not Mark().moved({'mastodon mention': cursor}, 0, NOW).cursors


@STEADY
@given(st.one_of(WIKITEXT, st.text()))
def test_any_line_is_read(line: str) -> None:
    read_mark(line)
    read_mark(f'<li>a <code>{line}</code></li><p>{line} posts since 2026-99-99 </p>')
    with_mark(line, Mark())
