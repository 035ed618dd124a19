"""A Page on the stand-in for Facebook, and the desk's channel to it."""

from __future__ import annotations

import json
from typing import Any

from mwsocial.channels.base import Image
from mwsocial.channels.facebook import FacebookChannel
from mwsocial.sandbox.facebook_parts import graph_error
from mwsocial.sandbox.facebook_server import FacebookService
from mwsocial.sandbox.facebook_state import PAGE
from mwsocial.sandbox.loopback import Loopback

Server = Loopback[FacebookService]
PNG = b'\x89PNG\r\n\x1a\nbytes\r\n\x00'


def make(server: Server, **more: Any) -> FacebookChannel:
    """A channel to *server*, on whose clock it lives."""
    options: dict[str, Any] = {'now': server.now, 'read_time': 5.0} | more
    token = options.pop('token', server.ledger.data['token'])
    page, url = options.pop('page', PAGE), options.pop('url', server.url)
    account = options.pop('account', 'mediawiki.sandbox')
    return FacebookChannel('facebook', url, page, token, account, **options)


def image(alt: str = 'A flower with "47" – é', data: bytes = PNG) -> Image:
    """A picture to post."""
    return Image('Größe.png', 'image/png', data, alt)


def posts(server: Server) -> list[dict[str, Any]]:
    """What stands on the Page, oldest first."""
    return [one for one in server.ledger.list('posts') if not one['deleted']]


def broken(server: Server, kind: str, code: int, message: str = 'words', **more: Any) -> None:
    """Let the next request of *kind* end with an error of the API, without having been done."""
    status = more.pop('status', 400)
    done, times = more.pop('done', False), more.pop('times', 1)
    headers = more.pop('headers', {})
    answer = graph_error(code, message, more.pop('subcode', 0), status, **more)
    body = answer.body.decode()
    server.fault(
        'answer', kind=kind, status=status, body=body, done=done, times=times, headers=headers
    )


def says(server: Server, kind: str, value: object, **more: Any) -> None:
    """Let the next request of *kind* be answered with *value*."""
    server.fault('answer', kind=kind, body=json.dumps(value), **more)
