"""The Mastodon API server and the clock of both servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mwsocial.errors import ConfigurationError
from mwsocial.sandbox import Gate, Person, Sandbox
from mwsocial.sandbox.fediverse import client
from tests.real.world import arrive, say


def test_post_boost_and_ledger(wiki: Sandbox) -> None:
    desk = wiki.mastodon('mediawiki')
    reader = wiki.mastodon('reader')
    assert desk.account_verify_credentials()['username'] == 'mediawiki'
    before = len(wiki.statuses('mediawiki'))
    posted = desk.status_post('Hello from the desk')
    ledger = wiki.statuses('mediawiki')
    assert len(ledger) == before + 1
    assert 'Hello from the desk' in ledger[-1]['content']
    posted_there = [status['content'] for status in wiki.statuses('reader')]
    assert not any('Hello from the desk' in content for content in posted_there)
    assert posted['url'].startswith(wiki.mastodon_url)
    public = reader.timeline_public(limit=20)
    assert any('Hello from the desk' in status['content'] for status in public)


def test_mention_arrives(wiki: Sandbox) -> None:
    """Also where the server lost it on its way."""
    say(wiki, 'a question')
    queue = wiki.mastodon_folder / 'data' / 'user' / 'reader' / 'queue'
    lost = str(wiki.mastodon('reader').status_post('@mediawiki another question')['url'])
    for path in queue.iterdir():
        path.unlink()
    wiki.deliver_again('reader', [lost])
    arrive(wiki, [lost])
    notices: Any = wiki.mastodon('mediawiki').notifications(limit=40)
    told = [one['status']['url'] for one in notices if one['status']]
    assert told.count(lost) == 1


def test_through_a_gate(wiki: Sandbox) -> None:
    host = wiki.mastodon_url.removeprefix('http://')
    with Gate(wiki.mastodon_url, host=host) as gate:
        desk = client(gate.url, wiki.accounts['mediawiki']['token'])
        desk.status_post('Through the gate', idempotency_key='key-1')
        record = next(item for item in gate.requests if item.method == 'POST')
        assert record.path == '/api/v1/statuses'
        assert record.fields['status'] == 'Through the gate'
        assert record.request.headers['idempotency-key'] == 'key-1'
        assert wiki.accounts['mediawiki']['token'] not in repr(gate.requests)


def _wiki_time(person: Person) -> datetime:
    answer = person.api(action='query', curtimestamp=True)
    return datetime.fromisoformat(answer['curtimestamp'])


def test_clock_moves_both_servers(wiki: Sandbox) -> None:
    carol = wiki.person('Carol')
    desk = wiki.mastodon('mediawiki')
    bot = wiki.person(wiki.bot['name'])
    bot.edit('Clock', 'logged in before')
    carol.edit('Module:Clock', 'return { now = function() return os.time() end }')
    for step in (660, 3 * 86400, 30 * 86400):
        offset = wiki.clock.offset
        assert wiki.clock.advance(step) == offset + step
        expected = datetime.now(UTC) + timedelta(seconds=offset + step)
        assert abs(wiki.clock.now() - expected) < timedelta(seconds=60)
        assert abs(_wiki_time(carol) - expected) < timedelta(seconds=60)
        carol.edit('Clock', f'after {step}')
        stamp = carol.history('Clock')[0]['timestamp']
        assert abs(datetime.fromisoformat(stamp) - expected) < timedelta(seconds=60)
        created = desk.status_post(f'after {step}')['created_at']
        assert abs(created - expected) < timedelta(seconds=60)
        lua = float(carol.expand('{{#invoke:Clock|now}}'))
        assert abs(lua - expected.timestamp()) < 60
        # Who was logged in still is, and who comes anew can log in.
        bot.edit('Clock', f'still logged in after {step}')
        assert Person(wiki.url, 'Dave', wiki.users['Dave']).edit('Clock', f'new login {step}')
    with pytest.raises(ConfigurationError, match='forward'):
        wiki.clock.advance(-1)
