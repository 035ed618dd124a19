"""The rest of the tests' server: people, what they say, and what the API does with it.

After the Mastodon documentation (methods: statuses, notifications, timelines, search, accounts,
apps): pages newest first, ``min_id`` the entries right after an id, ``Link`` for what has ids of its
own, a share a status of its own around the shared one, 404 for what is not there or not ours.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.channels.mastodon_stub import Seen, Stub

_EDITED = {'status', 'spoiler_text', 'sensitive', 'language', 'media_ids'}
Answered = tuple[Any, dict[str, str]] | int


class World:
    """Everybody else on the tests' server; the desk's own posts are the stub's ``ledger``."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.accounts: dict[str, dict[str, Any]] = {}
        self.others: list[dict[str, Any]] = []
        self.notifications: list[dict[str, Any]] = []
        self.follows: list[str] = []
        self.relations: dict[str, dict[str, bool]] = {}
        self.numbers: dict[str, Any] = {
            'followers_count': 12, 'following_count': 3, 'statuses_count': 45,
        }  # fmt: skip
        self.scopes: list[str] | None = ['read', 'write:statuses']
        self.deletes = True  # snac2 does not
        self.only_newest = False  # what min_id gives on snac2
        self._number = 1000
        self.person('Desk')

    def next_number(self) -> int:
        """A new id for a post."""
        self._number += 1
        return self._number - 1

    def person(self, acct: str) -> dict[str, Any]:
        """The account *acct* (``user@host``; ours is Desk)."""
        for account in self.accounts.values():
            if account['acct'] == acct:
                return account
        number = str(77 + len(self.accounts))
        user, _, host = acct.partition('@')
        base = f'https://{host}' if host else self.stub.url
        account = {
            'id': number, 'acct': acct, 'username': user, 'url': f'{base}/@{user.lower()}',
        }  # fmt: skip
        self.accounts[number] = account
        return account

    def say(self, acct: str, text: str, **more: Any) -> dict[str, Any]:
        """A post of somebody; one that names @desk mentions us, and we are told."""
        account = self.person(acct)
        number = self.next_number()
        user, _, host = acct.partition('@')
        names_us = '@desk' in text.lower()
        own = self.accounts['77']
        status = {
            'id': str(number), 'text': text, 'spoiler_text': '', 'visibility': 'public',
            'created_at': self.stub.now.isoformat(), 'edited_at': None, 'account': account,
            'in_reply_to_id': None, 'in_reply_to_account_id': None, 'reblog': None,
            'reblogged': False, 'sensitive': False, 'media': [], 'language': 'en',
            'mentions': [{'id': own['id'], 'acct': own['acct']}] if names_us else [],
            'url': f'https://{host}/@{user}/{number}',
            'uri': f'https://{host}/users/{user}/statuses/{number}',
            'content': f'<p>{text}</p>',
        } | more  # fmt: skip
        self.others.append(status)
        if names_us:
            self.notify('mention', status)
        return status

    def notify(self, kind: str, status: dict[str, Any] | None, **more: Any) -> None:
        """Tell us of something."""
        number = str(5000 + len(self.notifications))
        self.notifications.append({'id': number, 'type': kind, 'status': status} | more)

    def find(self, status_id: object) -> dict[str, Any] | None:
        """The post with that id."""
        return next((one for one in self._all() if one['id'] == status_id), None)

    def shown(self, status: dict[str, Any]) -> dict[str, Any]:
        """A post as the API gives it: without its source."""
        hidden = ('text', 'media')
        told = {name: value for name, value in status.items() if name not in hidden}
        told['media_attachments'] = [
            {'id': one, 'description': self.stub.media[one]['description']}
            for one in status.get('media', [])
        ]
        told['reblogged'] = status['reblogged'] or self._share_of(status['id']) is not None
        if isinstance(status['reblog'], dict) and 'content' in status['reblog']:
            told['reblog'] = self.shown(status['reblog'])
        return told

    def _all(self) -> list[dict[str, Any]]:
        return sorted([*self.stub.ledger, *self.others], key=lambda one: int(one['id']))

    def _share_of(self, status_id: str) -> dict[str, Any] | None:
        return next((
            one for one in self.stub.ledger if one['reblog'] and one['reblog']['id'] == status_id
        ), None)  # fmt: skip

    # -- what a request brings ---------------------------------------------------------------------

    def answer(self, seen: Seen) -> Answered:
        """The answer to one request: JSON with headers, or an error's status."""
        match seen.method, seen.path.removeprefix('/api/').split('/'):
            case 'GET', ['v1', 'apps', 'verify_credentials'] if self.scopes is not None:
                return {'name': 'desk', 'scopes': self.scopes}, {}
            case 'GET', ['v1', 'notifications']:
                return self._told(seen)
            case 'GET', ['v1', 'timelines', 'home']:
                names = {'Desk', *self.follows}
                return self._page(seen, [
                    one for one in self._all() if one['account']['acct'] in names
                ])  # fmt: skip
            case 'GET', ['v1', 'timelines', 'tag', tag]:
                return self._page(seen, [
                    one for one in self._all() if f'#{tag.lower()}' in one['text'].lower()
                ])  # fmt: skip
            case 'GET', ['v2', 'search']:
                return self._search(seen), {}
            case 'GET', ['v1', 'accounts', *rest]:
                return self._accounts(seen, rest)
            case 'POST', ['v1', 'accounts', account, 'follow']:
                self.follows.append(self.accounts[account]['acct'])
                return {'id': account, 'following': True, 'requested': False}, {}
            case method, ['v1', 'statuses', status_id, *rest]:
                status = self.find(status_id)
                return 404 if status is None else self._status(seen, method, status, rest)
        return 404

    def _status(self, seen: Seen, method: str, status: dict[str, Any], rest: list[str]) -> Answered:
        ours = status in self.stub.ledger
        match method, rest:
            case 'GET', []:
                return self.shown(status), {}
            case 'GET', ['context']:
                return self._context(status), {}
            case 'PUT', [] if ours:
                return self._edit(seen, status)
            case 'DELETE', [] if ours and self.deletes:
                self.stub.ledger.remove(status)
                return self.shown(status), {}
            case 'POST', ['reblog']:
                if status['visibility'] not in ('public', 'unlisted'):
                    return 404
                made = self._share_of(status['id']) or self.stub.add('', reblog=status)
                return self.shown(made), {}
            case 'POST', ['unreblog']:
                made = self._share_of(status['id'])
                if made:
                    self.stub.ledger.remove(made)
                return self.shown(status), {}
        return 404

    def _edit(self, seen: Seen, status: dict[str, Any]) -> Answered:
        if list(seen.fields) != ['json']:
            return 400
        fields = json.loads(seen.fields['json'][0])
        if set(fields) - _EDITED or any(one not in self.stub.media for one in fields['media_ids']):
            return 422
        changed = {
            'text': fields['status'], 'spoiler_text': fields['spoiler_text'],
            'sensitive': fields['sensitive'], 'media': fields['media_ids'],
            'language': fields.get('language', status['language']),
            'content': f'<p>{fields["status"]}</p>',
        }  # fmt: skip
        if any(status[name] != value for name, value in changed.items()):
            status.update(changed, edited_at=self.stub.now.isoformat())
        return self.shown(status), {}

    def _context(self, status: dict[str, Any]) -> dict[str, list[Any]]:
        before: list[Any] = []
        parent = self.find(status['in_reply_to_id'])
        while parent:
            before.insert(0, self.shown(parent))
            parent = self.find(parent['in_reply_to_id'])
        after, ids = [], {status['id']}
        for one in self._all():
            if one['in_reply_to_id'] in ids:
                ids.add(one['id'])
                after.append(self.shown(one))
        return {'ancestors': before, 'descendants': after}

    def _told(self, seen: Seen) -> Answered:
        kinds = seen.query.get('types[]', [])
        hidden = 'true' not in seen.query.get('include_filtered', [])
        listed = [
            one for one in self.notifications
            if (not kinds or one['type'] in kinds) and not (hidden and one.get('filtered'))
        ]  # fmt: skip
        page, more = self._page(seen, listed)
        return [
            one | {'status': self.shown(one['status'])} if one['status'] else one for one in page
        ], more

    def _page(self, seen: Seen, listed: list[dict[str, Any]]) -> tuple[Any, dict[str, str]]:
        low = int(seen.query.get('min_id', ['0'])[0])
        high = int(seen.query.get('max_id', ['999999999'])[0])
        limit = min(40, int(seen.query['limit'][0]))
        kept = [one for one in listed if low < int(one['id']) < high]
        right_after = low and not self.only_newest
        kept = kept[:limit] if right_after else kept[-limit:]
        kept.reverse()
        return [self.shown(one) if 'content' in one else one for one in kept], {}

    def _search(self, seen: Seen) -> dict[str, Any]:
        words = seen.query['q'][0]
        found: dict[str, Any] = {'accounts': [], 'statuses': [], 'hashtags': []}
        if words.startswith('http'):
            if seen.query.get('resolve'):
                found['statuses'] = [
                    self.shown(one) for one in self._all() if words in (one['url'], one['uri'])
                ]
                found['accounts'] = [one for one in self.accounts.values() if one['url'] == words]
        elif seen.query.get('type') == ['accounts']:
            found['accounts'] = [
                one for one in self.accounts.values() if '@' + one['acct'] == words
            ]
        else:
            self.only_newest, usual = True, self.only_newest
            listed = [one for one in self._all() if words.lower() in one['text'].lower()]
            found['statuses'] = self._page(seen, listed)[0]
            self.only_newest = usual
        return found

    def _accounts(self, seen: Seen, rest: list[str]) -> Answered:
        match rest:
            case ['relationships']:
                ids = seen.query.get('id', seen.query.get('id[]', []))
                return [{'id': one} | self.relations.get(one, {}) for one in ids], {}
            case ['lookup']:
                name = seen.query['acct'][0]
                known = [one for one in self.accounts.values() if one['acct'] == name]
                return (known[0], {}) if known and name in self.follows else 404
            case ['77', 'following']:
                begin = int(seen.query.get('max_id', ['0'])[0])
                limit = int(seen.query['limit'][0])
                names = self.follows[begin : begin + limit]
                link = f'<{self.stub.url}/api/v1/accounts/77/following?limit=80&max_id={begin + limit}>; rel="next"'
                more = {'Link': link} if begin + limit < len(self.follows) else {}
                return [self.person(one) for one in names], more
        return 404
