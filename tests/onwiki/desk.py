"""A desk on a real wiki: the pages of the manifest, a configuration, and items in every state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mwsocial.onwiki import manifest
from mwsocial.sandbox import Person

QUEUE = 'Social media/Queue'
POINTER = 'For help with MediaWiki see https://www.mediawiki.org/wiki/Project:Support_desk'
CONFIGURATION: Mapping[str, Any] = {
    'desk': 'sandbox',
    'bot': 'MediaWiki News bot',
    'approvers': {'groups': ['sysop']},
    'channels': {
        'mastodon': {'network': 'mastodon', 'account': '@mediawiki@wikis.world'},
        'x': {'network': 'x', 'account': '@mediawiki'},
        'bluesky': {'network': 'bluesky', 'account': '@mediawiki.bsky.social'},
        'facebook': {'network': 'facebook', 'account': 'MediaWiki', 'enabled': False},
    },
    'language': 'en',
    'pointers': {'support': POINTER},
}
ENABLED = ('bluesky', 'mastodon', 'x')


def install(admin: Person, configuration: Mapping[str, Any] = CONFIGURATION) -> None:
    """Write all pages as an administrator, with a configuration that works."""
    for page in manifest.pages():
        config = page.title == 'MediaWiki:Social-media.json'
        admin.edit(page.title, json.dumps(configuration) if config else page.stamped())


def item(**values: str) -> str:
    """The wikitext of an item; ``_`` in a name stands for ``-``."""
    lines = [f'| {name.replace("_", "-")} = {value}' for name, value in values.items()]
    return '\n'.join(['{{Social media item', *lines, '}}'])


RELEASE = {
    'id': 'mediawiki-1-47',
    'text': 'MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki\n\n'
    'Thanks to everybody who helped! 🎉',
    'image': 'File:MediaWiki 1.47.png',
    'alt': 'A yellow disc on blue ground',
    'not-before': '2026-11-25 14:00',
    'news': "'''[[MediaWiki 1.47]]''' has been released.",
    'comment': 'for the release announcement [[User:Alice|Alice]] ([[User talk:Alice|talk]]) '
    '14:00, 24 November 2026 (UTC)',
}
TIME = '2026-11-25T14:00:07Z 7000120'
RECORDS = {
    'sent-mastodon': f'posted {TIME} https://wikis.world/@mediawiki/1154',
    'sent-x': f'posted {TIME} https://x.com/mediawiki/status/1993',
}
#: What an item looks like in each state, beyond ``id`` and ``text``.
STATES: Mapping[str, Mapping[str, str]] = {
    'proposed': {},
    'approved': {'state': 'approved', 'approved-in': 'Special:Diff/7000120'},
    'sending': {'state': 'sending', 'sent-mastodon': f'sending {TIME} a1b2c3'},
    'posted': {'state': 'posted', 'approved-in': 'Special:Diff/7000120', **RECORDS},
    'partly posted': {
        'state': 'partly posted',
        'note': 'x refused it: You are not allowed to create a post with duplicate content.',
        **RECORDS,
        'sent-x': f'failed {TIME} duplicate content',
    },
    'failed': {
        'state': 'failed',
        'note': 'mastodon refused it: Validation failed.',
        'sent-mastodon': f'failed {TIME} Validation failed',
    },
    'unconfirmed': {
        'state': 'unconfirmed',
        'note': 'Nobody can say whether this reached x: the network did not answer clearly.',
        'sent-x': f'unconfirmed {TIME}',
    },
    'missed': {'state': 'missed', 'note': 'Its time passed before it could go to mastodon.'},
    'held': {'state': 'held', 'hold': 'draft [[User:Bob|Bob]] 14:00, 24 November 2026 (UTC)'},
    'declined': {
        'state': 'declined',
        'decline': 'out of date [[User:Admin|Admin]] 14:00, 24 November 2026 (UTC)',
    },
    'deleted': {'state': 'deleted', 'sent-mastodon': f'deleted {TIME}'},
    'invalid': {'state': 'invalid', 'note': 'x: too long for x by 20 (at most 280).'},
}


def in_state(state: str) -> str:
    """An item in one of the states."""
    name = state.replace(' ', '-')
    return item(id=f'it-is-{name}', text=f'An item #{name}.', **STATES[state])
