"""What each guard is for: the same events with it, and in a run without it.

A proof is worth something only if it can fail. For each guard something happens that it is there for; with
the guard nothing is doubled or lost, without it something is. A second line of defence (an item waits where the
account has a post that says the same) is off in all of these runs: it hides what the guards do.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mwsocial.sandbox import Answer, Request, Rule
from tests.real.desk import QUEUE, Started
from tests.trust.faults import CREATES, Cell, edits
from tests.trust.stage import LATER, Result, Stage, check
from tests.trust.storm import LEASE, send

#: A run is stopped at these of its requests to the wiki, counted from its claim on: the last ones before it
#: sends.
JSON = [('Content-Type', 'application/json')]
STOPS = range(6, 12)


@dataclass(frozen=True)
class Without:
    """What came of one guard's events, with it and without it."""

    guard: str
    what: str
    kept: Result
    broken: Result

    @property
    def harmed(self) -> bool:
        """Whether the guard is needed, and does what it is for."""
        hurt = self.broken.duplicates + self.broken.lost
        return bool(hurt) and not (self.kept.duplicates + self.kept.lost)


Scenario = Callable[[Stage, tuple[str, ...]], Result]


def _cell(cell: Cell, then_killed: bool = False) -> Scenario:
    """A fault of the matrix, or a run that is killed once the network has done it."""

    def scenario(stage: Stage, agent: tuple[str, ...]) -> Result:
        result = Result(cell.name)
        item_id = stage.put(cell.kind)
        rules = cell.rules()
        if then_killed:
            rules = [replace(rules[0], after='kill', pid=lambda: None)]
        started, stack = stage.through(cell.network, rules, *agent)
        with stack:
            check(started(), result)
        stage.rest(item_id, result, *agent)
        stage.count(item_id, result)
        return result

    return scenario


def _human(stage: Stage, agent: tuple[str, ...]) -> Result:
    """Somebody edits the page while the claim is on its way."""
    result = Result('a human edit')
    item_id = stage.put('post')
    rule = Rule(when=edits('mwsocial:claim'), hang=1.5)
    started, stack = stage.through('', [rule], *agent)
    with stack:
        _reached(rule, started)
        stage.desk.person('Carol').edit(QUEUE, f'{stage.desk.text()}\n\nWords of Carol.')
        check(started(), result)
    stage.rest(item_id, result, *agent)
    stage.count(item_id, result)
    result.lost += 'Words of Carol.' not in stage.desk.text()
    return result


def _stopped(stage: Stage, agent: tuple[str, ...]) -> Result:
    """A run is stopped after a request, wakes when its lease is over, and another has done its work."""
    result = Result('stopped')
    for number in STOPS:
        item_id = stage.put('post')
        claimed = False

        def after_claim(request: Request) -> bool:
            nonlocal claimed
            claimed = claimed or edits('mwsocial:claim')(request)
            return claimed

        rule = Rule(when=after_claim, nth=number, hang_after=0.8)
        started, stack = stage.through('', [rule], *agent)
        with stack:
            _reached(rule, started)
            # The answer is already there when it wakes, and says what was true before.
            time.sleep(0.4)
            send(started, signal.SIGSTOP)
            time.sleep(1 + LEASE)
            stage.desk.sandbox.clock.advance(LATER)
            # Others do all that is to be done, a person's part of it too.
            stage.rest(item_id, result, *agent)
            send(started, signal.SIGCONT)
            check(started(), result)
        stage.rest(item_id, result, *agent)
        stage.count(item_id, result)
    return result


def _overtaken(stage: Stage, agent: tuple[str, ...]) -> Result:
    """The claim never reaches the wiki; until that is known another run has done everything."""
    result = Result('overtaken')
    item_id = stage.put('post')
    rule = Rule(when=edits('mwsocial:claim'), hang=8, before='drop')
    started, stack = stage.through('', [rule], *agent)
    with stack:
        _reached(rule, started)
        check(stage.start(*agent)(), result)
        check(started(), result)
    stage.rest(item_id, result, *agent)
    stage.count(item_id, result)
    return result


def _blind(stage: Stage, agent: tuple[str, ...]) -> Result:
    """The answer is lost, and for two runs the account does not show the post yet."""
    result = Result('blind')
    item_id = stage.put('post')

    def late() -> list[Rule]:
        return [
            Rule(path=f'/xrpc/{method}', answer=Answer(status, JSON, body), times=None)
            for method, status, body in (
                ('com.atproto.repo.listRecords', 200, b'{"records": []}'),
                (
                    'com.atproto.repo.getRecord',
                    400,
                    b'{"error": "RecordNotFound", "message": "none"}',
                ),
                ('app.bsky.feed.getAuthorFeed', 200, b'{"feed": []}'),
            )
        ]

    for rules in ([Rule(when=CREATES['bluesky'], after='drop'), *late()], late()):
        started, stack = stage.through('bluesky', rules, *agent)
        with stack:
            check(started(), result)
        stage.desk.sandbox.clock.advance(LATER)
    stage.rest(item_id, result, *agent)
    stage.count(item_id, result)
    return result


def _thread(stage: Stage, agent: tuple[str, ...]) -> Result:
    """The last part of a thread has to wait."""
    result = Result('thread')
    item_id = stage.put('thread')
    rules = [replace(Cell('post', 'mastodon', '429 with a time').rules()[0], nth=3)]
    started, stack = stage.through('mastodon', rules, *agent)
    with stack:
        check(started(), result)
    stage.rest(item_id, result, *agent)
    stage.count(item_id, result)
    return result


def _forged(stage: Stage, agent: tuple[str, ...]) -> Result:
    """After the post somebody takes the bot's lines out."""
    result = Result('forged')
    item_id = stage.put('post')
    before = stage.desk.text()
    check(stage.start(*agent)(), result)
    stage.desk.person('Mallory').edit(QUEUE, before, 'no records')
    stage.desk.sandbox.clock.advance(LATER)
    check(stage.start(*agent)(), result)
    stage.rest(item_id, result, *agent)
    stage.count(item_id, result)
    return result


SCENARIOS: Mapping[str, tuple[str, Scenario]] = {
    'claim': ('the run is killed once X has the post', _cell(Cell('post', 'x', 'done, then reset'), True)),
    'read-back': ('the claim never reaches the wiki', _overtaken),
    'base': ('a human edits the page at the same moment', _human),
    'key': ('Bluesky has the post, the answer is lost, and its timeline is late', _blind),
    'looking': ('Facebook has the post, and the answer is lost', _cell(Cell('post', 'facebook', 'done, then reset'))),
    'lease': ('the run is stopped after each of its requests, and wakes late', _stopped),
    'parts': ('the third part of a thread has to wait', _thread),
    'history': ('somebody takes the records out of the page', _forged),
}  # fmt: skip


def play(stage: Stage) -> list[Without]:
    """Each guard's events, with it and without it."""
    found = []
    for guard, (what, scenario) in SCENARIOS.items():
        options = (f'-lease:{LEASE}',) if guard == 'lease' else ('-lease:300',)
        options += ('-without:hand',)
        kept = scenario(stage, options)
        broken = scenario(stage, (*options, f'-without:{guard}'))
        found.append(Without(guard, what, kept, broken))
    return found


def _reached(rule: Rule, started: Started) -> None:
    """Wait until a request of the run has come to the rule, or the run has ended without one."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not rule.applied and started.process.poll() is None:
        time.sleep(0.02)
