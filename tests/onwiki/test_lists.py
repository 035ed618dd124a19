"""The pages of accounts and statistics as the wiki shows them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mwsocial.sandbox import Person
from tests.onwiki.html import names, tags
from tests.onwiki.html import text as text_of

pytestmark = pytest.mark.real

WEEKS = """{{Social media statistics
| 2026-W48 = mastodon: 1215 followers, 12 posts, 340 reactions; x: ? followers, 9 posts, ? reactions; items: release 88
| 2026-W47 = mastodon: 1,200 followers, 10 posts, 280 reactions
| 2026-W09 = nobody counted
}}"""
HOSTILE = (
    '[[Category:Evil]] {{Evil}} <script>x</script> <b>y</b> ~~~~ [https://evil.example z] '
    '" onclick="a" __NOTOC__ &#91;[Evil]] --> </nowiki>'
)


def parsed(admin: Person, text: str) -> dict[str, Any]:
    answer = admin.api(
        action='parse', text=text, title='Social media/Statistics', contentmodel='wikitext',
        prop='text|categories|links|externallinks|templates|properties', disablelimitreport=True,
    )  # fmt: skip
    found: dict[str, Any] = answer['parse']
    return found


def test_numbers_as_picture_and_table(admin: Person) -> None:
    """Each number stands in the table; the picture says in words what it shows; unknown is no 0."""
    html = parsed(admin, WEEKS)['text']
    table = html[html.index('<table') :]
    assert re.findall(r'<th scope="row"[^>]*>([^<]*)', table) == [
        '2026-W48',
        '2026-W47',
        '2026-W09',
    ]
    for shown in ('1,215', '1,200', 'posts: 12 · reactions: 340', 'posts: 9 · reactions: ?'):
        assert shown in text_of(table)
    assert 'release 88' in text_of(table)
    assert 'nobody counted' in text_of(table)
    labels = re.findall(r'role="img" aria-label="([^"]*)"', html)
    assert labels[0].startswith(
        'Followers by week: 1,215 in the newest, 1,215 at the most, 2 weeks'
    )
    assert len(labels) == 2 * 3
    picture = html[: html.index('<table')]
    assert '(+15)' in text_of(picture)
    assert 'height:100%' in picture
    # A week without a number has no bar.
    assert (
        'title="2026-W48: ?" style="flex:1 1 0;min-width:2px;max-width:2em;border-radius:2px 2px 0 0;height:0%'
        in picture
    )


def test_no_numbers_yet(admin: Person) -> None:
    assert 'no numbers yet' in parsed(admin, '{{Social media statistics\n}}')['text']


@pytest.mark.parametrize(
    'text',
    [
        f'{{{{Social media statistics\n| 2026-W48 = mastodon: 1 followers; items: <nowiki>{HOSTILE[:-9]}</nowiki>\n}}}}',
        f'{{{{Social media statistics\n| 2026-W48 = <nowiki>{HOSTILE[:-9]}</nowiki>\n}}}}',
        f'{{{{Social media account\n| channel = <nowiki>{HOSTILE[:-9]}</nowiki>\n| account = <nowiki>'
        f'{HOSTILE[:-9]}</nowiki>\n| why = <nowiki>{HOSTILE[:-9]}</nowiki>\n}}}}',
        '{{Social media account\n| channel = mastodon\n| account = @a@b.example/" onclick="x\n}}',
        '{{Social media account\n| channel = x\n| account = ]<!-- -->[javascript:x\n}}',
    ],
)
def test_words_of_strangers_have_no_effect(admin: Person, text: str) -> None:
    found = parsed(admin, text)
    assert found['categories'] == []
    assert [one['title'] for one in found['links']] == []
    assert found['externallinks'] == []
    assert not any('Evil' in one['title'] for one in found['templates'])
    assert not names(found['text']) & {'script', 'strong', 'a'}
    assert not any('onclick' in attributes for attributes in tags(found['text']))


def test_accounts(admin: Person) -> None:
    """A link to the account, by hand where no program may follow, signatures as links."""
    found = parsed(
        admin,
        '{{Social media account\n| channel = mastodon\n| account = @a@b.example\n| why = ours\n'
        '| confirmed = [[User:Alice|Alice]] 10:00\n}}\n'
        '{{Social media account\n| channel = x\n| account = @Some_body\n}}\n'
        '{{Social media account\n| channel = nowhere\n| account = @c\n}}',
    )
    assert sorted(found['externallinks']) == ['https://b.example/@a', 'https://x.com/Some_body']
    words = text_of(found['text'])
    assert words.count('followed by hand') == 1
    assert 'Confirmed: Alice 10:00' in words
    assert '“nowhere” is no channel of ours' in words
    assert [one['title'] for one in found['links']] == ['User:Alice']
