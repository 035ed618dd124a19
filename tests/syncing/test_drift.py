"""What has drifted apart is said once, below its item, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mwsocial.reason import Reason
from mwsocial.syncing.drift import Drift, drifts, summary, with_remarks
from mwsocial.wiki.items import read_queue
from tests.syncing.worlds import BOT, Case, item, revision

ENTRY = "'''[[MediaWiki 1.47]]''' has been released, with many things."
ADDRESS = 'https://wiki.example/w/MediaWiki_1.47'
TEXT = f'MediaWiki 1.47 has been released, with many things. {ADDRESS}'


def proposed(case: Case, text: str = TEXT, **more: str) -> str:
    """The case with its entry proposed; returns the id."""
    (used,) = case.from_news()
    case.queue = f'== One ==\n{item(used.item.id, text, **more)}\n== Two ==\nwords'
    case.own = [revision(50, BOT, 15, f'mwsocial:propose {used.item.id} by [[User:Bob]]')]
    return used.item.id


def found(case: Case) -> list[Drift]:
    return drifts(case.finder()._world)


def test_nothing_has_changed() -> None:
    case = Case().news('Bob', ENTRY)
    proposed(case)
    assert found(case) == []
    assert found(Case().news('Bob', ENTRY)) == []


def test_the_entry_was_corrected() -> None:
    """After it was put on the queue; not before. Said once."""
    case = Case().news('Bob', ENTRY)
    item_id = proposed(case)
    case.news('Carol', ENTRY.replace('many', 'few'), hours=5)
    (one,) = found(case)
    assert (one.item_id, one.reason.args) == (item_id, ('[[Special:Diff/3]]',))
    case.own.append(revision(60, BOT, 4, summary([one])))
    assert found(case) == []
    # Corrected once more: said once more.
    case.news('Carol', ENTRY.replace('many', 'no'), hours=3)
    assert [two.mark != one.mark for two in found(case)] == [True]
    case = Case().news('Bob', ENTRY).news('Carol', ENTRY.replace('many', 'few'), hours=18)
    proposed(case, TEXT.replace('many', 'few'))
    assert found(case) == []


@pytest.mark.parametrize(
    'text',
    [
        TEXT.replace('1.47', '1.48'), TEXT.replace('_1.47', ''),
        TEXT.replace(ADDRESS, 'https://a.example/x'),
    ],
)  # fmt: skip
def test_the_item_says_something_else(text: str) -> None:
    case = Case().news('Bob', ENTRY)
    proposed(case, text)
    (one,) = found(case)
    assert one.reason == Reason('syncing-item-changed', ('text',))


@pytest.mark.parametrize('state', ['declined', 'deleted', 'missed'])
def test_what_is_over_is_left_alone(state: str) -> None:
    case = Case().news('Bob', ENTRY)
    proposed(case, TEXT.replace('1.47', '1.48'), state=state)
    assert found(case) == []


def test_better_words_are_no_drift() -> None:
    case = Case().news('Bob', ENTRY)
    proposed(case, f'1.47 is out! {ADDRESS}')
    assert found(case) == []


def test_an_entry_of_the_bot_that_people_change() -> None:
    """The item that made it is known by the summary of the bot's edit."""
    case = Case().news(BOT, ENTRY, hours=20)
    made, text = case.steps[-1]
    case.steps[-1] = replace(made, summary='mwsocial:news added one'), text
    case.queue = item('one', 'x', news=ENTRY, **{'sent-news': 'posted 2026-11-25T14:00:00Z 7 x'})
    assert found(case) == []
    case.news('Carol', ENTRY.replace('many', 'few'), hours=5)
    assert [one.item_id for one in found(case)] == ['one']
    case.news(BOT, ENTRY.replace('many', 'some'), hours=3)
    assert found(case) == [], 'the bot has corrected it, as its item says'


def test_behind_a_hidden_summary_nothing_is_said() -> None:
    case = Case().news('Bob', ENTRY)
    proposed(case)
    case.news('Carol', ENTRY.replace('many', 'few'), hours=5)
    case.own.append(replace(revision(60, BOT, 4), summary_hidden=True))
    assert found(case) == []


DRIFT = Drift('a', 'a/1', Reason('syncing-item-changed', ('text',)))


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        ('== A ==\n{{Social media item|id=a|text=x}}\n\n== B ==\nb', ('== A ==', '\n\n== B ==\nb')),
        ('{{Social media item|id=a|text=x}}', ('{{', '')),
        ('{{Social media item|id=a|text=x}}\n: Talk\n\n\n', ('{{', '\n\n\n')),
        (
            '{{Social media item|id=a|text=x}}\n{{Social media item|id=b|text=y}}',
            ('{{', '\n{{Social media item|id=b|text=y}}'),
        ),
    ],
)
def test_where_a_remark_stands(before: str, after: tuple[str, str]) -> None:
    """At the end of the item's section, after what people have said there."""
    new = with_remarks(before, [DRIFT])
    remark = f'\n: {DRIFT.reason.text()} ~~~~'
    assert new == before[: len(before) - len(after[1])] + remark + after[1]
    assert new.startswith(after[0])
    assert read_queue(new).by_id()['a'].content == read_queue(before).by_id()['a'].content


@pytest.mark.parametrize(
    'text',
    [
        'no item', '{{Social media item|id=a|text=x', '{{Social media item|id=b|text=x}}',
        '{{Social media item|id=a|text=x}}{{Social media item|id=a|text=y}}',
    ],
)  # fmt: skip
def test_no_remark_by_guess(text: str) -> None:
    assert with_remarks(text, [DRIFT]) == text
