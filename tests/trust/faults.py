"""What can go wrong at one request, as a rule of a gate; and what a gate does to a run besides."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mwsocial.sandbox import Answer, Request, Rule
from mwsocial.sandbox.faults import html_error, mediawiki_error

#: The client's patience with one request is a minute.
LONGER = 75.0

Faults = Callable[[Callable[[Request], bool]], list[Rule]]


def _answered(answer: Answer, *, taken: bool) -> Faults:
    return lambda when: [Rule(when=when, answer=answer, forward=taken)]


def _code(code: str, *, taken: bool = False) -> Faults:
    return _answered(mediawiki_error(code), taken=taken)


#: The server has done it, and the client does not learn of it.
TAKEN: Mapping[str, Faults] = {
    'done, then reset': lambda when: [Rule(when=when, after='drop')],
    'done, then 500': _answered(html_error(500), taken=True),
    'done, then 502': _answered(html_error(502), taken=True),
    'done, then 504': _answered(html_error(504), taken=True),
    'done, half an answer': lambda when: [Rule(when=when, truncate=12)],
}
#: It took too long: a minute of real time each.
HANGS: Mapping[str, Faults] = {
    'done, no answer in time': lambda when: [Rule(when=when, hang_after=LONGER)],
    'not done, no answer in time': lambda when: [Rule(when=when, hang=LONGER, before='drop')],
}
#: The same faces, and nothing was done.
NOT_TAKEN: Mapping[str, Faults] = {
    'not done, reset': lambda when: [Rule(when=when, before='drop')],
    'not done, 500': _answered(html_error(500), taken=False),
    'not done, 502': _answered(html_error(502), taken=False),
    'not done, 503': _answered(html_error(503), taken=False),
    'not done, 504': _answered(html_error(504), taken=False),
}
#: The run is killed around the request.
KILLED: Mapping[str, Faults] = {
    'done, then killed': lambda when: [Rule(when=when, after='kill', pid=lambda: None)],
    'killed before': lambda when: [Rule(when=when, before='kill', pid=lambda: None)],
}
#: The request itself goes well; something else does not.
WELL: Mapping[str, Faults] = {'done': lambda when: []}
#: Only networks say this.
NETWORK: Mapping[str, Faults] = {
    '429 with a time': _answered(
        Answer(429, [('Retry-After', '60'), ('Content-Type', 'application/json')], b'{}'),
        taken=False,
    ),
    '429 without a time': _answered(
        Answer(429, [('Content-Type', 'application/json')], b'{}'), taken=False
    ),
    'done, then reset; 500 on repeat': lambda when: [
        Rule(when=when, after='drop'),
        Rule(when=when, answer=html_error(500)),
    ],
}
#: Only the wiki says this.
WIKI: Mapping[str, Faults] = {
    'readonly': _code('readonly'),
    'maxlag': _code('maxlag'),
    'ratelimited': _code('ratelimited'),
    'conflict after own success': _code('editconflict', taken=True),
    'session lost': _code('badtoken'),
}

#: The request on a network that creates a post.
CREATES: Mapping[str, Callable[[Request], bool]] = {
    'mastodon': lambda one: one.method == 'POST' and one.path == '/api/v1/statuses',
    'x': lambda one: one.method == 'POST' and one.path == '/2/tweets',
    'facebook': lambda one: one.method == 'POST' and one.path.endswith('/feed'),
    'bluesky': lambda one: one.method == 'POST' and '/xrpc/com.atproto.repo.' in one.path
    and 'upload' not in one.path,
}  # fmt: skip
#: The request on a network that brings the picture of a post.
UPLOADS: Mapping[str, Callable[[Request], bool]] = {
    'mastodon picture': lambda one: one.method == 'POST' and one.path == '/api/v2/media',
    'x picture': lambda one: one.method == 'POST' and one.path == '/2/media/upload',
    'x alt text': lambda one: one.method == 'POST' and one.path == '/2/media/metadata',
    'facebook picture': lambda one: one.method == 'POST' and one.path.endswith('/photos'),
    'bluesky picture': lambda one: (
        one.method == 'POST' and one.path == '/xrpc/com.atproto.repo.uploadBlob'
    ),
}


def edits(mark: str) -> Callable[[Request], bool]:
    """The edits of the wiki whose summary begins with this mark of the bot."""
    return lambda one: one.action == 'edit' and one.fields.get('summary', '').startswith(mark)


EDITS: Mapping[str, Callable[[Request], bool]] = {
    'claim': edits('mwsocial:claim'),
    'news': edits('mwsocial:news'),
    'record': edits('mwsocial:record'),
}
#: Of archive_queue: first the page of the month, then the queue.
MOVES: Mapping[str, Callable[[Request], bool]] = {
    'archive page': lambda one: edits('mwsocial:archive')(one) and 'Archive' in one.fields['title'],
    'queue of the archive': lambda one: (
        edits('mwsocial:archive')(one) and 'Archive' not in one.fields['title']
    ),
}
#: What else goes on where a post has been taken, and its answer is lost.
LATE = 'its timeline is late for two runs'
MEANWHILE = (
    'home wiped', 'page blanked', 'item taken off', 'page moved', 'two hours later', LATE,
)  # fmt: skip
#: A run whose reads come from a copy of the wiki that has nothing of what happened since it began.
STALE = 'its reads lag'
STALE_NEXT = 'the next run’s reads lag'
#: The clock of the machine is set while that request is on its way.
CLOCKS: Mapping[str, int] = {
    'its clock is set two hours on': 7200,
    'its clock is set two hours back': -7200,
}


@dataclass(frozen=True)
class Cell:
    """One way for things to go wrong: a fault at a place, and what happens to the run after it.

    ``kind``: what is posted (``post`` with a picture and news, or ``thread``). ``place``: a network, what
    is uploaded to it, an edit, or an edit of the archive. ``then``: '' or when the next run is killed
    ('before' or 'after' its first edit). ``also``: something else that goes on meanwhile.
    """

    kind: str
    place: str
    fault: str
    then: str = ''
    also: str = ''

    def rules(self) -> list[Rule]:
        """The gate's rules."""
        found = {**TAKEN, **HANGS, **NOT_TAKEN, **KILLED, **WELL, **NETWORK, **WIKI}[self.fault]
        return found(self.when())

    def when(self) -> Callable[[Request], bool]:
        """Whether a request is the one at which it happens."""
        when = {**CREATES, **UPLOADS, **EDITS, **MOVES}[self.place]
        return _later(when) if self.kind == 'thread' and self.place in CREATES else when

    @property
    def network(self) -> str:
        """The network at which it happens, or ''."""
        return self.place.partition(' ')[0] if self.place in {**CREATES, **UPLOADS} else ''

    @property
    def name(self) -> str:
        """How the table calls it."""
        parts = [self.kind, self.place, self.fault]
        parts += [f'next run killed {self.then} its edit'] if self.then else []
        return ', '.join([*parts, *([self.also] if self.also else [])])


def without(words: str) -> Callable[[Answer], Answer]:
    """Changes a network's answer: whatever holds these words is not in its lists yet."""

    def left(value: Any) -> Any:
        if isinstance(value, list):
            return [left(one) for one in value if words not in json.dumps(one)]
        if isinstance(value, dict):
            return {key: left(one) for key, one in value.items()}
        return value

    def change(answer: Answer) -> Answer:
        try:
            value = left(json.loads(answer.body))
        except ValueError:
            return answer
        if words in json.dumps(value):
            # Bluesky's own words for a record that it does not have.
            kind = [('Content-Type', 'application/json')]
            return Answer(400, kind, b'{"error": "RecordNotFound", "message": "none"}')
        return Answer(answer.status, answer.headers, json.dumps(value).encode())

    return change


class Keys:
    """Idempotency keys as Mastodon honours them (its documentation, "statuses API methods"): a repeat
    is answered with what the first request made. The real server of these tests ignores them.
    """

    def __init__(self) -> None:
        self._made: dict[str, Answer] = {}
        self._key = ''
        #: Answers repeats.
        self.repeats = Rule(when=self._known, times=None)

    def keep(self, rule: Rule) -> Rule:
        """The same rule, which remembers the server's answer."""
        when = rule.when

        def takes(request: Request) -> bool:
            if when is None or not when(request):
                return False
            self._key = request.headers['idempotency-key']
            return True

        return replace(rule, when=takes, change=self._keep)

    def _keep(self, answer: Answer) -> Answer:
        self._made[self._key] = answer
        return answer

    def _known(self, request: Request) -> bool:
        key = request.headers.get('idempotency-key', '')
        self.repeats.answer = self._made.get(key)
        return key in self._made


def _later(when: Callable[[Request], bool]) -> Callable[[Request], bool]:
    """From the second such request on: in the middle of a thread."""
    seen: set[int] = set()

    def takes(request: Request) -> bool:
        # Several rules may ask about one request.
        if not when(request):
            return False
        seen.add(request.number)
        return request.number > min(seen)

    return takes


def cells(*, hangs: bool = True) -> list[Cell]:
    """The whole matrix; without *hangs* those that take a minute each are left out."""
    found = []
    for place in CREATES:
        kinds = ('post', 'thread') if place in ('mastodon', 'bluesky') else ('post',)
        for kind in kinds:
            for fault in (*TAKEN, *NOT_TAKEN, *KILLED, *NETWORK):
                found += [Cell(kind, place, fault, then) for then in ('', 'before', 'after')]
        found += [Cell('post', place, 'done, then reset', also=also) for also in MEANWHILE]
        found += [Cell('post', place, 'done, then killed', also=STALE_NEXT)]
        found += [
            Cell('post', place, fault, also=also)
            for fault in ('done', 'done, then reset')
            for also in CLOCKS
        ]
    for place in UPLOADS:
        found += [Cell('post', place, fault) for fault in (*TAKEN, *NOT_TAKEN, *KILLED, *NETWORK)]
    for place in EDITS:
        for fault in (*TAKEN, *NOT_TAKEN, *KILLED, *WIKI):
            found += [Cell('post', place, fault, then) for then in ('', 'before', 'after')]
        found += [
            Cell('post', place, fault, also=also)
            for fault in ('done', 'done, then reset')
            for also in (STALE, *CLOCKS)
        ]
        found += [Cell('post', place, 'done, then killed', also=STALE_NEXT)]
    for place in MOVES:
        for fault in (*TAKEN, *NOT_TAKEN, *KILLED, *WIKI):
            found += [Cell('post', place, fault, then) for then in ('', 'after')]
        found += [Cell('post', place, fault, also=STALE) for fault in ('done', 'done, then reset')]
        found += [Cell('post', place, 'done, then killed', also=STALE_NEXT)]
    if hangs:
        found += [
            Cell('post', place, fault)
            for place in (*CREATES, *UPLOADS, *EDITS, *MOVES)
            for fault in HANGS
        ]
    return found
