"""Whoever the configuration trusts must be there: a name that nobody has can be registered by anybody."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from mwsocial.checking.approvers import ask_approvers
from mwsocial.wiki.config import parse_config

TITLE = 'MediaWiki:Social-media.json'
USERS = {'Alice': 5, 'Bob': 6, 'Old bot': 7}


class Wiki:
    """An API that knows two groups and three users."""

    batch = 50

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def query(self, params: dict[str, Any]) -> dict[str, Any]:
        """What ``siprop=usergroups`` and ``list=users`` answer."""
        self.asked.append(params)
        return {
            'query': {
                'usergroups': [{'name': 'sysop'}, {'name': 'bot'}],
                'users': [
                    {'name': name, 'userid': USERS[name]}
                    if name in USERS
                    else {'name': name, 'missing': True}
                    for name in params.get('ususers', ())
                ],
            }
        }


def found(wiki: Wiki, approvers: dict[str, Any], **more: object) -> list[str]:
    """The sentences for those approvers."""
    text = json.dumps({'bot': 'Deskbot', 'approvers': approvers, **more})
    reasons = ask_approvers(cast(Any, wiki), parse_config(text, TITLE), TITLE)
    return [reason.text() for reason in reasons]


def test_nothing_to_say() -> None:
    wiki = Wiki()
    users = ['Alice', {'name': 'Bob', 'id': 6}]
    assert not found(wiki, {'groups': ['sysop'], 'users': users}, **{'former bots': ['Old bot']})
    assert not found(wiki, {'groups': ['sysop']})
    assert len(wiki.asked) == 2, 'one request each'


@pytest.mark.parametrize(
    ('approvers', 'words'),
    [
        ({'groups': ['sysopp']}, '"approvers" → "groups": this wiki has no group “sysopp”'),
        (
            {'users': ['Alise']},
            '"approvers" → "users": there is no user “Alise”; whoever registers that name could approve',
        ),
        ({'users': [{'name': 'Alise', 'id': 5}]}, 'whoever has the number 5 may approve'),
        ({'users': [{'name': 'Alice', 'id': 6}]}, '“Alice” has the number 5, not 6'),
    ],
)
def test_somebody_is_not_there(approvers: dict[str, Any], words: str) -> None:
    (sentence,) = found(Wiki(), approvers)
    assert words in sentence
    assert TITLE in sentence
    assert '$' not in sentence


def test_a_former_bot_that_nobody_is() -> None:
    (sentence,) = found(Wiki(), {'groups': ['sysop']}, **{'former bots': ['Old bott']})
    assert '"former bots": there is no user “Old bott”; whoever registers that name' in sentence


def test_many_users_take_more_requests() -> None:
    wiki = Wiki()
    names = [f'User {number}' for number in range(60)]
    assert len(found(wiki, {'users': names})) == 60
    assert [len(one['ususers']) for one in wiki.asked] == [50, 10]
