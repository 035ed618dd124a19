"""Every answer that a cycle of the desk gets from the wiki, spoiled once in every way.

A cycle (``run_desk``) asks the wiki some fifty things: who it is, its pages, their histories, rights, the
pages that others wrote; and it edits. Whichever of these answers is lost, cut, or is something that no
wiki says, the cycle must end with a sentence, and the next ones bring everything to rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mwsocial.sandbox import Answer, Gate, Request, Rule
from mwsocial.sandbox.faults import html_error, mediawiki_error
from tests.trust.stage import Result, Stage, check

#: What a cycle does.
SCRIPT = 'run_desk'
JSON = [('Content-Type', 'application/json; charset=utf-8')]


def _said(body: bytes) -> Callable[[Answer], Answer]:
    return lambda answer: Answer(answer.status, JSON, body)


def _deeper(answer: Answer) -> Answer:
    """The outermost object is right, and empty within."""
    head = answer.body.split(b':', 1)[0]
    return Answer(answer.status, JSON, head + b': {}}' if head.startswith(b'{"') else b'{}')


#: By name, a rule for the requests that match. What changes an answer leaves done what was asked.
SPOILED: Mapping[str, Callable[[Callable[[Request], bool]], Rule]] = {
    'lost on its way': lambda when: Rule(when=when, after='drop'),
    'never asked': lambda when: Rule(when=when, before='drop'),
    '502 and HTML': lambda when: Rule(when=when, answer=html_error(502)),
    'HTML with 200': lambda when: Rule(when=when, answer=html_error(200, 'Just a moment')),
    'cut': lambda when: Rule(when=when, truncate=30),
    'an error of the database': lambda when: Rule(
        when=when, answer=mediawiki_error('internal_api_error_DBQueryError')
    ),
    'null': lambda when: Rule(when=when, change=_said(b'null')),
    'nothing in it': lambda when: Rule(when=when, change=_said(b'{}')),
    'a list': lambda when: Rule(when=when, change=_said(b'[[]]')),
    'empty within': lambda when: Rule(when=when, change=_deeper),
}


@dataclass(frozen=True)
class Spoiled:
    """The answer to one request of a cycle, spoiled in one way."""

    number: int
    how: str

    @property
    def name(self) -> str:
        """How the table calls it."""
        return f'{self.how}, request {self.number}'


def requests_of_a_cycle(stage: Stage) -> int:
    """How many requests a cycle makes that logs in, posts an item and writes it down."""
    item_id = stage.put('post')
    stage.desk.log_out()
    with Gate(stage.desk.sandbox.url) as gate:
        run = stage.start(script=SCRIPT, MWSOCIAL_WIKI=gate.host)()
        found = len(gate.requests)
    result = Result('as it is')
    check(run, result)
    stage.rest(item_id, result)
    stage.count(item_id, result)
    assert result.good, result
    return found


def spoil(stage: Stage, job: Spoiled) -> Result:
    """Play a cycle with one spoiled answer, and what follows."""
    result = Result(job.name)
    item_id = stage.put('post')
    stage.desk.log_out()
    rule = SPOILED[job.how](lambda _: True)
    rule.nth = job.number
    started, gate = stage.through('', [rule], script=SCRIPT)
    with gate:
        # An answer that makes no sense may look like a wrong configuration.
        check(started(), result, 2)
    stage.rest(item_id, result)
    stage.count(item_id, result)
    return result
