"""Whether a page that is not there was deleted."""

from __future__ import annotations

from typing import Any, cast

import pytest

from mwsocial.wiki.deletions import deleted_ones, was_deleted


@pytest.mark.parametrize(
    ('actions', 'found'),
    [
        ([], False), (['delete'], True), (['revision', 'event', 'delete'], True),
        (['restore', 'delete'], False), (['delete', 'restore'], True), (['delete_redir'], False),
    ],
)  # fmt: skip
def test_the_log_newest_first(actions: list[str], found: bool) -> None:
    assert was_deleted({'action': action} for action in actions) is found


def test_each_title_is_asked_for() -> None:
    asked: list[dict[str, Any]] = []

    class Wiki:
        def query(self, params: dict[str, Any]) -> dict[str, Any]:
            asked.append(params)
            entries = [{'action': 'delete'}] if params['letitle'] == 'Gone' else []
            return {'query': {'logevents': entries}}

    assert deleted_ones(cast(Any, Wiki()), ['Gone', 'Never']) == {'Gone'}
    assert deleted_ones(cast(Any, Wiki()), []) == frozenset()
    assert [one['letitle'] for one in asked] == ['Gone', 'Never']
