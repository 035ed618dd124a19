"""What is said of channels, and how a report is printed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

from mwsocial import checking
from mwsocial.channels.base import Account, CannotLook, Limits, Refused, TryLater
from mwsocial.checking.channels import Asked, judge_channel
from mwsocial.checking.findings import Finding, Level, worst
from mwsocial.checking.items import DEEDS, Explanation, Place, QueueReport
from mwsocial.checking.report import Pacing, Report, as_json, lines
from mwsocial.desk.item import STATES
from mwsocial.reason import Reason

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
DAY = timedelta(days=1)
WHY = Reason('channels-rate-limit', ('a.example',))
ME = '@mediawiki@wikis.world'


def asked(account: Account | Refused | TryLater | None = None, **more: object) -> Asked:
    given = {'limits': Limits(500)} | more
    return Asked('mastodon', 'mastodon', ME, account=account, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ('one', 'level', 'key'),
    [
        (asked(not_live=WHY), Level.PERSON, WHY.key),
        (asked(Refused(WHY)), Level.PERSON, WHY.key),
        (asked(TryLater(WHY)), Level.TEMPORARY, WHY.key),
        (asked(Account(ME)), Level.FINE, 'checking-answers'),
        (asked(Account(ME, may_post=True)), Level.FINE, 'checking-fine'),
        (asked(Account(ME, may_post=False)), Level.PERSON, 'checking-may-not-post'),
        (asked(Account(ME), other=WHY), Level.PERSON, WHY.key),
        (asked(Account(ME), limits=CannotLook(WHY)), Level.TEMPORARY, WHY.key),
        (asked(Account(ME, expires=NOW + 30 * DAY)), Level.FINE, 'checking-fine-until'),
        (asked(Account(ME, expires=NOW + 15 * DAY)), Level.FINE, 'checking-fine-until'),
        (asked(Account(ME, expires=NOW + 14 * DAY)), Level.PERSON, 'checking-expires-soon'),
        (asked(Account(ME, expires=NOW)), Level.PERSON, 'checking-expired'),
    ],
)
def test_a_channel(one: Asked, level: Level, key: str) -> None:
    found = judge_channel(one, NOW)
    assert (found[0].level, found[0].reason.key, found[0].name) == (level, key, 'mastodon')
    assert '$' not in found[0].reason.text()


def test_all_that_is_wrong_with_a_channel() -> None:
    one = asked(Account(ME, may_post=False, expires=NOW + DAY), other=WHY, limits=CannotLook(WHY))
    assert len(judge_channel(one, NOW)) == 4


@pytest.mark.parametrize(
    ('levels', 'code'),
    [
        ([], 0),
        ([Level.FINE], 0),
        ([Level.FINE, Level.TEMPORARY], 75),
        ([Level.TEMPORARY, Level.PERSON], 1),
        ([Level.PERSON, Level.CONFIGURATION, Level.TEMPORARY], 2),
    ],
)
def test_exit_codes(levels: list[Level], code: int) -> None:
    findings = tuple(Finding('channel', level, WHY) for level in levels)
    assert worst(findings).value == code
    assert Report('h', findings).exit_code == code
    assert json.loads(as_json(Report('h', findings)))['exit'] == code


def whole() -> Report:
    findings = (
        Finding('wiki', Level.FINE, Reason('checking-wiki', ('Bot',))),
        Finding('protection', Level.CONFIGURATION, Reason('checking-unprotected', ('one\n- two',))),
        Finding('channel', Level.FINE, Reason('checking-fine', (ME,)), 'mastodon'),
        Finding('channel', Level.PERSON, WHY, 'x'),
        Finding('item', Level.PERSON, Reason('delivery-failed', ('x', 'no \x1b[2J\u202e!')), 'an-item'),
    )  # fmt: skip
    channels = (asked(Account(ME, may_post=True, expires=NOW)), Asked('x', 'x', '@mediawiki', WHY))
    queue = QueueReport({'failed': 1, 'posted': 2}, last=NOW)
    return Report('wiki.example', findings, channels, {'mastodon': Pacing(8, 30.0, 4)}, queue)


def test_lines() -> None:
    assert list(lines(whole())) == [
        'wiki        Logged in as Bot. The configuration is in order.',
        'protection  one',
        '            - two',
        f'mastodon    {ME} may post.',
        '            up to 500 characters as it counts them, 4 images; at most 8 posts a day, 30 minutes apart',
        'x           a.example takes no more at present: too many requests were made.',
        'an-item     Not posted on x: no [2J ! When the reason is gone, a new approval tries it again there.',
        'queue       Items on the queue page: 3 (1 failed, 2 posted).',
        '            Last claim or record of an item that is still there: 2026-11-25 14:00 UTC.',
        'The configuration is wrong: nothing is posted.',
    ]  # fmt: skip


def test_json() -> None:
    text = as_json(whole())
    assert text.isascii()
    assert '\n' not in text
    found = json.loads(text)
    assert (found['exit'], found['level'], found['wiki']) == (2, 'configuration', 'wiki.example')
    assert found['findings'][3] == {
        'area': 'channel', 'name': 'x', 'level': 'person',
        'reason': {'key': WHY.key, 'args': ['a.example'], 'text': WHY.text()},
    }  # fmt: skip
    mastodon, x = found['channels']['mastodon'], found['channels']['x']
    assert (mastodon['account'], mastodon['expires']) == (ME, '2026-11-25T14:00:00Z')
    assert (mastodon['limits']['length'], mastodon['posts per day']) == (500, 8)
    assert (x['expected'], x['account'], x['limits'], x['posts per day']) == (
        '@mediawiki',
        None,
        None,
        None,
    )
    assert found['queue'] == {'states': {'failed': 1, 'posted': 2}, 'last': '2026-11-25T14:00:00Z'}
    assert 'item' not in found


def test_an_explanation() -> None:
    places = (
        Place(
            'mastodon',
            1,
            'done',
            Reason('checking-done', ('https://a/1',)),
            NOW,
            None,
            'https://a/1',
        ),
        Place('mastodon', 2, 'failed', Reason('delivery-failed', ('mastodon-2', 'no')), NOW),
    )
    note = Reason('delivery-failed', ('mastodon-2', 'no'))
    report = Report(
        'h', explained=Explanation('a', 'partly posted', note, Level.PERSON, NOW, places)
    )
    assert report.exit_code == 1
    shown = list(lines(report))
    assert [line.split('  ')[0] for line in shown] == ['a', 'mastodon', 'mastodon, part 2']
    assert shown[1].endswith('done: It is out: https://a/1 (since 2026-11-25 14:00 UTC)')
    item = json.loads(as_json(report))['item']
    assert (item['id'], item['state'], item['reason']['key']) == ('a', 'partly posted', note.key)
    assert item['channels'][0]['address'] == 'https://a/1'
    assert item['channels'][1] | {'reason': None} == {
        'channel': 'mastodon', 'part': 2, 'action': 'failed', 'reason': None,
        'since': '2026-11-25T14:00:00Z', 'until': None, 'address': '',
    }  # fmt: skip


def test_an_error_that_ends_it() -> None:
    report = Report('h', failed=('The wiki cannot be reached.', 75))
    assert list(lines(report)) == [
        'The wiki cannot be reached.', 'Something cannot be reached now: check again later.',
    ]  # fmt: skip
    found = json.loads(as_json(report))
    assert (found['exit'], found['level'], found['error']) == (
        75,
        'temporary',
        'The wiki cannot be reached.',
    )


@pytest.mark.parametrize('level', [Level.FINE, Level.PERSON])
def test_a_desk_that_is_stopped_is_not_simply_in_order(level: Level) -> None:
    """It may have been forgotten."""
    stopped = Finding('queue', Level.FINE, Reason('checking-stopped', ('paused',)))
    *_, last = lines(Report('h', (stopped, Finding('item', level, WHY, 'a'))))
    assert last.startswith('In order, but the desk is stopped') is (level is Level.FINE)


def test_a_channel_of_no_account_takes_any_credential() -> None:
    one = Asked('mastodon', 'mastodon', '', account=Account(ME, may_post=True), limits=Limits(500))
    first, second = judge_channel(one, NOW)
    assert (first.reason.key, second.reason.key) == ('checking-fine', 'checking-no-account')
    assert worst((first, second)) is Level.FINE


def test_nothing_at_all() -> None:
    assert list(lines(Report('h', queue=QueueReport()))) == [
        'queue  The queue is empty.', 'Everything is in order.',
    ]  # fmt: skip


def test_messages() -> None:
    """Each sentence is documented and used, and each that is used is there."""

    def messages(name: str) -> dict[str, str]:
        file = resources.files('mwsocial').joinpath(f'i18n/checking/{name}.json')
        found = json.loads(file.read_text('utf-8'))
        return {key: text for key, text in found.items() if not key.startswith('@')}

    english, notes = messages('en'), messages('qqq')
    assert sorted(english) == sorted(notes)
    files = Path(checking.__file__).parent.glob('*.py')
    code = ''.join(file.read_text('utf-8') for file in files)
    used = set(re.findall(r"'(checking-[a-z-]*[a-z])'", code))
    used |= {'checking-state-' + state.replace(' ', '-') for state in STATES}
    waiting = {*DEEDS, 'settle', 'busy', 'failed', 'unconfirmed', 'missed', 'deleted'}
    used |= {f'checking-action-{action}' for action in waiting}
    assert used == set(english)
    for key, text in english.items():
        for number in re.findall(r'\$(\d)', text):
            assert f'${number}:' in notes[key], key
