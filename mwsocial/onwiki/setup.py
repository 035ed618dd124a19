"""Installing the desk's pages on a wiki, as far as the account may; the rest is told to people."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection

from mwsocial.checking.approvers import ask_approvers
from mwsocial.errors import EXIT_DONE, EXIT_PERSON, ConfigurationError
from mwsocial.onwiki import install, introduction
from mwsocial.onwiki.manifest import OnwikiPage, pages
from mwsocial.reason import Reason
from mwsocial.wiki.config import DeskConfig, parse_config
from mwsocial.wiki.deletions import deleted_ones
from mwsocial.wiki.read import PageState, snapshot
from mwsocial.wiki.save import Saved, save
from mwsocial.wiki.site import OpenWiki, check_bot, check_config_page, open_wiki

_DONE = {'create': 'created', 'upgrade': 'upgraded', 'overwrite': 'overwrote'}
#: Where the wiki's gadgets are listed.
DEFINITION = 'MediaWiki:Gadgets-definition'
#: So many pages are read at once: all their texts come in one answer.
BATCH = 20


def wanted_pages(wiki: OpenWiki, extensions: Collection[str]) -> tuple[OnwikiPage, ...]:
    """The desk's pages under the titles of the configuration; the usual titles before there is one."""
    page = wiki.config_page
    if page.missing:
        return pages(configuration=page.title, extensions=extensions)
    try:
        config = parse_config(page.text, page.title)
    except ConfigurationError:
        # It is about to be filled in: the pages that explain it must not wait for it.
        return pages(configuration=page.title, extensions=extensions)
    return _pages(config, page.title, extensions)


def _pages(config: DeskConfig, title: str, extensions: Collection[str]) -> tuple[OnwikiPage, ...]:
    titles = config.pages
    return pages(
        titles.queue, title, config.protection, titles.mentions, titles.suggestions,
        titles.accounts, titles.statistics, extensions,
    )  # fmt: skip


def _configuration_fault(wiki: OpenWiki) -> str:
    """What is wrong with the configuration as it stands: why no run could begin, or whom it names that is
    not there; '' where nothing is, or it is not there yet.
    """
    page = wiki.config_page
    if page.missing:
        return ''
    try:
        check_config_page(page, wiki.account)
        config = parse_config(page.text, page.title)
        check_bot(config, page.title, wiki.account)
    except ConfigurationError as error:
        return str(error)
    return '\n'.join(f'- {one.text()}' for one in ask_approvers(wiki.api, config, page.title))


def _any_account(wiki: OpenWiki) -> list[str]:
    """The enabled channels that take whatever credential they are given."""
    try:
        config = parse_config(wiki.config_page.text, wiki.config_page.title)
    except ConfigurationError:
        return []
    return [name for name, one in config.enabled_channels.items() if not one.account.strip()]


def standing(state: PageState) -> install.Standing:
    """A page as the installer's plan wants it."""
    order = ('autoconfirmed', 'sysop')
    protection = {
        action: max(levels, key=lambda level: order.index(level) if level in order else 0)
        for action, levels in state.protection.items()
        if levels
    }
    return install.Standing(state.text, state.model, protection)


def _extensions(wiki: OpenWiki) -> frozenset[str]:
    answer = wiki.api.query({'meta': 'siteinfo', 'siprop': 'extensions'})
    return frozenset(one.get('name', '') for one in answer['query'].get('extensions', ()))


def print_page(title: str, say: Callable[[str], None]) -> int:
    """Print the text of one page of the desk, for somebody who puts it there by hand: what the script
    would write itself, stamp included, so that it is recognised later.
    """
    wiki = open_wiki()
    extensions = _extensions(wiki)
    # As it stands in the links that the script prints.
    title = title.replace('_', ' ')
    if title == introduction.TITLE:
        config = parse_config(wiki.config_page.text, wiki.config_page.title)
        say(introduction.text(config, wiki.config_page.title, 'Translate' in extensions))
        return EXIT_DONE
    wanted = wanted_pages(wiki, extensions)
    for page in wanted:
        if page.title == title:
            say(page.stamped())
            return EXIT_DONE
    raise ConfigurationError(
        f'The desk has no page “{title}” on this wiki. It has:\n'
        + '\n'.join(f'- {page.title}' for page in wanted)
    )


def setup_desk(options: argparse.Namespace, say: Callable[[str], None]) -> int:
    """The body of ``setup_desk``; returns the exit code: 1 while people have something left to do."""
    if options.print:
        return print_page(options.print, say)
    wiki = open_wiki()
    extensions = _extensions(wiki)
    wanted = wanted_pages(wiki, extensions)
    existing = {}
    titles = [*(page.title for page in wanted), DEFINITION]
    for start in range(0, len(titles), BATCH):
        some = titles[start : start + BATCH]
        for title, state in snapshot(wiki.api, some).pages.items():
            if not state.missing:
                existing[title] = state
    there = {title: standing(state) for title, state in existing.items()}
    unknown = set(options.overwrite) - {page.title for page in wanted}
    if unknown:
        raise ConfigurationError(f'The desk has no page “{sorted(unknown)[0]}” to overwrite.')
    gone = [page.title for page in wanted if page.irreplaceable and page.title not in there]
    deleted = deleted_ones(wiki.api, gone)
    actions = install.plan(wanted, there, wiki.rights, options.overwrite, deleted)
    person = False
    for action in actions:
        if action.verb == 'overwrite' and action.mine:
            say(f'{action.page.title} was changed here; what goes:\n{action.diff}')
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
            say(f'{_DONE[action.verb]} {action.page.title}')
        else:
            person = True
            why = getattr(saved, 'reason', None)
            say(f'{action.page.title} was not saved: {why.text() if why else "it just changed"}')
    left = install.report(actions, wiki.index)
    say(left or 'All pages of the desk are in place.')
    definition = there[DEFINITION].text if DEFINITION in there else ''
    more = install.hints(there, wanted, definition) if 'Gadgets' in extensions else ''
    if more and not options.simulate:
        say(f'\nIf you like:\n{more}')
    for name in _any_account(wiki):
        say(f'\n"channels" → "{name}": {Reason("checking-no-account").text()}')
    wrong = _configuration_fault(wiki)
    if wrong:
        person = True
        say(
            f'\nBefore the first run, an administrator has something to fill in or correct:\n{wrong}'
        )
    return EXIT_PERSON if person else EXIT_DONE
