"""Cards in the language of their readers, and message files that say the same in every language."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import pytest

from mwsocial.inbox import ledger as inbox_ledger
from mwsocial.onwiki.manifest import AREAS
from mwsocial.sandbox import Person
from mwsocial.sources import ledger
from tests.onwiki import html
from tests.onwiki.desk import QUEUE, RELEASE, item

I18N = resources.files('mwsocial').joinpath('i18n')
FILES = sorted(
    (area.name, file.name.removesuffix('.json'))
    for area in I18N.iterdir()
    if area.is_dir()
    for file in area.iterdir()
    if file.name.endswith('.json') and file.name not in ('en.json', 'qqq.json')
)


def _messages(area: str, language: str) -> dict[str, str]:
    read: dict[str, Any] = json.loads(I18N.joinpath(area, f'{language}.json').read_text('utf-8'))
    return {key: words for key, words in read.items() if not key.startswith('@')}


#: Areas whose sentences the bot writes on the wiki.
WRITTEN = (
    'approval', 'archiving', 'bluesky', 'channels', 'delivery', 'facebook', 'images', 'inbox', 'mastodon',
    'news', 'proposing', 'sources', 'status', 'summaries', 'syncing', 'templatedata', 'wiki', 'x',
)  # fmt: skip


@pytest.mark.parametrize('area', [*AREAS, *WRITTEN, 'gadget'])
def test_there_are_languages_for_every_area_that_editors_see(area: str) -> None:
    assert {(area, 'de'), (area, 'he')} <= set(FILES)


@pytest.mark.parametrize('language', ['en', 'de', 'he'])
def test_no_words_of_a_summary_are_taken_for_an_id(language: str) -> None:
    """Ids of suggestions and digests of mentions are read back from summaries."""
    for key, words in _messages('summaries', language).items():
        if key.startswith('summaries-sources'):
            assert not ledger._ID.findall(words), key
        assert not inbox_ledger._DIGEST.findall(words), key


@pytest.mark.parametrize(('area', 'language'), FILES)
def test_a_translation_has_the_same_messages(area: str, language: str) -> None:
    english, other = _messages(area, 'en'), _messages(area, language)
    if area == 'checking':
        # The rest is for operators, in a terminal.
        seen = {key for key in english if key.startswith('checking-state-')}
        assert seen < set(other) < set(english)
    else:
        assert set(other) == set(english)
    for key, words in other.items():
        assert words.strip() == words and words, key
        assert not re.search('[\u202a-\u202e\u2066-\u2069\ufeff]', words), key
        holes = [set(re.findall(r'\$\d', one)) for one in (words, english[key])]
        assert holes[0] == holes[1], key


@pytest.mark.parametrize('area', [*AREAS, *WRITTEN])
def test_every_message_is_documented(area: str) -> None:
    assert set(_messages(area, 'qqq')) == set(_messages(area, 'en'))


def _shown(admin: Person, language: str) -> str:
    answer = admin.api(
        action='parse', text=item(**RELEASE), title=QUEUE, contentmodel='wikitext', prop='text',
        uselang=language, disablelimitreport=True,
    )  # fmt: skip
    return str(answer['parse']['text'])


@pytest.mark.real
def test_a_reader_sees_a_card_in_the_readers_language(admin: Person) -> None:
    """Where the wiki has the messages Lang/CODE, as multilingual wikis do; else in the page's."""
    assert 'Waits for approval' in html.text(_shown(admin, 'de'))
    try:
        for code in ('de', 'de-at', 'fr', 'he'):
            admin.edit(f'MediaWiki:Lang/{code}', code)
        for code in ('de', 'de-at'):
            page = _shown(admin, code)
            assert 'Wartet auf Freigabe' in html.text(page)
            assert 'Mittwoch, 25. November 2026' in html.text(page) or (
                'Mittwoch 25 November 2026, 14:00 UTC' in html.text(page)
            )
        card = next(one for one in html.tags(page, 'div') if one.get('role') == 'group')
        assert (card['lang'], card['dir']) == ('de-at', 'ltr')
        # No French yet: the sentences are English, the names of days and months are French.
        assert 'Waits for approval' in html.text(_shown(admin, 'fr'))
        right = _shown(admin, 'he')
        card = next(one for one in html.tags(right, 'div') if one.get('role') == 'group')
        assert (card['lang'], card['dir']) == ('he', 'rtl')
    finally:
        for code in ('de', 'de-at', 'fr', 'he'):
            admin.delete(f'MediaWiki:Lang/{code}')
