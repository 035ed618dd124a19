"""The plan writes what it may, asks people for the rest, and overwrites nothing of theirs."""

from __future__ import annotations

import json

import pytest

from mwsocial.onwiki import introduction
from mwsocial.onwiki.install import GADGET, MARK, Action, Standing, hints, link, plan, report
from mwsocial.onwiki.manifest import Kind, OnwikiPage, Writer, pages
from mwsocial.wiki.config import parse_config

EDITOR = frozenset({'edit', 'createpage', 'editsemiprotected', 'autoconfirmed'})
ADMIN = EDITOR | {'editprotected', 'editinterface', 'editsitejson', 'protect'}
GUARDED = OnwikiPage(
    'Template:A', 'a', 'wikitext', 'new\n', edit='sysop', move='sysop', checked=True
)
OLD = OnwikiPage('Template:A', 'a', 'wikitext', 'old\n').stamped()
BOTH = {'edit': 'sysop', 'move': 'sysop'}


def _one(actions: tuple[Action, ...], verb: str) -> Action:
    (action,) = [action for action in actions if action.verb == verb]
    return action


def test_on_an_empty_wiki_an_administrator_writes_everything() -> None:
    manifest = pages()
    actions = plan(manifest, {}, ADMIN)
    assert [a.page.title for a in actions if a.verb == 'create'] == [p.title for p in manifest]
    # Scripts and styles are for interface administrators (MediaWiki, Manual:User rights).
    gadget = [f'MediaWiki:Gadget-SocialMediaDesk.{kind}' for kind in ('js', 'css')]
    assert [action.page.title for action in actions if not action.mine] == gadget
    said = report(actions, 'https://wiki.test/index.php')
    assert 'an interface administrator' in said and all(title in said for title in gadget)
    actions = plan(manifest, {}, [*ADMIN, 'editsitejs', 'editsitecss'])
    assert all(action.mine for action in actions)
    assert report(actions, 'https://wiki.test/index.php') == ''


def test_on_an_empty_wiki_an_editor_leaves_the_configuration_and_protections_to_others() -> None:
    actions = plan(pages(), {}, EDITOR)
    left = {(action.verb, action.page.title) for action in actions if not action.mine}
    assert ('create', 'MediaWiki:Social-media.json') in left
    assert ('protect', 'Template:Social media item') in left
    assert ('create', 'Template:Social media item') not in left
    words = report(actions, 'https://wiki.test/index.php')
    assert words.startswith('For an administrator:\n* create MediaWiki:Social-media.json')
    assert 'https://wiki.test/index.php?title=MediaWiki:Social-media.json&action=edit' in words
    assert 'For an editor' not in words


def test_a_deleted_queue_is_restored_by_an_administrator() -> None:
    """Not made anew, whatever the account may do: its history holds the approvals and records."""
    queue = 'Social media/Queue'
    assert [page.title for page in pages() if page.irreplaceable] == [
        queue,
        'Social media/Mentions',
    ]
    actions = [one for one in plan(pages(), {}, ADMIN, deleted=[queue]) if one.page.title == queue]
    (action,) = actions
    assert (action.verb, action.mine, action.who) == ('restore', False, Writer.ADMIN)
    words = report(actions, 'https://wiki.test/index.php')
    assert 'restore Social media/Queue, which was deleted' in words
    assert 'index.php?title=Special:Undelete&target=Social_media/Queue' in words


def test_a_page_is_protected_after_it_was_written() -> None:
    assert [action.verb for action in plan([GUARDED], {}, ADMIN)] == ['create', 'protect']


def test_what_is_in_order_needs_nothing() -> None:
    for text in (GUARDED.stamped(), GUARDED.text, 'new'):
        assert plan([GUARDED], {'Template:A': Standing(text, protection=BOTH)}, EDITOR) == ()


def test_an_old_version_of_ours_is_replaced() -> None:
    found = plan([GUARDED], {'Template:A': Standing(OLD, protection=BOTH)}, ADMIN)
    (action,) = found
    assert (action.verb, action.mine, action.text) == ('upgrade', True, GUARDED.stamped())
    assert action.summary.startswith(MARK)


def test_an_old_version_that_the_account_may_not_write_is_left_to_an_administrator() -> None:
    (action,) = plan([GUARDED], {'Template:A': Standing(OLD, protection=BOTH)}, EDITOR)
    assert (action.verb, action.mine, action.who) == ('upgrade', False, Writer.ADMIN)


@pytest.mark.parametrize('text', ['mine', 'mine' + OLD, OLD.replace('old', 'mine'), ''])
def test_what_people_changed_is_never_overwritten(text: str) -> None:
    (action,) = plan([GUARDED], {'Template:A': Standing(text, protection=BOTH)}, ADMIN)
    assert (action.verb, action.mine) == ('compare', False)
    assert '+new' in action.diff
    assert '+new' in report([action], 'https://wiki.test/index.php')


def test_another_content_model_is_for_a_person() -> None:
    standing = Standing(OLD, 'Scribunto', BOTH)
    (action,) = plan([GUARDED], {'Template:A': standing}, ADMIN)
    assert action.verb == 'compare'
    assert 'content model Scribunto' in action.diff


def test_configuration_and_queue_are_never_overwritten() -> None:
    theirs = [page for page in pages() if page.kind is Kind.THEIRS]
    assert {page.title for page in theirs} == {
        'MediaWiki:Social-media.json',
        'Social media/Queue',
        'Social media/Suggestions',
        'Social media/Mentions',
        'Social media/Accounts',
        'Social media/Statistics',
    }
    existing = {page.title: Standing('theirs', page.model, page.protection) for page in theirs}
    assert plan(theirs, existing, ADMIN) == ()


@pytest.mark.parametrize(
    ('levels', 'enough'),
    [
        ({}, False),
        ({'edit': 'sysop'}, False),
        ({'edit': 'autoconfirmed', 'move': 'sysop'}, False),
        (BOTH, True),
        ({'edit': 'templateeditor', 'move': 'templateeditor'}, False),
    ],
)
def test_missing_protection_is_named(levels: dict[str, str], enough: bool) -> None:
    actions = plan([GUARDED], {'Template:A': Standing(GUARDED.text, protection=levels)}, EDITOR)
    assert (actions == ()) is enough
    if not enough:
        assert not _one(actions, 'protect').mine
        assert 'action=protect' in report(actions, 'https://wiki.test/index.php')


def test_more_protection_than_asked_for_is_enough() -> None:
    page = OnwikiPage('Q/Preload', 'q', 'wikitext', 'x', edit='autoconfirmed')
    assert plan([page], {'Q/Preload': Standing('x', protection={'edit': 'sysop'})}, EDITOR) == ()


def test_links_hold_any_title() -> None:
    page = OnwikiPage('Vorlage:Ü & Ö?', '', 'wikitext', '')
    found = link('https://wiki.test/index.php', page, 'edit')
    assert found == ('https://wiki.test/index.php?title=Vorlage:%C3%9C_%26_%C3%96%3F&action=edit')


def test_what_people_changed_is_overwritten_where_somebody_says_so() -> None:
    theirs = Standing(GUARDED.stamped() + 'more', protection=BOTH)
    (action,) = plan([GUARDED], {'Template:A': theirs}, ADMIN)
    assert (action.verb, action.mine) == ('compare', False)
    (action,) = plan([GUARDED], {'Template:A': theirs}, ADMIN, ['Template:A'])
    assert (action.verb, action.mine, action.text) == ('overwrite', True, GUARDED.stamped())
    assert '-new' in action.diff or 'more' in action.diff
    (action,) = plan([GUARDED], {'Template:A': theirs}, EDITOR, ['Template:A'])
    assert (action.verb, action.mine) == ('overwrite', False)
    assert 'though it was changed here' in report((action,), 'https://wiki.test/index.php')
    # The markers of a page that is marked for translation belong to its translations.
    marked = Standing('<translate>\n<!--T:1-->\nA</translate>', protection=BOTH)
    (action,) = plan([GUARDED], {'Template:A': marked}, ADMIN, ['Template:A'])
    assert (action.verb, action.mine) == ('compare', False)


def test_hints_are_about_what_is_not_there() -> None:
    manifest = pages()
    queue = next(page for page in manifest if page.title == 'Social media/Queue')
    assert hints({queue.title: Standing(queue.text)}, manifest, GADGET) == ''
    said = hints({queue.title: Standing('{{Social media overview}}')}, manifest, '')
    assert 'Social media/Queue has no {{Social media head|queue}}' in said
    assert 'overview' not in said and GADGET in said


@pytest.mark.parametrize('translate', [True, False])
def test_the_words_for_the_page_of_the_accounts(translate: bool) -> None:
    config = parse_config(
        json.dumps(
            {
                'bot': 'Bot', 'approvers': {'groups': ['sysop']}, 'pages': {'queue': 'Project:Posts'},
                'channels': {
                    'mastodon': {'network': 'mastodon', 'account': '@mediawiki@wikis.world'},
                    'tech': {'network': 'x', 'account': '@Wikimediatech'},
                    'facebook': {'network': 'facebook', 'account': 'MediaWiki', 'enabled': False},
                },
            }
        ),
        'C',
    )  # fmt: skip
    text = introduction.text(config, 'MediaWiki:Social-media.json', translate)
    assert '| Mastodon || [https://wikis.world/@mediawiki @mediawiki@wikis.world]' in text
    assert '| X (tech) || [https://x.com/Wikimediatech @Wikimediatech]' in text
    assert 'Facebook' not in text and '$' not in text
    assert 'page=Project:Posts\npreload=Project:Posts/Preload' in text
    assert ('<translate>' in text) is translate
    assert text.count('<translate>') == text.count('</translate>')
    assert text.splitlines()[0] == ('<languages/>' if translate else '<inputbox>')
    if not translate:
        table = '{| class="wikitable"\n! Network !! Account\n|-\n| Mastodon || '
        assert f'</inputbox>\n\n== Main accounts ==\n{table}' in text
        assert '== How a post comes about ==\n# Anyone proposes' in text
        assert 'buttonlabel=Propose a post\n</inputbox>' in text
        assert '\n\n\n' not in text and text.endswith('don’t post.\n')


def test_what_is_left_to_people_says_where_the_text_is() -> None:
    """Who has only the wiki before them has no file; every page can be printed."""
    for text, verb in ((None, 'create'), (OLD, 'replace')):
        there = {'Template:A': Standing(text, protection=BOTH)} if text else {}
        said = report(plan([GUARDED], there, frozenset()), 'https://wiki.test/index.php')
        assert f'* {verb} Template:A with what  setup_desk "-print:Template:A"  prints\n' in said
