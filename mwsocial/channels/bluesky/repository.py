"""Our own repository: creating, reading and deleting records under keys that we have chosen.

The key of a record is what makes a repeat harmless: the server takes a key once. A second createRecord
is answered with a plain 500 (bluesky-social/atproto issue 3718; seen on @atproto/pds 0.4.217), so an
error proves nothing before the record itself was looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mwsocial.channels import answers
from mwsocial.channels.base import (
    CannotLook,
    Deleted,
    NotFound,
    Refused,
    Removal,
    TryLater,
    Unknown,
)
from mwsocial.channels.bluesky import verdicts
from mwsocial.channels.bluesky.records import Place, Ref, place_of_uri, sane_ref
from mwsocial.channels.bluesky.session import Xrpc
from mwsocial.channels.transport import Exchange
from mwsocial.reason import Reason

#: Records a page (com.atproto.repo.listRecords gives no more), and pages that are read at the most.
PAGE = 100
PAGES = 50


@dataclass(frozen=True)
class Record:
    """A record of ours as the server keeps it."""

    ref: Ref
    value: Mapping[str, Any]


Same = Callable[[Mapping[str, Any]], bool]


class Repository:
    """The records of the account whose session *xrpc* is."""

    def __init__(self, xrpc: Xrpc, now: Callable[[], datetime]) -> None:
        self._xrpc = xrpc
        self._now = now

    def create(
        self, place: Place, record: Mapping[str, Any], same: Same
    ) -> Ref | Refused | TryLater | Unknown:
        """Create *record* at *place*, with one request. Where it is already and *same* holds of it,
        that one is given.
        """
        body = {
            'repo': place.who, 'collection': place.collection, 'rkey': place.key, 'record': record,
            'validate': True,
        }  # fmt: skip
        exchange = self._xrpc.call('com.atproto.repo.createRecord', body)
        if not isinstance(exchange, Exchange):
            return exchange
        host, secrets = self._xrpc.host, self._xrpc.secrets()
        status = exchange.status
        ref = sane_ref(exchange.json(), place.collection) if status == 200 else None
        if ref is not None and ref.uri == place.uri:
            return ref
        outcome = verdicts.created(exchange, host, self._now(), secrets)
        repeated = status is not None and (status in (400, 409) or status >= 500)
        if not repeated or isinstance(outcome, TryLater):
            return outcome
        there = self.find(place, same)
        if isinstance(there, Ref):
            return there
        if isinstance(there, CannotLook):
            return Unknown(there.reason)
        return outcome

    def find(self, place: Place, same: Same) -> Ref | NotFound | CannotLook:
        """The record at *place*, if *same* holds of it."""
        found = self.read(place)
        if not isinstance(found, Record):
            return found
        if not same(found.value):
            return CannotLook(Reason('bluesky-other-words', (place.url,)))
        return found.ref

    def read(self, place: Place) -> Record | NotFound | CannotLook:
        """The record at *place*, in our repository; the server itself keeps it, so this is exact."""
        asked = [('repo', place.who), ('collection', place.collection), ('rkey', place.key)]
        exchange = self._xrpc.get('com.atproto.repo.getRecord', asked)
        if isinstance(exchange, Exchange):
            if verdicts.is_gone(exchange):
                return NotFound()
            answer = exchange.json()
            ref = sane_ref(answer, place.collection) if exchange.status == 200 else None
            if ref is not None and ref.uri == place.uri and isinstance(answer.get('value'), dict):
                return Record(ref, answer['value'])
        reason = self._xrpc.not_done(exchange).reason
        return CannotLook(Reason('channels-timeline-unread', (self._xrpc.host, reason.text())))

    def delete(self, place: Place) -> Removal:
        """Delete the record at *place*; one that is not there is deleted."""
        body = {'repo': place.who, 'collection': place.collection, 'rkey': place.key}
        exchange = self._xrpc.call('com.atproto.repo.deleteRecord', body)
        if not isinstance(exchange, Exchange):
            return exchange
        if exchange.status == 200 or verdicts.is_gone(exchange):
            return Deleted()
        return verdicts.created(exchange, self._xrpc.host, self._now(), self._xrpc.secrets())

    def since(self, did: str, collection: str, since: datetime) -> list[Record] | CannotLook:
        """All our records of *collection* that were created since *since*.

        Keys tell no time, so all records are read: 5,000 at the most.
        """
        found = []
        for record in self._all(did, collection):
            if isinstance(record, CannotLook):
                return record
            created = answers.sane_time(record.value.get('createdAt'))
            if created is None or created >= since:
                found.append(record)
        return found

    def _all(self, did: str, collection: str) -> Iterator[Record | CannotLook]:
        cursor = ''
        for _ in range(PAGES):
            asked = [('repo', did), ('collection', collection), ('limit', str(PAGE))]
            exchange = self._xrpc.get(
                'com.atproto.repo.listRecords', asked + ([('cursor', cursor)] if cursor else [])
            )
            answer = exchange.json() if isinstance(exchange, Exchange) else None
            listed = answer.get('records') if isinstance(answer, dict) else None
            if not isinstance(listed, list):
                reason = self._xrpc.not_done(exchange).reason
                words = (self._xrpc.host, reason.text())
                yield CannotLook(Reason('channels-timeline-unread', words))
                return
            for one in listed:
                ref = sane_ref(one, collection)
                place = place_of_uri(ref.uri) if ref else None
                if ref is None or place is None or place.who != did:
                    yield CannotLook(Reason('channels-timeline-strange'))
                    return
                value = one.get('value')
                yield Record(ref, value if isinstance(value, dict) else {})
            after = answer.get('cursor') if isinstance(answer, dict) else None
            if not isinstance(after, str) or not after or not listed or after == cursor:
                return
            cursor = after
        yield CannotLook(Reason('channels-timeline-short'))
