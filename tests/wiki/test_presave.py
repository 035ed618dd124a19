"""What a save completes that others have left on the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mwsocial.sandbox import Sandbox
from mwsocial.wiki.presave import BARE, SUBST, inert, others_words, substitutes

CALLS = (
    '{{subst:x}}', '{{ SafeSubst:x}}', '{{\n\tsubst:x|y}}', '{{{{subst:x}}}}', '{{{subst:x}}}',
    '{{ERS:x}}', '{{展開：x}}', '{{ס בטוח:x}}', '{{प्रति:x}}', '{{ateberdex}}', '{{\u017fubst:x}}',
)  # fmt: skip


@pytest.mark.parametrize('call', CALLS)
def test_what_is_substituted_is_found_and_broken_up(call: str) -> None:
    for text in (call, f'a <nowiki>{call}</nowiki> b', f'<!-- {call} -->{call}'):
        assert substitutes(text)
        assert others_words(text, text)
        broken = inert(text)
        assert not substitutes(broken)
        assert broken.replace('&#123;', '{') == text
        assert inert(broken) == broken


@pytest.mark.parametrize(
    'call',
    [
        '{{<!-- -->subst:x}}', '{{su<!-- -->bst:x}}', '<!-- {{subst:y}} {{su<!-- -->{{bst:x}}', '{<!---->{subst:x}}',
        '{{su<!-- 1 --><!-- 2 -->bst:x}} {{subst<!-- -->:y}} {{subst:z}}',
    ],
)  # fmt: skip
def test_what_a_comment_keeps_apart_is_broken_up_too(call: str) -> None:
    """Whoever takes the comment away would let it be substituted; until then no approval would count."""
    assert not substitutes(inert(call))
    assert inert(call).replace('&#123;', '{') == call
    assert inert(inert(call)) == inert(call)


@pytest.mark.parametrize(
    'text', ['', '{{Social media item|text=subst: it}}', '{{substantive}}', '{ {subst:x}}', 'ERS:']
)
def test_other_words_stay_as_they_are(text: str) -> None:
    assert not substitutes(text)
    assert inert(text) == text


@pytest.mark.parametrize(
    ('before', 'after', 'others'),
    [
        ('<!-- ~~~~ -->', '[[User:Alice]] 10:00', True),
        ('<nowiki>~~~</nowiki> <!-- ~~~~ -->', '<nowiki>~~~</nowiki> Alice', True),
        ('<nowiki>~~~</nowiki>', '<nowiki>~~~</nowiki> Alice', False),
        ('a ~~ b', 'a b', False),
        ('<!-- [[Page (x)|]]', '[[Page (x)|Page]]', True),
        ('<!-- [[|Page]]', '[[Page (x)|Page]]', True),
        ('{{<!-- -->subst:x}}', 'done', True),
        ('', '{{subst:x}} of its author', False),
    ],
)
def test_what_was_there_and_is_no_longer(before: str, after: str, others: bool) -> None:
    assert others_words(before, after) is others


@pytest.mark.real
def test_the_words_of_every_language(sandbox: Sandbox) -> None:
    """Those of MediaWiki's own message files."""
    found = set()
    folder = sandbox.base / 'programs' / 'usr/share/mediawiki/languages/messages'
    for path in Path(folder).glob('Messages*.php'):
        for line in re.findall(r"'(?:safe)?subst'\s*=>\s*\[([^\]]*)\]", path.read_text('utf-8')):
            found |= set(re.findall(r"'([^']*)'", line)) - {'0', '1'}
    assert found and found <= {*SUBST, *BARE}


@pytest.mark.real
def test_the_wiki_substitutes_what_is_called_so_and_nothing_else(sandbox: Sandbox) -> None:
    carol, title = sandbox.person('Carol'), 'User:Carol/presave'
    carol.edit('User:Carol/words', 'expanded', 'x')
    for call in ('{{subst:%s}}', '{{ SAFESUBST:%s}}', '{{\nsubst:%s}}', '{{x|{{subst:%s}}}}'):
        text = f'* {call % "User:Carol/words"} end'
        carol.edit(title, text, 'x')
        assert 'expanded' in carol.text(title), call
        carol.edit(title, inert(text), 'x')
        assert carol.text(title) == inert(text)
    quiet = '{{<!-- -->subst:User:Carol/words}} {{{1|subst:}}}{{{{{1|subst:}}}User:Carol/words}}'
    carol.edit(title, quiet, 'x')
    assert carol.text(title) == quiet
