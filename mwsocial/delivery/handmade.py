"""What somebody has posted by hand already is not posted again by itself.

Asked only where something is about to be sent. An item that says what a post of ours says that comes from
no item waits, and says so; an approver who wants it all the same writes ``settle-CHANNEL = again``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from mwsocial.channels.base import CannotLook, OwnPost, Refused
from mwsocial.delivery.deeds import post_for
from mwsocial.delivery.reading import Reading
from mwsocial.delivery.tools import Tools
from mwsocial.desk.approval import proved
from mwsocial.desk.judge import read_settlement
from mwsocial.desk.places import part_of
from mwsocial.desk.plan import Claim
from mwsocial.desk.validity import kinds
from mwsocial.reason import Reason
from mwsocial.syncing.said import Site, alike, of_post
from mwsocial.syncing.timelines import Timelines

#: So far back a post counts. What an item posted before that may have left the queue with its address.
BACK = timedelta(days=7)
#: After these records nothing of the item can stand on the network. After a claim that a run has left
#: behind its post may stand there, changed by hand.
_LOOKED_FOR = frozenset({'waiting', 'released', 'failed', 'sending'})


class Handmade:
    """Looks for posts that people have made, in the timelines of one run."""

    def __init__(self, tools: Tools, timelines: Timelines) -> None:
        """*timelines*: of the channels of the run."""
        self._tools = tools
        self._timelines = timelines

    def check(self, claims: Iterable[Claim], reading: Reading) -> Iterator[tuple[Claim, Reason]]:
        """The claims that would say again what stands there already, and why they wait."""
        for claim in claims:
            approved = claim.approved
            if approved is None or kinds(approved.item) != ('text',) or part_of(claim.place) != 1:
                continue
            if claim.previous is not None and claim.previous.kind not in _LOOKED_FOR:
                continue
            found = self._found(claim, reading)
            if found and not self._wanted_again(claim, reading):
                yield claim, Reason('delivery-by-hand', (claim.channel, found.url))

    def _found(self, claim: Claim, reading: Reading) -> OwnPost | None:
        assert claim.approved is not None
        back = min(BACK, timedelta(days=self._tools.config.archive_after_days))
        ours = self._timelines.ours(claim.channel, reading.now - back, reading.now)
        if isinstance(ours, CannotLook):
            return None
        item, words = claim.approved.item, self._tools.words(claim.place)
        said = of_post(post_for(item, claim.place, words, claim.record.revid).text, Site())
        known = reading.addresses(claim.place, claim.item_id)
        left_behind = claim.previous is not None and claim.previous.kind == 'sending'
        for post in ours:
            if post.answers or post.url in known:
                continue
            theirs = of_post(post.text, Site())
            if left_behind and theirs == said:
                # What an earlier run of ours has sent is found by looking for it.
                continue
            if alike(said, [theirs]) and self._stands(claim.channel, post):
                return post
        return None

    def _stands(self, name: str, post: OwnPost) -> bool:
        """Whether a post that was seen is still there: somebody may have taken it down since."""
        return not isinstance(self._tools.channels[name].look_up(post.url), Refused)

    def _wanted_again(self, claim: Claim, reading: Reading) -> bool:
        knowledge, rules = reading.knowledge, self._tools.config.rules()
        proof = knowledge.decide(
            lambda: proved(f'settle-{claim.channel}', claim.item_id, knowledge, rules, reading.now)
        )
        return proof is not None and read_settlement(proof.value) == 'again'
