"""Who decided: every way to set, forge, take back and restore a decision."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mwsocial.desk.item import Item
from mwsocial.proposing.deciding import Step, decided
from mwsocial.sources.deciding import decision_of, ignore_state, use_state
from mwsocial.wiki.revision import Revision

HIDDEN = 'hidden'
#: Users and what they leave on the page: words and decision ('' for none), None for no item.
Edit = tuple[str, str | None, str]


def steps(*edits: Edit) -> list[Step]:
    found = []
    for number, (user, words, decision) in enumerate(edits, 1):
        revision = Revision(
            number, number - 1, user, sum(user.encode()), datetime(2026, 11, 23, tzinfo=UTC)
        )
        if words == HIDDEN:
            found.append(Step(revision, None))
            continue
        item = Item(0, {'id': 'a', 'text': words or ''}, {'decision': decision} if decision else {})
        found.append(Step(revision, () if words is None else (item,)))
    return found


@pytest.mark.parametrize(
    ('edits', 'who'),
    [
        ([('Bot', 'w', ''), ('Carol', 'w', 'use C')], 'Carol'),
        ([('Bot', 'w', ''), ('Carol', 'w', 'use C'), ('Dave', 'w', 'use C')], 'Carol'),
        # The words are improved: before, by the same person, after.
        ([('Bot', 'w', ''), ('Eve', 'x', ''), ('Carol', 'x', 'use C')], 'Carol'),
        ([('Bot', 'w', ''), ('Carol', 'x', 'use C')], 'Carol'),
        ([('Bot', 'w', ''), ('Carol', 'w', 'use C'), ('Eve', 'x', 'use C')], 'Eve'),
        # Somebody signs with another one's name.
        ([('Bot', 'w', ''), ('Mallory', 'w', 'use [[User:Alice]]')], 'Mallory'),
        # Blanked by a vandal, restored by somebody else: it stays whose it was.
        ([('Bot', 'w', ''), ('Carol', 'w', 'use C'), ('Mallory', None, ''), ('Dave', 'w', 'use C')], 'Carol'),
        ([('Bot', 'w', ''), ('Carol', 'w', 'use C'), ('Mallory', 'evil', 'use C'), ('Dave', 'w', 'use C')], 'Carol'),
        # Taken back, and restored by somebody else: then it is that one's.
        ([('Bot', 'w', ''), ('Carol', 'w', 'use C'), ('Carol', 'w', ''), ('Mallory', 'w', 'use C')], 'Mallory'),
        ([('Bot', 'w', ''), ('Carol', 'w', 'use C'), ('Carol', 'w', ''), ('Carol', 'w', 'use C')], 'Carol'),
        # It came with the bot's edit, or by somebody with the bot's account.
        ([('Bot', 'w', 'use C')], None),
        ([('Bot', 'w', ''), ('Bot', 'w', 'use C')], None),
        # Hidden revisions: what they may have brought, nobody can tell.
        ([('Bot', 'w', ''), ('Carol', HIDDEN, ''), ('Dave', 'w', 'use C')], None),
        ([('Bot', 'w', ''), ('Carol', 'w', 'use C'), ('Dave', HIDDEN, ''), ('Eve', 'w', 'use C')], 'Carol'),
        ([('Bot', 'w', ''), ('Carol', 'w', 'use C'), ('Dave', HIDDEN, ''), ('Eve', 'w', ''), ('Eve', 'w', 'use C')], 'Eve'),
        ([('Bot', 'w', ''), ('Carol', HIDDEN, ''), ('Dave', 'w', 'use C'), ('Dave', 'w', ''), ('Dave', 'w', 'use C')], 'Dave'),
        ([('Bot', 'w', ''), ('Carol', 'w', 'use C'), ('Dave', HIDDEN, '')], None),
        ([], None),
        ([('Bot', 'w', ''), ('Carol', 'w', 'use C'), ('Dave', None, '')], None),
    ],
)  # fmt: skip
def test_who_decided(edits: list[Edit], who: str | None) -> None:
    found = decided(steps(*edits), {'Bot'}, use_state)
    assert (found.user if found else None) == who


def test_words_do_not_matter_to_ignore() -> None:
    edits = steps(('Bot', 'w', ''), ('Carol', 'w', 'ignore C'), ('Mallory', 'x', 'ignore C'))
    found = decided(edits, {'Bot'}, ignore_state)
    assert found and found.user == 'Carol'


def test_a_hidden_name_decides_nothing() -> None:
    edits = steps(('Bot', 'w', ''), ('Carol', 'w', 'use C'))
    hidden = Revision(2, 1, '', 0, edits[1].revision.timestamp, user_hidden=True)
    assert decided([edits[0], Step(hidden, edits[1].items)], {'Bot'}, use_state) is None


@pytest.mark.parametrize(
    ('value', 'word'),
    [
        ('use ~~~~', 'use'),
        ('USE. Carol', 'use'),
        ('Ignore: old', 'ignore'),
        ('', ''),
        ('used', 'used'),
        ('[[use]]', '[[use]]'),
    ],
)
def test_the_word(value: str, word: str) -> None:
    assert decision_of(Item(0, {}, {'decision': value})) == word
