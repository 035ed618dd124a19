"""Which texts are refused, and why."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from mwsocial.news.rules import MAX_LENGTH
from mwsocial.news.shapes import Entry, insert
from tests.news.corpus import PAGES, TODAY, inserted, refused

GOOD = [
    'Plain text.',
    'Of [[:File:A.png]] and [[:Category:News|news]], <nowiki>[[File:A.png]]</nowiki>',
    "'''[[MediaWiki 1.47]]''' is [https://example.org out], see {{phab|T1|x=[[y]]}}.",
    'Less < more & <b>bold</b> <br> <br/> {single} [brackets] 5 > 4',
    'Write <nowiki><translate></nowiki> or <nowiki>{{</nowiki> or <nowiki/>.',
    'Ünïcode – “quotes”\u200d 🎉 and = signs == here ==',
    'Time: 14:00; a pipe | too',
    '<nowiki>{{{1}}}</nowiki> is a parameter',
    'a tab\tinside',
    '<code>index.php</code> and <span class="x">{{!}}</span>',
]
BAD = {
    '': 'news-entry-empty',
    'A [[File:Not yet there.png|200px]] picture': 'news-entry-link',
    'A [[ image_:x.png]] picture': 'news-entry-link',
    'A [[Category:News]] category': 'news-entry-link',
    'A <span style="position:fixed">bar</span>': 'news-entry-style',
    'A <b class=x STYLE = "color:red">bar</b>': 'news-entry-style',
    ' \t ': 'news-entry-empty',
    'a\nb': 'news-entry-lines',
    'a\r': 'news-entry-lines',
    'a\u2028b': 'news-entry-lines',
    'x' * (MAX_LENGTH + 1): 'news-entry-long',
    'a\0b': 'news-entry-sign',
    'a\x7fb': 'news-entry-sign',
    'a\ud800b': 'news-entry-sign',
    '* bullet': 'news-entry-begins',
    '; term': 'news-entry-begins',
    ': indent': 'news-entry-begins',
    '# number': 'news-entry-begins',
    ' * bullet after space': 'news-entry-begins',
    '{| table': 'news-entry-begins',
    '| cell': 'news-entry-begins',
    'a <!--T:5--> b': 'news-entry-comment',
    'a <nowiki><!--T:5--></nowiki> b': 'news-entry-comment',
    'a <!-- open': 'news-entry-comment',
    'a --> b': 'news-entry-comment',
    'a <translate>b</translate>': 'news-entry-translate',
    'a </translate>': 'news-entry-translate',
    'a <translate': 'news-entry-translate',
    'a <TRANSLATE> b': 'news-entry-translate',
    '<NOWIKI><translate></NOWIKI>': 'news-entry-translate',
    '<tvar name="x">b</tvar>': 'news-entry-translate',
    '<tvar|x>b</>': 'news-entry-translate',
    'a</noinclude>': 'news-entry-tag',
    'a<noinclude>b</noinclude>': 'news-entry-tag',
    '<onlyinclude>b</onlyinclude>': 'news-entry-tag',
    '<languages/>': 'news-entry-tag',
    'a</li>': 'news-entry-tag',
    'a</div>': 'news-entry-tag',
    '<pre>a</pre>': 'news-entry-tag',
    '<b>a': 'news-entry-tag-open',
    'a</b>': 'news-entry-tag-open',
    '<b><i>a</b></i>': 'news-entry-tag-open',
    '<nowiki>a': 'news-entry-tag-open',
    'a</nowiki>': 'news-entry-tag-open',
    '{{a': 'news-entry-braces',
    'a}}': 'news-entry-braces',
    '[[a': 'news-entry-braces',
    'a]]': 'news-entry-braces',
    '{{{a}}}': 'news-entry-argument',
    '{{a|{{{b|}}}}}': 'news-entry-argument',
    '[[a|{{b]]}}': 'news-entry-braces',
    'by ~~~~': 'news-entry-saved-otherwise',
    '[[Foo (bar)|]]': 'news-entry-saved-otherwise',
    '{{subst:x}}': 'news-entry-saved-otherwise',
}


@pytest.mark.parametrize('text', GOOD)
@pytest.mark.parametrize('name', ['a_plain', 'b_inline', 'c_block', 'd_term_text', 'e_bold'])
def test_good_texts_go_in_as_they_are(text: str, name: str) -> None:
    assert text in inserted(PAGES[name], [Entry('k', text)])


@pytest.mark.parametrize('text', BAD)
def test_bad_texts_are_refused(text: str) -> None:
    assert refused(insert(PAGES['a_plain'], [Entry('k', text)], TODAY, 6)) == BAD[text]


def test_messages_are_documented_and_inert() -> None:
    folder = resources.files('mwsocial').joinpath('i18n', 'news')
    words, notes = (
        json.loads(folder.joinpath(f'{name}.json').read_text('utf-8')) for name in ('en', 'qqq')
    )
    assert words.keys() == notes.keys()
    for key, sentence in words.items():
        if not key.startswith('@'):
            assert not set(sentence) & set('<>{}[]|~'), key
