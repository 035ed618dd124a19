"""Which channels are live: enabled in the configuration, and with their variables in the environment.

Where a credential is sent is said by the environment alone, never by a wiki page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from mwsocial.channels.base import Account, Channel, Refused, TryLater
from mwsocial.reason import Reason

_PREFIX = 'MWSOCIAL_'
#: What the operator sets for a channel of each network, after ``MWSOCIAL_NAME_``.
VARIABLES: Mapping[str, tuple[str, ...]] = {
    'mastodon': ('URL', 'TOKEN'),
    'x': ('URL', 'CONSUMER_KEY', 'CONSUMER_SECRET', 'ACCESS_TOKEN', 'ACCESS_SECRET'),
    'facebook': ('URL', 'PAGE', 'TOKEN'),
    'bluesky': ('URL', 'HANDLE', 'APP_PASSWORD'),
}
#: What needs no variable: the network's own address. Mastodon has none, and an account on Bluesky may
#: live on any server.
DEFAULTS: Mapping[str, Mapping[str, str]] = {
    'x': {'URL': 'https://api.x.com'},
    'facebook': {'URL': 'https://graph.facebook.com'},
}
_SECRET_ENDINGS = ('_TOKEN', '_SECRET', '_KEY', '_PASSWORD')


class ChannelSettings(Protocol):
    """What of a channel's configuration matters here."""

    @property
    def network(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def language(self) -> str | None: ...
    @property
    def threads(self) -> bool | None: ...
    @property
    def visibility(self) -> str: ...


#: What X takes for a post without and with an address.
Prices = tuple[float, float]


def variable(channel: str, what: str) -> str:
    """The name of the environment variable with *what* ('TOKEN') of *channel* ('mastodon')."""
    return f'{_PREFIX}{channel.upper()}_{what}'


def live_channels(
    configured: Mapping[str, ChannelSettings],
    environ: Mapping[str, str],
    prices: Prices = (0.0, 0.0),
    cache: Path | None = None,
) -> tuple[dict[str, Channel], dict[str, Reason]]:
    """The channels that can be used, by name, and why each other enabled one cannot.

    *cache*: a folder for sessions, which may be wiped at any time. No network is asked: whether the
    account is the right one is checked by ``wrong_account``, and by the channel itself before it posts.
    """
    live: dict[str, Channel] = {}
    reasons: dict[str, Reason] = {}
    for name, settings in configured.items():
        if not settings.enabled:
            continue
        found = _channel(name, settings, environ, prices, cache)
        if isinstance(found, Reason):
            reasons[name] = found
        else:
            live[name] = found
    return live, reasons


def wrong_account(channel: Channel, settings: ChannelSettings) -> Reason | None:
    """Why *channel* must not be used now: its credential does not work, or belongs to another
    account than the configuration names. None if all is well. Asks the network.
    """
    return account_trouble(channel.account(), channel, settings)


def account_trouble(
    found: Account | Refused | TryLater, channel: Channel, settings: ChannelSettings
) -> Reason | None:
    """As ``wrong_account``, for what the network has said (``Channel.account``)."""
    if not isinstance(found, Account):
        return found.reason
    if same_account(found.name, settings.account):
        return None
    return Reason('channels-other-account', (channel.name, found.name, settings.account))


def same_account(found: str, expected: str) -> bool:
    """Whether *found* (``@user@host``, ``@user``, a handle) is the *expected* account; '' for any."""
    return not expected or found.lstrip('@').casefold() == expected.strip().lstrip('@').casefold()


def secret_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """What of *environ* must never be printed, by name, of live channels or not."""
    return {
        name: value.strip()
        for name, value in environ.items()
        if name.startswith(_PREFIX) and name.endswith(_SECRET_ENDINGS) and value.strip()
    }


def _channel(
    name: str,
    settings: ChannelSettings,
    environ: Mapping[str, str],
    prices: Prices,
    cache: Path | None,
) -> Channel | Reason:
    make = _MAKERS.get(settings.network)
    if make is None:
        return Reason('channels-no-module', (settings.network,))
    usual = DEFAULTS.get(settings.network, {})
    names = [variable(name, what) for what in VARIABLES[settings.network]]
    values = {
        what: environ.get(variable(name, what), '').strip() or usual.get(what, '')
        for what in VARIABLES[settings.network]
    }
    missing = [variable(name, what) for what, value in values.items() if not value]
    if missing:
        return Reason('channels-no-variables', (name, ', '.join(missing)))
    try:
        return make(name, settings, values, prices, cache)
    except ValueError as error:
        return Reason('channels-bad-variables', (name, ', '.join(names), str(error)))


# A network's module is loaded where a channel is on it: a run pays for no other.


def _mastodon(
    name: str, settings: ChannelSettings, values: Values, prices: Prices, cache: Path | None
) -> Channel:
    from mwsocial.channels.mastodon import MastodonChannel

    return MastodonChannel(
        name, values['URL'], values['TOKEN'], settings.account, visibility=settings.visibility
    )


def _x(
    name: str, settings: ChannelSettings, values: Values, prices: Prices, cache: Path | None
) -> Channel:
    from mwsocial.channels.x import XChannel

    return XChannel(
        name, values['URL'], values['CONSUMER_KEY'], values['CONSUMER_SECRET'],
        values['ACCESS_TOKEN'], values['ACCESS_SECRET'], settings.account,
        threads=bool(settings.threads), prices=prices,
    )  # fmt: skip


def _facebook(
    name: str, settings: ChannelSettings, values: Values, prices: Prices, cache: Path | None
) -> Channel:
    from mwsocial.channels.facebook import FacebookChannel

    return FacebookChannel(name, values['URL'], values['PAGE'], values['TOKEN'], settings.account)


def _bluesky(
    name: str, settings: ChannelSettings, values: Values, prices: Prices, cache: Path | None
) -> Channel:
    from mwsocial.channels.bluesky import BlueskyChannel

    return BlueskyChannel(
        name, values['URL'], values['HANDLE'], values['APP_PASSWORD'], settings.account,
        cache=cache / f'bluesky-{name}.json' if cache else None,
    )  # fmt: skip


Values = Mapping[str, str]
_MAKERS: Mapping[str, Callable[[str, ChannelSettings, Values, Prices, Path | None], Channel]] = {
    'mastodon': _mastodon,
    'x': _x,
    'facebook': _facebook,
    'bluesky': _bluesky,
}
