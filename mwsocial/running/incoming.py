"""What comes in, as steps of a cycle."""

from __future__ import annotations

from mwsocial.inbox.assemble import pull as pull_mentions
from mwsocial.inbox.report import Report as Heard
from mwsocial.running.step import Cycle, Result
from mwsocial.sources.assemble import pull as pull_sources
from mwsocial.status.values import Health, Need, State


def hear(cycle: Cycle) -> Result:
    """What ``pull_mentions`` does without options: mentions and replies."""
    return _heard(cycle, more=False)


def hear_more(cycle: Cycle) -> Result:
    """What it does with its options: the timeline, hashtags and searches that the configuration names.

    Without words to filter it by, the timeline is left out: some networks charge for what is read.
    """
    return _heard(cycle, more=True)


def _heard(cycle: Cycle, *, more: bool) -> Result:
    lines: list[str] = []
    report = pull_mentions(
        cycle.desk, timeline=more and bool(cycle.desk.config.words), hashtag=more, search=more,
        simulate=cycle.simulate, tell=cycle.say if cycle.simulate else lines.append,
    )  # fmt: skip
    if report.exit_code:
        for line in lines:
            cycle.say(line)
    return Result(_what_was_heard(report), report.exit_code, _needs(cycle, report))


def _what_was_heard(report: Heard) -> str:
    words = f'{len(report.added)} new, {report.waiting} undecided'
    for number, what in ((len(report.moved), 'to the queue'), (len(report.archived), 'archived')):
        words += f', {number} {what}' if number else ''
    return words


def _needs(cycle: Cycle, report: Heard) -> tuple[Need, ...]:
    page = cycle.desk.config.pages.mentions
    troubles = [
        Need(one.channel, one.trouble, page)
        for one in report.channels
        if one.trouble and not one.temporary
    ]
    return (*troubles, *(Need(name, reason, page) for name, reason in report.left.items()))


def suggest(cycle: Cycle) -> Result:
    """What ``pull_sources`` does; nothing where the configuration names no source."""
    lines: list[str] = []
    report = pull_sources(
        cycle.desk, simulate=cycle.simulate, tell=cycle.say if cycle.simulate else lines.append
    )
    if report.exit_code:
        for line in lines:
            cycle.say(line)
    health = tuple(
        Health(
            'source', one.name,
            State.FINE if one.trouble is None else State.LATER if one.temporary else State.PERSON,
            one.trouble,
        )
        for one in report.sources
    )  # fmt: skip
    page = cycle.desk.config.pages.suggestions
    needs = tuple(Need(name, reason, page) for name, reason in report.left.items())
    words = f'{len(report.added)} new, {report.waiting} undecided'
    words += f', {len(report.moved)} to the queue' if report.moved else ''
    return Result(words, report.exit_code, needs, {'source': health})
