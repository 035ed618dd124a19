"""What approvers are shown is as safe as the rules, or nothing is posted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mwsocial.delivery.protection import unsafe_pages
from mwsocial.onwiki.manifest import pages
from mwsocial.wiki.read import PageState

WANTED = pages(extensions={'TemplateStyles'})
SHEET = 'Template:Social media/styles.css'


def states() -> dict[str, PageState]:
    """All pages as setup_desk and an administrator leave them."""
    return {
        page.title: PageState(
            page.title,
            namespace=8 if page.title.startswith('MediaWiki:') else 10,
            revid=1,
            model=page.model,
            protection={action: frozenset({level}) for action, level in page.protection.items()},
        )
        for page in WANTED
    }


def test_nothing_is_wrong_where_all_is_as_it_should_be() -> None:
    assert unsafe_pages(WANTED, states()) == []


@pytest.mark.parametrize(
    'title',
    [SHEET, 'Module:Social media/heads', 'Module:Social media', 'Template:Social media item'],
)
def test_an_unprotected_page_is_named(title: str) -> None:
    """A style sheet can hide words and show others; the module of the heads runs in the form that approves."""
    found = states()
    found[title] = replace(found[title], protection={})
    (trouble, *more) = unsafe_pages(WANTED, found)
    assert all(title in one and 'not protected' in one for one in (trouble, *more))


@pytest.mark.parametrize(
    ('model', 'troubles'),
    # Where the extension is, whoever makes the page decides how the cards look.
    [('sanitized-css', 1), ('wikitext', 0)],
)
def test_a_missing_style_sheet_counts_where_the_wiki_would_use_one(
    model: str, troubles: int
) -> None:
    found = states()
    found[SHEET] = PageState(SHEET, namespace=10, missing=True, model=model)
    assert len(unsafe_pages(WANTED, found)) == troubles


def test_a_deleted_queue_is_to_be_restored_and_not_made_anew() -> None:
    """A new page over it would have no approvals and no records."""
    found = states()
    title = 'Social media/Queue'
    found[title] = PageState(title, missing=True)
    (trouble,) = unsafe_pages(WANTED, found)
    assert 'run setup_desk' in trouble
    (trouble,) = unsafe_pages(WANTED, found, deleted={title})
    assert 'was deleted' in trouble and 'restore it' in trouble and 'setup_desk' not in trouble


def test_a_page_of_another_kind_in_its_place_stops_nothing() -> None:
    """Where the extension is not, anybody may make that page: the desk must not stand still for it."""
    found = states()
    found[SHEET] = PageState(SHEET, namespace=10, revid=5, model='wikitext')
    assert unsafe_pages(WANTED, found) == []
