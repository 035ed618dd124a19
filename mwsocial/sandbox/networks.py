"""The stand-ins for the networks that cannot be run here, as parts of one sandbox.

Each runs as a process of its own on 127.0.0.1 (``loopback_process``) and keeps its ledger in a folder of
its own. What a channel needs to speak to it stands in that ledger: a sandbox's tokens are no secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .loopback_process import Control

Ledger = Mapping[str, Any]


@dataclass(frozen=True)
class Network:
    """How one stand-in is started and used.

    ``module`` serves it; ``port`` is its usual one; ``variables`` gives what an operator would set
    (without the channel's name, and without the address), ``account`` what the configuration names,
    ``posts`` what stands there of us.
    """

    module: str
    port: int
    variables: Callable[[Ledger], Mapping[str, str]]
    account: Callable[[Ledger], str]
    posts: Callable[[Ledger], Iterable[Own]]


@dataclass(frozen=True)
class Own:
    """One post of ours in a ledger: ``name`` is the network's own name of it; ``images`` are the
    alternative texts, ``after`` the name of the post that it answers, ``shares`` of the one it shares.
    """

    name: str
    text: str
    images: tuple[str, ...] = ()
    after: str = ''
    shares: str = ''


def _x_variables(ledger: Ledger) -> Mapping[str, str]:
    names = ('consumer_key', 'consumer_secret', 'access_token', 'access_secret')
    return {name.upper(): ledger['keys'][name] for name in names}


def _x_posts(ledger: Ledger) -> Iterable[Own]:
    for post in ledger.get('posts', []):
        if post['author_id'] == ledger['keys']['user'] and not post['gone']:
            yield Own(
                post['id'], post['text'], tuple(post['alt']), post['reply_to'] or '',
                post['repost_of'] or '',
            )  # fmt: skip


def _facebook_posts(ledger: Ledger) -> Iterable[Own]:
    alts = {photo['id']: photo['alt'] for photo in ledger['photos']}
    for post in ledger['posts']:
        if post['from'] == ledger['page']['id'] and not post['deleted']:
            yield Own(post['id'], post['message'], tuple(alts[one] for one in post['photos']))


#: The desk's account on the stand-in for Bluesky.
_HANDLE = 'mediawiki.test'


def _bluesky_account(ledger: Ledger) -> Mapping[str, Any]:
    return next(one for one in ledger['accounts'].values() if one['handle'] == _HANDLE)


def _bluesky_posts(ledger: Ledger) -> Iterable[Own]:
    own = next(did for did, one in ledger['accounts'].items() if one['handle'] == _HANDLE)
    for uri, record in ledger['records'].items():
        value, kind = record['value'], record['collection'].rpartition('.')[2]
        if record['did'] != own or kind not in ('post', 'repost'):
            continue
        images = value.get('embed', {}).get('images', ())
        yield Own(
            uri, value.get('text', ''), tuple(one['alt'] for one in images),
            value.get('reply', {}).get('parent', {}).get('uri', ''),
            value['subject']['uri'] if kind == 'repost' else '',
        )  # fmt: skip


NETWORKS: Mapping[str, Network] = {
    'x': Network(
        'mwsocial.sandbox.x_server',
        8076,
        _x_variables,
        lambda ledger: f'@{ledger["users"][ledger["keys"]["user"]]["username"]}',
        _x_posts,
    ),
    'facebook': Network(
        'mwsocial.sandbox.facebook_server',
        8077,
        lambda ledger: {'PAGE': str(ledger['page']['id']), 'TOKEN': str(ledger['token'])},
        lambda ledger: str(ledger['page']['name']),
        _facebook_posts,
    ),
    'bluesky': Network(
        'mwsocial.sandbox.bluesky_server',
        8078,
        lambda ledger: {
            'HANDLE': _HANDLE,
            'APP_PASSWORD': str(_bluesky_account(ledger)['app_passwords'][0]),
        },
        lambda ledger: _HANDLE,
        _bluesky_posts,
    ),
}


def environment(name: str, folder: Path) -> dict[str, str]:
    """What an operator exports for the channel *name* whose stand-in runs on *folder*."""
    control = Control(folder)
    values = {'URL': control.url, **NETWORKS[name].variables(control.ledger())}
    return {f'MWSOCIAL_{name.upper()}_{what}': value for what, value in values.items()}


def settings(name: str, folder: Path) -> dict[str, Any]:
    """The channel's part of the configuration page."""
    return {
        'network': name,
        'account': NETWORKS[name].account(Control(folder).ledger()),
        'enabled': True,
        'minutes between posts': 0,
        'posts per day': 1000,
    }


def posts(name: str, folder: Path) -> list[Own]:
    """What stands of ours on the stand-in that keeps *folder*, oldest first."""
    return list(NETWORKS[name].posts(Control(folder).ledger()))
