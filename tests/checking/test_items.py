"""What is said of the queue, one table line for each way in which an item can stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.channels.base import Abilities
from mwsocial.checking.findings import Level
from mwsocial.checking.items import Page, explain, is_called, judge_queue, named
from mwsocial.checking.report import Report, lines
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


def wrote(revid: int) -> Revision:
    """The bot's newest revision that may have written on the item; the approval is revision 50."""
    return Revision(revid, revid - 1, 'Bot', 9, NOW - HOUR)


TOKEN = {'state': 'partly posted', 'note': 'mastodon cannot be used now: it&#39;s over.'}


def test_what_a_run_has_learned_is_told_wherever_something_is_unsent() -> None:
    """The check asks no network about an item: only the page knows that a token is wrong."""
    half = standing(records={'facebook': record('posted')}, bot=TOKEN)
    found = explain(half, None, NOW, wrote(51))
    words = "mastodon cannot be used now: it's over."
    said = Reason('checking-run-said', (words, '2026-11-25 13:00 UTC'))
    assert (found.state, found.reason) == ('partly posted', said)
    places = {place.channel: place.reason.key for place in found.places}
    assert places == {'mastodon': 'checking-action-again', 'facebook': 'checking-done'}
    assert 'At its last run the bot said: mastodon' in found.reason.text()
    (finding,) = judge_queue(page(half, written={'a': wrote(51)})).findings
    assert finding.reason == said
    none = explain(standing(bot={**TOKEN, 'state': 'approved'}), None, NOW, wrote(51))
    assert none.reason == said
    words_of_others = standing(
        records={'mastodon': record('posted')},
        channels=('mastodon',),
        changed=frozenset({'mastodon'}),
        abilities={'mastodon': Abilities(edit=True)},
        bot={**TOKEN, 'state': 'posted'},
    )
    other = explain(words_of_others, None, NOW, wrote(51))
    assert (other.reason, other.places[0].reason.key) == (said, 'checking-action-again')
    later = standing(content={'not-before': '2026-11-26 08:00'}, bot={**TOKEN, 'state': 'approved'})
    assert explain(later, None, NOW, wrote(51)).reason.key == 'checking-until'
    # Only a run knows the server's own limits: to the check, the item is fine.
    long = explain(standing(bot={**TOKEN, 'state': 'invalid'}), None, NOW, wrote(51))
    assert (long.state, long.reason) == ('approved', said)


@pytest.mark.parametrize(
    ('bot', 'written'),
    [
        (TOKEN, wrote(49)),  # approved anew since
        (TOKEN, None),  # the bot never wrote on this item
        ({'note': 'Carol changed it after it was approved.'}, wrote(51)),  # it was proposed then
        ({'state': 'held', 'note': 'Bob holds it.'}, wrote(51)),  # lifted since
        ({'state': 'partly posted'}, wrote(51)),
    ],
)
def test_what_was_said_of_something_else_is_not_told(
    bot: dict[str, str], written: Revision | None
) -> None:
    one = standing(records={'facebook': record('posted')}, bot=bot)
    found = explain(one, None, NOW, written)
    assert found.reason.key == 'checking-state-partly-posted'
    assert found.places[0].reason.key == 'checking-action-send'


@pytest.mark.parametrize('kind', ['posted', 'deleted'])
def test_what_is_done_does_not_ask_for_an_approval(kind: str) -> None:
    over = NotApproved(Reason('approval-void-taken-down', ('A', '1', 'B', '2', 'C')), 'stale')
    one = standing(records={'mastodon': record(kind)}, channels=('mastodon',), approval=over)
    assert explain(one, None, NOW).reason.key == f'checking-state-{kind}'


def test_a_post_on_a_channel_that_is_switched_off() -> None:
    one = standing(records={'mastodon': record('posted', rest='https://a/1')}, channels=())
    found = explain(one, None, NOW)
    assert (found.state, found.level) == ('posted', Level.FINE)
    assert found.places[0].reason == Reason('checking-done-off', ('https://a/1', 'mastodon'))


def test_an_item_whose_id_cannot_be_one_is_found_by_what_stands_there() -> None:
    wrong = Item(0, {'text': 'x'}, faults=(Reason('validity-id', ('Bad_ID',)),), line=3)
    other = standing('b', number=1)
    bad = stand(Situation(wrong, problems=wrong.faults), RULES, NOW)
    assert named('Bad_ID', [other, bad]) is bad
    assert named('b', [other, bad]) is other
    assert named('', [other, bad]) is None
    assert named('nothing', [other, bad]) is None
    found = explain(bad, None, NOW)
    assert (found.state, found.reason.key) == ('invalid', 'validity-id')


def test_of_two_with_one_id_the_one_that_holds_it_is_explained() -> None:
    first, second = standing('a', newcomer=True), standing('a', number=1)
    assert named('a', [first, second]) is second
    assert named('a', [first]) is first


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


def test_what_a_run_has_said_is_told_as_what_a_run_has_said() -> None:
    """With its time: the check itself may see that all is well by now."""
    why = Reason('channels-refused', ('a.example', 'no'))
    need = Need('mastodon', why, since=NOW - HOUR, step='mentions')
    later = Need('x', why, step='mentions')
    status = Status(ran=NOW, good=NOW, needs=(need, later))
    _, first, second = judge_runs(status, 'Social media/Status', NOW, fine={'mastodon'})
    assert (first.reason, first.step, first.since) == (why, 'mentions', NOW - HOUR)
    assert second.since == NOW, 'what has no time of its own is as old as the page'
    shown = next(lines(Report('h', (first,))))
    assert shown.startswith(
        'mastodon  The step “mentions” of the runs has said since 2026-11-25 13:00 UTC: '
    )
    assert why.text() in shown


@pytest.mark.parametrize(
    ('key', 'fine', 'told'),
    [
        ('channels-token-refused', {'mastodon'}, 0), ('bluesky-password-refused', {'mastodon'}, 0),
        ('channels-token-refused', {'x'}, 1), ('channels-token-refused', set(), 1),
        # Whose token it is says nothing of what else it may do.
        ('channels-refused', {'mastodon'}, 1),
    ],
)  # fmt: skip
def test_what_the_channel_itself_refutes_is_left_out(key: str, fine: set[str], told: int) -> None:
    """The token was mended since: the run that refused the old one has nothing more to say of it."""
    need = Need('mastodon', Reason(key, ('a.example', 'no')), step='mentions')
    found = judge_runs(Status(good=NOW, needs=(need,)), 'Social media/Status', NOW, fine=fine)
    assert len(found) == 1 + told


def test_an_item_of_a_wrong_id_is_found_by_it() -> None:
    one = standing('')
    wrong = replace(one.situation.item, line=7, faults=(Reason('validity-id', ('Bad_ID',)),))
    one = replace(one, situation=replace(one.situation, item=wrong))
    assert all(is_called(one, name) for name in ('Bad_ID', 'line 7'))
    assert not any(is_called(one, name) for name in ('', 'bad_id', 'line 8'))
    assert is_called(standing('a'), 'a')


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
