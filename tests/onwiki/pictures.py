"""Pictures of the cards: ``python -m tests.onwiki.pictures [FOLDER]``.

Without a folder it makes the one picture of the documentation, ``docs/queue.png``. With a folder it
makes many, wide and narrow, light and dark, for looking at them. Needs Chromium and the sandbox's
programs; the wiki is one of its own, and gone afterwards.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import requests

from mwsocial.desk.fingerprint import fingerprint
from mwsocial.sandbox import Person, Sandbox
from tests.onwiki import png
from tests.onwiki.desk import (
    CONFIGURATION,
    ENABLED,
    QUEUE,
    RELEASE,
    STATES,
    flower,
    in_state,
    install,
    item,
)

ROOT = Path(__file__).parents[2]
#: Codex's tokens of dark skins (Codex documentation, Design tokens), which this MediaWiki has not got.
DARK = """
:root { color-scheme: dark;
--background-color-base:#101418; --background-color-neutral:#27292d; --color-base:#eaecf0;
--background-color-neutral-subtle:#202122; --color-subtle:#a2a9b1; --border-color-subtle:#54595d;
--border-color-base:#72777d; --color-progressive:#88a3e8; --border-color-progressive:#6485d1;
--background-color-progressive:#6485d1; --background-color-progressive-subtle:#233566;
--color-success:#2cb491; --border-color-success:#2cb491; --background-color-success-subtle:#132821;
--color-error:#fd7865; --border-color-error:#fd7865; --background-color-error-subtle:#3c1a13;
--color-warning:#ca982e; --border-color-warning:#ca982e; --background-color-warning-subtle:#2d2212;
--color-inverted-fixed:#fff }
body, .mw-body, .mw-page-container, .mw-page-container-inner, #content, .vector-toc {
background:#101418 !important; color:#eaecf0 !important }
h1, h2, .firstHeading, .mw-parser-output h2 { color:#eaecf0 !important; border-color:#54595d !important }
a { color:#88a3e8 !important } code { background:#202122 !important; color:inherit !important }
"""
PLAIN = """
#mw-navigation, .mw-header, .vector-header-container, .mw-footer-container, .vector-page-toolbar,
.mw-table-of-contents-container, .vector-column-start, .minerva-footer, header.header-container,
.mw-footer, .page-actions-menu, .mw-editsection { display:none !important }
.mw-page-container { padding:8px 16px !important; min-width:0 !important; max-width:none !important }
body { min-width:0 !important }
"""


def shoot(
    url: str, target: Path, width: int, height: int, dark: bool = False, skin: str = 'vector-2022'
) -> None:
    """Save a picture of a page of the wiki, without the skin's menus."""
    page = requests.get(url, params={'useskin': skin}, timeout=120).text
    base = re.match(r'https?://[^/]+', url)
    assert base
    style = f'<style>{PLAIN}{DARK if dark else ""}</style></head>'
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / 'page.html'
        # Without scripts: what readers without JavaScript see.
        page = re.sub(r'<script.*?</script>', '', page, flags=re.DOTALL)
        page = page.replace('<head>', f'<head><base href="{base[0]}/">', 1)
        file.write_text(page.replace('</head>', style, 1), 'utf-8')
        shot = Path(folder) / 'shot.png'
        # A headless window is never narrower than 500 px: a frame makes it so.
        frame = Path(folder) / 'frame.html'
        frame.write_text(
            f'<body style="margin:0"><iframe src="{file.as_uri()}" style="border:0;width:{width}px;'
            f'height:{height}px"></iframe>',
            'utf-8',
        )
        subprocess.run(
            [
                'chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
                '--no-first-run', '--disable-background-networking', '--disable-component-update',
                '--disable-sync', '--hide-scrollbars', '--allow-file-access-from-files',
                f'--user-data-dir={folder}/profile', f'--window-size={width},{height}',
                '--virtual-time-budget=5000', f'--screenshot={shot}', frame.as_uri(),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        target.write_bytes(shot.read_bytes())


def _release(**changes: str) -> str:
    return item(**{**RELEASE, **changes})


def _sections() -> dict[str, str]:
    return {
        'MediaWiki 1.47': _release(),
        'Wikimedia Hackathon': item(
            id='hackathon',
            text='The #WikimediaHackathon begins on Friday: three days of code, questions and '
            'friends. Come along, on site or online: '
            'https://www.mediawiki.org/wiki/Wikimedia_Hackathon_2027 ' + 'We look forward. ' * 10,
            channels='mastodon, x',
            comment='[[User:Bob|Bob]] 09:12, 24 November 2026 (UTC)',
        ),
        'Tech News': item(
            id='tech-news-48',
            text='Tech News, issue 48, is out: https://meta.wikimedia.org/wiki/Tech/News/2026/48',
            approved='3f9a1c2e7d04b5a69788c0d1e2f3a4b5c6d7e8f9 [[User:Alice|Alice]] 13:40, '
            '23 November 2026 (UTC)',
            **STATES['posted'],
        ),
        'A thread': item(
            id='thread',
            text='Three things that are new in MediaWiki this month:\n----\n1. Dark mode for all '
            'skins\n----\n2. Parsoid read views\n\nMore: https://www.mediawiki.org/wiki/News',
            hold='draft [[User:Carol|Carol]] 08:00, 24 November 2026 (UTC)',
            state='held',
            channels='mastodon',
        ),
    }


def _short() -> dict[str, Any]:
    # Two channels are enough for the documentation.
    channels = CONFIGURATION['channels']
    return {**CONFIGURATION, 'channels': {name: channels[name] for name in ('mastodon', 'x')}}


def _wide() -> dict[str, Any]:
    channels = {name: {**one, 'enabled': True} for name, one in CONFIGURATION['channels'].items()}
    return {**CONFIGURATION, 'channels': channels}


def _networks() -> dict[str, str]:
    """What four networks make of one item."""
    images = {
        'image': 'File:MediaWiki 1.47.png', 'alt': 'A yellow disc on blue ground',
        'image2': 'File:Skins.png', 'alt2': 'Six screens with the skins of MediaWiki, light and dark',
    }  # fmt: skip
    thread = (
        'Three things that are new in MediaWiki this month:\n----\n1. Dark mode for all skins\n----\n'
        '2. Parsoid read views\n\nMore: https://www.mediawiki.org/wiki/News'
    )
    return {
        'Four texts': item(
            id='four', text='MediaWiki 1.47 is out! https://www.mediawiki.org/wiki/MediaWiki_1.47',
            text_x='MediaWiki 1.47 is out! mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki',
            text_mastodon='MediaWiki 1.47 is out, with thanks to @somebody@example.org! '
            'https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki',
            **images,
        ),
        'Thread': item(id='thread', text=thread, text_x='Three things that are new in MediaWiki.',
                       text_facebook='Three things that are new in MediaWiki: https://mediawiki.org'),
        'Thread everywhere': item(id='thread-2', text=thread),
        'Warning': item(id='warning', text='Spiders on the MediaWiki logo', warning='spiders'),
        'Share': item(id='share', share='https://mastodon.social/@alice/1234'),
        'Share on X': item(id='share-x', share='https://x.com/alice/status/1234', channels='x'),
        'Wrong share': item(id='share-2', share='https://x.com/alice/status/1', channels='mastodon'),
        'Pointer': item(id='point', point='https://bsky.app/profile/a.example/post/3l', pointer='support'),
        'Too long': item(id='long', text='字' * 301 + ' https://mediawiki.org', language='zh'),
        'Bad images': item(
            id='images', text='Look', image='File:Logo.svg', alt='The logo',
            image2='File:Nowhere.png', alt2='Nothing', image3='File:Talk.pdf', alt3='x' * 1001,
        ),
    }  # fmt: skip


def _others() -> dict[str, str]:
    content = {'id': 'hello', 'text': 'Hello to everybody: https://www.mediawiki.org'}
    finger = fingerprint(content, ENABLED, 'en')[:40]
    by = '[[User:Alice|Alice]] 13:40, 23 November 2026 (UTC)'
    return {
        'Item': item(**content),
        'Decision': f'{{{{Social media decision|id=hello|approved={finger} {by}}}}}',
        'Late decision': f'{{{{Social media decision|id=hello|approved={"a" * 40} {by}}}}}',
        'Mention': '{{Social media mention\n| url = https://mastodon.social/@alice/1234\n'
        '| channel = mastodon\n| kind = mention\n| author = @alice@mastodon.social\n'
        '| date = 2026-11-23T10:00:00Z\n| excerpt = I love @mediawiki!\n}}',
        'Stop': f'{{{{Social media stop|wrong links {by}}}}}',
        'Hebrew': item(id='he', text='שלום עולם! https://he.wikipedia.org #ויקי', language='he'),
        'Share': item(id='share', share='https://mastodon.social/@alice/1234'),
        'Pointer': item(id='point', point='https://mastodon.social/@a/1', pointer='support'),
    }


def _lists(admin: Person) -> dict[str, str]:
    """The pages of accounts and statistics, filled."""
    accounts = admin.text('Social media/Accounts').replace(
        '<!-- /mwsocial:accounts -->',
        '* Followed on mastodon, but not listed here: @somebody@mastodon.social\n'
        '<!-- /mwsocial:accounts -->',
    )
    by = '[[User:Alice|Alice]] ([[User talk:Alice|talk]]) 13:40, 23 November 2026 (UTC)'
    for channel, account, why, confirmed in (
        ('mastodon', '@wikipedia@wikis.world', 'the official account of Wikipedia', by),
        ('mastodon', '@wikimediatech@wikis.world', 'Wikimedia technology', ''),
        ('x', '@Wikimediatech', 'Wikimedia technology, the server admin log', by),
        ('bluesky', 'wikipedia.org', '', ''),
        ('facebook', 'wikipedia', 'Wikipedia’s Page', ''),
        ('linkedin', '@who', 'no channel of ours', ''),
    ):
        accounts += (
            f'\n{{{{Social media account\n| channel = {channel}\n| account = {account}\n'
            f'| why = {why}\n| confirmed = {confirmed}\n}}}}'
        )
    lines = []
    for week in range(48, 26, -1):
        back = 48 - week
        lines.append(
            f'| 2026-W{week} = mastodon: {1215 - 9 * back + back % 3} followers, {8 + week % 5} posts, '
            f'{340 - 11 * back + 60 * (week % 3)} reactions; x: {"?" if back == 1 else 48210 - 40 * back} '
            f'followers, {6 + week % 4} posts, {120 + 40 * (week % 4)} reactions; bluesky: '
            f'{310 - 12 * back} followers, {5 + week % 3} posts, {70 - 2 * back} reactions; '
            f'items: mediawiki-1-47 {88 - back}, tech-news-{week} 31'
        )
    lines.insert(4, '| 2026-W10 = a hand-written remark that is no number')
    statistics = '{{Social media statistics\n' + '\n'.join(lines) + '\n}}'
    intro = admin.text('Social media/Statistics').partition('{{Social media statistics')[0]
    return {'Accounts': accounts, 'Statistics': intro + statistics}


def _save(admin: Person, sections: dict[str, str]) -> None:
    intro = admin.text(QUEUE).partition('\n==')[0]
    body = ''.join(f'\n== {title} ==\n{text}\n' for title, text in sections.items())
    admin.edit(QUEUE, intro + body)


def main(folder: str = '') -> None:
    """Make the pictures."""
    with (
        tempfile.TemporaryDirectory() as place,
        Sandbox.scratch(f'{place}/it', ROOT / '.sandbox') as box,
    ):
        admin = box.person('Admin')
        install(admin, CONFIGURATION if folder else _short())
        admin.upload('MediaWiki 1.47.png', flower())
        _save(admin, _sections())
        url = f'{box.url}/index.php/{QUEUE.replace(" ", "_")}'
        if not folder:
            picture = ROOT / 'docs/queue.png'
            shoot(url, picture, 800, 2060)
            picture.write_bytes(png.small(picture.read_bytes()))
            return
        out = Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        for dark in (False, True):
            name = 'dark' if dark else 'light'
            shoot(url, out / f'queue-1280-{name}.png', 1280, 2100, dark)
            shoot(url, out / f'queue-375-{name}.png', 375, 4200, dark, 'minerva')
        admin.upload('Skins.png', flower(640, 200))
        admin.edit('MediaWiki:Social-media.json', json.dumps(_wide()))
        _save(admin, _networks())
        shoot(url, out / 'networks-1280-light.png', 1280, 5200)
        shoot(url, out / 'networks-375-dark.png', 375, 9600, True, 'minerva')
        admin.edit('MediaWiki:Social-media.json', json.dumps(CONFIGURATION))
        for title, text in _lists(admin).items():
            admin.edit(f'Social media/{title}', text)
            page = f'{box.url}/index.php/Social_media/{title}'
            for dark in (False, True):
                name = f'{title.lower()}-{{}}-{"dark" if dark else "light"}.png'
                shoot(page, out / name.format(1280), 1280, 1300, dark)
                shoot(page, out / name.format(375), 375, 2600, dark, 'minerva')
        _save(admin, {**_others(), **{state: in_state(state) for state in STATES}})
        shoot(url, out / 'states-1280-light.png', 1280, 5600)
        shoot(url, out / 'states-1280-dark.png', 1280, 5600, True)


if __name__ == '__main__':
    main(*sys.argv[1:2])
