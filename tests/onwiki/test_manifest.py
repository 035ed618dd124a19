"""The manifest is whole, and what it holds is what MediaWiki and TemplateData demand."""

from __future__ import annotations

import json
import re
from typing import Any

import mwparserfromhell
import pytest

from mwsocial.desk.item import BOT, CONTENT, EDITORS, is_bot
from mwsocial.onwiki import manifest
from mwsocial.onwiki.manifest import Kind, OnwikiPage, Writer
from mwsocial.onwiki.prose import is_marked, unmarked, untranslated

EXTENSIONS = ('TemplateStyles', 'Translate')
PAGES = {page.title: page for page in manifest.pages(extensions=EXTENSIONS)}
DOCS = [title for title in PAGES if title.startswith('Template:') and title.endswith('/doc')]


def _data(title: str) -> dict[str, Any]:
    found = re.findall(r'<templatedata>(.*?)</templatedata>', PAGES[title].text, re.DOTALL)
    assert len(found) == 1
    data: dict[str, Any] = json.loads(found[0])
    return data


def test_every_file_is_some_page() -> None:
    from importlib import resources

    def walk(folder: Any, path: str = '') -> set[str]:
        names: set[str] = set()
        for entry in folder.iterdir():
            name = f'{path}{entry.name}'
            names |= walk(entry, f'{name}/') if entry.is_dir() else {name}
        return names

    files = walk(resources.files('mwsocial.onwiki').joinpath('pages'))
    assert files == {page.file for page in PAGES.values()} - {''}


def test_no_title_twice() -> None:
    assert len(PAGES) == len(manifest.pages(extensions=EXTENSIONS))


def test_what_shows_or_decides_is_guarded() -> None:
    for title, page in PAGES.items():
        if title.startswith(('Module:', 'Template:')) and not title.endswith('/doc'):
            # Nobody approves a post by what the lists and the overview show.
            checked = not title.endswith(
                (
                    '/accounts',
                    ' account',
                    '/statistics',
                    ' statistics',
                    '/status',
                    '/overview',
                    ' overview',
                    ' head',
                )
            )
            assert (page.edit, page.move, page.checked) == ('sysop', 'sysop', checked), title
    queue = PAGES['Social media/Queue']
    assert (queue.edit, queue.move, queue.checked) == ('', 'sysop', True)


def test_the_level_of_the_configuration_is_asked_for() -> None:
    pages = {page.title: page for page in manifest.pages(level='templateeditor')}
    assert pages['Template:Social media item'].edit == 'templateeditor'
    assert pages['Social media/Queue'].move == 'templateeditor'


def test_titles_of_the_configuration_go_into_the_texts() -> None:
    pages = {
        page.title: page
        for page in manifest.pages(queue='Project:Posts', configuration='User:Bot/Desk.json')
    }
    assert pages['Project:Posts/Preload'].text
    assert "queue = 'Project:Posts'," in pages['Module:Social media/tools'].text
    assert "configuration = 'User:Bot/Desk.json'" in pages['Module:Social media/desk'].text
    assert pages['User:Bot/Desk.json'].edit == 'sysop'
    assert not any('Social media/Queue' in page.text for page in pages.values())


def test_a_title_may_hold_quotes() -> None:
    pages = {page.title: page for page in manifest.pages(queue='Bob\'s "\\" queue')}
    assert r"""queue = 'Bob\'s "\\" queue',""" in pages['Module:Social media/tools'].text
    example = json.loads(pages['MediaWiki:Social-media.json'].text)
    assert example['pages']['queue'] == 'Bob\'s "\\" queue'


@pytest.mark.parametrize(
    ('title', 'writer'),
    [
        ('MediaWiki:Social-media.json', Writer.ADMIN),
        ('Social media/Queue/Preload', Writer.ADMIN),
        ('Social media/Queue', Writer.EDITOR),
        ('Template:Social media item', Writer.ADMIN),
        ('Template:Social media item/doc', Writer.EDITOR),
    ],
)
def test_who_can_write(title: str, writer: Writer) -> None:
    assert PAGES[title].writer is writer


def test_styles_and_scripts_of_the_site_need_an_interface_administrator() -> None:
    assert OnwikiPage('MediaWiki:Desk.css', '', 'css', '').writer is Writer.INTERFACE_ADMIN


@pytest.mark.parametrize('title', DOCS)
def test_templatedata_is_whole(title: str) -> None:
    data = _data(title)
    params = data['params']
    # Extension:TemplateData refuses a page whose paramOrder is not exactly the parameters.
    assert sorted(data['paramOrder']) == sorted(params)
    assert len(set(data['paramOrder'])) == len(data['paramOrder'])
    required = [bool(params[name].get('required')) for name in data['paramOrder']]
    assert required == sorted(required, reverse=True), 'required parameters come first'
    for name, param in params.items():
        assert param['label'], name
        assert param['description'], name


def test_templatedata_of_an_item_knows_every_parameter() -> None:
    data = _data('Template:Social media item/doc')
    params = data['params']
    assert {*CONTENT, *EDITORS, *BOT, 'sent-news'} <= set(params)
    assert [name for name in data['paramOrder'] if name in CONTENT] == list(CONTENT)
    assert data['format'].startswith('{{_\n| _') and data['format'].endswith('_\n}}\n')
    for name, param in params.items():
        assert bool(param.get('deprecated')) == is_bot(name), name


@pytest.mark.parametrize('title', [title for title in PAGES if 'Queue/Preload' in title])
def test_preloads_hold_one_item_with_known_parameters(title: str) -> None:
    text = PAGES[title].text.replace('<includeonly>', '').replace('</includeonly>', '')
    (template,) = mwparserfromhell.parse(text).filter_templates(recursive=False)
    assert template.name.strip() == 'Social media item'
    names = [param.name.strip() for param in template.params]
    assert names[0] == 'id'
    assert set(names) <= {*CONTENT, 'comment'}
    assert str(template.get('comment').value).strip() == '~~~~'


def test_a_preload_page_signs_nothing_when_it_is_saved_itself() -> None:
    for title, page in PAGES.items():
        if 'reload' in title:
            assert '~~~' not in page.text, title
            assert '{{subst:' not in page.text, title


def test_the_example_configuration_cannot_be_used_as_it_is() -> None:
    example = json.loads(PAGES['MediaWiki:Social-media.json'].text)
    assert not example['bot']
    assert not example['approvers']['users'] and not example['approvers']['groups']


def test_every_sentence_that_the_modules_use_exists() -> None:
    sentences = PAGES['Module:Social media/i18n'].text
    for title, page in PAGES.items():
        for key in re.findall(r"'(onwiki-[a-z-]*[a-z])'", page.text):
            if title.startswith('Module:') and not title.endswith('/i18n'):
                assert f'["{key}"]' in sentences, (title, key)


def test_every_sentence_is_used() -> None:
    code = ''.join(
        page.text
        for title, page in PAGES.items()
        if title.startswith('Module:') and not title.endswith('/i18n')
    )
    made = tuple(re.findall(r"'(onwiki-[a-z-]+-)' \.\.", code))
    named = {
        f'onwiki-{name}'
        for name in ('hold', 'decline', 'delete-posts', 'decline-asked', 'delete-posts-asked')
    }
    for key in re.findall(r'\["(onwiki-[^"]*)"\]', PAGES['Module:Social media/i18n'].text):
        assert f"'{key}'" in code or key.startswith(made) or key in named, key


def test_messages_are_documented() -> None:
    from importlib import resources

    folder = resources.files('mwsocial').joinpath('i18n', 'onwiki')
    english = json.loads(folder.joinpath('en.json').read_text('utf-8'))
    documented = json.loads(folder.joinpath('qqq.json').read_text('utf-8'))
    assert english.keys() == documented.keys()
    for key, words in english.items():
        if not key.startswith('@'):
            for number in re.findall(r'\$\d', words):
                assert number in documented[key], (key, number)


@pytest.mark.parametrize('title', PAGES)
def test_a_stamp_proves_that_nothing_was_changed(title: str) -> None:
    page = PAGES[title]
    text = page.stamped()
    if page.kind is Kind.THEIRS:
        assert text == page.text
        assert not manifest.is_unchanged(text)
        return
    assert manifest.is_unchanged(text)
    assert manifest.is_unchanged(text.rstrip() + '\n')
    assert manifest.without_stamp(text) == page.text.rstrip()
    assert not manifest.is_unchanged('x' + text)
    assert not manifest.is_unchanged(page.text)


def test_the_gadget_says_what_it_is_made_of() -> None:
    """Sentences of every language are in it; nothing in it is signed when the page is saved."""
    page = PAGES['MediaWiki:Gadget-SocialMediaDesk.js']
    assert page.writer is Writer.INTERFACE_ADMIN and page.model == 'javascript'
    assert 'Diese Wörter freigeben' in page.text and 'אישור המילים האלה' in page.text
    assert '~~~' not in page.text and '{{subst:' not in page.text
    assert manifest.is_unchanged(page.stamped())
    assert manifest.without_stamp(page.stamped()) == page.text.rstrip()


def test_a_wiki_without_the_extensions_gets_nothing_of_them() -> None:
    plain = {page.title: page for page in manifest.pages()}
    assert PAGES.keys() - plain.keys() == {'Template:Social media/styles.css'}
    for title, page in plain.items():
        assert '<translate>' not in page.text and '<languages' not in page.text, title
    for title in (*DOCS, 'Module:Social media/doc'):
        assert PAGES[title].text.startswith('<languages/>\n<translate>\n'), title
        assert untranslated(PAGES[title].text) == plain[title].text


@pytest.mark.parametrize('title', DOCS)
def test_templatedata_speaks_every_language(title: str) -> None:
    """Every label and description has a message; what was written in the page names it."""
    data = _data(title)
    for words in (
        data['description'],
        *(param[name] for param in data['params'].values() for name in ('label', 'description')),
    ):
        assert {'en', 'de', 'he'} <= set(words), words


def test_a_page_marked_for_translation_is_still_ours() -> None:
    """Extension:Translate puts markers into it (Help:Extension:Translate/Page translation example)."""
    page = PAGES['Template:Social media stop/doc']
    first = page.text.index('<translate>\n') + len('<translate>\n')
    marked = f'{page.text[:first]}<!--T:1-->\n{page.text[first:]}'
    standing = OnwikiPage(page.title, page.file, page.model, marked).stamped()
    assert unmarked(marked) == page.text and is_marked(marked)
    assert unmarked('== A == <!--T:2-->\n\n<!--T:3-->\nB <!--T:x-->') == '== A ==\n\nB'
    assert manifest.is_unchanged(
        page.stamped().replace('<translate>\n', '<translate>\n<!--T:1-->\n')
    )
    assert manifest.without_stamp(standing).startswith('<languages/>')
