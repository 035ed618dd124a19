"""One run of ``pull_mentions``: what was decided goes its way, what is new comes onto the page.

First what people want to share or point at is put on the queue. Then every channel is asked, and some
posts are looked at again. Then what is done goes to the archive, and one edit of the page of mentions
takes it off there and adds what is new, newest last. Every line may be the last one of the process:
the target is always written before the source. A run with nothing new edits nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mwsocial.channels.base import Channel
from mwsocial.errors import ConfigurationError
from mwsocial.inbox.archiving import MOST as MOST_ARCHIVED
from mwsocial.inbox.archiving import Archive
from mwsocial.inbox.asking import Heard, Wish, ask_all
from mwsocial.inbox.cache import Cache
from mwsocial.inbox.choosing import MOST, Filter, collect, keep
from mwsocial.inbox.decisions import Decided, Decisions
from mwsocial.inbox.ledger import CLOCKS, Ledger
from mwsocial.inbox.looking import look
from mwsocial.inbox.mark import Mark
from mwsocial.inbox.mentions import Inbox, Mention, digest, read_inbox
from mwsocial.inbox.page import Changes, New, archived, changed
from mwsocial.inbox.report import Report
from mwsocial.inbox.writing import Writer
from mwsocial.proposing.moving import Moved, Mover
from mwsocial.reason import Reason
from mwsocial.wiki.escape import inert_line, plain, safe_value
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.read import PageState, Snapshot, snapshot
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.site import OpenDesk

#: How long a decision to ignore can be undone, if mentions are kept for as long.
UNDO = timedelta(days=1)


@dataclass(frozen=True)
class _Seen:
    """The page of mentions as a run has read it. ``brought``: by digest the bot's edit that did it."""

    page: PageState
    inbox: Inbox
    brought: Mapping[str, Revision]
    decided: Decided
    now: datetime

    def undecided(self) -> list[Mention]:
        """Mentions of the bot's about which nothing is decided; each once, however often somebody has put
        it there.
        """
        done = self.decided.used.keys() | self.decided.ignored.keys()
        found = {
            one.url: one
            for one in self.inbox.mentions
            if one.digest in self.brought and one.url not in done
        }
        return list(found.values())


class Pull:
    """One run."""

    def __init__(
        self,
        desk: OpenDesk,
        channels: Mapping[str, Channel],
        wishes: Sequence[Wish],
        cache: Cache,
        say: Callable[[str], None],
    ) -> None:
        """*wishes*: what to ask every channel for; *say*: one line for the operator."""
        self._desk = desk
        self._api = desk.api
        self._config = desk.config
        self._title = desk.config.pages.mentions
        self._channels = channels
        self._wishes = wishes
        self._cache = cache
        self._say: Callable[[str], None] = lambda line: say(plain(line))
        self._archive = Archive(desk.api, desk.config)
        self._ledger = Ledger(desk.api, self._title, desk.config.bots)
        self._report = Report()

    def run(self, *, simulate: bool = False) -> Report:
        """Do it. Raises ``DeskError`` where the whole run cannot be done."""
        report = self._report
        moment = snapshot(self._api, [self._title, self._config.pages.queue])
        page = self._checked(moment.pages[self._title])
        inbox = read_inbox(page.text)
        stopped = self._brake(moment, inbox)
        if stopped:
            self._say(f'stopped: {stopped.text()}')
            return report
        self._ledger.seen(page)
        brought = self._ledger.first([one.digest for one in inbox.mentions], None)
        decisions = Decisions(self._api, self._config, self._ledger)
        seen = _Seen(page, inbox, brought, decisions.read(page, inbox, brought), moment.now)
        moved = self._move(seen.decided, simulate=simulate)

        before = self._ledger.mark
        report.channels = ask_all(
            self._channels, self._config.enabled_channels, self._wishes,
            self._cache.on(before.cursors),
        )  # fmt: skip
        for heard in report.channels:
            self._tell_heard(heard)
        new = self._new(moment.now)
        self._look(seen)
        leaving, new = self._room(seen, self._leaving(seen, moved), new)
        gone = self._put_away(seen, leaving, moved, simulate=simulate)
        changes = Changes(
            tuple(new),
            gone,
            self._notes(seen, moved),
            report.looked.gone - gone.keys(),
            {url: seen.inbox.about(url) for url in gone},
        )
        self._finish(changes, before, seen, simulate=simulate)
        undecided = {one.url for one in seen.undecided()} - gone.keys()
        report.waiting = len(undecided) + len(report.added)
        self._say(f'{report.waiting} mentions wait for a decision')
        return report

    def _checked(self, page: PageState) -> PageState:
        what = {'is a redirect': page.redirect, 'does not exist': page.missing}
        what['has a hidden text'] = page.text_hidden
        for words, holds in what.items():
            if holds:
                raise ConfigurationError(
                    f'The page of mentions “{self._title}” {words}. Run setup_desk, or name the right '
                    f'page under "pages" on [[{self._desk.config_title}]].'
                )
        return page

    def _brake(self, moment: Snapshot, inbox: Inbox) -> Reason | None:
        queue = self._config.pages.queue
        if inbox.stopped:
            return Reason('inbox-stopped', (self._title,))
        if read_queue(moment.pages[queue].text).stopped:
            return Reason('inbox-stopped', (queue,))
        if self._config.paused:
            return Reason('inbox-paused', (self._desk.config_title,))
        if moment.blocked:
            return Reason('inbox-blocked', (self._config.bot, moment.blocked))
        if moment.pages[self._title].refusal:
            return Reason('inbox-no-edit', (self._title, moment.pages[self._title].refusal))
        return None

    # -- what was decided ---------------------------------------------------------------------------

    def _move(self, decided: Decided, *, simulate: bool) -> Moved:
        """Put on the queue what people want there."""
        used = list(decided.used.values())
        if not used:
            return Moved()
        if simulate:
            for one in used:
                self._say(f'would propose {one.item.id} for {one.user}')
            return Moved()
        mover = Mover(self._api, self._config.pages.queue, self._config.bots, self._title)
        moved = mover.move(used)
        self._report.edits += moved.edits
        for url, one in decided.used.items():
            target = moved.done.get(one.item.id)
            if target:
                self._report.moved[url] = target
                self._say(f'{url} is on the queue as {target}, for {one.user}')
            elif one.item.id in moved.left:
                self._report.left[url] = moved.left[one.item.id]
                self._report.person = True
        return moved

    def _notes(self, seen: _Seen, moved: Moved) -> dict[str, str]:
        """By address the notes that are to change."""
        self._report.left |= seen.decided.unclear
        notes = {}
        for one in seen.inbox.mentions:
            reason = self._report.left.get(one.url)
            if reason is None and one.url in self._report.looked.gone:
                reason = Reason('inbox-gone')
            elif reason is None and not one.excerpt and not seen.inbox.decision(one):
                continue  # it says why there are no words
            note = inert_line(reason.text(self._config.language, safe_value)) if reason else ''
            if note != one.note:
                notes[one.url] = note
        for url, reason in self._report.left.items():
            self._say(f'{url}: {reason.text()}')
        return notes

    def _leaving(self, seen: _Seen, moved: Moved) -> list[str]:
        """The addresses of what leaves the page, the most urgent first: what is on the queue now, what
        is ignored, what is old.
        """
        keep_for = timedelta(days=self._config.archive_after_days)
        undo = min(UNDO, keep_for)
        done = [url for url in seen.decided.used if url in self._report.moved]
        done += [
            url for url, revision in seen.decided.ignored.items()
            if seen.now - revision.timestamp >= undo
        ]  # fmt: skip
        done += [
            one.url for one in seen.undecided()
            if seen.now - seen.brought[one.digest].timestamp >= keep_for
        ]  # fmt: skip
        return list(dict.fromkeys(done))[:MOST_ARCHIVED]

    # -- what is new --------------------------------------------------------------------------------

    def _tell_heard(self, heard: Heard) -> None:
        self._say(f'{heard.channel}: {len(heard.found)} posts in {heard.requests} requests')
        if heard.trouble:
            self._say(f'{heard.channel}: {heard.trouble.text()}')

    def _new(self, now: datetime) -> list[New]:
        """What was found that never was on the page, oldest first."""
        config = self._config
        own = [one.account for one in config.channels.values() if one.account]
        filter_ = Filter(config.words, config.blocked_authors, own)
        found = [one for heard in self._report.channels for one in heard.found]
        posts = collect(found, filter_, now)
        if not posts:
            return []
        digests = {digest(one.url) for one in posts}
        since = min(one.created for one in posts) - CLOCKS
        known = set(self._ledger.first(digests, since))
        if digests - known:
            known |= self._archive.known(since, now, digests - known)
        return [one for one in posts if digest(one.url) not in known]

    def _look(self, seen: _Seen) -> None:
        """Look again at some posts whose words stand on the page."""
        troubled = {heard.channel for heard in self._report.channels if heard.trouble}
        alive = {name: one for name, one in self._channels.items() if name not in troubled}
        looked = look(seen.undecided(), alive, self._cache, seen.now.timestamp())
        self._report.looked = looked
        if looked.count:
            self._say(
                f'looked again at {looked.count} posts: {len(looked.gone)} are gone or not public any '
                f'more; {looked.waiting} others wait for a later run'
            )

    def _room(
        self, seen: _Seen, leaving: Sequence[str], new: Sequence[New]
    ) -> tuple[list[str], list[New]]:
        """What leaves the page, and what finds room on it: the newest posts."""
        standing = [one for one in seen.undecided() if one.url not in leaving]
        together: list[Mention | New] = [*standing, *new]
        kept = keep(together, MOST, lambda one: one.author)
        stay = {one.url for one in kept}
        crowded = [one.url for one in standing if one.url not in stay]
        leaving = [*leaving, *crowded][:MOST_ARCHIVED]
        room = MOST - sum(one.url not in leaving for one in standing)
        listed = [one for one in new if one.url in stay]
        listed = listed[max(0, len(listed) - max(0, room)) :]
        skipped = sum(heard.skipped for heard in self._report.channels)
        self._report.unlisted = len(new) - len(listed) + skipped
        if self._report.unlisted:
            self._say(f'{self._report.unlisted} posts are not listed, for they are too many')
        return leaving, listed

    # -- writing ------------------------------------------------------------------------------------

    def _put_away(
        self, seen: _Seen, leaving: Sequence[str], moved: Moved, *, simulate: bool
    ) -> dict[str, str]:
        """Put what leaves into the archive: by address what stands there now."""
        pieces = {}
        doubled = seen.inbox.doubled()  # which of them it is, people must say
        for placed in seen.inbox.placed:
            url = placed.mention.url
            if url in doubled:
                continue
            # What is gone loses its words first; the next run puts it away without them.
            if url in leaving and url not in self._report.looked.gone:
                item = self._report.moved.get(url, '')
                pieces[url] = archived(seen.page.text, placed, seen.inbox, item)
        pieces = {url: pieces[url] for url in leaving if url in pieces}
        if not pieces:
            return {}
        if simulate:
            for url in pieces:
                self._say(f'would put {url} into the archive')
            return {}
        since = min(
            seen.brought[one.digest].timestamp for one in seen.inbox.mentions if one.url in pieces
        )
        done = self._archive.put(pieces, since)
        self._report.edits += done.edits
        self._report.archived = list(done.done)
        if done.trouble:
            self._report.person = True
            self._say(done.trouble.text())
        return done.done

    def _finish(self, changes: Changes, before: Mark, seen: _Seen, *, simulate: bool) -> None:
        """One edit of the page, if there is anything to write."""
        report = self._report
        read = {name: one for heard in report.channels for name, one in heard.cursors.items()}
        further = {name: one for name, one in read.items() if before.cursors.get(name, '') != one}
        much = any(heard.much for heard in report.channels) and bool(further)
        mark = before.moved(further, report.unlisted, self._api.now())
        mark = replace(mark, alone=much or bool(report.unlisted))
        if simulate:
            self._tell(seen.page, changes, mark)
            return
        standing = replace(before, time=mark.time)
        if changes or changed(seen.page.text, changes, mark) != seen.page.text:
            writer = Writer(
                self._api,
                self._title,
                self._config.bots,
                seen.page.revid,
                report.unlisted,
                self._say,
            )
            written = writer.write(changes, mark, standing)
            report.edits += written.edits
            report.added = written.added
            report.left |= written.refused
            for url, reason in written.refused.items():
                self._say(f'{url} is not listed: {reason.text()}')
            if written.trouble:
                report.person = True
                self._say(f'the wiki refuses to save “{self._title}”: {written.trouble.text()}')
        else:
            self._cache.in_vain(before.cursors, further)
        self._cache.keep()

    def _tell(self, page: PageState, changes: Changes, mark: Mark) -> None:
        for one in changes.add:
            self._say(f'would list {one.url} ({one.channel}, {one.kind}) by {one.author}')
        for url, note in changes.notes.items():
            self._say(f'would note on {url}: {note}')
        if changed(page.text, changes, mark) == page.text:
            self._say('nothing to do')


def wishes(
    config_hashtags: Sequence[str],
    config_searches: Sequence[str],
    *,
    timeline: bool = False,
    hashtag: bool = False,
    search: bool = False,
) -> list[Wish]:
    """What a run asks for: mentions and replies always, the others where they are wanted."""
    wanted = [Wish('mention')]
    wanted += [Wish('timeline')] * timeline
    wanted += [Wish('hashtag', one) for one in config_hashtags if hashtag]
    wanted += [Wish('search', one) for one in config_searches if search]
    return wanted
