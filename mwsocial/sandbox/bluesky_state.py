"""What the Bluesky stand-in knows: accounts and records, and what tests and people do with them.

The ledger: ``accounts`` (by DID), ``records`` (by at:// address), ``blobs``, ``sessions``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from .bluesky_lexicon import FOLLOW, HANDLE, POST, REPOST
from .loopback import Service
from .loopback_parts import Ledger

#: Who is there from the start: the desk's account, and somebody in the world.
ACCOUNTS = ('mediawiki.test', 'wikireader.test')
_SORTED = '234567abcdefghijklmnopqrstuvwxyz'


class State(Service):
    """Accounts and records of the whole network."""

    network = 'bluesky'

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        super().__init__(ledger, now)
        self.accounts = ledger.table('accounts')
        self.records = ledger.table('records')
        self.blobs = ledger.table('blobs')
        self.sessions = ledger.table('sessions')
        self._key = ledger.data.setdefault('key', secrets.token_hex(16)).encode()
        ledger.data.setdefault('appview', True)
        if not self.accounts:
            for handle in ACCOUNTS:
                self.add_account(handle)
            ledger.save()

    # -- what tests and people do -------------------------------------------------------------------

    def add_account(self, handle: str) -> str:
        """Make an account; returns its DID."""
        if not HANDLE.fullmatch(handle) or self.did_of(handle):
            raise ValueError(f'{handle} is no handle, or taken')
        digest = hashlib.sha256(handle.encode()).digest()
        did = 'did:plc:' + base64.b32encode(digest).decode().lower()[:24]
        self.accounts[did] = {
            'handle': handle, 'status': 'active', 'labels': [], 'closed': [],
            'password': secrets.token_urlsafe(12), 'app_passwords': [_app_password()],
        }  # fmt: skip
        return did

    def account(self, handle: str) -> dict[str, Any]:
        """The account *handle*: ``app_passwords``, ``password``, ``status``, ``labels``, ``closed``."""
        found = self.accounts[self.did_of(handle)]
        assert isinstance(found, dict)
        return found

    def posts(self, handle: str = ACCOUNTS[0], collection: str = POST) -> list[dict[str, Any]]:
        """The records of an account, in the order in which they were made."""
        did = self.did_of(handle)
        return [
            one for one in self.records.values()
            if one['did'] == did and one['collection'] == collection
        ]  # fmt: skip

    def say(
        self, handle: str, text: str, *, reply_to: str = '', mention: str = '', quote: str = '',
        created: str = '', rkey: str = '',
    ) -> dict[str, Any]:  # fmt: skip
        """A post of somebody, as another program would make it: nothing of it is checked.

        *mention*: a handle in *text* (with @); *reply_to*, *quote*: addresses of posts.
        """
        value: dict[str, Any] = {'$type': POST, 'text': text}
        value['createdAt'] = created or moment(self.now())
        if mention:
            start = len(text[: text.index(f'@{mention}')].encode())
            index = {'byteStart': start, 'byteEnd': start + len(mention) + 1}
            kind = 'app.bsky.richtext.facet#mention'
            feature = {'$type': kind, 'did': self.did_of(mention)}
            value['facets'] = [{'index': index, 'features': [feature]}]
        if reply_to:
            parent = self.records[reply_to]
            root = parent['value'].get('reply', {}).get('root') or ref_of(parent)
            value['reply'] = {'root': root, 'parent': ref_of(parent)}
        if quote:
            subject = ref_of(self.records[quote])
            value['embed'] = {'$type': 'app.bsky.embed.record', 'record': subject}
        return self.put(self.did_of(handle), POST, rkey or self.next_tid(), value)

    def control(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """``say``, ``add_account``, ``follow`` (handle, whom), ``repost`` (handle, uri), ``remove``
        (uri), ``account`` (handle and what is to change), ``end_sessions`` (access, or all), ``appview``
        (on).
        """
        if name == 'say':
            return self.say(**arguments)
        if name == 'add_account':
            return self.add_account(**arguments)
        if name == 'follow':
            value: dict[str, Any] = {'$type': FOLLOW, 'subject': self.did_of(arguments['whom'])}
            value['createdAt'] = moment(self.now())
            return self.put(self.did_of(arguments['handle']), FOLLOW, self.next_tid(), value)
        if name == 'repost':
            value = {'$type': REPOST, 'subject': ref_of(self.records[arguments['uri']])}
            value['createdAt'] = moment(self.now())
            return self.put(self.did_of(arguments['handle']), REPOST, self.next_tid(), value)
        if name == 'remove':
            self.remove(arguments['uri'])
            return {}
        if name == 'account':
            self.account(arguments['handle']).update(arguments['changes'])
            return self.account(arguments['handle'])
        if name == 'end_sessions':
            self.ledger.data['access_from'] = self.now().timestamp()
            if arguments.get('all'):
                self.sessions.clear()
            return {}
        if name == 'appview':
            self.ledger.data['appview'] = bool(arguments['on'])
            return {}
        return super().control(name, arguments)

    def remove(self, uri: str) -> None:
        """Remove a record, if it is there. What refers to it keeps doing so."""
        record = self.records.pop(uri, None)
        if record:
            self.ledger.table('removed')[uri] = record['cid']

    def cid_at(self, uri: str) -> str | None:
        """The version of the record that is, or was, at *uri*."""
        found = self.records.get(uri, {}).get('cid') or self.ledger.table('removed').get(uri)
        return str(found) if found else None

    def put(
        self, did: str, collection: str, key: str, value: Any, delay: timedelta = timedelta()
    ) -> dict[str, Any]:
        uri = f'at://{did}/{collection}/{key}'
        now = self.now()
        record = {
            'uri': uri, 'cid': cid_of(value), 'did': did, 'collection': collection, 'rkey': key,
            'value': value, 'indexed': moment(now), 'visible': (now + delay).isoformat(),
        }  # fmt: skip
        self.records[uri] = record
        return record

    def did_of(self, handle: str) -> str:
        return next(
            (did for did, one in self.accounts.items() if one['handle'] == handle.lower()), ''
        )

    def next_tid(self) -> str:
        """A record key as other programs make them: the time."""
        number = self.ledger.next_number('last_tid', int(self.now().timestamp() * 1e6)) << 10
        return ''.join(_SORTED[number >> shift & 31] for shift in range(60, -1, -5))


def ref_of(record: Mapping[str, Any]) -> dict[str, str]:
    return {'uri': record['uri'], 'cid': record['cid']}


def cid_of(value: object) -> str:
    digest = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).digest()
    return 'bafyrei' + base64.b32encode(digest).decode().lower().rstrip('=')


def _app_password() -> str:
    groups = (''.join(secrets.choice(_SORTED) for _ in range(4)) for _ in range(4))
    return '-'.join(groups)


def moment(time: datetime) -> str:
    return time.isoformat(timespec='milliseconds').replace('+00:00', 'Z')
