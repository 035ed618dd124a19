"""What was ever suggested: it stands in the summaries of the bot's own edits of the page.

People may take a suggestion off the page, and may decide about it: it does not come again. That is
known from the page's history, whatever the page shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mwsocial.reason import Reason
from mwsocial.sources.page import suggestions
from mwsocial.wiki.api import Api
from mwsocial.wiki.history import bot_revisions
from mwsocial.wiki.read import texts
from mwsocial.wiki.revision import Revision

MARK = 'mwsocial:suggest'
#: MediaWiki cuts a summary at 500 characters.
ROOM = 480

_ID = re.compile(r'(?<![a-z0-9-])[a-z]+-[a-z0-9-]{1,63}(?![a-z0-9-])')


@dataclass(frozen=True)
class Ledger:
    """``first``: the bot's revision that brought each id; ``own``: all its marked ones, newest first."""

    first: Mapping[str, Revision] = field(default_factory=dict)
    own: Sequence[Revision] = ()

    @property
    def suggested(self) -> dict[str, datetime]:
        """When which id was suggested (UTC)."""
        return {one: revision.timestamp for one, revision in self.first.items()}


def read_ledger(api: Api, title: str, bots: Iterable[str], at_least: int) -> Ledger:
    """What the bots' edits of the page *title* say; *at_least*: its revision that was read. Raises
    TemporaryError.

    Where a summary is hidden, what stood on the page then counts.
    """
    own = [
        one
        for one in bot_revisions(api, title, bots, at_least=at_least)
        if one.summary_hidden or one.summary.split()[:1] == [MARK]
    ]
    hidden = [one.revid for one in own if one.summary_hidden and not one.text_hidden]
    shown = texts(api, hidden) if hidden else {}
    first: dict[str, Revision] = {}
    for revision in reversed(own):
        if revision.summary_hidden:
            named = [item.id for item in suggestions(shown.get(revision.revid, '')) if item.id]
        else:
            named = _ID.findall(revision.summary)
        for one in named:
            first.setdefault(one, revision)
    return Ledger(first, tuple(own))


def summary(
    new: Sequence[str] = (),
    moved: Sequence[str] = (),
    removed: Sequence[str] = (),
    refused: Sequence[str] = (),
) -> str:
    """The summary of an edit of the page. What is new and what was refused is named in full, which is
    how it is known later; raises ``ValueError`` where that does not fit.
    """
    parts = []
    for key, ids in (('new', new), ('refused', refused)):
        if ids:
            words = Reason(f'summaries-sources-{key}').said()
            parts.append(f'{words}: {", ".join(ids)}')
    said = f'{MARK} {"; ".join(parts)}'.rstrip()
    if len(said) > ROOM:
        raise ValueError('too many suggestions for one edit')
    for key, ids in (('moved', moved), ('removed', removed)):
        if ids:
            words = Reason(f'summaries-sources-{key}').said()
            full = f'{"; " if parts else " "}{words}: {", ".join(ids)}'
            short = f'{"; " if parts else " "}{words}: {len(ids)}'
            said += full if len(said + full) <= ROOM else short
            parts.append(words)
    return said if parts else f'{said} {Reason("summaries-sources").said()}'
