"""How an item stands: one table line for each way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.channels.base import Abilities
from mwsocial.desk.approval import Approved, NotApproved
from mwsocial.desk.approval.verdict import Kind
from mwsocial.desk.item import Item
from mwsocial.desk.plan import (
    Pace,
    Plan,
    choose,
    make_plan,
    once_recorded,
    record_changes,
    without_sends,
)
from mwsocial.desk.records import Proven, Record
from mwsocial.desk.rules import Rules
from mwsocial.desk.standing import Situation, Standing, read_waiting, stand, waiting_words
from mwsocial.reason import Reason
from mwsocial.wiki.revision import Revision

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
RULES = Rules(bot='Bot')
MINUTE = timedelta(minutes=1)


def approved(item: Item, *, ago: timedelta = 20 * MINUTE, revid: int = 50) -> Approved:
    return Approved(Revision(revid, revid - 1, 'Alice', 1, NOW - ago), item, 'f ~~~~', 'Alice')


def record(kind: str, *, ago: timedelta = 2 * MINUTE, revid: int = 50, rest: str = 'x') -> Proven:
    revision = Revision(60, 59, 'Bot', 9, NOW - ago)
    return Proven(Record(kind, NOW - ago, revid, rest), revision)


def situation(
    records: dict[str, Proven] | None = None,
    *,
    content: dict[str, str] | None = None,
    editors: dict[str, str] | None = None,
    approval: Approved | NotApproved | None = None,
    ago: timedelta = 20 * MINUTE,
    **more: object,
) -> Situation:
    item = Item(0, {'id': 'a', 'text': 'Words', **(content or {})}, editors or {})
    verdict = approval or approved(item, ago=ago)
    channels = {'mastodon': None, 'x': None}
    return Situation(
        item,
        approval=verdict,
        records=records or {},
        **{'channels': channels, **more},  # type: ignore[arg-type]
    )


def actions(one: Situation) -> dict[str, str]:
    return {name: target.action for name, target in stand(one, RULES, NOW).targets.items()}


NOT_YET = NotApproved(Reason('delivery-void'), 'none')


@pytest.mark.parametrize(
    ('one', 'state', 'mastodon'),
    [
        (situation(), 'approved', 'send'),
        (situation(approval=NOT_YET), 'proposed', 'wait'),
        (situation(approval=NotApproved(Reason('delivery-void'), 'held')), 'held', 'wait'),
        (situation(editors={'hold': 'draft'}), 'held', 'wait'),
        (situation(declined=7), 'declined', 'wait'),
        (situation(problems=(Reason('delivery-void'),)), 'invalid', 'wait'),
        (situation(newcomer=True), 'invalid', None),
        (situation(content={'not-before': '2026-11-25 14:01'}), 'approved', 'wait'),
        (situation(content={'not-before': '2026-11-25 14:00'}), 'approved', 'send'),
        (situation(content={'not-after': '2026-11-25 13:59'}), 'missed', 'missed'),
        (situation(ago=timedelta(hours=25)), 'missed', 'missed'),
        (situation(ago=timedelta(hours=24)), 'approved', 'send'),
        (situation({'mastodon': record('sending')}), 'sending', 'busy'),
        (situation({'mastodon': record('sending', ago=11 * MINUTE)}), 'sending', 'settle'),
        (situation({'mastodon': record('posted')}), 'partly posted', 'done'),
        (situation({'mastodon': record('posted'), 'x': record('posted')}), 'posted', 'done'),
        (situation({'mastodon': record('released')}), 'approved', 'send'),
        (situation({'mastodon': record('failed')}), 'failed', 'failed'),
        (situation({'mastodon': record('failed', revid=49)}), 'approved', 'send'),
        (situation({'mastodon': record('failed'), 'x': record('posted')}), 'partly posted', 'failed'),
        (situation({'mastodon': record('unconfirmed')}), 'unconfirmed', 'unconfirmed'),
        (situation({'mastodon': record('unconfirmed')}, settled={'mastodon': 'again'}), 'approved', 'send'),
        (situation({'mastodon': record('unconfirmed')}, settled={'mastodon': 'https://x/1'}), 'sending',
         'settle'),
        (situation({'mastodon': record('deleted'), 'x': record('deleted')}), 'deleted', 'deleted'),
        (situation({'mastodon': record('waiting', rest='2026-11-25T15:00:00Z busy')}), 'approved', 'wait'),
        (situation({'mastodon': record('waiting', rest='2026-11-25T13:59:00Z busy')}), 'approved', 'send'),
        (situation({'mastodon': record('waiting', rest='- busy')}), 'approved', 'send'),
        (situation(channels={'mastodon': Reason('delivery-void')}), 'approved', 'wait'),
    ],
)  # fmt: skip
def test_table(one: Situation, state: str, mastodon: str | None) -> None:
    standing = stand(one, RULES, NOW)
    assert standing.state == state
    target = standing.targets.get('mastodon')
    assert (target.action if target else None) == mastodon


def test_a_posted_channel_is_never_sent_again_whatever_happens() -> None:
    """Not after a new approval, not after a change, not while it is invalid or declined."""
    posted = {'mastodon': record('posted', revid=10)}
    for one in (
        situation(posted),
        situation(posted, content={'text': 'Others'}),
        situation(posted, problems=(Reason('delivery-void'),)),
        situation(posted, approval=NOT_YET),
        situation(posted, settled={'mastodon': 'again'}),
    ):
        assert actions(one)['mastodon'] == 'done'


def test_news_is_a_target_when_there_is_news() -> None:
    assert 'news' not in actions(situation())
    assert actions(situation(content={'news': 'Entry'}))['news'] == 'send'


def test_one_channel_touches_no_other() -> None:
    for kind in ('posted', 'failed', 'unconfirmed', 'waiting', 'sending', 'deleted'):
        rest = '2026-11-25T15:00:00Z busy'
        assert actions(situation({'mastodon': record(kind, rest=rest)}))['x'] == 'send'


def test_waiting_words_round_trip() -> None:
    assert read_waiting(waiting_words(NOW, 'too many')) == (NOW, 'too many')
    assert read_waiting(waiting_words(None, 'too many')) == (None, 'too many')


def standings(*many: Situation) -> list[Standing]:
    return [stand(one, RULES, NOW) for one in many]


def test_pace_lets_one_out_at_a_time() -> None:
    """The one that is due longest goes first; the others wait for the next runs."""
    newer = situation(content={'id': 'newer'}, ago=11 * MINUTE, channels={'mastodon': None})
    older = situation(content={'id': 'older'}, ago=30 * MINUTE, channels={'mastodon': None})
    pace = {'mastodon': Pace(timedelta(minutes=30), 8)}
    assert [s.item.id for s, _ in choose(standings(newer, older), pace, NOW)] == ['older']
    sent = situation(
        {'mastodon': record('posted')}, content={'id': 'sent'}, channels={'mastodon': None}
    )
    assert not choose(standings(newer, older, sent), pace, NOW)
    assert len(choose(standings(newer, older, sent), {}, NOW)) == 2
    assert len(choose(standings(newer, older, sent), {'mastodon': Pace(per_day=2)}, NOW)) == 1


def plan_of(*many: Situation, **more: object) -> Plan:
    options = {
        'settled': {}, 'again': {}, 'nonce': lambda: 'n0nce', 'new_id': lambda item: 'given',
        'folds': {}, 'touched': lambda item: False, 'words': lambda reason: reason.text(), **more,
    }  # fmt: skip
    return make_plan(standings(*many), {}, RULES, NOW, **options)  # type: ignore[arg-type]


def test_a_plan_claims_everything_due_at_once() -> None:
    plan = plan_of(situation(), situation(content={'id': 'b', 'news': 'Entry'}))
    assert [(c.item_id, c.channel) for c in plan.claims] == [
        ('a', 'mastodon'), ('a', 'x'), ('b', 'mastodon'), ('b', 'x'), ('b', 'news'),
    ]  # fmt: skip
    assert plan.minor
    assert plan.changes[0].bot == {
        'state': 'sending', 'approved-in': 'Special:Diff/50',
        'sent-mastodon': 'sending 2026-11-25T14:00:00Z 50 n0nce',
        'sent-x': 'sending 2026-11-25T14:00:00Z 50 n0nce',
    }  # fmt: skip


def test_a_proposed_item_is_left_alone() -> None:
    plan = plan_of(situation(approval=NOT_YET))
    assert not plan.changes
    assert not plan.claims


def test_false_bot_lines_are_put_right_even_while_somebody_edits() -> None:
    item = Item(0, {'id': 'a', 'text': 'W'}, {}, {'state': 'posted', 'sent-x': 'posted'})
    one = Situation(item, approval=NOT_YET, channels={'x': None})
    plan = plan_of(one, touched=lambda item: True)
    assert plan.changes[0].bot == {'state': None, 'sent-x': None}


def test_a_brake_lets_nothing_out() -> None:
    stopped = without_sends(standings(situation()))
    assert not choose(stopped, {}, NOW)


@pytest.mark.parametrize(
    ('kinds', 'state'),
    [
        (('posted', 'posted'), 'posted'), (('posted', 'failed'), 'partly posted'),
        (('failed', 'failed'), 'failed'), (('posted', 'unconfirmed'), 'unconfirmed'),
        (('posted', 'sending'), 'sending'), (('waiting', 'waiting'), 'approved'),
        (('posted', 'waiting'), 'partly posted'), (('released', 'released'), 'approved'),
    ],
)  # fmt: skip
def test_state_after_recording(kinds: tuple[str, str], state: str) -> None:
    mine = {
        name: Record(kind, NOW, 50, '- busy')
        for name, kind in zip(('mastodon', 'x'), kinds, strict=True)
    }
    after = once_recorded(stand(situation(), RULES, NOW), mine, RULES, NOW)
    assert after.state == state
    assert bool(after.note) == bool({'failed', 'unconfirmed', 'waiting'} & set(kinds))


THREE = {'channels': {'mastodon': None}, 'parts': {'mastodon': 3}}
CAN = {'mastodon': Abilities(edit=True), 'x': Abilities()}


def test_a_thread_is_claimed_whole_and_in_order() -> None:
    plan = plan_of(situation(**THREE))  # type: ignore[arg-type]
    assert [claim.place for claim in plan.claims] == ['mastodon', 'mastodon-2', 'mastodon-3']
    assert {claim.channel for claim in plan.claims} == {'mastodon'}
    assert set(plan.changes[0].bot) == {
        'state', 'approved-in', 'sent-mastodon', 'sent-mastodon-2', 'sent-mastodon-3',
    }  # fmt: skip


@pytest.mark.parametrize(
    ('first', 'second', 'third'),
    [
        ('posted', 'posted', 'send'), ('posted', 'released', 'send'), ('failed', 'released', 'wait'),
        ('posted', 'failed', 'wait'), ('posted', 'unconfirmed', 'wait'), ('deleted', 'released', 'wait'),
    ],
)  # fmt: skip
def test_a_thread_goes_on_only_behind_the_part_before(first: str, second: str, third: str) -> None:
    records = {'mastodon': record(first), 'mastodon-2': record(second)}
    assert actions(situation(records, **THREE))['mastodon-3'] == third  # type: ignore[arg-type]


def test_a_thread_is_not_continued_with_other_words() -> None:
    """Its first part holds what was approved before: no mixture of two approvals goes out."""
    records = {'mastodon': record('posted', revid=10)}
    one = situation(records, changed=frozenset({'mastodon'}), **THREE)  # type: ignore[arg-type]
    assert actions(one) == {'mastodon': 'done', 'mastodon-2': 'wait', 'mastodon-3': 'wait'}
    able = situation(
        records,
        changed=frozenset({'mastodon'}),
        abilities=CAN,
        **THREE,  # type: ignore[arg-type]
    )
    assert actions(able) == {'mastodon': 'correct', 'mastodon-2': 'send', 'mastodon-3': 'send'}


def test_a_changed_item_is_corrected_where_that_is_possible() -> None:
    posted = {
        'mastodon': record('posted', revid=10, rest='https://m/1'),
        'x': record('posted', revid=10, rest='https://x/1'),
    }
    one = situation(posted, changed=frozenset(posted), abilities=CAN)
    assert actions(one) == {'mastodon': 'correct', 'x': 'done'}
    standing = stand(one, RULES, NOW)
    assert standing.state == 'posted'
    assert standing.note
    assert standing.note.key == 'delivery-cannot-correct'
    plan = plan_of(one)
    assert plan.changes[0].bot['sent-mastodon'] == (
        'editing 2026-11-25T14:00:00Z 50 n0nce 10 https://m/1'
    )
    claim = plan.claims[0]
    after = once_recorded(
        standing, {'mastodon': Record('posted', NOW, 50, 'https://m/1')}, RULES, NOW
    )
    assert after.targets['mastodon'].action == 'done'
    assert claim.record.address == 'https://m/1'
    assert claim.record.words_of == 10


def test_without_an_approval_nothing_is_corrected() -> None:
    posted = {'mastodon': record('posted', revid=10, rest='https://m/1')}
    one = situation(posted, approval=NOT_YET, abilities=CAN)
    assert actions(one)['mastodon'] == 'done'


@pytest.mark.parametrize(
    ('rest', 'revid', 'action'),
    [
        ('- 10 https://m/1 no', 50, 'done'), ('- 10 https://m/1 no', 49, 'correct'),
        ('2026-11-25T14:30:00Z 10 https://m/1 busy', 50, 'done'),
        ('2026-11-25T13:30:00Z 10 https://m/1 busy', 50, 'correct'),
    ],
)  # fmt: skip
def test_a_refused_correction_waits_for_a_new_approval_or_its_time(
    rest: str, revid: int, action: str
) -> None:
    kept = {'mastodon': record('kept', rest=rest, revid=revid)}
    one = situation(kept, changed=frozenset(kept), abilities=CAN)
    assert actions(one)['mastodon'] == action


def test_what_an_approver_wants_gone_is_taken_down_and_nothing_more_is_sent() -> None:
    posted = {'mastodon': record('posted', revid=10, rest='https://m/1')}
    one = situation(posted, takedown=70, abilities=CAN)
    assert actions(one) == {'mastodon': 'delete', 'x': 'wait'}
    plan = plan_of(one)
    assert plan.changes[0].bot['sent-mastodon'] == (
        'deleting 2026-11-25T14:00:00Z 70 n0nce 10 https://m/1'
    )
    gone = situation(
        {'mastodon': record('deleted', revid=70, rest='https://m/1 10')}, takedown=70, abilities=CAN
    )
    assert stand(gone, RULES, NOW).state == 'deleted'
    cannot = situation(posted, takedown=70, abilities={'mastodon': Abilities(delete=False)})
    assert actions(cannot)['mastodon'] == 'done'


def test_a_channel_that_the_item_left_is_not_sent_to() -> None:
    """A claim given back there, or refused there, is over."""
    for kind in ('released', 'failed', 'waiting'):
        one = situation({'x': record(kind)}, channels={'mastodon': None})
        assert actions(one) == {'mastodon': 'send', 'x': 'wait'}
        assert stand(one, RULES, NOW).state == 'approved'


def test_what_a_dead_run_was_changing_is_found_out() -> None:
    for kind in ('editing', 'deleting'):
        open_claim = {'mastodon': record(kind, ago=11 * MINUTE, rest='n 10 https://m/1')}
        assert actions(situation(open_claim, abilities=CAN))['mastodon'] == 'settle'
        fresh = {'mastodon': record(kind, rest='n 10 https://m/1')}
        assert actions(situation(fresh, abilities=CAN))['mastodon'] == 'busy'


def test_later_parts_do_not_count_for_the_pace() -> None:
    pace = {'mastodon': Pace(timedelta(minutes=30), 1)}
    assert len(choose(standings(situation(**THREE)), pace, NOW)) == 3  # type: ignore[arg-type]


def test_nothing_is_said_to_be_gone_while_any_of_it_stands() -> None:
    for kind, rest, can in (
        ('kept', '- 10 https://m/1 no', CAN), ('posted', 'https://m/1', {}),
        ('posted', 'https://m/1', CAN),
    ):  # fmt: skip
        records = {
            'mastodon': record(kind, revid=70, rest=rest),
            'x': record('deleted', rest='https://x/1 10'),
        }
        one = situation(records, takedown=70, abilities=can)
        assert stand(one, RULES, NOW).state == 'partly posted'


def test_a_stop_on_the_page_keeps_no_post_up() -> None:
    """Anybody may set it: it must not protect what an approver wants gone."""
    posted = {'mastodon': record('posted', revid=10, rest='https://m/1')}
    one = standings(situation(posted, takedown=70, abilities=CAN))
    assert without_sends(one)[0].targets['mastodon'].action == 'done'
    taken = without_sends(one, removals=True)[0].targets
    assert taken['mastodon'].action == 'delete'
    sends = without_sends(standings(situation()), removals=True)[0].targets
    assert {target.action for target in sends.values()} == {'wait'}


def test_what_does_not_count_is_said() -> None:
    """A line by somebody whose word does not count is told where nothing else has to be said."""
    said = Reason('delivery-not-proved', ('decline', 'sysop'))
    unproved = situation(approval=NOT_YET, not_counted=said)
    assert (stand(unproved, RULES, NOW).state, stand(unproved, RULES, NOW).note) == (
        'proposed',
        said,
    )
    refused = NotApproved(Reason('approval-not-by-approver', ('Erin', '7', 'sysop')), 'refused')
    assert stand(situation(approval=refused, not_counted=said), RULES, NOW).note == refused.reason
    unsure = {'mastodon': record('unconfirmed', rest='lost')}
    assert stand(situation(unsure, not_counted=said), RULES, NOW).note == said
    assert (
        stand(situation({'mastodon': record('sending')}, not_counted=said), RULES, NOW).note is None
    )


@pytest.mark.parametrize('kind', ['none', 'stale', 'refused'])
def test_words_that_changed_after_the_post(kind: Kind) -> None:
    """Whoever takes the approval away or writes a false one cannot hide that the words are others now."""
    posted = {'mastodon': record('posted'), 'x': record('posted')}
    verdict = NotApproved(Reason('approval-none'), kind)
    one = situation(posted, approval=verdict)
    assert (stand(one, RULES, NOW).state, stand(one, RULES, NOW).note) == ('posted', None)
    other = replace(one, changed=frozenset({'x'}))
    said = Reason('delivery-changed-since')
    assert (stand(other, RULES, NOW).state, stand(other, RULES, NOW).note) == ('posted', said)
    gone = replace(other, approval=None)
    assert stand(gone, RULES, NOW).note == said
    half = replace(gone, records={'x': posted['x']})
    assert (stand(half, RULES, NOW).state, stand(half, RULES, NOW).note) == ('partly posted', said)


THREE_PLACES = {'channels': {'bluesky': None, 'mastodon': None, 'x': None}}
VOID = NotApproved(
    Reason('approval-void-taken-down', ('Alice', '50', 'Bob', '70', 'sysop')), 'stale'
)


def gone(address: str) -> Proven:
    return record('deleted', revid=70, rest=f'{address} 10')


@pytest.mark.parametrize('kind', ['posted', 'kept'])
def test_taking_the_line_away_again_does_not_hide_what_still_stands(kind: str) -> None:
    """Between removing delete-posts and setting it anew the item is not "deleted": a post is up."""
    rest = {'posted': 'https://m/1', 'kept': '- 10 https://m/1 no'}[kind]
    left = record(kind, revid={'posted': 10, 'kept': 70}[kind], rest=rest)
    records = {'bluesky': gone('https://b/1'), 'mastodon': left, 'x': gone('https://x/1')}
    for approval in (VOID, NOT_YET, None):
        one = situation(records, approval=approval, abilities=CAN, **THREE_PLACES)  # type: ignore[arg-type]
        standing = stand(one, RULES, NOW)
        assert standing.state == 'partly posted'
        assert standing.note == Reason(
            'delivery-still-stands', ('bluesky, x', 'mastodon: https://m/1')
        )
    # Nor where the channel of what still stands was switched off, or something was never sent.
    off = situation(records, approval=VOID, channels={'bluesky': None, 'x': None})
    assert stand(off, RULES, NOW).state == 'partly posted'
    failed = situation({**records, 'x': record('failed')}, approval=VOID, **THREE_PLACES)  # type: ignore[arg-type]
    found = stand(failed, RULES, NOW).note
    assert found and found.key == 'delivery-still-stands'


def test_what_is_gone_everywhere_is_deleted_whether_its_channels_are_on_or_not() -> None:
    records = {'mastodon': gone('https://m/1'), 'x': gone('https://x/1')}
    for channels in ({'mastodon': None, 'x': None}, {'x': None}, {}):
        one = situation(records, approval=VOID, channels=channels)
        assert (stand(one, RULES, NOW).state, stand(one, RULES, NOW).note) == ('deleted', None)


def test_a_removal_that_came_to_nothing_is_told_when_nobody_wants_it_any_more() -> None:
    """It keeps asking for a person, so it must say what for."""
    kept = {'mastodon': record('kept', revid=70, rest='- 10 https://m/1 no')}
    one = situation(kept, approval=VOID, channels={'mastodon': None}, abilities=CAN)
    standing = stand(one, RULES, NOW)
    assert (standing.state, standing.note) == (
        'posted',
        Reason('delivery-kept-still', ('mastodon', 'no')),
    )


NONE_ON = Reason('validity-channels-off', ('–',))


@pytest.mark.parametrize(
    ('listed', 'kinds', 'state'),
    [
        ('', {'mastodon': 'posted'}, 'posted'),
        ('', {'mastodon': 'posted', 'x': 'posted'}, 'posted'),
        ('mastodon', {'mastodon': 'posted'}, 'posted'),
        ('mastodon, x', {'mastodon': 'posted', 'x': 'posted'}, 'posted'),
        ('mastodon, x', {'mastodon': 'posted'}, 'partly posted'),
        ('', {'mastodon': 'posted', 'x': 'failed'}, 'partly posted'),
        ('', {'mastodon': 'posted', 'x': 'released'}, 'partly posted'),
        ('', {'mastodon': 'posted', 'mastodon-2': 'waiting'}, 'partly posted'),
        ('', {'mastodon': 'posted', 'x': 'unconfirmed'}, 'unconfirmed'),
        ('', {'mastodon': 'failed'}, 'invalid'),
    ],
)
@pytest.mark.parametrize('verdict', [None, NOT_YET])
def test_what_is_out_stays_posted_when_its_channels_are_switched_off(
    listed: str, kinds: dict[str, str], state: str, verdict: NotApproved | None
) -> None:
    one = situation(
        {name: record(kind, rest='- https://m/1') for name, kind in kinds.items()},
        content={'channels': listed} if listed else {},
        approval=verdict,
        channels={},
        problems=(NONE_ON,),
    )
    standing = stand(one, RULES, NOW)
    assert standing.state == state
    assert (standing.note is None) == (state == 'posted')


def test_what_was_spoilt_after_the_post_is_not_taken_for_a_channel_switched_off() -> None:
    """Without words an item goes nowhere, though its channels are on: somebody must look."""
    spoilt = Reason('validity-nothing')
    posted = {'mastodon': record('posted')}
    one = situation(posted, channels={}, abilities=CAN, problems=(spoilt,))
    assert (stand(one, RULES, NOW).state, stand(one, RULES, NOW).note) == ('partly posted', spoilt)


@pytest.mark.parametrize(
    ('approval', 'where'),
    [(None, 'Special:Diff/50'), (NOT_YET, 'Special:Diff/49'), (NOT_YET, '')],
)
def test_no_line_that_somebody_forged_stands_beside_a_record(
    approval: NotApproved | None, where: str
) -> None:
    one = situation(approval=approval)
    item = replace(one.item, bot={'approved-in': '_' * 48_000, 'note': '_', 'sent-x': '_'})
    mine = Record('posted', NOW, 49 if where else 0, 'https://m.example/1')
    standing = stand(replace(one, item=item), RULES, NOW)
    (change,) = record_changes(
        {'a': standing}, {('a', 'mastodon'): mine}, RULES, NOW, lambda reason: reason.text()
    )
    assert change.bot['approved-in'] == (where or None)
    assert '_' not in ''.join(filter(None, change.bot.values()))
