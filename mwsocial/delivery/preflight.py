"""What is asked before anything is claimed: a claim that must fail is never made.

Each question is asked once a run, and only where something is about to be sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from mwsocial.channels.base import CannotLook, Limits, Post, TryLater
from mwsocial.channels.registry import account_trouble
from mwsocial.delivery.deeds import post_for
from mwsocial.delivery.handmade import Handmade
from mwsocial.delivery.purse import Purse
from mwsocial.delivery.reading import Reading
from mwsocial.delivery.tools import Key, Tools
from mwsocial.desk.places import part_of
from mwsocial.desk.plan import Claim, Plan
from mwsocial.desk.standing import NEWS
from mwsocial.desk.validity import kinds
from mwsocial.reason import Reason
from mwsocial.syncing.timelines import Timelines


class Preflight:
    """Looks at a plan's claims, and tells the reader what stands against them."""

    def __init__(self, tools: Tools) -> None:
        """*tools*: of the run."""
        self._tools = tools
        self._reader = tools.reader
        self._accounts: set[str] = set()
        self._limits: dict[str, Limits | CannotLook] = {}
        self._shares: dict[str, int | CannotLook] = {}
        self._spent: dict[str, float | CannotLook] = {}
        #: what shares and costs count already, however often the run plans
        self._shared: set[Key] = set()
        self._paid: set[Key] = set()
        self._purse = Purse(tools.cache)
        self._handmade = Handmade(tools, Timelines(tools.channels, tools.cache))
        self.operator = False

    def check(self, plan: Plan, reading: Reading) -> bool:
        """Whether everything stands; where not, the reader knows why, and the run must plan anew."""
        claims = [claim for claim in plan.claims if claim.channel in self._tools.channels]
        known = self._known()
        self._check_accounts(claims)
        usable = [claim for claim in claims if claim.channel not in self._reader.not_live]
        sends = [claim for claim in usable if claim.record.kind == 'sending' and claim.approved]
        self._check_lengths(claim for claim in usable if claim.record.kind != 'deleting')
        self._check_sentences(sends)
        self._check_shares(sends, reading)
        self._check_costs(sends, reading.now)
        for claim, reason in self._handmade.check(self._still(sends), reading):
            self._not_ready(claim, reason)
        self._check_images((claim for claim in usable if claim.record.kind != 'deleting'), reading)
        return self._known() == known

    def _known(self) -> tuple[int, int, int]:
        reader = self._reader
        return len(reader.not_live), len(reader.not_ready), len(reader.troubles)

    def _check_accounts(self, claims: Iterable[Claim]) -> None:
        """A credential that does not work, or belongs to somebody else: no item may pay for it."""
        for name in sorted({claim.channel for claim in claims} - self._accounts):
            self._accounts.add(name)
            channel = self._tools.channels[name]
            found = channel.account()
            reason = account_trouble(found, channel, self._tools.config.channels[name])
            if reason:
                self._tools.say(f'{name} is not used: {reason.text()}')
                self._reader.not_live[name] = Reason('delivery-not-used', (name, reason.said()))
                # What mends itself (a network that cannot be reached) needs nobody.
                self.operator = self.operator or not isinstance(found, TryLater)

    def _check_lengths(self, claims: Iterable[Claim]) -> None:
        """The server's own limits, which may be narrower than the usual ones."""
        for claim in claims:
            channel, name = self._tools.channels[claim.channel], claim.channel
            if name not in self._limits:
                self._limits[name] = channel.limits()
            limits = self._limits[name]
            if isinstance(limits, CannotLook):
                self._not_ready(claim, Reason('delivery-not-used', (name, limits.reason.said())))
                continue
            text, warning = self._text(claim)
            surplus = channel.weigh(text, warning) - limits.length
            if surplus > 0:
                args = (name, str(surplus), str(limits.length))
                self._reader.troubles[claim.item_id] = Reason('validity-too-long', args)

    def _text(self, claim: Claim) -> tuple[str, str]:
        assert claim.approved is not None
        item, words = claim.approved.item, self._tools.words(claim.place)
        if kinds(item) == ('point',):
            return words.pointers.get(item.content.get('pointer', ''), ''), ''
        post = post_for(item, claim.place, words, claim.record.revid)
        return post.text, post.warning

    def _check_sentences(self, claims: Iterable[Claim]) -> None:
        """A pointer's sentence is part of what was approved, though it stands in the configuration."""
        for claim in claims:
            approved = claim.approved
            if approved is None or kinds(approved.item) != ('point',):
                continue
            name = approved.item.content.get('pointer', '')
            then = self._reader.pointer_at(name, approved.revision.timestamp)
            if then is None or then != self._tools.config.pointers.get(name):
                self._not_ready(claim, Reason('delivery-sentence-changed', (name,)))

    def _check_shares(self, claims: Sequence[Claim], reading: Reading) -> None:
        """No more shares in a month than the account may: by what the network tells, or by our own
        records where that is more (not every server lists shares).
        """
        for claim in claims:
            if not claim.approved or kinds(claim.approved.item) != ('share',):
                continue
            if claim.key in self._shared:
                continue
            name = claim.channel
            if name not in self._shares:
                since = month_of(reading.now)
                told = self._tools.channels[name].shares_since(since)
                own = shares_on_record(reading, name, since, {claim.item_id for claim in claims})
                self._shares[name] = told if isinstance(told, CannotLook) else max(told, own)
            done = self._shares[name]
            cap = self._tools.config.channels[name].shares_per_month
            if isinstance(done, CannotLook):
                self._not_ready(claim, Reason('delivery-not-used', (name, done.reason.said())))
            elif done >= cap:
                self._not_ready(claim, Reason('delivery-share-cap', (name, str(cap))))
            else:
                self._shares[name] = done + 1
                self._shared.add(claim.key)

    def _check_costs(self, claims: Iterable[Claim], now: datetime) -> None:
        """Shares and answers have their price as posts do."""
        cap = self._tools.config.x_prices.cap_per_month
        for claim in claims:
            name, channel = claim.channel, self._tools.channels[claim.channel]
            cost = channel.cost(Post(self._text(claim)[0], ''))
            if not cost or claim.key in self._paid:
                continue
            if name not in self._spent:
                kept: float | CannotLook | None = self._purse.known(name, now)
                # Asking costs, too: what waits for the cap is not asked about in every run.
                if kept is None or isinstance(kept, CannotLook) or kept + cost <= cap:
                    kept = channel.spent(month_of(now))
                    self._purse.keep(name, kept, now)
                self._spent[name] = kept
            spent = self._spent[name]
            if isinstance(spent, CannotLook):
                self._not_ready(claim, Reason('delivery-not-used', (name, spent.reason.said())))
            elif spent + cost > cap:
                args = (name, f'{spent:.2f}', f'{cap:.2f}', f'{cost:.2f}')
                self._not_ready(claim, Reason('delivery-cost-cap', args))
            else:
                self._spent[name] = spent + cost
                self._paid.add(claim.key)

    def _check_images(self, claims: Iterable[Claim], reading: Reading) -> None:
        """Images are fetched, and made to fit, before anything is claimed."""
        for claim in claims:
            if claim.place == NEWS or part_of(claim.place) != 1:
                continue
            found = self._tools.gallery.of(claim, reading, self._tools.channels[claim.channel])
            if isinstance(found, Reason):
                self._not_ready(claim, found)

    def _still(self, claims: Iterable[Claim]) -> list[Claim]:
        """The claims that nothing stands against so far."""
        reader = self._reader
        return [
            claim for claim in claims
            if claim.item_id not in reader.troubles
            and (claim.item_id, claim.channel) not in reader.not_ready
        ]  # fmt: skip

    def _not_ready(self, claim: Claim, reason: Reason) -> None:
        self._tools.say(f'{claim.item_id} waits on {claim.channel}: {reason.text()}')
        self._reader.not_ready[claim.item_id, claim.channel] = reason


def shares_on_record(reading: Reading, channel: str, since: datetime, but: Collection[str]) -> int:
    """How many shares on *channel* the queue page's records tell since *since* (UTC), without those of
    the items *but*, which are about to be claimed (again).
    """
    return sum(
        kinds(standing.item) == ('share',)
        and standing.item.id not in but
        and proven is not None
        and proven.record.kind in ('posted', 'sending', 'unconfirmed')
        and proven.record.time >= since
        for standing in reading.by_id.values()
        for proven in (standing.situation.records.get(channel),)
    )


def month_of(now: datetime) -> datetime:
    """The beginning of the month of *now* (UTC)."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
