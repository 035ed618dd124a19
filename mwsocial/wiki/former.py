"""Who was an approver when: from the rights log and the history of the configuration page.

Used only to take approvals back, never to give one: where the wiki does not tell (a log entry is
missing, a steward acted from another wiki), somebody counts as having been an approver.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mwsocial.desk.knowledge import Person, Rights
from mwsocial.wiki.api import Api, read_timestamp
from mwsocial.wiki.config import user_name
from mwsocial.wiki.read import INFINITE, texts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Named:
    """Whom the configuration named as approvers from ``since`` on."""

    since: datetime
    users: frozenset[str]
    groups: frozenset[str]


@dataclass(frozen=True)
class Member:
    """In which groups a user was from ``since`` on; ``ends`` says when one expires."""

    since: datetime
    groups: frozenset[str]
    ends: Mapping[str, datetime]


class FormerRights:
    """Asks the wiki, once for each user and once for the configuration."""

    def __init__(self, api: Api, config_title: str) -> None:
        """*config_title*: the configuration page."""
        self._api = api
        self._config_title = config_title
        self._named: list[Named] | None = None

    def of(self, person: Person) -> list[Rights]:
        """When *person* was an approver, oldest first. Raises TemporaryError."""
        if self._named is None:
            self._named = self._read_named()
        log: list[Mapping[str, Any]] = []
        params = {
            'list': 'logevents',
            'letype': 'rights',
            'letitle': f'User:{person.name}',
            'leprop': 'type|timestamp|details',
            'ledir': 'newer',
            'lelimit': 'max',
        }
        for answer in self._api.query_all(params):
            log += answer['query']['logevents']
        return spans(person, self._named, memberships(log, person.groups))

    def _read_named(self) -> list[Named]:
        params = {
            'titles': self._config_title,
            'prop': 'revisions',
            'rvprop': 'ids|timestamp',
            'rvlimit': 'max',
            'rvdir': 'newer',
        }
        when = {
            int(one['revid']): read_timestamp(one['timestamp'])
            for answer in self._api.query_all(params)
            for page in answer['query']['pages']
            for one in page.get('revisions', [])
        }
        named = []
        for revid, text in texts(self._api, when).items():
            users, groups = named_in(text)
            if users or groups:
                named.append(Named(when[revid], users, groups))
        return sorted(named, key=lambda one: one.since)


def named_in(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The users and groups that a configuration names, even if something else in it is wrong."""
    try:
        approvers = json.loads(text)['approvers']
        users = approvers.get('users', [])
        groups = approvers.get('groups', [])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return frozenset(), frozenset()
    names = set()
    for user in users if isinstance(users, list) else ():
        name = user.get('name') if isinstance(user, dict) else user
        if isinstance(name, str):
            try:
                names.add(user_name(name))
            except ValueError:
                continue
    return frozenset(names), frozenset(
        one for one in (groups if isinstance(groups, list) else ()) if isinstance(one, str)
    )


def memberships(log: Iterable[Mapping[str, Any]], now: frozenset[str]) -> list[Member]:
    """In which groups a user was when, from the rights log (oldest first) and the groups of today."""
    found: list[Member] = []
    explained: frozenset[str] = frozenset()
    for entry in log:
        params = entry.get('params', {})
        if 'newgroups' not in params or 'timestamp' not in entry:
            continue
        if not found:
            found.append(Member(EPOCH, frozenset(params.get('oldgroups', ())), {}))
        explained = frozenset(params['newgroups'])
        ends = {
            one['group']: read_timestamp(one['expiry'])
            for one in params.get('newmetadata', [])
            if one.get('expiry') and one['expiry'] not in INFINITE
        }
        found.append(Member(read_timestamp(entry['timestamp']), explained, ends))
    # What no entry explains may always have been so.
    more = now - explained
    if not found:
        return [Member(EPOCH, now, {})]
    return [Member(one.since, one.groups | more, one.ends) for one in found]


def spans(person: Person, named: Sequence[Named], member: Sequence[Member]) -> list[Rights]:
    """The times at which *person* was an approver, joined where one follows the other."""
    moments = {one.since for one in named} | {one.since for one in member}
    moments |= {end for one in member for end in one.ends.values()}
    found: list[Rights] = []
    for since, until in _pairs(sorted(moments)):
        if not _entitled(person.name, since, named, member):
            continue
        if found and found[-1].until == since:
            found[-1] = Rights(found[-1].since, until)
        else:
            found.append(Rights(since, until))
    return found


def _pairs(moments: Sequence[datetime]) -> list[tuple[datetime, datetime | None]]:
    return list(zip(moments, [*moments[1:], None], strict=True))


def _entitled(name: str, at: datetime, named: Sequence[Named], member: Sequence[Member]) -> bool:
    rules = next((one for one in reversed(named) if one.since <= at), None)
    if rules is None:
        return False
    if name in rules.users:
        return True
    was = next((one for one in reversed(member) if one.since <= at), None)
    if was is None:
        return False
    groups = {group for group in was.groups if group not in was.ends or was.ends[group] > at}
    return not groups.isdisjoint(rules.groups)
