"""A desk whose wiki speaks German: what the bot writes there is German, and read back all the same."""

from __future__ import annotations

import pytest

from tests.real.conftest import NewDesk
from tests.real.desk import QUEUE

pytestmark = pytest.mark.real


def test_notes_summaries_and_status_in_german(new_desk: NewDesk) -> None:
    """Posting, refusing and the status page; a second cycle changes nothing, so nothing is said anew."""
    desk = new_desk(language='de')
    desk.propose('gut', text='Gute Wörter')
    desk.approve('gut')
    desk.propose('fremd', text='Fremde Wörter')
    value = f'{desk.fingerprint("fremd")} ~~~~'
    revid = desk.change('| id = fremd\n', f'| id = fremd\n| approved = {value}\n', by='Mallory')
    run = desk.run('run_desk')
    assert run.code == 0, run
    assert desk.item('gut').bot['state'] == 'posted'
    assert ['Gute Wörter' in one['content'] for one in desk.posts()] == [True]
    note = desk.item('fremd').bot['note']
    assert f'stammt von Mallory ([[Special:Diff/{revid}]]), ohne Freigaberecht' in note
    summaries = [one['comment'] for one in desk.edits(QUEUE)]
    assert summaries[0].startswith('mwsocial:record veröffentlicht gut: mastodon (freigegeben in ')
    assert summaries[1].startswith('mwsocial:claim wird gesendet: gut')
    status = desk.text('Social media/Status')
    assert '== Wofür jemand gebraucht wird ==' in status
    shown = desk.person('Admin').api(action='parse', page='Social media/Status', prop='text')
    assert 'vor 0 min' in shown['parse']['text']
    edits = len(desk.edits()), len(desk.edits('Social media/Status'))
    run = desk.run('run_desk')
    assert run.code == 0, run
    assert (len(desk.edits()), len(desk.edits('Social media/Status'))) == edits
    assert len(desk.posts()) == 1
