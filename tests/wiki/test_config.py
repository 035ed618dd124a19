"""The configuration page: defaults, and every mistake in words that help."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mwsocial.desk.rules import Rules
from mwsocial.errors import ConfigurationError
from mwsocial.onwiki.manifest import pages
from mwsocial.wiki.config import DeskConfig, parse_config

ROOT = Path(__file__).parents[2]
TITLE = 'MediaWiki:Social-media.json'
LEAST: dict[str, Any] = {'bot': 'News bot', 'approvers': {'groups': ['sysop']}}


def parse(**more: Any) -> DeskConfig:
    return parse_config(json.dumps(LEAST | more), TITLE)


def wrong(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse_config(text, TITLE)
    assert TITLE in str(caught.value)
    assert caught.value.exit_code == 2
    return str(caught.value)


def wrong_values(**more: Any) -> str:
    return wrong(json.dumps(LEAST | more))


def test_defaults() -> None:
    config = parse()
    assert config.desk == 'mediawiki'
    assert config.pages.queue == 'Social media/Queue'
    assert config.pages.archive_of(2026, 3) == 'Social media/Archive/2026-03'
    assert config.pages.news == 'Template:MediaWiki News'
    assert config.pages.news_archive == 'News'
    assert config.protection == 'sysop' and config.paused is False
    assert list(config.channels) == ['mastodon']
    mastodon = config.channels['mastodon']
    assert mastodon.network == 'mastodon' and mastodon.account == '@mediawiki@wikis.world'
    assert (mastodon.minutes_between_posts, mastodon.posts_per_day) == (30, 8)
    assert mastodon.shares_per_month == 4 and mastodon.characters is None
    assert config.channel_language('mastodon') == 'en'
    assert config.news_groups == 6 and config.archive_after_days == 7
    assert 'support' in config.pointers
    assert config.words == config.hashtags == config.searches == ('MediaWiki',)
    assert config.x_prices.post_with_link == 0.20 and config.x_prices.cap_per_month == 20.0
    assert config.mention_proposers is True


def test_rules() -> None:
    config = parse(
        bot='news_bot',
        approvers={'groups': ['sysop'], 'users': ['alice', {'name': 'Bob_B', 'id': 7}]},
        channels={'x': {'enabled': False}, 'zoo': {'network': 'mastodon'}, 'bluesky': {}},
        **{'second person': 48, 'quiet minutes': 2.5, 'approval days': 3, 'late hours': 1},
    )
    assert config.rules() == Rules(
        bot='News bot',
        groups=frozenset({'sysop'}),
        users={'Alice': 0, 'Bob B': 7},
        second_person=48.0,
        quiet=timedelta(minutes=2.5),
        valid=timedelta(days=3),
        late=timedelta(hours=1),
        channels=('bluesky', 'zoo'),
        language='en',
    )


def test_a_channel_speaks_its_own_language() -> None:
    config = parse(language='de', channels={'x': {'language': 'pt-BR'}, 'mastodon': {}})
    assert config.channel_language('x') == 'pt-BR'
    assert config.channel_language('mastodon') == config.channel_language('gone') == 'de'


@pytest.mark.parametrize('value', [True, False, 0.5, 48])
def test_second_person(value: bool | float) -> None:
    found = parse(**{'second person': value}).second_person
    assert found == value and isinstance(found, bool) is isinstance(value, bool)


def test_former_bots_are_bots_too() -> None:
    config = parse(bot='news_bot', **{'former bots': ['old_bot', 'Old bot', 'older bot']})
    assert config.former_bots == ('Old bot', 'Older bot')
    assert config.bots == {'News bot', 'Old bot', 'Older bot'}
    assert config.rules().former_bots == {'Old bot', 'Older bot'}


def test_bot_and_approvers_have_no_default() -> None:
    words = wrong('{}')
    assert '"bot" is missing' in words and '"approvers" is missing' in words


@pytest.mark.parametrize('group', ['*', 'user', 'autoconfirmed', 'temp', 'named', 'emailconfirmed'])
def test_implicit_groups_may_not_approve(group: str) -> None:
    words = wrong_values(approvers={'groups': ['sysop', group]})
    assert '"approvers" → "groups" → number 2' in words and group in words


@pytest.mark.parametrize(('values', 'needles'), [
    ({'approvers': {}}, ['"approvers"', 'nobody could approve']),
    ({'approvers': {'users': ['News bot']}}, ['bot', 'never approve']),
    ({'approvers': {'users': ['A', 'a']}}, ['“A”', 'twice']),
    ({'former bots': ['news bot']}, ['“News bot”', 'is the bot now']),
    ({'approvers': {'users': ['B']}, 'former bots': ['b']}, ['“B”', 'never approve']),
    ({'former bots': 'B'}, ['"former bots"', 'a list']),
    ({'former bots': ['B@desk']}, ['"former bots" → number 1', 'name of a user']),
    ({'approvers': {'users': [{'name': 'A', 'id': -1}]}}, ['"id"', '0 or more']),
    ({'approvers': {'users': ['User:A']}}, ['without “User:”']),
    ({'approvers': {'users': ['~2026-123-4']}}, ['temporary']),
    ({'approvers': {'users': [3]}}, ['number 1', '3']),
    ({'quite minutes': 1}, ['"quite minutes"', 'did you mean "quiet minutes"']),
    ({'quiet_minutes': 1}, ['did you mean "quiet minutes"']),
    ({'zzz': 1}, ['"zzz"', 'known here', '"bot"'.strip('"')]),
    ({'quiet minutes': '10'}, ['"quiet minutes"', 'a number', '"10"']),
    ({'quiet minutes': True}, ['"quiet minutes"', 'a number', 'true']),
    ({'quiet minutes': -1}, ['0 or more']),
    ({'late hours': 0}, ['above 0']),
    ({'news groups': 1.5}, ['"news groups"', 'a whole number', '1.5']),
    ({'news groups': 10**30}, ['"news groups"']),
    ({'paused': 'no'}, ['"paused"', 'true or false']),
    ({'paused': 0}, ['"paused"', 'true or false']),
    ({'second person': 0}, ['"second person"', 'hours above 0']),
    ({'second person': 'yes'}, ['"second person"']),
    ({'words': 'MediaWiki'}, ['"words"', 'a list']),
    ({'words': ['a\nb']}, ['"words" → number 1']),
    ({'hashtags': ['two words']}, ['one hashtag']),
    ({'pages': {'queue': 'A|B'}}, ['"pages" → "queue"', '“|”']),
    ({'pages': {'queue': 'A/../B'}}, ['between slashes']),
    ({'pages': {'queue': ''}}, ['"pages" → "queue"']),
    ({'pages': {'queue': 'A%41'}}, ['%41']),
    ({'pages': {'queue': 'é' * 200}}, ['255 bytes']),
    ({'pages': {'queue': 'X', 'status': 'X'}}, ['"queue" and "status"', 'same page']),
    ({'pages': {'archive': 'Archive/{year}'}}, ['{month}']),
    ({'pages': {'que': 'X'}}, ['did you mean "queue"']),
    ({'channels': {'news': {'network': 'x'}}}, ['“news”']),
    ({'channels': {'My-X': {'network': 'x'}}}, ['“My-X”', 'lower-case']),
    ({'channels': {'mine': {}}}, ['"channels" → "mine" → "network" is missing']),
    ({'channels': {'x': {'network': 'twitter'}}}, ['"network"', 'mastodon']),
    ({'channels': {'x': {'posts per dy': 1}}}, ['did you mean "posts per day"']),
    ({'channels': {'x': {'characters': 0}}}, ['1 or more']),
    ({'channels': []}, ['"channels"', 'an object']),
    ({'pointers': {'Help me': 'https://a.b'}}, ['“Help me”']),
    ({'pointers': {'help': 'no link'}}, ['a link']),
    ({'language': 'English'}, ['"language"', 'language code']),
    ({'desk': 'My Desk'}, ['"desk"', 'lower-case']),
    ({'protection': ''}, ['"protection"']),
    ({'protection': 'user'}, ['"protection"']),
    ({'x prices': {'post': -1}}, ['"x prices" → "post"']),
    ({'sources': {'tech news': 3}}, ['"sources" → "tech news"', 'an object']),
])  # fmt: skip
def test_mistakes_are_named(values: dict[str, Any], needles: list[str]) -> None:
    words = wrong_values(**values)
    for needle in needles:
        assert needle in words


def test_every_mistake_is_told_at_once() -> None:
    words = wrong('{"bot": 3, "approvers": {"groups": ["*"]}, "late hours": "x"}')
    assert len(words.splitlines()) == 4


@pytest.mark.parametrize(('text', 'needle'), [
    ('', 'line 1, column 1'),
    ('{"bot": "B",\n "approvers"}', 'line 2'),
    ('// note\n{}', 'line 1'),
    ('{"bot": "A", "bot": "B"}', '"bot" stands twice'),
    ('{"bot": "A", "approvers": {"users": ["A"], "users": ["B"]}}', '"users" stands twice'),
    ('{"late hours": NaN}', 'NaN'),
    ('{"late hours": 1e999, "bot": "A", "approvers": {"groups": ["a"]}}', 'late hours'),
    ('[' * 100_000, 'nested'),
    ('{"late hours": ' + '1' * 5000 + '}', 'too long'),
    ('[]', 'an object'),
    ('null', 'an object'),
    ('{"bot": "\\ud800"}', 'JSON'),
])  # fmt: skip
def test_what_is_no_configuration(text: str, needle: str) -> None:
    assert needle in wrong(text)


@pytest.mark.parametrize(('sources', 'needles'), [
    ({'tech news': {'weekz': 2}}, ['"sources" → "tech news" → "weekz"', 'did you mean "weeks"']),
    ({'tech news': {'page': 'Tech/News'}}, ['"page"', '{week}']),
    ({'feeds': {'a': {}}}, ['"feeds" → "a" → "url" is missing']),
    ({'feeds': {'a': {'url': 'http://a.example/feed'}}}, ['"url"', 'https://']),
    ({'feeds': {'a': {'url': 'https://u:p@a.example/'}}}, ['no user name']),
    ({'feeds': {'A!': {'url': 'https://a.example/'}}}, ['“A!”', 'lower-case']),
    ({'events': {'calendars': {'a': {'url': 'https://a.example/', 'zone': 'Mars'}}}}, ['"zone"', 'time zone']),
    ({'events': {'calendars': {'a': {'url': 'https://a.example/'}}, 'pages': {'a': {'page': 'A'}}}}, ['“a”']),
    ({'events': {'remind': ['month']}}, ['"remind"', '"week"']),
    ({'discussions': {'a': {'page': 'A', 'category': 'B'}}}, ['either "page" or "category"']),
    ({'releases': {'wiki': 'https://a.example/index.php'}}, ['"wiki"', 'api.php']),
    ({'releases': {'wiki': 'localhost'}}, ['"wiki"', 'host']),
    ({'metrics': {'a': {'statistic': 'cats'}}}, ['"statistic"', '"articles"']),
    ({'most per run': 100}, ['"most per run"', '12']),
])  # fmt: skip
def test_mistakes_in_sources_are_named(sources: dict[str, Any], needles: list[str]) -> None:
    words = wrong_values(sources=sources)
    for needle in ['"sources"', *needles]:
        assert needle in words


def test_words_of_sources_are_lists() -> None:
    words = {'words': ['MediaWiki', 'Parsoid']}
    sources = parse(
        sources={
            'feeds': {'one': {'url': 'https://a.example/', **words}},
            'events': {
                'calendars': {'two': {'url': 'https://a.example/', **words}},
                'pages': {'three': {'page': 'Events', **words}},
            },
            'discussions': {'four': {'page': 'Talk', **words}},
        }
    ).sources
    assert sources.events is not None
    for found in (
        sources.feeds['one'], sources.events.calendars['two'], sources.events.pages['three'],
        sources.discussions['four'],
    ):  # fmt: skip
        assert found.words == ('MediaWiki', 'Parsoid')


def test_the_page_that_setup_makes_lacks_a_bot_and_an_approver_only() -> None:
    page = next(page for page in pages() if page.title == TITLE)
    text = json.loads(page.text)
    config = parse_config(json.dumps({**text, **LEAST}), TITLE)
    assert config.sources.feeds['diff'].words == ('MediaWiki',)


@pytest.mark.parametrize(
    'path', [*sorted(ROOT.glob('docs/*.md')), ROOT / 'README.md'], ids=lambda one: one.name
)
def test_what_the_documentation_shows_is_right(path: Path) -> None:
    for part in path.read_text('utf-8').split('```json\n')[1:]:
        shown = part.partition('```')[0].strip()
        parse(**json.loads(shown if shown.startswith('{') else f'{{{shown}}}'))


def test_sources_have_defaults() -> None:
    assert parse().sources.tech_news is None
    sources = parse(
        sources={'tech news': {}, 'releases': {'wiki': ''}, 'events': {}, 'facts': {}}
    ).sources
    assert sources.tech_news and sources.tech_news.wiki == 'https://meta.wikimedia.org/w/api.php'
    assert sources.releases and sources.releases.wiki == ''
    assert sources.most_per_run == 10


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(['bot', 'pages', 'queue', 'channels', 'x', 'network', 'approvers', 'users',
                         'groups', 'name', 'second person', 'words', 'pointers', 'é']),
        inner, max_size=4,
    ),
    max_leaves=8,
))  # fmt: skip
def test_whatever_stands_there_is_a_configuration_or_an_error_in_words(value: Any) -> None:
    try:
        config = parse_config(json.dumps(value), TITLE)
    except ConfigurationError as error:
        assert TITLE in str(error) and 'something else' not in str(error)
    else:
        assert config.rules().bot


def test_every_key_is_documented() -> None:
    """Operators look for it in the README's table."""
    table = (ROOT / 'README.md').read_text('utf-8').partition('| key of the configuration |')[2]
    told = {
        key
        for line in table.partition('\n\n')[0].splitlines()
        for key in re.findall(r'`([a-z ]+)`', line.split('|')[1])
    }
    keys = {field.alias or name for name, field in DeskConfig.model_fields.items()}
    assert told == {key.replace('_', ' ') for key in keys}
