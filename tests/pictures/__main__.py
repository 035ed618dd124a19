"""Make the pictures of ``docs/pictures``, or of another folder: ``python -m tests.pictures [FOLDER]``.

Each page in four looks: wide, as on a phone, in the dark, and for readers of Hebrew. Needs Chromium; the
colours of the dark are those of Wikimedia's design tokens (from npm), which its skins set in night mode and
this MediaWiki's skins do not know yet.
"""

from __future__ import annotations

import sys
import tempfile
from base64 import b64decode
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from mwsocial.sandbox import desk as sandbox_desk
from tests.browser import npm
from tests.browser.driver import chromium
from tests.browser.reader import Reader
from tests.pictures import scenes
from tests.real.desk import Desk

ROOT = Path(__file__).parents[2]
TOKENS = '2.4.0'
#: Nothing of the skin but the page itself, on the ground that the skin's colours ask for.
PLAIN = """
#mw-navigation, .mw-header, .vector-header-container, .mw-footer-container, .vector-page-toolbar,
.mw-table-of-contents-container, .vector-column-start, .minerva-footer, header.header-container,
.mw-footer, .page-actions-menu, .vector-sitenotice-container, .mw-notification-area,
.vector-page-titlebar-toc, .mw-portlet-lang, .vector-menu { display:none !important }
.mw-page-container { padding:8px 16px !important; min-width:0 !important; max-width:none !important }
.vector-body, .mw-body { margin:0 !important; padding:0 !important }
body { min-width:0 !important }
"""
DARK = """
:root { color-scheme: dark }
body, .mw-body, .mw-page-container, .mw-page-container-inner, #content, .vector-toc { background:
var(--background-color-base) !important; color:var(--color-base) !important }
h1, h2, .firstHeading, .mw-parser-output h2 { color:var(--color-base) !important;
border-color:var(--border-color-subtle) !important }
a { color:var(--color-progressive) !important } a.new { color:var(--color-destructive) !important }
code { background:var(--background-color-neutral-subtle) !important; color:inherit !important }
.wikitable { background:var(--background-color-base) !important; color:inherit !important }
.wikitable th { background:var(--background-color-neutral) !important }
"""


@dataclass(frozen=True)
class Look:
    """One way to see a page."""

    name: str
    width: int
    query: str
    dark: bool = False


LOOKS = (
    Look('wide', 1000, 'useskin=vector-2022'),
    Look('phone', 375, 'useskin=minerva'),
    Look('dark', 1000, 'useskin=vector-2022', dark=True),
    Look('hebrew', 1000, 'useskin=vector-2022&uselang=he'),
)


def tokens() -> str:
    """The design tokens of the dark, as style."""
    found = npm.package(ROOT / '.sandbox', '@wikimedia/codex-design-tokens', TOKENS)
    if found is None:
        raise SystemExit('The colours of the dark come from npm: please install Debian’s npm.')
    return (found / 'dist/theme-wikimedia-ui-mode-dark.css').read_text('utf-8')


def shoot(reader: Reader, query: str, look: Look, style: str) -> bytes:
    """The picture of a whole page, as PNG with few colours."""
    driver: Any = reader.driver
    driver.execute_cdp_cmd(
        'Emulation.setDeviceMetricsOverride',
        {'width': look.width, 'height': 800, 'deviceScaleFactor': 1, 'mobile': False},
    )
    reader.visit(f'{query}&{look.query}')
    driver.execute_script(
        'const s = document.createElement("style"); s.textContent = arguments[0];'
        'document.head.append(s)',
        style,
    )
    height = driver.execute_script(
        'return Math.ceil(Math.max(...[".mw-parser-output", "#editform", "#mw-content-text"].map(one =>'
        '[...document.querySelectorAll(one)].map(e => e.getBoundingClientRect().bottom + scrollY)).flat()))'
    )
    clip = {'x': 0, 'y': 0, 'width': look.width, 'height': height + 16, 'scale': 1}
    shot = driver.execute_cdp_cmd(
        'Page.captureScreenshot', {'format': 'png', 'captureBeyondViewport': True, 'clip': clip}
    )
    out = BytesIO()
    picture = Image.open(BytesIO(b64decode(shot['data']))).convert('RGB')
    picture.quantize(48, dither=Image.Dither.NONE).save(out, 'PNG', optimize=True)
    return out.getvalue()


def beginning(picture: bytes, box: tuple[int, int, int, int] = (240, 0, 1000, 1960)) -> bytes:
    """The first items of the queue, for the README."""
    out = BytesIO()
    Image.open(BytesIO(picture)).crop(box).save(out, 'PNG', optimize=True)
    return out.getvalue()


def main(folder: str = '') -> None:
    """Play the scenes, and make the pictures."""
    out = Path(folder) if folder else ROOT / 'docs/pictures'
    out.mkdir(parents=True, exist_ok=True)
    dark = tokens() + DARK
    with (
        tempfile.TemporaryDirectory() as place,
        sandbox_desk.scratch(
            f'{place}/it',
            ROOT / '.sandbox',
            scenes.NETWORKS,
            **{'quiet minutes': 0, **scenes.SETTINGS},
        ) as box,
        Desk(box) as desk,
        chromium(Path(place) / 'profile') as driver,
    ):
        scenes.play(desk)
        desk.person('Admin').edit('MediaWiki:Lang/he', 'he')
        reader = Reader(driver, desk, 'Alice')
        for name, query in scenes.pages(desk).items():
            for look in LOOKS:
                picture = shoot(reader, query, look, PLAIN + (dark if look.dark else ''))
                (out / f'{name}-{look.name}.png').write_bytes(picture)
                if (name, look.name) == ('queue', 'wide'):
                    (out / 'queue.png').write_bytes(beginning(picture))
                print(f'{name}-{look.name}.png', f'{len(picture) / 1000:.0f} kB', flush=True)  # noqa: T201 - a command


if __name__ == '__main__':
    main(*sys.argv[1:2])
