"""The steps of a cycle, in their order. Another one is one more line in ``STEPS``."""

from __future__ import annotations

from datetime import timedelta

from mwsocial.archiving.assemble import archive
from mwsocial.checking.channels import judge_channel
from mwsocial.checking.check import ask_channel
from mwsocial.checking.findings import Level, worst
from mwsocial.delivery.assemble import check_protection, open_channels, tools_of, validity_desk
from mwsocial.delivery.passing import Pass, needs_a_person
from mwsocial.delivery.reading import QueueReader, Reading
from mwsocial.desk.item import ID
from mwsocial.desk.standing import Standing
from mwsocial.errors import EXIT_DONE, EXIT_PERSON
from mwsocial.reason import Reason
from mwsocial.running.incoming import hear, hear_more, suggest
from mwsocial.running.step import Cycle, Result, Step
from mwsocial.status.counting import anchor
from mwsocial.status.values import Health, Need, State
from mwsocial.syncing.steps import compare_news, follow_listed, write_numbers

_LEVELS = {Level.FINE: State.FINE, Level.TEMPORARY: State.LATER}


def post(cycle: Cycle) -> Result:
    """What ``post_queue`` does: settle, claim, send, record."""
    check_protection(cycle.desk)
    tools = tools_of(cycle.desk, cycle.ending, cycle.say)
    usable = frozenset(tools.reader.not_live)
    report = Pass(tools).run(simulate=cycle.simulate)
    cycle.reader, cycle.channels, cycle.reading = tools.reader, tools.channels, report.reading
    needs = _items(report.reading) if report.reading else []
    needs += [
        Need(name, reason) for name, reason in tools.reader.not_live.items() if name not in usable
    ]
    kinds = [record.kind for record in report.records.values()]
    words = ', '.join(f'{kinds.count(kind)} {kind}' for kind in dict.fromkeys(kinds))
    return Result(words or 'nothing to send', report.exit_code, tuple(needs))


def _items(reading: Reading) -> list[Need]:
    def need(standing: Standing) -> Need:
        item = standing.item
        state = Reason('checking-state-' + standing.state.replace(' ', '-'))
        name = item.id or f'line {item.line}'
        # The card's own anchor; most headings say the same.
        place = (
            f'#social-media-{item.id}' if ID.fullmatch(item.id) else anchor(reading.text, item.line)
        )
        link = f'{reading.title}{place}'
        return Need(name, standing.note or state, link)

    return [need(standing) for standing in reading.standings if needs_a_person(standing)]


def archive_done(cycle: Cycle) -> Result:
    """What ``archive_queue`` does."""
    if cycle.reader is None:
        _, not_live = open_channels(cycle.desk.config)
        cycle.reader = QueueReader(cycle.desk, validity_desk(cycle.desk.config), not_live)
    report = archive(
        cycle.desk, cycle.reader, cycle.say, reading=cycle.reading, simulate=cycle.simulate
    )
    needs = tuple(Need(one, reason, cycle.reader.title) for one, reason in report.left.items())
    return Result(f'{len(report.archived)} archived', report.exit_code, needs)


def ask_channels(cycle: Cycle) -> Result:
    """Ask every channel whose account it is and whether it may post; nothing is sent."""
    live, not_live = open_channels(cycle.desk.config)
    health = []
    for name, settings in cycle.desk.config.enabled_channels.items():
        asked = ask_channel(name, settings, live.get(name), not_live.get(name))
        findings = judge_channel(asked, cycle.now())
        level = worst(findings)
        reason = next((one.reason for one in findings if one.level is level), None)
        health.append(Health('channel', name, _LEVELS.get(level, State.PERSON), reason))
    fine = all(one.state is State.FINE for one in health)
    person = any(one.state is State.PERSON for one in health)
    words = ', '.join(f'{one.name}: {one.state.value}' for one in health) or 'none'
    code = EXIT_PERSON if person else EXIT_DONE
    return Result(words, code, health={'channel': tuple(health)}, soon=not fine)


#: Networks are asked once a day while all is well (X takes a cent for it). What goes out is
#: looked after in every cycle, what is done and the page that says so as often as they are worth it.
STEPS: tuple[Step, ...] = (
    Step('post', post),
    Step('channels', ask_channels, every=timedelta(days=1)),
    Step('mentions', hear),
    Step('lists', hear_more, every=timedelta(hours=1)),
    Step('sources', suggest, every=timedelta(hours=1)),
    Step('news', compare_news, every=timedelta(hours=1)),
    Step('accounts', follow_listed, every=timedelta(days=1)),
    Step('statistics', write_numbers, every=timedelta(days=1)),
    Step('archive', archive_done, every=timedelta(hours=1)),
)
