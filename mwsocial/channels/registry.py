from __future__ import annotations

from mwsocial.channels.mastodon import MastodonChannel
from mwsocial.reason import Reason


def live_channels(config, environ):
    live, dead = {}, {}
    for name, one in config.items():
        url = environ.get(f'MWSOCIAL_{name.upper()}_URL', '')
        token = environ.get(f'MWSOCIAL_{name.upper()}_TOKEN', '')
        if one.network == 'mastodon' and url and token:
            live[name] = MastodonChannel(name, url, token)
        else:
            dead[name] = Reason('delivery-not-live', (name, f'MWSOCIAL_{name.upper()}_URL'))
    return live, dead
