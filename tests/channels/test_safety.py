"""Where the credential goes, and what is never read, followed or printed."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from mwsocial.channels.base import Account, CannotLook, Post, Posted, Refused
from mwsocial.channels.mastodon import MastodonChannel
from mwsocial.channels.transport import CarefulSession, ForeignAddressError, origin_of
from tests.channels.conftest import make
from tests.channels.mastodon_stub import TOKEN, Answer, Stub, error, json_answer

POST = Post('words', 'k')


@pytest.mark.parametrize('status', [301, 302, 303, 307, 308])
def test_the_token_follows_no_redirect(stub: Stub, status: int) -> None:
    with Stub() as other:
        for path in ('/api/v1/accounts/verify_credentials', '/api/v1/statuses', '/api/v2/instance'):
            for method in ('GET', 'POST'):
                answer = Answer(status, b'', {'Location': f'{other.url}{path}'})
                stub.fail(method, path, answer, before=True)
        channel = make(stub)
        assert not isinstance(channel.post(POST), Posted)
        channel.limits()
        stub.faults = [one for one in stub.faults if one.method == 'POST']
        assert not isinstance(channel.post(POST), Posted)
        assert channel.find(POST, stub.now - timedelta(minutes=5), ())
        assert other.requests == []
    assert stub.ledger == []


def test_no_redirect_to_the_same_server(stub: Stub, channel: MastodonChannel) -> None:
    answer = Answer(307, b'', {'Location': '/api/v1/statuses'})
    stub.fail('POST', '/api/v1/statuses', answer, before=True)
    assert isinstance(channel.post(POST), Refused)
    assert len(stub.seen('POST', '/api/v1/statuses')) == 1


def test_another_server_is_refused(stub: Stub) -> None:
    session = CarefulSession('https://a.example')
    for address in (
        'https://b.example/api', 'http://a.example/api', 'https://a.example.b.example/',
        'https://a.example:8443/', 'https://a.example@b.example/', stub.url + '/api/v2/instance',
    ):  # fmt: skip
        with pytest.raises(ForeignAddressError):
            session.get(address)
        assert session.last is not None
        assert not session.last.sent
    assert stub.requests == []


def test_no_proxy_no_netrc_no_cookie(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / 'netrc'
    netrc.write_text('default login thief password secret\n')
    netrc.chmod(0o600)
    monkeypatch.setenv('NETRC', str(netrc))
    with Stub() as proxy:
        for name in ('http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY', 'https_proxy'):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv('no_proxy', raising=False)
        monkeypatch.delenv('NO_PROXY', raising=False)
        stub.fail('GET', '/api/v1/accounts', lambda right: Answer(
            200, right.body, right.headers | {'Set-Cookie': 'session=1; Path=/'}
        ))  # fmt: skip
        assert isinstance(make(stub).post(POST), Posted)
        assert proxy.requests == []
    assert all('cookie' not in seen.headers for seen in stub.requests)
    allowed = {f'Bearer {TOKEN}'}
    assert {seen.headers['authorization'] for seen in stub.requests} == allowed


def test_a_token_is_no_file_name(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(TOKEN).write_text('another-token\nhttps://elsewhere.example\n')
    assert os.path.isfile(TOKEN)  # noqa: PTH113 - as the library asks
    assert make(stub).account() == Account('@Desk@stub.example', f'{stub.url}/@desk', may_post=True)


@pytest.mark.parametrize(
    'token', ['', ' ', 'a b', 'a\nX-Header: 1', 'tökên', 'a\r', 'x' * 600, '{{{1}}}', 'Bearer abc']
)
def test_no_token(token: str) -> None:
    with pytest.raises(ValueError, match='access token') as caught:
        MastodonChannel('mastodon', 'https://a.example', token)
    assert len(token.strip()) < 2 or token not in str(caught.value)


@pytest.mark.parametrize(
    ('address', 'origin'),
    [
        ('https://wikis.world', 'https://wikis.world'),
        ('https://wikis.world/', 'https://wikis.world'),
        ('https://WIKIS.world:8443', 'https://wikis.world:8443'),
        ('http://127.0.0.1:80', 'http://127.0.0.1:80'),
        ('http://localhost:8075/', 'http://localhost:8075'),
        ('http://[::1]:8075', 'http://[::1]:8075'),
    ],
)
def test_good_addresses(address: str, origin: str) -> None:
    assert origin_of(address) == origin


@pytest.mark.parametrize(
    'address',
    [
        '', 'wikis.world', 'http://wikis.world', 'http://127.0.0.1.example', 'http://0.0.0.0',
        'http://localhost.example', 'http://10.0.0.1', 'ftp://wikis.world', 'https://', 'https:///x',
        'https://a:b@wikis.world', 'https://a@wikis.world', 'https://wikis.world/@mediawiki',
        'https://wikis.world?x=1', 'https://wikis.world#x', 'https://wikis.world:x', 'https://[::1',
        'https://wikis.world\n', 'https://wikis.world\\@evil.example', 'https://wikis world',
        'https://wikis.wörld', 'https://wikis.world:99999', 'file:///etc/passwd',
    ],
)  # fmt: skip
def test_bad_addresses(address: str) -> None:
    with pytest.raises(ValueError, match=r'it must|no address'):
        MastodonChannel('mastodon', address, TOKEN)


def test_the_token_is_in_no_words(stub: Stub, channel: MastodonChannel) -> None:
    spoken = error(422, f'You sent Bearer {TOKEN}\u202e\x00\n{"very " * 200}')
    stub.fail('POST', '/api/v1/statuses', spoken)
    outcome = channel.post(POST)
    assert isinstance(outcome, Refused)
    words = outcome.reason.text()
    assert TOKEN not in words
    assert TOKEN not in repr(outcome)
    assert words.isprintable()
    assert len(words) < 400
    assert TOKEN not in repr(channel)
    assert list(channel.secrets()) == [TOKEN]


def test_a_bomb_of_an_answer(stub: Stub, channel: MastodonChannel) -> None:
    stub.fail('GET', '/api/v2/instance', Answer(200, b'{' + b' ' * 9_000_000 + b'}'))
    assert isinstance(channel.limits(), CannotLook)


def test_a_dripping_answer_ends(stub: Stub) -> None:
    session = CarefulSession(stub.url, whole_time=0)
    with pytest.raises(Exception, match=r'.'):
        session.get(stub.url + '/api/v2/instance')
    assert session.last is not None
    assert session.last.body is None


def test_identity_through_another_key(stub: Stub, channel: MastodonChannel) -> None:
    answer = json_answer({'id': 77, 'acct': 'desk@other.example', 'url': 'javascript:1'})
    stub.fail('GET', '/api/v1/accounts', answer)
    assert channel.account() == Account('@desk@other.example', '', may_post=True)
