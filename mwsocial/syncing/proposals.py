"""What is missing on one side, as proposals for the queue: of the News for the channels, of our own posts
for the News. Nothing here edits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta

from mwsocial.channels.base import CannotLook, OwnPost
from mwsocial.desk.item import Item
from mwsocial.desk.validity import Desk
from mwsocial.news.rules import check_entry
from mwsocial.proposing.history import trusted
from mwsocial.proposing.moving import Used, proposes
from mwsocial.reason import Reason
from mwsocial.syncing.entries import Placed
from mwsocial.syncing.report import Report
from mwsocial.syncing.said import Said, alike, of_post, of_wikitext
from mwsocial.syncing.texts import Target, Text, entry_for, first_link, text_for, words_of_entry
from mwsocial.syncing.timelines import Timelines
from mwsocial.syncing.world import World
from mwsocial.wiki.escape import safe_value
from mwsocial.wiki.revision import Revision

#: So many proposals are made at once, in each direction, ...
PER_RUN = 5
#: ... and none while so many of them wait on the queue.
WAITING = 10
#: So far back our own posts are looked at for something that is missing in the News.
POSTS_BACK = timedelta(days=7)
#: How the ids begin.
FROM_NEWS, FROM_POSTS = 'news-', 'post-'


class Finder:
    """Looks for what is missing on one side."""

    def __init__(self, world: World, rules: Desk, timelines: Timelines, report: Report) -> None:
        """*rules*: for validity; *timelines*: of the channels that are live."""
        self._world = world
        self._rules = rules
        self._timelines = timelines
        self._report = report
        self._unread: set[str] = set()
        waiting = [
            item for item in world.items
            if item.id.startswith((FROM_NEWS, FROM_POSTS))
            and item.bot.get('state', 'proposed') in ('proposed', 'invalid', 'held')
        ]  # fmt: skip
        self._room = max(0, WAITING - len(waiting))

    # -- from the News to the channels ------------------------------------------------------------

    def from_news(self) -> list[Used]:
        """Entries that people have put into the News and that nothing on the queue announces."""
        world = self._world
        if not self._rules.channels or not any(
            group.last >= world.since.date() for group in world.page.groups
        ):
            return []
        found = [one for one in world.entries if self._is_new(one)]
        found = [one for one in found if not self._proposed(one.origin.id)]
        found = [one for one in found if not alike(self._said(one), world.said_by_items)]
        missing: dict[str, tuple[str, ...]] = {}
        for one in reversed(self._of_people(found)):
            if len(missing) == PER_RUN:
                break
            names = self._missing_on(one)
            if names:
                missing[one.origin.id] = names
            else:
                words = words_of_entry(one.words)[:60]
                self._report.tell(f'“{words}” stands on every channel already')
        room = self._take_room(len(missing))
        found = [one for one in reversed(found) if one.origin.id in missing][:room]
        links = {one.origin.id: first_link(self._wikitext(one)) for one in found}
        world.addresses(link.title for link in links.values() if link and link.title)
        made = (
            self._for_channels(one, links[one.origin.id], missing[one.origin.id]) for one in found
        )
        return [one for one in made if one]

    def _is_new(self, one: Placed) -> bool:
        """Whether it may still be proposed: brought by a person, lately, and not being worked on."""
        world, origin = self._world, one.origin
        revision = origin.revision
        if revision is None or revision.user in world.config.bots:
            return False
        if one.date < world.since.date() or revision.timestamp < world.since:
            return False
        if origin.unclear or revision.user_hidden or self._giver(one).user_hidden:
            self._report.tell(f'{origin.id} is not proposed: nobody can see who brought it')
            return False
        touched = (origin.changed or revision).timestamp
        return touched <= world.now - world.config.rules().quiet

    def _proposed(self, item_id: str) -> bool:
        if any(item.id == item_id for item in self._world.items):
            return True
        return any(
            proposes(one.summary, f'{item_id}{more}')
            for one in self._world.own
            for more in ('', '-2', '-3', '-4')
        )

    def _said(self, one: Placed) -> Said:
        return of_wikitext(one.item.content, self._world.site)

    def _of_people(self, found: Sequence[Placed]) -> list[Placed]:
        """Without those of people who are blocked now."""
        if not found:
            return []
        who = {one.origin.id: self._giver(one) for one in found}
        blocked = trusted(self._world.api, who.values()).blocked
        return [one for one in found if who[one.origin.id].user not in blocked]

    def _giver(self, one: Placed) -> Revision:
        """The revision by which a person gave the entry the words that it has now: in whose name it is
        proposed. Who rewrites somebody else's entry must not approve it alone.
        """
        revision, changed = one.origin.revision, one.origin.changed
        assert revision is not None
        return changed if changed and changed.user not in self._world.config.bots else revision

    def _missing_on(self, one: Placed) -> tuple[str, ...]:
        """The enabled channels on which nobody has posted it by hand."""
        said = self._said(one)
        there = [
            name
            for name in self._rules.channels
            if alike(said, (of_post(post.text, self._world.site) for post in self._posts(name)))
        ]
        return tuple(name for name in self._rules.channels if name not in there)

    def _posts(self, name: str) -> Sequence[OwnPost]:
        if name not in self._timelines.channels:
            return ()
        found = self._timelines.ours(name, self._world.since, self._world.now)
        if isinstance(found, CannotLook):
            if name not in self._unread:
                self._unread.add(name)
                self._report.tell(f'{name} cannot be looked at: {found.reason.text()}')
            return ()
        return found

    def _wikitext(self, one: Placed) -> str:
        return self._world.expanded(one.words)

    def _for_channels(
        self, one: Placed, link: Target | None, channels: tuple[str, ...]
    ) -> Used | None:
        world, revision = self._world, one.origin.revision
        assert revision is not None
        address = link.address if link else ''
        if link and link.title:
            address = world.addresses(()).get(link.title, '')
            address += f'#{link.fragment.replace(" ", "_")}' if address and link.fragment else ''
        text = text_for(
            one.origin.id, self._wikitext(one), address, self._rules, world.config.language
        )
        if text is None:
            self._report.find(Reason('syncing-no-text', (one.date.isoformat(),)), one.origin.id)
            return None
        content = {'id': one.origin.id, 'text': text.text}
        why = [Reason('syncing-from-news', (one.date.isoformat(),)).said()]
        if len(channels) < len(self._rules.channels):
            content['channels'] = ', '.join(sorted(channels))
            there = sorted(set(self._rules.channels) - set(channels))
            why.append(Reason('syncing-by-hand', (', '.join(there),)).said())
        editors = {'comment': '; '.join(why), **_hold(text)}
        return Used(
            Item(0, content, editors), self._giver(one), revision.timestamp,
            words_of_entry(one.words), 'syncing-added',
        )  # fmt: skip

    # -- from our own posts to the News -------------------------------------------------------------

    def from_posts(self) -> list[Used]:
        """Posts that people have made by hand, and that are neither an item's nor in the News."""
        world = self._world
        since = max(world.since, world.now - POSTS_BACK)
        clusters: list[list[OwnPost]] = []
        for name in sorted(self._timelines.channels):
            for post in self._posts(name):
                settled = since <= post.created <= world.now - world.config.rules().quiet
                if settled and not post.answers and self._is_by_hand(post):
                    self._put(clusters, post)
        if self._unread:
            # What stands there may be the same: it would be proposed twice.
            return []
        found = []
        for cluster in sorted(clusters, key=lambda one: min(post.created for post in one)):
            if not any(self._proposed(_post_id(post)) for post in cluster):
                used = self._for_news(cluster)
                if used:
                    found.append(used)
        return found[: self._take_room(min(len(found), PER_RUN))]

    def _is_by_hand(self, post: OwnPost) -> bool:
        world = self._world
        if any(post.url in page.text for page in (world.queue, *world.archives)):
            return False
        said = of_post(post.text, world.site)
        return not alike(said, world.said_by_items) and not alike(said, world.ever_said)

    def _put(self, clusters: list[list[OwnPost]], post: OwnPost) -> None:
        said = of_post(post.text, self._world.site)
        for cluster in clusters:
            if alike(said, (of_post(one.text, self._world.site) for one in cluster)):
                cluster.append(post)
                return
        clusters.append([post])

    def _for_news(self, cluster: Iterable[OwnPost]) -> Used | None:
        post = min(cluster, key=lambda one: (one.created, one.url))
        entry = entry_for(post.text, self._world.site)
        if not entry or check_entry(entry):
            return None
        why = Reason('syncing-from-post', (post.url,)).said(safe_value)
        content = {'id': _post_id(post), 'news': entry}
        return Used(
            Item(0, content, {'comment': why}), Revision(0, 0, '', 0, post.created),
            post.created, words_of_entry(entry),
        )  # fmt: skip

    def _take_room(self, wanted: int) -> int:
        taken = min(wanted, self._room)
        self._room -= taken
        if taken < wanted:
            self._report.tell(
                f'{wanted - taken} more would be proposed: {WAITING} proposals wait already'
            )
        return taken


def _hold(text: Text) -> dict[str, str]:
    return {'hold': Reason('syncing-short').said()} if text.short else {}


def _post_id(post: OwnPost) -> str:
    """The same for ever, as long as the post stands where it is."""
    digest = hashlib.sha256(post.url.encode('utf-8', 'surrogatepass')).hexdigest()[:10]
    return f'{FROM_POSTS}{post.created:%Y-%m-%d}-{digest}'
