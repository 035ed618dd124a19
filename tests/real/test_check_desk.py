"""``check_desk`` on a real wiki with a stand-in for Facebook: what it says, and that it changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mwsocial.sandbox import desk as sandbox_desk
from tests.real.desk import CONFIG, Desk, Run

pytestmark = pytest.mark.real

STATUS = 'Social media/Status'
PAGE = 'Module:Social media'


@pytest.fixture
def desk(sandbox_base: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk with Mastodon and Facebook."""
    settings: dict[str, Any] = {'quiet minutes': 0}
    with (
        sandbox_desk.scratch(tmp_path / 'it', sandbox_base, ['facebook'], **settings) as sandbox,
        Desk(sandbox) as desk,
    ):
        yield desk


def check(desk: Desk, *args: str, **environment: str) -> Run:
    """Run the script, and hold it to what it promises always."""
    before = desk.text(), desk.text(CONFIG), len(desk.edits())
    run = desk.run('check_desk', *args, **environment)
    assert (desk.text(), desk.text(CONFIG), len(desk.edits())) == before
    for name, value in desk.environment(**environment).items():
        if name.endswith('_TOKEN'):
            assert value not in run.text
    assert 'Traceback' not in run.text, run
    return run


def of(run: Run) -> dict[str, Any]:
    """The one object that ``-json`` prints."""
    (line,) = run.out.splitlines()
    found = json.loads(line)
    assert isinstance(found, dict)
    assert found['exit'] == run.code
    return found


def test_from_in_order_to_a_person_is_needed(desk: Desk) -> None:
    """Fine, then an item that is posted, one that is not, a credential that ends, an open page."""
    facebook = desk.sandbox.network('facebook')
    ran = desk.run('run_desk')
    assert ran.code == 0, ran
    run = check(desk)
    assert run.code == 0, run
    assert run.out.splitlines()[-1] == 'Everything is in order.'
    assert 'MediaWiki may post.' in run.text
    account = desk.config['channels']['mastodon']['account']
    assert f'The credential is for {account} and works' in run.text
    found = of(check(desk, '-json'))
    channel = found['channels']['facebook']
    assert (channel['account'], channel['may post'], channel['expires']) == (
        'MediaWiki',
        True,
        None,
    )
    assert channel['limits']['length'] == 63206
    assert found['queue']['states'] == {}

    stopped = desk.text()
    desk.person('Carol').edit('Social media/Queue', f'{stopped}\n{{{{Social media stop}}}}', 'stop')
    run = check(desk)
    assert (run.code, run.out.splitlines()[-1][:33]) == (0, 'In order, but the desk is stopped'), (
        run
    )
    desk.person('Carol').edit('Social media/Queue', stopped, 'go on')

    desk.propose(
        'release',
        channels='facebook',
        text='MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47',
    )
    run = check(desk, '-explain:release')
    assert (run.code, 'proposed' in run.text) == (0, True), run
    desk.approve('release')
    assert 'next run' in check(desk, '-explain:release').text
    posted = desk.run()
    assert posted.code == 0, posted
    assert [one['message'] for one in facebook.ledger()['posts']] == [
        desk.item('release').content['text']
    ]
    assert facebook.ledger()['violations'] == []
    item = of(check(desk, '-json', '-explain:release'))['item']
    assert item['state'] == 'posted'
    (place,) = item['channels']
    assert (place['channel'], place['action'], place['reason']['key']) == (
        'facebook',
        'done',
        'checking-done',
    )
    assert place['address'].startswith(facebook.url)
    assert place['since'].endswith('Z')

    facebook.fault(
        'answer', kind='post', status=403,
        body='{"error": {"message": "(#200) Not this one", "code": 200}}',
    )  # fmt: skip
    desk.propose('refused', channels='facebook', text='words that Facebook does not like')
    desk.approve('refused')
    desk.run()
    run = check(desk)
    assert run.code == 1, run
    assert 'Not this one' in run.text
    assert run.out.splitlines()[-1] == 'A person is needed.'
    assert 'failed' in check(desk, '-explain:refused').text
    assert check(desk, '-explain:nothing').code == 1
    desk.propose('Bad_ID', text='words')
    run = check(desk, '-explain:Bad_ID')
    assert re.search(r'line \d+ +invalid: .*Bad_ID', run.text), run
    desk.configure(approvers={'groups': ['sysopp'], 'users': ['Alice', 'Alise']})
    run = check(desk)
    assert run.code == 1, run
    assert 'this wiki has no group “sysopp”' in run.text, run
    assert 'there is no user “Alise”; whoever registers that name could approve' in run.text, run

    facebook.call('token', ended=463)
    found = of(check(desk, '-json'))
    reasons = {(one['area'], one['name']): one['reason']['key'] for one in found['findings']}
    assert reasons['channel', 'facebook'] == 'facebook-token-expired'
    assert found['exit'] == 1

    # The check does not ask the network about an item; the run did, and wrote down what it heard.
    desk.propose('waits', channels='facebook', text='words for later')
    desk.approve('waits')
    assert 'the next run takes it' in check(desk, '-explain:waits').text
    desk.run()
    item = of(check(desk, '-json', '-explain:waits'))['item']
    assert (item['state'], item['reason']['key']) == ('approved', 'checking-run-said')
    assert item['reason']['text'].startswith(
        'At its last run the bot said: facebook cannot be used'
    )
    assert item['channels'][0]['reason']['key'] == 'checking-action-again'
    facebook.call('token', ended=0)
    desk.propose('Bad_ID', channels='facebook', text='words')
    assert 'cannot be an id' in check(desk, '-explain:Bad_ID').text

    run = check(desk, MWSOCIAL_FACEBOOK_URL='http://127.0.0.1:9')
    assert run.code == 1, 'the failed item is worse than a network that cannot be reached'
    assert '127.0.0.1:9 could not be reached' in run.text

    desk.person('Admin').protect(PAGE, edit='all', move='all')
    run = check(desk)
    assert run.code == 2, run
    assert PAGE in run.text
    assert 'Not this one' in run.text, 'the rest is told all the same'
    run = check(desk, '-explain:refused')
    assert (run.code, PAGE in run.text) == (2, True), run


def test_a_wrong_configuration(desk: Desk) -> None:
    """One sentence that names the key, for people and for programs."""
    desk.configure(pasued=True)
    run = check(desk)
    assert run.code == 2, run
    assert 'pasued' in run.text
    found = of(check(desk, '-json'))
    assert (found['level'], 'pasued' in found['error']) == ('configuration', True)
    assert found['findings'] == []


@pytest.mark.trust
def test_no_run_for_hours(desk: Desk) -> None:
    """The job has died: the check says so, whether anything is due or not, and whoever edits the page."""
    run = check(desk)
    assert run.code == 1, run
    assert 'No run has said' in run.text
    assert desk.run('run_desk').code == 0
    assert check(desk).code == 0
    desk.sandbox.clock.advance(2 * 3600 - 300)
    assert check(desk).code == 0
    desk.sandbox.clock.advance(600)
    run = check(desk)
    assert run.code == 1, run
    assert 'more than two hours ago' in run.text
    told = of(check(desk, '-json'))
    assert 'checking-no-run' in [one['reason']['key'] for one in told['findings']]
    now = desk.sandbox.clock.now()
    page = desk.text(STATUS)
    hour = f'{now:%Y-%m-%dT%H:%M:%SZ}'
    forged = re.sub(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', hour, page)
    forged = re.sub(r'"good":"[^"]*"', f'"good":"{hour}"', forged)
    desk.person('Mallory').edit(STATUS, forged, 'all is well')
    assert check(desk).code == 1, 'what others write there is not believed'
    assert desk.run('run_desk').code == 0
    assert check(desk).code == 0
    assert desk.text(STATUS) != forged
