"""The whole check as one value, as lines for people and as JSON for programs. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mwsocial.channels.base import Account, Limits
from mwsocial.checking.channels import Asked
from mwsocial.checking.findings import Finding, Level, worst
from mwsocial.checking.items import Explanation, QueueReport
from mwsocial.checking.words import moment, printable
from mwsocial.desk.times import show_time
from mwsocial.reason import Reason

_SUMS = {
    Level.FINE: 'checking-all-fine',
    Level.PERSON: 'checking-person',
    Level.TEMPORARY: 'checking-temporary',
    Level.CONFIGURATION: 'checking-configuration',
}


@dataclass(frozen=True)
class Pacing:
    """How fast the configuration lets a channel post."""

    posts_per_day: int
    minutes_between: float
    shares_per_month: int


@dataclass(frozen=True)
class Report:
    """What a check has found. ``failed`` is an error that ended it, in words, with its exit code."""

    host: str
    findings: tuple[Finding, ...] = ()
    channels: Sequence[Asked] = ()
    pacing: Mapping[str, Pacing] = field(default_factory=dict)
    queue: QueueReport | None = None
    explained: Explanation | None = None
    failed: tuple[str, int] | None = None

    @property
    def level(self) -> Level:
        """How bad it is."""
        if self.failed:
            return Level(self.failed[1])
        found = worst(self.findings)
        return self.explained.level if self.explained and found is Level.FINE else found

    @property
    def exit_code(self) -> int:
        """What the script ends with."""
        return self.level.value


def lines(report: Report) -> Iterator[str]:
    """The report for people: a name, and what there is to say of it, in one column each."""
    rows = [
        (finding.name or finding.area, line)
        for finding in report.findings
        for line in _sentence(finding).splitlines()
    ]
    if report.explained:
        rows += _explained(report.explained)
    else:
        for asked in report.channels:
            rows += [(asked.name, words) for words in _taken(asked, report.pacing.get(asked.name))]
    if report.queue:
        rows += [('queue', words) for words in _queue(report.queue)]
    # What belongs together stands together, in the order in which it was first named.
    names = list(dict.fromkeys(name for name, _ in rows))
    width = max(map(len, map(printable, names)), default=0)
    for name in names:
        shown = printable(name)
        for one, words in rows:
            if one == name:
                yield f'{shown:<{width}}  {printable(words)}'
                shown = ''
    if report.failed:
        yield from (printable(line) for line in report.failed[0].splitlines())
    if not report.explained:
        stopped = any(one.reason.key == 'checking-stopped' for one in report.findings)
        fine = report.level is Level.FINE
        yield Reason('checking-fine-stopped' if fine and stopped else _SUMS[report.level]).text()


def _sentence(finding: Finding) -> str:
    """What a run has said is told with its time: it may not be so any more."""
    if not finding.step or not finding.since:
        return finding.reason.text()
    args = (finding.step, moment(finding.since), finding.reason.text())
    return Reason('checking-step-said', args).text()


def _taken(asked: Asked, pacing: Pacing | None) -> Iterator[str]:
    """What a channel that answers takes, in one line."""
    words = []
    if isinstance(asked.limits, Limits):
        args = (str(asked.limits.length), str(asked.limits.images))
        words.append(Reason('checking-limits', args).text())
    if pacing and isinstance(asked.account, Account):
        args = (str(pacing.posts_per_day), f'{pacing.minutes_between:g}')
        words.append(Reason('checking-pace', args).text())
    if words:
        yield '; '.join(words)


def _queue(queue: QueueReport) -> Iterator[str]:
    if not queue.states:
        yield Reason('checking-queue-empty').text()
    else:
        counted = ', '.join(f'{number} {state}' for state, number in queue.states.items())
        args = (str(sum(queue.states.values())), counted)
        yield Reason('checking-queue', args).text()
    if queue.last:
        yield Reason('checking-last', (moment(queue.last),)).text()


def _explained(explained: Explanation) -> list[tuple[str, str]]:
    rows = [(explained.item_id, f'{explained.state}: {explained.reason.text()}')]
    for place in explained.places:
        name = place.channel if place.part == 1 else f'{place.channel}, part {place.part}'
        since = f' (since {moment(place.since)})' if place.since else ''
        rows.append((name, f'{place.action}: {place.reason.text()}{since}'))
    return rows


def as_json(report: Report) -> str:
    """The report for programs: one object on one line, plain ASCII.

    ``reason`` everywhere is ``{"key", "args", "text"}``: keys are stable, texts are not. Times are UTC as
    ``2026-11-25T14:00:07Z``, or null. A finding that a run has told, and not the check itself, has its
    ``step`` and ``since`` when.
    """
    value: dict[str, Any] = {
        'exit': report.exit_code,
        'level': report.level.word,
        'wiki': report.host,
        'findings': [
            {
                'area': finding.area, 'name': finding.name, 'level': finding.level.word,
                'reason': _reason(finding.reason),
                **({'step': finding.step, 'since': _time(finding.since)} if finding.step else {}),
            }
            for finding in report.findings
        ],
    }  # fmt: skip
    if report.channels:
        value['channels'] = {
            asked.name: _channel(asked, report.pacing.get(asked.name)) for asked in report.channels
        }
    if report.queue:
        value['queue'] = {'states': dict(report.queue.states), 'last': _time(report.queue.last)}
    if report.explained:
        value['item'] = _item(report.explained)
    if report.failed:
        value['error'] = report.failed[0]
    return json.dumps(value)


def _channel(asked: Asked, pacing: Pacing | None) -> dict[str, Any]:
    account = asked.account if isinstance(asked.account, Account) else None
    limits = asked.limits if isinstance(asked.limits, Limits) else None
    return {
        'network': asked.network,
        'expected': asked.expected,
        'account': account.name if account else None,
        'url': account.url if account else None,
        'may post': account.may_post if account else None,
        'expires': _time(account.expires) if account else None,
        'limits': {
            'length': limits.length, 'images': limits.images, 'alt length': limits.alt_length,
            'image bytes': limits.image_bytes, 'image side': limits.image_side,
            'media types': list(limits.media_types),
        } if limits else None,
        'posts per day': pacing.posts_per_day if pacing else None,
        'minutes between posts': pacing.minutes_between if pacing else None,
        'shares per month': pacing.shares_per_month if pacing else None,
    }  # fmt: skip


def _item(explained: Explanation) -> dict[str, Any]:
    return {
        'id': explained.item_id,
        'state': explained.state,
        'reason': _reason(explained.reason),
        'since': _time(explained.since),
        'channels': [
            {
                'channel': place.channel, 'part': place.part, 'action': place.action,
                'reason': _reason(place.reason), 'since': _time(place.since),
                'until': _time(place.until), 'address': place.address,
            }
            for place in explained.places
        ],
    }  # fmt: skip


def _reason(reason: Reason) -> dict[str, Any]:
    return {'key': reason.key, 'args': list(reason.args), 'text': reason.text()}


def _time(time: datetime | None) -> str | None:
    return show_time(time) if time else None
