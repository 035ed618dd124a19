"""The stand-ins for the networks that cannot be run here, as parts of one sandbox.

Each runs as a process of its own on 127.0.0.1 (``loopback_process``) and keeps its ledger in a folder of
its own. What a channel needs to speak to it stands in that ledger: a sandbox's tokens are no secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .loopback_process import Control

Ledger = Mapping[str, Any]


@dataclass(frozen=True)
class Network:
    """How one stand-in is started and used.

    ``module`` serves it; ``port`` is its usual one; ``variables`` gives what an operator would set
    (without the channel's name, and without the address), ``account`` what the configuration names.
    """

    module: str
    port: int
    variables: Callable[[Ledger], Mapping[str, str]]
    account: Callable[[Ledger], str]
    settings: Mapping[str, Any] = field(default_factory=dict)


def _x_variables(ledger: Ledger) -> Mapping[str, str]:
    names = ('consumer_key', 'consumer_secret', 'access_token', 'access_secret')
    return {name.upper(): ledger['keys'][name] for name in names}


NETWORKS: Mapping[str, Network] = {
    'x': Network(
        'mwsocial.sandbox.x_server',
        8076,
        _x_variables,
        lambda ledger: f'@{ledger["users"][ledger["keys"]["user"]]["username"]}',
    ),
    'facebook': Network(
        'mwsocial.sandbox.facebook_server',
        8077,
        lambda ledger: {'PAGE': str(ledger['page']['id']), 'TOKEN': str(ledger['token'])},
        lambda ledger: str(ledger['page']['name']),
    ),
    'bluesky': Network(
        'mwsocial.sandbox.bluesky_server',
        8078,
        lambda ledger: {
            'HANDLE': str(ledger['account']['handle']),
            'APP_PASSWORD': str(ledger['account']['app_password']),
        },
        lambda ledger: str(ledger['account']['handle']),
    ),
}


def environment(name: str, folder: Path) -> dict[str, str]:
    """What an operator exports for the channel *name* whose stand-in runs on *folder*."""
    control = Control(folder)
    values = {'URL': control.url, **NETWORKS[name].variables(control.ledger())}
    return {f'MWSOCIAL_{name.upper()}_{what}': value for what, value in values.items()}


def settings(name: str, folder: Path) -> dict[str, Any]:
    """The channel's part of the configuration page."""
    network = NETWORKS[name]
    return {
        'network': name,
        'account': network.account(Control(folder).ledger()),
        'enabled': True,
        'minutes between posts': 0,
        'posts per day': 1000,
        **network.settings,
    }
