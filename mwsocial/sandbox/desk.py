"""The desk's own pages on the sandbox's wiki, as its administrator would put them there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mwsocial.onwiki.manifest import OnwikiPage, pages

from . import mediawiki, networks
from .instance import DEFAULT_FOLDER, Furnishing, Sandbox

NEWS = 'Template:MediaWiki News'
CONFIG = 'MediaWiki:Social-media.json'
#: What the template holds before the desk's first entry, in the plain shape.
FIRST_NEWS = """<noinclude>News of MediaWiki, newest first. Keep to this form.</noinclude>
; 2026-11-09
* The '''[[MediaWiki 1.46|1.46 series]]''' gets security fixes until June 2027.
; 2026-10-21
* The wiki has a [[Social media|social media desk]]."""


def configuration(sandbox: Sandbox) -> dict[str, object]:
    """What stands on the sandbox's configuration page: the example, filled in."""
    example = next(page for page in pages() if page.title == CONFIG)
    value: dict[str, object] = json.loads(example.text)
    host = urlsplit(sandbox.mastodon_url).netloc
    value['bot'] = mediawiki.BOT
    # Nobody outside this machine is asked.
    value['sources'] = {}
    value['approvers'] = {'groups': ['social-approver'], 'users': ['Alice']}
    value['channels'] = {
        'mastodon': {
            'network': 'mastodon',
            'account': f'@mediawiki@{host}',
            'enabled': True,
            'minutes between posts': 0,
            'posts per day': 1000,
        },
        **{
            name: networks.settings(name, sandbox.network(name).folder) for name in sandbox.networks
        },
    }
    return value


def install(sandbox: Sandbox) -> None:
    """Put the desk's pages on the wiki and protect them; what stands there already stays.

    The configuration's account follows the Mastodon-API server, whose port may change.
    """
    admin = sandbox.person('Admin')
    wanted = pages()
    titles = [page.title for page in wanted] + [NEWS]
    answer = admin.api(
        action='query', titles=titles, prop=['revisions', 'info'], rvprop='content',
        rvslots='main', inprop='protection',
    )  # fmt: skip
    standing = {page['title']: page for page in answer['query']['pages']}
    for page in wanted:
        state = standing[page.title]
        text = None
        if 'missing' not in state:
            text = state['revisions'][0]['slots']['main']['content']
        _write(sandbox, page, text)
        protection = {one['type']: one['level'] for one in state.get('protection', [])}
        if any(protection.get(kind) != level for kind, level in page.protection.items()):
            admin.protect(page.title, **page.protection)
    if 'missing' in standing[NEWS]:
        admin.edit(NEWS, FIRST_NEWS, 'first entries')


@cache
def furnishing() -> Furnishing:
    """The desk's pages as what a new wiki has from its start."""
    recipe = sha256(FIRST_NEWS.encode())
    for page in pages():
        recipe.update(repr((page.title, page.stamped(), sorted(page.protection.items()))).encode())
    for name in ('desk.py', 'person.py'):
        recipe.update(Path(__file__).with_name(name).read_bytes())
    return Furnishing('desk', recipe.hexdigest(), install)


def scratch(
    folder: Path | str,
    base: Path | str = DEFAULT_FOLDER,
    networks: Sequence[str] = (),
    **settings: Any,
) -> Sandbox:
    """A new, isolated sandbox (``Sandbox.scratch``) with the desk on it, in a second.

    *networks*: the stand-ins that run beside; *settings*: keys of the configuration page that differ from
    ``configuration``.
    """
    sandbox = Sandbox.scratch(folder, base, furnishing(), networks)
    try:
        value = {**configuration(sandbox), **settings}
        admin = sandbox.person('Admin')
        admin.edit(CONFIG, json.dumps(value, indent='\t'), 'the configuration of this desk')
    except BaseException:
        sandbox.down(at_once=True)
        raise
    return sandbox


def _write(sandbox: Sandbox, page: OnwikiPage, text: str | None) -> None:
    admin = sandbox.person('Admin')
    if page.title == CONFIG:
        value = configuration(sandbox)
        if text is None:
            admin.edit(page.title, json.dumps(value, indent='\t'), 'the desk’s configuration')
            return
        shown = json.loads(text)
        wanted: dict[str, Any] = value['channels']  # type: ignore[assignment]
        before = json.dumps(shown)
        for name, channel in wanted.items():
            shown['channels'].setdefault(name, channel)['account'] = channel['account']
        if json.dumps(shown) != before:
            admin.edit(page.title, json.dumps(shown, indent='\t'), 'the accounts of this sandbox')
    elif text is None or (page.kind.value == 'ours' and text != page.stamped().rstrip()):
        admin.edit(page.title, page.stamped(), 'the desk’s page', contentmodel=page.model)
