"""The archive of old news: where entries go, and when none goes."""

from __future__ import annotations

import pytest

from mwsocial.news.surplus import Taken, take_surplus
from mwsocial.reason import Reason
from mwsocial.syncing.tidying import archived
from tests.news.corpus import PAGES
from tests.news.translate_rules import damage, errors

NEWS = '; 2026-03-02\n* New.\n; 2026-01-05\n* Second.\n* First.\n; 2025-12-30\n* Old.'


def taken(text: str = NEWS) -> Taken:
    found = take_surplus(text, 1)
    assert isinstance(found, Taken)
    return found


def test_into_years() -> None:
    archive = '{{MediaWiki News}}\n== 2026 ==\n; 2026-01-02\n* A.\n== 2025 ==\n; 2025-12-01\n* B.\n'
    assert archived(archive, taken()) == (
        '{{MediaWiki News}}\n== 2026 ==\n; 2026-01-05\n* Second.\n* First.\n; 2026-01-02\n* A.\n'
        '== 2025 ==\n; 2025-12-30\n* Old.\n; 2025-12-01\n* B.\n'
    )


def test_twice_changes_nothing() -> None:
    """A run that died between the two pages finds its entries there."""
    archive = '; 2025-12-01\n* B.\n'
    once = archived(archive, taken())
    assert isinstance(once, str)
    assert archived(once, taken()) == once


@pytest.mark.parametrize(
    ('archive', 'key'),
    [
        ('== 2025 ==\n; 2025-12-01\n* B.\n', 'syncing-archive-year'),
        ('', 'news-no-dates'),
        ('* no dates', 'news-no-dates'),
        ('; 2024-01-01\n* A.\n; 2025-01-01\n* B.', 'news-oldest-first'),
    ],
)
def test_refused(archive: str, key: str) -> None:
    found = archived(archive, taken())
    assert isinstance(found, Reason)
    assert found.key == key
    assert '$' not in found.text()


@pytest.mark.parametrize('name', [name for name in PAGES if not name.startswith('x_')])
def test_every_shape_as_an_archive(name: str) -> None:
    """Translate's rules hold on the target too, told by the independent checker."""
    found = archived(PAGES[name], taken(NEWS.replace('2026', '2016').replace('2025', '2015')))
    if isinstance(found, Reason):
        assert '$' not in found.text()
        return
    assert errors(found) == ''
    assert damage(PAGES[name], found) == []
    for words in ('Second.', 'First.', 'Old.'):
        assert words in found
