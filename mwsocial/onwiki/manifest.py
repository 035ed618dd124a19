"""The pages that the desk keeps on the wiki: which there are, what is in them, who may write them.

Texts are the files of ``pages/``, one for each page. What the installer makes carries a stamp, by
which a later version recognises a page that nobody has changed since.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from importlib import resources

import mwsocial
from mwsocial.onwiki.prose import unmarked, untranslated, with_languages

#: Areas of ``mwsocial/i18n`` whose sentences the cards use.
AREAS = ('values', 'validity', 'onwiki', 'lists', 'overview', 'forms', 'heads')
_QUEUE = 'Social media/Queue'
_CONFIGURATION = 'MediaWiki:Social-media.json'
_MENTIONS = 'Social media/Mentions'
_SUGGESTIONS = 'Social media/Suggestions'
_ACCOUNTS = 'Social media/Accounts'
_STATISTICS = 'Social media/Statistics'


class Writer(Enum):
    """Who can write a page, from those who need least to those who need most."""

    EDITOR = 'an editor'
    ADMIN = 'an administrator'
    INTERFACE_ADMIN = 'an interface administrator'


class Kind(Enum):
    """What becomes of a page after it was made."""

    #: ours: a later version replaces it where nobody has changed it
    OURS = 'ours'
    #: theirs from the first moment on: written once, never again
    THEIRS = 'theirs'


@dataclass(frozen=True)
class OnwikiPage:
    """One page of the desk.

    ``model``: MediaWiki's content model. ``text``: what the installer writes, without the stamp.
    ``edit`` and ``move``: the protection that it must have: a level of the wiki (``sysop``), or ''.
    ``checked``: whether the bot posts only while it is protected so, because it decides what
    approvers see or what counts.
    """

    title: str
    file: str
    model: str
    text: str
    kind: Kind = Kind.OURS
    edit: str = ''
    move: str = ''
    checked: bool = False
    #: the extension of the wiki without which the page is not there
    extension: str = ''

    @property
    def writer(self) -> Writer:
        """Who can write it once it is protected (MediaWiki, Manual:User rights)."""
        if self.title.startswith('MediaWiki:'):
            if self.title.endswith(('.css', '.js')):
                return Writer.INTERFACE_ADMIN
            return Writer.ADMIN
        return Writer.ADMIN if self.edit else Writer.EDITOR

    @property
    def protection(self) -> Mapping[str, str]:
        """The protection that it must have, by action."""
        return {
            action: level for action, level in (('edit', self.edit), ('move', self.move)) if level
        }

    @property
    def irreplaceable(self) -> bool:
        """Whether its history holds what nothing else does: who approved what, and what was sent."""
        return self.kind is Kind.THEIRS and self.checked and self.model == 'wikitext'

    def stamped(self) -> str:
        """The text with the stamp of this version, as the installer writes it."""
        if self.kind is Kind.THEIRS:
            return self.text
        stamp = f'mwsocial {mwsocial.__version__} {_digest(self.text)}'
        text = self.text.rstrip()
        if self.model == 'Scribunto':
            return f'{text}\n-- {stamp}'
        if self.model in ('javascript', 'css', 'sanitized-css'):
            return f'{text}\n/* {stamp} */'
        return f'{text}<noinclude><!-- {stamp} --></noinclude>'


def pages(
    queue: str = _QUEUE,
    configuration: str = _CONFIGURATION,
    level: str = 'sysop',
    mentions: str = _MENTIONS,
    suggestions: str = _SUGGESTIONS,
    accounts: str = _ACCOUNTS,
    statistics: str = _STATISTICS,
    extensions: Collection[str] = (),
) -> tuple[OnwikiPage, ...]:
    """All pages of the desk, in the order in which they are best written.

    *queue*, *configuration*, *mentions*, *suggestions*, *accounts*, *statistics*: the titles of those
    pages; *level*: the protection that the configuration asks for; *extensions*: those that the wiki has
    (``action=query&meta=siteinfo&siprop=extensions``), of which TemplateStyles and Translate count.
    """
    found = (
        *_pages(queue, configuration, level, mentions, suggestions),
        *_lists(configuration, level, accounts, statistics),
    )
    if 'Translate' not in extensions:
        found = tuple(replace(page, text=untranslated(page.text)) for page in found)
    return tuple(page for page in found if not page.extension or page.extension in extensions)


def _pages(
    queue: str, configuration: str, level: str, mentions: str, suggestions: str
) -> Iterator[OnwikiPage]:
    def text(file: str) -> str:
        found = _read(file)
        for usual, title in (
            (_QUEUE, queue), (_CONFIGURATION, configuration), (_MENTIONS, mentions),
            (_SUGGESTIONS, suggestions),
        ):  # fmt: skip
            found = found.replace(usual, _escaped(title, file))
        return found

    def guarded(title: str, file: str, model: str = 'wikitext') -> OnwikiPage:
        return OnwikiPage(title, file, model, text(file), edit=level, move=level, checked=True)

    yield OnwikiPage(
        configuration, 'MediaWiki/Social-media.json', 'json', text('MediaWiki/Social-media.json'),
        Kind.THEIRS, '' if configuration.startswith('MediaWiki:') else level,
        '' if configuration.startswith('MediaWiki:') else level, checked=True,
    )  # fmt: skip
    yield OnwikiPage(
        'Module:Social media/i18n', '', 'Scribunto', messages(),
        edit=level, move=level, checked=True,
    )  # fmt: skip
    for name in (
        'desk', 'limits/data', 'limits/text', 'limits/domains', 'limits/mastodon', 'limits/x', 'limits',
        'addresses', 'values', 'tools', 'source', 'check', 'look', 'actions', 'previews', 'card', 'heads',
        '',
    ):  # fmt: skip
        page = f'Social media/{name}'.rstrip('/')
        yield guarded(f'Module:{page}', f'Module/{page}.lua', 'Scribunto')
    # They show how old the status page is, and what waits: nothing that anybody approves.
    for name in ('status', 'overview'):
        file = f'Module/Social media/{name}.lua'
        yield OnwikiPage(
            f'Module:Social media/{name}', file, 'Scribunto', text(file), edit=level, move=level
        )
    for name in ('overview', 'head'):
        page = f'Social media {name}'
        file = f'Template/{page}.wikitext'
        yield OnwikiPage(f'Template:{page}', file, 'wikitext', text(file), edit=level, move=level)
        file = f'Template/{page}/doc.wikitext'
        yield OnwikiPage(f'Template:{page}/doc', file, 'wikitext', text(file))
    yield OnwikiPage(
        'Module:Social media/doc', 'Module/Social media/doc.wikitext', 'wikitext',
        text('Module/Social media/doc.wikitext'),
    )  # fmt: skip
    file = 'Template/Social media/styles.css'
    yield OnwikiPage(
        'Template:Social media/styles.css', file, 'sanitized-css', text(file), edit=level, move=level,
        checked=True, extension='TemplateStyles',
    )  # fmt: skip
    # Whoever wants it switches it on; only interface administrators may write it.
    for name, model in (('js', 'javascript'), ('css', 'css')):
        file = f'MediaWiki/Gadget-SocialMediaDesk.{name}'
        words = text(file).replace('{};/* messages */', f'{_gadget_messages()};')
        yield OnwikiPage(f'MediaWiki:Gadget-SocialMediaDesk.{name}', file, model, words)
    for name in ('item', 'mention', 'decision', 'stop'):
        page = f'Social media {name}'
        yield guarded(f'Template:{page}', f'Template/{page}.wikitext')
        file = f'Template/{page}/doc.wikitext'
        yield OnwikiPage(f'Template:{page}/doc', file, 'wikitext', text(file))
    for name in ('Decision preload', 'Decision editintro'):
        yield guarded(f'{queue}/{name}', f'{_QUEUE}/{name}.wikitext')
    for name in ('Decision preload', 'Decision editintro'):
        yield guarded(f'{mentions}/{name}', f'{_MENTIONS}/{name}.wikitext')
    for name in (
        'Preload',
        'Preload release',
        'Preload event',
        'Preload share',
        'Preload again',
        'Editintro',
    ):
        file = f'{_QUEUE}/{name}.wikitext'
        yield OnwikiPage(f'{queue}/{name}', file, 'wikitext', text(file), edit='autoconfirmed')
    file = f'{_QUEUE}.wikitext'
    yield OnwikiPage(queue, file, 'wikitext', text(file), Kind.THEIRS, move=level, checked=True)
    file = f'{_MENTIONS}.wikitext'
    yield OnwikiPage(mentions, file, 'wikitext', text(file), Kind.THEIRS, move=level, checked=True)
    # What stands there is only proposed, so nothing waits for its protection.
    file = f'{_SUGGESTIONS}.wikitext'
    yield OnwikiPage(suggestions, file, 'wikitext', text(file), Kind.THEIRS, move=level)


def _lists(configuration: str, level: str, accounts: str, statistics: str) -> Iterator[OnwikiPage]:
    """The pages of accounts and statistics: nobody approves a post by what they show."""

    def text(file: str) -> str:
        found = _read(file)
        for usual, title in (
            (_CONFIGURATION, configuration), (_ACCOUNTS, accounts), (_STATISTICS, statistics),
        ):  # fmt: skip
            found = found.replace(usual, _escaped(title, file))
        return found

    for name in ('accounts', 'statistics'):
        title, file = f'Module:Social media/{name}', f'Module/Social media/{name}.lua'
        yield OnwikiPage(title, file, 'Scribunto', text(file), edit=level, move=level)
    for name in ('account', 'statistics'):
        title, file = f'Template:Social media {name}', f'Template/Social media {name}.wikitext'
        yield OnwikiPage(title, file, 'wikitext', text(file), edit=level, move=level)
        file = f'Template/Social media {name}/doc.wikitext'
        yield OnwikiPage(f'{title}/doc', file, 'wikitext', text(file))
    for name in ('Preload', 'Editintro'):
        file = f'{_ACCOUNTS}/{name}.wikitext'
        yield OnwikiPage(f'{accounts}/{name}', file, 'wikitext', text(file), edit='autoconfirmed')
    for title, file in (
        (accounts, f'{_ACCOUNTS}.wikitext'), (statistics, f'{_STATISTICS}.wikitext')
    ):  # fmt: skip
        yield OnwikiPage(title, file, 'wikitext', text(file), Kind.THEIRS, move=level)


def messages() -> str:
    """``Module:Social media/i18n``: the cards' sentences in every language that has some."""
    languages = _languages(AREAS)
    lines = ['-- Made from mwsocial’s message files: change the sentences there.', 'return {']
    for language in sorted(languages):
        lines.append(f'[{_quoted(language)}] = {{')
        lines += [
            f'[{_quoted(key)}] = {_quoted(words)},'
            for key, words in sorted(languages[language].items())
        ]
        lines.append('},')
    return '\n'.join([*lines, '}', ''])


def _gadget_messages() -> str:
    """The gadget's sentences by language, as JavaScript."""
    return json.dumps(_languages(('gadget',)), ensure_ascii=False, indent='\t', sort_keys=True)


def _languages(areas: Iterable[str]) -> dict[str, dict[str, str]]:
    """All sentences of some areas, by language and key."""
    languages: dict[str, dict[str, str]] = {}
    for area in areas:
        folder = resources.files('mwsocial').joinpath('i18n', area)
        for file in folder.iterdir() if folder.is_dir() else ():
            language = file.name.removesuffix('.json')
            if language != 'qqq' and file.name.endswith('.json'):
                found = json.loads(file.read_text('utf-8'))
                languages.setdefault(language, {}).update(
                    {key: words for key, words in found.items() if not key.startswith('@')}
                )
    return languages


def is_unchanged(text: str) -> bool:
    """Whether *text* is a page just as some version of the installer wrote it."""
    found = _STAMP.search(text.rstrip())
    if not found:
        return False
    return _digest(unmarked(text[: found.start()])) in found.groups()


def without_stamp(text: str) -> str:
    """The text of a page without the installer's stamp."""
    return _STAMP.sub('', text.rstrip())


_STAMP = re.compile(
    r'(?:\n-- mwsocial \S+ ([0-9a-f]{16})|\n/\* mwsocial \S+ ([0-9a-f]{16}) \*/'
    r'|<noinclude><!-- mwsocial \S+ ([0-9a-f]{16}) --></noinclude>)\Z'
)


def _digest(text: str) -> str:
    # MediaWiki trims the end of a page when it saves it.
    return hashlib.sha256(text.rstrip().encode()).hexdigest()[:16]


def _escaped(title: str, file: str) -> str:
    # A title may hold quotes and backslashes; in modules, scripts and JSON it stands between quotes.
    if file.endswith('.json'):
        return json.dumps(title, ensure_ascii=False)[1:-1]
    if file.endswith(('.lua', '.js')):
        return title.replace('\\', '\\\\').replace("'", "\\'")
    return title


def _quoted(text: str) -> str:
    escapes = {'\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r'}
    return '"' + ''.join(escapes.get(char, char) for char in text) + '"'


@cache
def _read(file: str) -> str:
    text = resources.files('mwsocial.onwiki').joinpath('pages', *file.split('/')).read_text('utf-8')
    return (
        with_languages(text, _languages(('templatedata',)))
        if file.endswith('/doc.wikitext')
        else text
    )
