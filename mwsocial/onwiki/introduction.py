"""What there is to say on the wiki's page about its accounts: a button, the accounts, how it works.

The page itself belongs to the editors (on mediawiki.org it has been there for long, and is translated):
this is wikitext to take over. Pure.
"""

from __future__ import annotations

from importlib import resources
from string import Template

from mwsocial.onwiki.prose import untranslated
from mwsocial.syncing.accounts import address_of
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.escape import safe_value

TITLE = 'Social media'

_NETWORKS = {'mastodon': 'Mastodon', 'x': 'X', 'facebook': 'Facebook', 'bluesky': 'Bluesky'}


def text(config: DeskConfig, configuration: str, translate: bool) -> str:
    """Wikitext for the page. *configuration*: that page's title; *translate*: whether the wiki has
    Extension:Translate, whose tags are left out otherwise.
    """
    titles = config.pages.model_dump(by_alias=True)
    file = resources.files('mwsocial.onwiki').joinpath('texts', f'{TITLE}.wikitext')
    found = Template(file.read_text('utf-8')).substitute(
        titles, configuration=configuration, accounts_table=_accounts(config)
    )
    return found if translate else untranslated(found)


def _accounts(config: DeskConfig) -> str:
    rows = [
        '== <translate>Main accounts</translate> ==',
        '{| class="wikitable"',
        '! <translate>Network</translate> !! <translate>Account</translate>',
    ]
    for name, channel in sorted(config.enabled_channels.items()):
        network = _NETWORKS[channel.network]
        shown = network if name == channel.network else f'{network} ({name})'
        address = address_of(channel.network, channel.account)
        account = safe_value(channel.account)
        rows += ['|-', f'| {shown} || {f"[{address} {account}]" if address else account}']
    return '\n'.join([*rows, '|}'])
