"""The desk's configuration page: its keys, their defaults, and what each of them may hold.

The keys stand on the wiki in words (``quiet minutes``); here they are attributes
(``quiet_minutes``). Every key has a default but ``bot`` and ``approvers``. What may stand under
``sources`` is in ``mwsocial.sources.settings``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    model_validator,
)

from mwsocial.desk.item import CHANNEL
from mwsocial.desk.rules import Rules
from mwsocial.desk.titles import capitalized
from mwsocial.errors import ConfigurationError
from mwsocial.sources.settings import Sources
from mwsocial.wiki.config_errors import load_json, say_errors
from mwsocial.wiki.part import ILLEGAL, Part, page_title

NETWORKS = ('mastodon', 'x', 'facebook', 'bluesky')
#: Groups that the software gives by itself: nobody decided about these people.
IMPLICIT_GROUPS = frozenset({'*', 'user', 'autoconfirmed', 'emailconfirmed', 'named', 'temp'})

_LANGUAGE = re.compile(r'[a-z]{2,3}(-[A-Za-z0-9]{1,8})*')
_POINTER = re.compile(r'[a-z0-9][a-z0-9-]{0,63}')
_DESK = re.compile(r'[a-z0-9][a-z0-9-]{0,63}')
_CONTROL = re.compile(r'[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]')


def user_name(value: str) -> str:
    """A user name as MediaWiki writes it; raises ValueError where it cannot be one."""
    name = re.sub(' +', ' ', value.replace('_', ' ')).strip()
    if not name or ILLEGAL.search(name) or '/' in name or '@' in name or ':' in name:
        raise ValueError('expected the name of a user, without “User:”')
    if name.startswith('~2'):
        raise ValueError('a temporary account cannot have a part in the desk')
    return capitalized(name)


def _archive(value: str) -> str:
    if value.count('{year}') != 1 or value.count('{month}') != 1:
        raise ValueError('expected a title that holds {year} and {month} once each')
    page_title(value.replace('{year}', '2026').replace('{month}', '11'))
    return value.replace('_', ' ')


def _group(value: str) -> str:
    if value in IMPLICIT_GROUPS:
        raise ValueError(
            f'everybody gets into the group “{value}” without being chosen; name a group that '
            'people are put into, such as "sysop", or name users'
        )
    if not value.strip() or value != value.strip():
        raise ValueError('expected the name of a user group, such as "sysop"')
    return value


def _protection(value: str) -> str:
    if value.strip() != value or value in ('', '*', 'all', 'user'):
        raise ValueError('expected a protection level that not everybody has, such as "sysop"')
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError('expected a language code such as "en" or "pt-BR"')
    return value


def _desk(value: str) -> str:
    if not _DESK.fullmatch(value):
        raise ValueError('expected lower-case letters, digits and hyphens')
    return value


def _word(value: str) -> str:
    if not value.strip() or _CONTROL.search(value):
        raise ValueError('expected some words on one line')
    return value.strip()


def _hashtag(value: str) -> str:
    tag = _word(value).removeprefix('#')
    if not tag or re.search(r'[\s#]', tag):
        raise ValueError('expected one hashtag, without the #')
    return tag


def _sentence(value: str) -> str:
    if 'https://' not in value or _CONTROL.search(value):
        raise ValueError('expected one sentence with a link (https://…), on one line')
    return value.strip()


def _second_person(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and 0 < value <= 24 * 366:
        return float(value)
    raise ValueError('expected true, false, or a number of hours above 0')


def _named(value: Any) -> Any:
    return {'name': value} if isinstance(value, str) else value


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


Title = Annotated[str, AfterValidator(page_title)]
UserName = Annotated[str, AfterValidator(user_name)]
Language = Annotated[str, AfterValidator(_language)]
Words = Annotated[tuple[Annotated[str, AfterValidator(_word)], ...], AfterValidator(_distinct)]
Hashtags = Annotated[
    tuple[Annotated[str, AfterValidator(_hashtag)], ...], AfterValidator(_distinct)
]
Money = Annotated[float, Field(ge=0, le=100_000)]


class Pages(Part):
    """The desk's pages; ``archive`` holds ``{year}`` and ``{month}``."""

    queue: Title = 'Social media/Queue'
    mentions: Title = 'Social media/Mentions'
    suggestions: Title = 'Social media/Suggestions'
    archive: Annotated[str, AfterValidator(_archive)] = 'Social media/Archive/{year}-{month}'
    status: Title = 'Social media/Status'
    statistics: Title = 'Social media/Statistics'
    accounts: Title = 'Social media/Accounts'
    news: Title = 'Template:MediaWiki News'
    news_archive: Title = 'News'

    @model_validator(mode='after')
    def _apart(self) -> Self:
        seen: dict[str, str] = {}
        for name, title in self.model_dump(by_alias=True).items():
            if title in seen:
                raise ValueError(f'"{seen[title]}" and "{name}" are the same page')
            seen[title] = name
        return self

    def archive_of(self, year: int, month: int) -> str:
        """The title of a month's archive page."""
        return self.archive.replace('{year}', f'{year:04}').replace('{month}', f'{month:02}')


class User(Part):
    """An approver by name; ``id`` is the user's number on the wiki, 0 where it is not given."""

    name: UserName
    id: int = Field(default=0, ge=0, le=2**62)


class Approvers(Part):
    """Who may approve: everybody in these explicit groups, and these users."""

    groups: Annotated[
        tuple[Annotated[str, AfterValidator(_group)], ...], AfterValidator(_distinct)
    ] = ()
    users: tuple[Annotated[User, BeforeValidator(_named)], ...] = ()

    @model_validator(mode='after')
    def _somebody(self) -> Self:
        if not self.groups and not self.users:
            raise ValueError('expected at least one group or one user: nobody could approve')
        names = [user.name for user in self.users]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f'“{name}” is named twice under "users"')
        return self


class ChannelConfig(Part):
    """One account on one network.

    ``characters`` is its limit, where the instance has its own; ``threads``: whether the account may post
    threads on X; ``visibility`` of posts on Mastodon.
    """

    network: Literal['mastodon', 'x', 'facebook', 'bluesky']
    account: str = Field(default='', max_length=200)
    enabled: bool = True
    minutes_between_posts: float = Field(default=30, ge=0, le=10080)
    posts_per_day: int = Field(default=8, ge=0, le=1000)
    shares_per_month: int = Field(default=4, ge=0, le=10000)
    language: Language | None = None
    characters: int | None = Field(default=None, ge=1, le=1_000_000)
    threads: bool | None = None
    visibility: Literal['public', 'unlisted'] = 'public'


def _channels(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    named = {}
    for name, channel in value.items():
        if not CHANNEL.fullmatch(name):
            raise ValueError(
                f'“{name}” cannot be the name of a channel: expected lower-case letters and digits, '
                'beginning with a letter, and not "news"'
            )
        if isinstance(channel, Mapping) and 'network' not in channel and name in NETWORKS:
            channel = {'network': name, **channel}
        named[name] = channel
    return named


def _pointers(value: dict[str, str]) -> dict[str, str]:
    for key in value:
        if not _POINTER.fullmatch(key):
            raise ValueError(
                f'“{key}” cannot name a pointer: expected lower-case letters, digits and hyphens'
            )
    return value


class Prices(Part):
    """What X takes, in the account's currency; ``cap_per_month`` stops the desk."""

    post: Money = 0.015
    post_with_link: Money = 0.20
    cap_per_month: Money = 20.0


class DeskConfig(Part):
    """The whole configuration page."""

    desk: Annotated[str, AfterValidator(_desk)] = 'mediawiki'
    bot: UserName
    former_bots: Annotated[tuple[UserName, ...], AfterValidator(_distinct)] = ()
    pages: Pages = Pages()
    approvers: Approvers
    second_person: Annotated[bool | float, BeforeValidator(_second_person)] = True
    quiet_minutes: float = Field(default=10, ge=0, le=10080)
    approval_days: float = Field(default=30, gt=0, le=366)
    late_hours: float = Field(default=24, gt=0, le=8784)
    protection: Annotated[str, AfterValidator(_protection)] = 'sysop'
    channels: Annotated[dict[str, ChannelConfig], BeforeValidator(_channels)] = Field(
        default_factory=lambda: {
            'mastodon': ChannelConfig(network='mastodon', account='@mediawiki@wikis.world')
        }
    )
    language: Language = 'en'
    mention_proposers: bool = True
    news_groups: int = Field(default=6, ge=1, le=1000)
    news_days: float = Field(default=14, ge=0, le=366)
    archive_after_days: float = Field(default=7, ge=0, le=3660)
    pointers: Annotated[
        dict[str, Annotated[str, AfterValidator(_sentence)]], AfterValidator(_pointers)
    ] = Field(
        default_factory=lambda: {
            'support': 'For help with MediaWiki see '
            'https://www.mediawiki.org/wiki/Project:Support_desk'
        }
    )
    sources: Sources = Sources()
    words: Words = ('MediaWiki',)
    hashtags: Hashtags = ('MediaWiki',)
    searches: Words = ('MediaWiki',)
    blocked_authors: Words = ()
    x_prices: Prices = Prices()
    paused: bool = False

    @model_validator(mode='after')
    def _not_the_bot(self) -> Self:
        if any(user.name == self.bot for user in self.approvers.users):
            raise ValueError('the bot is named under "approvers", but it must never approve')
        for name in self.former_bots:
            if name == self.bot:
                raise ValueError(f'“{name}” is the bot now: take it out of "former bots"')
            if any(user.name == name for user in self.approvers.users):
                raise ValueError(
                    f'“{name}” is named under "former bots" and under "approvers", but a bot must '
                    'never approve'
                )
        return self

    @cached_property
    def bots(self) -> frozenset[str]:
        """The accounts whose marked edits are records: the bot's, and those it had before."""
        return frozenset({self.bot, *self.former_bots})

    @cached_property
    def enabled_channels(self) -> dict[str, ChannelConfig]:
        """The enabled channels by name, sorted. Whether one is live depends on its secrets too."""
        return {name: one for name, one in sorted(self.channels.items()) if one.enabled}

    def channel_language(self, name: str) -> str:
        """The language of a channel's posts where an item names none."""
        channel = self.channels.get(name)
        return (channel.language if channel else None) or self.language

    def rules(self) -> Rules:
        """The rules for approvals."""
        return Rules(
            bot=self.bot,
            former_bots=frozenset(self.former_bots),
            groups=frozenset(self.approvers.groups),
            users={user.name: user.id for user in self.approvers.users},
            second_person=self.second_person,
            quiet=timedelta(minutes=self.quiet_minutes),
            valid=timedelta(days=self.approval_days),
            late=timedelta(hours=self.late_hours),
            channels=tuple(self.enabled_channels),
            language=self.language,
        )


def parse_config(text: str, title: str) -> DeskConfig:
    """The configuration that the wikitext *text* of the page *title* spells.

    Raises ConfigurationError with one line for each thing that is wrong: the key, what it expected,
    and what was found.
    """
    where = f'The configuration page [[{title}]]'
    load_json(text, where)
    try:
        return DeskConfig.model_validate_json(text)
    except ValidationError as error:
        lines = '\n'.join(f'- {line}' for line in say_errors(error, DeskConfig))
        raise ConfigurationError(f'{where} is wrong:\n{lines}') from None
