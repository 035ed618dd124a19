"""The style sheet: used where the wiki can have one, and not missed where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from mwsocial.onwiki.manifest import pages
from mwsocial.sandbox import desk as sandbox_desk
from tests.onwiki.desk import CONFIGURATION, QUEUE, item

pytestmark = pytest.mark.real

SHEET = 'Template:Social media/styles.css'


def test_a_style_sheet_only_where_the_wiki_has_one(sandbox_base: Path, tmp_path: Path) -> None:
    """Without the extension, without the page, with a page of another kind, and with all of it. The
    extension is a stand-in (``templatestyles.php``): Debian does not package the real one.
    """
    with sandbox_desk.scratch(tmp_path / 'it', sandbox_base, **CONFIGURATION) as box:
        admin = box.person('Admin')

        def shown() -> str:
            page = admin.parse(item(id='a', text='Words'), QUEUE)
            assert (
                'Words' in page and 'scribunto-error' not in page and 'No style sheet' not in page
            )
            return page

        sheet = next(page for page in pages(extensions=['TemplateStyles']) if page.title == SHEET)
        assert '<style' not in shown()
        admin.edit(SHEET, sheet.stamped())
        assert '<style' not in shown(), 'a page, but no extension'
        admin.delete(SHEET)
        box.configure(sandboxTemplateStyles=True)
        assert '<style' not in shown(), 'the extension, but no page'
        admin.edit(SHEET, sheet.stamped())
        page = shown()
        assert page.count('.mwsocial a:focus') >= 1 and 'class="mwsocial"' in page
        assert 'id="social-media-a"' in page
