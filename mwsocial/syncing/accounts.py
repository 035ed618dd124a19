"""The list of accounts that we follow, as a page of the wiki. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mwsocial.desk.item import CHANNEL, Item, Queue
from mwsocial.reason import Reason
from mwsocial.wiki.escape import safe_address, safe_value
from mwsocial.wiki.items import MOST_PARAMETERS, SPACE
from mwsocial.wiki.skeleton import cut
from mwsocial.wiki.values import resolve

TEMPLATE = 'Social media account'
#: Around the lines that the bot writes.
OPEN = '<!-- mwsocial:accounts (the bot writes these lines) -->'
CLOSE = '<!-- /mwsocial:accounts -->'

_ACCOUNT = re.compile(r'@?[^\s@/?#|{}\[\]<>&]{1,200}(?:@[^\s@/?#|{}\[\]<>&]{1,253})?')
_KNOWN = ('channel', 'account', 'why', 'confirmed')
#: So many accounts are named in one line of the bot.
_NAMED = 100


def read_accounts(text: str) -> Queue:
    """The rows of the page, as items: the account as ``id``, its ``channel``, and beside them what an
    approver ``confirmed``. Why we follow may change without changing the row.
    """
    rows: list[Item] = []
    for one in cut(text, {TEMPLATE}).templates:
        raw = text[one.start : one.end]
        if not one.closed or len(one.parts) > MOST_PARAMETERS:
            continue
        values: dict[str, str] = {}
        faults: list[Reason] = []
        for name, value in _parameters(raw, one.parts):
            if name not in _KNOWN or name in values:
                if name in _KNOWN[:2]:
                    faults.append(Reason('syncing-account-twice', (name,)))
                continue
            values[name] = value
        account = _plain(values.get('account', ''))
        channel = _plain(values.get('channel', ''))
        if not account and not channel:
            continue
        if not _ACCOUNT.fullmatch(account) or not account.isprintable():
            faults.append(Reason('syncing-account-form', (account,)))
        if not CHANNEL.fullmatch(channel):
            faults.append(Reason('syncing-account-channel', (account, channel)))
        content = {'id': account, 'channel': channel}
        confirmed = values.get('confirmed', '')
        editors = {'confirmed': confirmed} if confirmed else {}
        rows.append(Item(len(rows), content, editors, faults=tuple(faults)))
    return Queue(tuple(rows))


def _parameters(raw: str, parts: Iterable[tuple[int, int]]) -> list[tuple[str, str]]:
    """Names and values; what a bar splits off after a named one (signatures hold bars) belongs to it."""
    bars = list(parts)
    ends = [*(bar for bar, _ in bars[1:]), len(raw) - 2]
    found: list[tuple[str, int, int]] = []
    for (start, equals), end in zip(bars, ends, strict=False):
        name = raw[start + 1 : equals].strip(SPACE) if equals >= 0 else ''
        if name in _KNOWN:
            found.append((name, equals + 1, end))
        elif found and found[-1][0] in ('why', 'confirmed'):
            found[-1] = (*found[-1][:2], end)
    return [(name, raw[start:end].strip(SPACE)) for name, start, end in found]


def _plain(value: str) -> str:
    read = resolve(value)
    return '' if read.faults else read.value


def key(account: str) -> str:
    """An account as accounts are compared."""
    return account.strip().lstrip('@').casefold()


def address_of(network: str, account: str) -> str:
    """Where people see an account; '' where its name does not tell."""
    name = account.lstrip('@')
    if network == 'mastodon':
        user, _, host = name.partition('@')
        return f'https://{host}/@{user}' if host else ''
    site = {
        'x': 'https://x.com/', 'bluesky': 'https://bsky.app/profile/',
        'facebook': 'https://www.facebook.com/',
    }.get(network)  # fmt: skip
    return f'{site}{name}' if site else ''


def report_lines(
    extra: Iterable[tuple[str, list[str]]], by_hand: Iterable[tuple[str, str, str]], *, links: bool
) -> list[str]:
    """What the page shows of the difference, as wikitext. *extra*: by channel, what is followed and not
    listed; *by_hand*: channel, account and address of what people must follow.
    """
    lines = []
    for channel, account, address in by_hand:
        shown = f'{safe_value(account)} ({safe_value(channel)})'
        if links and address:
            shown = f'[{safe_address(address)} {shown}]'
        lines.append(f'* {Reason("syncing-page-by-hand").said().replace("$1", shown)}')
    for channel, accounts in extra:
        if accounts:
            named = ', '.join(map(safe_value, accounts[:_NAMED]))
            named += ' …' if len(accounts) > _NAMED else ''
            words = Reason('syncing-page-extra').said()
            lines.append(f'* {words.replace("$1", safe_value(channel)).replace("$2", named)}')
    return lines


def with_report(text: str, lines: list[str]) -> str:
    """The page with the bot's lines; unchanged where it has no place for them."""
    start = text.find(OPEN)
    end = text.find(CLOSE, start)
    if start < 0 or end < 0 or text.count(OPEN) != 1:
        return text
    return '\n'.join([text[:start] + OPEN, *lines, text[end:]])
