"""No other answer can be built: every request that the Bluesky channel sends is inspected."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mwsocial.channels.base import Pointer, Post, Posted, Seen
from mwsocial.channels.bluesky import BlueskyChannel
from mwsocial.sandbox.bluesky_server import Bluesky
from mwsocial.sandbox.loopback import Loopback
from mwsocial.sandbox.loopback_parts import Request
from tests.channels.bluesky_worlds import (
    DESK,
    FOLLOW,
    POST,
    READER,
    REPOST,
    Stand,
    StandIn,
    address,
    make,
)

SENTENCES = (
    'For help see https://www.mediawiki.org/wiki/Project:Support_desk',
    'Please file a bug.',
)
WORDS = ('News', f'@{READER} hello', f'RT @{READER}: x', SENTENCES[0], 'in reply to at://did:plc:x')
PROCEDURES = {
    'com.atproto.server.createSession', 'com.atproto.server.refreshSession',
    'com.atproto.repo.createRecord', 'com.atproto.repo.deleteRecord', 'com.atproto.repo.uploadBlob',
}  # fmt: skip


@pytest.fixture(scope='module')
def server() -> Iterator[Stand]:
    with Loopback(Bluesky) as running:
        yield running


def people_talk(server: Stand, channel: BlueskyChannel) -> list[str]:
    """Addresses of posts that speak to us, or do not, and of our own."""
    service = server.service
    ours = channel.post(Post('Ours', 'start'))
    assert isinstance(ours, Posted)
    plain = service.say(READER, 'nothing to us')['uri']
    asked = service.say(READER, f'@{DESK} help', mention=DESK)['uri']
    return [
        ours.remote_id, plain, asked,
        service.say(READER, 'to your post', reply_to=ours.remote_id)['uri'],
        service.say(READER, f'@{DESK} there', mention=DESK, reply_to=plain)['uri'],
        service.say(READER, 'a quote', quote=ours.remote_id)['uri'],
        service.say(READER, f'@{DESK} only words')['uri'],
        service.say(READER, 'and more', reply_to=asked)['uri'],
    ]  # fmt: skip


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(['post', 'point', 'share', 'edit', 'delete', 'follow', 'read']),
        st.integers(0, 7), st.integers(0, 7), st.integers(0, 4), st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=_STEPS, seed=st.integers(0, 10**9))
def test_an_answer_is_a_pointer_or_our_own_thread(
    server: Stand, steps: list[tuple[str, int, int, int, bool]], seed: int
) -> None:
    server.service.records.clear()
    channel = make(StandIn(server))
    places = people_talk(server, channel)
    spoken_to = {places[2], places[3], places[4]}
    before = server._number
    threads: set[str] = set()
    for kind, one, two, word, lie in steps:
        if kind == 'post':
            text = WORDS[word]
            after, root = address(places[one]), address(places[two])
            if lie:
                threads.add(text)
            outcome = channel.post(
                Post(
                    text,
                    f'{seed}-{kind}-{one}-{two}-{word}-{lie}',
                    after=after if lie else '',
                    root=root if lie else '',
                )
            )
            if isinstance(outcome, Posted):
                places[0] = outcome.remote_id
            continue
        if kind == 'edit':
            channel.edit(address(places[one]), Post(WORDS[word], 'k', after=address(places[two])))
        elif kind == 'delete' and one:
            channel.delete(address(places[one]))
        elif kind == 'follow':
            channel.follow(READER)
        elif kind == 'read':
            channel.mentions('')
            channel.timeline('')
            channel.search('x', '')
        seen = channel.look_up(places[one])
        if not isinstance(seen, Seen):
            continue
        if lie:
            seen = replace(seen, mentions_us=True, reply_to_us=True, ours=False, answered=False)
        if kind == 'share':
            channel.share(seen, f'{seed}')
        elif kind == 'point':
            channel.point(seen, Pointer('p', SENTENCES[word % 2], f'{seed}-{word}'))
    own = f'at://{server.service.did_of(DESK)}/'
    for request in server.seen:
        if request.number > before and request.method != 'GET':
            inspect(request, own, spoken_to, threads)
    replies = [one['value']['reply'] for one in server.service.posts() if 'reply' in one['value']]
    answers = [one for one in replies if not one['parent']['uri'].startswith(own)]
    assert len(answers) == len({one['root']['uri'] for one in answers})


def inspect(request: Request, own: str, spoken_to: set[str], threads: set[str]) -> None:
    """Fail if a request makes an answer that is neither a pointer nor a part of our own thread."""
    method = request.path.rpartition('/')[2]
    assert method in PROCEDURES
    if method != 'com.atproto.repo.createRecord':
        return
    body = request.json()
    record: dict[str, Any] = body['record']
    assert f'at://{body["repo"]}/' == own
    assert body['collection'] == record['$type']
    assert record['$type'] in (POST, REPOST, FOLLOW)
    if record['$type'] != POST:
        assert set(record) == {'$type', 'subject', 'createdAt'}
        return
    assert record.get('embed', {}).get('$type') in (None, 'app.bsky.embed.external')
    if 'reply' not in record:
        return
    parent, root = record['reply']['parent']['uri'], record['reply']['root']['uri']
    if parent.startswith(own):
        assert root.startswith(own)
        assert record['text'] in threads
    else:
        assert record['text'] in SENTENCES
        assert parent in spoken_to


def test_the_inspection_would_find_one() -> None:
    own = 'at://did:plc:x/'
    bad = {
        'repo': 'did:plc:x', 'collection': POST, 'rkey': 'k',
        'record': {'$type': POST, 'text': 'Free words', 'reply': {
            'root': {'uri': 'at://did:plc:y/a/b'}, 'parent': {'uri': 'at://did:plc:y/a/b'},
        }},
    }  # fmt: skip
    request = Request('POST', '/xrpc/com.atproto.repo.createRecord', {}, json.dumps(bad).encode())
    with pytest.raises(AssertionError):
        inspect(request, own, {'at://did:plc:y/a/b'}, set())
