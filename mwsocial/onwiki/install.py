"""What is to be done to have the desk's pages on a wiki: written by the account, or by people.

Pure: what stands on the wiki goes in, a plan comes out. What people changed is overwritten only where
somebody names the page; where one differs from every version of ours, the plan shows how.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from mwsocial.onwiki.manifest import Kind, OnwikiPage, Writer, is_unchanged, without_stamp
from mwsocial.onwiki.prose import is_marked, unmarked

#: The gadget's line in MediaWiki:Gadgets-definition (Extension:Gadgets).
GADGET = (
    '* SocialMediaDesk[ResourceLoader|dependencies=mediawiki.api,mediawiki.util,oojs-ui-windows]'
    '|SocialMediaDesk.js|SocialMediaDesk.css'
)
#: Begins the summary of every edit of the installer.
MARK = 'mwsocial:setup'


@dataclass(frozen=True)
class Standing:
    """A page as it stands on the wiki now.

    ``protection``: the level for each protected action, as ``action=query&prop=info&inprop=protection``
    says (``{'edit': 'sysop'}``). ``model``: its content model.
    """

    text: str
    model: str = 'wikitext'
    protection: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """One thing to do with one page.

    ``verb``: ``create`` or ``upgrade`` (write ``text``), ``restore`` (it was deleted, and must not be
    made anew), ``compare`` (a person decides: ``diff`` leads from what stands there to ours),
    ``overwrite`` (a person has decided for ours: ``diff`` too), ``protect`` (as ``page.protection``
    says). ``mine``: whether the account may do it itself; otherwise ``who`` can.
    """

    verb: str
    page: OnwikiPage
    mine: bool
    who: Writer
    text: str = ''
    diff: str = ''

    @property
    def summary(self) -> str:
        """The edit summary."""
        return f'{MARK} {self.verb} [[{self.page.title}]]'


def plan(
    manifest: Iterable[OnwikiPage],
    existing: Mapping[str, Standing],
    rights: Iterable[str],
    overwrite: Collection[str] = (),
    deleted: Collection[str] = (),
) -> tuple[Action, ...]:
    """What is to be done, in order; nothing if all is well.

    *existing*: the pages of the manifest that exist, by title. *rights*: the account's user rights, as
    ``action=query&meta=userinfo&uiprop=rights`` lists them; *overwrite*: titles of pages that people
    changed and that are to be ours again; *deleted*: of irreplaceable pages that were deleted: they
    are not made anew. A page that must be protected is written first and protected afterwards.
    """
    has = frozenset(rights)
    actions = []
    for page in manifest:
        standing = existing.get(page.title)
        if standing is None and page.title in deleted:
            actions.append(Action('restore', page, False, Writer.ADMIN))
            continue
        writing = _writing(page, standing, has)
        if writing and writing.verb == 'compare' and page.title in overwrite:
            writing = _overwriting(writing, existing[page.title], has)
        if writing:
            actions.append(writing)
        protection = standing.protection if standing else {}
        if not all(
            _satisfies(protection.get(a, ''), level) for a, level in page.protection.items()
        ):
            actions.append(Action('protect', page, 'protect' in has, Writer.ADMIN))
    return tuple(actions)


def _writing(page: OnwikiPage, standing: Standing | None, has: frozenset[str]) -> Action | None:
    text = page.stamped()
    if standing is None:
        mine = {'edit', 'createpage'} <= has and _may(page, '', has)
        return Action('create', page, mine, _writer(page, ''), text)
    if page.kind is Kind.THEIRS:
        return None
    text_there = unmarked(without_stamp(standing.text))
    if text_there == page.text.rstrip() and standing.model == page.model:
        return None
    level = standing.protection.get('edit', '')
    # The markers of a page that is marked for translation belong to its translations.
    ours = is_unchanged(standing.text) and not is_marked(standing.text)
    if ours and standing.model == page.model:
        mine = 'edit' in has and _may(page, level, has)
        return Action('upgrade', page, mine, _writer(page, level), text)
    return Action('compare', page, False, _writer(page, level), text, _diff(page, standing))


def _overwriting(action: Action, standing: Standing, has: frozenset[str]) -> Action:
    page = action.page
    if is_marked(standing.text) or standing.model != page.model:
        return action
    mine = 'edit' in has and _may(page, standing.protection.get('edit', ''), has)
    return replace(action, verb='overwrite', mine=mine)


def _may(page: OnwikiPage, level: str, has: frozenset[str]) -> bool:
    # Manual:User rights. Levels are rights, but for the two that have a right of their own.
    needed = {'': 'edit', 'sysop': 'editprotected', 'autoconfirmed': 'editsemiprotected'}
    if needed.get(level, level) not in has:
        return False
    if not page.title.startswith('MediaWiki:'):
        return True
    kind = page.title.rpartition('.')[2]
    return {'editinterface', f'editsite{kind}' if kind in ('json', 'css', 'js') else 'edit'} <= has


def _writer(page: OnwikiPage, level: str) -> Writer:
    if page.title.startswith('MediaWiki:'):
        return page.writer
    return Writer.EDITOR if level in ('', 'autoconfirmed') else Writer.ADMIN


def _satisfies(level: str, wanted: str) -> bool:
    """Whether a page that is protected at *level* is protected enough."""
    order = ('', 'autoconfirmed', 'sysop')
    if level in order and wanted in order:
        return order.index(level) >= order.index(wanted)
    return level == wanted


def _diff(page: OnwikiPage, standing: Standing) -> str:
    lines = difflib.unified_diff(
        unmarked(without_stamp(standing.text)).splitlines(), page.text.rstrip().splitlines(),
        f'{page.title} (on the wiki)', f'{page.title} (mwsocial)', lineterm='',
    )  # fmt: skip
    found = '\n'.join(lines)
    if standing.model != page.model:
        found = f'content model {standing.model} instead of {page.model}\n{found}'
    return found


def report(actions: Sequence[Action], index: str) -> str:
    """What is left to people, with links, by who can do it; '' if nothing is.

    *index*: the address of the wiki's ``index.php``.
    """
    lines: list[str] = []
    for who in Writer:
        rest = [action for action in actions if not action.mine and action.who is who]
        if rest:
            lines += ['', f'For {who.value}:']
        for action in rest:
            lines += _lines(action, index)
    return '\n'.join(lines).strip()


def _lines(action: Action, index: str) -> list[str]:
    page = action.page
    if action.verb == 'protect':
        levels = ', '.join(f'{name}: {level}' for name, level in page.protection.items())
        why = ' (nothing is posted before)' if page.checked else ''
        return [f'* protect {page.title} ({levels}){why}', f'  {link(index, page, "protect")}']
    if action.verb == 'restore':
        query = {'title': 'Special:Undelete', 'target': page.title.replace(' ', '_')}
        return [
            f'* restore {page.title}, which was deleted: its history holds the approvals and records; '
            'do not make a new one (nothing is posted before)',
            f'  {index}?{urlencode(query, safe="/:", quote_via=quote)}',
        ]
    where = f'with what  setup_desk "-print:{page.title}"  prints'
    words = {
        'create': f'* create {page.title} {where}',
        'upgrade': f'* replace {page.title} {where}',
        'compare': f'* {page.title} was changed here: take over what is new',
        'overwrite': f'* replace {page.title} {where}, though it was changed here',
    }
    lines = [words[action.verb], f'  {link(index, page, "edit")}']
    return lines + [f'    {line}' for line in action.diff.splitlines()]


def hints(existing: Mapping[str, Standing], manifest: Iterable[OnwikiPage], gadgets: str) -> str:
    """What people may want to do, and nothing waits for; '' if there is nothing.

    *gadgets*: the text of MediaWiki:Gadgets-definition, '' where there is none.
    """
    lines = []
    for page in manifest:
        standing = existing.get(page.title)
        if page.kind is not Kind.THEIRS or standing is None or page.model != 'wikitext':
            continue
        calls = [line for line in page.text.splitlines() if re.fullmatch(r'\{\{[^{}]+\}\}', line)]
        lines += [
            f'* {page.title} has no {call}: put it on top, and the page shows more'
            for call in calls
            if call not in standing.text
        ]
    if 'SocialMediaDesk.js' not in gadgets:
        lines.append(
            '* for buttons without leaving the page, an interface administrator adds to '
            f'MediaWiki:Gadgets-definition: {GADGET}'
        )
    return '\n'.join(lines)


def link(index: str, page: OnwikiPage, action: str) -> str:
    """The address where a person does it: the form for editing or for protecting the page."""
    query = {'title': page.title.replace(' ', '_'), 'action': action}
    if action == 'protect':
        query |= {f'mwProtect-level-{name}': level for name, level in page.protection.items()}
    return f'{index}?{urlencode(query, safe="/:", quote_via=quote)}'
