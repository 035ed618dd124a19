"""Worlds for sources: what stands where, without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from mwsocial.channels import counting
from mwsocial.desk.validity import ChannelFacts, Desk
from mwsocial.sources.base import World
from mwsocial.sources.fetch import Fetched
from mwsocial.sources.trouble import Trouble
from mwsocial.sources.wikis import Wiki

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

#: A desk with channels of every length.
DESK = Desk(
    {
        name: ChannelFacts(name, counting.usual_limits(name), counting.weigher(name))
        for name in ('bluesky', 'facebook', 'mastodon', 'x')
    }
)


def world(
    addresses: Mapping[str, bytes | str] | None = None,
    wiki: Callable[[Mapping[str, str]], Mapping[str, Any]] | None = None,
    **more: Any,
) -> World:
    """A world in which *addresses* lead to what is given, and every wiki answers as *wiki* does."""

    def fetch(address: str) -> Fetched:
        if addresses is None or address not in addresses:
            raise Trouble('sources-status', 'a.example', '404')
        body = addresses[address]
        return Fetched(address, body.encode() if isinstance(body, str) else body, 'text/xml')

    def ask(params: Mapping[str, str]) -> Mapping[str, Any]:
        if wiki is None:
            raise Trouble('sources-unreachable', 'a wiki', temporary=True)
        return wiki(params)

    settings: dict[str, Any] = {'now': NOW, 'words': ('MediaWiki',), **more}
    return World(fetch=fetch, wiki=lambda api: Wiki(ask, 'a wiki'), **settings)


def pages(
    found: Mapping[str, str], html: str = ''
) -> Callable[[Mapping[str, str]], Mapping[str, Any]]:
    """A wiki that has these pages, by title; *html* is what each of them looks like."""

    def answer(params: Mapping[str, str]) -> Mapping[str, Any]:
        if params['action'] == 'parse':
            return {'parse': {'title': params['page'], 'text': html}}
        title = params['titles']
        page: dict[str, Any] = {
            'title': title,
            'fullurl': 'https://w.example/wiki/' + title.replace(' ', '_'),
        }
        if title in found:
            page['revisions'] = [
                {
                    'revid': 7,
                    'slots': {'main': {'contentmodel': 'wikitext', 'content': found[title]}},
                }
            ]
            page['redirect'] = found[title].startswith('#REDIRECT')
        else:
            page['missing'] = True
        return {'query': {'pages': [page]}}

    return answer
