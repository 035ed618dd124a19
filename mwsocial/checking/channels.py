"""What is to be said of each channel: is its credential good, whose is it, may it post. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mwsocial.channels.base import Account, CannotLook, Limits, Refused, TryLater
from mwsocial.checking.findings import Finding, Level
from mwsocial.checking.words import day
from mwsocial.reason import Reason

#: A credential that ends within this time needs somebody now.
SOON = timedelta(days=14)


@dataclass(frozen=True)
class Asked:
    """What is known of one enabled channel.

    ``expected`` is the account that the configuration names; ``not_live`` why the channel cannot be used
    at all; then nothing was asked, and ``account`` and ``limits`` are None. ``other`` says that the
    account is not the one that is expected.
    """

    name: str
    network: str
    expected: str = ''
    not_live: Reason | None = None
    account: Account | Refused | TryLater | None = None
    limits: Limits | CannotLook | None = None
    other: Reason | None = None


def judge_channel(asked: Asked, now: datetime) -> list[Finding]:
    """The findings about one channel at *now* (UTC); the first is the one to tell."""

    def found(level: Level, key: str, *args: str) -> Finding:
        return Finding('channel', level, Reason(key, args), asked.name)

    if asked.not_live:
        return [Finding('channel', Level.PERSON, asked.not_live, asked.name)]
    account = asked.account
    if isinstance(account, TryLater):
        return [Finding('channel', Level.TEMPORARY, account.reason, asked.name)]
    if isinstance(account, Refused):
        return [Finding('channel', Level.PERSON, account.reason, asked.name)]
    if account is None:
        return []
    findings = []
    if asked.other:
        findings.append(Finding('channel', Level.PERSON, asked.other, asked.name))
    if account.may_post is False:
        findings.append(found(Level.PERSON, 'checking-may-not-post', account.name))
    if account.expires is not None:
        until = day(account.expires)
        if account.expires <= now:
            findings.append(found(Level.PERSON, 'checking-expired', account.name, until))
        elif account.expires - now <= SOON:
            findings.append(found(Level.PERSON, 'checking-expires-soon', account.name, until))
    if isinstance(asked.limits, CannotLook):
        findings.append(Finding('channel', Level.TEMPORARY, asked.limits.reason, asked.name))
    if findings:
        return findings
    return [
        *_fine(asked, account),
        *([] if asked.expected else [found(Level.FINE, 'checking-no-account')]),
    ]


def _fine(asked: Asked, account: Account) -> list[Finding]:
    def found(level: Level, key: str, *args: str) -> Finding:
        return Finding('channel', level, Reason(key, args), asked.name)

    if account.expires is not None:
        return [found(Level.FINE, 'checking-fine-until', account.name, day(account.expires))]
    if account.may_post is None:
        return [found(Level.FINE, 'checking-answers', account.name)]
    return [found(Level.FINE, 'checking-fine', account.name)]
