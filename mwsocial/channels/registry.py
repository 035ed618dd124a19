"""Which channels are live: enabled in the configuration, and with their variables in the environment.

Where a credential is sent is said by the environment alone, never by a wiki page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from mwsocial.channels.base import Account, Channel
from mwsocial.channels.mastodon import MastodonChannel, same_account
from mwsocial.reason import Reason

_PREFIX = 'MWSOCIAL_'
#: What the operator sets for a channel of each network, after ``MWSOCIAL_NAME_``; all are needed.
VARIABLES: Mapping[str, tuple[str, ...]] = {
    'mastodon': ('URL', 'TOKEN'),
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


def variable(channel: str, what: str) -> str:
    """The name of the environment variable with *what* ('TOKEN') of *channel* ('mastodon')."""
    return f'{_PREFIX}{channel.upper()}_{what}'


def live_channels(
    configured: Mapping[str, ChannelSettings], environ: Mapping[str, str]
) -> tuple[dict[str, Channel], dict[str, Reason]]:
    """The channels that can be used, by name, and why each other enabled one cannot.

    No network is asked: whether the account is the right one is checked by ``wrong_account``, and by
    the channel itself before it posts.
    """
    live: dict[str, Channel] = {}
    reasons: dict[str, Reason] = {}
    for name, settings in configured.items():
        if not settings.enabled:
            continue
        found = _channel(name, settings, environ)
        if isinstance(found, Reason):
            reasons[name] = found
        else:
            live[name] = found
    return live, reasons


def wrong_account(channel: Channel, settings: ChannelSettings) -> Reason | None:
    """Why *channel* must not be used now: its credential does not work, or belongs to another
    account than the configuration names. None if all is well. Asks the network.
    """
    found = channel.account()
    if not isinstance(found, Account):
        return found.reason
    if same_account(found.name, settings.account):
        return None
    return Reason('channels-other-account', (channel.name, found.name, settings.account))


def secret_values(environ: Mapping[str, str]) -> tuple[str, ...]:
    """All values in *environ* that must never be printed, of live channels or not."""
    return tuple(
        value.strip()
        for name, value in environ.items()
        if name.startswith(_PREFIX) and name.endswith(_SECRET_ENDINGS) and value.strip()
    )


def _channel(name: str, settings: ChannelSettings, environ: Mapping[str, str]) -> Channel | Reason:
    make = _MAKERS.get(settings.network)
    if make is None:
        return Reason('channels-no-module', (settings.network,))
    names = [variable(name, what) for what in VARIABLES[settings.network]]
    values = [environ.get(one, '').strip() for one in names]
    missing = [one for one, value in zip(names, values, strict=True) if not value]
    if missing:
        return Reason('channels-no-variables', (name, ', '.join(missing)))
    try:
        return make(name, settings, values)
    except ValueError as error:
        return Reason('channels-bad-variables', (name, ', '.join(names), str(error)))


def _mastodon(name: str, settings: ChannelSettings, values: list[str]) -> Channel:
    url, token = values
    return MastodonChannel(name, url, token, settings.account)


_MAKERS: Mapping[str, Callable[[str, ChannelSettings, list[str]], Channel]] = {
    'mastodon': _mastodon,
}
