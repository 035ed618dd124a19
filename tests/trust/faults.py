"""What can go wrong at one request, as a rule of a gate; and what a gate does to a run besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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


def edits(mark: str) -> Callable[[Request], bool]:
    """The edits of the wiki whose summary begins with this mark of the bot."""
    return lambda one: one.action == 'edit' and one.fields.get('summary', '').startswith(mark)


EDITS: Mapping[str, Callable[[Request], bool]] = {
    'claim': edits('mwsocial:claim'),
    'news': edits('mwsocial:news'),
    'record': edits('mwsocial:record'),
}


@dataclass(frozen=True)
class Cell:
    """One way for things to go wrong: a fault at a place, and what happens to the run after it.

    ``kind``: what is posted (``post`` with a picture and news, or ``thread``). ``place``: a network, or
    an edit. ``then``: '' or when the next run is killed ('before' or 'after' its first edit). ``also``:
    something else that goes on meanwhile.
    """

    kind: str
    place: str
    fault: str
    then: str = ''
    also: str = ''

    def rules(self) -> list[Rule]:
        """The gate's rules."""
        when = CREATES.get(self.place) or EDITS[self.place]
        found = {**TAKEN, **HANGS, **NOT_TAKEN, **NETWORK, **WIKI}[self.fault]
        return found(_later(when) if self.kind == 'thread' and self.place in CREATES else when)

    @property
    def name(self) -> str:
        """How the table calls it."""
        parts = [self.kind, self.place, self.fault]
        parts += [f'next run killed {self.then} its edit'] if self.then else []
        return ', '.join([*parts, *([self.also] if self.also else [])])


def _later(when: Callable[[Request], bool]) -> Callable[[Request], bool]:
    """From the second such request on: in the middle of a thread."""
    seen = 0

    def takes(request: Request) -> bool:
        nonlocal seen
        if not when(request):
            return False
        seen += 1
        return seen > 1

    return takes


def cells(*, hangs: bool = True) -> list[Cell]:
    """The whole matrix; without *hangs* those that take a minute each are left out."""
    found = []
    for place in CREATES:
        kinds = ('post', 'thread') if place in ('mastodon', 'bluesky') else ('post',)
        for kind in kinds:
            for fault in (*TAKEN, *NOT_TAKEN, *NETWORK):
                found += [Cell(kind, place, fault, then) for then in ('', 'before', 'after')]
        found += [Cell('post', place, fault) for fault in HANGS if hangs]
        found += [
            Cell('post', place, 'done, then reset', also=also)
            for also in (
                'home wiped',
                'page blanked',
                'item taken off',
                'page moved',
                'two hours later',
            )
        ]
    for place in EDITS:
        for fault in (*TAKEN, *NOT_TAKEN, *WIKI):
            found += [Cell('post', place, fault, then) for then in ('', 'before', 'after')]
        found += [Cell('post', place, fault) for fault in HANGS if hangs]
    return found
