"""An item in VisualEditor: its template dialog is a form, made of the TemplateData."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.reader import Reader
from tests.real.desk import QUEUE, Desk

pytestmark = pytest.mark.real

#: The main button of the window that is open.
APPLY = '.oo-ui-window-ready .oo-ui-processDialog-actions-primary a'
READY = """
return ve.init.target.getSurface() && ve.init.target.getSurface().getMode() === 'visual' &&
    !ve.init.target.getSurface().isDisabled() && !document.querySelector('.ve-init-mw-target-loading') &&
    document.querySelectorAll('.ve-ce-mwTransclusionNode').length > 2;
"""
#: What a double click on the last template of the page does.
OPEN = """
const surface = ve.init.target.getSurface();
const nodes = surface.getModel().getDocument().getNodesByType('mwTransclusionBlock', true);
surface.getModel().setLinearSelection(nodes[nodes.length - 1].getOuterRange());
surface.executeCommand('transclusion');
"""


def test_the_words_are_changed_in_the_form_of_the_template(desk: Desk, chromium: Any) -> None:
    """Required fields first, the bot's are not offered; what is saved changes that one value."""
    desk.person('Admin').edit(QUEUE, desk.installed(QUEUE))
    desk.propose('visual', text='Words by hand', comment='~~~~')
    before = desk.text()
    carol = Reader(chromium, desk, 'Carol')
    carol.visit(f'title={QUEUE.replace(" ", "_")}&veaction=edit')
    carol.wait(lambda: carol.all('html.ve-active .ve-ce-documentNode'))
    carol.wait(lambda: chromium.execute_script(READY))

    def words() -> list[Any]:
        # An editor that is still about to begin takes no commands.
        if not carol.all('.oo-ui-window-active'):
            chromium.execute_script(OPEN)
        return [
            one
            for one in carol.all('.ve-ui-mwTemplateDialog-ready textarea')
            if one.get_attribute('value') == 'Words by hand'
        ]

    fields = carol.wait(words)
    offered = [one.text for one in carol.all('.ve-ui-mwTransclusionOutlineParameterWidget')]
    assert offered[:3] == ['Id', 'Text', 'Text on Mastodon']
    assert not {'State', 'Note', 'Approved in', 'Sent to Mastodon'} & set(offered)
    fields[0].clear()
    fields[0].send_keys('Words by the form')
    carol.click(APPLY)
    carol.wait(lambda: not carol.all('.oo-ui-window-active'))

    def asked() -> bool:
        if not carol.all('.oo-ui-window-active'):
            carol.all('a.ve-ui-toolbar-saveButton')[0].click()
        return bool(carol.all('.oo-ui-window-ready'))

    carol.wait(asked)
    carol.click(APPLY)
    carol.wait(lambda: 'Words by the form' in desk.text())
    # Lined up as the TemplateData's format says; nothing else is touched.
    assert desk.text().split() == before.replace('Words by hand', 'Words by the form').split()
    assert desk.item('visual').content['text'] == 'Words by the form'
