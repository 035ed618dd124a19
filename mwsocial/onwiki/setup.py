"""Installing the desk's pages on a wiki, as far as the account may; the rest is told to people."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from mwsocial.errors import EXIT_DONE, EXIT_PERSON, ConfigurationError
from mwsocial.onwiki import install
from mwsocial.onwiki.manifest import OnwikiPage, pages
from mwsocial.wiki.config import DeskConfig, parse_config
from mwsocial.wiki.read import PageState, snapshot
from mwsocial.wiki.save import Saved, save
from mwsocial.wiki.site import OpenWiki, open_wiki

#: So many pages are read at once: all their texts come in one answer.
BATCH = 20


def wanted_pages(wiki: OpenWiki) -> tuple[OnwikiPage, ...]:
    """The desk's pages under the titles of the configuration; the usual titles before there is one."""
    page = wiki.config_page
    if page.missing:
        return pages(configuration=page.title)
    try:
        config = parse_config(page.text, page.title)
    except ConfigurationError:
        # It is about to be filled in: the pages that explain it must not wait for it.
        return pages(configuration=page.title)
    return _pages(config, page.title)


def _pages(config: DeskConfig, title: str) -> tuple[OnwikiPage, ...]:
    titles = config.pages
    return pages(
        titles.queue, title, config.protection, titles.mentions, titles.suggestions,
        titles.accounts, titles.statistics,
    )  # fmt: skip


def standing(state: PageState) -> install.Standing:
    """A page as the installer's plan wants it."""
    order = ('autoconfirmed', 'sysop')
    protection = {
        action: max(levels, key=lambda level: order.index(level) if level in order else 0)
        for action, levels in state.protection.items()
        if levels
    }
    return install.Standing(state.text, state.model, protection)


def print_page(title: str, say: Callable[[str], None]) -> int:
    """Print the text of one page of the desk, for somebody who puts it there by hand."""
    for page in pages():
        if page.title == title:
            say(page.stamped())
            return EXIT_DONE
    raise ConfigurationError(
        f'The desk has no page “{title}”. It has:\n' + '\n'.join(f'- {p.title}' for p in pages())
    )


def setup_desk(options: argparse.Namespace, say: Callable[[str], None]) -> int:
    """The body of ``setup_desk``; returns the exit code: 1 while people have something left to do."""
    if options.print:
        return print_page(options.print, say)
    wiki = open_wiki()
    wanted = wanted_pages(wiki)
    existing = {}
    for start in range(0, len(wanted), BATCH):
        titles = [page.title for page in wanted[start : start + BATCH]]
        for title, state in snapshot(wiki.api, titles).pages.items():
            if not state.missing:
                existing[title] = state
    actions = install.plan(
        wanted, {title: standing(state) for title, state in existing.items()}, wiki.rights
    )
    person = False
    for action in actions:
        if not action.mine or action.verb == 'protect':
            person = True
            continue
        if options.simulate:
            say(f'would {action.verb} {action.page.title}')
            continue
        old = existing.get(action.page.title)
        saved = save(
            wiki.api,
            action.page.title,
            action.text,
            base=old.revid if old else 0,
            summary=action.summary,
        )
        if isinstance(saved, Saved):
            say(f'{action.verb}d {action.page.title}')
        else:
            person = True
            why = getattr(saved, 'reason', None)
            say(f'{action.page.title} was not saved: {why.text() if why else "it just changed"}')
    left = install.report(actions, wiki.index)
    say(left or 'All pages of the desk are in place.')
    return EXIT_PERSON if person else EXIT_DONE
