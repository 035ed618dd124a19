"""The pages that show what is approved must be as safe as the rules: else nothing is posted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from mwsocial.onwiki.manifest import OnwikiPage
from mwsocial.wiki.read import PageState

#: The namespace MediaWiki: only administrators (and interface administrators) can edit it anyway
#: (mediawiki.org, Manual:Interface/Access).
_NS_MEDIAWIKI = 8


def unsafe_pages(
    pages: Iterable[OnwikiPage], states: Mapping[str, PageState], deleted: Collection[str] = ()
) -> list[str]:
    """One sentence for each page that more people can change than may.

    *states*: the pages as they are, by title; *deleted*: which of those that are not there were deleted
    (asked for the irreplaceable ones only). A page that is not there shows nothing; whoever could make it
    could show anything, so a missing template or module counts as unsafe.
    """
    troubles = []
    for page in pages:
        if not page.checked:
            continue
        state = states.get(page.title)
        if page.extension and state and state.model != page.model:
            # Without its extension the page is of another kind, and counts for nothing, whoever made it.
            continue
        if page.title in deleted:
            troubles.append(
                f'[[{page.title}]] was deleted (its log says by whom, and why): have an '
                'administrator restore it. Its history holds the approvals and records; do not make '
                'a new one'
            )
            continue
        if state is None or state.missing:
            troubles.append(f'[[{page.title}]] does not exist: run setup_desk')
            continue
        if state.redirect:
            troubles.append(f'[[{page.title}]] is a redirect: move the page back')
        for action, level in page.protection.items():
            if state.namespace == _NS_MEDIAWIKI:
                continue
            shown = state.protection.get(action, frozenset())
            if not shown & {level, 'sysop'}:
                now = ' and '.join(sorted(shown)) or 'everybody'
                troubles.append(
                    f'[[{page.title}]] is not protected: only “{level}” may be allowed to {action} '
                    f'it, now it is “{now}”'
                )
    return troubles
