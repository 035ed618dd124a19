"""The Mastodon channel: one account on one server that speaks Mastodon's API.

Requests are made by Mastodon.py; what an answer means is decided in ``answers``, from the exchange
itself, because the library raises the same errors for requests that were and were not carried out.
"""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import mastodon
from mastodon.types_base import IdType

from mwsocial import __version__
from mwsocial.channels import answers, counting, timeline
from mwsocial.channels.base import (
    Account,
    CannotLook,
    Image,
    Limits,
    Lookup,
    Outcome,
    Post,
    Refused,
    TryLater,
)
from mwsocial.channels.transport import READ_TIME, CarefulSession, Exchange, origin_of
from mwsocial.reason import Reason

_USER_AGENT = f'mwsocial/{__version__} (https://www.mediawiki.org/wiki/Social_media)'
# What an access token is made of (RFC 6750, 2.1).
_TOKEN = re.compile(r'[A-Za-z0-9._~+/-]{1,512}=*', re.A)
# Servers that are not Mastodon say so in their version, as in "4.0.0 (compatible; …)".
_MASTODONS_OWN = re.compile(r'[3-9]\.\d+\.\d+[A-Za-z0-9.+_-]*', re.A)
#: Mastodon keeps keys for an hour, by its own clock; a margin for clocks and slow requests.
_KEY_LIFETIME = timedelta(minutes=55)
_SETTLED_AFTER = timedelta(seconds=60)
#: Seconds for all images of a post together, and between two looks at an image in the works.
_UPLOAD_TIME = 120.0
_PAUSES = (0.5, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 8.0, 8.0)


class MastodonChannel:
    """One account on one server with Mastodon's API (``mwsocial.channels.base.Channel``)."""

    network = 'mastodon'
    settled_after: timedelta | None = _SETTLED_AFTER

    def __init__(
        self, name: str, url: str, token: str, account: str = '', *,
        read_time: float = READ_TIME,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        """*url*: the server's address, https except on the own machine. *account*: ``@user@host``,
        the only account that anything is posted to; '' for whichever the token belongs to.

        Raises ValueError, without the token in it, when the address or the token cannot be one.
        """
        if not _TOKEN.fullmatch(token):
            raise ValueError('this is no access token')
        self.name = name
        self._origin = origin_of(url)
        self._host = self._origin.split('://', 1)[1]
        self._expected = account
        self._token = token
        self._sleep = sleep
        self._now = now
        self._session = CarefulSession(self._origin, read_time=read_time)
        # The version is given so that the library asks for none before an upload.
        self._client = mastodon.Mastodon(
            api_base_url=self._origin, session=self._session, user_agent=_USER_AGENT,
            request_timeout=read_time, ratelimit_method='throw',
            version_check_mode='created', mastodon_version='4.2.0',
        )  # fmt: skip
        # Not through the constructor: it would read a file that has the token's name.
        self._client.access_token = token
        self._instance: Mapping[str, Any] | CannotLook | None = None
        self._whose: tuple[str, Account] | None = None

    @property
    def key_lifetime(self) -> timedelta | None:
        """55 minutes where the server is a Mastodon; None where it is something else, or does not
        say: other servers may ignore keys.
        """
        about = self._about()
        version = about.get('version') if not isinstance(about, CannotLook) else None
        known = isinstance(version, str) and _MASTODONS_OWN.fullmatch(version)
        return _KEY_LIFETIME if known else None

    def secrets(self) -> Sequence[str]:
        """The access token."""
        return (self._token,)

    def weigh(self, text: str, warning: str = '') -> int:
        """The length as Mastodon counts it: graphemes, addresses 23, ``@user@host`` as ``@user``."""
        return counting.mastodon_length(text, warning)

    def limits(self) -> Limits | CannotLook:
        """What the server says that it takes; Mastodon's defaults for what it does not say."""
        about = self._about()
        if isinstance(about, CannotLook):
            return about
        configuration = _part(about, 'configuration')
        statuses = _part(configuration, 'statuses')
        media = _part(configuration, 'media_attachments')
        length = _number(statuses.get('max_characters')) or _number(about.get('max_toot_chars'))
        return Limits(
            length or 500,
            _number(statuses.get('max_media_attachments')) or 4,
            _number(media.get('description_limit')) or 1500,
        )

    def account(self) -> Account | Refused | TryLater:
        """Whose token it is, asked anew: ``@user@host``."""
        self._whose = None
        found = self._identity()
        return found[1] if isinstance(found, tuple) else found

    def post(self, post: Post) -> Outcome:
        """Create one post. Images are uploaded before; nothing of that is visible to anybody."""
        whose = self._identity()
        if not isinstance(whose, tuple):
            return whose
        if not same_account(whose[1].name, self._expected):
            names = (self.name, whose[1].name, self._expected)
            return Refused(Reason('channels-other-account', names))
        media: list[IdType] = []
        end = time.monotonic() + _UPLOAD_TIME
        for image in post.images:
            uploaded = self._upload(image, end)
            if not isinstance(uploaded, str):
                return uploaded
            media.append(uploaded)
        exchange = self._ask(lambda: self._client.status_post(
            post.text,
            in_reply_to_id=post.after or None,
            media_ids=media or None,
            # None is left out, and the account's own setting then holds for its images.
            sensitive=True if post.warning else None,
            spoiler_text=post.warning or None,
            visibility='public',
            language=post.language or None,
            idempotency_key=post.key,
        ))  # fmt: skip
        return answers.created(exchange, self._host, self._now(), self.secrets())

    def find(self, post: Post, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look for *post* among our posts since *since* (UTC, by the wiki's clock, with ten minutes
        more for the difference to the server's). Of several that match, the oldest.
        """
        whose = self._identity()
        if not isinstance(whose, tuple):
            return CannotLook(whose.reason)
        if not same_account(whose[1].name, self._expected):
            names = (self.name, whose[1].name, self._expected)
            return CannotLook(Reason('channels-other-account', names))
        return timeline.find(_Reader(self, whose[0]), post, since, ignoring)

    # -- requests -----------------------------------------------------------------------------

    def _ask(self, call: Callable[[], object]) -> Exchange:
        """The exchange that one *call* of the library makes; whatever it raises is in there."""
        self._session.last = None
        raised = ''
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            try:
                call()
            except Exception as error:  # the library's errors do not tell what was carried out
                raised = type(error).__name__
        return self._session.last or Exchange('', '', sent=False, problem=raised)

    def _identity(self) -> tuple[str, Account] | Refused | TryLater:
        """Our id and account on the server, asked once."""
        if self._whose:
            return self._whose
        exchange = self._ask(self._client.account_verify_credentials)
        found = exchange.json() if exchange.status == 200 else None
        if not isinstance(found, dict):
            # snac2 says 422, others 403, where Mastodon says 401.
            if exchange.status in (401, 403, 422):
                words = answers.words_of(exchange, self.secrets())
                return Refused(Reason('channels-token-refused', (self._host, words)))
            return answers.not_done(exchange, self._host, self._now(), self.secrets())
        own_id, acct = answers.sane_id(found.get('id')), found.get('acct')
        if not own_id or not isinstance(acct, str) or not re.fullmatch(r'[^\s@]+(@[^\s@]+)?', acct):
            return answers.not_done(exchange, self._host, self._now(), self.secrets())
        if '@' not in acct:
            about = self._about()
            if isinstance(about, CannotLook):
                return TryLater(about.reason)
            acct = f'{acct}@{self._domain(about)}'
        name = answers.plain(f'@{acct}', self.secrets())
        self._whose = own_id, Account(name, answers.sane_address(found.get('url')))
        return self._whose

    def _domain(self, about: Mapping[str, Any]) -> str:
        """The host in the names of the server's accounts; it may be another than the server's."""
        for key in ('domain', 'uri'):
            value = about.get(key)
            if isinstance(value, str) and value:
                host = re.sub(r'^https?://', '', value).rstrip('/')
                if re.fullmatch(r'[^\s/@]+', host):
                    return host
        return self._host

    def _about(self) -> Mapping[str, Any] | CannotLook:
        """What the server says about itself, asked once a channel; empty where it says nothing."""
        if self._instance is None or isinstance(self._instance, CannotLook):
            self._instance = self._ask_about()
        return self._instance

    def _ask_about(self) -> Mapping[str, Any] | CannotLook:
        # snac2 has no version 2, Sharkey no version 1.
        for call in (self._client.instance_v2, self._client.instance_v1):
            exchange = self._ask(call)
            answer = exchange.json()
            if exchange.status == 200 and isinstance(answer, dict):
                return answer
            known = exchange.status is not None and 400 <= exchange.status < 500
            if not known or exchange.status == 429:
                reason = answers.not_done(exchange, self._host, self._now(), self.secrets()).reason
                return CannotLook(reason)
        return {}

    def _upload(self, image: Image, end: float) -> str | Refused | TryLater:
        """The id of an uploaded image, once the server has worked on it."""
        if time.monotonic() > end:
            return TryLater(Reason('channels-image-slow', (self._host, image.name)))
        exchange = self._ask(lambda: self._client.media_post(
            image.data, mime_type=image.media_type, description=image.alt,
            file_name=_file_name(image),
        ))  # fmt: skip
        first = exchange.json()
        media = answers.sane_id(first.get('id')) if isinstance(first, dict) else ''
        if exchange.status not in (200, 202) or not media:
            return self._image_refused(exchange, image)
        for pause in _PAUSES:
            answer = exchange.json()
            if exchange.status == 200 and isinstance(answer, dict) and answer.get('url'):
                return media
            if exchange.status not in (200, 202, 206) or time.monotonic() > end:
                break
            self._sleep(pause)
            exchange = self._ask(lambda: self._client.media(media))
        if exchange.status in (200, 202, 206):
            return TryLater(Reason('channels-image-slow', (self._host, image.name)))
        if exchange.status == 404:  # lost on the way: the next try uploads it again
            return TryLater(Reason('channels-image-lost', (self._host, image.name)))
        return self._image_refused(exchange, image)

    def _image_refused(self, exchange: Exchange, image: Image) -> Refused | TryLater:
        found = answers.not_done(exchange, self._host, self._now(), self.secrets())
        if isinstance(found, Refused) and found.reason.key == 'channels-refused':
            words = (self._host, image.name, found.reason.args[1])
            return Refused(Reason('channels-image-refused', words))
        return found


class _Reader:
    """Our own timeline, page by page."""

    def __init__(self, channel: MastodonChannel, own_id: str) -> None:
        self.own_id = own_id
        self._channel = channel

    def page(self, limit: int, before: str) -> list[Any] | Reason:
        """Posts of ours before the one with the id *before* ('' for the newest), newest first."""
        client = self._channel._client
        exchange = self._channel._ask(lambda: client.account_statuses(
            self.own_id, exclude_reblogs=True, limit=limit, max_id=before or None
        ))  # fmt: skip
        answer = exchange.json()
        if exchange.status == 200 and isinstance(answer, list):
            return answer
        return self._unread(exchange)

    def source(self, status_id: str) -> Mapping[str, Any] | Reason | None:
        """The words as they were sent; None where the server does not keep or tell them."""
        client = self._channel._client
        exchange = self._channel._ask(lambda: client.status_source(status_id))
        answer = exchange.json()
        if exchange.status == 200:
            return answer if isinstance(answer, dict) else None
        if exchange.status in (400, 403, 404, 405, 410, 422, 501):
            return None
        return self._unread(exchange)

    def _unread(self, exchange: Exchange) -> Reason:
        channel = self._channel
        found = answers.not_done(exchange, channel._host, channel._now(), channel.secrets())
        return Reason('channels-timeline-unread', (channel._host, found.reason.text()))


def same_account(found: str, expected: str) -> bool:
    """Whether *found* (``@user@host``) is the *expected* account, or any will do ('')."""
    return not expected or found.lstrip('@').casefold() == expected.strip().lstrip('@').casefold()


def _file_name(image: Image) -> str:
    """A name that every server can read; the file's own stays at home."""
    ending = image.media_type.rpartition('/')[2]
    return 'image.' + (ending if re.fullmatch(r'[a-z0-9]{2,5}', ending) else 'bin')


def _part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}


def _number(value: object) -> int | None:
    with suppress(TypeError, ValueError):
        if isinstance(value, int | str) and not isinstance(value, bool):
            number = int(value)
            return number if 0 < number <= 1_000_000 else None
    return None
