"""Whether those whom the configuration trusts are there: a name with a typo can be taken by anybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mwsocial.reason import Reason
from mwsocial.wiki.api import Api
from mwsocial.wiki.config import DeskConfig


def ask_approvers(api: Api, config: DeskConfig, title: str) -> list[Reason]:
    """What is wrong with the groups and users that *config* (of the page *title*) names; empty where
    nothing is. One request, and one more for each further batch of users.
    """
    names = [*(user.name for user in config.approvers.users), *config.former_bots]
    groups: set[str] = set()
    users: dict[str, int] = {}
    for start in range(0, max(len(names), 1), api.batch):
        batch = names[start : start + api.batch]
        asked = {'list': 'users', 'ususers': batch} if batch else {}
        query = api.query({'meta': 'siteinfo', 'siprop': 'usergroups', **asked})['query']
        groups |= {str(one['name']) for one in query.get('usergroups', ())}
        # Neither "missing" nor "invalid" ones have an id.
        users |= {str(one['name']): int(one.get('userid', 0)) for one in query.get('users', ())}
    return judge_approvers(config, title, groups, users)


def judge_approvers(
    config: DeskConfig, title: str, groups: Collection[str], users: Mapping[str, int]
) -> list[Reason]:
    """As ``ask_approvers``. *groups*: all of the wiki; *users*: the ids of those who were asked for, 0
    for a name that nobody has.

    An approver is known by the id where one is given, whatever the name; else by the name alone.
    """
    found: list[Reason] = [
        Reason('checking-approver-group', (name, title))
        for name in config.approvers.groups
        if name not in groups
    ]
    for user in config.approvers.users:
        there = users.get(user.name)
        if there == 0 and not user.id:
            found.append(Reason('checking-approver-user', (user.name, title)))
        elif there == 0:
            known = (user.name, str(user.id), title)
            found.append(Reason('checking-approver-renamed', known))
        elif there and user.id and there != user.id:
            args = (user.name, str(there), str(user.id), title)
            found.append(Reason('checking-approver-number', args))
    for name in config.former_bots:
        if users.get(name) == 0:
            found.append(Reason('checking-former-bot', (name, title)))
    return found
