"""A short history of the queue page whose newest revision anybody may have written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from mwsocial.delivery.assemble import validity_desk
from mwsocial.desk.files import FileFacts
from mwsocial.desk.fingerprint import fingerprint
from mwsocial.desk.item import Queue
from mwsocial.desk.judge import Bench, judge
from mwsocial.desk.knowledge import Person, Rights
from mwsocial.desk.plan import Pace, Plan, make_plan
from mwsocial.desk.standing import Standing
from mwsocial.wiki.config import DeskConfig, parse_config
from mwsocial.wiki.escape import safe_value
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.revision import Revision

START = datetime(2026, 11, 24, 10, tzinfo=UTC)
NOW = START + timedelta(hours=3)
CONFIG = (
    '{"bot": "Bot", "approvers": {"users": ["Alice"]}, "channels": {'
    '"mastodon": {"network": "mastodon", "account": "@m@example.org"}, "x": {"network": "x", "threads": true},'
    '"facebook": {"network": "facebook"}, "bluesky": {"network": "bluesky"}}}'
)
PROPOSED = """Introduction with a [[link]].

== One ==
{{Social media item
| id         = one
| text       = MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki
| text-x     = Short &amp; <nowiki>{{sweet}}</nowiki>
----
Part two.
| image      = File:A.png
| alt        = A flower
| language   = en
| news       = '''[[MediaWiki 1.47]]''' has been released.
}}
Talk. ~~~~

== Two ==
{{social_media item|id=two|text=Words {{!}} of <!-- none --> Bob|channels=mastodon, x|not-before=2026-11-24 11:00
|hold=wait [[User:Bob|Bob]]}}
{{Social media decision|id=two|approved=0000 ~~~~}}
"""


@cache
def config() -> DeskConfig:
    """The desk's configuration."""
    return parse_config(CONFIG, 'MediaWiki:Social-media.json')


@cache
def approved() -> str:
    """The page after Alice has approved what stands there first."""
    rules = config().rules()
    item = read_queue(PROPOSED).items[0]
    mark = fingerprint(item.content, rules.channels, rules.language)
    line = f'| approved   = {mark} [[User:Alice|Alice]] 10:30, 24 November 2026 (UTC)\n'
    return PROPOSED.replace('| id         = one\n', f'| id         = one\n{line}')


class Known:
    """Carol proposes, Alice approves, and Mallory, who has no right to anything, writes *text*."""

    def __init__(self, text: str) -> None:
        self.texts = {1: PROPOSED, 2: approved(), 3: text}
        self.chain: Sequence[Revision] = (
            Revision(3, 2, 'Mallory', 5, NOW - timedelta(minutes=30)),
            Revision(2, 1, 'Alice', 1, START + timedelta(minutes=30)),
            Revision(1, 0, 'Carol', 3, START),
        )

    def queue(self, revid: int) -> Queue:
        return read_queue(self.texts[revid])

    def text(self, revid: int) -> str:
        return self.texts[revid]

    def unread(self, revids: Iterable[int]) -> set[int]:
        return set()

    def person(self, name: str) -> Person:
        return Person(name, {'Alice': 1, 'Carol': 3, 'Mallory': 5}.get(name, 0))

    def former_rights(self, name: str) -> Sequence[Rights]:
        return [Rights(START - timedelta(days=900), None)] if name == 'Alice' else []

    def file(self, title: str, since: datetime | None = None) -> FileFacts:
        return FileFacts(title, 'local', uploaded=START - timedelta(days=9))


def judged(text: str) -> list[Standing]:
    """How everything on *text* stands, at 13:00."""
    bench = Bench(config().rules(), validity_desk(config()))
    return judge(read_queue(text), Known(text), bench, NOW)


def planned(standings: Sequence[Standing]) -> Plan:
    """What a run would claim and write."""
    numbers = iter(range(1000))

    def new_id(item: object) -> str:
        return f'new-{next(numbers)}'

    return make_plan(
        standings, {name: Pace() for name in config().channels}, config().rules(), NOW,
        settled={}, again={}, nonce=lambda: 'nonce', new_id=new_id, folds={},
        touched=lambda item: False, words=lambda reason: safe_value(reason.text()),
    )  # fmt: skip
