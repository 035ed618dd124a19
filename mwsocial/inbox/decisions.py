"""What was decided about mentions: proved from the page's history, with the bot's own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mwsocial.channels.abilities import abilities
from mwsocial.desk.item import Item
from mwsocial.inbox.ledger import Ledger
from mwsocial.inbox.mentions import (
    IGNORE,
    POINT,
    SHARE,
    Inbox,
    Mention,
    item_id,
    read_inbox,
    word_of,
)
from mwsocial.proposing.deciding import decided
from mwsocial.proposing.history import read_steps, trusted
from mwsocial.proposing.moving import Used
from mwsocial.reason import Reason
from mwsocial.wiki.api import Api
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.escape import safe_value
from mwsocial.wiki.read import PageState
from mwsocial.wiki.revision import Revision

#: Who speaks to us may get a pointer, and nobody else.
TO_US = ('mention', 'reply')


@dataclass(frozen=True)
class Decided:
    """What was decided, by address. ``unclear``: what stands there as a decision and is none, and why."""

    used: Mapping[str, Used] = field(default_factory=dict)
    ignored: Mapping[str, Revision] = field(default_factory=dict)
    unclear: Mapping[str, Reason] = field(default_factory=dict)


class Decisions:
    """Reads the decisions of the page."""

    def __init__(self, api: Api, config: DeskConfig, ledger: Ledger) -> None:
        """*ledger*: of the page of mentions."""
        self._api = api
        self._config = config
        self._ledger = ledger

    def read(self, page: PageState, inbox: Inbox, brought: Mapping[str, Revision]) -> Decided:
        """The decisions about mentions that the bot has *brought* (by digest). Raises TemporaryError."""
        unclear: dict[str, Reason] = {}
        open_: dict[str, str] = {}
        doubled = inbox.doubled()
        for mention in inbox.mentions:
            decision = inbox.decision(mention)
            if not word_of(decision)[0]:
                continue
            if mention.digest not in brought:
                unclear[mention.url] = Reason('inbox-foreign')
            elif mention.url in doubled:
                unclear[mention.url] = Reason('inbox-twice')
            elif (wrong := self._wrong(decision)) is not None:
                unclear[mention.url] = wrong
            else:
                open_[mention.url] = decision
        if not open_:
            return Decided(unclear=unclear)
        first = {one.url: brought[one.digest] for one in inbox.mentions if one.url in open_}
        deciders = self._deciders(page, open_, first)
        unclear |= {url: Reason('proposing-unproved') for url in open_.keys() - deciders.keys()}
        known = trusted(self._api, deciders.values())
        ignored: dict[str, Revision] = {}
        wanted: dict[str, Revision] = {}
        for url, revision in deciders.items():
            if revision.user in known.blocked:
                unclear[url] = Reason('proposing-decider-blocked', (revision.user,))
            elif word_of(open_[url])[0] != IGNORE:
                wanted[url] = revision
            elif revision.user in known.confirmed:
                ignored[url] = revision
            else:
                unclear[url] = Reason('proposing-decider-new', (revision.user,))
        used: dict[str, Used] = {}
        own = self._ledger.own_words({url: first[url] for url in wanted}) if wanted else {}
        for url, revision in wanted.items():
            item = self._item(own.get(url), *word_of(open_[url]))
            if isinstance(item, Reason):
                unclear[url] = item
            else:
                since = first[url].timestamp
                used[url] = Used(item, revision, since, _title(own[url], word_of(open_[url])[0]))
        return Decided(used, ignored, unclear)

    def _wrong(self, decision: str) -> Reason | None:
        word, key = word_of(decision)
        if word not in (SHARE, POINT, IGNORE):
            return Reason('inbox-word', (word[:40],))
        if word == POINT and key not in self._config.pointers:
            keys = ', '.join(sorted(self._config.pointers)) or '–'
            return Reason('inbox-pointer', (key[:64] or '–', keys))
        return None

    def _deciders(
        self, page: PageState, decisions: Mapping[str, str], first: Mapping[str, Revision]
    ) -> dict[str, Revision]:
        """By address the revision by which somebody made the present decision stand."""
        since: datetime = min(first[url].timestamp for url in decisions)
        steps = read_steps(
            self._api, page, since, decisions, lambda text: _decisions_in(text, decisions)
        )
        found = {}
        for url, decision in decisions.items():
            mine = [one for one in steps[url] if one.revision.revid >= first[url].revid]
            revision = decided(mine, self._config.bots, _itself)
            if revision is not None and decision:
                found[url] = revision
        return found

    def _item(self, own: Mention | None, word: str, key: str) -> Item | Reason:
        """The item that a decision makes of a mention, as the bot itself wrote that."""
        if own is None:
            return Reason('inbox-no-own')
        channel = self._config.enabled_channels.get(own.channel)
        if channel is None:
            return Reason('inbox-channel', (own.channel,))
        able = abilities(channel.network)
        content = {'id': item_id(word, own.url), word: own.url, 'channels': own.channel}
        if word == POINT:
            if not able.point:
                return Reason('inbox-cannot-point', (own.channel,))
            if own.kind not in TO_US:
                return Reason('inbox-not-to-us')
            content['pointer'] = key
        elif not able.share:
            return Reason('inbox-cannot-share', (own.channel,))
        said = Reason('inbox-comment', (own.author,)).text(self._config.language, safe_value)
        return Item(0, content, {'comment': said})


def _itself(decision: str) -> str:
    return decision


def _decisions_in(text: str, urls: Iterable[str]) -> dict[str, Sequence[str]]:
    """What a text of the page shows as decided, by address."""
    wanted = frozenset(urls)
    found: dict[str, list[str]] = {}
    inbox = read_inbox(text)
    for mention in inbox.mentions:
        if mention.url in wanted:
            found.setdefault(mention.url, []).append(inbox.decision(mention))
    return dict(found)


def _title(own: Mention, word: str) -> str:
    return f'{word.capitalize()}: {own.author or own.channel}'
