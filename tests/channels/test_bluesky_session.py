"""How the Bluesky channel gets in and stays in, and where its credential goes."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mwsocial.channels.base import Account, Channel, Post, Posted, Refused, TryLater
from mwsocial.channels.bluesky import BlueskyChannel
from mwsocial.channels.bluesky.store import claims_of, end_of
from mwsocial.sandbox.bluesky_server import Bluesky
from mwsocial.sandbox.loopback import Loopback
from tests.channels.bluesky_worlds import DESK, READER, Stand, StandIn, make

A_POST = Post('words', 'k')
PASSWORD = 'abcd-efgh-ijkl-mnop'


@pytest.fixture
def server() -> Iterator[Stand]:
    with Loopback(Bluesky) as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / 'deep' / 'bluesky.json'


def logins(server: Stand) -> tuple[int, int]:
    return server.count('createSession'), server.count('refreshSession')


def test_account(server: Stand) -> None:
    did = server.service.did_of(DESK)
    found = make(StandIn(server)).account()
    assert found == Account(DESK, f'https://bsky.app/profile/{did}', may_post=True)
    assert make(StandIn(server), handle=f'@{DESK.upper()}').account() == found
    assert make(StandIn(server), handle=did, account=did).account() == found


def test_a_deactivated_account_may_not_post(server: Stand) -> None:
    server.service.account(DESK)['status'] = 'deactivated'
    channel = make(StandIn(server))
    found = channel.account()
    assert isinstance(found, Account)
    assert found.may_post is False
    assert isinstance(channel.post(A_POST), Refused)


def test_one_login_for_many_requests_and_runs(server: Stand, cache: Path) -> None:
    channel = make(StandIn(server), cache=cache)
    assert isinstance(channel.post(A_POST), Posted)
    channel.mentions('')
    assert logins(server) == (1, 0)
    for number in range(3):
        again = make(StandIn(server), cache=cache)
        assert isinstance(again.post(Post('words', str(number))), Posted)
    assert logins(server) == (1, 0)


def test_without_a_file_nothing_is_kept(server: Stand) -> None:
    make(StandIn(server)).account()
    make(StandIn(server)).account()
    assert logins(server) == (2, 0)


def test_the_file_is_private_and_may_be_wiped(server: Stand, cache: Path) -> None:
    os.umask(os.umask(0))
    make(StandIn(server), cache=cache).account()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    assert [one.name for one in cache.parent.iterdir()] == [cache.name]
    assert StandIn(server).password() not in cache.read_text()
    cache.unlink()
    assert isinstance(make(StandIn(server), cache=cache).post(A_POST), Posted)
    assert logins(server) == (2, 0)


@pytest.mark.parametrize(
    'content',
    ['', '{', '[]', 'null', '{"origin": 5}', '\xff', '[' * 100_000, '{"did": "x"}', '0' * 200_000],
)
def test_a_strange_file_is_no_session(server: Stand, cache: Path, content: str) -> None:
    cache.parent.mkdir()
    cache.write_bytes(content.encode('latin-1'))
    cache.chmod(0o600)
    assert isinstance(make(StandIn(server), cache=cache).account(), Account)
    assert logins(server) == (1, 0)


def test_a_file_that_others_can_read_or_that_is_elsewhere_is_not_trusted(
    server: Stand, cache: Path, tmp_path: Path
) -> None:
    make(StandIn(server), cache=cache).account()
    cache.chmod(0o644)
    make(StandIn(server), cache=cache).account()
    assert logins(server) == (2, 0)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    link = tmp_path / 'link.json'
    link.symlink_to(cache)
    make(StandIn(server), cache=link).account()
    assert logins(server) == (3, 0)
    assert not link.is_symlink()


def test_a_session_of_another_server_or_account_is_not_used(server: Stand, cache: Path) -> None:
    make(StandIn(server), cache=cache).account()
    token = json.loads(cache.read_text())['accessJwt']
    with Loopback(Bluesky) as other:
        make(StandIn(other), cache=cache).account()
        assert all(token not in one.headers.get('authorization', '') for one in other.seen)
    world = StandIn(server)
    reader = make(
        world, cache=cache, handle=READER, password=world.password(READER), account=READER
    )
    assert reader.account() == Account(
        READER, f'https://bsky.app/profile/{world.did(READER)}', may_post=True
    )


def test_another_password_is_tried_at_once(server: Stand, cache: Path) -> None:
    """A new password with a typo must not hide behind the session that the old one has made: the old one
    is revoked next, and the desk would fall silent.
    """
    world = StandIn(server)
    assert isinstance(make(world, cache=cache).account(), Account)
    found = make(world, cache=cache, password=PASSWORD).account()
    assert isinstance(found, Refused)
    assert found.reason.key == 'bluesky-password-refused'
    assert logins(server) == (2, 0)
    assert isinstance(make(world, cache=cache).account(), Account)
    assert logins(server) == (2, 0), 'the session of the right one was kept'


def test_the_password_cannot_be_read_from_the_file(server: Stand, cache: Path) -> None:
    """Nor can two files be compared: each has a salt of its own."""
    world = StandIn(server)
    kept = []
    for _ in range(2):
        make(world, cache=cache).account()
        text = cache.read_text()
        kept.append(json.loads(text)['password'])
        assert world.password() not in text
        assert hashlib.sha256(world.password().encode()).hexdigest() not in text
        cache.unlink()
    assert kept[0] != kept[1]


def test_a_refused_login_is_not_tried_again_by_the_same_run(server: Stand) -> None:
    """A server takes 300 logins a day for an account, refused ones included."""
    channel = make(StandIn(server), password=PASSWORD)
    for found in (channel.account(), channel.post(A_POST), channel.mentions('')):
        assert isinstance(found, Refused)
        assert found.reason.key == 'bluesky-password-refused'
    assert logins(server) == (1, 0)


def test_a_file_that_cannot_be_written_does_no_harm(server: Stand, tmp_path: Path) -> None:
    place = tmp_path / 'a file'
    place.write_text('x')
    assert isinstance(make(StandIn(server), cache=place / 'session').post(A_POST), Posted)
    (tmp_path / 'folder').mkdir()
    assert isinstance(make(StandIn(server), cache=tmp_path / 'folder').account(), Account)


def test_an_old_session_is_refreshed_before_it_is_used(server: Stand, cache: Path) -> None:
    make(StandIn(server), cache=cache).account()
    later = datetime.now(UTC) + timedelta(hours=3)
    server.moved = timedelta(hours=3)
    channel = make(StandIn(server), cache=cache, now=lambda: later)
    assert isinstance(channel.post(A_POST), Posted)
    assert logins(server) == (1, 1)
    assert server.count('post') == 1
    assert isinstance(make(StandIn(server), cache=cache, now=lambda: later).post(A_POST), Posted)
    assert logins(server) == (1, 1)


def test_a_session_that_has_ended_is_refreshed_once(server: Stand) -> None:
    channel = make(StandIn(server))
    channel.account()
    server.control('end_sessions', {})
    server.moved = timedelta(seconds=2)
    assert isinstance(channel.post(A_POST), Posted)
    assert logins(server) == (1, 1)
    assert [one['status'] for one in server.log if one['kind'] == 'post'] == [400, 200]


def test_a_session_that_cannot_be_refreshed_is_made_anew(server: Stand, cache: Path) -> None:
    make(StandIn(server), cache=cache).account()
    server.control('end_sessions', {'all': True})
    server.moved = timedelta(seconds=2)
    channel = make(StandIn(server), cache=cache)
    assert isinstance(channel.post(A_POST), Posted)
    assert logins(server) == (2, 1)


def test_a_server_that_never_takes_a_token_is_not_asked_for_ever(server: Stand) -> None:
    body = json.dumps({'error': 'ExpiredToken', 'message': 'Token has expired'})
    server.fault('answer', kind='post', status=400, body=body, times=None)
    channel = make(StandIn(server))
    outcome = channel.post(A_POST)
    assert isinstance(outcome, Refused)
    assert 'app password' in outcome.reason.text()
    assert server.count('post') == 2


@pytest.mark.parametrize('kind', ['createSession', 'refreshSession', 'getSession'])
@pytest.mark.parametrize('how', ['status', 'html', 'reset', 'huge', 'limit', 'redirect'])
def test_the_way_in_is_broken(server: Stand, cache: Path, kind: str, how: str) -> None:
    world = StandIn(server)
    if kind == 'refreshSession':
        make(world, cache=cache).account()
        server.control('end_sessions', {})
        server.moved = timedelta(seconds=2)
    server.fault(how, kind=kind, times=3, status=503 if how == 'status' else 0)
    outcome = make(world, cache=cache).post(A_POST)
    assert isinstance(outcome, Refused if how == 'redirect' else TryLater)
    assert world.records() == []


def test_the_app_password_has_been_taken_back(server: Stand, cache: Path) -> None:
    make(StandIn(server), cache=cache).account()
    old = StandIn(server).password()
    server.service.account(DESK)['app_passwords'].clear()
    server.control('end_sessions', {})
    server.moved = timedelta(seconds=2)
    outcome = make(StandIn(server), cache=cache, password=old).post(A_POST)
    assert isinstance(outcome, Refused)
    assert 'valid app password' in outcome.reason.text()
    assert old not in outcome.reason.text()
    assert not cache.exists()


def test_the_main_password_is_not_used(server: Stand) -> None:
    world = StandIn(server)
    outcome = make(world, password=world.main_password()).post(A_POST)
    assert isinstance(outcome, Refused)
    assert 'app password' in outcome.reason.text()
    assert world.records() == []
    server.service.account(DESK)['second_factor'] = True
    outcome = make(world, password=world.main_password()).post(A_POST)
    assert isinstance(outcome, Refused)
    assert 'e-mail' in outcome.reason.text()


def test_an_account_that_was_taken_down(server: Stand, cache: Path) -> None:
    make(StandIn(server), cache=cache).account()
    server.service.account(DESK)['status'] = 'takendown'
    for channel in (make(StandIn(server), cache=cache), make(StandIn(server))):
        outcome = channel.post(A_POST)
        assert isinstance(outcome, Refused)
        assert 'taken down' in outcome.reason.text()


def test_another_account_than_the_configured_one(server: Stand) -> None:
    channel = make(StandIn(server), account='other.test')
    for outcome in (
        channel.post(A_POST), channel.delete('https://bsky.app/profile/a.test/post/3k'),
        channel.follow(READER), channel.mentions(''), channel.look_up('https://x.example'),
    ):  # fmt: skip
        assert isinstance(outcome, Refused)
        assert outcome.reason.key == 'channels-other-account'
    assert server.count('post') == 0


def test_nothing_goes_to_where_the_server_points(server: Stand) -> None:
    """The stand-in says that the account lives at https://elsewhere.example, as real ones do."""
    channel = make(StandIn(server))
    assert isinstance(channel.post(A_POST), Posted)
    assert all(one.headers['host'] == server.url.split('://')[1] for one in server.seen)


@pytest.mark.parametrize('status', [301, 302, 303, 307, 308])
def test_the_credential_follows_no_redirect(server: Stand, status: int) -> None:
    with Loopback(Bluesky) as other:
        for kind in ('createSession', 'getSession', 'post', 'getRecord'):
            location = f'{other.url}/xrpc/x'
            server.fault('redirect', kind=kind, status=status, location=location, times=None)
            channel = make(StandIn(server))
            channel.account()
            assert isinstance(channel.post(Post(kind, kind)), Posted) is (kind == 'getRecord')
            channel.find(A_POST, datetime.now(UTC), ())
            assert server.count(kind)
            server.calm()
        assert list(other.seen) == []


def test_no_secret_in_any_words(server: Stand) -> None:
    channel = make(StandIn(server))
    channel.account()
    secrets = list(channel.secrets())
    assert len(secrets) == 3
    assert StandIn(server).password() in secrets
    message = ' '.join((*secrets, '\u202e\x00\n', 'very ' * 200))
    body = json.dumps({'error': 'InvalidRequest', 'message': message})
    server.fault('answer', kind='post', status=400, body=body)
    outcome = channel.post(A_POST)
    assert isinstance(outcome, Refused)
    shown = outcome.reason.text()
    for secret in secrets:
        for where in (shown, repr(outcome), repr(channel), repr(vars(channel)), str(channel)):
            assert secret not in where
    assert shown.isprintable()
    assert len(shown) < 400


@pytest.mark.parametrize(
    'password', ['', ' ', 'a b', 'a\nX-Header: 1', 'pässword', 'x' * 300, '\x7f']
)
def test_no_password(password: str) -> None:
    with pytest.raises(ValueError, match='app password') as caught:
        BlueskyChannel('bluesky', 'https://a.example', DESK, password)
    assert len(password.strip()) < 2 or password not in str(caught.value)


@pytest.mark.parametrize(
    'handle', ['', '@', 'mediawiki', 'a b.test', 'a.test/', 'x@y.test', 'did:']
)
def test_no_handle(handle: str) -> None:
    with pytest.raises(ValueError, match='handle'):
        BlueskyChannel('bluesky', 'https://a.example', handle, PASSWORD)


@pytest.mark.parametrize('url', ['', 'bsky.social', 'http://bsky.social', 'https://a@bsky.social', 'https://bsky.social/xrpc'])  # fmt: skip
def test_bad_addresses(url: str) -> None:
    with pytest.raises(ValueError, match=r'it must|no address'):
        BlueskyChannel('bluesky', url, DESK, PASSWORD)


def _token(claims: Any) -> str:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')
    return f'e30.{part}.x'


@pytest.mark.parametrize(
    'token', ['', 'a', 'a.b', 'a.b.c', 'a.!!.c', 'a.W10.c', 'a.' + 'W' * 1000 + '.c', _token([]),
              _token({'exp': 'x'}), _token({'exp': True}), _token({'exp': 1e300}), _token({})],
)  # fmt: skip
def test_a_token_that_says_nothing(token: str) -> None:
    assert isinstance(claims_of(token), dict)
    assert end_of(token) is None


def test_a_token_says_when_it_ends() -> None:
    assert end_of(_token({'exp': 1_795_615_200})) == datetime(2026, 11, 25, 14, tzinfo=UTC)


def test_it_is_a_channel() -> None:
    channel: Channel = BlueskyChannel('bluesky', 'https://bsky.social', DESK, PASSWORD)
    assert (channel.name, channel.network) == ('bluesky', 'bluesky')
