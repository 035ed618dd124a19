"""What is said of the queue, one table line for each way in which an item can stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.checking.findings import Level
from mwsocial.checking.items import Page, explain, judge_queue
from mwsocial.checking.runs import judge_runs
from mwsocial.desk.approval import Approved, NotApproved
from mwsocial.desk.item import Item
from mwsocial.desk.records import Proven, Record
from mwsocial.desk.rules import Rules
from mwsocial.desk.standing import Situation, Standing, stand
from mwsocial.reason import Reason
from mwsocial.status.values import Health, Need, State, Status
from mwsocial.wiki.revision import Revision

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = Rules(bot='Bot')
STOPPED = Reason('delivery-paused', ('MediaWiki:Social-media.json',))


def record(kind: str, ago: timedelta = HOUR, rest: str = 'x') -> Proven:
    return Proven(Record(kind, NOW - ago, 50, rest), Revision(60, 59, 'Bot', 9, NOW - ago))


def standing(
    item_id: str = 'a',
    records: dict[str, Proven] | None = None,
    *,
    ago: timedelta = 3 * HOUR,
    content: dict[str, str] | None = None,
    editors: dict[str, str] | None = None,
    bot: dict[str, str] | None = None,
    approval: Approved | NotApproved | str | None = 'yes',
    channels: tuple[str, ...] = ('mastodon', 'facebook'),
    number: int = 0,
    **more: object,
) -> Standing:
    item = Item(number, {'id': item_id, 'text': 'x', **(content or {})}, editors or {}, bot or {})
    if approval == 'yes':
        approval = Approved(Revision(50, 49, 'Alice', 1, NOW - ago), item, 'f', 'Alice')
    assert not isinstance(approval, str)
    return stand(
        Situation(
            item, approval=approval, records=records or {}, channels=dict.fromkeys(channels), **more  # type: ignore[arg-type]
        ),
        RULES,
        NOW,
    )  # fmt: skip


def page(*standings: Standing, **more: object) -> Page:
    return Page(standings, NOW, **more)  # type: ignore[arg-type]


# -- why one item is not out ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('one', 'state', 'key', 'place'),
    [
        (standing(), 'approved', 'checking-state-approved', ('send', 'checking-action-send')),
        (standing(approval=None), 'proposed', 'checking-state-proposed', ('wait', 'checking-state-proposed')),
        (
            standing(approval=NotApproved(Reason('delivery-no-answer'), 'none')),
            'proposed', 'delivery-no-answer', ('wait', 'delivery-no-answer'),
        ),
        (
            standing(approval=NotApproved(Reason('delivery-void'), 'stale')),
            'proposed', 'delivery-void', ('wait', 'delivery-void'),
        ),
        (
            standing(approval=None, content={'not-after': '2026-11-25 13:59'}),
            'proposed', 'checking-over', ('wait', 'checking-over'),
        ),
        (
            standing(
                approval=NotApproved(Reason('delivery-void'), 'stale'),
                content={'not-after': '2026-11-25 13:59'},
            ),
            'proposed', 'checking-over', ('wait', 'checking-over'),
        ),
        (
            standing(approval=None, content={'not-after': '2026-11-25 14:00'}),
            'proposed', 'checking-state-proposed', ('wait', 'checking-state-proposed'),
        ),
        (standing(editors={'hold': 'draft'}), 'held', 'checking-held', ('wait', 'checking-held')),
        (standing(declined=7), 'declined', 'delivery-declined', ('wait', 'delivery-declined')),
        (
            standing(content={'not-before': '2026-11-26 08:00'}),
            'approved', 'checking-until', ('wait', 'checking-until'),
        ),
        (standing(ago=25 * HOUR), 'missed', 'delivery-missed', ('missed', 'delivery-missed')),
        (standing(bot={'note': 'too much'}), 'approved', 'checking-run-said', ('send', 'checking-action-send')),
        (
            standing(records={'mastodon': record('sending', timedelta(minutes=1))}),
            'sending', 'checking-state-sending', ('busy', 'checking-action-busy'),
        ),
        (
            standing(records={'mastodon': record('sending')}),
            'sending', 'checking-state-sending', ('settle', 'checking-action-settle'),
        ),
        (
            standing(records={'mastodon': record('failed')}),
            'failed', 'delivery-failed', ('failed', 'delivery-failed'),
        ),
        (
            standing(records={'mastodon': record('unconfirmed')}),
            'unconfirmed', 'delivery-unconfirmed', ('unconfirmed', 'delivery-unconfirmed'),
        ),
        (
            standing(records={'mastodon': record('posted')}, channels=('mastodon',)),
            'posted', 'checking-state-posted', ('done', 'checking-done'),
        ),
        (
            standing(records={'mastodon': record('deleted')}, channels=('mastodon',)),
            'deleted', 'checking-state-deleted', ('deleted', 'checking-action-deleted'),
        ),
        (
            standing(records={'mastodon': record('waiting', rest='2026-11-25T15:00:00Z busy')}),
            'approved', 'delivery-waiting', ('wait', 'delivery-waiting'),
        ),
        (
            standing(problems=(Reason('validity-nothing'),)),
            'invalid', 'validity-nothing', ('wait', 'validity-nothing'),
        ),
    ],
)  # fmt: skip
def test_explained(one: Standing, state: str, key: str, place: tuple[str, str]) -> None:
    found = explain(one, None, NOW)
    assert (found.item_id, found.state, found.reason.key) == ('a', state, key)
    assert '$' not in found.reason.text()
    first = next(one for one in found.places if one.channel == 'mastodon')
    assert (first.action, first.reason.key, first.part) == (place[0], place[1], 1)
    assert '$' not in first.reason.text()
    person = state in ('failed', 'unconfirmed', 'partly posted')
    assert found.level is (Level.PERSON if person else Level.FINE)


def test_since_when_and_where() -> None:
    address = 'https://wikis.world/@mediawiki/1&#61;2'
    one = standing(records={
        'mastodon': record('posted', rest=address), 'facebook': record('failed', 2 * HOUR, 'no'),
    })  # fmt: skip
    found = explain(one, None, NOW)
    places = {place.channel: place for place in found.places}
    assert found.state == 'partly posted'
    assert (places['mastodon'].since, places['mastodon'].address) == (
        NOW - HOUR, 'https://wikis.world/@mediawiki/1=2',
    )  # fmt: skip
    assert places['facebook'].since == NOW - 2 * HOUR
    assert found.since == NOW - HOUR
    due = explain(standing(), None, NOW)
    assert {place.since for place in due.places} == {NOW - 3 * HOUR}


def test_parts_of_a_thread() -> None:
    one = standing(records={'mastodon': record('posted')}, parts={'mastodon': 2})
    found = explain(one, None, NOW)
    assert [(place.channel, place.part) for place in found.places if place.channel == 'mastodon'] == [
        ('mastodon', 1), ('mastodon', 2),
    ]  # fmt: skip


def test_a_brake() -> None:
    one = standing(records={'mastodon': record('failed')}, approval='yes')
    for found, key in (
        (explain(standing(), STOPPED, NOW), 'checking-stopped'),
        (explain(one, STOPPED, NOW), 'delivery-failed'),
    ):
        assert found.reason.key == key
        assert (
            next(p for p in found.places if p.channel == 'facebook').reason.key
            == 'checking-stopped'
        )
    assert explain(standing(approval=None), STOPPED, NOW).reason.key == 'checking-state-proposed'


# -- what needs a person -------------------------------------------------------------------------------


def test_an_empty_queue() -> None:
    report = judge_queue(page())
    assert (report.states, report.findings, report.last) == ({}, (), None)


def test_who_needs_a_person() -> None:
    report = judge_queue(page(
        standing('fine', ago=HOUR),
        standing('broken', {'mastodon': record('failed')}, number=1),
        standing('half', {'mastodon': record('posted', timedelta(minutes=5))}, number=2),
        standing('unsure', {'mastodon': record('unconfirmed')}, number=3),
        standing('out', {'mastodon': record('posted')}, channels=('mastodon',), number=4),
        standing('bad', problems=(Reason('validity-nothing'),), number=5),
    ))  # fmt: skip
    assert [(one.name, one.level) for one in report.findings if one.area == 'item'] == [
        ('broken', Level.PERSON), ('half', Level.PERSON), ('unsure', Level.PERSON),
    ]  # fmt: skip
    assert report.states == {
        'approved': 1, 'failed': 1, 'invalid': 1, 'partly posted': 1, 'posted': 1, 'unconfirmed': 1,
    }  # fmt: skip
    assert report.last == NOW - timedelta(minutes=5)


@pytest.mark.parametrize(
    ('key', 'level'),
    [
        ('delivery-paused', Level.FINE), ('delivery-stopped', Level.FINE),
        ('delivery-blocked', Level.PERSON), ('delivery-no-edit', Level.PERSON),
    ],
)  # fmt: skip
def test_brakes(key: str, level: Level) -> None:
    (finding,) = judge_queue(page(standing(), stopped=Reason(key, ('a', 'b')))).findings
    assert (finding.area, finding.level, finding.reason.key) == ('queue', level, 'checking-stopped')


# -- whether a run is missing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('status', 'key', 'level'),
    [
        (None, 'checking-never-run', Level.PERSON),
        (Status(ran=NOW), 'checking-never-run', Level.PERSON),
        (Status(ran=NOW, good=NOW - 2 * HOUR - timedelta(minutes=1)), 'checking-no-run', Level.PERSON),
        (Status(ran=NOW, good=NOW - 2 * HOUR), 'checking-last-run', Level.FINE),
        (Status(ran=NOW, good=NOW), 'checking-last-run', Level.FINE),
    ],
)  # fmt: skip
def test_is_a_run_missing(status: Status | None, key: str, level: Level) -> None:
    (finding,) = judge_runs(status, 'Social media/Status', NOW)
    assert (finding.area, finding.level, finding.reason.key) == ('runs', level, key)
    assert '$' not in finding.reason.text()


def test_what_only_the_runs_know() -> None:
    """Sources and steps are in the status alone; channels and items the check looks at itself."""
    why = Reason('delivery-paused', ('x',))
    needs = tuple(Need(f'by {step}', why, step=step) for step in ('post', 'archive', 'channels'))
    status = Status(good=NOW, needs=needs, health=tuple(
        Health(kind, 'name', state, why)
        for kind in ('source', 'step', 'channel') for state in State
    ))  # fmt: skip
    found = judge_runs(status, 'Social media/Status', NOW)
    assert [(one.area, one.level, one.name) for one in found[1:]] == [
        ('source', Level.PERSON, 'name'), ('step', Level.PERSON, 'name'),
        ('step', Level.PERSON, 'by archive'),
    ]  # fmt: skip


def test_an_item_without_id_is_named_by_its_line() -> None:
    one = standing('')
    assert (
        explain(
            replace(one, situation=replace(one.situation, item=replace(one.item, line=7))),
            None,
            NOW,
        ).item_id
        == 'line 7'
    )
