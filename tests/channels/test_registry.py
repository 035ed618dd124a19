"""Which channels are live, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mwsocial.channels.registry import live_channels, secret_variables, wrong_account
from tests.channels.conftest import make
from tests.channels.mastodon_stub import TOKEN, Stub


@dataclass(frozen=True)
class Settings:
    """A channel's configuration."""

    network: str = 'mastodon'
    account: str = '@desk@stub.example'
    enabled: bool = True
    language: str | None = None
    threads: bool | None = None
    visibility: str = 'public'


def test_live(stub: Stub) -> None:
    environ = {
        'MWSOCIAL_MASTODON_URL': f' {stub.url}/\n', 'MWSOCIAL_MASTODON_TOKEN': f'{TOKEN}\n',
        'MWSOCIAL_SECOND_URL': stub.url, 'MWSOCIAL_SECOND_TOKEN': TOKEN,
    }  # fmt: skip
    live, reasons = live_channels(
        {'mastodon': Settings(), 'second': Settings(account='@other@stub.example')}, environ
    )
    assert reasons == {}
    assert [channel.name for channel in live.values()] == ['mastodon', 'second']
    assert stub.requests == []
    assert wrong_account(live['mastodon'], Settings()) is None
    wrong = wrong_account(live['second'], Settings(account='@other@stub.example'))
    assert wrong is not None
    assert '@other@stub.example' in wrong.text()


def test_not_live() -> None:
    live, reasons = live_channels(
        {
            'mastodon': Settings(), 'empty': Settings(), 'half': Settings(),
            'off': Settings(enabled=False), 'x': Settings('x'), 'bad': Settings(), 'token': Settings(),
            'old': Settings('pumpio'),
        },
        {
            'MWSOCIAL_EMPTY_URL': '', 'MWSOCIAL_EMPTY_TOKEN': '  ',
            'MWSOCIAL_HALF_URL': 'https://a.example', 'MWSOCIAL_OFF_TOKEN': 'x',
            'MWSOCIAL_BAD_URL': 'http://a.example', 'MWSOCIAL_BAD_TOKEN': 'bad-token-1',
            'MWSOCIAL_TOKEN_URL': 'https://a.example', 'MWSOCIAL_TOKEN_TOKEN': 'bad token 2',
            'MWSOCIAL_X_ACCESS_TOKEN': 'x',
        },
    )  # fmt: skip
    assert live == {}
    words = {name: reason.text() for name, reason in reasons.items()}
    assert sorted(words) == ['bad', 'empty', 'half', 'mastodon', 'old', 'token', 'x']
    for name in ('mastodon', 'empty'):
        for what in ('URL', 'TOKEN'):
            assert f'MWSOCIAL_{name.upper()}_{what}' in words[name]
    assert 'MWSOCIAL_HALF_TOKEN' in words['half']
    assert 'MWSOCIAL_HALF_URL' not in words['half']
    assert 'https://' in words['bad']
    assert 'MWSOCIAL_X_CONSUMER_KEY' in words['x']
    assert 'MWSOCIAL_X_URL' not in words['x']
    assert 'network pumpio' in words['old']
    assert not any('bad-token-1' in one or 'bad token 2' in one for one in words.values())
    assert not any('$' in one for one in words.values())


@pytest.mark.parametrize(
    'account', ['@desk@stub.example', '@DESK@STUB.example', 'desk@stub.example']
)
def test_right_account(stub: Stub, account: str) -> None:
    assert wrong_account(make(stub), Settings(account=account)) is None


def test_no_account_without_a_working_token(stub: Stub) -> None:
    stub.token_works = False
    reason = wrong_account(make(stub), Settings())
    assert reason is not None
    assert 'access token' in reason.text()


def test_secrets() -> None:
    environ = {
        'MWSOCIAL_MASTODON_TOKEN': 'one\n', 'MWSOCIAL_X_ACCESS_SECRET': 'two', 'HOME': '/home',
        'MWSOCIAL_X_CONSUMER_KEY': 'three', 'MWSOCIAL_BLUESKY_APP_PASSWORD': 'four',
        'MWSOCIAL_MASTODON_URL': 'https://a.example', 'MWSOCIAL_OTHER_TOKEN': ' ',
    }  # fmt: skip
    assert sorted(secret_variables(environ).values()) == ['four', 'one', 'three', 'two']
