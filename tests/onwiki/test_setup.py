"""``setup_desk -print:TITLE``: what somebody puts on the wiki by hand is what the script would have written."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import Any, cast

import pytest

from mwsocial.errors import ConfigurationError
from mwsocial.onwiki import setup
from mwsocial.onwiki.install import Standing, plan
from mwsocial.onwiki.manifest import Kind, is_unchanged
from mwsocial.wiki.read import PageState
from mwsocial.wiki.site import OpenWiki

CONFIG = 'MediaWiki:Desk.json'
TEXT = json.dumps(
    {
        'bot': 'Deskbot',
        'approvers': {'groups': ['sysop']},
        'protection': 'templateeditor',
        'pages': {'queue': 'Desk/Queue', 'accounts': 'Desk/Accounts'},
    }
)


@dataclass
class Wiki:
    """An API that knows the wiki's extensions only."""

    extensions: tuple[str, ...]

    def query(self, params: object) -> dict[str, Any]:
        """What ``siprop=extensions`` answers."""
        return {'query': {'extensions': [{'name': name} for name in self.extensions]}}


def opened(*extensions: str, text: str = TEXT) -> OpenWiki:
    """A wiki with that configuration."""
    page = PageState(CONFIG, revid=1 if text else 0, text=text, missing=not text)
    return OpenWiki(
        cast(Any, Wiki(extensions)), 'Deskbot', page, frozenset(), frozenset(), cast(Any, None),
        'https://wiki.test/index.php',
    )  # fmt: skip


def printed(monkeypatch: pytest.MonkeyPatch, wiki: OpenWiki, title: str) -> str:
    """What the script prints for one page."""
    monkeypatch.setattr(setup, 'open_wiki', lambda: wiki)
    lines: list[str] = []
    options = argparse.Namespace(print=title, simulate=False, overwrite=[])
    assert setup.setup_desk(options, lines.append) == 0
    return '\n'.join(lines)


@pytest.mark.parametrize('extensions', [(), ('TemplateStyles',), ('TemplateStyles', 'Translate')])
def test_what_is_put_there_by_hand_is_what_setup_would_write(
    monkeypatch: pytest.MonkeyPatch, extensions: tuple[str, ...]
) -> None:
    """With the titles of the configuration and for this wiki's extensions, and known again later."""
    wiki = opened(*extensions)
    wanted = setup.wanted_pages(wiki, extensions)
    assert 'Desk/Queue/Preload' in {page.title for page in wanted}
    there = {}
    for page in wanted:
        text = printed(monkeypatch, wiki, page.title)
        assert text == page.stamped()
        assert page.kind is Kind.THEIRS or is_unchanged(text)
        there[page.title] = Standing(text, page.model, page.protection)
    assert 'Desk/Accounts' in there['Template:Social media account/doc'].text
    assert not plan(wanted, there, ['edit'])


def test_before_there_is_a_configuration_the_usual_titles_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The configuration page itself is the first that somebody puts there by hand."""
    text = printed(monkeypatch, opened(text=''), CONFIG)
    assert json.loads(text)['pages']['queue'] == 'Social media/Queue'


def test_a_title_as_it_stands_in_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """The links that the script prints have underscores."""
    found = printed(monkeypatch, opened(), 'Template:Social_media_item')
    assert found == printed(monkeypatch, opened(), 'Template:Social media item')


def test_a_page_that_this_wiki_has_no_use_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What setup would not write is not printed either; the error says which pages there are."""
    with pytest.raises(ConfigurationError, match='- Desk/Queue\n'):
        printed(monkeypatch, opened(), 'Template:Social media/styles.css')
    with pytest.raises(ConfigurationError, match='no page “Social media/Queue”'):
        printed(monkeypatch, opened(), 'Social media/Queue')
