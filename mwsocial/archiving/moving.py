"""From a page to the month's archive: the archive is written first, then the page it came from.

Every line here may be the last one of its process. Until an edit of the archive is saved and read back,
nothing leaves its page; what is found in both places is only removed. Moving twice at once does no harm:
both edits are made on the revision that was read.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mwsocial.archiving.pieces import (
    Piece,
    cut_pieces,
    holds,
    with_pieces,
    without_pieces,
)
from mwsocial.desk.binding import bound
from mwsocial.desk.records import ARCHIVE, CLAIM, RECORD, marked, names, summary_of_ids
from mwsocial.errors import TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki.api import Api
from mwsocial.wiki.archive_head import begun
from mwsocial.wiki.history import bot_revisions
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.presave import inert
from mwsocial.wiki.read import PageState, snapshot, texts
from mwsocial.wiki.save import SUMMARY, Conflict, Outcome, Refused, Saved, save
from mwsocial.wiki.skeleton import Template

TRIES = 5
#: Room for ids in a summary, beside two titles of a usual length.
_ROOM = 330
_LONGEST_TITLE = 60


@dataclass(frozen=True)
class Kind:
    """How one kind of template is found on a page.

    *placed* gives the templates of a text by what names each (an item's id). *same(old, new)* tells of
    two wikitexts of one thing whether the new one says nothing that the old one does not.
    """

    placed: Callable[[str], Mapping[str, Template]]
    same: Callable[[str, str], bool] = str.__eq__


@dataclass
class Moved:
    """What became of the wishes: ``done`` by key with the archive's title, ``left`` with the reason.

    ``again``: somebody else has edited the source meanwhile; nothing was removed there yet.
    """

    done: dict[str, str] = field(default_factory=dict)
    left: dict[str, Reason] = field(default_factory=dict)
    edits: int = 0
    again: bool = False


def fitting(keys: Sequence[str]) -> Sequence[str]:
    """As many of the first *keys* as one summary names in full: what it does not name is not found."""
    for number in range(len(keys), 1, -1):
        if len(', '.join(keys[:number])) <= _ROOM:
            return keys[:number]
    return keys[:1]


class Mover:
    """Moves parts of one page into archive pages."""

    def __init__(self, api: Api, bots: Iterable[str], kind: Kind) -> None:
        """*bots*: the accounts whose edits count as ours."""
        self._api = api
        self._bots = frozenset(bots)
        self._kind = kind

    def move(
        self,
        source: PageState,
        targets: Mapping[str, str],
        tidy: Callable[[str, Iterable[str]], str] = lambda text, keys: text,
        returned: Iterable[str] = (),
    ) -> Moved:
        """Move what *targets* names (key → title of an archive page) off *source*, as it was read.

        *targets* must be ``fitting``. *tidy* takes off the source what belongs to the keys that left it.
        *returned*: keys that had been in the archive before and came back: what stands there of them is
        never replaced. Raises TemporaryError where nobody knows what was saved.
        """
        moved = Moved()
        # As it will stand where it is saved: what stood there to be substituted is broken up by then.
        source = replace(source, text=inert(source.text))
        placed = {key: one for key, one in self._kind.placed(source.text).items() if key in targets}
        pieces = cut_pieces(source.text, placed)
        cut = {piece.key for piece in pieces}
        moved.left |= {key: _not_whole(key) for key in targets if key not in cut}
        there: list[Piece] = []
        for title in sorted(set(targets.values())):
            mine = [piece for piece in pieces if targets[piece.key] == title]
            there += self._put(title, mine, source.title, frozenset(returned), moved)
        if there:
            self._remove(source, there, targets, tidy, moved)
        return moved

    # -- into the archive --------------------------------------------------------------------------

    def _put(
        self,
        title: str,
        pieces: Sequence[Piece],
        source: str,
        returned: frozenset[str],
        moved: Moved,
    ) -> list[Piece]:
        """Have the pieces stand on the archive page *title*; those that do, as it was read back."""
        for attempt in range(TRIES):
            page = snapshot(self._api, [title]).pages[title]
            if page.redirect or page.text_hidden:
                moved.left |= {one.key: Reason('archiving-no-page', (title,)) for one in pieces}
                return []
            former = self._former(page, pieces)
            fresh = [one for one in pieces if not self._stands(page.text, one, former)]
            if not fresh:
                return list(pieces)
            instead = {key: one for key, one in former.items() if one and key not in returned}
            new = _taken(begun(page.text), fresh, instead)
            lost = {one.key for one in fresh} - {one.key for one in new.pieces}
            moved.left |= {key: Reason('archiving-broken', (title,)) for key in lost}
            fresh, pieces = new.pieces, _replaced(pieces, new.pieces, lost)
            if not fresh:
                return pieces
            outcome = self._save(page, title, new.text, fresh, source)
            if isinstance(outcome, Saved):
                moved.edits += outcome.changed
                altered = {one.key for one in fresh if not holds(outcome.text, one)}
                moved.left |= {key: Reason('archiving-altered', (title,)) for key in altered}
                return [one for one in pieces if one.key not in altered]
            if isinstance(outcome, Refused):
                return self._one_by_one(title, pieces, fresh, outcome, source, returned, moved)
            # After a lost answer too: whichever of two saves comes first, the other one conflicts.
            time.sleep(random.uniform(0.2, 0.6) * (attempt + 1))  # noqa: S311 - jitter, no secret
        raise TemporaryError(
            f'The page “{title}” was changed by others {TRIES} times while this run tried to save it.'
        )

    def _one_by_one(
        self,
        title: str,
        pieces: Sequence[Piece],
        fresh: Sequence[Piece],
        outcome: Refused,
        source: str,
        returned: frozenset[str],
        moved: Moved,
    ) -> list[Piece]:
        """What the wiki does not take of one piece (a filter, for instance) harms no other."""
        there = [one for one in pieces if one not in fresh]
        if len(fresh) == 1:
            moved.left[fresh[0].key] = Reason('archiving-refused', (title, outcome.reason.text()))
            return there
        for one in fresh:
            there += self._put(title, [one], source, returned, moved)
        return there

    def _former(self, page: PageState, pieces: Sequence[Piece]) -> dict[str, str]:
        """What the bot itself has put into the archive for a key before, by the page's history; ''
        where that was something that cannot be seen any more.

        Asked only for keys that seem to stand there: anybody can write them.
        """
        placed = self._kind.placed(page.text)
        keys = [one.key for one in pieces if one.key in placed]
        if not keys:
            return {}
        history = bot_revisions(self._api, page.title, self._bots, at_least=page.revid)
        own = marked(history, self._bots, (ARCHIVE, CLAIM, RECORD))
        newest = {
            key: next((one for one in own if names(one, key)), None) for key in keys
        }  # fmt: skip
        wanted = {one.revid for one in newest.values() if one and not one.text_hidden}
        shown = texts(self._api, wanted)
        former = {}
        for key, one in newest.items():
            if one is not None:
                text = shown.get(one.revid, '')
                template = self._kind.placed(text).get(key)
                cut = cut_pieces(text, {key: template}) if template else []
                former[key] = cut[0].text if cut else ''
        return former

    def _stands(self, text: str, piece: Piece, former: Mapping[str, str]) -> bool:
        """Whether the archive page holds the piece already, by the bot's own hand."""
        if piece.key not in former:
            return False
        if holds(text, piece):
            return True
        template = self._kind.placed(text).get(piece.key)
        if template is None or not piece.bare:
            return False
        return self._kind.same(text[template.start : template.end], piece.template)

    def _save(
        self, page: PageState, title: str, text: str, pieces: Sequence[Piece], source: str
    ) -> Outcome:
        short = len(source) <= _LONGEST_TITLE
        words = Reason('summaries-from', (f'[[{source}]]',)) if short else Reason('summaries-here')
        summary = summary_of_ids(ARCHIVE, words.said(), [one.key for one in pieces])
        return save(
            self._api, title, text, base=page.revid, minor=True,
            summary=bound(summary, read_queue(inert(text)), read_queue(page.text), SUMMARY),
        )  # fmt: skip

    # -- off the source ----------------------------------------------------------------------------

    def _remove(
        self,
        source: PageState,
        pieces: Sequence[Piece],
        targets: Mapping[str, str],
        tidy: Callable[[str, Iterable[str]], str],
        moved: Moved,
    ) -> None:
        pieces = list(pieces)
        text = without_pieces(source.text, pieces)
        if text is None:
            # One that cannot be cut out cleanly must not keep the others.
            one_by_one = [one for one in pieces if without_pieces(source.text, [one]) is not None]
            stuck = {one.key for one in pieces} - {one.key for one in one_by_one}
            moved.left |= {key: _not_whole(key) for key in stuck}
            pieces = one_by_one
            text = without_pieces(source.text, pieces) if pieces and stuck else None
        if text is None:
            moved.left |= {one.key: _not_whole(one.key) for one in pieces}
            return
        keys = [one.key for one in pieces]
        titles = ', '.join(f'[[{title}]]' for title in sorted({targets[key] for key in keys}))
        short = len(titles) <= 2 * _LONGEST_TITLE
        words = Reason('summaries-to', (titles,)) if short else Reason('summaries-to-archive')
        outcome = save(
            self._api, source.title, tidy(text, keys), base=source.revid, minor=True,
            summary=summary_of_ids(ARCHIVE, words.said(), keys),
        )  # fmt: skip
        if isinstance(outcome, Saved):
            moved.edits += 1
            moved.done |= {key: targets[key] for key in keys}
        elif isinstance(outcome, Refused):
            moved.left |= {
                key: Reason('archiving-refused', (source.title, outcome.reason.text()))
                for key in keys
            }
        elif isinstance(outcome, Conflict):
            moved.again = True
        else:
            raise TemporaryError(
                f'Nobody knows whether the page “{source.title}” was saved: {outcome.reason.text()}'
            )


@dataclass(frozen=True)
class _Taken:
    text: str
    pieces: list[Piece]


def _taken(text: str, pieces: Sequence[Piece], instead: Mapping[str, str]) -> _Taken:
    """The archive page with all pieces that it takes; of one whose section does not fit, the template."""
    new = with_pieces(text, pieces, instead)
    if new is not None:
        return _Taken(new, list(pieces))
    fit = []
    for piece in pieces:
        for one in (piece, piece.alone()):
            longer = with_pieces(text, [one], instead)
            if longer is not None:
                text = longer
                fit.append(one)
                break
    return _Taken(text, fit)


def _replaced(pieces: Sequence[Piece], new: Sequence[Piece], lost: set[str]) -> list[Piece]:
    by_key = {one.key: one for one in new}
    return [by_key.get(one.key, one) for one in pieces if one.key not in lost]


def _not_whole(key: str) -> Reason:
    return Reason('archiving-not-whole', (key,))
