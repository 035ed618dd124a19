"""Following what the list of accounts names, and saying what differs. Nothing is ever unfollowed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from mwsocial.channels.abilities import abilities
from mwsocial.channels.base import Channel, Followed, Refused, TryLater
from mwsocial.channels.registry import wrong_account
from mwsocial.checking.findings import Level
from mwsocial.delivery.brakes import brake_for, pages_for
from mwsocial.desk.approval.listed import listed
from mwsocial.desk.item import Item, Queue
from mwsocial.reason import Reason
from mwsocial.syncing import accounts
from mwsocial.syncing.report import Report
from mwsocial.wiki.api import Api
from mwsocial.wiki.config import DeskConfig
from mwsocial.wiki.former import FormerRights
from mwsocial.wiki.history import PageHistory
from mwsocial.wiki.read import PageState, snapshot
from mwsocial.wiki.save import Refused as SaveRefused
from mwsocial.wiki.save import Saved, save
from mwsocial.wiki.textstore import TextStore

#: So many accounts are followed at once on one channel: more would look like spam to the network.
PER_RUN = 10
#: Marks the summary of the bot's edit of the page.
MARK = 'mwsocial:accounts'


@dataclass
class Difference:
    """What stands apart: ``extra`` by channel, ``by_hand`` as channel, account and address."""

    extra: dict[str, list[str]] = field(default_factory=dict)
    by_hand: list[tuple[str, str, str]] = field(default_factory=list)
    unknown: bool = False


def follow(
    api: Api,
    config: DeskConfig,
    config_page: PageState,
    channels: Mapping[str, Channel],
    report: Report,
    *,
    simulate: bool = False,
) -> None:
    """Follow what counts on the list. Raises TemporaryError."""
    title = config.pages.accounts
    moment = snapshot(api, pages_for(config, config_page, title))
    page = moment.pages[title]
    stopped = brake_for(config, config_page, moment, title)
    if stopped:
        report.stop(stopped)
        return
    if page.missing or page.redirect or page.text_hidden:
        report.find(Reason('syncing-page-missing', (title,)))
        return
    wanted = counting(api, config, config_page.title, page, moment.now, report)
    found = Difference()

    def look() -> Reason | None:
        """The brakes as they are now: what an account does cannot be taken back by the wiki."""
        now = snapshot(api, pages_for(config, config_page, title))
        return brake_for(config, config_page, now, title)

    for name, settings in config.enabled_channels.items():
        mine = wanted.get(name, [])
        can = abilities(settings.network, threads=settings.threads).follow
        channel = channels.get(name)
        if channel is None:
            found.unknown = True
            continue
        reason = wrong_account(channel, settings)
        if reason:
            report.find(reason, name)
            found.unknown = True
            continue
        followed = channel.following()
        if not isinstance(followed, Refused | TryLater):
            missing, extra = difference(mine, followed)
            found.extra[name] = extra
        else:
            missing = mine
            if can:
                report.find(followed.reason, name, Level.TEMPORARY)
                found.unknown = True
                continue
            report.tell(f'{name}: {followed.reason.text()}')
        if can:
            _follow(channel, _in_turn(missing, moment.now), report, look, simulate=simulate)
            if report.stopped:
                return
            continue
        for account in missing:
            address = accounts.address_of(settings.network, account)
            found.by_hand.append((name, account, address))
            said = Reason('syncing-follow-by-hand', (account, address or account))
            if name in found.extra:
                report.find(said, name)
            else:
                report.tell(f'{name}: {said.text()}')
    for name, names in found.extra.items():
        for account in names:
            report.tell(f'{name}: {account} is followed, but not listed')
    _show(api, page, found, report, simulate=simulate)


def counting(
    api: Api, config: DeskConfig, config_title: str, page: PageState, now: datetime, report: Report
) -> dict[str, list[str]]:
    """The accounts that count, by channel; told is what waits for an approver and what is wrong."""
    rows = accounts.read_accounts(page.text)
    former, store = FormerRights(api, config_title), TextStore()
    known = frozenset(config.channels)
    histories: dict[str, PageHistory] = {}
    found: dict[str, list[str]] = {}
    for row in rows.items:
        if row.faults:
            report.find(row.faults[0], row.id)
            continue
        # One account's name on two channels is two rows: that one counts says nothing of the other.
        name = row.content['channel'] if row.content['channel'] in known else ''
        if name not in histories:
            reading = partial(_rows_of, name, known)
            histories[name] = PageHistory(api, page, former, store, reading=reading)
        if _counts(row, histories[name], config, now):
            mine = found.setdefault(row.content['channel'], [])
            if row.id not in mine:
                mine.append(row.id)
        else:
            report.tell(f'{row.id} waits for an approver to confirm it')
    for name in sorted(set(found) - set(config.channels)):
        report.find(Reason('syncing-account-channel', (', '.join(found[name]), name)))
    return found


def _rows_of(name: str, known: Collection[str], text: str) -> Queue:
    """The rows of a channel; of all that are not *known*, if *name* is ''."""
    return Queue(tuple(
        row for row in accounts.read_accounts(text).items
        if row.content['channel'] == name or not (name or row.content['channel'] in known)
    ))  # fmt: skip


def _counts(row: Item, history: PageHistory, config: DeskConfig, now: datetime) -> bool:
    rules = config.rules()
    return history.decide(lambda: listed(row.id, history, rules, now)) is not None


def difference(wanted: Sequence[str], followed: Sequence[str]) -> tuple[list[str], list[str]]:
    """What of *wanted* is not followed, and what is followed and not wanted."""
    have = {accounts.key(one) for one in followed}
    want = {accounts.key(one) for one in wanted}
    missing = [one for one in wanted if accounts.key(one) not in have]
    extra = sorted(
        {one for one in followed if accounts.key(one) not in want}, key=str.casefold
    )  # fmt: skip
    return missing, extra


def _in_turn(missing: Sequence[str], now: datetime) -> list[str]:
    """Some of *missing*, beginning elsewhere each day: one that has not answered yet, or that is refused,
    must not keep the others waiting.
    """
    if not missing:
        return []
    start = now.toordinal() * PER_RUN % len(missing)
    return [*missing[start:], *missing[:start]][:PER_RUN]


def _follow(
    channel: Channel,
    names: Sequence[str],
    report: Report,
    look: Callable[[], Reason | None],
    *,
    simulate: bool,
) -> None:
    for account in names:
        if simulate:
            report.tell(f'would follow {account} on {channel.name}')
            continue
        stopped = look()
        if stopped:
            report.stop(stopped)
            return
        outcome = channel.follow(account)
        if isinstance(outcome, Followed):
            report.tell(f'{channel.name}: follows {account}')
        elif isinstance(outcome, Refused):
            report.find(
                Reason('syncing-not-followed', (account, outcome.reason.text())), channel.name
            )
        else:
            report.find(outcome.reason, channel.name, Level.TEMPORARY)
            return


def _show(api: Api, page: PageState, found: Difference, report: Report, *, simulate: bool) -> None:
    """Write the difference on the page, where it has changed; not while a channel could not be asked."""
    if found.unknown:
        return
    for links in (True, False):
        lines = accounts.report_lines(found.extra.items(), found.by_hand, links=links)
        text = accounts.with_report(page.text, lines)
        if text == page.text:
            return
        if simulate:
            report.tell(f'would write on {page.title}: {"; ".join(lines) or "nothing"}')
            return
        saved = save(
            api,
            page.title,
            text,
            base=page.revid,
            summary=f'{MARK} {Reason("summaries-accounts").said()}',
        )
        if isinstance(saved, Saved):
            report.edits += 1
            report.tell(f'saved {page.title}, revision {saved.revid}')
            return
        if not isinstance(saved, SaveRefused):
            report.tell(f'{page.title} was changed by others meanwhile: the next run tries again')
            return
        if not links:
            report.find(Reason('syncing-not-saved', (page.title, saved.reason.text())))
