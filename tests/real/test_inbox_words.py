"""Words of strangers on a real wiki: saved as the bot saves them, they do nothing there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mwsocial.inbox.mentions import read_inbox
from mwsocial.inbox.page import Changes, changed
from mwsocial.sandbox import Sandbox
from mwsocial.sandbox.desk import scratch
from mwsocial.wiki.escape import EXCERPT, shortened
from tests.inbox.test_page import HOSTILE, WORDS, new
from tests.real.desk import BOT

pytestmark = pytest.mark.real

PAGE = 'Social media/Mentions'
COUNT = 12
STEADY = settings(
    deadline=None, derandomize=True, max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(scope='module')
def wiki(sandbox_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A desk whose wiki takes no link to anywhere but the networks, and none with these words."""
    with scratch(tmp_path_factory.mktemp('words') / 'it', sandbox_base) as sandbox:
        admin = sandbox.person('Admin')
        admin.edit('MediaWiki:Spam-blacklist', 'evil\\.example\nt\\.co\nx\\.org\n')
        yield sandbox


def page_of(words: list[str], authors: list[str]) -> str:
    """The page with mentions of these words."""
    posts = tuple(
        new(text, author=author, url=f'https://a.example/{number}')
        for number, (text, author) in enumerate(zip(words, authors, strict=True))
    )
    return changed('Introduction.', Changes(posts))


def effects(wiki: Sandbox) -> Mapping[str, Any]:
    """What the page does on the wiki."""
    answer = wiki.person('Admin').api(
        action='parse', page=PAGE, disablelimitreport=True,
        prop=['categories', 'templates', 'links', 'externallinks', 'images', 'properties', 'iwlinks',
              'langlinks', 'sections', 'text'],
    )['parse']  # fmt: skip
    answer['sections'] = len(answer['sections'])
    answer.pop('title')
    answer.pop('pageid')
    return dict(answer)


def check(wiki: Sandbox, words: list[str], authors: list[str]) -> None:
    """Save the page, and compare it with one of harmless words."""
    bot = wiki.person(BOT)
    bot.edit(PAGE, page_of(['harmless'] * len(words), ['@alice@a.example'] * len(words)))
    usual = dict(effects(wiki))
    text = page_of(words, authors)
    bot.edit(PAGE, text, 'hostile words')  # no filter refuses it
    saved = bot.text(PAGE)
    assert saved == text.rstrip(), 'nothing was signed, substituted or merged'
    shown = dict(effects(wiki))
    usual.pop('text')
    html = shown.pop('text')
    assert shown == usual
    # MediaWiki puts no-break spaces before some marks.
    seen = unescape(html).replace('\u00a0', ' ')
    for text in words:
        assert shortened(text, EXCERPT).replace('\u00a0', ' ') in seen
    assert [one.excerpt for one in read_inbox(saved).mentions] == [
        shortened(text, EXCERPT) for text in words
    ]


def test_the_hostile_texts(wiki: Sandbox) -> None:
    check(wiki, list(HOSTILE), list(HOSTILE))


@STEADY
@given(st.lists(st.tuples(WORDS, WORDS), min_size=COUNT, max_size=COUNT))
def test_any_words(wiki: Sandbox, pairs: list[tuple[str, str]]) -> None:
    check(wiki, [text for text, _ in pairs], [author for _, author in pairs])


def test_two_hundred_cards_load(wiki: Sandbox) -> None:
    """A page as full as it gets stays far from the wiki's limits."""
    text = page_of(['word ' * 40] * 200, [f'@user{n}@a.example' for n in range(200)])
    wiki.person(BOT).edit(PAGE, text)
    report = wiki.person('Admin').api(
        action='parse', page=PAGE, prop=['limitreportdata', 'text']
    )['parse']  # fmt: skip
    limits = {one['name']: one for one in report['limitreportdata']}
    size = limits['limitreport-postexpandincludesize']
    assert int(size['0']) < int(size['1']) * 3 // 4
    assert int(limits['limitreport-expensivefunctioncount']['0']) < 100
    assert report['text'].count('role="group"') == 200
