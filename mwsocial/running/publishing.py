"""The last step of a cycle: what it has found goes onto the status page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from mwsocial.archiving.pieces import MENTION
from mwsocial.delivery.deeds import Words, post_for
from mwsocial.delivery.preflight import month_of
from mwsocial.delivery.reading import Reading
from mwsocial.desk.item import Item
from mwsocial.desk.places import channel_of
from mwsocial.desk.records import Record
from mwsocial.desk.validity import kinds
from mwsocial.errors import EXIT_DONE, EXIT_PERSON, EXIT_TEMPORARY
from mwsocial.reason import Reason
from mwsocial.running.moments import following
from mwsocial.running.step import Cycle, Done, Failure, Result
from mwsocial.running.steps import STEPS
from mwsocial.status.counting import spent, undecided
from mwsocial.status.store import Said, last_said, say_it, written
from mwsocial.status.values import Health, Spent, State, Status, carried
from mwsocial.wiki.items import ITEM, read_queue
from mwsocial.wiki.read import PageState, snapshot
from mwsocial.wiki.save import Refused

#: So many things that need a person are listed; the rest is on the queue page.
MOST = 50


def publish(cycle: Cycle) -> Result:
    """Write the status page, if it says something new; nothing at all in a simulation."""
    if cycle.simulate:
        return Result('not written in a simulation')
    pages = cycle.desk.config.pages
    now = cycle.now()
    titles = [pages.status, pages.mentions, pages.suggestions]
    if _costly(cycle):
        titles.append(pages.archive_of(now.year, now.month))
    found = snapshot(cycle.desk.api, titles).pages
    said = last_said(cycle.desk.api, cycle.desk.config, found[pages.status])
    good = all(not isinstance(one.outcome, Failure) for one in cycle.done)
    status = gathered(cycle, found, said, {step.name for step in STEPS})
    outcome = say_it(cycle.desk.api, cycle.desk.config, said, status, good=good)
    code = EXIT_PERSON if isinstance(outcome, Refused) else EXIT_DONE
    return Result(written(outcome), code)


def gathered(
    cycle: Cycle, found: Mapping[str, PageState], said: Said, known: Collection[str]
) -> Status:
    """All that the page is to say. *found*: the pages that it counts on; *known*: the names of all steps
    that there are.
    """
    pages = cycle.desk.config.pages
    now = cycle.now().replace(second=0)
    reading = cycle.reading
    old = said.status or Status()
    counted = {pages.mentions: MENTION, pages.suggestions: ITEM}
    status = Status(
        ran=now,
        stopped=reading.stopped if reading else old.stopped,
        needs=tuple(
            replace(need, step=done.name) for done in cycle.done for need in _result(done).needs
        )[:MOST],
        health=tuple(_health(cycle.done)),
        queue=_states(reading) if reading else old.queue,
        following=following(reading.standings, now) if reading else old.following,
        undecided={
            title: undecided(found[title].text, name)
            for title, name in counted.items()
            if not found[title].missing
        },
        spent=_spent(cycle, found) if reading else old.spent,
    )
    kinds = {kind for done in cycle.done for kind in _result(done).health}
    names = {done.name for done in cycle.done}
    # What a step that broke off has found before still holds; what no step looks for any more does not.
    answered = {done.name for done in cycle.done if isinstance(done.outcome, Result)}
    return carried(
        status, old, now,
        lambda one: one.kind in kinds or (one.kind == 'step' and one.name in names),
        lambda step: step in answered or step not in known,
    )  # fmt: skip


def _result(done: Done) -> Result:
    return done.outcome if isinstance(done.outcome, Result) else Result('')


def _health(done: Iterable[Done]) -> Iterable[Health]:
    for one in done:
        if isinstance(one.outcome, Failure):
            later = one.outcome.exit_code == EXIT_TEMPORARY
            reason = Reason('status-step-failed', (one.outcome.words,))
            yield Health('step', one.name, State.LATER if later else State.PERSON, reason)
        else:
            for health in one.outcome.health.values():
                yield from health


def _states(reading: Reading) -> dict[str, int]:
    states = [standing.state for standing in reading.standings]
    return {state: states.count(state) for state in sorted(set(states))}


def _costly(cycle: Cycle) -> dict[str, float]:
    """The channels that cost anything, and what a month may cost there."""
    config = cycle.desk.config
    cap = config.x_prices.cap_per_month
    return {name: cap for name, one in config.enabled_channels.items() if one.network == 'x'}


def _spent(cycle: Cycle, found: Mapping[str, PageState]) -> tuple[Spent, ...]:
    caps = _costly(cycle)
    if not caps or cycle.reading is None:
        return ()
    config, now = cycle.desk.config, cycle.now()
    archived = found[config.pages.archive_of(now.year, now.month)].text
    items: list[Item] = [*cycle.reading.queue.items, *read_queue(archived).items]
    prices = config.x_prices

    def cost(item: Item, place: str, record: Record) -> float:
        name = channel_of(place)
        if kinds(item) == ('share',):
            return prices.post
        if kinds(item) == ('point',) or name not in cycle.channels:
            return prices.post_with_link
        words = Words(config.desk, config.channel_language(name), dict(config.pointers))
        return cycle.channels[name].cost(post_for(item, place, words, record.revid))

    return spent(items, month_of(now), caps, cost)
