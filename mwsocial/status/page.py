"""The status page as wikitext, and back: values in, text out. Pure.

Words of strangers (a network's answers, names of feeds) are inert on it. How long ago the last run was is
counted by the wiki when somebody looks at the page: a desk that has died says so by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mwsocial.desk.times import read_shown, show_time
from mwsocial.reason import Reason
from mwsocial.status.values import Health, Need, Next, Spent, State, Status
from mwsocial.wiki.escape import safe_sentence, safe_value

#: A run that is older shows that the job does not run. The page says so by itself.
LATE = timedelta(hours=2)

_FAILED = 'status-step-failed'
_OPEN = '<!-- mwsocial:status '
_DATA = re.compile(rf'{_OPEN}(\{{[^\n]*\}}) -->\s*\Z')


def render(status: Status, pages: Mapping[str, str]) -> str:
    """The page's text. *pages*: the titles of the desk's pages, by their keys in the configuration."""
    parts = [
        f'{{{{Social media head|status}}}}{_say("status-written-by-bot", comment=True)}',
        '\n\n'.join(_runs(status)),
        _heading('status-needs'),
        '\n'.join(_needs(status)) or _say('status-nothing'),
        _heading('status-queue'),
        '\n'.join(_queue(status, pages)),
    ]
    for kind in ('channel', 'source', 'step'):
        rows = [one for one in status.health if one.kind == kind]
        if rows:
            parts += [_heading(f'status-{kind}s'), _table(rows)]
    if status.spent:
        parts += [_heading('status-costs'), '\n'.join(_costs(status))]
    return '\n\n'.join([*parts, f'{_OPEN}{_dump(status)} -->'])


def age(time: datetime, late: bool = True) -> str:
    """Wikitext that shows how long ago *time* was when somebody looks; *late*: loudly, if too long."""
    limit = f'|hours={int(LATE.total_seconds()) // 3600}' if late else ''
    words = [f'{key}={Reason(f"status-{key}").said()}' for key in ('minutes', 'long', 'late')]
    return f'{{{{#invoke:Social media/status|age|{show_time(time)}{limit}|{"|".join(words)}}}}}'


def _runs(status: Status) -> Iterator[str]:
    if status.good:
        yield f"'''{_say('status-good')}''' {_moment(status.good)} ({age(status.good)})"
    else:
        yield f"'''{_say('status-never-good')}'''"
    if status.ran and status.ran != status.good:
        yield f'{_say("status-ran")} {_moment(status.ran)} ({age(status.ran, late=False)})'
    if status.stopped:
        yield f"'''{_say('status-stopped', status.stopped.said(safe_value))}'''"


def _needs(status: Status) -> Iterator[str]:
    for one in status.needs:
        name = safe_value(one.name)
        shown = f'[[:{one.link}|{name}]]' if one.link else f"'''{name}'''"
        yield f'* {shown}: {_said(one.reason)} {_since(one.since)}'.rstrip()
    for health in status.health:
        if health.state is State.PERSON:
            words = _said(health.reason) if health.reason else ''
            yield f"* '''{safe_value(health.name)}''': {words} {_since(health.since)}".rstrip()


def _queue(status: Status, pages: Mapping[str, str]) -> Iterator[str]:
    counted = ', '.join(
        f'{_say("onwiki-state-" + state.replace(" ", "-"))}: {number}'
        for state, number in sorted(status.queue.items())
    )
    yield f'* [[:{pages["queue"]}]]: {counted or _say("status-empty")}'
    if status.following:
        item_id, time = status.following.item_id, status.following.time
        link = f'[[:{pages["queue"]}#social-media-{item_id}|{item_id}]]'
        yield f'* {_say("status-next", link, _moment(time))}'
    for title, number in status.undecided.items():
        yield f'* [[:{title}]]: {_say("status-undecided", str(number))}'


def _table(rows: list[Health]) -> str:
    lines = ['{| class="wikitable"']
    heads = (_say(f'status-head-{name}') for name in ('name', 'state'))
    lines.append('! ' + ' !! '.join(heads))
    for one in rows:
        words = _said(one.reason) if one.reason else ''
        said = _say(f'status-state-{one.state.value}')
        state = f"'''{said}'''" if one.state is State.PERSON else words or said
        lines += ['|-', f'| {safe_value(one.name)} || {state} {_since(one.since)}'.rstrip()]
    return '\n'.join([*lines, '|}'])


def _costs(status: Status) -> Iterator[str]:
    for one in status.spent:
        args = (safe_value(one.channel), f'{one.amount:.2f}', f'{one.cap:.2f}')
        yield f'* {_say("status-spent", *args)}'


def _said(reason: Reason) -> str:
    """The sentence; what ended a step is one of ours as a whole, with links."""
    return reason.said(safe_sentence if reason.key == _FAILED else safe_value)


def _say(key: str, *args: str, comment: bool = False) -> str:
    words = Reason(key, args).said()
    return f'<!-- {words} -->' if comment else words


def _heading(key: str) -> str:
    return f'== {Reason(key).said()} =='


def _moment(time: datetime) -> str:
    return f'{time:%Y-%m-%d %H:%M} UTC'


def _since(time: datetime | None) -> str:
    return Reason('status-since', (_moment(time),)).said() if time else ''


# -- as data -------------------------------------------------------------------------------------------


def _dump(status: Status) -> str:
    value: dict[str, Any] = {
        'ran': _time(status.ran),
        'good': _time(status.good),
        'stopped': _reason(status.stopped),
        'needs': [
            [one.name, _reason(one.reason), one.link, _time(one.since), one.step]
            for one in status.needs
        ],
        'health': [
            [one.kind, one.name, one.state.value, _reason(one.reason), _time(one.since)]
            for one in status.health
        ],
        'queue': dict(sorted(status.queue.items())),
        'next': [status.following.item_id, _time(status.following.time)]
        if status.following
        else None,
        'undecided': dict(status.undecided),
        'spent': [[one.channel, round(one.amount, 3), one.cap] for one in status.spent],
    }
    # Nothing in it may end the comment, be taken for wikitext, or be seen by a filter.
    text = json.dumps(value, separators=(',', ':'))
    return re.sub(r'[<>{}\[\]|~_&:/-]', _escaped_in_strings(text), text)


def _escaped_in_strings(text: str) -> Any:
    # JSON's own brackets and colons stand outside of strings, and stay.
    inside, spans, pos = False, set(), 0
    while pos < len(text):
        if text[pos] == '\\':
            pos += 2
            continue
        if text[pos] == '"':
            inside = not inside
        elif inside:
            spans.add(pos)
        pos += 1
    return lambda found: f'\\u{ord(found.group()):04x}' if found.start() in spans else found.group()


def read(text: str) -> Status | None:
    """The values of a page that ``render`` made; None for any other text."""
    found = _DATA.search(text)
    if not found:
        return None
    try:
        value = json.loads(found[1])
        following = value['next']
        return Status(
            ran=_read_time(value['ran']),
            good=_read_time(value['good']),
            stopped=_read_reason(value['stopped']),
            needs=tuple(
                Need(str(name), _known(reason), str(link), _read_time(since), str(step))
                for name, reason, link, since, step in value['needs']
            ),
            health=tuple(
                Health(str(kind), str(name), State(state), _read_reason(why), _read_time(since))
                for kind, name, state, why, since in value['health']
            ),
            queue={str(state): int(number) for state, number in value['queue'].items()},
            following=Next(str(following[0]), read_shown(following[1])) if following else None,
            undecided={str(title): int(number) for title, number in value['undecided'].items()},
            spent=tuple(
                Spent(str(name), float(amount), float(cap)) for name, amount, cap in value['spent']
            ),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def same(one: Status, other: Status | None) -> bool:
    """Whether two pages say the same, but for the times of the runs."""
    return other is not None and replace(one, ran=None, good=None) == replace(
        other, ran=None, good=None
    )


def _time(time: datetime | None) -> str | None:
    return show_time(time) if time else None


def _read_time(value: Any) -> datetime | None:
    return read_shown(value) if value is not None else None


def _reason(reason: Reason | None) -> list[Any] | None:
    return [reason.key, *reason.args] if reason else None


def _read_reason(value: Any) -> Reason | None:
    return _known(value) if value is not None else None


def _known(value: Any) -> Reason:
    key, *args = (str(one) for one in value)
    reason = Reason(key, tuple(args))
    reason.text()  # KeyError: an earlier version had a sentence that this one does not have
    return reason
